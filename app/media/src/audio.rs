//! One packet of Opus sound and its two wire forms.
//! The audio worker sends and parses the datagram form; the stream form is for fallbacks and recordings.
//! Parsing never allocates more than it was given and never panics.

use bytes::{BufMut, Bytes, BytesMut};
use thiserror::Error;

use crate::units::MediaTime;

/// First byte of a datagram that holds sound.
pub const AUDIO_KIND: u8 = 1;

/// Header of the datagram form: `[1 kind][2 sequence, low 16 bits][4 timestamp_us, low 32 bits]`, big endian.
pub const AUDIO_HEADER_BYTES: usize = 7;

/// Header of the founding stream form: `[4 sequence][8 timestamp_us][2 length]`, big endian.
pub const AUDIO_STREAM_HEADER_BYTES: usize = 14;

/// Most Opus bytes of one packet: what RFC 6716 §3.2.1 allows for one frame.
pub const MAX_AUDIO_BYTES: usize = 1_275;

/// One encoded audio frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    /// Counts frames from 0.
    pub sequence: u32,
    /// When the sender captured the first sample.
    pub at: MediaTime,
    /// Opus data.
    pub data: Bytes,
}

/// Why bytes are not media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WireError {
    /// Ends before its fields do; the sender is damaged or of another version.
    #[error("media packet ends after {have} of at least {need} bytes; it was dropped")]
    Short {
        /// Bytes there were.
        have: usize,
        /// Bytes there must be.
        need: usize,
    },
    /// Longer than this kind may be.
    #[error("media packet has {have} bytes, more than the {cap} allowed; it was dropped")]
    Oversized {
        /// Bytes there were.
        have: usize,
        /// The cap.
        cap: usize,
    },
    /// The first byte names no kind known here.
    #[error("media packet of unknown kind {0}; it was dropped")]
    Kind(u8),
    /// A field has a value that its kind does not allow.
    #[error("media packet with impossible {0}; it was dropped")]
    Field(&'static str),
}

/// The newest full sequence and timestamp seen, against which short ones are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newest {
    /// Full sequence number.
    pub sequence: u32,
    /// Full timestamp.
    pub at: MediaTime,
}

impl AudioPacket {
    /// The datagram form.
    #[must_use]
    pub fn to_datagram(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(AUDIO_HEADER_BYTES + self.data.len());
        out.put_u8(AUDIO_KIND);
        out.put_slice(&self.sequence.to_be_bytes()[2..]);
        out.put_slice(&self.at.0.to_be_bytes()[4..]);
        out.put_slice(&self.data);
        out.freeze()
    }

    /// Reads the datagram form; the short fields are taken as the values nearest to `newest`.
    ///
    /// # Errors
    /// [`WireError`] when it is no audio datagram of ours.
    pub fn from_datagram(bytes: &Bytes, newest: Option<Newest>) -> Result<Self, WireError> {
        let (header, data) = split::<AUDIO_HEADER_BYTES>(bytes)?;
        let [kind, s1, s0, t3, t2, t1, t0] = header;
        if kind != AUDIO_KIND {
            return Err(WireError::Kind(kind));
        }
        cap(data.len())?;
        let sequence = u16::from_be_bytes([s1, s0]);
        let at = u32::from_be_bytes([t3, t2, t1, t0]);
        let (sequence, at) = match newest {
            Some(newest) => (unwrap_16(sequence, newest.sequence), unwrap_32(at, newest.at.0)),
            None => (u32::from(sequence), u64::from(at)),
        };
        Ok(Self { sequence, at: MediaTime(at), data })
    }

    /// The founding stream form.
    ///
    /// # Errors
    /// [`WireError::Oversized`] when `data` is longer than [`MAX_AUDIO_BYTES`].
    pub fn to_stream(&self) -> Result<Bytes, WireError> {
        cap(self.data.len())?;
        let length = u16::try_from(self.data.len()).expect("the cap is below 64 KiB");
        let mut out = BytesMut::with_capacity(AUDIO_STREAM_HEADER_BYTES + self.data.len());
        out.put_u32(self.sequence);
        out.put_u64(self.at.0);
        out.put_u16(length);
        out.put_slice(&self.data);
        Ok(out.freeze())
    }

    /// Reads one packet from the head of a stream; `Ok(None)` when more bytes are needed, else the packet and the bytes it took.
    ///
    /// # Errors
    /// [`WireError::Oversized`] as soon as the length field breaks the cap.
    pub fn from_stream(bytes: &Bytes) -> Result<Option<(Self, usize)>, WireError> {
        let Ok((header, rest)) = split::<AUDIO_STREAM_HEADER_BYTES>(bytes) else {
            return Ok(None);
        };
        let [s3, s2, s1, s0, t7, t6, t5, t4, t3, t2, t1, t0, l1, l0] = header;
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        cap(length)?;
        if rest.len() < length {
            return Ok(None);
        }
        let packet = Self {
            sequence: u32::from_be_bytes([s3, s2, s1, s0]),
            at: MediaTime(u64::from_be_bytes([t7, t6, t5, t4, t3, t2, t1, t0])),
            data: rest.slice(..length),
        };
        Ok(Some((packet, AUDIO_STREAM_HEADER_BYTES + length)))
    }
}

fn cap(length: usize) -> Result<(), WireError> {
    if length > MAX_AUDIO_BYTES { Err(WireError::Oversized { have: length, cap: MAX_AUDIO_BYTES }) } else { Ok(()) }
}

/// Cuts a fixed header off the front.
pub(crate) fn split<const N: usize>(bytes: &Bytes) -> Result<([u8; N], Bytes), WireError> {
    match bytes.first_chunk::<N>() {
        Some(header) => Ok((*header, bytes.slice(N..))),
        None => Err(WireError::Short { have: bytes.len(), need: N }),
    }
}

/// The number nearest to `near` whose low 16 bits are `low`.
fn unwrap_16(low: u16, near: u32) -> u32 {
    let [.., n1, n0] = near.to_be_bytes();
    let step = low.wrapping_sub(u16::from_be_bytes([n1, n0])).cast_signed();
    near.wrapping_add_signed(i32::from(step))
}

/// The number nearest to `near` whose low 32 bits are `low`.
fn unwrap_32(low: u32, near: u64) -> u64 {
    let [.., n3, n2, n1, n0] = near.to_be_bytes();
    let step = low.wrapping_sub(u32::from_be_bytes([n3, n2, n1, n0])).cast_signed();
    near.wrapping_add_signed(i64::from(step))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet() -> AudioPacket {
        AudioPacket {
            sequence: 0x0001_0203,
            at: MediaTime(0x0011_2233_4455_6677),
            data: Bytes::from_static(&[0xAA, 0xBB]),
        }
    }

    #[test]
    fn golden_datagram() {
        let bytes = packet().to_datagram();
        assert_eq!(&bytes[..], [1, 0x02, 0x03, 0x44, 0x55, 0x66, 0x77, 0xAA, 0xBB]);
        let newest = Newest { sequence: 0x0001_0200, at: MediaTime(0x0011_2233_4455_0000) };
        assert_eq!(AudioPacket::from_datagram(&bytes, Some(newest)), Ok(packet()));
        let first = AudioPacket::from_datagram(&bytes, None).expect("valid");
        assert_eq!((first.sequence, first.at), (0x0203, MediaTime(0x4455_6677)));
    }

    #[test]
    fn golden_stream() {
        let bytes = packet().to_stream().expect("small");
        assert_eq!(&bytes[..], [0, 1, 2, 3, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0, 2, 0xAA, 0xBB]);
        assert_eq!(AudioPacket::from_stream(&bytes), Ok(Some((packet(), 16))));
        assert_eq!(AudioPacket::from_stream(&bytes.slice(..15)), Ok(None));
    }

    #[test]
    fn short_fields_unwrap_around_both_edges() {
        assert_eq!(unwrap_16(2, 0x0001_FFFE), 0x0002_0002);
        assert_eq!(unwrap_16(0xFFFE, 0x0002_0002), 0x0001_FFFE);
        assert_eq!(unwrap_32(5, 0x1_FFFF_FFF0), 0x2_0000_0005);
        assert_eq!(unwrap_32(0xFFFF_FFF0, 0x2_0000_0005), 0x1_FFFF_FFF0);
    }

    #[test]
    fn garbage_is_a_typed_error() {
        assert_eq!(
            AudioPacket::from_datagram(&Bytes::from_static(&[1, 2]), None),
            Err(WireError::Short { have: 2, need: 7 })
        );
        assert_eq!(AudioPacket::from_datagram(&Bytes::from_static(&[9; 20]), None), Err(WireError::Kind(9)));
        let long = Bytes::from(vec![1; AUDIO_HEADER_BYTES + MAX_AUDIO_BYTES + 1]);
        assert_eq!(AudioPacket::from_datagram(&long, None), Err(WireError::Oversized { have: 1_276, cap: 1_275 }));
        let stream = Bytes::from(vec![0xFF; 40]);
        assert_eq!(AudioPacket::from_stream(&stream), Err(WireError::Oversized { have: 65_535, cap: 1_275 }));
    }
}
