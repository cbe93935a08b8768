//! What both sides of a round must agree on: who they are, their ephemeral keys and the connection.
//! `Verification` derives from it the commitment, the signs and the confirmation codes.
//! Every field has a fixed length, so two different transcripts never give the same bytes to hash.

use ahoy_call::PeerId;
use vodozemac::sas::{EstablishedSas, Mac};

use super::{EMOJI, Signs};

const COMMITMENT_CONTEXT: &str = "ahoy verify 1: commitment to the starter's key";
const TRANSCRIPT_CONTEXT: &str = "ahoy verify 1: transcript";

/// Binds the starter to its ephemeral public `key` before it knows the callee's. The identities are part of it, so that
/// a commitment cannot be passed on to a third phone.
pub(super) fn commitment(starter: PeerId, callee: PeerId, key: &[u8; 32]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key(COMMITMENT_CONTEXT);
    for field in [starter.as_bytes(), callee.as_bytes(), key] {
        let _ = hasher.update(field);
    }
    *hasher.finalize().as_bytes()
}

/// One round's agreed facts, without the connection it ran over.
#[derive(Clone, Copy)]
pub(super) struct Transcript {
    pub(super) starter: PeerId,
    pub(super) callee: PeerId,
    pub(super) starter_key: [u8; 32],
    pub(super) callee_key: [u8; 32],
}

impl Transcript {
    /// The transcript of the connection that exported `binding`.
    pub(super) fn over(&self, binding: &[u8; 32]) -> Bound {
        let mut hasher = blake3::Hasher::new_derive_key(TRANSCRIPT_CONTEXT);
        for field in [self.starter.as_bytes(), self.callee.as_bytes(), &self.starter_key, &self.callee_key, binding] {
            let _ = hasher.update(field);
        }
        Bound(hasher.finalize().to_hex().to_string())
    }
}

/// A transcript bound to its connection: 64 hexadecimal digits that go into every derivation.
pub(super) struct Bound(String);

impl Bound {
    /// What the persons compare.
    pub(super) fn signs(&self, sas: &EstablishedSas) -> Signs {
        let bytes = sas.bytes(&format!("ahoy verify 1: signs {}", self.0));
        let (first, second, third) = bytes.decimals();
        Signs { emoji: bytes.emoji_indices().map(|index| EMOJI[usize::from(index)]), numbers: [first, second, third] }
    }

    /// The code with which `from` tells `to` that its person saw the same signs.
    pub(super) fn mac(&self, sas: &EstablishedSas, from: PeerId, to: PeerId) -> [u8; 32] {
        let mac = sas.calculate_mac(&confirmation(from, to), &self.mac_info());
        mac.as_bytes().try_into().expect("HMAC-SHA-256 gives 32 bytes")
    }

    /// Whether `mac` is the code of `from` for `to`, compared in constant time.
    pub(super) fn is_mac(&self, sas: &EstablishedSas, from: PeerId, to: PeerId, mac: &[u8; 32]) -> bool {
        sas.verify_mac(&confirmation(from, to), &self.mac_info(), &Mac::from_slice(mac)).is_ok()
    }

    fn mac_info(&self) -> String {
        format!("ahoy verify 1: confirmation {}", self.0)
    }
}

/// The direction is part of it: a code sent back to its author says nothing.
fn confirmation(from: PeerId, to: PeerId) -> String {
    format!("{from} tells {to}: the signs are the same")
}
