//! What can go wrong with the mail, cut by what a caller can do about it.
//! Every function of this crate that can fail fails with it.
//! Whatever the error, what is stored is as it was.

use ahoy_store::StoreError;

use crate::body::MAX_TEXT_BYTES;
use crate::mailroom::MAX_QUEUED;

/// Why something could not be written, read or understood.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored about a session or the account cannot be read.
    #[error(
        "the stored {0} cannot be read: restore the data directory from a copy, or move it away to start as a new phone"
    )]
    Damaged(&'static str),
    /// Too much waits for this person.
    #[error(
        "{MAX_QUEUED} messages wait for this person already: nothing more is taken until they have gone out or are withdrawn"
    )]
    Full,
    /// A text without a letter.
    #[error("an empty text cannot be sent: write something first")]
    EmptyText,
    /// A text beyond its cap: its bytes.
    #[error(
        "the text has {0} bytes and a message carries at most {MAX_TEXT_BYTES} (16 KiB): shorten it, or send it in parts"
    )]
    TextTooLong(usize),
    /// Something else beyond its cap: it has to be made smaller or sent in parts.
    #[error("{0}: send less at once")]
    TooLarge(&'static str),
    /// The other phone speaks another version.
    #[error("mail of version {0}, this phone speaks version 1: one of the two phones needs an update")]
    Version(u8),
    /// Bytes that are no mail: drop them.
    #[error("not mail: {0}")]
    Malformed(&'static str),
}
