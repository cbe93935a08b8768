//! The 5 ms beat that files and synthetic sounds keep.
//! Their threads call it; a real device has a clock of its own.
//! Every deadline is counted from one start, so being late once never shifts what follows.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use ahoy_media::{LocalTime, SAMPLE_RATE};

/// Length of one block: short enough to add little delay, long enough to wake a thread for.
pub const BLOCK: Duration = Duration::from_millis(5);

/// Samples of one block.
pub const BLOCK_SAMPLES: usize = 240;

/// The moment this is called.
#[must_use]
pub fn now() -> LocalTime {
    LocalTime(ahoy_system::clock::monotonic())
}

/// Blocks counted from a fixed start.
#[derive(Clone, Copy, Debug)]
pub struct Beat {
    start: LocalTime,
}

impl Beat {
    /// A beat whose block 0 starts at `start`.
    #[must_use]
    pub fn from(start: LocalTime) -> Self {
        Self { start }
    }

    /// When block `index` starts, which is when the one before it ends.
    #[must_use]
    pub fn block_start(self, index: u64) -> LocalTime {
        LocalTime(self.start.0 + index * BLOCK.as_micros() as u64)
    }

    /// The first block start after `time`.
    #[must_use]
    pub fn next_start(self, time: LocalTime) -> LocalTime {
        let passed = time.saturating_since(self.start).as_micros() / BLOCK.as_micros();
        self.block_start(u64::try_from(passed).unwrap_or(u64::MAX - 1) + 1)
    }
}

/// Samples of a span that is a whole number of blocks.
#[must_use]
pub fn samples_in(span: Duration) -> u64 {
    u64::try_from(span.as_micros() * u128::from(SAMPLE_RATE) / 1_000_000).unwrap_or(u64::MAX)
}

/// A moment that is set once, by one thread, and read by another.
#[derive(Debug, Default)]
pub struct Begin(AtomicU64);

impl Begin {
    /// Sets it to `time` unless it is set; returns what it is now. The clock's zero counts as unset.
    pub fn set_once(&self, time: LocalTime) -> LocalTime {
        match self.0.compare_exchange(0, time.0, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => time,
            Err(first) => LocalTime(first),
        }
    }

    /// The moment, once it is set. Wait-free.
    pub fn get(&self) -> Option<LocalTime> {
        let micros = self.0.load(Ordering::Acquire);
        (micros != 0).then_some(LocalTime(micros))
    }
}

/// Sleeps until `deadline`, not at all when it has passed. `false` as soon as `stop` is set and the thread unparked.
pub fn wait_until(deadline: LocalTime, stop: &AtomicBool) -> bool {
    loop {
        if stop.load(Ordering::Acquire) {
            return false;
        }
        let left = deadline.saturating_since(now());
        if left.is_zero() {
            return true;
        }
        thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_blocks_ends_exactly_an_hour_later() {
        let beat = Beat::from(LocalTime(123));
        assert_eq!(beat.block_start(200 * 3_600), LocalTime(123 + 3_600_000_000));
        assert_eq!(samples_in(BLOCK), BLOCK_SAMPLES as u64);
        assert_eq!(samples_in(Duration::from_secs(3_600)), 3_600 * u64::from(SAMPLE_RATE));
    }

    #[test]
    fn the_next_block_is_always_still_to_come() {
        let beat = Beat::from(LocalTime(1_000));
        assert_eq!(beat.next_start(LocalTime(1_000)), LocalTime(6_000));
        assert_eq!(beat.next_start(LocalTime(5_999)), LocalTime(6_000));
        assert_eq!(beat.next_start(LocalTime(6_000)), LocalTime(11_000));
    }

    #[test]
    fn a_moment_is_set_once() {
        let begin = Begin::default();
        assert_eq!(begin.get(), None);
        assert_eq!(begin.set_once(LocalTime(5)), LocalTime(5));
        assert_eq!(begin.set_once(LocalTime(9)), LocalTime(5));
        assert_eq!(begin.get(), Some(LocalTime(5)));
    }

    #[test]
    fn a_passed_deadline_does_not_wait_and_a_stop_ends_the_wait() {
        let stop = AtomicBool::new(false);
        assert!(wait_until(LocalTime(1), &stop));
        stop.store(true, Ordering::Release);
        assert!(!wait_until(LocalTime(u64::MAX), &stop));
    }
}
