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
}

impl FreezeMeter {
    /// A picture was shown.
    pub fn shown(&mut self, now: LocalTime) {
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
    fn an_announced_pause_is_no_freeze() {
        let mut meter = FreezeMeter::default();
        let last = even(&mut meter, 0, 20);
        meter.pause();
        let _ = even(&mut meter, last + 60_000, 20);
        assert_eq!(meter.freezes(), 0);
    }
}
