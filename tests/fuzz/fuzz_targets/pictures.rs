//! Fuzz target: the assembler of pictures.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::pictures::check(data);
});
