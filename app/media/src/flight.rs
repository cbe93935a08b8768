//! The numbers under way: which piece each carried, when it left, and what the reports say became of it.
//! `FrameSender` adds every datagram and gets back which pieces landed and which are lost.
//! Bounded; a report that names numbers never sent, or tells one story and then another, changes nothing.

use std::collections::VecDeque;
use std::time::Duration;

use crate::picture_report::PictureReport;
use crate::rate::Arrival;
use crate::reordering::{LATER_ARRIVALS, Reordering};
use crate::units::{LocalTime, MediaTime};

/// Numbers remembered: almost two seconds of 20 Mbit/s, and few enough that 16 bits tell them apart.
const MOST_SENT: usize = 4_096;

/// Where nothing was overtaken yet a piece may be an eighth of a round trip late (RFC 9002 §6.1.2), within these bounds.
const LATE_PART: u32 = 8;
const LEAST_LATE: Duration = Duration::from_millis(2);
const MOST_LATE: Duration = Duration::from_millis(15);

/// With nothing later to compare with, a piece is late by this much more than four times the usual variation.
const TAIL_LATE: Duration = Duration::from_millis(10);
const TAIL_VARIATION: f64 = 4.0;

/// So many such pieces a report: the link may only have paused, and then everything would be sent twice.
const TAIL_PIECES: usize = 3;

/// Weight of an arrival in the variation (RFC 3550 §6.4.1) and of a decision in the share of losses.
const VARIATION_WEIGHT: f64 = 1.0 / 16.0;
const LOSS_WEIGHT: f64 = 1.0 / 64.0;

/// A piece of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) sequence: u32,
    pub(crate) index: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Flying,
    Landed,
    Lost,
}

#[derive(Debug)]
struct Sent {
    carried: Carried,
    at: LocalTime,
    fate: Fate,
}

/// What a report changed.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// What it says of each number that was sent, the newest first.
    pub(crate) arrivals: Vec<Arrival>,
    /// Pieces heard of for the first time.
    pub(crate) landed: Vec<Carried>,
    /// Pieces that count as lost from now on.
    pub(crate) lost: Vec<Carried>,
}

/// The numbers.
#[derive(Debug, Default)]
pub(crate) struct Flight {
    sent: VecDeque<Sent>,
    /// The number of the first of `sent`.
    oldest: u64,
    /// When the newest report was made.
    told_at: Option<MediaTime>,
    reordering: Reordering,
    /// Mean change of the transit from one arrival to the next, microseconds; and the last transit.
    variation: f64,
    transit: Option<u64>,
    loss: f64,
}

impl Flight {
    /// The next number.
    pub(crate) fn next_number(&self) -> u64 {
        self.oldest + self.sent.len() as u64
    }

    /// A datagram leaves.
    pub(crate) fn add(&mut self, carried: Carried, now: LocalTime) {
        if self.sent.len() == MOST_SENT {
            let _ = self.sent.pop_front();
            self.oldest += 1;
        }
        self.sent.push_back(Sent { carried, at: now, fate: Fate::Flying });
    }

    /// Share of the pieces lost lately.
    pub(crate) fn loss(&self) -> f64 {
        self.loss
    }

    /// When the newest datagram left and what it carried, if its fate is not known.
    pub(crate) fn tail(&self) -> Option<(LocalTime, Carried)> {
        self.sent.back().filter(|sent| sent.fate == Fate::Flying).map(|sent| (sent.at, sent.carried))
    }

    /// Takes a report.
    pub(crate) fn heard(&mut self, report: &PictureReport, round_trip: Duration, now: LocalTime) -> News {
        let told_at = report.sent_at.near(self.told_at.unwrap_or(MediaTime(u64::from(report.sent_at.0))));
        let mut news = News::default();
        let Some(newest) = self.full(report.newest).filter(|_| !report.arrivals.is_empty()) else { return news };
        self.told_at = self.told_at.max(Some(told_at));
        let numbers = (0..report.arrivals.len() as u64).map_while(|back| newest.checked_sub(back));
        let known = numbers.zip(&report.arrivals).take_while(|(number, _)| *number >= self.oldest);
        news.arrivals = known.map(|(number, at)| Arrival { number, at: at.map(|at| at.near(told_at)) }).collect();
        self.land(&mut news);
        self.lose(told_at, round_trip, now, &mut news);
        news
    }

    /// The number with these low bits that is nearest to the newest one sent; `None` if there is none.
    fn full(&self, low: u16) -> Option<u64> {
        let newest = self.next_number().checked_sub(1)?;
        let back = (newest as u16).wrapping_sub(low);
        newest.checked_sub(back.into()).filter(|number| *number >= self.oldest)
    }

    fn sent(&mut self, number: u64) -> Option<&mut Sent> {
        self.sent.get_mut(usize::try_from(number.checked_sub(self.oldest)?).ok()?)
    }

    fn land(&mut self, news: &mut News) {
        // The earliest arrival of all that were sent after the one that is looked at: the list goes from new to old.
        let mut overtaken_at = None;
        let mut first_heard = Vec::new();
        for arrival in &news.arrivals {
            let Some(at) = arrival.at else { continue };
            let behind = overtaken_at.map_or(Duration::ZERO, |earliest| at.saturating_since(earliest));
            overtaken_at = Some(overtaken_at.map_or(at, |earliest: MediaTime| earliest.min(at)));
            let Some(sent) = self.sent(arrival.number) else { continue };
            if std::mem::replace(&mut sent.fate, Fate::Landed) != Fate::Landed {
                first_heard.push((at.0.wrapping_sub(sent.at.0), behind));
                let carried = sent.carried;
                news.landed.push(carried);
            }
        }
        // In the order in which they were sent.
        for (transit, behind) in first_heard.into_iter().rev() {
            self.reordering.note(behind);
            self.loss -= self.loss * LOSS_WEIGHT;
            let change =
                self.transit.replace(transit).map_or(0.0, |last| transit.wrapping_sub(last).cast_signed() as f64);
            self.variation += (change.abs().min(1e6) - self.variation) * VARIATION_WEIGHT;
        }
    }

    /// Decides on everything that this report should have known of.
    fn lose(&mut self, told_at: MediaTime, round_trip: Duration, now: LocalTime, news: &mut News) {
        let newest = news.arrivals.first().and_then(|first| Some((first.number, first.at?)));
        let Some((newest, came_at)) = newest else { return };
        let Some(left_at) = self.sent(newest).map(|sent| sent.at) else { return };
        let look = Look {
            since_newest: told_at.saturating_since(came_at),
            left_at,
            // Nobody can know of a datagram's fate sooner, whatever a report says.
            young: now - round_trip / 2,
            extent: self.reordering.extent(),
            patience: self.reordering.patience((round_trip / LATE_PART).clamp(LEAST_LATE, MOST_LATE)),
        };
        let tail_patience =
            look.patience.max(TAIL_LATE + Duration::from_micros((self.variation * TAIL_VARIATION) as u64));
        let at = usize::try_from(newest - self.oldest).unwrap_or(usize::MAX).min(self.sent.len());
        let mut later = 0;
        let mut lost: Vec<usize> = Vec::new();
        for (at, sent) in self.sent.iter().enumerate().take(at + 1).rev() {
            match sent.fate {
                Fate::Landed => later += 1,
                Fate::Flying if look.has_passed(sent, later) => lost.push(at),
                Fate::Flying | Fate::Lost => {}
            }
        }
        let tail = self.sent.iter().enumerate().skip(at + 1).filter(|(_, sent)| sent.fate == Fate::Flying);
        let tail = tail.take_while(|(_, sent)| look.late(sent) >= tail_patience && sent.at <= look.young);
        lost.extend(tail.map(|(at, _)| at).take(TAIL_PIECES));
        for at in lost {
            self.sent[at].fate = Fate::Lost;
            self.loss += (1.0 - self.loss) * LOSS_WEIGHT;
            news.lost.push(self.sent[at].carried);
        }
    }
}

/// What a report allows to conclude.
struct Look {
    /// How long the newest number had been there when the report was made.
    since_newest: Duration,
    /// When that number left.
    left_at: LocalTime,
    /// What left later is not decided on.
    young: LocalTime,
    extent: Duration,
    patience: Duration,
}

impl Look {
    /// How long ago a datagram ought to have arrived.
    fn late(&self, sent: &Sent) -> Duration {
        let before_newest = self.left_at.saturating_since(sent.at);
        (self.since_newest + before_newest).saturating_sub(sent.at.saturating_since(self.left_at))
    }

    /// Whether a datagram is lost that `later` ones have overtaken.
    fn has_passed(&self, sent: &Sent, later: u32) -> bool {
        let late = self.late(sent);
        let proven = late >= self.patience || (later >= LATER_ARRIVALS && late >= self.extent);
        proven && sent.at <= self.young
    }
}
