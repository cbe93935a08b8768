//! Fuzz target: feedback datagrams.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::feedback::check(data);
});
