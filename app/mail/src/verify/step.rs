//! What two phones send each other during a live verification.
//! `Body::Verify` carries one step; only `Verification` makes and reads them.
//! Every field has a fixed size, so no step is longer than `MAX_STEP_BYTES` and whatever decodes is within its caps.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Bytes of the longest step in postcard: one byte of variant, the round's id and 32 bytes.
pub const MAX_STEP_BYTES: usize = 1 + 16 + 32;

/// Names one round on both sides: the first 16 bytes of its commitment. Steps of other rounds are ignored.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundId(pub [u8; 16]);

impl RoundId {
    /// The round that a `Start` with this commitment opens.
    #[must_use]
    pub fn of(commitment: &[u8; 32]) -> Self {
        Self(std::array::from_fn(|index| commitment[index]))
    }
}

impl fmt::Debug for RoundId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One message of a live verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerifyStep {
    /// The starter opens a round and binds itself to its ephemeral key without showing it.
    Start {
        /// Hash of the starter's ephemeral public key and both identities.
        commitment: [u8; 32],
    },
    /// The callee's ephemeral public key (Curve25519).
    Key {
        /// The round it answers.
        round: RoundId,
        /// The public key.
        key: [u8; 32],
    },
    /// The starter's ephemeral public key (Curve25519); it must fit the commitment.
    Reveal {
        /// The round it belongs to.
        round: RoundId,
        /// The public key.
        key: [u8; 32],
    },
    /// The sender's person saw the same signs: HMAC-SHA-256 over both identities.
    Mac {
        /// The round it belongs to.
        round: RoundId,
        /// The whole, untruncated code.
        mac: [u8; 32],
    },
    /// The sender has left the round.
    Cancel {
        /// The round that is over.
        round: RoundId,
        /// Why.
        reason: CancelReason,
    },
}

/// Why a phone left a round, as it tells the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CancelReason {
    /// The person closed the comparison.
    Person,
    /// The person saw other signs.
    Different,
    /// The round took too long.
    Timeout,
    /// A key, commitment or code was wrong.
    Broken,
    /// The connection broke while the last key was under way.
    Connection,
}
