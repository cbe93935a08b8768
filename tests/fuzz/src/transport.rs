//! Both ends of the picture transport, on a link that loses, repeats and reorders, and with a peer that makes things up.
//! The sending and the receiving task own them; all goes over the wire forms.
//! A frame comes out once and exactly or not at all; numbers, repeats and memory are bounded, whatever is reported.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ahoy_media::frame_sender::Turn;
use ahoy_media::picture_report::{MOST_REPORT_BYTES, REPORT_KIND};
use ahoy_media::pieces::{PIECE_KIND, Piece};
use ahoy_media::{Decoded, FrameReceiver, FrameSender, LocalTime, MediaTime, PictureReport};
use bytes::Bytes;

use crate::tape::Tape;

/// Largest datagram.
const LIMIT: usize = 600;

/// Frames that the sender keeps, each with this many repeats for a piece and some more.
const MOST_FRAMES: usize = 64;
const REPEATS: (usize, usize) = (2, 8);

/// Longest frame that gets parity, bytes.
const MOST_PROTECTED: usize = 10_000;

/// Datagrams that the link holds back at most.
const MOST_HELD: usize = 256;

/// Whether any frame came out.
pub fn check(data: &[u8]) -> bool {
    let mut tape = Tape(data);
    let mut story = Story {
        sender: FrameSender::new(LIMIT),
        receiver: FrameReceiver::new(),
        now: LocalTime(1_000_000),
        frames: BTreeMap::new(),
        forged: BTreeSet::new(),
        out: BTreeSet::new(),
        held: Vec::new(),
        next_number: 0,
        repeats_allowed: 0,
        most_waiting: 0,
    };
    while story.step(&mut tape).is_some() {}
    !story.out.is_empty()
}

struct Story {
    sender: FrameSender,
    receiver: FrameReceiver,
    now: LocalTime,
    /// What was sent.
    frames: BTreeMap<u32, Vec<u8>>,
    /// Frames to which the peer added pieces of its own.
    forged: BTreeSet<u32>,
    out: BTreeSet<u32>,
    held: Vec<Bytes>,
    next_number: u64,
    repeats_allowed: usize,
    most_waiting: usize,
}

impl Story {
    fn step(&mut self, tape: &mut Tape) -> Option<()> {
        match tape.roll(16)? {
            0 => self.now = self.now + Duration::from_millis(tape.byte()?.into()),
            1 => self.push(usize::from(tape.word()? >> tape.roll(8)?), tape.byte()?),
            2 => drop(self.send()),
            3 => {
                let datagram = self.send();
                self.held.extend(datagram.filter(|_| self.held.len() < MOST_HELD));
            }
            4 if !self.held.is_empty() => {
                let at = usize::from(tape.byte()?) % self.held.len();
                let datagram = self.held.swap_remove(at);
                self.arrive(&datagram);
            }
            5 => {
                if let Some(datagram) = self.send() {
                    self.arrive(&datagram);
                    self.arrive(&datagram);
                }
            }
            6 => self.made_up_piece(tape)?,
            7 => self.made_up_report(tape)?,
            8 => drop(self.report(tape.coin()?)),
            9 => self.receiver.set_patience(Duration::from_millis(u64::from(tape.byte()?) * 16)),
            10 | 11 => {
                let report = self.report(false);
                self.hear(&report);
            }
            _ => {
                for _ in 0..tape.roll(32)? {
                    self.now = self.now + Duration::from_millis(1);
                    if let Some(datagram) = self.send() {
                        self.arrive(&datagram);
                    }
                }
            }
        }
        Some(())
    }

    fn push(&mut self, length: usize, parity: u8) {
        let sequence = self.frames.len() as u32;
        let bytes: Vec<u8> = (0..length).map(|at| (at * 5 + at / 256) as u8 ^ sequence as u8).collect();
        let deadline = self.now + Duration::from_millis(400);
        // Much parity of a large frame would take all the time there is.
        let redundancy = if length < MOST_PROTECTED { f64::from(parity) / 64.0 } else { 0.0 };
        let pushed = self.sender.push(bytes.clone().into(), sequence, deadline, redundancy, self.now);
        assert_eq!(pushed.is_err(), length == 0, "within the caps");
        if pushed.is_ok() {
            let pieces = length.div_ceil(LIMIT - 12);
            self.repeats_allowed += pieces * REPEATS.0 + REPEATS.1;
            self.most_waiting = self.most_waiting.max(LIMIT * (pieces * 6 + 1));
            let _ = self.frames.insert(sequence, bytes);
        }
        assert!(self.sender.waiting() <= MOST_FRAMES * self.most_waiting);
    }

    fn send(&mut self) -> Option<Bytes> {
        let _ = self.sender.due();
        let outgoing = self.sender.next(self.now)?;
        assert_eq!(outgoing.number, self.next_number, "each number once");
        self.next_number += 1;
        assert!(outgoing.datagram.len() <= LIMIT);
        if outgoing.kind == Turn::Repeat {
            self.repeats_allowed = self.repeats_allowed.checked_sub(1).expect("repeats are bounded");
        }
        Some(outgoing.datagram)
    }

    fn arrive(&mut self, datagram: &Bytes) {
        let Ok(whole) = self.receiver.take(datagram, self.now, MediaTime(self.now.0)) else { return };
        assert!(self.receiver.due().is_some(), "there is something to report");
        let Some(bytes) = whole else { return };
        let sequence = Piece::from_datagram(datagram).expect("it was taken").sequence;
        assert!(self.out.insert(sequence), "handed out twice");
        if !self.forged.contains(&sequence) {
            assert!(self.frames[&sequence][..] == bytes[..], "not what was sent");
        }
    }

    fn report(&mut self, want_key: bool) -> Bytes {
        let mut decoded = Decoded::default();
        if let Some(newest) = self.out.last() {
            decoded.add(*newest);
        }
        let report = self.receiver.report(decoded, false, want_key, self.now, MediaTime(self.now.0)).to_datagram();
        assert!(report.len() <= MOST_REPORT_BYTES);
        report
    }

    fn hear(&mut self, report: &Bytes) {
        let Ok(report) = PictureReport::from_datagram(report) else { return };
        let arrivals = self.sender.heard(&report, Duration::from_millis(40), self.now);
        assert!(arrivals.len() <= report.arrivals.len());
        assert!(arrivals.iter().all(|arrival| arrival.number < self.next_number), "a number never sent");
        while self.sender.abandoned().is_some() {}
    }

    fn made_up_piece(&mut self, tape: &mut Tape) -> Option<()> {
        let sequence = u32::from(tape.byte()?) << (tape.roll(4)? * 8);
        let (length, index) = (u32::from(tape.word()?) << tape.roll(4)?, tape.word()? >> tape.roll(16)?);
        let number =
            (self.next_number as u16).wrapping_add_signed(i16::from(tape.byte()?.cast_signed()) << tape.roll(8)?);
        let bytes = vec![tape.byte()?; usize::from(tape.byte()?) * 4];
        let header = [&[PIECE_KIND][..], &number.to_be_bytes(), &sequence.to_be_bytes(), &length.to_be_bytes()[1..]];
        let _ = self.forged.insert(sequence);
        self.arrive(&[&header.concat()[..], &index.to_be_bytes(), &bytes].concat().into());
        Some(())
    }

    fn made_up_report(&mut self, tape: &mut Tape) -> Option<()> {
        let newest =
            (self.next_number as u16).wrapping_add_signed(i16::from(tape.byte()?.cast_signed()) << tape.roll(8)?);
        let sent_at = (self.now.0 as u32).wrapping_add(u32::from(tape.word()?) << tape.roll(16)?);
        let decoded = u32::from(tape.byte()?) << (tape.roll(4)? * 8);
        let older: Option<Vec<u8>> = (0..tape.roll(64)?).map(|_| tape.byte()).collect();
        let header = [&[REPORT_KIND, tape.roll(16)?][..], &decoded.to_be_bytes(), &[0; 4], &sent_at.to_be_bytes()];
        let report = [&header.concat()[..], &newest.to_be_bytes(), &tape.word()?.to_be_bytes(), &older?].concat();
        self.hear(&report.into());
        Some(())
    }
}
