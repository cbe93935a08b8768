//! One call: what is known about it and the deadline it waits for.
//! Owned by `Calls`; the engine and its clients read it to build their views.
//! Only the steps in `step` change it.

use std::time::Duration;

use ahoy_media::{AudioCodec, LocalTime};

use crate::config::{CONNECT, LINGER, RECONNECT, RING, SILENCE};
use crate::{CallId, CallRecord, CallState, Direction, EndReason, Now, PeerAddr, PeerId, RingManner, TimerKind};

/// What one side sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaFlags {
    /// Its microphone is silent.
    pub muted: bool,
    /// It sends video.
    pub video: bool,
    /// It holds the call: neither side sends sound or pictures.
    pub held: bool,
}

/// What this side may send of its person at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sends {
    /// The microphone is heard.
    pub sound: bool,
    /// The camera is seen.
    pub picture: bool,
}

/// One call, from the dial or the offer until it is forgotten.
#[derive(Clone, Debug)]
pub struct Call {
    pub(crate) id: CallId,
    pub(crate) peer: PeerId,
    pub(crate) direction: Direction,
    pub(crate) state: CallState,
    pub(crate) state_since: LocalTime,
    pub(crate) audio_codec: AudioCodec,
    pub(crate) local: MediaFlags,
    pub(crate) remote: MediaFlags,
    pub(crate) had_video: bool,
    pub(crate) started: Now,
    pub(crate) active_since: Option<LocalTime>,
    pub(crate) last_heard: LocalTime,
    pub(crate) decline_text: Option<String>,
    /// How it rings, while it rings.
    pub(crate) ring: Option<RingManner>,
    /// When I held it.
    pub(crate) held_since: Option<LocalTime>,
    /// My own call to this peer that gave way to this one.
    pub(crate) instead_of: Option<CallId>,
    /// My media endpoint, once bound. A caller's offer, a callee's answer waits for it.
    pub(crate) bound: Option<PeerAddr>,
    /// The peer's media endpoint, once known.
    pub(crate) remote_media: Option<PeerAddr>,
    /// Caller: where the peer's media endpoint was dialled last.
    pub(crate) dialled: Option<PeerAddr>,
    pub(crate) linked: bool,
    pub(crate) media_started: bool,
    pub(crate) redial_at: Option<LocalTime>,
    /// My flags as the peer knows them.
    pub(crate) told: MediaFlags,
    /// Counts my `MediaState` signals.
    pub(crate) revision: u32,
    /// The newest revision heard of the peer.
    pub(crate) heard_revision: u32,
    /// Counts my `Candidate` signals.
    pub(crate) candidate: u32,
    /// The newest revision of the peer's addresses.
    pub(crate) heard_candidate: u32,
    /// Addresses of the peer that came before its answer: of which endpoint they are, only the answer tells.
    pub(crate) early: Option<PeerAddr>,
}

impl Call {
    pub(crate) fn new(now: Now, id: CallId, peer: PeerId, direction: Direction, state: CallState) -> Self {
        Self {
            id,
            peer,
            direction,
            state,
            state_since: now.local,
            audio_codec: AudioCodec::default(),
            local: MediaFlags::default(),
            remote: MediaFlags::default(),
            had_video: false,
            started: now,
            active_since: None,
            last_heard: now.local,
            decline_text: None,
            ring: None,
            held_since: None,
            instead_of: None,
            bound: None,
            remote_media: None,
            dialled: None,
            linked: false,
            media_started: false,
            redial_at: None,
            told: MediaFlags::default(),
            revision: 0,
            heard_revision: 0,
            candidate: 0,
            heard_candidate: 0,
            early: None,
        }
    }

    /// Its id, the same on both sides.
    #[must_use]
    pub const fn id(&self) -> CallId {
        self.id
    }

    /// The other side.
    #[must_use]
    pub const fn peer(&self) -> PeerId {
        self.peer
    }

    /// Who called.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        self.direction
    }

    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> CallState {
        self.state
    }

    /// The voice codec: offered, then agreed.
    #[must_use]
    pub const fn audio_codec(&self) -> AudioCodec {
        self.audio_codec
    }

    /// What I send.
    #[must_use]
    pub const fn local(&self) -> MediaFlags {
        self.local
    }

    /// What the peer says it sends.
    #[must_use]
    pub const fn remote(&self) -> MediaFlags {
        self.remote
    }

    /// Whether either side holds it.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.local.held || self.remote.held
    }

    /// What may leave this phone now: nothing before consent, on hold or after the end.
    #[must_use]
    pub const fn sends(&self) -> Sends {
        let agreed = match self.state {
            CallState::Connecting | CallState::Active | CallState::Reconnecting => true,
            CallState::Dialing | CallState::Ringing | CallState::Alerting | CallState::Ended(_) => false,
        };
        let open = agreed && !self.is_held();
        Sends { sound: open && !self.local.muted, picture: open && self.local.video }
    }

    /// How it rings here; `None` when it does not.
    #[must_use]
    pub const fn ring(&self) -> Option<RingManner> {
        self.ring
    }

    /// When it was dialled, or its offer arrived.
    #[must_use]
    pub const fn started(&self) -> Now {
        self.started
    }

    /// When media first flowed both ways.
    #[must_use]
    pub const fn active_since(&self) -> Option<LocalTime> {
        self.active_since
    }

    /// How long it has been active at `now`; of an ended call, how long it was.
    #[must_use]
    pub fn active_for(&self, now: LocalTime) -> Duration {
        let until = match self.state {
            // What came after the last packet was not a conversation.
            CallState::Ended(EndReason::Lost) => self.last_heard,
            CallState::Ended(_) => self.state_since,
            CallState::Dialing
            | CallState::Ringing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Active
            | CallState::Reconnecting => now,
        };
        self.active_since.map_or(Duration::ZERO, |since| until.saturating_since(since))
    }

    /// The callee's words when it declined.
    #[must_use]
    pub fn decline_text(&self) -> Option<&str> {
        self.decline_text.as_deref()
    }

    /// The deadline it waits for.
    #[must_use]
    pub fn deadline(&self) -> Option<(LocalTime, TimerKind)> {
        let (at, kind) = match self.state {
            CallState::Dialing | CallState::Ringing | CallState::Alerting => {
                (self.started.local + RING, TimerKind::Ring)
            }
            CallState::Connecting => (self.state_since + CONNECT, TimerKind::Connect),
            CallState::Active => (self.last_heard + SILENCE, TimerKind::Silence),
            CallState::Reconnecting => (self.last_heard + RECONNECT, TimerKind::Reconnect),
            CallState::Ended(_) => return Some((self.state_since + LINGER, TimerKind::Linger)),
        };
        match self.redial_at {
            Some(redial) if redial < at => Some((redial, TimerKind::Redial)),
            Some(_) | None => Some((at, kind)),
        }
    }

    /// While it reconnects: when it counts as lost unless the peer is heard before.
    #[must_use]
    pub fn gives_up(&self) -> Option<LocalTime> {
        match self.state {
            CallState::Reconnecting => Some(self.last_heard + RECONNECT),
            CallState::Dialing
            | CallState::Ringing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Active
            | CallState::Ended(_) => None,
        }
    }

    /// Its line in the history, once it has ended.
    pub(crate) fn record(&self, reason: EndReason) -> CallRecord {
        let active = self.active_for(self.state_since);
        CallRecord {
            call_id: self.id,
            peer: self.peer,
            direction: self.direction,
            duration_seconds: (active + Duration::from_millis(500)).as_secs(),
            had_video: self.had_video,
            timestamp: self.started.unix_ms,
            ended_reason: reason.ended_reason(),
        }
    }
}
