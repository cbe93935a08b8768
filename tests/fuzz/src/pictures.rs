//! The assembler of pictures, driven by the frames of a peer that sends what it likes when it likes.
//! The decode thread owns it; frames come through the parser, so they are shaped like real ones.
//! Rising order, references that the decoder has, every number handed out or dropped, bounded memory.

use std::collections::BTreeSet;
use std::time::Duration;

use ahoy_media::{Assembler, LocalTime, MediaTime, Size, VideoFrame, video::References};
use bytes::Bytes;

use crate::tape::Tape;

/// Whether any picture came out.
pub fn check(data: &[u8]) -> bool {
    let mut tape = Tape(data);
    let mut story = Story::default();
    while story.step(&mut tape).is_some() {}
    story.end()
}

#[derive(Default)]
struct Story {
    assembler: Assembler,
    now: LocalTime,
    /// The number around which the peer counts.
    at: u32,
    newest_pushed: Option<u32>,
    newest_out: Option<u32>,
    /// What the decoder has been given since it last failed.
    decoded: BTreeSet<u32>,
}

impl Story {
    fn step(&mut self, tape: &mut Tape) -> Option<()> {
        match tape.roll(8)? {
            0 => self.now = self.now + Duration::from_millis(tape.byte()?.into()),
            1 => self.at = self.at.wrapping_add_signed(i32::from(tape.word()?.cast_signed()).wrapping_mul(65_537)),
            2 => {
                self.assembler.decode_failed();
                self.decoded.clear();
            }
            3 => {
                let patience = Duration::from_millis(tape.byte()?.into());
                let stuck = self.assembler.is_stuck(patience, self.now);
                let asked = self.assembler.counts().repair_requests;
                assert_eq!(self.assembler.is_stuck(patience, self.now), stuck, "asking changes nothing");
                assert_eq!(self.assembler.counts().repair_requests, asked, "counted once");
                assert!(!stuck || self.assembler.pop(self.now).is_none(), "stuck, and yet it goes on");
            }
            _ => self.push(tape)?,
        }
        self.pop();
        Some(())
    }

    fn push(&mut self, tape: &mut Tape) -> Option<()> {
        let sequence = self.at.wrapping_add_signed(i32::from(tape.byte()?.cast_signed()));
        let distances = [tape.byte()?, tape.byte()?, tape.byte()?];
        let count = usize::from(tape.roll(4)?);
        let references = References::new(&distances[..count]).unwrap_or(References::PREVIOUS);
        let key = references.distances().is_empty();
        let data = Bytes::from_static(b"x");
        let frame = VideoFrame { sequence, at: MediaTime(0), key, size: Size::VGA, references, data };
        let Ok(bytes) = frame.encode() else { return Some(()) };
        let frame = VideoFrame::decode(&bytes).expect("its own encoding");
        self.newest_pushed = self.newest_pushed.max(Some(sequence));
        self.assembler.push(frame, self.now);
        Some(())
    }

    fn pop(&mut self) {
        while let Some(frame) = self.assembler.pop(self.now) {
            assert!(self.newest_out < Some(frame.sequence), "rising order");
            self.newest_out = Some(frame.sequence);
            for back in frame.references.distances() {
                assert!(self.decoded.contains(&(frame.sequence - u32::from(*back))), "a reference is missing");
            }
            let _ = self.decoded.insert(frame.sequence);
            let told = self.assembler.decoded();
            let newest = frame.sequence;
            let known = (0..=32).filter_map(|back| newest.checked_sub(back));
            assert!(
                known.into_iter().all(|n| told.tells(n) == Some(self.decoded.contains(&n))),
                "reports tell the truth"
            );
        }
    }

    fn end(mut self) -> bool {
        let counts = self.assembler.finish();
        let newest = self.newest_pushed.map_or(0, |newest| u64::from(newest) + 1);
        assert!(counts.handed_out + counts.dropped <= newest, "a number was settled twice: {counts:?}, {newest}");
        assert_eq!(self.assembler.finish(), counts, "the end comes once");
        counts.handed_out > 0
    }
}
