//! The real window on a display without a screen: it rings, answers by keyboard, and shows the other side's picture.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ahoy_camera::pattern;
use ahoy_camera::y4m::{FrameRate, write_header, write_picture};
use ahoy_e2e::display::Display;
use ahoy_e2e::phone::{self, PATIENCE};
use ahoy_e2e::rig::Rig;
use ahoy_media::{Picture, Size};
use anyhow::{Context as _, Result, ensure};

/// The window's first size.
const WINDOW: Size = Size::new(1040, 720);
/// The stripe of the picture that carries the counter: the middle, where no control covers it.
const STRIPE: Size = Size::new(640, 240);
/// Rows above the stripe.
const ABOVE: usize = 120;

/// A window that is closed when the test ends, however it ends.
struct Window(Child);

impl Drop for Window {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_window_shows_the_picture_of_a_call() -> Result<()> {
    let display = Display::start()?.context("Xvfb is not installed; `./x test` installs it")?;
    let rig = Rig::paired()?;
    let camera = rig.path("stripe.y4m");
    write_stripe(&camera)?;

    let mut window = Command::new(phone::program()?);
    let _ = window.arg("--data-dir").arg(rig.callee.dir()).args(["--relay", "none"]);
    let _ = window.env("DISPLAY", display.name()).env_remove("WAYLAND_DISPLAY").env("WGPU_BACKEND", "vulkan");
    let _window = Window(window.stdin(Stdio::null()).spawn()?);
    until("the window is drawn", || Ok(shot(&display)?.iter().any(|grey| *grey > 128)))?;

    let camera = camera.display().to_string();
    let arguments = ["call", "Callee", "--video", "--camera", &camera, "--mic", "none", "--speaker", "none", "--loop"];
    let mut caller = rig.caller.start(&arguments)?;
    let _ = caller.wait_for("ringing")?;
    until("Enter answers", || {
        let pressed = Command::new("xdotool")
            // There is no window manager that would give the window the keyboard.
            .args(["search", "--class", "^ahoy$", "windowfocus", "key", "Return"])
            .env("DISPLAY", display.name())
            .status()
            .context("xdotool is not installed; `./x test` installs it")?;
        // It fails as long as there is no such window; its title changes with the call.
        Ok(pressed.success() && caller.has_said("connected")?)
    })?;

    let mut counters = Vec::new();
    until("two different pictures are seen", || {
        if let Some(counter) = pattern::read_counter(&stripe(&shot(&display)?)?) {
            counters.push(counter);
        }
        Ok(counters.len() >= 2 && counters.first() != counters.last())
    })?;
    assert!(counters.windows(2).all(|pair| pair[0] <= pair[1]), "pictures out of order: {counters:?}");

    let screen = shot(&display)?;
    keep(&display)?;
    let bright = |left: usize, top: usize, width: usize, height: usize| {
        let row = |y: usize| &screen[y * 1_280 + left..y * 1_280 + left + width];
        (top..top + height).flat_map(row).filter(|grey| **grey > 150).count()
    };
    // The caller's name and the length of the call stand in the dark field at the top left.
    let text = bright(20, 20, 180, 50);
    assert!((60..4_500).contains(&text), "{text} bright pixels where the name should be");
    caller.say("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}

/// A minute of a picture whose counter stands in the middle rows.
fn write_stripe(path: &Path) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    write_header(&mut file, Size::VGA, FrameRate { numerator: 24, denominator: 1 })?;
    for index in 0..24 * 20 {
        let painted = pattern::paint(STRIPE, index);
        let mut picture = Picture::black(Size::VGA);
        let (y, u, v) = picture.planes_mut();
        let (luma, chroma) = (ABOVE * 640, ABOVE / 2 * 320);
        y[luma..luma + painted.y().len()].copy_from_slice(painted.y());
        u[chroma..chroma + painted.u().len()].copy_from_slice(painted.u());
        v[chroma..chroma + painted.v().len()].copy_from_slice(painted.v());
        write_picture(&mut file, &picture)?;
    }
    std::io::Write::flush(&mut file)?;
    Ok(())
}

/// The display as grey levels, 1280 a row.
fn shot(display: &Display) -> Result<Vec<u8>> {
    let taken = Command::new("import")
        .args(["-window", "root", "-depth", "8", "gray:-"])
        .env("DISPLAY", display.name())
        .output()
        .context("ImageMagick is not installed; `./x test` installs it")?;
    ensure!(taken.stdout.len() == 1_280 * 800, "no picture of the display: {}", String::from_utf8_lossy(&taken.stderr));
    Ok(taken.stdout)
}

/// Leaves the last picture where a person can look at it.
fn keep(display: &Display) -> Result<()> {
    let path = phone::program()?.with_file_name("window.png");
    let taken = Command::new("import").args(["-window", "root"]).arg(&path).env("DISPLAY", display.name()).status()?;
    ensure!(taken.success(), "no picture of the display");
    println!("the window: {}", path.display());
    Ok(())
}

/// The stripe with the counter, cut out of the display: the picture fills the window's height and keeps its shape.
fn stripe(screen: &[u8]) -> Result<Picture> {
    let scale = f64::from(WINDOW.height) / 480.0;
    let left = (f64::from(WINDOW.width) - 640.0 * scale) / 2.0;
    let (width, height) = ((640.0 * scale) as u16 & !1, (f64::from(STRIPE.height) * scale) as u16 & !1);
    let top = ABOVE as f64 * scale;
    let size = Size::new(width, height);
    let mut luma = Vec::with_capacity(size.luma_len());
    for y in 0..usize::from(height) {
        let start = (top as usize + y) * 1_280 + left as usize;
        luma.extend_from_slice(&screen[start..start + usize::from(width)]);
    }
    let chroma = || vec![128; size.chroma_len()];
    Picture::from_planes(size, luma, chroma(), chroma()).context("planes of this size")
}

fn until(what: &str, mut done: impl FnMut() -> Result<bool>) -> Result<()> {
    let give_up = Instant::now() + PATIENCE * 2;
    while Instant::now() < give_up {
        if done()? {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    anyhow::bail!("{what}: not within {} s", PATIENCE.as_secs() * 2)
}
