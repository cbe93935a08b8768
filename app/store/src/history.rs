//! The call history.
//! The engine writes a record when a call ends; `history` reads them, newest first.
//! Keys are clear, `(timestamp, call id)`, so that they sort: when a call was can be told from the file, with whom cannot.

use ahoy_call::CallRecord;
use redb::TableDefinition;

use crate::{Store, StoreError};

const CALL_HISTORY: TableDefinition<(u64, &str), &[u8]> = TableDefinition::new("call_history");

impl Store {
    /// Adds a record, or replaces the one of the same call and time.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_call(&self, record: &CallRecord) -> Result<(), StoreError> {
        let id = record.call_id.to_string();
        let sealed = self.sealer.seal("call_history", &place(record.timestamp, &id), record);
        self.write(CALL_HISTORY, |table| {
            let _ = table.insert((record.timestamp, id.as_str()), sealed.as_slice())?;
            Ok(())
        })
    }

    /// At most `limit` records, newest first, of calls that began before `before` (Unix milliseconds) when given.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn calls(&self, limit: usize, before: Option<u64>) -> Result<Vec<CallRecord>, StoreError> {
        let rows = self.read(CALL_HISTORY, |table| {
            let newest_first = match before {
                // The empty text sorts before every id of that millisecond.
                Some(before) => table.range(..(before, ""))?,
                None => table.range::<(u64, &str)>(..)?,
            };
            let mut rows = Vec::new();
            for row in newest_first.rev().take(limit) {
                let (key, value) = row?;
                let (timestamp, id) = key.value();
                rows.push((place(timestamp, id), value.value().to_vec()));
            }
            Ok(rows)
        })?;
        rows.unwrap_or_default().iter().map(|(key, value)| self.unseal("call_history", key, value)).collect()
    }
}

/// The key as the bytes that the seal binds.
fn place(timestamp: u64, id: &str) -> Vec<u8> {
    [&timestamp.to_be_bytes()[..], id.as_bytes()].concat()
}
