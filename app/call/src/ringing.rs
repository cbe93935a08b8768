//! The answers to offers: ring, ring softly or silently, busy, glare, or a peer that has left its old call.
//! Called by `Calls::received` for offers whose call is not known yet.
//! Every new offer is answered with exactly one of `Ringing`, `Reject` and `Answer`, or it lost a glare.

use ahoy_media::AudioCodec;

use crate::config::MAX_LIVE;
use crate::{
    Call, CallId, CallRecord, CallSignal, CallState, Calls, Direction, EndCause, EndReason, EndedReason, Now, Output,
    PeerAddr, PeerId, RejectReason,
};

/// What an offer says.
#[derive(Clone, Copy)]
pub(crate) struct Offer {
    pub(crate) call: CallId,
    pub(crate) from: PeerId,
    pub(crate) audio_codec: AudioCodec,
    pub(crate) video: bool,
    pub(crate) media: PeerId,
}

impl Offer {
    fn call(self, now: Now, state: CallState) -> Call {
        let mut call = Call::new(now, self.call, self.from, Direction::Incoming, state);
        call.audio_codec = self.audio_codec;
        call.remote.video = self.video;
        call.remote_media = Some(PeerAddr::new(self.media));
        call
    }
}

impl Calls {
    pub(crate) fn offered(&mut self, now: Now, offer: Offer) {
        if self.is_settled(offer.from, offer.call) {
            return;
        }
        let known = self.calls.iter_mut().find(|call| call.peer == offer.from && !call.state.is_ended());
        let Some(known) = known else { return self.ring_or_busy(now, offer) };
        match known.state {
            // Glare: both compare the same two ids, so both keep the same call.
            CallState::Dialing | CallState::Alerting if known.id > offer.call => self.settle(offer.from, offer.call),
            CallState::Dialing | CallState::Alerting => self.give_way(now, offer),
            // Whoever calls anew has left the old call, but an impatient one does not make the phone ring anew.
            CallState::Ringing if !self.rings.allows(now.local, offer.from) => self.busy(now, offer),
            CallState::Ringing => {
                known.end(now, EndReason::Missed, &mut self.outputs);
                self.ring_or_busy(now, offer);
            }
            // Should the peer be there after all, it hears so.
            CallState::Connecting | CallState::Active | CallState::Reconnecting => {
                known.end_and_tell(now, EndReason::Lost, EndCause::Timeout, &mut self.outputs);
                self.ring_or_busy(now, offer);
            }
            CallState::Ended(_) => {}
        }
    }

    fn ring_or_busy(&mut self, now: Now, offer: Offer) {
        let live = self.alive().count();
        let rings = self.alive().any(|call| call.state == CallState::Ringing);
        let room = live == 0 || self.policy.waiting && !rings && live < MAX_LIVE;
        if !room || !self.rings.allows(now.local, offer.from) {
            return self.busy(now, offer);
        }
        let manner = self.policy.manner(offer.from, live > 0);
        self.rings.add(now.local, offer.from);
        let mut call = offer.call(now, CallState::Ringing);
        call.ring = Some(manner);
        call.begin(&mut self.outputs);
        call.send(CallSignal::Ringing { call_id: call.id }, &mut self.outputs);
        self.outputs.push_back(Output::Ring { call: call.id, manner });
        self.remember(call);
    }

    fn busy(&mut self, now: Now, offer: Offer) {
        let signal = CallSignal::Reject { call_id: offer.call, reason: RejectReason::Busy, text: None };
        self.outputs.push_back(Output::Send { to: offer.from, call: offer.call, signal });
        self.settle(offer.from, offer.call);
        self.outputs.push_back(Output::Record(CallRecord {
            call_id: offer.call,
            peer: offer.from,
            direction: Direction::Incoming,
            duration_seconds: 0,
            had_video: offer.video,
            timestamp: now.unix_ms,
            ended_reason: EndedReason::Missed,
        }));
    }

    /// My own call to this peer loses: the peer's goes on, and it is answered, because I wanted to talk to it anyway.
    fn give_way(&mut self, now: Now, offer: Offer) {
        let mine = self.calls.iter().position(|call| call.peer == offer.from && !call.state.is_ended());
        let Some(mine) = mine.map(|at| self.calls.remove(at)) else { return };
        let mut call = offer.call(now, CallState::Connecting);
        call.local = mine.local;
        call.held_since = mine.held_since;
        call.instead_of = Some(mine.id);
        self.rings.clear(offer.from);
        self.outputs.push_back(Output::Replaced { call: mine.id, by: call.id });
        self.outputs.push_back(Output::StopMedia { call: mine.id, ended: true });
        call.begin(&mut self.outputs);
        self.remember(call);
    }
}
