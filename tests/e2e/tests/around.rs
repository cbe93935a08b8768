//! The window among other programs: notices and their buttons, a machine that stays awake, links from outside.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use ahoy_e2e::desktop::{Bus, Desktop, Happened};
use ahoy_e2e::display::Display;
use ahoy_e2e::phone::{self, Owner, PATIENCE};
use ahoy_e2e::rig::{Rig, SILENT};
use anyhow::{Context as _, Result, ensure};

/// A window on a display and a desktop of its own; closed when the test ends, however it ends. Nothing gives it the
/// keyboard, so for the phone nobody is looking.
struct Window {
    process: Child,
    display: Display,
}

impl Window {
    fn open(owner: &Owner, bus: &Bus, link: Option<&str>) -> Result<Self> {
        let display = Display::start()?.context("Xvfb is not installed; `./x test` installs it")?;
        let mut window = start(owner, bus)?;
        let _ = window.env("DISPLAY", display.name()).env("WGPU_BACKEND", "vulkan").args(link);
        let process = window.spawn()?;
        let window = Self { process, display };
        until("the window is drawn", || Ok(window.shot()?.iter().any(|grey| *grey > 128)))?;
        Ok(window)
    }

    /// The display as grey levels.
    fn shot(&self) -> Result<Vec<u8>> {
        let mut import = Command::new("import");
        let _ = import.args(["-window", "root", "-depth", "8", "gray:-"]).env("DISPLAY", self.display.name());
        let taken = import.output().context("ImageMagick is not installed; `./x test` installs it")?;
        ensure!(!taken.stdout.is_empty(), "no picture: {}", String::from_utf8_lossy(&taken.stderr));
        Ok(taken.stdout)
    }

    /// Leaves a picture where a person can look at it.
    fn keep(&self, name: &str) -> Result<()> {
        let path = phone::program()?.with_file_name(name);
        let mut import = Command::new("import");
        let taken = import.args(["-window", "root"]).arg(&path).env("DISPLAY", self.display.name()).status()?;
        ensure!(taken.success(), "no picture of the display");
        println!("the window: {}", path.display());
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program of this owner's, on this desktop, without a display.
fn start(owner: &Owner, bus: &Bus) -> Result<Command> {
    let mut program = Command::new(phone::program()?);
    let _ = program.arg("--data-dir").arg(owner.dir()).args(["--relay", "none"]);
    let _ = program.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).stdin(Stdio::null());
    let _ = program.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    Ok(program)
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

fn calling(owner: &Owner) -> Result<phone::Phone> {
    owner.spawn(&[&["call", "Callee", "--json"], &SILENT[..]].concat())
}

#[test]
fn a_call_is_answered_declined_and_called_back_from_notices() -> Result<()> {
    let (bus, rig) = (Bus::start()?, Rig::paired()?);
    let desktop = Desktop::enter(&bus)?;
    let _window = Window::open(&rig.callee, &bus, None)?;

    let mut caller = calling(&rig.caller)?;
    let ringing = desktop.wait_for_notice("Caller")?;
    assert_eq!((ringing.body.as_str(), ringing.urgency), ("Voice call", 2));
    desktop.press(&ringing, "Answer")?;
    let _ = caller.wait_for_state("active")?;
    let kept = desktop.wait_for("the machine stays awake", |happened| {
        if let Happened::MachineKept(request) = happened { Some(request.clone()) } else { None }
    })?;
    caller.say("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    desktop.wait_for("the machine may sleep", |happened| {
        (*happened == Happened::MachineFreed(kept.clone())).then_some(())
    })?;

    let mut caller = calling(&rig.caller)?;
    desktop.press(&desktop.wait_for_notice("Caller")?, "Decline")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(4), "declined");

    let mut caller = calling(&rig.caller)?;
    let ringing = desktop.wait_for_notice("Caller")?;
    caller.interrupt()?;
    let _ = caller.wait(PATIENCE)?;
    let withdrawn = Happened::Withdrawn(ringing.id);
    desktop.wait_for("the notice goes", |happened| (*happened == withdrawn).then_some(()))?;
    let missed = desktop.wait_for_notice("Caller")?;
    assert_eq!(missed.body, "Missed call");
    let mut caller = rig.caller.start(&[&["answer", "--once", "--json"], &SILENT[..]].concat())?;
    desktop.press(&missed, "Call back")?;
    let _ = caller.wait_for_state("active")?;
    Ok(())
}

#[test]
fn a_text_is_told_without_its_words() -> Result<()> {
    let (bus, rig) = (Bus::start()?, Rig::paired()?);
    let desktop = Desktop::enter(&bus)?;
    let _window = Window::open(&rig.callee, &bus, None)?;
    let _ = rig.caller.json(&["message", "Callee", "the cake is hidden"])?;
    let told = desktop.wait_for_notice("Caller")?;
    assert_eq!((told.body.as_str(), told.actions.len()), ("New message", 2), "{told:?}");
    Ok(())
}

#[test]
fn a_link_from_outside_is_shown_by_the_window_that_runs() -> Result<()> {
    let (bus, rig) = (Bus::start()?, Rig::strangers()?);
    let window = Window::open(&rig.callee, &bus, None)?;
    let before = window.shot()?;
    let link = rig.caller.link()?;
    let handed = start(&rig.callee, &bus)?.arg(&link).output()?;
    ensure!(handed.status.success(), "{}", told(&handed));
    until("the window shows another page", || Ok(differs(&before, &window.shot()?)))?;
    window.keep("link.png")?;
    let contacts = rig.callee.json(&["contacts"])?;
    let names: Vec<&str> = contacts.as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
    assert!(!names.contains(&"Caller"), "nothing is added without being asked: {names:?}");

    let second = start(&rig.callee, &bus)?.env("DISPLAY", window.display.name()).output()?;
    assert_eq!(second.status.code(), Some(2), "without a link a second window is refused: {}", told(&second));
    let process = window.process.id().to_string();
    assert!(told(&second).contains(&process), "the running one is named: {}", told(&second));
    let wrong = start(&rig.callee, &bus)?.arg("ahoy:nonsense").output()?;
    assert_eq!(wrong.status.code(), Some(2), "{}", told(&wrong));
    Ok(())
}

#[test]
fn a_link_opens_the_window_where_none_runs_and_is_refused_by_a_phone_without_one() -> Result<()> {
    let (bus, rig) = (Bus::start()?, Rig::strangers()?);
    let link = rig.caller.link()?;
    {
        let plain = Window::open(&rig.callee, &bus, None)?;
        let contacts = plain.shot()?;
        drop(plain);
        let window = Window::open(&rig.callee, &bus, Some(&link))?;
        until("the window shows the link", || Ok(differs(&contacts, &window.shot()?)))?;
        window.keep("opened-by-link.png")?;
    }
    let echo = rig.callee.start(&["echo", "--json"])?;
    let refused = start(&rig.callee, &bus)?.arg(&link).output()?;
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
    assert!(told(&refused).contains(&echo.pid().to_string()), "the running one is named: {}", told(&refused));
    Ok(())
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Another page: more than a line of text has changed.
fn differs(before: &[u8], after: &[u8]) -> bool {
    const PAGE: usize = 20_000;
    before.iter().zip(after).filter(|(before, after)| before.abs_diff(**after) > 16).count() > PAGE
}

#[test]
fn links_are_registered_for_this_person_and_no_more() -> Result<()> {
    let home = tempfile::tempdir()?;
    let run = |arguments: &[&str]| -> Result<serde_json::Value> {
        let mut program = Command::new(phone::program()?);
        let _ = program.arg("register").args(arguments).arg("--json").env("HOME", home.path());
        let _ =
            program.env("XDG_DATA_HOME", home.path().join("data")).env("XDG_CONFIG_HOME", home.path().join("config"));
        let output = program.stdin(Stdio::null()).output()?;
        ensure!(output.status.success(), "{}", told(&output));
        Ok(serde_json::from_slice(&output.stdout)?)
    };
    let written = run(&[])?;
    let entry = std::fs::read_to_string(home.path().join("data/applications/ahoy.desktop"))?;
    assert!(entry.contains("MimeType=x-scheme-handler/ahoy;"), "{entry}");
    assert!(entry.contains(&phone::program()?.display().to_string()), "{entry}");
    let removed = run(&["--remove"])?;
    assert_eq!(removed["files"], written["files"]);
    for file in written["files"].as_array().context("files")? {
        assert!(!Path::new(file.as_str().context("a path")?).exists());
    }
    Ok(())
}
