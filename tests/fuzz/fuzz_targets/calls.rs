//! Fuzz target: the state machine of calls.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::calls::check(data);
});
