//! What a phone wrote with `--stats`.
//! The rig reads it after a call; tests and reports ask for moments and numbers.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// All lines of one file, in order.
#[derive(Clone, Debug)]
pub struct Events(Vec<Value>);

impl Events {
    /// Reads a file; a last line that was cut is left out.
    ///
    /// # Errors
    /// There is no such file, or a line in its middle is no JSON.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let lines = whole.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        Ok(Self(lines))
    }

    /// The first event of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn first(&self, event: &str) -> Result<&Value> {
        self.all(event).next().with_context(|| format!("no '{event}' in the statistics"))
    }

    /// Every event of this name.
    pub fn all(&self, event: &str) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(move |line| line["event"] == event)
    }

    /// When an event first happened, in microseconds on the machine's monotonic clock.
    ///
    /// # Errors
    /// It never happened.
    pub fn mono_us(&self, event: &str) -> Result<u64> {
        self.first(event)?["mono_us"].as_u64().context("mono_us")
    }

    /// When an event first happened, in Unix microseconds.
    ///
    /// # Errors
    /// It never happened.
    pub fn unix_us(&self, event: &str) -> Result<u64> {
        self.first(event)?["t_us"].as_u64().context("t_us")
    }

    /// A number of the last `stats` line, for example `/video/frames_sent`.
    ///
    /// # Errors
    /// There is no such number.
    pub fn last(&self, pointer: &str) -> Result<f64> {
        let line = self.all("stats").last().context("no stats line")?;
        line.pointer(pointer).and_then(Value::as_f64).with_context(|| pointer.to_owned())
    }

    /// A number of every `stats` line.
    pub fn series(&self, pointer: &str) -> Vec<f64> {
        self.all("stats").filter_map(|line| line.pointer(pointer)?.as_f64()).collect()
    }
}
