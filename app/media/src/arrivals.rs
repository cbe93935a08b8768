//! The spread of arrival times of a stream, and the playout delay it asks for.
//! The jitter buffer hands it the offset (arrival minus timestamp) of every packet.
//! Only differences of offsets matter, so the distance of the two clocks drops out.

use std::collections::VecDeque;

/// Packets looked back over: 5 s, so that a change of network is forgotten quickly.
const PACKETS: usize = 256;

/// Of a hundred packets this many are in time; the margin covers most of the others.
const IN_TIME_PERCENT: usize = 98;

/// On top of the spread: the worker's tick, the readings' own noise, and a processor that is busy for a moment.
const MARGIN_US: i64 = 5_500;

/// Delay before anything is known.
const FIRST_US: i64 = 40_000;

/// Packets until only what was measured counts: 140 ms, most of which pass in silence before a call is connected.
const LEARNING: i64 = 7;

/// Longest delay ever aimed at: beyond it people talk over each other.
const CEILING_US: i64 = 500_000;

/// An offset this far from the last one is a new clock, not a late packet.
const NEW_CLOCK_US: u64 = 5_000_000;

/// The offsets of the newest packets.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    newest: VecDeque<i64>,
    sorted: Vec<i64>,
    seen: i64,
    /// What the owner wants to have waiting beside the margin, microseconds.
    reserve: i64,
}

impl Arrivals {
    /// No packets yet, and `reserve` microseconds more than the spread asks for.
    pub(crate) fn with_reserve(reserve: i64) -> Self {
        Self { reserve, ..Self::default() }
    }

    /// The same reserve and no packets.
    pub(crate) fn renewed(&self) -> Self {
        Self::with_reserve(self.reserve)
    }

    /// Takes the offset of one packet, microseconds.
    pub(crate) fn take(&mut self, offset: i64) {
        if self.newest.back().is_some_and(|last| last.abs_diff(offset) > NEW_CLOCK_US) {
            *self = self.renewed();
        }
        if self.newest.len() == PACKETS
            && let Some(oldest) = self.newest.pop_front()
        {
            let at = self.sorted.partition_point(|other| *other < oldest);
            let _ = self.sorted.remove(at);
        }
        self.newest.push_back(offset);
        let at = self.sorted.partition_point(|other| *other < offset);
        self.sorted.insert(at, offset);
        self.seen = (self.seen + 1).min(LEARNING);
    }

    /// What is kept waiting beside the margin, microseconds.
    pub(crate) fn reserve(&self) -> i64 {
        self.reserve
    }

    /// The quickest way of late.
    pub(crate) fn least(&self) -> Option<i64> {
        self.sorted.first().copied()
    }

    /// The offset at which a packet should be played.
    pub(crate) fn target(&self) -> Option<i64> {
        let least = self.least()?;
        let at = (self.sorted.len() * IN_TIME_PERCENT).div_ceil(100).clamp(1, self.sorted.len()) - 1;
        let measured = self.sorted[at] - least + MARGIN_US + self.reserve;
        let learnt = measured + (FIRST_US - measured).max(0) * (LEARNING - self.seen) / LEARNING;
        Some(least + learnt.min(CEILING_US))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_starts_high_and_follows_the_spread_in_both_directions() {
        let mut arrivals = Arrivals::default();
        assert_eq!(arrivals.target(), None);
        arrivals.take(1_000_000);
        assert!((1_035_000..=1_040_000).contains(&arrivals.target().expect("one packet")));
        for _ in 0..50 {
            arrivals.take(1_000_000);
        }
        assert_eq!(arrivals.target(), Some(1_000_000 + MARGIN_US));
        for n in 0..300 {
            arrivals.take(1_000_000 + (n * 7_919) % 30_000);
        }
        let spread = arrivals.target().expect("packets") - 1_000_000;
        assert!((30_000..=36_000).contains(&spread), "{spread}");
        for _ in 0..300 {
            arrivals.take(900_000);
        }
        assert_eq!(arrivals.target(), Some(900_000 + MARGIN_US));
    }
}
