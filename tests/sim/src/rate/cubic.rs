//! The window of Cubic (RFC 9438), as TCP has it.
//! TCP flows obey it, and so does the media flow that our controller is compared with.
//! Pure: acknowledged bytes, losses and times go in, a window in bytes comes out.

use std::time::Duration;

use ahoy_media::LocalTime;

/// Bytes of a segment's payload and headers.
pub const SEGMENT: f64 = 1_500.0;

/// RFC 9438 §5: how steep the curve is, and what is left of the window after a loss.
const STEEPNESS: f64 = 0.4;
const LEFT: f64 = 0.7;

/// RFC 6928.
const FIRST: f64 = 10.0 * SEGMENT;
const LEAST: f64 = 2.0 * SEGMENT;

/// A window.
#[derive(Clone, Debug)]
pub struct Cubic {
    window: f64,
    slow_start: bool,
    /// The window at the last loss, in segments.
    before: f64,
    epoch: Option<LocalTime>,
    /// What Reno would have, in segments (§4.3).
    reno: f64,
    recovering_until: LocalTime,
}

impl Default for Cubic {
    fn default() -> Self {
        let recovering_until = LocalTime(0);
        Self { window: FIRST, slow_start: true, before: 0.0, epoch: None, reno: 0.0, recovering_until }
    }
}

impl Cubic {
    /// Bytes that may be under way.
    #[must_use]
    pub fn window(&self) -> f64 {
        self.window
    }

    /// Bytes were acknowledged while the window was full.
    pub fn acknowledged(&mut self, bytes: usize, round_trip: Duration, now: LocalTime) {
        if self.slow_start {
            self.window += bytes as f64;
            return;
        }
        let segments = self.window / SEGMENT;
        let epoch = *self.epoch.get_or_insert_with(|| {
            self.reno = segments;
            now
        });
        let back = (self.before * (1.0 - LEFT) / STEEPNESS).cbrt();
        let passed = (now.saturating_since(epoch) + round_trip).as_secs_f64();
        let aim = STEEPNESS * (passed - back).powi(3) + self.before;
        self.reno += 3.0 * (1.0 - LEFT) / (1.0 + LEFT) * bytes as f64 / self.window;
        let aim = aim.max(self.reno).clamp(segments, 1.5 * segments);
        self.window += (aim - segments) / segments * bytes as f64;
    }

    /// A packet that was sent at `sent` is lost: one answer a round trip.
    pub fn lost(&mut self, sent: LocalTime, now: LocalTime) {
        if sent < self.recovering_until {
            return;
        }
        let segments = self.window / SEGMENT;
        // Fast convergence (§4.7).
        self.before = if segments < self.before { segments * (1.0 + LEFT) / 2.0 } else { segments };
        self.window = (LEFT * self.window).max(LEAST);
        (self.slow_start, self.epoch, self.recovering_until) = (false, None, now);
    }

    /// Nothing came for a long time (§4.8).
    pub fn timed_out(&mut self, now: LocalTime) {
        self.before = self.window / SEGMENT;
        self.window = LEAST;
        (self.slow_start, self.epoch, self.recovering_until) = (false, None, now);
    }
}
