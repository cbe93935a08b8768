//! What the phone remembers: sealed records in one redb file.
//!
//! [`Store::open`] takes a data directory with three files: [`LOCK_FILE`], [`KEY_FILE`] and [`DATABASE_FILE`]. Every value is
//! sealed (XChaCha20-Poly1305) under the key file; keys that name people are keyed hashes.

mod contacts;
mod error;
mod files;
mod history;
mod identity;
mod seal;
mod settings;
mod store;

pub use contacts::Contact;
pub use error::StoreError;
pub use store::Store;

/// The database inside a data directory.
pub const DATABASE_FILE: &str = "ahoy.redb";

/// 32 random bytes under which the database is sealed.
pub const KEY_FILE: &str = "ahoy.key";

/// Locked while a phone runs on the data directory; empty.
pub const LOCK_FILE: &str = "ahoy.lock";
