//! The plan against receivers that answer late, rarely, wrongly or not at all.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use super::*;
use crate::assembler::Assembler;
use crate::units::MediaTime;
use crate::video::VideoFrame;

/// 24 pictures a second.
const SPACING: Duration = Duration::from_micros(41_667);
const VGA: Size = Size::VGA;

fn at(frame: u32) -> LocalTime {
    LocalTime(0) + SPACING * frame
}

/// Codes frame `sequence`.
fn step(plan: &mut ReferencePlan, sequence: u32) -> Coding {
    let coding = plan.next(VGA);
    let _ = plan.coded(sequence, VGA, coding, coding.key, at(sequence));
    coding
}

fn all_up_to(newest: u32) -> Decoded {
    Decoded { newest: Some(newest), before: u32::MAX }
}

#[test]
fn it_begins_with_a_key_frame_and_every_second_frame_may_vanish() {
    let mut plan = ReferencePlan::new();
    assert_eq!(step(&mut plan, 0), Coding::KEY);
    for sequence in 1..20 {
        let expected = if sequence % 2 == 1 { Coding::MAY_VANISH } else { Coding::CHAIN };
        assert_eq!(plan.next(VGA), expected, "asked for a picture that is skipped");
        assert_eq!(step(&mut plan, sequence), expected, "nothing is acknowledged: the key frame stays in both");
    }
}

#[test]
fn long_term_references_alternate_and_the_newest_acknowledged_one_stays() {
    for delay in [1, 6, 12, 24] {
        let mut plan = ReferencePlan::new();
        let mut held = [0; 3];
        let mut updated = Vec::new();
        for sequence in 0..400_u32 {
            if let Some(newest) = sequence.checked_sub(delay) {
                plan.acknowledged(all_up_to(newest));
                let acknowledged = held[1..].iter().filter(|&&long_term| long_term <= newest).max().copied();
                let coding = step(&mut plan, sequence);
                for slot in Slot::ALL.into_iter().filter(|&slot| coding.updates.has(slot)) {
                    let overwrites = held[slot as usize];
                    let twice = held[1] == held[2];
                    assert!(
                        matches!(slot, Slot::Last) || twice || Some(overwrites) != acknowledged,
                        "{delay}: {sequence}"
                    );
                    held[slot as usize] = sequence;
                }
                if coding.updates.golden || coding.updates.altref {
                    updated.push(coding.updates.golden);
                }
                if sequence > 4 * delay + 4 {
                    let age = sequence - acknowledged.unwrap();
                    assert!(age <= 2 * delay + 4, "a repair would build on a picture {age} frames old at {delay}");
                }
            } else {
                let _ = step(&mut plan, sequence);
            }
        }
        assert!(updated.len() > 12, "{delay}: {}", updated.len());
        assert!(updated.windows(2).all(|pair| pair[0] != pair[1]), "one after the other");
    }
}

#[test]
fn a_repair_builds_on_the_newest_acknowledged_picture_and_requests_of_one_round_trip_are_one() {
    let round_trip = SPACING * 6;
    let mut plan = ReferencePlan::new();
    for sequence in 0..20_u32 {
        if let Some(newest) = sequence.checked_sub(3) {
            plan.acknowledged(all_up_to(newest));
        }
        let _ = step(&mut plan, sequence);
    }
    plan.want_repair(round_trip, at(20));
    let repair = plan.next(VGA);
    assert!(!repair.key && repair.updates.last && repair.updates != Buffers::ALL);
    assert_eq!(plan.next(VGA), repair, "until it is coded");
    let references = plan.coded(20, VGA, repair, false, at(20));
    assert_eq!(references.distances(), [20 - 16], "the last chained frame that was acknowledged");
    for sequence in 21..26 {
        plan.want_repair(round_trip, at(sequence));
        let coding = step(&mut plan, sequence);
        assert_eq!(coding.uses, Buffers::LAST, "the repair is on its way");
    }
    plan.want_repair(round_trip, at(20) + round_trip + REPAIR_TIME);
    assert_ne!(step(&mut plan, 26).uses, Buffers::LAST, "it must be lost");
    plan.acknowledged(Decoded { newest: Some(26), before: 0 });
    plan.want_repair(round_trip, at(27));
    let coding = plan.next(VGA);
    assert_eq!(plan.coded(27, VGA, coding, false, at(27)).distances(), [1], "it came, and what followed did not");
}

#[test]
fn a_frame_given_up_is_repaired_only_if_others_build_on_it() {
    let mut plan = ReferencePlan::new();
    for sequence in 0..9 {
        let _ = step(&mut plan, sequence);
        if sequence < 4 {
            plan.acknowledged(all_up_to(sequence));
        }
    }
    for never_mind in [7, 5, 2, 1_000] {
        plan.lost(never_mind, at(9));
        assert_eq!(plan.next(VGA).uses, Buffers::LAST, "frame {never_mind}");
    }
    plan.lost(6, at(9));
    assert!(!step(&mut plan, 9).uses.last);
    plan.lost(8, at(9));
    assert_eq!(plan.next(VGA), Coding::MAY_VANISH, "the chain begins anew with frame 9");
}

#[test]
fn frames_never_sent_are_not_believed() {
    let mut plan = ReferencePlan::new();
    plan.acknowledged(all_up_to(0));
    for sequence in 0..10 {
        let _ = step(&mut plan, sequence);
        plan.acknowledged(all_up_to(sequence + 1));
        plan.acknowledged(all_up_to(u32::MAX));
    }
    plan.want_repair(Duration::ZERO, at(40));
    assert_eq!(plan.next(VGA), Coding::KEY, "nothing was acknowledged");
}

#[test]
fn a_decoder_that_lost_everything_gets_a_key_frame() {
    let mut plan = ReferencePlan::new();
    for sequence in 0..60 {
        let _ = step(&mut plan, sequence);
        plan.acknowledged(all_up_to(sequence));
    }
    plan.acknowledged(Decoded::default());
    plan.want_repair(Duration::ZERO, at(60));
    assert_eq!(step(&mut plan, 60), Coding::KEY);
    plan.want_repair(Duration::ZERO, at(61));
    assert_eq!(step(&mut plan, 61), Coding::MAY_VANISH);
}

#[test]
fn whoever_never_acknowledges_gets_a_chain_and_few_key_frames() {
    let mut plan = ReferencePlan::new();
    let mut keys = Vec::new();
    for sequence in 0..24 * 60 {
        plan.acknowledged(Decoded::default());
        plan.want_repair(Duration::MAX, at(sequence));
        if step(&mut plan, sequence).key {
            keys.push(sequence / 24);
        }
    }
    assert_eq!(keys, [0, 3, 7, 13, 23, 33, 43, 53], "seconds");
    let mut plan = ReferencePlan::new();
    for sequence in 0..24 * 60 {
        let coding = plan.next(VGA);
        assert_eq!(coding.key, sequence == 0);
        let references = plan.coded(sequence, VGA, coding, coding.key, at(sequence));
        assert!(references.distances().iter().all(|&distance| distance <= 2), "a chain");
    }
}

#[test]
fn a_picture_out_of_reach_is_no_reference() {
    for (from, to, can) in [
        (VGA, Size::new(320, 240), true),
        (VGA, Size::new(318, 240), false),
        (Size::new(320, 240), Size::new(1_280, 720), true),
        (Size::new(100, 100), Size::new(1_600, 1_600), true),
        (Size::new(100, 100), Size::new(1_602, 1_600), false),
    ] {
        assert_eq!(can_predict(from, to), can, "{from} to {to}");
    }
    let mut plan = ReferencePlan::new();
    for sequence in 0..10 {
        let _ = step(&mut plan, sequence);
        plan.acknowledged(all_up_to(sequence));
    }
    assert!(!plan.next(Size::new(320, 240)).key);
    assert_eq!(plan.next(Size::new(160, 120)), Coding::KEY);
}

/// A call over a link that loses frames and reports, without any repetition.
struct Link {
    seed: u64,
    /// Percent.
    loss: u64,
    /// Frame times one way.
    way: u32,
}

/// What came of it.
#[derive(Debug)]
struct Outcome {
    shown: u32,
    keys: u32,
    longest_gap: u32,
}

impl Link {
    fn loses(&mut self) -> bool {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % 100 < self.loss
    }

    fn run(mut self, frames: u32) -> Outcome {
        let (mut plan, mut assembler) = (ReferencePlan::new(), Assembler::new());
        let (mut held, mut held_there) = ([0; MAX_REFERENCES], [None; MAX_REFERENCES]);
        let (mut wire, mut reports) = (VecDeque::new(), VecDeque::new());
        let mut sent = BTreeMap::new();
        let mut outcome = Outcome { shown: 0, keys: 0, longest_gap: 0 };
        let mut last_shown = 0;
        for sequence in 0..frames {
            let now = at(sequence);
            if reports.len() > self.way as usize
                && let Some(Some((decoded, stuck))) = reports.pop_front()
            {
                plan.acknowledged(decoded);
                if stuck {
                    plan.want_repair(SPACING * 2 * self.way, now);
                }
            }
            let coding = plan.next(VGA);
            let references = plan.coded(sequence, VGA, coding, coding.key, now);
            let at = MediaTime(now.0);
            let data = Bytes::from_static(b"x");
            let frame = VideoFrame { sequence, at, key: coding.key, size: VGA, references, data };
            outcome.keys += u32::from(coding.key);
            let _ = sent.insert(sequence, (coding, held));
            for slot in Slot::ALL.into_iter().filter(|&slot| coding.updates.has(slot)) {
                held[slot as usize] = sequence;
            }
            wire.push_back((sequence == 0 || !self.loses()).then_some(frame));
            if wire.len() > self.way as usize
                && let Some(Some(frame)) = wire.pop_front()
            {
                assembler.push(frame, now);
            }
            while let Some(frame) = assembler.pop(now) {
                let (coding, held) = sent[&frame.sequence];
                for slot in Slot::ALL {
                    let known = !coding.uses.has(slot) || held_there[slot as usize] == Some(held[slot as usize]);
                    assert!(known, "frame {} builds on what is not there", frame.sequence);
                    if coding.updates.has(slot) {
                        held_there[slot as usize] = Some(frame.sequence);
                    }
                }
                outcome.shown += 1;
                outcome.longest_gap = outcome.longest_gap.max(sequence - last_shown);
                last_shown = sequence;
            }
            let report = (assembler.decoded(), assembler.is_stuck(SPACING, now));
            reports.push_back((!self.loses()).then_some(report));
        }
        outcome
    }
}

#[test]
fn losses_cost_no_key_frame_on_any_way() {
    for (loss, way, shown, gap) in
        [(0, 6, 990, 12), (5, 1, 800, 30), (20, 1, 400, 60), (20, 6, 200, 150), (30, 3, 150, 150)]
    {
        for seed in 1..30 {
            let outcome = Link { seed, loss, way }.run(1_000);
            assert_eq!(outcome.keys, 1, "{loss} %, way {way}, seed {seed}: {outcome:?}");
            assert!(
                outcome.shown >= shown && outcome.longest_gap <= gap,
                "{loss} %, way {way}, seed {seed}: {outcome:?}"
            );
        }
    }
}
