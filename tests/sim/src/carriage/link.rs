//! One direction of a link: rate, delay, jitter, and losses one by one or in runs.
//! Both transports send through it; jitter changes the order, and nothing is lost to a queue.
//! Its luck depends on the seed and the number of datagrams alone.

use std::collections::VecDeque;

use crate::chance::Chance;

/// How a link loses datagrams: a Gilbert chain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Luck {
    /// Share lost.
    pub loss: f64,
    /// Mean number lost in a row; `None`: as independent losses have it.
    pub run: Option<f64>,
}

/// Steps in which chances are drawn.
const PARTS: u64 = 1 << 32;

/// Datagrams under way.
#[derive(Debug)]
pub struct Link<T> {
    chance: Chance,
    luck: Luck,
    losing: bool,
    delay_us: u64,
    jitter_us: u64,
    bits_per_us: f64,
    free_at: u64,
    under_way: VecDeque<(u64, T)>,
}

impl<T> Link<T> {
    /// An empty link that takes `delay_us` and up to `jitter_us` more, and carries `kbps`.
    #[must_use]
    pub fn new(delay_us: u64, jitter_us: u64, kbps: u64, luck: Luck, seed: u64) -> Self {
        let bits_per_us = kbps as f64 / 1_000.0;
        Self {
            chance: Chance::new(seed),
            luck,
            losing: false,
            delay_us,
            jitter_us,
            bits_per_us,
            free_at: 0,
            under_way: VecDeque::new(),
        }
    }

    /// Takes a datagram of so many bytes on the wire.
    pub fn send(&mut self, now: u64, wire_bytes: usize, what: T) {
        self.free_at = self.free_at.max(now) + (wire_bytes as f64 * 8.0 / self.bits_per_us) as u64;
        if !self.loses() {
            let at = self.free_at + self.delay_us + self.chance.within(0..self.jitter_us + 1);
            let place = self.under_way.partition_point(|(other, _)| *other <= at);
            self.under_way.insert(place, (at, what));
        }
    }

    /// When the next one arrives.
    #[must_use]
    pub fn next_at(&self) -> Option<u64> {
        self.under_way.front().map(|(at, _)| *at)
    }

    /// What has arrived.
    pub fn take(&mut self, now: u64) -> Option<T> {
        let _ = self.next_at().filter(|at| *at <= now)?;
        self.under_way.pop_front().map(|(_, what)| what)
    }

    fn loses(&mut self) -> bool {
        let Luck { loss, run } = self.luck;
        let ends = run.map_or(1.0 - loss, |run| 1.0 / run);
        let chance = if self.losing { 1.0 - ends } else { loss * ends / (1.0 - loss) };
        self.losing = (self.chance.draw() % PARTS) < (chance * PARTS as f64) as u64;
        self.losing
    }
}
