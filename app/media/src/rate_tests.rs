use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits { least: Kbps(16), most: Kbps(2_000) };

fn at(ms: u64) -> LocalTime {
    LocalTime(5_000_000) + Duration::from_millis(ms)
}

/// A second of pieces of 1,000 bytes every 10 ms over a way of 20 ms, reported every 50 ms; `loses` says which are lost.
fn flow(control: &mut RateControl, from: u64, loses: impl Fn(u64) -> bool) {
    for number in from..from + 100 {
        control.sent(number, 1_000, at(number * 10));
        if number % 5 == 4 {
            let told = |number: u64| Arrival {
                number,
                at: (!loses(number)).then(|| MediaTime(9_000_000_000 + (number * 10 + 20) * 1_000)),
            };
            // Every report tells what two before it told, too.
            let report: Vec<Arrival> = (number.saturating_sub(14)..=number).map(told).collect();
            control.heard(&report, at(number * 10 + 40));
        }
    }
}

#[test]
fn losses_are_counted_once_and_their_runs_are_measured() {
    let mut control = RateControl::new(LIMITS, at(0));
    for second in 0..20 {
        flow(&mut control, second * 100, |number| number % 20 < 2);
    }
    assert!((control.loss() - 0.1).abs() < 0.03, "{}", control.loss());
    assert!((control.mean_run() - 2.0).abs() < 0.2, "{}", control.mean_run());
    assert_eq!(control.queue(), Duration::ZERO);
    let round_trip = control.round_trip().unwrap_or_default().as_millis();
    assert!((35..=60).contains(&round_trip), "{round_trip}");
}

#[test]
fn without_losses_a_run_is_one() {
    let mut control = RateControl::new(LIMITS, at(0));
    assert_eq!((control.loss(), control.mean_run()), (0.0, 1.0));
    flow(&mut control, 0, |_| false);
    assert_eq!((control.loss(), control.mean_run()), (0.0, 1.0));
}

#[test]
fn a_call_begins_with_what_sound_and_first_frame_say() {
    let begun = |queue: u64| {
        let mut control = RateControl::new(LIMITS, at(0));
        for ms in (0..400).step_by(100) {
            control.heard_queue(Duration::from_millis(queue), at(ms));
        }
        control
    };
    assert_eq!(begun(0).target(at(400)), Kbps(300));
    assert!(begun(120).target(at(400)) <= Kbps(85), "{:?}", begun(120).target(at(400)));
    // A frame of three pieces that leaves in 30 ms, over 50 kbit/s and over a wide way.
    let after = |apart: u64| {
        let mut control = begun(0);
        (0..3).for_each(|number| control.sent(number, 1_000, at(400 + number * 15)));
        let arrived = |number: u64| MediaTime(9_000_000_000 + (440 + number * apart) * 1_000);
        let told: Vec<Arrival> = (0..3).map(|number| Arrival { number, at: Some(arrived(number)) }).collect();
        control.heard(&told, at(500 + 3 * apart));
        control.target(at(500 + 3 * apart)).0
    };
    assert!((40..=60).contains(&after(160)), "{}", after(160));
    assert!(after(15) >= 300, "{}", after(15));
}

#[test]
fn a_queue_is_gone_after_a_pause_that_learns_nothing_of_it() {
    let mut control = RateControl::new(LIMITS, at(0));
    flow(&mut control, 0, |_| false);
    for number in 100..140 {
        control.sent(number, 1_000, at(number * 10));
        let arrived = MediaTime(9_000_000_000 + (number * 10 + 320) * 1_000);
        control.heard(&[Arrival { number, at: Some(arrived) }], at(number * 10 + 340));
    }
    let queue = control.queue();
    assert!(queue > Duration::from_millis(200), "{queue:?}");
    assert_eq!(control.queue_left(at(1_400)), queue);
    assert!(control.queue_left(at(1_600)) < queue - Duration::from_millis(100));
    assert_eq!((control.queue_left(at(2_000)), control.queue()), (Duration::ZERO, queue));
}

#[test]
fn the_target_does_not_run_away_from_what_is_sent() {
    let mut control = RateControl::new(LIMITS, at(0));
    for second in 0..30 {
        flow(&mut control, second * 100, |_| false);
    }
    // 800 kbit/s are sent and arrive.
    let target = control.target(at(30_000)).0;
    assert!((800..=1_250).contains(&target), "{target}");
}

#[test]
fn pictures_leave_more_quickly_than_the_target_and_never_in_the_way_of_sound() {
    let mut control = RateControl::new(Limits { least: Kbps(16), most: Kbps(40) }, at(0));
    for n in 0..50 {
        control.sent_sound(150, at(n * 20));
    }
    assert_eq!(control.target(at(1_000)), Kbps(40));
    let pace = control.pace(at(1_000)).0;
    assert!((110..=125).contains(&pace), "twice the 60 kbit/s of sound: {pace}");
}

#[test]
fn what_the_sound_says_counts_while_no_pictures_flow() {
    let mut control = RateControl::new(LIMITS, at(0));
    let first = control.target(at(0));
    for tenth in 0..50 {
        control.heard_queue(Duration::from_millis(400), at(tenth * 100));
    }
    let low = control.target(at(5_000));
    assert!(low.0 < first.0 / 2, "{low}");
    for tenth in 50..600 {
        control.sent_sound(750, at(tenth * 100));
        control.heard_queue(Duration::ZERO, at(tenth * 100));
    }
    let tried = control.target(at(60_000));
    assert!((85..=100).contains(&tried.0), "half as much again as the 60 to 66 kbit/s of sound: {tried}");
}

#[test]
fn limits_that_are_none_are_no_panic() {
    let mut control = RateControl::new(Limits { least: Kbps(500), most: Kbps(0) }, at(0));
    assert_eq!(control.target(at(0)), Kbps(500));
    control.set_limits(Limits { least: Kbps(0), most: Kbps(0) });
    flow(&mut control, 0, |_| false);
    assert_eq!(control.target(at(1_000)), Kbps(1));
}

proptest! {
    /// Whatever a peer reports, the target stays within its limits and nothing panics.
    #[test]
    fn any_report_leaves_the_target_within_its_limits(
        reports in prop::collection::vec(prop::collection::vec((0_u64..300, any::<Option<u64>>()), 0..40), 0..60)
    ) {
        let mut control = RateControl::new(LIMITS, at(0));
        for (n, report) in (0_u64..).zip(reports) {
            for piece in 0..5 {
                control.sent(n * 5 + piece, 1_200, at(n * 30 + piece));
            }
            let report: Vec<Arrival> = report.into_iter().map(|(number, at)| Arrival { number, at: at.map(MediaTime) }).collect();
            control.heard(&report, at(n * 30 + 20));
            let target = control.target(at(n * 30 + 25));
            prop_assert!(LIMITS.least <= target && target <= LIMITS.most);
            prop_assert!((0.0..=1.0).contains(&control.loss()) && control.mean_run() >= 1.0);
        }
    }
}
