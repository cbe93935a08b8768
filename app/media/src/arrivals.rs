//! The spread of arrival times of a stream, and the playout delay it asks for.
//! The jitter buffer hands it the transit (arrival minus timestamp minus the frame's length) of every packet.
//! Only differences of transits matter, so the distance of the two clocks drops out.

use std::collections::VecDeque;
use std::time::Duration;

use crate::units::LocalTime;

/// Arrivals are looked back over for 5 s, so that a change of network is forgotten quickly.
const WINDOW_US: u64 = 5_000_000;

/// Most arrivals remembered: 5 s of the shortest frames.
const MOST_ARRIVALS: usize = 512;

/// The quickest way is looked for over 30 s: long enough that a queue which only just drains now and then shows, and one that stood
/// through a picture is not taken for the way itself.
const QUICKEST_US: u64 = 30_000_000;

/// Of a hundred packets this many are in time; two are let go, so that a processor that is busy for a moment every few
/// seconds costs a few invented milliseconds and no delay.
const IN_TIME_PERCENT: usize = 98;

/// On top of the spread: the worker ends its wait 1.5 ms before the device takes a block, and a frame's first sample may
/// lie anywhere in it.
const MARGIN_US: i64 = 3_000;

/// A machine whose worker looks late now and then gets up to this much.
const MOST_MARGIN_US: i64 = 8_000;

/// By how much a packet that came in time and was missed nevertheless raises the margin.
const MARGIN_STEP_US: i64 = 1_000;

/// Pause between two raises: what the playout delay needs to follow.
const MARGIN_REST_US: i64 = 1_500_000;

/// What the margin loses for every second of sound played without such a miss.
const MARGIN_EASE_US: i64 = 100;

/// Delay before anything is known.
const FIRST_US: i64 = 40_000;

/// Packets until only what was measured counts: 140 ms, most of which pass in silence before a call is connected.
const LEARNING: i64 = 7;

/// When this many packets in a row all came later than the spread allows, the way has become longer for good.
const MOVED: usize = 4;

/// The newest packets, of which the quickest shows how long the queue is.
const RECENT: usize = 8;

/// Longest delay ever aimed at: beyond it people talk over each other.
const CEILING_US: i64 = 500_000;

/// A transit this far from the last one is a new clock, not a late packet.
const NEW_CLOCK_US: u64 = 5_000_000;

/// What an arrival tells about its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// No later than what the delay is made for.
    InTime,
    /// Later.
    Straggler,
    /// Of another clock than the packets before: all that was learnt is void.
    NewClock,
}

/// The transits of the newest packets.
#[derive(Debug)]
pub(crate) struct Arrivals {
    window: VecDeque<(u64, i64)>,
    sorted: Vec<i64>,
    /// The quickest of the last 30 s: ever slower ones after it, ready to take its place.
    quickest: VecDeque<(u64, i64)>,
    recent: VecDeque<i64>,
    last: Option<(u64, i64)>,
    /// Length of the newest frame, microseconds.
    span: i64,
    seen: i64,
    margin: i64,
    margin_rest: i64,
    /// What the owner wants to have waiting beside the margin, microseconds.
    reserve: i64,
}

impl Default for Arrivals {
    fn default() -> Self {
        Self::with_reserve(0)
    }
}

impl Arrivals {
    /// No packets yet, and `reserve` microseconds more than the spread asks for.
    pub(crate) fn with_reserve(reserve: i64) -> Self {
        Self {
            window: VecDeque::new(),
            sorted: Vec::new(),
            quickest: VecDeque::new(),
            recent: VecDeque::new(),
            last: None,
            span: 0,
            seen: 0,
            margin: MARGIN_US,
            margin_rest: 0,
            reserve,
        }
    }

    /// The same reserve and margin and no packets.
    pub(crate) fn renewed(&self) -> Self {
        Self { margin: self.margin, ..Self::with_reserve(self.reserve) }
    }

    /// Takes one packet of `span` microseconds of sound.
    pub(crate) fn take(&mut self, arrived: LocalTime, transit: i64, span: i64) -> Arrival {
        let new_clock = self.last.is_some_and(|(_, last)| last.abs_diff(transit) > NEW_CLOCK_US);
        if new_clock {
            *self = self.renewed();
        }
        let in_time = self.late_from().is_none_or(|late| transit <= late);
        let wake = self.last.is_some_and(|(at, last)| {
            let close = arrived.0.saturating_sub(at).cast_signed() < span / 2;
            close && transit < last
        });
        self.last = Some((arrived.0, transit));
        self.span = span;
        self.seen = (self.seen + 1).min(LEARNING);
        self.note(arrived.0, transit);
        // A queue let go at once is one late arrival and not fifty: what comes in its wake says nothing of its own.
        if !wake {
            self.remember(arrived.0, transit);
        }
        match (new_clock, in_time) {
            (true, _) => Arrival::NewClock,
            (false, true) => Arrival::InTime,
            (false, false) => Arrival::Straggler,
        }
    }

    /// What is kept waiting beside the margin, microseconds.
    pub(crate) fn reserve(&self) -> i64 {
        self.reserve
    }

    /// What is added to the spread for the looks of the worker, microseconds.
    pub(crate) fn margin(&self) -> i64 {
        self.margin + self.reserve
    }

    /// A packet that came in time was missed: the worker looked too late.
    pub(crate) fn missed(&mut self) {
        if self.margin_rest <= 0 {
            self.margin = (self.margin + MARGIN_STEP_US).min(MOST_MARGIN_US);
            self.margin_rest = MARGIN_REST_US;
        }
    }

    /// So many microseconds of sound were played.
    pub(crate) fn played(&mut self, us: i64) {
        self.margin_rest -= us;
        if self.margin_rest <= 0 {
            // Whole microseconds for every tick, so that nothing is lost to rounding.
            self.margin = (self.margin - us * MARGIN_EASE_US / 1_000_000).max(MARGIN_US);
            self.margin_rest = self.margin_rest.max(-MARGIN_REST_US);
        }
    }

    /// The playout offset of a packet that took the quickest way of late and were played at once.
    pub(crate) fn least(&self) -> Option<i64> {
        Some(self.sorted.first()? + self.span)
    }

    /// How much longer the newest packets took than the quickest of the last 30 s.
    pub(crate) fn queue(&self) -> Duration {
        let (Some(now), Some((_, least))) = (self.recent.iter().min(), self.quickest.front()) else {
            return Duration::ZERO;
        };
        Duration::from_micros(u64::try_from(now - least).unwrap_or(0))
    }

    /// The offset at which a packet should be played.
    pub(crate) fn target(&self) -> Option<i64> {
        let least = self.sorted.first()?;
        let moved = if self.recent.len() < MOVED { i64::MIN } else { *self.recent.iter().rev().take(MOVED).min()? };
        let measured = self.late_from()?.max(moved) - least + self.margin();
        let learnt = measured + (FIRST_US - measured).max(0) * (LEARNING - self.seen) / LEARNING;
        Some(least + self.span + learnt.min(CEILING_US))
    }

    /// The longest transit that is not given up.
    fn late_from(&self) -> Option<i64> {
        let at = (self.sorted.len() * IN_TIME_PERCENT).div_ceil(100).max(1) - 1;
        self.sorted.get(at).copied()
    }

    fn note(&mut self, arrived: u64, transit: i64) {
        if self.recent.len() == RECENT {
            let _ = self.recent.pop_front();
        }
        self.recent.push_back(transit);
        while self.quickest.back().is_some_and(|(_, other)| *other >= transit) {
            let _ = self.quickest.pop_back();
        }
        self.quickest.push_back((arrived, transit));
        let too_old = |at: u64| arrived.saturating_sub(at) > QUICKEST_US;
        while self.quickest.len() > 2 * MOST_ARRIVALS || self.quickest.front().is_some_and(|(at, _)| too_old(*at)) {
            let _ = self.quickest.pop_front();
        }
    }

    fn remember(&mut self, arrived: u64, transit: i64) {
        let too_old = |at: u64| arrived.saturating_sub(at) > WINDOW_US;
        while self.window.len() == MOST_ARRIVALS || self.window.front().is_some_and(|(at, _)| too_old(*at)) {
            let Some((_, oldest)) = self.window.pop_front() else { break };
            let at = self.sorted.partition_point(|other| *other < oldest);
            let _ = self.sorted.remove(at);
        }
        self.window.push_back((arrived, transit));
        let at = self.sorted.partition_point(|other| *other < transit);
        self.sorted.insert(at, transit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: i64 = 20_000;

    /// Takes packets 20 ms apart with the given transits; returns when the last one came.
    fn feed(arrivals: &mut Arrivals, from: u64, transits: impl IntoIterator<Item = i64>) -> u64 {
        let mut sent = from;
        for transit in transits {
            sent += 20_000;
            let _ = arrivals.take(LocalTime(sent.saturating_add_signed(transit)), transit, SPAN);
        }
        sent
    }

    #[test]
    fn the_target_starts_high_and_follows_the_spread_in_both_directions() {
        let mut arrivals = Arrivals::default();
        assert_eq!(arrivals.target(), None);
        let now = feed(&mut arrivals, 10_000_000, [1_000_000]);
        assert!((1_054_000..=1_060_000).contains(&arrivals.target().expect("one packet")));
        let now = feed(&mut arrivals, now, [1_000_000; 50]);
        assert_eq!(arrivals.target(), Some(1_000_000 + SPAN + MARGIN_US));
        let now = feed(&mut arrivals, now, (0..300).map(|n| 1_000_000 + (n * 7_919) % 30_000));
        let spread = arrivals.target().expect("packets") - 1_000_000 - SPAN - MARGIN_US;
        assert!((28_500..=30_000).contains(&spread), "{spread}");
        let _ = feed(&mut arrivals, now, [900_000; 300]);
        assert_eq!(arrivals.target(), Some(900_000 + SPAN + MARGIN_US));
    }

    #[test]
    fn a_longer_way_is_believed_after_four_packets_and_a_queue_let_go_at_once_is_not() {
        let mut arrivals = Arrivals::default();
        let now = feed(&mut arrivals, 10_000_000, [0; 250]);
        let before = arrivals.target().expect("packets");
        for n in 0..50 {
            let sent = now + (n + 1) * 20_000;
            let arrived = now + 51 * 20_000;
            let _ = arrivals.take(LocalTime(arrived), (arrived - sent).cast_signed(), SPAN);
        }
        let now = feed(&mut arrivals, now + 50 * 20_000, [0; 10]);
        assert_eq!(arrivals.target(), Some(before), "a second of blackout");
        let _ = feed(&mut arrivals, now, [50_000; 4]);
        assert_eq!(arrivals.target(), Some(before + 50_000));
    }

    #[test]
    fn the_queue_is_what_the_quickest_of_the_newest_waits() {
        let mut arrivals = Arrivals::default();
        assert_eq!(arrivals.queue(), Duration::ZERO);
        let now = feed(&mut arrivals, 10_000_000, (0..250).map(|n| (n * 7_919) % 30_000));
        assert!(arrivals.queue() < Duration::from_millis(8), "jitter is no queue: {:?}", arrivals.queue());
        let now = feed(&mut arrivals, now, (0..20).map(|n| 80_000 + (n * 7_919) % 30_000));
        assert!((80..90).contains(&arrivals.queue().as_millis()), "{:?}", arrivals.queue());
        let now = feed(&mut arrivals, now, [80_000; 1_000]);
        assert!((78..90).contains(&arrivals.queue().as_millis()), "20 s are not enough to be sure");
        let _ = feed(&mut arrivals, now, [80_000; 600]);
        assert_eq!(arrivals.queue(), Duration::ZERO, "after 30 s it is the way");
    }

    #[test]
    fn misses_raise_the_margin_and_it_comes_back() {
        let mut arrivals = Arrivals::default();
        for _ in 0..1_000 {
            arrivals.missed();
            arrivals.played(20_000);
        }
        assert_eq!(arrivals.margin(), MOST_MARGIN_US);
        for _ in 0..3_000 {
            arrivals.played(20_000);
        }
        assert_eq!(arrivals.margin(), MARGIN_US);
    }
}
