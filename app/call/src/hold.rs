//! Holding, resuming and changing over between calls.
//! Called by `Calls::handle` and by the commands that start or answer a call.
//! At most one call that does not ring is un-held by me at any time; nothing resumes by itself.

use crate::step::Outputs;
use crate::{Call, CallError, CallId, CallState, Calls, MediaFlags, Now, OtherCall};

impl Call {
    /// Whether it takes the person's attention: neither ringing, held by me nor over.
    pub(crate) const fn is_going_on(&self) -> bool {
        match self.state {
            CallState::Dialing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Active
            | CallState::Reconnecting => !self.local.held,
            CallState::Ringing | CallState::Ended(_) => false,
        }
    }

    pub(crate) fn set_held(&mut self, now: Now, held: bool, out: &mut Outputs) {
        if self.local.held != held {
            self.held_since = held.then_some(now.local);
            self.set_local(MediaFlags { held, ..self.local }, out);
        }
    }
}

impl Calls {
    /// The person holds or resumes a call.
    pub(crate) fn set_held(&mut self, now: Now, id: CallId, held: bool) -> Result<(), CallError> {
        if self.live_mut(id)?.0.state == CallState::Ringing {
            return Err(CallError::Rings);
        }
        if !held {
            self.put_aside(now, id, OtherCall::Hold);
        }
        let (call, out) = self.live_mut(id)?;
        call.set_held(now, held, out);
        Ok(())
    }

    /// Holds the call going on and resumes the one held for longest.
    pub(crate) fn swap(&mut self, now: Now) -> Result<(), CallError> {
        let held = self.alive().filter(|call| call.local.held).min_by_key(|call| call.held_since);
        let id = held.ok_or(CallError::NothingHeld)?.id;
        self.set_held(now, id, false)
    }

    /// Makes room for `id` to go on: whatever else goes on is held or ended.
    pub(crate) fn put_aside(&mut self, now: Now, id: CallId, how: OtherCall) {
        for call in self.calls.iter_mut().filter(|call| call.id != id && call.is_going_on()) {
            match how {
                OtherCall::Hold => call.set_held(now, true, &mut self.outputs),
                OtherCall::End => call.hang_up(now, &mut self.outputs),
            }
        }
    }
}
