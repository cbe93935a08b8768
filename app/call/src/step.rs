//! The steps of one call: from state to state, and what each step makes the engine do.
//! Called by `Calls` and by its answers to signals.
//! A step writes its outputs in the order in which they shall be carried out.

use std::collections::VecDeque;

use crate::call::MediaFlags;
use crate::config::REDIAL;
use crate::{
    Agreed, Call, CallSignal, CallState, Direction, EndCause, EndReason, Now, Output, PeerAddr, RejectReason,
    SendFailure, TimerKind,
};

pub(crate) type Outputs = VecDeque<Output>;

impl Call {
    /// Announces a new call and asks for its media endpoint.
    pub(crate) fn begin(&mut self, out: &mut Outputs) {
        self.had_video = self.local.video || self.remote.video;
        out.push_back(Output::Changed { call: self.id, from: None, to: self.state });
        out.push_back(Output::BindMedia { call: self.id });
    }

    pub(crate) fn send(&self, signal: CallSignal, out: &mut Outputs) {
        out.push_back(Output::Send { to: self.peer, call: self.id, signal });
    }

    /// Moves to another state. Does nothing when it is there already or the call is over.
    pub(crate) fn go(&mut self, now: Now, to: CallState, out: &mut Outputs) {
        if self.state == to || self.state.is_ended() {
            return;
        }
        if self.state == CallState::Ringing {
            out.push_back(Output::StopRing { call: self.id });
        }
        out.push_back(Output::Changed { call: self.id, from: Some(self.state), to });
        self.state = to;
        self.state_since = now.local;
        self.ring = None;
        if to == CallState::Reconnecting {
            // Either of us may have moved without the other having heard of it.
            self.tell_address(out);
            if self.dialled != self.remote_media {
                self.dial_news(out);
            }
        }
    }

    /// Ends it without a word to the peer.
    pub(crate) fn end(&mut self, now: Now, reason: EndReason, out: &mut Outputs) {
        if self.state.is_ended() {
            return;
        }
        self.redial_at = None;
        self.leave_note(reason, out);
        // A lost call is closed without the code of an ended one: the peer shall find out for itself, as we did.
        out.push_back(Output::StopMedia { call: self.id, ended: reason != EndReason::Lost });
        self.go(now, CallState::Ended(reason), out);
        out.push_back(Output::Record(self.record(reason)));
    }

    /// A call that may never have rung there shall not go by unseen. Who refused or rejected it has seen it.
    fn leave_note(&self, reason: EndReason, out: &mut Outputs) {
        let unseen = match reason {
            EndReason::Unreachable => true,
            EndReason::Cancelled => self.state == CallState::Dialing,
            EndReason::LocalHangUp
            | EndReason::RemoteHangUp
            | EndReason::Declined
            | EndReason::Busy
            | EndReason::NoAnswer
            | EndReason::Missed
            | EndReason::Refused
            | EndReason::Lost
            | EndReason::NotConnected
            | EndReason::Failed => false,
        };
        if unseen {
            let (to, timestamp) = (self.peer, self.started.unix_ms);
            out.push_back(Output::LeaveNote { to, call: self.id, timestamp, had_video: self.had_video });
        }
    }

    /// Ends it and tells the peer, when the peer knows of it.
    pub(crate) fn end_and_tell(&mut self, now: Now, reason: EndReason, cause: EndCause, out: &mut Outputs) {
        if self.direction == Direction::Incoming || self.bound.is_some() {
            self.send(CallSignal::End { call_id: self.id, cause }, out);
        }
        self.end(now, reason, out);
    }

    /// My media endpoint is bound: what waited for it goes out.
    pub(crate) fn bound(&mut self, addr: PeerAddr, out: &mut Outputs) {
        if self.bound.is_some() || self.state.is_ended() {
            return;
        }
        let media = addr.id;
        self.bound = Some(addr.capped());
        match self.direction {
            Direction::Outgoing => {
                let (audio_codec, video) = (self.audio_codec, self.local.video);
                self.told.video = video;
                self.send(CallSignal::Offer { call_id: self.id, audio_codec, video, media }, out);
            }
            Direction::Incoming => self.answer(out),
        }
    }

    /// Callee: sends the answer, once the call is accepted and the endpoint bound. Sent again, it says the same.
    pub(crate) fn answer(&mut self, out: &mut Outputs) {
        let (CallState::Connecting, Some(bound), Some(caller)) = (self.state, &self.bound, &self.remote_media) else {
            return;
        };
        let (audio_codec, video, media) = (self.audio_codec, self.local.video, bound.clone());
        let (call_id, instead_of) = (self.id, self.instead_of);
        out.push_back(Output::AcceptMedia { call: self.id, from: caller.id });
        self.send(CallSignal::Answer { call_id, audio_codec, video, media, instead_of }, out);
        self.told.video = video;
        self.tell_flags(out);
    }

    /// Caller: the callee answered.
    pub(crate) fn answered(&mut self, now: Now, media: PeerAddr, out: &mut Outputs) {
        self.remote_media = Some(self.take_early(media));
        self.go(now, CallState::Connecting, out);
        self.dial_media(out);
        self.tell_flags(out);
    }

    /// Tells the peer my flags when it knows others, in the states in which it listens.
    pub(crate) fn tell_flags(&mut self, out: &mut Outputs) {
        let listens = match self.state {
            CallState::Connecting => self.bound.is_some(),
            CallState::Active | CallState::Reconnecting => true,
            CallState::Dialing | CallState::Ringing | CallState::Alerting | CallState::Ended(_) => false,
        };
        if !listens || self.told == self.local {
            return;
        }
        self.told = self.local;
        self.revision = self.revision.saturating_add(1);
        let MediaFlags { muted, video, held } = self.local;
        self.send(CallSignal::MediaState { call_id: self.id, revision: self.revision, muted, video, held }, out);
    }

    /// Sets my flags.
    pub(crate) fn set_local(&mut self, flags: MediaFlags, out: &mut Outputs) {
        if self.local == flags {
            return;
        }
        self.local = flags;
        self.had_video |= flags.video;
        out.push_back(Output::MediaChanged { call: self.id });
        self.tell_flags(out);
    }

    /// Sets the peer's flags.
    pub(crate) fn set_remote(&mut self, flags: MediaFlags, out: &mut Outputs) {
        if self.remote == flags {
            return;
        }
        self.remote = flags;
        self.had_video |= flags.video;
        out.push_back(Output::MediaChanged { call: self.id });
    }

    pub(crate) fn linked(&mut self, out: &mut Outputs) {
        match self.state {
            CallState::Connecting | CallState::Active | CallState::Reconnecting => {
                self.linked = true;
                self.redial_at = None;
                if !self.media_started {
                    self.media_started = true;
                    let agreed = Agreed { audio_codec: self.audio_codec };
                    out.push_back(Output::StartMedia { call: self.id, agreed });
                }
            }
            CallState::Dialing | CallState::Ringing | CallState::Alerting | CallState::Ended(_) => {}
        }
    }

    pub(crate) fn unlinked(&mut self, now: Now, ended: bool, out: &mut Outputs) {
        match self.state {
            CallState::Connecting | CallState::Active | CallState::Reconnecting if ended => {
                self.ended_by_peer(now, EndCause::HangUp, out);
            }
            CallState::Connecting | CallState::Reconnecting => self.lose_link(now),
            CallState::Active => {
                self.lose_link(now);
                self.go(now, CallState::Reconnecting, out);
            }
            CallState::Dialing | CallState::Ringing | CallState::Alerting | CallState::Ended(_) => {}
        }
    }

    /// The caller dials again after a pause; the callee keeps its door open.
    fn lose_link(&mut self, now: Now) {
        self.linked = false;
        if self.direction == Direction::Outgoing && self.redial_at.is_none() {
            self.redial_at = Some(now.local + REDIAL);
        }
    }

    pub(crate) fn media_flows(&mut self, now: Now, out: &mut Outputs) {
        match self.state {
            CallState::Connecting if self.linked => {
                self.active_since = Some(now.local);
                self.last_heard = now.local;
                self.go(now, CallState::Active, out);
            }
            CallState::Active | CallState::Reconnecting => self.heard(now, out),
            CallState::Connecting
            | CallState::Dialing
            | CallState::Ringing
            | CallState::Alerting
            | CallState::Ended(_) => {}
        }
    }

    pub(crate) fn heard(&mut self, now: Now, out: &mut Outputs) {
        match self.state {
            CallState::Active => self.last_heard = now.local,
            CallState::Reconnecting if self.linked => {
                self.last_heard = now.local;
                self.go(now, CallState::Active, out);
            }
            CallState::Reconnecting
            | CallState::Dialing
            | CallState::Ringing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Ended(_) => {}
        }
    }

    /// The peer said that it is over.
    pub(crate) fn ended_by_peer(&mut self, now: Now, cause: EndCause, out: &mut Outputs) {
        let reason = match (self.state, cause) {
            (CallState::Ended(_), EndCause::HangUp | EndCause::Timeout) => return,
            (CallState::Ringing, EndCause::HangUp | EndCause::Timeout) => EndReason::Missed,
            (CallState::Active | CallState::Reconnecting, EndCause::HangUp) => EndReason::RemoteHangUp,
            (CallState::Active | CallState::Reconnecting, EndCause::Timeout) => EndReason::Lost,
            (CallState::Dialing | CallState::Alerting | CallState::Connecting, EndCause::Timeout) => {
                EndReason::NotConnected
            }
            (CallState::Dialing | CallState::Alerting | CallState::Connecting, EndCause::HangUp) => {
                match self.direction {
                    Direction::Outgoing => EndReason::Declined,
                    Direction::Incoming => EndReason::NotConnected,
                }
            }
        };
        self.end(now, reason, out);
    }

    /// I hang up, in whatever state it is.
    pub(crate) fn hang_up(&mut self, now: Now, out: &mut Outputs) {
        let reason = match self.state {
            CallState::Ended(_) => return,
            CallState::Active | CallState::Reconnecting => EndReason::LocalHangUp,
            CallState::Dialing | CallState::Ringing | CallState::Alerting | CallState::Connecting => {
                EndReason::Cancelled
            }
        };
        self.end_and_tell(now, reason, EndCause::HangUp, out);
    }

    /// A deadline has come. `Linger` is the table's business.
    pub(crate) fn timeout(&mut self, now: Now, kind: TimerKind, out: &mut Outputs) {
        match kind {
            TimerKind::Ring => match self.direction {
                // The caller's own timer ends its side; an `End` of ours could be taken for a refusal.
                Direction::Incoming => self.end(now, EndReason::Missed, out),
                Direction::Outgoing if self.state == CallState::Alerting => {
                    self.end_and_tell(now, EndReason::NoAnswer, EndCause::Timeout, out);
                }
                // Not even a sign that it rings.
                Direction::Outgoing => self.end_and_tell(now, EndReason::Unreachable, EndCause::Timeout, out),
            },
            TimerKind::Connect => self.end_and_tell(now, EndReason::NotConnected, EndCause::Timeout, out),
            TimerKind::Silence => self.go(now, CallState::Reconnecting, out),
            TimerKind::Reconnect => self.end_and_tell(now, EndReason::Lost, EndCause::Timeout, out),
            TimerKind::Redial => self.dial_media(out),
            TimerKind::Linger => {}
        }
    }

    /// A signal did not arrive. Later ones may fail too, but then the call's own timers know better.
    pub(crate) fn send_failed(&mut self, now: Now, failure: SendFailure, out: &mut Outputs) {
        let reason = match failure {
            SendFailure::Unreachable => EndReason::Unreachable,
            SendFailure::Refused => EndReason::Refused,
        };
        if self.state == CallState::Dialing {
            self.end(now, reason, out);
        }
    }

    /// No endpoint or no device. A caller hears of it as a rejection, because it waits for an answer.
    pub(crate) fn media_failed(&mut self, now: Now, out: &mut Outputs) {
        match (self.direction, self.state) {
            (Direction::Incoming, CallState::Ringing | CallState::Connecting) => {
                self.send(CallSignal::Reject { call_id: self.id, reason: RejectReason::Failed, text: None }, out);
                self.end(now, EndReason::Failed, out);
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
            ) => self.end_and_tell(now, EndReason::Failed, EndCause::HangUp, out),
        }
    }
}
