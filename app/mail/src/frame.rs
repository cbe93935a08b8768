//! The bytes that travel in the DM channel: frames one way, replies the other.
//! Made and read by the mailroom; the network carries them without looking.
//! `[1 version][postcard]`; every frame and reply is within its cap, whatever is read is a typed error or whole.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::MailError;
use crate::keys::{SignedBundle, SignedKeys};

/// Bytes of the longest frame: the longest body, its padding, the headers of the ratchet and signed keys.
pub const MAX_FRAME_BYTES: usize = 20 * 1024;

/// Bytes of the longest reply; the longest there is, with a bundle, has about 130.
pub const MAX_REPLY_BYTES: usize = 4 * 1024;

/// The version this phone speaks.
pub const FRAME_VERSION: u8 = 1;

/// What one phone sends to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// I have no session with you: give me what I need to open one.
    AskKeys,
    /// A message that opens a session, or repeats what the receiver needs to open it (an Olm pre-key message).
    Opening {
        /// The sender's identity key; the message must name the same.
        keys: SignedKeys,
        /// The bytes of the Olm message.
        ciphertext: Vec<u8>,
    },
    /// A message within a session (a normal Olm message).
    Sealed {
        /// The bytes of the Olm message.
        ciphertext: Vec<u8>,
    },
}

/// What the receiver answers, once what it did with the frame is on its disk; only keys may wait for it, because one that
/// is lost in a crash is asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// I have it, now or since an earlier time.
    Taken,
    /// What you need to open a session.
    Keys(SignedBundle),
    /// I cannot read it, for whatever reason: open a session with this and send it again.
    Unreadable(SignedBundle),
    /// These are no bytes that I understand.
    Refused,
}

/// The bytes of a frame.
#[must_use]
pub fn encode_frame(frame: &Frame) -> Vec<u8> {
    let bytes = encode(frame);
    debug_assert!(bytes.len() <= MAX_FRAME_BYTES, "a body's cap keeps its frame within the cap");
    bytes
}

/// Reads a frame.
///
/// # Errors
/// [`MailError::Version`], [`MailError::Malformed`].
pub fn decode_frame(bytes: &[u8]) -> Result<Frame, MailError> {
    decode(bytes, MAX_FRAME_BYTES)
}

/// The bytes of a reply.
#[must_use]
pub fn encode_reply(reply: &Reply) -> Vec<u8> {
    encode(reply)
}

/// Reads a reply.
///
/// # Errors
/// [`MailError::Version`], [`MailError::Malformed`].
pub fn decode_reply(bytes: &[u8]) -> Result<Reply, MailError> {
    decode(bytes, MAX_REPLY_BYTES)
}

fn encode(what: &impl Serialize) -> Vec<u8> {
    postcard::to_extend(what, vec![FRAME_VERSION]).expect("our frames have an encoding")
}

fn decode<T: DeserializeOwned>(bytes: &[u8], cap: usize) -> Result<T, MailError> {
    if bytes.len() > cap {
        return Err(MailError::Malformed("it is too long"));
    }
    match bytes.split_first() {
        Some((&FRAME_VERSION, rest)) => match postcard::take_from_bytes(rest) {
            Ok((read, [])) => Ok(read),
            Ok((_, [_, ..])) => Err(MailError::Malformed("something follows it")),
            Err(_) => Err(MailError::Malformed("it cannot be read")),
        },
        Some((&version, _)) => Err(MailError::Version(version)),
        None => Err(MailError::Malformed("it is empty")),
    }
}
