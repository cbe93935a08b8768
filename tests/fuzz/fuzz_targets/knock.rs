//! Fuzz target: pairing knocks.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::knock::check(data);
});
