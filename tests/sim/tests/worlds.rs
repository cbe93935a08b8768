//! The simulator at work: every order of events, thousands of seeds, glare; and proof that it finds what is broken.

use std::time::Duration;

use ahoy_call::{CallState, OtherCall};
use ahoy_sim::{Act, Link, Rule, Script, Setup, Step, Which, World, explore, glare, seeds};

/// Sequences from nothing; the bench goes one further.
const DEPTH: usize = 5;
/// Sequences from the middle of a call, where every moment has many more futures.
const DEPTH_IN_CALLS: usize = 3;
const SEEDS: u64 = 2_000;
const GLARES: u64 = 10_000;

fn explore_all(roots: Vec<explore::Root>, depth: impl Fn(&explore::Root) -> usize) -> u64 {
    let mut states = 0;
    for root in roots {
        let seen = root.explore(depth(&root));
        if let Some(failure) = seen.failure {
            panic!("from {}: {failure}", root.name);
        }
        states += seen.states;
    }
    states
}

#[test]
fn every_order_of_events_between_two_phones_ends_well() {
    let depth = |root: &explore::Root| if root.before.is_empty() { DEPTH } else { DEPTH_IN_CALLS };
    let states = explore_all(explore::pairs(), depth);
    assert!(states > 10_000, "only {states} states: the alphabet has lost its letters");
}

#[test]
fn every_order_of_events_among_three_phones_ends_well() {
    let states = explore_all(explore::triples(), |_| DEPTH_IN_CALLS);
    assert!(states > 500, "only {states} states: the alphabet has lost its letters");
}

#[test]
fn whatever_the_seed_calls_end_well() {
    let harvest = seeds::run(0..SEEDS, &[]);
    if let Some(failure) = harvest.failure {
        panic!("{failure}");
    }
    assert_eq!(harvest.seeds, SEEDS);
    for end in ["LocalHangUp", "RemoteHangUp", "Cancelled", "Declined", "Busy", "NoAnswer", "Missed", "Unreachable"] {
        let count = harvest.ends.get(end).copied().unwrap_or_default();
        assert!(count > 50, "the stories must reach every end, {end} came {count} times");
    }
}

#[test]
fn both_dial_and_agree_every_time() {
    for seed in 0..GLARES {
        if let Err(fault) = glare::run(seed) {
            panic!("{fault}\n{}", glare::case(seed));
        }
    }
}

#[test]
fn equal_seeds_leave_equal_traces() {
    let (first, second) = (seeds::run(0..100, &[]), seeds::run(0..100, &[]));
    assert_eq!((first.trace, first.inputs, first.ends), (second.trace, second.inputs, second.ends));
    assert_ne!(Script::random(1).run(&[]).trace, Script::random(2).run(&[]).trace);
}

/// A rule that is wrong on purpose: people do hold calls.
fn nobody_holds(world: &World) -> Result<(), String> {
    let held = (0..2).any(|at| world.calls(at).alive().any(|call| call.local().held));
    if held { Err("somebody holds a call".to_owned()) } else { Ok(()) }
}

/// Another: calls do become conversations.
fn nobody_speaks(world: &World) -> Result<(), String> {
    let speaks = world.calls(0).alive().any(|call| call.state() == CallState::Active);
    if speaks { Err("somebody speaks".to_owned()) } else { Ok(()) }
}

#[test]
fn a_broken_rule_is_found_and_its_script_made_short() {
    let holds = seeds::run(0..SEEDS, &[nobody_holds as Rule]).failure.expect("some story has a call on hold");
    assert!(holds.from > 4, "there was something to leave out: {holds}");
    let acts: Vec<&Act> = holds.script.steps.iter().map(|step| &step.act).collect();
    assert!(matches!(acts[..], [Act::Dial { .. }, Act::Hold { .. }]), "{holds}");
    let told = holds.to_string();
    let seed = format!("seed {}", holds.script.setup.seed);
    for word in ["somebody holds a call", &seed, "dials phone", "holds its call"] {
        assert!(told.contains(word), "{word:?} is missing in: {told}");
    }
    assert!(holds.script.run(&[nobody_holds]).fault.is_some(), "what is printed fails again");
    assert!(holds.script.run(&[]).fault.is_none(), "and only because of the rule");
    let speaks = seeds::run(0..SEEDS, &[nobody_speaks as Rule]).failure.expect("some story has a conversation");
    assert!(speaks.script.steps.len() <= 4, "{speaks}");
}

/// A conversation from 0.1 s on in which this happens, and which phone 0 ends after a minute.
fn ends_when(happens: &[(u64, Act)]) -> Vec<(String, u64)> {
    let link = Link { delay_ms: 50, ..Link::INSTANT };
    let setup = Setup { link, by_hand: false, ..Setup::by_hand(2, true) };
    let talk = [
        (0, Act::Dial { at: 0, to: 1, video: false }),
        (2, Act::Accept { at: 1, video: false, other: OtherCall::Hold }),
        (60, Act::HangUp { at: 0, which: Which::Current }),
    ];
    let mut steps: Vec<Step> =
        talk.iter().chain(happens).map(|(at, act)| Step { at: secs(*at), act: act.clone() }).collect();
    steps.sort_by_key(|step| step.at);
    let outcome = Script { setup, steps }.run(&[]);
    assert_eq!(outcome.fault, None);
    outcome.ends.into_iter().collect()
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[test]
fn a_way_that_is_cut_comes_back_within_its_time_or_the_call_is_lost() {
    let cut_for = |seconds: u64| ends_when(&[(5, Act::Cut { a: 0, b: 1 }), (5 + seconds, Act::Heal { a: 0, b: 1 })]);
    let spoken = [("LocalHangUp".to_owned(), 1), ("RemoteHangUp".to_owned(), 1)];
    assert_eq!(cut_for(5), spoken);
    assert_eq!(cut_for(20), spoken);
    assert_eq!(cut_for(31), [("Lost".to_owned(), 2)]);
}

#[test]
fn a_call_finds_its_way_into_another_network_and_over_a_broken_connection() {
    let spoken = [("LocalHangUp".to_owned(), 1), ("RemoteHangUp".to_owned(), 1)];
    assert_eq!(ends_when(&[(5, Act::Move { at: 0 })]), spoken);
    assert_eq!(ends_when(&[(5, Act::Move { at: 1 })]), spoken);
    assert_eq!(ends_when(&[(5, Act::Move { at: 1 }), (7, Act::Move { at: 1 })]), spoken);
    assert_eq!(ends_when(&[(5, Act::Unlink { a: 0, b: 1 })]), spoken);
}
