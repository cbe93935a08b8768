//! Fuzz target: both ends of the picture transport.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::transport::check(data);
});
