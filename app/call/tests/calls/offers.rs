//! Who rings how: do not disturb, silent contacts, rate limits, and the note of who was never heard.

use std::collections::BTreeSet;

use crate::world::{EPOCH_MS, World, ended, id, peer, secs};
use ahoy_call::{CallState, EndReason, Input, OtherCall, Policy, RejectReason, RingManner, SendFailure};

fn policy(dnd: bool, silent: &[usize]) -> Input {
    let silent: BTreeSet<_> = silent.iter().map(|phone| peer(*phone)).collect();
    Input::Policy(Policy { waiting: true, dnd, silent })
}

#[test]
fn a_silent_ring_is_a_ring_for_the_caller_and_is_missed_in_the_end() {
    for rules in [policy(true, &[]), policy(false, &[0])] {
        let mut world = World::new();
        world.input(1, rules).expect("never fails");
        let call = id(3);
        world.dial(0, call, false).expect("free");
        world.deliver();
        assert_eq!(world.phones[1].rings, [(call, RingManner::Silent)]);
        assert_eq!(world.state(0, call), Some(CallState::Alerting));
        world.pass(secs(60));
        assert_eq!(world.states(call), [ended(EndReason::NoAnswer), ended(EndReason::Missed)]);
        assert_eq!(world.call(1, call).ring(), None);
    }
}

#[test]
fn a_silent_call_can_be_answered_and_others_ring_aloud() {
    let mut world = World::of(3);
    world.input(1, policy(false, &[0])).expect("never fails");
    world.dial(0, id(3), false).expect("free");
    world.deliver();
    world.accept(1, id(3), OtherCall::Hold);
    world.input(1, Input::HangUp { call: id(3) }).expect("it lives");
    world.deliver();
    world.dial(2, id(4), false).expect("free");
    world.deliver();
    assert_eq!(world.phones[1].rings, [(id(3), RingManner::Silent), (id(4), RingManner::Loud)]);
}

#[test]
fn do_not_disturb_is_stronger_than_call_waiting() {
    let (mut world, _) = World::active_call_of(3, false);
    world.input(1, policy(true, &[])).expect("never fails");
    world.dial(2, id(4), false).expect("free");
    world.deliver();
    assert_eq!(world.phones[1].rings.last(), Some(&(id(4), RingManner::Silent)));
}

/// Phone 0 calls phone 1 and gives up again at once; how that ended on phone 0.
fn attempt(world: &mut World, call: u8) -> Option<CallState> {
    world.dial(0, id(call), false).expect("free");
    world.deliver();
    if world.state(0, id(call)) == Some(CallState::Alerting) {
        world.input(0, Input::HangUp { call: id(call) }).expect("it lives");
        world.deliver();
    }
    world.state(0, id(call))
}

#[test]
fn a_contact_rings_once_in_ten_seconds_and_five_times_a_minute() {
    let mut world = World::new();
    let (rang, busy) = (ended(EndReason::Cancelled), ended(EndReason::Busy));
    for call in 0..5 {
        assert_eq!(attempt(&mut world, 10 + call), rang);
        world.pass(secs(9));
        assert_eq!(attempt(&mut world, 20 + call), busy, "too soon");
        world.pass(secs(1));
    }
    assert_eq!(attempt(&mut world, 30), busy, "five rings in fifty seconds");
    world.pass(secs(10));
    assert_eq!(attempt(&mut world, 31), rang, "the first of them is a minute old");
    assert_eq!(world.phones[1].rings.len(), 6);
    assert_eq!(world.words()[1], vec!["missed"; 12], "each stands in the history");
}

#[test]
fn an_accepted_call_clears_the_count() {
    let mut world = World::new();
    assert_eq!(attempt(&mut world, 10), ended(EndReason::Cancelled));
    world.pass(secs(10));
    for call in [11, 12, 13] {
        world.dial(0, id(call), false).expect("free");
        world.deliver();
        world.accept(1, id(call), OtherCall::Hold);
        world.input(0, Input::HangUp { call: id(call) }).expect("it lives");
        world.deliver();
    }
    assert_eq!(world.phones[1].rings.len(), 4, "the line may have been bad: nobody has to wait");
}

#[test]
fn my_own_answered_call_clears_the_count_of_the_callee() {
    let mut world = World::new();
    assert_eq!(attempt(&mut world, 10), ended(EndReason::Cancelled));
    world.dial(1, id(11), false).expect("free");
    world.deliver();
    world.accept(0, id(11), OtherCall::Hold);
    world.input(1, Input::HangUp { call: id(11) }).expect("it lives");
    world.deliver();
    assert_eq!(attempt(&mut world, 12), ended(EndReason::Cancelled), "it rang again at once");
}

#[test]
fn who_calls_anew_while_ringing_rings_anew_but_not_faster_than_the_limit() {
    let mut world = World::new();
    let mut offers = Vec::new();
    // A caller that restarts says no goodbye and knows nothing of its earlier calls.
    for call in [3, 4, 5] {
        world.dial(0, id(call), false).expect("free");
        offers.push(world.flights.pop_front().expect("an offer").signal);
        world.input(0, Input::HangUp { call: id(call) }).expect("it lives");
        world.flights.clear();
    }
    world.hear(1, 0, offers[0].clone());
    world.flights.clear();
    world.pass(secs(5));
    world.hear(1, 0, offers[1].clone());
    world.flights.clear();
    assert_eq!((world.state(1, id(3)), world.state(1, id(4))), (Some(CallState::Ringing), None));
    world.pass(secs(5));
    world.hear(1, 0, offers[2].clone());
    assert_eq!((world.state(1, id(3)), world.state(1, id(5))), (ended(EndReason::Missed), Some(CallState::Ringing)));
    assert_eq!(world.phones[1].ringing, [id(5)]);
}

#[test]
fn a_note_is_left_exactly_when_the_callees_phone_never_rang() {
    let call = id(3);
    let note = [(peer(1), call)];
    let offline = |world: &mut World| {
        world.dial(0, call, false).expect("free");
        world.flights.clear();
    };
    let mut world = World::new();
    offline(&mut world);
    world.input(0, Input::SendFailed { call, failure: SendFailure::Unreachable }).expect("never fails");
    assert_eq!(world.phones[0].notes, note);
    let mut world = World::new();
    offline(&mut world);
    world.input(0, Input::HangUp { call }).expect("it lives");
    assert_eq!(world.phones[0].notes, note, "given up before it rang");
    let mut world = World::new();
    offline(&mut world);
    world.pass(secs(60));
    assert_eq!(
        (world.state(0, call), world.phones[0].notes.as_slice()),
        (ended(EndReason::Unreachable), note.as_slice())
    );

    let mut world = World::new();
    offline(&mut world);
    world.input(0, Input::SendFailed { call, failure: SendFailure::Refused }).expect("never fails");
    assert!(world.phones[0].notes.is_empty(), "who refuses me wants no notes");
    let mut world = World::new();
    world.dial(0, call, false).expect("free");
    world.deliver();
    world.input(0, Input::HangUp { call }).expect("it lives");
    assert!(world.phones[0].notes.is_empty(), "it rang there");
    let mut world = World::new();
    world.dial(0, call, false).expect("free");
    world.input(1, Input::Timeout).expect("never fails");
    world.deliver();
    world.input(1, Input::Decline { call, reason: RejectReason::Declined, text: None }).expect("it rings");
    world.deliver();
    assert!(world.phones.iter().all(|phone| phone.notes.is_empty()));
}

#[test]
fn a_note_says_what_the_history_of_the_caller_says() {
    let mut world = World::new();
    world.dial(0, id(3), true).expect("free");
    world.flights.clear();
    let now = world.time();
    world.phones[0].calls.handle(now, Input::HangUp { call: id(3) }).expect("it lives");
    let mut outputs = std::iter::from_fn(|| world.phones[0].calls.poll_output());
    let note = outputs.find(|output| matches!(output, ahoy_call::Output::LeaveNote { .. })).expect("a note");
    let expected =
        ahoy_call::Output::LeaveNote { to: peer(1), call: id(3), timestamp: EPOCH_MS + 5_000, had_video: true };
    assert_eq!(note, expected);
}
