//! Makes a failing script short: steps are left out as long as it still fails, then the world is made simpler.
//! Used for every failure before it is printed.
//! A shorter script may break another rule than the long one did; it is a failure all the same.

use std::fmt;

use crate::script::{Rule, Script, Step};
use crate::setup::Link;
use crate::world::Fault;

/// A script that fails, as short as it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How many steps it had at first.
    pub from: usize,
    /// What is left of it.
    pub script: Script,
    /// What it breaks.
    pub fault: Fault,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.script.steps.len());
        write!(f, "{}\n{} steps of {from}; {}", self.fault, to, self.script)
    }
}

/// Shrinks a script; `None` when it does not fail.
#[must_use]
pub fn shrink(script: &Script, rules: &[Rule]) -> Option<Failure> {
    let mut fault = script.run(rules).fault?;
    let mut best = script.clone();
    let mut try_it = |candidate: Script, best: &mut Script| {
        let found = candidate.run(rules).fault;
        let fails = found.is_some();
        if let Some(found) = found {
            (fault, *best) = (found, candidate);
        }
        fails
    };
    loop {
        let before = best.clone();
        let mut chunk = best.steps.len().div_ceil(2);
        while chunk > 0 {
            let mut at = 0;
            while at < best.steps.len() {
                let end = (at + chunk).min(best.steps.len());
                let steps: Vec<Step> = [&best.steps[..at], &best.steps[end..]].concat();
                if !try_it(Script { steps, ..best.clone() }, &mut best) {
                    at = end;
                }
            }
            chunk = if chunk == 1 { 0 } else { chunk.div_ceil(2) };
        }
        for simpler in simpler_setups(&best) {
            let _ = simpler != best && try_it(simpler, &mut best);
        }
        if best == before {
            return Some(Failure { from: script.steps.len(), script: best, fault });
        }
    }
}

fn simpler_setups(script: &Script) -> Vec<Script> {
    let setup = &script.setup;
    let link = setup.link;
    let with = |link: Link| Script { setup: crate::setup::Setup { link, ..setup.clone() }, ..script.clone() };
    vec![
        with(Link { loss: 0, ..link }),
        with(Link { duplicate: 0, ..link }),
        with(Link { straggle: 0, ..link }),
        with(Link { jitter_ms: 0, ..link }),
        Script { setup: crate::setup::Setup { bind_fails: 0, ..setup.clone() }, ..script.clone() },
        Script { setup: crate::setup::Setup { lag_ms: 0, ..setup.clone() }, ..script.clone() },
        Script { setup: crate::setup::Setup { keeps: false, ..setup.clone() }, ..script.clone() },
    ]
}
