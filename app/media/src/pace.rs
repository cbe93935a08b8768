//! The pace of playing: how far the playout delay is from the one aimed at, and by which means it is brought there.
//! The jitter buffer asks it at every frame it plays.
//! The speed of the resampler follows the clocks; larger errors are worked off in pauses, and what is left in voiced sound.

use std::time::Duration;

use crate::playout::Bend;
use crate::stretch::{Care, PERIODS};
use crate::units::SAMPLE_RATE;

/// Errors beyond this are worked off in pauses, where neither ear nor measure can tell.
const PAUSE_US: i64 = 4_000;

/// A delay this much too long is cut down in voiced sound too, until it is only [`EASY_US`] too long.
const HURRY_US: i64 = 25_000;
const EASY_US: i64 = 5_000;

/// A delay this much too long is cut down on every frame and with less care.
const URGENT_US: i64 = 40_000;

/// A delay this much too long (the queue after a gap) is played at [`RUSH_SHARE`] more than its speed, until it is urgent only.
const RUSH_US: i64 = 80_000;

/// 1.5 times the speed: a third of every frame is left out.
const RUSH_SHARE: usize = 3;

/// What of that may be saved up for a frame that has a longer period: 20 ms.
const MOST_SAVED: usize = 960;

/// A delay this much too short is made up for on every frame: meanwhile repairs come too late.
const SHORT_US: i64 = 15_000;

/// Sound between two bends of voiced sound: 100 ms, so that speech keeps its rhythm.
const REST_SAMPLES: usize = 4_800;

/// Sound at the start of a stream (2 s) in which there is no rest between bends: the careful first delay comes down at once.
const SETTLING_SAMPLES: usize = 96_000;

/// What of the first delay is left then.
const SETTLED_US: i64 = 3_000;

/// Weight of a new reading in the smoothed playout offset: half-way in about three packets.
const SMOOTHING: f64 = 0.25;

/// Readings are no noisier than this; one that is farther off (5 ms) shows that sound was held up, and counts at once.
pub(crate) const NOISE_US: i64 = 5_000;

/// Share of a small error worked off in a second by the speed, and the most that the speed is changed for it: 150 ppm.
/// Nobody hears ten times as much, but measures of quality (PESQ) take speech off its rhythm for damaged.
const PULL: f64 = 0.08;
const MOST_PULL: f64 = 0.000_15;

/// Errors up to this (and up to the reserve) are left alone: readings waver by as much, and every speed but the right one is measured as damage.
const CALM_US: i64 = 500;

/// How quickly a lasting error is taken for the drift of the clocks, per second squared: with the pull it settles in
/// half a minute without overshoot, and 100 ppm are 1 ms off at most until then.
const LEARN: f64 = 0.001_6;

/// Nothing is learnt in the first 10 s: what is off then is the first delay, not a clock.
const LEARN_AFTER: usize = 480_000;

/// A drift that keeps the delay right is forgotten this slowly (s): a true one shows again, a mistaken one goes.
const FORGET_S: f64 = 120.0;

/// The most that two clocks differ: 300 ppm, three times what sound devices are allowed.
const MOST_DRIFT: f64 = 0.000_3;

/// An error this large is worked off by other means than the speed's small pull, and tells nothing about the clocks.
const OFF_US: i64 = 8_000;

/// So much sound (2.5 s) is waited for a pause before voiced sound is bent for it.
const PATIENCE_SAMPLES: usize = 120_000;

/// After as much again and 3 s without any bend the speed does what else nothing can: 0.3 % is 5 cents.
const RESORT_SAMPLES: usize = 144_000;
const RESORT: f64 = 0.003;

/// The playout offset (when a frame is needed minus its timestamp) and what was done about it.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// Smoothed, microseconds.
    playout: Option<f64>,
    /// Drift of the clocks, as a share of the speed.
    drift: f64,
    off: f64,
    rest: usize,
    /// Sound played with the delay off by more than [`OFF_US`], and since the last bend.
    off_for: usize,
    since_bend: usize,
    hurry: bool,
    rush: bool,
    saved: usize,
    /// Samples played since the stream or the speaker began.
    played: usize,
    stretched: u64,
}

impl Pace {
    /// The stream or the speaker begins anew; the clocks stay what they are.
    pub(crate) fn restart(&mut self) {
        *self = Self { drift: self.drift, off: self.drift, stretched: self.stretched, ..Self::default() };
    }

    /// Takes one reading of the playout offset; returns the smoothed one.
    pub(crate) fn read(&mut self, reading: i64) -> i64 {
        let reading = reading as f64;
        let near = self.playout.filter(|old| (old - reading).abs() < NOISE_US as f64);
        let playout = near.map_or(reading, |old| old + (reading - old) * SMOOTHING);
        self.playout = Some(playout);
        playout as i64
    }

    /// The smoothed playout offset.
    pub(crate) fn playout(&self) -> Option<i64> {
        self.playout.map(|playout| playout as i64)
    }

    /// Speed for the resampler: above one when the delay is too long.
    pub(crate) fn speed(&self) -> f64 {
        1.0 + self.off
    }

    /// Samples added or removed by bending.
    pub(crate) fn stretched(&self) -> u64 {
        self.stretched
    }

    /// What to do with a frame of so many samples that is `error` microseconds later than aimed at. Who keeps a `reserve`
    /// wants a steady voice, and as much more delay does not matter either.
    pub(crate) fn bend(&mut self, error: i64, reserve: i64, samples: usize) -> Bend {
        let off = error.abs() - reserve > OFF_US;
        self.off_for = if off { self.off_for.saturating_add(samples) } else { 0 };
        self.since_bend = self.since_bend.saturating_add(samples);
        self.steer(error, CALM_US + reserve, off, samples);
        self.rest = self.rest.saturating_sub(samples);
        self.played = self.played.saturating_add(samples);
        let (over, under) = (error - reserve, -error - reserve);
        let patient = self.off_for < PATIENCE_SAMPLES;
        self.hurry = over > HURRY_US || (over > OFF_US && !patient) || (self.hurry && over > EASY_US);
        self.rush = over > RUSH_US || (self.rush && over > URGENT_US);
        self.saved = if self.rush { (self.saved + samples / RUSH_SHARE).min(MOST_SAVED) } else { 0 };
        let settling = self.played <= SETTLING_SAMPLES;
        let rested = self.rest == 0;
        if self.rush {
            // A cut has room for the longest period, or it would tear voices apart.
            let most = if self.saved < *PERIODS.end() { 0 } else { self.saved };
            Bend::Shorten(us_to_samples(error).min(most), Care::Rush)
        } else if over > URGENT_US {
            Bend::Shorten(us_to_samples(error), Care::Urgent)
        } else if (self.hurry && rested) || (settling && over > SETTLED_US) {
            Bend::Shorten(us_to_samples(error), Care::Gentle)
        } else if over > PAUSE_US {
            Bend::Shorten(us_to_samples(error), Care::Pause)
        } else if under > SHORT_US || (under > OFF_US && !patient && rested) {
            Bend::Lengthen(us_to_samples(-error), Care::Gentle)
        } else if under > PAUSE_US {
            Bend::Lengthen(us_to_samples(-error), Care::Pause)
        } else {
            Bend::None
        }
    }

    /// Bending added (positive) or removed (negative) so many samples.
    pub(crate) fn bent(&mut self, samples: i64) {
        if samples == 0 {
            return;
        }
        self.stretched += samples.unsigned_abs();
        self.rest = REST_SAMPLES;
        self.since_bend = 0;
        let removed = usize::try_from(-samples).unwrap_or(0);
        self.saved = self.saved.saturating_sub(removed);
        if let Some(playout) = &mut self.playout {
            *playout += samples_to_us(samples) as f64;
        }
    }

    /// Sets the speed: what was learnt of the clocks' drift, and a small pull in proportion to the error.
    fn steer(&mut self, error: i64, calm: i64, off: bool, samples: usize) {
        // Near the target the speed is that of the clocks: what wavers less than this is no reason to bend time.
        let beyond = error.signum() * (error.abs() - calm).max(0);
        let error = (beyond as f64 / 1_000_000.0).clamp(-1.0, 1.0);
        let seconds = samples as f64 / f64::from(SAMPLE_RATE);
        if !off && self.played > LEARN_AFTER {
            self.drift = (self.drift + error * LEARN * seconds).clamp(-MOST_DRIFT, MOST_DRIFT);
        }
        if error == 0.0 {
            self.drift *= 1.0 - seconds / FORGET_S;
        }
        let resort = self.off_for > PATIENCE_SAMPLES + RESORT_SAMPLES && self.since_bend > RESORT_SAMPLES;
        self.off =
            if resort { RESORT.copysign(error) } else { self.drift + (error * PULL).clamp(-MOST_PULL, MOST_PULL) };
    }
}

/// So many microseconds of sound as a level for the statistics.
pub(crate) fn level(us: i64) -> Duration {
    Duration::from_micros(u64::try_from(us).unwrap_or(0))
}

pub(crate) fn samples_to_us(samples: i64) -> i64 {
    samples.saturating_mul(1_000_000) / i64::from(SAMPLE_RATE)
}

pub(crate) fn us_to_samples(us: i64) -> usize {
    usize::try_from(us.saturating_mul(i64::from(SAMPLE_RATE)) / 1_000_000).unwrap_or(0)
}
