//! What the control tells of the way: the target and the pace, the queue, losses, and whether reports come.
//! Allocation, pacing and the numbers of a call read it at any time.
//! Reading changes nothing.

use std::time::Duration;

use super::{RateControl, Silence};
use crate::units::{Kbps, LocalTime};

/// Frames never leave more slowly than so many times the sound.
const PACE_SOUND: f64 = 2.0;

/// A report is expected within this before any came.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(500);

impl RateControl {
    /// What the way may carry now, sound included.
    #[must_use]
    pub fn target(&self, now: LocalTime) -> Kbps {
        let share = match self.silence(now) {
            Silence::Heard => self.share,
            Silence::Halved | Silence::NoPictures | Silence::LowestSound => self.share.min(0.5),
        };
        Kbps((share * self.rate) as u32).clamp(self.limits.least, self.limits.most)
    }

    /// How fast the pieces of one frame leave.
    #[must_use]
    pub fn pace(&self, now: LocalTime) -> Kbps {
        let target = f64::from(self.target(now).0);
        Kbps((self.trains.factor() * target).max(PACE_SOUND * self.sound.kbps()) as u32)
    }

    /// The standing queue of the way, without jitter.
    #[must_use]
    pub fn queue(&self) -> Duration {
        Duration::from_secs_f64(self.delay.queue() / 1_000.0)
    }

    /// The longest that a piece of late waited: a queue drops what comes when this is long, even if it is short again soon.
    #[must_use]
    pub fn longest_wait(&self) -> Duration {
        Duration::from_secs_f64(self.delay.longest() / 1_000.0)
    }

    /// What of that queue is left when little or nothing was sent since it was measured: a pause learns nothing new of it.
    #[must_use]
    pub fn queue_left(&self, now: LocalTime) -> Duration {
        self.queue().min(Duration::from_secs_f64(self.queue_ahead(self.newest, now) / 1_000.0))
    }

    /// The share of pieces lost lately, 0 to 1.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.pieces.loss()
    }

    /// The mean length of runs of lost pieces, at least 1.
    #[must_use]
    pub fn mean_run(&self) -> f64 {
        self.pieces.mean_run()
    }

    /// The way there and back of late, smoothed.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// Whether reports come.
    #[must_use]
    pub fn silence(&self, now: LocalTime) -> Silence {
        let Some(sent) = self.pieces.under_way(now) else { return Silence::Heard };
        let expected = sent + self.round_trip.unwrap_or(FIRST_ROUND_TRIP);
        let waited = now.saturating_since(self.heard.map_or(expected, |heard| heard.max(expected)));
        Silence::of(waited)
    }
}
