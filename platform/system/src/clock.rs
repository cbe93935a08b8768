//! The two clocks: one that never jumps, one that people read.
//! Media, timers and statistics call it; the pure crates get its answers as arguments.
//! Both count microseconds; the monotonic one is comparable across the processes of one machine where the system allows.

use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds on the monotonic clock: `CLOCK_MONOTONIC` on Unix, time since the process first asked on Windows.
#[must_use]
pub fn monotonic() -> u64 {
    crate::os::monotonic()
}

/// Microseconds since 1970-01-01 UTC as the system's clock has it; 0 when it stands before that.
#[must_use]
pub fn unix_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |span| u64::try_from(span.as_micros()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monotonic_clock_counts_the_microseconds_that_pass() {
        let (before, outside) = (monotonic(), std::time::Instant::now());
        while outside.elapsed().as_micros() < 3_000 {
            std::hint::spin_loop();
        }
        let (after, real) = (monotonic(), outside.elapsed().as_micros());
        let counted = u128::from(after - before);
        assert!((3_000..=real + 1_000).contains(&counted), "{counted} us counted, {real} us passed");
    }

    #[test]
    fn the_wall_clock_reads_this_century() {
        let year_2020 = 1_577_836_800_000_000;
        assert!(unix_us() > year_2020);
    }
}
