//! Finds what was said in what was heard: correlation in windows, each with its own lag.
//! Tests assert on it, reports turn the lags into mouth-to-ear delay.
//! Both sides are compared at 8 kHz, where speech is clearest and a lag is still known to an eighth of a millisecond.

use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Result, ensure};

/// Samples a second that are compared.
pub const RATE: usize = 8_000;
/// Lags that are tried where nothing delays the sound but the phones, either way.
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
        Ok(Self::of(&mono, spec.sample_rate as usize))
    }

    /// Brings samples of any rate to [`RATE`].
    #[must_use]
    pub fn of(samples: &[f64], rate: usize) -> Self {
        Self(resample(samples, rate))
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

    /// Looks for each window of `said` in `self`, both on the same time line, at most [`MAX_LAG_MS`] off.
    #[must_use]
    pub fn find(&self, said: &Self, window_s: f64) -> Vec<Found> {
        self.find_within(said, window_s, -MAX_LAG_MS..=MAX_LAG_MS)
    }

    /// Looks for each window of `said` in `self`, both on the same time line, at each of these lags in milliseconds.
    #[must_use]
    pub fn find_within(&self, said: &Self, window_s: f64, lags_ms: RangeInclusive<i64>) -> Vec<Found> {
        let window = (window_s * RATE as f64) as usize;
        let samples = |ms: i64| ms * RATE as i64 / 1_000;
        let (first, last) = (samples(*lags_ms.start()), samples(*lags_ms.end()));
        let powers = self.powers();
        let mut found = Vec::new();
        for (place, part) in said.0.chunks_exact(window).enumerate() {
            let power = part.iter().map(|sample| sample * sample).sum::<f64>();
            if (power / window as f64).sqrt() < QUIET {
                continue;
            }
            let start = (place * window) as i64;
            let best = (first..=last)
                .filter_map(|lag| Some((self.correlation(&powers, part, power, start + lag)?, lag)))
                .max_by(|one, other| one.0.total_cmp(&other.0));
            let (correlation, lag) = best.unwrap_or((0.0, 0));
            let delay_ms = lag as f64 * 1_000.0 / RATE as f64;
            found.push(Found { at_s: start as f64 / RATE as f64, correlation, delay_ms });
        }
        found
    }

    /// The power of everything before each sample: that of any stretch is a difference of two.
    fn powers(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let after = self.0.iter().map(|sample| {
            sum += sample * sample;
            sum
        });
        std::iter::once(0.0).chain(after).collect()
    }

    fn correlation(&self, powers: &[f64], part: &[f64], power: f64, at: i64) -> Option<f64> {
        const LANES: usize = 8;
        let at = usize::try_from(at).ok()?;
        let heard = self.0.get(at..at + part.len())?;
        // Lanes that do not wait for each other: this is where all the time goes.
        let mut lanes = [0.0; LANES];
        let (ours, theirs) = (part.chunks_exact(LANES), heard.chunks_exact(LANES));
        let rest: f64 = ours.remainder().iter().zip(theirs.remainder()).map(|(one, other)| one * other).sum();
        for (ours, theirs) in ours.zip(theirs) {
            for (lane, (one, other)) in lanes.iter_mut().zip(ours.iter().zip(theirs)) {
                *lane += one * other;
            }
        }
        let cross = lanes.iter().sum::<f64>() + rest;
        let heard_power = powers[at + part.len()] - powers[at];
        // Below a millionth of what was said it is rounding, not sound.
        (heard_power > power * 1e-6).then(|| cross / (power * heard_power).sqrt())
    }
}

/// Windowed-sinc interpolation with a cut-off below half of [`RATE`]: speech in windows does not need more.
fn resample(samples: &[f64], rate: usize) -> Vec<f64> {
    const HALF: i64 = 24;
    let step = rate as f64 / RATE as f64;
    let cut = (1.0 / step).min(1.0) * 0.9;
    let count = (samples.len() as f64 / step) as usize;
    let reach = (HALF as f64 / cut).ceil() as i64;
    let weight = |x: f64| {
        let window = 0.5 + 0.5 * (std::f64::consts::PI * x / reach as f64).cos();
        let angle = std::f64::consts::PI * x * cut;
        let sinc = if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle };
        sinc * window * cut
    };
    // At a multiple of the rate every sample falls on one that is there, and the weights are always the same.
    let same: Option<Vec<f64>> =
        rate.is_multiple_of(RATE).then(|| (-reach..=reach).map(|x| weight(x as f64)).collect());
    (0..count)
        .map(|index| {
            let at = index as f64 * step;
            let first = at.round() as i64 - reach;
            let taps = 0..=2 * reach as usize;
            taps.filter_map(|tap| {
                let place = first + tap as i64;
                let sample = samples.get(usize::try_from(place).ok()?)?;
                Some(sample * same.as_ref().map_or_else(|| weight(place as f64 - at), |same| same[tap]))
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
