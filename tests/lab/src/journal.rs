//! The journal of an emulated link: one entry a packet, with its fate, and what can be said from them.
//! The emulator writes it; reports take rates, losses and delays from it, because it is what really crossed the link.
//! Times are microseconds of CLOCK_MONOTONIC, the clock that phones write into their statistics.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};

use crate::conditions::{Micros, S};

/// What the machine's monotonic clock says.
#[must_use]
pub fn now() -> Micros {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec.unsigned_abs() * S + time.tv_nsec.unsigned_abs() / 1_000
}

/// A packet of fewer bytes holds no sound: 10 ms at 16 kbit/s are 20 bytes, their wrapping 63.
const SMALL: usize = 80;

/// How a packet ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It arrived when it should, or as late as `out` says.
    Arrived {
        /// How long it waited before the bottleneck.
        queued: Micros,
        /// When it should.
        due: Micros,
        /// When it did.
        out: Micros,
    },
    /// It is the second copy of one that arrived.
    Copy {
        /// When it arrived.
        out: Micros,
    },
    /// Lost by chance.
    Lost,
    /// The queue was full.
    Dropped,
    /// Not for the other host, or the other host's interface took it no more.
    Stray,
}

/// One packet.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The host that sent it, 0 or 1.
    pub from: usize,
    /// When it came to the link.
    pub came: Micros,
    /// Its bytes, IP header included.
    pub bytes: usize,
    /// How it ended.
    pub end: End,
}

/// Every packet of a run.
#[derive(Clone, Debug, Default)]
pub struct Journal(pub Vec<Entry>);

/// What a stretch of time in one direction came to.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Traffic {
    /// kbit/s offered to the link, lost packets included.
    pub offered_kbps: f64,
    /// kbit/s that arrived, copies left out.
    pub arrived_kbps: f64,
    /// Packets offered a second.
    pub packets_a_second: f64,
    /// kbit/s of them in packets too small for a frame of sound: acknowledgements.
    pub small_kbps: f64,
    /// Share of packets lost by chance.
    pub lost: f64,
    /// Mean number of packets lost one after the other by chance.
    pub mean_run: f64,
    /// Share of packets dropped by the full queue.
    pub dropped: f64,
    /// Time on the link in ms: median.
    pub delay_p50_ms: f64,
    /// 95th percentile of it.
    pub delay_p95_ms: f64,
}

impl Journal {
    /// What `from` sent in a stretch of time.
    pub fn between(&self, from: usize, begin: Micros, end: Micros) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter(move |entry| entry.from == from && entry.came >= begin && entry.came < end)
    }

    /// Sums up what `from` sent in a stretch of time.
    #[must_use]
    pub fn traffic(&self, from: usize, begin: Micros, end: Micros) -> Traffic {
        let mut sums = Sums::default();
        for entry in self.between(from, begin, end) {
            sums.add(entry);
        }
        sums.traffic((end.saturating_sub(begin)).max(1) as f64 / S as f64)
    }

    /// How late packets left, in microseconds: the median, the 99th percentile and the worst. It is the emulator's own error.
    #[must_use]
    pub fn lateness(&self) -> [f64; 3] {
        let late = || {
            self.0.iter().filter_map(|entry| match entry.end {
                End::Arrived { due, out, .. } => Some(out.saturating_sub(due) as f64),
                End::Copy { .. } | End::Lost | End::Dropped | End::Stray => None,
            })
        };
        [0.5, 0.99, 1.0].map(|share| ahoy_e2e::sound::quantile(late(), share))
    }

    /// Writes it as comma-separated values: sender, came, bytes, queued, due, out, fate.
    ///
    /// # Errors
    /// The disk is full.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut text = String::from("from,came_us,bytes,queued_us,due_us,out_us,fate\n");
        for Entry { from, came, bytes, end } in &self.0 {
            let none = String::new;
            let (queued, due, out, fate) = match end {
                End::Arrived { queued, due, out } => (queued.to_string(), due.to_string(), out.to_string(), "arrived"),
                End::Copy { out } => (none(), none(), out.to_string(), "copy"),
                End::Lost => (none(), none(), none(), "lost"),
                End::Dropped => (none(), none(), none(), "dropped"),
                End::Stray => (none(), none(), none(), "stray"),
            };
            writeln!(text, "{from},{came},{bytes},{queued},{due},{out},{fate}")?;
        }
        Ok(std::fs::write(path, text)?)
    }
}

#[derive(Default)]
struct Sums {
    packets: usize,
    bytes: usize,
    small_bytes: usize,
    arrived_bytes: usize,
    lost: usize,
    runs: usize,
    in_run: bool,
    dropped: usize,
    delays_ms: Vec<f64>,
}

impl Sums {
    fn add(&mut self, entry: &Entry) {
        let lost = match entry.end {
            End::Copy { .. } | End::Stray => return,
            End::Lost => true,
            End::Dropped => {
                self.dropped += 1;
                false
            }
            End::Arrived { out, .. } => {
                self.arrived_bytes += entry.bytes;
                self.delays_ms.push(out.saturating_sub(entry.came) as f64 / 1_000.0);
                false
            }
        };
        self.packets += 1;
        self.bytes += entry.bytes;
        self.small_bytes += if entry.bytes < SMALL { entry.bytes } else { 0 };
        self.lost += usize::from(lost);
        self.runs += usize::from(lost && !self.in_run);
        self.in_run = lost;
    }

    fn traffic(self, seconds: f64) -> Traffic {
        let share = |count: usize| count as f64 / self.packets.max(1) as f64;
        let kbps = |bytes: usize| bytes as f64 * 8.0 / 1_000.0 / seconds;
        let delay = |share| ahoy_e2e::sound::quantile(self.delays_ms.iter().copied(), share);
        Traffic {
            offered_kbps: kbps(self.bytes),
            arrived_kbps: kbps(self.arrived_bytes),
            small_kbps: kbps(self.small_bytes),
            packets_a_second: self.packets as f64 / seconds,
            lost: share(self.lost),
            mean_run: self.lost as f64 / self.runs.max(1) as f64,
            dropped: share(self.dropped),
            delay_p50_ms: delay(0.5),
            delay_p95_ms: delay(0.95),
        }
    }
}
