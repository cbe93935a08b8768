//! Glare: both people call each other at the same moment, over and over.
//! The tests and the bench ask for ten thousand cases; each has its own delays, offset and call ids.
//! One call survives, the same on both sides, and it is connected.

use std::time::Duration;

use ahoy_call::CallState;

use crate::World;
use crate::act::Act;
use crate::chance::Chance;
use crate::script::{Script, Step};
use crate::setup::{Link, Setup};
use crate::world::Fault;

/// How long the two phones have: a slow endpoint, a slow link that loses signals, and the media connection.
const PATIENCE: Duration = Duration::from_secs(25);

/// One case.
#[must_use]
pub fn case(seed: u64) -> Script {
    let mut chance = Chance::of(seed, &[0x91a6e]);
    let link = Link {
        delay_ms: chance.within(1..400),
        jitter_ms: chance.within(0..200),
        loss: if chance.coin() { 0 } else { 50 },
        duplicate: if chance.coin() { 0 } else { 200 },
        straggle: if chance.coin() { 0 } else { 100 },
    };
    let bind_ms = chance.within(0..300);
    let setup = Setup {
        seed,
        phones: 2,
        link,
        bind_ms,
        bind_fails: 0,
        lag_ms: 0,
        keeps: chance.coin(),
        by_hand: false,
        rising: false,
    };
    // The second person dials before the first one's offer can be there.
    let skew = chance.within(0..bind_ms + link.delay_ms);
    let first = usize::from(chance.coin());
    let dial =
        |at: usize, at_ms, video| Step { at: Duration::from_millis(at_ms), act: Act::Dial { at, to: 1 - at, video } };
    let steps = vec![dial(first, 0, chance.coin()), dial(1 - first, skew, chance.coin())];
    Script { setup, steps }
}

/// Runs one case.
///
/// # Errors
/// What is wrong.
pub fn run(seed: u64) -> Result<(), Fault> {
    let script = case(seed);
    let mut world = World::new(&script.setup);
    for step in &script.steps {
        world.run_until(World::start() + step.at);
        world.step(&step.act);
    }
    world.run_until(World::start() + PATIENCE);
    let holds = agreed(&world);
    world.rule(None, holds);
    if world.fault().is_none() {
        world.run_out(false);
    }
    world.fault().map_or(Ok(()), |fault| Err(fault.clone()))
}

fn agreed(world: &World) -> Result<(), String> {
    let lives = |at| world.calls(at).alive().map(|call| (call.id(), call.state())).collect::<Vec<_>>();
    let (mine, theirs) = (lives(0), lives(1));
    // A link that loses much may just have been silent.
    let spoken = |state| matches!(state, CallState::Active | CallState::Reconnecting);
    match (&mine[..], &theirs[..]) {
        ([(a, one)], [(b, other)]) if a == b && spoken(*one) && spoken(*other) => Ok(()),
        _ => Err(format!("phone 0 has {mine:?}, phone 1 has {theirs:?}")),
    }
}
