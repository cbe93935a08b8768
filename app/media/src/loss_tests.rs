use proptest::prelude::*;

use super::*;
use crate::units::Tenths;

/// A receiver's side of the story, and the pattern that hears of it.
#[derive(Default)]
struct Path {
    pattern: LossPattern,
    sequence: u32,
    newest: Option<u32>,
    heard: u64,
    queue_ms: u64,
}

impl Path {
    fn from(sequence: u32) -> Self {
        Self { sequence, ..Self::default() }
    }

    fn frame(&mut self, ticks: u32, arrives: bool) {
        self.pattern.sent(self.sequence, ticks);
        if arrives {
            let newest = self.sequence.wrapping_add(ticks - 1);
            let step = self.newest.map_or(64, |old| newest.wrapping_sub(old));
            self.heard = self.heard.checked_shl(step).unwrap_or(0) | ((1 << ticks) - 1);
            self.newest = Some(newest);
        }
        self.sequence = self.sequence.wrapping_add(ticks);
    }

    fn feedback(&self) -> Feedback {
        let newest_audio = self.newest.unwrap_or(0);
        let queue = Tenths::from_span(Duration::from_millis(self.queue_ms));
        Feedback { hears: self.newest.is_some(), newest_audio, heard: self.heard, queue, ..Feedback::default() }
    }

    fn report(&mut self) {
        let feedback = self.feedback();
        self.pattern.observe(&feedback);
    }

    fn lost(&self) -> usize {
        self.pattern.decided.iter().filter(|frame| frame.fate == Fate::Lost).count()
    }
}

/// Numbers that look drawn by chance, 0 to 1 (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Frames of 20 ms through Gilbert's chain, a feedback after every fifth, of which every fourth is lost too.
fn through(path: &mut Path, dice: &mut Dice, frames: u32, loss: f64, recovery: f64) {
    let begins = loss * recovery / (1.0 - loss);
    let mut bad = false;
    for n in 0..frames {
        bad = dice.roll() < if bad { 1.0 - recovery } else { begins };
        path.frame(2, !bad);
        if n % 5 == 4 && n % 20 != 19 {
            path.report();
        }
    }
}

/// The share of losses found on a way whose queue grows to `most_ms` for two seconds and is empty for two, by turns, and that
/// loses so much of the frames while it is empty and while it is not.
fn beside_a_queue(most_ms: u64, least_ms: u64, empty: f64, full: f64) -> f64 {
    let (mut path, mut dice) = (Path::default(), Dice(5));
    path.pattern.set_beside(Some(Duration::ZERO));
    for second in 0..20 {
        let stands = second % 4 < 2;
        path.queue_ms = if stands { most_ms } else { least_ms };
        through(&mut path, &mut dice, 50, if stands { full } else { empty }, 1.0);
    }
    path.pattern.losses().rate
}

#[test]
fn what_a_full_queue_drops_is_no_loss_of_the_way() {
    assert!(beside_a_queue(100, 10, 0.0, 0.15) < 0.01);
    // A queue that is too short to drop anything is none.
    assert!(beside_a_queue(25, 0, 0.0, 0.15) > 0.04);
}

#[test]
fn what_a_full_link_loses_by_itself_is() {
    let found = beside_a_queue(100, 10, 0.2, 0.25);
    assert!((0.15..0.25).contains(&found), "{found}");
}

#[test]
fn beside_a_queue_that_never_ends_every_loss_counts() {
    let found = beside_a_queue(300, 290, 0.1, 0.1);
    assert!((0.05..0.2).contains(&found), "{found}");
}

#[test]
fn every_lost_frame_counts_once_whatever_is_reported_how_often() {
    let mut path = Path::from(u32::MAX - 200);
    for n in 0..200 {
        path.frame(2, n % 10 != 3);
        path.report();
        path.report();
    }
    assert_eq!(path.lost(), 20);
    let losses = path.pattern.losses();
    assert!((losses.rate - 0.1).abs() < 0.01 && losses.memory == 0.0 && losses.run_p95 == 1, "{losses:?}");
}

#[test]
fn a_frame_that_comes_late_is_not_lost_and_one_that_is_missing_is_told_once() {
    let mut path = Path::from(0);
    path.frame(2, true);
    path.frame(2, false);
    path.frame(2, true);
    path.report();
    assert_eq!(path.pattern.missing(), [0; 0], "it may still come");
    path.frame(2, true);
    path.report();
    assert_eq!(path.pattern.missing(), [2]);
    path.heard |= 0b11 << (7 - 3);
    path.frame(2, true);
    path.frame(2, true);
    path.report();
    assert_eq!((path.lost(), path.pattern.missing()), (0, vec![]));
    assert_eq!(path.pattern.sent.len(), 0, "everything is decided");
}

#[test]
fn long_frames_may_be_overtaken_too() {
    let mut path = Path::from(0);
    path.frame(4, true);
    path.frame(4, false);
    path.frame(4, true);
    path.report();
    assert_eq!(path.pattern.missing(), [4], "its end is 40 ms old");
    assert_eq!(path.lost(), 0, "but not 60");
    path.heard |= 0b1111 << 4;
    path.frame(4, true);
    path.report();
    assert_eq!((path.lost(), path.pattern.sent.len()), (0, 0));
}

#[test]
fn what_no_feedback_covers_is_neither_lost_nor_heard() {
    let mut path = Path::from(0);
    for n in 0..100 {
        path.frame(2, n % 2 == 0 || n >= 50);
    }
    path.report();
    // 64 ticks are covered: the last 32 frames, all of them heard.
    let unknown = path.pattern.decided.iter().filter(|frame| frame.fate == Fate::Unknown).count();
    assert_eq!((unknown, path.lost()), (68, 0));
    assert_eq!(path.pattern.losses(), Losses::default());
}

#[test]
fn losses_show_within_a_second_and_are_forgotten_after_five() {
    let (mut path, mut dice) = (Path::from(7), Dice(1));
    through(&mut path, &mut dice, 1_000, 0.0, 1.0);
    assert_eq!(path.pattern.losses(), Losses::default());
    through(&mut path, &mut dice, 50, 0.3, 0.7);
    let soon = path.pattern.losses().rate;
    assert!((0.1..0.35).contains(&soon), "{soon}");
    through(&mut path, &mut dice, 260, 0.0, 1.0);
    assert_eq!(path.pattern.losses(), Losses::default());
}

#[test]
fn the_chain_is_found_whether_losses_come_alone_or_in_runs() {
    for (loss, recovery) in [(0.1, 0.9), (0.2, 0.8), (0.3, 0.7), (0.2, 0.5), (0.2, 0.345), (0.3, 0.3)] {
        let mut off = [0.0; 2];
        for seed in 0..40 {
            let (mut path, mut dice) = (Path::from(99), Dice(seed));
            through(&mut path, &mut dice, 300, loss, recovery);
            let found = path.pattern.losses();
            let memory = 1.0 - recovery - loss * recovery / (1.0 - loss);
            off[0] += (found.rate - loss) / 40.0;
            off[1] += (found.memory - memory) / 40.0;
        }
        // The memory is a lower bound.
        assert!(off[0].abs() < 0.03 && (-0.2..0.02).contains(&off[1]), "{loss} {recovery} {off:?}");
    }
}

#[test]
fn the_longest_runs_are_told_by_their_95th_percentile() {
    let mut path = Path::from(0);
    for run in (0..40).map(|n| if n == 7 { 9 } else { 1 + n % 2 }) {
        path.frame(2, true);
        path.frame(2, true);
        (0..run).for_each(|_| path.frame(2, false));
        path.frame(2, true);
        path.report();
    }
    assert_eq!(path.pattern.losses().run_p95, 2);
}

#[test]
fn the_probability_of_losing_all_copies_follows_the_chain() {
    let alone = Losses { rate: 0.2, memory: 0.0, run_p95: 2 };
    assert!((alone.all_lost(&[1, 2]) - 0.008).abs() < 1e-12);
    assert!((alone.mean_run() - 1.25).abs() < 1e-12);
    // Mean run 2.9 at 20 %.
    let runs = Losses { rate: 0.2, memory: 1.0 - 0.345 / 0.8, run_p95: 8 };
    let (p, r) = runs.gilbert();
    assert!((r - 0.345).abs() < 1e-9 && (p / (p + r) - 0.2).abs() < 1e-9);
    assert!((runs.mean_run() - 2.9).abs() < 0.01);
    assert!((runs.all_lost(&[1, 2]) - 0.2 * 0.655 * 0.655).abs() < 1e-9, "twice in a row after the first");
    assert!(runs.all_lost(&[3, 6]) < runs.all_lost(&[2, 5]) && runs.all_lost(&[2, 5]) < runs.all_lost(&[1, 2]));
}

#[test]
fn feedback_about_frames_never_sent_is_ignored() {
    let mut path = Path::from(0);
    (0..10).for_each(|_| path.frame(2, true));
    path.pattern.observe(&Feedback { hears: true, newest_audio: 20, heard: 0, ..Feedback::default() });
    path.pattern.observe(&Feedback { hears: false, newest_audio: 19, heard: 0, ..Feedback::default() });
    assert_eq!((path.pattern.sent.len(), path.pattern.missing().len()), (10, 0));
}

proptest! {
    #[test]
    fn any_feedback_leaves_it_bounded_and_in_range(
        steps in prop::collection::vec((any::<u32>(), any::<u64>(), 0..9_u32, -80..20_i32), 0..300),
    ) {
        let mut pattern = LossPattern::new();
        let mut sequence = 0_u32;
        for (jump, heard, ticks, near) in steps {
            sequence = if jump % 50 == 0 { jump } else { sequence.wrapping_add(ticks) };
            pattern.sent(sequence, ticks);
            let newest_audio = sequence.wrapping_add_signed(near);
            pattern.observe(&Feedback { hears: true, newest_audio, heard, ..Feedback::default() });
            let losses = pattern.losses();
            prop_assert!((0.0..=1.0).contains(&losses.rate) && (0.0..=MOST_MEMORY).contains(&losses.memory));
            prop_assert!((0.0..=1.0).contains(&losses.all_lost(&[1, 3, 9])));
            prop_assert!(pattern.sent.len() <= MOST_SENT && pattern.missing.len() <= 64);
            prop_assert!(pattern.decided.iter().map(|frame| frame.ticks).sum::<u32>() <= QUEUE_TICKS);
        }
    }
}
