//! The hint on recorded speech at several levels, and on all that is no speech.

use std::f32::consts::TAU;
use std::path::Path;

use ahoy_media::{SAMPLE_RATE, TICK_SAMPLES};

use super::TalkDetector;

const RATE: usize = SAMPLE_RATE as usize;

/// The recording of the end-to-end tests, at 48 kHz by repetition: the detector looks below 4 kHz.
fn speech() -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/e2e/assets/speech.wav");
    let mut wav = hound::WavReader::open(path).unwrap();
    assert_eq!((wav.spec().sample_rate, wav.spec().channels), (16_000, 1));
    wav.samples::<i16>().flat_map(|sample| [f32::from(sample.unwrap()) / 32_768.0; 3]).collect()
}

/// Evenly distributed noise of one amplitude, always the same.
fn noise(samples: usize, amplitude: f32) -> Vec<f32> {
    let mut state = 1_u32;
    (0..samples)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            amplitude * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
        })
        .collect()
}

fn hum(samples: usize, amplitude: f32) -> Vec<f32> {
    let harmonic = |index: usize, number: f32| (TAU * 100.0 * number * index as f32 / RATE as f32).sin() / number;
    (0..samples).map(|index| amplitude * (1..6).map(|number| harmonic(index, number as f32)).sum::<f32>()).collect()
}

fn amplitude(dbfs: f32) -> f32 {
    10.0_f32.powf(dbfs / 20.0)
}

fn at_level(sound: &[f32], dbfs: f32) -> Vec<f32> {
    let rms = (sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32).sqrt();
    sound.iter().map(|sample| sample * amplitude(dbfs) / rms).collect()
}

fn plus(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// After how many ticks the hint came first.
fn first_hint(sound: &[f32]) -> Option<usize> {
    let mut detector = TalkDetector::default();
    sound.chunks(TICK_SAMPLES).position(|tick| detector.feed(tick))
}

#[test]
fn speech_is_found_at_every_usual_level() {
    let speech = speech();
    for dbfs in [-45.0, -35.0, -25.0, -15.0] {
        for start in [0, 5, 10, 15] {
            let part = &speech[start * RATE..(start + 5) * RATE];
            // The room behind it: 20 dB under the voice.
            let sound = plus(&at_level(part, dbfs), &noise(part.len(), amplitude(dbfs - 20.0)));
            let hint = first_hint(&sound);
            assert!(hint.is_some_and(|tick| (30..200).contains(&tick)), "{dbfs} dBFS from {start} s: {hint:?}");
        }
    }
}

#[test]
fn hint_goes_when_the_speaker_stops() {
    let mut detector = TalkDetector::default();
    let speech = at_level(&speech()[..5 * RATE], -25.0);
    let room = noise(RATE * 5, amplitude(-60.0));
    assert!(speech.chunks(TICK_SAMPLES).filter(|tick| detector.feed(tick)).count() > 200);
    let _ = detector.feed(&room[..RATE * 3 / 2]);
    assert!(!detector.talking());
}

#[test]
fn silence_and_steady_noise_are_no_speech() {
    let samples = 10 * RATE;
    assert_eq!(first_hint(&vec![0.0; samples]), None);
    for dbfs in [-60.0, -40.0, -20.0] {
        assert_eq!(first_hint(&noise(samples, amplitude(dbfs))), None, "hiss at {dbfs}");
        assert_eq!(first_hint(&hum(samples, amplitude(dbfs))), None, "hum at {dbfs}");
    }
}

#[test]
fn noise_that_begins_suddenly_is_no_speech() {
    let quiet = noise(3 * RATE, amplitude(-70.0));
    for sudden in [noise(5 * RATE, amplitude(-25.0)), hum(5 * RATE, amplitude(-25.0))] {
        assert_eq!(first_hint(&[quiet.clone(), sudden].concat()), None);
    }
}

#[test]
fn keys_are_no_speech() {
    // Eight keys a second, 15 ms each: a hiss and a thump of the desk at 180 Hz, both dying away.
    let hiss = noise(10 * RATE, 1.0);
    let keys: Vec<f32> = (0..10 * RATE)
        .map(|index| {
            let seconds = (index % (RATE / 8)) as f32 / RATE as f32;
            0.2 * (-seconds / 0.005).exp() * (hiss[index] + (TAU * 180.0 * seconds).sin())
        })
        .collect();
    assert_eq!(first_hint(&plus(&keys, &noise(10 * RATE, amplitude(-65.0)))), None);
}

#[test]
fn what_is_no_number_does_not_stay() {
    let mut detector = TalkDetector::default();
    assert!(!detector.feed(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30]));
    let speech = at_level(&speech()[..5 * RATE], -25.0);
    assert!(speech.chunks(777).any(|piece| detector.feed(piece)), "pieces of any length");
}
