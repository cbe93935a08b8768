//! The cells of the table and the work of filling them.
//! `sound-table` runs it.
//! Every condition meets the same losses: they depend on the way and the voice alone.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ahoy_media::Kbps;
use anyhow::{Context as _, Result};

use crate::condition::Condition;
use crate::losses::Losses;
use crate::scores::{Judge, Scores};
use crate::speech::Speech;
use crate::talk::{Talk, talk};

/// Rates of the encoder.
pub const RATES: [Kbps; 3] = [Kbps(16), Kbps(24), Kbps(32)];

/// The rate at which the short table has every way; at the others it has [`SHORT_WAYS`].
const MAIN_RATE: Kbps = Kbps(32);

/// Every way that is lost on.
pub const WAYS: [Losses; 14] = [
    Losses::random(0.0),
    Losses::random(10.0),
    Losses::random(20.0),
    Losses::random(30.0),
    Losses::random(40.0),
    Losses::random(50.0),
    Losses::bursts(20.0, 1.5),
    Losses::bursts(20.0, 2.0),
    Losses::bursts(20.0, 2.9),
    Losses::bursts(20.0, 3.3),
    Losses::bursts(30.0, 1.5),
    Losses::bursts(30.0, 2.0),
    Losses::bursts(30.0, 2.9),
    Losses::bursts(30.0, 3.3),
];

/// The ways of the short table at the lower rates; those that everything is compared on.
const SHORT_WAYS: [Losses; 3] = [Losses::random(0.0), Losses::random(20.0), Losses::bursts(20.0, 2.9)];

/// Clips on the disk at once: 150 MB.
const CLIPS_AT_ONCE: usize = 192;

/// One cell: all voices under one condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Rate of the encoder.
    pub kbps: Kbps,
    /// The way.
    pub losses: Losses,
    /// What is done against it.
    pub condition: Condition,
}

/// One voice and what it is called.
#[derive(Clone, Debug)]
pub struct Voice {
    /// The name of its file.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub speech: Speech,
}

/// One voice in one cell: what it took and how it was judged. Figures are those of [`Talk`].
#[derive(Clone, Debug)]
pub struct Clip {
    /// Where it belongs.
    pub cell: Cell,
    /// Who speaks.
    pub voice: String,
    /// How it sounds.
    pub scores: Scores,
    /// Share of frames whose datagram was lost.
    pub lost: f64,
    /// Share of frames that were concealed.
    pub residual: f64,
    /// Wait that 19 of 20 repairs need, in milliseconds.
    pub repair_ms: f64,
    /// Kilobits a second on the wire.
    pub wire_kbps: f64,
    /// Processor time of coding 20 ms.
    pub encode: Duration,
    /// Processor time of decoding 20 ms.
    pub decode: Duration,
}

/// The cells: all of them, or those of the short table. What is compared most comes first, and an interrupted run has it.
#[must_use]
pub fn cells(full: bool) -> Vec<Cell> {
    let mut cells = Vec::new();
    for kbps in RATES {
        for losses in WAYS.into_iter().filter(|way| full || kbps == MAIN_RATE || SHORT_WAYS.contains(way)) {
            let conditions = Condition::ALL.into_iter();
            // Where nothing is lost, a copy changes nothing.
            let conditions = conditions.filter(|condition| losses.percent > 0.0 || condition.copies.is_empty());
            cells.extend(conditions.map(|condition| Cell { kbps, losses, condition }));
        }
    }
    cells.sort_by_key(|cell| (!SHORT_WAYS.contains(&cell.losses), cell.kbps != MAIN_RATE));
    cells
}

/// Reads the voices in a folder, in the order of their names.
///
/// # Errors
/// When there is none, or one cannot be read.
pub fn voices(folder: &Path) -> Result<Vec<Voice>> {
    let list = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut voices = Vec::new();
    for entry in list {
        let path = entry?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.strip_prefix("voice-"));
        if let Some(name) = name {
            voices.push(Voice { name: name.to_owned(), speech: Speech::read(&path)?, path });
        }
    }
    anyhow::ensure!(!voices.is_empty(), "no voice-*.wav in {}", folder.display());
    voices.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(voices)
}

/// Fills every cell with every voice; files lie in `work` while they are judged. `so_far` sees all that is done now and then.
///
/// # Errors
/// When the codec, the disk, the judges or `so_far` fail.
pub fn fill(
    cells: &[Cell],
    voices: &[Voice],
    judge: &Judge,
    work: &Path,
    so_far: impl Fn(&[Clip]) -> Result<()>,
) -> Result<()> {
    std::fs::create_dir_all(work)?;
    let jobs: Vec<(Cell, usize)> =
        cells.iter().flat_map(|cell| (0..voices.len()).map(move |voice| (*cell, voice))).collect();
    let mut clips = Vec::new();
    for batch in jobs.chunks(CLIPS_AT_ONCE) {
        let talks = said(batch, voices, judge.jobs, work)?;
        let pairs: Vec<_> = batch
            .iter()
            .zip(&talks)
            .map(|((_, voice), (_, heard))| (voices[*voice].path.clone(), heard.clone()))
            .collect();
        let scores = judge.score(&pairs)?;
        for (((cell, voice), (talk, heard)), scores) in batch.iter().zip(talks).zip(scores) {
            std::fs::remove_file(heard)?;
            clips.push(Clip {
                cell: *cell,
                voice: voices[*voice].name.clone(),
                scores,
                lost: talk.lost,
                residual: talk.residual,
                repair_ms: talk.repair_ms,
                wire_kbps: talk.wire_kbps,
                encode: talk.encode,
                decode: talk.decode,
            });
        }
        eprintln!("sound-table: {} of {} clips", clips.len(), jobs.len());
        so_far(&clips)?;
    }
    Ok(())
}

/// Has every talk of a batch, several at a time; what was heard is written to files.
fn said(batch: &[(Cell, usize)], voices: &[Voice], threads: usize, work: &Path) -> Result<Vec<(Talk, PathBuf)>> {
    let next = AtomicUsize::new(0);
    let worker = || -> Result<Vec<(usize, Talk, PathBuf)>> {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((cell, voice)) = batch.get(place) else {
                return Ok(done);
            };
            let mut talk = talk(&voices[*voice].speech, cell.condition, cell.kbps, cell.losses, seed(cell, *voice))?;
            let path = work.join(format!("heard-{place}.wav"));
            talk.heard.write(&path)?;
            // It is on the disk; in memory it is not needed any more.
            talk.heard = Speech::default();
            done.push((place, talk, path));
        }
    };
    let mut talks = std::thread::scope(|scope| -> Result<Vec<_>> {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(worker)).collect();
        let mut talks = Vec::new();
        for worker in workers {
            talks.extend(worker.join().map_err(|_| anyhow::anyhow!("a worker panicked"))??);
        }
        Ok(talks)
    })?;
    talks.sort_by_key(|(place, ..)| *place);
    Ok(talks.into_iter().map(|(_, talk, path)| (talk, path)).collect())
}

/// Other losses for each way and each voice, the same for every condition and rate.
fn seed(cell: &Cell, voice: usize) -> u64 {
    let way = WAYS.iter().position(|way| *way == cell.losses).unwrap_or(WAYS.len());
    (way as u64) << 8 | voice as u64
}
