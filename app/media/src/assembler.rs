//! Frames in any order in, decodable frames in rising order out.
//! The decode thread pushes what arrives and pops what can be decoded; a simulation drives the same code.
//! A frame waits only while one that it builds on is missing; every sequence number is handed out once or counted as dropped.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::decoded::Decoded;
use crate::units::LocalTime;
use crate::video::VideoFrame;

/// Frames held at most: more than two seconds; the oldest goes first.
pub const CAPACITY: usize = 64;

/// Bytes of frames held at most: a key frame of the largest size and two seconds of a fast stream; the oldest goes first.
pub const HELD_BYTES: usize = 2 * 1024 * 1024;

/// A frame may need one that is at most 255 back (its distance is one byte).
const REACH: usize = 256;

/// What happened to the frames; every counter only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AssemblerCounts {
    /// Frames handed out to be decoded.
    pub handed_out: u64,
    /// Sequence numbers that were passed over: lost, late or without their references.
    pub dropped: u64,
    /// Frames that came after a newer one was handed out, or twice (already counted as dropped or handed out).
    pub late: u64,
    /// How often it could not go on without a repair.
    pub repair_requests: u64,
}

/// Puts frames in order.
#[derive(Debug, Default)]
pub struct Assembler {
    held: BTreeMap<u32, VideoFrame>,
    /// Bytes of them.
    held_bytes: usize,
    /// The next sequence number that may be handed out; everything below is settled.
    next: u64,
    /// Which of the last [`REACH`] sequence numbers the decoder has, by sequence modulo [`REACH`].
    has: Has,
    /// The same as reports tell it.
    decoded: Decoded,
    /// Since when frames wait for one that is missing.
    blocked_since: Option<LocalTime>,
    /// The decoder lost its references: only a key frame helps.
    broken: bool,
    /// It cannot go on, and this was counted.
    stuck: bool,
    counts: AssemblerCounts,
}

#[derive(Debug)]
struct Has([bool; REACH]);

impl Default for Has {
    fn default() -> Self {
        Self([false; REACH])
    }
}

impl Has {
    fn slot(&mut self, sequence: u64) -> &mut bool {
        // The remainder is below REACH, so the index is always inside.
        &mut self.0[(sequence % REACH as u64) as usize]
    }
}

/// What keeps a frame from being decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    /// Nothing.
    Nothing,
    /// A frame that may still arrive.
    Missing,
    /// A frame that was passed over or cannot be remembered: it will never be decoded.
    Gone,
}

impl Assembler {
    /// Knows nothing; begins with the first key frame.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a frame that arrived.
    pub fn push(&mut self, frame: VideoFrame, now: LocalTime) {
        let sequence = frame.sequence;
        if u64::from(sequence) < self.next || self.held.contains_key(&sequence) {
            self.counts.late += 1;
            return;
        }
        self.held_bytes += frame.data.len();
        let _ = self.held.insert(sequence, frame);
        while self.held.len() > CAPACITY || self.held_bytes > HELD_BYTES {
            let Some((_, oldest)) = self.held.pop_first() else { break };
            self.held_bytes -= oldest.data.len();
        }
        self.note_gap(now);
    }

    /// The next frame that can be decoded now, in rising order. Older ones are dropped and counted.
    pub fn pop(&mut self, now: LocalTime) -> Option<VideoFrame> {
        let ready = self.ready()?;
        // What lies before it could only be shown out of order now.
        let newer = self.held.split_off(&ready);
        self.held_bytes -= self.held.values().map(|frame| frame.data.len()).sum::<usize>();
        self.held = newer;
        let frame = self.held.remove(&ready)?;
        self.held_bytes -= frame.data.len();
        let sequence = u64::from(ready);
        let passed = sequence - self.next;
        self.counts.dropped += passed;
        self.counts.handed_out += 1;
        for gone in sequence.saturating_sub(passed.min(REACH as u64))..sequence {
            *self.has.slot(gone) = false;
        }
        *self.has.slot(sequence) = true;
        self.decoded.add(ready);
        self.next = sequence + 1;
        if frame.key {
            self.broken = false;
        }
        self.stuck = false;
        self.blocked_since = None;
        self.note_gap(now);
        Some(frame)
    }

    /// The decoder refused the frame it was given last: nothing that depends on it can be decoded either, and older ones are lost with it.
    pub fn decode_failed(&mut self) {
        self.has = Has::default();
        self.decoded = Decoded::default();
        self.broken = true;
    }

    /// What the decoder holds, for the report to the sender.
    #[must_use]
    pub fn decoded(&self) -> Decoded {
        self.decoded
    }

    /// Whether nothing goes on without a repair by the sender. A missing frame is given `patience`, within which it may be repeated; one that
    /// can never be decoded is given none. Stays true until a frame can be handed out.
    pub fn is_stuck(&mut self, patience: Duration, now: LocalTime) -> bool {
        let waited = self.blocked_since.is_some_and(|since| now.saturating_since(since) >= patience);
        let stuck = self.broken || waited || (self.blocked_since.is_some() && self.is_hopeless());
        if stuck && !self.stuck {
            self.counts.repair_requests += 1;
        }
        self.stuck = stuck;
        stuck
    }

    /// The end of the call: what still waits will never be decoded and is counted.
    pub fn finish(&mut self) -> AssemblerCounts {
        if let Some((&newest, _)) = self.held.last_key_value() {
            let next = u64::from(newest) + 1;
            self.counts.dropped += next - self.next;
            self.next = next;
            self.held.clear();
            self.held_bytes = 0;
        }
        self.counts
    }

    /// What happened so far.
    #[must_use]
    pub fn counts(&self) -> AssemblerCounts {
        self.counts
    }

    /// The lowest held sequence number whose references the decoder has.
    fn ready(&mut self) -> Option<u32> {
        let Self { held, has, next, .. } = self;
        held.values().find(|frame| lack(frame, has, *next) == Lack::Nothing).map(|frame| frame.sequence)
    }

    /// Whether nothing that may still arrive makes the newest held frame decodable.
    fn is_hopeless(&mut self) -> bool {
        let Self { held, has, next, .. } = self;
        held.values().next_back().is_some_and(|frame| lack(frame, has, *next) == Lack::Gone)
    }

    fn note_gap(&mut self, now: LocalTime) {
        if self.held.is_empty() || self.ready().is_some() {
            self.blocked_since = None;
        } else {
            let _ = self.blocked_since.get_or_insert(now);
        }
    }
}

/// What `frame` lacks, when the decoder `has` frames and everything below `next` is settled.
fn lack(frame: &VideoFrame, has: &mut Has, next: u64) -> Lack {
    let sequence = u64::from(frame.sequence);
    let mut lack = Lack::Nothing;
    for &distance in frame.references.distances() {
        let needed = sequence.saturating_sub(u64::from(distance));
        if needed >= next {
            lack = Lack::Missing;
        } else if next - needed > REACH as u64 || !*has.slot(needed) {
            return Lack::Gone;
        }
    }
    lack
}

#[cfg(test)]
#[path = "assembler_tests.rs"]
mod tests;
