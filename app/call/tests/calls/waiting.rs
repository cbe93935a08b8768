//! Call waiting among three phones: hold and answer, end and answer, decline, swap, and what there is no room for.

use crate::world::{World, ended, id, peer, secs};
use ahoy_call::config::MAX_LIVE;
use ahoy_call::{CallError, CallId, CallState, EndReason, Input, OtherCall, RingManner};

/// Phone 1 talks to phone 0, and phone 2 rings there softly.
fn second_call() -> (World, CallId, CallId) {
    let (mut world, first) = World::active_call_of(3, false);
    world.waiting(1);
    let second = id(20);
    world.dial(2, second, false).expect("free");
    world.deliver();
    (world, first, second)
}

fn current(world: &World) -> Option<CallId> {
    world.phones[1].calls.current().map(ahoy_call::Call::id)
}

#[test]
fn a_second_call_rings_softly_and_its_caller_hears_ringing() {
    let (world, first, second) = second_call();
    assert_eq!(world.phones[1].rings.last(), Some(&(second, RingManner::Soft)));
    assert_eq!(world.call(1, second).ring(), Some(RingManner::Soft));
    assert_eq!(world.state(2, second), Some(CallState::Alerting));
    assert_eq!(world.states(first), [Some(CallState::Active); 2]);
    assert_eq!(current(&world), Some(first));
}

#[test]
fn hold_and_answer_then_swap_back_and_forth() {
    let (mut world, first, second) = second_call();
    world.accept(1, second, OtherCall::Hold);
    world.flow(second);
    assert_eq!(current(&world), Some(second));
    assert!(world.call(0, first).remote().held && !world.call(0, first).sends().sound);
    assert!(world.call(2, second).sends().sound);
    for going_on in [first, second, first] {
        world.input(1, Input::Swap).expect("one is held");
        world.deliver();
        assert_eq!(current(&world), Some(going_on));
        let held = if going_on == first { second } else { first };
        assert!(world.call(1, held).is_held() && !world.call(1, going_on).is_held());
    }
    world.input(1, Input::HangUp { call: first }).expect("it lives");
    world.deliver();
    assert_eq!(current(&world), Some(second));
    assert!(world.call(1, second).local().held, "nothing resumes by itself");
    world.held(1, second, false);
    assert!(world.call(2, second).sends().sound);
    assert_eq!(world.input(1, Input::Swap), Err(CallError::NothingHeld));
}

#[test]
fn end_and_answer() {
    let (mut world, first, second) = second_call();
    world.talk(4);
    world.accept(1, second, OtherCall::End);
    assert_eq!(world.states(first), [ended(EndReason::RemoteHangUp), ended(EndReason::LocalHangUp)]);
    assert_eq!(world.words(), [["completed"], ["completed"]]);
    assert_eq!(world.phones[1].bound, [second], "the ended one is closed");
    world.flow(second);
    assert_eq!(world.state(2, second), Some(CallState::Active));
}

#[test]
fn declining_the_second_call_leaves_the_first_alone() {
    let (mut world, first, second) = second_call();
    world.input(1, Input::HangUp { call: second }).expect("it rings");
    world.deliver();
    assert_eq!(
        (world.state(1, second), world.state(2, second)),
        (ended(EndReason::Declined), ended(EndReason::Declined))
    );
    assert_eq!((world.states(first), world.sound(first)), ([Some(CallState::Active); 2], [true; 2]));
}

#[test]
fn a_second_call_that_nobody_takes_is_missed() {
    let (mut world, first, second) = second_call();
    world.talk(61);
    assert_eq!(
        (world.state(1, second), world.state(2, second)),
        (ended(EndReason::Missed), ended(EndReason::NoAnswer))
    );
    assert_eq!(world.states(first), [Some(CallState::Active); 2]);
}

#[test]
fn resuming_one_holds_the_other() {
    let (mut world, first, second) = second_call();
    world.accept(1, second, OtherCall::Hold);
    world.held(1, second, true);
    assert!(world.phones[1].calls.alive().all(|call| call.local().held));
    world.held(1, first, false);
    world.held(1, second, false);
    assert!(world.call(1, first).local().held && !world.call(1, second).local().held);
}

#[test]
fn a_held_call_allows_another_to_be_dialled_but_not_the_same_person_again() {
    let (mut world, first) = World::active_call_of(3, false);
    assert_eq!(world.dial_to(0, 2, id(30), false), Err(CallError::InCall));
    world.held(0, first, true);
    assert_eq!(world.dial_to(0, 1, id(30), false), Err(CallError::InCall));
    world.dial_to(0, 2, id(30), false).expect("the other one is held");
    world.deliver();
    world.accept(2, id(30), OtherCall::Hold);
    world.flow(id(30));
    assert_eq!(world.phones[0].calls.current().map(ahoy_call::Call::id), Some(id(30)));
    world.input(0, Input::Swap).expect("one is held");
    world.deliver();
    assert_eq!(world.sound(first), [true; 2]);
    assert!(!world.call(2, id(30)).sends().sound);
}

#[test]
fn who_is_dialling_may_answer_another_and_the_dialled_call_connects_on_hold() {
    let mut world = World::of(3);
    world.waiting(1);
    world.dial_to(1, 2, id(5), false).expect("free");
    world.deliver();
    world.dial(0, id(6), false).expect("free");
    world.deliver();
    assert_eq!(world.phones[1].rings, [(id(6), RingManner::Soft)]);
    world.accept(1, id(6), OtherCall::Hold);
    world.accept(2, id(5), OtherCall::Hold);
    assert!(world.call(2, id(5)).remote().held);
    assert_eq!(current(&world), Some(id(6)));
}

#[test]
fn the_fourth_caller_hears_busy_and_so_does_whoever_comes_while_one_rings() {
    let mut world = World::of(6);
    world.waiting(1);
    let missed = |world: &World| world.words()[1].iter().filter(|word| **word == "missed").count();
    for (caller, call) in [(0, id(10)), (2, id(12))] {
        world.dial_to(caller, 1, call, false).expect("free");
        world.deliver();
        world.accept(1, call, OtherCall::Hold);
    }
    for (caller, call) in [(3, id(13)), (4, id(14)), (5, id(15))] {
        world.dial_to(caller, 1, call, false).expect("free");
        world.deliver();
    }
    assert_eq!(world.phones[1].calls.alive().count(), MAX_LIVE);
    assert_eq!(
        [3, 4, 5].map(|caller| world.state(caller, id(10 + caller as u8))),
        [Some(CallState::Alerting), ended(EndReason::Busy), ended(EndReason::Busy)]
    );
    assert_eq!(missed(&world), 2, "who heard busy stands in the history");
    world.accept(1, id(13), OtherCall::Hold);
    world.dial_to(4, 1, id(44), false).expect("free");
    world.deliver();
    assert_eq!(world.state(4, id(44)), ended(EndReason::Busy));
}

#[test]
fn swapping_among_three_goes_round() {
    let mut world = World::of(4);
    world.waiting(1);
    for (caller, call) in [(0, id(10)), (2, id(12)), (3, id(13))] {
        world.dial_to(caller, 1, call, false).expect("free");
        world.deliver();
        world.accept(1, call, OtherCall::Hold);
        world.talk(1);
    }
    for going_on in [id(10), id(12), id(13), id(10)] {
        world.input(1, Input::Swap).expect("two are held");
        world.talk(1);
        assert_eq!(current(&world), Some(going_on));
        assert_eq!(world.phones[1].calls.alive().filter(|call| !call.local().held).count(), 1);
    }
}

#[test]
fn waiting_is_off_unless_it_was_wished() {
    let (mut world, first) = World::active_call_of(3, false);
    world.dial(2, id(20), false).expect("free");
    world.deliver();
    assert_eq!(world.state(2, id(20)), ended(EndReason::Busy));
    assert_eq!(world.phones[2].notes, [], "the callee's phone has seen it");
    world.held(1, first, true);
    world.pass(secs(11));
    world.flow(first);
    world.dial(2, id(21), false).expect("free");
    world.deliver();
    assert_eq!(world.state(2, id(21)), ended(EndReason::Busy), "a held call is a call");
    assert!(world.phones[1].rings.iter().all(|(call, _)| *call == first));
    assert_eq!(world.call(1, first).peer(), peer(0));
}
