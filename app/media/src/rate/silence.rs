//! What it means that no report comes while pieces are under way.
//! The control says how long it has waited; allocation and the sender of pictures act on the answer.
//! The next report ends every silence at once.

use std::time::Duration;

const HALVED: Duration = Duration::from_millis(250);
const NO_PICTURES: Duration = Duration::from_millis(500);
const LOWEST_SOUND: Duration = Duration::from_secs(1);

/// For how long pieces have been under way without a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Silence {
    /// Reports come.
    #[default]
    Heard,
    /// For 250 ms: half the target.
    Halved,
    /// For 500 ms: no pictures.
    NoPictures,
    /// For 1 s: the lowest sound.
    LowestSound,
}

impl Silence {
    /// The silence of so long.
    pub(super) fn of(waited: Duration) -> Self {
        if waited >= LOWEST_SOUND {
            Self::LowestSound
        } else if waited >= NO_PICTURES {
            Self::NoPictures
        } else if waited >= HALVED {
            Self::Halved
        } else {
            Self::Heard
        }
    }
}
