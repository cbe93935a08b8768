//! A TCP flow with Cubic: a long one, or files with pauses between them.
//! The cases of RFC 8867 5.6 and 5.7 set it beside calls.
//! Every segment is acknowledged by itself; one is lost when three newer ones were acknowledged, or after a timeout.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use ahoy_media::LocalTime;

use super::cubic::{Cubic, SEGMENT};
use super::packet::{Flow, Outbox, Packet, Payload, View};
use crate::chance::Chance;

/// Newer segments acknowledged that make an older one lost (RFC 9002 §6.1.1).
const REORDERED: u64 = 3;
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(300);
const ACK_BYTES: usize = 52;

/// What is sent.
#[derive(Clone, Debug)]
pub enum Load {
    /// Without end.
    Endless,
    /// Files of so many bytes, with pauses of a mean length between them.
    Files {
        /// Bytes of a file.
        bytes: Range<u64>,
        /// The mean pause, exponentially distributed.
        pause: Duration,
    },
}

/// A flow.
#[derive(Debug)]
pub struct Tcp {
    load: Load,
    chance: Chance,
    cubic: Cubic,
    next: u64,
    under_way: VecDeque<(u64, LocalTime)>,
    round_trip: Duration,
    heard: LocalTime,
    /// Segments left of the file, and when the next one begins.
    left: u64,
    begins: Option<LocalTime>,
}

impl Tcp {
    /// A flow that begins at `begins`.
    #[must_use]
    pub fn new(load: Load, seed: u64, begins: LocalTime) -> Self {
        Self {
            load,
            chance: Chance::new(seed),
            cubic: Cubic::default(),
            next: 0,
            under_way: VecDeque::new(),
            round_trip: Duration::from_millis(200),
            heard: begins,
            left: 0,
            begins: Some(begins),
        }
    }

    fn timeout(&self) -> Duration {
        (self.round_trip * 2).max(SHORTEST_TIMEOUT)
    }

    fn begin(&mut self) {
        self.left = match &self.load {
            Load::Endless => u64::MAX,
            Load::Files { bytes, .. } => self.chance.within(bytes.clone()).div_ceil(SEGMENT as u64),
        };
        self.begins = None;
    }

    fn fill(&mut self, now: LocalTime, out: &mut Outbox) {
        while self.left > 0 && (self.under_way.len() as f64 + 1.0) * SEGMENT <= self.cubic.window() {
            if self.under_way.is_empty() {
                self.heard = now;
            }
            self.under_way.push_back((self.next, now));
            out.push(Packet { bytes: SEGMENT as usize, payload: Payload::Segment { number: self.next } });
            self.next += 1;
            self.left -= 1;
        }
    }

    /// The file is all there: after a pause comes the next one.
    fn rest(&mut self, now: LocalTime) {
        if let Load::Files { pause, .. } = &self.load
            && self.left == 0
            && self.under_way.is_empty()
            && self.begins.is_none()
        {
            let pause = pause.mul_f64(-(1.0 - self.chance.unit()).ln());
            self.begins = Some(now + pause);
        }
    }
}

impl Flow for Tcp {
    fn sender_due(&self) -> Option<LocalTime> {
        let timeout = (!self.under_way.is_empty()).then(|| self.heard + self.timeout());
        [self.begins, timeout].into_iter().flatten().min()
    }

    fn receiver_due(&self) -> Option<LocalTime> {
        None
    }

    fn wake_sender(&mut self, now: LocalTime, out: &mut Outbox) {
        if self.begins.is_some_and(|at| at <= now) {
            self.begin();
        }
        if !self.under_way.is_empty() && self.heard + self.timeout() <= now {
            self.left = self.left.saturating_add(self.under_way.len() as u64);
            self.under_way.clear();
            self.cubic.timed_out(now);
            self.heard = now;
        }
        self.fill(now, out);
    }

    fn wake_receiver(&mut self, _: LocalTime, _: &mut Outbox) {}

    fn at_receiver(&mut self, packet: Packet, _: LocalTime, out: &mut Outbox) {
        if let Payload::Segment { number } = packet.payload {
            out.push(Packet { bytes: ACK_BYTES, payload: Payload::Acknowledged { number } });
        }
    }

    fn at_sender(&mut self, packet: Packet, now: LocalTime, out: &mut Outbox) {
        let Payload::Acknowledged { number } = packet.payload else { return };
        if let Ok(at) = self.under_way.binary_search_by_key(&number, |(number, _)| *number) {
            let full = (self.under_way.len() as f64 + 1.0) * SEGMENT > self.cubic.window();
            let (_, sent) = self.under_way.remove(at).expect("it was found there");
            self.heard = now;
            self.round_trip = (self.round_trip * 7 + now.saturating_since(sent)) / 8;
            if full {
                self.cubic.acknowledged(SEGMENT as usize, self.round_trip, now);
            }
        }
        while let Some((oldest, sent)) = self.under_way.front().copied()
            && oldest + REORDERED <= number
        {
            let _ = self.under_way.pop_front();
            self.left = self.left.saturating_add(1);
            self.cubic.lost(sent, now);
        }
        self.fill(now, out);
        self.rest(now);
    }

    fn view(&self, _: LocalTime) -> View {
        View { target: 8.0 * self.cubic.window() / (self.round_trip.as_secs_f64() * 1_000.0), ..View::default() }
    }
}
