//! The encoder with real pictures: rate, key frames, references, sizes.

use std::collections::VecDeque;
use std::time::Duration;

use ahoy_media::{Assembler, Decoded, LocalTime, MediaTime, ReferencePlan, VideoFrame};

use super::*;
use crate::synthetic::{Dice, psnr, scene};
use crate::vp9_decoder::Vp9Decoder;

const SMALL: Size = Size::new(320, 240);

fn config(max_size: Size) -> Vp9Config {
    Vp9Config { max_size, kbps: Kbps(1_000), fps: 24, threads: 1 }
}

#[test]
fn moving_pictures_come_through_and_keep_to_the_rate() {
    let mut encoder = Vp9Encoder::new(config(Size::VGA)).unwrap();
    let mut decoder = Vp9Decoder::new().unwrap();
    let (mut worst, mut sum, mut bytes) = (f64::MAX, 0.0, 0);
    for index in 0..72 {
        let picture = scene(Size::VGA, index);
        let frame = encoder.encode(&picture, Coding::CHAIN).unwrap();
        let score = psnr(&picture, &decoder.decode(&frame.data, Size::VGA).unwrap());
        if index > 0 {
            bytes += frame.data.len();
        }
        worst = score.min(worst);
        sum += score;
    }
    assert!(sum / 72.0 >= 30.0 && worst >= 27.0, "mean {:.1} dB, worst {worst:.1} dB", sum / 72.0);
    let kbps = bytes * 8 * 24 / 71 / 1_000;
    assert!((700..=1_200).contains(&kbps), "{kbps} kbit/s");
}

#[test]
fn key_frames_come_at_the_start_and_on_request_alone() {
    let mut encoder = Vp9Encoder::new(config(SMALL)).unwrap();
    for index in 0..100 {
        // A cut to another scene at 70 is no reason either.
        let picture = scene(SMALL, if index < 70 { index } else { index + 5_000 });
        let asked = index == 40 || index == 41;
        let frame = encoder.encode(&picture, if asked { Coding::KEY } else { Coding::CHAIN }).unwrap();
        assert_eq!(frame.key, index == 0 || asked, "{index}");
        assert_eq!(vp9_key(&frame), frame.key);
        assert!(!frame.data.is_empty());
    }
}

fn vp9_key(frame: &EncodedFrame) -> bool {
    crate::vp9_gate(&frame.data).unwrap().key
}

#[test]
fn the_rate_follows_at_once() {
    let mut encoder = Vp9Encoder::new(config(SMALL)).unwrap();
    let spent = |encoder: &mut Vp9Encoder, from: u64| -> usize {
        (from..from + 48).map(|index| encoder.encode(&scene(SMALL, index), Coding::CHAIN).unwrap().data.len()).sum()
    };
    let _ = spent(&mut encoder, 0);
    let rich = spent(&mut encoder, 48);
    encoder.set_kbps(Kbps(150)).unwrap();
    let _ = encoder.encode(&scene(SMALL, 96), Coding::CHAIN).unwrap();
    let poor = spent(&mut encoder, 97);
    assert!(poor * 3 < rich, "{rich} then {poor} bytes");
    encoder.set_fps(12).unwrap();
    let slow = spent(&mut encoder, 145);
    assert!(slow * 2 > poor * 3, "{poor} then {slow} bytes");
}

/// The bytes of the first frames after the rate fell from 2 Mbit/s to `kbps`, and what each may have; `repair`: the first one builds on an
/// old reference.
fn after_a_fall(kbps: u32, fps: u32, size: Size, repair: bool) -> (Vec<usize>, usize) {
    let mut sender = Sender::new(Size::VGA);
    let share = |kbps: u32, fps: u32| kbps as usize * 125 / fps as usize;
    sender.encoder.set_kbps(Kbps(2_000)).unwrap();
    sender.encoder.set_frame_limit(Some(2 * share(2_000, 24))).unwrap();
    for _ in 0..60 {
        let (frame, _) = sender.send(Size::VGA);
        if frame.sequence < 40 {
            sender.plan.acknowledged(all_up_to(frame.sequence));
        }
    }
    sender.encoder.set_fps(fps).unwrap();
    sender.encoder.set_kbps(Kbps(kbps)).unwrap();
    sender.encoder.set_frame_limit(Some(2 * share(kbps, fps))).unwrap();
    if repair {
        sender.plan.want_repair(Duration::from_millis(100), sender.now());
    }
    let bytes = (0..12).map(|_| sender.send(size)).map(|(frame, _)| {
        assert!(!frame.key);
        frame.data.len()
    });
    (bytes.collect(), share(kbps, fps))
}

#[test]
fn the_first_frame_after_the_rate_fell_is_no_larger_than_the_new_rate_allows() {
    for (kbps, fps) in [(500, 24), (400, 15), (200, 12)] {
        for size in [Size::VGA, Size::new(480, 360)] {
            for repair in [false, true] {
                let (bytes, share) = after_a_fall(kbps, fps, size, repair);
                assert!(10 * bytes[0] <= 22 * share, "{kbps} kbit/s, {size}: {bytes:?} bytes for {share}");
                let mean = bytes.iter().sum::<usize>() / bytes.len();
                assert!(2 * mean >= share && mean <= 2 * share, "{kbps} kbit/s, {size}: {bytes:?} bytes for {share}");
            }
        }
    }
}

#[test]
fn the_size_may_change_and_never_exceeds_the_limit() {
    let mut encoder = Vp9Encoder::new(config(Size::VGA)).unwrap();
    let mut decoder = Vp9Decoder::new().unwrap();
    let sizes = [
        SMALL,
        Size::VGA,
        Size::new(480, 360),
        SMALL,
        Size::VGA,
        Size::new(321, 241),
        Size::new(64, 480),
        Size::new(16, 16),
    ];
    let mut keys = Vec::new();
    for (n, size) in sizes.into_iter().enumerate() {
        for index in 0..3 {
            let picture = scene(size, n as u64 * 3 + index);
            let frame = encoder.encode(&picture, Coding::CHAIN).unwrap();
            if index == 0 {
                keys.push(frame.key);
            }
            let shown = decoder.decode(&frame.data, size).unwrap();
            assert!(psnr(&picture, &shown) > 24.0, "{size} {index}: {:.1} dB", psnr(&picture, &shown));
        }
    }
    assert_eq!(keys, [true, false, false, false, false, false, true, true], "only 2:1 down wants a key frame");
    let limit = CodecError::PictureTooLarge { picture: Size::new(642, 480), limit: Size::VGA };
    assert_eq!(encoder.encode(&scene(Size::new(642, 480), 0), Coding::CHAIN), Err(limit));
    let narrow = encoder.encode(&Picture::black(Size::new(8, 480)), Coding::CHAIN);
    assert!(matches!(narrow, Err(CodecError::Argument(_))));
    let after = encoder.encode(&scene(Size::VGA, 0), Coding::CHAIN).unwrap();
    assert_eq!(decoder.decode(&after.data, Size::VGA).unwrap().size(), Size::VGA);
}

#[test]
fn arguments_out_of_range_are_named() {
    let refused = |config: Vp9Config| Vp9Encoder::new(config).unwrap_err();
    assert!(matches!(refused(config(Size::new(0, 0))), CodecError::Argument(_)));
    assert!(matches!(refused(config(Size::new(1_921, 480))), CodecError::Argument(_)));
    for fps in [0, 61, u32::MAX] {
        assert!(matches!(refused(Vp9Config { fps, ..config(SMALL) }), CodecError::Argument(_)));
    }
    let extremes = Vp9Config { kbps: Kbps(u32::MAX), threads: u32::MAX, ..config(SMALL) };
    let mut encoder = Vp9Encoder::new(extremes).unwrap();
    encoder.set_kbps(Kbps(0)).unwrap();
    assert!(encoder.encode(&scene(SMALL, 0), Coding::CHAIN).unwrap().key);
}

/// An encoder with its plan, as the encode thread has them.
struct Sender {
    encoder: Vp9Encoder,
    plan: ReferencePlan,
    sequence: u32,
}

/// 24 pictures a second.
const SPACING: Duration = Duration::from_micros(41_667);

impl Sender {
    fn new(max_size: Size) -> Self {
        Self { encoder: Vp9Encoder::new(config(max_size)).unwrap(), plan: ReferencePlan::new(), sequence: 0 }
    }

    fn now(&self) -> LocalTime {
        LocalTime(0) + SPACING * self.sequence
    }

    fn send(&mut self, size: Size) -> (VideoFrame, Coding) {
        let (sequence, coding) = (self.sequence, self.plan.next(size));
        let coded = self.encoder.encode(&scene(size, sequence.into()), coding).unwrap();
        let references = self.plan.coded(sequence, size, coding, coded.key, self.now());
        self.sequence += 1;
        let at = MediaTime(self.now().0);
        (VideoFrame { sequence, at, key: coded.key, size, references, data: coded.data }, coding)
    }
}

fn all_up_to(newest: u32) -> Decoded {
    Decoded { newest: Some(newest), before: u32::MAX }
}

#[test]
fn frames_that_may_vanish_leave_no_trace() {
    let mut sender = Sender::new(SMALL);
    let (mut whole, mut thinned) = (Vp9Decoder::new().unwrap(), Vp9Decoder::new().unwrap());
    let mut vanished = 0;
    for _ in 0..80 {
        let (frame, coding) = sender.send(SMALL);
        let shown = whole.decode(&frame.data, SMALL).unwrap();
        if coding.updates == Buffers::NONE {
            vanished += 1;
        } else {
            assert_eq!(thinned.decode(&frame.data, SMALL).unwrap(), shown, "frame {}", frame.sequence);
        }
        sender.plan.acknowledged(all_up_to(frame.sequence));
    }
    assert_eq!(vanished, 40, "every second frame");
}

#[test]
fn a_repair_builds_on_what_arrived_alone() {
    let mut sender = Sender::new(SMALL);
    let (mut whole, mut damaged) = (Vp9Decoder::new().unwrap(), Vp9Decoder::new().unwrap());
    for _ in 0..20 {
        let (frame, _) = sender.send(SMALL);
        let _ = whole.decode(&frame.data, SMALL).unwrap();
        let _ = damaged.decode(&frame.data, SMALL).unwrap();
        if frame.sequence < 10 {
            sender.plan.acknowledged(all_up_to(frame.sequence));
        }
    }
    let mut delta_bytes = 0;
    for _ in 20..28 {
        let (frame, _) = sender.send(SMALL);
        delta_bytes += frame.data.len();
        let _ = whole.decode(&frame.data, SMALL).unwrap();
    }
    sender.plan.want_repair(Duration::from_millis(100), sender.now());
    let (repair, coding) = sender.send(SMALL);
    assert!(!repair.key && !coding.uses.last, "{coding:?}");
    assert!(repair.references.distances()[0] > 18, "it builds on one of the first ten");
    assert!(repair.data.len() < delta_bytes, "{} bytes, eight deltas took {delta_bytes}", repair.data.len());
    assert_eq!(damaged.decode(&repair.data, SMALL).unwrap(), whole.decode(&repair.data, SMALL).unwrap());
    for _ in 0..20 {
        let (frame, _) = sender.send(SMALL);
        assert_eq!(damaged.decode(&frame.data, SMALL).unwrap(), whole.decode(&frame.data, SMALL).unwrap());
    }
}

#[test]
fn the_whole_ladder_up_and_down_takes_one_key_frame() {
    let hd = Size::new(1_280, 720);
    let mut sender = Sender::new(hd);
    let mut decoder = Vp9Decoder::new().unwrap();
    let mut keys = 0;
    for size in [SMALL, Size::VGA, hd, Size::VGA, SMALL, Size::VGA] {
        for index in 0..5 {
            let (frame, _) = sender.send(size);
            keys += u32::from(frame.key);
            let shown = decoder.decode(&frame.data, size).unwrap();
            let score = psnr(&scene(size, frame.sequence.into()), &shown);
            assert!(score > 24.0, "{size} {index}: {score:.1} dB");
            sender.plan.acknowledged(all_up_to(frame.sequence));
        }
    }
    assert_eq!(keys, 1);
}

#[test]
fn a_lost_change_of_size_is_repaired_without_a_key_frame() {
    for (before, after) in [(SMALL, Size::VGA), (Size::VGA, SMALL)] {
        let mut sender = Sender::new(Size::VGA);
        let (mut whole, mut damaged) = (Vp9Decoder::new().unwrap(), Vp9Decoder::new().unwrap());
        for _ in 0..10 {
            let (frame, _) = sender.send(before);
            let _ = whole.decode(&frame.data, before).unwrap();
            let _ = damaged.decode(&frame.data, before).unwrap();
            sender.plan.acknowledged(all_up_to(frame.sequence));
        }
        for _ in 0..4 {
            let (frame, _) = sender.send(after);
            let _ = whole.decode(&frame.data, after).unwrap();
        }
        sender.plan.want_repair(Duration::from_millis(20), sender.now());
        for _ in 0..6 {
            let (frame, _) = sender.send(after);
            assert!(!frame.key);
            let shown = whole.decode(&frame.data, after).unwrap();
            assert_eq!(damaged.decode(&frame.data, after).unwrap(), shown, "{before} to {after}");
        }
    }
}

/// Frames are lost at random in both ways; what comes out of the assembler is decoded by a decoder that saw nothing else, and must be what a
/// decoder that saw everything shows.
#[test]
fn with_any_loss_what_is_shown_is_exact() {
    let size = Size::new(160, 128);
    for seed in 1..6 {
        let mut dice = Dice::new(seed);
        let mut sender = Sender::new(size);
        let (mut whole, mut lossy) = (Vp9Decoder::new().unwrap(), Vp9Decoder::new().unwrap());
        let mut assembler = Assembler::new();
        let (mut reports, mut shown, mut keys) = (VecDeque::new(), 0, 0);
        for _ in 0..240 {
            let (frame, _) = sender.send(size);
            keys += u32::from(frame.key);
            let now = sender.now();
            let truth = whole.decode(&frame.data, size).unwrap();
            let sequence = frame.sequence;
            if dice.below(100) >= 20 {
                assembler.push(frame, now);
            }
            while let Some(frame) = assembler.pop(now) {
                let picture = lossy.decode(&frame.data, size).unwrap();
                assert!(frame.sequence != sequence || picture == truth, "seed {seed}, frame {sequence}");
                shown += 1;
            }
            reports.push_back((assembler.decoded(), assembler.is_stuck(Duration::from_millis(40), now)));
            // A round trip of five frames.
            if reports.len() > 5
                && let Some((decoded, stuck)) = reports.pop_front()
                && dice.below(100) >= 20
            {
                sender.plan.acknowledged(decoded);
                if stuck {
                    sender.plan.want_repair(SPACING * 5, now);
                }
            }
        }
        assert!(shown >= 75 && keys <= 3, "seed {seed}: {shown} of 240 shown, {keys} key frames");
    }
}
