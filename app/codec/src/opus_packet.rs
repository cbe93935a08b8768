//! What a sound packet says about itself (RFC 6716 §3): its length in time, its coding mode, whether it repeats what went before.
//! The decoder asks before it touches its state; the session asks before it takes a packet from the peer.
//! Only the gate takes bytes that nobody looked at yet, everything else here takes what passed it.

// Why unsafe: libopus is C. It only reads the packet, for the length told.
#![allow(unsafe_code)]

use std::ptr;

use ahoy_media::SAMPLE_RATE;
use ahoy_media::audio::MAX_AUDIO_BYTES;

use crate::error::{CodecError, PacketFault};

/// Samples of the longest packet, 120 ms (RFC 6716 §3.4, rule R5).
pub const MAX_PACKET_SAMPLES: usize = 5_760;

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
    let frames = unsafe {
        opusic_sys::opus_packet_parse(
            packet.as_ptr(),
            packet.len() as i32,
            ptr::null_mut(),
            ptr::null_mut(),
            sizes.as_mut_ptr(),
            ptr::null_mut(),
        )
    };
    let samples = usize::try_from(frames).unwrap_or(0) * frame_samples(packet);
    if (1..=MAX_PACKET_SAMPLES).contains(&samples) { Ok(samples) } else { Err(PacketFault::Malformed.into()) }
}

/// Samples of each of the frames in `packet`, 0 when it is empty: a packet of 40 ms may hold two frames of 20 ms.
pub(crate) fn frame_samples(packet: &[u8]) -> usize {
    if packet.is_empty() {
        return 0;
    }
    // SAFETY: libopus reads the first byte alone, and there is one.
    let samples = unsafe { opusic_sys::opus_packet_get_samples_per_frame(packet.as_ptr(), SAMPLE_RATE.cast_signed()) };
    usize::try_from(samples).unwrap_or(0)
}

/// Whether `packet`, which passed the gate, carries in-band FEC: a coarse copy (LBRR) of the frame directly before it.
pub(crate) fn carries_fec(packet: &[u8]) -> bool {
    if packet.is_empty() {
        return false;
    }
    // SAFETY: packet is readable for the length told and not empty.
    unsafe { opusic_sys::opus_packet_has_lbrr(packet.as_ptr(), packet.len() as i32) == 1 }
}

/// How a packet is coded (RFC 6716 §3.1, table 2). The first byte alone tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Linear prediction at 8 or 12 kHz.
    NarrowSilk,
    /// Linear prediction at 16 kHz.
    WideSilk,
    /// Linear prediction at 16 kHz below, transform above.
    Hybrid,
    /// Transform alone.
    Celt,
}

impl Mode {
    /// The mode of `packet`, none when it is empty.
    pub(crate) fn of(packet: &[u8]) -> Option<Self> {
        packet.first().map(|toc| match toc >> 3 {
            0..=7 => Self::NarrowSilk,
            8..=11 => Self::WideSilk,
            12..=15 => Self::Hybrid,
            _ => Self::Celt,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_first_byte_tells_mode_and_frame() {
        // Configurations of RFC 6716 table 2: narrowband 10 ms, mediumband 60 ms, wideband 20 ms, hybrid 10 ms, CELT 2.5 ms.
        for (config, mode, samples) in [
            (0_u8, Mode::NarrowSilk, 480),
            (7, Mode::NarrowSilk, 2_880),
            (9, Mode::WideSilk, 960),
            (12, Mode::Hybrid, 480),
            (16, Mode::Celt, 120),
        ] {
            assert_eq!(Mode::of(&[config << 3]), Some(mode));
            assert_eq!(frame_samples(&[config << 3]), samples);
        }
        assert_eq!((Mode::of(&[]), frame_samples(&[]), carries_fec(&[])), (None, 0, false));
    }
}
