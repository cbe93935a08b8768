//! Fuzz target: records of the call history.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::record::check(data);
});
