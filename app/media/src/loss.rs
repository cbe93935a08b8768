//! The pattern in which frames get lost on the way to the peer: how many, and how many in a row.
//! The audio worker tells it every frame sent and every feedback heard; the choice of protection reads it.
//! A frame's fate is decided once, by feedback that covers it; a frame that none covered is neither lost nor heard.

use std::collections::VecDeque;

use crate::feedback::Feedback;

/// The pattern is that of the last 5 s: long enough for a figure, and what is over is forgotten.
const MEMORY_TICKS: u32 = 500;

/// The last second shows losses that have just begun.
const NEWS_TICKS: u32 = 100;

/// Frames that await their fate at most: 10 s of the shortest. Feedback is seldom a tenth of that behind.
const MOST_SENT: usize = 1_000;

/// Ticks that a feedback covers.
const COVERED: u32 = u64::BITS;

/// A frame is lost when it has not come while another, this many ticks younger than its last one, has: 60 ms, more than
/// reordering does.
const SETTLED_TICKS: u32 = 6;

/// A frame is worth sending again a little earlier: a packet too many harms less than a repair too late.
const RESEND_TICKS: u32 = 4;

/// An older frame is not worth it any more: nobody waits longer than 200 ms for a repair.
const TOO_OLD_TICKS: u32 = 20;

/// So many lost frames stand for "losses know nothing of each other" until the real ones outweigh them.
const INDEPENDENT: f64 = 4.0;

/// Runs are believed as far as they exceed this many standard deviations of the estimate: losses that know nothing of
/// each other would else seem to come in runs half of the time.
const DOUBT: f64 = 1.5;

/// The last second is believed as far as it is worse by so many.
const NEWS_DOUBT: f64 = 2.0;

/// More memory would mean that losses never end.
const MOST_MEMORY: f64 = 0.95;

/// A loss pattern in numbers: Gilbert's chain and the length of the runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// Share of the frames that get lost, 0 to 1.
    pub rate: f64,
    /// How far one frame's fate binds the next one's, 0 to below 1: `1 - p - r` of the chain; 0 when losses know nothing
    /// of each other.
    pub memory: f64,
    /// Of 100 runs of lost frames, 95 are no longer than this; 0 without losses.
    pub run_p95: u32,
}

impl Losses {
    /// The chain's probabilities: a loss after a frame that came, and a frame that comes after a loss.
    #[must_use]
    pub fn gilbert(&self) -> (f64, f64) {
        ((1.0 - self.memory) * self.rate, (1.0 - self.memory) * (1.0 - self.rate))
    }

    /// Mean number of frames lost in a row, at least 1.
    #[must_use]
    pub fn mean_run(&self) -> f64 {
        let (_, recovery) = self.gilbert();
        if recovery > 0.0 { 1.0 / recovery } else { f64::INFINITY }
    }

    /// Probability that a frame is lost, and with it all the frames so many places behind it (growing numbers).
    #[must_use]
    pub fn all_lost(&self, behind: &[u8]) -> f64 {
        let mut last = 0;
        behind.iter().fold(self.rate, |lost, place| {
            let apart = place.saturating_sub(last);
            last = *place;
            lost * (self.rate + (1.0 - self.rate) * self.memory.powi(i32::from(apart)))
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Heard,
    Lost,
    Unknown,
}

/// A frame whose fate is not decided.
#[derive(Clone, Copy, Debug)]
struct Sent {
    sequence: u32,
    ticks: u32,
    /// It was told as missing.
    told: bool,
}

impl Sent {
    /// Its last tick: ages count from there, since feedback speaks of what a newer frame ends with.
    fn last(&self) -> u32 {
        self.sequence.wrapping_add(self.ticks - 1)
    }
}

/// The pattern as the sender sees it.
#[derive(Debug, Default)]
pub struct LossPattern {
    sent: VecDeque<Sent>,
    /// The decided frames of the last 5 s and their ticks.
    fates: VecDeque<(Fate, u32)>,
    remembered: u32,
    missing: Vec<u32>,
}

impl LossPattern {
    /// Nothing sent yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes note of a frame sent for the first time; frames are sent in order.
    pub fn sent(&mut self, sequence: u32, ticks: u32) {
        if self.sent.back().is_some_and(|last| sequence.wrapping_sub(last.sequence).cast_signed() <= 0) {
            self.sent.clear();
        }
        if self.sent.len() == MOST_SENT {
            self.decide(Fate::Unknown);
        }
        self.sent.push_back(Sent { sequence, ticks: ticks.clamp(1, COVERED), told: false });
    }

    /// Takes note of what arrived.
    pub fn observe(&mut self, feedback: &Feedback) {
        let newest = feedback.newest_audio;
        let sent = self
            .sent
            .back()
            .is_some_and(|last| newest.wrapping_sub(last.sequence).cast_signed() < last.ticks.cast_signed());
        if !feedback.hears || !sent {
            return;
        }
        for frame in &mut self.sent {
            let age = newest.wrapping_sub(frame.last());
            if age.cast_signed() < RESEND_TICKS.cast_signed() {
                break;
            }
            if !frame.told && age <= TOO_OLD_TICKS && fate(*frame, feedback) == Fate::Lost {
                frame.told = true;
                self.missing.push(frame.sequence);
            }
        }
        let surplus = self.missing.len().saturating_sub(COVERED as usize);
        drop(self.missing.drain(..surplus));
        while let Some(first) = self.sent.front() {
            let age = newest.wrapping_sub(first.last()).cast_signed();
            let fate = fate(*first, feedback);
            if age < 0 || (fate == Fate::Lost && age < SETTLED_TICKS.cast_signed()) {
                break;
            }
            self.decide(fate);
        }
    }

    /// The frames found missing since the last call and young enough to be worth sending again, each told once.
    pub fn missing(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.missing)
    }

    /// The pattern of the last 5 s.
    #[must_use]
    pub fn losses(&self) -> Losses {
        let rate = self.rate();
        let (mut after, mut again) = (0.0, 0.0);
        for ((first, _), (second, _)) in self.fates.iter().zip(self.fates.iter().skip(1)) {
            match (first, second) {
                (Fate::Lost, Fate::Lost) => (after, again) = (after + 1.0, again + 1.0),
                (Fate::Lost, Fate::Heard) => after += 1.0,
                (Fate::Lost, Fate::Unknown) | (Fate::Heard | Fate::Unknown, _) => {}
            }
        }
        let weight = after + INDEPENDENT;
        let bound = (again + INDEPENDENT * rate) / weight - DOUBT * (rate * (1.0 - rate) / weight).sqrt();
        let memory = if rate < 1.0 { ((bound - rate) / (1.0 - rate)).clamp(0.0, MOST_MEMORY) } else { MOST_MEMORY };
        Losses { rate, memory, run_p95: self.run_p95() }
    }

    /// Share of the frames lost of late, 0 to 1: the last 5 s, or the last second as far as it is surely worse.
    fn rate(&self) -> f64 {
        let slow = self.share(MEMORY_TICKS).0;
        let (fast, frames) = self.share(NEWS_TICKS);
        slow.max(fast - NEWS_DOUBT * (fast * (1.0 - fast) / frames).sqrt())
    }

    /// Share of the time lost in the newest `ticks`, and the number of frames they are made of.
    fn share(&self, ticks: u32) -> (f64, f64) {
        let (mut all, mut lost, mut frames) = (0, 0, 0_u32);
        for (fate, length) in self.fates.iter().rev() {
            if all >= ticks {
                break;
            }
            frames += 1;
            match fate {
                Fate::Heard => all += length,
                Fate::Lost => (all, lost) = (all + length, lost + length),
                Fate::Unknown => {}
            }
        }
        // Before the first second is over it counts as if the rest of it had been heard.
        (f64::from(lost) / f64::from(all.max(NEWS_TICKS)), f64::from(frames.max(1)))
    }

    fn run_p95(&self) -> u32 {
        let (mut runs, mut run) = (Vec::new(), 0);
        for (fate, _) in &self.fates {
            match fate {
                Fate::Lost => run += 1,
                Fate::Heard | Fate::Unknown => runs.extend(Some(std::mem::take(&mut run)).filter(|run| *run > 0)),
            }
        }
        runs.extend(Some(run).filter(|run| *run > 0));
        runs.sort_unstable();
        runs.get((runs.len() * 95).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0)
    }

    /// The oldest undecided frame has its fate.
    fn decide(&mut self, fate: Fate) {
        let Some(frame) = self.sent.pop_front() else { return };
        self.fates.push_back((fate, frame.ticks));
        self.remembered += frame.ticks;
        while self.remembered > MEMORY_TICKS
            && let Some((_, ticks)) = self.fates.pop_front()
        {
            self.remembered -= ticks;
        }
    }
}

/// What a feedback says of a frame that is not younger than its newest tick.
fn fate(frame: Sent, feedback: &Feedback) -> Fate {
    let mut fate = Fate::Unknown;
    for tick in 0..frame.ticks {
        let back = feedback.newest_audio.wrapping_sub(frame.sequence.wrapping_add(tick));
        if back < COVERED {
            if feedback.heard & (1 << back) != 0 {
                return Fate::Heard;
            }
            fate = Fate::Lost;
        }
    }
    fate
}

#[cfg(test)]
#[path = "loss_tests.rs"]
mod tests;
