//! The echo canceller on fixed files: both voices are parts of one recording, the room is drawn from a seed.
//! Bounds of the near voice lie a little under what was measured, which stands beside each.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use ahoy_media::SAMPLE_RATE;
use ahoy_voice::Processing;

use super::{Scene, cut, db, echo_loss_db, energy, lag, levelled, likeness};
use crate::room::Room;
use crate::speech::Speech;

const ROOM: Room = Room { rt60: 0.2, gain_db: -12.0, delay_ms: 60.0, jump: None, skew_ppm: 0.0, distorts: false };
const TOLD: Duration = Duration::from_millis(60);
const ECHO: Processing = Processing { echo: true, ..Processing::OFF };

/// Seconds of a scene, and when it has converged.
const SECONDS: f64 = 8.0;
const CONVERGED: std::ops::Range<f32> = 3.0..8.0;

fn far() -> Vec<f32> {
    spoken(0.0)
}

fn near() -> Vec<f32> {
    let mut near = spoken(12.0);
    near[..144_000].fill(0.0);
    near
}

fn spoken(from: f64) -> Vec<f32> {
    // Raising its rate takes longer than the canceller does: once for all tests.
    static RECORDING: LazyLock<Speech> = LazyLock::new(|| {
        Speech::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../e2e/assets/speech.wav")).unwrap()
    });
    levelled(RECORDING.part(from, SECONDS).samples())
}

fn silence() -> Vec<f32> {
    vec![0.0; (SECONDS * f64::from(SAMPLE_RATE)) as usize]
}

#[test]
fn echo_alone_loses_thirty_decibels() {
    for room in [ROOM, Room { distorts: true, skew_ppm: 50.0, ..ROOM }] {
        let scene = Scene::new(&far(), &silence(), &room, 1);
        let left = scene.processed(ECHO, TOLD);
        let loss = echo_loss_db(&scene.microphone, &left, CONVERGED);
        assert!(loss >= 30.0, "{loss} dB in {room:?}");
    }
}

#[test]
fn wrong_delay_is_found_out() {
    let scene = Scene::new(&far(), &silence(), &Room { delay_ms: 150.0, ..ROOM }, 1);
    let loss = echo_loss_db(&scene.microphone, &scene.processed(ECHO, Duration::from_millis(10)), CONVERGED);
    assert!(loss >= 30.0, "{loss} dB");
}

/// What is left of the near voice while the far side speaks too: level in dB and likeness, beside the near voice alone.
fn kept(both: &Scene) -> (f32, f32) {
    let alone = Scene::with_echo(&silence(), &near(), silence(), 1).processed(ECHO, TOLD);
    let both = both.processed(ECHO, TOLD);
    let (alone, both) = (cut(&alone, &CONVERGED), cut(&both, &CONVERGED));
    (db(energy(both) / energy(alone)), likeness(alone, both))
}

#[test]
fn near_voice_survives_double_talk() {
    let (level, alike) = kept(&Scene::new(&far(), &near(), &ROOM, 1));
    // Measured -2.8 dB and 0.87. The margin is small on purpose: with a filter of 13 blocks and trust of 6 and 2 it was -3.6 dB and 0.82, and that fails.
    assert!((-3.4..1.0).contains(&level), "{level} dB of the voice are left");
    assert!(alike >= 0.83, "correlation {alike}");
}

#[test]
fn near_voice_survives_a_far_voice_in_the_headset() {
    let (level, alike) = kept(&Scene::with_echo(&far(), &near(), silence(), 1));
    // Measured -0.07 dB and 0.99999: the canceller sees that there is no echo. Without the quick notice it is -2.5 dB.
    assert!((-1.0..1.0).contains(&level), "{level} dB of the voice are left");
    assert!(alike >= 0.98, "correlation {alike}");
}

#[test]
fn near_voice_alone_is_not_touched_but_delayed() {
    let scene = Scene::with_echo(&silence(), &near(), silence(), 1);
    let left = scene.processed(ECHO, TOLD);
    let delay = lag(cut(&scene.near, &(4.0..7.0)), cut(&left, &(4.0..8.0)), 960);
    // One block of 4 ms that is filled, one that overlaps, and the filters that split the bands.
    assert!((384..480).contains(&delay), "{delay} samples");
    let loss = db(energy(cut(&scene.near, &CONVERGED)) / energy(cut(&left, &CONVERGED)));
    assert!(loss.abs() < 2.0, "{loss} dB");
}

#[test]
fn echo_loss_of_known_sounds() {
    let sound = far();
    let quieter: Vec<f32> = sound.iter().map(|sample| sample * 0.1).collect();
    assert!((echo_loss_db(&sound, &quieter, CONVERGED) - 20.0).abs() < 0.01);
    assert_eq!(lag(&sound[..96_000], &[vec![0.0; 333], sound[..96_000].to_vec()].concat(), 500), 333);
    assert!((likeness(&sound, &quieter) - 1.0).abs() < 1e-3);
}
