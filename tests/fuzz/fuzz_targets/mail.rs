//! Fuzz target: frames of the DM channel, replies, and the messages inside.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ahoy_fuzz::mail::check(data);
});
