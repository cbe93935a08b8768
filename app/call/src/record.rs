//! One line of the call history.
//! Made by the state machine when a call ends; kept by the store, shown by `history`.
//! The keys are the founding ones; `timestamp` is Unix milliseconds of the moment the call began.

use serde::{Deserialize, Serialize};

use crate::{CallId, Direction, EndedReason, PeerId};

/// A call that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The call.
    pub call_id: CallId,
    /// The other side.
    pub peer: PeerId,
    /// Who called.
    pub direction: Direction,
    /// Whole seconds the call was active, rounded to the nearest; zero when it never was.
    pub duration_seconds: u64,
    /// Whether either side meant to send video at any time.
    pub had_video: bool,
    /// Unix milliseconds when it was dialled, or when its offer arrived.
    pub timestamp: u64,
    /// How it ended.
    pub ended_reason: EndedReason,
}
