//! The numbers of one media session.
//! Its threads post them, the driver reads them for the view and the statistics file.
//! Counters only grow; levels and rates are of the last moment.

use std::collections::VecDeque;
use std::time::Duration;

use ahoy_media::{Kbps, LocalTime, Plan};

use super::video::SendNumbers;
use crate::stats::{Stages, VideoNumbers};

/// Readings that a rate looks back over: a second at two a second.
const READINGS: usize = 3;

/// The voice, both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AudioStats {
    /// Packets sent.
    pub sent: u64,
    /// Packets that found the way out full and were dropped.
    pub dropped_out: u64,
    /// Packets received, copies not counted.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Packets that came again.
    pub duplicates: u64,
    /// Datagrams that were no media of ours.
    pub garbage: u64,
    /// Frames that came as copies in later packets.
    pub copies: u64,
    /// Frames rebuilt from the coarse copy in the next packet.
    pub fec: u64,
    /// Frames rebuilt from deep redundancy.
    pub dred: u64,
    /// Sound invented for what was missing.
    pub concealed_ms: u64,
    /// Sound added or removed to change the delay.
    pub stretched_ms: u64,
    /// Sound between arrival and playing.
    pub buffer_ms: f64,
    /// What `buffer_ms` should be.
    pub target_ms: f64,
    /// Capture to presentation; 0 before the peer's clock is known.
    pub delay_ms: f64,
    /// The parts of `delay_ms`.
    pub stages: Stages,
    /// How my voice is carried at this moment; `None` before the first numbers.
    pub plan: Option<Plan>,
    /// What the voice may use of the wire, headers included.
    pub budget: Kbps,
    /// How long my sound waits in queues on its way, as the peer says.
    pub queue: Duration,
    /// How loud my microphone is, in dB below full scale.
    pub level_db: f32,
    /// How loud the other side is, in dB below full scale.
    pub peer_level_db: f32,
    /// Somebody talks into the muted microphone.
    pub talks_muted: bool,
    /// How much quieter the echo of the other side leaves than it came; 0 where nothing is cancelled.
    pub echo_loss_db: f32,
    /// The way there and back as media feel it; 0 before the first exchange.
    pub rtt_ms: f64,
    /// Samples that the microphone lost because we were late.
    pub mic_dropped: u64,
    /// Samples of silence that the speaker played because we were late.
    pub speaker_underruns: u64,
    /// Datagram bytes sent, feedback included.
    pub sent_bytes: u64,
    /// Datagram bytes received, feedback included.
    pub received_bytes: u64,
}

/// Everything a session counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MediaStats {
    /// The voice.
    pub audio: AudioStats,
    /// The picture.
    pub video: VideoNumbers,
    /// My picture on its way.
    pub sending: SendNumbers,
    /// Voice, picture and feedback sent in the last second.
    pub sent_kbps: f64,
    /// Voice, picture and feedback received in the last second.
    pub received_kbps: f64,
}

/// Turns a growing byte count into a rate.
#[derive(Debug, Default)]
pub(super) struct Rate {
    readings: VecDeque<(LocalTime, u64)>,
}

impl Rate {
    /// Takes the count at `now`, returns kilobits a second over the readings kept.
    pub(super) fn read(&mut self, now: LocalTime, bytes: u64) -> f64 {
        if self.readings.len() == READINGS {
            let _ = self.readings.pop_front();
        }
        self.readings.push_back((now, bytes));
        let Some((since, before)) = self.readings.front() else { return 0.0 };
        let seconds = now.saturating_since(*since).as_secs_f64();
        if seconds > 0.0 { (bytes - before) as f64 * 8.0 / 1_000.0 / seconds } else { 0.0 }
    }
}

/// A span in milliseconds with its fraction.
pub(super) fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_that_of_the_last_second() {
        let mut rate = Rate::default();
        assert_eq!(rate.read(LocalTime(0), 0), 0.0);
        assert_eq!(rate.read(LocalTime(500_000), 10_000), 160.0);
        assert_eq!(rate.read(LocalTime(1_000_000), 20_000), 160.0);
        assert_eq!(rate.read(LocalTime(1_500_000), 20_000), 80.0);
        assert_eq!(rate.read(LocalTime(2_000_000), 20_000), 0.0);
    }
}
