//! A WAV file as 48 kHz mono sound.
//! `open` reads a microphone file through it, whole, before the call starts.
//! Any rate from 8 to 192 kHz, 1 or 2 channels, 8 to 32 bit whole or 32 bit float; anything else is a typed error.

use std::io::Read;
use std::path::Path;

use ahoy_media::SAMPLE_RATE;
use hound::{SampleFormat, WavReader};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use crate::error::AudioError;

/// Longest file: half an hour is 350 MB in memory at 48 kHz, more is hardly a test or a greeting.
const MAX_SECONDS: u32 = 1_800;

/// Sampling rates that are sound and not a damaged header.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// Input frames that the resampler takes at once; only memory and speed depend on it, the file is read ahead.
const RESAMPLER_CHUNK: usize = 1_024;

/// Reads, mixes down and resamples a file.
pub(crate) fn read(path: &Path) -> Result<Vec<f32>, AudioError> {
    let bad = |reason: String| AudioError::BadFile { path: path.to_owned(), reason };
    let reader = WavReader::open(path).map_err(|error| match error {
        hound::Error::IoError(e) if e.kind() == std::io::ErrorKind::NotFound => AudioError::NoFile(path.to_owned()),
        other => bad(describe(&other)),
    })?;
    let spec = reader.spec();
    if !RATES.contains(&spec.sample_rate) {
        return Err(bad(format!("its rate is {} Hz", spec.sample_rate)));
    }
    if !(1..=2).contains(&spec.channels) {
        return Err(bad(format!("it has {} channels", spec.channels)));
    }
    match reader.duration() {
        0 => return Err(bad("it holds no sound".into())),
        frames if frames > MAX_SECONDS * spec.sample_rate => {
            return Err(bad(format!("it is longer than {} minutes", MAX_SECONDS / 60)));
        }
        _ => {}
    }
    let mono = mono_samples(reader).map_err(|e| bad(describe(&e)))?;
    if spec.sample_rate == SAMPLE_RATE {
        return Ok(mono);
    }
    resample(&mono, spec.sample_rate).map_err(bad)
}

fn mono_samples<R: Read>(mut reader: WavReader<R>) -> hound::Result<Vec<f32>> {
    let spec = reader.spec();
    let interleaved: Vec<f32> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect::<hound::Result<_>>()?,
        SampleFormat::Int => {
            let scale = 1.0 / 2_f32.powi(i32::from(spec.bits_per_sample) - 1);
            reader.samples::<i32>().map(|s| s.map(|s| s as f32 * scale)).collect::<hound::Result<_>>()?
        }
    };
    let channels = usize::from(spec.channels);
    Ok(interleaved.chunks_exact(channels).map(|frame| tame(frame.iter().sum::<f32>() / channels as f32)).collect())
}

/// A float file may hold anything; a codec must get numbers in range.
fn tame(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

fn resample(mono: &[f32], rate: u32) -> Result<Vec<f32>, String> {
    let mut resampler = Fft::<f32>::new(rate as usize, SAMPLE_RATE as usize, RESAMPLER_CHUNK, 1, FixedSync::Input)
        .map_err(|e| e.to_string())?;
    let input = InterleavedSlice::new(mono, 1, mono.len()).map_err(|e| e.to_string())?;
    let output = resampler.process_all(&input, mono.len(), None).map_err(|e| e.to_string())?;
    // The library counts in floating point and may add a frame.
    let length = (mono.len() * SAMPLE_RATE as usize).div_ceil(rate as usize);
    Ok(output.take_data().into_iter().take(length).map(tame).collect())
}

fn describe(error: &hound::Error) -> String {
    match error {
        hound::Error::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => "it is cut short".into(),
        hound::Error::IoError(e) => e.to_string(),
        hound::Error::FormatError(what) => format!("it is damaged ({what})"),
        hound::Error::Unsupported => "its encoding is not known".into(),
        hound::Error::TooWide | hound::Error::UnfinishedSample | hound::Error::InvalidSampleFormat => {
            format!("it is damaged ({error})")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;
    use std::path::PathBuf;

    use hound::{WavSpec, WavWriter};
    use tempfile::TempDir;

    use super::*;

    fn spec(channels: u16, sample_rate: u32, bits_per_sample: u16, sample_format: SampleFormat) -> WavSpec {
        WavSpec { channels, sample_rate, bits_per_sample, sample_format }
    }

    fn file(spec: WavSpec, samples: &[i32]) -> (TempDir, PathBuf) {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("in.wav");
        let mut writer = WavWriter::create(&path, spec).expect("made");
        for sample in samples {
            writer.write_sample(*sample).expect("written");
        }
        writer.finalize().expect("closed");
        (home, path)
    }

    #[test]
    fn every_depth_reads_the_same_level() {
        for bits in [8, 16, 24, 32] {
            let half = 1 << (bits - 2);
            let (_home, path) = file(spec(1, 48_000, bits, SampleFormat::Int), &[half, -half, 0]);
            assert_eq!(read(&path), Ok(vec![0.5, -0.5, 0.0]), "{bits} bit");
        }
    }

    #[test]
    fn float_files_are_tamed_and_stereo_is_mixed() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("in.wav");
        let mut writer = WavWriter::create(&path, spec(2, 48_000, 32, SampleFormat::Float)).expect("made");
        for sample in [0.5_f32, 0.25, f32::NAN, 0.0, 9.0, 9.0] {
            writer.write_sample(sample).expect("written");
        }
        writer.finalize().expect("closed");
        assert_eq!(read(&path), Ok(vec![0.375, 0.0, 1.0]));
    }

    #[test]
    fn stereo_at_44100_becomes_the_same_tone_in_place() {
        let frames = 44_100;
        let tone = |n: usize, rate: f64| 0.5 * (TAU * 1_000.0 * n as f64 / rate).sin();
        let samples: Vec<i32> = (0..frames).flat_map(|n| [(tone(n, 44_100.0) * 32_768.0) as i32; 2]).collect();
        let (_home, path) = file(spec(2, 44_100, 16, SampleFormat::Int), &samples);
        let sound = read(&path).expect("readable");
        assert_eq!(sound.len(), 48_000);
        let inner = 2_000..46_000;
        let error = inner.clone().map(|n| (f64::from(sound[n]) - tone(n, 48_000.0)).powi(2)).sum::<f64>();
        let rms = (error / inner.len() as f64).sqrt();
        assert!(rms < 0.002, "{rms}");
    }

    #[test]
    fn damaged_files_are_typed_errors() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let (_kept, whole) = file(spec(1, 48_000, 16, SampleFormat::Int), &[1; 1_000]);
        let whole = std::fs::read(whole).expect("readable");
        let (_kept, empty) = file(spec(1, 48_000, 16, SampleFormat::Int), &[]);
        let (_kept, slow) = file(spec(1, 4_000, 16, SampleFormat::Int), &[1; 100]);
        let (_kept, wide) = file(spec(3, 48_000, 16, SampleFormat::Int), &[1; 99]);
        let cut = home.path().join("cut.wav");
        std::fs::write(&cut, &whole[..whole.len() - 500]).expect("written");
        let text = home.path().join("text.wav");
        std::fs::write(&text, b"this is no sound at all, though it is long enough for a header").expect("written");
        for path in [&empty, &slow, &wide, &cut, &text, &home.path().to_owned()] {
            let error = read(path).expect_err("not usable");
            assert!(matches!(error, AudioError::BadFile { .. }), "{error:?}");
            assert!(error.to_string().contains("give a WAV file"), "{error}");
        }
    }

    #[test]
    fn no_prefix_of_a_file_panics() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let (_kept, path) = file(spec(1, 48_000, 16, SampleFormat::Int), &[1; 100]);
        let whole = std::fs::read(path).expect("readable");
        let cut = home.path().join("cut.wav");
        for length in 0..whole.len() {
            std::fs::write(&cut, &whole[..length]).expect("written");
            assert!(read(&cut).is_err(), "{length} bytes");
        }
    }
}
