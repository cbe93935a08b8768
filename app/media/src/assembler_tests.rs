//! The assembler with frames in every order, and without some.

use bytes::Bytes;

use super::*;
use crate::units::{MediaTime, Size};
use crate::video::References;

const START: LocalTime = LocalTime(1_000_000);
const PATIENCE: Duration = Duration::from_millis(60);

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
    assert!(!assembler.is_stuck(PATIENCE, START + 2 * PATIENCE));
    assert_eq!(assembler.counts(), AssemblerCounts { handed_out: 4, ..AssemblerCounts::default() });
}

#[test]
fn a_missing_frame_is_given_its_time_and_then_a_repair_is_wanted_until_it_comes() {
    let mut assembler = Assembler::new();
    assembler.push(frame(0, &[]), START);
    assert_eq!(drain(&mut assembler), [0]);
    assembler.push(chained(2), START);
    assert!(!assembler.is_stuck(PATIENCE, START + PATIENCE / 2), "it may be on its way");
    assert!(assembler.is_stuck(PATIENCE, START + PATIENCE));
    assembler.push(chained(3), START + PATIENCE);
    assert!(assembler.is_stuck(PATIENCE, START + 2 * PATIENCE), "until it is solved");
    assembler.push(frame(4, &[4]), START + 2 * PATIENCE);
    assert_eq!(drain(&mut assembler), [4], "a repair builds on what is there");
    assert!(!assembler.is_stuck(PATIENCE, START + 10 * PATIENCE));
    assembler.push(chained(1), START);
    assert_eq!(drain(&mut assembler), [0; 0], "never older after newer");
    let counts = AssemblerCounts { handed_out: 2, dropped: 3, late: 1, repair_requests: 1 };
    assert_eq!(assembler.counts(), counts);
    assert_eq!(assembler.decoded(), Decoded { newest: Some(4), before: 0b1000 });
}

#[test]
fn a_repeated_frame_in_time_ends_the_wait() {
    let mut assembler = Assembler::new();
    for frame in [frame(0, &[]), frame(3, &[1]), frame(4, &[2])] {
        assembler.push(frame, START);
    }
    assert_eq!(drain(&mut assembler), [0]);
    assert!(!assembler.is_stuck(PATIENCE, START + PATIENCE / 2));
    assembler.push(frame(2, &[2]), START + PATIENCE / 2);
    assert_eq!(drain(&mut assembler), [2, 3, 4]);
    assert!(!assembler.is_stuck(PATIENCE, START + 2 * PATIENCE));
    assert_eq!(assembler.counts().repair_requests, 0);
}

#[test]
fn what_builds_on_a_frame_passed_over_is_hopeless_at_once() {
    let mut assembler = Assembler::new();
    for frame in [frame(0, &[]), frame(2, &[2]), frame(3, &[2])] {
        assembler.push(frame, START);
    }
    assert_eq!(drain(&mut assembler), [0, 2], "nobody waits for frame 1 but frame 3");
    assert!(assembler.is_stuck(PATIENCE, START));
}

#[test]
fn a_frame_on_which_nothing_builds_is_never_waited_for() {
    let mut assembler = Assembler::new();
    for frame in [frame(0, &[]), frame(2, &[2]), frame(4, &[2]), frame(3, &[1])] {
        assembler.push(frame, START);
        assert!(!assembler.is_stuck(Duration::ZERO, START));
    }
    assert_eq!(drain(&mut assembler), [0, 2, 3, 4]);
    assembler.push(frame(6, &[2]), START);
    assert_eq!(drain(&mut assembler), [6]);
    assembler.push(frame(5, &[1]), START);
    assert_eq!(drain(&mut assembler), [0; 0]);
    assert_eq!(assembler.counts(), AssemblerCounts { handed_out: 5, dropped: 2, late: 1, repair_requests: 0 });
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
    assert_eq!(assembler.decoded(), Decoded::default());
    assert!(assembler.is_stuck(PATIENCE, START));
    assembler.push(chained(1), START);
    assert_eq!(drain(&mut assembler), [0; 0]);
    assembler.push(frame(2, &[]), START);
    assembler.push(chained(3), START);
    assert_eq!(drain(&mut assembler), [2, 3]);
    assert!(!assembler.is_stuck(PATIENCE, START + 2 * PATIENCE));
    assert_eq!(assembler.decoded(), Decoded { newest: Some(3), before: 1 });
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
    for sequence in 2_000..2_050 {
        let data = Bytes::from(vec![0; 400_000]);
        assembler.push(VideoFrame { data, ..chained(sequence) }, START);
        assert!(assembler.held_bytes <= HELD_BYTES);
    }
    assert_eq!(assembler.held_bytes, assembler.held.values().map(|frame| frame.data.len()).sum::<usize>());
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
                key_next |= assembler.is_stuck(PATIENCE, now);
            }
        }
        let counts = assembler.finish();
        let sent = newest_pushed.map_or(0, |newest| u64::from(newest) + 1);
        assert_eq!(counts.handed_out + counts.dropped, sent, "seed {seed}");
        assert!(counts.handed_out > 30, "seed {seed}: {counts:?}");
    }
}
