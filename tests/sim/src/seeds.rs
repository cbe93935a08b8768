//! Many seeds: random scripts, each run to its end, on all threads there are.
//! The tests and the bench ask for thousands; the first failure is made short.
//! The sum of all traces shows whether two runs of the same seeds were the same.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::script::{Rule, Script};
use crate::shrink::{Failure, shrink};

/// Threads: what a small machine has.
const THREADS: usize = 2;

/// What came of many seeds.
#[derive(Clone, Debug, Default)]
pub struct Harvest {
    /// How many were run.
    pub seeds: u64,
    /// Inputs given to machines.
    pub inputs: u64,
    /// All traces, combined in a way that does not depend on their order.
    pub trace: u128,
    /// How often calls ended in which way, on any phone.
    pub ends: BTreeMap<String, u64>,
    /// The failure of the smallest failing seed, made short.
    pub failure: Option<Failure>,
}

/// Runs the random scripts of these seeds under the rules of the simulator and these; stops at the first failure.
#[must_use]
pub fn run(seeds: Range<u64>, rules: &[Rule]) -> Harvest {
    let next = AtomicU64::new(seeds.start);
    let total = Mutex::new(Harvest::default());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let _ = scope.spawn(|| {
                let mine = work(&next, seeds.end, rules);
                total.lock().expect("no thread panics").add(mine);
            });
        }
    });
    total.into_inner().expect("no thread panics")
}

fn work(next: &AtomicU64, end: u64, rules: &[Rule]) -> Harvest {
    let mut mine = Harvest::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return mine;
        }
        let script = Script::random(seed);
        let outcome = script.run(rules);
        let failure = outcome.fault.as_ref().and_then(|_| shrink(&script, rules));
        let failed = failure.is_some();
        mine.add(Harvest { seeds: 1, inputs: outcome.inputs, trace: outcome.trace, ends: outcome.ends, failure });
        if failed {
            next.store(end, Ordering::Relaxed);
            return mine;
        }
    }
}

impl Harvest {
    fn add(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.inputs += other.inputs;
        self.trace = self.trace.wrapping_add(other.trace);
        for (name, count) in other.ends {
            *self.ends.entry(name).or_default() += count;
        }
        let seed = |failure: &Failure| failure.script.setup.seed;
        self.failure = [self.failure.take(), other.failure].into_iter().flatten().min_by_key(seed);
    }
}
