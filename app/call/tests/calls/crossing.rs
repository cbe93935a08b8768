//! Both call each other, and peers that call anew: whatever overtakes whatever, both sides agree.

use crate::world::{World, ended, id};
use ahoy_call::{CallSignal, CallState, EndCause, EndReason, Input, OtherCall};

/// Takes the oldest signal in flight whose name is `name` out of the link.
fn take(world: &mut World, name: &str) -> (usize, usize, CallSignal) {
    let at = world.flights.iter().position(|flight| flight.signal.name() == name).expect("it is in flight");
    let flight = world.flights.remove(at).expect("it is in flight");
    (flight.to, flight.from, flight.signal)
}

#[test]
fn an_offer_that_lost_and_comes_after_the_answer_rings_nowhere() {
    let (winner, loser) = (id(2), id(1));
    let mut world = World::new();
    world.dial(0, winner, false).expect("free");
    world.dial(1, loser, false).expect("free");
    let (_, _, offer) = take(&mut world, "Offer");
    let (to, from, late) = take(&mut world, "Offer");
    world.hear(1, 0, offer);
    world.deliver();
    world.flow(winner);
    for _ in 0..2 {
        world.hear(to, from, late.clone());
    }
    world.deliver();
    assert_eq!(world.states(winner), [Some(CallState::Active); 2]);
    assert!(world.phones.iter().all(|phone| phone.rings.is_empty() && phone.records.is_empty()));
}

#[test]
fn a_lost_offer_that_comes_twice_does_not_ring_when_the_winner_is_over() {
    let (winner, loser) = (id(2), id(1));
    let mut world = World::new();
    world.dial(0, winner, false).expect("free");
    world.dial(1, loser, false).expect("free");
    let late = world.flights[1].signal.clone();
    world.deliver();
    world.input(0, Input::HangUp { call: winner }).expect("it lives");
    world.deliver();
    world.hear(0, 1, late);
    world.deliver();
    assert!(world.phones.iter().all(|phone| phone.rings.is_empty()));
    assert_eq!(world.states(loser), [None, None]);
}

#[test]
fn glare_under_a_held_call_leaves_that_call_held() {
    for (mine, theirs) in [(id(11), id(12)), (id(12), id(11))] {
        let (mut world, held) = World::active_call_of(3, false);
        world.held(1, held, true);
        world.dial_to(1, 2, mine, false).expect("the other is held");
        world.dial_to(2, 1, theirs, false).expect("free");
        world.deliver();
        let survivor = mine.max(theirs);
        world.flow(survivor);
        assert_eq!([1, 2].map(|phone| world.state(phone, survivor)), [Some(CallState::Active); 2]);
        assert!(world.call(1, held).local().held && !world.call(1, survivor).is_held());
    }
}

#[test]
fn a_peer_that_calls_anew_has_left_the_old_call_in_every_state_of_it() {
    for state in [CallState::Connecting, CallState::Active, CallState::Reconnecting] {
        let mut world = World::new();
        let (old, new) = (id(9), id(3));
        world.dial(0, old, false).expect("free");
        world.deliver();
        world.accept(1, old, OtherCall::Hold);
        if state != CallState::Connecting {
            world.flow(old);
        }
        if state == CallState::Reconnecting {
            world.input(1, Input::Unlinked { call: old, ended: false }).expect("never fails");
        }
        assert_eq!(world.state(1, old), Some(state));
        // Phone 0 restarts without any memory of the call.
        world.phones[0] = Default::default();
        world.flights.clear();
        world.dial(0, new, false).expect("free");
        world.deliver();
        assert_eq!((world.state(1, old), world.state(1, new)), (ended(EndReason::Lost), Some(CallState::Ringing)));
        assert_eq!(
            (world.words()[1].as_slice(), world.phones[1].bound.as_slice()),
            (["lost"].as_slice(), [new].as_slice())
        );
        world.accept(1, new, OtherCall::Hold);
        world.flow(new);
        assert_eq!(world.states(new), [Some(CallState::Active); 2]);
    }
}

#[test]
fn a_peer_that_is_still_there_hears_that_its_old_call_is_over() {
    let (mut world, call) = World::active_call(false);
    let strange = CallSignal::Offer {
        call_id: id(77),
        audio_codec: Default::default(),
        video: false,
        media: crate::world::media(0, id(77)),
    };
    world.hear(1, 0, strange);
    world.deliver();
    assert_eq!(world.states(call), [ended(EndReason::Lost); 2]);
    assert_eq!(world.state(1, id(77)), ended(EndReason::Missed), "its caller knows nothing of it");
}

#[test]
fn an_offer_replayed_when_its_call_is_forgotten_does_not_ring() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    let offer = world.flights[0].signal.clone();
    world.deliver();
    world.input(0, Input::HangUp { call }).expect("it lives");
    world.deliver();
    world.hear(1, 0, offer.clone());
    assert_eq!(
        world.flights.pop_front().map(|flight| flight.signal),
        Some(CallSignal::End { call_id: call, cause: EndCause::HangUp })
    );
    world.pass(crate::world::secs(20));
    assert!(world.phones[1].calls.calls().is_empty());
    world.hear(1, 0, offer);
    assert!(world.phones[1].calls.calls().is_empty() && world.flights.is_empty());
    assert_eq!(world.phones[1].rings.len(), 1);
}

#[test]
fn every_signal_of_an_unknown_call_has_its_answer() {
    let mut world = World::new();
    let call_id = id(50);
    let media = ahoy_call::PeerAddr::new(crate::world::media(0, call_id));
    let end = Some(CallSignal::End { call_id, cause: EndCause::HangUp });
    let answer = CallSignal::Answer {
        call_id,
        audio_codec: Default::default(),
        video: true,
        media: media.clone(),
        instead_of: None,
    };
    let cases = [
        (CallSignal::Ringing { call_id }, end.clone()),
        (answer, end),
        (CallSignal::Reject { call_id, reason: ahoy_call::RejectReason::Busy, text: None }, None),
        (CallSignal::MediaState { call_id, revision: 1, muted: true, video: true, held: true }, None),
        (CallSignal::Candidate { call_id, revision: 1, media }, None),
        (CallSignal::End { call_id, cause: EndCause::Timeout }, None),
    ];
    for (signal, expected) in cases {
        world.hear(1, 0, signal);
        assert_eq!(world.flights.pop_front().map(|flight| flight.signal), expected);
        assert!(world.phones[1].calls.calls().is_empty() && world.flights.is_empty());
    }
}
