//! Between this machine's clock and the media clock of one call.
//! Senders stamp what they captured; nobody else needs to know the random origin.
//! Both directions are exact and inverse; the 64 bits wrap, so that any origin is a good one.

use crate::units::{LocalTime, MediaTime};

/// The media clock of what this side sends in one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaClock {
    /// Media time at `epoch`, drawn at random for each call.
    pub origin: MediaTime,
    /// The local time that `origin` belongs to.
    pub epoch: LocalTime,
}

impl MediaClock {
    /// A clock that shows `origin` at the local time `epoch`.
    #[must_use]
    pub const fn new(epoch: LocalTime, origin: MediaTime) -> Self {
        Self { origin, epoch }
    }

    /// The media time of a local time.
    #[must_use]
    pub fn media(self, at: LocalTime) -> MediaTime {
        MediaTime(shift(at.0, self.epoch.0, self.origin.0))
    }

    /// The local time of a media time.
    #[must_use]
    pub fn local(self, at: MediaTime) -> LocalTime {
        LocalTime(shift(at.0, self.origin.0, self.epoch.0))
    }
}

/// Moves `at` as far from `to` as it is from `from`.
fn shift(at: u64, from: u64, to: u64) -> u64 {
    at.wrapping_sub(from).wrapping_add(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_agree_before_and_after_the_epoch_and_around_the_end() {
        for origin in [0, 5_000, u64::MAX - 7] {
            let clock = MediaClock { origin: MediaTime(origin), epoch: LocalTime(1_000_000) };
            for local in [0, 999_990, 1_000_000, 1_000_020] {
                let media = clock.media(LocalTime(local));
                assert_eq!(media.0.wrapping_sub(origin), local.wrapping_sub(1_000_000));
                assert_eq!(clock.local(media), LocalTime(local));
            }
        }
    }
}
