//! What a receiver tells its sender: how the media arrives, and a time stamp to measure the way.
//! The audio worker sends one at the first packet heard and then ten a second; the peer's worker reads it.
//! Fixed size, big endian; fields only grow within a call.

use bytes::{BufMut, Bytes, BytesMut};

use crate::audio::{WireError, split};
use crate::units::MediaTime;

/// First byte of a feedback datagram.
pub const FEEDBACK_KIND: u8 = 2;

/// Length of a feedback datagram:
/// `[1 kind][4 newest audio][4 received][4 lost][4 newest video][1 flags][8 sent_at][8 echo][4 hold_us]`.
pub const FEEDBACK_BYTES: usize = 38;

const WANT_KEY: u8 = 1;
const HAS_ECHO: u8 = 2;

/// The newest stamp of the peer, sent back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    /// The peer's `sent_at`.
    pub sent_at: MediaTime,
    /// Microseconds between its arrival here and this feedback.
    pub hold_us: u32,
}

/// One report of a receiver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Feedback {
    /// Newest audio sequence heard.
    pub newest_audio: u32,
    /// Audio packets heard; more than 0 means "I hear you".
    pub received: u32,
    /// Audio packets that never came.
    pub lost: u32,
    /// Newest video sequence seen.
    pub newest_video: u32,
    /// The next picture must stand alone: references are missing here.
    pub want_key: bool,
    /// When this was sent, on the clock of who sends it.
    pub sent_at: MediaTime,
    /// The newest stamp heard from the peer.
    pub echo: Option<Echo>,
}

impl Feedback {
    /// The datagram form.
    #[must_use]
    pub fn to_datagram(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(FEEDBACK_BYTES);
        let echo = self.echo.unwrap_or(Echo { sent_at: MediaTime(0), hold_us: 0 });
        let mut flags = 0;
        if self.want_key {
            flags |= WANT_KEY;
        }
        if self.echo.is_some() {
            flags |= HAS_ECHO;
        }
        out.put_u8(FEEDBACK_KIND);
        out.put_u32(self.newest_audio);
        out.put_u32(self.received);
        out.put_u32(self.lost);
        out.put_u32(self.newest_video);
        out.put_u8(flags);
        out.put_u64(self.sent_at.0);
        out.put_u64(echo.sent_at.0);
        out.put_u32(echo.hold_us);
        out.freeze()
    }

    /// Reads the datagram form.
    ///
    /// # Errors
    /// [`WireError`] when it is no feedback of ours: kind, length and flags are checked.
    pub fn from_datagram(bytes: &Bytes) -> Result<Self, WireError> {
        let (b, rest) = split::<FEEDBACK_BYTES>(bytes)?;
        if b[0] != FEEDBACK_KIND {
            return Err(WireError::Kind(b[0]));
        }
        if !rest.is_empty() {
            return Err(WireError::Oversized { have: bytes.len(), cap: FEEDBACK_BYTES });
        }
        let flags = b[17];
        if flags & !(WANT_KEY | HAS_ECHO) != 0 {
            return Err(WireError::Field("feedback flags"));
        }
        let word = |at: usize| u32::from_be_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]);
        let long = |at: usize| MediaTime((u64::from(word(at)) << 32) | u64::from(word(at + 4)));
        Ok(Self {
            newest_audio: word(1),
            received: word(5),
            lost: word(9),
            newest_video: word(13),
            want_key: flags & WANT_KEY != 0,
            sent_at: long(18),
            echo: (flags & HAS_ECHO != 0).then(|| Echo { sent_at: long(26), hold_us: word(34) }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_bytes() {
        let feedback = Feedback {
            newest_audio: 1,
            received: 2,
            lost: 3,
            newest_video: 4,
            want_key: true,
            sent_at: MediaTime(0x0102_0304_0506_0708),
            echo: Some(Echo { sent_at: MediaTime(9), hold_us: 10 }),
        };
        let bytes = feedback.to_datagram();
        let golden = [
            2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 3, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0,
            0, 10,
        ];
        assert_eq!(&bytes[..], golden);
        assert_eq!(Feedback::from_datagram(&bytes), Ok(feedback));
        let plain = Feedback::default();
        assert_eq!(Feedback::from_datagram(&plain.to_datagram()), Ok(plain));
    }

    #[test]
    fn garbage_is_a_typed_error() {
        assert_eq!(
            Feedback::from_datagram(&Bytes::from_static(&[2; 10])),
            Err(WireError::Short { have: 10, need: 38 })
        );
        assert_eq!(
            Feedback::from_datagram(&Bytes::from_static(&[2; 39])),
            Err(WireError::Oversized { have: 39, cap: 38 })
        );
        assert_eq!(Feedback::from_datagram(&Bytes::from_static(&[1; 38])), Err(WireError::Kind(1)));
        let mut flags = vec![0; FEEDBACK_BYTES];
        flags[0] = FEEDBACK_KIND;
        flags[17] = 0x80;
        assert_eq!(Feedback::from_datagram(&Bytes::from(flags)), Err(WireError::Field("feedback flags")));
    }
}
