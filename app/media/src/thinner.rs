//! Fewer pictures than the camera gives, as even as its own rhythm allows.
//! The encode thread asks it for every picture of the camera.
//! The mean rate is exact; a camera of the asked rate, or a slower one, loses no picture however its pictures waver.

use std::time::Duration;

use crate::units::LocalTime;

/// A camera whose pictures come after this much of the period asked for loses none: its clock is not ours, and leaving
/// out one of ten would be seen.
const NEARLY: f64 = 0.9;

/// Weight of a gap between two of the camera's pictures in their mean: one that wavers by a third is known within a
/// tenth.
const GAP_WEIGHT: u32 = 16;

/// The rhythm of one camera.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thinner {
    last: Option<LocalTime>,
    /// Mean time between the camera's pictures.
    gap: Option<Duration>,
    /// When the next picture should be captured.
    due: LocalTime,
}

impl Thinner {
    /// Whether the picture captured then should be encoded, for `fps` pictures a second.
    pub fn takes(&mut self, captured: LocalTime, fps: u32) -> bool {
        let period = Duration::from_secs(1) / fps.max(1);
        if let Some(last) = self.last.replace(captured) {
            self.measure(captured.saturating_since(last));
        }
        let gap = self.gap.unwrap_or_default();
        let all = gap >= period.mul_f64(NEARLY);
        // Of two pictures the one nearer to when it is due.
        let taken = all || captured + gap / 2 >= self.due;
        if all || captured > self.due + period {
            // What a pause left out is not made up for.
            self.due = captured + period;
        } else if taken {
            self.due = self.due + period;
        }
        taken
    }

    fn measure(&mut self, gap: Duration) {
        // A pause is no rhythm.
        let smoothed = |mean: Duration| (mean * (GAP_WEIGHT - 1) + gap.min(mean * 2)) / GAP_WEIGHT;
        self.gap = Some(self.gap.map_or(gap, smoothed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which pictures are taken, captured at these milliseconds.
    fn taken(at_ms: impl Iterator<Item = f64>, fps: u32) -> Vec<f64> {
        let mut thinner = Thinner::default();
        at_ms.filter(|ms| thinner.takes(LocalTime(1_000_000 + (ms * 1_000.0) as u64), fps)).collect()
    }

    fn camera(fps: f64, seconds: f64) -> impl Iterator<Item = f64> {
        (0..(fps * seconds) as u32).map(move |n| f64::from(n) * 1_000.0 / fps)
    }

    /// Wavers by up to 15 ms, without a pattern that matters.
    fn wavering(fps: f64, seconds: f64) -> impl Iterator<Item = f64> {
        camera(fps, seconds).enumerate().map(|(n, ms)| ms + (n * 7 % 16) as f64)
    }

    #[test]
    fn the_mean_is_exact_and_the_gaps_are_even() {
        for fps in [1, 5, 8, 12, 13, 15, 18, 20] {
            let all = taken(wavering(24.0, 100.0), fps);
            let most = 1_000.0 / f64::from(fps) + 1_000.0 / 24.0 + 16.0;
            // Two more at most, until the camera's rhythm is known.
            assert!((0..=2).contains(&(all.len() as i64 - 100 * i64::from(fps))), "{fps} fps: {} pictures", all.len());
            assert!(all.windows(2).all(|pair| pair[1] - pair[0] <= most), "{fps} fps");
        }
    }

    #[test]
    fn a_camera_of_the_asked_rate_loses_nothing() {
        for (fps, asked) in [(24.0, 24), (24.3, 24), (23.7, 24), (10.0, 24), (30.0, 60)] {
            let given = wavering(fps, 60.0).count();
            assert_eq!(taken(wavering(fps, 60.0), asked).len(), given, "{fps} fps where {asked} are asked");
        }
    }

    #[test]
    fn a_pause_is_not_made_up_for() {
        let all = taken(camera(30.0, 2.0).filter(|ms| !(500.0..1_500.0).contains(ms)), 10);
        assert!(all.windows(2).all(|pair| pair[1] - pair[0] > 60.0), "{all:?}");
        assert_eq!(all.len(), 10, "{all:?}");
    }
}
