//! Seals values and hides keys, both under the 32 bytes of the key file.
//! Called by every table for everything that is written or read.
//! A sealed value opens only in the table and under the key it was sealed for.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes of the key file.
pub(crate) const KEY_BYTES: usize = 32;

/// A key that is hidden: the keyed hash of what it names.
pub(crate) type HiddenKey = [u8; 32];

/// The form of the records inside the seal.
const RECORD_VERSION: u8 = 1;

const NONCE_BYTES: usize = 24;

/// Why a sealed value cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealError {
    /// Altered, moved, or sealed under another key file.
    Broken,
    /// The seal is good but the record inside is of another form.
    Record,
}

/// The two keys derived from the key file.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    names: [u8; 32],
}

impl Sealer {
    pub(crate) fn new(key: &[u8; KEY_BYTES]) -> Self {
        let values = blake3::derive_key("ahoy store 2026 values", key);
        let names = blake3::derive_key("ahoy store 2026 names", key);
        Self { cipher: XChaCha20Poly1305::new(&values.into()), names }
    }

    /// The hidden form of a key: equal keys of one table are equal, nothing else can be told.
    pub(crate) fn hide(&self, table: &str, key: &[u8]) -> HiddenKey {
        *blake3::keyed_hash(&self.names, &bound_to(table, key)).as_bytes()
    }

    /// Seals a record for its place: `[24 nonce][sealed: 1 version, postcard]`.
    pub(crate) fn seal(&self, table: &str, key: &[u8], record: &impl Serialize) -> Vec<u8> {
        self.seal_versioned(table, key, RECORD_VERSION, record)
    }

    /// As [`Self::seal`], for a table whose records have had more than one form.
    pub(crate) fn seal_versioned(&self, table: &str, key: &[u8], version: u8, record: &impl Serialize) -> Vec<u8> {
        let plain = postcard::to_extend(record, vec![version]).expect("our records have an encoding");
        let mut nonce = [0; NONCE_BYTES];
        rand::fill(&mut nonce);
        let payload = Payload { msg: &plain, aad: &bound_to(table, key) };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload).expect("a record is far below 256 GiB");
        [&nonce[..], &sealed].concat()
    }

    /// Opens what [`Self::seal`] made for the same place.
    pub(crate) fn open<T: DeserializeOwned>(&self, table: &str, key: &[u8], value: &[u8]) -> Result<T, SealError> {
        match self.open_versioned(table, key, value)? {
            (RECORD_VERSION, record) => postcard::from_bytes(&record).map_err(|_| SealError::Record),
            _ => Err(SealError::Record),
        }
    }

    /// Opens what [`Self::seal_versioned`] made for the same place: the version and the record in that form.
    pub(crate) fn open_versioned(&self, table: &str, key: &[u8], value: &[u8]) -> Result<(u8, Vec<u8>), SealError> {
        let (nonce, sealed) = value.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Broken)?;
        let payload = Payload { msg: sealed, aad: &bound_to(table, key) };
        let mut plain = self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| SealError::Broken)?;
        if plain.is_empty() {
            return Err(SealError::Record);
        }
        let version = plain.remove(0);
        Ok((version, plain))
    }
}

/// Table and key as one text that cannot be read in two ways.
fn bound_to(table: &str, key: &[u8]) -> Vec<u8> {
    [table.as_bytes(), &[0], key].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_only_in_its_place_and_whole() {
        let sealer = Sealer::new(&[7; KEY_BYTES]);
        let value = sealer.seal("contacts", b"a", &"Ada");
        assert_eq!(sealer.open("contacts", b"a", &value), Ok("Ada".to_owned()));
        assert_eq!(sealer.open::<String>("contacts", b"b", &value), Err(SealError::Broken));
        assert_eq!(sealer.open::<String>("settings", b"a", &value), Err(SealError::Broken));
        assert_eq!(Sealer::new(&[8; 32]).open::<String>("contacts", b"a", &value), Err(SealError::Broken));
        for at in 0..value.len() {
            let mut altered = value.clone();
            altered[at] ^= 1;
            assert_eq!(sealer.open::<String>("contacts", b"a", &altered), Err(SealError::Broken));
            assert_eq!(sealer.open::<String>("contacts", b"a", &value[..at]), Err(SealError::Broken));
        }
    }

    #[test]
    fn equal_values_look_different_and_hidden_keys_are_stable() {
        let sealer = Sealer::new(&[7; KEY_BYTES]);
        assert_ne!(sealer.seal("t", b"k", &1_u8), sealer.seal("t", b"k", &1_u8));
        assert_eq!(sealer.hide("t", b"k"), sealer.hide("t", b"k"));
        assert_ne!(sealer.hide("t", b"k"), sealer.hide("u", b"k"));
        assert_ne!(sealer.hide("t", b"k"), Sealer::new(&[8; 32]).hide("t", b"k"));
    }
}
