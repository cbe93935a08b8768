//! Fuzz target: what is planned from feedback.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::planner::check(data);
});
