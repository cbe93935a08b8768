//! A backup: who this phone is and whom it knows, in one file under a passphrase. Never its sessions, never what was said.
//! The engine seals one when a person asks for it, and opens one on a new phone before `Store::restore`.
//! `[8 magic][1 version][4 KiB][4 passes][4 lanes][16 salt][24 nonce][16 passphrase check][8 header check][sealed]`, big endian.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};

use crate::Contact;
use crate::contacts::ContactV2;

const MAGIC: &[u8; 8] = b"ahoy-bak";

/// The form of a backup. A new form of [`Contact`] is a new version of this too.
const VERSION: u8 = 2;

/// The form before calls could be answered by themselves: [`BackupV1`].
const VERSION_1: u8 = 1;

/// The second recommended option of RFC 9106, section 4: what a phone of today has memory and patience for.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };

/// What an import is ready to spend: four times the memory and five times the passes of [`COST`]. A file asks for more
/// only to bring a phone down.
const MAX_COST: Cost = Cost { memory_kib: 4 * COST.memory_kib, passes: 5 * COST.passes, lanes: 4 * COST.lanes };

/// The longest backup that is read: 10,000 people with every way to them stay far below.
const MAX_BYTES: usize = 32 * 1024 * 1024;

const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;
const CHECK_BYTES: usize = 16;
const SUM_BYTES: usize = 8;
const HEADER_BYTES: usize = 8 + 1 + 3 * 4 + SALT_BYTES + NONCE_BYTES + CHECK_BYTES + SUM_BYTES;

/// Why a backup could not be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// Without a passphrase everybody could read it.
    #[error("the passphrase is empty: choose one, since it is all that keeps others from being you")]
    NoPassphrase,
    /// Another kind of file.
    #[error("this is not a backup of a phone: choose the file that the export wrote")]
    Other,
    /// A newer program wrote it.
    #[error(
        "the backup was written by a newer version (form {found}, this program knows {known}): update this program"
    )]
    Newer {
        /// Its form.
        found: u8,
        /// The newest form this program knows.
        known: u8,
    },
    /// Opening it would cost more than a backup of ours ever does.
    #[error(
        "the backup asks for {memory_kib} KiB of memory and {passes} passes, more than any that is made: it is not opened"
    )]
    TooCostly {
        /// The memory it asks for.
        memory_kib: u32,
        /// The passes over it.
        passes: u32,
    },
    /// The passphrase does not fit.
    #[error("the passphrase is not the one of this backup: try again, capital letters count")]
    WrongPassphrase,
    /// The passphrase fits, the content does not.
    #[error("the backup is damaged or cut off: use another copy of it")]
    Damaged,
}

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// The secret key of the identity endpoint.
    pub identity: [u8; 32],
    /// What I call myself; empty when I never said.
    pub name: String,
    /// The people.
    pub contacts: Vec<Contact>,
}

/// What a backup of the first form holds.
#[derive(Serialize, Deserialize)]
struct BackupV1 {
    identity: [u8; 32],
    name: String,
    contacts: Vec<ContactV2>,
}

impl From<BackupV1> for Backup {
    fn from(old: BackupV1) -> Self {
        let contacts = old.contacts.into_iter().map(Contact::from).collect();
        Self { identity: old.identity, name: old.name, contacts }
    }
}

impl fmt::Debug for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The secret is not for logs, and neither are people.
        f.debug_struct("Backup").field("contacts", &self.contacts.len()).finish_non_exhaustive()
    }
}

/// What it costs to try one passphrase (Argon2id).
#[derive(Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// What the passphrase is turned into.
struct Keys {
    cipher: XChaCha20Poly1305,
    /// Tells a wrong passphrase from a damaged content; a guess costs as much with it as without.
    check: [u8; CHECK_BYTES],
}

impl Cost {
    fn keys(self, passphrase: &str, salt: &[u8; SALT_BYTES]) -> Result<Keys, BackupError> {
        // Parameters that Argon2 itself forbids, such as no passes at all, were never written by us.
        let params =
            Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(|_| BackupError::Damaged)?;
        let mut root = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, &mut root)
            .map_err(|_| BackupError::Damaged)?;
        let cipher = XChaCha20Poly1305::new(&blake3::derive_key("ahoy backup 2026 content", &root).into());
        let derived = blake3::derive_key("ahoy backup 2026 check", &root);
        let check = *derived.first_chunk().expect("32 bytes begin with 16");
        Ok(Keys { cipher, check })
    }
}

/// The readable part of a backup.
struct Header {
    version: u8,
    cost: Cost,
    salt: [u8; SALT_BYTES],
    nonce: [u8; NONCE_BYTES],
    check: [u8; CHECK_BYTES],
}

impl Header {
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], &[self.version]].concat();
        for number in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(self.salt);
        bytes.extend(self.nonce);
        bytes.extend(self.check);
        bytes.extend(checksum(&bytes));
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Self, BackupError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(BackupError::Other)?;
        let [version] = take(&mut rest)?;
        // What follows the version is known for our own versions alone.
        if version > VERSION {
            return Err(BackupError::Newer { found: version, known: VERSION });
        }
        let cost = Cost {
            memory_kib: u32::from_be_bytes(take(&mut rest)?),
            passes: u32::from_be_bytes(take(&mut rest)?),
            lanes: u32::from_be_bytes(take(&mut rest)?),
        };
        let header = Self { version, cost, salt: take(&mut rest)?, nonce: take(&mut rest)?, check: take(&mut rest)? };
        let sum: [u8; SUM_BYTES] = take(&mut rest)?;
        if version < VERSION_1 || sum != checksum(&bytes[..HEADER_BYTES - SUM_BYTES]) {
            return Err(BackupError::Damaged);
        }
        if cost.memory_kib > MAX_COST.memory_kib || cost.passes > MAX_COST.passes || cost.lanes > MAX_COST.lanes {
            return Err(BackupError::TooCostly { memory_kib: cost.memory_kib, passes: cost.passes });
        }
        Ok(header)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], BackupError> {
    let (first, after) = rest.split_first_chunk().ok_or(BackupError::Damaged)?;
    *rest = after;
    Ok(*first)
}

/// Against accidents only: whoever alters the header on purpose is caught by the seal.
fn checksum(header: &[u8]) -> [u8; SUM_BYTES] {
    *blake3::hash(header).as_bytes().first_chunk().expect("32 bytes begin with 8")
}

/// Makes a backup. Takes a good part of a second and 64 MiB: call it where waiting is allowed.
///
/// # Errors
/// [`BackupError::NoPassphrase`].
pub fn seal_backup(
    passphrase: &str,
    identity: &[u8; 32],
    contacts: &[Contact],
    name: &str,
) -> Result<Vec<u8>, BackupError> {
    if passphrase.is_empty() {
        return Err(BackupError::NoPassphrase);
    }
    let (mut salt, mut nonce) = ([0; SALT_BYTES], [0; NONCE_BYTES]);
    rand::fill(&mut salt);
    rand::fill(&mut nonce);
    let keys = COST.keys(passphrase, &salt)?;
    let header = Header { version: VERSION, cost: COST, salt, nonce, check: keys.check };
    // The same fields in the same order as `Backup`, without copying them into one.
    let content = postcard::to_stdvec(&(identity, name, contacts)).expect("our records have an encoding");
    Ok(seal(&header, &keys.cipher, &content))
}

fn seal(header: &Header, cipher: &XChaCha20Poly1305, content: &[u8]) -> Vec<u8> {
    let bytes = header.to_bytes();
    let payload = Payload { msg: content, aad: &bytes };
    let sealed = cipher.encrypt(XNonce::from_slice(&header.nonce), payload).expect("a backup is far below 256 GiB");
    [bytes, sealed].concat()
}

/// Opens a backup. Takes a good part of a second and 64 MiB: call it where waiting is allowed.
///
/// # Errors
/// Every [`BackupError`].
pub fn open_backup(bytes: &[u8], passphrase: &str) -> Result<Backup, BackupError> {
    if passphrase.is_empty() {
        return Err(BackupError::NoPassphrase);
    }
    if bytes.len() > MAX_BYTES {
        return Err(BackupError::Other);
    }
    let header = Header::read(bytes)?;
    let keys = header.cost.keys(passphrase, &header.salt)?;
    if keys.check != header.check {
        return Err(BackupError::WrongPassphrase);
    }
    let (aad, msg) = bytes.split_at(HEADER_BYTES);
    let content = keys
        .cipher
        .decrypt(XNonce::from_slice(&header.nonce), Payload { msg, aad })
        .map_err(|_| BackupError::Damaged)?;
    let read = match header.version {
        VERSION_1 => postcard::from_bytes::<BackupV1>(&content).map(Backup::from),
        _ => postcard::from_bytes(&content),
    };
    read.map_err(|_| BackupError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_spends_no_more_than_it_may() {
        let mut header = Header { version: VERSION, cost: MAX_COST, salt: [1; 16], nonce: [2; 24], check: [3; 16] };
        assert!(Header::read(&header.to_bytes()).is_ok());
        header.cost.memory_kib += 1;
        let refused = BackupError::TooCostly { memory_kib: 262_145, passes: 15 };
        assert_eq!(Header::read(&header.to_bytes()).err(), Some(refused.clone()));
        assert_eq!(open_backup(&header.to_bytes(), "secret"), Err(refused));
        header.cost = Cost { passes: 0, ..COST };
        assert_eq!(open_backup(&header.to_bytes(), "secret"), Err(BackupError::Damaged));
    }

    #[test]
    fn a_header_that_is_cut_or_altered_is_told_without_any_work() {
        let whole = Header { version: VERSION, cost: COST, salt: [1; 16], nonce: [2; 24], check: [3; 16] }.to_bytes();
        assert_eq!(whole.len(), HEADER_BYTES);
        for at in 0..whole.len() {
            let cut = if at < MAGIC.len() { BackupError::Other } else { BackupError::Damaged };
            assert_eq!(Header::read(&whole[..at]).err(), Some(cut), "cut at {at}");
            let mut altered = whole.clone();
            altered[at] ^= 1;
            let told = match at {
                magic if magic < MAGIC.len() => BackupError::Other,
                version if version == MAGIC.len() => BackupError::Newer { found: 3, known: 2 },
                _ => BackupError::Damaged,
            };
            assert_eq!(Header::read(&altered).err(), Some(told), "altered at {at}");
        }
        let none = [&MAGIC[..], &[0], &whole[MAGIC.len() + 1..]].concat();
        assert_eq!(Header::read(&none).err(), Some(BackupError::Damaged));
    }

    #[test]
    fn a_backup_of_the_first_form_still_opens() {
        let person = Contact {
            addr: ahoy_call::PeerAddr::new(ahoy_call::PeerId([4; 32])),
            name: "Ann".into(),
            verified: true,
            blocked: false,
            added_ms: 5,
            favourite: true,
            muted: true,
            last_seen_ms: 6,
            auto_answer: crate::AutoAnswer::Off,
        };
        let contacts = vec![ContactV2::from(person.clone())];
        let old = BackupV1 { identity: [9; 32], name: "Carol".into(), contacts };
        // The weakest cost there is: what is tried here is the form.
        let cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
        let keys = cost.keys("secret", &[1; 16]).expect("a cost");
        let header = Header { version: VERSION_1, cost, salt: [1; 16], nonce: [2; 24], check: keys.check };
        let bytes = seal(&header, &keys.cipher, &postcard::to_stdvec(&old).expect("an encoding"));
        let read = open_backup(&bytes, "secret").expect("it opens");
        assert_eq!(read, Backup { identity: [9; 32], name: "Carol".into(), contacts: vec![person] });
    }
}
