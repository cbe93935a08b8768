//! Frames as datagrams, by the production code: cut, protected, paced, reported, repaired.
//! Both ends run here with a clock each, which differ by far.
//! The rate control is left out: the pace is fixed and the link never full.

use std::time::Duration;

use ahoy_media::{Decoded, FrameReceiver, FrameSender, LocalTime, MediaTime, PictureReport};
use bytes::Bytes;

use crate::carriage::frames::{Case, DATAGRAM_BYTES, FRAME_US, HEADER_BYTES, IN_TIME_US, Outcome};
use crate::carriage::link::Link;

/// The receiver's clock is ahead by this.
const CLOCKS_US: u64 = 7_777_777_777;

/// After the last frame.
const AFTERMATH_US: u64 = 2_000_000;

struct World {
    case: Case,
    now: u64,
    sender: FrameSender,
    receiver: FrameReceiver,
    there: Link<Bytes>,
    back: Link<Bytes>,
    /// The pacer lets the next datagram go.
    free_at: u64,
    sizes: Vec<usize>,
    pushed: usize,
    decoded: Decoded,
    outcome: Outcome,
    round_trip: Duration,
    redundancy: f64,
}

/// Runs a case with so much parity.
#[must_use]
pub fn run(case: &Case, redundancy: f64) -> Outcome {
    let sizes = case.sizes();
    let mut world = World {
        case: *case,
        now: 0,
        sender: FrameSender::new(DATAGRAM_BYTES),
        receiver: FrameReceiver::new(),
        there: case.link(1),
        back: case.link(2),
        free_at: 0,
        outcome: Outcome::new(&sizes),
        sizes,
        pushed: 0,
        decoded: Decoded::default(),
        round_trip: Duration::from_micros(2 * case.way_us() + 1_000),
        redundancy,
    };
    let end = case.seconds * 1_000_000 + AFTERMATH_US;
    while let Some(now) = world.next_at().filter(|now| *now < end) {
        world.now = now.max(world.now);
        world.step();
    }
    world.outcome
}

impl World {
    /// When something happens next.
    fn next_at(&self) -> Option<u64> {
        let captured = (self.pushed < self.sizes.len()).then_some(self.pushed as u64 * FRAME_US);
        let ready = if self.sender.waits() { Some(0) } else { self.sender.due().map(|due| due.0) };
        let leaves = ready.map(|ready| ready.max(self.free_at));
        let due = self.receiver.due().map(|due| due.0 - CLOCKS_US);
        [captured, leaves, self.there.next_at(), self.back.next_at(), due].into_iter().flatten().min()
    }

    fn step(&mut self) {
        let here = LocalTime(self.now);
        if self.pushed < self.sizes.len() && self.pushed as u64 * FRAME_US <= self.now {
            let mut bytes = vec![self.pushed as u8; self.sizes[self.pushed]];
            bytes[..4].copy_from_slice(&(self.pushed as u32).to_be_bytes());
            let deadline = here + Duration::from_micros(IN_TIME_US);
            self.sender.push(bytes.into(), self.pushed as u32, deadline, self.redundancy, here).expect("a usual frame");
            self.pushed += 1;
        }
        while let Some(report) = self.back.take(self.now) {
            let report = PictureReport::from_datagram(&report).expect("our own report");
            let _ = self.sender.heard(&report, self.round_trip, here);
            while self.sender.abandoned().is_some() {}
        }
        if self.free_at <= self.now
            && let Some(outgoing) = self.sender.next(here)
        {
            let wire = outgoing.datagram.len() + HEADER_BYTES;
            self.free_at = self.now + self.case.pause_us(wire, self.redundancy);
            self.outcome.there += wire;
            self.there.send(self.now, wire, outgoing.datagram);
        }
        self.arrive();
    }

    fn arrive(&mut self) {
        let (there, media) = (LocalTime(self.now + CLOCKS_US), MediaTime(self.now + CLOCKS_US));
        while let Some(datagram) = self.there.take(self.now) {
            if let Some(frame) = self.receiver.take(&datagram, there, media).expect("our own piece") {
                let frame = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
                self.outcome.whole(frame as usize, self.now);
                // As if every frame could be decoded at once; only in order.
                if self.decoded.newest.is_none_or(|newest| newest + 1 == frame) {
                    self.decoded.add(frame);
                }
            }
        }
        if self.receiver.due().is_some_and(|due| due <= there) {
            let report = self.receiver.report(self.decoded, false, false, there, media).to_datagram();
            self.outcome.back += report.len() + HEADER_BYTES;
            self.back.send(self.now, report.len() + HEADER_BYTES, report);
        }
    }
}
