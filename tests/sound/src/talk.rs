//! One talk over one way: speech in, speech out, and what it took.
//! The table makes thousands of them, its test a handful.
//! Playout waits as long as the repair needs, up to [`HORIZON`]: how long that was is counted.

use std::time::Duration;

use ahoy_codec::OpusDecoder;
use ahoy_media::{Kbps, Repair};
use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};

use crate::condition::Condition;
use crate::link::{self, Arrived};
use crate::losses::Losses;
use crate::speech::{FRAME, Speech};

/// Frames that playout waits at most: 200 ms, the most that the phone's own buffer waits for a repair.
pub const HORIZON: usize = 10;

/// Milliseconds of sound in a frame.
const FRAME_MS: f64 = 20.0;

/// What came out, and what it took.
#[derive(Clone, Debug)]
pub struct Talk {
    /// What was heard, in time with what was said.
    pub heard: Speech,
    /// Share of the frames whose datagram was lost, 0 to 1.
    pub lost: f64,
    /// Share of the frames that nothing brought back: they were concealed.
    pub residual: f64,
    /// How much later than its datagram should have come a lost frame was there, in milliseconds: 19 of 20 were by then.
    pub repair_ms: f64,
    /// Kilobits a second on the wire, with every header.
    pub wire_kbps: f64,
    /// Processor time of coding 20 ms.
    pub encode: Duration,
    /// Processor time of decoding, restoring or concealing 20 ms.
    pub decode: Duration,
}

/// Says `speech` over a way with `losses`, drawn by `seed`.
///
/// # Errors
/// When the codec fails.
pub fn talk(speech: &Speech, condition: Condition, kbps: Kbps, losses: Losses, seed: u64) -> Result<Talk> {
    let start = processor_time();
    let sent = link::send(speech, condition.encoder(kbps, losses), condition.copies)?;
    let encode = processor_time().saturating_sub(start);
    let lost = losses.draw(sent.datagrams.len(), seed);
    let arrived = link::deliver(&sent.datagrams, &lost)?;

    let start = processor_time();
    let played = play(&arrived, condition)?;
    let decode = processor_time().saturating_sub(start);
    let frames = arrived.len().max(1);
    let each = |time: Duration| time.div_f64(frames as f64);
    Ok(Talk {
        heard: Speech::delayed(played.samples, sent.lookahead, speech.samples().len()),
        lost: crate::losses::measured_share(&lost),
        residual: played.concealed as f64 / frames as f64,
        repair_ms: late(played.waits) * FRAME_MS,
        wire_kbps: sent.wire_bytes() as f64 * 8.0 / (frames as f64 * FRAME_MS),
        encode: each(encode),
        decode: each(decode),
    })
}

/// What was played, and how.
#[derive(Default)]
struct Played {
    samples: Vec<f32>,
    concealed: usize,
    /// Frames waited for each repair.
    waits: Vec<usize>,
}

/// Plays every frame in its turn, from the first that brings it back.
fn play(arrived: &[Option<Arrived>], condition: Condition) -> Result<Played> {
    let mut decoder = if condition.deep { OpusDecoder::new()? } else { OpusDecoder::with_complexity(0)? };
    let mut played = Played { samples: Vec::with_capacity(arrived.len() * FRAME), ..Played::default() };
    let mut pcm = Vec::new();
    for (place, frame) in arrived.iter().enumerate() {
        if let Some(own) = frame.as_ref().filter(|own| own.by <= place + HORIZON) {
            let _ = decoder.decode(&own.data, &mut pcm)?;
            if own.by > place {
                played.waits.push(own.by - place);
            }
        } else if let Some((from, later)) = next(arrived, place) {
            let repair = decoder.restore(&later.data, (from - place) * FRAME, FRAME, &mut pcm)?;
            match repair {
                Repair::Fec | Repair::Dred => played.waits.push(later.by - place),
                Repair::None => played.concealed += 1,
            }
        } else {
            let _ = decoder.conceal(FRAME, &mut pcm)?;
            played.concealed += 1;
        }
        played.samples.extend_from_slice(&pcm);
    }
    Ok(played)
}

/// The first frame after `place` that is there before playout has to go on without.
fn next(arrived: &[Option<Arrived>], place: usize) -> Option<(usize, &Arrived)> {
    let within = |frame: &&Arrived| frame.by <= place + HORIZON;
    let later = arrived.iter().enumerate().take(place + HORIZON + 1).skip(place + 1);
    later.filter_map(|(from, frame)| Some((from, frame.as_ref().filter(within)?))).next()
}

/// The 95th percentile in frames; 0 of none.
fn late(mut waits: Vec<usize>) -> f64 {
    waits.sort_unstable();
    let place = (waits.len() * 95).div_ceil(100).saturating_sub(1);
    waits.get(place).map_or(0.0, |wait| *wait as f64)
}

/// What this thread has used of a processor.
fn processor_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}
