//! When each number arrived, and when the sender must be told.
//! `FrameReceiver` notes every piece here and makes its reports from it.
//! Reports overlap, so that a lost one costs nothing; they take a twentieth of what arrives; the log is bounded.

use std::collections::VecDeque;
use std::time::Duration;

use crate::picture_report::{MOST_TOLD, REPORT_HEADER_BYTES};
use crate::reordering::{LATER_ARRIVALS, Reordering};
use crate::units::{LocalTime, MediaTime, Stamp};
use crate::voice_rate::PACKET_BYTES;

/// Between two regular reports, as the twentieth allows.
const LEAST_INTERVAL: Duration = Duration::from_millis(20);
const MOST_INTERVAL: Duration = Duration::from_millis(200);

/// Reports take one byte of so many that arrive.
const SHARE: i64 = 20;

/// What is saved up for them at most: a few reports.
const MOST_CREDIT: i64 = 1_000;

/// Between two reports that are sent because something is missing.
const EARLY_INTERVAL: Duration = Duration::from_millis(10);

/// Where nothing was overtaken yet a number may be missing so long before it is reported out of turn.
const USUAL: Duration = Duration::from_millis(5);

/// A frame of which nothing comes any more is reported after four times the usual pause between two pieces, within these.
const QUIET_PAUSES: u32 = 4;
const LEAST_QUIET: Duration = Duration::from_millis(8);
const MOST_QUIET: Duration = Duration::from_millis(60);

/// Weight of a pause in the usual one.
const PAUSE_WEIGHT: u32 = 8;

/// What arrived is told in so many reports, and for so long.
const TOLD_TIMES: usize = 4;
const TOLD_FOR: Duration = Duration::from_millis(200);

/// Reports at the usual pace after the last piece; then one a second tells on what was said last, in case it was lost.
const LAST_REPORTS: u32 = 3;
const IDLE_INTERVAL: Duration = Duration::from_secs(1);

/// A step of more numbers at once is a new beginning, not so many losses.
const MOST_STEP: u64 = 4_096;

/// Missing numbers that are watched at most.
const MOST_GAPS: usize = 256;

/// A number that is missing and was not reported yet.
#[derive(Debug)]
struct Gap {
    number: u64,
    since: LocalTime,
    later: u32,
}

/// The numbers that arrived.
#[derive(Debug, Default)]
pub(crate) struct PieceLog {
    arrived: VecDeque<Option<MediaTime>>,
    /// The number of the first of `arrived`.
    oldest: u64,
    gaps: VecDeque<Gap>,
    reordering: Reordering,
    /// The pause between two pieces of one frame.
    pause: Duration,
    last_at: Option<LocalTime>,
    last_sequence: u32,
    /// When the newest reports were made, and the oldest number that was new in each.
    marks: VecDeque<(LocalTime, u64)>,
    /// The oldest number that came since the last report.
    lowest_new: Option<u64>,
    credit: i64,
    /// Regular reports since the last piece.
    idle: u32,
    /// The last piece when a frame was last reported to have gone quiet.
    quiet_told: Option<LocalTime>,
}

impl PieceLog {
    /// A piece of frame `sequence` came in a datagram of so many bytes.
    pub(crate) fn take(&mut self, low: u16, sequence: u32, bytes: usize, at: LocalTime, at_media: MediaTime) {
        self.credit = (self.credit + (bytes + PACKET_BYTES) as i64 / SHARE).min(MOST_CREDIT);
        self.idle = 0;
        if let Some(last) = self.last_at.replace(at).filter(|_| self.last_sequence == sequence) {
            let pause = at.saturating_since(last).min(MOST_QUIET);
            self.pause = (self.pause * (PAUSE_WEIGHT - 1) + pause) / PAUSE_WEIGHT;
        }
        self.last_sequence = sequence;
        let number = self.full(low);
        if number >= self.end() + MOST_STEP {
            *self = Self { arrived: VecDeque::new(), oldest: number, gaps: VecDeque::new(), ..std::mem::take(self) };
        }
        if self.arrived.is_empty() {
            self.oldest = number;
        }
        if self.note(number, at, at_media) {
            self.lowest_new = Some(self.lowest_new.map_or(number, |lowest| lowest.min(number)));
        }
    }

    /// The number after the newest.
    fn end(&self) -> u64 {
        self.oldest + self.arrived.len() as u64
    }

    /// The number with these low bits that is nearest to the newest one; the first is far from 0, so that those before
    /// it have numbers too.
    fn full(&self, low: u16) -> u64 {
        if self.arrived.is_empty() {
            return u64::from(u16::MAX) + 1 + u64::from(low);
        }
        let newest = self.end() - 1;
        newest.saturating_add_signed((low.wrapping_sub(newest as u16)).cast_signed().into())
    }

    /// Whether the number is new; one that is too old to tell is not.
    fn note(&mut self, number: u64, at: LocalTime, at_media: MediaTime) -> bool {
        for missing in self.end()..number {
            self.push(None);
            if self.gaps.len() == MOST_GAPS {
                let _ = self.gaps.pop_front();
            }
            self.gaps.push_back(Gap { number: missing, since: at, later: 0 });
        }
        if number == self.end() {
            self.push(Some(at_media));
            self.reordering.note(Duration::ZERO);
        } else {
            let place = number.checked_sub(self.oldest).and_then(|back| self.arrived.get_mut(back as usize));
            let Some(place @ None) = place else { return false };
            *place = Some(at_media);
            if let Some(gap) = self.gaps.iter().position(|gap| gap.number == number) {
                let gap = self.gaps.remove(gap);
                self.reordering.note(gap.map_or(Duration::ZERO, |gap| at.saturating_since(gap.since)));
            }
        }
        for gap in self.gaps.iter_mut().filter(|gap| gap.number < number) {
            gap.later += 1;
        }
        true
    }

    fn push(&mut self, arrival: Option<MediaTime>) {
        if self.arrived.len() == MOST_TOLD {
            let _ = self.arrived.pop_front();
            self.oldest += 1;
        }
        self.arrived.push_back(arrival);
    }

    /// When the next report is due; `unfinished`: the newest frame is not whole, or one before it.
    pub(crate) fn due(&self, unfinished: bool) -> Option<LocalTime> {
        let Some((last, _)) = self.marks.back() else {
            return self.last_at;
        };
        let news = self.lowest_new.is_some();
        let regular = match self.idle {
            _ if news && self.credit >= self.cost() => LEAST_INTERVAL,
            0..=LAST_REPORTS => MOST_INTERVAL,
            _ => IDLE_INTERVAL,
        };
        let early = self.early().filter(|_| unfinished).map(|early| early.max(*last + EARLY_INTERVAL));
        early.into_iter().chain([*last + regular]).min()
    }

    /// When something missing is certain enough to be reported.
    fn early(&self) -> Option<LocalTime> {
        let gaps = self.gaps.iter().map(|gap| gap.since + self.certain_after(gap)).min();
        let quiet = self.last_at.filter(|last| self.quiet_told != Some(*last));
        let quiet = quiet.map(|last| last + (self.pause * QUIET_PAUSES).clamp(LEAST_QUIET, MOST_QUIET));
        gaps.into_iter().chain(quiet).min()
    }

    fn certain_after(&self, gap: &Gap) -> Duration {
        if gap.later > LATER_ARRIVALS { self.reordering.extent() } else { self.reordering.patience(USUAL) }
    }

    /// What the next report takes of the credit, roughly.
    fn cost(&self) -> i64 {
        let numbers = self.end().saturating_sub(self.window_start());
        (PACKET_BYTES + REPORT_HEADER_BYTES) as i64 + numbers as i64
    }

    /// The oldest number that is told.
    fn window_start(&self) -> u64 {
        let marked = self.marks.iter().map(|(_, number)| *number).chain(self.lowest_new).min();
        marked.unwrap_or(self.oldest).max(self.oldest)
    }

    /// What a report made now tells: the newest number, and when it and those before it arrived.
    pub(crate) fn report(&mut self, now: LocalTime) -> (u16, Vec<Option<Stamp>>) {
        let start = self.window_start();
        let told = self.arrived.iter().skip((start - self.oldest) as usize).rev();
        let told: Vec<_> = told.map(|at| at.map(|at| Stamp(at.stamp().0 & !0xFF))).collect();
        let newest = self.end().saturating_sub(1) as u16;
        self.idle = if self.lowest_new.is_some() { 0 } else { self.idle.saturating_add(1) };
        self.credit = (self.credit - self.cost()).max(-MOST_CREDIT);
        let new = self.lowest_new.take().unwrap_or(self.end().saturating_sub(1));
        self.marks.push_back((now, new));
        while self.marks.len() > TOLD_TIMES
            && (self.marks.len() > MOST_GAPS || now.saturating_since(self.marks[0].0) > TOLD_FOR)
        {
            let _ = self.marks.pop_front();
        }
        let (extent, patience) = (self.reordering.extent(), self.reordering.patience(USUAL));
        self.gaps.retain(|gap| now < gap.since + if gap.later > LATER_ARRIVALS { extent } else { patience });
        let quiet = (self.pause * QUIET_PAUSES).clamp(LEAST_QUIET, MOST_QUIET);
        self.quiet_told = self.last_at.filter(|last| now >= *last + quiet).or(self.quiet_told);
        (newest, told)
    }
}
