//! The receiving end of the picture transport: datagrams in any order in, whole frames and reports out.
//! The task that receives pictures owns it: `take` for each datagram, `report` whenever `due` says so.
//! Each frame comes out once, whole and exact, or not at all; what a peer sends can fill a bounded memory and no more.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use crate::audio::WireError;
use crate::decoded::Decoded;
use crate::inbound::{Added, Inbound};
use crate::picture_report::PictureReport;
use crate::piece_log::PieceLog;
use crate::pieces::Piece;
use crate::units::{LocalTime, MediaTime};

/// Bytes of unfinished frames at most: some twenty key frames of 720 lines; the oldest frame goes first.
const UNFINISHED_BYTES: usize = 2 * 1024 * 1024;

/// Frames remembered at most, finished ones included: two seconds of 60 a second.
const MOST_FRAMES: usize = 128;

/// A step of more frames at once is a new beginning: those between are not waited for.
const MOST_STEP: u32 = 64;

/// How long a frame is waited for, until the owner knows better.
const PATIENCE: Duration = Duration::from_millis(500);

/// Bounds of what the owner may ask for.
const LEAST_PATIENCE: Duration = Duration::from_millis(50);
const MOST_PATIENCE: Duration = Duration::from_secs(2);

/// What happened; every counter only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiverCounts {
    /// Pieces that were new.
    pub pieces: u64,
    /// Pieces that came again, or came when their block was whole.
    pub again: u64,
    /// Pieces of frames that are finished or given up.
    pub late: u64,
    /// Pieces that contradict others.
    pub contradictions: u64,
    /// Frames handed out.
    pub whole: u64,
    /// Data pieces that were lost and made out of parity.
    pub restored: u64,
    /// Frames given up.
    pub given_up: u64,
    /// Frames let go since the memory was full.
    pub crowded_out: u64,
    /// Reports made.
    pub reports: u64,
}

#[derive(Debug)]
enum State {
    /// No piece of it came, but of a later one.
    Expected,
    Unfinished(Box<Inbound>),
    /// Handed out, given up or of no use any more.
    Settled,
}

#[derive(Debug)]
struct Entry {
    /// When its first piece came, or that of the later frame.
    since: LocalTime,
    state: State,
}

/// The frames that are arriving.
#[derive(Debug)]
pub struct FrameReceiver {
    frames: BTreeMap<u32, Entry>,
    /// Frames below it are settled.
    floor: u32,
    log: PieceLog,
    patience: Duration,
    counts: ReceiverCounts,
}

impl Default for FrameReceiver {
    fn default() -> Self {
        Self::new()
    }
}

impl FrameReceiver {
    /// Nothing has come.
    #[must_use]
    pub fn new() -> Self {
        Self {
            frames: BTreeMap::new(),
            floor: 0,
            log: PieceLog::default(),
            patience: PATIENCE,
            counts: ReceiverCounts::default(),
        }
    }

    /// How long a frame is waited for from now on: what repairs take, and as long as it is worth anything.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience.clamp(LEAST_PATIENCE, MOST_PATIENCE);
    }

    /// Takes a datagram that arrived at `at`, which is `at_media` on the clock of this side's reports. Returns the bytes
    /// of a frame when it is whole.
    ///
    /// # Errors
    /// [`WireError`] when it is no piece, or contradicts what came before; it was dropped.
    pub fn take(&mut self, datagram: &Bytes, at: LocalTime, at_media: MediaTime) -> Result<Option<Bytes>, WireError> {
        let piece = Piece::from_datagram(datagram)?;
        self.log.take(piece.number, piece.sequence, datagram.len(), at, at_media);
        self.expect(piece.sequence, at);
        let Some(inbound) = self.unfinished(&piece, at) else {
            self.counts.late += 1;
            return Ok(None);
        };
        let added = inbound.add(&piece);
        let restored = inbound.restored() as u64;
        match added {
            Ok(Added::Again) => self.counts.again += 1,
            Ok(Added::New) => {
                self.counts.pieces += 1;
                self.make_room();
            }
            Ok(Added::Whole(bytes)) => {
                self.counts.pieces += 1;
                self.counts.whole += 1;
                self.counts.restored += restored;
                self.settle(piece.sequence);
                return Ok(Some(bytes));
            }
            Err(error) => {
                self.counts.contradictions += 1;
                return Err(error);
            }
        }
        Ok(None)
    }

    /// When a report is due. `None` before the first piece; afterwards there is always a next one.
    #[must_use]
    pub fn due(&self) -> Option<LocalTime> {
        let unfinished = self.frames.values().any(|entry| !matches!(entry.state, State::Settled));
        self.log.due(unfinished)
    }

    /// Makes a report, which must be sent; what the reporter's own picture does is for him to add. Frames before the newest one
    /// `decoded` are not waited for any more.
    pub fn report(
        &mut self,
        decoded: Decoded,
        hidden: bool,
        want_key: bool,
        now: LocalTime,
        now_media: MediaTime,
    ) -> PictureReport {
        if let Some(newest) = decoded.newest {
            for (_, entry) in self.frames.range_mut(..=newest) {
                entry.state = State::Settled;
            }
        }
        self.forget(now);
        let (newest, arrivals) = self.log.report(now);
        self.counts.reports += 1;
        PictureReport { hidden, want_key, paused: false, decoded, sent_at: now_media.stamp(), newest, arrivals }
    }

    /// What happened so far.
    #[must_use]
    pub fn counts(&self) -> ReceiverCounts {
        self.counts
    }

    /// A piece of this frame shows that those before it are under way or lost.
    fn expect(&mut self, sequence: u32, at: LocalTime) {
        if sequence < self.floor {
            return;
        }
        let known = self.frames.last_key_value().map_or(self.floor, |(newest, _)| newest + 1);
        let from = if sequence.saturating_sub(known) > MOST_STEP { sequence } else { known };
        for sequence in from..sequence {
            let _ = self.frames.insert(sequence, Entry { since: at, state: State::Expected });
        }
    }

    /// The frame that a piece belongs to, if it is waited for.
    fn unfinished(&mut self, piece: &Piece, at: LocalTime) -> Option<&mut Inbound> {
        if piece.sequence < self.floor {
            return None;
        }
        let entry = self.frames.entry(piece.sequence).or_insert(Entry { since: at, state: State::Expected });
        if matches!(entry.state, State::Expected) {
            *entry = Entry { since: at, state: State::Unfinished(Box::new(Inbound::new(piece.cut))) };
            self.make_room();
        }
        match &mut self.frames.get_mut(&piece.sequence)?.state {
            State::Unfinished(inbound) => Some(inbound),
            State::Expected | State::Settled => None,
        }
    }

    fn settle(&mut self, sequence: u32) {
        if let Some(entry) = self.frames.get_mut(&sequence) {
            entry.state = State::Settled;
        }
    }

    /// Keeps the memory within its bounds: the oldest frames go.
    fn make_room(&mut self) {
        while self.frames.len() > MOST_FRAMES {
            self.drop_first();
        }
        let held = |entry: &Entry| match &entry.state {
            State::Unfinished(inbound) => inbound.held(),
            State::Expected | State::Settled => 0,
        };
        let mut total: usize = self.frames.values().map(held).sum();
        for entry in self.frames.values_mut() {
            if total <= UNFINISHED_BYTES {
                break;
            }
            if held(entry) > 0 {
                total -= held(entry);
                entry.state = State::Settled;
                self.counts.crowded_out += 1;
            }
        }
    }

    /// Gives up what took too long, and forgets what is settled long since.
    fn forget(&mut self, now: LocalTime) {
        for entry in self.frames.values_mut() {
            if !matches!(entry.state, State::Settled) && now.saturating_since(entry.since) > self.patience {
                entry.state = State::Settled;
                self.counts.given_up += 1;
            }
        }
        while self.frames.first_key_value().is_some_and(|(_, entry)| {
            matches!(entry.state, State::Settled) && now.saturating_since(entry.since) > MOST_PATIENCE
        }) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some((sequence, _)) = self.frames.pop_first() {
            self.floor = self.floor.max(sequence.saturating_add(1));
        }
    }
}

#[cfg(test)]
#[path = "frame_receiver_tests.rs"]
mod tests;
