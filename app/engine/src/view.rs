//! What a client sees of the phone: the newest state of everything, as values.
//! The driver publishes it after every change; clients draw or print it and keep nothing else.
//! A client that missed ten views is right again after the eleventh.

use std::net::SocketAddr;

use ahoy_call::{CallId, CallState, Direction, PeerId, RingManner};
use ahoy_mail::verify::{Emoji, VerifyError};
use ahoy_media::{CapturedPicture, DecodedPicture, LocalTime, Slot};
pub use ahoy_store::AutoAnswer;

use crate::notice::{Device, Notice};
use crate::quality::Quality;
use crate::settings::Settings;
use crate::stats::CallStats;

/// Notices that a view keeps: more than come between two looks of a client.
pub const NOTICES: usize = 8;

/// The whole phone at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Who I am.
    pub me: Me,
    /// The addresses the identity endpoint accepts connections on; empty until it does.
    pub listening: Vec<SocketAddr>,
    /// The settings in force, also those that were changed from a terminal.
    pub settings: Settings,
    /// Everybody I paired with, by name; the built-in Echo comes first.
    pub contacts: Vec<ContactView>,
    /// Every call that is going on or has just ended, oldest first.
    pub calls: Vec<CallView>,
    /// Missed calls that the person has not looked at.
    pub missed: u32,
    /// Grows with every change of a conversation or the history: what is shown of them should be asked anew.
    pub written: u64,
    /// A comparison of emoji that is going on or has just ended.
    pub comparison: Option<Comparison>,
    /// What pairing shows, while this phone is open for it.
    pub pairing: Option<Pairing>,
    /// The contact link that the camera found, while it looks for one.
    pub scan: Option<Scan>,
    /// Devices that are tried without a call.
    pub check: Option<DeviceCheck>,
    /// The newest things a person should know, at most [`NOTICES`], the newest last.
    pub notices: Vec<Notice>,
    /// The phone has stopped for good, and why.
    pub stopped: Option<String>,
}

impl View {
    /// The call that a person means without naming one: what goes on before what rings, what rings before what is held.
    #[must_use]
    pub fn current(&self) -> Option<&CallView> {
        let rank = |call: &CallView| match call.state {
            CallState::Connecting | CallState::Active | CallState::Reconnecting if !call.held => 3,
            CallState::Dialing | CallState::Alerting => 2,
            CallState::Ringing => 1,
            CallState::Connecting | CallState::Active | CallState::Reconnecting | CallState::Ended(_) => 0,
        };
        self.calls.iter().filter(|call| !call.state.is_ended()).max_by_key(|call| rank(call))
    }

    /// Whether anything but the numbers of calls is another than `before`. Numbers wake nobody: a client draws once a second while
    /// a call runs, because of its timer, and sees them then.
    pub(crate) fn differs_beyond_numbers(&self, mut before: Self) -> bool {
        for old in &mut before.calls {
            if let Some(new) = self.call(old.id) {
                old.stats.clone_from(&new.stats);
                (old.quality, old.overall) = (new.quality, new.overall);
            }
        }
        *self != before
    }

    /// A call that rings here and is not the current one: it waits.
    #[must_use]
    pub fn waiting(&self) -> Option<&CallView> {
        let current = self.current()?.id;
        self.calls.iter().find(|call| call.state == CallState::Ringing && call.id != current)
    }

    /// A call that I hold while another goes on.
    #[must_use]
    pub fn held(&self) -> Option<&CallView> {
        let current = self.current()?.id;
        self.calls.iter().find(|call| call.held && !call.state.is_ended() && call.id != current)
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
    /// Shown first.
    pub favourite: bool,
    /// Its calls make no sound.
    pub muted: bool,
    /// Whether its calls are answered by themselves; they are only while it is verified.
    pub auto_answer: AutoAnswer,
    /// Unix milliseconds when its phone was last heard; 0 for never.
    pub last_seen_ms: u64,
    /// Texts I have not seen.
    pub unread: u32,
    /// It wrote something a moment ago and is still at it.
    pub typing: bool,
    /// Safety words of my key and this contact's.
    pub words: String,
}

/// Two people compare what their phones show, while they talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// With whom.
    pub peer: PeerId,
    /// How far it is.
    pub stage: ComparisonStage,
}

/// How far a comparison is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one of them at a time")]
pub enum ComparisonStage {
    /// The other phone has begun; its person waits for me to join.
    Asked,
    /// The other phone has not answered yet.
    Waiting,
    /// Both phones show these.
    Compare {
        /// Symbols with their names.
        emoji: [Emoji; 7],
        /// The same as numbers.
        numbers: [u16; 3],
    },
    /// I said that they are the same; the other person has not said so yet.
    WaitingForPeer,
    /// Both said so: the contact is verified.
    Done,
    /// It came to nothing, and why.
    Failed(VerifyError),
}

/// A phone that is open for pairing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairing {
    /// Phones on the local network that are open too.
    pub nearby: Vec<Stranger>,
    /// Phones that knocked: their person has my link.
    pub knocks: Vec<Stranger>,
}

/// A phone that is not a contact yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Its id.
    pub id: PeerId,
    /// What it calls itself.
    pub name: String,
    /// Its link, when it knocked.
    pub link: Option<String>,
    /// Safety words of both keys.
    pub words: String,
}

/// A camera that looks for a QR code.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// What it sees.
    pub picture: Slot<CapturedPicture>,
    /// The link it read.
    pub found: Option<String>,
    /// Why it cannot look.
    pub failed: Option<String>,
}

/// Devices that a person tries without a call.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceCheck {
    /// How loud the microphone is, in dB below full scale, about -90 to 0; `None` while none is listened to.
    pub level: Option<Slot<f32>>,
    /// What the camera sees; `None` while none is looked through.
    pub picture: Option<Slot<CapturedPicture>>,
    /// The test sound is heard now.
    pub playing: bool,
    /// What cannot be used: microphone, camera, speaker, in this order.
    pub failed: Vec<DeviceFailure>,
}

/// A device that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceFailure {
    /// Which.
    pub device: Device,
    /// Why, and what to do.
    pub why: String,
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
    /// How it rings here, while it does.
    pub ring: Option<RingManner>,
    /// While it rings: when it is answered by itself, unless a person is faster.
    pub answers_itself: Option<LocalTime>,
    /// I hold it.
    pub held: bool,
    /// The other side holds it.
    pub remote_held: bool,
    /// The callee's words when it declined.
    pub decline_text: Option<String>,
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
    /// How good it is right now and what stands in the way; `None` while nobody talks, and in the first seconds.
    pub quality: Option<Quality>,
    /// How good it has been as a whole; stays when it has ended.
    pub overall: Option<Quality>,
    /// While it reconnects: when it is given up.
    pub gives_up: Option<LocalTime>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::Level;

    #[test]
    fn numbers_of_a_call_wake_nobody_and_all_else_does() {
        let id = CallId([1; 16]);
        let call = CallView {
            id,
            peer: PeerId([2; 32]),
            name: "Ada".into(),
            direction: Direction::Incoming,
            state: CallState::Active,
            ring: None,
            answers_itself: None,
            held: false,
            remote_held: false,
            decline_text: None,
            video_offered: false,
            muted: false,
            sending_video: false,
            remote_muted: false,
            remote_video: false,
            active_since: None,
            duration_seconds: None,
            remote_picture: Slot::new(),
            self_picture: Slot::new(),
            stats: None,
            quality: None,
            overall: None,
            gives_up: None,
        };
        let before = View { calls: vec![call.clone()], ..View::default() };
        let quality = Some(Quality { level: Level::Good, cause: None });
        let numbers = CallView { stats: Some(CallStats::default()), quality, ..call.clone() };
        let numbers = View { calls: vec![numbers], ..View::default() };
        assert!(!numbers.differs_beyond_numbers(before.clone()));
        let muted = View { calls: vec![CallView { remote_muted: true, ..call }], ..View::default() };
        assert!(muted.differs_beyond_numbers(before.clone()));
        assert!(View::default().differs_beyond_numbers(before));
    }
}
