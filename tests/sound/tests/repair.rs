//! The table stands on these: losses are what was asked for, copies leave what theory says, and every repair is heard.
//! Fast and the same every time: no judge, no file but the speech in the tree.

use std::f32::consts::PI;
use std::path::Path;

use ahoy_media::Kbps;
use ahoy_sound::condition::Condition;
use ahoy_sound::grid::WAYS;
use ahoy_sound::link;
use ahoy_sound::losses::{Losses, RUN_WITHIN, SHARE_WITHIN, measured_run, measured_share};
use ahoy_sound::speech::{FRAME, RATE, Speech};
use ahoy_sound::talk::talk;
use bytes::Bytes;

/// Frames of a clip of the table.
const CLIP: usize = 400;
/// Frames over which a residual of one in a hundred shows within a tenth.
const LONG: usize = 40_000;
/// Of the distance that plain concealment leaves, what a repair leaves at most.
const WORTH: f64 = 0.8;
/// Hertz between the places where a level is taken: half the width of the window's peak.
const BIN: f32 = 50.0;

#[test]
fn losses_have_the_share_and_the_runs_that_were_asked_for() {
    for way in WAYS {
        for seed in 0..8 {
            let lost = way.draw(CLIP, seed);
            assert_eq!(lost, way.draw(CLIP, seed), "{way}: another draw from the same seed");
            if way.percent > 0.0 {
                assert_ne!(lost, way.draw(CLIP, seed + 1_000), "{way}: the seed does nothing");
                let (share, run) = (measured_share(&lost) / way.share(), measured_run(&lost) / way.run());
                assert!((share - 1.0).abs() <= SHARE_WITHIN, "{way}: {share} of the share");
                assert!((run - 1.0).abs() <= RUN_WITHIN, "{way}: {run} of the run");
            } else {
                assert!(!lost.contains(&true));
            }
        }
    }
}

#[test]
fn copies_leave_what_theory_leaves() {
    let frames = || vec![Bytes::from_static(b"a frame"); LONG];
    let ways = [Losses::random(20.0), Losses::random(30.0), Losses::bursts(20.0, 2.9)];
    for way in ways {
        for copies in [&[][..], &[1], &[1, 2], &[3, 6]] {
            let arrived = link::deliver(&link::pack(frames(), copies), &way.draw(LONG, 7)).unwrap();
            let left = arrived.iter().filter(|frame| frame.is_none()).count() as f64 / LONG as f64;
            let theory = all_lost(way, copies);
            assert!((left / theory - 1.0).abs() <= 0.15, "{way}, {copies:?}: {left}, in theory {theory}");
        }
    }
}

/// The chance that a frame and all its copies are lost: Gilbert's chain forgets by the same factor every step.
fn all_lost(way: Losses, copies: &[u8]) -> f64 {
    let end = 1.0 / way.run();
    let begin = end * way.share() / (1.0 - way.share());
    let forgets = 1.0 - begin - end;
    let mut chance = way.share();
    let mut last = 0;
    for place in copies {
        chance *= way.share() + (1.0 - way.share()) * forgets.powi(i32::from(place - last));
        last = *place;
    }
    chance
}

#[test]
fn a_copy_is_there_when_its_datagram_is() {
    let datagrams = link::pack((0..8_u8).map(|place| Bytes::from(vec![place; 3])).collect(), &[2, 5]);
    let mut lost = vec![false; 8];
    lost[1] = true;
    lost[3] = true;
    let arrived = link::deliver(&datagrams, &lost).unwrap();
    let by: Vec<_> = arrived.iter().map(|frame| frame.as_ref().map(|frame| frame.by)).collect();
    // Frame 1 would have been in 3, which is lost too, and is in 6; frame 3 is in 5.
    assert_eq!(by, [Some(0), Some(6), Some(2), Some(5), Some(4), Some(5), Some(6), Some(7)]);
    assert!(arrived.iter().enumerate().all(|(place, frame)| frame.as_ref().unwrap().data[..] == [place as u8; 3]));
}

#[test]
fn every_repair_is_closer_to_what_was_said_than_plain_concealment() {
    let speech = said();
    let (way, seed) = (Losses::random(20.0), 3);
    let lost = way.draw(speech.frames().count(), seed);
    let far = |condition| {
        let talk = talk(&speech, condition, Kbps(32), way, seed).unwrap();
        let distance = distance(&speech, &talk.heard, &lost);
        println!("{condition}: {distance:.2} dB away, {:.3} concealed, {:.0} ms", talk.residual, talk.repair_ms);
        (distance, talk)
    };
    let (none, plain) = far(Condition::NONE);
    assert!((plain.lost - way.share()).abs() <= SHARE_WITHIN * way.share());
    assert!((plain.residual - plain.lost).abs() < 1e-9, "{} lost, {} concealed", plain.lost, plain.residual);
    for condition in [Condition::FEC, Condition::dred(500), Condition::copies(&[1]), Condition::copies(&[1, 2])] {
        let (distance, talk) = far(condition);
        assert!(distance < WORTH * none, "{condition}: {distance} dB from what was said, plain concealment {none} dB");
        assert!(talk.residual < 0.5 * plain.residual, "{condition}: {} concealed", talk.residual);
        assert!((20.0..=200.0).contains(&talk.repair_ms), "{condition}: {} ms", talk.repair_ms);
    }
    let (one, two) = (far(Condition::copies(&[1])).0, far(Condition::copies(&[1, 2])).0);
    assert!(two < one && two < 0.5 * none, "two copies {two} dB, one {one} dB, none {none} dB");
}

fn said() -> Speech {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../e2e/assets/speech.wav");
    Speech::read(&path).expect("it is in the tree").part(0.0, 8.0)
}

/// How far two sounds are apart to the ear where datagrams were lost: the mean difference of the level in each third of an
/// octave, in dB, over the lost frames in which somebody speaks.
fn distance(said: &Speech, heard: &Speech, lost: &[bool]) -> f64 {
    let loudest = said.frames().map(energy).fold(0.0, f32::max);
    let frames = said.frames().zip(heard.frames()).zip(lost);
    let mut differences = Vec::new();
    for ((said, heard), _) in frames.filter(|((said, _), lost)| **lost && energy(said) > 1e-3 * loudest) {
        for (said, heard) in levels(said).into_iter().zip(levels(heard)) {
            differences.push(f64::from((said - heard).abs()));
        }
    }
    assert!(differences.len() > 500, "hardly any speech was lost");
    differences.iter().sum::<f64>() / differences.len() as f64
}

/// The level in dB in each third of an octave from 100 Hz to 6.4 kHz; silence has a floor.
fn levels(block: &[f32]) -> Vec<f32> {
    let edge = |band: i32| 100.0 * 2_f32.powf(band as f32 / 3.0);
    let band = |band: i32| {
        let places = (0..).map(|step| edge(band) + BIN * step as f32).take_while(|hertz| *hertz < edge(band + 1));
        10.0 * (places.map(|hertz| power(block, hertz)).sum::<f32>() + 1e-7).log10()
    };
    (0..18).map(band).collect()
}

fn energy(block: &[f32]) -> f32 {
    block.iter().map(|sample| sample * sample).sum()
}

/// The power at one frequency, by Goertzel's sum under a Hann window.
fn power(block: &[f32], hertz: f32) -> f32 {
    let turn = 2.0 * PI * hertz / RATE as f32;
    let (mut last, mut before) = (0.0_f32, 0.0_f32);
    for (place, sample) in block.iter().enumerate() {
        let window = 0.5 - 0.5 * (2.0 * PI * place as f32 / FRAME as f32).cos();
        (last, before) = (sample * window + 2.0 * turn.cos() * last - before, last);
    }
    (last * last + before * before - 2.0 * turn.cos() * last * before) / (FRAME * FRAME) as f32
}
