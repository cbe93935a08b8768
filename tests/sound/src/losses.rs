//! Which datagrams of a talk get lost: at random, or in bursts (Gilbert's two states).
//! The table and its test draw them; a seed always gives the same ones.
//! A draw has the share and the run length that were asked for, within [`SHARE_WITHIN`] and [`RUN_WITHIN`].

use std::fmt;

/// How far the share of a draw may be from what was asked: few seconds of speech vary more than repairs differ.
pub const SHARE_WITHIN: f64 = 0.05;
/// How far the mean run of a draw may be from what was asked.
pub const RUN_WITHIN: f64 = 0.10;
/// Draws that are tried; a talk of 8 s finds one within a few dozen.
const DRAWS: u64 = 10_000;

/// A way that loses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Losses {
    /// Share that is lost, in percent.
    pub percent: f64,
    /// Mean number lost in a row; none where each is lost or not whatever became of the others.
    pub mean_run: Option<f64>,
}

impl Losses {
    /// Each packet on its own.
    #[must_use]
    pub const fn random(percent: f64) -> Self {
        Self { percent, mean_run: None }
    }

    /// In bursts.
    #[must_use]
    pub const fn bursts(percent: f64, mean_run: f64) -> Self {
        Self { percent, mean_run: Some(mean_run) }
    }

    /// The share that is lost, 0 to 1.
    #[must_use]
    pub fn share(self) -> f64 {
        self.percent / 100.0
    }

    /// The mean number lost in a row.
    #[must_use]
    pub fn run(self) -> f64 {
        self.mean_run.unwrap_or(1.0 / (1.0 - self.share()))
    }

    /// Which of `packets` are lost, by `seed`.
    #[must_use]
    pub fn draw(self, packets: usize, seed: u64) -> Vec<bool> {
        let share = self.share();
        if share <= 0.0 {
            return vec![false; packets];
        }
        let mut nearest = (f64::INFINITY, Vec::new());
        for attempt in 0..DRAWS {
            let lost = self.once(packets, &mut Dice::new(seed ^ (attempt << 32)));
            let miss = (measured_share(&lost) / share - 1.0).abs() / SHARE_WITHIN;
            let miss = miss.max((measured_run(&lost) / self.run() - 1.0).abs() / RUN_WITHIN);
            if miss <= 1.0 {
                return lost;
            }
            if miss < nearest.0 {
                nearest = (miss, lost);
            }
        }
        // Too short a talk for what was asked: the nearest there is.
        nearest.1
    }

    fn once(self, packets: usize, dice: &mut Dice) -> Vec<bool> {
        // A run ends with this chance a packet; one begins so often that the share comes out.
        let end = 1.0 / self.run();
        let begin = end * self.share() / (1.0 - self.share());
        let mut lost = dice.below(self.share());
        let step = |_| {
            let now = lost;
            lost = if lost { !dice.below(end) } else { dice.below(begin) };
            now
        };
        (0..packets).map(step).collect()
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mean_run {
            None if self.percent <= 0.0 => f.write_str("no loss"),
            None => write!(f, "{} % random", self.percent),
            Some(run) => write!(f, "{} % in bursts of {run}", self.percent),
        }
    }
}

/// The share lost, 0 to 1.
#[must_use]
pub fn measured_share(lost: &[bool]) -> f64 {
    lost.iter().filter(|lost| **lost).count() as f64 / lost.len().max(1) as f64
}

/// The mean number lost in a row; 0 when none was.
#[must_use]
pub fn measured_run(lost: &[bool]) -> f64 {
    let runs: Vec<_> = lost.split(|lost| !lost).filter(|run| !run.is_empty()).collect();
    runs.iter().map(|run| run.len()).sum::<usize>() as f64 / runs.len().max(1) as f64
}

/// `SplitMix64` (Steele, Lea, Flood 2014): the same numbers on every machine and in every version.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// True with this chance.
    fn below(&mut self, chance: f64) -> bool {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        // The upper 53 bits are a float below one.
        ((z >> 11) as f64 / (1_u64 << 53) as f64) < chance
    }
}
