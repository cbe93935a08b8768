//! The pieces that left and what became of them: when each arrived, which are under way, how many are lost and in what runs.
//! The control writes down what is sent and asks with every report.
//! A bounded memory: what a peer says of numbers outside it, or says twice, counts for nothing.

use std::collections::VecDeque;
use std::time::Duration;

use super::Arrival;
use crate::units::{LocalTime, MediaTime};

/// Most pieces remembered: 4 s at 10 Mbit/s.
const MOST: usize = 4_096;

/// When the last piece left longer ago, none is under way any more: a report that has not come by now will not come.
const FORGOTTEN: Duration = Duration::from_secs(3);

/// A piece that is missing in a report counts as lost once so many newer ones have arrived (RFC 9002 §6.1.1).
const REORDERED: u64 = 3;

/// Losses are averaged over so many pieces or so; runs, which are fewer, over more.
const LATELY: f64 = 100.0;
const RUNS_LATELY: f64 = 300.0;

#[derive(Clone, Copy, Debug)]
struct Piece {
    number: u64,
    bytes: usize,
    sent: LocalTime,
    arrived: bool,
}

/// A piece that arrived, told for the first time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Landed {
    pub(super) number: u64,
    pub(super) bytes: usize,
    pub(super) sent: LocalTime,
    pub(super) at: MediaTime,
}

/// What a report brought.
#[derive(Debug, Default)]
pub(super) struct News {
    /// The pieces whose arrival is news, in the order of their numbers.
    pub(super) landed: Vec<Landed>,
    /// Of which it is settled now whether they were lost: when each left, and whether it was.
    pub(super) settled: Vec<(LocalTime, bool)>,
}

/// The memory.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    sent: VecDeque<Piece>,
    /// The newest number of which a report told anything, and the newest that arrived.
    told: Option<u64>,
    newest: Option<u64>,
    /// Up to here it is settled what was lost.
    settled: u64,
    loss: f64,
    in_run: bool,
    /// Averages of losses and of beginnings of runs.
    lost: f64,
    runs: f64,
}

impl Pieces {
    /// A piece left. Numbers only grow.
    pub(super) fn sent(&mut self, number: u64, bytes: usize, now: LocalTime) {
        if self.sent.back().is_some_and(|last| last.number >= number) {
            return;
        }
        if self.sent.len() == MOST {
            let _ = self.sent.pop_front();
        }
        self.sent.push_back(Piece { number, bytes, sent: now, arrived: false });
    }

    /// A report came.
    pub(super) fn heard(&mut self, arrivals: &[Arrival]) -> News {
        let mut landed = Vec::new();
        for arrival in arrivals {
            let Some(piece) = self.find(arrival.number) else { continue };
            let news = arrival.at.filter(|_| !piece.arrived);
            piece.arrived |= arrival.at.is_some();
            if let Some(at) = news {
                landed.push(Landed { number: piece.number, bytes: piece.bytes, sent: piece.sent, at });
                self.newest = self.newest.max(Some(arrival.number));
            }
            self.told = self.told.max(Some(arrival.number));
        }
        landed.sort_by_key(|piece| piece.number);
        News { landed, settled: self.settle(arrivals) }
    }

    /// Counts losses among the pieces that reports tell of, each once and in order.
    fn settle(&mut self, arrivals: &[Arrival]) -> Vec<(LocalTime, bool)> {
        let mut settled = Vec::new();
        let Some(newest) = self.newest else { return settled };
        for number in arrivals.iter().map(|arrival| arrival.number) {
            if number < self.settled || number + REORDERED > newest {
                continue;
            }
            let Some((sent, lost)) = self.find(number).map(|piece| (piece.sent, !piece.arrived)) else { continue };
            settled.push((sent, lost));
            self.settled = number + 1;
            let begins = !std::mem::replace(&mut self.in_run, lost) && lost;
            let count = |happened: bool| if happened { 1.0 } else { 0.0 };
            self.loss += (count(lost) - self.loss) / LATELY;
            self.lost += (count(lost) - self.lost) / RUNS_LATELY;
            self.runs += (count(begins) - self.runs) / RUNS_LATELY;
        }
        settled
    }

    fn find(&mut self, number: u64) -> Option<&mut Piece> {
        let at = self.sent.binary_search_by_key(&number, |piece| piece.number).ok()?;
        self.sent.get_mut(at)
    }

    /// When the first piece left that is under way, which are those that no report told of. Old ones are lost or forgotten.
    pub(super) fn under_way(&self, now: LocalTime) -> Option<LocalTime> {
        let unheard = |piece: &&Piece| Some(piece.number) > self.told;
        let first = self.sent.iter().rev().take_while(unheard).last()?;
        let last = self.sent.back()?;
        (now.saturating_since(last.sent) < FORGOTTEN).then_some(first.sent)
    }

    /// Whether any left so far.
    pub(super) fn any(&self) -> bool {
        !self.sent.is_empty()
    }

    /// How many left after `from`.
    pub(super) fn count_after(&self, from: LocalTime) -> usize {
        self.sent.iter().rev().take_while(|piece| piece.sent > from).count()
    }

    /// Bytes that left after `from`.
    pub(super) fn sent_after(&self, from: LocalTime) -> usize {
        self.sent.iter().rev().take_while(|piece| piece.sent > from).map(|piece| piece.bytes).sum()
    }

    /// The share lost lately.
    pub(super) fn loss(&self) -> f64 {
        self.loss
    }

    /// The mean length of runs of losses.
    pub(super) fn mean_run(&self) -> f64 {
        if self.runs > 0.0 { (self.lost / self.runs).max(1.0) } else { 1.0 }
    }
}
