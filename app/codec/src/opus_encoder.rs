//! Speech to Opus packets (RFC 6716): 48 kHz mono, 20 ms a frame.
//! The audio worker of a call owns one and feeds it every captured frame.
//! Constant bit rate: the length of a packet must not tell what is said (RFC 6562).

// Why unsafe: libopus is C. The state is created, used and destroyed here and its pointer never leaves this file.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::ptr::NonNull;

use ahoy_media::audio::MAX_AUDIO_BYTES;
use ahoy_media::{AudioCodec, FRAME_SAMPLES, Kbps, SAMPLE_RATE};

use crate::error::CodecError;

/// The least rate libopus codes 20 ms mono at.
const MIN_KBPS: u32 = 6;
/// The largest packet 50 times a second.
const MAX_KBPS: u32 = 510;
/// libopus' own ceiling.
const MAX_COMPLEXITY: u8 = 10;
/// From 7 on libopus analyses the sound to pick its mode, and 7 to 10 cost the same: about 0.25 ms a frame, a hundredth of a core.
const DEFAULT_COMPLEXITY: u8 = 9;

/// How speech is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpusConfig {
    /// Full band, or limited to 12 kHz of sound.
    pub codec: AudioCodec,
    /// Constant rate, held within 6 to 510 kbit/s.
    pub kbps: Kbps,
    /// 0 (least work) to 10.
    pub complexity: u8,
    /// Each packet may carry a coarse copy of the frame before it (only while loss is expected).
    pub fec: bool,
    /// The loss the sender expects, in percent (0 to 100).
    pub expected_loss: u8,
}

impl Default for OpusConfig {
    fn default() -> Self {
        Self {
            codec: AudioCodec::Opus48k,
            kbps: Kbps(32),
            complexity: DEFAULT_COMPLEXITY,
            fec: false,
            expected_loss: 0,
        }
    }
}

/// An Opus encoder for one direction of one call.
#[derive(Debug)]
pub struct OpusEncoder {
    state: NonNull<opusic_sys::OpusEncoder>,
    lookahead: usize,
}

// SAFETY: the state is plain memory owned by this value alone; libopus keeps nothing tied to a thread.
unsafe impl Send for OpusEncoder {}

impl OpusEncoder {
    /// Opens an encoder.
    ///
    /// # Errors
    /// [`CodecError::Argument`] for a complexity above 10 or a loss above 100 %; [`CodecError::Library`] when libopus has no memory.
    pub fn new(config: OpusConfig) -> Result<Self, CodecError> {
        if config.complexity > MAX_COMPLEXITY {
            return Err(CodecError::Argument("Opus complexity is 0 to 10"));
        }
        let mut code: c_int = opusic_sys::OPUS_OK;
        // SAFETY: plain numbers that libopus documents as valid, and a place for the result.
        let state = unsafe {
            opusic_sys::opus_encoder_create(
                SAMPLE_RATE.cast_signed(),
                1,
                // Not the "voip" one: its high-pass filter shifts the voice's low end (waveform correlation of speech 0.89 instead of 0.94),
                // and microphones are filtered before they come here. Coding modes and delay are the same.
                opusic_sys::OPUS_APPLICATION_AUDIO,
                &raw mut code,
            )
        };
        let Some(state) = NonNull::new(state) else {
            return Err(CodecError::Library { call: "opus_encoder_create", code });
        };
        let mut encoder = Self { state, lookahead: 0 };
        let widest = match config.codec {
            AudioCodec::Opus48k => opusic_sys::OPUS_BANDWIDTH_FULLBAND,
            AudioCodec::Opus24k => opusic_sys::OPUS_BANDWIDTH_SUPERWIDEBAND,
        };
        encoder.set(opusic_sys::OPUS_SET_MAX_BANDWIDTH_REQUEST, widest)?;
        encoder.set(opusic_sys::OPUS_SET_VBR_REQUEST, 0)?;
        encoder.set(opusic_sys::OPUS_SET_DTX_REQUEST, 0)?;
        encoder.set(opusic_sys::OPUS_SET_COMPLEXITY_REQUEST, c_int::from(config.complexity))?;
        encoder.set(opusic_sys::OPUS_SET_INBAND_FEC_REQUEST, c_int::from(config.fec))?;
        // Only the speech modes carry the coarse copy; without it the content may choose.
        let signal = if config.fec { opusic_sys::OPUS_SIGNAL_VOICE } else { opusic_sys::OPUS_AUTO };
        encoder.set(opusic_sys::OPUS_SET_SIGNAL_REQUEST, signal)?;
        encoder.set_expected_loss(config.expected_loss)?;
        encoder.set_kbps(config.kbps)?;
        encoder.lookahead = encoder.ask_lookahead()?;
        Ok(encoder)
    }

    /// Codes one frame of [`FRAME_SAMPLES`] samples (-1 to 1) into `packet`, which is emptied first.
    ///
    /// # Errors
    /// [`CodecError::Argument`] when `pcm` is not one frame; [`CodecError::Library`] when libopus fails.
    pub fn encode(&mut self, pcm: &[f32], packet: &mut Vec<u8>) -> Result<(), CodecError> {
        packet.clear();
        if pcm.len() != FRAME_SAMPLES {
            return Err(CodecError::Argument("a sound frame is 960 samples"));
        }
        packet.resize(MAX_AUDIO_BYTES, 0);
        // SAFETY: the state is live; pcm holds FRAME_SAMPLES mono samples and packet MAX_AUDIO_BYTES writable bytes, as told.
        let length = unsafe {
            opusic_sys::opus_encode_float(
                self.state.as_ptr(),
                pcm.as_ptr(),
                FRAME_SAMPLES as c_int,
                packet.as_mut_ptr(),
                MAX_AUDIO_BYTES as i32,
            )
        };
        packet.truncate(usize::try_from(length).unwrap_or(0));
        if length > 0 { Ok(()) } else { Err(CodecError::Library { call: "opus_encode_float", code: length }) }
    }

    /// Changes the constant rate from the next frame on, held within 6 to 510 kbit/s.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus refuses.
    pub fn set_kbps(&mut self, kbps: Kbps) -> Result<(), CodecError> {
        let bits = kbps.0.clamp(MIN_KBPS, MAX_KBPS) * 1_000;
        self.set(opusic_sys::OPUS_SET_BITRATE_REQUEST, bits.cast_signed())
    }

    /// Tells the loss to expect from the next frame on, in percent: more loss, less prediction between frames and more repair data.
    ///
    /// # Errors
    /// [`CodecError::Argument`] above 100 %; [`CodecError::Library`] when libopus refuses.
    pub fn set_expected_loss(&mut self, percent: u8) -> Result<(), CodecError> {
        if percent > 100 {
            return Err(CodecError::Argument("expected loss is 0 to 100 percent"));
        }
        self.set(opusic_sys::OPUS_SET_PACKET_LOSS_PERC_REQUEST, c_int::from(percent))
    }

    /// Samples at 48 kHz by which decoded sound trails what was fed in, beyond the frame itself (encoder and decoder together).
    #[must_use]
    pub fn lookahead(&self) -> usize {
        self.lookahead
    }

    fn set(&mut self, request: c_int, value: c_int) -> Result<(), CodecError> {
        // SAFETY: the state is live, and every request used in this file takes one int.
        let code = unsafe { opusic_sys::opus_encoder_ctl(self.state.as_ptr(), request, value) };
        if code == opusic_sys::OPUS_OK { Ok(()) } else { Err(CodecError::Library { call: "opus_encoder_ctl", code }) }
    }

    fn ask_lookahead(&mut self) -> Result<usize, CodecError> {
        let mut samples: i32 = 0;
        // SAFETY: the state is live, and this request takes a pointer to one writable int.
        let code = unsafe {
            opusic_sys::opus_encoder_ctl(self.state.as_ptr(), opusic_sys::OPUS_GET_LOOKAHEAD_REQUEST, &raw mut samples)
        };
        match usize::try_from(samples) {
            Ok(samples) if code == opusic_sys::OPUS_OK => Ok(samples),
            Ok(_) | Err(_) => Err(CodecError::Library { call: "opus_encoder_ctl", code }),
        }
    }
}

impl Drop for OpusEncoder {
    fn drop(&mut self) {
        // SAFETY: created by opus_encoder_create, destroyed once.
        unsafe { opusic_sys::opus_encoder_destroy(self.state.as_ptr()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opus_decoder::OpusDecoder;
    use crate::synthetic::{correlation, speech};

    fn round_trip(config: OpusConfig, pcm: &[f32]) -> (Vec<usize>, Vec<f32>, usize) {
        let mut encoder = OpusEncoder::new(config).unwrap();
        let mut decoder = OpusDecoder::new().unwrap();
        let (mut packet, mut frame, mut heard, mut lengths) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for block in pcm.chunks_exact(FRAME_SAMPLES) {
            encoder.encode(block, &mut packet).unwrap();
            lengths.push(packet.len());
            assert_eq!(decoder.decode(&packet, &mut frame).unwrap(), FRAME_SAMPLES);
            heard.extend_from_slice(&frame);
        }
        (lengths, heard, encoder.lookahead())
    }

    #[test]
    fn speech_survives_at_the_reported_delay() {
        for codec in [AudioCodec::Opus48k, AudioCodec::Opus24k] {
            let pcm = speech(3 * SAMPLE_RATE as usize);
            let (_, heard, lookahead) = round_trip(OpusConfig { codec, ..OpusConfig::default() }, &pcm);
            assert_eq!(lookahead, 312);
            let best = (lookahead - 60..=lookahead + 60)
                .max_by(|a, b| correlation(&pcm, &heard[*a..]).total_cmp(&correlation(&pcm, &heard[*b..])))
                .unwrap();
            assert!(best.abs_diff(lookahead) <= 12, "delay {best}, reported {lookahead}");
            let alike = correlation(&pcm, &heard[lookahead..]);
            assert!(alike >= 0.9, "{codec:?}: {alike}");
        }
    }

    #[test]
    fn every_packet_has_the_length_that_the_rate_says() {
        let mut pcm = speech(SAMPLE_RATE as usize);
        pcm[..SAMPLE_RATE as usize / 4].fill(0.0);
        let (lengths, ..) = round_trip(OpusConfig::default(), &pcm);
        assert!(lengths.iter().all(|length| *length == 80), "{lengths:?}");

        let mut encoder = OpusEncoder::new(OpusConfig::default()).unwrap();
        encoder.set_kbps(Kbps(16)).unwrap();
        let mut packet = Vec::new();
        encoder.encode(&pcm[FRAME_SAMPLES * 20..FRAME_SAMPLES * 21], &mut packet).unwrap();
        assert_eq!(packet.len(), 40);
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
    }

    #[test]
    fn samples_that_are_no_numbers_do_not_spoil_what_follows() {
        let mut pcm = speech(SAMPLE_RATE as usize);
        pcm[FRAME_SAMPLES..FRAME_SAMPLES + 300].fill(f32::NAN);
        pcm[2 * FRAME_SAMPLES..2 * FRAME_SAMPLES + 300].fill(f32::INFINITY);
        let (_, heard, lookahead) = round_trip(OpusConfig::default(), &pcm);
        assert!(heard.iter().all(|sample| sample.is_finite()));
        let from = 10 * FRAME_SAMPLES;
        assert!(correlation(&pcm[from..], &heard[from + lookahead..]) >= 0.8);
    }
}
