//! Who and which: the id of a peer and the id of a call.
//! Everything above `media` names people and calls with these two types.
//! Both print as lower-case hexadecimal and read back from it; on the wire they are their plain bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::hex;

/// A text that is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not 64 hexadecimal digits.
    #[error("not the id of a peer: expected 64 hexadecimal digits")]
    Peer,
    /// Not 32 hexadecimal digits.
    #[error("not the id of a call: expected 32 hexadecimal digits")]
    Call,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal, $error:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The plain bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                hex::write(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                hex::write(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                hex::read(text).map(Self).ok_or($error)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    self.0.serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
                } else {
                    Deserialize::deserialize(deserializer).map(Self)
                }
            }
        }
    };
}

id! {
    /// The public key of an iroh endpoint: a person's identity endpoint, or a media endpoint of one call.
    PeerId, 32, IdError::Peer
}

id! {
    /// 128 random bits that name one call on both sides. Order decides which of two crossing calls survives.
    CallId, 16, IdError::Call
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_print_and_read_back() {
        let peer = PeerId(std::array::from_fn(|index| index as u8 * 7));
        assert_eq!(peer.to_string().parse(), Ok(peer));
        assert_eq!(peer.to_string().to_uppercase().parse(), Ok(peer));
        let call = CallId([0xab; 16]);
        assert_eq!(call.to_string(), "ab".repeat(16));
        assert_eq!(call.to_string().parse(), Ok(call));
    }

    #[test]
    fn other_texts_are_refused() {
        assert_eq!("".parse::<CallId>(), Err(IdError::Call));
        assert_eq!("0g".repeat(16).parse::<CallId>(), Err(IdError::Call));
        assert_eq!("é".repeat(16).parse::<CallId>(), Err(IdError::Call));
        assert_eq!("00".repeat(31).parse::<PeerId>(), Err(IdError::Peer));
    }

    #[test]
    fn the_wire_form_is_the_plain_bytes() {
        let call = CallId([3; 16]);
        let bytes = postcard::to_stdvec(&call).expect("an id encodes");
        assert_eq!(bytes, [3; 16]);
        assert_eq!(postcard::from_bytes(&bytes), Ok(call));
    }
}
