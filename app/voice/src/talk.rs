//! Whether somebody speaks into the microphone: the hint "you are talking while muted".
//! Called by the audio worker with processed sound (the far side's echo is speech too) while capture is open.
//! Says yes to speech only: not to steady noise, not to keys, not to silence.

use std::collections::VecDeque;

use ahoy_media::TICK_SAMPLES;

use crate::level::{SILENCE_DBFS, dbfs};

/// Speech is looked at with one sample for so many: at 8 kHz, where a voice's pitch is.
const DECIMATION: usize = 6;

/// Samples of a tick at 8 kHz.
const TICK: usize = TICK_SAMPLES / DECIMATION;

/// Pitch periods that are tried, at 8 kHz: 400 to 70 Hz, children to deep voices.
const PERIODS: std::ops::RangeInclusive<usize> = 20..=114;

/// So much sound is compared with itself a period earlier: 25 ms, two periods of most voices.
const WINDOW: usize = 200;

/// Vowels are this alike from one period to the next; hiss and keys are not.
const PERIODIC: f32 = 0.6;

/// A voice stands out of the room's noise by this, in dB.
const ABOVE_FLOOR_DB: f32 = 9.0;

/// What is quieter than this is nobody speaking to this phone, in dBFS.
const QUIETEST_DBFS: f32 = -55.0;

/// The floor is the quietest tick of this many (1.5 s): nobody speaks so long without a dip between syllables.
const FLOOR_TICKS: usize = 150;

/// Syllables change the level within this many ticks (0.2 s) by [`LIVELY_DB`]; hum and tones do not.
const LIVELY_TICKS: usize = 20;

/// See [`LIVELY_TICKS`], in dB.
const LIVELY_DB: f32 = 5.0;

/// The last second, a bit a tick.
const SECOND: u128 = (1 << 100) - 1;

/// Voiced ticks in a second that are talking: 300 ms of speech. Eight keys a second make half as many.
const TALKING_TICKS: u32 = 30;

/// Talking is over when a second had fewer voiced ticks than this.
const SILENT_TICKS: u32 = 5;

/// Finds speech in a microphone's sound.
#[derive(Clone, Debug, Default)]
pub struct TalkDetector {
    /// Sum and number of the samples of the 8 kHz sample that is being made.
    sum: (f32, usize),
    /// The high-pass: last input and last output.
    last: (f32, f32),
    /// The newest sound at 8 kHz.
    recent: VecDeque<f32>,
    /// Samples since the last tick, at 8 kHz.
    since_tick: usize,
    /// Levels of the last ticks in dBFS, newest last.
    levels: VecDeque<f32>,
    /// Which of the last ticks were voiced, newest in bit 0.
    voiced: u128,
    talking: bool,
}

impl TalkDetector {
    /// Takes the next samples, in -1..1, any number of them, and says whether somebody is talking now.
    pub fn feed(&mut self, samples: &[f32]) -> bool {
        for &sample in samples {
            self.sum.0 += if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
            self.sum.1 += 1;
            if self.sum.1 == DECIMATION {
                self.take(self.sum.0 / DECIMATION as f32);
                self.sum = (0.0, 0);
            }
        }
        self.talking
    }

    /// Whether somebody is talking now.
    #[must_use]
    pub fn talking(&self) -> bool {
        self.talking
    }

    /// One sample at 8 kHz, without what lies under all voices (first order, 40 Hz).
    fn take(&mut self, sample: f32) {
        let high = sample - self.last.0 + 0.97 * self.last.1;
        self.last = (sample, high);
        keep(&mut self.recent, high, WINDOW + PERIODS.end());
        self.since_tick += 1;
        if self.since_tick == TICK {
            self.since_tick = 0;
            self.tick();
        }
    }

    fn tick(&mut self) {
        let sound: &[f32] = self.recent.make_contiguous();
        let newest = &sound[sound.len() - TICK..];
        let level = dbfs((newest.iter().map(|sample| sample * sample).sum::<f32>() / TICK as f32).sqrt());
        keep(&mut self.levels, level, FLOOR_TICKS);
        let floor = self.levels.iter().copied().fold(0.0, f32::min).max(SILENCE_DBFS);
        let loud = level > QUIETEST_DBFS && level > floor + ABOVE_FLOOR_DB;
        let voiced = loud && self.lively() && periodic(self.recent.make_contiguous());
        self.voiced = (self.voiced << 1 | u128::from(voiced)) & SECOND;
        let needed = if self.talking { SILENT_TICKS } else { TALKING_TICKS };
        self.talking = self.voiced.count_ones() >= needed;
    }

    /// Whether the level moves as speech does.
    fn lively(&self) -> bool {
        let newest = || self.levels.iter().rev().take(LIVELY_TICKS).copied();
        newest().fold(SILENCE_DBFS, f32::max) - newest().fold(0.0, f32::min) > LIVELY_DB
    }
}

/// Whether the newest window of a sound repeats itself with the period of some voice.
fn periodic(sound: &[f32]) -> bool {
    let Some(from) = sound.len().checked_sub(WINDOW).filter(|&from| from >= *PERIODS.end()) else { return false };
    let energy = |sound: &[f32]| sound.iter().map(|sample| sample * sample).sum::<f32>();
    let window = &sound[from..];
    let own = energy(window);
    PERIODS.into_iter().any(|period| {
        let earlier = &sound[from - period..sound.len() - period];
        let product: f32 = window.iter().zip(earlier).map(|(a, b)| a * b).sum();
        product > PERIODIC * (own * energy(earlier)).sqrt() && own > 0.0
    })
}

/// Appends to the newest `most`.
fn keep(values: &mut VecDeque<f32>, value: f32, most: usize) {
    if values.len() == most {
        let _ = values.pop_front();
    }
    values.push_back(value);
}

#[cfg(test)]
#[path = "talk_tests.rs"]
mod tests;
