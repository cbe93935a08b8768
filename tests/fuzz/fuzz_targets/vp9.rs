//! Fuzz target: the picture decoder.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::vp9::check(data);
});
