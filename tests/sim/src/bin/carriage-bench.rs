//! Prints what stands in `tests/results/carriage.md`: which transport carries pictures best over which link.
//! Started by the bench; a number given as an argument replaces the seconds of a case.
//! Virtual time and fixed seeds: the page is the same on every machine.

use ahoy_sim::carriage::table;

/// Long enough that one frame in a thousand shows.
const SECONDS: u64 = 40;

/// Decides all chance.
const SEED: u64 = 5;

fn main() -> anyhow::Result<()> {
    let seconds = std::env::args().nth(1).map_or(Ok(SECONDS), |word| word.parse())?;
    let command = "./x bench carriage";
    print!("{}{}{}", table::head(command, seconds), table::page(seconds, SEED), table::READING);
    Ok(())
}
