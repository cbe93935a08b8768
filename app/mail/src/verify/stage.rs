//! Where a live verification stands, as the person sees it.
//! The engine turns a `Stage` into the verify screen; clients print it.
//! Only `Done` may set a contact's verified mark.

use super::{CancelReason, Emoji};

/// What both persons compare: equal on both phones unless somebody stands between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    /// 42 bits as seven emoji.
    pub emoji: [Emoji; 7],
    /// The same secret as three numbers of 1000..=9191 (39 bits), for those who cannot compare pictures.
    pub numbers: [u16; 3],
}

/// How far a round has come on this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Keys are under way; nothing to compare yet.
    Waiting,
    /// The person compares the signs and says whether the other sees the same.
    Compare(Signs),
    /// This person said "same"; the other has not yet.
    WaitingForPeer(Signs),
    /// Both persons said "same" and the peer's code was right.
    Done,
    /// The round is over and proves nothing.
    Failed(VerifyError),
}

/// Why a round failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// One of the two persons saw other signs: somebody may be listening in. Warn loudly.
    #[error("the signs differ: somebody may stand between the two phones; do not trust this contact's key")]
    Different,
    /// A key, commitment or code was wrong: an attack or a defect. Warn loudly.
    #[error("the other phone sent a proof that is wrong; verify again, and if it fails again do not trust this key")]
    Broken,
    /// The connection broke while the last key was under way, so the two sides cannot know the same one. Try again.
    #[error("the connection broke during the verification; start it again")]
    Connection,
    /// The round took longer than `ROUND_MS`. Try again when both persons are at their phones.
    #[error("the verification took longer than five minutes; start it again")]
    Timeout,
    /// The peer began another round. Give its step to `Verification::accepts` once the person agrees.
    #[error("the other phone began the verification anew")]
    Restarted,
    /// This person or the other closed the comparison.
    #[error("the verification was cancelled")]
    Cancelled,
}

impl VerifyError {
    /// What the peer's phone said when it left the round, as this phone's person has to understand it.
    pub(super) const fn told(reason: CancelReason) -> Self {
        match reason {
            CancelReason::Person => Self::Cancelled,
            CancelReason::Different => Self::Different,
            CancelReason::Timeout => Self::Timeout,
            CancelReason::Broken => Self::Broken,
            CancelReason::Connection => Self::Connection,
        }
    }
}
