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

/// How much above the level of the pauses (mean square) is still a pause: 4 dB.
const PAUSE: f32 = 2.5;

/// Frames are bent in pieces of 20 ms, and none shorter than 10 ms.
const PIECE: usize = 960;
const SHORTEST_PIECE: usize = 480;

/// What a sample more of period is worth in likeness: 0.1 between the shortest and the longest.
const LONGER: f32 = 2e-4;

/// Step of the coarse search; a voice has little above 6 kHz, so every fourth lag meets each peak.
const COARSE: usize = 4;

/// How much alike two periods must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Only in pauses, where any cut is inaudible.
    Pause,
    /// Only where nobody can hear it: correlation of at least 0.9, or silence.
    Gentle,
    /// Far from the target delay: correlation of at least 0.6.
    Urgent,
    /// After a gap: wherever it fits best, for what is heard at 1.5 times its speed is no song.
    Rush,
}

impl Care {
    /// The least normalised correlation of two periods.
    fn least(self) -> f32 {
        match self {
            Self::Pause => f32::INFINITY,
            Self::Gentle => 0.9,
            Self::Urgent => 0.6,
            Self::Rush => f32::NEG_INFINITY,
        }
    }
}

/// Removes whole periods, of at most `most` samples together, from `frame`; returns the samples removed, 0 when none can be.
/// `floor` is the mean square of the pauses of this voice, 0 when unknown.
pub fn shorten(frame: &mut Vec<f32>, most: usize, care: Care, floor: f32) -> usize {
    bend(frame, most, care, floor, |frame, start, period, fade| {
        for i in start..start + fade {
            frame[i] = mix(frame[i], frame[period + i], i - start, fade);
        }
        drop(frame.drain(start + fade..start + fade + period));
    })
}

/// Repeats whole periods, of at most `most` samples together, in `frame`; returns the samples added, 0 when none can be.
/// `floor` is the mean square of the pauses of this voice, 0 when unknown.
pub fn lengthen(frame: &mut Vec<f32>, most: usize, care: Care, floor: f32) -> usize {
    bend(frame, most, care, floor, |frame, start, period, fade| {
        let mut again: Vec<f32> = frame[start..start + period].to_vec();
        for (i, sample) in again[..fade].iter_mut().enumerate() {
            *sample = mix(frame[start + period + i], frame[start + i], i, fade);
        }
        drop(frame.splice(start + period..start + period, again));
    })
}

/// Bends every 20 ms of the frame once, in voiced sound only the first that lends itself; returns the samples bent.
fn bend(
    frame: &mut Vec<f32>,
    most: usize,
    care: Care,
    floor: f32,
    at: impl Fn(&mut Vec<f32>, usize, usize, usize),
) -> usize {
    let (mut bent, mut end) = (0, frame.len());
    // From the back, so that the places before stay where they are.
    for start in (0..(frame.len() / PIECE).max(1)).rev().map(|n| n * PIECE) {
        let piece = &frame[start..end];
        if let Some(period) = period(piece, most - bent, care, floor) {
            let fade = LONGEST_FADE.min(piece.len() - period).min(period);
            at(frame, start, period, fade);
            bent += period;
            if care == Care::Gentle {
                break;
            }
        }
        end = start;
    }
    bent
}

/// The cross-fade from `old` to `new` at step `i` of `fade`.
fn mix(old: f32, new: f32, i: usize, fade: usize) -> f32 {
    let weight = (i as f32 + 0.5) / fade as f32;
    old + (new - old) * weight
}

/// The period to cut or repeat.
fn period(piece: &[f32], most: usize, care: Care, floor: f32) -> Option<usize> {
    let shortest = *PERIODS.start();
    let compared = COMPARED.min(piece.len() / 2);
    let longest = most.min(*PERIODS.end()).min(piece.len() - compared);
    if piece.len() < SHORTEST_PIECE || longest < shortest {
        return None;
    }
    let mean_square = dot(piece, piece) / piece.len() as f32;
    if mean_square < SILENCE.max(floor * PAUSE) {
        return Some(longest);
    }
    if care == Care::Pause {
        return None;
    }
    // At 1.5 times the speed every second period has to go: of two that fit as well the longer one.
    let bonus = if care == Care::Rush { LONGER } else { 0.0 };
    let (coarse, _) = best(piece, compared, bonus, (shortest..=longest).step_by(COARSE));
    let from = coarse.saturating_sub(COARSE - 1).max(shortest);
    let (period, likeness) = best(piece, compared, 0.0, from..=(coarse + COARSE - 1).min(longest));
    (likeness >= care.least()).then_some(period)
}

/// The lag at which the piece's head is most like itself, and how like (normalised correlation, and `bonus` for each
/// sample of the lag).
fn best(piece: &[f32], compared: usize, bonus: f32, lags: impl Iterator<Item = usize>) -> (usize, f32) {
    let head = &piece[..compared];
    let energy = dot(head, head);
    let mut best = (*PERIODS.start(), f32::NEG_INFINITY);
    for lag in lags {
        let tail = &piece[lag..lag + compared];
        let likeness = dot(head, tail) / (energy * dot(tail, tail)).sqrt().max(f32::MIN_POSITIVE) + bonus * lag as f32;
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
                removed += shorten(&mut one, 600, Care::Gentle, 0.0);
                short.extend(one);
                let mut one = frame.to_vec();
                added += lengthen(&mut one, 600, Care::Gentle, 0.0);
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

    fn noise(level: f32, samples: usize) -> Vec<f32> {
        let mut state = 1_u32;
        (0..samples)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((state >> 8) as f32 / 16_777_216.0 - 0.5) * level
            })
            .collect()
    }

    #[test]
    fn noise_is_left_alone_and_pauses_are_cut_freely() {
        let mut loud = noise(1.0, 960);
        assert_eq!(shorten(&mut loud, 600, Care::Gentle, 0.0), 0);
        assert_eq!(lengthen(&mut loud, 600, Care::Gentle, 0.0), 0);
        assert_eq!(shorten(&mut voice(150.0, 960), 600, Care::Pause, 0.0), 0);
        let mut silence = vec![0.0; 960];
        assert_eq!(shorten(&mut silence, 333, Care::Pause, 0.0), 333);
        assert_eq!(silence.len(), 627);
        let mut room = noise(0.1, 960);
        assert_eq!(shorten(&mut room, 600, Care::Pause, 0.0), 0, "how loud the pauses are is not known");
        assert_eq!(shorten(&mut room, 600, Care::Pause, 0.01 / 12.0), 600);
    }

    #[test]
    fn a_rush_plays_at_half_as_much_again() {
        for hertz in [90.0, 150.0, 300.0] {
            let (source, mut removed, mut saved) = (voice(hertz, 96_000), 0, 0);
            for frame in source.chunks(960) {
                saved = (saved + 320).min(960);
                let mut one = frame.to_vec();
                let cut = shorten(&mut one, saved, Care::Rush, 0.0);
                assert!(cut <= saved);
                (removed, saved) = (removed + cut, saved - cut);
            }
            let speed = 96_000.0 / (96_000 - removed) as f32;
            assert!((1.35..=1.51).contains(&speed), "{hertz} Hz: {speed}");
        }
    }

    #[test]
    fn long_frames_are_bent_in_pieces_without_a_step() {
        let source = voice(200.0, 2_880);
        let natural = source.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        for bend in [shorten, lengthen] {
            let mut frame = source.clone();
            let bent = bend(&mut frame, 1_800, Care::Urgent, 0.0);
            assert!((720..=1_800).contains(&bent), "{bent}");
            assert_eq!(frame.len().abs_diff(2_880), bent);
            let step = frame.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            assert!(step <= natural * 1.1, "{step}, natural {natural}");
            assert!((frame[0] - source[0]).abs() < 1e-6 && frame[frame.len() - 1] == source[2_879]);
        }
    }

    #[test]
    fn frames_that_are_too_short_stay_as_they_are() {
        for length in [0, 1, 120, 479] {
            let mut frame = vec![0.0; length];
            assert_eq!(shorten(&mut frame, 600, Care::Urgent, 0.0), 0);
            assert_eq!(lengthen(&mut frame, 600, Care::Urgent, 0.0), 0);
            assert_eq!(frame.len(), length);
        }
    }
}
