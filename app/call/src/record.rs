//! One line of the call history.
//! Made by the state machine when a call ends, and meanwhile for the case that it never does; kept by the store, shown by `history`.
//! The keys are the founding ones; `timestamp` is Unix milliseconds of the moment the call began.

use ahoy_media::LocalTime;
use serde::{Deserialize, Serialize};

use crate::{Call, CallId, CallState, Direction, EndReason, EndedReason, PeerId};

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

impl CallRecord {
    /// The peer called and nobody took it, also because another call went on.
    #[must_use]
    pub const fn is_missed(&self) -> bool {
        match (self.direction, self.ended_reason) {
            (Direction::Incoming, EndedReason::Missed | EndedReason::Busy) => true,
            (
                Direction::Incoming | Direction::Outgoing,
                EndedReason::Completed
                | EndedReason::Rejected
                | EndedReason::Missed
                | EndedReason::Busy
                | EndedReason::NoAnswer
                | EndedReason::Unreachable
                | EndedReason::Cancelled
                | EndedReason::Lost
                | EndedReason::Failed,
            ) => false,
        }
    }
}

impl Call {
    /// What the history should say if this phone stopped at `now`: a call that broke off. `None` before it was active
    /// and after it has ended.
    #[must_use]
    pub fn so_far(&self, now: LocalTime) -> Option<CallRecord> {
        let talks = match self.state {
            CallState::Active | CallState::Reconnecting => true,
            CallState::Dialing
            | CallState::Ringing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Ended(_) => false,
        };
        let duration_seconds = self.active_for(now).as_secs();
        talks.then(|| CallRecord { duration_seconds, ..self.record(EndReason::Failed) })
    }
}
