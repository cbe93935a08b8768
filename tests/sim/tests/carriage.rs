//! What the transport of pictures promises, over seeded links in virtual time.

use std::time::Duration;

use ahoy_media::redundancy::redundancy_for;
use ahoy_sim::carriage::link::Luck;
use ahoy_sim::carriage::{Case, Outcome, datagrams, streams};

const SECONDS: u64 = 60;
const SEEDS: [u64; 3] = [11, 12, 13];

fn case(round_trip_ms: u64, loss: f64, run: Option<f64>, seed: u64) -> Case {
    Case { round_trip_ms, jitter_ms: 0, luck: Luck { loss, run }, seconds: SECONDS, seed }
}

/// With the parity that is chosen for the link.
fn protected(case: &Case) -> Outcome {
    let round_trip = Duration::from_millis(case.round_trip_ms);
    let run = case.luck.run.unwrap_or(1.0);
    datagrams::run(case, redundancy_for(case.luck.loss, run, Some(round_trip), 9))
}

#[test]
fn at_a_fifth_lost_the_picture_goes_on() {
    for seed in SEEDS {
        let case = case(40, 0.2, None, seed);
        let outcome = protected(&case);
        let (lost, late) = (outcome.lost(&case), outcome.delay(0.95, &case));
        assert!(lost < 0.5 && late <= 150.0, "seed {seed}: {lost:.2} % lost, p95 {late:.0} ms");
    }
}

#[test]
fn on_a_long_way_parity_does_what_repairs_cannot() {
    for seed in SEEDS {
        let case = case(500, 0.1, None, seed);
        let (alone, with) = (datagrams::run(&case, 0.0).lost(&case), protected(&case).lost(&case));
        assert!(alone > 40.0 && with < 1.0, "seed {seed}: {alone:.1} % lost without, {with:.1} % with");
    }
}

#[test]
fn a_good_way_costs_headers_only() {
    for seed in SEEDS {
        let case = case(40, 0.0, None, seed);
        let (outcome, stream) = (protected(&case), streams::run(&case));
        assert_eq!((outcome.lost(&case), stream.lost(&case)), (0.0, 0.0));
        let (overhead, least) = (outcome.overhead(), stream.overhead());
        assert!(overhead < least + 1.5, "seed {seed}: {overhead:.2} % beside {least:.2} %");
        // Reports take a twentieth of what arrives.
        assert!(outcome.back * 20 < outcome.there, "seed {seed}: {} of {}", outcome.back, outcome.there);
    }
}

#[test]
fn repairs_alone_outlive_runs_of_losses_on_a_short_way() {
    for seed in SEEDS {
        let case = case(1, 0.2, Some(2.9), seed);
        let lost = datagrams::run(&case, 0.0).lost(&case);
        assert!(lost < 0.5, "seed {seed}: {lost:.2} %");
    }
}

#[test]
fn jitter_that_changes_the_order_is_learnt_and_not_repaired() {
    for seed in SEEDS {
        let case = Case { jitter_ms: 30, ..case(100, 0.0, None, seed) };
        let outcome = datagrams::run(&case, 0.0);
        let overhead = outcome.overhead();
        assert!(outcome.lost(&case) == 0.0 && overhead < 15.0, "seed {seed}: {overhead:.1} %");
    }
}

#[test]
fn the_same_seed_gives_the_same_outcome() {
    let case = case(100, 0.2, Some(2.9), 1);
    assert_eq!(datagrams::run(&case, 0.25), datagrams::run(&case, 0.25));
    assert_eq!(streams::run(&case), streams::run(&case));
}
