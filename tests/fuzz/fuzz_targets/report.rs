//! Fuzz target: reports of pictures.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::report::check(data);
});
