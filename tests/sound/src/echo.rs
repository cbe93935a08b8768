//! Echo and noise through the voice processing: what a phone's microphone hears, and what leaves the phone.
//! `echo-table` and the tests below call it; everything is at 48 kHz in -1..1.
//! A figure of echo is taken where the far side speaks and the near side does not.

use std::time::Duration;

use ahoy_media::{SAMPLE_RATE, TICK_SAMPLES};
use ahoy_voice::{Processing, VoiceProcessor};

use crate::room::{Noise, Room};

/// Root mean square of every voice, in dBFS: the nominal level of P.56.
pub const VOICE_DBFS: f32 = -26.0;

/// The microphone's own noise, in dBFS: well under the echo, so that a figure says what the canceller did.
pub const MICROPHONE_NOISE_DBFS: f32 = -80.0;

/// A tick counts as speech when it is louder than this below the mean.
const SPEECH_BELOW_MEAN_DB: f32 = 15.0;

/// Windows of correlation, as in P.862: longer than a syllable, shorter than a word.
const WINDOW: usize = SAMPLE_RATE as usize / 10;

/// What was played and heard, and what left.
pub struct Scene {
    /// What the loudspeaker played.
    pub far: Vec<f32>,
    /// The near voice alone, as it reached the microphone.
    pub near: Vec<f32>,
    /// All that the microphone heard.
    pub microphone: Vec<f32>,
}

impl Scene {
    /// `far` is played in `room`; `near`, as long, is spoken into the microphone.
    #[must_use]
    pub fn new(far: &[f32], near: &[f32], room: &Room, seed: u64) -> Self {
        Self::with_echo(far, near, room.echo(far, seed), seed)
    }

    /// The same with the echo at hand already.
    #[must_use]
    pub fn with_echo(far: &[f32], near: &[f32], echo: Vec<f32>, seed: u64) -> Self {
        let mut noise = Noise::new(seed ^ 0x5eed);
        let level = amplitude(MICROPHONE_NOISE_DBFS);
        let mut microphone = echo;
        for (sample, near) in microphone.iter_mut().zip(near) {
            *sample += near + level * noise.gaussian();
        }
        Self { far: far.to_vec(), near: near.to_vec(), microphone }
    }

    /// What leaves the phone when `told` is the delay that the devices report.
    #[must_use]
    pub fn processed(&self, processing: Processing, told: Duration) -> Vec<f32> {
        let mut processor = VoiceProcessor::new(processing);
        let mut sound = self.microphone.clone();
        for (near, far) in sound.chunks_exact_mut(TICK_SAMPLES).zip(self.far.chunks_exact(TICK_SAMPLES)) {
            processor.render(far);
            processor.capture(near, told);
        }
        sound
    }
}

/// How much less echo leaves than was heard, in dB, between two seconds of the file: echo return loss enhancement.
/// Only ticks in which echo was heard count.
#[must_use]
pub fn echo_loss_db(heard: &[f32], left: &[f32], seconds: std::ops::Range<f32>) -> f32 {
    let (heard, left) = (cut(heard, &seconds), cut(left, &seconds));
    let spoken = speech_ticks(heard);
    db(energy_of(heard, &spoken) / energy_of(left, &spoken).max(f32::MIN_POSITIVE))
}

/// How alike two sounds are: the median of the normalised correlation over the windows in which `near` is speech.
#[must_use]
pub fn likeness(near: &[f32], left: &[f32]) -> f32 {
    let threshold = energy(near) * power(-SPEECH_BELOW_MEAN_DB);
    let mut windows: Vec<f32> = near
        .chunks_exact(WINDOW)
        .zip(left.chunks_exact(WINDOW))
        .filter(|(near, _)| energy(near) > threshold)
        .map(|(near, left)| {
            let product: f32 = near.iter().zip(left).map(|(a, b)| a * b).sum();
            product / (WINDOW as f32 * (energy(near) * energy(left)).sqrt()).max(f32::MIN_POSITIVE)
        })
        .collect();
    windows.sort_by(f32::total_cmp);
    windows.get(windows.len() / 2).copied().unwrap_or(0.0)
}

/// By how many samples `later` trails `earlier`: the highest correlation from 0 to `most` samples.
/// Compared are the differences of neighbours: the high-pass turns the phase of what is low, and that is no delay.
#[must_use]
pub fn lag(earlier: &[f32], later: &[f32], most: usize) -> usize {
    let steps = |sound: &[f32]| sound.windows(2).map(|two| two[1] - two[0]).collect::<Vec<f32>>();
    let (earlier, later) = (steps(earlier), steps(later));
    let alike = |lag: usize| -> f64 { earlier.iter().zip(&later[lag..]).map(|(a, b)| f64::from(a * b)).sum() };
    (0..=most.min(later.len())).max_by(|&a, &b| alike(a).total_cmp(&alike(b))).unwrap_or(0)
}

/// The part of a sound between two seconds.
#[must_use]
pub fn cut<'a>(sound: &'a [f32], seconds: &std::ops::Range<f32>) -> &'a [f32] {
    let at = |second: f32| ((second * SAMPLE_RATE as f32) as usize).min(sound.len());
    &sound[at(seconds.start)..at(seconds.end)]
}

/// Mean energy of a sound.
#[must_use]
pub fn energy(sound: &[f32]) -> f32 {
    sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len().max(1) as f32
}

/// Which ticks of a sound hold speech: those not far below its mean.
#[must_use]
pub fn speech_ticks(sound: &[f32]) -> Vec<bool> {
    let threshold = energy(sound) * power(-SPEECH_BELOW_MEAN_DB);
    sound.chunks_exact(TICK_SAMPLES).map(|tick| energy(tick) > threshold).collect()
}

/// Mean energy over the ticks that are marked.
#[must_use]
pub fn energy_of(sound: &[f32], marked: &[bool]) -> f32 {
    let ticks = || sound.chunks_exact(TICK_SAMPLES).zip(marked).filter(|(_, marked)| **marked);
    ticks().map(|(tick, _)| energy(tick)).sum::<f32>() / ticks().count().max(1) as f32
}

/// The voice at [`VOICE_DBFS`].
#[must_use]
pub fn levelled(voice: &[f32]) -> Vec<f32> {
    let gain = amplitude(VOICE_DBFS) / energy(voice).sqrt().max(f32::MIN_POSITIVE);
    voice.iter().map(|sample| sample * gain).collect()
}

/// A ratio of energies in dB.
#[must_use]
pub fn db(ratio: f32) -> f32 {
    10.0 * ratio.log10()
}

/// The amplitude of a level in dBFS.
#[must_use]
pub fn amplitude(dbfs: f32) -> f32 {
    10.0_f32.powf(dbfs / 20.0)
}

fn power(db: f32) -> f32 {
    10.0_f32.powf(db / 10.0)
}

#[cfg(test)]
#[path = "echo_tests.rs"]
mod tests;
