//! Speech to Opus packets (RFC 6716): 48 kHz mono, 10 to 60 ms a frame.
//! The audio worker of a call owns one, feeds it every captured frame and turns it as the network asks.
//! Constant bit rate unless told otherwise: the length of a packet must not tell what is said (RFC 6562).

// Why unsafe: libopus is C. The state is created, used and destroyed here and its pointer never leaves this file.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::ptr::NonNull;
use std::time::Duration;

use ahoy_media::audio::MAX_AUDIO_BYTES;
use ahoy_media::units::FrameLength;
use ahoy_media::{AudioCodec, Kbps, SAMPLE_RATE};

use crate::error::CodecError;

/// Up to this many bits a second a voice is coded as one: measured at 16 kbit/s, PESQ 3.9 in place of 3.6; at 24 it is the other way.
const SPEECH_UP_TO: u32 = 18_000;

/// The least rate libopus codes 20 ms mono at.
const MIN_KBPS: u32 = 6;
/// The largest packet 50 times a second.
const MAX_KBPS: u32 = 510;
/// Variable rate is for narrow links and keeps to what they carry: the least and the most of its mean.
const VARIABLE_KBPS: (u32, u32) = (16, 32);
/// libopus' own ceiling.
const MAX_COMPLEXITY: u8 = 10;
/// Measured with recorded speech, 48 kHz, PESQ at 16, 24 and 32 kbit/s: 3.84, 4.28 and 4.42 at 9, 3.77, 4.26 and 4.40 at 6 told that
/// it is speech; 0.06 ms of 20 between them.
const DEFAULT_COMPLEXITY: u8 = 9;
/// From here on libopus analyses the sound and knows speech from music by itself. Below it guesses, and took speech at 24 and
/// 32 kbit/s for music (PESQ 3.58 and 3.78).
const ANALYSES: u8 = 7;
/// Up to 5 % of expected loss libopus leaves the coarse copy out where the full band needs the bits (at 32 kbit/s always);
/// above, it narrows the band until the copy fits.
const FEC_LEAST_LOSS: u8 = 6;
/// Without any expected loss libopus gives deep redundancy no bits.
const DRED_LEAST_LOSS: u8 = 1;
/// The unit that libopus counts deep redundancy in.
const DRED_UNIT: Duration = Duration::from_millis(10);
/// The furthest it reaches back: 26 steps of 40 ms.
const MAX_DRED_UNITS: u128 = 104;

/// How speech is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpusConfig {
    /// Full band, or limited to 12 kHz of sound.
    pub codec: AudioCodec,
    /// Constant rate, held within 6 to 510 kbit/s; with `vbr` the mean rate, held within 16 to 32.
    pub kbps: Kbps,
    /// How much sound one packet carries.
    pub frame: FrameLength,
    /// 0 (least work) to 10.
    pub complexity: u8,
    /// Each packet of speech carries a coarse copy of the frame before it, taken out of its rate; at least 24 kbit/s are wanted,
    /// far below that libopus finds no room for it.
    pub fec: bool,
    /// The loss the sender expects, in percent (0 to 100): more of it, less prediction between frames and more bits for repair.
    pub expected_loss: u8,
    /// How far back each packet describes earlier speech, at most 1.04 s, zero for not at all. Taken out of its rate, of what
    /// is above 12 kbit/s (20 with `fec`); at lower rates little or nothing of it fits.
    pub dred: Duration,
    /// Packets as long as the sound needs (constrained variable rate). Their lengths tell about what is said.
    pub vbr: bool,
    /// 2.5 ms of look-ahead in place of 6.5 ms. Transform coding only: no `fec`, and it wants 32 kbit/s or more.
    pub low_delay: bool,
}

impl Default for OpusConfig {
    fn default() -> Self {
        Self {
            codec: AudioCodec::Opus48k,
            kbps: Kbps(32),
            frame: FrameLength::Ms20,
            complexity: DEFAULT_COMPLEXITY,
            fec: false,
            expected_loss: 0,
            dred: Duration::ZERO,
            vbr: false,
            low_delay: false,
        }
    }
}

/// An Opus encoder for one direction of one call.
#[derive(Debug)]
pub struct OpusEncoder {
    state: State,
    config: OpusConfig,
    lookahead: usize,
    /// The frame before, which a new state is warmed with.
    last: Vec<f32>,
    /// The state is new to the decoder: its next packet must not build on earlier ones.
    fresh: bool,
}

impl OpusEncoder {
    /// Opens an encoder.
    ///
    /// # Errors
    /// [`CodecError::Argument`] for a complexity above 10 or a loss above 100 %; [`CodecError::Library`] when libopus has no memory.
    pub fn new(config: OpusConfig) -> Result<Self, CodecError> {
        check(config)?;
        let state = State::open(config)?;
        let lookahead = state.lookahead()?;
        Ok(Self { state, config, lookahead, last: Vec::new(), fresh: false })
    }

    /// Codes one frame of `config().frame` samples (-1 to 1) into `packet`, which is emptied first.
    ///
    /// # Errors
    /// [`CodecError::Argument`] when `pcm` is not one frame; [`CodecError::Library`] when libopus fails.
    pub fn encode(&mut self, pcm: &[f32], packet: &mut Vec<u8>) -> Result<(), CodecError> {
        packet.clear();
        if pcm.len() != self.config.frame.samples() {
            return Err(CodecError::Argument("a sound frame has as many samples as the encoder was set to"));
        }
        if self.fresh {
            self.state.set(opusic_sys::OPUS_SET_PREDICTION_DISABLED_REQUEST, 1)?;
        }
        self.state.encode(pcm, packet)?;
        if self.fresh {
            self.state.set(opusic_sys::OPUS_SET_PREDICTION_DISABLED_REQUEST, 0)?;
            self.fresh = false;
        }
        self.last.clear();
        self.last.extend_from_slice(pcm);
        Ok(())
    }

    /// How it codes now.
    #[must_use]
    pub fn config(&self) -> OpusConfig {
        self.config
    }

    /// Changes the rate from the next frame on.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus refuses.
    pub fn set_kbps(&mut self, kbps: Kbps) -> Result<(), CodecError> {
        self.change(OpusConfig { kbps, ..self.config })
    }

    /// Changes the length of a frame from the next one on.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus refuses.
    pub fn set_frame(&mut self, frame: FrameLength) -> Result<(), CodecError> {
        self.change(OpusConfig { frame, ..self.config })
    }

    /// Carries coarse copies from the next frame on, or no longer.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus refuses.
    pub fn set_fec(&mut self, fec: bool) -> Result<(), CodecError> {
        self.change(OpusConfig { fec, ..self.config })
    }

    /// Tells the loss to expect from the next frame on, in percent.
    ///
    /// # Errors
    /// [`CodecError::Argument`] above 100 %; [`CodecError::Library`] when libopus refuses.
    pub fn set_expected_loss(&mut self, percent: u8) -> Result<(), CodecError> {
        self.change(OpusConfig { expected_loss: percent, ..self.config })
    }

    /// Describes earlier speech up to `reach` back from the next frame on. After zero it takes `reach` until all of it is there.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus refuses.
    pub fn set_dred(&mut self, reach: Duration) -> Result<(), CodecError> {
        self.change(OpusConfig { dred: reach, ..self.config })
    }

    /// Looks 2.5 ms ahead from the next frame on, or 6.5 ms again: 4 ms of sound are left out, or come twice.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus has no memory.
    pub fn set_low_delay(&mut self, low_delay: bool) -> Result<(), CodecError> {
        if self.config.low_delay == low_delay {
            return Ok(());
        }
        // libopus cannot change this in a running state. The new one codes the frame before once more, for nobody, so that it
        // knows what came before the first frame that is sent.
        let config = OpusConfig { low_delay, ..self.config };
        let state = State::open(config)?;
        if !self.last.is_empty() {
            state.encode(&self.last, &mut Vec::new())?;
            self.fresh = true;
        }
        self.lookahead = state.lookahead()?;
        (self.state, self.config) = (state, config);
        Ok(())
    }

    /// Samples at 48 kHz by which decoded sound trails what was fed in, beyond the frame itself (encoder and decoder together).
    #[must_use]
    pub fn lookahead(&self) -> usize {
        self.lookahead
    }

    fn change(&mut self, config: OpusConfig) -> Result<(), CodecError> {
        check(config)?;
        self.state.apply(config)?;
        self.config = config;
        Ok(())
    }
}

/// # Errors
/// [`CodecError::Argument`] for what libopus would refuse.
fn check(config: OpusConfig) -> Result<(), CodecError> {
    if config.complexity > MAX_COMPLEXITY {
        return Err(CodecError::Argument("Opus complexity is 0 to 10"));
    }
    if config.expected_loss > 100 {
        return Err(CodecError::Argument("expected loss is 0 to 100 percent"));
    }
    Ok(())
}

/// libopus' side of an encoder.
#[derive(Debug)]
struct State(NonNull<opusic_sys::OpusEncoder>);

// SAFETY: the state is plain memory owned by this value alone; libopus keeps nothing tied to a thread.
unsafe impl Send for State {}

impl State {
    fn open(config: OpusConfig) -> Result<Self, CodecError> {
        // Not the "voip" one: its high-pass filter shifts the voice's low end (waveform correlation of speech 0.89 instead of 0.94),
        // and microphones are filtered before they come here. Coding modes and delay are the same.
        let application = if config.low_delay {
            opusic_sys::OPUS_APPLICATION_RESTRICTED_LOWDELAY
        } else {
            opusic_sys::OPUS_APPLICATION_AUDIO
        };
        let mut code: c_int = opusic_sys::OPUS_OK;
        // SAFETY: plain numbers that libopus documents as valid, and a place for the result.
        let state =
            unsafe { opusic_sys::opus_encoder_create(SAMPLE_RATE.cast_signed(), 1, application, &raw mut code) };
        let state = Self(NonNull::new(state).ok_or(CodecError::Library { call: "opus_encoder_create", code })?);
        state.set(opusic_sys::OPUS_SET_DTX_REQUEST, 0)?;
        state.apply(config)?;
        Ok(state)
    }

    /// Sets everything that can change between two frames. What is as it was costs nothing.
    fn apply(&self, config: OpusConfig) -> Result<(), CodecError> {
        let widest = match config.codec {
            AudioCodec::Opus48k => opusic_sys::OPUS_BANDWIDTH_FULLBAND,
            AudioCodec::Opus24k => opusic_sys::OPUS_BANDWIDTH_SUPERWIDEBAND,
        };
        let (least, most) = if config.vbr { VARIABLE_KBPS } else { (MIN_KBPS, MAX_KBPS) };
        let bits = config.kbps.0.clamp(least, most) * 1_000;
        // Only the speech modes carry the coarse copy; without it the content may choose, where libopus looks at it and has bits.
        let speech = config.fec || config.complexity < ANALYSES || bits <= SPEECH_UP_TO;
        let signal = if speech { opusic_sys::OPUS_SIGNAL_VOICE } else { opusic_sys::OPUS_AUTO };
        let dred = config.dred.as_nanos().div_ceil(DRED_UNIT.as_nanos()).min(MAX_DRED_UNITS) as c_int;
        let least_loss = match (config.fec, dred) {
            (true, _) => FEC_LEAST_LOSS,
            (false, 1..) => DRED_LEAST_LOSS,
            (false, _) => 0,
        };
        self.set(opusic_sys::OPUS_SET_MAX_BANDWIDTH_REQUEST, widest)?;
        self.set(opusic_sys::OPUS_SET_VBR_REQUEST, c_int::from(config.vbr))?;
        self.set(opusic_sys::OPUS_SET_VBR_CONSTRAINT_REQUEST, 1)?;
        self.set(opusic_sys::OPUS_SET_BITRATE_REQUEST, bits.cast_signed())?;
        self.set(opusic_sys::OPUS_SET_COMPLEXITY_REQUEST, c_int::from(config.complexity))?;
        self.set(opusic_sys::OPUS_SET_INBAND_FEC_REQUEST, c_int::from(config.fec))?;
        self.set(opusic_sys::OPUS_SET_SIGNAL_REQUEST, signal)?;
        self.set(opusic_sys::OPUS_SET_PACKET_LOSS_PERC_REQUEST, c_int::from(config.expected_loss.max(least_loss)))?;
        self.set(opusic_sys::OPUS_SET_DRED_DURATION_REQUEST, dred)
    }

    fn encode(&self, pcm: &[f32], packet: &mut Vec<u8>) -> Result<(), CodecError> {
        packet.resize(MAX_AUDIO_BYTES, 0);
        // SAFETY: the state is live; pcm holds as many mono samples and packet as many writable bytes as told.
        let length = unsafe {
            opusic_sys::opus_encode_float(
                self.0.as_ptr(),
                pcm.as_ptr(),
                pcm.len() as c_int,
                packet.as_mut_ptr(),
                MAX_AUDIO_BYTES as i32,
            )
        };
        packet.truncate(usize::try_from(length).unwrap_or(0));
        if length > 0 { Ok(()) } else { Err(CodecError::Library { call: "opus_encode_float", code: length }) }
    }

    fn set(&self, request: c_int, value: c_int) -> Result<(), CodecError> {
        // SAFETY: the state is live, and every request used in this file with a value takes one int.
        let code = unsafe { opusic_sys::opus_encoder_ctl(self.0.as_ptr(), request, value) };
        if code == opusic_sys::OPUS_OK { Ok(()) } else { Err(CodecError::Library { call: "opus_encoder_ctl", code }) }
    }

    fn lookahead(&self) -> Result<usize, CodecError> {
        let mut samples: i32 = 0;
        // SAFETY: the state is live, and this request takes a pointer to one writable int.
        let code = unsafe {
            opusic_sys::opus_encoder_ctl(self.0.as_ptr(), opusic_sys::OPUS_GET_LOOKAHEAD_REQUEST, &raw mut samples)
        };
        match usize::try_from(samples) {
            Ok(samples) if code == opusic_sys::OPUS_OK => Ok(samples),
            Ok(_) | Err(_) => Err(CodecError::Library { call: "opus_encoder_ctl", code }),
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: created by opus_encoder_create, destroyed once.
        unsafe { opusic_sys::opus_encoder_destroy(self.0.as_ptr()) }
    }
}

#[cfg(test)]
#[path = "opus_encoder_tests.rs"]
mod tests;
