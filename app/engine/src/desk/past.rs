//! Past calls at the desk: remembering, listing, forgetting, and what was missed.
//! The driver records calls through it; requests about the history end here.
//! A call that is active has a row too, the one that a crash would leave behind; nobody is shown it before its end.

use ahoy_call::{CallId, CallRecord, PeerId};

use super::{Desk, Response};
use crate::clock;
use crate::error::DeskError;

impl Desk {
    /// Remembers a call that has ended.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn record(&mut self, call: &CallRecord) -> Result<(), DeskError> {
        let _ = self.open_calls.remove(&call.call_id);
        Ok(self.store.put_call(call)?)
    }

    /// Writes what a call that is active would leave behind if this phone stopped now.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn record_open(&mut self, call: &CallRecord) -> Result<(), DeskError> {
        let _ = self.open_calls.insert(call.call_id);
        Ok(self.store.put_call(call)?)
    }

    /// Missed calls that the person has not looked at.
    pub(super) fn missed(&self) -> Result<u32, DeskError> {
        Ok(self.store.missed_since(self.store.seen_missed_ms()?)?)
    }

    pub(super) fn history(
        &self,
        (limit, before): (usize, Option<u64>),
        missed: bool,
        who: Option<&str>,
    ) -> Result<Response, DeskError> {
        // Calls stay when their contact goes: an id finds them then, and those of the built-in Echo too.
        let peer =
            who.map(|who| who.parse::<PeerId>().or_else(|_| self.resolve(who).map(|addr| addr.id))).transpose()?;
        let wanted = |call: &CallRecord| {
            let open = self.open_calls.contains(&call.call_id);
            !open && (!missed || call.is_missed()) && peer.is_none_or(|peer| peer == call.peer)
        };
        Ok(Response::History(self.store.calls_where(limit, before, wanted)?))
    }

    pub(super) fn delete_call(&mut self, call: &str) -> Result<Response, DeskError> {
        let call: CallId = call.parse()?;
        if self.store.delete_call(call)? { Ok(Response::Done) } else { Err(DeskError::UnknownCall(call.to_string())) }
    }

    pub(super) fn clear_history(&mut self) -> Result<Response, DeskError> {
        self.store.clear_calls()?;
        Ok(Response::Done)
    }

    pub(super) fn seen_missed(&mut self) -> Result<Response, DeskError> {
        self.store.set_seen_missed_ms(clock::unix_ms())?;
        Ok(Response::Done)
    }
}
