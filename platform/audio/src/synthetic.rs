//! Sounds that need no device: silence, a tone, noise, a clip.
//! The paced microphone asks them for one block after the other.
//! Each is a plain function of the sample's position, so a late thread plays the same sound.

use std::f64::consts::TAU;

use ahoy_media::SAMPLE_RATE;

/// The concert pitch, easy to recognise by ear and in a spectrum.
const TONE_HZ: f64 = 440.0;

/// -12 dBFS: clearly heard, far from clipping in any codec.
const TONE_PEAK: f64 = 0.25;

/// -20 dBFS, the level of a calm voice.
const NOISE_PEAK: f32 = 0.1;

/// Something that makes samples.
pub(crate) trait Source: Send {
    /// Fills `out` with the samples from `position` (counted from the begin) on; `out` comes zeroed.
    fn fill(&mut self, position: u64, out: &mut [f32]);
}

/// The sound of `none`.
pub(crate) struct Silence;

impl Source for Silence {
    fn fill(&mut self, _position: u64, _out: &mut [f32]) {}
}

/// The sound of `tone`.
pub(crate) struct Tone;

impl Source for Tone {
    fn fill(&mut self, position: u64, out: &mut [f32]) {
        for (sample, index) in out.iter_mut().zip(position..) {
            // The pitch is whole in Hz, so the second is a period and the phase keeps its precision for ever.
            let in_second = (index % u64::from(SAMPLE_RATE)) as f64;
            *sample = (TONE_PEAK * (TAU * TONE_HZ * in_second / f64::from(SAMPLE_RATE)).sin()) as f32;
        }
    }
}

/// The sound of `noise`: white, from the xorshift64 generator (Marsaglia 2003).
pub(crate) struct Noise(u64);

impl Default for Noise {
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl Source for Noise {
    fn fill(&mut self, _position: u64, out: &mut [f32]) {
        for sample in out {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            let unit = (self.0 >> 40) as f32 / (1_u32 << 24) as f32;
            *sample = NOISE_PEAK * (2.0 * unit - 1.0);
        }
    }
}

/// The sound of a file.
pub(crate) struct Clip {
    samples: Vec<f32>,
    repeat: bool,
}

impl Clip {
    /// A clip of `samples`, played once or for ever.
    pub(crate) fn new(samples: Vec<f32>, repeat: bool) -> Self {
        Self { samples, repeat }
    }
}

impl Source for Clip {
    fn fill(&mut self, position: u64, out: &mut [f32]) {
        let length = self.samples.len() as u64;
        if length == 0 {
            return;
        }
        for (sample, index) in out.iter_mut().zip(position..) {
            let index = if self.repeat { index % length } else { index };
            *sample = usize::try_from(index).ok().and_then(|at| self.samples.get(at)).copied().unwrap_or(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(source: &mut dyn Source, position: u64, length: usize) -> Vec<f32> {
        let mut out = vec![0.0; length];
        source.fill(position, &mut out);
        out
    }

    #[test]
    fn a_clip_ends_in_silence_or_starts_again() {
        let mut once = Clip::new(vec![0.1, 0.2, 0.3], false);
        assert_eq!(block(&mut once, 2, 3), [0.3, 0.0, 0.0]);
        let mut forever = Clip::new(vec![0.1, 0.2, 0.3], true);
        assert_eq!(block(&mut forever, 2, 3), [0.3, 0.1, 0.2]);
    }

    #[test]
    fn the_tone_crosses_zero_440_times_a_second_going_up() {
        let second = block(&mut Tone, 48_000 * 3_600, 48_000);
        let rising = second.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        assert!((439..=440).contains(&rising), "{rising}");
    }

    #[test]
    fn noise_is_level_and_never_the_same() {
        let mut noise = Noise::default();
        let (first, second) = (block(&mut noise, 0, 48_000), block(&mut noise, 48_000, 48_000));
        assert_ne!(first, second);
        let mean = first.iter().sum::<f32>() / 48_000.0;
        let power = first.iter().map(|s| s * s).sum::<f32>() / 48_000.0;
        assert!(mean.abs() < 0.002, "{mean}");
        assert!((power - NOISE_PEAK * NOISE_PEAK / 3.0).abs() < 0.0002, "{power}");
    }
}
