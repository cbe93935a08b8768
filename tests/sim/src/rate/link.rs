//! A link: a drop-tail bottleneck whose rate follows a schedule, and behind it ways with delay, jitter and loss.
//! The run sends every packet through one; several flows may share a bottleneck, each has ways of its own.
//! Packets never overtake each other (RFC 8867's jitter model keeps the order); the same seed gives the same luck.

use std::time::Duration;

use ahoy_media::LocalTime;

use crate::chance::Chance;

/// How much waits before a bottleneck at the most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Room {
    /// As much as the link carries in this time.
    Span(Duration),
    /// So many packets.
    Packets(usize),
}

/// A rate from a time on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// From when.
    pub from: LocalTime,
    /// Kbit/s; 0 is an outage.
    pub kbps: f64,
}

/// The queue that flows share.
#[derive(Clone, Debug)]
pub struct Bottleneck {
    schedule: Vec<Step>,
    at: usize,
    room: Room,
    /// When each waiting packet will have left.
    leaving: std::collections::VecDeque<f64>,
    /// When the last of them will have left, microseconds.
    free: f64,
    dropped: u64,
}

impl Bottleneck {
    /// An empty one. The schedule begins at 0 and its last rate is not 0.
    #[must_use]
    pub fn new(schedule: Vec<Step>, room: Room) -> Self {
        Self { schedule, at: 0, room, leaving: std::collections::VecDeque::new(), free: 0.0, dropped: 0 }
    }

    /// A packet of so many bytes comes; when it will have left, or `None` when there is no room. Times never go back.
    pub fn enter(&mut self, bytes: usize, now: LocalTime) -> Option<LocalTime> {
        let now = now.0 as f64;
        while self.leaving.front().is_some_and(|left| *left <= now) {
            let _ = self.leaving.pop_front();
        }
        let full = match self.room {
            Room::Span(span) => self.free - now > span.as_micros() as f64,
            Room::Packets(most) => self.leaving.len() >= most,
        };
        if full {
            self.dropped += 1;
            return None;
        }
        self.free = self.served(self.free.max(now), bytes);
        self.leaving.push_back(self.free);
        Some(LocalTime(self.free.ceil() as u64))
    }

    /// How long a packet that comes now would wait.
    #[must_use]
    pub fn wait(&self, now: LocalTime) -> Duration {
        Duration::from_micros((self.free - now.0 as f64).max(0.0) as u64)
    }

    /// Packets for which there was no room.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The rate at a time, kbit/s.
    #[must_use]
    pub fn kbps(&self, at: LocalTime) -> f64 {
        self.schedule.iter().rev().find(|step| step.from <= at).map_or(0.0, |step| step.kbps)
    }

    /// When bytes whose turn comes at `from` have left.
    fn served(&mut self, from: f64, bytes: usize) -> f64 {
        let (mut at, mut bits) = (from, 8.0 * bytes as f64);
        loop {
            while self.schedule.get(self.at + 1).is_some_and(|next| next.from.0 as f64 <= at) {
                self.at += 1;
            }
            let kbps = self.schedule[self.at].kbps;
            let until = self.schedule.get(self.at + 1).map_or(f64::INFINITY, |next| next.from.0 as f64);
            // A kilobit a second is a bit a millisecond.
            let fits = if kbps > 0.0 { (until - at) * kbps / 1_000.0 } else { 0.0 };
            if bits <= fits {
                return at + bits * 1_000.0 / kbps;
            }
            bits -= fits;
            at = until;
        }
    }
}

/// How packets are lost behind the bottleneck.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Luck {
    /// None is lost.
    Clean,
    /// Each with the same chance, 0 to 1.
    Random(f64),
    /// In runs (the model of Gilbert): the share lost and the mean length of a run.
    Runs {
        /// Share lost, below 1.
        share: f64,
        /// Packets of a run, more than 1.
        mean: f64,
    },
}

/// The way of one flow in one direction behind the bottleneck.
#[derive(Clone, Debug)]
pub struct Way {
    /// Without queue and jitter.
    pub delay: Duration,
    /// The most that jitter adds: the size of a Gaussian of half of it, cut off.
    pub jitter: Duration,
    /// Losses.
    pub luck: Luck,
    chance: Chance,
    unlucky: bool,
    newest: LocalTime,
}

impl Way {
    /// A way with its own luck.
    #[must_use]
    pub fn new(delay: Duration, jitter: Duration, luck: Luck, seed: u64) -> Self {
        Self { delay, jitter, luck, chance: Chance::new(seed), unlucky: false, newest: LocalTime(0) }
    }

    /// A packet left the bottleneck; when it arrives, or `None` when it is lost.
    pub fn pass(&mut self, left: LocalTime) -> Option<LocalTime> {
        let jitter = self.jitter.as_secs_f64() * self.cut_gaussian();
        if self.is_lost() {
            return None;
        }
        self.newest = self.newest.max(left + self.delay + Duration::from_secs_f64(jitter));
        Some(self.newest)
    }

    /// The size of a Gaussian of standard deviation 0.5 that is not beyond 1.
    fn cut_gaussian(&mut self) -> f64 {
        if self.jitter.is_zero() {
            return 0.0;
        }
        loop {
            let size = 0.5 * self.chance.gaussian().abs();
            if size <= 1.0 {
                return size;
            }
        }
    }

    fn is_lost(&mut self) -> bool {
        match self.luck {
            Luck::Clean => false,
            Luck::Random(share) => self.chance.unit() < share,
            Luck::Runs { share, mean } => {
                let turn = if self.unlucky { 1.0 / mean } else { share / (mean * (1.0 - share)) };
                self.unlucky ^= self.chance.unit() < turn;
                self.unlucky
            }
        }
    }
}
