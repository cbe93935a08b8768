//! The picture of a call in numbers: what was sent, what was shown, and the rates between two looks.
//! The two video threads publish them after every frame; the session reads them for statistics and feedback.
//! Every counter only grows within a call, also while the camera is off.

use std::time::Duration;

use ahoy_media::allocation::{Camera, PicturePlan};
use ahoy_media::{Kbps, LocalTime, Size, Slot};

use crate::stats::{PictureSending, VideoNumbers};

/// What the encode thread did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentVideo {
    /// Frames handed to the network; their sequence numbers have no gaps.
    pub frames: u64,
    /// Key frames among them.
    pub key_frames: u64,
    /// Bytes of them, headers included.
    pub bytes: u64,
    /// Pictures that were never encoded: not wanted, no room, or the codec refused them.
    pub skipped: u64,
    /// What the camera gives; `None` while it is off.
    pub camera: Option<Camera>,
    /// How long the encoder takes for a frame, smoothed.
    pub encode_time: Duration,
}

/// What the sending thread did so far, and what it believes of the way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SendNumbers {
    /// Pieces sent, with parity and repeats.
    pub pieces: u64,
    /// Parity among them.
    pub parity: u64,
    /// Repeats among them.
    pub repeats: u64,
    /// Bytes of all of them on the wire, everything below included.
    pub bytes: u64,
    /// Reports that were none.
    pub refused: u64,
    /// What the way may carry, sound included; `None` while no picture is sent.
    pub target: Option<Kbps>,
    /// How long packets wait in queues on their way.
    pub queue: Duration,
    /// Share of the pieces lost lately.
    pub loss: f64,
    /// What the encoder makes; `None` while the picture is paused.
    pub plan: Option<PicturePlan>,
    /// How long the encoder takes for a frame, smoothed.
    pub encode_time: Duration,
}

/// What the decode thread did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShownVideo {
    /// Pictures decoded and put where they are seen.
    pub frames: u64,
    /// Frames of the peer that were never shown: lost, late, damaged, or without what they build on.
    pub dropped: u64,
    /// Key frames shown.
    pub key_frames: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Received streams that were no frame at all.
    pub refused: u64,
    /// Newest sequence number received.
    pub newest: u32,
    /// Size of the newest picture.
    pub size: Size,
    /// How often the picture stood still (W3C definition).
    pub freezes: u64,
    /// How long altogether.
    pub frozen: Duration,
    /// How long the peer said that it paused, for want of room.
    pub paused: Duration,
    /// Capture to presentation, smoothed; `None` until the clocks of both sides are known.
    pub delay: Option<Duration>,
}

/// Turns two looks at the counters into rates.
#[derive(Debug)]
pub struct VideoMeter {
    sent: Slot<SentVideo>,
    shown: Slot<ShownVideo>,
    before: (LocalTime, ShownVideo),
}

impl VideoMeter {
    /// Reads what both threads publish; rates count from `now`.
    #[must_use]
    pub fn new(sent: Slot<SentVideo>, shown: Slot<ShownVideo>, now: LocalTime) -> Self {
        Self { sent, shown, before: (now, ShownVideo::default()) }
    }

    /// The numbers of this moment; rates are means since the last call.
    pub fn sample(&mut self, now: LocalTime) -> VideoNumbers {
        let sent = self.sent.latest().map(|sent| *sent).unwrap_or_default();
        let shown = self.shown.latest().map(|shown| *shown).unwrap_or_default();
        let (then, before) = std::mem::replace(&mut self.before, (now, shown));
        let seconds = now.saturating_since(then).as_secs_f64();
        let rate = |count: u64| if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
        VideoNumbers {
            width: shown.size.width,
            height: shown.size.height,
            fps: rate(shown.frames - before.frames),
            kbps: rate((shown.bytes - before.bytes) * 8) / 1_000.0,
            frames_sent: sent.frames,
            frames_shown: shown.frames,
            dropped: shown.dropped,
            key_frames: shown.key_frames,
            freezes: shown.freezes,
            freeze_ms: u64::try_from(shown.frozen.as_millis()).unwrap_or(u64::MAX),
            paused_ms: u64::try_from(shown.paused.as_millis()).unwrap_or(u64::MAX),
            delay_ms: shown.delay.unwrap_or_default().as_secs_f64() * 1_000.0,
            sending: PictureSending::default(),
        }
    }
}

#[cfg(test)]
#[path = "video_tests.rs"]
mod threads;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_means_between_two_looks() {
        let (sent, shown) = (Slot::new(), Slot::new());
        let start = LocalTime(7_000_000);
        let mut meter = VideoMeter::new(sent.clone(), shown.clone(), start);
        assert_eq!(meter.sample(start).fps, 0.0);
        sent.put(SentVideo { frames: 30, ..SentVideo::default() });
        shown.put(ShownVideo { frames: 12, bytes: 62_500, size: Size::VGA, ..ShownVideo::default() });
        let numbers = meter.sample(start + Duration::from_millis(500));
        assert_eq!((numbers.fps, numbers.kbps, numbers.frames_sent, numbers.width), (24.0, 1_000.0, 30, 640));
        assert_eq!(meter.sample(start + Duration::from_secs(1)).fps, 0.0, "the picture stands still");
    }
}
