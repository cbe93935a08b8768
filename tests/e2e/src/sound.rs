//! Finds what was said in what was heard: correlation in windows, each with its own lag.
//! Tests assert on it, reports turn the lags into mouth-to-ear delay.
//! Both sides are compared at 8 kHz, where speech is clearest and a lag is still known to an eighth of a millisecond.

use std::path::Path;

use anyhow::{Result, ensure};

/// Samples a second that are compared.
pub const RATE: usize = 8_000;
/// Lags that are tried, either way.
pub const MAX_LAG_MS: i64 = 120;
/// A window in which the speaker pauses has nothing to be found.
const QUIET: f64 = 0.004;

/// Sound at [`RATE`], mono, -1 to 1.
#[derive(Clone, Debug)]
pub struct Sound(pub Vec<f64>);

/// One window of what was said, found in what was heard.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// Where the window begins in what was said, in seconds.
    pub at_s: f64,
    /// Normalised correlation, 1 at best.
    pub correlation: f64,
    /// How much later it was heard.
    pub delay_ms: f64,
}

impl Sound {
    /// Reads a WAV file and brings it to [`RATE`].
    ///
    /// # Errors
    /// No such file, or not 16-bit WAV.
    pub fn read(path: &Path) -> Result<Self> {
        let mut wav = hound::WavReader::open(path)?;
        let spec = wav.spec();
        ensure!(spec.bits_per_sample == 16, "16-bit WAV expected, {} found", spec.bits_per_sample);
        let channels = usize::from(spec.channels);
        let samples: Vec<f64> =
            wav.samples::<i16>().map(|sample| Ok(f64::from(sample?) / 32_768.0)).collect::<Result<_>>()?;
        let mono: Vec<f64> =
            samples.chunks(channels).map(|frame| frame.iter().sum::<f64>() / channels as f64).collect();
        Ok(Self(resample(&mono, spec.sample_rate as usize)))
    }

    /// The same sound `gap_s` seconds later (or earlier).
    #[must_use]
    pub fn shifted(&self, gap_s: f64) -> Self {
        let gap = (gap_s * RATE as f64).round() as i64;
        if gap >= 0 {
            let mut shifted = vec![0.0; gap as usize];
            shifted.extend(&self.0);
            Self(shifted)
        } else {
            Self(self.0.get(gap.unsigned_abs() as usize..).unwrap_or_default().to_vec())
        }
    }

    /// Looks for each window of `said` in `self`, both on the same time line.
    #[must_use]
    pub fn find(&self, said: &Self, window_s: f64) -> Vec<Found> {
        let window = (window_s * RATE as f64) as usize;
        let lags = MAX_LAG_MS * RATE as i64 / 1_000;
        let mut found = Vec::new();
        for (place, part) in said.0.chunks_exact(window).enumerate() {
            let power = part.iter().map(|sample| sample * sample).sum::<f64>();
            if (power / window as f64).sqrt() < QUIET {
                continue;
            }
            let start = (place * window) as i64;
            let best = (-lags..=lags)
                .filter_map(|lag| Some((self.correlation(part, power, start + lag)?, lag)))
                .max_by(|one, other| one.0.total_cmp(&other.0));
            let (correlation, lag) = best.unwrap_or((0.0, 0));
            let delay_ms = lag as f64 * 1_000.0 / RATE as f64;
            found.push(Found { at_s: start as f64 / RATE as f64, correlation, delay_ms });
        }
        found
    }

    fn correlation(&self, part: &[f64], power: f64, at: i64) -> Option<f64> {
        let at = usize::try_from(at).ok()?;
        let heard = self.0.get(at..at + part.len())?;
        let (mut cross, mut heard_power) = (0.0, 0.0);
        for (one, other) in part.iter().zip(heard) {
            cross += one * other;
            heard_power += other * other;
        }
        (heard_power > 0.0).then(|| cross / (power * heard_power).sqrt())
    }
}

/// Windowed-sinc interpolation with a cut-off below half of [`RATE`]: speech in windows does not need more.
fn resample(samples: &[f64], rate: usize) -> Vec<f64> {
    const HALF: i64 = 24;
    let step = rate as f64 / RATE as f64;
    let cut = (1.0 / step).min(1.0) * 0.9;
    let count = (samples.len() as f64 / step) as usize;
    let reach = (HALF as f64 / cut).ceil() as i64;
    (0..count)
        .map(|index| {
            let at = index as f64 * step;
            let centre = at.round() as i64;
            let taps = centre - reach..=centre + reach;
            taps.filter_map(|place| {
                let sample = samples.get(usize::try_from(place).ok()?)?;
                let x = place as f64 - at;
                let window = 0.5 + 0.5 * (std::f64::consts::PI * x / reach as f64).cos();
                let angle = std::f64::consts::PI * x * cut;
                let sinc = if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle };
                Some(sample * sinc * window * cut)
            })
            .sum()
        })
        .collect()
}

/// The value below which a share of the values lies.
#[must_use]
pub fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise that is alike nowhere: speech of a kind.
    fn babble(length: usize) -> Sound {
        let mut state = 1u64;
        let mut level = 0.0;
        Sound(
            (0..length)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    level = level * 0.7 + ((state >> 33) as f64 / 2f64.powi(31) - 0.5) * 0.3;
                    level
                })
                .collect(),
        )
    }

    #[test]
    fn a_late_copy_is_found_with_its_delay() {
        let said = babble(4 * RATE);
        let found = said.shifted(0.04).find(&said, 1.0);
        assert!(found.len() >= 3);
        assert!(
            found.iter().take(3).all(|one| one.correlation > 0.999 && (one.delay_ms - 40.0).abs() < 0.2),
            "{found:?}"
        );
    }

    #[test]
    fn other_sound_is_not_found() {
        let said = babble(8 * RATE);
        let other = Sound(said.0[4 * RATE..].to_vec());
        let found = other.find(&Sound(said.0[..4 * RATE].to_vec()), 1.0);
        assert!(found.iter().all(|one| one.correlation < 0.3), "{found:?}");
    }
}
