//! New addresses of media endpoints during a call: how a lost connection finds its way back.
//! Called by `Calls::handle` for both ends; the DM channel may get through where media does not.
//! Only the endpoint that the Offer or Answer named is ever dialled, and the caller alone dials.

use crate::step::Outputs;
use crate::{Call, CallSignal, CallState, Direction, Output, PeerAddr};

impl Call {
    /// My media endpoint can be reached elsewhere.
    pub(crate) fn moved(&mut self, addr: PeerAddr, out: &mut Outputs) {
        let addr = addr.capped();
        match &mut self.bound {
            Some(bound) if bound.id == addr.id && *bound != addr => *bound = addr,
            Some(_) | None => return,
        }
        match self.state {
            CallState::Connecting | CallState::Active | CallState::Reconnecting => {
                self.tell_address(out);
                // From here the same addresses have never been dialled; the old connection may not survive the move.
                self.dialled = None;
                self.dial_news(out);
            }
            // The answer will say it; whom nobody has answered yet must not know where I am.
            CallState::Dialing | CallState::Ringing | CallState::Alerting | CallState::Ended(_) => {}
        }
    }

    /// Tells the peer where my media endpoint can be reached.
    pub(crate) fn tell_address(&mut self, out: &mut Outputs) {
        if let Some(media) = self.bound.clone() {
            self.candidate = self.candidate.saturating_add(1);
            self.send(CallSignal::Candidate { call_id: self.id, revision: self.candidate, media }, out);
        }
    }

    /// The peer's media endpoint can be reached elsewhere.
    pub(crate) fn peer_moved(&mut self, revision: u32, media: PeerAddr, out: &mut Outputs) {
        if revision <= self.heard_candidate {
            return;
        }
        let media = media.capped();
        match self.state {
            // It has overtaken the answer.
            CallState::Dialing | CallState::Alerting => {
                self.heard_candidate = revision;
                self.early = Some(media);
            }
            CallState::Connecting | CallState::Active | CallState::Reconnecting => {
                if self.remote_media.as_ref().is_some_and(|known| known.id == media.id) {
                    self.heard_candidate = revision;
                    self.remote_media = Some(media);
                    self.dial_news(out);
                }
            }
            CallState::Ringing | CallState::Ended(_) => {}
        }
    }

    /// The callee's answer names its endpoint: addresses that came before it are newer, if they are of that endpoint.
    pub(crate) fn take_early(&mut self, answered: PeerAddr) -> PeerAddr {
        match self.early.take() {
            Some(early) if early.id == answered.id => early,
            Some(_) => {
                self.heard_candidate = 0;
                answered
            }
            None => answered,
        }
    }

    /// Caller: dials the callee where it was last said to be.
    pub(crate) fn dial_media(&mut self, out: &mut Outputs) {
        self.redial_at = None;
        if let Some(to) = self.remote_media.clone() {
            self.dialled = Some(to.clone());
            out.push_back(Output::DialMedia { call: self.id, to });
        }
    }

    /// Caller: the pause before the next attempt is for addresses that failed, not for news. A silent connection may
    /// stand for long, so addresses that were never dialled are tried beside it.
    pub(crate) fn dial_news(&mut self, out: &mut Outputs) {
        let news = match self.state {
            CallState::Connecting => !self.linked,
            CallState::Reconnecting => !self.linked || self.remote_media != self.dialled,
            CallState::Dialing | CallState::Ringing | CallState::Alerting | CallState::Active | CallState::Ended(_) => {
                false
            }
        };
        if news && self.direction == Direction::Outgoing {
            self.dial_media(out);
        }
    }
}
