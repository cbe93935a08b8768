//! The numbers of one call, put together from its session, its connection and this process.
//! The driver takes them every 500 ms, when a call ends, and once more when its threads have stopped.
//! Rates are means since the last look.

use ahoy_media::Kbps;

use crate::live::Live;
use crate::session::AudioStats;
use crate::session::video::SendNumbers;
use crate::stats::{AudioNumbers, CallStats, PathNumbers, PictureSending, RateNumbers, Sending, VideoNumbers};

/// The numbers of a call now; `None` without media.
pub fn call(live: &mut Live) -> Option<CallStats> {
    let connection = live.connection()?;
    let media = live.session.as_mut()?.stats();
    let path = connection.stats();
    let sound = media.audio.plan.map_or(Kbps(0), |plan| plan.wire());
    let target = media.sending.target.unwrap_or(sound);
    connection.set_rate(target.0, sound.0);
    let rtt_ms = path.rtt.as_secs_f64() * 1_000.0;
    let queue = if media.sending.target.is_some() { media.sending.queue } else { media.audio.queue };
    Some(CallStats {
        path: PathNumbers {
            kind: if path.direct { "direct" } else { "relay" },
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
    })
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
