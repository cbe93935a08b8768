//! When a moving picture stood still: the W3C's definition of a freeze, the one every compared program uses.
//! The video thread tells it each picture shown; statistics read the counters.
//! A pause that the peer announced is no freeze.

use std::collections::VecDeque;
use std::time::Duration;

use crate::units::LocalTime;

/// The mean is taken over this many gaps (webrtc-stats, `freezeCount`).
const WINDOW: usize = 30;

/// A freeze is at least this many mean gaps long.
const MEAN_GAPS: u32 = 3;

/// A freeze is at least this much longer than the mean gap.
const ABOVE_MEAN: Duration = Duration::from_millis(150);

/// Watches the gaps between pictures.
#[derive(Clone, Debug, Default)]
pub struct FreezeMeter {
    last: Option<LocalTime>,
    gaps: VecDeque<Duration>,
    freezes: u64,
    frozen: Duration,
    /// Since when the peer is known to pause.
    pauses: Option<LocalTime>,
    paused: Duration,
}

impl FreezeMeter {
    /// A picture was shown.
    pub fn shown(&mut self, now: LocalTime) {
        if let Some(since) = self.pauses.take() {
            self.paused += now.saturating_since(since);
            self.last = None;
        }
        let Some(last) = self.last.replace(now) else { return };
        let gap = now.saturating_since(last);
        if let Some(mean) = self.mean_gap()
            && gap >= (mean * MEAN_GAPS).max(mean + ABOVE_MEAN)
        {
            self.freezes += 1;
            self.frozen += gap;
        }
        if self.gaps.len() == WINDOW {
            let _ = self.gaps.pop_front();
        }
        self.gaps.push_back(gap);
    }

    /// The peer turned its camera off: the time until its next picture is no gap.
    pub fn pause(&mut self) {
        self.last = None;
    }

    /// The peer says that it sends no picture for the moment, since there is no room for one; it may say so again and again. The pause
    /// lasts until its next picture, and began with its last one.
    pub fn pauses(&mut self, now: LocalTime) {
        if let (Some(last), None) = (self.last, self.pauses) {
            self.pauses = Some(last.min(now));
        }
    }

    /// How long the peer paused altogether, up to `now`.
    #[must_use]
    pub fn paused(&self, now: LocalTime) -> Duration {
        self.paused + self.pauses.map_or(Duration::ZERO, |since| now.saturating_since(since))
    }

    /// How often the picture froze.
    #[must_use]
    pub fn freezes(&self) -> u64 {
        self.freezes
    }

    /// How long it was frozen altogether.
    #[must_use]
    pub fn frozen(&self) -> Duration {
        self.frozen
    }

    fn mean_gap(&self) -> Option<Duration> {
        let count = u32::try_from(self.gaps.len()).ok().filter(|&count| count > 0)?;
        Some(self.gaps.iter().sum::<Duration>() / count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(meter: &mut FreezeMeter, from_ms: u64, count: u64) -> u64 {
        for n in 0..count {
            meter.shown(LocalTime((from_ms + n * 40) * 1_000));
        }
        from_ms + (count - 1) * 40
    }

    #[test]
    fn the_bound_itself_is_a_freeze_and_less_is_not() {
        let mut meter = FreezeMeter::default();
        let last = even(&mut meter, 0, 20);
        meter.shown(LocalTime((last + 189) * 1_000));
        assert_eq!(meter.freezes(), 0);
        let mut meter = FreezeMeter::default();
        let last = even(&mut meter, 0, 20);
        meter.shown(LocalTime((last + 190) * 1_000));
        assert_eq!((meter.freezes(), meter.frozen()), (1, Duration::from_millis(190)));
    }

    #[test]
    fn slow_pictures_need_three_mean_gaps() {
        let mut meter = FreezeMeter::default();
        for at in [0, 200, 400, 600, 1_190] {
            meter.shown(LocalTime(at * 1_000));
        }
        assert_eq!(meter.freezes(), 0);
    }

    #[test]
    fn a_pause_for_want_of_room_is_counted_as_one() {
        let mut meter = FreezeMeter::default();
        let last = even(&mut meter, 0, 20);
        let at = |ms: u64| LocalTime((last + ms) * 1_000);
        // Told late, and more than once: all of the gap is a pause.
        meter.pauses(at(500));
        meter.pauses(at(900));
        assert_eq!(meter.paused(at(1_000)), Duration::from_secs(1));
        meter.shown(at(2_000));
        let _ = even(&mut meter, last + 2_040, 20);
        assert_eq!((meter.freezes(), meter.paused(at(9_000))), (0, Duration::from_secs(2)));
    }

    #[test]
    fn an_announced_pause_is_no_freeze() {
        let mut meter = FreezeMeter::default();
        let last = even(&mut meter, 0, 20);
        meter.pause();
        let _ = even(&mut meter, last + 60_000, 20);
        assert_eq!(meter.freezes(), 0);
    }
}
