//! The answers to signals: new, repeated, late, crossed or foreign.
//! Called by `Calls::handle` alone.
//! A signal can change only a call with the peer that sent it.

use ahoy_media::AudioCodec;

use crate::call::MediaFlags;
use crate::{
    Call, CallId, CallRecord, CallSignal, CallState, Calls, Direction, EndCause, EndReason, EndedReason, Now, Output,
    PeerAddr, PeerId, RejectReason,
};

/// What an offer says.
#[derive(Clone, Copy)]
struct Offer {
    call: CallId,
    from: PeerId,
    audio_codec: AudioCodec,
    video: bool,
    media: PeerId,
}

impl Calls {
    pub(crate) fn received(&mut self, now: Now, from: PeerId, signal: CallSignal) {
        let id = signal.call_id();
        let Some(known) = self.calls.iter_mut().find(|call| call.id == id) else {
            return self.received_unknown(now, from, signal);
        };
        // Whoever guesses or replays an id gets neither influence nor knowledge.
        if known.peer != from {
            return;
        }
        let out = &mut self.outputs;
        match signal {
            CallSignal::Offer { .. } => repeated_offer(known, out),
            CallSignal::Ringing { .. } => match known.state {
                CallState::Dialing if known.bound.is_some() => known.go(now, CallState::Alerting, out),
                CallState::Ended(_) => say_ended(known, out),
                CallState::Dialing
                | CallState::Ringing
                | CallState::Alerting
                | CallState::Connecting
                | CallState::Active
                | CallState::Reconnecting => {}
            },
            CallSignal::Answer { audio_codec, video, media, .. } => match known.state {
                CallState::Dialing | CallState::Alerting if known.bound.is_some() => {
                    known.audio_codec = audio_codec;
                    // A newer word of the callee may have overtaken its answer.
                    if known.heard_revision == 0 {
                        known.set_remote(MediaFlags { muted: false, video }, out);
                    }
                    known.answered(now, media, out);
                }
                CallState::Ended(_) => say_ended(known, out),
                CallState::Dialing
                | CallState::Ringing
                | CallState::Alerting
                | CallState::Connecting
                | CallState::Active
                | CallState::Reconnecting => {}
            },
            CallSignal::Reject { reason, text, .. } => rejected(known, now, reason, text, out),
            CallSignal::End { cause, .. } => known.ended_by_peer(now, cause, out),
            CallSignal::MediaState { revision, muted, video, .. } => {
                if !known.state.is_ended() && revision > known.heard_revision {
                    known.heard_revision = revision;
                    known.set_remote(MediaFlags { muted, video }, out);
                }
            }
        }
    }

    fn received_unknown(&mut self, now: Now, from: PeerId, signal: CallSignal) {
        match signal {
            CallSignal::Offer { call_id, audio_codec, video, media } => {
                self.offered(now, Offer { call: call_id, from, audio_codec, video, media });
            }
            // The peer waits for a call that this phone has forgotten: tell it so.
            CallSignal::Ringing { call_id } | CallSignal::Answer { call_id, .. } => {
                let signal = CallSignal::End { call_id, cause: EndCause::HangUp };
                self.outputs.push_back(Output::Send { to: from, call: call_id, signal });
            }
            // Perhaps faster than its offer, which must not ring then.
            CallSignal::End { call_id, .. } => self.settle(from, call_id),
            CallSignal::Reject { .. } | CallSignal::MediaState { .. } => {}
        }
    }

    fn offered(&mut self, now: Now, offer: Offer) {
        if self.is_settled(offer.from, offer.call) {
            return;
        }
        let Some(live) = self.calls.iter_mut().find(|call| !call.state.is_ended()) else {
            return self.ring(now, offer);
        };
        if live.peer != offer.from {
            return self.busy(now, offer);
        }
        match live.state {
            // Glare: both compare the same two ids, so both keep the same call.
            CallState::Dialing | CallState::Alerting if live.id > offer.call => {}
            CallState::Dialing | CallState::Alerting => self.give_way(now, offer),
            // Whoever calls anew has left the old call.
            CallState::Ringing => {
                live.end(now, EndReason::Missed, &mut self.outputs);
                self.ring(now, offer);
            }
            CallState::Reconnecting => {
                live.end(now, EndReason::Lost, &mut self.outputs);
                self.ring(now, offer);
            }
            CallState::Connecting | CallState::Active | CallState::Ended(_) => self.busy(now, offer),
        }
    }

    fn ring(&mut self, now: Now, offer: Offer) {
        let mut call = incoming(now, offer, CallState::Ringing);
        call.begin(&mut self.outputs);
        call.send(CallSignal::Ringing { call_id: call.id }, &mut self.outputs);
        self.outputs.push_back(Output::Ring { call: call.id });
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
        let Some(at) = self.calls.iter().position(|call| !call.state.is_ended()) else { return };
        let mine = self.calls.remove(at);
        let mut call = incoming(now, offer, CallState::Connecting);
        call.local = mine.local;
        self.outputs.push_back(Output::Replaced { call: mine.id, by: call.id });
        self.outputs.push_back(Output::StopMedia { call: mine.id, ended: true });
        call.begin(&mut self.outputs);
        self.remember(call);
    }
}

fn incoming(now: Now, offer: Offer, state: CallState) -> Call {
    let mut call = Call::new(now, offer.call, offer.from, Direction::Incoming, state);
    call.audio_codec = offer.audio_codec;
    call.remote.video = offer.video;
    call.remote_media = Some(PeerAddr::new(offer.media));
    call
}

/// An offer that is known already: my answer to it was perhaps lost.
fn repeated_offer(call: &mut Call, out: &mut crate::step::Outputs) {
    match (call.direction, call.state) {
        (Direction::Incoming, CallState::Ringing) => call.send(CallSignal::Ringing { call_id: call.id }, out),
        (Direction::Incoming, CallState::Connecting) => call.answer(out),
        (Direction::Incoming, CallState::Ended(_)) => say_ended(call, out),
        (
            Direction::Incoming,
            CallState::Dialing | CallState::Alerting | CallState::Active | CallState::Reconnecting,
        )
        | (
            Direction::Outgoing,
            CallState::Dialing
            | CallState::Ringing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Active
            | CallState::Reconnecting
            | CallState::Ended(_),
        ) => {}
    }
}

fn rejected(call: &mut Call, now: Now, reason: RejectReason, text: Option<String>, out: &mut crate::step::Outputs) {
    let waits = match call.state {
        CallState::Dialing | CallState::Alerting | CallState::Connecting => call.direction == Direction::Outgoing,
        CallState::Ringing | CallState::Active | CallState::Reconnecting | CallState::Ended(_) => false,
    };
    if waits {
        call.decline_text = text;
        let reason = match reason {
            RejectReason::Declined => EndReason::Declined,
            RejectReason::Busy => EndReason::Busy,
            RejectReason::Unsupported => EndReason::Refused,
            RejectReason::Failed => EndReason::NotConnected,
        };
        call.end(now, reason, out);
    }
}

fn say_ended(call: &Call, out: &mut crate::step::Outputs) {
    call.send(CallSignal::End { call_id: call.id, cause: EndCause::HangUp }, out);
}
