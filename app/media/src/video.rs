//! One encoded picture and its wire form: the whole of one unidirectional stream.
//! The encode thread writes it, the decode thread parses it before anything else looks at it.
//! Nothing is allocated before the caps are checked; sides above 1920 never reach the decoder.

use bytes::{BufMut, Bytes, BytesMut};

use crate::audio::{WireError, split};
use crate::units::{MediaTime, Size};

/// Most bytes of one encoded frame on the wire, header included.
pub const MAX_VIDEO_FRAME_BYTES: usize = 512 * 1024;

/// The longest side a picture may have.
pub const MAX_VIDEO_SIDE: u16 = 1920;

/// Most references of one frame: what a VP9 inter frame can have (VP9 bitstream specification §7.2).
pub const MAX_REFERENCES: usize = 3;

/// The fixed part: `[4 sequence][8 timestamp_us][1 flags][2 width][2 height]`, big endian.
/// Flags: bit 0 key, bits 1-2 the number of references; the rest is zero.
/// It is followed by `[1 distance]` for each reference and the data up to the end of the stream.
pub const VIDEO_HEADER_BYTES: usize = 17;

const KEY: u8 = 1;
const REFERENCES_SHIFT: u32 = 1;
const KNOWN_FLAGS: u8 = 0b111;

/// The frames that one needs: how many frames back each lies. A key frame needs none, any other at least one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct References {
    distances: [u8; MAX_REFERENCES],
    count: u8,
}

impl References {
    /// What a key frame needs.
    pub const NONE: Self = Self { distances: [0; MAX_REFERENCES], count: 0 };

    /// What a frame of a single chain needs: the one before it.
    pub const PREVIOUS: Self = Self { distances: [1, 0, 0], count: 1 };

    /// References from their distances; `None` when there are too many or one is 0.
    #[must_use]
    pub fn new(distances: &[u8]) -> Option<Self> {
        let mut references = Self::NONE;
        references.distances.get_mut(..distances.len())?.copy_from_slice(distances);
        references.count = u8::try_from(distances.len()).ok()?;
        (!distances.contains(&0)).then_some(references)
    }

    /// How many frames back each reference lies, 1 to 255.
    #[must_use]
    pub fn distances(&self) -> &[u8] {
        &self.distances[..usize::from(self.count)]
    }
}

/// One encoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoFrame {
    /// Counts encoded frames from 0, without gaps at the sender.
    pub sequence: u32,
    /// When the picture was captured.
    pub at: MediaTime,
    /// Whether it stands alone.
    pub key: bool,
    /// Width and height of the picture.
    pub size: Size,
    /// The frames it needs.
    pub references: References,
    /// VP9 data.
    pub data: Bytes,
}

impl VideoFrame {
    /// The wire form.
    ///
    /// # Errors
    /// [`WireError`] when the frame breaks a rule that every receiver checks: size, references, length.
    pub fn encode(&self) -> Result<Bytes, WireError> {
        self.check()?;
        let distances = self.references.distances();
        let length = VIDEO_HEADER_BYTES + distances.len() + self.data.len();
        if length > MAX_VIDEO_FRAME_BYTES {
            return Err(WireError::Oversized { have: length, cap: MAX_VIDEO_FRAME_BYTES });
        }
        let mut out = BytesMut::with_capacity(length);
        out.put_u32(self.sequence);
        out.put_u64(self.at.0);
        out.put_u8(u8::from(self.key) | self.references.count << REFERENCES_SHIFT);
        out.put_u16(self.size.width);
        out.put_u16(self.size.height);
        out.put_slice(distances);
        out.put_slice(&self.data);
        Ok(out.freeze())
    }

    /// Reads the wire form; the data stays in `bytes` without being copied.
    ///
    /// # Errors
    /// [`WireError`] when it is too long, too short, or a field has a value that no sender of ours writes.
    pub fn decode(bytes: &Bytes) -> Result<Self, WireError> {
        if bytes.len() > MAX_VIDEO_FRAME_BYTES {
            return Err(WireError::Oversized { have: bytes.len(), cap: MAX_VIDEO_FRAME_BYTES });
        }
        let (header, rest) = split::<VIDEO_HEADER_BYTES>(bytes)?;
        let [s3, s2, s1, s0, t7, t6, t5, t4, t3, t2, t1, t0, flags, w1, w0, h1, h0] = header;
        if flags & !KNOWN_FLAGS != 0 {
            return Err(WireError::Field("flags"));
        }
        let count = usize::from(flags >> REFERENCES_SHIFT);
        let short = WireError::Short { have: bytes.len(), need: VIDEO_HEADER_BYTES + count + 1 };
        let (distances, data) = rest.split_at_checked(count).ok_or(short)?;
        if data.is_empty() {
            return Err(short);
        }
        let frame = Self {
            sequence: u32::from_be_bytes([s3, s2, s1, s0]),
            at: MediaTime(u64::from_be_bytes([t7, t6, t5, t4, t3, t2, t1, t0])),
            key: flags & KEY != 0,
            size: Size::new(u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0])),
            references: References::new(distances).ok_or(WireError::Field("reference distance"))?,
            data: rest.slice(count..),
        };
        frame.check()?;
        Ok(frame)
    }

    fn check(&self) -> Result<(), WireError> {
        let side = 1..=MAX_VIDEO_SIDE;
        if !side.contains(&self.size.width) || !side.contains(&self.size.height) {
            return Err(WireError::Field("picture size"));
        }
        let distances = self.references.distances();
        if self.key != distances.is_empty() {
            return Err(WireError::Field("number of references"));
        }
        // Nothing lies before frame 0.
        if distances.iter().any(|&distance| u32::from(distance) > self.sequence) {
            return Err(WireError::Field("reference distance"));
        }
        if self.data.is_empty() {
            return Err(WireError::Field("empty data"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> VideoFrame {
        VideoFrame {
            sequence: 0x0102_0304,
            at: MediaTime(0x1122_3344_5566_7788),
            key: false,
            size: Size::VGA,
            references: References::new(&[1, 5]).unwrap(),
            data: Bytes::from_static(b"vp9"),
        }
    }

    const GOLDEN: [u8; 22] =
        [1, 2, 3, 4, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0b100, 2, 0x80, 1, 0xE0, 1, 5, b'v', b'p', b'9'];

    #[test]
    fn golden_bytes() {
        assert_eq!(frame().encode().unwrap()[..], GOLDEN);
        assert_eq!(VideoFrame::decode(&Bytes::from_static(&GOLDEN)), Ok(frame()));
        let key = VideoFrame { key: true, references: References::NONE, sequence: 0, ..frame() };
        let bytes = key.encode().unwrap();
        assert_eq!(bytes[12..], [1, 2, 0x80, 1, 0xE0, b'v', b'p', b'9']);
        assert_eq!(VideoFrame::decode(&bytes), Ok(key));
    }

    #[test]
    fn impossible_fields_are_refused() {
        let with = |at: usize, value: &[u8]| {
            let mut bytes = GOLDEN.to_vec();
            bytes[at..at + value.len()].copy_from_slice(value);
            VideoFrame::decode(&bytes.into())
        };
        assert_eq!(with(12, &[0x80]), Err(WireError::Field("flags")));
        assert_eq!(with(12, &[0b101]), Err(WireError::Field("number of references")), "a key frame needs none");
        assert_eq!(with(12, &[0]), Err(WireError::Field("number of references")), "any other needs one");
        assert_eq!(with(13, &[0, 0]), Err(WireError::Field("picture size")));
        assert_eq!(with(15, &[0x07, 0x81]), Err(WireError::Field("picture size")), "1921 rows");
        assert_eq!(with(17, &[0]), Err(WireError::Field("reference distance")));
        assert_eq!(with(0, &[0, 0, 0, 4]), Err(WireError::Field("reference distance")), "before frame 0");
        for length in 0..20 {
            let cut = Bytes::copy_from_slice(&GOLDEN[..length]);
            assert!(matches!(VideoFrame::decode(&cut), Err(WireError::Short { .. })), "{length}");
        }
    }

    #[test]
    fn the_cap_holds_both_ways() {
        let largest = MAX_VIDEO_FRAME_BYTES - VIDEO_HEADER_BYTES - 2;
        let frame = |length| VideoFrame { data: vec![7; length].into(), ..frame() };
        assert_eq!(VideoFrame::decode(&frame(largest).encode().unwrap()), Ok(frame(largest)));
        assert!(matches!(frame(largest + 1).encode(), Err(WireError::Oversized { .. })));
        let flood = Bytes::from(vec![0; MAX_VIDEO_FRAME_BYTES + 1]);
        assert!(matches!(VideoFrame::decode(&flood), Err(WireError::Oversized { .. })));
    }

    #[test]
    fn what_is_accepted_from_garbage_encodes_to_the_same_bytes() {
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let mut accepted = 0;
        for _ in 0..50_000 {
            let mut bytes = GOLDEN.to_vec();
            for _ in 0..next() % 4 {
                let at = (next() % GOLDEN.len() as u64) as usize;
                bytes[at] = next() as u8;
            }
            bytes.truncate((next() % 30) as usize);
            let bytes = Bytes::from(bytes);
            if let Ok(frame) = VideoFrame::decode(&bytes) {
                assert_eq!(frame.encode().unwrap(), bytes);
                accepted += 1;
            }
        }
        assert!(accepted > 1_000, "the garbage must come near the truth: {accepted}");
    }
}
