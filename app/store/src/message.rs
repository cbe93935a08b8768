//! One message of a conversation, and what is known of its way.
//! Made by whoever writes it; kept by the store, shown by the clients.
//! An id is 128 random bits drawn by the writer: the same on both phones.

use std::fmt;
use std::str::FromStr;

use ahoy_call::{CallId, PeerId};
use serde::{Deserialize, Serialize};

/// 128 random bits that name one message on both sides; 32 hexadecimal digits as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "CallId", from = "CallId")]
pub struct MessageId(pub [u8; 16]);

/// A text that is not the id of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a message: expected 32 hexadecimal digits")]
pub struct MessageIdError;

impl MessageId {
    /// The plain bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

// Both ids are 128 bits with the same text and wire form.
impl From<MessageId> for CallId {
    fn from(id: MessageId) -> Self {
        Self(id.0)
    }
}

impl From<CallId> for MessageId {
    fn from(id: CallId) -> Self {
        Self(id.0)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        CallId::from(*self).fmt(f)
    }
}

impl FromStr for MessageId {
    type Err = MessageIdError;

    fn from_str(text: &str) -> Result<Self, MessageIdError> {
        text.parse::<CallId>().map(Self::from).map_err(|_| MessageIdError)
    }
}

/// How far a message of mine came. Later ones are greater, and it never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It waits in the outbox.
    Queued,
    /// It left this phone.
    Sent,
    /// The other phone keeps it.
    Delivered,
    /// The other person saw it.
    Read,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// With whom the conversation is.
    pub peer: PeerId,
    /// Whether I wrote it.
    pub mine: bool,
    /// Unix milliseconds when it was written, by the writer's clock.
    pub at_ms: u64,
    /// What it says.
    pub text: String,
    /// How far it came, when it is mine.
    pub state: MessageState,
    /// Whether I saw it, when it is the other's.
    pub seen: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_32_digits_as_text_and_16_bytes_in_a_record() {
        let id = MessageId([0xab; 16]);
        assert_eq!(id.to_string(), "ab".repeat(16));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("ab".parse::<MessageId>(), Err(MessageIdError));
        assert_eq!(postcard::to_stdvec(&id).expect("an id encodes"), [0xab; 16]);
    }
}
