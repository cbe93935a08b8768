//! A display without a screen, for windows under test, and what a person would see and do there.
//! Tests, `shots` and `bench` open windows on it. It takes the first free number and goes away when it is dropped.
//! The pointer rests in a corner that no window of the usual size covers, so that nothing is hovered by chance.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Columns of the display: more than the widest window takes.
pub const WIDTH: usize = 1_360;
/// Rows of the display.
pub const HEIGHT: usize = 860;

/// A display of its own, without a screen.
pub struct Display {
    server: std::process::Child,
    name: String,
}

/// What was on the display at one moment.
pub struct Screen {
    rgb: Vec<u8>,
}

impl Display {
    /// Starts one; `None` where the program for it is not installed.
    ///
    /// # Errors
    /// It did not start.
    pub fn start() -> Result<Option<Self>> {
        let size = format!("{WIDTH}x{HEIGHT}x24");
        let started = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &size])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut server) = started else { return Ok(None) };
        let mut number = String::new();
        let mut output = std::io::BufReader::new(server.stdout.take().context("standard output")?);
        let _ = std::io::BufRead::read_line(&mut output, &mut number)?;
        let display = Self { server, name: format!(":{}", number.trim()) };
        let corner = [WIDTH - 1, HEIGHT - 1].map(|place| place.to_string());
        display.xdotool(&["mousemove", &corner[0], &corner[1]])?;
        Ok(Some(display))
    }

    /// The same, where it has to be there.
    ///
    /// # Errors
    /// It is not installed, or did not start.
    pub fn needed() -> Result<Self> {
        Self::start()?.context("Xvfb is not installed; `./x test` installs it")
    }

    /// What `DISPLAY` has to be.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Has a program open its windows here, drawn by software.
    pub fn show<'a>(&self, program: &'a mut Command) -> &'a mut Command {
        program.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY").env("WGPU_BACKEND", "vulkan")
    }

    /// Presses a key, in the words of `xdotool`, in the window of this class; fails as long as there is none.
    ///
    /// # Errors
    /// There is no such window.
    pub fn key(&self, key: &str) -> Result<()> {
        // There is no window manager that would give the window the keyboard.
        self.xdotool(&["search", "--onlyvisible", "--class", "^ahoy$", "windowfocus", "--sync", "key", key])
    }

    /// Types a text.
    ///
    /// # Errors
    /// There is no such window.
    pub fn type_text(&self, text: &str) -> Result<()> {
        self.xdotool(&[
            "search",
            "--onlyvisible",
            "--class",
            "^ahoy$",
            "windowfocus",
            "--sync",
            "type",
            "--delay",
            "5",
            text,
        ])
    }

    /// Moves the pointer to a place on the display and presses its first button there.
    ///
    /// # Errors
    /// The server is gone.
    pub fn click(&self, x: i32, y: i32) -> Result<()> {
        let [x, y] = [x, y].map(|place| place.to_string());
        self.xdotool(&["mousemove", "--sync", &x, &y, "click", "1"])
    }

    fn xdotool(&self, words: &[&str]) -> Result<()> {
        let done = Command::new("xdotool").args(words).env("DISPLAY", &self.name).stdout(Stdio::null()).output();
        let done = done.context("xdotool is not installed; `./x test` installs it")?;
        ensure!(done.status.success(), "xdotool {words:?}: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    /// What is seen now.
    ///
    /// # Errors
    /// The server is gone, or there is no ImageMagick.
    pub fn look(&self) -> Result<Screen> {
        let taken = Command::new("import")
            .args(["-window", "root", "-depth", "8", "rgb:-"])
            .env("DISPLAY", &self.name)
            .output()
            .context("ImageMagick is not installed; `./x test` installs it")?;
        let said = String::from_utf8_lossy(&taken.stderr);
        ensure!(taken.stdout.len() == WIDTH * HEIGHT * 3, "no picture of the display: {said}");
        Ok(Screen { rgb: taken.stdout })
    }

    /// Leaves what is seen now where a person can look at it.
    ///
    /// # Errors
    /// The server is gone, or the file cannot be written.
    pub fn keep(&self, path: &Path) -> Result<()> {
        let taken = Command::new("import").args(["-window", "root"]).arg(path).env("DISPLAY", &self.name).status()?;
        ensure!(taken.success(), "no picture of the display");
        println!("the window: {}", path.display());
        Ok(())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Screen {
    /// Red, green and blue at a place.
    #[must_use]
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * WIDTH + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// How bright a place is, 0 to 255, by BT.709.
    #[must_use]
    pub fn grey(&self, x: usize, y: usize) -> u8 {
        let [red, green, blue] = self.pixel(x, y).map(f32::from);
        (0.2126 * red + 0.7152 * green + 0.0722 * blue).round() as u8
    }

    /// Whether anything on it is not black: a window has been drawn.
    #[must_use]
    pub fn shows_something(&self) -> bool {
        self.rgb.iter().any(|level| *level > 128)
    }
}
