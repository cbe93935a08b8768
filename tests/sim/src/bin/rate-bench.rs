//! Rate control on every link: a table of all cases, ours beside Cubic's, and a plot of each.
//! Started by the bench with a folder; names of cases after it (`5.1 dip-500`) run only these.
//! Writes `rate.md` and an SVG a case into the folder.

use std::fs;
use std::path::PathBuf;
use std::thread;

use ahoy_sim::rate::cases::{self, Case};
use ahoy_sim::rate::control::Which;
use ahoy_sim::rate::measures::{Measures, measure};
use ahoy_sim::rate::plot;
use ahoy_sim::rate::run::{Outcome, run};
use ahoy_sim::rate::table::Table;
use anyhow::Context;

/// Everything is run with this seed; the tests take others.
const SEED: u64 = 1;

fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let folder = PathBuf::from(words.next().context("a folder for table and plots, please")?);
    let names: Vec<String> = words.collect();
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let cases: Vec<Case> =
        cases::all().into_iter().filter(|case| names.is_empty() || names.contains(&case.name)).collect();
    let mut table = Table::default();
    println!("{}", Table::head());
    for case in &cases {
        let ((ours, our_figures), (cubic, cubic_figures)) = both(case);
        println!("{}", table.add(case, &our_figures, &cubic_figures));
        let file = folder.join(format!("{}.svg", case.name));
        fs::write(&file, plot::draw(case, &ours, &cubic)).with_context(|| format!("write {}", file.display()))?;
    }
    let file = folder.join("rate.md");
    fs::write(&file, table.markdown(&cases)).with_context(|| format!("write {}", file.display()))?;
    println!("table and plots are in {}", folder.display());
    Ok(())
}

/// A case with our control and with Cubic's, at the same time.
fn both(case: &Case) -> ((Outcome, Measures), (Outcome, Measures)) {
    let one = |which| {
        let outcome = run(case.scene(which, SEED));
        let figures = measure(case, &outcome);
        (outcome, figures)
    };
    thread::scope(|scope| {
        let cubic = scope.spawn(|| one(Which::Cubic));
        let ours = one(Which::Ours);
        (ours, cubic.join().expect("a run does not panic"))
    })
}
