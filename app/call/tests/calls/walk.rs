//! A seeded random walk of three machines over a link that loses, repeats and reorders, with a stranger shouting in.

use std::time::Duration;

use crate::world::{Flight, World, media, peer};
use ahoy_call::config::{MAX_CALLS, MAX_LIVE};
use ahoy_call::{
    CallId, CallSignal, CallState, EndCause, Input, OtherCall, PeerAddr, PeerId, Policy, RejectReason, SendFailure,
    TimerKind,
};

/// Steps of one walk; the walks together take 20,000 inputs and more.
const STEPS: usize = 1_000;
const SEEDS: u64 = 30;

/// SplitMix64: small, seeded, the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn coin(&mut self) -> bool {
        self.roll(2) == 0
    }
}

fn any_call(world: &World, phone: usize, dice: &mut Dice) -> CallId {
    let calls = world.phones[phone].calls.calls();
    if calls.is_empty() { CallId([1; 16]) } else { calls[dice.roll(calls.len() as u64) as usize].id() }
}

fn any_input(world: &World, phone: usize, dice: &mut Dice) -> Input {
    let call = any_call(world, phone, dice);
    match dice.roll(20) {
        0 | 1 => {
            let other = if dice.coin() { OtherCall::Hold } else { OtherCall::End };
            Input::Accept { call, video: dice.coin(), other }
        }
        2 => Input::HangUp { call },
        3 => Input::Decline { call, reason: RejectReason::Declined, text: None },
        4 => Input::SetMuted { call, muted: dice.coin() },
        5 => Input::SetVideo { call, video: dice.coin() },
        6 => Input::MediaFailed { call },
        7 => Input::SendFailed {
            call,
            failure: if dice.coin() { SendFailure::Unreachable } else { SendFailure::Refused },
        },
        8 => Input::Linked { call },
        9 => Input::Unlinked { call, ended: dice.roll(8) == 0 },
        10 | 11 => Input::MediaFlows { call },
        12 | 13 => Input::Heard { call },
        14 => Input::Timeout,
        15 => Input::SetHeld { call, held: dice.coin() },
        16 => Input::Swap,
        17 => {
            let mut addr = PeerAddr::new(media(phone, call));
            addr.direct.push(([127, 0, 0, 1], dice.roll(9) as u16).into());
            Input::MediaMoved { call, addr }
        }
        18 => Input::Policy(Policy { waiting: dice.roll(4) > 0, dnd: dice.coin(), ..Policy::default() }),
        _ => {
            let cause = if dice.coin() { EndCause::HangUp } else { EndCause::Timeout };
            Input::Received { from: PeerId([99; 32]), signal: CallSignal::End { call_id: call, cause } }
        }
    }
}

/// The link does something to what is in flight.
fn shake(world: &mut World, dice: &mut Dice) {
    let count = world.flights.len() as u64;
    if count == 0 {
        return;
    }
    let at = dice.roll(count) as usize;
    match dice.roll(10) {
        0 => drop(world.flights.remove(at)),
        1 => {
            let Flight { from, to, signal } = &world.flights[at];
            let twin = Flight { from: *from, to: *to, signal: signal.clone() };
            world.flights.push_back(twin);
        }
        2 => world.flights.swap(0, at),
        _ => {
            let _ = world.deliver_one();
        }
    }
}

fn check(world: &World, seed: u64) {
    for (at, phone) in world.phones.iter().enumerate() {
        let calls = phone.calls.calls();
        let live: Vec<_> = calls.iter().filter(|call| !call.state().is_ended()).collect();
        assert!(live.len() <= MAX_LIVE, "seed {seed}: few calls live at a time");
        assert!(calls.len() <= MAX_CALLS, "seed {seed}: the table is bounded");
        let going_on = live.iter().filter(|call| call.state() != CallState::Ringing && !call.local().held);
        assert!(going_on.count() <= 1, "seed {seed}: one call goes on at a time");
        let peers: std::collections::BTreeSet<_> = live.iter().map(|call| call.peer()).collect();
        assert_eq!(peers.len(), live.len(), "seed {seed}: one call with each peer");
        assert!(live.iter().filter(|call| call.ring().is_some()).count() <= 1, "seed {seed}: one call rings");
        let expected: Vec<_> = live.iter().map(|call| call.id()).collect();
        let mut bound = phone.bound.clone();
        bound.sort_by_key(|call| expected.iter().position(|known| known == call));
        assert_eq!(bound, expected, "seed {seed}: an endpoint is open exactly while its call lives");
        assert!(phone.media.iter().all(|call| expected.contains(call)), "seed {seed}: no device outlives its call");
        let rings = live.iter().any(|call| call.state() == CallState::Ringing);
        assert_eq!(!phone.ringing.is_empty(), rings, "seed {seed}: it rings exactly while a call rings");
        assert!(live.iter().all(|call| call.peer() != peer(at)), "seed {seed}");
        let consent = |state| matches!(state, CallState::Connecting | CallState::Active | CallState::Reconnecting);
        let ended = calls.iter().filter(|call| call.state().is_ended()).filter_map(|call| call.deadline());
        assert!(ended.into_iter().all(|(_, kind)| kind == TimerKind::Linger), "seed {seed}: no timer after the end");
        let sends = calls.iter().filter(|call| call.sends().sound || call.sends().picture);
        assert!(sends.clone().all(|call| consent(call.state())), "seed {seed}: nothing is sent without consent");
        assert!(sends.count() <= 1, "seed {seed}: one microphone, one listener");
        assert_eq!(phone.calls.next_deadline().is_some(), !calls.is_empty(), "seed {seed}: whatever is there, ends");
    }
}

#[test]
fn whatever_happens_calls_end_and_nothing_is_left_open() {
    let mut active = 0;
    for seed in 0..SEEDS {
        let mut dice = Dice(seed);
        let mut world = World::of(3);
        for step in 0..STEPS {
            let phone = dice.roll(3) as usize;
            match dice.roll(4) {
                0 => shake(&mut world, &mut dice),
                1 if dice.roll(3) == 0 => {
                    let mut id = [0; 16];
                    id[..8].copy_from_slice(&dice.roll(u64::MAX).to_be_bytes());
                    id[8..].copy_from_slice(&(step as u64).to_be_bytes());
                    let to = (phone + 1 + dice.roll(2) as usize) % 3;
                    let _ = world.dial_to(phone, to, CallId(id), dice.coin());
                }
                1 => {
                    world.now = world.now + Duration::from_millis(dice.roll(3_000));
                    world.input(phone, Input::Timeout).expect("never fails");
                }
                2 => shake(&mut world, &mut dice),
                _ => {
                    let input = any_input(&world, phone, &mut dice);
                    let _ = world.input(phone, input);
                }
            }
            check(&world, seed);
        }
        world.media_works = false;
        world.deliver();
        // The longest way left: 60 s of ringing, 10 s of connecting, 30 s of silence, 5 s of lingering.
        world.pass(Duration::from_secs(106));
        for phone in &world.phones {
            assert!(phone.calls.calls().is_empty(), "seed {seed}: all is forgotten");
            assert_eq!(phone.calls.next_deadline(), None, "seed {seed}");
            assert!(phone.bound.is_empty() && phone.ringing.is_empty(), "seed {seed}");
            active += phone.records.iter().filter(|record| record.ended_reason.word() == "completed").count();
        }
    }
    assert!(active > 20, "the walks must reach the interesting states, only {active} calls were active");
}
