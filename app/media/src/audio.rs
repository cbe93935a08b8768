//! Opus sound and its wire forms: a frame alone, a frame with copies of earlier ones and feedback, and the stream form.
//! The audio worker sends and parses the datagrams; the stream form is for fallbacks and recordings.
//! Parsing never allocates more than it was given and never panics.

use bytes::{BufMut, Bytes, BytesMut};
use thiserror::Error;

use crate::feedback::{FEEDBACK_BODY_BYTES, Feedback};
use crate::units::{MediaTime, Stamp};

/// First byte of a datagram that holds one frame and nothing else.
pub const AUDIO_KIND: u8 = 1;

/// First byte of a datagram that holds a frame with copies of earlier frames, feedback, or both.
pub const FULL_KIND: u8 = 3;

/// Header of the plain form: `[1 kind][2 sequence, low 16 bits][4 timestamp_us, low 32 bits]`, big endian.
pub const AUDIO_HEADER_BYTES: usize = 7;

/// Header of the full form: the plain one and `[1 extras]`: bits 0 to 2 number of copies, bit 7 feedback follows.
pub const FULL_HEADER_BYTES: usize = AUDIO_HEADER_BYTES + 1;

/// Header of the founding stream form: `[4 sequence][8 timestamp_us][2 length]`, big endian.
pub const AUDIO_STREAM_HEADER_BYTES: usize = 14;

/// Most Opus bytes of one packet: what RFC 6716 §3.2.1 allows for one frame.
pub const MAX_AUDIO_BYTES: usize = 1_275;

/// Most copies in one datagram: one more than is ever planned.
pub const MAX_COPIES: usize = 4;

/// Bits of the extras byte that hold the number of copies.
const COPIES_MASK: u8 = 0x07;

/// Bit of the extras byte: a feedback's body follows.
const HAS_FEEDBACK: u8 = 0x80;

/// Lengths from here on take two bytes (as in RFC 6716 §3.2.1).
const TWO_BYTE_LENGTH: usize = 252;

/// Microseconds of one tick of the sequence.
const TICK_US: u64 = 10_000;

/// One encoded audio frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    /// The tick (10 ms of sound, counted from 0) of its first sample: a frame of 20 ms advances it by 2.
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

/// A frame and what rides with it in one datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// The newest frame.
    pub frame: AudioPacket,
    /// Copies of earlier frames, at most [`MAX_COPIES`], the newest first; their `at` is counted back from the frame's.
    pub copies: Vec<AudioPacket>,
    /// A report that need not travel alone.
    pub feedback: Option<Feedback>,
}

impl Sound {
    /// A frame alone.
    #[must_use]
    pub fn plain(frame: AudioPacket) -> Self {
        Self { frame, copies: Vec::new(), feedback: None }
    }

    /// Whether a datagram with this first byte is for [`Sound::from_datagram`].
    #[must_use]
    pub const fn is_kind(kind: u8) -> bool {
        matches!(kind, AUDIO_KIND | FULL_KIND)
    }

    /// The datagram form in at most `limit` bytes: copies that do not fit stay behind, the oldest first, and so do those
    /// that no datagram of this frame can hold. The frame and the feedback are never left out.
    #[must_use]
    pub fn to_datagram(&self, limit: usize) -> Bytes {
        let copies = self.fitting(limit);
        let full = !copies.is_empty() || self.feedback.is_some();
        let mut out = BytesMut::with_capacity(self.bare_bytes(full) + copies.iter().map(Copied::bytes).sum::<usize>());
        out.put_u8(if full { FULL_KIND } else { AUDIO_KIND });
        out.put_slice(&self.frame.sequence.to_be_bytes()[2..]);
        out.put_u32(self.frame.at.stamp().0);
        if full {
            let number = u8::try_from(copies.len()).expect("at most MAX_COPIES");
            out.put_u8(number | if self.feedback.is_some() { HAS_FEEDBACK } else { 0 });
        }
        if let Some(feedback) = &self.feedback {
            feedback.put(&mut out);
        }
        for copy in &copies {
            out.put_u8(copy.back);
            put_length(&mut out, copy.data.len());
        }
        for copy in &copies {
            out.put_slice(copy.data);
        }
        out.put_slice(&self.frame.data);
        out.freeze()
    }

    /// Reads either datagram form; the short fields are taken as the values nearest to `newest`.
    ///
    /// # Errors
    /// [`WireError`] when it is no sound of ours.
    pub fn from_datagram(bytes: &Bytes, newest: Option<Newest>) -> Result<Self, WireError> {
        let (header, rest) = split::<AUDIO_HEADER_BYTES>(bytes)?;
        let [kind, s1, s0, t3, t2, t1, t0] = header;
        let sequence = u16::from_be_bytes([s1, s0]);
        let at = Stamp(u32::from_be_bytes([t3, t2, t1, t0]));
        let (sequence, at) = match newest {
            Some(newest) => (unwrap_16(sequence, newest.sequence), at.near(newest.at)),
            None => (u32::from(sequence), MediaTime(u64::from(at.0))),
        };
        match kind {
            AUDIO_KIND => Ok(Self::plain(AudioPacket { sequence, at, data: sound(rest)? })),
            FULL_KIND => Self::extras(sequence, at, &rest),
            other => Err(WireError::Kind(other)),
        }
    }

    /// Reads what stands behind the common header of the full form.
    fn extras(sequence: u32, at: MediaTime, bytes: &Bytes) -> Result<Self, WireError> {
        let ([extras], mut rest) = split::<1>(bytes)?;
        let number = usize::from(extras & COPIES_MASK);
        if number > MAX_COPIES || extras & !(COPIES_MASK | HAS_FEEDBACK) != 0 || extras == 0 {
            return Err(WireError::Field("extras of sound"));
        }
        let mut feedback = None;
        if extras & HAS_FEEDBACK != 0 {
            let (body, behind) = split::<FEEDBACK_BODY_BYTES>(&rest)?;
            (feedback, rest) = (Some(Feedback::read(&body)?), behind);
        }
        let mut places = [(0, 0); MAX_COPIES];
        let mut last = 0;
        for place in &mut places[..number] {
            let ([back], behind) = split::<1>(&rest)?;
            if back <= last {
                return Err(WireError::Field("place of a copy"));
            }
            let (length, behind) = take_length(&behind)?;
            (*place, rest, last) = ((back, length), behind, back);
        }
        let mut copies = Vec::with_capacity(number);
        for &(back, length) in &places[..number] {
            if rest.len() < length {
                return Err(WireError::Short { have: rest.len(), need: length });
            }
            let data = sound(rest.split_to(length))?;
            let sequence = sequence.wrapping_sub(u32::from(back));
            copies.push(AudioPacket { sequence, at: copied_at(at, back), data });
        }
        Ok(Self { frame: AudioPacket { sequence, at, data: sound(rest)? }, copies, feedback })
    }

    /// Bytes without any copy.
    fn bare_bytes(&self, full: bool) -> usize {
        let header = if full { FULL_HEADER_BYTES } else { AUDIO_HEADER_BYTES };
        header + self.feedback.map_or(0, |_| FEEDBACK_BODY_BYTES) + self.frame.data.len()
    }

    /// The copies that go out, the newest first: as many as fit.
    fn fitting(&self, limit: usize) -> Vec<Copied<'_>> {
        let mut copies: Vec<_> = self.copies.iter().filter_map(|copy| Copied::of(copy, self.frame.sequence)).collect();
        copies.sort_by_key(|copy| copy.back);
        copies.dedup_by_key(|copy| copy.back);
        let mut bytes = self.bare_bytes(true);
        let fits = copies.iter().take(MAX_COPIES).take_while(|copy| {
            bytes += copy.bytes();
            bytes <= limit
        });
        let fitting = fits.count();
        copies.truncate(fitting);
        copies
    }
}

/// A copy as it stands in a datagram.
struct Copied<'a> {
    /// Ticks before the frame.
    back: u8,
    data: &'a Bytes,
}

impl<'a> Copied<'a> {
    fn of(copy: &'a AudioPacket, frame: u32) -> Option<Self> {
        let back = u8::try_from(frame.wrapping_sub(copy.sequence)).ok().filter(|back| *back > 0)?;
        (1..=MAX_AUDIO_BYTES).contains(&copy.data.len()).then_some(Self { back, data: &copy.data })
    }

    fn bytes(&self) -> usize {
        1 + if self.data.len() < TWO_BYTE_LENGTH { 1 } else { 2 } + self.data.len()
    }
}

/// When the first sample of a frame was captured that began `back` ticks before one captured at `at`.
fn copied_at(at: MediaTime, back: u8) -> MediaTime {
    MediaTime(at.0.wrapping_sub(u64::from(back) * TICK_US))
}

/// The Opus data of one frame.
fn sound(data: Bytes) -> Result<Bytes, WireError> {
    cap(data.len())?;
    if data.is_empty() { Err(WireError::Field("length of sound")) } else { Ok(data) }
}

/// Writes a length of at most [`MAX_AUDIO_BYTES`]: one byte, or a byte from 252 on and the rest in fours.
fn put_length(out: &mut BytesMut, length: usize) {
    let rest = length.saturating_sub(TWO_BYTE_LENGTH);
    let byte = |value: usize| u8::try_from(value).expect("at most MAX_AUDIO_BYTES");
    if length < TWO_BYTE_LENGTH {
        out.put_u8(byte(length));
    } else {
        out.put_u8(byte(TWO_BYTE_LENGTH + rest % 4));
        out.put_u8(byte(rest / 4));
    }
}

/// Cuts a length off the front.
fn take_length(bytes: &Bytes) -> Result<(usize, Bytes), WireError> {
    let ([first], rest) = split::<1>(bytes)?;
    let first = usize::from(first);
    if first < TWO_BYTE_LENGTH {
        return Ok((first, rest));
    }
    let ([fours], rest) = split::<1>(&rest)?;
    Ok((first + 4 * usize::from(fours), rest))
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

#[cfg(test)]
#[path = "audio_tests.rs"]
mod tests;
