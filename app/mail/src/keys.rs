//! Keys of the ratchet, vouched for by the identity of the phone they belong to.
//! Made and checked by the mailroom; carried in frames and replies.
//! A signature says whose the keys are and for whom: it is worth nothing between any other two phones.

use ahoy_call::PeerId;
use serde::{Deserialize, Serialize};
use vodozemac::{Ed25519PublicKey, Ed25519SecretKey, Ed25519Signature};

/// What is signed begins with it, so that no signature of another purpose fits.
const IDENTITY_CONTEXT: &[u8] = b"ahoy mail 2026 identity key";

/// The same for a key bundle.
const BUNDLE_CONTEXT: &[u8] = b"ahoy mail 2026 key bundle";

/// A Curve25519 public key.
pub type CurveKey = [u8; 32];

/// The two halves of an Ed25519 signature (RFC 8032, section 5.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Signature {
    point: [u8; 32],
    scalar: [u8; 32],
}

/// The Curve25519 identity key of a phone, signed for one peer. Goes with every message that opens a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedKeys {
    identity: CurveKey,
    signature: Signature,
}

/// What a peer needs to open a session with a phone, signed for that peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedBundle {
    identity: CurveKey,
    once: CurveKey,
    signature: Signature,
}

impl SignedKeys {
    pub(crate) fn sign(secret: &Ed25519SecretKey, of: PeerId, to: PeerId, identity: CurveKey) -> Self {
        let signature = Signature::make(secret, &message(IDENTITY_CONTEXT, of, to, &[identity]));
        Self { identity, signature }
    }

    /// The key, when `of` vouched for it towards `to`.
    pub(crate) fn verify(&self, of: PeerId, to: PeerId) -> Option<CurveKey> {
        let good = self.signature.is_of(of, &message(IDENTITY_CONTEXT, of, to, &[self.identity]));
        good.then_some(self.identity)
    }
}

impl SignedBundle {
    pub(crate) fn sign(secret: &Ed25519SecretKey, of: PeerId, to: PeerId, identity: CurveKey, once: CurveKey) -> Self {
        let signature = Signature::make(secret, &message(BUNDLE_CONTEXT, of, to, &[identity, once]));
        Self { identity, once, signature }
    }

    /// Identity key and one-time key, when `of` vouched for them towards `to`.
    pub(crate) fn verify(&self, of: PeerId, to: PeerId) -> Option<(CurveKey, CurveKey)> {
        let good = self.signature.is_of(of, &message(BUNDLE_CONTEXT, of, to, &[self.identity, self.once]));
        good.then_some((self.identity, self.once))
    }
}

impl Signature {
    fn make(secret: &Ed25519SecretKey, message: &[u8]) -> Self {
        let bytes = secret.sign(message).to_bytes();
        let (point, scalar) = bytes.split_at(32);
        let half = |bytes: &[u8]| <[u8; 32]>::try_from(bytes).expect("a signature has 64 bytes");
        Self { point: half(point), scalar: half(scalar) }
    }

    fn is_of(&self, peer: PeerId, message: &[u8]) -> bool {
        let bytes = [self.point, self.scalar].concat();
        match (Ed25519PublicKey::from_slice(peer.as_bytes()), Ed25519Signature::from_slice(&bytes)) {
            (Ok(key), Ok(signature)) => key.verify(message, &signature).is_ok(),
            (Err(_), _) | (_, Err(_)) => false,
        }
    }
}

/// Everything after the context has a fixed length, so no two meanings share their bytes.
fn message(context: &[u8], of: PeerId, to: PeerId, keys: &[CurveKey]) -> Vec<u8> {
    [context, of.as_bytes(), to.as_bytes(), &keys.concat()].concat()
}
