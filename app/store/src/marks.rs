//! Numbers that only this crate counts with: the next outbox id, the last look at the missed calls.
//! Read and written inside the transactions of their tables.
//! A mark that was never set is zero.

use redb::TableDefinition;

use crate::{StoreError, Transaction, View};

const MARKS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("marks");

/// The numbers.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    /// The id that the last outbox row got.
    OutboxId,
    /// Unix milliseconds of the last look at the missed calls.
    SeenMissed,
}

impl Mark {
    const fn name(self) -> &'static str {
        match self {
            Self::OutboxId => "outbox_id",
            Self::SeenMissed => "seen_missed_ms",
        }
    }
}

impl View<'_> {
    pub(crate) fn mark(&self, mark: Mark) -> Result<u64, StoreError> {
        let sealed = self.get(MARKS, mark.name())?;
        let number = sealed.map(|sealed| self.unseal("marks", mark.name().as_bytes(), &sealed)).transpose()?;
        Ok(number.unwrap_or(0))
    }
}

impl Transaction<'_> {
    pub(crate) fn set_mark(&mut self, mark: Mark, number: u64) -> Result<(), StoreError> {
        let sealed = self.sealer().seal("marks", mark.name().as_bytes(), &number);
        self.put(MARKS, mark.name(), &sealed)
    }
}
