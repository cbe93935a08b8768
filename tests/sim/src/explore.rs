//! Every order of events: all sequences of acts up to a length, each run to its end.
//! The tests and the bench start it from a few roots: nothing yet, a call that rings, a conversation, one call on hold.
//! Sequences that lead to the same state are followed once: what comes of a state does not depend on the way to it.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use ahoy_call::OtherCall;

use crate::World;
use crate::act::{Act, At, Which};
use crate::script::{Script, Step};
use crate::setup::Setup;
use crate::shrink::{Failure, shrink};
use crate::trace::Trace;

/// Threads of the explorer: what a small machine has.
const THREADS: usize = 2;

/// Where an exploration begins and what can happen in it.
#[derive(Clone, Debug)]
pub struct Root {
    /// Its name.
    pub name: &'static str,
    /// The world, moved by hand.
    pub setup: Setup,
    /// What has happened before.
    pub before: Vec<Act>,
    /// What can happen.
    pub alphabet: Vec<Act>,
}

/// What an exploration has seen.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// Sequences of acts up to the length asked for, the empty one included.
    pub sequences: u128,
    /// States they lead to; each was run to its end.
    pub states: u64,
    /// Inputs given to machines.
    pub inputs: u64,
    /// The first failure that was found, made short.
    pub failure: Option<Failure>,
}

impl World {
    /// A fingerprint of everything that the future depends on.
    pub(crate) fn fingerprint(&self) -> u128 {
        let mut trace = Trace::default();
        trace.number(self.now.0);
        trace.debug(&(&self.phones, &self.cuts, &self.marred, self.dialled));
        for channel in self.channels() {
            for letter in &channel.queue {
                trace.debug(&letter.signal);
            }
            trace.number(u64::MAX);
        }
        for entry in self.agenda.iter() {
            trace.debug(&entry);
        }
        for living in self.wires.living() {
            trace.debug(&living);
        }
        trace.sum()
    }
}

impl Root {
    fn script(&self, places: &[u8]) -> Script {
        let acts = self.before.iter().chain(places.iter().map(|place| &self.alphabet[usize::from(*place)]));
        let steps = acts.map(|act| Step { at: std::time::Duration::ZERO, act: act.clone() }).collect();
        Script { setup: self.setup.clone(), steps }
    }

    fn world(&self, places: &[u8]) -> World {
        let mut world = World::new(&self.setup);
        for step in &self.script(places).steps {
            world.step(&step.act);
        }
        world
    }

    /// Runs all sequences of up to `depth` acts.
    #[must_use]
    pub fn explore(&self, depth: usize) -> Explored {
        let seen = Mutex::new(HashSet::from([self.world(&[]).fingerprint()]));
        let inputs = AtomicU64::new(0);
        let failure = Mutex::new(None);
        self.run(&[], &inputs, &failure);
        let mut level: Vec<Vec<u8>> = vec![Vec::new()];
        for _ in 0..depth {
            let next = Mutex::new(Vec::new());
            let place = AtomicUsize::new(0);
            thread::scope(|scope| {
                for _ in 0..THREADS {
                    let _ = scope.spawn(|| {
                        while let Some(parent) = level.get(place.fetch_add(1, Ordering::Relaxed)) {
                            let children = self.children(parent, &seen);
                            children.iter().for_each(|child| self.run(child, &inputs, &failure));
                            next.lock().expect("no thread panics").extend(children);
                        }
                    });
                }
            });
            level = next.into_inner().expect("no thread panics");
            if failure.lock().expect("no thread panics").is_some() {
                break;
            }
        }
        let letters = self.alphabet.len() as u128;
        let states = seen.into_inner().expect("no thread panics").len() as u64;
        Explored {
            sequences: (0..=depth).map(|length| letters.pow(u32::try_from(length).expect("short"))).sum(),
            states,
            inputs: inputs.into_inner(),
            failure: failure.into_inner().expect("no thread panics"),
        }
    }

    /// The sequences with one more act that lead to states not seen before.
    fn children(&self, parent: &[u8], seen: &Mutex<HashSet<u128>>) -> Vec<Vec<u8>> {
        let mut children = Vec::new();
        let mut world = self.world(parent);
        for (letter, act) in (0_u8..).zip(&self.alphabet) {
            let before = world.changes;
            world.step(act);
            // What has changed nothing leads nowhere new, and its world serves for the next act.
            if world.changes != before {
                if seen.lock().expect("no thread panics").insert(world.fingerprint()) {
                    children.push([parent, &[letter]].concat());
                }
                world = self.world(parent);
            }
        }
        children
    }

    fn run(&self, places: &[u8], inputs: &AtomicU64, failure: &Mutex<Option<Failure>>) {
        let script = self.script(places);
        let outcome = script.run(&[]);
        let _ = inputs.fetch_add(outcome.inputs, Ordering::Relaxed);
        if outcome.fault.is_some() {
            let mut failure = failure.lock().expect("no thread panics");
            if failure.is_none() {
                *failure = shrink(&script, &[]);
            }
        }
    }
}

/// What can happen on a phone towards another.
fn towards(at: At, to: At) -> Vec<Act> {
    vec![
        Act::Dial { at, to, video: false },
        Act::Deliver { from: at, to },
        Act::Repeat { from: at, to },
        Act::Drop { from: at, to },
        Act::Overtake { from: at, to },
    ]
}

/// What can happen on one phone.
fn alone(at: At) -> Vec<Act> {
    vec![
        Act::Accept { at, video: true, other: OtherCall::Hold },
        Act::Decline { at },
        Act::HangUp { at, which: Which::Current },
        Act::Hold { at },
        Act::Resume { at },
        Act::Crash { at, down_ms: 0 },
    ]
}

fn two_phones() -> Vec<Act> {
    let mut acts: Vec<Act> = [towards(0, 1), towards(1, 0), alone(0), alone(1)].concat();
    acts.extend([Act::Move { at: 1 }, Act::Unlink { a: 0, b: 1 }, Act::Cut { a: 0, b: 1 }, Act::Wait]);
    acts
}

/// Phone 0 speaks to 1 and is called by 2: what matters is what 0 does and what reaches it.
fn three_phones() -> Vec<Act> {
    let mut acts = alone(0);
    for (from, to) in [(0, 1), (1, 0), (0, 2), (2, 0)] {
        acts.extend([Act::Deliver { from, to }, Act::Drop { from, to }]);
    }
    acts.extend([
        Act::Accept { at: 0, video: false, other: OtherCall::End },
        Act::HangUp { at: 0, which: Which::Ringing },
        Act::HangUp { at: 0, which: Which::Held },
        Act::Swap { at: 0 },
        Act::Dial { at: 0, to: 2, video: false },
        Act::Dial { at: 2, to: 0, video: false },
        Act::Dial { at: 1, to: 0, video: false },
        Act::HangUp { at: 1, which: Which::Current },
        Act::HangUp { at: 2, which: Which::Current },
        Act::Accept { at: 2, video: false, other: OtherCall::Hold },
        Act::Wait,
    ]);
    acts
}

fn call(at: At, to: At) -> Vec<Act> {
    vec![Act::Dial { at, to, video: false }, Act::Deliver { from: at, to }, Act::Deliver { from: to, to: at }]
}

fn conversation(at: At, to: At) -> Vec<Act> {
    let accept = Act::Accept { at: to, video: false, other: OtherCall::Hold };
    [call(at, to), vec![accept, Act::Deliver { from: to, to: at }]].concat()
}

/// The roots for two phones.
#[must_use]
pub fn pairs() -> Vec<Root> {
    let root = |name, setup: Setup, before| Root { name, setup, before, alphabet: two_phones() };
    let slow = Setup { bind_ms: 500, ..Setup::by_hand(2, true) };
    vec![
        root("nothing yet, newer ids greater", Setup::by_hand(2, true), Vec::new()),
        root("nothing yet, newer ids smaller", Setup::by_hand(2, false), Vec::new()),
        root("nothing yet, endpoints take their time", slow, Vec::new()),
        root("it rings", Setup::by_hand(2, true), call(0, 1)),
        root("a conversation", Setup::by_hand(2, true), conversation(0, 1)),
    ]
}

/// The roots for three phones.
#[must_use]
pub fn triples() -> Vec<Root> {
    let waiting = Act::Policy { at: 0, waiting: true, dnd: false, silent: None };
    let second = [vec![waiting.clone()], conversation(1, 0), call(2, 0)].concat();
    let accept = Act::Accept { at: 0, video: false, other: OtherCall::Hold };
    let both =
        [second.clone(), vec![accept, Act::Deliver { from: 0, to: 1 }, Act::Deliver { from: 0, to: 2 }]].concat();
    let root = |name, before| Root { name, setup: Setup::by_hand(3, true), before, alphabet: three_phones() };
    vec![
        root("a conversation, call waiting", [vec![waiting], conversation(0, 1)].concat()),
        root("a second call rings", second),
        root("one call goes on, one is held", both),
    ]
}
