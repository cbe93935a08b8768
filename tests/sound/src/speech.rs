//! Speech as samples: read from and written to WAV files, cut into frames.
//! Everything here works on it.
//! 48 kHz, one channel, whatever the file had.

use std::f64::consts::PI;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Samples a second.
pub const RATE: u32 = ahoy_media::SAMPLE_RATE;

/// Samples of 20 ms.
pub const FRAME: usize = ahoy_media::FRAME_SAMPLES;

/// Full scale of 16 bits.
const FULL_SCALE: f32 = 32_768.0;

/// Half the length of the filter that raises a rate, in samples of the file.
const TAPS: usize = 16;

/// Speech of one speaker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Speech(Vec<f32>);

impl Speech {
    /// These samples at [`RATE`].
    #[must_use]
    pub fn of(samples: Vec<f32>) -> Self {
        Self(samples)
    }

    /// `samples` that trail by `delay`: those are cut off, and silence makes up the length.
    #[must_use]
    pub fn delayed(mut samples: Vec<f32>, delay: usize, length: usize) -> Self {
        let _ = samples.drain(..delay.min(samples.len()));
        samples.resize(length, 0.0);
        Self(samples)
    }

    /// Reads a 16-bit WAV file; of several channels the first. Its rate must be [`RATE`] or a whole part of it.
    ///
    /// # Errors
    /// No such file, or another kind of WAV.
    pub fn read(path: &Path) -> Result<Self> {
        let mut wav = WavReader::open(path).with_context(|| path.display().to_string())?;
        let WavSpec { channels, sample_rate, bits_per_sample, .. } = wav.spec();
        ensure!(bits_per_sample == 16, "{}: 16-bit WAV expected", path.display());
        ensure!(
            sample_rate > 0 && RATE.is_multiple_of(sample_rate),
            "{}: {sample_rate} Hz does not divide {RATE}",
            path.display()
        );
        let samples = wav.samples::<i16>().step_by(channels.max(1).into());
        let samples: Vec<f32> = samples.map(|sample| Ok(f32::from(sample?) / FULL_SCALE)).collect::<Result<_>>()?;
        Ok(Self(raised(&samples, (RATE / sample_rate) as usize)))
    }

    /// Writes 16-bit WAV.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let spec = WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut wav = WavWriter::create(path, spec).with_context(|| path.display().to_string())?;
        for sample in &self.0 {
            wav.write_sample((sample * FULL_SCALE).round().clamp(-FULL_SCALE, FULL_SCALE - 1.0) as i16)?;
        }
        Ok(wav.finalize()?)
    }

    /// Its samples, -1 to 1.
    #[must_use]
    pub fn samples(&self) -> &[f32] {
        &self.0
    }

    /// The whole frames of it.
    pub fn frames(&self) -> impl Iterator<Item = &[f32]> {
        self.0.chunks_exact(FRAME)
    }

    /// The part from `from` for `seconds`; what lies outside is left out.
    #[must_use]
    pub fn part(&self, from: f64, seconds: f64) -> Self {
        let place = |second: f64| ((second * f64::from(RATE)) as usize).min(self.0.len());
        Self(self.0[place(from)..place(from + seconds)].to_vec())
    }
}

/// `times` as many samples a second: each phase is a windowed sinc over the samples around it.
fn raised(samples: &[f32], times: usize) -> Vec<f32> {
    if times == 1 {
        return samples.to_vec();
    }
    let mut out = Vec::with_capacity(samples.len() * times);
    for place in 0..samples.len() * times {
        let (middle, phase) = (place / times, (place % times) as f64 / times as f64);
        let first = (middle + 1).saturating_sub(TAPS);
        let near = samples.iter().enumerate().skip(first).take(middle + TAPS + 1 - first);
        out.push(
            near.map(|(at, sample)| f64::from(*sample) * kernel(at as f64 - middle as f64 - phase)).sum::<f64>() as f32
        );
    }
    out
}

/// A sinc under a Hann window of [`TAPS`] samples either way.
fn kernel(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        return 1.0;
    }
    if x.abs() >= TAPS as f64 {
        return 0.0;
    }
    (PI * x).sin() / (PI * x) * (0.5 + 0.5 * (PI * x / TAPS as f64).cos())
}
