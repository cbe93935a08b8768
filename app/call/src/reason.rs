//! Why a call was turned down and why it ended.
//! Signals carry a `RejectReason`, the state machine ends in an `EndReason`, the history keeps an `EndedReason`.
//! All lists are closed: a new case is a new variant, and the compiler names every place that must decide.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why the callee turned an offer down, as it says so on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RejectReason {
    /// The person declined.
    Declined,
    /// The person is in another call.
    Busy,
    /// The phone cannot take a call of this kind (codec or version).
    Unsupported,
    /// The phone wanted to answer but could not open its side.
    Failed,
}

/// What ended a call, as an `End` says on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EndCause {
    /// The person hung up.
    HangUp,
    /// Nobody answered in time, no media connection came about, or it was lost.
    Timeout,
}

/// Why a call ended, seen from this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// I hung up a call that had been active.
    LocalHangUp,
    /// The peer hung up a call that had been active.
    RemoteHangUp,
    /// I ended it before it was active.
    Cancelled,
    /// The callee declined, or hung up before media flowed.
    Declined,
    /// The callee is in another call.
    Busy,
    /// The callee rang but nobody answered in time.
    NoAnswer,
    /// The caller gave up while it rang here, or nobody answered here in time.
    Missed,
    /// The offer could not be delivered.
    Unreachable,
    /// The peer refuses this phone: blocked, not paired, or another version.
    Refused,
    /// Nothing was heard from the peer for too long.
    Lost,
    /// It was answered, but no media connection came about in time.
    NotConnected,
    /// This side could not open what the call needs (an endpoint, a device).
    Failed,
}

impl EndReason {
    /// The word that the history keeps.
    #[must_use]
    pub const fn ended_reason(self) -> EndedReason {
        match self {
            Self::LocalHangUp | Self::RemoteHangUp => EndedReason::Completed,
            Self::Cancelled => EndedReason::Cancelled,
            Self::Declined => EndedReason::Rejected,
            Self::Busy => EndedReason::Busy,
            Self::NoAnswer => EndedReason::NoAnswer,
            Self::Missed => EndedReason::Missed,
            Self::Unreachable => EndedReason::Unreachable,
            Self::Lost => EndedReason::Lost,
            Self::Refused | Self::NotConnected | Self::Failed => EndedReason::Failed,
        }
    }

    /// The exit code of the `call` command.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::LocalHangUp | Self::RemoteHangUp => 0,
            Self::Cancelled => 1,
            Self::Failed => 2,
            Self::Unreachable | Self::NotConnected => 3,
            Self::Declined => 4,
            Self::Busy => 5,
            Self::NoAnswer | Self::Missed => 6,
            Self::Lost => 7,
            Self::Refused => 8,
        }
    }
}

/// Says what happened, for a person.
impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LocalHangUp => "you hung up",
            Self::RemoteHangUp => "the other side hung up",
            Self::Cancelled => "you ended the call before it was connected",
            Self::Declined => "declined",
            Self::Busy => "busy: the other side is in another call, or was called too often just now",
            Self::NoAnswer => "no answer",
            Self::Missed => "missed",
            Self::Unreachable => "unreachable: the phone of the other side is off or offline",
            Self::Refused => "refused: the other side has not added you, has blocked you, or runs another version",
            Self::Lost => "the connection was lost",
            Self::NotConnected => "answered, but no connection for sound and picture came about",
            Self::Failed => "a device or the network could not be opened",
        })
    }
}

/// The word for the end of a call in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedReason {
    /// It was active and one side hung up.
    Completed,
    /// The callee declined.
    Rejected,
    /// The callee did not take it, seen from the callee.
    Missed,
    /// The callee was in another call.
    Busy,
    /// Nobody answered, seen from the caller.
    NoAnswer,
    /// The callee could not be reached.
    Unreachable,
    /// I ended it before it was active.
    Cancelled,
    /// The connection was lost.
    Lost,
    /// Anything else that kept the call from working.
    Failed,
}

impl EndedReason {
    /// The word itself.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Missed => "missed",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Unreachable => "unreachable",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for EndedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
