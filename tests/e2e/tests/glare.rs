//! Two people who call each other at the same moment, and one who calls again after a crash.

use std::time::{Duration, Instant};

use ahoy_e2e::phone::PATIENCE;
use ahoy_e2e::rig::{Rig, silent};
use anyhow::Result;

const ROUNDS: usize = 5;
/// A new call rings as soon as it is offered, however long the old one would still be waited for.
const AT_ONCE: Duration = Duration::from_secs(8);

#[test]
fn two_who_call_each_other_have_one_call() -> Result<()> {
    let rig = Rig::paired()?;
    for round in 0..ROUNDS {
        let mut one = rig.caller.spawn(&silent(&["call", "Callee"]))?;
        let mut other = rig.callee.spawn(&silent(&["call", "Caller"]))?;
        let here = one.wait_for_state("Active")?;
        let there = other.wait_for_state("Active")?;
        assert_eq!(here["call"], there["call"], "round {round}: one call, the same on both sides");
        assert_ne!(here["direction"], there["direction"], "round {round}: one of them called, the other answered");
        one.obey("hangup")?;
        assert_eq!(one.wait(PATIENCE)?.0.code(), Some(0), "round {round}");
        assert_eq!(other.wait(PATIENCE)?.0.code(), Some(0), "round {round}");
    }
    for history in [rig.caller.json(&["history"])?, rig.callee.json(&["history"])?] {
        let reasons: Vec<_> = history.as_array().into_iter().flatten().map(|row| row["ended_reason"].clone()).collect();
        assert_eq!(reasons, ["completed"; ROUNDS], "one row a round: {history}");
    }
    Ok(())
}

#[test]
fn a_caller_that_crashed_rings_again_at_once() -> Result<()> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&silent(&["answer"]))?;
    let mut caller = rig.caller.start(&silent(&["call", "Callee"]))?;
    let _ = caller.wait_for_state("Active")?;
    let first = callee.wait_for_state("Active")?;
    caller.kill()?;
    let killed = Instant::now();
    let mut again = rig.caller.start(&silent(&["call", "Callee"]))?;
    let _ = again.wait_for_state("Active")?;
    assert!(killed.elapsed() < AT_ONCE, "took {:?}", killed.elapsed());
    let lost = callee.wait_for_state("Ended")?;
    assert_eq!((&lost["call"], &lost["reason"]), (&first["call"], &"lost".into()));
    let second = callee.wait_for_state("Active")?;
    assert_ne!(second["call"], first["call"]);
    again.obey("hangup")?;
    assert_eq!(again.wait(PATIENCE)?.0.code(), Some(0));
    callee.interrupt()?;
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}
