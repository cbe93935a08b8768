//! All calls of this phone: the one state machine, without IO and without a clock.
//! The engine's driver is its sole owner: `handle` an input, drain `poll_output`, sleep until `next_deadline`.
//! A few calls live at a time, one of them goes on; ended ones linger for late signals. Every input has a defined answer.

use std::collections::VecDeque;

use ahoy_media::LocalTime;

use crate::call::MediaFlags;
use crate::config::{MAX_CALLS, MAX_SETTLED};
use crate::rate::RingLog;
use crate::step::Outputs;
use crate::{Call, CallError, CallId, CallState, Direction, Input, Now, Output, PeerId, Policy, TimerKind};

/// The calls of one phone.
#[derive(Debug, Default)]
pub struct Calls {
    pub(crate) calls: Vec<Call>,
    /// Filled by one input (about ten at most), drained before the next.
    pub(crate) outputs: Outputs,
    /// The person's rules for offers.
    pub(crate) policy: Policy,
    /// Who rang lately.
    pub(crate) rings: RingLog,
    /// Calls that need no more answer although they are not in the table: turned down, over and forgotten, or ended
    /// before their offer came.
    settled: VecDeque<(PeerId, CallId)>,
}

impl Calls {
    /// A phone without calls.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every call that is remembered, oldest first: those that live, and ended ones until they are forgotten.
    #[must_use]
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// One call.
    #[must_use]
    pub fn call(&self, id: CallId) -> Option<&Call> {
        self.calls.iter().find(|call| call.id == id)
    }

    /// Every call that has not ended, oldest first: at most [`crate::config::MAX_LIVE`].
    pub fn alive(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| !call.state.is_ended())
    }

    /// What a command without an id means: the conversation, else the call being dialled, else what rings, else what is
    /// held.
    #[must_use]
    pub fn current(&self) -> Option<&Call> {
        self.alive().min_by_key(|call| match call.state {
            CallState::Ringing => 2,
            CallState::Ended(_) => 4,
            CallState::Dialing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Active
            | CallState::Reconnecting
                if call.local.held =>
            {
                3
            }
            CallState::Connecting | CallState::Active | CallState::Reconnecting => 0,
            CallState::Dialing | CallState::Alerting => 1,
        })
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
    /// [`CallError`] for a command of the person (`Dial` to `Swap`) that fits no call; nothing has changed then. Inputs
    /// of the network and the clock never fail.
    pub fn handle(&mut self, now: Now, input: Input) -> Result<(), CallError> {
        match input {
            Input::Dial { call, peer, video, audio_codec } => {
                let mut call = Call::new(now, call, peer, Direction::Outgoing, CallState::Dialing);
                call.local.video = video;
                call.audio_codec = audio_codec;
                return self.dial(now, call);
            }
            Input::Accept { call, video, other } => return self.accept(now, call, video, other),
            Input::Decline { call, reason, text } => return self.decline(now, call, reason, text),
            Input::HangUp { call } => return self.hang_up(now, call),
            Input::SetMuted { call, muted } => {
                let (call, out) = self.live_mut(call)?;
                call.set_local(MediaFlags { muted, ..call.local }, out);
            }
            Input::SetVideo { call, video } => {
                let (call, out) = self.live_mut(call)?;
                call.set_local(MediaFlags { video, ..call.local }, out);
            }
            Input::SetHeld { call, held } => return self.set_held(now, call, held),
            Input::Swap => return self.swap(now),
            Input::Policy(policy) => self.policy = policy,
            Input::MediaBound { call, addr } => self.on_live(call, |call, out| call.bound(addr, out)),
            Input::MediaMoved { call, addr } => self.on_live(call, |call, out| call.moved(addr, out)),
            Input::MediaFailed { call } => self.on_live(call, |call, out| call.media_failed(now, out)),
            Input::Received { from, signal } => self.received(now, from, signal),
            Input::SendFailed { call, failure } => self.on_live(call, |call, out| call.send_failed(now, failure, out)),
            Input::Linked { call } => self.on_live(call, Call::linked),
            Input::Unlinked { call, ended } => self.on_live(call, |call, out| call.unlinked(now, ended, out)),
            Input::MediaFlows { call } => self.on_live(call, |call, out| call.media_flows(now, out)),
            Input::Heard { call } => self.on_live(call, |call, out| call.heard(now, out)),
            Input::Timeout => self.timeout(now),
        }
        Ok(())
    }

    /// Puts a call into the table; when it is full, the oldest ended one is forgotten early.
    pub(crate) fn remember(&mut self, call: Call) {
        if self.calls.len() >= MAX_CALLS
            && let Some(oldest) = self.calls.iter().position(|call| call.state.is_ended())
        {
            let call = self.calls.remove(oldest);
            self.forget(&call);
        }
        self.calls.push(call);
    }

    /// A call leaves the table. Its offer may come once more, and must not ring then.
    fn forget(&mut self, call: &Call) {
        match call.direction {
            Direction::Incoming => self.settle(call.peer, call.id),
            Direction::Outgoing => {}
        }
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

    pub(crate) fn live_mut(&mut self, id: CallId) -> Result<(&mut Call, &mut Outputs), CallError> {
        let call = self.calls.iter_mut().find(|call| call.id == id && !call.state.is_ended());
        call.map(|call| (call, &mut self.outputs)).ok_or(CallError::Unknown)
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
        let over = |call: &mut Call| matches!(call.deadline(), Some((at, TimerKind::Linger)) if at <= now.local);
        let over: Vec<Call> = self.calls.extract_if(.., over).collect();
        for call in over {
            self.forget(&call);
        }
    }
}
