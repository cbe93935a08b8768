//! When and how much the speaker takes, learnt from the level of its ring.
//! The playout asks it how long the sound in the ring lasts and when waiting must end.
//! It knows nothing but levels and moments: a worker that looks late reads a late take, and that only pulls gently.

use ahoy_media::LocalTime;

use super::capture::samples_us;

/// What a device is thought to take at once before it has been seen to: 5 ms.
pub(super) const FIRST_BLOCK: usize = 240;

/// Takes after which the size of a device's block is learnt anew.
const BLOCK_WINDOW: u32 = 64;

/// Share of its lateness by which the take times seen pull the rhythm back: follows 200 ppm of drift.
const CREEP: u64 = 256;

/// A take this far off its rhythm (µs) starts a new one: the device or the worker stood still.
const OUT_OF_RHYTHM_US: u64 = 10_000;

/// Waiting for a packet ends this long before the device takes its next block: time to decode or invent a frame.
const LEAD_US: u64 = 1_500;

/// When and how much the device takes, learnt from the ring's level.
#[derive(Default)]
pub(super) struct DeviceClock {
    /// The last take, as well as it is known.
    taken_at: LocalTime,
    /// The ring's level when we last left it.
    level: usize,
    /// Smallest take of the last window, and of the running one.
    smallest: Option<usize>,
    running: Option<usize>,
    takes: u32,
}

impl DeviceClock {
    /// Looks at the ring's level.
    pub(super) fn see(&mut self, now: LocalTime, level: usize) {
        let taken = self.level.saturating_sub(level);
        if taken == 0 {
            return;
        }
        let expected = self.taken_at.0 + samples_us(taken);
        // It was taken before we looked: an early sight is the better one, lateness only pulls gently.
        let steady = expected + now.0.saturating_sub(expected) / CREEP;
        let off = now.0.abs_diff(expected);
        self.taken_at = LocalTime(if off > OUT_OF_RHYTHM_US || level == 0 { now.0 } else { steady.min(now.0) });
        if level > 0 {
            self.running = Some(self.running.map_or(taken, |smallest| smallest.min(taken)));
        }
        self.takes += 1;
        if self.takes >= BLOCK_WINDOW {
            self.smallest = self.running.take();
            self.takes = 0;
        }
    }

    /// The device takes from `at` on out of a ring of this level.
    pub(super) fn begin(at: LocalTime, level: usize) -> Self {
        Self { taken_at: at, level, ..Self::default() }
    }

    /// The ring was filled up to this level.
    pub(super) fn left(&mut self, level: usize) {
        self.level = level;
    }

    /// Samples that the device takes at once.
    pub(super) fn block(&self) -> usize {
        self.smallest.unwrap_or(FIRST_BLOCK)
    }

    /// How long (µs) the sound in the ring lasts from `now` on, before the device misses some.
    pub(super) fn ahead_us(&self, now: LocalTime, level: usize) -> i64 {
        (self.taken_at.0 + samples_us(level)).wrapping_sub(now.0).cast_signed()
    }

    /// When waiting must end, if the ring holds less than the device takes next.
    pub(super) fn deadline(&self, level: usize) -> Option<LocalTime> {
        let next = self.taken_at.0 + samples_us(self.block());
        (level < self.block()).then(|| LocalTime(next.saturating_sub(LEAD_US)))
    }
}
