//! The repair horizon: how long it pays to wait for what repairs a lost packet.
//! The jitter buffer tells it when each tick of sound could be played, from its own packet or from a copy of it.
//! Its delay is taken only while it costs less than the loss it repairs, and is forgotten 5 s after the loss.

use std::collections::VecDeque;

use crate::emodel;
use crate::pace::level;

/// Ticks until a tick's fate is settled: 300 ms, after which no copy is worth waiting for any more.
const SETTLED: usize = 30;

/// Losses are remembered for 2,000 ticks: 20 s. Those of 5 s are so few that the choice would change with every handful of
/// them, and each change of the delay is heard more than what it saves (measured: 0.4 PESQ at 10 % loss).
const MEMORY: u64 = 2_000;

/// After so long without any loss, 5 s, the way is another one and all of them are forgotten.
const OVER: u64 = 500;

/// Longest wait for a repair beyond the quickest packet.
pub(crate) const MOST_US: i64 = 200_000;

/// Ticks of the longest run of losses that such a wait can repair.
const LONGEST_RUN: u64 = 20;

/// The choice is made anew after this many ticks.
const CHOICE_TICKS: u64 = 5;

/// Delay of all that is not this buffer, for the E-model: frame, codec, devices and a short way, microseconds.
const BESIDE_US: i64 = 60_000;

/// A longer delay is only worth its change of rhythm when it costs this much less, a shorter one when it costs that much
/// less and the delay has been the same for two seconds.
const WORTH_LONGER: f64 = 1.0;
const WORTH_SHORTER: f64 = 0.25;
const SHORTER_TICKS: u64 = 200;

/// What is known about one tick.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// Its own packet came.
    own: bool,
    /// The earliest playout offset that a copy or another packet's redundancy allowed, microseconds.
    repaired: Option<i64>,
}

/// The fates of the ticks of the last seconds.
#[derive(Debug, Default)]
pub(crate) struct Horizon {
    /// The ticks not yet settled, from `base` on.
    open: VecDeque<Slot>,
    base: u32,
    began: bool,
    /// Ticks settled so far.
    settled: u64,
    /// Lost ticks in a row up to the last one settled.
    run: u64,
    /// When a lost tick was settled, and what would have repaired it.
    lost: VecDeque<(u64, Option<i64>)>,
    /// Ticks of the newest frame.
    usual: usize,
    chosen_at: u64,
    changed_at: u64,
    /// What was chosen last, beyond the quickest packet: the clocks may drift, the wait stays what it is.
    chosen: Option<i64>,
}

impl Horizon {
    /// A frame's own packet came.
    pub(crate) fn own(&mut self, first: u32, ticks: u32) {
        self.usual = ticks as usize;
        self.open_to(first.wrapping_add(ticks));
        for slot in self.slots(first, ticks) {
            slot.own = true;
        }
    }

    /// A frame could be played at `offset` from something else than its own packet.
    pub(crate) fn repaired(&mut self, first: u32, ticks: u32, offset: i64) {
        for slot in self.slots(first, ticks) {
            slot.repaired = Some(slot.repaired.map_or(offset, |other| other.min(offset)));
        }
    }

    /// Whether nothing is known yet that could be played at this tick.
    pub(crate) fn misses(&self, tick: u32) -> bool {
        let at = tick.wrapping_sub(self.base) as usize;
        self.open.get(at).is_some_and(|slot| !slot.own && slot.repaired.is_none())
    }

    /// Chooses the playout offset that it pays to wait for, beyond `without`, which is aimed at anyway; `least` is that of the quickest
    /// packet and `margin` what a repair must be there before it is needed.
    pub(crate) fn choose(&mut self, least: i64, without: i64, margin: i64) {
        if self.chosen_at + CHOICE_TICKS <= self.settled {
            self.chosen_at = self.settled;
            let chosen = self.cheapest(least, without, margin).map(|offset| offset - least);
            if chosen != self.chosen {
                self.changed_at = self.settled;
                self.chosen = chosen;
            }
        }
    }

    /// The playout offset that was chosen last, where the quickest packet's is `least`.
    pub(crate) fn chosen(&self, least: i64) -> Option<i64> {
        self.chosen.map(|wait| least + wait)
    }

    fn cheapest(&self, least: i64, without: i64, margin: i64) -> Option<i64> {
        let seen = self.settled.min(MEMORY) as f64;
        let cost = |offset: i64, left: usize| {
            // One lost frame teaches nothing about the next.
            let loss = left.saturating_sub(self.usual) as f64 / seen;
            emodel::of_delay(level(BESIDE_US + offset - least)) + emodel::of_loss(loss)
        };
        if self.lost.len() <= self.usual {
            return None;
        }
        let mut repaired: Vec<i64> = self.lost.iter().filter_map(|(_, offset)| Some((*offset)? + margin)).collect();
        repaired.sort_unstable();
        let left = |offset: i64| self.lost.len() - repaired.partition_point(|at| *at <= offset);
        let mut best = (cost(without, left(without)), None);
        for offset in repaired.iter().copied().filter(|offset| (without..=least + MOST_US).contains(offset)) {
            let this = cost(offset, left(offset));
            if this < best.0 {
                best = (this, Some(offset));
            }
        }
        let steady = self.changed_at + SHORTER_TICKS <= self.settled;
        let kept = self.chosen(least).filter(|old| (without + 1..=least + MOST_US).contains(old)).filter(|old| {
            let longer = best.1.is_some_and(|offset| offset > *old);
            let worth = if longer || !steady { WORTH_LONGER } else { WORTH_SHORTER };
            cost(*old, left(*old)) < best.0 + worth
        });
        kept.or(best.1)
    }

    /// Makes room up to `end`, and settles what is old enough.
    fn open_to(&mut self, end: u32) {
        if !self.began {
            self.began = true;
            self.base = end;
        }
        let have = self.base.wrapping_add(self.open.len() as u32);
        for _ in 0..end.wrapping_sub(have).cast_signed().max(0) {
            self.open.push_back(Slot::default());
            if self.open.len() > SETTLED
                && let Some(slot) = self.open.pop_front()
            {
                self.base = self.base.wrapping_add(1);
                self.settle(slot);
            }
        }
    }

    fn settle(&mut self, slot: Slot) {
        self.settled += 1;
        self.run = if slot.own { 0 } else { self.run + 1 };
        if !slot.own {
            self.lost.push_back((self.settled, slot.repaired));
        }
        // An outage that no delay bridges is no reason for one.
        while self.run > LONGEST_RUN && self.lost.back().is_some_and(|(at, _)| at + self.run > self.settled) {
            let _ = self.lost.pop_back();
        }
        if self.lost.back().is_some_and(|(at, _)| at + OVER < self.settled) {
            self.lost.clear();
        }
        while self.lost.front().is_some_and(|(at, _)| at + MEMORY < self.settled) {
            let _ = self.lost.pop_front();
        }
    }

    fn slots(&mut self, first: u32, ticks: u32) -> impl Iterator<Item = &mut Slot> {
        let from = first.wrapping_sub(self.base).cast_signed();
        let wanted = i64::from(from)..i64::from(from) + i64::from(ticks);
        self.open.iter_mut().enumerate().filter(move |(at, _)| wanted.contains(&(*at as i64))).map(|(_, slot)| slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARGIN: i64 = 4_000;

    /// A stream of 20 ms frames in which `lost` says what is lost and copies come `spaced` frames later, if they do.
    fn horizon(frames: u32, lost: impl Fn(u32) -> bool, spaced: &[u32]) -> Option<i64> {
        let mut horizon = Horizon::default();
        let mut chosen = None;
        for n in 0..frames {
            if lost(n) {
                continue;
            }
            horizon.own(n * 2, 2);
            for back in spaced.iter().filter(|back| **back <= n) {
                horizon.repaired((n - back) * 2, 2, 20_000 + i64::from(*back) * 20_000);
            }
            horizon.choose(20_000, 20_000 + MARGIN, MARGIN);
            chosen = horizon.chosen(20_000);
        }
        chosen.map(|offset| offset - 20_000 - MARGIN)
    }

    fn random(n: u32) -> u32 {
        (n.wrapping_mul(2_654_435_761) ^ 0x5bd1_e995).wrapping_mul(0x9e37_79b1) >> 16
    }

    #[test]
    fn without_loss_or_copies_nothing_is_waited_for() {
        assert_eq!(horizon(1_000, |_| false, &[1, 2]), None);
        assert_eq!(horizon(1_000, |n| random(n).is_multiple_of(5), &[]), None);
        assert_eq!(horizon(1_000, |n| n == 900, &[1, 2]), None, "one frame teaches nothing");
    }

    #[test]
    fn it_is_as_long_as_the_copies_that_pay() {
        assert_eq!(horizon(1_000, |n| random(n).is_multiple_of(5), &[1]), Some(20_000));
        assert_eq!(horizon(1_000, |n| random(n).is_multiple_of(5), &[1, 2]), Some(40_000));
        assert_eq!(horizon(1_000, |n| random(n).is_multiple_of(3), &[1, 2, 3]), Some(60_000));
        assert_eq!(horizon(1_000, |n| n % 20 < 3, &[3, 6]), Some(60_000));
    }

    #[test]
    fn an_outage_longer_than_any_horizon_changes_nothing() {
        assert_eq!(horizon(540, |n| (500..530).contains(&n), &[3, 6]), None);
        assert_eq!(horizon(600, |n| (500..530).contains(&n), &[3, 6]), None);
        assert_eq!(horizon(600, |n| (500..506).contains(&n), &[3, 6]), Some(120_000));
    }

    #[test]
    fn it_is_forgotten_five_seconds_after_the_loss() {
        let lossy = |n: u32| n < 500 && random(n).is_multiple_of(5);
        assert_eq!(horizon(600, lossy, &[1, 2]), Some(40_000));
        assert_eq!(horizon(770, lossy, &[1, 2]), None);
    }

    #[test]
    fn when_farther_copies_stop_coming_the_wait_follows_within_its_memory() {
        let mut horizon = Horizon::default();
        let mut waits = Vec::new();
        for n in 0..2_000_u32 {
            if !random(n).is_multiple_of(5) {
                horizon.own(n * 2, 2);
                let spaced: &[u32] = if n < 500 { &[1, 2, 3] } else { &[1, 2] };
                for back in spaced.iter().filter(|back| **back <= n) {
                    horizon.repaired((n - back) * 2, 2, 20_000 + i64::from(*back) * 20_000);
                }
                horizon.choose(20_000, 20_000 + MARGIN, MARGIN);
            }
            waits.push(horizon.chosen(0).map(|wait| wait - MARGIN));
        }
        assert_eq!(waits[499], Some(60_000));
        // 20 s of memory, 2 s of steadiness.
        assert_eq!(waits[500 + 1_100], Some(40_000));
    }
}
