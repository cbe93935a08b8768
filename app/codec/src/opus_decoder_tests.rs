//! Tests of the Opus decoder: concealment, the two ways to restore, hostile packets.

use std::time::Duration;

use ahoy_media::audio::MAX_AUDIO_BYTES;
use ahoy_media::units::FrameLength;
use ahoy_media::{FRAME_SAMPLES, Kbps};

use super::*;
use crate::opus_encoder::{OpusConfig, OpusEncoder};
use crate::synthetic::{Dice, correlation, speech};

fn packets(config: OpusConfig, pcm: &[f32]) -> Vec<Vec<u8>> {
    let mut encoder = OpusEncoder::new(config).unwrap();
    let mut packet = Vec::new();
    pcm.chunks_exact(config.frame.samples())
        .map(|block| {
            encoder.encode(block, &mut packet).unwrap();
            packet.clone()
        })
        .collect()
}

fn with_fec() -> OpusConfig {
    OpusConfig { fec: true, expected_loss: 20, ..OpusConfig::default() }
}

fn with_dred() -> OpusConfig {
    OpusConfig { dred: Duration::from_secs(1), expected_loss: 20, kbps: Kbps(40), ..OpusConfig::default() }
}

fn energy(pcm: &[f32]) -> f32 {
    pcm.iter().map(|sample| sample * sample).sum()
}

/// How far two signals are apart in loudness, dB: the mean over pieces of 10 ms, quiet ones no quieter than a floor.
fn loudness_distance(a: &[f32], b: &[f32]) -> f32 {
    let level = |pcm: &[f32]| 10.0 * (energy(pcm) / pcm.len() as f32 + 1e-5).log10();
    let pieces = a.chunks_exact(480).zip(b.chunks_exact(480));
    let count = pieces.len() as f32;
    pieces.map(|(a, b)| (level(a) - level(b)).abs()).sum::<f32>() / count
}

/// What is heard when of every 25 frames (500 ms) the first `run` are lost, restored or else concealed; and what did it.
fn lossy(spoken: &[Vec<u8>], run: usize, complexity: u8, restore: bool) -> (Vec<f32>, Vec<Repair>) {
    let mut decoder = OpusDecoder::with_complexity(complexity).unwrap();
    let (mut frame, mut heard, mut repairs) = (Vec::new(), Vec::new(), Vec::new());
    for (at, packet) in spoken.iter().enumerate() {
        let missing = at % 25;
        if at < 25 || missing >= run {
            let _ = decoder.decode(packet, &mut frame).unwrap();
        } else if let Some(from) = spoken.get(at - missing + run).filter(|_| restore) {
            let back = (run - missing) * FRAME_SAMPLES;
            repairs.push(decoder.restore(from, back, FRAME_SAMPLES, &mut frame).unwrap());
        } else {
            let _ = decoder.conceal(FRAME_SAMPLES, &mut frame).unwrap();
        }
        assert_eq!(frame.len(), FRAME_SAMPLES);
        heard.extend_from_slice(&frame);
    }
    (heard, repairs)
}

fn share(repairs: &[Repair], of: Repair) -> f32 {
    repairs.iter().filter(|repair| **repair == of).count() as f32 / repairs.len() as f32
}

#[test]
fn concealment_goes_on_with_the_sound_and_then_fades() {
    let spoken = packets(OpusConfig::default(), &speech(48_000));
    for complexity in [0, DEEP] {
        let mut decoder = OpusDecoder::with_complexity(complexity).unwrap();
        let mut pcm = Vec::new();
        for packet in &spoken[..20] {
            let _ = decoder.decode(packet, &mut pcm).unwrap();
        }
        let (mut first, mut last) = (0.0, 0.0);
        for round in 0..50 {
            for samples in [960, 120, 240, 480, 600, 2_880] {
                assert_eq!(decoder.conceal(samples, &mut pcm), Ok(samples));
                assert_eq!(pcm.len(), samples);
                assert!(pcm.iter().all(|sample| sample.is_finite()));
                if round == 0 && samples == 960 {
                    first = energy(&pcm);
                }
                last = energy(&pcm);
            }
        }
        assert!(first > 1e-3, "nothing was made up: {first}");
        assert!(last < first / 100.0, "made-up sound never fades: {first} {last}");
        for samples in [0, 1, 119, 5_761, 5_880, usize::MAX] {
            assert!(matches!(decoder.conceal(samples, &mut pcm), Err(CodecError::Argument(_))));
        }
    }
}

#[test]
fn concealment_in_small_pieces_is_the_same_as_in_one() {
    for config in [with_fec(), OpusConfig { kbps: Kbps(12), ..OpusConfig::default() }] {
        let spoken = packets(config, &speech(48_000));
        assert!(matches!(Mode::of(&spoken[20]), Some(Mode::Hybrid | Mode::WideSilk)));
        let (mut whole, mut pieces, mut piece) = (Vec::new(), Vec::new(), Vec::new());
        for size in [240, 480, 960] {
            let mut decoder = OpusDecoder::new().unwrap();
            for packet in &spoken[..20] {
                let _ = decoder.decode(packet, &mut piece).unwrap();
            }
            pieces.clear();
            for _ in 0..1_920 / size {
                let _ = decoder.conceal(size, &mut piece).unwrap();
                pieces.extend_from_slice(&piece);
            }
            if size == 240 {
                whole.clone_from(&pieces);
            } else {
                let alike = correlation(&whole, &pieces);
                assert!(alike > 0.97, "{size}: {alike}");
            }
        }
    }
}

#[test]
fn the_speech_models_are_there_and_at_work() {
    // One coding mode: the enhancer and the model for concealment work on 16 kHz linear prediction.
    let pcm = speech(3 * 48_000);
    let spoken = packets(OpusConfig { kbps: Kbps(14), ..with_fec() }, &pcm);
    assert_eq!(Mode::of(&spoken[100]), Some(Mode::WideSilk));
    let decoded: Vec<_> = [4, 5, 6, 7].map(|complexity| lossy(&spoken, 0, complexity, false).0).into();
    assert!(decoded[0] == decoded[1], "concealment that was not needed");
    assert!(decoded[1] != decoded[2] && decoded[2] != decoded[3], "no enhancer, or the same one twice");
    // Without the model for concealment both would be the same.
    let distance = [4, 5].map(|complexity| loudness_distance(&decoded[0], &lossy(&spoken, 6, complexity, false).0));
    assert!(distance[1] < 0.97 * distance[0], "dB without and with the model: {distance:?}");
}

#[test]
fn a_lost_frame_comes_back_from_its_coarse_copy() {
    let pcm = speech(3 * 48_000);
    for frame in [FrameLength::Ms10, FrameLength::Ms20] {
        let spoken = packets(OpusConfig { frame, ..with_fec() }, &pcm);
        let mut closeness = [0.0_f32; 2];
        for (restored, sum) in closeness.iter_mut().enumerate() {
            let mut decoder = OpusDecoder::with_complexity(0).unwrap();
            let (mut heard, mut pcm_out, mut repairs) = (Vec::new(), Vec::new(), Vec::new());
            let samples = frame.samples();
            for pair in spoken.chunks_exact(2) {
                if restored == 1 {
                    repairs.push(decoder.restore(&pair[1], samples, samples, &mut pcm_out).unwrap());
                } else {
                    let _ = decoder.conceal(samples, &mut pcm_out).unwrap();
                }
                heard.extend_from_slice(&pcm_out);
                let _ = decoder.decode(&pair[1], &mut pcm_out).unwrap();
                heard.extend_from_slice(&pcm_out);
            }
            assert!(restored == 0 || share(&repairs, Repair::Fec) > 0.6, "{repairs:?}");
            *sum = correlation(&pcm, &heard[312..]);
        }
        assert!(closeness[1] > closeness[0] + 0.1, "{frame:?}: concealed, restored: {closeness:?}");
    }
}

#[test]
fn a_long_gap_comes_back_from_deep_redundancy() {
    let pcm = speech(6 * 48_000);
    let spoken = packets(with_dred(), &pcm);
    let whole = lossy(&spoken, 0, DEEP, false).0;
    for run in [3, 10] {
        let (concealed, _) = lossy(&spoken, run, DEEP, false);
        let (restored, repairs) = lossy(&spoken, run, DEEP, true);
        // In the first second the encoder is still filling its history.
        assert!(share(&repairs, Repair::Dred) >= 0.9, "{run}: {repairs:?}");
        let [far, near] = [concealed, restored].map(|heard| loudness_distance(&whole[48_000..], &heard[48_000..]));
        assert!(near < 0.6 * far, "{run} frames lost, dB: concealed {far}, restored {near}");
    }
}

#[test]
fn what_the_redundancy_does_not_reach_is_concealed() {
    let short = OpusConfig { dred: Duration::from_millis(200), ..with_dred() };
    let spoken = packets(short, &speech(3 * 48_000));
    let mut decoder = OpusDecoder::new().unwrap();
    let mut pcm = Vec::new();
    // Before the first packet there is nothing to go on from.
    assert_eq!(decoder.restore(&spoken[100], 960, 960, &mut pcm), Ok(Repair::None));
    for packet in &spoken[..100] {
        let _ = decoder.decode(packet, &mut pcm).unwrap();
    }
    let mut answers = Vec::new();
    for missing in 0..40 {
        answers.push(decoder.restore(&spoken[140], (40 - missing) * 960, 960, &mut pcm).unwrap());
        assert_eq!(pcm.len(), 960);
    }
    let first = answers.iter().position(|repair| *repair == Repair::Dred).unwrap();
    assert!((26..=31).contains(&first), "200 ms are 10 frames and at most 40 ms more: {first}");
    assert!(answers[..first].iter().all(|repair| *repair == Repair::None), "{answers:?}");
    assert!(answers[first..].iter().all(|repair| *repair == Repair::Dred), "{answers:?}");
}

#[test]
fn the_coarse_copy_comes_before_deep_redundancy_and_only_at_its_place() {
    let config = OpusConfig { fec: true, kbps: Kbps(48), ..with_dred() };
    let spoken = packets(config, &speech(3 * 48_000));
    let at = (100..).find(|at| carries_fec(&spoken[*at])).unwrap();
    let mut decoder = OpusDecoder::new().unwrap();
    let mut pcm = Vec::new();
    for packet in &spoken[..at - 3] {
        let _ = decoder.decode(packet, &mut pcm).unwrap();
    }
    assert_eq!(decoder.restore(&spoken[at], 3 * 960, 960, &mut pcm), Ok(Repair::Dred));
    // Two frames at once: the older from deep redundancy, the newer from the coarse copy.
    assert_eq!(decoder.restore(&spoken[at], 2 * 960, 2 * 960, &mut pcm), Ok(Repair::Fec));
    assert_eq!(pcm.len(), 1_920);
    assert_eq!(decoder.decode(&spoken[at], &mut pcm), Ok(960));
    // A piece that does not hold the whole copy.
    assert_eq!(decoder.restore(&spoken[at], 480, 480, &mut pcm), Ok(Repair::Dred));
    for (back, samples) in [(0, 960), (960, 1_920), (961, 960), (960, 0), (usize::MAX, 960)] {
        assert!(matches!(decoder.restore(&spoken[at], back, samples, &mut pcm), Err(CodecError::Argument(_))));
        assert!(pcm.is_empty());
    }
    assert_eq!(decoder.restore(&[], 960, 960, &mut pcm), Err(PacketFault::Empty.into()));
}

#[test]
fn a_stereo_packet_becomes_mono() {
    let mut code = 0;
    let pcm = vec![0.1_f32; 2 * FRAME_SAMPLES];
    let mut packet = vec![0_u8; MAX_AUDIO_BYTES];
    // SAFETY: a stereo encoder of 48 kHz, two samples for each of 960 instants, and room as told.
    let length = unsafe {
        let stereo = opusic_sys::opus_encoder_create(48_000, 2, opusic_sys::OPUS_APPLICATION_AUDIO, &raw mut code);
        assert!(!stereo.is_null());
        let length = opusic_sys::opus_encode_float(stereo, pcm.as_ptr(), 960, packet.as_mut_ptr(), 1_275);
        opusic_sys::opus_encoder_destroy(stereo);
        length
    };
    packet.truncate(usize::try_from(length).unwrap());
    assert_eq!(packet[0] & 4, 4, "the packet is stereo");
    let mut heard = Vec::new();
    assert_eq!(OpusDecoder::new().unwrap().decode(&packet, &mut heard), Ok(FRAME_SAMPLES));
    assert!(heard.iter().all(|sample| sample.is_finite()));
}

/// A packet that nobody's encoder made: noise, a damaged real one, or one whose padding claims to be deep redundancy.
fn hostile(dice: &mut Dice, real: &[Vec<u8>]) -> Vec<u8> {
    match dice.below(4) {
        0 => (0..dice.below(1_400)).map(|_| dice.byte()).collect(),
        1 => {
            // One frame with padding (RFC 6716 §3.2.5); extension 126 (252) takes the rest: its mark, its version, then anything.
            let (frame, padding) = (dice.below(60), 3 + dice.below(200));
            let mut packet = vec![dice.byte() | 3, 0x41, padding as u8];
            packet.extend((0..frame).map(|_| dice.byte()));
            packet.extend([252, b'D', 12]);
            packet.extend((3..padding).map(|_| dice.byte()));
            packet
        }
        _ => {
            let mut packet = real[dice.below(real.len())].clone();
            for _ in 0..=dice.below(8) {
                let at = dice.below(packet.len());
                packet[at] = dice.byte();
            }
            if dice.below(2) == 0 {
                packet.truncate(1 + dice.below(packet.len()));
            }
            packet
        }
    }
}

#[test]
fn garbage_is_refused_or_decoded_and_speech_goes_on_after_it() {
    let pcm = speech(48_000);
    let mut spoken = packets(with_dred(), &pcm);
    spoken.extend(packets(OpusConfig { kbps: Kbps(48), ..with_fec() }, &pcm));
    let mut decoder = OpusDecoder::new().unwrap();
    let mut dice = Dice::new(7);
    let (mut heard, mut refused, mut taken, mut dred, mut fec) = (Vec::new(), 0, 0, 0, 0);
    for _ in 0..20_000 {
        let packet = hostile(&mut dice, &spoken);
        let samples = CONCEAL_STEP * (1 + dice.below(16));
        let back = if dice.below(2) == 0 { samples } else { samples + CONCEAL_STEP * dice.below(600) };
        let answer = match dice.below(8) {
            0..4 => decoder.decode(&packet, &mut heard),
            4 => decoder.conceal(samples, &mut heard),
            _ => decoder.restore(&packet, back, samples, &mut heard).map(|repair| {
                match repair {
                    Repair::Dred => dred += 1,
                    Repair::Fec => fec += 1,
                    Repair::None => {}
                }
                samples
            }),
        };
        match answer {
            Ok(samples) => {
                taken += 1;
                assert_eq!(heard.len(), samples);
                assert!(samples <= MAX_PACKET_SAMPLES && heard.iter().all(|sample| (-1.0..=1.0).contains(sample)));
            }
            Err(CodecError::PacketRefused(_)) => {
                refused += 1;
                assert!(heard.is_empty());
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(refused > 1_000 && taken > 1_000, "refused {refused}, taken {taken}");
    assert!(dred > 100 && fec > 100, "restored by deep redundancy {dred}, by coarse copies {fec}");
    let (mut all, calm) = (Vec::new(), packets(OpusConfig::default(), &pcm));
    for packet in &calm {
        let _ = decoder.decode(packet, &mut heard).unwrap();
        all.extend_from_slice(&heard);
    }
    assert!(correlation(&pcm[24_000..], &all[24_000 + 312..]) >= 0.85);
    // Nothing that is no number is left in the models either.
    let _ = decoder.conceal(960, &mut heard).unwrap();
    assert!(energy(&heard) > 1e-4);
}

#[test]
fn what_a_packet_carries_of_those_before_it_is_known_before_it_is_played() {
    let reach = |config: OpusConfig| {
        let mut decoder = OpusDecoder::new().unwrap();
        let (mut heard, mut carried) = (Vec::new(), Vec::new());
        for packet in packets(config, &speech(3 * 48_000)) {
            carried.push(decoder.carries(&packet, 24_000));
            let _ = decoder.decode(&packet, &mut heard).unwrap();
        }
        carried.sort_unstable();
        carried[carried.len() / 2]
    };
    assert_eq!(reach(OpusConfig::default()), 0);
    assert_eq!(reach(OpusConfig { fec: true, expected_loss: 20, ..OpusConfig::default() }), FRAME_SAMPLES);
    let deep = OpusConfig { dred: Duration::from_millis(300), expected_loss: 20, ..OpusConfig::default() };
    assert!(reach(deep) >= 4 * FRAME_SAMPLES, "{}", reach(deep));
    assert_eq!(OpusDecoder::new().unwrap().carries(&[3, 0], 24_000), 0);
}
