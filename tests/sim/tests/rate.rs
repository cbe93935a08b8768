//! What must hold of the rate control on every link, over fixed seeds: a part of what the bench measures.
//! Run by `./x test`; virtual time, so nothing here depends on the machine.
//! Bounds are those of the issue where it names one, and looser than what the bench finds.

use std::time::Duration;

use ahoy_media::{Arrival, Kbps, Limits, LocalTime, MediaTime, RateControl, Silence};
use ahoy_sim::rate::cases::{self, Case};
use ahoy_sim::rate::control::Which;
use ahoy_sim::rate::link::Luck;
use ahoy_sim::rate::measures::{Measures, measure};
use ahoy_sim::rate::run::{SAMPLE, run};

const SEEDS: [u64; 3] = [11, 12, 13];

/// The figures of a case for every seed; also checks that no target ever left its limits.
fn figures(case: &Case) -> Vec<Measures> {
    let one = |seed: &u64| {
        let outcome = run(case.scene(Which::Ours, *seed));
        for flow in outcome.flows.iter().filter(|flow| flow.name.starts_with("call")) {
            let inside = |target: f64| (16.0..=f64::from(case.most)).contains(&target);
            assert!(flow.views.iter().all(|view| inside(view.target)), "{}: a target beyond its limits", case.name);
        }
        measure(case, &outcome)
    };
    SEEDS.iter().map(one).collect()
}

#[test]
fn capacity_in_steps_is_followed_with_a_short_queue() {
    for figures in figures(&cases::steps(50.0)) {
        assert!(figures.used >= 0.85, "used {figures:?}");
        assert!(figures.queue_p95 <= 60.0, "queue {figures:?}");
        assert!(figures.frame_p95 <= 170.0, "frames {figures:?}");
        assert!(figures.drained.iter().all(|ms| *ms <= 1_500.0), "drained {figures:?}");
        assert!(figures.risen.iter().all(|seconds| *seconds <= 6.0), "risen {figures:?}");
    }
}

#[test]
fn after_a_dip_the_old_rate_is_back_within_six_seconds() {
    for figures in figures(&cases::dip(500.0)) {
        assert!(figures.risen_90.iter().all(|seconds| *seconds <= 6.0), "{figures:?}");
    }
}

#[test]
fn a_call_on_a_wide_way_soon_has_two_megabits() {
    let case = cases::lossy(Luck::Clean, "clean");
    for seed in SEEDS {
        let views = &run(case.scene(Which::Ours, seed)).flows[0].views;
        let first = views.iter().position(|view| view.target >= 2_000.0).expect("it gets there");
        let seconds = first as f64 * SAMPLE.as_secs_f64();
        assert!(seconds <= 2.0, "2 Mbit/s after {seconds} s");
    }
}

#[test]
fn random_losses_and_bursts_do_not_lower_the_rate() {
    let clean = figures(&cases::lossy(Luck::Clean, "clean"));
    for (luck, share) in
        [(Luck::Random(0.2), 0.2), (Luck::Random(0.3), 0.3), (Luck::Runs { share: 0.2, mean: 2.9 }, 0.2)]
    {
        for (lossy, clean) in figures(&cases::lossy(luck, "lossy")).iter().zip(&clean) {
            let kept = lossy.kbps / (1.0 - share) / clean.kbps;
            assert!(kept >= 0.8, "{kept:.2} of the clean rate: {lossy:?}");
        }
    }
}

#[test]
fn beside_a_picture_on_a_narrow_way_the_voice_takes_no_full_queue_for_losses() {
    for figures in figures(&cases::narrow(100.0)) {
        assert!(figures.fps >= 8.0, "frames {figures:?}");
        assert!(figures.voice <= 75.0, "a voice as on a good way takes 61 kbit/s: {figures:?}");
        assert!(figures.queue_p95 <= 130.0, "queue {figures:?}");
    }
    for figures in figures(&cases::narrow(50.0)) {
        assert!(figures.voice <= 60.0 && figures.queue_p95 <= 130.0, "{figures:?}");
    }
}

#[test]
fn on_a_full_link_that_loses_the_voice_is_repaired() {
    for figures in figures(&cases::lossy_and_narrow(0.2)) {
        assert!(figures.voice >= 90.0, "a copy takes 33 kbit/s beside the plain 61: {figures:?}");
        assert!(figures.fps >= 15.0, "{figures:?}");
    }
}

#[test]
fn calls_share_a_link_evenly() {
    for figures in figures(&cases::three()) {
        assert!(figures.jain >= 0.9, "{figures:?}");
        assert!(figures.used >= 0.85, "{figures:?}");
    }
}

#[test]
fn a_long_tcp_neither_starves_a_call_nor_is_starved() {
    let shares: Vec<f64> = figures(&cases::long_tcp(300)).iter().filter_map(|figures| figures.against_tcp).collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!((0.15..=0.6).contains(&mean), "{shares:?}");
}

#[test]
fn a_bloated_queue_stays_short_and_the_link_is_used() {
    for figures in figures(&cases::bloat()) {
        assert!(figures.used >= 0.86 && figures.queue_p95 <= 50.0, "{figures:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let rates =
        || run(cases::three().scene(Which::Ours, 5)).flows.iter().map(|flow| flow.bytes.clone()).collect::<Vec<_>>();
    assert_eq!(rates(), rates());
}

#[test]
fn silence_halves_stops_pictures_and_lowers_the_sound_and_is_over_with_the_next_report() {
    let at = |ms: u64| LocalTime(1_000_000) + Duration::from_millis(ms);
    let arrival = |number: u64, ms: u64| Arrival { number, at: Some(MediaTime(77_000_000 + ms * 1_000)) };
    let mut control = RateControl::new(Limits { least: Kbps(16), most: Kbps(2_000) }, at(0));
    assert_eq!(control.silence(at(60_000)), Silence::Heard, "nothing is under way");
    for number in 0..50 {
        control.sent(number, 1_000, at(number * 20));
        control.heard(&[arrival(number, number * 20 + 20)], at(number * 20 + 40));
    }
    let before = control.target(at(1_040));
    control.sent(50, 1_000, at(1_040));
    let due = 1_080;
    assert_eq!(control.silence(at(due + 240)), Silence::Heard);
    assert_eq!(control.target(at(due + 240)), before);
    assert_eq!(control.silence(at(due + 260)), Silence::Halved);
    assert!(control.target(at(due + 260)).0 <= before.0 / 2);
    assert_eq!(control.silence(at(due + 510)), Silence::NoPictures);
    assert_eq!(control.silence(at(due + 1_010)), Silence::LowestSound);
    control.heard(&[arrival(50, 1_060)], at(due + 1_020));
    assert_eq!(control.silence(at(due + 1_020)), Silence::Heard);
    assert!(control.target(at(due + 1_020)).0 >= before.0 / 2);
}
