//! What the audio worker tells: to the peer in a feedback, to this phone in numbers.
//! The worker asks for both ten times a second.
//! Counters only grow; what a device counted before it was exchanged stays counted.

use std::time::Duration;

use ahoy_media::feedback::Echo;
use ahoy_media::{Abilities, Feedback, FrameLength, LocalTime, Stamp, Tenths, offset};

use super::audio::{AudioWorker, PUBLISH_EVERY, Running};
use super::stats::{AudioStats, millis};
use crate::stats::Stages;

/// Delay of the Opus encoder's look-ahead, 312 samples, and of its low-delay coder, 120 samples.
const LOOKAHEAD: Duration = Duration::from_micros(6_500);
const LOOKAHEAD_LOW: Duration = Duration::from_micros(2_500);

/// Weight of the delays before against a new one: half of a change shows within half a second.
const WAY_WEIGHT: u32 = 8;

impl Running {
    /// Posts the numbers of this moment.
    pub(super) fn publish(&mut self, now: LocalTime) {
        let heard = self.parts.playout.stats();
        let mut stats = self.stats;
        stats.received = heard.received;
        stats.lost = heard.lost;
        stats.late = heard.late;
        stats.duplicates = heard.duplicates;
        stats.copies = heard.copies;
        stats.fec = heard.fec;
        stats.dred = heard.dred;
        stats.concealed_ms = heard.concealed_samples / 48;
        stats.stretched_ms = heard.stretched_samples / 48;
        stats.buffer_ms = millis(heard.buffer);
        stats.target_ms = millis(heard.target);
        stats.rtt_ms = self.offset.round_trip().map_or(0.0, millis);
        stats.mic_dropped += self.parts.devices.mic.dropped();
        stats.speaker_underruns += self.parts.devices.speaker.underruns();
        stats.plan = Some(self.parts.outgoing.plan());
        stats.queue = self.parts.outgoing.queue();
        stats.budget = self.parts.outgoing.budget();
        stats.level_db = self.parts.capture.level_db();
        stats.peer_level_db = self.parts.playout.level_db();
        stats.talks_muted = self.parts.capture.talks_muted();
        stats.echo_loss_db = self.parts.capture.echo_loss_db();
        if let Some((at, due)) = self.parts.playout.due()
            && let Some(offset) = self.offset.offset_us()
            && now.saturating_since(due) < PUBLISH_EVERY
        {
            let way = offset::age(at, due, offset);
            let way = self.way.map_or(way, |before| (before * (WAY_WEIGHT - 1) + way) / WAY_WEIGHT);
            self.way = Some(way);
            self.stats.stages = self.stages(way, heard.buffer);
            let Stages { capture_ms, codec_ms, network_ms, buffer_ms, device_ms } = self.stats.stages;
            self.stats.delay_ms = capture_ms + codec_ms + network_ms + buffer_ms + device_ms;
        }
        stats.stages = self.stats.stages;
        stats.delay_ms = self.stats.delay_ms;
        self.parts.board.audio.put(stats);
    }

    /// Where the time goes from mouth to ear; `way` is that from the capture of a sample to its leaving the ring.
    fn stages(&self, way: Duration, buffer: Duration) -> Stages {
        let codec = if self.peer_frame == FrameLength::Ms10 { LOOKAHEAD_LOW } else { LOOKAHEAD };
        let frame = self.peer_frame.span();
        Stages {
            capture_ms: millis(frame),
            codec_ms: millis(codec),
            network_ms: millis(way.saturating_sub(frame + buffer)),
            buffer_ms: millis(buffer.min(way.saturating_sub(frame))),
            device_ms: millis(self.parts.devices.speaker.latency()),
        }
    }
}

/// What is known of the peer's sound at this moment.
pub(super) fn feedback(
    parts: &AudioWorker,
    stats: &AudioStats,
    peer_stamp: Option<(Stamp, LocalTime)>,
    now: LocalTime,
) -> Feedback {
    let (newest_audio, heard) = parts.playout.heard();
    let [.., b3, b2, b1, b0] = stats.received_bytes.to_be_bytes();
    Feedback {
        hears: parts.playout.stats().received > 0,
        abilities: Abilities::OURS,
        newest_audio,
        heard,
        received_bytes: u32::from_be_bytes([b3, b2, b1, b0]),
        queue: Tenths::from_span(parts.playout.queue()),
        sent_at: parts.clock.media(now).stamp(),
        echo: peer_stamp.map(|(sent_at, came)| Echo { sent_at, hold: Tenths::from_span(now.saturating_since(came)) }),
    }
}
