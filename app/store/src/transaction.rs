//! A change of the store that happens whole or not at all: every writer is a method of [`Transaction`].
//! Made by `Store::transact` alone, one at a time; it reads like a [`View`] and sees its own writes.
//! What it wrote is on the disk when `transact` returns, and not before anything acts on it.

use std::fmt;
use std::ops::{Bound, ControlFlow, Deref};

use redb::{Key, TableDefinition, WriteTransaction};
use serde::Serialize;

use crate::view::{Hidden, Order, Rows, View, name};
use crate::{Store, StoreError};

/// A change in the making.
pub struct Transaction<'t> {
    write: &'t WriteTransaction,
    view: View<'t>,
    waits: bool,
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

impl<'t> Deref for Transaction<'t> {
    type Target = View<'t>;

    fn deref(&self) -> &View<'t> {
        &self.view
    }
}

impl<'t> Transaction<'t> {
    pub(crate) const fn new(write: &'t WriteTransaction, store: &'t Store) -> Self {
        Self { write, view: View::new(Rows::Write(write), store), waits: false }
    }

    /// Lets this change wait for the disk until the next one that does not: a crash in between undoes it as a whole. For
    /// what is made again, or not missed, when it is lost; it saves the milliseconds of a sync.
    pub const fn may_wait(&mut self) {
        self.waits = true;
    }

    /// Whether it does.
    pub(crate) const fn waits(&self) -> bool {
        self.waits
    }

    /// Puts a sealed value under a key.
    pub(crate) fn put<'k, K: Key + 'static>(
        &mut self,
        table: TableDefinition<'static, K, &'static [u8]>,
        key: K::SelfType<'k>,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        let mut table = self.write.open_table(table).map_err(|error| self.fail(error))?;
        let _ = table.insert(key, sealed).map_err(|error| self.fail(error))?;
        Ok(())
    }

    /// Seals a record and puts it under a hidden key.
    pub(crate) fn put_record(&mut self, table: Hidden, key: &[u8], record: &impl Serialize) -> Result<(), StoreError> {
        let sealed = self.sealer().seal(name(&table), key, record);
        self.put(table, key, &sealed)
    }

    /// Takes a row away; `false` when it was not there.
    pub(crate) fn remove<'k, K: Key + 'static>(
        &mut self,
        table: TableDefinition<'static, K, &'static [u8]>,
        key: K::SelfType<'k>,
    ) -> Result<bool, StoreError> {
        let mut table = self.write.open_table(table).map_err(|error| self.fail(error))?;
        let removed = table.remove(key).map_err(|error| self.fail(error))?.is_some();
        Ok(removed)
    }

    /// Takes the rows of a range away and gives their keys back.
    pub(crate) fn remove_all(
        &mut self,
        table: Hidden,
        range: (Bound<&[u8]>, Bound<&[u8]>),
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut keys = Vec::new();
        self.scan(table, range, Order::OldestFirst, |key, _| {
            keys.push(key.to_vec());
            Ok(ControlFlow::Continue(()))
        })?;
        for key in &keys {
            let _ = self.remove(table, key.as_slice())?;
        }
        Ok(keys)
    }

    /// Forgets a whole table.
    pub(crate) fn clear<K: Key + 'static>(
        &mut self,
        table: TableDefinition<'static, K, &'static [u8]>,
    ) -> Result<(), StoreError> {
        let _ = self.write.delete_table(table).map_err(|error| self.fail(error))?;
        Ok(())
    }
}
