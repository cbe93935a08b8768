//! A seeded random walk of two machines over a link that loses, repeats and reorders, with a stranger shouting in.

use std::time::Duration;

use crate::world::{Flight, World, peer};
use ahoy_call::{CallId, CallSignal, EndCause, Input, PeerId, RejectReason, SendFailure};

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
    match dice.roll(16) {
        0 | 1 => Input::Accept { call, video: dice.coin() },
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
            let Flight { to, signal } = &world.flights[at];
            let twin = Flight { to: *to, signal: signal.clone() };
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
        assert!(live.len() <= 1, "seed {seed}: one call lives at a time");
        assert!(calls.len() <= ahoy_call::config::MAX_CALLS, "seed {seed}: the table is bounded");
        let expected: Vec<_> = live.iter().map(|call| call.id()).collect();
        assert_eq!(phone.bound, expected, "seed {seed}: an endpoint is open exactly while its call lives");
        assert!(phone.media.iter().all(|call| expected.contains(call)), "seed {seed}: no device outlives its call");
        let rings = live.iter().any(|call| call.state() == ahoy_call::CallState::Ringing);
        assert_eq!(!phone.ringing.is_empty(), rings, "seed {seed}: it rings exactly while a call rings");
        assert!(live.iter().all(|call| call.peer() == peer(1 - at)), "seed {seed}");
        assert_eq!(phone.calls.next_deadline().is_some(), !calls.is_empty(), "seed {seed}: whatever is there, ends");
    }
}

#[test]
fn whatever_happens_calls_end_and_nothing_is_left_open() {
    let mut active = 0;
    for seed in 0..SEEDS {
        let mut dice = Dice(seed);
        let mut world = World::new();
        for step in 0..STEPS {
            let phone = dice.roll(2) as usize;
            match dice.roll(4) {
                0 => shake(&mut world, &mut dice),
                1 if dice.roll(3) == 0 => {
                    let mut id = [0; 16];
                    id[..8].copy_from_slice(&dice.roll(u64::MAX).to_be_bytes());
                    id[8..].copy_from_slice(&(step as u64).to_be_bytes());
                    let _ = world.dial(phone, CallId(id), dice.coin());
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
