use proptest::prelude::*;

use super::*;

const WISHES: Wishes =
    Wishes { kbps: Kbps(32), least: Kbps(6), frame: None, low_delay: false, copies: None, fec: None, dred: None };

/// Wider than any plan.
const WIDE: u32 = 320;

/// Losses with runs of this mean length (0: losses that know nothing of each other).
fn losses(rate: f64, mean_run: f64) -> Losses {
    let memory = if mean_run > 0.0 { 1.0 - 1.0 / mean_run / (1.0 - rate) } else { 0.0 };
    let run_p95 = if rate == 0.0 { 0 } else { (1.0 + 3.0 * mean_run) as u32 };
    Losses { rate, memory, run_p95 }
}

/// A path of 20 ms one way to a peer that reads copies.
fn path(rate: f64, mean_run: f64, budget: u32) -> Conditions {
    let round_trip = Some(Duration::from_millis(40));
    Conditions { losses: losses(rate, mean_run), round_trip, budget: Kbps(budget), copies: true }
}

fn first(wishes: Wishes, conditions: &Conditions) -> Plan {
    Protection::new(wishes).plan(conditions, LocalTime(0))
}

fn spaced(plan: &Plan) -> Vec<u8> {
    plan.copies.spacings().to_vec()
}

/// From mouth to ear.
fn delay(plan: &Plan, conditions: &Conditions) -> Duration {
    Situation::new(&WISHES, conditions).delay(plan)
}

#[test]
fn a_good_path_gets_the_voice_as_wished_and_nothing_else() {
    let plan = first(WISHES, &path(0.0, 0.0, 62));
    let plain = Plan { frame: FrameLength::Ms20, kbps: Kbps(32), ..smallest(&WISHES) };
    assert_eq!(plan, plain);
    assert_eq!(first(WISHES, &path(0.002, 0.0, WIDE)), Plan { resend: true, ..plain });
}

#[test]
fn copies_by_how_much_is_lost() {
    for (rate, number) in [(0.01, 1), (0.05, 1), (0.1, 2), (0.15, 2), (0.2, 3), (0.23, 3), (0.3, 3), (0.4, 3), (0.7, 3)]
    {
        let conditions = path(rate, 0.0, WIDE);
        let plan = first(WISHES, &conditions);
        let nearest: Vec<u8> = (1..=number).collect();
        assert_eq!((spaced(&plan), plan.kbps, plan.frame), (nearest, Kbps(32), FrameLength::Ms20), "{rate}");
        assert!(!plan.fec && plan.dred.is_zero() && !plan.resend && plan.expected_loss == 0);
    }
}

#[test]
fn copies_are_spaced_by_the_length_of_the_runs_and_stay_within_the_delay() {
    let bursts = path(0.2, 2.9, WIDE);
    let plan = first(WISHES, &bursts);
    assert_eq!(spaced(&plan), [2, 4, 6]);
    // 180 ms over a way of 20 ms is promised.
    assert!(delay(&plan, &bursts) <= Duration::from_millis(185), "{:?}", delay(&plan, &bursts));
    assert!(Situation::new(&WISHES, &bursts).left(&plan) < 0.02);
    let short = spaced(&first(WISHES, &path(0.2, 1.5, WIDE)));
    assert!(short.len() == 3 && short[2] < 6, "{short:?}");
    let conditions = path(0.2, 0.0, WIDE);
    assert_eq!(delay(&first(WISHES, &conditions), &conditions), Duration::from_millis(25 + 20 + 20 + 60));
}

#[test]
fn the_ladder_by_what_the_link_carries() {
    let at = |budget| {
        let plan = first(WISHES, &path(0.0, 0.0, budget));
        (plan.frame.ms(), plan.kbps.0)
    };
    assert_eq!(at(61), (20, 32));
    assert_eq!((at(57), at(55)), ((20, 28), (40, 32)));
    let (frame, kbps) = at(45);
    assert!(frame >= 40 && kbps >= 24, "{frame} {kbps}");
    let (frame, kbps) = at(22);
    assert!(frame == 60 && (10..=12).contains(&kbps), "{frame} {kbps}");
    assert_eq!(at(16), (60, 6), "the smallest plan, whatever it costs");
    assert_eq!(at(0), (60, 6));
}

#[test]
fn a_narrow_link_is_repaired_in_band() {
    // Far away, so that sending again comes too late.
    let far = |rate, budget| Conditions { round_trip: Some(Duration::from_millis(150)), ..path(rate, 2.0, budget) };
    let wished = first(Wishes { fec: Some(true), ..WISHES }, &far(0.05, 40));
    assert!(wished.fec && wished.kbps < FEC_FROM && wished.expected_loss > 5, "else the encoder adds none: {wished:?}");
    let narrower = first(WISHES, &Conditions { copies: false, ..far(0.4, 36) });
    assert!(!narrower.fec && narrower.copies == Copies::NONE, "{narrower:?}");
    assert!(narrower.kbps >= DRED_FROM && narrower.dred >= Duration::from_millis(100), "{narrower:?}");
    assert!(first(WISHES, &path(0.003, 0.0, 62)).resend, "near enough");
    assert!(!first(WISHES, &path(0.003, 0.0, 61)).resend, "no room");
}

#[test]
fn a_peer_that_reads_no_copies_gets_none() {
    for rate in [0.01, 0.1, 0.3] {
        let plan = first(WISHES, &Conditions { copies: false, ..path(rate, 0.0, WIDE) });
        assert!(plan.copies == Copies::NONE && !plan.resend, "{plan:?}");
        assert!(rate < 0.1 || plan.fec, "{plan:?}");
    }
}

#[test]
fn frames_of_10_ms_where_wished_and_good_only() {
    let hurried = Wishes { low_delay: true, ..WISHES };
    let frame = |rate, budget| first(hurried, &path(rate, 0.0, budget)).frame;
    assert_eq!(frame(0.0, 90), FrameLength::Ms10);
    assert_eq!(frame(0.0, 62), FrameLength::Ms20);
    assert_eq!(frame(0.02, WIDE), FrameLength::Ms20);
    let mut protection = Protection::new(hurried);
    let mut at = |rate, second: u64| protection.plan(&path(rate, 0.0, WIDE), LocalTime(second * 1_000_000)).frame;
    assert_eq!(at(0.0, 0), FrameLength::Ms10);
    assert_eq!(at(0.02, 1), FrameLength::Ms20, "worse at once");
    assert_eq!(at(0.0, 2), FrameLength::Ms20);
    assert_eq!(at(0.0, 6), FrameLength::Ms20);
    assert_eq!(at(0.0, 7), FrameLength::Ms10, "better after a while");
}

#[test]
fn wishes_are_followed_where_they_can_be() {
    let conditions = path(0.2, 0.0, WIDE);
    let fixed =
        Wishes { frame: Some(FrameLength::Ms60), fec: Some(true), dred: Some(Duration::from_millis(500)), ..WISHES };
    let plan = first(Wishes { copies: Some(0), ..fixed }, &conditions);
    assert_eq!((plan.frame, plan.fec, plan.dred), (FrameLength::Ms60, true, Duration::from_millis(500)));
    assert_eq!((plan.copies, plan.expected_loss), (Copies::NONE, 20));
    let never = Wishes { copies: Some(0), fec: Some(false), dred: Some(Duration::ZERO), ..WISHES };
    let plan = first(never, &Conditions { round_trip: None, ..conditions });
    assert_eq!(plan, Plan { frame: FrameLength::Ms20, kbps: Kbps(32), ..smallest(&never) });
    let copies =
        |number, budget| first(Wishes { copies: Some(number), ..WISHES }, &path(0.0, 0.0, budget)).copies.number();
    assert_eq!((copies(3, WIDE), copies(1, WIDE), copies(200, WIDE)), (3, 1, 3));
    assert!(copies(3, 20) < 3, "no room");
    let mut protection = Protection::new(WISHES);
    assert_eq!(protection.plan(&conditions, LocalTime(0)).copies.number(), 3);
    protection.set(Wishes { copies: Some(1), ..WISHES });
    assert_eq!(protection.plan(&conditions, LocalTime(1)).copies.number(), 1, "at once");
}

#[test]
fn worse_at_once_better_after_five_seconds() {
    let mut protection = Protection::new(WISHES);
    let mut number = |rate, ms: u64| protection.plan(&path(rate, 0.0, WIDE), LocalTime(ms * 1_000)).copies.number();
    assert_eq!(number(0.0, 0), 0);
    assert_eq!(number(0.3, 100), 3);
    assert_eq!(number(0.0, 200), 3);
    assert_eq!(number(0.3, 3_000), 3, "bad again");
    assert_eq!(number(0.0, 4_000), 3);
    assert_eq!(number(0.0, 8_900), 3);
    assert_eq!(number(0.0, 9_000), 0);
}

#[test]
fn the_estimates_own_noise_changes_nothing() {
    for (rate, mean_run) in [(0.1, 0.0), (0.2, 0.0), (0.2, 2.9)] {
        let mut protection = Protection::new(WISHES);
        let steady = protection.plan(&path(rate, mean_run, WIDE), LocalTime(0)).copies;
        for n in 1..100_u64 {
            let noise = 0.01 * ((n * 7) % 5) as f64 - 0.02;
            let plan = protection.plan(&path(rate + noise, mean_run, WIDE), LocalTime(n * 100_000));
            assert_eq!(plan.copies, steady, "{rate} {noise}");
        }
    }
}

#[test]
fn a_budget_that_falls_is_kept_at_once_and_one_that_grows_is_used_in_the_same_frames_first() {
    let mut protection = Protection::new(WISHES);
    let mut at = |budget, ms: u64| {
        let plan = protection.plan(&path(0.0, 0.0, budget), LocalTime(ms * 1_000));
        (plan.frame.ms(), plan.kbps.0)
    };
    assert_eq!(at(62, 0), (20, 32));
    let (narrow, _) = at(40, 100);
    assert!(narrow > 20);
    assert_eq!(at(60, 200), (narrow, 32), "not all of it yet");
    assert_eq!(at(60, 5_100), (narrow, 32));
    assert_eq!(at(62, 5_150), (20, 32), "what it had before, at once");
    let mut protection = Protection::new(WISHES);
    let mut at = |budget, ms: u64| {
        let plan = protection.plan(&path(0.0, 0.0, budget), LocalTime(ms * 1_000));
        (plan.frame.ms(), plan.kbps.0)
    };
    assert_eq!(at(40, 0).0, narrow);
    assert_eq!(at(62, 200), (narrow, 32), "it never had more");
    assert_eq!(at(62, 5_300), (20, 32));
}

#[test]
fn what_a_silence_took_comes_back_with_the_budget() {
    let mut protection = Protection::new(WISHES);
    let mut at = |budget, ms: u64| protection.plan(&path(0.2, 0.0, budget), LocalTime(ms * 1_000));
    let before = at(150, 0);
    let floor = at(16, 1_000);
    assert_eq!((before.copies.number(), floor), (2, smallest(&WISHES)));
    assert_eq!(at(150, 1_100), before);
}

#[test]
fn no_plan_says_less_than_the_encoder_sends() {
    let variable = Wishes { least: Kbps(16), ..WISHES };
    let plan = first(variable, &path(0.0, 0.0, 16));
    assert_eq!((plan, plan.kbps), (smallest(&variable), Kbps(16)));
    assert!(plan.wire() > Kbps(16), "and it tells what that costs");
    assert_eq!(first(Wishes { kbps: Kbps(6), ..variable }, &path(0.0, 0.0, WIDE)).kbps, Kbps(16));
}

#[test]
fn frames_of_10_ms_are_repaired_by_copies_only_and_speak_at_32() {
    let all = Wishes { low_delay: true, fec: Some(true), dred: Some(Duration::from_millis(200)), ..WISHES };
    let plan = first(all, &path(0.005, 0.0, WIDE));
    assert_eq!((plan.frame, plan.fec, plan.dred, plan.expected_loss), (FrameLength::Ms10, false, Duration::ZERO, 0));
    let low = Wishes { kbps: Kbps(24), low_delay: true, ..WISHES };
    assert_eq!(first(low, &path(0.0, 0.0, WIDE)).frame, FrameLength::Ms20);
    let fixed = Wishes { frame: Some(FrameLength::Ms10), ..low };
    let plan = first(fixed, &path(0.2, 0.0, WIDE));
    assert_eq!((plan.frame, plan.kbps, plan.fec, plan.dred), (FrameLength::Ms10, Kbps(24), false, Duration::ZERO));
    assert!(plan.copies.number() >= 2, "{plan:?}");
}

#[test]
fn what_stays_lost_is_little_where_the_link_is_wide() {
    // Loss, mean run, most that stays lost, longest wait for a copy in ms.
    let cases = [
        (0.05, 0.0, 0.003, 20),
        (0.1, 0.0, 0.002, 40),
        (0.2, 0.0, 0.002, 60),
        (0.3, 0.0, 0.009, 60),
        (0.2, 1.5, 0.01, 100),
        (0.2, 2.0, 0.012, 120),
        (0.2, 2.9, 0.02, 120),
        (0.2, 3.3, 0.027, 120),
    ];
    for (rate, mean_run, most, reach) in cases {
        let conditions = path(rate, mean_run, 165);
        let plan = first(WISHES, &conditions);
        let left = Situation::new(&WISHES, &conditions).left(&plan);
        assert!(left < most && u32::from(plan.copies.reach()) * 20 <= reach, "{rate} {mean_run}: {left} {plan:?}");
        assert_eq!(plan.kbps, WISHES.kbps);
    }
}

#[test]
fn what_is_wanted_is_the_plan_without_a_budget() {
    let mut protection = Protection::new(WISHES);
    let _ = protection.plan(&path(0.2, 0.0, 62), LocalTime(0));
    assert_eq!(protection.wanted(), first(WISHES, &path(0.2, 0.0, WIDE)).wire());
}

fn any_conditions() -> impl Strategy<Value = Conditions> {
    let losses = (-0.5..1.5_f64, -0.5..1.5_f64, any::<u32>()).prop_map(|(rate, memory, run_p95)| Losses {
        rate,
        memory,
        run_p95,
    });
    let odd = prop_oneof![20 => losses, 1 => Just(Losses { rate: f64::NAN, memory: f64::INFINITY, run_p95: 0 })];
    let budget = prop_oneof![0..200_u32, any::<u32>()];
    (odd, any::<Option<u32>>(), budget, any::<bool>()).prop_map(|(losses, round_trip, budget, copies)| {
        let round_trip = round_trip.map(|us| Duration::from_micros(u64::from(us)));
        Conditions { losses, round_trip, budget: Kbps(budget), copies }
    })
}

fn any_wishes() -> impl Strategy<Value = Wishes> {
    let frame = prop::option::of(prop::sample::select(FrameLength::ALL.to_vec()));
    let dred = prop::option::of((0..2_000_u64).prop_map(Duration::from_millis));
    let rest = (any::<bool>(), prop::option::of(0..5_u8), any::<Option<bool>>(), dred);
    (6..=64_u32, 0..20_u32, frame, rest).prop_map(|(kbps, least, frame, (low_delay, copies, fec, dred))| Wishes {
        kbps: Kbps(kbps),
        least: Kbps(least),
        frame,
        low_delay,
        copies,
        fec,
        dred,
    })
}

proptest! {
    // Each with a series of situations: 10^5 plans.
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_plan_costs_more_than_the_budget_while_the_smallest_fits(
        wishes in any_wishes(),
        story in prop::collection::vec((any_conditions(), 0..3_000_u64), 0..100),
    ) {
        let mut protection = Protection::new(wishes);
        let mut now = 0;
        for (conditions, ms) in story {
            now += ms;
            let plan = protection.plan(&conditions, LocalTime(now * 1_000));
            prop_assert!(plan.wire() <= conditions.budget || plan == smallest(&wishes), "{:?} {:?}", plan, conditions);
            let least = wishes.least.0.max(LEAST_KBPS);
            prop_assert!((least..=wishes.kbps.0.max(least)).contains(&plan.kbps.0));
            let fixed = wishes.frame == Some(FrameLength::Ms10);
            let bare = !plan.fec && plan.dred.is_zero() && (fixed || plan.kbps >= LOW_DELAY_SPEAKS);
            prop_assert!(plan.frame != FrameLength::Ms10 || bare, "{:?}", plan);
            prop_assert!(!plan.fec || wishes.fec == Some(true) || plan.kbps >= FEC_FROM, "{:?}", plan);
            prop_assert!(plan.copies == Copies::NONE || conditions.copies);
            prop_assert!(plan.dred <= DRED_MOST && plan.expected_loss <= 40);
            prop_assert!((plan.expected_loss == 0) == (!plan.fec && plan.dred.is_zero()));
            prop_assert!(wishes.frame.is_none_or(|frame| plan.frame == frame));
            prop_assert!(plan.frame.span() * u32::from(plan.copies.reach()) <= LONGEST_REACH);
        }
    }

    #[test]
    fn more_loss_never_gets_fewer_copies_where_there_is_room(less in 0.0..1.0_f64, more in 0.0..1.0_f64) {
        let (less, more) = if less < more { (less, more) } else { (more, less) };
        let number = |rate| first(WISHES, &path(rate, 0.0, WIDE)).copies.number();
        prop_assert!(number(less) <= number(more));
    }

    #[test]
    fn more_loss_never_leaves_the_voice_without_repair(
        budget in 20..200_u32,
        less in 0.0..0.5_f64,
        more in 0.0..0.5_f64,
    ) {
        let (less, more) = if less < more { (less, more) } else { (more, less) };
        let at = |rate| first(WISHES, &path(rate, 0.0, budget));
        let repairs = |plan: &Plan| plan.copies != Copies::NONE || plan.fec || !plan.dred.is_zero();
        let (weak, strong) = (at(less), at(more));
        prop_assert!(repairs(&strong) || !repairs(&weak), "{:?} {:?}", weak, strong);
    }
}
