//! The start of a VP9 frame up to its size (VP9 bitstream specification 0.6, §6.2) and the gate that reads it.
//! The decoder asks it before libvpx sees a byte; a fuzzer may call it alone.
//! Only what our encoder makes passes: profile 0, one shown frame, no repeats, sides within the limit.

use ahoy_media::Size;
use ahoy_media::video::{MAX_VIDEO_FRAME_BYTES, MAX_VIDEO_SIDE};

use crate::error::{CodecError, FrameFault};
use crate::vp9_bits::Bits;

const FRAME_MARKER: u32 = 2;
const SYNC_CODE: u32 = 0x49_83_42;
/// Reserved, and RGB, which needs another profile.
const COLOUR_SPACES_UNKNOWN: [u32; 2] = [6, 7];

/// What the header says about a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// It can be decoded alone.
    pub key: bool,
    /// Where its size comes from.
    pub size: FrameSize,
    /// The decoder's slots (0 to 7) it predicts from; meaningless in a key frame.
    pub references: [u8; 3],
    /// Bit n set: it replaces slot n.
    pub refresh: u8,
    /// It takes nothing from the frames before it but their pictures.
    pub error_resilient: bool,
    /// The first bit of those that tell the size.
    pub(crate) size_at: usize,
    /// The first bit after them.
    pub(crate) size_end: usize,
}

/// Where a frame's size comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameSize {
    /// Written in the frame.
    Own(Size),
    /// That of the picture behind this entry (0 to 2) of [`FrameHeader::references`].
    OfReference(u8),
}

/// Reads the header of `frame`.
///
/// # Errors
/// [`CodecError::FrameRefused`] for everything that is not one shown profile-0 frame with sides of 1 to [`MAX_VIDEO_SIDE`].
pub fn vp9_gate(frame: &[u8]) -> Result<FrameHeader, CodecError> {
    Ok(read(frame)?)
}

fn read(frame: &[u8]) -> Result<FrameHeader, FrameFault> {
    if frame.len() > MAX_VIDEO_FRAME_BYTES {
        return Err(FrameFault::TooLong(frame.len()));
    }
    // An encoder never ends a lone frame on this pattern; a bundle's index always does (annex B).
    if frame.last().is_some_and(|last| last & 0xe0 == 0xc0) {
        return Err(FrameFault::Superframe);
    }
    let mut bits = Bits::new(frame);
    if bits.take(2)? != FRAME_MARKER {
        return Err(FrameFault::Marker);
    }
    let profile = bits.take(1)? | (bits.take(1)? << 1);
    if profile != 0 {
        return Err(FrameFault::Profile(profile as u8));
    }
    if bits.flag()? {
        return Err(FrameFault::Repeat);
    }
    let key = !bits.flag()?;
    if !bits.flag()? {
        return Err(FrameFault::Hidden);
    }
    let error_resilient = bits.flag()?;
    if key { read_key(&mut bits, error_resilient) } else { read_delta(&mut bits, error_resilient) }
}

fn read_key(bits: &mut Bits<'_>, error_resilient: bool) -> Result<FrameHeader, FrameFault> {
    if bits.take(24)? != SYNC_CODE {
        return Err(FrameFault::SyncCode);
    }
    if COLOUR_SPACES_UNKNOWN.contains(&bits.take(3)?) {
        return Err(FrameFault::Colour);
    }
    let _full_range = bits.flag()?;
    let size_at = bits.at;
    let size = FrameSize::Own(read_size(bits)?);
    Ok(FrameHeader { key: true, size, references: [0; 3], refresh: 0xff, error_resilient, size_at, size_end: bits.at })
}

/// A shown frame is never intra-only: that bit exists in hidden frames alone.
fn read_delta(bits: &mut Bits<'_>, error_resilient: bool) -> Result<FrameHeader, FrameFault> {
    if !error_resilient {
        let _reset_frame_context = bits.take(2)?;
    }
    let refresh = bits.take(8)? as u8;
    let mut references = [0; 3];
    for slot in &mut references {
        *slot = bits.take(3)? as u8;
        let _sign_bias = bits.flag()?;
    }
    let size_at = bits.at;
    let mut size = None;
    for entry in 0..3 {
        if bits.flag()? {
            size = Some(FrameSize::OfReference(entry));
            break;
        }
    }
    let size = match size {
        Some(size) => size,
        None => FrameSize::Own(read_size(bits)?),
    };
    Ok(FrameHeader { key: false, size, references, refresh, error_resilient, size_at, size_end: bits.at })
}

fn read_size(bits: &mut Bits<'_>) -> Result<Size, FrameFault> {
    let width = bits.take(16)? + 1;
    let height = bits.take(16)? + 1;
    match (u16::try_from(width), u16::try_from(height)) {
        (Ok(w), Ok(h)) if w <= MAX_VIDEO_SIDE && h <= MAX_VIDEO_SIDE => Ok(Size::new(w, h)),
        _ => Err(FrameFault::TooLarge { width, height }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key frame's header, 640x480, as the specification lays it out, and two bytes of what follows.
    const KEY: [u8; 12] = [0x82, 0x49, 0x83, 0x42, 0x00, 0x27, 0xf0, 0x1d, 0xf0, 0x00, 0x12, 0x34];

    fn fault(frame: &[u8]) -> FrameFault {
        match vp9_gate(frame) {
            Err(CodecError::FrameRefused(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }

    fn with(at: usize, byte: u8) -> Vec<u8> {
        let mut frame = KEY.to_vec();
        frame[at] = byte;
        frame
    }

    #[test]
    fn a_key_frame_tells_its_size() {
        let header = FrameHeader {
            key: true,
            size: FrameSize::Own(Size::VGA),
            references: [0; 3],
            refresh: 0xff,
            error_resilient: false,
            size_at: 36,
            size_end: 68,
        };
        assert_eq!(vp9_gate(&KEY), Ok(header));
    }

    #[test]
    fn a_delta_frame_tells_its_slots() {
        // Shown, error resilient, refreshes slot 0; references 0, 1, 2; not the first's size but the second's.
        let frame = [0x87, 0b0000_0001, 0b0000_0010, 0b0100_0100, 0];
        let header = FrameHeader {
            key: false,
            size: FrameSize::OfReference(1),
            references: [0, 1, 2],
            refresh: 1,
            error_resilient: true,
            size_at: 28,
            size_end: 30,
        };
        assert_eq!(vp9_gate(&frame), Ok(header));
    }

    #[test]
    fn each_departure_has_its_name() {
        assert_eq!(fault(&[]), FrameFault::Cut);
        for length in 1..9 {
            assert_eq!(fault(&KEY[..length]), FrameFault::Cut, "{length}");
        }
        assert_eq!(fault(&vec![0x82; MAX_VIDEO_FRAME_BYTES + 1]), FrameFault::TooLong(MAX_VIDEO_FRAME_BYTES + 1));
        for marker in [0x02, 0x42, 0xc2] {
            assert_eq!(fault(&with(0, marker)), FrameFault::Marker);
        }
        assert_eq!(fault(&with(0, 0xa2)), FrameFault::Profile(1));
        assert_eq!(fault(&with(0, 0x92)), FrameFault::Profile(2));
        assert_eq!(fault(&with(0, 0xb2)), FrameFault::Profile(3));
        assert_eq!(fault(&with(0, 0x8a)), FrameFault::Repeat);
        assert_eq!(fault(&with(0, 0x80)), FrameFault::Hidden);
        assert_eq!(fault(&with(2, 0x84)), FrameFault::SyncCode);
        assert_eq!(fault(&with(4, 0xe0)), FrameFault::Colour);
        assert_eq!(fault(&with(4, 0xc0)), FrameFault::Colour);
        for index in 0xc0..=0xdf {
            assert_eq!(fault(&with(11, index)), FrameFault::Superframe);
        }
    }

    #[test]
    fn no_side_exceeds_the_limit() {
        let sized = |width: u32, height: u32| {
            let (w, h) = ((width - 1).to_be_bytes(), (height - 1).to_be_bytes());
            let bits = [0, w[2], w[3], h[2], h[3], 0, 0];
            let mut frame = KEY[..4].to_vec();
            frame.extend(bits.windows(2).map(|pair| (pair[0] << 4) | (pair[1] >> 4)));
            frame
        };
        assert_eq!(sized(640, 480)[..9], KEY[..9]);
        assert_eq!(vp9_gate(&sized(1_920, 1_920)).unwrap().size, FrameSize::Own(Size::new(1_920, 1_920)));
        assert_eq!(vp9_gate(&sized(1, 1)).unwrap().size, FrameSize::Own(Size::new(1, 1)));
        for (width, height) in [(1_921, 480), (640, 1_921), (65_535, 65_535), (65_536, 65_536)] {
            assert_eq!(fault(&sized(width, height)), FrameFault::TooLarge { width, height });
        }
    }
}
