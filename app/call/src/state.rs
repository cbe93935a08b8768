//! The states of a call, its direction, and the timers that run in them.
//! The machine moves calls through them; the engine and its clients show them.
//! `Dialing -> Alerting -> Connecting -> Active <-> Reconnecting -> Ended`; the callee enters at `Ringing`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::EndReason;

/// Who called whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The peer called.
    Incoming,
    /// I called.
    Outgoing,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
        })
    }
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallState {
    /// Caller: the offer is on its way.
    Dialing,
    /// Callee: an offer waits for the person.
    Ringing,
    /// Caller: the callee's phone rings.
    Alerting,
    /// Both: answered, the media connection is being made.
    Connecting,
    /// Both: media flows both ways.
    Active,
    /// Both: media flowed, nothing has been heard for a moment.
    Reconnecting,
    /// Both: over.
    Ended(EndReason),
}

impl CallState {
    /// The name of the state, as statistics and `--json` print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dialing => "Dialing",
            Self::Ringing => "Ringing",
            Self::Alerting => "Alerting",
            Self::Connecting => "Connecting",
            Self::Active => "Active",
            Self::Reconnecting => "Reconnecting",
            Self::Ended(_) => "Ended",
        }
    }

    /// Whether the call is over.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Ended(_))
    }
}

impl fmt::Display for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimerKind {
    /// Nobody has answered.
    Ring,
    /// Media does not flow after the answer.
    Connect,
    /// The peer has gone silent.
    Silence,
    /// The media connection is dialled once more.
    Redial,
    /// The peer stayed silent.
    Reconnect,
    /// An ended call is forgotten.
    Linger,
}
