//! What is sent in every case, and what became of it.
//! 24 frames a second of some 2 Mbit/s, as the founding picture has; a frame is in time 400 ms after the quickest way.
//! A frame counts as shown when it and every earlier one that was not lost are there, as references demand.

use crate::carriage::link::{Link, Luck};
use crate::chance::{Chance, mix};

/// Between two frames, microseconds.
pub const FRAME_US: u64 = 41_667;

/// How long after the quickest way a frame is of use, microseconds; nothing of it leaves later than this.
pub const IN_TIME_US: u64 = 400_000;

/// Frames alone would leave at this pace: 1.5 times their rate.
const PACE_KBPS: f64 = 3_000.0;

/// What the link carries.
const LINK_KBPS: u64 = 20_000;

/// Largest datagram.
pub const DATAGRAM_BYTES: usize = 1_150;

/// Headers of a datagram: IPv4, UDP, QUIC.
pub const HEADER_BYTES: usize = 57;

/// Of the frame sizes: from, to, bytes.
const SIZES: (u64, u64) = (6_000, 13_000);

/// A link and a seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    /// There and back, milliseconds.
    pub round_trip_ms: u64,
    /// Up to so much more in each direction, milliseconds.
    pub jitter_ms: u64,
    /// Losses in both directions.
    pub luck: Luck,
    /// How long frames are sent, seconds.
    pub seconds: u64,
    /// Decides all chance.
    pub seed: u64,
}

impl Case {
    /// One way, microseconds.
    #[must_use]
    pub fn way_us(&self) -> u64 {
        self.round_trip_ms * 500
    }

    /// How long a datagram of so many bytes keeps the pacer busy, microseconds. Whatever a transport adds, and what losses
    /// take, is granted on top of the frames' pace, so that delays can be compared; what it costs is told beside them.
    #[must_use]
    pub fn pause_us(&self, wire_bytes: usize, redundancy: f64) -> u64 {
        let kbps = PACE_KBPS * (1.0 + redundancy) / (1.0 - self.luck.loss);
        (wire_bytes as f64 * 8_000.0 / kbps) as u64
    }

    /// An empty link; the two directions have luck of their own.
    #[must_use]
    pub fn link<T>(&self, direction: u64) -> Link<T> {
        let seed = mix(self.seed, direction);
        Link::new(self.way_us(), self.jitter_ms * 1_000, LINK_KBPS, self.luck, seed)
    }

    /// The frames' bytes.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        let mut chance = Chance::of(self.seed, &[1]);
        (0..self.seconds * 1_000_000 / FRAME_US).map(|_| chance.within(SIZES.0..SIZES.1) as usize).collect()
    }
}

/// What became of the frames.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// When each frame was whole at the receiver, microseconds after it was captured.
    whole: Vec<Option<u64>>,
    /// Bytes on the wire to the receiver, and back.
    pub there: usize,
    /// Bytes of the way back.
    pub back: usize,
    /// Bytes of the frames.
    pub frames: usize,
}

impl Outcome {
    /// Nothing arrived.
    #[must_use]
    pub fn new(sizes: &[usize]) -> Self {
        Self { whole: vec![None; sizes.len()], there: 0, back: 0, frames: sizes.iter().sum() }
    }

    /// A frame is whole.
    pub fn whole(&mut self, frame: usize, at: u64) {
        self.whole[frame] = Some(at - frame as u64 * FRAME_US);
    }

    /// Share of the frames that were lost or too late on this link, percent.
    #[must_use]
    pub fn lost(&self, case: &Case) -> f64 {
        let lost = self.whole.iter().filter(|delay| !self.in_time(**delay, case)).count();
        100.0 * lost as f64 / self.whole.len() as f64
    }

    /// The delay from capture to show of this share of the frames that were in time, milliseconds.
    #[must_use]
    pub fn delay(&self, share: f64, case: &Case) -> f64 {
        let mut shown = 0;
        let mut delays: Vec<u64> = Vec::new();
        for (frame, delay) in self.whole.iter().enumerate() {
            let Some(delay) = delay.filter(|delay| self.in_time(Some(*delay), case)) else { continue };
            let captured = frame as u64 * FRAME_US;
            shown = (captured + delay).max(shown);
            delays.push(shown - captured);
        }
        delays.sort_unstable();
        let at = (delays.len() as f64 * share) as usize;
        delays.get(at.min(delays.len().saturating_sub(1))).map_or(f64::NAN, |us| *us as f64 / 1_000.0)
    }

    /// Bytes beyond the frames' own, percent of these; headers included.
    #[must_use]
    pub fn overhead(&self) -> f64 {
        100.0 * (self.there as f64 / self.frames as f64 - 1.0)
    }

    fn in_time(&self, delay: Option<u64>, case: &Case) -> bool {
        delay.is_some_and(|delay| delay <= case.way_us() + IN_TIME_US)
    }
}
