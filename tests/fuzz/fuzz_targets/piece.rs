//! Fuzz target: pieces of frames.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::piece::check(data);
});
