//! Signals and the state machine of calls: pure, no clock and no IO.
//!
//! [`Calls`] owns every call. Give it an [`Input`] with the time, carry out what [`Calls::poll_output`] hands out, and
//! come back when something happens or [`Calls::next_deadline`] has come. Signals have their bytes in [`wire`].

pub mod addr;
pub mod call;
pub mod calls;
mod candidate;
mod command;
pub mod config;
pub mod event;
mod hex;
mod hold;
pub mod id;
pub mod policy;
mod rate;
pub mod reason;
mod received;
pub mod record;
mod ringing;
pub mod signal;
pub mod state;
mod step;
pub mod wire;

pub use addr::PeerAddr;
pub use call::{Call, MediaFlags, Sends};
pub use calls::Calls;
pub use event::{Agreed, CallError, Input, Now, OtherCall, Output, SendFailure};
pub use id::{CallId, IdError, PeerId};
pub use policy::{Policy, RingManner};
pub use reason::{EndCause, EndReason, EndedReason, RejectReason};
pub use record::CallRecord;
pub use signal::CallSignal;
pub use state::{CallState, Direction, TimerKind};
pub use wire::SignalError;
