//! A generated room: what a loudspeaker plays comes back into the microphone.
//! The echo bench and its test play speech through it; the same seed is the same room.
//! Levels are exact: the room's gain is the echo's energy over that of white noise that was played.

use ahoy_media::SAMPLE_RATE;

/// The way from loudspeaker to microphone.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// The time in which sound in the room falls by 60 dB, in seconds.
    pub rt60: f32,
    /// Echo over what was played, in dB.
    pub gain_db: f32,
    /// From the phone's output to its input: device buffers and air, in milliseconds.
    pub delay_ms: f32,
    /// From this second of the file on the delay is another one, in milliseconds.
    pub jump: Option<(f32, f32)>,
    /// How much faster the microphone's clock runs than the loudspeaker's, in parts per million.
    pub skew_ppm: f64,
    /// The loudspeaker distorts as small ones do.
    pub distorts: bool,
}

/// Reflections of walls and table: milliseconds after the direct sound, amplitude beside it.
const EARLY: [(f32, f32); 6] = [(1.3, 0.6), (3.1, -0.5), (6.7, 0.4), (9.4, 0.35), (14.2, -0.3), (21.8, 0.25)];

/// The diffuse tail begins this long after the direct sound, in milliseconds.
const TAIL_FROM_MS: f32 = 5.0;

/// Amplitude of the tail's first sample beside the direct sound: at RT60 0.4 s it holds about half of the energy.
const TAIL_AMPLITUDE: f32 = 0.03;

/// Half an impulse response is cut where it has fallen by this much, as a part of RT60: 45 dB.
const KEPT: f32 = 0.75;

/// How hard the loudspeaker of `distorts` is driven: at -10 dBFS the third harmonic is about -32 dB.
const DRIVE: f32 = 1.5;

impl Room {
    /// What the microphone hears of `far`, as long as `far`.
    #[must_use]
    pub fn echo(&self, far: &[f32], seed: u64) -> Vec<f32> {
        let played: Vec<f32> = if self.distorts {
            far.iter().map(|&sample| (DRIVE * sample + 0.1 * sample.abs()).tanh() / DRIVE).collect()
        } else {
            far.to_vec()
        };
        let reverberant = convolve(&played, &self.impulse_response(seed));
        (0..far.len()).map(|index| sample_at(&reverberant, self.source(index))).collect()
    }

    /// The room's answer to a single sample of 1.
    fn impulse_response(&self, seed: u64) -> Vec<f32> {
        let rate = SAMPLE_RATE as f32;
        let mut noise = Noise::new(seed);
        let mut response = vec![0.0_f32; (self.rt60 * KEPT * rate) as usize];
        // ln(1000): 60 dB of amplitude.
        let decay = 1_000.0_f32.ln() / (self.rt60 * rate);
        let tail = (TAIL_FROM_MS * rate / 1_000.0) as usize;
        for (index, sample) in response.iter_mut().enumerate().skip(tail) {
            *sample = TAIL_AMPLITUDE * noise.gaussian() * (-decay * index as f32).exp();
        }
        response[0] = 1.0;
        for (ms, amplitude) in EARLY {
            response[(ms * rate / 1_000.0) as usize] += amplitude;
        }
        let energy: f32 = response.iter().map(|sample| sample * sample).sum();
        let gain = 10.0_f32.powf(self.gain_db / 20.0) / energy.sqrt();
        response.iter_mut().for_each(|sample| *sample *= gain);
        response
    }

    /// Which place of the reverberant sound the microphone records as its sample `index`.
    fn source(&self, index: usize) -> f64 {
        let at = index as f64 * (1.0 + self.skew_ppm * 1e-6);
        let delay_ms = match self.jump {
            Some((second, delay_ms)) if index as f32 >= second * SAMPLE_RATE as f32 => delay_ms,
            Some(_) | None => self.delay_ms,
        };
        at - f64::from(delay_ms) * f64::from(SAMPLE_RATE) / 1_000.0
    }
}

/// The sample between samples, by a cubic through the four neighbours (Catmull-Rom); silence outside.
fn sample_at(sound: &[f32], place: f64) -> f32 {
    let whole = place.floor();
    let part = (place - whole) as f32;
    let sample =
        |step: i64| usize::try_from(whole as i64 + step).ok().and_then(|at| sound.get(at)).copied().unwrap_or(0.0);
    let (a, b, c, d) = (sample(-1), sample(0), sample(1), sample(2));
    b + 0.5 * part * (c - a + part * (2.0 * a - 5.0 * b + 4.0 * c - d + part * (3.0 * (b - c) + d - a)))
}

/// `sound` through a filter, as long as `sound`.
fn convolve(sound: &[f32], filter: &[f32]) -> Vec<f32> {
    // So much output stays in the first cache while every tap passes over it.
    const PIECE: usize = 4_096;
    let mut out = vec![0.0_f32; sound.len()];
    for (piece, target) in out.chunks_mut(PIECE).enumerate() {
        let from = piece * PIECE;
        for (lag, &tap) in filter.iter().enumerate().take(from + target.len()) {
            // The first of `target` that this tap reaches.
            let skip = lag.saturating_sub(from);
            let source = &sound[from + skip - lag..];
            for (sum, &sample) in target[skip..].iter_mut().zip(source) {
                *sum += tap * sample;
            }
        }
    }
    out
}

/// Noise that is the same for the same seed (xorshift64*).
#[derive(Clone, Debug)]
pub struct Noise(u64);

impl Noise {
    /// A source of noise.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Evenly distributed in -1..1.
    pub fn uniform(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40;
        bits as f32 / (1_u32 << 23) as f32 - 1.0
    }

    /// About normally distributed, variance 1 (a sum of twelve).
    pub fn gaussian(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Room = Room { rt60: 0.2, gain_db: -12.0, delay_ms: 20.0, jump: None, skew_ppm: 0.0, distorts: false };

    fn energy(sound: &[f32]) -> f32 {
        sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32
    }

    #[test]
    fn echo_has_the_gain_and_the_delay_of_the_room() {
        let mut noise = Noise::new(7);
        let far: Vec<f32> = (0..96_000).map(|_| 0.1 * noise.gaussian()).collect();
        let echo = PLAIN.echo(&far, 1);
        assert!(echo[..959].iter().all(|&sample| sample == 0.0), "nothing comes back before 20 ms");
        let gain = 10.0 * (energy(&echo[20_000..]) / energy(&far[20_000..])).log10();
        assert!((gain + 12.0).abs() < 0.5, "{gain} dB");
    }

    #[test]
    fn room_decays_as_its_name_says() {
        let response = Room { rt60: 0.4, ..PLAIN }.impulse_response(3);
        let part = |from: usize| energy(&response[from..from + 2_400]);
        // A tenth of a second is a quarter of RT60: 15 dB.
        let fall = 10.0 * (part(2_400) / part(7_200)).log10();
        assert!((fall - 15.0).abs() < 1.5, "{fall} dB");
    }

    #[test]
    fn cubic_goes_through_the_samples_and_between_them() {
        let sine: Vec<f32> = (0..200).map(|index| (index as f32 * 0.1).sin()).collect();
        assert_eq!(sample_at(&sine, 50.0), sine[50]);
        assert!((sample_at(&sine, 50.5) - 5.05_f32.sin()).abs() < 1e-4);
        assert_eq!(sample_at(&sine, -5.0), 0.0);
    }
}
