//! Comfort noise: what is heard when there is nothing left to invent, so that a gap sounds like a pause and not like a dead line.
//! The audio worker shows it every decoded frame and lets it go over everything invented.
//! It is never louder than the pauses of the voice before it, and comes and goes without a step.

use std::f32::consts::FRAC_PI_2;

/// Sound is looked at in blocks of 10 ms.
const BLOCK: usize = 480;

/// The quietest block of the last one to two windows of this many blocks (1.5 s) is a pause: nobody speaks for longer.
const WINDOW: u32 = 150;

/// The mean of a noise's blocks against the quietest of them.
const BIAS: f32 = 1.4;

/// Mean square of the loudest comfort noise: -45 dB. Louder pauses are no pauses.
const LOUDEST: f32 = 3.2e-5;

/// Invented samples that are left alone: 100 ms, as long as a concealed voice still sounds like one.
const VOICE_SAMPLES: usize = 4_800;

/// Over this many samples (100 ms) the invented voice gives way.
const FADE_SAMPLES: usize = 4_800;

/// Weight of a new pause in the remembered tilt.
const SMOOTHING: f32 = 0.1;

/// Steepest tilt: a pole at 0.95 is the rumble of a room, above it is hum.
const STEEPEST: f32 = 0.95;

/// The noise of the other side's room.
#[derive(Clone, Debug)]
pub struct ComfortNoise {
    /// Mean square of the quietest block of the running window and of the one before.
    quietest: f32,
    before: Option<f32>,
    blocks: u32,
    /// Pole of the filter that gives white noise the tilt of the pauses.
    tilt: f32,
    state: f32,
    seed: u32,
    /// Invented samples since the last real ones.
    invented: usize,
}

impl ComfortNoise {
    /// Knows no room yet and is silent.
    #[must_use]
    pub fn new() -> Self {
        Self { quietest: f32::INFINITY, before: None, blocks: 0, tilt: 0.0, state: 0.0, seed: 0x9e37_79b9, invented: 0 }
    }

    /// Listens to real sound.
    pub fn learn(&mut self, frame: &[f32]) {
        self.invented = 0;
        for block in frame.chunks_exact(BLOCK) {
            let power = block.iter().map(|x| x * x).sum::<f32>() / BLOCK as f32;
            if !power.is_finite() {
                continue;
            }
            self.quietest = self.quietest.min(power);
            self.blocks += 1;
            if self.blocks >= WINDOW {
                self.before = Some(self.quietest);
                self.quietest = power;
                self.blocks = 0;
            }
            if power > 0.0 && power <= self.floor() * 2.0 {
                let next = block.windows(2).map(|pair| pair[0] * pair[1]).sum::<f32>() / BLOCK as f32;
                let tilt = (next / power).clamp(-STEEPEST, STEEPEST);
                self.tilt += (tilt - self.tilt) * SMOOTHING;
            }
        }
    }

    /// The mean square of the pauses heard lately; zero before any.
    #[must_use]
    pub fn floor(&self) -> f32 {
        let quietest = self.quietest.min(self.before.unwrap_or(f32::INFINITY));
        if quietest.is_finite() { (quietest * BIAS).min(LOUDEST) } else { 0.0 }
    }

    /// Goes over invented sound: leaves its beginning alone, then lets it fade and the room come up in its place.
    pub fn fill(&mut self, frame: &mut [f32]) {
        let level = self.floor().sqrt();
        for sample in frame {
            let faded = self.invented.saturating_sub(VOICE_SAMPLES).min(FADE_SAMPLES) as f32 / FADE_SAMPLES as f32;
            self.invented = self.invented.saturating_add(1);
            let noise = self.noise() * level;
            // Equal power: the two have nothing in common.
            *sample = *sample * (faded * FRAC_PI_2).cos() + noise * (faded * FRAC_PI_2).sin();
        }
    }

    /// Noise of unit power with the tilt of the pauses.
    fn noise(&mut self) -> f32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        // Uniform within +-sqrt(3): unit variance.
        let white = (self.seed as f32 / u32::MAX as f32 - 0.5) * 3.464_101_6;
        self.state = self.state * self.tilt + white * (1.0 - self.tilt * self.tilt).sqrt();
        self.state
    }
}

impl Default for ComfortNoise {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(sound: &[f32]) -> f32 {
        sound.iter().map(|x| x * x).sum::<f32>() / sound.len() as f32
    }

    fn tilt(sound: &[f32]) -> f32 {
        sound.windows(2).map(|pair| pair[0] * pair[1]).sum::<f32>() / sound.len() as f32 / power(sound)
    }

    /// A room of the given level and tilt, in which somebody speaks half of the time.
    fn room(level: f32, pole: f32) -> Vec<f32> {
        let mut source = ComfortNoise { tilt: pole, seed: 77, ..ComfortNoise::new() };
        (0..480_000)
            .map(|n| {
                let speech = if n / 24_000 % 2 == 0 { (n as f32 * 0.02).sin() * 0.2 } else { 0.0 };
                source.noise() * level + speech
            })
            .collect()
    }

    #[test]
    fn a_gap_ends_in_noise_of_the_rooms_level_and_tilt() {
        for (level, pole) in [(0.001, 0.0), (0.003, 0.8)] {
            let mut comfort = ComfortNoise::new();
            for frame in room(level, pole).chunks(960) {
                comfort.learn(frame);
            }
            let mut gap = vec![0.0; 96_000];
            for frame in gap.chunks_mut(240) {
                comfort.fill(frame);
            }
            assert!(gap[..VOICE_SAMPLES].iter().all(|x| *x == 0.0), "concealment is left alone at first");
            let late = &gap[VOICE_SAMPLES + FADE_SAMPLES..];
            let off_db = 10.0 * (power(late) / (level * level)).log10();
            assert!(off_db.abs() < 3.0, "{off_db} dB off the room's level");
            assert!((tilt(late) - pole).abs() < 0.15, "{} for {pole}", tilt(late));
        }
    }

    #[test]
    fn the_voice_gives_way_without_a_step_and_silence_stays_silent() {
        let mut comfort = ComfortNoise::new();
        let mut gap: Vec<f32> = (0..24_000).map(|n| (n as f32 * 0.02).sin() * 0.1).collect();
        for frame in gap.chunks_mut(240) {
            comfort.fill(frame);
        }
        let step = gap.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(step <= 0.1 * 0.02 * 1.01, "{step}");
        assert!(gap[VOICE_SAMPLES + FADE_SAMPLES..].iter().all(|x| x.abs() < 1e-6), "no room is known");
    }

    #[test]
    fn real_sound_starts_the_count_anew_and_a_loud_room_is_not_believed() {
        let mut comfort = ComfortNoise::new();
        comfort.learn(&[0.5; 96_000]);
        assert!(comfort.floor() <= LOUDEST);
        let mut gap = vec![0.25; 24_000];
        comfort.fill(&mut gap);
        comfort.learn(&[0.5; 960]);
        let mut gap = vec![0.25; VOICE_SAMPLES];
        comfort.fill(&mut gap);
        assert!(gap.iter().all(|x| (*x - 0.25).abs() < 1e-6));
        comfort.learn(&[f32::NAN; 960]);
        assert!(comfort.floor().is_finite());
    }
}
