//! What is said in a call, and pieces of it: WAV files as 16-bit mono.
//! `call` makes the spoken file as long as the call, `score` cuts what is compared.
//! Nothing is resampled: a piece keeps the rate of the file it is cut from.

use std::path::Path;

use ahoy_e2e::sound::Sound;
use anyhow::{Context as _, Result, ensure};
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Mono sound of one rate.
#[derive(Clone, Debug)]
pub struct Speech {
    samples: Vec<i16>,
    rate: u32,
}

impl Speech {
    /// Reads a 16-bit WAV file; of several channels only the first.
    ///
    /// # Errors
    /// No such file, not 16-bit WAV, or empty.
    pub fn read(path: &Path) -> Result<Self> {
        let mut wav = WavReader::open(path).with_context(|| path.display().to_string())?;
        let WavSpec { channels, sample_rate, bits_per_sample, .. } = wav.spec();
        ensure!(bits_per_sample == 16, "{}: 16-bit WAV expected, {bits_per_sample} found", path.display());
        let samples = wav.samples::<i16>().step_by(channels.into()).collect::<Result<Vec<_>, _>>()?;
        ensure!(!samples.is_empty(), "{} is empty", path.display());
        Ok(Self { samples, rate: sample_rate })
    }

    /// The same over and over for this many seconds.
    #[must_use]
    pub fn lasting(&self, seconds: f64) -> Self {
        let samples = self.samples.iter().copied().cycle().take(self.place(seconds)).collect();
        Self { samples, rate: self.rate }
    }

    /// A stretch of it; what lies outside is left out.
    #[must_use]
    pub fn piece(&self, from_s: f64, to_s: f64) -> Self {
        let end = self.place(to_s).min(self.samples.len());
        let samples = self.samples.get(self.place(from_s)..end).unwrap_or_default().to_vec();
        Self { samples, rate: self.rate }
    }

    /// The same as the comparisons want it.
    #[must_use]
    pub fn sound(&self) -> Sound {
        let samples: Vec<f64> = self.samples.iter().map(|sample| f64::from(*sample) / 32_768.0).collect();
        Sound::of(&samples, self.rate as usize)
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate)
    }

    /// Writes a WAV file.
    ///
    /// # Errors
    /// The disk is full.
    pub fn write(&self, path: &Path) -> Result<()> {
        let spec =
            WavSpec { channels: 1, sample_rate: self.rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut wav = WavWriter::create(path, spec)?;
        for sample in &self.samples {
            wav.write_sample(*sample)?;
        }
        Ok(wav.finalize()?)
    }

    fn place(&self, seconds: f64) -> usize {
        (seconds.max(0.0) * f64::from(self.rate)).round() as usize
    }
}
