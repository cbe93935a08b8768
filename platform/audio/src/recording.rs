//! A WAV file that is being written: 48 kHz, mono, 16 bit.
//! The paced speaker writes it block by block.
//! Its header is right about every second, so a process that is killed leaves a file that plays.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use ahoy_media::SAMPLE_RATE;
use hound::{SampleFormat, WavSpec, WavWriter};

use crate::error::AudioError;

/// Samples between two updates of the header: a second, so that a kill costs at most that.
const HEADER_EVERY: u32 = SAMPLE_RATE;

/// Samples that a WAV file can hold (its sizes are 32 bit): a little over 12 hours.
const MAX_SAMPLES: u32 = (u32::MAX - 1_024) / 2;

/// The open file.
pub(crate) struct Recording {
    path: PathBuf,
    writer: WavWriter<BufWriter<File>>,
    written: u32,
}

impl Recording {
    /// Makes the file, or empties the one that is there.
    pub(crate) fn create(path: &Path) -> Result<Self, AudioError> {
        let spec =
            WavSpec { channels: 1, sample_rate: SAMPLE_RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut writer = WavWriter::create(path, spec).map_err(|e| cannot_write(path, &e))?;
        writer.flush().map_err(|e| cannot_write(path, &e))?;
        Ok(Self { path: path.to_owned(), writer, written: 0 })
    }

    /// Appends samples.
    pub(crate) fn write(&mut self, samples: &[f32]) -> Result<(), AudioError> {
        for sample in samples {
            if self.written == MAX_SAMPLES {
                let reason = "it has reached the 4 GiB that a WAV file can hold".to_owned();
                return Err(AudioError::CannotWrite { path: self.path.clone(), reason });
            }
            self.writer.write_sample(to_i16(*sample)).map_err(|e| cannot_write(&self.path, &e))?;
            self.written += 1;
            if self.written.is_multiple_of(HEADER_EVERY) {
                self.writer.flush().map_err(|e| cannot_write(&self.path, &e))?;
            }
        }
        Ok(())
    }

    /// Completes the header and closes the file.
    pub(crate) fn finish(self) -> Result<(), AudioError> {
        let path = self.path;
        self.writer.finalize().map_err(|e| cannot_write(&path, &e))
    }
}

fn to_i16(sample: f32) -> i16 {
    // A float cast saturates and turns NaN into 0, so no input can wrap.
    (sample * 32_768.0).round() as i16
}

fn cannot_write(path: &Path, error: &hound::Error) -> AudioError {
    AudioError::CannotWrite { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_never_closed_still_plays() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("out.wav");
        let mut recording = Recording::create(&path).expect("made");
        assert_eq!(hound::WavReader::open(&path).expect("valid from the start").duration(), 0);
        recording.write(&vec![0.25; 60_000]).expect("written");
        std::mem::forget(recording);
        let mut reader = hound::WavReader::open(&path).expect("valid without a close");
        assert_eq!(reader.duration(), 48_000);
        assert!(reader.samples::<i16>().all(|s| s.expect("whole") == 8_192));
    }

    #[test]
    fn samples_saturate() {
        assert_eq!(
            [1.5, 1.0, 0.5, 0.0, -1.0, -2.0, f32::NAN].map(to_i16),
            [32_767, 32_767, 16_384, 0, -32_768, -32_768, 0]
        );
    }
}
