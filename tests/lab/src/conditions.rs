//! What a link does to packets, and when it changes: plain values, the same for every direction and profile.
//! `profiles` fills them, `link` obeys them.
//! Times are microseconds; rates are kilobits a second of whole IP packets.

use serde::Serialize;

/// Microseconds on whatever clock the caller goes by.
pub type Micros = u64;

/// Microseconds in a millisecond.
pub const MS: Micros = 1_000;
/// Microseconds in a second.
pub const S: Micros = 1_000_000;

/// A queue takes at least so many packets, however narrow the link: one that takes none would let nothing through.
pub const FEWEST_PACKETS: usize = 4;

/// What is added to the delay of each packet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Jitter {
    /// Nothing.
    None,
    /// The magnitude of a normal variable, drawn again while it is above `max` (RFC 8868, 3.3: bounded delay variation).
    Gaussian {
        /// Standard deviation before the cut.
        sigma: Micros,
        /// The most that is added.
        max: Micros,
    },
    /// Anything up to `max`, all alike.
    Uniform {
        /// The most that is added.
        max: Micros,
    },
    /// A Pareto variable of shape 3 shifted to begin at nothing: mostly little, rarely much. `spread` is its standard deviation.
    Pareto {
        /// Standard deviation before the cut.
        spread: Micros,
        /// The most that is added.
        max: Micros,
    },
}

/// Which packets vanish, whatever the queue does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Loss {
    /// None.
    None,
    /// Each with this probability.
    Random(f64),
    /// Those in the bad state of a Markov chain with two states (Gilbert 1960), stepped once a packet.
    Gilbert {
        /// Probability of going from good to bad.
        p: f64,
        /// Probability of going from bad to good; runs have a mean length of 1 / r.
        r: f64,
    },
}

impl Loss {
    /// Bursts that lose `share` of all packets, where a run ends with probability `r` at each packet.
    #[must_use]
    pub fn bursts(share: f64, r: f64) -> Self {
        Self::Gilbert { p: share * r / (1.0 - share), r }
    }

    /// The share that is lost in the long run.
    #[must_use]
    pub fn share(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Random(share) => share,
            Self::Gilbert { p, r } => p / (p + r),
        }
    }
}

/// How much may wait before the bottleneck; what comes when it is full is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Queue {
    /// So many microseconds at the present rate.
    Time(Micros),
    /// So many bytes.
    Bytes(usize),
    /// So many packets.
    Packets(usize),
}

/// Everything a link does to packets at one time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Conditions {
    /// Propagation, one way.
    pub delay: Micros,
    /// Variation on top of it.
    pub jitter: Jitter,
    /// Packets of unequal jitter stay in line: one that would overtake arrives together with the one before it.
    pub in_order: bool,
    /// Which packets vanish.
    pub loss: Loss,
    /// Probability that a packet arrives twice.
    pub duplicate: f64,
    /// Probability that a packet skips delay and jitter, and so overtakes those under way.
    pub overtake: f64,
    /// The bottleneck in kbit/s; `None` is as fast as the machine. Zero is an outage: all waits.
    pub kbps: Option<f64>,
    /// What may wait before it.
    pub queue: Queue,
}

impl Conditions {
    /// Nothing happens to a packet.
    pub const CLEAR: Self = Self {
        delay: 0,
        jitter: Jitter::None,
        in_order: true,
        loss: Loss::None,
        duplicate: 0.0,
        overtake: 0.0,
        kbps: None,
        queue: Queue::Time(300 * MS),
    };
}

/// Conditions that change at set times.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Schedule(Vec<(Micros, Conditions)>);

impl Schedule {
    /// The same all the time.
    #[must_use]
    pub fn always(conditions: Conditions) -> Self {
        Self(vec![(0, conditions)])
    }

    /// `first`, then from each time on what stands beside it; times ascend.
    #[must_use]
    pub fn changing(first: Conditions, then: impl IntoIterator<Item = (Micros, Conditions)>) -> Self {
        let mut steps = vec![(0, first)];
        steps.extend(then);
        debug_assert!(steps.is_sorted_by_key(|step| step.0));
        Self(steps)
    }

    /// What holds at `time`, and when that changes next.
    #[must_use]
    pub fn at(&self, time: Micros) -> (&Conditions, Option<Micros>) {
        let next = self.0.partition_point(|step| step.0 <= time).max(1);
        (&self.0[next - 1].1, self.0.get(next).map(|step| step.0))
    }

    /// The same times with other conditions.
    #[must_use]
    pub fn with(mut self, change: impl Fn(&mut Conditions)) -> Self {
        for (_, conditions) in &mut self.0 {
            change(conditions);
        }
        self
    }

    /// The bits that the bottleneck can send between two times; `None` where it is as fast as the machine.
    #[must_use]
    pub fn carries(&self, from: Micros, to: Micros) -> Option<f64> {
        let (mut bits, mut time) = (0.0, from);
        while time < to {
            let (conditions, change) = self.at(time);
            let until = change.map_or(to, |change| change.min(to));
            bits += conditions.kbps? * (until - time) as f64 / MS as f64;
            time = until;
        }
        Some(bits)
    }

    /// Every step: from when on, and what.
    #[must_use]
    pub fn steps(&self) -> &[(Micros, Conditions)] {
        &self.0
    }
}
