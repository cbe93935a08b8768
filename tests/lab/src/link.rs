//! One direction of a link in virtual time: says of each packet whether and when it arrives.
//! The emulator obeys it with a real clock, the tests beside it with a made-up one.
//! No clock and no IO: the same seed and the same packets give the same fates. Each effect draws from its own numbers.

use std::collections::VecDeque;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::conditions::{Conditions, FEWEST_PACKETS, Jitter, Loss, MS, Micros, Queue, Schedule};

/// Shape of Pareto jitter: the variance exists, the third moment does not.
const PARETO_SHAPE: f64 = 3.0;

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Arrives {
        /// When.
        at: Micros,
        /// It arrives a second time at the same moment.
        twice: bool,
        /// How long it waits before the bottleneck begins to send it.
        queued: Micros,
    },
    /// It vanishes on the way.
    Lost,
    /// The queue is full.
    Dropped,
}

/// One direction.
#[derive(Debug)]
pub struct Link {
    schedule: Schedule,
    /// When the schedule began; until then its first conditions hold.
    began: Option<Micros>,
    losses: StdRng,
    delays: StdRng,
    rest: StdRng,
    bad: bool,
    /// When the bottleneck has sent all it has; fractions of a microsecond add up.
    free_at: f64,
    /// What waits or is being sent: when it will have left, and its bytes.
    waiting: VecDeque<(f64, usize)>,
    /// The newest arrival of those that stay in line.
    newest: Micros,
}

impl Link {
    /// A link that obeys `schedule` and draws its luck from `seed`.
    #[must_use]
    pub fn new(schedule: Schedule, seed: u64) -> Self {
        let luck = |effect: u64| StdRng::seed_from_u64(seed.wrapping_mul(4).wrapping_add(effect));
        let (losses, delays, rest) = (luck(1), luck(2), luck(3));
        let waiting = VecDeque::new();
        Self { schedule, began: None, losses, delays, rest, bad: false, free_at: 0.0, waiting, newest: 0 }
    }

    /// The times of the schedule count from `now`.
    pub fn begin(&mut self, now: Micros) {
        self.began = Some(now);
    }

    /// A packet of `size` bytes is sent at `now`, which never goes back.
    pub fn offer(&mut self, now: Micros, size: usize) -> Fate {
        let conditions = *self.at(now).0;
        // Every packet steps the chain, dropped or not, so that the pattern depends on nothing but their number.
        if self.loses(conditions.loss) {
            return Fate::Lost;
        }
        let Some((queued, left)) = self.queue(now, size, &conditions) else { return Fate::Dropped };
        let twice = conditions.duplicate > 0.0 && self.rest.random_bool(conditions.duplicate);
        if conditions.overtake > 0.0 && self.rest.random_bool(conditions.overtake) {
            return Fate::Arrives { at: left, twice, queued };
        }
        let mut at = left + conditions.delay + self.jitter(conditions.jitter);
        if conditions.in_order {
            at = at.max(self.newest);
            self.newest = at;
        }
        Fate::Arrives { at, twice, queued }
    }

    /// What holds at `time`, and when that changes next.
    fn at(&self, time: Micros) -> (&Conditions, Option<Micros>) {
        let Some(began) = self.began else { return (self.schedule.at(0).0, None) };
        let (conditions, change) = self.schedule.at(time.saturating_sub(began));
        (conditions, change.map(|change| began + change))
    }

    fn loses(&mut self, loss: Loss) -> bool {
        match loss {
            Loss::None => false,
            Loss::Random(share) => self.losses.random_bool(share),
            Loss::Gilbert { p, r } => {
                let turn = self.losses.random_bool(if self.bad { r } else { p });
                self.bad ^= turn;
                self.bad
            }
        }
    }

    /// How long the packet waits, and when it has left the bottleneck, unless the queue before it is full.
    fn queue(&mut self, now: Micros, size: usize, conditions: &Conditions) -> Option<(Micros, Micros)> {
        let at = now as f64;
        while self.waiting.front().is_some_and(|first| first.0 <= at) {
            let _ = self.waiting.pop_front();
        }
        let waits: usize = self.waiting.iter().map(|packet| packet.1).sum();
        let full = match (conditions.queue, conditions.kbps) {
            (_, None) => false,
            (Queue::Time(most), Some(kbps)) => (waits + size) as f64 * 8.0 > kbps * most as f64 / MS as f64,
            (Queue::Bytes(most), Some(_)) => waits + size > most,
            (Queue::Packets(most), Some(_)) => self.waiting.len() >= most,
        };
        if full && self.waiting.len() >= FEWEST_PACKETS {
            return None;
        }
        let begins = self.free_at.max(at);
        self.free_at = self.sent(begins, size);
        self.waiting.push_back((self.free_at, size));
        Some(((begins - at).round() as Micros, self.free_at.round() as Micros))
    }

    /// When a packet whose first bit is sent at `start` is through, over every change of the rate.
    fn sent(&self, start: f64, size: usize) -> f64 {
        let (mut bits, mut time) = (size as f64 * 8.0, start);
        loop {
            let (conditions, change) = self.at(time as Micros);
            let Some(kbps) = conditions.kbps else { return time };
            // One kbit/s is a bit a millisecond; at zero this is never.
            let end = time + bits * MS as f64 / kbps;
            match change.map(|change| change as f64) {
                Some(change) if end > change => {
                    bits -= (change - time) * kbps / MS as f64;
                    time = change;
                }
                Some(_) | None => return end,
            }
        }
    }

    fn jitter(&mut self, jitter: Jitter) -> Micros {
        match jitter {
            Jitter::None
            | Jitter::Uniform { max: 0 }
            | Jitter::Gaussian { max: 0, .. }
            | Jitter::Pareto { max: 0, .. } => 0,
            Jitter::Uniform { max } => self.delays.random_range(0..=max),
            Jitter::Gaussian { sigma, max } => loop {
                let drawn = (self.normal() * sigma as f64).abs();
                if drawn <= max as f64 {
                    break drawn as Micros;
                }
            },
            Jitter::Pareto { spread, max } => {
                // Of scale 1 and this shape, the standard deviation is sqrt(a / (a - 2)) / (a - 1).
                let unit = (PARETO_SHAPE / (PARETO_SHAPE - 2.0)).sqrt() / (PARETO_SHAPE - 1.0);
                let drawn = (1.0 - self.delays.random::<f64>()).powf(-1.0 / PARETO_SHAPE) - 1.0;
                ((drawn / unit * spread as f64) as Micros).min(max)
            }
        }
    }

    /// A standard normal variable (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.delays.random::<f64>()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.delays.random::<f64>()).cos()
    }
}
