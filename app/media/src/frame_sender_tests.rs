use std::collections::BTreeSet;

use super::*;
use crate::decoded::Decoded;
use crate::units::{MediaTime, Stamp};

const MS: Duration = Duration::from_millis(1);
const START: LocalTime = LocalTime(5_000_000);
const ROUND_TRIP: Duration = Duration::from_millis(40);

/// Room for 988 bytes a piece.
const DATAGRAM: usize = 1_000;

/// A sender and what left it.
struct Scene {
    sender: FrameSender,
    now: LocalTime,
    /// How long frames may be sent.
    life: Duration,
    /// When each number left, what it held and why.
    left: Vec<(LocalTime, Piece, Turn)>,
}

impl Scene {
    /// One frame of so many pieces, a millisecond apart.
    fn new(pieces: usize, redundancy: f64) -> Self {
        Self::lasting(400 * MS, pieces, redundancy)
    }

    fn lasting(life: Duration, pieces: usize, redundancy: f64) -> Self {
        let mut scene = Self { sender: FrameSender::new(DATAGRAM), now: START, life, left: Vec::new() };
        scene.push(0, pieces, redundancy);
        let _ = scene.drain();
        scene
    }

    fn push(&mut self, sequence: u32, pieces: usize, redundancy: f64) {
        let frame: Vec<u8> = (0..pieces * 988).map(|at| (at / 7) as u8).collect();
        self.sender.push(frame.into(), sequence, self.now + self.life, redundancy, self.now).unwrap();
    }

    /// Sends all there is to send.
    fn drain(&mut self) -> Vec<Turn> {
        let before = self.left.len();
        while let Some(outgoing) = self.sender.next(self.now) {
            assert_eq!(outgoing.number, self.left.len() as u64, "every number once");
            let piece = Piece::from_datagram(&outgoing.datagram).unwrap();
            assert_eq!(piece.number, outgoing.number as u16);
            self.left.push((self.now, piece, outgoing.kind));
            self.now = self.now + MS;
        }
        self.left[before..].iter().map(|(.., turn)| *turn).collect()
    }

    /// The index of the piece that a number held.
    fn index(&self, number: usize) -> u16 {
        self.left[number].1.index
    }

    /// A report of a receiver 20 ms away that got all up to `newest` but `lost`, made `after` the newest arrived.
    fn report(&self, newest: usize, lost: &[usize], after: Duration) -> PictureReport {
        let came = |number: usize| Stamp((self.left[number].0.0 + 1_000_000) as u32 & !0xFF);
        let arrivals = (0..=newest).rev().map(|number| (!lost.contains(&number)).then(|| came(number)));
        let sent_at = Stamp(came(newest).0 + after.as_micros() as u32);
        PictureReport { sent_at, newest: newest as u16, arrivals: arrivals.collect(), ..PictureReport::default() }
    }

    /// Such a report arrives; it takes the round trip.
    fn hear(&mut self, newest: usize, lost: &[usize], after: Duration) -> Vec<Arrival> {
        self.now = self.now.max(self.left[newest].0 + ROUND_TRIP + after);
        self.sender.heard(&self.report(newest, lost, after), ROUND_TRIP, self.now)
    }
}

#[test]
fn without_redundancy_a_frame_costs_its_pieces_and_with_it_the_share_rounded_up() {
    let mut scene = Scene::new(10, 0.0);
    assert_eq!(scene.left.len(), 10);
    assert!(scene.left.iter().all(|(_, piece, turn)| *turn == Turn::First && piece.bytes.len() == 988));
    scene.push(1, 10, 0.21);
    assert_eq!(scene.sender.waiting(), 13 * DATAGRAM);
    assert!(scene.sender.waits());
    assert_eq!(scene.drain()[10..], [Turn::Parity; 3]);
    assert_eq!((scene.sender.waiting(), scene.sender.waits()), (0, false));
    scene.push(2, 49, 3.0 / 49.0);
    assert_eq!(scene.drain().len(), 52, "not one more for a division");
}

#[test]
fn impossible_frames_are_refused() {
    let mut sender = FrameSender::new(DATAGRAM);
    let cap = crate::video::MAX_VIDEO_FRAME_BYTES;
    for length in [0, cap + 1] {
        assert!(sender.push(vec![0; length].into(), 0, START + 400 * MS, 0.0, START).is_err());
    }
    assert!(sender.push(vec![0; cap].into(), 0, START + 400 * MS, f64::NAN, START).is_ok());
    assert!(sender.push(vec![0; cap].into(), 1, START + 400 * MS, f64::INFINITY, START).is_ok());
    assert!(sender.next(START).is_some());
}

#[test]
fn what_later_arrivals_prove_lost_is_repeated_once_under_a_fresh_number() {
    let mut scene = Scene::new(10, 0.0);
    let arrivals = scene.hear(5, &[2], Duration::ZERO);
    assert_eq!(arrivals.len(), 6);
    assert_eq!(arrivals[3], Arrival { number: 2, at: None });
    assert_eq!(arrivals[0].at.map(MediaTime::stamp), scene.report(5, &[], Duration::ZERO).arrivals[0]);
    assert_eq!(scene.drain(), [Turn::Repeat]);
    assert_eq!((scene.index(10), scene.left[10].1.bytes.clone()), (2, scene.left[2].1.bytes.clone()));
    // The same again, and more of the same.
    let _ = scene.hear(5, &[2], Duration::ZERO);
    let _ = scene.hear(9, &[2], Duration::ZERO);
    assert_eq!(scene.drain(), []);
    // The repeat is lost too.
    scene.push(1, 5, 0.0);
    let _ = scene.drain();
    let _ = scene.hear(14, &[2, 10], Duration::ZERO);
    assert_eq!((scene.drain().first(), scene.index(16)), (Some(&Turn::Repeat), 2));
}

#[test]
fn two_later_arrivals_prove_nothing_until_some_time_has_passed() {
    let mut scene = Scene::new(10, 0.0);
    let _ = scene.hear(4, &[2], Duration::ZERO);
    assert_eq!(scene.drain(), []);
    let _ = scene.hear(4, &[2], 4 * MS);
    assert_eq!(scene.drain(), [Turn::Repeat]);
}

#[test]
fn a_way_that_changes_the_order_is_given_time() {
    let mut scene = Scene::new(10, 0.0);
    for sequence in 1..40 {
        scene.push(sequence, 10, 0.0);
        let _ = scene.drain();
    }
    // Every fifth one comes 12 ms after its time, so that eleven others overtake it.
    let shuffled = |newest: usize, lost: usize| {
        let mut report = scene.report(newest, &[lost], Duration::ZERO);
        for (back, arrival) in report.arrivals.iter_mut().enumerate() {
            let number = newest - back;
            if number.is_multiple_of(5) {
                let came = arrival.map(|at| Stamp(at.0.wrapping_add(12 * 1_024)));
                *arrival = came.filter(|came| came.0 <= report.sent_at.0);
            }
        }
        report
    };
    let reports = [shuffled(150, 141), shuffled(300, 290), shuffled(301, 290)];
    let late = shuffled(331, 290);
    scene.now = scene.left[331].0 + ROUND_TRIP;
    let _ = scene.sender.heard(&reports[0], ROUND_TRIP, scene.now);
    let _ = scene.drain();
    let before = scene.sender.counts().lost;
    for report in &reports[1..] {
        let _ = scene.sender.heard(report, ROUND_TRIP, scene.now);
    }
    assert_eq!(scene.sender.counts().lost, before, "ten later ones are usual here");
    let _ = scene.sender.heard(&late, ROUND_TRIP, scene.now);
    assert!(scene.sender.counts().lost > before);
}

#[test]
fn nothing_is_repeated_that_parity_makes_up_for() {
    let mut scene = Scene::new(10, 0.3);
    let _ = scene.hear(12, &[1, 4, 7], Duration::ZERO);
    assert_eq!(scene.drain(), []);
    assert!(scene.sender.due().is_none(), "the frame is complete there");
    let mut scene = Scene::new(10, 0.3);
    let _ = scene.hear(9, &[1, 4, 7], Duration::ZERO);
    assert_eq!(scene.drain(), [], "the parity is still under way");
    let _ = scene.hear(12, &[1, 4, 7, 10], 20 * MS);
    assert_eq!((scene.drain(), scene.index(13)), (vec![Turn::Repeat], 1), "one is too few, not four");
}

#[test]
fn under_high_loss_one_more_is_repeated() {
    let mut scene = Scene::new(60, 0.0);
    let lost: Vec<usize> = (0..60).filter(|number| number % 3 == 0 && *number < 50).collect();
    let _ = scene.hear(59, &lost, Duration::ZERO);
    assert!(scene.sender.flight.loss() > HIGH_LOSS);
    assert_eq!(scene.drain().len(), lost.len() + 1);
}

#[test]
fn a_lost_end_shows_by_the_clock_of_a_report() {
    let mut scene = Scene::new(10, 0.0);
    let _ = scene.hear(7, &[], 5 * MS);
    assert_eq!(scene.drain(), []);
    let _ = scene.hear(7, &[], 30 * MS);
    assert_eq!(scene.drain(), [Turn::Repeat; 2]);
    assert_eq!([scene.index(10), scene.index(11)], [8, 9]);
}

#[test]
fn a_lost_end_without_any_report_is_probed_for_with_growing_pauses() {
    let mut scene = Scene::lasting(3_000 * MS, 4, 0.0);
    assert_eq!(scene.sender.due(), None, "nobody ever reported");
    let _ = scene.hear(1, &[], Duration::ZERO);
    let mut pauses = Vec::new();
    for number in 4.. {
        let Some(due) = scene.sender.due() else { break };
        scene.now = due;
        assert_eq!(scene.sender.next(due - MS), None);
        if scene.drain().is_empty() {
            break;
        }
        assert_eq!((scene.index(number), scene.left[number].2), (3, Turn::Repeat));
        pauses.push(due.saturating_since(scene.left[number - 1].0));
    }
    assert!(pauses.len() >= 2 && pauses.windows(2).all(|pair| pair[1] >= pair[0] * 2), "{pauses:?}");
    assert!((50 * MS..300 * MS).contains(&pauses[0]), "{pauses:?}");
}

#[test]
fn nothing_leaves_after_the_deadline_and_what_could_not_is_told_once() {
    let mut scene = Scene::new(10, 0.0);
    scene.push(1, 3, 0.0);
    let _ = scene.sender.next(scene.now);
    scene.now = scene.now + 401 * MS;
    assert_eq!(scene.sender.next(scene.now), None);
    assert_eq!((scene.sender.abandoned(), scene.sender.abandoned()), (Some(1), None));
    // All of frame 0 had left, but a piece was lost.
    let report = scene.report(9, &[3], Duration::ZERO);
    let _ = scene.sender.heard(&report, ROUND_TRIP, scene.now);
    assert_eq!((scene.drain(), scene.sender.abandoned()), (vec![], Some(0)));
    assert_eq!(scene.sender.counts().abandoned, 2);
}

#[test]
fn frames_before_a_decoded_one_are_let_go() {
    let mut scene = Scene::new(10, 0.0);
    scene.push(1, 3, 0.0);
    let _ = scene.drain();
    let mut report = scene.report(12, &[4], Duration::ZERO);
    report.decoded = Decoded { newest: Some(1), before: 0 };
    scene.now = scene.now + ROUND_TRIP;
    let _ = scene.sender.heard(&report, ROUND_TRIP, scene.now);
    assert_eq!((scene.drain(), scene.sender.abandoned()), (vec![], None));
}

#[test]
fn a_peer_that_lies_gets_a_bounded_number_of_repeats() {
    let mut scene = Scene::new(10, 0.0);
    let far = PictureReport { newest: 40_000, arrivals: vec![Some(Stamp(0)); 300], ..PictureReport::default() };
    assert_eq!(scene.sender.heard(&far, ROUND_TRIP, scene.now), []);
    let decoded = PictureReport { decoded: Decoded { newest: Some(u32::MAX), before: 0 }, ..PictureReport::default() };
    assert_eq!(scene.sender.heard(&decoded, ROUND_TRIP, scene.now), []);
    assert_eq!(scene.sender.frames.len(), 1, "no such frame was sent");
    // It claims to have nothing but the newest, every 10 ms, for as long as the frame lives.
    let mut indices = BTreeSet::new();
    for _ in 0..60 {
        scene.now = scene.now + 10 * MS;
        let newest = scene.left.len() - 1;
        let lost: Vec<usize> = (0..newest).collect();
        let report = scene.report(newest, &lost, 100 * MS);
        let _ = scene.sender.heard(&report, ROUND_TRIP, scene.now);
        indices.extend(scene.drain().iter().map(|turn| *turn == Turn::Repeat));
    }
    assert_eq!(indices, BTreeSet::from([true]));
    assert!(scene.left.len() <= 10 + 2 * 10 + 8, "{}", scene.left.len());
}

#[test]
fn memory_is_bounded_when_nobody_reports() {
    let mut sender = FrameSender::new(DATAGRAM);
    for sequence in 0..2_000 {
        sender.push(vec![1; 20_000].into(), sequence, START + Duration::from_secs(1_000), 0.0, START).unwrap();
        let _ = sender.next(START);
    }
    assert_eq!((sender.frames.len(), sender.abandoned.len()), (MOST_FRAMES, MOST_FRAMES));
    assert_eq!(sender.counts().abandoned, 2_000 - MOST_FRAMES as u64);
}
