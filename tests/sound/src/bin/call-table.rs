//! Writes the table of whole calls: delay, quality and what was invented on the links that the project promises to bear.

use std::path::PathBuf;

use ahoy_sound::call_report::{self, LINKS};
use ahoy_sound::grid;
use ahoy_sound::scores::Judge;
use anyhow::{Result, ensure};
use clap::Parser;

/// Whole calls in virtual time, judged: writes voice.md.
#[derive(Debug, Parser)]
struct Options {
    /// The folder with voice-*.wav (tests/sound/voices.sh makes them).
    #[arg(long)]
    voices: PathBuf,
    /// Where the table is written.
    #[arg(long)]
    out: PathBuf,
    /// Where files lie while they are judged.
    #[arg(long)]
    work: PathBuf,
    /// A Python with visqol, pesq, pystoi and soundfile.
    #[arg(long)]
    python: PathBuf,
    /// The script that judges.
    #[arg(long)]
    script: PathBuf,
    /// Threads and processes at a time.
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, usize::from))]
    jobs: usize,
    /// Only these rows, by name, with commas between: the table is printed and nothing is written.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let voices = grid::voices(&options.voices)?;
    let judge = Judge { python: options.python, script: options.script, jobs: options.jobs };
    let links: Vec<_> = LINKS
        .iter()
        .filter(|link| options.only.is_empty() || options.only.iter().any(|name| name == link.name))
        .collect();
    ensure!(!links.is_empty(), "there is no such row");
    let rows = call_report::rows(&links, &voices, &judge, &options.work)?;
    let text = call_report::table(&rows);
    if options.only.is_empty() {
        std::fs::write(options.out.join("voice.md"), &text)?;
    }
    print!("{text}");
    Ok(())
}
