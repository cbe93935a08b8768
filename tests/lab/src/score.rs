//! Scores of what was heard against what was said, by `tests/sound/score.py`: ViSQOL, PESQ wideband and STOI.
//! `report` calls it for both directions at once, because starting the judges takes longer than judging.
//! Both are cut into pieces of the length those judges were made for; a direction has the mean of its pieces.

use std::path::Path;
use std::process::{Command, Stdio};

use ahoy_e2e::sound::quantile;
use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use serde_json::{Value, json};

use crate::hearing::Hearing;
use crate::speech::Speech;

/// Length of a piece in seconds: PESQ is defined for 8 to 12, and one bad moment shall not hide behind much good.
const PIECE_S: f64 = 9.0;

/// What there is to judge in one direction.
pub struct Pair<'a> {
    /// What was said.
    pub said: &'a Speech,
    /// What was heard.
    pub heard: Speech,
    /// Where it was found in what was heard.
    pub hearing: &'a Hearing,
}

impl Pair<'_> {
    /// How much later than in the said file a stretch of it is in the heard file, in seconds: the median of what was found in it.
    /// STOI aligns nothing itself; the two others align once more, utterance by utterance.
    fn trails_s(&self, from_s: f64, to_s: f64) -> f64 {
        let inside = self.hearing.delays.iter().filter(|(at, _)| (from_s..to_s).contains(at)).map(|(_, delay)| *delay);
        let nearby = quantile(inside, 0.5);
        let delay_ms = if nearby.is_finite() { nearby } else { self.hearing.delay_p50_ms };
        (delay_ms - self.hearing.late_ms) / 1_000.0
    }
}

/// Means over the pieces; a score that no piece has is left out.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Scores {
    /// ViSQOL in speech mode, lattice mapping: 1 to about 4.4.
    pub visqol: Option<f64>,
    /// PESQ wideband: 1 to 4.64.
    pub pesq: Option<f64>,
    /// The worst piece's PESQ.
    pub pesq_worst: Option<f64>,
    /// STOI: 0 to 1.
    pub stoi: Option<f64>,
    /// How many pieces.
    pub pieces: usize,
}

/// Judges each pair from `skip_s` on with this Python; the pieces stay in `folder`.
///
/// # Errors
/// This is no Python with the judges, or it failed.
pub fn judge(pairs: &[Pair<'_>], python: &Path, skip_s: f64, folder: &Path) -> Result<Vec<Scores>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sound/score.py");
    ensure!(script.is_file(), "{} is missing", script.display());
    let (mut list, mut owners) = (Vec::new(), Vec::new());
    for (owner, pair) in pairs.iter().enumerate() {
        let whole_s = pair.trails_s(skip_s, f64::INFINITY);
        if !whole_s.is_finite() {
            // Nothing of it was found: there is no telling what to compare.
            continue;
        }
        let end = pair.said.seconds().min(pair.heard.seconds() - whole_s);
        let count = ((end - skip_s) / PIECE_S).floor().max(0.0) as usize;
        for number in 0..count {
            let from = skip_s + number as f64 * PIECE_S;
            let trails_s = pair.trails_s(from, from + PIECE_S);
            let path = |what: &str| folder.join(format!("piece-{owner}-{number}-{what}.wav"));
            let (said, heard) = (path("said"), path("heard"));
            pair.said.piece(from, from + PIECE_S).write(&said)?;
            pair.heard.piece(from + trails_s, from + trails_s + PIECE_S).write(&heard)?;
            list.push(json!({"reference": said, "degraded": heard}));
            owners.push(owner);
        }
    }
    let judged = run(python, &script, &list, folder)?;
    let of = |owner| owners.iter().zip(&judged).filter(move |one| *one.0 == owner).map(|one| one.1);
    Ok((0..pairs.len()).map(|owner| mean(of(owner))).collect())
}

fn run(python: &Path, script: &Path, list: &[Value], folder: &Path) -> Result<Vec<Value>> {
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let pairs = folder.join("pairs.json");
    std::fs::write(&pairs, serde_json::to_vec_pretty(list)?)?;
    let output = Command::new(python).arg(script).arg(&pairs).stdin(Stdio::null()).output();
    let output = output.with_context(|| python.display().to_string())?;
    let error = String::from_utf8_lossy(&output.stderr);
    let why = error.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    ensure!(output.status.success(), "{} {}: {why}", python.display(), script.display());
    let judged: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    ensure!(judged.len() == list.len(), "{} answers for {} pairs", judged.len(), list.len());
    Ok(judged)
}

fn mean<'a>(pieces: impl Iterator<Item = &'a Value>) -> Scores {
    let pieces: Vec<&Value> = pieces.collect();
    let all = |name: &str| pieces.iter().filter_map(|piece| piece[name].as_f64()).collect::<Vec<f64>>();
    let mean =
        |name| Some(all(name)).filter(|all| !all.is_empty()).map(|all| all.iter().sum::<f64>() / all.len() as f64);
    Scores {
        visqol: mean("visqol"),
        pesq: mean("pesq"),
        pesq_worst: all("pesq").into_iter().reduce(f64::min),
        stoi: mean("stoi"),
        pieces: pieces.len(),
    }
}
