//! What one phone tells another: the plaintext of one message.
//! The engine posts and receives bodies; the mailroom seals them; nothing else reads these bytes.
//! `[1 version][postcard]`; a variant's and a field's place is its place on the wire; whatever is read is within its caps.

use ahoy_call::CallId;
use ahoy_call::wire::MAX_SIGNAL_BYTES;
use ahoy_store::MessageId;
use serde::{Deserialize, Serialize};

use crate::{MailError, VerifyStep};

/// Bytes of the longest text: pages of writing, yet one message on any link.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;

/// Message ids of one [`Body::Read`]: a screen shows far fewer at a time; more go in several.
pub const MAX_READ_IDS: usize = 256;

/// Bytes of the longest encoded body: the longest text and room for what stands around it.
pub const MAX_BODY_BYTES: usize = MAX_TEXT_BYTES + 256;

/// The version this phone speaks.
pub const BODY_VERSION: u8 = 1;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// A call signal: one record of [`ahoy_call::wire`], not yet read.
    Signal(Vec<u8>),
    /// A written message.
    Text {
        /// Drawn at random by the writer: the same text sent twice is shown once.
        id: MessageId,
        /// Unix milliseconds when it was written, on the writer's clock.
        at_ms: u64,
        /// 1 to [`MAX_TEXT_BYTES`] bytes.
        text: String,
    },
    /// I have seen these messages of yours.
    Read {
        /// 1 to [`MAX_READ_IDS`].
        ids: Vec<MessageId>,
    },
    /// I am writing.
    Typing,
    /// I called while your phone could not ring.
    MissedCall {
        /// The call.
        call: CallId,
        /// Unix milliseconds when it was dialled, on the caller's clock.
        timestamp: u64,
        /// Whether it was to be a video call.
        had_video: bool,
    },
    /// A step of the live verification.
    Verify(VerifyStep),
}

/// Which body, without its content: for logs and for the one who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyKind {
    /// [`Body::Signal`].
    Signal,
    /// [`Body::Text`].
    Text,
    /// [`Body::Read`].
    Read,
    /// [`Body::Typing`].
    Typing,
    /// [`Body::MissedCall`].
    MissedCall,
    /// [`Body::Verify`].
    Verify,
}

/// How long a call signal is worth sending, in milliseconds: the ring time. After it the call it belongs to is over.
pub const SIGNAL_LIFE_MS: u64 = 60_000;

/// How long a typing mark is worth sending, in milliseconds: a little more than the time between two of them.
pub const TYPING_LIFE_MS: u64 = 5_000;

/// How long a verification step is worth sending, in milliseconds: both persons look at their phones and wait.
pub const VERIFY_LIFE_MS: u64 = 60_000;

impl Body {
    /// Which body it is.
    #[must_use]
    pub const fn kind(&self) -> BodyKind {
        match self {
            Self::Signal(_) => BodyKind::Signal,
            Self::Text { .. } => BodyKind::Text,
            Self::Read { .. } => BodyKind::Read,
            Self::Typing => BodyKind::Typing,
            Self::MissedCall { .. } => BodyKind::MissedCall,
            Self::Verify(_) => BodyKind::Verify,
        }
    }

    /// The bytes.
    ///
    /// # Errors
    /// [`MailError::EmptyText`], [`MailError::TextTooLong`], [`MailError::TooLarge`].
    pub fn encode(&self) -> Result<Vec<u8>, MailError> {
        self.check()?;
        let bytes = postcard::to_extend(self, vec![BODY_VERSION]).expect("our bodies have an encoding");
        if bytes.len() > MAX_BODY_BYTES {
            return Err(MailError::TooLarge("a message is too long"));
        }
        Ok(bytes)
    }

    /// Reads the bytes of one body.
    ///
    /// # Errors
    /// [`MailError::Version`], [`MailError::Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Self, MailError> {
        if bytes.len() > MAX_BODY_BYTES {
            return Err(MailError::Malformed("it is too long"));
        }
        let body: Self = match bytes.split_first() {
            Some((&BODY_VERSION, rest)) => match postcard::take_from_bytes(rest) {
                Ok((body, [])) => body,
                Ok((_, [_, ..])) => return Err(MailError::Malformed("something follows it")),
                Err(_) => return Err(MailError::Malformed("it cannot be read")),
            },
            Some((&version, _)) => return Err(MailError::Version(version)),
            None => return Err(MailError::Malformed("it is empty")),
        };
        body.check().map_err(|_| MailError::Malformed("a part of it is empty or too long"))?;
        Ok(body)
    }

    fn check(&self) -> Result<(), MailError> {
        match self {
            Self::Signal(signal) if signal.len() > MAX_SIGNAL_BYTES => {
                Err(MailError::TooLarge("a call signal is too long"))
            }
            Self::Text { text, .. } if text.is_empty() => Err(MailError::EmptyText),
            Self::Text { text, .. } if text.len() > MAX_TEXT_BYTES => Err(MailError::TextTooLong(text.len())),
            Self::Read { ids } if ids.is_empty() || ids.len() > MAX_READ_IDS => {
                Err(MailError::TooLarge("read marks go in groups of 1 to 256"))
            }
            Self::Signal(_)
            | Self::Text { .. }
            | Self::Read { .. }
            | Self::Typing
            | Self::MissedCall { .. }
            | Self::Verify(_) => Ok(()),
        }
    }
}

impl BodyKind {
    /// Whether it overtakes what waits: what lives for seconds does not wait behind what lives for ever.
    #[must_use]
    pub const fn urgent(self) -> bool {
        self.life_ms().is_some()
    }

    /// How long it is worth sending, in milliseconds; `None`: for ever.
    #[must_use]
    pub const fn life_ms(self) -> Option<u64> {
        match self {
            Self::Signal => Some(SIGNAL_LIFE_MS),
            Self::Typing => Some(TYPING_LIFE_MS),
            Self::Verify => Some(VERIFY_LIFE_MS),
            Self::Text | Self::Read | Self::MissedCall => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_the_agreed_ones() {
        let id = MessageId([7; 16]);
        let call = CallId([8; 16]);
        let golden: [(Body, Vec<u8>); 5] = [
            (Body::Signal(vec![9]), vec![1, 0, 1, 9]),
            (
                Body::Text { id, at_ms: 300, text: "hi".into() },
                [&[1, 1], &[7; 16][..], &[0xac, 0x02, 2, b'h', b'i']].concat(),
            ),
            (Body::Read { ids: vec![id] }, [&[1, 2, 1], &[7; 16][..]].concat()),
            (Body::Typing, vec![1, 3]),
            (Body::MissedCall { call, timestamp: 1, had_video: true }, [&[1, 4], &[8; 16][..], &[1, 1]].concat()),
        ];
        for (body, bytes) in golden {
            assert_eq!(body.encode().expect("within its caps"), bytes);
            assert_eq!(Body::decode(&bytes).expect("a body"), body);
        }
    }

    #[test]
    fn what_cannot_be_posted_cannot_be_read_either() {
        let id = MessageId([7; 16]);
        let beyond = [
            Body::Signal(vec![0; MAX_SIGNAL_BYTES + 1]),
            Body::Text { id, at_ms: 0, text: String::new() },
            Body::Text { id, at_ms: 0, text: "x".repeat(MAX_TEXT_BYTES + 1) },
            Body::Read { ids: Vec::new() },
            Body::Read { ids: vec![id; MAX_READ_IDS + 1] },
        ];
        for body in beyond {
            assert!(body.encode().is_err());
            let forged = postcard::to_extend(&body, vec![BODY_VERSION]).expect("it has an encoding");
            assert!(matches!(Body::decode(&forged), Err(MailError::Malformed(_))));
        }
        assert!(matches!(Body::decode(&[2, 3]), Err(MailError::Version(2))));
    }
}
