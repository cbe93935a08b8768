//! What the person does: dial, answer, decline, hang up.
//! Called by `Calls::handle` alone; holding and changing over stand in `hold`.
//! A command that fits no call is an error and changes nothing.

use crate::config::MAX_LIVE;
use crate::signal::capped_text;
use crate::step::Outputs;
use crate::{
    Call, CallError, CallId, CallSignal, CallState, Calls, EndReason, MediaFlags, Now, OtherCall, Output, RejectReason,
};

impl Calls {
    pub(crate) fn dial(&mut self, now: Now, mut call: Call) -> Result<(), CallError> {
        if self.call(call.id).is_some() {
            return Err(CallError::IdInUse);
        }
        let with = self.alive().find(|live| live.peer == call.peer).map(|live| (live.id, live.state));
        let others_held = self.alive().filter(|live| live.peer != call.peer).all(|live| live.local.held);
        match with {
            // We are calling each other, only the peer was faster.
            Some((by, CallState::Ringing)) if others_held => {
                self.outputs.push_back(Output::Replaced { call: call.id, by });
                self.accept(now, by, call.local.video, OtherCall::Hold)
            }
            None if others_held && self.alive().count() < MAX_LIVE => {
                call.begin(&mut self.outputs);
                self.remember(call);
                Ok(())
            }
            Some(_) | None => Err(CallError::InCall),
        }
    }

    pub(crate) fn accept(&mut self, now: Now, id: CallId, video: bool, other: OtherCall) -> Result<(), CallError> {
        let peer = self.ringing_mut(id)?.0.peer;
        self.put_aside(now, id, other);
        self.rings.clear(peer);
        let (call, out) = self.ringing_mut(id)?;
        call.set_local(MediaFlags { video, ..call.local }, out);
        call.go(now, CallState::Connecting, out);
        call.answer(out);
        Ok(())
    }

    pub(crate) fn decline(
        &mut self,
        now: Now,
        id: CallId,
        reason: RejectReason,
        text: Option<String>,
    ) -> Result<(), CallError> {
        let (call, out) = self.ringing_mut(id)?;
        call.send(CallSignal::Reject { call_id: id, reason, text: capped_text(text) }, out);
        call.end(now, EndReason::Declined, out);
        Ok(())
    }

    pub(crate) fn hang_up(&mut self, now: Now, id: CallId) -> Result<(), CallError> {
        let (call, out) = self.live_mut(id)?;
        if call.state == CallState::Ringing {
            return self.decline(now, id, RejectReason::Declined, None);
        }
        call.hang_up(now, out);
        Ok(())
    }

    fn ringing_mut(&mut self, id: CallId) -> Result<(&mut Call, &mut Outputs), CallError> {
        let (call, out) = self.live_mut(id)?;
        if call.state == CallState::Ringing { Ok((call, out)) } else { Err(CallError::NotRinging(call.state)) }
    }
}
