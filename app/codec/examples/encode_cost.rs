//! Prints what VP9 costs in processor time by size, one thread; `opus_cost` has the sound.
//! Run by hand with the name of the example; no test depends on its figures.
//! Pictures are made up beforehand, so that only the codec is timed.

use std::time::Instant;

use ahoy_codec::{CodecError, Vp9Config, Vp9Decoder, Vp9Encoder};
use ahoy_media::{Decoded, Kbps, LocalTime, Picture, ReferencePlan, Size};

#[path = "../src/synthetic.rs"]
#[allow(dead_code, reason = "the other example uses the rest")]
mod synthetic;

/// Pictures of a measurement; their time also covers the start of the rate control.
const PICTURES: u64 = 120;
/// Pictures a second.
const FPS: u32 = 24;
/// So many frames later the receiver's acknowledgement arrives.
const ROUND_TRIP: u32 = 3;

fn main() -> Result<(), CodecError> {
    println!("VP9, {PICTURES} moving pictures at {FPS} a second, one thread, references as in a call");
    println!("size         kbit/s    made  encode ms  decode ms  PSNR dB mean/worst  key B  delta B p50/p95/max");
    for (size, rates) in
        [(Size::new(320, 240), [150, 300]), (Size::VGA, [500, 1_000]), (Size::new(1_280, 720), [1_000, 2_000])]
    {
        let pictures: Vec<Picture> = (0..PICTURES).map(|index| synthetic::scene(size, index)).collect();
        for kbps in rates {
            vp9(&pictures, size, Kbps(kbps))?;
        }
    }
    Ok(())
}

/// Seconds of processor that this thread has used; the clock on the wall where the system does not tell.
fn used(since: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| since.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

/// Runs `work` and adds what it used to `sum`.
fn timed<T>(since: Instant, sum: &mut f64, work: impl FnOnce() -> Result<T, CodecError>) -> Result<T, CodecError> {
    let start = used(since);
    let result = work();
    *sum += used(since) - start;
    result
}

fn vp9(pictures: &[Picture], size: Size, kbps: Kbps) -> Result<(), CodecError> {
    let since = Instant::now();
    let mut encoder = Vp9Encoder::new(Vp9Config { max_size: size, kbps, fps: FPS, threads: 1 })?;
    let mut decoder = Vp9Decoder::new()?;
    let [mut encode, mut decode] = [0.0; 2];
    let mut plan = ReferencePlan::new();
    let frames = timed(since, &mut encode, || {
        let coded = (0..).zip(pictures).map(|(sequence, picture)| {
            let coding = plan.next(size);
            let frame = encoder.encode(picture, coding)?;
            let _ = plan.coded(sequence, size, coding, frame.key, LocalTime(0));
            plan.acknowledged(Decoded { newest: sequence.checked_sub(ROUND_TRIP), before: u32::MAX });
            Ok(frame)
        });
        coded.collect::<Result<Vec<_>, _>>()
    })?;
    let shown = timed(since, &mut decode, || {
        frames.iter().map(|frame| decoder.decode(&frame.data, size)).collect::<Result<Vec<_>, _>>()
    })?;
    let scores: Vec<f64> = pictures.iter().zip(&shown).map(|(made, shown)| synthetic::psnr(made, shown)).collect();
    let mut lengths: Vec<usize> = frames.iter().map(|frame| frame.data.len()).collect();
    let key = lengths.remove(0);
    let made = (lengths.iter().sum::<usize>() * 8 * FPS as usize / lengths.len()) / 1_000;
    lengths.sort_unstable();
    let length = |share: usize| lengths[(lengths.len() - 1) * share / 100];
    let count = pictures.len() as f64;
    println!(
        "{:<9} {:>9}  {made:>6}  {:>9.2}  {:>9.2}  {:>9.1} {:>6.1}  {key:>9}  {:>6} {:>6} {:>6}",
        size.to_string(),
        kbps.0,
        encode * 1e3 / count,
        decode * 1e3 / count,
        scores.iter().sum::<f64>() / count,
        scores.iter().copied().fold(f64::MAX, f64::min),
        length(50),
        length(95),
        length(100),
    );
    Ok(())
}
