//! Fuzz target: the jitter buffer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::playout::check(data);
});
