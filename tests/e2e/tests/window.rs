//! The real window on a display without a screen: it rings, answers by keyboard, and shows the other side's picture.

use std::path::Path;

use ahoy_camera::pattern;
use ahoy_camera::y4m::{FrameRate, write_header, write_picture};
use ahoy_e2e::display::{Display, Screen};
use ahoy_e2e::phone::{self, PATIENCE};
use ahoy_e2e::rig::Rig;
use ahoy_e2e::window::{FIRST_SIZE, Window, until};
use ahoy_media::{Picture, Size};
use anyhow::{Context as _, Result};

/// The stripe of the picture that carries the counter: the middle, where no control covers it.
const STRIPE: Size = Size::new(640, 240);
/// Rows above the stripe.
const ABOVE: usize = 120;

#[test]
fn the_window_shows_the_picture_of_a_call() -> Result<()> {
    let display = Display::needed()?;
    let rig = Rig::paired()?;
    let camera = rig.path("stripe.y4m");
    write_stripe(&camera)?;
    let _window = Window::open(&rig.callee, &display)?;

    let camera = camera.display().to_string();
    let arguments = ["call", "Callee", "--video", "--camera", &camera, "--mic", "none", "--speaker", "none", "--loop"];
    let mut caller = rig.caller.start(&arguments)?;
    let _ = caller.wait_for("ringing")?;
    // The title changes with the call, so now and then there is no such window.
    until("Enter answers", || Ok(display.key("Return").is_ok() && caller.has_said("connected")?))?;

    let mut counters = Vec::new();
    until("two different pictures are seen", || {
        if let Some(counter) = pattern::read_counter(&stripe(&display.look()?)?) {
            counters.push(counter);
        }
        Ok(counters.len() >= 2 && counters.first() != counters.last())
    })?;
    assert!(counters.windows(2).all(|pair| pair[0] <= pair[1]), "pictures out of order: {counters:?}");

    let screen = display.look()?;
    display.keep(&phone::program()?.with_file_name("window.png"))?;
    // The caller's name and the length of the call stand in the field at the top left.
    let places = (20..70).flat_map(|y| (20..200).map(move |x| (x, y)));
    let text = places.filter(|(x, y)| screen.grey(*x, *y) > 150).count();
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

/// The stripe with the counter, cut out of the display: the picture fills the window's height and keeps its shape.
fn stripe(screen: &Screen) -> Result<Picture> {
    let (window, tall) = FIRST_SIZE;
    let scale = tall as f64 / 480.0;
    let left = ((window as f64 - 640.0 * scale) / 2.0) as usize;
    let (width, height) = ((640.0 * scale) as u16 & !1, (f64::from(STRIPE.height) * scale) as u16 & !1);
    let top = (ABOVE as f64 * scale) as usize;
    let size = Size::new(width, height);
    let places = (top..top + usize::from(height)).flat_map(|y| (left..left + usize::from(width)).map(move |x| (x, y)));
    let luma = places.map(|(x, y)| screen.grey(x, y)).collect();
    let chroma = || vec![128; size.chroma_len()];
    Picture::from_planes(size, luma, chroma(), chroma()).context("planes of this size")
}
