//! How far datagrams overtake each other on the way, and from that how long one may be missing before it counts as lost.
//! Both ends of a stream of pieces keep one: the receiver for its early reports, the sender for its repeats.
//! A way that keeps the order costs no waiting; one with jitter is learnt within a few arrivals (as RFC 8985 §6.2 does).

use std::time::Duration;

/// As many later arrivals prove a loss where the order is kept (`kPacketThreshold` of RFC 9002 §6.1.1).
pub(crate) const LATER_ARRIVALS: u32 = 3;

/// A greater displacement counts for this share at once, so that a single straggler is not the rule,
const GROWS: f64 = 0.25;

/// and every arrival takes this share away: forgotten within half a second of pictures.
const SHRINKS: f64 = 1.0 / 128.0;

/// Room beyond what was seen.
const MARGIN: f64 = 1.25;

/// Longest patience: a piece that is overtaken by more is repeated in vain now and then.
const MOST: Duration = Duration::from_millis(100);

/// How far stragglers are behind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reordering {
    /// Microseconds.
    extent: f64,
}

impl Reordering {
    /// A datagram arrived, so long after the first of those that were sent later.
    pub(crate) fn note(&mut self, behind: Duration) {
        let behind = behind.min(MOST).as_secs_f64() * 1e6;
        let weight = if behind > self.extent { GROWS } else { SHRINKS };
        self.extent += (behind - self.extent) * weight;
    }

    /// How long to wait when enough later ones have arrived.
    pub(crate) fn extent(self) -> Duration {
        Duration::from_micros((self.extent * MARGIN) as u64).min(MOST)
    }

    /// How long to wait when they have not, where this much is usual.
    pub(crate) fn patience(self, usual: Duration) -> Duration {
        self.extent().max(usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn jitter_is_learnt_quickly_and_one_straggler_is_forgotten() {
        let mut reordering = Reordering::default();
        assert_eq!((reordering.extent(), reordering.patience(5 * MS)), (Duration::ZERO, 5 * MS));
        reordering.note(40 * MS);
        assert_eq!(reordering.extent(), Duration::from_micros(12_500));
        for _ in 0..250 {
            reordering.note(Duration::ZERO);
        }
        assert!(reordering.extent() < 2 * MS, "{reordering:?}");
        for n in 0..20 {
            reordering.note(n % 3 * 10 * MS);
        }
        assert!((15 * MS..=25 * MS).contains(&reordering.extent()), "{reordering:?}");
        for _ in 0..100 {
            reordering.note(Duration::from_secs(3));
        }
        assert_eq!(reordering.extent(), MOST);
    }
}
