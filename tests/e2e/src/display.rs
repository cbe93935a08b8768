//! A display without a screen, for windows under test, and what a person would see and do there.
//! Tests, `shots` and `bench` open windows on it. It takes the first free number and goes away when it is dropped.
//! The pointer rests in a corner that no window of the usual size covers, so that nothing is hovered by chance.
//! The server keeps what it shows in a file (`-fbdir`), in the format of `xwd` (`XWDFile.h`): looking costs a read.

use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::golden::Painting;

/// Columns of the display: more than the widest window takes.
pub const WIDTH: usize = 1_360;
/// Rows of the display.
pub const HEIGHT: usize = 860;

/// Bytes of an entry of the colour table that stands before the pixels.
const COLOR_ENTRY: usize = 12;

/// A display of its own, without a screen.
pub struct Display {
    server: std::process::Child,
    name: String,
    memory: TempDir,
}

/// What was on the display at one moment.
pub struct Screen(Painting);

impl Display {
    /// Starts one; `None` where the program for it is not installed.
    ///
    /// # Errors
    /// It did not start.
    pub fn start() -> Result<Option<Self>> {
        let size = format!("{WIDTH}x{HEIGHT}x24");
        let memory = tempfile::tempdir()?;
        let started = Command::new("Xvfb")
            // Without -noreset the server forgets where the pointer is as soon as nobody is connected.
            .args(["-displayfd", "1", "-screen", "0", &size, "-noreset", "-fbdir"])
            .arg(memory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut server) = started else { return Ok(None) };
        let mut number = String::new();
        let mut output = std::io::BufReader::new(server.stdout.take().context("standard output")?);
        let _ = std::io::BufRead::read_line(&mut output, &mut number)?;
        let display = Self { server, name: format!(":{}", number.trim()), memory };
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

    /// Gives the window of this class the keyboard: there is no window manager that would.
    ///
    /// # Errors
    /// There is no such window.
    pub fn focus_window(&self) -> Result<()> {
        self.xdotool(&["search", "--onlyvisible", "--class", "^ahoy$", "windowfocus", "--sync"])
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

    /// Turns the wheel of the pointer a step, at this column in the middle of the display.
    ///
    /// # Errors
    /// The server is gone.
    pub fn turn_wheel(&self, x: i32, down: bool) -> Result<()> {
        let (x, y) = (x.to_string(), (HEIGHT / 2).to_string());
        self.xdotool(&["mousemove", "--sync", &x, &y, "click", if down { "5" } else { "4" }])
    }

    /// Gives the window another size.
    ///
    /// # Errors
    /// There is no window.
    pub fn resize(&self, width: usize, height: usize) -> Result<()> {
        let [width, height] = [width, height].map(|side| side.to_string());
        self.xdotool(&["search", "--onlyvisible", "--class", "^ahoy$", "windowsize", &width, &height])
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
    /// The server is gone.
    pub fn look(&self) -> Result<Screen> {
        let file = std::fs::read(self.memory.path().join("Xvfb_screen0"))?;
        let word = |index: usize| -> Result<usize> {
            let bytes = file.get(index * 4..index * 4 + 4).context("the file of a screen has a header")?;
            Ok(u32::from_be_bytes(bytes.try_into()?) as usize)
        };
        let (header, width, height, bits, row, colors) =
            (word(0)?, word(4)?, word(5)?, word(11)?, word(12)?, word(19)?);
        ensure!((width, height, bits) == (WIDTH, HEIGHT, 32), "a screen of {width}x{height} with {bits} bits");
        let pixels = file.get(header + colors * COLOR_ENTRY..).context("the file of a screen has pixels")?;
        let lines = pixels.chunks_exact(row).take(height).flat_map(|line| line[..width * 4].chunks_exact(4));
        let rgb = lines.flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
        Ok(Screen(Painting { width, height, rgb }))
    }

    /// Whether anything has been drawn at this place; it costs next to nothing.
    ///
    /// # Errors
    /// The server is gone.
    pub fn is_drawn(&self, x: usize, y: usize) -> Result<bool> {
        let file = std::fs::File::open(self.memory.path().join("Xvfb_screen0"))?;
        let mut pixel = [0; 4];
        let end = file.metadata()?.len();
        let back = ((HEIGHT - y) * WIDTH - x) * 4;
        file.read_exact_at(&mut pixel, end - back as u64)?;
        Ok(pixel[..3] != [0; 3])
    }

    /// Leaves what is seen now where a person can look at it.
    ///
    /// # Errors
    /// The server is gone, or the file cannot be written.
    pub fn keep(&self, path: &Path) -> Result<()> {
        self.look()?.0.write(path)?;
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
        let at = (y * self.0.width + x) * 3;
        [self.0.rgb[at], self.0.rgb[at + 1], self.0.rgb[at + 2]]
    }

    /// Whether a person would call what both show the same.
    ///
    /// # Errors
    /// They are not of one size.
    pub fn looks_like(&self, other: &Self) -> Result<bool> {
        Ok(self.0.compare(&other.0)?.is_slight())
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
        self.0.rgb.iter().any(|level| *level > 128)
    }
}
