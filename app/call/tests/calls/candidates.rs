//! Media endpoints that move during a call, and how a lost connection finds them.

use std::net::SocketAddr;

use crate::world::{World, ended, id, media, secs};
use ahoy_call::{CallId, CallSignal, CallState, EndReason, Input, OtherCall, PeerAddr};

fn addr(phone: usize, call: CallId, port: u16) -> PeerAddr {
    PeerAddr { direct: vec![SocketAddr::from(([10, 0, 0, 1], port))], ..PeerAddr::new(media(phone, call)) }
}

fn moved(world: &mut World, phone: usize, call: CallId, port: u16) {
    world.input(phone, Input::MediaMoved { call, addr: addr(phone, call, port) }).expect("never fails");
}

fn last_dialled(world: &World) -> (usize, Option<&PeerAddr>) {
    (world.phones[0].dialled.len(), world.phones[0].dialled.last().map(|(_, to)| to))
}

/// An active call whose connection is gone on both sides and does not come back by itself.
fn cut() -> (World, CallId) {
    let (mut world, call) = World::active_call(false);
    world.media_works = false;
    for phone in [0, 1] {
        world.input(phone, Input::Unlinked { call, ended: false }).expect("never fails");
    }
    (world, call)
}

#[test]
fn a_callee_that_moved_is_dialled_there_at_once() {
    let (mut world, call) = cut();
    world.flights.clear();
    moved(&mut world, 1, call, 7);
    world.media_works = true;
    world.deliver();
    assert_eq!(last_dialled(&world), (2, Some(&addr(1, call, 7))));
    world.flow(call);
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
}

#[test]
fn a_caller_that_moved_tells_it_and_dials_from_there_beside_a_silent_connection() {
    let (mut world, call) = World::active_call(false);
    world.flights.clear();
    world.pass(secs(3));
    assert_eq!(world.states(call), [Some(CallState::Reconnecting); 2]);
    let before = last_dialled(&world).0;
    moved(&mut world, 0, call, 7);
    world.deliver();
    assert!(world.phones[1].dialled.is_empty(), "the callee never dials");
    assert_eq!(last_dialled(&world).0, before + 1, "the connection stands, but nothing comes through it");
    world.flow(call);
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
}

#[test]
fn both_sides_tell_where_they_are_when_the_line_goes_silent() {
    let (mut world, call) = cut();
    let told: Vec<_> = world.flights.drain(..).map(|flight| flight.signal).collect();
    let expected = [0, 1].map(|phone| CallSignal::Candidate {
        call_id: call,
        revision: 1,
        media: PeerAddr::new(media(phone, call)),
    });
    assert_eq!(told, expected);
    world.media_works = true;
    world.hear(0, 1, told[1].clone());
    world.flow(call);
    assert_eq!(world.states(call), [Some(CallState::Active); 2], "word of the callee is worth an attempt at once");
}

#[test]
fn a_move_during_the_conversation_disturbs_nothing_until_the_line_is_silent() {
    let (mut world, call) = World::active_call(false);
    moved(&mut world, 1, call, 7);
    world.deliver();
    assert_eq!(last_dialled(&world).0, 1);
    world.talk(5);
    world.pass(secs(2));
    assert_eq!(world.states(call), [Some(CallState::Reconnecting); 2]);
    assert_eq!(last_dialled(&world), (2, Some(&addr(1, call, 7))), "the old connection may stand without working");
}

#[test]
fn stale_repeated_and_strange_addresses_are_ignored() {
    let (mut world, call) = cut();
    world.flights.clear();
    let candidate = |revision, media| CallSignal::Candidate { call_id: call, revision, media };
    world.hear(0, 1, candidate(5, addr(1, call, 5)));
    let known = (2, Some(addr(1, call, 5)));
    let seen = |world: &World| (last_dialled(world).0, last_dialled(world).1.cloned());
    assert_eq!(seen(&world), known);
    for (from, signal) in [
        (1, candidate(4, addr(1, call, 4))),
        (1, candidate(5, addr(1, call, 6))),
        (1, candidate(6, addr(0, call, 6))),
        (1, candidate(7, addr(1, id(200), 6))),
        (2, candidate(8, addr(1, call, 6))),
    ] {
        world.hear(0, from, signal);
        assert_eq!(seen(&world), known);
    }
    world.hear(0, 1, candidate(6, addr(1, call, 6)));
    assert_eq!(last_dialled(&world), (3, Some(&addr(1, call, 6))), "what was ignored has used up no revision");
    world.pass(secs(30));
    let dials = last_dialled(&world).0;
    assert_eq!(world.state(0, call), ended(EndReason::Lost));
    world.hear(0, 1, candidate(9, addr(1, call, 9)));
    assert_eq!(last_dialled(&world).0, dials, "too late");
}

#[test]
fn addresses_that_overtake_the_answer_are_used_with_it() {
    for (early, expected) in
        [(addr(1, id(3), 7), addr(1, id(3), 7)), (addr(0, id(3), 7), PeerAddr::new(media(1, id(3))))]
    {
        let mut world = World::new();
        world.dial(0, id(3), false).expect("free");
        world.deliver();
        world.hear(0, 1, CallSignal::Candidate { call_id: id(3), revision: 1, media: early });
        assert_eq!(last_dialled(&world), (0, None), "nobody is dialled before the answer");
        world.accept(1, id(3), OtherCall::Hold);
        assert_eq!(last_dialled(&world), (1, Some(&expected)));
    }
}

#[test]
fn nobody_learns_where_i_am_before_the_answer() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    world.deliver();
    for phone in [0, 1] {
        moved(&mut world, phone, call, 7);
    }
    assert!(world.flights.is_empty());
    world.accept(1, call, OtherCall::Hold);
    assert_eq!(last_dialled(&world), (1, Some(&addr(1, call, 7))), "the answer has the newest address");
}

#[test]
fn equal_or_strange_addresses_of_my_own_are_no_news() {
    let (mut world, call) = World::active_call(false);
    moved(&mut world, 0, call, 7);
    moved(&mut world, 0, call, 7);
    world.input(0, Input::MediaMoved { call, addr: addr(1, call, 8) }).expect("never fails");
    assert_eq!(world.flights.len(), 1);
}

#[test]
fn a_blackout_of_every_length_below_the_limit_is_survived_and_longer_ones_are_lost_on_both_sides() {
    for (length, survives) in [(5, true), (20, true), (28, true), (31, false)] {
        let (mut world, call) = cut();
        world.flights.clear();
        for _ in 0..length {
            world.pass(secs(1));
            world.input(0, Input::Unlinked { call, ended: false }).expect("never fails");
        }
        world.media_works = true;
        world.pass(secs(1));
        world.flow(call);
        let expected = if survives { Some(CallState::Active) } else { ended(EndReason::Lost) };
        assert_eq!(world.states(call), [expected; 2], "{length} s");
    }
}
