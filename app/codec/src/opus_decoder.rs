//! Opus packets (RFC 6716) to speech: 48 kHz mono, with what is missing restored from later packets or made up.
//! The audio worker of a call owns one and asks it for every frame of playout, oldest first.
//! A packet passes the gate before the decoder's state is touched, and what leaves can always be played.

// Why unsafe: libopus is C. The state is created, used and destroyed here and its pointer never leaves this file.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::ptr::{self, NonNull};

use ahoy_media::{Repair, SAMPLE_RATE};

use crate::error::{CodecError, PacketFault};
use crate::opus_dred::Dred;
use crate::opus_packet::{MAX_PACKET_SAMPLES, Mode, carries_fec, frame_samples, opus_gate};

/// Concealment comes in steps of 2.5 ms.
const CONCEAL_STEP: usize = 120;

/// The linear prediction modes conceal no less than 10 ms at a time.
const SILK_STEP: usize = 480;

/// The least complexity at which libopus conceals with its speech model (5) and cleans up coded speech with the better
/// of its two enhancers (7); above it nothing more is done.
const DEEP: u8 = 7;

/// libopus' own ceiling.
const MAX_COMPLEXITY: u8 = 10;

/// An Opus decoder for one direction of one call.
#[derive(Debug)]
pub struct OpusDecoder {
    state: NonNull<opusic_sys::OpusDecoder>,
    dred: Dred,
    /// How the packet before was coded: concealment goes on in its mode.
    mode: Option<Mode>,
    /// Concealed already and not asked for yet: the rest of a [`SILK_STEP`].
    spare: Vec<f32>,
}

// SAFETY: the states are plain memory owned by this value alone; libopus keeps nothing tied to a thread.
unsafe impl Send for OpusDecoder {}

impl OpusDecoder {
    /// Opens a decoder with deep concealment and speech enhancement.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus has no memory.
    pub fn new() -> Result<Self, CodecError> {
        Self::with_complexity(DEEP)
    }

    /// Opens a decoder that works as hard as told: below 5 it conceals without, below 6 it decodes without a speech model.
    ///
    /// # Errors
    /// [`CodecError::Argument`] for a complexity above 10; [`CodecError::Library`] when libopus has no memory.
    pub fn with_complexity(complexity: u8) -> Result<Self, CodecError> {
        if complexity > MAX_COMPLEXITY {
            return Err(CodecError::Argument("Opus complexity is 0 to 10"));
        }
        let dred = Dred::new()?;
        let mut code: c_int = opusic_sys::OPUS_OK;
        // SAFETY: plain numbers that libopus documents as valid, and a place for the result.
        let state = unsafe { opusic_sys::opus_decoder_create(SAMPLE_RATE.cast_signed(), 1, &raw mut code) };
        let state = NonNull::new(state).ok_or(CodecError::Library { call: "opus_decoder_create", code })?;
        let decoder = Self { state, dred, mode: None, spare: Vec::new() };
        // SAFETY: the state is live, and this request takes one int.
        let code = unsafe {
            opusic_sys::opus_decoder_ctl(
                decoder.state.as_ptr(),
                opusic_sys::OPUS_SET_COMPLEXITY_REQUEST,
                c_int::from(complexity),
            )
        };
        if code == opusic_sys::OPUS_OK {
            Ok(decoder)
        } else {
            Err(CodecError::Library { call: "opus_decoder_ctl", code })
        }
    }

    /// Decodes `packet` into `pcm`, which is emptied first; returns the number of samples.
    ///
    /// # Errors
    /// [`CodecError::PacketRefused`]: `pcm` is empty and the caller conceals.
    pub fn decode(&mut self, packet: &[u8], pcm: &mut Vec<f32>) -> Result<usize, CodecError> {
        pcm.clear();
        let samples = opus_gate(packet)?;
        self.spare.clear();
        self.packet_into(packet, samples, false, pcm)?;
        Ok(pcm.len())
    }

    /// Makes up `samples` that were lost (a multiple of 120, at most [`MAX_PACKET_SAMPLES`]) into `pcm`, which is emptied first.
    /// It goes on with the sound before and fades.
    ///
    /// # Errors
    /// [`CodecError::Argument`] for another number of samples.
    pub fn conceal(&mut self, samples: usize, pcm: &mut Vec<f32>) -> Result<usize, CodecError> {
        pcm.clear();
        checked(samples)?;
        self.conceal_into(samples, pcm)?;
        Ok(pcm.len())
    }

    /// Restores `samples` that were lost into `pcm`, which is emptied first, from what the later packet `from` says about them.
    /// The missing piece starts `back` samples before the start of `from`; both are multiples of 120.
    ///
    /// In-band FEC (RFC 6716 §2.1.7) gives the frame directly before `from`, so only a piece that ends there can have it;
    /// deep redundancy gives what it reaches; the rest is concealed. The answer names the better of those that were used.
    /// Of several missing pieces the oldest comes first; `from` itself is decoded afterwards as usual.
    ///
    /// # Errors
    /// [`CodecError::PacketRefused`] when `from` is no Opus packet, [`CodecError::Argument`] for another number of samples or a
    /// piece that does not end before `from`: `pcm` is empty, the decoder was not touched and the caller conceals.
    pub fn restore(
        &mut self,
        from: &[u8],
        back: usize,
        samples: usize,
        pcm: &mut Vec<f32>,
    ) -> Result<Repair, CodecError> {
        pcm.clear();
        let _ = opus_gate(from)?;
        checked(samples)?;
        if back < samples || !back.is_multiple_of(CONCEAL_STEP) {
            return Err(CodecError::Argument("what is restored ends before the packet it is restored from"));
        }
        let coarse = if back == samples { self.fec_samples(from).filter(|coarse| *coarse <= samples) } else { None };
        let older = samples - coarse.unwrap_or(0);
        let mut repair = Repair::None;
        if older > 0 {
            repair = self.older_into(from, back, older, pcm)?;
        }
        if let Some(coarse) = coarse {
            self.spare.clear();
            self.packet_into(from, coarse, true, pcm)?;
            repair = Repair::Fec;
        }
        Ok(repair)
    }

    /// How far before its own start `packet` carries what can be restored, in samples, at most about `most`; 0 when it carries nothing.
    /// Packets that do not pass the gate carry nothing.
    pub fn carries(&mut self, packet: &[u8], most: usize) -> usize {
        if opus_gate(packet).is_err() {
            return 0;
        }
        let coarse = self.fec_samples(packet).unwrap_or(0);
        let able = !matches!(self.mode, None | Some(Mode::NarrowSilk));
        let deep = if able { self.dred.covers(packet, most) } else { 0..0 };
        coarse.max(if deep.start < most { deep.end.min(most) } else { 0 })
    }

    /// Samples of the coarse copy in `from` that this decoder can use now: after a transform packet it cannot use any.
    fn fec_samples(&self, from: &[u8]) -> Option<usize> {
        let usable = self.mode != Some(Mode::Celt) && carries_fec(from);
        usable.then(|| frame_samples(from))
    }

    /// Restores from deep redundancy where it covers the greater part of the piece, else conceals.
    fn older_into(
        &mut self,
        from: &[u8],
        back: usize,
        samples: usize,
        pcm: &mut Vec<f32>,
    ) -> Result<Repair, CodecError> {
        // The speech model works at 16 kHz: nothing is there to work on before the first packet or after a narrower one.
        let able = !matches!(self.mode, None | Some(Mode::NarrowSilk));
        if able {
            let covers = self.dred.covers(from, back);
            let known = back.min(covers.end).saturating_sub(covers.start.max(back - samples));
            if 2 * known >= samples
                && let Some(features) = self.dred.features()
            {
                self.spare.clear();
                let start = grow(pcm, samples);
                // SAFETY: the state is live, the features are too and stay so during the call; pcm has `samples` mono floats from `start`.
                let made = unsafe {
                    opusic_sys::opus_decoder_dred_decode_float(
                        self.state.as_ptr(),
                        features,
                        back as i32,
                        pcm.as_mut_ptr().add(start),
                        samples as i32,
                    )
                };
                return tidy(pcm, start, made, "opus_decoder_dred_decode_float").map(|()| Repair::Dred);
            }
        }
        self.conceal_into(samples, pcm).map(|()| Repair::None)
    }

    /// Appends `samples` of made-up sound. The speech modes make at least 10 ms and libopus would throw away what was not asked
    /// for, which tears the next piece off this one; here it is kept.
    fn conceal_into(&mut self, samples: usize, pcm: &mut Vec<f32>) -> Result<(), CodecError> {
        let kept = samples.min(self.spare.len());
        pcm.extend(self.spare.drain(..kept));
        let wanted = samples - kept;
        if wanted == 0 {
            return Ok(());
        }
        let step = match self.mode {
            Some(Mode::Celt) | None => CONCEAL_STEP,
            Some(Mode::NarrowSilk | Mode::WideSilk | Mode::Hybrid) => SILK_STEP,
        };
        let made = wanted.next_multiple_of(step);
        let start = grow(pcm, made);
        // SAFETY: the state is live; no packet (null of length 0) asks for concealment; pcm has `made` mono floats from `start`.
        let code = unsafe {
            let place = pcm.as_mut_ptr().add(start);
            opusic_sys::opus_decode_float(self.state.as_ptr(), ptr::null(), 0, place, made as c_int, 0)
        };
        tidy(pcm, start, code, "opus_decode_float")?;
        self.spare.extend(pcm.drain(start + wanted..));
        Ok(())
    }

    /// Appends what `packet`, which passed the gate, holds: itself, or the coarse copy of what was before it.
    fn packet_into(&mut self, packet: &[u8], samples: usize, fec: bool, pcm: &mut Vec<f32>) -> Result<(), CodecError> {
        let start = grow(pcm, samples);
        // SAFETY: the state is live; packet is readable for the length told; pcm has `samples` mono floats from `start`.
        let made = unsafe {
            opusic_sys::opus_decode_float(
                self.state.as_ptr(),
                packet.as_ptr(),
                packet.len() as i32,
                pcm.as_mut_ptr().add(start),
                samples as c_int,
                c_int::from(fec),
            )
        };
        tidy(pcm, start, made, "opus_decode_float").map_err(|_| {
            pcm.clear();
            CodecError::from(PacketFault::Broken)
        })?;
        self.mode = Mode::of(packet);
        Ok(())
    }
}

/// # Errors
/// [`CodecError::Argument`] for a length that libopus cannot make.
fn checked(samples: usize) -> Result<(), CodecError> {
    if (1..=MAX_PACKET_SAMPLES).contains(&samples) && samples.is_multiple_of(CONCEAL_STEP) {
        Ok(())
    } else {
        Err(CodecError::Argument("lost sound is a multiple of 120 samples up to 5760"))
    }
}

/// Makes room for `samples` more; returns where they start.
fn grow(pcm: &mut Vec<f32>, samples: usize) -> usize {
    let start = pcm.len();
    pcm.resize(start + samples, 0.0);
    start
}

/// Checks what libopus answered. A hostile stream may drive the synthesis out of range; what leaves here can always be played.
///
/// # Errors
/// [`CodecError::Library`] when nothing was made: `pcm` ends at `start`.
fn tidy(pcm: &mut Vec<f32>, start: usize, made: c_int, call: &'static str) -> Result<(), CodecError> {
    let count = usize::try_from(made).unwrap_or(0).min(pcm.len() - start);
    if count == 0 {
        pcm.truncate(start);
        return Err(CodecError::Library { call, code: made });
    }
    // Less than asked for is as good as silence after it: time goes on for the caller.
    pcm[start + count..].fill(0.0);
    for sample in &mut pcm[start..] {
        *sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
    }
    Ok(())
}

impl Drop for OpusDecoder {
    fn drop(&mut self) {
        // SAFETY: created by opus_decoder_create, destroyed once.
        unsafe { opusic_sys::opus_decoder_destroy(self.state.as_ptr()) }
    }
}

#[cfg(test)]
#[path = "opus_decoder_tests.rs"]
mod tests;
