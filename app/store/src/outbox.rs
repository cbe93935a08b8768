//! What waits for a person's phone to take it.
//! Written by the mailroom; read by it whenever a courier asks for the next frame.
//! Keys are `[32 hidden peer][1 lane][8 id]`: the next row of a person is the first one, whatever waits behind it.

use std::ops::{Bound, ControlFlow};

use ahoy_call::PeerId;
use serde::{Deserialize, Serialize};

use crate::marks::Mark;
use crate::view::{Hidden, Order, below, end_of};
use crate::{Store, StoreError, Transaction, View};

pub(crate) const OUTBOX: Hidden = Hidden::new("outbox");

/// The lane is part of the key, so that urgent rows sort before the others.
const URGENT: u8 = 0;
const PATIENT: u8 = 1;

/// One thing that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Grows from row to row over all people and is never used again.
    pub id: u64,
    /// For whom.
    pub to: PeerId,
    /// Whether it goes before everything that is not.
    pub urgent: bool,
    /// Unix milliseconds from which on nobody needs it any more.
    pub expires_ms: Option<u64>,
    /// What is to be said, not yet encrypted for the person.
    pub body: Vec<u8>,
    /// What was encrypted for the person: the very bytes are sent again until they are taken.
    pub frame: Option<Vec<u8>>,
    /// The session the frame belongs to, counted by the mailroom.
    pub session: u64,
}

impl OutboxRow {
    const fn expired(&self, now_ms: u64) -> bool {
        match self.expires_ms {
            Some(expires_ms) => expires_ms <= now_ms,
            None => false,
        }
    }
}

impl View<'_> {
    fn outbox_prefix(&self, to: PeerId) -> [u8; 32] {
        self.sealer().hide("outbox", to.as_bytes())
    }

    fn outbox_key(&self, to: PeerId, urgent: bool, id: u64) -> Vec<u8> {
        let lane = if urgent { URGENT } else { PATIENT };
        [&self.outbox_prefix(to)[..], &[lane], &id.to_be_bytes()].concat()
    }

    /// One row, when it still waits.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn outbox_row(&self, to: PeerId, id: u64) -> Result<Option<OutboxRow>, StoreError> {
        match self.record(OUTBOX, &self.outbox_key(to, true, id))? {
            Some(row) => Ok(Some(row)),
            None => self.record(OUTBOX, &self.outbox_key(to, false, id)),
        }
    }

    /// What the person gets next: urgent rows first, then the oldest; expired ones are passed over.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn outbox_next(&self, to: PeerId, now_ms: u64) -> Result<Option<OutboxRow>, StoreError> {
        let prefix = self.outbox_prefix(to);
        let mut next = None;
        self.scan(OUTBOX, below(&prefix, &end_of(&prefix)), Order::OldestFirst, |key, sealed| {
            let row: OutboxRow = self.unseal("outbox", key, sealed)?;
            if row.expired(now_ms) {
                return Ok(ControlFlow::Continue(()));
            }
            next = Some(row);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(next)
    }

    /// How many rows wait for the person, expired ones included.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn outbox_len(&self, to: PeerId) -> Result<u64, StoreError> {
        let prefix = self.outbox_prefix(to);
        self.count(OUTBOX, below(&prefix, &end_of(&prefix)))
    }

    /// Everybody for whom something waits, in no order that means anything.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn outbox_peers(&self) -> Result<Vec<PeerId>, StoreError> {
        let mut peers = Vec::new();
        let mut passed = Vec::new();
        // The first row of a person names it; the rest of its rows are jumped over.
        while let Some(first) = self.first_row_after(&passed)? {
            passed = end_of(&self.outbox_prefix(first.to));
            peers.push(first.to);
        }
        Ok(peers)
    }

    fn first_row_after(&self, passed: &[u8]) -> Result<Option<OutboxRow>, StoreError> {
        let mut first = None;
        self.scan(OUTBOX, (Bound::Excluded(passed), Bound::Unbounded), Order::OldestFirst, |key, sealed| {
            first = Some(self.unseal("outbox", key, sealed)?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(first)
    }
}

impl Transaction<'_> {
    /// Lets something wait for a person and gives the row's id.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn add_outbox(
        &mut self,
        to: PeerId,
        urgent: bool,
        expires_ms: Option<u64>,
        body: Vec<u8>,
    ) -> Result<u64, StoreError> {
        let id = self.mark(Mark::OutboxId)? + 1;
        self.set_mark(Mark::OutboxId, id)?;
        self.put_outbox(&OutboxRow { id, to, urgent, expires_ms, body, frame: None, session: 0 })?;
        Ok(id)
    }

    /// Writes a row anew; whether it is urgent must not change.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_outbox(&mut self, row: &OutboxRow) -> Result<(), StoreError> {
        let key = self.outbox_key(row.to, row.urgent, row.id);
        self.put_record(OUTBOX, &key, row)
    }

    /// Takes a row away; `false` when it no longer waited.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn remove_outbox(&mut self, to: PeerId, id: u64) -> Result<bool, StoreError> {
        for urgent in [true, false] {
            let key = self.outbox_key(to, urgent, id);
            if self.remove(OUTBOX, key.as_slice())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes everything away that waits for a person, and says how much it was.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn clear_outbox(&mut self, to: PeerId) -> Result<u64, StoreError> {
        let prefix = self.outbox_prefix(to);
        let removed = self.remove_all(OUTBOX, below(&prefix, &end_of(&prefix)))?;
        Ok(removed.len() as u64)
    }

    /// Takes away what nobody needs any more, and gives it back.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn drop_expired(&mut self, now_ms: u64) -> Result<Vec<OutboxRow>, StoreError> {
        let everything = (Bound::Unbounded, Bound::Unbounded);
        let expired = self.records(OUTBOX, everything, |row: &OutboxRow| row.expired(now_ms))?;
        for row in &expired {
            let _ = self.remove_outbox(row.to, row.id)?;
        }
        Ok(expired)
    }

    /// Forgets the frames for a person, because its session is a new one; what they say waits on.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn clear_frames(&mut self, to: PeerId) -> Result<(), StoreError> {
        let prefix = self.outbox_prefix(to);
        let end = end_of(&prefix);
        for row in self.records(OUTBOX, below(&prefix, &end), |row: &OutboxRow| row.frame.is_some())? {
            self.put_outbox(&OutboxRow { frame: None, ..row })?;
        }
        Ok(())
    }
}

impl Store {
    /// As [`View::outbox_row`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn outbox_row(&self, to: PeerId, id: u64) -> Result<Option<OutboxRow>, StoreError> {
        self.view(|view| view.outbox_row(to, id))
    }

    /// As [`View::outbox_next`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn outbox_next(&self, to: PeerId, now_ms: u64) -> Result<Option<OutboxRow>, StoreError> {
        self.view(|view| view.outbox_next(to, now_ms))
    }

    /// As [`View::outbox_len`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn outbox_len(&self, to: PeerId) -> Result<u64, StoreError> {
        self.view(|view| view.outbox_len(to))
    }

    /// As [`View::outbox_peers`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn outbox_peers(&self) -> Result<Vec<PeerId>, StoreError> {
        self.view(|view| view.outbox_peers())
    }

    /// [`Transaction::drop_expired`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn drop_expired(&self, now_ms: u64) -> Result<Vec<OutboxRow>, StoreError> {
        self.transact(|change| change.drop_expired(now_ms))
    }
}
