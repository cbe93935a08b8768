//! Fuzz target: sound packets.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::audio::check(data);
});
