//! Pitch-synchronous overlap-add: one frame of sound becomes shorter or longer by whole pitch periods.
//! The audio worker calls it on decoded frames when the jitter buffer wishes to shrink or grow.
//! The first and last samples stay where they were, so that frames join without a step; voices keep their pitch.

use std::ops::RangeInclusive;

/// Periods looked for, in samples at 48 kHz: 2.5 ms (400 Hz) to 12.5 ms (80 Hz).
pub const PERIODS: RangeInclusive<usize> = 120..=600;

/// Samples compared to find the period: 7.5 ms, so that a 20 ms frame holds the longest period and its fade.
const COMPARED: usize = 360;

/// Longest cross-fade: 7.5 ms hides the seam in any voice.
const LONGEST_FADE: usize = 360;

/// Mean square below which a frame is silence (-50 dB): any cut is inaudible there.
const SILENCE: f32 = 1e-5;

/// Step of the coarse search; a voice has little above 6 kHz, so every fourth lag meets each peak.
const COARSE: usize = 4;

/// How much alike two periods must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Only where nobody can hear it: correlation of at least 0.9, or silence.
    Gentle,
    /// Far from the target delay: correlation of at least 0.6.
    Urgent,
}

impl Care {
    fn least(self) -> f32 {
        match self {
            Self::Gentle => 0.9,
            Self::Urgent => 0.6,
        }
    }
}

/// Removes one period of at most `most` samples from `frame`; returns the samples removed, 0 when none can be.
pub fn shorten(frame: &mut Vec<f32>, most: usize, care: Care) -> usize {
    let Some(period) = period(frame, most, care) else { return 0 };
    let fade = LONGEST_FADE.min(frame.len() - period).min(period);
    for i in 0..fade {
        frame[i] = mix(frame[i], frame[period + i], i, fade);
    }
    drop(frame.drain(fade..fade + period));
    period
}

/// Repeats one period of at most `most` samples in `frame`; returns the samples added, 0 when none can be.
pub fn lengthen(frame: &mut Vec<f32>, most: usize, care: Care) -> usize {
    let Some(period) = period(frame, most, care) else { return 0 };
    let fade = LONGEST_FADE.min(frame.len() - period).min(period);
    let mut again: Vec<f32> = frame[..period].to_vec();
    for i in 0..fade {
        again[i] = mix(frame[period + i], frame[i], i, fade);
    }
    drop(frame.splice(period..period, again));
    period
}

/// The cross-fade from `old` to `new` at step `i` of `fade`.
fn mix(old: f32, new: f32, i: usize, fade: usize) -> f32 {
    let weight = (i as f32 + 0.5) / fade as f32;
    old + (new - old) * weight
}

/// The period to cut or repeat.
fn period(frame: &[f32], most: usize, care: Care) -> Option<usize> {
    let shortest = *PERIODS.start();
    let longest = most.min(*PERIODS.end()).min(frame.len().saturating_sub(COMPARED));
    if longest < shortest {
        return None;
    }
    let mean_square = dot(frame, frame) / frame.len() as f32;
    if mean_square < SILENCE {
        return Some(longest);
    }
    let (coarse, _) = best(frame, (shortest..=longest).step_by(COARSE));
    let from = coarse.saturating_sub(COARSE - 1).max(shortest);
    let (period, likeness) = best(frame, from..=(coarse + COARSE - 1).min(longest));
    (likeness >= care.least()).then_some(period)
}

/// The lag at which the frame's head is most like itself, and how like (normalised correlation).
fn best(frame: &[f32], lags: impl Iterator<Item = usize>) -> (usize, f32) {
    let head = &frame[..COMPARED];
    let energy = dot(head, head);
    let mut best = (*PERIODS.start(), f32::NEG_INFINITY);
    for lag in lags {
        let tail = &frame[lag..lag + COMPARED];
        let likeness = dot(head, tail) / (energy * dot(tail, tail)).sqrt().max(f32::MIN_POSITIVE);
        if likeness > best.1 {
            best = (lag, likeness);
        }
    }
    best
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A voice-like tone: four harmonics of `hertz`.
    fn voice(hertz: f32, samples: usize) -> Vec<f32> {
        (0..samples)
            .map(|n| {
                let turn = n as f32 * hertz / 48_000.0 * std::f32::consts::TAU;
                (1..=4).map(|k| (turn * k as f32).sin() / k as f32).sum::<f32>() * 0.2
            })
            .collect()
    }

    /// The lag of the strongest self-likeness of a long signal: its pitch period.
    fn pitch(signal: &[f32]) -> usize {
        let window = &signal[..4_800];
        (100..700)
            .max_by(|a, b| dot(window, &signal[*a..a + 4_800]).total_cmp(&dot(window, &signal[*b..b + 4_800])))
            .expect("lags")
    }

    #[test]
    fn length_changes_and_pitch_stays() {
        for hertz in [100.0_f32, 150.0, 240.0] {
            let source = voice(hertz, 19_200);
            let (mut short, mut long) = (Vec::new(), Vec::new());
            let (mut removed, mut added) = (0, 0);
            for frame in source.chunks(960) {
                let mut one = frame.to_vec();
                removed += shorten(&mut one, 600, Care::Gentle);
                short.extend(one);
                let mut one = frame.to_vec();
                added += lengthen(&mut one, 600, Care::Gentle);
                long.extend(one);
            }
            assert_eq!(short.len(), source.len() - removed);
            assert_eq!(long.len(), source.len() + added);
            assert!(removed > 2_000 && added > 2_000, "{hertz}: removed {removed}, added {added}");
            let period = (48_000.0 / hertz).round() as usize;
            for stretched in [&short, &long] {
                let lag = pitch(stretched);
                let off = lag % period;
                assert!(off.min(period - off) <= 2, "{hertz} Hz: period {period}, found {lag}");
                let step = stretched.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
                let natural = source.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
                assert!(step <= natural * 1.3, "{hertz} Hz: a step of {step}, natural {natural}");
            }
        }
    }

    #[test]
    fn noise_is_left_alone_and_silence_is_cut_freely() {
        let mut state = 1_u32;
        let mut noise: Vec<f32> = (0..960)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 16_777_216.0 - 0.5
            })
            .collect();
        assert_eq!(shorten(&mut noise, 600, Care::Gentle), 0);
        assert_eq!(lengthen(&mut noise, 600, Care::Gentle), 0);
        let mut silence = vec![0.0; 960];
        assert_eq!(shorten(&mut silence, 333, Care::Gentle), 333);
        assert_eq!(silence.len(), 627);
    }

    #[test]
    fn frames_that_are_too_short_stay_as_they_are() {
        for length in [0, 1, 120, 479] {
            let mut frame = vec![0.0; length];
            assert_eq!(shorten(&mut frame, 600, Care::Urgent), 0);
            assert_eq!(lengthen(&mut frame, 600, Care::Urgent), 0);
            assert_eq!(frame.len(), length);
        }
    }
}
