//! The store at one moment: every reader is a method of [`View`], whatever transaction it looks through.
//! Made by `Store::view` for itself, and inside every [`crate::Transaction`], which sees its own writes.
//! Values leave it unsealed; a seal that does not open is an error, never an absent row.

use std::fmt;
use std::ops::{Bound, ControlFlow};

use redb::{Key, ReadTransaction, ReadableTable, TableDefinition, TableError, WriteTransaction};
use serde::de::DeserializeOwned;

use crate::seal::{SealError, Sealer};
use crate::{Store, StoreError};

/// A table whose keys are bytes: hidden names and what sorts below them.
pub(crate) type Hidden = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// More than any key that follows a hidden name: the end of what belongs to it.
const AFTER_EVERY_KEY: [u8; 32] = [0xff; 32];

/// Which end of a table is visited first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    OldestFirst,
    NewestFirst,
}

pub(crate) enum Rows<'t> {
    Read(ReadTransaction),
    Write(&'t WriteTransaction),
}

/// The store as it is at one moment.
pub struct View<'t> {
    rows: Rows<'t>,
    store: &'t Store,
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").finish_non_exhaustive()
    }
}

impl<'t> View<'t> {
    pub(crate) const fn new(rows: Rows<'t>, store: &'t Store) -> Self {
        Self { rows, store }
    }

    pub(crate) const fn sealer(&self) -> &'t Sealer {
        &self.store.sealer
    }

    pub(crate) fn fail(&self, error: impl Into<redb::Error>) -> StoreError {
        StoreError::database(&self.store.file, error.into())
    }

    pub(crate) fn other_identity(&self) -> StoreError {
        StoreError::OtherIdentity(self.store.file.clone())
    }

    /// The sealed value of a key.
    pub(crate) fn get<'k, K: Key + 'static>(
        &self,
        table: TableDefinition<'static, K, &'static [u8]>,
        key: K::SelfType<'k>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found = match &self.rows {
            Rows::Read(read) => match read.open_table(table) {
                Ok(table) => value_of(&table, key),
                Err(TableError::TableDoesNotExist(_)) => Ok(None),
                Err(error) => return Err(self.fail(error)),
            },
            Rows::Write(write) => value_of(&write.open_table(table).map_err(|error| self.fail(error))?, key),
        };
        found.map_err(|error| self.fail(error))
    }

    /// Shows the rows of a range one by one, still sealed, until `visit` breaks off.
    pub(crate) fn scan<'k, K: Key + 'static>(
        &self,
        table: TableDefinition<'static, K, &'static [u8]>,
        range: (Bound<K::SelfType<'k>>, Bound<K::SelfType<'k>>),
        order: Order,
        visit: impl FnMut(K::SelfType<'_>, &[u8]) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        match &self.rows {
            Rows::Read(read) => match read.open_table(table) {
                Ok(table) => self.visit_rows(&table, range, order, visit),
                Err(TableError::TableDoesNotExist(_)) => Ok(()),
                Err(error) => Err(self.fail(error)),
            },
            Rows::Write(write) => {
                let table = write.open_table(table).map_err(|error| self.fail(error))?;
                self.visit_rows(&table, range, order, visit)
            }
        }
    }

    fn visit_rows<'k, K: Key + 'static>(
        &self,
        table: &impl ReadableTable<K, &'static [u8]>,
        range: (Bound<K::SelfType<'k>>, Bound<K::SelfType<'k>>),
        order: Order,
        mut visit: impl FnMut(K::SelfType<'_>, &[u8]) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut rows = table.range::<K::SelfType<'k>>(range).map_err(|error| self.fail(error))?;
        loop {
            let row = match order {
                Order::OldestFirst => rows.next(),
                Order::NewestFirst => rows.next_back(),
            };
            let Some(row) = row else { return Ok(()) };
            let (key, value) = row.map_err(|error| self.fail(error))?;
            if visit(key.value(), value.value())?.is_break() {
                return Ok(());
            }
        }
    }

    /// The record under a hidden key.
    pub(crate) fn record<T: DeserializeOwned>(&self, table: Hidden, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.get(table, key)?.map(|sealed| self.unseal(name(&table), key, &sealed)).transpose()
    }

    /// The records of a range that are `wanted`, in the order of the keys; only they are held in memory.
    pub(crate) fn records<T: DeserializeOwned>(
        &self,
        table: Hidden,
        range: (Bound<&[u8]>, Bound<&[u8]>),
        wanted: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, StoreError> {
        let mut records = Vec::new();
        self.scan(table, range, Order::OldestFirst, |key, sealed| {
            let record = self.unseal(name(&table), key, sealed)?;
            if wanted(&record) {
                records.push(record);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(records)
    }

    /// How many rows a range has.
    pub(crate) fn count(&self, table: Hidden, range: (Bound<&[u8]>, Bound<&[u8]>)) -> Result<u64, StoreError> {
        let mut count = 0;
        self.scan(table, range, Order::OldestFirst, |_, _| {
            count += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(count)
    }

    /// Opens a sealed value.
    pub(crate) fn unseal<T: DeserializeOwned>(&self, table: &str, key: &[u8], sealed: &[u8]) -> Result<T, StoreError> {
        self.sealer().open(table, key, sealed).map_err(|error| self.broken(table, error))
    }

    pub(crate) fn broken(&self, table: &str, error: SealError) -> StoreError {
        let what = match error {
            SealError::Broken => "the seal is broken",
            SealError::Record => "the seal is good but the record is of an unknown form",
        };
        StoreError::damaged(&self.store.file, format!("in table {table} {what}"))
    }
}

fn value_of<'k, K: Key + 'static>(
    table: &impl ReadableTable<K, &'static [u8]>,
    key: K::SelfType<'k>,
) -> Result<Option<Vec<u8>>, redb::StorageError> {
    Ok(table.get(key)?.map(|value| value.value().to_vec()))
}

/// The name of a table, to which its seals are bound.
pub(crate) fn name(table: &Hidden) -> &str {
    redb::TableHandle::name(table)
}

/// The last key that can belong to a hidden name.
pub(crate) fn end_of(prefix: &[u8]) -> Vec<u8> {
    [prefix, &AFTER_EVERY_KEY].concat()
}

/// Every key that begins with `prefix`; `end` is its [`end_of`].
pub(crate) const fn below<'k>(prefix: &'k [u8], end: &'k [u8]) -> (Bound<&'k [u8]>, Bound<&'k [u8]>) {
    (Bound::Included(prefix), Bound::Included(end))
}
