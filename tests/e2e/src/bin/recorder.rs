//! Records the default microphone as a call does and writes it to a WAV file: `recorder SECONDS FILE`.
//! The test and the bench of devices start it on a sound server of their own, whose address only a program of its own has.
//! It says `ready` with the first sound, then how many samples came.

use std::io::Write as _;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use ahoy_audio::{MicChoice, MicOptions, open_microphone};
use anyhow::{Context as _, Result, bail};

/// Samples a second.
const RATE: usize = 48_000;

/// How often the ring is emptied: as a call does.
const TICK: Duration = Duration::from_micros(2_500);

/// Longest wait for the first sound.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let seconds: f64 = arguments.next().context("SECONDS is missing")?.parse()?;
    let file = PathBuf::from(arguments.next().context("FILE is missing")?);
    // The ring of a call.
    let (ring, mut reader) = rtrb::RingBuffer::new(RATE / 5);
    let mut microphone = open_microphone(&MicChoice::Default, MicOptions::default(), ring)?;
    let _ = microphone.begin();
    let asked = Instant::now();
    while reader.is_empty() {
        if asked.elapsed() > PATIENCE {
            bail!("the microphone gives nothing");
        }
        thread::sleep(TICK);
    }
    println!("ready");
    std::io::stdout().flush()?;
    let (began, mut heard) = (Instant::now(), Vec::new());
    while began.elapsed().as_secs_f64() < seconds {
        let waiting = reader.slots();
        heard.extend(reader.read_chunk(waiting).context("as many as there are")?);
        if let Some(why) = microphone.failure() {
            bail!(why);
        }
        thread::sleep(TICK);
    }
    let lasted = began.elapsed().as_secs_f64();
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut wav = hound::WavWriter::create(file, spec)?;
    for sample in &heard {
        wav.write_sample(*sample)?;
    }
    wav.finalize()?;
    let latency_ms = microphone.latency().as_secs_f64() * 1_000.0;
    println!("{} {lasted} {} {latency_ms}", heard.len(), microphone.dropped());
    Ok(())
}
