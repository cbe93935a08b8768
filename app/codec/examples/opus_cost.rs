//! Prints what Opus costs in processor time, in microseconds for 20 ms of sound, one thread.
//! Run by hand with the name of the example; no test depends on its figures.
//! Speech is made up beforehand, so that only the codec is timed.

use std::time::{Duration, Instant};

use ahoy_codec::{CodecError, OpusConfig, OpusDecoder, OpusEncoder};
use ahoy_media::units::FrameLength;
use ahoy_media::{FRAME_SAMPLES, Kbps, Repair, SAMPLE_RATE};

#[path = "../src/synthetic.rs"]
#[allow(dead_code, reason = "the other example uses the rest")]
mod synthetic;

/// Seconds of speech of a measurement.
const SECONDS: usize = 10;
/// Of so many frames of 20 ms the first ones are lost.
const CYCLE: usize = 25;
/// So many of them.
const RUN: usize = 5;

fn main() -> Result<(), CodecError> {
    let pcm = synthetic::speech(SECONDS * SAMPLE_RATE as usize);
    let plain = OpusConfig::default();
    let dred = OpusConfig { dred: Duration::from_secs(1), expected_loss: 20, ..plain };
    println!("µs for 20 ms of speech, 48 kHz mono, 32 kbit/s constant unless said");
    for complexity in 5..=10 {
        println!("encode, complexity {complexity:<26} {:>5.0}", encode(OpusConfig { complexity, ..plain }, &pcm)?.1);
    }
    for frame in FrameLength::ALL {
        println!("encode, {} ms frames {:>30.0}", frame.ms(), encode(OpusConfig { frame, ..plain }, &pcm)?.1);
    }
    for (name, config) in [
        ("low delay, 10 ms frames", OpusConfig { low_delay: true, frame: FrameLength::Ms10, ..plain }),
        ("FEC", OpusConfig { fec: true, expected_loss: 20, ..plain }),
        ("DRED 200 ms", OpusConfig { dred: Duration::from_millis(200), ..dred }),
        ("DRED 1 s", dred),
        ("DRED 1 s, complexity 5", OpusConfig { complexity: 5, ..dred }),
    ] {
        println!("encode, {name:<38} {:>5.0}", encode(config, &pcm)?.1);
    }
    println!("                         decoder  decode  concealed later  FEC  DRED first later");
    for (name, config) in [
        ("32 kbit/s", plain),
        ("32 kbit/s FEC (hybrid)", OpusConfig { fec: true, expected_loss: 20, ..plain }),
        ("16 kbit/s (speech mode)", OpusConfig { kbps: Kbps(16), ..plain }),
        ("32 kbit/s DRED", dred),
    ] {
        let (packets, _) = encode(config, &pcm)?;
        for complexity in [0, 7] {
            let [decode, first, later, fec, deep, deeper] = lossy(&packets, complexity)?.map(|mut cost| cost.median());
            println!(
                "{name:<24} {complexity:>7}  {decode:>6}  {first:>9} {later:>5}  {fec:>3}  {deep:>10} {deeper:>5}"
            );
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

/// How long each call took by the clock on the wall: the system counts a thread's time too coarsely for one call.
#[derive(Default)]
struct Cost(Vec<Duration>);

impl Cost {
    /// Microseconds in the middle of all calls, which a busy machine does not move much; none when there was no call.
    fn median(&mut self) -> String {
        self.0.sort_unstable();
        self.0.get(self.0.len() / 2).map_or_else(|| "-".into(), |middle| middle.as_micros().to_string())
    }
}

fn encode(config: OpusConfig, pcm: &[f32]) -> Result<(Vec<Vec<u8>>, f64), CodecError> {
    let since = Instant::now();
    let mut encoder = OpusEncoder::new(config)?;
    let (mut packets, start) = (Vec::new(), used(since));
    for block in pcm.chunks_exact(config.frame.samples()) {
        let mut packet = Vec::new();
        encoder.encode(block, &mut packet)?;
        packets.push(packet);
    }
    let seconds = used(since) - start;
    Ok((packets, seconds * 1e6 * FRAME_SAMPLES as f64 / pcm.len() as f64))
}

/// Decoding; concealing the first and the later frames of a loss; restoring by FEC, and by DRED the first and the later ones.
fn lossy(packets: &[Vec<u8>], complexity: u8) -> Result<[Cost; 6], CodecError> {
    let mut costs: [Cost; 6] = Default::default();
    for restore in [false, true] {
        let mut decoder = OpusDecoder::with_complexity(complexity)?;
        let mut pcm = Vec::new();
        let mut known = false;
        for (at, packet) in packets.iter().enumerate() {
            let missing = at % CYCLE;
            let start = Instant::now();
            let kind = if at < CYCLE || missing >= RUN {
                known = false;
                let _ = decoder.decode(packet, &mut pcm)?;
                0
            } else if let Some(from) = packets.get(at - missing + RUN).filter(|_| restore) {
                let back = (RUN - missing) * FRAME_SAMPLES;
                let repair = decoder.restore(from, back, FRAME_SAMPLES, &mut pcm)?;
                match repair {
                    Repair::Fec => 3,
                    Repair::Dred => 4 + usize::from(std::mem::replace(&mut known, true)),
                    Repair::None => 2,
                }
            } else {
                let _ = decoder.conceal(FRAME_SAMPLES, &mut pcm)?;
                1 + usize::from(missing > 0)
            };
            costs[kind].0.push(start.elapsed());
        }
    }
    Ok(costs)
}
