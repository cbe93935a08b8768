//! A display without a screen, for windows under test.
//! The screenshot test and `bench` open windows on it.
//! It takes the first free number and goes away when it is dropped.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

/// A display of its own, without a screen.
pub struct Display {
    server: std::process::Child,
    name: String,
}

impl Display {
    /// Starts one; `None` where the program for it is not installed.
    ///
    /// # Errors
    /// It did not start.
    pub fn start() -> Result<Option<Self>> {
        let started = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut server) = started else { return Ok(None) };
        let mut number = String::new();
        let mut output = std::io::BufReader::new(server.stdout.take().context("standard output")?);
        let _ = std::io::BufRead::read_line(&mut output, &mut number)?;
        Ok(Some(Self { server, name: format!(":{}", number.trim()) }))
    }

    /// What `DISPLAY` has to be.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
