//! Opus packets (RFC 6716) to speech: 48 kHz mono, with concealment of what is missing.
//! The audio worker of a call owns one and asks it for every frame of playout.
//! A packet passes the gate before the decoder's state is touched.

// Why unsafe: libopus is C. The state is created, used and destroyed here and its pointer never leaves this file.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::ptr::{self, NonNull};

use ahoy_media::audio::MAX_AUDIO_BYTES;
use ahoy_media::{FRAME_SAMPLES, SAMPLE_RATE};

use crate::error::{CodecError, PacketFault};

/// Samples of the longest packet, 120 ms (RFC 6716 §3.4, rule R5).
pub const MAX_PACKET_SAMPLES: usize = 5_760;

/// Concealment comes in steps of 2.5 ms.
const CONCEAL_STEP: usize = 120;

/// 120 ms of the shortest frames, 2.5 ms: libopus' own bound for a packet.
const MAX_FRAMES: usize = 48;

/// Samples that `packet` decodes to (at most [`MAX_PACKET_SAMPLES`]), when it is a whole Opus packet, mono or stereo.
///
/// # Errors
/// [`CodecError::PacketRefused`] with what is wrong.
pub fn opus_gate(packet: &[u8]) -> Result<usize, CodecError> {
    if packet.is_empty() {
        return Err(PacketFault::Empty.into());
    }
    if packet.len() > MAX_AUDIO_BYTES {
        return Err(PacketFault::TooLong(packet.len()).into());
    }
    let mut sizes = [0_i16; MAX_FRAMES];
    // SAFETY: packet is readable for the length told and not empty; libopus writes at most 48 sizes and allows null for the rest.
    let (frames, samples) = unsafe {
        let frames = opusic_sys::opus_packet_parse(
            packet.as_ptr(),
            packet.len() as i32,
            ptr::null_mut(),
            ptr::null_mut(),
            sizes.as_mut_ptr(),
            ptr::null_mut(),
        );
        (frames, opusic_sys::opus_packet_get_samples_per_frame(packet.as_ptr(), SAMPLE_RATE.cast_signed()))
    };
    match (usize::try_from(frames), usize::try_from(samples)) {
        (Ok(frames), Ok(samples)) if (1..=MAX_PACKET_SAMPLES).contains(&(frames * samples)) => Ok(frames * samples),
        _ => Err(PacketFault::Malformed.into()),
    }
}

/// An Opus decoder for one direction of one call.
#[derive(Debug)]
pub struct OpusDecoder {
    state: NonNull<opusic_sys::OpusDecoder>,
}

// SAFETY: the state is plain memory owned by this value alone; libopus keeps nothing tied to a thread.
unsafe impl Send for OpusDecoder {}

impl OpusDecoder {
    /// Opens a decoder.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus has no memory.
    pub fn new() -> Result<Self, CodecError> {
        let mut code: c_int = opusic_sys::OPUS_OK;
        // SAFETY: plain numbers that libopus documents as valid, and a place for the result.
        let state = unsafe { opusic_sys::opus_decoder_create(SAMPLE_RATE.cast_signed(), 1, &raw mut code) };
        let state = NonNull::new(state).ok_or(CodecError::Library { call: "opus_decoder_create", code })?;
        Ok(Self { state })
    }

    /// Decodes `packet` into `pcm`, which is emptied first; returns the number of samples.
    ///
    /// # Errors
    /// [`CodecError::PacketRefused`]: `pcm` is empty and the caller conceals.
    pub fn decode(&mut self, packet: &[u8], pcm: &mut Vec<f32>) -> Result<usize, CodecError> {
        pcm.clear();
        let samples = opus_gate(packet)?;
        self.run(Some(packet), samples, false, pcm)
    }

    /// Makes up `samples` that were lost (a multiple of 120, at most one frame) into `pcm`, which is emptied first.
    ///
    /// # Errors
    /// [`CodecError::Argument`] for another number of samples.
    pub fn conceal(&mut self, samples: usize, pcm: &mut Vec<f32>) -> Result<usize, CodecError> {
        pcm.clear();
        if samples == 0 || samples > FRAME_SAMPLES || !samples.is_multiple_of(CONCEAL_STEP) {
            return Err(CodecError::Argument("concealment takes a multiple of 120 samples up to 960"));
        }
        self.run(None, samples, false, pcm)
    }

    /// Restores the frame before `next` from the coarse copy in it, or conceals where there is none, into `pcm`, which is emptied first.
    /// `next` itself is decoded afterwards as usual.
    ///
    /// # Errors
    /// [`CodecError::PacketRefused`] as for [`Self::decode`].
    pub fn restore_before(&mut self, next: &[u8], pcm: &mut Vec<f32>) -> Result<usize, CodecError> {
        pcm.clear();
        let _ = opus_gate(next)?;
        self.run(Some(next), FRAME_SAMPLES, true, pcm)
    }

    fn run(
        &mut self,
        packet: Option<&[u8]>,
        samples: usize,
        fec: bool,
        pcm: &mut Vec<f32>,
    ) -> Result<usize, CodecError> {
        pcm.resize(samples, 0.0);
        let (data, length) = packet.map_or((ptr::null(), 0), |packet| (packet.as_ptr(), packet.len() as i32));
        // SAFETY: the state is live; data is null with length 0 (concealment) or readable for length bytes; pcm holds `samples` mono floats.
        let decoded = unsafe {
            opusic_sys::opus_decode_float(
                self.state.as_ptr(),
                data,
                length,
                pcm.as_mut_ptr(),
                samples as c_int,
                c_int::from(fec),
            )
        };
        let count = usize::try_from(decoded).unwrap_or(0).min(samples);
        pcm.truncate(count);
        if count > 0 {
            // A hostile stream may drive the synthesis out of range; what leaves here can always be played.
            for sample in pcm.iter_mut() {
                *sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
            }
            Ok(count)
        } else if packet.is_some() {
            Err(PacketFault::Broken.into())
        } else {
            Err(CodecError::Library { call: "opus_decode_float", code: decoded })
        }
    }
}

impl Drop for OpusDecoder {
    fn drop(&mut self) {
        // SAFETY: created by opus_decoder_create, destroyed once.
        unsafe { opusic_sys::opus_decoder_destroy(self.state.as_ptr()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opus_encoder::{OpusConfig, OpusEncoder};
    use crate::synthetic::{Dice, correlation, speech};

    fn packets(config: OpusConfig, pcm: &[f32]) -> Vec<Vec<u8>> {
        let mut encoder = OpusEncoder::new(config).unwrap();
        let mut packet = Vec::new();
        pcm.chunks_exact(FRAME_SAMPLES)
            .map(|block| {
                encoder.encode(block, &mut packet).unwrap();
                packet.clone()
            })
            .collect()
    }

    fn energy(pcm: &[f32]) -> f32 {
        pcm.iter().map(|sample| sample * sample).sum()
    }

    #[test]
    fn concealment_goes_on_with_the_sound_and_then_fades() {
        let mut decoder = OpusDecoder::new().unwrap();
        let mut pcm = Vec::new();
        let spoken = packets(OpusConfig::default(), &speech(48_000));
        for packet in &spoken[..20] {
            let _ = decoder.decode(packet, &mut pcm).unwrap();
        }
        let (mut first, mut last) = (0.0, 0.0);
        for round in 0..50 {
            for samples in [960, 120, 240, 480, 600] {
                assert_eq!(decoder.conceal(samples, &mut pcm), Ok(samples));
                assert_eq!(pcm.len(), samples);
                assert!(pcm.iter().all(|sample| sample.is_finite()));
                if samples == FRAME_SAMPLES && round == 0 {
                    first = energy(&pcm);
                }
                last = energy(&pcm);
            }
        }
        assert!(first > 1e-3, "nothing was made up: {first}");
        assert!(last < first / 100.0, "made-up sound never fades: {first} {last}");
        for samples in [0, 1, 119, 961, 1_080, usize::MAX] {
            assert!(matches!(decoder.conceal(samples, &mut pcm), Err(CodecError::Argument(_))));
        }
    }

    #[test]
    fn a_lost_frame_comes_back_from_its_coarse_copy() {
        let pcm = speech(3 * 48_000);
        let config = OpusConfig { fec: true, expected_loss: 20, ..OpusConfig::default() };
        let spoken = packets(config, &pcm);
        let mut frame = Vec::new();
        let mut closeness = [0.0_f32; 2];
        for (restored, sum) in closeness.iter_mut().enumerate() {
            let mut decoder = OpusDecoder::new().unwrap();
            let mut heard = Vec::new();
            for pair in spoken.chunks_exact(2) {
                let _ = if restored == 1 {
                    decoder.restore_before(&pair[1], &mut frame).unwrap()
                } else {
                    decoder.conceal(FRAME_SAMPLES, &mut frame).unwrap()
                };
                heard.extend_from_slice(&frame);
                let _ = decoder.decode(&pair[1], &mut frame).unwrap();
                heard.extend_from_slice(&frame);
            }
            *sum = correlation(&pcm, &heard[312..]);
        }
        assert!(closeness[1] > closeness[0] + 0.1, "concealed, restored: {closeness:?}");
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

    #[test]
    fn the_gate_names_what_is_wrong() {
        let refused = |packet: &[u8]| opus_gate(packet).unwrap_err();
        assert_eq!(refused(&[]), PacketFault::Empty.into());
        assert_eq!(refused(&[0; 1_276]), PacketFault::TooLong(1_276).into());
        // Two equal frames in an odd number of bytes; a frame count of zero; 49 frames; 2 x 60 ms + 1; a length beyond the end.
        for packet in [&[1_u8, 0][..], &[3, 0], &[3, 49, 0], &[0x1b, 3, 0], &[2, 200, 0], &[3], &[2]] {
            assert_eq!(refused(packet), PacketFault::Malformed.into(), "{packet:?}");
        }
        assert_eq!(opus_gate(&[0x1b, 2]), Ok(MAX_PACKET_SAMPLES));
    }

    #[test]
    fn garbage_is_refused_or_decoded_and_speech_goes_on_after_it() {
        let pcm = speech(48_000);
        let spoken = packets(OpusConfig::default(), &pcm);
        let mut decoder = OpusDecoder::new().unwrap();
        let mut dice = Dice::new(7);
        let (mut heard, mut refused, mut taken) = (Vec::new(), 0, 0);
        for round in 0..20_000_usize {
            let mut packet = if round.is_multiple_of(2) {
                (0..dice.below(1_400)).map(|_| dice.byte()).collect()
            } else {
                spoken[dice.below(spoken.len())].clone()
            };
            if !round.is_multiple_of(2) {
                for _ in 0..=dice.below(8) {
                    let at = dice.below(packet.len());
                    packet[at] = dice.byte();
                }
                packet.truncate(1 + dice.below(packet.len()));
            }
            match decoder.decode(&packet, &mut heard) {
                Ok(samples) => {
                    taken += 1;
                    assert_eq!(heard.len(), samples);
                    assert!(samples <= MAX_PACKET_SAMPLES && heard.iter().all(|sample| sample.is_finite()));
                }
                Err(CodecError::PacketRefused(_)) => {
                    refused += 1;
                    assert!(heard.is_empty());
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert!(refused > 1_000 && taken > 1_000, "refused {refused}, taken {taken}");
        let mut all = Vec::new();
        for packet in &spoken {
            let _ = decoder.decode(packet, &mut heard).unwrap();
            all.extend_from_slice(&heard);
        }
        assert!(correlation(&pcm[24_000..], &all[24_000 + 312..]) >= 0.9);
    }
}
