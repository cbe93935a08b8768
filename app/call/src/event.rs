//! What goes into the state machine and what comes out of it.
//! The engine's driver turns commands, signals and connection events into `Input`s and carries `Output`s out.
//! An input of the network is never an error: whatever it is, there is a defined answer. Commands of a person may be.

use ahoy_media::{AudioCodec, LocalTime};

use crate::{CallId, CallRecord, CallSignal, CallState, PeerAddr, PeerId, Policy, RejectReason, RingManner};

/// The moment of an input on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The monotonic clock: all timers.
    pub local: LocalTime,
    /// Unix milliseconds: the history.
    pub unix_ms: u64,
}

/// Why a signal could not be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// Nobody answered at the peer's addresses.
    Unreachable,
    /// The peer answered and refused: blocked, not paired, another version.
    Refused,
}

/// What becomes of the call going on when another one is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherCall {
    /// It is held.
    Hold,
    /// It ends.
    End,
}

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The person calls, while nothing goes on or rings and everything else is held. `call` is freshly random.
    /// Dialling who rings here answers instead.
    Dial {
        /// The new call's id.
        call: CallId,
        /// Whom.
        peer: PeerId,
        /// Whether I send video.
        video: bool,
        /// The codec to offer.
        audio_codec: AudioCodec,
    },
    /// The person answers a ringing call.
    Accept {
        /// Which.
        call: CallId,
        /// Whether I send video.
        video: bool,
        /// What becomes of the call going on, if there is one.
        other: OtherCall,
    },
    /// The person declines a ringing call.
    Decline {
        /// Which.
        call: CallId,
        /// What the caller is told.
        reason: RejectReason,
        /// Words for the caller, cut to the cap of a signal.
        text: Option<String>,
    },
    /// The person ends a call in whatever state it is (a ringing one is declined).
    HangUp {
        /// Which.
        call: CallId,
    },
    /// The person mutes or unmutes the microphone.
    SetMuted {
        /// Which call.
        call: CallId,
        /// Whether the microphone is silent.
        muted: bool,
    },
    /// The person turns the camera on or off.
    SetVideo {
        /// Which call.
        call: CallId,
        /// Whether I send video.
        video: bool,
    },
    /// The person holds or resumes a call. Resuming one holds the other that is going on.
    SetHeld {
        /// Which call.
        call: CallId,
        /// Whether it is held.
        held: bool,
    },
    /// The person changes over: the call going on is held, the one held for longest is resumed.
    Swap,
    /// The person's rules for offers are these from now on; what rings already goes on as it is.
    Policy(Policy),
    /// The media endpoint asked for by [`Output::BindMedia`] is bound.
    MediaBound {
        /// For which call.
        call: CallId,
        /// Where it can be reached.
        addr: PeerAddr,
    },
    /// The media endpoint can be reached elsewhere now.
    MediaMoved {
        /// For which call.
        call: CallId,
        /// Where; the same endpoint as in `MediaBound`.
        addr: PeerAddr,
    },
    /// The media endpoint or a device that the call cannot do without could not be opened.
    MediaFailed {
        /// Which call.
        call: CallId,
    },
    /// A signal of a peer arrived.
    Received {
        /// Whose; proven by the DM channel.
        from: PeerId,
        /// What it says.
        signal: CallSignal,
    },
    /// A signal could not be delivered.
    SendFailed {
        /// The call it was about.
        call: CallId,
        /// Why.
        failure: SendFailure,
    },
    /// The call connection is up, for the first time or again.
    Linked {
        /// Which call.
        call: CallId,
    },
    /// The call connection is gone, or dialling it failed.
    Unlinked {
        /// Which call.
        call: CallId,
        /// Whether the peer closed it with the code of an ended call.
        ended: bool,
    },
    /// The first valid media packet went through in both directions: I heard one, and the peer said it heard one of mine.
    MediaFlows {
        /// Which call.
        call: CallId,
    },
    /// A packet of the peer arrived.
    Heard {
        /// Which call.
        call: CallId,
    },
    /// The time of the next deadline has come.
    Timeout,
}

/// What both sides agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The voice codec, both ways.
    pub audio_codec: AudioCodec,
}

/// Something to do. Outputs are carried out in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Bind a fresh media endpoint for this call; answer with `MediaBound` or `MediaFailed`.
    BindMedia {
        /// Which call.
        call: CallId,
    },
    /// Send a signal; answer with `SendFailed` when it cannot be delivered.
    Send {
        /// To whom.
        to: PeerId,
        /// The call it is about.
        call: CallId,
        /// What to say.
        signal: CallSignal,
    },
    /// Dial the peer's media endpoint, again when a connection is lost or addresses changed; answer with `Linked`, `Unlinked` or, in the end, nothing.
    DialMedia {
        /// Which call.
        call: CallId,
        /// The callee's media endpoint.
        to: PeerAddr,
    },
    /// Let the caller's media endpoint in, and nobody else; again whenever it comes back.
    AcceptMedia {
        /// Which call.
        call: CallId,
        /// The caller's media endpoint.
        from: PeerId,
    },
    /// Open the devices and let media run on the connection; once a call.
    StartMedia {
        /// Which call.
        call: CallId,
        /// With what.
        agreed: Agreed,
    },
    /// Close everything of this call: devices, connection, media endpoint. Comes once for each call that had `BindMedia`.
    StopMedia {
        /// Which call.
        call: CallId,
        /// Whether to close the connection with the code of an ended call, which the peer reports as `ended`.
        ended: bool,
    },
    /// An incoming call begins to ring.
    Ring {
        /// Which.
        call: CallId,
        /// How; it stays so until `StopRing`.
        manner: RingManner,
    },
    /// It rings no more.
    StopRing {
        /// Which.
        call: CallId,
    },
    /// A call is in another state; `from` is `None` for a new call.
    Changed {
        /// Which.
        call: CallId,
        /// The state before.
        from: Option<CallState>,
        /// The state now.
        to: CallState,
    },
    /// The mute, video or hold flag of a side changed: look at [`crate::Call::sends`] again.
    MediaChanged {
        /// Which call.
        call: CallId,
    },
    /// Both sides called each other: what was dialled as `call` goes on as `by`, an incoming call that is answered
    /// already. `call` is forgotten and leaves no record.
    Replaced {
        /// The call that gave way.
        call: CallId,
        /// The call that goes on.
        by: CallId,
    },
    /// My call ended without the callee's phone ever having rung: leave it word, to be delivered when both are online.
    LeaveNote {
        /// To whom.
        to: PeerId,
        /// The call.
        call: CallId,
        /// Unix milliseconds when it was dialled.
        timestamp: u64,
        /// Whether I meant to send video.
        had_video: bool,
    },
    /// A call is over, or was turned down without ringing: a line for the history.
    Record(CallRecord),
}

/// A command that cannot be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// There is no such call (any more).
    #[error("no such call: it may have ended already")]
    Unknown,
    /// Another call is going on, or one with this peer is held.
    #[error("a call is going on: end or hold it first")]
    InCall,
    /// There is nothing to change over to.
    #[error("no call is held: there is nothing to swap with")]
    NothingHeld,
    /// It rings here and can only be answered or declined.
    #[error("this call rings: answer it first")]
    Rings,
    /// The call does not ring here.
    #[error("this call does not ring: it is in state {0}")]
    NotRinging(CallState),
    /// The id is in use.
    #[error("a call with this id exists already: draw another id")]
    IdInUse,
}
