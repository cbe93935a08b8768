//! How many frames of a size the processor encodes in time, from how long one takes at the size of now.
//! Allocation tells it every measurement and asks what is affordable.
//! A larger size is thought well of until it has been tried: a small picture has costs that do not grow with it.

use std::time::Duration;

use crate::units::{LocalTime, Size};

/// A frame may take this much of the time to the next one; the rest is for the other direction, sound and the window.
const MOST_LOAD: f64 = 0.65;

/// Measurements are smoothed over about this, so that a busy moment changes nothing.
const SMOOTH: Duration = Duration::from_secs(2);

/// For so long after a change of size the measurement is still that of the size before; at the beginning the first frames,
/// which open the encoder, are slow ones.
const SETTLING: Duration = Duration::from_secs(1);

/// How the time grows with the pixels where nothing was measured. Above the size of now this is less than it will be, so that
/// the size is tried; one that proves too slow is left again, and tried more and more seldom.
const GROWTH: f64 = 0.6;

/// The measurement of one call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EncoderLoad {
    size: Option<(Size, LocalTime)>,
    /// Seconds a frame of that size takes, and when that was measured last.
    time: Option<(f64, LocalTime)>,
}

impl EncoderLoad {
    /// A frame of `size` took `time`; zero is no measurement.
    pub(crate) fn observe(&mut self, time: Duration, size: Size, now: LocalTime) {
        let since = match self.size {
            Some((known, since)) if known == size => since,
            Some(_) | None => {
                self.time = self.predicted(size).map(|seconds| (seconds, now));
                self.size = Some((size, now));
                now
            }
        };
        if time.is_zero() || now.saturating_since(since) < SETTLING {
            return;
        }
        let measured = time.as_secs_f64();
        // What was predicted counts for nothing once there is a measurement.
        let predicted = self.time.is_some_and(|(_, last)| last <= since);
        let (before, last) = self.time.filter(|_| !predicted).unwrap_or((measured, now));
        let weight = (now.saturating_since(last).as_secs_f64() / SMOOTH.as_secs_f64()).min(1.0);
        self.time = Some((before + (measured - before) * weight, now));
    }

    /// Frames of `size` a second that are encoded in time.
    pub(crate) fn frames(&self, size: Size) -> f64 {
        self.predicted(size).map_or(f64::INFINITY, |seconds| MOST_LOAD / seconds)
    }

    /// Seconds that a frame of `size` takes.
    fn predicted(&self, size: Size) -> Option<f64> {
        let ((known, _), (seconds, _)) = (self.size?, self.time?);
        let pixels = size.luma_len() as f64 / known.luma_len().max(1) as f64;
        Some(seconds * pixels.powf(GROWTH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Size = Size::new(320, 240);

    fn at(ms: u64) -> LocalTime {
        LocalTime(1_000_000 + ms * 1_000)
    }

    fn near(frames: f64, expected: f64) -> bool {
        (frames / expected - 1.0).abs() < 0.05
    }

    /// Frames of `size` that take so long, 25 a second.
    fn encode(load: &mut EncoderLoad, ms: u64, size: Size, from: u64, to: u64) {
        for now in (from..to).step_by(40) {
            load.observe(Duration::from_millis(ms), size, at(now));
        }
    }

    #[test]
    fn nothing_is_said_before_the_first_frames_are_over() {
        let mut load = EncoderLoad::default();
        encode(&mut load, 200, Size::VGA, 0, 900);
        assert_eq!(load.frames(Size::VGA), f64::INFINITY);
        encode(&mut load, 26, Size::VGA, 1_000, 4_000);
        assert!(near(load.frames(Size::VGA), 25.0));
        load.observe(Duration::ZERO, Size::VGA, at(4_000));
        assert!(near(load.frames(Size::VGA), 25.0), "no measurement");
    }

    #[test]
    fn a_larger_size_is_thought_well_of_until_it_is_tried() {
        let mut load = EncoderLoad::default();
        encode(&mut load, 6, HALF, 0, 5_000);
        let hoped = load.frames(Size::VGA);
        assert!(hoped > 1.5 * load.frames(HALF) / 4.0 && hoped < load.frames(HALF));
        encode(&mut load, 26, Size::VGA, 5_000, 9_000);
        assert!(near(load.frames(Size::VGA), 25.0));
    }

    #[test]
    fn a_busy_moment_changes_little() {
        let mut load = EncoderLoad::default();
        encode(&mut load, 10, Size::VGA, 0, 4_000);
        load.observe(Duration::from_millis(100), Size::VGA, at(4_000));
        assert!(load.frames(Size::VGA) > 50.0);
    }
}
