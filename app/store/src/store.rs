//! The store: one data directory, opened.
//! The engine owns it and calls it from a thread that may wait; `id`, `add` and their like call it directly.
//! Every function is one transaction: it has happened whole, and is on the disk, when it returns.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use redb::{Database, Durability, ReadableDatabase as _, StorageBackend};

use crate::files::{Files, Opened};
use crate::seal::{KEY_BYTES, Sealer};
use crate::view::{Rows, View};
use crate::{DATABASE_FILE, StoreError, Transaction, files};

/// What a phone remembers.
pub struct Store {
    database: Database,
    pub(crate) sealer: Sealer,
    pub(crate) file: PathBuf,
    /// Held for as long as the store is open; the system gives it free when the process ends in whatever way.
    _lock: Option<File>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the data directory, makes it at first use (0700, files 0600).
    ///
    /// # Errors
    /// Every [`StoreError`]; the files are untouched then.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let files = Files::new(dir);
        let Opened { database, sealer, lock } = files.open()?;
        Ok(Self { database, sealer, file: files.database, _lock: Some(lock) })
    }

    /// Opens a database that lives elsewhere than in a directory, sealed under `key`; an empty backend is a new phone.
    ///
    /// # Errors
    /// [`StoreError::Newer`], [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn on(backend: impl StorageBackend, key: [u8; KEY_BYTES]) -> Result<Self, StoreError> {
        let file = PathBuf::from(DATABASE_FILE);
        let sealer = Sealer::new(&key);
        let database = files::open_backend(backend, &sealer, &file)?;
        Ok(Self { database, sealer, file, _lock: None })
    }

    /// Looks at the store as it is now: what `work` reads belongs together.
    ///
    /// # Errors
    /// What `work` fails with; [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn view<R>(&self, work: impl FnOnce(&View<'_>) -> Result<R, StoreError>) -> Result<R, StoreError> {
        let read = self.database.begin_read().map_err(|error| StoreError::database(&self.file, error.into()))?;
        work(&View::new(Rows::Read(read), self))
    }

    /// Changes the store: all that `work` writes is kept when it succeeds, nothing when it fails.
    ///
    /// One change goes on at a time: a second one waits, so `work` must not call `transact`, or it waits for itself.
    ///
    /// # Errors
    /// What `work` fails with; [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn transact<R>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let fail = |error: redb::Error| StoreError::database(&self.file, error);
        let mut write = self.database.begin_write().map_err(|error| fail(error.into()))?;
        let mut change = Transaction::new(&write, self);
        // Dropped on an error, it is as if it had never begun.
        let done = work(&mut change)?;
        if change.waits() {
            write.set_durability(Durability::None).map_err(|error| fail(error.into()))?;
        }
        write.commit().map_err(|error| fail(error.into()))?;
        Ok(done)
    }

    /// Brings to the disk what [`Transaction::may_wait`] has left waiting: before the store is let go.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn settle(&self) -> Result<(), StoreError> {
        self.transact(|_| Ok(()))
    }
}
