//! What the phone remembers: sealed records in one redb file.
//!
//! [`Store::open`] takes a data directory with three files: [`LOCK_FILE`], [`KEY_FILE`] and [`DATABASE_FILE`]. Every value is
//! sealed (XChaCha20-Poly1305) under the key file; keys that name people are keyed hashes.
//!
//! What belongs together is written in one [`Store::transact`] and read in one [`Store::view`]; a [`Transaction`] has the
//! writers, a [`View`] the readers, and the store itself has those of them that are often needed by themselves.

mod backup;
mod contacts;
mod error;
mod files;
mod history;
mod identity;
mod marks;
mod message;
mod messages;
mod outbox;
mod overlay;
mod restore;
mod seal;
mod sessions;
mod settings;
mod store;
mod transaction;
mod view;

pub use backup::{Backup, BackupError, open_backup, seal_backup};
pub use contacts::{AutoAnswer, Contact};
pub use error::StoreError;
pub use message::{Message, MessageId, MessageIdError, MessageState};
pub use outbox::OutboxRow;
pub use store::Store;
pub use transaction::Transaction;
pub use view::View;

/// The database inside a data directory.
pub const DATABASE_FILE: &str = "ahoy.redb";

/// 32 random bytes under which the database is sealed.
pub const KEY_FILE: &str = "ahoy.key";

/// Locked while a phone runs on the data directory; empty.
pub const LOCK_FILE: &str = "ahoy.lock";
