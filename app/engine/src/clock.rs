//! The only place of the engine that reads a clock.
//! The driver and the sessions take `now` from here and hand it down as an argument.

use ahoy_media::LocalTime;

/// This machine's monotonic clock.
#[must_use]
pub fn now() -> LocalTime {
    LocalTime(ahoy_system::clock::monotonic())
}

/// Unix time in milliseconds, for what is remembered.
#[must_use]
pub fn unix_ms() -> u64 {
    ahoy_system::clock::unix_us() / 1_000
}
