//! The gallery as a process: it shows every screen and state of the window with an invented view, without a phone.
//! `shots` and the tests say what to show, a line each, and wait until it has been drawn.
//! It is the example of that name of the app's, built beside the tests.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::display::Display;
use crate::phone::program;
use crate::reader::Bus;

/// A running gallery.
pub struct Gallery {
    process: Child,
    answers: Lines<BufReader<ChildStdout>>,
}

fn command() -> Result<Command> {
    let path: PathBuf = program()?.with_file_name("examples").join("gallery");
    ensure!(path.is_file(), "the gallery is not built; `./x shots` and `./x test` build it");
    Ok(Command::new(path))
}

/// The names of all pictures that contain `filter`, or of the goldens among them.
///
/// # Errors
/// The gallery is not built.
pub fn names(filter: &str, goldens: bool) -> Result<Vec<String>> {
    let list = if goldens { "goldens" } else { "list" };
    let said = command()?.args([list, filter]).output()?;
    ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    Ok(String::from_utf8(said.stdout)?.lines().map(str::to_owned).collect())
}

impl Gallery {
    /// Opens its window; with `dir` it also leaves there what it draws.
    ///
    /// # Errors
    /// It is not built.
    pub fn open(display: &Display, dir: Option<&Path>, bus: Option<&Bus>) -> Result<Self> {
        let mut command = command()?;
        let _ = command.arg("draw").args(dir).stdin(Stdio::piped()).stdout(Stdio::piped());
        // Dates and words must not depend on where the machine stands.
        let _ = command.env("TZ", "UTC").env("LANG", "C.UTF-8").env_remove("LC_ALL").env_remove("LANGUAGE");
        if let Some(bus) = bus {
            let _ = command.env("DBUS_SESSION_BUS_ADDRESS", bus.address());
        }
        let mut process = display.show(&mut command).spawn()?;
        let answers = BufReader::new(process.stdout.take().context("standard output")?).lines();
        Ok(Self { process, answers })
    }

    /// Has it show a picture, and waits until it is drawn and, where there is a folder, lies there.
    ///
    /// # Errors
    /// There is no such picture, or it never stands still.
    pub fn show(&mut self, name: &str) -> Result<()> {
        writeln!(self.process.stdin.as_mut().context("standard input")?, "{name}")?;
        let answer = self.answers.next().with_context(|| format!("{name} was not drawn"))??;
        ensure!(answer == name, "{name} was not drawn: {answer}");
        Ok(())
    }
}

impl Drop for Gallery {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
