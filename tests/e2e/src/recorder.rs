//! A program that records the default microphone of a sound server as a call does.
//! The test and the bench of devices start it and read what it heard.
//! It is a program of its own, because the sound server to use is a matter of a program's environment.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::pulse::SoundServer;

/// What came of a recording.
pub struct Recorded {
    /// The samples, -1 to 1.
    pub samples: Vec<f32>,
    /// How long it took, in seconds.
    pub lasted_s: f64,
    /// Samples that the ring had no room for.
    pub dropped: u64,
    /// How old a sample is when it comes, as the microphone tells it, in milliseconds.
    pub latency_ms: f64,
}

/// A recording that goes on.
pub struct Recorder {
    program: Child,
    said: Lines<BufReader<ChildStdout>>,
    file: PathBuf,
}

impl Recorder {
    /// Starts recording for `seconds` into a file, and returns when sound comes.
    ///
    /// # Errors
    /// The program was not built, or the microphone gives nothing.
    pub fn start(server: &SoundServer, seconds: f64, file: &Path) -> Result<Self> {
        let program = crate::phone::beside("recorder")?;
        let mut program = server
            .program(&program)
            .arg(seconds.to_string())
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let mut said = BufReader::new(program.stdout.take().context("standard output")?).lines();
        let first = said.next().context("it ended before it heard anything")??;
        ensure!(first == "ready", "{first}");
        Ok(Self { program, said, file: file.to_owned() })
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// It failed.
    pub fn finish(mut self) -> Result<Recorded> {
        let last = self.said.next().context("it ended early")??;
        ensure!(self.program.wait()?.success(), "it failed");
        let mut words = last.split(' ').skip(1);
        let mut next = || words.next().context("a word is missing");
        let (lasted_s, dropped, latency_ms) = (next()?.parse()?, next()?.parse()?, next()?.parse()?);
        let samples = hound::WavReader::open(&self.file)?.into_samples().collect::<Result<_, _>>()?;
        Ok(Recorded { samples, lasted_s, dropped, latency_ms })
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // It has mostly ended already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
