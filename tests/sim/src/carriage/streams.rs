//! Frames as one QUIC stream each: a model of the loss recovery of RFC 9002 as it is used for them.
//! It errs on the streams' side: no flow control, no congestion window, acknowledgements of everything that arrived,
//! asked for within 5 ms, and what is lost goes before what is new.

use std::collections::{BTreeSet, VecDeque};

use crate::carriage::frames::{Case, DATAGRAM_BYTES, FRAME_US, HEADER_BYTES, IN_TIME_US, Outcome};
use crate::carriage::link::Link;

/// `kPacketThreshold` and `kGranularity` of RFC 9002.
const PACKET_THRESHOLD: u64 = 3;
const GRANULARITY_US: u64 = 1_000;

/// What we ask of the peer (ACK frequency extension).
const ACK_DELAY_US: u64 = 5_000;

/// Bytes of an acknowledgement with some ranges.
const ACK_BYTES: usize = 30 + HEADER_BYTES;

/// After the last frame.
const AFTERMATH_US: u64 = 2_000_000;

/// Part of a frame.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    frame: usize,
    nth: usize,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Ack {
    got: Vec<u64>,
    delay_us: u64,
}

struct World {
    case: Case,
    now: u64,
    there: Link<(u64, Chunk)>,
    back: Link<Ack>,
    free_at: u64,
    sizes: Vec<usize>,
    pushed: usize,
    // The sender.
    again: VecDeque<Chunk>,
    new: VecDeque<Chunk>,
    /// Packets that are neither acknowledged nor lost: number, when sent, what.
    flying: VecDeque<(u64, u64, Chunk)>,
    next_number: u64,
    largest_acked: Option<u64>,
    smoothed: u64,
    variation: u64,
    probes: u32,
    // The receiver.
    missing: Vec<BTreeSet<usize>>,
    got: VecDeque<u64>,
    largest: Option<u64>,
    unacked: usize,
    ack_at: Option<u64>,
    largest_at: u64,
    outcome: Outcome,
}

/// Runs a case.
#[must_use]
pub fn run(case: &Case) -> Outcome {
    let sizes = case.sizes();
    let chunks = |size: &usize| (0..size.div_ceil(DATAGRAM_BYTES)).collect();
    let mut world = World {
        case: *case,
        now: 0,
        there: case.link(1),
        back: case.link(2),
        free_at: 0,
        pushed: 0,
        again: VecDeque::new(),
        new: VecDeque::new(),
        flying: VecDeque::new(),
        next_number: 0,
        largest_acked: None,
        smoothed: 2 * case.way_us() + GRANULARITY_US,
        variation: GRANULARITY_US,
        probes: 0,
        missing: sizes.iter().map(chunks).collect(),
        got: VecDeque::new(),
        largest: None,
        unacked: 0,
        ack_at: None,
        largest_at: 0,
        outcome: Outcome::new(&sizes),
        sizes,
    };
    let end = case.seconds * 1_000_000 + AFTERMATH_US;
    while let Some(now) = world.next_at().filter(|now| *now < end) {
        world.now = now.max(world.now);
        world.step();
    }
    world.outcome
}

impl World {
    fn next_at(&self) -> Option<u64> {
        let captured = (self.pushed < self.sizes.len()).then_some(self.pushed as u64 * FRAME_US);
        let waits = !(self.again.is_empty() && self.new.is_empty());
        let leaves = waits.then_some(self.free_at);
        let times = [captured, leaves, self.there.next_at(), self.back.next_at(), self.ack_at, self.timer()];
        times.into_iter().flatten().min()
    }

    /// The loss timer when a gap is open, else the probe timeout.
    fn timer(&self) -> Option<u64> {
        let lost_at = self.largest_acked.and_then(|largest| {
            let older = self.flying.iter().find(|(number, ..)| *number < largest)?;
            Some(older.1 + self.smoothed * 9 / 8)
        });
        let probe = self.flying.back().map(|(_, sent, _)| {
            let pto = self.smoothed + (4 * self.variation).max(GRANULARITY_US) + ACK_DELAY_US;
            sent + pto * 2_u64.pow(self.probes.min(6))
        });
        lost_at.or(probe)
    }

    fn step(&mut self) {
        if self.pushed < self.sizes.len() && self.pushed as u64 * FRAME_US <= self.now {
            let (frame, size) = (self.pushed, self.sizes[self.pushed]);
            let chunk = |nth| Chunk { frame, nth, bytes: DATAGRAM_BYTES.min(size - nth * DATAGRAM_BYTES) };
            self.new.extend((0..size.div_ceil(DATAGRAM_BYTES)).map(chunk));
            self.pushed += 1;
        }
        while let Some(ack) = self.back.take(self.now) {
            self.acknowledged(&ack);
        }
        if self.timer().is_some_and(|at| at <= self.now) {
            self.expired();
        }
        if self.free_at <= self.now {
            self.send();
        }
        while let Some((number, chunk)) = self.there.take(self.now) {
            self.arrived(number, chunk);
        }
        if self.ack_at.is_some_and(|at| at <= self.now) {
            self.acknowledge();
        }
    }

    fn send(&mut self) {
        while let Some(chunk) = self.again.pop_front().or_else(|| self.new.pop_front()) {
            if stale(&chunk, self.now) {
                continue;
            }
            let wire = chunk.bytes + HEADER_BYTES;
            self.free_at = self.now + self.case.pause_us(wire, 0.0);
            self.outcome.there += wire;
            self.there.send(self.now, wire, (self.next_number, chunk));
            self.flying.push_back((self.next_number, self.now, chunk));
            self.next_number += 1;
            return;
        }
    }

    fn acknowledged(&mut self, ack: &Ack) {
        let Some(largest) = ack.got.iter().max() else { return };
        if let Some((_, sent, _)) = self.flying.iter().find(|(number, ..)| number == largest) {
            let latest = (self.now - sent).saturating_sub(ack.delay_us).max(GRANULARITY_US);
            self.variation = (3 * self.variation + self.smoothed.abs_diff(latest)) / 4;
            self.smoothed = (7 * self.smoothed + latest) / 8;
        }
        let before = self.flying.len();
        self.flying.retain(|(number, ..)| !ack.got.contains(number));
        if self.flying.len() < before {
            self.probes = 0;
        }
        self.largest_acked = self.largest_acked.max(Some(*largest));
        self.lose();
    }

    fn lose(&mut self) {
        let Some(largest) = self.largest_acked else { return };
        let patience = (self.smoothed * 9 / 8).max(GRANULARITY_US);
        let now = self.now;
        let lost = |(number, sent, _): &(u64, u64, Chunk)| {
            *number < largest && (number + PACKET_THRESHOLD <= largest || now >= sent + patience)
        };
        let (gone, kept) = self.flying.drain(..).partition(lost);
        self.flying = kept;
        let gone: VecDeque<_> = gone;
        self.again.extend(gone.into_iter().map(|(.., chunk)| chunk));
        self.again.make_contiguous().sort_by_key(|chunk| (chunk.frame, chunk.nth));
    }

    fn expired(&mut self) {
        let before = self.flying.len();
        self.lose();
        if self.flying.len() < before {
            return;
        }
        // A probe sends the oldest data that is not acknowledged, in up to two packets.
        self.probes += 1;
        let now = self.now;
        self.flying.retain(|(.., chunk)| !stale(chunk, now));
        self.again.extend(self.flying.iter().take(2).map(|(.., chunk)| *chunk));
    }

    fn arrived(&mut self, number: u64, chunk: Chunk) {
        let missing = &mut self.missing[chunk.frame];
        if missing.remove(&chunk.nth) && missing.is_empty() {
            self.outcome.whole(chunk.frame, self.now);
        }
        let in_order = self.largest.is_none_or(|largest| number == largest + 1);
        if self.largest.is_none_or(|largest| number > largest) {
            self.largest = Some(number);
            self.largest_at = self.now;
        }
        self.got.push_back(number);
        if self.got.len() > 256 {
            let _ = self.got.pop_front();
        }
        self.unacked += 1;
        // RFC 9000 §13.2.1 and 13.2.2: at once out of order, and every second packet.
        let soon = if in_order && self.unacked < 2 { self.now + ACK_DELAY_US } else { self.now };
        self.ack_at = Some(self.ack_at.map_or(soon, |at| at.min(soon)));
    }

    fn acknowledge(&mut self) {
        self.ack_at = None;
        self.unacked = 0;
        self.outcome.back += ACK_BYTES;
        let ack = Ack { got: self.got.iter().copied().collect(), delay_us: self.now - self.largest_at };
        self.back.send(self.now, ACK_BYTES, ack);
    }
}

/// Streams are reset at their deadline.
fn stale(chunk: &Chunk, now: u64) -> bool {
    now > chunk.frame as u64 * FRAME_US + IN_TIME_US
}
