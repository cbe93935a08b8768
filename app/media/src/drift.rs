//! The last stage before the speaker's ring: plays sound a little quicker or slower, to keep two clocks together.
//! The audio worker sends everything it decodes or invents through it, at the speed the jitter buffer asks for.
//! It holds back eight samples or so whatever the speed, and sound joins without a seam from call to call.

use std::fmt;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Adjustable, Async, FixedAsync, PolynomialDegree, Resampler, Resizable};

/// Most samples converted at once: 10 ms; longer input is cut into pieces.
const MOST_SAMPLES: usize = 480;

/// Farthest from its own speed that sound is ever played: 1 %, three times what the jitter buffer asks for.
const FARTHEST: f64 = 1.01;

/// A resampler whose ratio stays near one.
pub struct Drift {
    resampler: Async<f32>,
    piece: Vec<f32>,
}

impl Drift {
    /// A stage that has heard nothing yet.
    ///
    /// # Panics
    /// Never: the ratio and the sizes are constants that the resampler takes.
    #[must_use]
    pub fn new() -> Self {
        let degree = PolynomialDegree::Septic;
        let resampler = Async::new_poly(1.0, FARTHEST, degree, MOST_SAMPLES, 1, FixedAsync::Input)
            .expect("constants that the resampler takes");
        let piece = vec![0.0; resampler.output_frames_max()];
        Self { resampler, piece }
    }

    /// Plays `input` at `speed` (1.001: a thousandth quicker, so that fewer samples come out) and appends it to `out`.
    pub fn process(&mut self, input: &[f32], speed: f64, out: &mut Vec<f32>) {
        let ratio = 1.0 / if speed.is_finite() { speed.clamp(1.0 / FARTHEST + 1e-9, FARTHEST - 1e-9) } else { 1.0 };
        for piece in input.chunks(MOST_SAMPLES) {
            let made = self.convert(piece, ratio);
            out.extend_from_slice(&self.piece[..made]);
        }
    }

    fn convert(&mut self, piece: &[f32], ratio: f64) -> usize {
        self.resampler.set_chunk_size(piece.len()).expect("a piece is no longer than the longest");
        self.resampler.set_resample_ratio(ratio, false).expect("the ratio was clamped");
        let room = self.piece.len();
        let input = InterleavedSlice::new(piece, 1, piece.len()).expect("one channel as long as itself");
        let mut output = InterleavedSlice::new_mut(&mut self.piece, 1, room).expect("one channel as long as itself");
        let done = self.resampler.process_into_buffer(&input, &mut output, None);
        done.expect("the buffers have the lengths that the resampler named").1
    }
}

impl Default for Drift {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drift").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    const RATE: f64 = 48_000.0;

    /// A tone through pieces of odd lengths, at a speed that changes all the time.
    fn wander(hertz: f64, speed: impl Fn(usize) -> f64) -> (usize, Vec<f32>) {
        let tone: Vec<f32> = (0..480_000).map(|n| (0.5 * (TAU * hertz * f64::from(n) / RATE).sin()) as f32).collect();
        let (mut drift, mut out, mut from, mut step) = (Drift::new(), Vec::new(), 0, 0);
        while from < tone.len() {
            let to = (from + [960, 1, 240, 7, 1_920, 333][step % 6]).min(tone.len());
            drift.process(&tone[from..to], speed(step), &mut out);
            (from, step) = (to, step + 1);
        }
        (tone.len(), out)
    }

    #[test]
    fn the_length_follows_the_speed_to_a_sample() {
        for speed in [1.0, 1.003, 0.997, 1.000_1] {
            let (came, out) = wander(440.0, |_| speed);
            let expected = came as f64 / speed;
            assert!((out.len() as f64 - expected).abs() < 14.0, "{speed}: {} for {expected}", out.len());
        }
    }

    #[test]
    fn a_tone_has_no_seam_where_the_speed_changes() {
        let (_, out) = wander(1_000.0, |step| 1.0 + 0.003 * (step as f64 * 0.7).sin());
        // A sine is its own second difference: x[n-1] + x[n+1] = 2 cos(w) x[n]. Whatever is left over is no tone.
        let settled = &out[48..];
        let along = 2.0 * (TAU * 1_000.0 / RATE).cos();
        let worst = settled
            .windows(3)
            .map(|three| (f64::from(three[0]) + f64::from(three[2]) - along * f64::from(three[1])).abs())
            .fold(0.0, f64::max);
        // At 0.3 % off its speed the tone's own frequency leaves 0.5 w^2 * 2 * 0.003 = 5e-5; a lost sample would leave 6e-2.
        assert!(worst < 5e-4, "{worst}");
    }

    #[test]
    fn speeds_that_are_none_are_taken_as_one_or_clamped() {
        let mut drift = Drift::new();
        let mut out = Vec::new();
        for speed in [f64::NAN, f64::INFINITY, 0.0, -1.0, 1e9] {
            drift.process(&[0.1; 2_000], speed, &mut out);
        }
        drift.process(&[], 1.0, &mut out);
        assert!((9_700..=10_300).contains(&out.len()), "{}", out.len());
        assert!(out.iter().all(|sample| sample.is_finite()));
    }
}
