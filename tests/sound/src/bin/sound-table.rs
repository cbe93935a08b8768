//! Writes the table of what repairs speech best: every condition over every way, judged.

use std::path::PathBuf;

use ahoy_sound::report::{self, About};
use ahoy_sound::scores::Judge;
use ahoy_sound::{condition, grid};
use anyhow::{Result, ensure};
use clap::Parser;

/// Speech through codec, loss and repair, judged: writes audio.md and audio.csv.
#[derive(Debug, Parser)]
struct Options {
    /// The folder with voice-*.wav (tests/sound/voices.sh makes them).
    #[arg(long)]
    voices: PathBuf,
    /// Where the tables are written.
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
    /// Every way at every rate, with every voice.
    #[arg(long)]
    full: bool,
    /// Only these voices, by name, with commas between; without --full allison, alsa, carlo and edward.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// The voices of the short table: a woman and a man recorded, another at full band, and one synthetic.
const SHORT_VOICES: [&str; 4] = ["allison", "alsa", "carlo", "edward"];

/// The least number of voices that says something.
const LEAST_VOICES: usize = 4;

fn main() -> Result<()> {
    let options = Options::parse();
    let mut voices = grid::voices(&options.voices)?;
    if !options.only.is_empty() {
        voices.retain(|voice| options.only.contains(&voice.name));
    } else if !options.full {
        // Those that are here of the usual four come first; others make up the number.
        voices.sort_by_key(|voice| !SHORT_VOICES.contains(&voice.name.as_str()));
        voices.truncate(LEAST_VOICES);
    }
    ensure!(!voices.is_empty(), "none of the voices that were asked for is there");
    let cells = grid::cells(options.full);
    eprintln!(
        "sound-table: {} cells of {} conditions, {} voices",
        cells.len(),
        condition::Condition::ALL.len(),
        voices.len()
    );
    let judge = Judge { python: options.python, script: options.script, jobs: options.jobs };
    let names = voices.iter().map(|voice| voice.name.clone()).collect();
    let about = About { voices: names, full: options.full, cells: cells.len() };
    grid::fill(&cells, &voices, &judge, &options.work, |clips| report::write(clips, &about, &options.out))
}
