//! The decoder with good, damaged and forged frames.

use super::*;
use crate::synthetic::{Dice, psnr, scene};
use crate::vp9_encoder::{EncodedFrame, Vp9Config, Vp9Encoder};
use ahoy_media::{Coding, Kbps};

const SMALL: Size = Size::new(160, 120);

fn frames(count: u64, key_at: u64) -> Vec<EncodedFrame> {
    let config = Vp9Config { max_size: SMALL, kbps: Kbps(300), fps: 24, threads: 1 };
    let mut encoder = Vp9Encoder::new(config).unwrap();
    let coding = |n| if n == 0 || n == key_at { Coding::KEY } else { Coding::CHAIN };
    (0..count).map(|n| encoder.encode(&scene(SMALL, n), coding(n)).unwrap()).collect()
}

/// Hand-made frames that the gate must stop.
fn refusable(key: &[u8], delta: &[u8]) -> Vec<Vec<u8>> {
    let mut bad: Vec<Vec<u8>> = (0..9).map(|length| key[..length].to_vec()).collect();
    bad.extend((0..4).map(|length| delta[..length].to_vec()));
    for good in [key, delta] {
        for first in [0x00, 0x42, 0xc0, 0x92, 0xa2, 0xb2, 0x8a, 0x88, 0x80, 0x84] {
            bad.push([&[first], &good[1..]].concat());
        }
        for index in 0xc0..0xe0 {
            bad.push([good, &[index]].concat());
        }
    }
    for (at, flip) in (1..4).flat_map(|at| (0..8).map(move |bit| (at, 1 << bit))) {
        let mut frame = key.to_vec();
        frame[at] ^= flip;
        bad.push(frame);
    }
    for size in [
        [0xff; 4],
        [0xff, 0xfe, 0xff, 0xfe],
        [0, 0, 0, 0],
        [0x07, 0x80, 0, 0x77],
        [0, 0x9f, 0x07, 0x80],
        [0, 0x9f, 0, 0x76],
    ] {
        let mut frame = key.to_vec();
        for (n, byte) in size.into_iter().enumerate() {
            frame[4 + n] = (frame[4 + n] & 0xf0) | (byte >> 4);
            frame[5 + n] = (frame[5 + n] & 0x0f) | (byte << 4);
        }
        bad.push(frame);
    }
    bad.push(vec![0x82; 600_000]);
    bad
}

#[test]
fn what_the_gate_stops_does_no_harm() {
    let stream = frames(6, u64::MAX);
    let mut decoder = Vp9Decoder::new().unwrap();
    let _ = decoder.decode(&stream[0].data, SMALL).unwrap();
    let bad = refusable(&stream[0].data, &stream[1].data);
    assert!(bad.len() >= 100, "{}", bad.len());
    for (n, frame) in bad.iter().enumerate() {
        let result = decoder.decode(frame, SMALL);
        assert!(matches!(result, Err(CodecError::FrameRefused(_))), "input {n}: {result:?}");
    }
    let announced = Size::new(160, 122);
    let other = FrameFault::OtherSize { found: SMALL, announced };
    assert_eq!(decoder.decode(&stream[0].data, announced), Err(other.into()));
    assert_eq!(decoder.decode(&stream[1].data, announced), Err(other.into()));
    for (n, frame) in stream.iter().enumerate().skip(1) {
        let shown = decoder.decode(&frame.data, SMALL).unwrap();
        assert!(psnr(&scene(SMALL, n as u64), &shown) > 27.0);
    }
}

#[test]
fn a_stream_starts_with_a_key_frame() {
    let stream = frames(4, 2);
    let mut decoder = Vp9Decoder::new().unwrap();
    assert_eq!(decoder.decode(&stream[1].data, SMALL), Err(CodecError::KeyFrameNeeded));
    assert!(decoder.decode(&stream[2].data, SMALL).is_ok());
    assert!(decoder.decode(&stream[3].data, SMALL).is_ok());
}

#[test]
fn a_second_frame_behind_the_first_is_never_decoded() {
    let stream = frames(2, u64::MAX);
    let mut decoder = Vp9Decoder::new().unwrap();
    let alone = decoder.decode(&stream[0].data, SMALL).unwrap();
    let mut huge = stream[0].data.to_vec();
    huge[4..9].fill(0xff);
    for second in [&stream[1].data[..], &stream[0].data[..], &huge] {
        let both = [&stream[0].data[..], second].concat();
        let mut fresh = Vp9Decoder::new().unwrap();
        assert_eq!(fresh.decode(&both, SMALL).as_ref(), Ok(&alone));
    }
}

#[test]
fn damage_is_survived_and_a_key_frame_heals_it() {
    let stream = frames(24, u64::MAX);
    let mut decoder = Vp9Decoder::new().unwrap();
    let mut dice = Dice::new(3);
    let (mut lost, mut refused) = (0, 0);
    for round in 0..1_500_usize {
        let mut frame = stream[dice.below(stream.len())].data.to_vec();
        match round % 3 {
            0 => frame.truncate(dice.below(frame.len())),
            1 => {
                for _ in 0..=dice.below(12) {
                    let at = dice.below(frame.len());
                    frame[at] = dice.byte();
                }
            }
            _ => frame.iter_mut().skip(9).for_each(|byte| *byte = dice.byte()),
        }
        match decoder.decode(&frame, SMALL) {
            Ok(picture) => assert_eq!(picture.size(), SMALL),
            Err(CodecError::KeyFrameNeeded) => lost += 1,
            Err(CodecError::FrameRefused(_)) => refused += 1,
            Err(other) => panic!("{other}"),
        }
        if round % 50 == 0 {
            let mut clean = Vp9Decoder::new().unwrap();
            for frame in &stream[..3] {
                assert_eq!(decoder.decode(&frame.data, SMALL).unwrap(), clean.decode(&frame.data, SMALL).unwrap());
            }
        }
    }
    assert!(lost > 100 && refused > 100, "lost {lost}, refused {refused}");
    let mut noise = Vec::new();
    for _ in 0..20_000 {
        noise.clear();
        noise.extend((0..dice.below(64)).map(|_| dice.byte()));
        let _ = decoder.decode(&noise, SMALL).expect_err("noise is no picture");
    }
}
