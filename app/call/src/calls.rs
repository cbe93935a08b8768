//! All calls of this phone: the one state machine, without IO and without a clock.
//! The engine's driver is its sole owner: `handle` an input, drain `poll_output`, sleep until `next_deadline`.
//! At most one call lives at a time; ended ones linger for their late signals. Every input has a defined answer.

use std::collections::VecDeque;

use ahoy_media::LocalTime;

use crate::call::MediaFlags;
use crate::config::{MAX_CALLS, MAX_SETTLED};
use crate::signal::capped_text;
use crate::step::Outputs;
use crate::{
    Call, CallError, CallId, CallSignal, CallState, Direction, EndReason, Input, Now, Output, PeerId, RejectReason,
    SendFailure, TimerKind,
};

/// The calls of one phone.
#[derive(Debug, Default)]
pub struct Calls {
    pub(crate) calls: Vec<Call>,
    /// Filled by one input (about ten at most), drained before the next.
    pub(crate) outputs: Outputs,
    /// Calls that need no more answer although they are not in the table: turned down as busy, or ended before their offer came.
    settled: VecDeque<(PeerId, CallId)>,
}

impl Calls {
    /// A phone without calls.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every call that is remembered, oldest first: at most one that lives, and ended ones until they are forgotten.
    #[must_use]
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// One call.
    #[must_use]
    pub fn call(&self, id: CallId) -> Option<&Call> {
        self.calls.iter().find(|call| call.id == id)
    }

    /// The call that lives, if there is one.
    #[must_use]
    pub fn live(&self) -> Option<&Call> {
        self.calls.iter().find(|call| !call.state.is_ended())
    }

    /// The next thing to do; `None` when everything has been handed out.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to come back with [`Input::Timeout`], and what for.
    #[must_use]
    pub fn next_deadline(&self) -> Option<(LocalTime, TimerKind)> {
        self.calls.iter().filter_map(Call::deadline).min_by_key(|(at, _)| *at)
    }

    /// Takes one input. Afterwards drain [`Self::poll_output`] and look at [`Self::next_deadline`] anew.
    ///
    /// # Errors
    /// [`CallError`] for a command (`Dial`, `Accept`, `Decline`, `HangUp`, `SetMuted`, `SetVideo`) that fits no call;
    /// nothing has changed then. Inputs of the network and the clock never fail.
    pub fn handle(&mut self, now: Now, input: Input) -> Result<(), CallError> {
        match input {
            Input::Dial { call, peer, video, audio_codec } => {
                let id = call;
                let mut call = Call::new(now, id, peer, Direction::Outgoing, CallState::Dialing);
                call.local.video = video;
                call.audio_codec = audio_codec;
                return self.dial(now, call);
            }
            Input::Accept { call, video } => return self.accept(now, call, video),
            Input::Decline { call, reason, text } => return self.decline(now, call, reason, text),
            Input::HangUp { call } => {
                let (call, out) = self.live_mut(call)?;
                if call.state == CallState::Ringing {
                    let id = call.id;
                    return self.decline(now, id, RejectReason::Declined, None);
                }
                call.hang_up(now, out);
            }
            Input::SetMuted { call, muted } => {
                let (call, out) = self.live_mut(call)?;
                call.set_local(MediaFlags { muted, ..call.local }, out);
            }
            Input::SetVideo { call, video } => {
                let (call, out) = self.live_mut(call)?;
                call.set_local(MediaFlags { video, ..call.local }, out);
            }
            Input::MediaBound { call, addr } => self.on_live(call, |call, out| call.bound(addr, out)),
            Input::MediaFailed { call } => self.on_live(call, |call, out| media_failed(call, now, out)),
            Input::Received { from, signal } => self.received(now, from, signal),
            Input::SendFailed { call, failure } => self.on_live(call, |call, out| {
                // Later signals may fail too, but then the call's own timers know better.
                if call.state == CallState::Dialing {
                    let reason = match failure {
                        SendFailure::Unreachable => EndReason::Unreachable,
                        SendFailure::Refused => EndReason::Refused,
                    };
                    call.end(now, reason, out);
                }
            }),
            Input::Linked { call } => self.on_live(call, Call::linked),
            Input::Unlinked { call, ended } => self.on_live(call, |call, out| call.unlinked(now, ended, out)),
            Input::MediaFlows { call } => self.on_live(call, |call, out| call.media_flows(now, out)),
            Input::Heard { call } => self.on_live(call, |call, out| call.heard(now, out)),
            Input::Timeout => self.timeout(now),
        }
        Ok(())
    }

    fn dial(&mut self, now: Now, mut call: Call) -> Result<(), CallError> {
        if self.call(call.id).is_some() {
            return Err(CallError::IdInUse);
        }
        match self.live() {
            // We are calling each other, only the peer was faster.
            Some(live) if live.peer == call.peer && live.state == CallState::Ringing => {
                let by = live.id;
                self.outputs.push_back(Output::Replaced { call: call.id, by });
                self.accept(now, by, call.local.video)
            }
            Some(_) => Err(CallError::InCall),
            None => {
                call.begin(&mut self.outputs);
                self.remember(call);
                Ok(())
            }
        }
    }

    fn accept(&mut self, now: Now, id: CallId, video: bool) -> Result<(), CallError> {
        let (call, out) = self.ringing_mut(id)?;
        call.set_local(MediaFlags { video, ..call.local }, out);
        call.go(now, CallState::Connecting, out);
        call.answer(out);
        Ok(())
    }

    fn decline(&mut self, now: Now, id: CallId, reason: RejectReason, text: Option<String>) -> Result<(), CallError> {
        let (call, out) = self.ringing_mut(id)?;
        call.send(CallSignal::Reject { call_id: id, reason, text: capped_text(text) }, out);
        call.end(now, EndReason::Declined, out);
        Ok(())
    }

    /// Puts a call into the table; when it is full, the oldest ended one is forgotten early.
    pub(crate) fn remember(&mut self, call: Call) {
        if self.calls.len() >= MAX_CALLS
            && let Some(oldest) = self.calls.iter().position(|call| call.state.is_ended())
        {
            let _ = self.calls.remove(oldest);
        }
        self.calls.push(call);
    }

    /// Remembers that a call outside the table needs no more answer.
    pub(crate) fn settle(&mut self, peer: PeerId, call: CallId) {
        if !self.is_settled(peer, call) {
            if self.settled.len() >= MAX_SETTLED {
                let _ = self.settled.pop_front();
            }
            self.settled.push_back((peer, call));
        }
    }

    pub(crate) fn is_settled(&self, peer: PeerId, call: CallId) -> bool {
        self.settled.contains(&(peer, call))
    }

    fn live_mut(&mut self, id: CallId) -> Result<(&mut Call, &mut Outputs), CallError> {
        let call = self.calls.iter_mut().find(|call| call.id == id && !call.state.is_ended());
        call.map(|call| (call, &mut self.outputs)).ok_or(CallError::Unknown)
    }

    fn ringing_mut(&mut self, id: CallId) -> Result<(&mut Call, &mut Outputs), CallError> {
        let (call, out) = self.live_mut(id)?;
        if call.state == CallState::Ringing { Ok((call, out)) } else { Err(CallError::NotRinging(call.state)) }
    }

    /// What concerns no living call is late, and nothing has to be done.
    fn on_live(&mut self, id: CallId, step: impl FnOnce(&mut Call, &mut Outputs)) {
        if let Ok((call, out)) = self.live_mut(id) {
            step(call, out);
        }
    }

    fn timeout(&mut self, now: Now) {
        for call in &mut self.calls {
            // One call can have slept through several deadlines.
            while let Some((at, kind)) = call.deadline()
                && at <= now.local
                && kind != TimerKind::Linger
            {
                call.timeout(now, kind, &mut self.outputs);
            }
        }
        self.calls.retain(|call| !matches!(call.deadline(), Some((at, TimerKind::Linger)) if at <= now.local));
    }
}

/// The caller hears of it as a rejection, because it waits for an answer.
fn media_failed(call: &mut Call, now: Now, out: &mut Outputs) {
    match (call.direction, call.state) {
        (Direction::Incoming, CallState::Ringing | CallState::Connecting) => {
            call.send(CallSignal::Reject { call_id: call.id, reason: RejectReason::Failed, text: None }, out);
            call.end(now, EndReason::Failed, out);
        }
        (
            Direction::Incoming | Direction::Outgoing,
            CallState::Dialing
            | CallState::Ringing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Active
            | CallState::Reconnecting
            | CallState::Ended(_),
        ) => call.end_and_tell(now, EndReason::Failed, crate::EndCause::HangUp, out),
    }
}
