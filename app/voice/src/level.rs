//! How loud a sound is, for the bars beside a name.
//! Called by the audio worker for both sides, read at any time.
//! Rises at once, falls slowly: an eye can follow it.

use ahoy_media::SAMPLE_RATE;

/// What silence reads, in dBFS: below the noise of any microphone.
pub const SILENCE_DBFS: f32 = -90.0;

/// How fast both values fall, in dB a second: a bar is empty about two seconds after the last word.
const FALL_DB_PER_SECOND: f32 = 40.0;

/// Root mean square and peak of the recent past, in dBFS (0 is a full-scale square wave).
#[derive(Clone, Copy, Debug)]
pub struct LevelMeter {
    rms: f32,
    peak: f32,
}

impl Default for LevelMeter {
    fn default() -> Self {
        Self { rms: SILENCE_DBFS, peak: SILENCE_DBFS }
    }
}

impl LevelMeter {
    /// Takes the next samples, in -1..1; any number of them.
    pub fn feed(&mut self, samples: &[f32]) {
        if samples.is_empty() {
            return;
        }
        let (energy, peak) = samples
            .iter()
            .fold((0.0_f32, 0.0_f32), |(energy, peak), &sample| (energy + sample * sample, peak.max(sample.abs())));
        let fall = FALL_DB_PER_SECOND * samples.len() as f32 / SAMPLE_RATE as f32;
        self.rms = dbfs((energy / samples.len() as f32).sqrt()).max(self.rms - fall);
        self.peak = dbfs(peak).max(self.peak - fall);
    }

    /// Root mean square, [`SILENCE_DBFS`] to 0.
    #[must_use]
    pub fn rms_dbfs(&self) -> f32 {
        self.rms
    }

    /// Highest sample, [`SILENCE_DBFS`] to 0.
    #[must_use]
    pub fn peak_dbfs(&self) -> f32 {
        self.peak
    }
}

/// An amplitude in dBFS, within [`SILENCE_DBFS`] and 0; what is no number reads as silence.
pub(crate) fn dbfs(amplitude: f32) -> f32 {
    let level = 20.0 * amplitude.log10();
    if level.is_nan() { SILENCE_DBFS } else { level.clamp(SILENCE_DBFS, 0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_sine_and_silence() {
        let sine: Vec<f32> = (0..4_800).map(|index| 0.5 * (index as f32 * 0.1).sin()).collect();
        let mut meter = LevelMeter::default();
        assert_eq!((meter.rms_dbfs(), meter.peak_dbfs()), (SILENCE_DBFS, SILENCE_DBFS));
        meter.feed(&sine);
        assert!((meter.peak_dbfs() + 6.02).abs() < 0.05, "{}", meter.peak_dbfs());
        assert!((meter.rms_dbfs() + 9.03).abs() < 0.05, "{}", meter.rms_dbfs());
    }

    #[test]
    fn falls_slowly_and_rises_at_once() {
        let mut meter = LevelMeter::default();
        meter.feed(&[1.0; 480]);
        meter.feed(&[0.0; SAMPLE_RATE as usize / 4]);
        assert!((meter.rms_dbfs() + 10.0).abs() < 0.1, "{}", meter.rms_dbfs());
        meter.feed(&[-1.0; 480]);
        assert_eq!((meter.rms_dbfs(), meter.peak_dbfs()), (0.0, 0.0));
        meter.feed(&[0.0; 4 * SAMPLE_RATE as usize]);
        assert_eq!((meter.rms_dbfs(), meter.peak_dbfs()), (SILENCE_DBFS, SILENCE_DBFS));
    }

    #[test]
    fn bad_samples_stay_within_the_scale() {
        let mut meter = LevelMeter::default();
        for bad in [f32::NAN, f32::INFINITY, 1e30] {
            meter.feed(&[bad, 0.0]);
            meter.feed(&[]);
            assert!(
                (SILENCE_DBFS..=0.0).contains(&meter.rms_dbfs()) && (SILENCE_DBFS..=0.0).contains(&meter.peak_dbfs())
            );
        }
    }
}
