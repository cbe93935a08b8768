//! Every way a call can go, on two machines joined by a virtual link.

use std::time::Duration;

use crate::world::{EPOCH_MS, World, ended, id, media, peer, secs};
use ahoy_call::{
    CallError, CallSignal, CallState, Direction, EndCause, EndReason, Input, OtherCall, PeerAddr, PeerId, RejectReason,
    SendFailure, TimerKind,
};
use ahoy_media::AudioCodec;

#[test]
fn a_call_goes_through_its_states_and_leaves_two_records() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, true).expect("free");
    assert_eq!(world.state(0, call), Some(CallState::Dialing));
    world.deliver();
    assert_eq!(world.states(call), [Some(CallState::Alerting), Some(CallState::Ringing)]);
    assert_eq!(world.phones[1].ringing, [call]);
    assert!(world.phones[1].accepted.is_empty(), "nobody is let in before consent");
    world.pass(secs(3));
    world.input(1, Input::Accept { call, video: false, other: OtherCall::Hold }).expect("it rings");
    assert!(world.phones[1].ringing.is_empty());
    world.deliver();
    assert_eq!(world.phones[0].dialled, [(call, PeerAddr::new(media(1, call)))]);
    assert_eq!(world.phones[1].accepted, [(call, media(0, call))]);
    assert_eq!(world.states(call), [Some(CallState::Connecting); 2]);
    world.flow(call);
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
    assert!(world.phones.iter().all(|phone| phone.media == [call]));
    for _ in 0..7 {
        world.pass(secs(1));
        for phone in [0, 1] {
            world.input(phone, Input::Heard { call }).expect("never fails");
        }
    }
    world.input(0, Input::HangUp { call }).expect("it lives");
    world.deliver();
    assert_eq!(world.states(call), [ended(EndReason::LocalHangUp), ended(EndReason::RemoteHangUp)]);
    for (phone, direction) in [(0, Direction::Outgoing), (1, Direction::Incoming)] {
        let record = &world.phones[phone].records[0];
        assert_eq!((record.call_id, record.peer, record.direction), (call, peer(1 - phone), direction));
        assert_eq!((record.duration_seconds, record.had_video), (7, true));
        assert_eq!((record.timestamp, record.ended_reason.word()), (EPOCH_MS + 5_000, "completed"));
        assert!(world.phones[phone].bound.is_empty() && world.phones[phone].media.is_empty());
    }
    world.pass(secs(6));
    assert!(world.phones.iter().all(|phone| phone.calls.calls().is_empty() && phone.calls.next_deadline().is_none()));
}

#[test]
fn declining_tells_the_caller_why() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    world.deliver();
    let text = Some("é".repeat(300));
    world.input(1, Input::Decline { call, reason: RejectReason::Declined, text }).expect("it rings");
    world.deliver();
    assert_eq!(world.states(call), [ended(EndReason::Declined); 2]);
    assert_eq!(world.words(), [["rejected"], ["rejected"]]);
    let text = world.phones[0].calls.call(call).and_then(|call| call.decline_text());
    assert_eq!(text, Some("é".repeat(100).as_str()), "cut to the cap of a signal");
}

#[test]
fn a_third_caller_hears_busy_and_the_call_goes_on() {
    let (mut world, call) = World::active_call_of(3, false);
    let (third, other) = (media(2, id(200)), id(200));
    let offer = CallSignal::Offer { call_id: other, audio_codec: AudioCodec::Opus48k, video: true, media: third };
    for _ in 0..2 {
        world.hear(1, 2, offer.clone());
    }
    let answers: Vec<_> = world.flights.drain(..).map(|flight| flight.signal).collect();
    assert_eq!(answers, [CallSignal::Reject { call_id: other, reason: RejectReason::Busy, text: None }]);
    assert_eq!(world.words()[1], ["missed"], "once, although the offer came twice");
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
    assert_eq!(world.dial(1, id(4), false), Err(CallError::InCall));
}

#[test]
fn a_busy_callee_ends_the_callers_call() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    world.flights.clear();
    let signal = CallSignal::Reject { call_id: call, reason: RejectReason::Busy, text: None };
    world.input(0, Input::Received { from: peer(1), signal }).expect("never fails");
    assert_eq!(world.state(0, call), ended(EndReason::Busy));
    assert_eq!((EndReason::Busy.exit_code(), world.words()[0].as_slice()), (5, ["busy"].as_slice()));
}

#[test]
fn nobody_answers() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    world.deliver();
    world.pass(secs(59));
    assert_eq!(world.states(call), [Some(CallState::Alerting), Some(CallState::Ringing)]);
    world.pass(secs(1));
    assert_eq!(world.states(call), [ended(EndReason::NoAnswer), ended(EndReason::Missed)]);
    assert!(world.phones[1].ringing.is_empty());
    assert_eq!(world.words(), [["no_answer"], ["missed"]]);
}

#[test]
fn the_caller_gives_up() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    world.deliver();
    world.input(0, Input::HangUp { call }).expect("it lives");
    world.deliver();
    assert_eq!(world.states(call), [ended(EndReason::Cancelled), ended(EndReason::Missed)]);
    assert_eq!((EndReason::Cancelled.exit_code(), EndReason::Missed.exit_code()), (1, 6));
    assert_eq!(world.input(0, Input::HangUp { call }), Err(CallError::Unknown));
}

#[test]
fn an_end_that_overtakes_its_offer_keeps_the_phone_silent() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    world.input(0, Input::HangUp { call }).expect("it lives");
    world.flights.swap(0, 1);
    world.deliver();
    assert!(world.phones[1].ringing.is_empty() && world.phones[1].changes.is_empty());
}

#[test]
fn undeliverable_offers_end_the_call() {
    let cases = [
        (SendFailure::Unreachable, EndReason::Unreachable, 3, "unreachable"),
        (SendFailure::Refused, EndReason::Refused, 8, "failed"),
    ];
    for (failure, reason, code, word) in cases {
        let mut world = World::new();
        let call = id(3);
        world.dial(0, call, false).expect("free");
        world.flights.clear();
        world.input(0, Input::SendFailed { call, failure }).expect("never fails");
        assert_eq!(world.state(0, call), ended(reason));
        assert_eq!((reason.exit_code(), world.words()[0].as_slice()), (code, [word].as_slice()));
        assert!(world.flights.is_empty(), "there is nobody to tell");
    }
}

#[test]
fn media_that_never_comes_about_ends_both_sides_alike() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    world.deliver();
    world.media_works = false;
    world.input(1, Input::Accept { call, video: false, other: OtherCall::Hold }).expect("it rings");
    world.deliver();
    world.pass(secs(10));
    assert_eq!(world.states(call), [ended(EndReason::NotConnected); 2]);
    assert_eq!(world.words(), [["failed"], ["failed"]]);
}

#[test]
fn an_answer_waits_for_its_endpoint_and_a_failed_one_is_told() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    world.media_works = false;
    world.deliver();
    world.input(1, Input::Accept { call, video: false, other: OtherCall::Hold }).expect("it rings");
    assert!(world.flights.is_empty());
    assert_eq!(world.states(call), [Some(CallState::Alerting), Some(CallState::Connecting)]);
    world.input(1, Input::MediaFailed { call }).expect("never fails");
    world.deliver();
    assert_eq!(world.states(call), [ended(EndReason::NotConnected), ended(EndReason::Failed)]);
}

#[test]
fn a_killed_peer_is_lost_within_the_bound() {
    let (mut world, call) = World::active_call(false);
    world.pass(secs(1));
    world.input(0, Input::Heard { call }).expect("never fails");
    world.phones[1].dead = true;
    let last_heard = world.now;
    world.pass(Duration::from_millis(1_999));
    assert_eq!(world.state(0, call), Some(CallState::Active));
    world.pass(Duration::from_millis(1));
    assert_eq!(world.state(0, call), Some(CallState::Reconnecting));
    assert_eq!(world.phones[0].calls.next_deadline(), Some((last_heard + secs(30), TimerKind::Reconnect)));
    world.pass(secs(28));
    assert_eq!(world.state(0, call), ended(EndReason::Lost));
    let record = &world.phones[0].records[0];
    assert_eq!((record.duration_seconds, record.ended_reason.word()), (1, "lost"));
}

#[test]
fn a_gap_is_survived() {
    let (mut world, call) = World::active_call(false);
    world.pass(secs(20));
    assert_eq!(world.states(call), [Some(CallState::Reconnecting); 2]);
    world.flow(call);
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
    world.pass(secs(20));
    assert_eq!(world.states(call), [Some(CallState::Reconnecting); 2], "counted from the last packet anew");
}

#[test]
fn a_lost_connection_is_dialled_again_at_a_pace() {
    let (mut world, call) = World::active_call(false);
    world.media_works = false;
    let dials = |world: &World| world.phones[0].dialled.len();
    for phone in [0, 1] {
        world.input(phone, Input::Unlinked { call, ended: false }).expect("never fails");
    }
    assert_eq!((dials(&world), world.states(call)), (1, [Some(CallState::Reconnecting); 2]));
    // Their new addresses do not get through either.
    world.flights.clear();
    world.input(0, Input::Heard { call }).expect("never fails");
    assert_eq!(world.state(0, call), Some(CallState::Reconnecting), "a packet of the old connection proves nothing");
    for round in 2..5 {
        world.pass(secs(1));
        assert_eq!(dials(&world), round);
        world.input(0, Input::Unlinked { call, ended: false }).expect("never fails");
    }
    world.media_works = true;
    world.pass(secs(1));
    world.flow(call);
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
    assert!(world.phones[1].dialled.is_empty(), "the callee never dials");
}

#[test]
fn a_closed_connection_can_say_that_the_call_is_over() {
    let (mut world, call) = World::active_call(false);
    world.input(1, Input::Unlinked { call, ended: true }).expect("never fails");
    assert_eq!(world.state(1, call), ended(EndReason::RemoteHangUp));
}

#[test]
fn both_dial_and_one_call_survives_connected_on_both() {
    for (mine, theirs) in [(id(1), id(2)), (id(2), id(1))] {
        let (survivor, loser) = (mine.max(theirs), mine.min(theirs));
        let mut world = World::new();
        world.dial(0, mine, true).expect("free");
        world.dial(1, theirs, false).expect("free");
        world.deliver();
        world.flow(survivor);
        assert_eq!(world.states(survivor), [Some(CallState::Active); 2]);
        assert_eq!(world.states(loser), [None, None]);
        let gave_way = usize::from(survivor == mine);
        assert_eq!(world.phones[gave_way].replaced, [(loser, survivor)]);
        assert!(world.phones[1 - gave_way].replaced.is_empty());
        assert!(world.phones.iter().all(|phone| phone.ringing.is_empty() && phone.records.is_empty()));
        assert!(world.phones.iter().all(|phone| phone.bound == [survivor]), "the loser's endpoint is closed");
        let call = world.phones[1].calls.call(survivor).expect("it lives");
        assert_eq!((call.local().video, call.remote().video), (false, true), "each sends what it wanted to send");
    }
}

#[test]
fn dialling_who_rings_here_answers() {
    let mut world = World::new();
    world.dial(0, id(3), false).expect("free");
    world.deliver();
    world.dial(1, id(8), true).expect("it answers");
    world.deliver();
    world.flow(id(3));
    assert_eq!(world.states(id(3)), [Some(CallState::Active); 2]);
    assert_eq!(world.phones[1].replaced, [(id(8), id(3))]);
    assert_eq!(world.phones[0].calls.call(id(3)).map(|call| call.remote().video), Some(true));
}

#[test]
fn a_restarted_peer_that_calls_again_is_heard() {
    let (mut world, call) = World::active_call(false);
    world.pass(secs(3));
    let signal =
        CallSignal::Offer { call_id: id(4), audio_codec: AudioCodec::Opus48k, video: false, media: PeerId([5; 32]) };
    world.input(0, Input::Received { from: peer(1), signal }).expect("never fails");
    assert_eq!(world.state(0, call), ended(EndReason::Lost));
    assert_eq!(world.state(0, id(4)), Some(CallState::Ringing));
}

#[test]
fn mute_and_camera_are_seen_by_the_other_side_and_late_word_of_them_is_not() {
    let (mut world, call) = World::active_call(false);
    world.input(0, Input::SetMuted { call, muted: true }).expect("it lives");
    world.input(0, Input::SetVideo { call, video: true }).expect("it lives");
    world.flights.swap(0, 1);
    world.deliver();
    let remote = world.phones[1].calls.call(call).expect("it lives").remote();
    assert!(remote.muted && remote.video);
    world.input(0, Input::HangUp { call }).expect("it lives");
    world.deliver();
    assert!(world.phones.iter().all(|phone| phone.records[0].had_video));
}

#[test]
fn what_was_set_before_the_answer_is_told_with_it() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, true).expect("free");
    world.deliver();
    world.input(0, Input::SetVideo { call, video: false }).expect("it lives");
    world.input(1, Input::SetMuted { call, muted: true }).expect("it lives");
    assert!(world.flights.is_empty());
    world.input(1, Input::Accept { call, video: false, other: OtherCall::Hold }).expect("it rings");
    world.deliver();
    let remotes = [0, 1].map(|phone: usize| world.phones[phone].calls.call(call).expect("it lives").remote());
    assert!(remotes[0].muted && !remotes[1].video);
}

#[test]
fn strangers_cannot_touch_a_call() {
    let (mut world, call) = World::active_call(false);
    let stranger = PeerId([99; 32]);
    let mut addr = PeerAddr::new(stranger);
    addr.relays.push("https://relay.example".into());
    let signals = [
        CallSignal::End { call_id: call, cause: EndCause::HangUp },
        CallSignal::Reject { call_id: call, reason: RejectReason::Declined, text: None },
        CallSignal::Offer { call_id: call, audio_codec: AudioCodec::Opus24k, video: true, media: stranger },
        CallSignal::Answer {
            call_id: call,
            audio_codec: AudioCodec::Opus24k,
            video: true,
            media: addr.clone(),
            instead_of: None,
        },
        CallSignal::Ringing { call_id: call },
        CallSignal::MediaState { call_id: call, revision: 9, muted: true, video: true, held: true },
        CallSignal::Candidate { call_id: call, revision: 9, media: addr },
    ];
    for signal in signals {
        for phone in [0, 1] {
            world.input(phone, Input::Received { from: stranger, signal: signal.clone() }).expect("never fails");
        }
    }
    assert!(world.flights.is_empty(), "not even an answer");
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
    assert!(world.phones.iter().all(|phone| !phone.calls.calls()[0].remote().muted));
}

#[test]
fn repeated_and_late_signals_have_an_answer() {
    let mut world = World::new();
    let call = id(3);
    world.dial(0, call, false).expect("free");
    let offer = world.flights[0].signal.clone();
    world.deliver();
    world.input(1, Input::Received { from: peer(0), signal: offer.clone() }).expect("never fails");
    assert_eq!(world.flights.pop_front().map(|flight| flight.signal), Some(CallSignal::Ringing { call_id: call }));
    world.input(1, Input::Accept { call, video: false, other: OtherCall::Hold }).expect("it rings");
    let answer = world.flights[0].signal.clone();
    world.input(1, Input::Received { from: peer(0), signal: offer }).expect("never fails");
    assert_eq!(world.flights[1].signal, answer, "the same answer again");
    world.deliver();
    assert_eq!(world.phones[0].dialled.len(), 1, "a second answer changes nothing");
    world.flow(call);
    let late = CallSignal::Reject { call_id: call, reason: RejectReason::Declined, text: None };
    world.input(0, Input::Received { from: peer(1), signal: late }).expect("never fails");
    assert_eq!(world.states(call), [Some(CallState::Active); 2]);
    world.input(0, Input::HangUp { call }).expect("it lives");
    world.flights.clear();
    let end = CallSignal::End { call_id: call, cause: EndCause::HangUp };
    world.input(0, Input::Received { from: peer(1), signal: answer.clone() }).expect("never fails");
    assert_eq!(world.flights.pop_front().map(|flight| flight.signal), Some(end.clone()), "while it lingers");
    world.pass(secs(6));
    world.flights.clear();
    world.input(0, Input::Received { from: peer(1), signal: answer }).expect("never fails");
    assert_eq!(world.flights.pop_front().map(|flight| flight.signal), Some(end), "and when it is forgotten");
}

#[test]
fn commands_that_fit_no_call_say_so() {
    let mut world = World::new();
    assert_eq!(
        world.input(0, Input::Accept { call: id(1), video: false, other: OtherCall::End }),
        Err(CallError::Unknown)
    );
    world.dial(0, id(1), false).expect("free");
    let accept = Input::Accept { call: id(1), video: false, other: OtherCall::End };
    assert_eq!(world.input(0, accept), Err(CallError::NotRinging(CallState::Dialing)));
    assert_eq!(world.dial(0, id(1), false), Err(CallError::IdInUse));
    assert_eq!(world.dial(0, id(2), false), Err(CallError::InCall));
}
