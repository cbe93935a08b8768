//! Deep redundancy (DRED, draft-ietf-mlcodec-opus-dred): up to a second of earlier speech, very coarse, inside a later packet.
//! The decoder asks it for the speech model's features when a frame is missing.
//! A packet is read once and its features are computed once, however many frames are restored from it.

// Why unsafe: libopus is C. Both states are created, used and destroyed here; the pointer that leaves is read at once by the decoder.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::ops::Range;
use std::ptr::NonNull;

use ahoy_media::SAMPLE_RATE;

use crate::error::CodecError;

/// What is read beyond the place asked for, 40 ms (one unit of the redundancy): libopus counts from the packet's start,
/// but the newest unit may reach up to 40 ms past it.
const MARGIN: usize = 1_920;

/// The furthest back any packet reaches: 26 units of 40 ms.
const MAX_REACH: usize = 49_920;

/// Reads the redundancy of packets and keeps what it read last.
#[derive(Debug)]
pub(crate) struct Dred {
    model: NonNull<opusic_sys::OpusDREDDecoder>,
    parsed: NonNull<opusic_sys::OpusDRED>,
    /// The packet that `parsed` was read from.
    packet: Vec<u8>,
    /// How far back of it was asked for.
    asked: usize,
    /// Where its speech lies, in samples before the packet's start.
    covers: Range<usize>,
    ready: bool,
}

impl Dred {
    /// Loads the model, which is part of the library.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus has no memory.
    pub(crate) fn new() -> Result<Self, CodecError> {
        let mut code: c_int = opusic_sys::OPUS_OK;
        // SAFETY: the argument is a place for the result.
        let model = NonNull::new(unsafe { opusic_sys::opus_dred_decoder_create(&raw mut code) })
            .ok_or(CodecError::Library { call: "opus_dred_decoder_create", code })?;
        // SAFETY: as above.
        let parsed = NonNull::new(unsafe { opusic_sys::opus_dred_alloc(&raw mut code) });
        let Some(parsed) = parsed else {
            // SAFETY: created above, destroyed once: no value of ours holds it yet.
            unsafe { opusic_sys::opus_dred_decoder_destroy(model.as_ptr()) };
            return Err(CodecError::Library { call: "opus_dred_alloc", code });
        };
        Ok(Self { model, parsed, packet: Vec::new(), asked: 0, covers: 0..0, ready: false })
    }

    /// Where `packet`, which passed the gate, has redundancy: samples before its start, nearest to furthest; empty when it has none.
    /// Reads no further than a little beyond `back`.
    pub(crate) fn covers(&mut self, packet: &[u8], back: usize) -> Range<usize> {
        let asked = (back + MARGIN).min(MAX_REACH);
        if self.packet != packet || self.asked < asked {
            self.read(packet, asked);
        }
        self.covers.clone()
    }

    fn read(&mut self, packet: &[u8], asked: usize) {
        let mut nearest: c_int = 0;
        // SAFETY: both states are live; packet is readable for the length told; the features are left for later; nearest is a place for an int.
        let furthest = unsafe {
            opusic_sys::opus_dred_parse(
                self.model.as_ptr(),
                self.parsed.as_ptr(),
                packet.as_ptr(),
                packet.len() as i32,
                asked as c_int,
                SAMPLE_RATE.cast_signed(),
                &raw mut nearest,
                1,
            )
        };
        let [nearest, furthest] = [nearest, furthest].map(|samples| usize::try_from(samples).unwrap_or(0));
        self.covers = nearest.min(furthest)..furthest;
        self.ready = false;
        self.asked = asked;
        self.packet.clear();
        self.packet.extend_from_slice(packet);
    }

    /// The features of the packet last asked about, to be handed to the decoder before the next call here; none when it has none.
    pub(crate) fn features(&mut self) -> Option<*const opusic_sys::OpusDRED> {
        if self.covers.is_empty() {
            return None;
        }
        if !self.ready {
            let parsed = self.parsed.as_ptr();
            // SAFETY: both states are live, and covers is not empty only when the last parse filled `parsed`; in place is allowed.
            self.ready =
                unsafe { opusic_sys::opus_dred_process(self.model.as_ptr(), parsed, parsed) == opusic_sys::OPUS_OK };
        }
        self.ready.then_some(self.parsed.as_ptr().cast_const())
    }
}

impl Drop for Dred {
    fn drop(&mut self) {
        // SAFETY: both were created in `new` and are destroyed once.
        unsafe {
            opusic_sys::opus_dred_free(self.parsed.as_ptr());
            opusic_sys::opus_dred_decoder_destroy(self.model.as_ptr());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::opus_encoder::{OpusConfig, OpusEncoder};
    use crate::synthetic::speech;

    #[test]
    fn a_packet_is_read_once_for_all_that_is_restored_from_it() {
        let config = OpusConfig { dred: Duration::from_secs(1), expected_loss: 20, ..OpusConfig::default() };
        let mut encoder = OpusEncoder::new(config).unwrap();
        let (mut packet, mut plain) = (Vec::new(), Vec::new());
        for block in speech(96_000).chunks_exact(960) {
            encoder.encode(block, &mut packet).unwrap();
        }
        OpusEncoder::new(OpusConfig::default()).unwrap().encode(&[0.1; 960], &mut plain).unwrap();
        let mut dred = Dred::new().unwrap();
        let covers = dred.covers(&packet, 2_880);
        assert!(covers.start <= 960 && covers.end >= 2_880, "{covers:?}");
        assert!(!dred.ready, "the features are not computed before somebody wants them");
        assert!(dred.features().is_some());
        for back in [1_920, 960] {
            assert_eq!(dred.covers(&packet, back), covers);
            assert!(dred.ready, "read again");
        }
        // Further back than was read, it is read again; and what another packet says is forgotten.
        assert!(dred.covers(&packet, 19_200).end >= 19_200);
        assert!(!dred.ready && dred.features().is_some());
        assert!(dred.covers(&plain, 960).is_empty());
        assert!(dred.features().is_none());
    }
}
