//! The real window as a process: a phone with its own data directory on a display without a screen.
//! Tests and `bench` open it; it is closed when it is dropped, however the test ends.
//! It uses no sound device and no camera of the machine, unless a test names one.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::display::Display;
use crate::phone::{Owner, PATIENCE, program};

/// The window's first size. It stands at the top left of the display.
pub const FIRST_SIZE: (usize, usize) = (1_040, 720);

/// How long to wait between two looks at a window.
const GLANCE: Duration = Duration::from_millis(100);

/// An open window.
pub struct Window(Child);

impl Window {
    /// What opens the window of this owner's phone on a display.
    ///
    /// # Errors
    /// The program was not built.
    pub fn command(owner: &Owner, display: &Display) -> Result<Command> {
        let mut command = Command::new(program()?);
        let _ = command.arg("--data-dir").arg(owner.dir()).args(["--relay", "none"]).stdin(Stdio::null());
        let _ = display.show(&mut command);
        Ok(command)
    }

    /// Opens the window of this owner's phone and waits until it is drawn.
    ///
    /// # Errors
    /// It did not open in time.
    pub fn open(owner: &Owner, display: &Display) -> Result<Self> {
        Self::start(&mut Self::command(owner, display)?, display)
    }

    /// Runs a command that opens a window, and waits until it is drawn.
    ///
    /// # Errors
    /// It did not open in time.
    pub fn start(command: &mut Command, display: &Display) -> Result<Self> {
        let mut window = Self(command.spawn()?);
        until("the window is drawn", || {
            ensure!(window.0.try_wait()?.is_none(), "the window closed by itself");
            Ok(display.look()?.shows_something())
        })?;
        Ok(window)
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks again and again until `done`, twice as long as a phone may take for anything.
///
/// # Errors
/// It was not done in time, or a look failed.
pub fn until(what: &str, mut done: impl FnMut() -> Result<bool>) -> Result<()> {
    let give_up = Instant::now() + PATIENCE * 2;
    while !done()? {
        ensure!(Instant::now() < give_up, "{what}: not within {} s", (PATIENCE * 2).as_secs());
        std::thread::sleep(GLANCE);
    }
    Ok(())
}
