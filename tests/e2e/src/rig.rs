//! Two phones that know each other, and one call between them with files for devices.
//! Tests, `demo` and `bench` describe a call as a [`Script`] and look at what is left of it.
//! Everything lies in one temporary folder that goes when the rig does.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::events::Events;
use crate::phone::{Owner, Phone};
use crate::picture;

/// Options of a phone that hears, says and shows nothing.
pub const SILENT: [&str; 6] = ["--mic", "none", "--speaker", "none", "--camera", "none"];

/// A command without any device, which prints JSON.
#[must_use]
pub fn silent<'a>(command: &[&'a str]) -> Vec<&'a str> {
    [command, &SILENT, &["--json"]].concat()
}

/// What one side of a call sends and keeps.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Send video from this file.
    pub camera: Option<PathBuf>,
    /// Say this file.
    pub mic: Option<PathBuf>,
    /// Settings for this run.
    pub options: Vec<String>,
}

/// A call to place.
#[derive(Clone, Debug)]
pub struct Script {
    /// Who calls.
    pub caller: Side,
    /// Who answers.
    pub callee: Side,
    /// Ends the call this long after it became active.
    pub seconds: u64,
    /// Write screen files: scores need them, figures for processor and memory are better without.
    pub screens: bool,
}

/// What is left of one side.
pub struct Outcome {
    /// How its process ended.
    pub status: ExitStatus,
    /// Its statistics.
    pub events: Events,
    /// What its speaker played.
    pub heard: PathBuf,
    /// What its screen showed.
    pub seen: PathBuf,
}

/// A call that both phones take part in.
pub struct Placed {
    /// Who calls.
    pub caller: Phone,
    /// Who answers.
    pub callee: Phone,
    /// How long to wait for their end.
    patience: Duration,
}

/// Two phones on this machine.
pub struct Rig {
    home: TempDir,
    /// Who calls.
    pub caller: Owner,
    /// Who answers.
    pub callee: Owner,
}

impl Rig {
    /// Two phones that have added each other.
    ///
    /// # Errors
    /// The program was not built, or pairing failed.
    pub fn paired() -> Result<Self> {
        Self::strangers()?.introduced()
    }

    /// Two phones that have added each other, the caller's in one network namespace and the callee's in another.
    ///
    /// # Errors
    /// The program was not built, or pairing failed.
    pub fn apart(caller: &str, callee: &str) -> Result<Self> {
        let rig = Self::strangers()?;
        Self { home: rig.home, caller: rig.caller.within(caller), callee: rig.callee.within(callee) }.introduced()
    }

    fn introduced(self) -> Result<Self> {
        let rig = self;
        let _ = rig.caller.json(&["add", &rig.callee.link()?, "--name", "Callee"])?;
        let _ = rig.callee.json(&["add", &rig.caller.link()?, "--name", "Caller"])?;
        Ok(rig)
    }

    /// Two phones that have never heard of each other.
    ///
    /// # Errors
    /// There is no place for temporary files.
    pub fn strangers() -> Result<Self> {
        let home = tempfile::tempdir()?;
        let caller = Owner::new(&home.path().join("caller"));
        let callee = Owner::new(&home.path().join("callee"));
        Ok(Self { home, caller, callee })
    }

    /// A third phone that has added the callee under the name of `Callee`, and is `Third` there.
    ///
    /// # Errors
    /// Pairing failed.
    pub fn third(&self) -> Result<Owner> {
        let third = Owner::new(&self.path("third"));
        let _ = third.json(&["add", &self.callee.link()?, "--name", "Callee"])?;
        let _ = self.callee.json(&["add", &third.link()?, "--name", "Third"])?;
        Ok(third)
    }

    /// A path in the rig's folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The recorded speech that every test says.
    #[must_use]
    pub fn speech() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/speech.wav")
    }

    /// A moving picture with a counter, made once for this rig.
    ///
    /// # Errors
    /// The disk is full.
    pub fn pattern(&self, seconds: u64) -> Result<PathBuf> {
        let path = self.path(&format!("pattern-{seconds}.y4m"));
        if !path.exists() {
            picture::write_pattern(&path, seconds)?;
        }
        Ok(path)
    }

    /// Places a call and waits until both processes have ended: caller, callee.
    ///
    /// # Errors
    /// A process did not start, did not end, or left no statistics.
    pub fn call(&self, script: &Script) -> Result<(Outcome, Outcome)> {
        self.finish(self.place(script)?)
    }

    /// Starts both phones; the one answers the other's call.
    ///
    /// # Errors
    /// A process did not start.
    pub fn place(&self, script: &Script) -> Result<Placed> {
        let seconds = script.seconds.to_string();
        let answer = self.arguments("callee", &["answer", "--once"], &script.callee, script.screens);
        let call =
            self.arguments("caller", &["call", "Callee", "--duration", &seconds], &script.caller, script.screens);
        let callee = self.callee.start(&answer)?;
        let caller = self.caller.start(&call)?;
        Ok(Placed { caller, callee, patience: Duration::from_secs(script.seconds + 45) })
    }

    /// Waits until both processes have ended: caller, callee.
    ///
    /// # Errors
    /// A process did not end, or left no statistics.
    pub fn finish(&self, mut placed: Placed) -> Result<(Outcome, Outcome)> {
        let caller = self.outcome("caller", &mut placed.caller, placed.patience).context("the caller")?;
        let callee = self.outcome("callee", &mut placed.callee, placed.patience).context("the callee")?;
        Ok((caller, callee))
    }

    fn outcome(&self, who: &str, phone: &mut Phone, patience: Duration) -> Result<Outcome> {
        let (status, said) = phone.wait(patience)?;
        ensure!(status.code().is_some(), "was killed: {said}");
        if !status.success() {
            eprintln!("{who} ended with {status}: {said}");
        }
        let events = Events::read(&self.path(&format!("{who}.jsonl")))?;
        let heard = self.path(&format!("{who}-heard.wav"));
        let seen = self.path(&format!("{who}-seen.y4m"));
        Ok(Outcome { status, events, heard, seen })
    }

    fn arguments(&self, who: &str, command: &[&str], side: &Side, screen: bool) -> Vec<String> {
        let path = |name: String| self.path(&name).display().to_string();
        let mut arguments: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        let mut option = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
        option("--mic", side.mic.as_ref().map_or("none".into(), |path| path.display().to_string()));
        option("--speaker", path(format!("{who}-heard.wav")));
        option("--camera", side.camera.as_ref().map_or("none".into(), |path| path.display().to_string()));
        option("--stats", path(format!("{who}.jsonl")));
        if screen {
            option("--screen", path(format!("{who}-seen.y4m")));
        }
        for setting in &side.options {
            option("-o", setting.clone());
        }
        if side.camera.is_some() {
            arguments.push("--video".into());
        }
        arguments
    }
}
