//! The processor's promises: untouched when off, no click on a switch, bad input never sticks.

use std::f32::consts::TAU;
use std::time::Duration;

use ahoy_media::{SAMPLE_RATE, TICK_SAMPLES};

use super::{Processing, VoiceProcessor};

const DELAY: Duration = Duration::from_millis(40);
const ECHO: Processing = Processing { echo: true, ..Processing::OFF };
const NOISE: Processing = Processing { noise: true, ..Processing::OFF };
const GAIN: Processing = Processing { gain: true, ..Processing::OFF };

/// A tone of 440 Hz, whose steepest step is known.
fn tone(ticks: usize, amplitude: f32) -> Vec<f32> {
    (0..ticks * TICK_SAMPLES).map(|index| amplitude * (TAU * 440.0 * index as f32 / SAMPLE_RATE as f32).sin()).collect()
}

/// The sharpest corner of a sound: a click is one, a tone has none.
fn corner(sound: &[f32]) -> f32 {
    sound.windows(3).map(|three| (three[0] - 2.0 * three[1] + three[2]).abs()).fold(0.0, f32::max)
}

#[test]
fn nothing_on_leaves_every_bit() {
    let mut processor = VoiceProcessor::new(Processing::OFF);
    let mut sound = tone(50, 1.7);
    sound[77] = f32::from_bits(0x7fc0_1234);
    let bits = |sound: &[f32]| sound.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>();
    let before = bits(&sound);
    processor.render(&tone(50, 0.5));
    processor.capture(&mut sound, DELAY);
    assert_eq!(bits(&sound), before);
    assert_eq!(processor.echo_loss_db(), None);
}

#[test]
fn switched_off_again_it_leaves_every_bit() {
    let mut processor = VoiceProcessor::new(Processing::FULL);
    processor.capture(&mut tone(20, 0.1), DELAY);
    processor.set(Processing::OFF);
    processor.capture(&mut tone(20, 0.1), DELAY);
    let mut sound = tone(20, 0.1);
    processor.capture(&mut sound, DELAY);
    assert_eq!(sound, tone(20, 0.1));
}

#[test]
fn no_switch_clicks() {
    let sets = [Processing::OFF, ECHO, NOISE, GAIN, Processing::FULL, NOISE, ECHO, Processing::FULL, Processing::OFF];
    let mut processor = VoiceProcessor::new(Processing::OFF);
    let mut sound = tone(sets.len() * 300, 0.1);
    for (part, processing) in sound.chunks_exact_mut(300 * TICK_SAMPLES).zip(sets) {
        processor.set(processing);
        processor.capture(part, DELAY);
        assert_eq!(processor.processing(), processing);
    }
    // The corners of the loudest tone that there is; a switch without fading breaks far more, as the last lines show.
    let allowed = corner(&tone(2, 1.0)) * 3.0;
    assert!(corner(&sound) < allowed, "{} of {allowed}", corner(&sound));
    let mut cut = tone(300, 0.1);
    processor.set(GAIN);
    processor.capture(&mut cut, DELAY);
    cut[100_030..].fill(0.0);
    assert!(corner(&cut) > allowed, "{} of {allowed}", corner(&cut));
}

#[test]
fn switch_takes_back_what_is_still_warming_up() {
    let mut processor = VoiceProcessor::new(Processing::OFF);
    processor.set(Processing::FULL);
    let mut sound = tone(5, 0.1);
    processor.capture(&mut sound, DELAY);
    processor.set(Processing::OFF);
    let mut later = tone(100, 0.1);
    processor.capture(&mut later, DELAY);
    assert_eq!((sound, later), (tone(5, 0.1), tone(100, 0.1)));
}

#[test]
fn bad_samples_do_not_stay() {
    let mut processor = VoiceProcessor::new(Processing::FULL);
    let mut bad = vec![f32::NAN; TICK_SAMPLES];
    bad[1] = f32::INFINITY;
    bad[2] = -1e30;
    processor.render(&bad);
    processor.capture(&mut bad, Duration::MAX);
    let mut sound = tone(300, 0.1);
    processor.render(&tone(1, 0.1));
    processor.capture(&mut sound, DELAY);
    assert!(sound.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.0));
    assert!(sound[sound.len() - TICK_SAMPLES..].iter().any(|sample| sample.abs() > 0.01), "the tone is there again");
}

#[test]
fn odd_lengths_and_empty_calls_are_harmless() {
    let mut processor = VoiceProcessor::new(Processing::FULL);
    processor.render(&[]);
    processor.capture(&mut [], DELAY);
    let mut sound = tone(1, 0.1);
    sound.truncate(100);
    processor.render(&sound);
    processor.capture(&mut sound, DELAY);
    assert_eq!(sound, tone(1, 0.1)[..100]);
}

#[test]
fn gain_lifts_a_quiet_sound_and_never_leaves_full_scale() {
    let mut processor = VoiceProcessor::new(GAIN);
    let mut loud = tone(300, 1.0);
    processor.capture(&mut loud, DELAY);
    assert!(loud.iter().all(|sample| sample.abs() <= 1.0));
}
