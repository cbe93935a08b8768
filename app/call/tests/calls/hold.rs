//! Hold and resume from either side, and who sees and hears what.

use crate::world::{World, ended, id, secs};
use ahoy_call::{CallError, CallSignal, CallState, EndReason, Input, OtherCall};

#[test]
fn a_held_call_is_silent_both_ways_and_stays_alive() {
    let (mut world, call) = World::active_call(true);
    world.held(0, call, true);
    assert_eq!(world.sound(call), [false; 2]);
    assert!([0, 1].iter().all(|phone| !world.call(*phone, call).sends().picture));
    assert!(world.call(1, call).remote().held && !world.call(1, call).local().held);
    world.talk(100);
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
    world.held(0, call, false);
    assert_eq!(world.sound(call), [true; 2]);
    assert!([0, 1].iter().all(|phone| world.call(*phone, call).sends().picture), "both cameras were on");
}

#[test]
fn held_by_both_it_resumes_when_both_have_resumed_in_either_order() {
    for first in [0, 1] {
        let (mut world, call) = World::active_call(false);
        for phone in [0, 1] {
            world.input(phone, Input::SetHeld { call, held: true }).expect("it lives");
        }
        world.deliver();
        world.held(first, call, false);
        assert_eq!(world.sound(call), [false; 2], "the other side still holds it");
        world.held(1 - first, call, false);
        assert_eq!(world.sound(call), [true; 2]);
    }
}

#[test]
fn holds_that_arrive_in_the_wrong_order_count_by_their_revision() {
    let (mut world, call) = World::active_call(false);
    for held in [true, false, true] {
        world.input(0, Input::SetHeld { call, held }).expect("it lives");
    }
    let mut signals: Vec<_> = world.flights.drain(..).map(|flight| flight.signal).collect();
    signals.rotate_right(1);
    for signal in signals.iter().chain(&signals) {
        world.hear(1, 0, signal.clone());
    }
    assert!(world.call(1, call).remote().held, "the newest word is the one that counts");
    let newest = CallSignal::MediaState { call_id: call, revision: 3, muted: false, video: false, held: true };
    assert_eq!(signals[0], newest);
}

#[test]
fn hold_survives_a_lost_connection() {
    let (mut world, call) = World::active_call(false);
    world.pass(secs(3));
    assert_eq!(world.states(call), [Some(CallState::Reconnecting); 2]);
    world.held(0, call, true);
    assert!(world.call(1, call).remote().held);
    world.flow(call);
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
    assert_eq!(world.sound(call), [false; 2], "nothing resumes by itself");
}

#[test]
fn a_call_held_before_the_answer_connects_on_hold() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, true).expect("free");
    world.deliver();
    assert_eq!(world.input(1, Input::SetHeld { call, held: true }), Err(CallError::Rings));
    world.held(0, call, true);
    world.accept(1, call, OtherCall::Hold);
    world.flow(call);
    assert!(world.call(1, call).remote().held);
    assert_eq!(world.sound(call), [false; 2]);
}

#[test]
fn a_held_call_ends_like_any_other() {
    let (mut world, call) = World::active_call(false);
    world.held(0, call, true);
    world.input(1, Input::HangUp { call }).expect("it lives");
    world.deliver();
    assert_eq!(world.states(call), [ended(EndReason::RemoteHangUp), ended(EndReason::LocalHangUp)]);
    assert_eq!(world.input(0, Input::SetHeld { call, held: false }), Err(CallError::Unknown));
}

#[test]
fn the_camera_of_a_person_turns_on_by_that_person_alone() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, true).expect("free");
    world.deliver();
    world.accept(1, call, OtherCall::Hold);
    world.flow(call);
    let pictures = |world: &World| [0, 1].map(|phone| world.call(phone, call).sends().picture);
    assert_eq!(pictures(&world), [true, false], "accepted without video");
    world.input(1, Input::SetVideo { call, video: true }).expect("it lives");
    world.deliver();
    assert_eq!(pictures(&world), [true, true], "added");
    world.input(0, Input::SetVideo { call, video: false }).expect("it lives");
    world.deliver();
    assert_eq!(pictures(&world), [false, true], "removed");
    assert_eq!([0, 1].map(|phone| world.call(phone, call).remote().video), [true, false]);
    world.input(0, Input::SetVideo { call, video: true }).expect("it lives");
    world.input(1, Input::SetVideo { call, video: false }).expect("it lives");
    world.deliver();
    assert_eq!(pictures(&world), [true, false]);
    assert!(world.flights.is_empty(), "nobody was asked anything");
}
