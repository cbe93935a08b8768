//! Signals and the state machine of calls: pure, no clock and no IO.
//!
//! [`Calls`] owns every call. Give it an [`Input`] with the time, carry out what [`Calls::poll_output`] hands out, and
//! come back when something happens or [`Calls::next_deadline`] has come. Signals have their bytes in [`wire`].

pub mod addr;
pub mod call;
pub mod calls;
pub mod config;
pub mod event;
mod hex;
pub mod id;
pub mod reason;
mod received;
pub mod record;
pub mod signal;
pub mod state;
mod step;
pub mod wire;

pub use addr::PeerAddr;
pub use call::{Call, MediaFlags};
pub use calls::Calls;
pub use event::{Agreed, CallError, Input, Now, Output, SendFailure};
pub use id::{CallId, IdError, PeerId};
pub use reason::{EndCause, EndReason, EndedReason, RejectReason};
pub use record::CallRecord;
pub use signal::CallSignal;
pub use state::{CallState, Direction, TimerKind};
pub use wire::SignalError;
