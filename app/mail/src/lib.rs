//! What phones write to each other: the ratchet, the outbox, what was received. No network in here.
//!
//! [`Mailroom::post`] puts a [`Body`] into the outbox, [`Mailroom::next`] hands out its sealed frame, [`Mailroom::receive`] is
//! what the other phone does with it, [`Mailroom::replied`] ends the round.

mod account;
pub mod body;
mod change;
mod envelope;
pub mod error;
pub mod frame;
pub mod keys;
pub mod knock;
pub mod mailroom;
mod peer;
mod receive;
mod reply;
pub mod verify;

pub use body::{Body, BodyKind, MAX_READ_IDS, MAX_TEXT_BYTES};
pub use error::MailError;
pub use frame::{Frame, Reply, decode_frame, decode_reply};
pub use mailroom::{Mailroom, Outgoing, Received, Replied};
pub use verify::VerifyStep;
