//! The store: one data directory, opened.
//! The engine owns it and calls it from its blocking pool; `id`, `add` and their like call it directly.
//! Every function is one transaction: it has happened whole, and is on the disk, when it returns.

use std::fs::File;
use std::path::{Path, PathBuf};

use redb::{Database, Key, ReadableDatabase as _, ReadableTable as _, Table, TableDefinition, TableError};
use serde::de::DeserializeOwned;

use crate::StoreError;
use crate::files::{Files, Opened};
use crate::seal::{SealError, Sealer};

/// What a phone remembers.
pub struct Store {
    pub(crate) database: Database,
    pub(crate) sealer: Sealer,
    pub(crate) file: PathBuf,
    /// Held for as long as the store is open; the system gives it free when the process ends in whatever way.
    _lock: File,
}

impl Store {
    /// Opens the data directory, makes it at first use (0700, files 0600).
    ///
    /// # Errors
    /// Every [`StoreError`]; the files are untouched then.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let files = Files::new(dir);
        let Opened { database, sealer, lock } = files.open()?;
        Ok(Self { database, sealer, file: files.database, _lock: lock })
    }

    /// Runs `work` on one table, sealed or clear keys alike, and commits when it succeeds.
    pub(crate) fn write<K: Key + 'static, T>(
        &self,
        table: TableDefinition<K, &'static [u8]>,
        work: impl FnOnce(&mut Table<'_, K, &'static [u8]>) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        self.try_write(table, work).map_err(|error| StoreError::database(&self.file, error))
    }

    fn try_write<K: Key + 'static, T>(
        &self,
        table: TableDefinition<K, &'static [u8]>,
        work: impl FnOnce(&mut Table<'_, K, &'static [u8]>) -> Result<T, redb::Error>,
    ) -> Result<T, redb::Error> {
        let write = self.database.begin_write()?;
        let done = work(&mut write.open_table(table)?)?;
        write.commit()?;
        Ok(done)
    }

    /// Runs `work` on one table as it is now; `None` when nothing was ever written to it.
    pub(crate) fn read<K: Key + 'static, T>(
        &self,
        table: TableDefinition<K, &'static [u8]>,
        work: impl FnOnce(redb::ReadOnlyTable<K, &'static [u8]>) -> Result<T, redb::Error>,
    ) -> Result<Option<T>, StoreError> {
        let read = || match self.database.begin_read()?.open_table(table) {
            Ok(table) => work(table).map(Some),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        };
        read().map_err(|error: redb::Error| StoreError::database(&self.file, error))
    }

    /// Opens a sealed value.
    pub(crate) fn unseal<T: DeserializeOwned>(&self, table: &str, key: &[u8], value: &[u8]) -> Result<T, StoreError> {
        self.sealer.open(table, key, value).map_err(|error| {
            let what = match error {
                SealError::Broken => "the seal is broken",
                SealError::Record => "the seal is good but the record is of an unknown form",
            };
            StoreError::damaged(&self.file, format!("in table {table} {what}"))
        })
    }

    /// Every value of a table with hidden keys.
    pub(crate) fn all<T: DeserializeOwned>(
        &self,
        table: TableDefinition<&'static [u8], &'static [u8]>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.read(table, |table| {
            let mut rows = Vec::new();
            for row in table.iter()? {
                let (key, value) = row?;
                rows.push((key.value().to_vec(), value.value().to_vec()));
            }
            Ok(rows)
        })?;
        let name = redb::TableHandle::name(&table);
        rows.unwrap_or_default().iter().map(|(key, value)| self.unseal(name, key, value)).collect()
    }
}
