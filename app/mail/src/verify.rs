//! Live verification of a contact by a short authentication string: two persons compare seven emoji or three numbers.
//! The engine keeps one `Verification` a peer while it lasts, in memory alone, and carries its steps as `Body::Verify`.
//! A side is `Done` only after both persons confirmed and the peer's code was right.

mod emoji;
mod stage;
mod step;
mod transcript;
mod verification;

pub use emoji::{EMOJI, Emoji};
pub use stage::{Signs, Stage, VerifyError};
pub use step::{CancelReason, MAX_STEP_BYTES, RoundId, VerifyStep};
pub use verification::{ROUND_MS, Verification};
