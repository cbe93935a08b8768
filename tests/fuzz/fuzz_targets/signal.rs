//! Fuzz target: call signals.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::signal::check(data);
});
