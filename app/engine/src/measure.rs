//! The numbers of one call, put together from its session, its connection and this process.
//! The driver takes them every 500 ms, when a call ends, and once more when its threads have stopped.
//! Rates are means since the last look.

use ahoy_media::Kbps;

use crate::live::Live;
use crate::session::AudioStats;
use crate::stats::{AudioNumbers, CallStats, PathNumbers, RateNumbers, VideoNumbers};

/// Length of an audio frame.
const FRAME_MS: u32 = 20;

/// What both encoders aim at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target {
    /// The voice.
    pub audio: Kbps,
    /// The picture, 0 while none is sent.
    pub video: Kbps,
}

/// The numbers of a call now; `None` without media.
pub fn call(live: &mut Live) -> Option<CallStats> {
    let connection = live.connection()?;
    let media = live.session.as_mut()?.stats();
    let path = connection.stats();
    let rtt_ms = path.rtt.as_secs_f64() * 1_000.0;
    live.least_rtt_ms = if live.least_rtt_ms > 0.0 { live.least_rtt_ms.min(rtt_ms) } else { rtt_ms };
    Some(CallStats {
        path: PathNumbers {
            kind: if path.direct { "direct" } else { "relay" },
            rtt_ms,
            loss: if path.sent_packets > 0 { path.lost_packets as f64 / path.sent_packets as f64 } else { 0.0 },
            mtu: path.mtu,
        },
        rate: RateNumbers {
            target_kbps: f64::from(live.target.audio.0 + live.target.video.0),
            sent_kbps: media.sent_kbps,
            received_kbps: media.received_kbps,
            queue_delay_ms: (rtt_ms - live.least_rtt_ms).max(0.0),
        },
        audio: voice(media.audio, live.target.audio),
        video: media.video,
        cpu_s: ahoy_system::process::cpu_seconds(),
        rss_mb: ahoy_system::process::rss_mb(),
    })
}

/// The numbers of a call whose threads have stopped: their last counters, with the path and the rates of the last look.
#[must_use]
pub fn ended(last: CallStats, target: Target, audio: AudioStats, video: VideoNumbers) -> CallStats {
    let video = VideoNumbers { fps: last.video.fps, kbps: last.video.kbps, ..video };
    CallStats { audio: voice(audio, target.audio), video, ..last }
}

fn voice(audio: AudioStats, target: Kbps) -> AudioNumbers {
    AudioNumbers {
        sent: audio.sent,
        received: audio.received,
        lost: audio.lost,
        late: audio.late,
        fec: 0,
        dred: 0,
        concealed_ms: audio.concealed_ms,
        stretched_ms: audio.stretched_ms,
        buffer_ms: audio.buffer_ms,
        target_ms: audio.target_ms,
        delay_ms: audio.delay_ms,
        kbps: f64::from(target.0),
        frame_ms: FRAME_MS,
    }
}
