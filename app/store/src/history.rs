//! The call history.
//! The engine writes a record while a call is active and when it ends; `history` reads them, newest first.
//! Keys are clear, `(timestamp, call id)`, so that they sort: when a call was can be told from the file, with whom cannot.

use std::ops::{Bound, ControlFlow};

use ahoy_call::{CallId, CallRecord, EndedReason};
use redb::TableDefinition;

use crate::marks::Mark;
use crate::view::Order;
use crate::{Store, StoreError, Transaction, View};

const CALL_HISTORY: TableDefinition<'_, (u64, &str), &[u8]> = TableDefinition::new("call_history");

impl View<'_> {
    /// At most `limit` records, newest first, of calls that began before `before` (Unix milliseconds) when given.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn calls(&self, limit: usize, before: Option<u64>) -> Result<Vec<CallRecord>, StoreError> {
        self.calls_where(limit, before, |_| true)
    }

    /// At most `limit` records, newest first, of calls that are `wanted` and began before `before` (Unix milliseconds)
    /// when given. Where few are wanted the whole history is read.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn calls_where(
        &self,
        limit: usize,
        before: Option<u64>,
        wanted: impl Fn(&CallRecord) -> bool,
    ) -> Result<Vec<CallRecord>, StoreError> {
        let mut calls = Vec::new();
        // The empty text sorts before every id of that millisecond.
        let end = before.map_or(Bound::Unbounded, |before| Bound::Excluded((before, "")));
        self.scan(CALL_HISTORY, (Bound::Unbounded, end), Order::NewestFirst, |(timestamp, id), sealed| {
            if calls.len() == limit {
                return Ok(ControlFlow::Break(()));
            }
            let call = self.unseal("call_history", &place(timestamp, id), sealed)?;
            if wanted(&call) {
                calls.push(call);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(calls)
    }

    /// Whether the call is in the history.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn has_call(&self, call: CallId) -> Result<bool, StoreError> {
        Ok(self.timestamp_of(call)?.is_some())
    }

    fn timestamp_of(&self, call: CallId) -> Result<Option<u64>, StoreError> {
        let wanted = call.to_string();
        let mut found = None;
        // Newest first, since it is asked about calls of late; only the clear keys are looked at.
        self.scan(CALL_HISTORY, (Bound::Unbounded, Bound::Unbounded), Order::NewestFirst, |(timestamp, id), _| {
            if id == wanted {
                found = Some(timestamp);
                return Ok(ControlFlow::Break(()));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// How many calls were missed that began at `since_ms` (Unix milliseconds) or later.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn missed_since(&self, since_ms: u64) -> Result<u32, StoreError> {
        let mut missed = 0;
        let range = (Bound::Included((since_ms, "")), Bound::Unbounded);
        self.scan(CALL_HISTORY, range, Order::NewestFirst, |(timestamp, id), sealed| {
            let call: CallRecord = self.unseal("call_history", &place(timestamp, id), sealed)?;
            missed += u32::from(call.ended_reason == EndedReason::Missed);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(missed)
    }

    /// Unix milliseconds of the last look at the missed calls; zero when nobody ever looked.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn seen_missed_ms(&self) -> Result<u64, StoreError> {
        self.mark(Mark::SeenMissed)
    }
}

impl Transaction<'_> {
    /// Adds a record, or replaces the one of the same call and time.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_call(&mut self, record: &CallRecord) -> Result<(), StoreError> {
        let id = record.call_id.to_string();
        let sealed = self.sealer().seal("call_history", &place(record.timestamp, &id), record);
        self.put(CALL_HISTORY, (record.timestamp, id.as_str()), &sealed)
    }

    /// Forgets one call; `false` when it was not in the history.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn delete_call(&mut self, call: CallId) -> Result<bool, StoreError> {
        match self.timestamp_of(call)? {
            Some(timestamp) => self.remove(CALL_HISTORY, (timestamp, call.to_string().as_str())),
            None => Ok(false),
        }
    }

    /// Forgets every call.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn clear_calls(&mut self) -> Result<(), StoreError> {
        self.clear(CALL_HISTORY)
    }

    /// Notes that the missed calls were looked at; `at_ms` in Unix milliseconds.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn set_seen_missed_ms(&mut self, at_ms: u64) -> Result<(), StoreError> {
        self.set_mark(Mark::SeenMissed, at_ms)
    }
}

impl Store {
    /// As [`View::calls`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn calls(&self, limit: usize, before: Option<u64>) -> Result<Vec<CallRecord>, StoreError> {
        self.view(|view| view.calls(limit, before))
    }

    /// As [`View::calls_where`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn calls_where(
        &self,
        limit: usize,
        before: Option<u64>,
        wanted: impl Fn(&CallRecord) -> bool,
    ) -> Result<Vec<CallRecord>, StoreError> {
        self.view(|view| view.calls_where(limit, before, wanted))
    }

    /// As [`View::has_call`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn has_call(&self, call: CallId) -> Result<bool, StoreError> {
        self.view(|view| view.has_call(call))
    }

    /// As [`View::missed_since`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn missed_since(&self, since_ms: u64) -> Result<u32, StoreError> {
        self.view(|view| view.missed_since(since_ms))
    }

    /// As [`View::seen_missed_ms`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn seen_missed_ms(&self) -> Result<u64, StoreError> {
        self.view(|view| view.seen_missed_ms())
    }

    /// [`Transaction::put_call`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_call(&self, record: &CallRecord) -> Result<(), StoreError> {
        self.transact(|change| change.put_call(record))
    }

    /// [`Transaction::delete_call`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn delete_call(&self, call: CallId) -> Result<bool, StoreError> {
        self.transact(|change| change.delete_call(call))
    }

    /// [`Transaction::clear_calls`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn clear_calls(&self) -> Result<(), StoreError> {
        self.transact(|change| change.clear_calls())
    }

    /// [`Transaction::set_seen_missed_ms`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn set_seen_missed_ms(&self, at_ms: u64) -> Result<(), StoreError> {
        self.transact(|change| change.set_seen_missed_ms(at_ms))
    }
}

/// The key as the bytes that the seal binds.
fn place(timestamp: u64, id: &str) -> Vec<u8> {
    [&timestamp.to_be_bytes()[..], id.as_bytes()].concat()
}
