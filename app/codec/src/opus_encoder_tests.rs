//! Tests of the Opus encoder: lengths of packets, changes in mid-call, delay.

use super::*;
use crate::opus_decoder::OpusDecoder;
use crate::opus_packet::{Mode, carries_fec};
use crate::synthetic::{Dice, correlation, speech};

const SECOND: usize = SAMPLE_RATE as usize;

fn coded(encoder: &mut OpusEncoder, pcm: &[f32]) -> Vec<Vec<u8>> {
    let mut packet = Vec::new();
    pcm.chunks_exact(encoder.config().frame.samples())
        .map(|block| {
            encoder.encode(block, &mut packet).unwrap();
            packet.clone()
        })
        .collect()
}

fn heard(packets: &[Vec<u8>]) -> Vec<f32> {
    // The plain decoder: the enhancer changes the waveform, which these tests compare.
    let mut decoder = OpusDecoder::with_complexity(0).unwrap();
    let (mut frame, mut all) = (Vec::new(), Vec::new());
    for packet in packets {
        let _ = decoder.decode(packet, &mut frame).unwrap();
        all.extend_from_slice(&frame);
    }
    all
}

#[test]
fn speech_survives_at_the_reported_delay() {
    let pcm = speech(3 * SECOND);
    for (codec, low_delay, delay) in
        [(AudioCodec::Opus48k, false, 312), (AudioCodec::Opus24k, false, 312), (AudioCodec::Opus48k, true, 120)]
    {
        for frame in FrameLength::ALL {
            let mut encoder =
                OpusEncoder::new(OpusConfig { codec, low_delay, frame, ..OpusConfig::default() }).unwrap();
            let heard = heard(&coded(&mut encoder, &pcm));
            assert_eq!(encoder.lookahead(), delay);
            let best = (delay - 60..=delay + 60)
                .max_by(|a, b| correlation(&pcm, &heard[*a..]).total_cmp(&correlation(&pcm, &heard[*b..])))
                .unwrap();
            assert!(best.abs_diff(delay) <= 12, "delay {best}, reported {delay}");
            let alike = correlation(&pcm, &heard[delay..]);
            assert!(alike >= 0.9, "{codec:?} {frame:?} low delay {low_delay}: {alike}");
        }
    }
}

#[test]
fn the_length_of_a_packet_follows_from_the_setting_alone() {
    let mut dice = Dice::new(3);
    let mut pcm = speech(SECOND);
    pcm.extend((0..SECOND / 2).map(|_| dice.byte() as f32 / 128.0 - 1.0));
    pcm.extend(vec![0.0; SECOND / 2]);
    for kbps in [6, 8, 12, 16, 24, 32, 48, 64] {
        for frame in FrameLength::ALL {
            for (fec, dred) in [(false, 0), (true, 0), (false, 500), (true, 1_000)] {
                let config = OpusConfig {
                    kbps: Kbps(kbps),
                    frame,
                    fec,
                    expected_loss: 20,
                    dred: Duration::from_millis(dred),
                    ..OpusConfig::default()
                };
                let lengths: Vec<usize> =
                    coded(&mut OpusEncoder::new(config).unwrap(), &pcm).iter().map(Vec::len).collect();
                let told = (kbps * frame.ms()) as usize / 8;
                assert!(lengths.iter().all(|length| length.abs_diff(told) <= 1), "{config:?}: {told}, {lengths:?}");
                assert!(lengths.iter().all(|length| *length == lengths[0]), "{config:?}: {lengths:?}");
            }
        }
    }
}

#[test]
fn variable_packets_keep_to_their_mean() {
    let pcm = speech(4 * SECOND);
    for (asked, mean) in [(24, 24_usize), (6, 16), (64, 32)] {
        let config = OpusConfig { kbps: Kbps(asked), vbr: true, ..OpusConfig::default() };
        let lengths: Vec<usize> = coded(&mut OpusEncoder::new(config).unwrap(), &pcm).iter().map(Vec::len).collect();
        let kbps = lengths.iter().sum::<usize>() * 8 / (lengths.len() * 20);
        assert!(lengths.iter().any(|length| *length != lengths[0]));
        assert!(kbps <= mean + mean / 8 && kbps >= mean / 2, "{asked}: {kbps}");
    }
}

#[test]
fn fec_that_is_asked_for_is_there() {
    let pcm = speech(3 * SECOND);
    for kbps in [24, 32, 48, 64] {
        for expected_loss in [0, 2, 10, 30] {
            let config = OpusConfig { kbps: Kbps(kbps), fec: true, expected_loss, ..OpusConfig::default() };
            let packets = coded(&mut OpusEncoder::new(config).unwrap(), &pcm);
            let carrying = packets.iter().filter(|packet| carries_fec(packet)).count();
            assert!(3 * carrying >= 2 * packets.len(), "{kbps} {expected_loss}: {carrying} of {}", packets.len());
        }
        let without = coded(&mut OpusEncoder::new(OpusConfig::default()).unwrap(), &pcm);
        assert!(!without.iter().any(|packet| carries_fec(packet)));
    }
}

#[test]
fn speech_is_coded_as_speech_at_every_complexity() {
    let pcm = speech(2 * SECOND);
    for complexity in 0..=MAX_COMPLEXITY {
        for kbps in [16, 24, 32] {
            let config = OpusConfig { complexity, kbps: Kbps(kbps), ..OpusConfig::default() };
            let packets = coded(&mut OpusEncoder::new(config).unwrap(), &pcm);
            let transform = packets.iter().filter(|packet| Mode::of(packet) == Some(Mode::Celt)).count();
            assert!(10 * transform <= packets.len(), "{complexity} {kbps}: {transform} of {}", packets.len());
        }
    }
}

#[test]
fn the_narrower_codec_never_takes_the_full_band() {
    let mut dice = Dice::new(5);
    let noise: Vec<f32> = (0..SECOND).map(|_| dice.byte() as f32 / 256.0 - 0.5).collect();
    let full = |codec, low_delay| {
        let config = OpusConfig { codec, low_delay, kbps: Kbps(64), ..OpusConfig::default() };
        let packets = coded(&mut OpusEncoder::new(config).unwrap(), &noise);
        // SAFETY: libopus reads the first byte alone.
        packets.iter().any(|packet| unsafe {
            opusic_sys::opus_packet_get_bandwidth(packet.as_ptr()) == opusic_sys::OPUS_BANDWIDTH_FULLBAND
        })
    };
    for low_delay in [false, true] {
        assert!(full(AudioCodec::Opus48k, low_delay));
        assert!(!full(AudioCodec::Opus24k, low_delay));
    }
}

#[test]
fn every_setting_takes_effect_with_the_next_frame() {
    let mut encoder = OpusEncoder::new(OpusConfig::default()).unwrap();
    let pcm = speech(8 * SECOND);
    let (mut at, mut packet, mut packets) = (0, Vec::new(), Vec::new());
    let mut send = |encoder: &mut OpusEncoder, count: usize| {
        for _ in 0..count {
            let samples = encoder.config().frame.samples();
            encoder.encode(&pcm[at..at + samples], &mut packet).unwrap();
            at += samples;
            assert_eq!(crate::opus_gate(&packet), Ok(samples));
            packets.push(packet.clone());
        }
        packet.len()
    };
    assert_eq!(send(&mut encoder, 5), 80);
    for (frame, length) in
        [(FrameLength::Ms60, 240), (FrameLength::Ms10, 40), (FrameLength::Ms40, 160), (FrameLength::Ms20, 80)]
    {
        encoder.set_frame(frame).unwrap();
        assert_eq!(send(&mut encoder, 1), length);
        let _ = send(&mut encoder, 12);
    }
    encoder.set_kbps(Kbps(16)).unwrap();
    assert_eq!(send(&mut encoder, 10), 40);
    encoder.set_kbps(Kbps(48)).unwrap();
    encoder.set_fec(true).unwrap();
    encoder.set_expected_loss(20).unwrap();
    encoder.set_dred(Duration::from_millis(500)).unwrap();
    assert_eq!(send(&mut encoder, 20), 120);
    encoder.set_fec(false).unwrap();
    encoder.set_dred(Duration::ZERO).unwrap();
    assert_eq!(send(&mut encoder, 10), 120);
    let heard = heard(&packets);
    let alike = correlation(&pcm, &heard[encoder.lookahead()..]);
    assert!(alike >= 0.85, "{alike}");
}

/// The largest step of the slope in `pcm`: what a click is made of.
fn roughness(pcm: &[f32]) -> f32 {
    pcm.windows(3).map(|at| (at[0] - 2.0 * at[1] + at[2]).abs()).fold(0.0, f32::max)
}

#[test]
fn changing_the_look_ahead_in_mid_call_does_not_click() {
    // A voiced sound without a gap, so that a tear would stand out; its own roughness is small.
    let pcm: Vec<f32> = (0..2 * SECOND)
        .map(|n| {
            let t = n as f32 / SAMPLE_RATE as f32 * std::f32::consts::TAU;
            (1..12).map(|k| (t * 140.0 * k as f32 + k as f32).sin() * 0.2 / k as f32).sum()
        })
        .collect();
    for frame in [FrameLength::Ms10, FrameLength::Ms20] {
        let config = OpusConfig { frame, kbps: Kbps(48), ..OpusConfig::default() };
        let steady = heard(&coded(&mut OpusEncoder::new(config).unwrap(), &pcm));
        let usual = roughness(&steady[SECOND / 2..]);
        let mut encoder = OpusEncoder::new(config).unwrap();
        let (half, mut packets) = (SECOND, Vec::new());
        packets.extend(coded(&mut encoder, &pcm[..half]));
        encoder.set_low_delay(true).unwrap();
        assert_eq!((encoder.lookahead(), encoder.config().low_delay), (120, true));
        packets.extend(coded(&mut encoder, &pcm[half..half + SECOND / 2]));
        assert_eq!(Mode::of(packets.last().unwrap()), Some(Mode::Celt));
        encoder.set_low_delay(false).unwrap();
        assert_eq!(encoder.lookahead(), 312);
        packets.extend(coded(&mut encoder, &pcm[half + SECOND / 2..]));
        let heard = heard(&packets);
        for at in [half, half + SECOND / 2] {
            let near = roughness(&heard[at - 480..at + 1_920]);
            assert!(near <= 1.5 * usual, "{frame:?} at {at}: {near}, usual {usual}");
        }
    }
}

#[test]
fn arguments_out_of_range_are_named() {
    let complexity = OpusConfig { complexity: 11, ..OpusConfig::default() };
    assert!(matches!(OpusEncoder::new(complexity), Err(CodecError::Argument(_))));
    let loss = OpusConfig { expected_loss: 101, ..OpusConfig::default() };
    assert!(matches!(OpusEncoder::new(loss), Err(CodecError::Argument(_))));
    let mut encoder = OpusEncoder::new(OpusConfig::default()).unwrap();
    let mut packet = vec![1];
    assert!(matches!(encoder.encode(&[0.0; 480], &mut packet), Err(CodecError::Argument(_))));
    assert!(packet.is_empty());
    assert!(matches!(encoder.set_expected_loss(101), Err(CodecError::Argument(_))));
    assert_eq!(encoder.config(), OpusConfig::default());
    // More than libopus takes is held to its most.
    encoder.set_dred(Duration::MAX).unwrap();
    encoder.set_kbps(Kbps(u32::MAX)).unwrap();
    encoder.encode(&[0.0; 960], &mut packet).unwrap();
}

#[test]
fn samples_that_are_no_numbers_do_not_spoil_what_follows() {
    for dred in [Duration::ZERO, Duration::from_millis(500)] {
        let mut pcm = speech(SECOND);
        pcm[960..1_260].fill(f32::NAN);
        pcm[1_920..2_220].fill(f32::INFINITY);
        pcm[2_880..3_180].fill(f32::MAX);
        let config = OpusConfig { dred, expected_loss: 20, ..OpusConfig::default() };
        let mut encoder = OpusEncoder::new(config).unwrap();
        let heard = heard(&coded(&mut encoder, &pcm));
        assert!(heard.iter().all(|sample| sample.is_finite()));
        let from = 10 * 960;
        let alike = correlation(&pcm[from..], &heard[from + encoder.lookahead()..]);
        assert!(alike >= 0.8, "{dred:?}: {alike}");
    }
}
