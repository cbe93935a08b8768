//! The answers to signals: new, repeated, late, crossed, replayed or foreign.
//! Called by `Calls::handle` alone.
//! A signal can change only a call with the peer that sent it.

use ahoy_media::AudioCodec;

use crate::call::MediaFlags;
use crate::ringing::Offer;
use crate::step::Outputs;
use crate::{
    Call, CallSignal, CallState, Calls, Direction, EndCause, EndReason, Now, Output, PeerAddr, PeerId, RejectReason,
};

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
            CallSignal::Answer { audio_codec, video, media, instead_of, .. } => {
                if answered(known, now, audio_codec, video, media, out) {
                    self.rings.clear(from);
                }
                if let Some(crossed) = instead_of {
                    self.settle(from, crossed);
                }
            }
            CallSignal::Reject { reason, text, .. } => rejected(known, now, reason, text, out),
            CallSignal::End { cause, .. } => known.ended_by_peer(now, cause, out),
            CallSignal::MediaState { revision, muted, video, held, .. } => {
                if !known.state.is_ended() && revision > known.heard_revision {
                    known.heard_revision = revision;
                    known.set_remote(MediaFlags { muted, video, held }, out);
                }
            }
            CallSignal::Candidate { revision, media, .. } => known.peer_moved(revision, media, out),
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
            CallSignal::Reject { .. } | CallSignal::MediaState { .. } | CallSignal::Candidate { .. } => {}
        }
    }
}

/// The callee's yes; tells whether it is the first and in time.
fn answered(call: &mut Call, now: Now, codec: AudioCodec, video: bool, media: PeerAddr, out: &mut Outputs) -> bool {
    match call.state {
        CallState::Dialing | CallState::Alerting if call.bound.is_some() => {
            call.audio_codec = codec;
            // A newer word of the callee may have overtaken its answer.
            if call.heard_revision == 0 {
                call.set_remote(MediaFlags { video, ..MediaFlags::default() }, out);
            }
            call.answered(now, media, out);
            true
        }
        CallState::Ended(_) => {
            say_ended(call, out);
            false
        }
        CallState::Dialing
        | CallState::Ringing
        | CallState::Alerting
        | CallState::Connecting
        | CallState::Active
        | CallState::Reconnecting => false,
    }
}

/// An offer that is known already: my answer to it was perhaps lost.
fn repeated_offer(call: &mut Call, out: &mut Outputs) {
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

fn rejected(call: &mut Call, now: Now, reason: RejectReason, text: Option<String>, out: &mut Outputs) {
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

fn say_ended(call: &Call, out: &mut Outputs) {
    call.send(CallSignal::End { call_id: call.id, cause: EndCause::HangUp }, out);
}
