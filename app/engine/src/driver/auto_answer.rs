//! Calls that are answered without a person: as this run was told, or because a contact was chosen for it.
//! Called when a call begins to ring, and again when it has rung long enough.
//! A chosen contact is answered only loudly and alone: verified, undisturbed, and with no other call.

use ahoy_call::{Call, CallId, CallState, Input, OtherCall, RejectReason, RingManner};
use ahoy_media::LocalTime;
use tokio::time::sleep;

use super::{Driver, Internal};
use crate::clock;
use crate::config::Answering;
use crate::limits;
use crate::view::AutoAnswer;

impl Driver {
    /// Nobody answers by itself what makes no sound or waits behind another call: that is for a person.
    pub(super) fn ring(&mut self, call: CallId, manner: RingManner) {
        match manner {
            RingManner::Loud => {}
            RingManner::Soft | RingManner::Silent => return,
        }
        match self.config.answering {
            Answering::Ring => self.beside(async move {
                sleep(limits::AUTO_ANSWER).await;
                Internal::AnswerChosen { call }
            }),
            Answering::After { delay, video } => self.beside(async move {
                sleep(delay).await;
                Internal::AutoAnswer { call, video }
            }),
            Answering::Echo => {
                let video = self.calls.call(call).is_some_and(|call| call.remote().video);
                self.beside(async move { Internal::AutoAnswer { call, video } });
            }
            Answering::Decline => {
                self.feed(Input::Decline { call, reason: RejectReason::Declined, text: None });
            }
        }
    }

    /// When this call is answered because its caller was chosen for that, while it rings.
    pub(super) fn answers_itself(&self, call: &Call) -> Option<LocalTime> {
        let due = call.started().local + limits::AUTO_ANSWER;
        (self.chosen(call) != AutoAnswer::Off && due > clock::now()).then_some(due)
    }

    /// It has rung long enough. Whether it may be answered is asked now: what was true when it began to ring need not be
    /// true any more.
    pub(super) fn answer_chosen(&mut self, call: CallId) {
        let Some(ringing) = self.calls.call(call) else { return };
        let video = match self.chosen(ringing) {
            AutoAnswer::Off => return,
            AutoAnswer::Voice => false,
            AutoAnswer::Video => ringing.remote().video,
        };
        self.feed(Input::Accept { call, video, other: OtherCall::Hold });
    }

    /// How this call may be answered without a person.
    fn chosen(&self, call: &Call) -> AutoAnswer {
        let rings = call.state() == CallState::Ringing && call.ring() == Some(RingManner::Loud);
        let alone = self.calls.alive().all(|other| other.id() == call.id());
        if !rings || !alone || self.snapshot.settings.dnd() || self.config.answering != Answering::Ring {
            return AutoAnswer::Off;
        }
        let contact = self.snapshot.contacts.iter().find(|contact| contact.id == call.peer());
        let trusted = contact.filter(|contact| contact.verified && !contact.muted);
        trusted.map_or(AutoAnswer::Off, |contact| contact.auto_answer)
    }
}
