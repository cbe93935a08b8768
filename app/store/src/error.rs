//! What can go wrong with the store, cut by what a person can do about it.
//! Every function of this crate fails with it.
//! Whatever the error, the files are as they were.

use std::io;
use std::path::{Path, PathBuf};

/// Why the store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another phone runs on this data directory.
    #[error("{} is in use by another running phone: end that one, or choose another --data-dir", .0.display())]
    InUse(PathBuf),
    /// A newer program wrote it.
    #[error("{} was written by a newer version (schema {found}, this program knows {known}): update this program; the file is untouched", .file.display())]
    Newer {
        /// The database.
        file: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema this program knows.
        known: u32,
    },
    /// The content is not what this phone wrote.
    #[error("{} is damaged: {what}; restore it from a copy, or move the data directory away to start as a new phone; the file is untouched", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A backup of one phone was to be restored over another that somebody knows.
    #[error("{} belongs to another phone, which has contacts or messages: restore the backup into a new --data-dir; nothing was changed", .0.display())]
    OtherIdentity(PathBuf),
    /// The system refused.
    #[error("cannot {doing} {}: {source}; check that the folder belongs to you, is writable, and that the disk has room", .file.display())]
    Io {
        /// What was tried: a verb.
        doing: &'static str,
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl StoreError {
    pub(crate) fn io<'a>(doing: &'static str, file: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io { doing, file: file.to_owned(), source }
    }

    pub(crate) fn damaged(file: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), what: what.into() }
    }

    /// Sorts an error of the database into ours.
    pub(crate) fn database(file: &Path, error: redb::Error) -> Self {
        match error {
            redb::Error::Io(source) => Self::from_io(file, source),
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Self::InUse(file.to_owned()),
            redb::Error::PreviousIo => Self::io("write", file)(io::Error::other(
                "an earlier write failed, and nothing is written since; start again",
            )),
            redb::Error::UpgradeRequired(version) => Self::damaged(file, format!("file format {version}")),
            // The database's list is open: whatever else it says, it could not make sense of the file.
            other => Self::damaged(file, other.to_string()),
        }
    }

    /// The database reports content that it cannot make sense of as input-output errors of these kinds.
    fn from_io(file: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                Self::damaged(file, source.to_string())
            }
            _ => Self::io("read or write", file)(source),
        }
    }
}
