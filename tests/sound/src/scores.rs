//! What listeners would say, by the three judges of `score.py`.
//! The tables hand it pairs of files and get a score for each.
//! A judge that fails leaves a gap with its reason, never a number.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// What was said and what was heard, as files.
pub type Pair = (PathBuf, PathBuf);

/// Opinions of one pair.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Scores {
    /// `ViSQOL`, speech, lattice mapping: 1 to about 4.4.
    pub visqol: Option<f64>,
    /// `ViSQOL`, speech, polynomial mapping: 1 to 5.
    pub visqol_polynomial: Option<f64>,
    /// PESQ wideband (P.862.2): 1 to 4.64.
    pub pesq: Option<f64>,
    /// STOI, how much is understood: up to 1.
    pub stoi: Option<f64>,
    /// Why one of them is missing.
    #[serde(default)]
    pub error: Option<String>,
}

/// The script and what runs it.
#[derive(Clone, Debug)]
pub struct Judge {
    /// A Python with what the script imports.
    pub python: PathBuf,
    /// `score.py`.
    pub script: PathBuf,
    /// Processes at a time.
    pub jobs: usize,
}

impl Judge {
    /// Scores every pair, in order.
    ///
    /// # Errors
    /// When the script cannot be run or does not answer for each.
    pub fn score(&self, pairs: &[Pair]) -> Result<Vec<Scores>> {
        let mut script = Command::new(&self.python)
            .arg(&self.script)
            .args(["--jobs", &self.jobs.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", self.python.display()))?;
        let list = serde_json::to_vec(pairs)?;
        // It reads the whole list before it answers; dropping the pipe ends it.
        script.stdin.take().context("no way to hand over the list")?.write_all(&list)?;
        let answer = script.wait_with_output()?;
        ensure!(answer.status.success(), "{} failed: {}", self.script.display(), answer.status);
        let scores: Vec<Scores> = serde_json::from_slice(&answer.stdout)?;
        ensure!(scores.len() == pairs.len(), "{} answers for {} pairs", scores.len(), pairs.len());
        for error in scores.iter().filter_map(|scores| scores.error.as_ref()) {
            eprintln!("score: {error}");
        }
        Ok(scores)
    }
}
