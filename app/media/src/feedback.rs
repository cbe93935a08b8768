//! What a receiver tells its sender: which sound arrived and how, and a time stamp to measure the way.
//! The audio worker sends one every 40 to 250 ms, inside a sound datagram when there is one; the peer's worker reads it.
//! Fixed size, big endian; every accepted body reads back from its own encoding.

use bytes::{BufMut, Bytes, BytesMut};

use crate::audio::{WireError, split};
use crate::units::{Stamp, Tenths};

/// First byte of a datagram that holds nothing but feedback.
pub const FEEDBACK_KIND: u8 = 2;

/// Length of a feedback's body: `[1 flags][1 abilities][4 newest audio][8 heard][4 received bytes][2 queue]
/// [4 sent_at][4 echoed sent_at][2 hold]`.
pub const FEEDBACK_BODY_BYTES: usize = 30;

/// Length of a datagram that holds nothing but feedback.
pub const FEEDBACK_BYTES: usize = 1 + FEEDBACK_BODY_BYTES;

const HAS_ECHO: u8 = 1;
const HEARS: u8 = 2;

/// What a phone can read beyond plain sound. Bits of a newer phone stand here unread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities(pub u8);

impl Abilities {
    /// Nothing but plain frames, one a datagram: what a peer can do that has not said more.
    pub const PLAIN: Self = Self(0);

    /// Reads the full form of sound: copies of earlier frames and feedback inside.
    pub const COPIES: Self = Self(1);

    /// What this phone can read.
    pub const OURS: Self = Self::COPIES;

    /// Whether all of `wanted` are among them.
    #[must_use]
    pub const fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

/// The newest stamp of the peer, sent back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    /// The peer's `sent_at`.
    pub sent_at: Stamp,
    /// Between its arrival here and this feedback.
    pub hold: Tenths,
}

/// One report of a receiver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Feedback {
    /// Sound was heard; without it `newest_audio` and `heard` say nothing.
    pub hears: bool,
    /// What the sender of this can read.
    pub abilities: Abilities,
    /// The newest tick of sound heard.
    pub newest_audio: u32,
    /// Bit n: a frame that covers the tick `newest_audio - n` arrived as itself, not as a copy.
    pub heard: u64,
    /// Bytes of all datagrams that arrived, without what lies below them; comes round.
    pub received_bytes: u32,
    /// How much longer the way took lately than the quickest way of the last 30 s.
    pub queue: Tenths,
    /// When this was sent, on the clock of who sends it.
    pub sent_at: Stamp,
    /// The newest stamp heard from the peer.
    pub echo: Option<Echo>,
}

impl Feedback {
    /// The form of a datagram of its own.
    #[must_use]
    pub fn to_datagram(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(FEEDBACK_BYTES);
        out.put_u8(FEEDBACK_KIND);
        self.put(&mut out);
        out.freeze()
    }

    /// Reads the form of a datagram of its own.
    ///
    /// # Errors
    /// [`WireError`] when it is no feedback of ours: kind, length and flags are checked.
    pub fn from_datagram(bytes: &Bytes) -> Result<Self, WireError> {
        let ([kind], rest) = split::<1>(bytes)?;
        if kind != FEEDBACK_KIND {
            return Err(WireError::Kind(kind));
        }
        if bytes.len() > FEEDBACK_BYTES {
            return Err(WireError::Oversized { have: bytes.len(), cap: FEEDBACK_BYTES });
        }
        let Ok((body, _)) = split(&rest) else {
            return Err(WireError::Short { have: bytes.len(), need: FEEDBACK_BYTES });
        };
        Self::read(&body)
    }

    /// Writes the body.
    pub(crate) fn put(&self, out: &mut BytesMut) {
        let echo = self.echo.unwrap_or(Echo { sent_at: Stamp(0), hold: Tenths(0) });
        let flag = |bit, set| if set { bit } else { 0 };
        out.put_u8(flag(HAS_ECHO, self.echo.is_some()) | flag(HEARS, self.hears));
        out.put_u8(self.abilities.0);
        out.put_u32(self.newest_audio);
        out.put_u64(self.heard);
        out.put_u32(self.received_bytes);
        out.put_u16(self.queue.0);
        out.put_u32(self.sent_at.0);
        out.put_u32(echo.sent_at.0);
        out.put_u16(echo.hold.0);
    }

    /// Reads the body.
    pub(crate) fn read(b: &[u8; FEEDBACK_BODY_BYTES]) -> Result<Self, WireError> {
        let flags = b[0];
        if flags & !(HAS_ECHO | HEARS) != 0 {
            return Err(WireError::Field("feedback flags"));
        }
        let short = |at: usize| u16::from_be_bytes([b[at], b[at + 1]]);
        let word = |at: usize| u32::from_be_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]);
        let echo = Echo { sent_at: Stamp(word(24)), hold: Tenths(short(28)) };
        Ok(Self {
            hears: flags & HEARS != 0,
            abilities: Abilities(b[1]),
            newest_audio: word(2),
            heard: (u64::from(word(6)) << 32) | u64::from(word(10)),
            received_bytes: word(14),
            queue: Tenths(short(18)),
            sent_at: Stamp(word(20)),
            echo: (flags & HAS_ECHO != 0).then_some(echo),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn golden_bytes() {
        let feedback = Feedback {
            hears: true,
            abilities: Abilities::COPIES,
            newest_audio: 0x0102_0304,
            heard: 0x1112_1314_1516_1718,
            received_bytes: 0x2122_2324,
            queue: Tenths(0x3132),
            sent_at: Stamp(0x5152_5354),
            echo: Some(Echo { sent_at: Stamp(0x6162_6364), hold: Tenths(0x7172) }),
        };
        let bytes = feedback.to_datagram();
        let golden = [
            2, 3, 1, 1, 2, 3, 4, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x21, 0x22, 0x23, 0x24, 0x31, 0x32,
            0x51, 0x52, 0x53, 0x54, 0x61, 0x62, 0x63, 0x64, 0x71, 0x72,
        ];
        assert_eq!(&bytes[..], golden);
        assert_eq!(Feedback::from_datagram(&bytes), Ok(feedback));
        let plain = Feedback::default();
        assert_eq!(&plain.to_datagram()[..], [&[FEEDBACK_KIND][..], &[0; FEEDBACK_BODY_BYTES]].concat());
        assert_eq!(Feedback::from_datagram(&plain.to_datagram()), Ok(plain));
    }

    #[test]
    fn garbage_is_a_typed_error() {
        let read = |bytes: Vec<u8>| Feedback::from_datagram(&Bytes::from(bytes));
        assert_eq!(read(vec![]), Err(WireError::Short { have: 0, need: 1 }));
        assert_eq!(read(vec![2; 10]), Err(WireError::Short { have: 10, need: 31 }));
        assert_eq!(read(vec![2; 32]), Err(WireError::Oversized { have: 32, cap: 31 }));
        assert_eq!(read(vec![1; 31]), Err(WireError::Kind(1)));
        let mut flags = vec![0; FEEDBACK_BYTES];
        (flags[0], flags[1]) = (FEEDBACK_KIND, 0x80);
        assert_eq!(read(flags), Err(WireError::Field("feedback flags")));
    }

    #[test]
    fn abilities_of_a_newer_phone_are_no_error_and_count_for_what_is_known() {
        let newer = Abilities(0xFF);
        let bytes = Feedback { abilities: newer, ..Feedback::default() }.to_datagram();
        assert_eq!(Feedback::from_datagram(&bytes).map(|heard| heard.abilities), Ok(newer));
        assert!(newer.has(Abilities::COPIES) && !Abilities::PLAIN.has(Abilities::COPIES));
        assert!(Abilities(0xFE).has(Abilities::PLAIN) && !Abilities(0xFE).has(Abilities::COPIES));
    }

    /// Any feedback.
    pub(crate) fn any_feedback() -> impl Strategy<Value = Feedback> {
        let heard = (any::<bool>(), any::<u32>(), any::<u64>(), any::<u32>(), any::<u16>());
        let rest = (any::<u8>(), any::<u32>(), any::<Option<(u32, u16)>>());
        (heard, rest).prop_map(|((hears, newest_audio, heard, received_bytes, queue), rest)| {
            let (abilities, sent_at, echo) = rest;
            Feedback {
                hears,
                abilities: Abilities(abilities),
                newest_audio,
                heard,
                received_bytes,
                queue: Tenths(queue),
                sent_at: Stamp(sent_at),
                echo: echo.map(|(sent_at, hold)| Echo { sent_at: Stamp(sent_at), hold: Tenths(hold) }),
            }
        })
    }

    proptest! {
        #[test]
        fn every_feedback_survives_the_wire(feedback in any_feedback()) {
            prop_assert_eq!(Feedback::from_datagram(&feedback.to_datagram()), Ok(feedback));
        }
    }
}
