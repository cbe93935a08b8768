//! What a client sees of the phone: the newest state of everything, as values.
//! The driver publishes it after every change; clients draw or print it and keep nothing else.
//! A client that missed ten views is right again after the eleventh.

use std::net::SocketAddr;

use ahoy_call::{CallId, CallState, Direction, PeerId};
use ahoy_media::{CapturedPicture, DecodedPicture, LocalTime, Slot};

use crate::stats::CallStats;

/// The whole phone at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Who I am.
    pub me: Me,
    /// The addresses the identity endpoint accepts connections on; empty until it does.
    pub listening: Vec<SocketAddr>,
    /// Everybody I paired with, by name; the built-in Echo comes first.
    pub contacts: Vec<ContactView>,
    /// Every call that is going on or has just ended, oldest first.
    pub calls: Vec<CallView>,
    /// The newest thing a person should know; the number tells one notice from the next.
    pub notice: Option<(u64, String)>,
    /// The phone has stopped for good, and why.
    pub stopped: Option<String>,
}

impl View {
    /// The newest call that has not ended.
    #[must_use]
    pub fn current(&self) -> Option<&CallView> {
        self.calls.iter().rev().find(|call| !matches!(call.state, CallState::Ended(_)))
    }

    /// The call of this id.
    #[must_use]
    pub fn call(&self, id: CallId) -> Option<&CallView> {
        self.calls.iter().find(|call| call.id == id)
    }
}

/// My own name and link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Me {
    /// The identity endpoint's id; `None` before the identity is known.
    pub id: Option<PeerId>,
    /// My name, as contacts see it in the link.
    pub name: String,
    /// My contact link.
    pub link: String,
}

/// One contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactView {
    /// The identity endpoint's id.
    pub id: PeerId,
    /// The name I gave.
    pub name: String,
    /// I compared the safety words.
    pub verified: bool,
    /// Never rings.
    pub blocked: bool,
    /// The built-in test contact.
    pub builtin: bool,
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallView {
    /// Its id.
    pub id: CallId,
    /// The other phone.
    pub peer: PeerId,
    /// The other phone's name.
    pub name: String,
    /// Who called whom.
    pub direction: Direction,
    /// Where it stands; an ended call carries its reason.
    pub state: CallState,
    /// The caller wants to send video.
    pub video_offered: bool,
    /// My microphone is silent.
    pub muted: bool,
    /// I send video.
    pub sending_video: bool,
    /// The other side is muted.
    pub remote_muted: bool,
    /// The other side sends video.
    pub remote_video: bool,
    /// When it became active.
    pub active_since: Option<LocalTime>,
    /// How long it was active, once it has ended.
    pub duration_seconds: Option<u64>,
    /// The newest picture of the other side.
    pub remote_picture: Slot<DecodedPicture>,
    /// The newest picture of my camera.
    pub self_picture: Slot<CapturedPicture>,
    /// The newest statistics.
    pub stats: Option<CallStats>,
}
