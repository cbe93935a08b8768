//! The pattern in which frames get lost on the way to the peer: how many, and how many in a row.
//! The audio worker tells it every frame sent and every feedback heard; the choice of protection reads it.
//! Beside a picture, what gets lost in a full queue says how much is sent and not how the way loses: it does not count.

use std::collections::VecDeque;
use std::time::Duration;

use crate::feedback::Feedback;

/// The pattern is that of the last 5 s: long enough for a figure, and what is over is forgotten.
const MEMORY_TICKS: u32 = 500;

/// The last second shows losses that have just begun.
const NEWS_TICKS: u32 = 100;

/// A queue is full as far as it is longer than this share of the longest of the last 20 s, if it is longer than that at all: what gets
/// lost then makes room, and copies of it would take just that. Where the queue is never short (somebody else's) all frames count.
const FULL: f64 = 0.5;
const SHORT: Duration = Duration::from_millis(30);
const QUEUE_TICKS: u32 = 2_000;

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

/// What became of a frame.
#[derive(Clone, Copy, Debug)]
struct Decided {
    fate: Fate,
    ticks: u32,
    /// The queue of the picture when it was decided.
    queue: Duration,
}

/// The pattern as the sender sees it.
#[derive(Debug, Default)]
pub struct LossPattern {
    sent: VecDeque<Sent>,
    /// The frames of the last 20 s that are decided.
    decided: VecDeque<Decided>,
    /// How long a picture waits that is sent beside the voice, and how long the queue is then.
    beside: Option<Duration>,
    queue: Duration,
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

    /// A picture is sent beside the voice, whose pieces waited this long of late at the most: it fills queues, and its rate control sees to
    /// it that they become short again. `None`: the voice is alone, what its own queue drops is rare, and every loss counts.
    pub fn set_beside(&mut self, waits: Option<Duration>) {
        self.beside = waits;
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
        self.queue = self.beside.map_or(Duration::ZERO, |waits| waits.max(feedback.queue.span()));
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

    /// The pattern of the last 5 s, and of a little more where the queue was full meanwhile.
    #[must_use]
    pub fn losses(&self) -> Losses {
        let counted = self.counted();
        let rate = rate(&counted);
        let (mut after, mut again) = (0.0, 0.0);
        for (first, second) in counted.iter().zip(counted.iter().skip(1)) {
            match (first.fate, second.fate) {
                (Fate::Lost, Fate::Lost) => (after, again) = (after + 1.0, again + 1.0),
                (Fate::Lost, Fate::Heard) => after += 1.0,
                (Fate::Lost, Fate::Unknown) | (Fate::Heard | Fate::Unknown, _) => {}
            }
        }
        let weight = after + INDEPENDENT;
        let bound = (again + INDEPENDENT * rate) / weight - DOUBT * (rate * (1.0 - rate) / weight).sqrt();
        let memory = if rate < 1.0 { ((bound - rate) / (1.0 - rate)).clamp(0.0, MOST_MEMORY) } else { MOST_MEMORY };
        Losses { rate, memory, run_p95: run_p95(&counted) }
    }

    /// The frames that count, oldest first: the newest 5 s of those that met a short queue, or of all.
    fn counted(&self) -> Vec<Decided> {
        let queues = || self.decided.iter().map(|frame| frame.queue);
        let full = queues().max().unwrap_or_default().mul_f64(FULL).max(SHORT);
        let ever_short = queues().any(|queue| queue <= SHORT);
        let most = if ever_short { full } else { Duration::MAX };
        let mut left = MEMORY_TICKS;
        let mut frames: Vec<Decided> = Vec::new();
        for frame in self.decided.iter().rev().filter(|frame| frame.queue <= most) {
            let Some(rest) = left.checked_sub(frame.ticks) else { break };
            left = rest;
            frames.push(*frame);
        }
        frames.reverse();
        frames
    }

    /// The oldest undecided frame has its fate.
    fn decide(&mut self, fate: Fate) {
        let Some(frame) = self.sent.pop_front() else { return };
        self.decided.push_back(Decided { fate, ticks: frame.ticks, queue: self.queue });
        self.remembered += frame.ticks;
        while self.remembered > QUEUE_TICKS
            && let Some(oldest) = self.decided.pop_front()
        {
            self.remembered -= oldest.ticks;
        }
    }
}

/// Share of the frames lost of late, 0 to 1: the last 5 s, or the last second as far as it is surely worse.
fn rate(frames: &[Decided]) -> f64 {
    let slow = share(frames, MEMORY_TICKS).0;
    let (fast, number) = share(frames, NEWS_TICKS);
    slow.max(fast - NEWS_DOUBT * (fast * (1.0 - fast) / number).sqrt())
}

/// Share of the time lost in the newest `ticks`, and the number of frames they are made of.
fn share(frames: &[Decided], ticks: u32) -> (f64, f64) {
    let (mut all, mut lost, mut number) = (0, 0, 0_u32);
    for frame in frames.iter().rev() {
        if all >= ticks {
            break;
        }
        number += 1;
        match frame.fate {
            Fate::Heard => all += frame.ticks,
            Fate::Lost => (all, lost) = (all + frame.ticks, lost + frame.ticks),
            Fate::Unknown => {}
        }
    }
    // Before the first second is over it counts as if the rest of it had been heard.
    (f64::from(lost) / f64::from(all.max(NEWS_TICKS)), f64::from(number.max(1)))
}

/// Of 100 runs of lost frames, 95 are no longer than this.
fn run_p95(frames: &[Decided]) -> u32 {
    let (mut runs, mut run) = (Vec::new(), 0);
    for frame in frames {
        match frame.fate {
            Fate::Lost => run += 1,
            Fate::Heard | Fate::Unknown => runs.extend(Some(std::mem::take(&mut run)).filter(|run| *run > 0)),
        }
    }
    runs.extend(Some(run).filter(|run| *run > 0));
    runs.sort_unstable();
    runs.get((runs.len() * 95).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0)
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
