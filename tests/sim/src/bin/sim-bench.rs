//! The long runs of the simulator: every sequence of six acts, a hundred thousand seeds, ten thousand glares.
//! Started by the bench; numbers given as arguments replace those of depth, seeds and glares.
//! Prints what was run and how fast; exits with 1 and a short script when a rule is broken.

use std::process::ExitCode;
use std::time::Instant;

use ahoy_sim::{explore, glare, seeds};

/// Acts in a row, beginning with nothing.
const DEPTH: usize = 6;
/// So many fewer from the middle of a call: getting there took more than that.
const AHEAD: usize = 2;
/// Random scripts.
const SEEDS: u64 = 100_000;
/// Simultaneous dials.
const GLARES: u64 = 10_000;

fn main() -> anyhow::Result<ExitCode> {
    let numbers = std::env::args().skip(1).map(|word| word.parse()).collect::<Result<Vec<u64>, _>>()?;
    let depth = numbers.first().map_or(Ok(DEPTH), |depth| usize::try_from(*depth))?;
    let count = numbers.get(1).copied().unwrap_or(SEEDS);
    let glares = numbers.get(2).copied().unwrap_or(GLARES);
    let fine = every_order(depth) & random(count) & both_dial(glares);
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn every_order(depth: usize) -> bool {
    let mut fine = true;
    for root in explore::pairs().into_iter().chain(explore::triples()) {
        let begun = Instant::now();
        let depth = if root.before.is_empty() { depth } else { depth.saturating_sub(AHEAD) };
        let seen = root.explore(depth);
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{}: {} sequences of up to {depth} acts, {} states run to their end in {seconds:.1} s, {:.0} a second, \
             {} inputs",
            root.name,
            seen.sequences,
            seen.states,
            seen.states as f64 / seconds,
            seen.inputs
        );
        if let Some(failure) = seen.failure {
            println!("BROKEN: {failure}");
            fine = false;
        }
    }
    fine
}

fn random(count: u64) -> bool {
    let begun = Instant::now();
    let harvest = seeds::run(0..count, &[]);
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{} seeds in {seconds:.1} s, {:.0} a second, {} inputs, trace {:032x}; ends {:?}",
        harvest.seeds,
        harvest.seeds as f64 / seconds,
        harvest.inputs,
        harvest.trace,
        harvest.ends
    );
    if let Some(failure) = &harvest.failure {
        println!("BROKEN: {failure}");
    }
    harvest.failure.is_none()
}

fn both_dial(count: u64) -> bool {
    let begun = Instant::now();
    let broken: Vec<_> = (0..count).filter_map(|seed| Some((seed, glare::run(seed).err()?))).collect();
    println!(
        "both dial: {} of {count} agree on one call, in {:.1} s",
        count - broken.len() as u64,
        begun.elapsed().as_secs_f64()
    );
    if let Some((seed, fault)) = broken.first() {
        let script = glare::case(*seed);
        println!("BROKEN: {fault}\n{script}{}", script.diary().join("\n"));
    }
    broken.is_empty()
}
