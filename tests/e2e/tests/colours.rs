//! Colour bars after the whole way: camera file, VP9, network, decoder, shader, window, screenshot.
//! The reference is the colour that was meant; what the shader alone does is tested beside it (`app/src/video/tests.rs`).

use std::path::Path;

use ahoy_camera::y4m::{FrameRate, write_header, write_picture};
use ahoy_e2e::display::{Display, Screen};
use ahoy_e2e::phone::{self, PATIENCE};
use ahoy_e2e::rig::Rig;
use ahoy_e2e::window::{FIRST_SIZE, Window, until};
use ahoy_media::{Picture, Size};
use anyhow::{Context as _, Result};

/// Levels of red, green or blue that a bar may be off: rounding luma and both chromas alone is worth two.
const TOLERANCE: u8 = 2;

/// White, yellow, cyan, green, magenta, red, blue at 75 %, and black: what is meant, in sRGB.
const BARS: [[u8; 3]; 8] =
    [[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0], [191, 0, 191], [191, 0, 0], [0, 0, 191], [0, 0, 0]];

#[test]
fn colour_bars_are_the_same_on_the_other_sides_screen() -> Result<()> {
    let display = Display::needed()?;
    let rig = Rig::paired()?;
    let camera = rig.path("bars.y4m");
    write_bars(&camera)?;
    let _window = Window::open(&rig.callee, &display)?;

    let camera = camera.display().to_string();
    let mut caller =
        rig.caller.start(&["call", "Callee", "--video", "--camera", &camera, "--mic", "none", "--speaker", "none"])?;
    let _ = caller.wait_for("ringing")?;
    // The title changes with the call, so now and then there is no such window.
    until("Enter answers", || Ok(display.key("Return").is_ok() && caller.has_said("connected")?))?;

    let mut seen = Vec::new();
    let shown = until("the bars have their colours", || {
        seen = bars(&display.look()?);
        Ok(seen.iter().zip(BARS).all(|(seen, meant)| near(*seen, meant)))
    });
    display.keep(&phone::program()?.with_file_name("colours.png"))?;
    shown.with_context(|| format!("seen {seen:?}, meant {BARS:?}"))?;
    caller.say("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}

/// Y, U and V of a colour by BT.601 in limited range.
fn coded([red, green, blue]: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = [red, green, blue].map(|channel| f64::from(channel) / 255.0);
    let y = 0.299 * r + 0.587 * g + 0.114 * b;
    [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.772, 128.0 + 224.0 * (r - y) / 1.402]
        .map(|level| level.round() as u8)
}

/// A second of still bars, 640x480.
fn write_bars(path: &Path) -> Result<()> {
    let size = Size::VGA;
    let plane = |channel: usize, width: usize, height: usize| -> Vec<u8> {
        (0..width * height).map(|place| coded(BARS[place % width * BARS.len() / width])[channel]).collect()
    };
    let (width, height) = (size.chroma_width(), size.chroma_height());
    let luma = plane(0, size.width.into(), size.height.into());
    let picture = Picture::from_planes(size, luma, plane(1, width, height), plane(2, width, height));
    let picture = picture.context("planes of this size")?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    write_header(&mut file, size, FrameRate { numerator: 24, denominator: 1 })?;
    for _ in 0..24 {
        write_picture(&mut file, &picture)?;
    }
    std::io::Write::flush(&mut file)?;
    Ok(())
}

/// The centre of each bar; the picture fills the window's height, keeps its shape and stands in the middle.
fn bars(screen: &Screen) -> Vec<[u8; 3]> {
    let (window, height) = FIRST_SIZE;
    let picture = height * usize::from(Size::VGA.width) / usize::from(Size::VGA.height);
    let left = (window - picture) / 2;
    (0..BARS.len()).map(|bar| screen.pixel(left + (2 * bar + 1) * picture / (2 * BARS.len()), height / 2)).collect()
}

fn near(seen: [u8; 3], meant: [u8; 3]) -> bool {
    seen.iter().zip(meant).all(|(seen, meant)| seen.abs_diff(meant) <= TOLERANCE)
}
