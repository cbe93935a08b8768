//! Frames in any order in, decodable frames in rising order out.
//! The decode thread pushes what arrives and pops what can be decoded; a simulation drives the same code.
//! Never holds more than [`CAPACITY`] frames; every sequence number is handed out once or counted as dropped.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::units::LocalTime;
use crate::video::VideoFrame;

/// Frames held at most: more than two seconds; the oldest goes first.
pub const CAPACITY: usize = 64;

/// How long a gap may last before a key frame is asked for: streams of one moment overtake each other by less.
pub const GAP_PATIENCE: Duration = Duration::from_millis(60);

/// As many frames waiting for a missing one are proof enough that it is lost or far behind.
pub const NEWER_FRAMES: usize = 2;

/// How long until the next request: one round trip of a long way plus the time to encode.
pub const ASK_AGAIN: Duration = Duration::from_millis(200);

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
    /// Key frames asked for.
    pub key_requests: u64,
}

/// Puts frames in order.
#[derive(Debug, Default)]
pub struct Assembler {
    held: BTreeMap<u32, VideoFrame>,
    /// The next sequence number that may be handed out; everything below is settled.
    next: u64,
    /// Which of the last [`REACH`] sequence numbers the decoder has, by sequence modulo [`REACH`].
    decoded: Decoded,
    /// Since when frames wait for one that is missing.
    blocked_since: Option<LocalTime>,
    /// The decoder lost its references: only a key frame helps.
    broken: bool,
    asked: Option<LocalTime>,
    counts: AssemblerCounts,
}

#[derive(Debug)]
struct Decoded([bool; REACH]);

impl Default for Decoded {
    fn default() -> Self {
        Self([false; REACH])
    }
}

impl Decoded {
    fn slot(&mut self, sequence: u64) -> &mut bool {
        // The remainder is below REACH, so the index is always inside.
        &mut self.0[(sequence % REACH as u64) as usize]
    }
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
        if self.held.insert(sequence, frame).is_none() && self.held.len() > CAPACITY {
            let _ = self.held.pop_first();
        }
        self.note_gap(now);
    }

    /// The next frame that can be decoded now, in rising order. Older ones are dropped and counted.
    pub fn pop(&mut self, now: LocalTime) -> Option<VideoFrame> {
        let ready = self.ready()?;
        // What lies before it can only be shown out of order now.
        self.held = self.held.split_off(&ready);
        let frame = self.held.remove(&ready)?;
        let sequence = u64::from(ready);
        let passed = sequence - self.next;
        self.counts.dropped += passed;
        self.counts.handed_out += 1;
        for gone in sequence.saturating_sub(passed.min(REACH as u64))..sequence {
            *self.decoded.slot(gone) = false;
        }
        *self.decoded.slot(sequence) = true;
        self.next = sequence + 1;
        if frame.key {
            self.broken = false;
        }
        self.asked = None;
        self.blocked_since = None;
        self.note_gap(now);
        Some(frame)
    }

    /// The decoder refused the frame it was given last: nothing that depends on it can be decoded either.
    pub fn decode_failed(&mut self) {
        self.decoded = Decoded::default();
        self.broken = true;
    }

    /// Whether the sender should be asked for a key frame now; true at most once per [`ASK_AGAIN`].
    pub fn wants_key_frame(&mut self, now: LocalTime) -> bool {
        let waited = self.blocked_since.is_some_and(|since| now.saturating_since(since) >= GAP_PATIENCE);
        if !(self.broken || waited || (self.blocked_since.is_some() && self.held.len() >= NEWER_FRAMES)) {
            return false;
        }
        if self.asked.is_some_and(|asked| now.saturating_since(asked) < ASK_AGAIN) {
            return false;
        }
        self.asked = Some(now);
        self.counts.key_requests += 1;
        true
    }

    /// The end of the call: what still waits will never be decoded and is counted.
    pub fn finish(&mut self) -> AssemblerCounts {
        if let Some((&newest, _)) = self.held.last_key_value() {
            let next = u64::from(newest) + 1;
            self.counts.dropped += next - self.next;
            self.next = next;
            self.held.clear();
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
        let Self { held, decoded, next, .. } = self;
        held.values()
            .find(|frame| {
                let sequence = u64::from(frame.sequence);
                frame.references.distances().iter().all(|&distance| {
                    let needed = sequence.saturating_sub(u64::from(distance));
                    needed < *next && *next - needed <= REACH as u64 && *decoded.slot(needed)
                })
            })
            .map(|frame| frame.sequence)
    }

    fn note_gap(&mut self, now: LocalTime) {
        if self.held.is_empty() || self.ready().is_some() {
            self.blocked_since = None;
        } else {
            let _ = self.blocked_since.get_or_insert(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::units::{MediaTime, Size};
    use crate::video::References;

    const START: LocalTime = LocalTime(1_000_000);

    fn frame(sequence: u32, distances: &[u8]) -> VideoFrame {
        VideoFrame {
            sequence,
            at: MediaTime(u64::from(sequence)),
            key: distances.is_empty(),
            size: Size::VGA,
            references: References::new(distances).unwrap(),
            data: Bytes::from_static(b"x"),
        }
    }

    fn chained(sequence: u32) -> VideoFrame {
        frame(sequence, &[1])
    }

    fn drain(assembler: &mut Assembler) -> Vec<u32> {
        std::iter::from_fn(|| assembler.pop(START)).map(|frame| frame.sequence).collect()
    }

    #[test]
    fn frames_that_overtook_each_other_come_out_in_order() {
        let mut assembler = Assembler::new();
        for frame in [chained(1), frame(0, &[]), chained(3), chained(2)] {
            assembler.push(frame, START);
        }
        assert_eq!(drain(&mut assembler), [0, 1, 2, 3]);
        assert!(!assembler.wants_key_frame(START + ASK_AGAIN));
        assert_eq!(assembler.counts(), AssemblerCounts { handed_out: 4, ..AssemblerCounts::default() });
    }

    #[test]
    fn a_lost_frame_asks_for_a_key_frame_until_it_comes() {
        let mut assembler = Assembler::new();
        assembler.push(frame(0, &[]), START);
        assert_eq!(drain(&mut assembler), [0]);
        assembler.push(chained(2), START);
        assert!(!assembler.wants_key_frame(START), "it may only have been overtaken");
        assert!(assembler.wants_key_frame(START + GAP_PATIENCE));
        assembler.push(chained(3), START + GAP_PATIENCE);
        assert!(!assembler.wants_key_frame(START + GAP_PATIENCE), "asked a moment ago");
        assert!(assembler.wants_key_frame(START + GAP_PATIENCE + ASK_AGAIN));
        assembler.push(frame(4, &[]), START);
        assert_eq!(drain(&mut assembler), [4]);
        assert!(!assembler.wants_key_frame(START + 10 * ASK_AGAIN));
        assembler.push(chained(1), START);
        assert_eq!(drain(&mut assembler), [0; 0]);
        let counts = AssemblerCounts { handed_out: 2, dropped: 3, late: 1, key_requests: 2 };
        assert_eq!(assembler.counts(), counts);
    }

    #[test]
    fn two_newer_frames_are_proof_enough() {
        let mut assembler = Assembler::new();
        assembler.push(chained(5), START);
        assert!(!assembler.wants_key_frame(START));
        assembler.push(chained(6), START);
        assert!(assembler.wants_key_frame(START));
    }

    #[test]
    fn a_frame_that_skips_its_neighbours_does_not_wait_for_them() {
        let mut assembler = Assembler::new();
        assembler.push(frame(0, &[]), START);
        assembler.push(frame(4, &[4]), START);
        assembler.push(chained(3), START);
        assert_eq!(drain(&mut assembler), [0, 4]);
        assert_eq!(assembler.counts().dropped, 3);
    }

    #[test]
    fn after_a_decoder_failure_only_a_key_frame_helps() {
        let mut assembler = Assembler::new();
        assembler.push(frame(0, &[]), START);
        assert_eq!(drain(&mut assembler), [0]);
        assembler.decode_failed();
        assert!(assembler.wants_key_frame(START));
        assembler.push(chained(1), START);
        assert_eq!(drain(&mut assembler), [0; 0]);
        assembler.push(frame(2, &[]), START);
        assembler.push(chained(3), START);
        assert_eq!(drain(&mut assembler), [2, 3]);
        assert!(!assembler.wants_key_frame(START + ASK_AGAIN));
    }

    #[test]
    fn memory_is_bounded_and_old_references_are_forgotten() {
        let mut assembler = Assembler::new();
        assembler.push(frame(0, &[]), START);
        assert_eq!(drain(&mut assembler), [0]);
        for sequence in (2..2_000).chain([u32::MAX]) {
            assembler.push(chained(sequence), START);
        }
        assert!(assembler.held.len() <= CAPACITY);
        assert_eq!(drain(&mut assembler), [0; 0]);
        // 256 after frame 0 shares its place in the table; it must not be taken for it.
        let mut assembler = Assembler::new();
        assembler.push(frame(0, &[]), START);
        assembler.push(frame(300, &[]), START);
        assert_eq!(drain(&mut assembler), [0, 300]);
        assembler.push(frame(301, &[255]), START);
        assert_eq!(drain(&mut assembler), [0; 0]);
    }

    #[test]
    fn every_number_is_handed_out_or_dropped_under_any_loss_and_order() {
        for seed in 1..200_u64 {
            let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mut next = move || {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                random
            };
            let mut assembler = Assembler::new();
            let mut waiting: Vec<VideoFrame> = Vec::new();
            let (mut newest_pushed, mut newest_out) = (None, None);
            let mut key_next = true;
            for sequence in 0..300 {
                waiting.push(if key_next { frame(sequence, &[]) } else { chained(sequence) });
                key_next = false;
                if next() % 10 == 0 {
                    let _ = waiting.pop();
                }
                while waiting.len() > (next() % 4) as usize {
                    let frame = waiting.swap_remove((next() % waiting.len() as u64) as usize);
                    let now = LocalTime(u64::from(sequence) * 40_000);
                    newest_pushed = newest_pushed.max(Some(frame.sequence));
                    assembler.push(frame, now);
                    while let Some(frame) = assembler.pop(now) {
                        assert!(Some(frame.sequence) > newest_out, "rising order");
                        newest_out = Some(frame.sequence);
                    }
                    key_next |= assembler.wants_key_frame(now);
                }
            }
            let counts = assembler.finish();
            let sent = newest_pushed.map_or(0, |newest| u64::from(newest) + 1);
            assert_eq!(counts.handed_out + counts.dropped, sent, "seed {seed}");
            assert!(counts.handed_out > 30, "seed {seed}: {counts:?}");
        }
    }
}
