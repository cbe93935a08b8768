//! What the window costs: idle, at its start, and while it shows a call, on the software driver.
//! What it draws is told by its own log (`app/src/frames.rs`), what it uses by the system, when it is there by the display.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ahoy_e2e::display::Display;
use ahoy_e2e::phone::{Owner, Phone, program};
use ahoy_e2e::rig::Rig;
use ahoy_e2e::window::{Window, until};
use anyhow::{Context as _, Result, ensure};

use crate::row;

/// How long a window is watched.
const WATCHED: Duration = Duration::from_secs(20);
/// What a window does at its start or at the start of a call is over by then.
const SETTLE: Duration = Duration::from_secs(10);
/// Starts of each program; the middle one counts.
const STARTS: usize = 5;
/// A place that both windows cover.
const INSIDE: (usize, usize) = (500, 350);

/// Prints every figure.
///
/// # Errors
/// The window did not open, or a call did not come about.
pub fn measure() -> Result<()> {
    let Some(display) = Display::start()? else {
        println!("(Xvfb is not installed: the window was not measured)");
        return Ok(());
    };
    let home = tempfile::tempdir()?;
    let owner = Owner::new(home.path());
    let _ = owner.link()?;
    idle(&owner, &display)?;
    starts(&owner, &display)?;
    calls(&display)
}

/// An open window in which nothing happens.
fn idle(owner: &Owner, display: &Display) -> Result<()> {
    let window = Window::open(owner, display)?;
    std::thread::sleep(SETTLE);
    let (before, start) = (processor_seconds(window.pid())?, Instant::now());
    std::thread::sleep(WATCHED);
    let used = processor_seconds(window.pid())? - before;
    row("window: idle processor", used / start.elapsed().as_secs_f64() * 100.0, "%", "<= 0.5", "");
    Ok(())
}

/// From the start of the process to the first frame on the display, of the phone and of a window with nothing in it.
fn starts(owner: &Owner, display: &Display) -> Result<()> {
    let empty = program()?.with_file_name("examples").join("empty");
    ensure!(empty.is_file(), "the empty window is not built; `./x bench` builds it");
    let (mut of_phone, mut of_empty) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        of_empty.push(start(display.show(&mut Command::new(&empty)), display)?);
        of_phone.push(start(&mut Window::command(owner, display)?, display)?);
    }
    let middle = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[STARTS / 2]
    };
    let (phone, empty) = (middle(of_phone), middle(of_empty));
    row("window: start to first frame", phone, "ms", "", "");
    row("window: the same over an empty Bevy window", phone - empty, "ms", "<= 500", "");
    Ok(())
}

/// Milliseconds until this program has drawn something.
fn start(command: &mut Command, display: &Display) -> Result<f64> {
    let drawn = || display.is_drawn(INSIDE.0, INSIDE.1);
    until("the display is empty", || Ok(!drawn()?))?;
    let begun = Instant::now();
    let mut child = command.stderr(Stdio::null()).spawn()?;
    while !drawn()? {
        ensure!(child.try_wait()?.is_none(), "the window closed by itself");
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = begun.elapsed().as_secs_f64() * 1_000.0;
    child.kill()?;
    let _ = child.wait()?;
    Ok(took)
}

/// What the window of the called phone draws during a voice call and during a video call.
fn calls(display: &Display) -> Result<()> {
    let rig = Rig::paired()?;
    let log = rig.path("window.log");
    let mut command = Window::command(&rig.callee, display)?;
    let _ = command.args(["--log", "error,iroh=off,ahoy_app::frames=trace"]).env("NO_COLOR", "1");
    // The log goes where the phone's subscriber writes it.
    let _window = Window::start(command.stderr(std::fs::File::create(&log)?), display)?;
    display.resize(1_280, 720)?;

    let mut caller = call(&rig, display, &["--camera", "none"])?;
    let (frames, _) = watch(&log)?;
    row("window: frames a second in a voice call", frames.len() as f64 / WATCHED.as_secs_f64(), "", "<= 1", "");
    caller.obey("hangup")?;
    let _ = caller.wait(SETTLE)?;
    display.key("Escape")?;

    let camera = rig.pattern(WATCHED.as_secs() + SETTLE.as_secs() * 2)?.display().to_string();
    let mut caller = call(&rig, display, &["--video", "--camera", &camera])?;
    let (frames, drawings) = watch(&log)?;
    row("window: frames a second in a video call", frames.len() as f64 / WATCHED.as_secs_f64(), "", "24", "");
    row("window: its part of a frame, p95", p95(frames)?, "ms", "<= 33", "");
    row("window: drawing a frame at 1280x720, p95", p95(drawings)?, "ms", "<= 33", "");
    caller.obey("hangup")?;
    Ok(())
}

/// Places a call that the window answers, and waits until it runs by itself.
fn call(rig: &Rig, display: &Display, camera: &[&str]) -> Result<Phone> {
    let mut caller = rig.caller.start(&[&["call", "Callee", "--mic", "none", "--speaker", "none"], camera].concat())?;
    let _ = caller.wait_for("ringing")?;
    until("Enter answers", || Ok(display.key("Return").is_ok() && caller.has_said("connected")?))?;
    std::thread::sleep(SETTLE);
    Ok(caller)
}

/// What the frames of the next seconds took: the window's part and the drawing, in milliseconds.
fn watch(log: &Path) -> Result<(Vec<f64>, Vec<f64>)> {
    let before = std::fs::metadata(log)?.len() as usize;
    std::thread::sleep(WATCHED);
    let text = std::fs::read(log)?;
    let text = String::from_utf8_lossy(&text[before..]).into_owned();
    let times = |name: &str| {
        let values = text.lines().filter_map(|line| line.split_once(name)?.1.split_whitespace().next()?.parse().ok());
        values.collect::<Vec<f64>>()
    };
    Ok((times("main_ms="), times("render_ms=")))
}

fn p95(mut times: Vec<f64>) -> Result<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() * 95 / 100).copied().context("no frame was drawn")
}

/// Processor seconds that a process has used so far.
fn processor_seconds(pid: u32) -> Result<f64> {
    /// Linux counts in hundredths of a second for every program, whatever its own clock does.
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"))?;
    let fields: Vec<&str> = stat.rsplit_once(')').context("stat")?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).context("ticks");
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}
