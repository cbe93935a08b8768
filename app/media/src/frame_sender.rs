//! The sending end of the picture transport: frames in, numbered datagrams out, and repeats of what was lost.
//! The task that sends pictures owns it: `push` for each frame, `next` at the pace of the rate control, `heard` for reports.
//! A number is never used twice; nothing of a frame leaves after its deadline; memory and repeats are bounded.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::audio::WireError;
use crate::flight::{Carried, Flight};
use crate::outbound::Outbound;
use crate::picture_report::PictureReport;
use crate::pieces::{LEAST_PIECE_ROOM, PIECE_HEADER_BYTES, Piece};
use crate::rate::Arrival;
use crate::units::LocalTime;

/// Frames kept at most, a second of 60 a second: the oldest is given up.
const MOST_FRAMES: usize = 64;

/// From this share of losses on one piece more is repeated than is missing, since a repeat may be lost too.
const HIGH_LOSS: f64 = 0.1;

/// After its deadline a frame is remembered for a round trip and this much, to learn what became of it.
const AFTERMATH: Duration = Duration::from_millis(100);

/// The tail timer: five quarters of a round trip, and this much more than the receiver waits between two reports.
const PROBE_AFTER: Duration = Duration::from_millis(10);

/// It doubles from one probe to the next, so often.
const MOST_PROBES: u32 = 4;

/// How long the receiver waits between two reports is learnt from them, within its bounds.
const LEAST_INTERVAL: Duration = Duration::from_millis(20);
const MOST_INTERVAL: Duration = Duration::from_millis(200);

/// Why a piece is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Data for the first time.
    First,
    /// Parity.
    Parity,
    /// Again, since it was lost.
    Repeat,
}

/// A datagram to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its number, which no other datagram has.
    pub number: u64,
    /// The bytes.
    pub datagram: Bytes,
    /// Why it is sent.
    pub kind: Turn,
}

/// What happened; every counter only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderCounts {
    /// Frames taken.
    pub frames: u64,
    /// Frames of which not everything left, or what was lost could not be repeated in time.
    pub abandoned: u64,
    /// Data pieces sent for the first time.
    pub first: u64,
    /// Parity pieces sent.
    pub parity: u64,
    /// Pieces sent again.
    pub repeats: u64,
    /// Pieces that counted as lost.
    pub lost: u64,
    /// Reports taken.
    pub reports: u64,
}

/// The frames under way.
#[derive(Debug)]
pub struct FrameSender {
    room: usize,
    frames: VecDeque<Outbound>,
    flight: Flight,
    abandoned: VecDeque<u32>,
    newest: Option<u32>,
    /// Of the last report.
    round_trip: Option<Duration>,
    heard_at: Option<LocalTime>,
    interval: Duration,
    /// Probes since something new was heard of.
    probes: u32,
    counts: SenderCounts,
}

impl FrameSender {
    /// Sends datagrams of at most `datagram_bytes` (and at least 524).
    #[must_use]
    pub fn new(datagram_bytes: usize) -> Self {
        Self {
            room: datagram_bytes.saturating_sub(PIECE_HEADER_BYTES).max(LEAST_PIECE_ROOM),
            frames: VecDeque::new(),
            flight: Flight::default(),
            abandoned: VecDeque::new(),
            newest: None,
            round_trip: None,
            heard_at: None,
            interval: MOST_INTERVAL,
            probes: 0,
            counts: SenderCounts::default(),
        }
    }

    /// Takes a frame's wire form, of which nothing shall leave after `deadline`, and adds so many parity pieces for each
    /// piece (rounded up for every frame).
    ///
    /// # Errors
    /// [`WireError`] when no frame has this length; nothing is sent.
    pub fn push(
        &mut self,
        frame: Bytes,
        sequence: u32,
        deadline: LocalTime,
        redundancy: f64,
        now: LocalTime,
    ) -> Result<(), WireError> {
        let frame = Outbound::new(frame, sequence, deadline, redundancy, self.room)?;
        self.forget(now);
        if self.frames.len() == MOST_FRAMES {
            self.abandon(0);
        }
        self.frames.push_back(frame);
        self.newest = self.newest.max(Some(sequence));
        self.counts.frames += 1;
        Ok(())
    }

    /// The next datagram: what was lost first, then the oldest frame; at the end of all a probe when its time has come.
    pub fn next(&mut self, now: LocalTime) -> Option<Outgoing> {
        self.forget(now);
        if self.due().is_some_and(|due| due <= now) {
            self.probe();
        }
        let again = self.frames.iter_mut().find_map(|frame| Some((frame.take_again()?, frame)));
        if let Some((index, frame)) = again {
            self.counts.repeats += 1;
            return Some(send(frame, index, Turn::Repeat, &mut self.flight, now));
        }
        let (index, frame) = self.frames.iter_mut().find_map(|frame| Some((frame.take_first()?, frame)))?;
        let kind = if frame.is_parity(index) { Turn::Parity } else { Turn::First };
        match kind {
            Turn::Parity => self.counts.parity += 1,
            Turn::First | Turn::Repeat => self.counts.first += 1,
        }
        self.probes = 0;
        Some(send(frame, index, kind, &mut self.flight, now))
    }

    /// Takes a report, `round_trip` being the usual way there and back; returns what it says of the numbers that were sent.
    pub fn heard(&mut self, report: &PictureReport, round_trip: Duration, now: LocalTime) -> Vec<Arrival> {
        self.counts.reports += 1;
        self.round_trip = Some(round_trip);
        if let Some(last) = self.heard_at.replace(now) {
            let interval = now.saturating_since(last).clamp(LEAST_INTERVAL, MOST_INTERVAL);
            self.interval = (self.interval * 7 + interval) / 8;
        }
        let news = self.flight.heard(report, round_trip, now);
        if !news.landed.is_empty() {
            self.probes = 0;
        }
        for carried in &news.landed {
            self.with(*carried, Outbound::landed);
        }
        for carried in &news.lost {
            self.with(*carried, Outbound::lost);
        }
        self.counts.lost += news.lost.len() as u64;
        // What lies before a frame that was decoded will never be shown.
        let decoded = report.decoded.newest.filter(|decoded| Some(*decoded) <= self.newest);
        self.frames.retain(|frame| Some(frame.sequence) > decoded && !frame.complete());
        let spare = usize::from(self.flight.loss() >= HIGH_LOSS);
        for carried in news.lost {
            self.mend(carried.sequence, spare, now);
        }
        news.arrivals
    }

    /// Bytes of datagrams that have not left for the first time.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.frames.iter().map(|frame| frame.unsent() * (PIECE_HEADER_BYTES + frame.cut.piece())).sum()
    }

    /// Whether [`FrameSender::next`] has something to send at once.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.frames.iter().any(|frame| frame.unsent() > 0 || frame.repeats())
    }

    /// When [`FrameSender::next`] will repeat the last piece unless a report comes before: nothing that was sent later
    /// can show that it was lost. `None` when all is known, or nobody ever reported.
    #[must_use]
    pub fn due(&self) -> Option<LocalTime> {
        let round_trip = self.round_trip?;
        let (left_at, carried) = self.flight.tail().filter(|_| self.probes < MOST_PROBES)?;
        let _ = self.frames.iter().find(|frame| frame.sequence == carried.sequence)?;
        Some(left_at + (round_trip * 5 / 4 + self.interval + PROBE_AFTER) * 2_u32.pow(self.probes))
    }

    /// A frame that will not get there whole: something of it could not leave in time. Each is told once.
    pub fn abandoned(&mut self) -> Option<u32> {
        self.abandoned.pop_front()
    }

    /// What happened so far.
    #[must_use]
    pub fn counts(&self) -> SenderCounts {
        self.counts
    }

    fn with(&mut self, carried: Carried, tell: impl FnOnce(&mut Outbound, u16)) {
        if let Some(frame) = self.frames.iter_mut().find(|frame| frame.sequence == carried.sequence) {
            tell(frame, carried.index);
        }
    }

    fn mend(&mut self, sequence: u32, spare: usize, now: LocalTime) {
        let Some(at) = self.frames.iter().position(|frame| frame.sequence == sequence) else { return };
        self.frames[at].mend(spare);
        if now > self.frames[at].deadline && self.frames[at].repeats() {
            self.abandon(at);
        }
    }

    /// Repeats the newest piece, whose arrival would show what else is missing.
    fn probe(&mut self) {
        if let Some((_, carried)) = self.flight.tail() {
            self.probes += 1;
            self.with(carried, Outbound::repeat);
        }
    }

    /// Lets go of the frames whose time is over.
    fn forget(&mut self, now: LocalTime) {
        let aftermath = self.round_trip.unwrap_or_default() + AFTERMATH;
        let stale = |frame: &Outbound| now > frame.deadline && (frame.unsent() > 0 || frame.repeats());
        while let Some(at) = self.frames.iter().position(stale) {
            self.abandon(at);
        }
        self.frames.retain(|frame| now <= frame.deadline + aftermath);
    }

    fn abandon(&mut self, at: usize) {
        let Some(frame) = self.frames.remove(at) else { return };
        self.counts.abandoned += 1;
        if self.abandoned.len() == MOST_FRAMES {
            let _ = self.abandoned.pop_front();
        }
        self.abandoned.push_back(frame.sequence);
    }
}

fn send(frame: &Outbound, index: u16, kind: Turn, flight: &mut Flight, now: LocalTime) -> Outgoing {
    let number = flight.next_number();
    flight.add(Carried { sequence: frame.sequence, index }, now);
    let piece =
        Piece { number: number as u16, sequence: frame.sequence, cut: frame.cut, index, bytes: frame.piece(index) };
    Outgoing { number, datagram: piece.to_datagram(), kind }
}

#[cfg(test)]
#[path = "frame_sender_tests.rs"]
mod tests;
