//! The numbers of one call, put together from its session, its connection and this process.
//! The driver takes them every 500 ms, when a call ends, and once more when its threads have stopped.
//! Rates are means since the last look.

use std::time::Duration;

use ahoy_media::{Kbps, LocalTime, SAMPLE_RATE};

use crate::live::Live;
use crate::quality::Evidence;
use crate::session::AudioStats;
use crate::session::video::SendNumbers;
use crate::stats::{AudioNumbers, CallStats, PathNumbers, PictureSending, RateNumbers, Sending, VideoNumbers};

/// What tells how good a call is and only grows; two of them make an [`Evidence`].
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// When it was counted.
    pub at: LocalTime,
    sent_packets: u64,
    lost_packets: u64,
    invented_ms: u64,
    frozen_ms: u64,
    missed_samples: u64,
}

impl Counts {
    /// What was seen since `before`, of a call whose newest numbers are `stats`.
    #[must_use]
    pub fn since(&self, before: &Self, stats: &CallStats) -> Evidence {
        let span = self.at.saturating_since(before.at);
        let span_ms = (span.as_secs_f64() * 1_000.0).max(1.0);
        // A new connection counts from zero.
        let grown = |now: u64, then: u64| now.saturating_sub(then) as f64;
        let sent = grown(self.sent_packets, before.sent_packets).max(1.0);
        let samples = span_ms * f64::from(SAMPLE_RATE) / 1_000.0;
        let share = |part: f64, whole: f64| (part / whole).min(1.0);
        let ms = |ms: f64| Duration::from_secs_f64(ms.max(0.0) / 1_000.0);
        let sending = &stats.video.sending;
        Evidence {
            invented: share(grown(self.invented_ms, before.invented_ms), span_ms),
            frozen: share(grown(self.frozen_ms, before.frozen_ms), span_ms),
            lost_out: share(grown(self.lost_packets, before.lost_packets), sent),
            missed: share(grown(self.missed_samples, before.missed_samples), samples),
            encoding: sending.encode_ms * f64::from(sending.fps) / 1_000.0,
            queue_out: ms(stats.rate.queue_delay_ms),
            delay: ms(stats.audio.delay_ms),
            round_trip: ms(stats.path.rtt_ms),
            relayed: stats.path.kind == RELAY,
        }
    }
}

/// The kinds of path, as statistics name them.
const DIRECT: &str = "direct";
const RELAY: &str = "relay";

/// The numbers of a call now; `None` without media.
pub fn call(live: &mut Live, now: LocalTime) -> Option<(CallStats, Counts)> {
    let connection = live.connection()?;
    let media = live.session.as_mut()?.stats();
    let path = connection.stats();
    let sound = media.audio.plan.map_or(Kbps(0), |plan| plan.wire());
    let target = media.sending.target.unwrap_or(sound);
    connection.set_rate(target.0, sound.0);
    let rtt_ms = path.rtt.as_secs_f64() * 1_000.0;
    let queue = if media.sending.target.is_some() { media.sending.queue } else { media.audio.queue };
    let counts = Counts {
        at: now,
        sent_packets: path.sent_packets,
        lost_packets: path.lost_packets,
        invented_ms: media.audio.concealed_ms,
        frozen_ms: media.video.freeze_ms,
        missed_samples: media.audio.mic_dropped + media.audio.speaker_underruns,
    };
    let stats = CallStats {
        path: PathNumbers {
            kind: if path.direct { DIRECT } else { RELAY },
            rtt_ms,
            loss: if path.sent_packets > 0 { path.lost_packets as f64 / path.sent_packets as f64 } else { 0.0 },
            mtu: path.mtu,
        },
        rate: RateNumbers {
            target_kbps: f64::from(target.0),
            sent_kbps: media.sent_kbps,
            received_kbps: media.received_kbps,
            queue_delay_ms: queue.as_secs_f64() * 1_000.0,
        },
        audio: voice(&media.audio),
        video: VideoNumbers { sending: picture(&media.sending), ..media.video },
        cpu_s: ahoy_system::process::cpu_seconds(),
        rss_mb: ahoy_system::process::rss_mb(),
    };
    Some((stats, counts))
}

/// The numbers of a call whose threads have stopped: their last counters, with the path and the rates of the last look.
#[must_use]
pub fn ended(last: CallStats, audio: AudioStats, video: VideoNumbers) -> CallStats {
    let video = VideoNumbers { fps: last.video.fps, kbps: last.video.kbps, sending: last.video.sending, ..video };
    CallStats { audio: voice(&audio), video, ..last }
}

fn picture(sending: &SendNumbers) -> PictureSending {
    let counted = PictureSending {
        pieces: sending.pieces,
        parity: sending.parity,
        repeats: sending.repeats,
        loss: sending.loss,
        encode_ms: sending.encode_time.as_secs_f64() * 1_000.0,
        ..PictureSending::default()
    };
    sending.plan.map_or(counted, |plan| PictureSending {
        kbps: plan.kbps.0,
        fps: plan.fps,
        width: plan.size.width,
        height: plan.size.height,
        ..counted
    })
}

fn voice(audio: &AudioStats) -> AudioNumbers {
    AudioNumbers {
        sent: audio.sent,
        received: audio.received,
        lost: audio.lost,
        late: audio.late,
        fec: audio.fec,
        dred: audio.dred,
        concealed_ms: audio.concealed_ms,
        stretched_ms: audio.stretched_ms,
        buffer_ms: audio.buffer_ms,
        target_ms: audio.target_ms,
        delay_ms: audio.delay_ms,
        kbps: audio.plan.map_or(0.0, |plan| f64::from(plan.kbps.0)),
        frame_ms: audio.plan.map_or(0, |plan| plan.frame.ms()),
        copies: audio.copies,
        sending: Sending {
            budget_kbps: f64::from(audio.budget.0),
            spacings: audio.plan.map_or_else(Vec::new, |plan| plan.copies.spacings().to_vec()),
            fec: audio.plan.is_some_and(|plan| plan.fec),
            dred_ms: audio.plan.map_or(0, |plan| u64::try_from(plan.dred.as_millis()).unwrap_or(u64::MAX)),
        },
        stages: audio.stages,
        level_db: audio.level_db,
        peer_level_db: audio.peer_level_db,
        talks_muted: audio.talks_muted,
        echo_loss_db: audio.echo_loss_db,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_time_between_two_looks_and_a_new_connection_is_no_loss() {
        let before = Counts {
            at: LocalTime(1_000_000),
            sent_packets: 1_000,
            lost_packets: 100,
            invented_ms: 500,
            frozen_ms: 0,
            missed_samples: 10,
        };
        let after = Counts {
            at: LocalTime(1_500_000),
            sent_packets: 1_040,
            lost_packets: 102,
            invented_ms: 525,
            frozen_ms: 9_000,
            missed_samples: 250,
        };
        let seen = after.since(&before, &CallStats::default());
        assert!((seen.lost_out - 0.05).abs() < 1e-9 && (seen.invented - 0.05).abs() < 1e-9, "{seen:?}");
        assert!((seen.missed - 0.01).abs() < 1e-9, "{seen:?}");
        assert_eq!(seen.frozen, 1.0, "a freeze counts when it is over, and no more than all the time");
        let anew = Counts { sent_packets: 30, lost_packets: 0, ..after };
        assert_eq!(anew.since(&before, &CallStats::default()).lost_out, 0.0);
    }
}
