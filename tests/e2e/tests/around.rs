//! The window among other programs: notices and their buttons, a machine that stays awake, links from outside.
//! Nothing gives the window the keyboard, so for the phone nobody is looking.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use ahoy_e2e::desktop::{Desktop, Happened, Shown};
use ahoy_e2e::display::Display;
use ahoy_e2e::phone::{self, Owner, PATIENCE, Phone};
use ahoy_e2e::reader::{Bus, Reader};
use ahoy_e2e::rig::{Rig, silent};
use ahoy_e2e::window::Window;
use anyhow::{Context as _, Result, ensure};

/// The program on this owner's data directory, without a display.
fn started(owner: &Owner, arguments: &[&str]) -> Result<Output> {
    let mut program = Command::new(phone::program()?);
    let _ = program.arg("--data-dir").arg(owner.dir()).args(["--relay", "none"]).args(arguments);
    let _ = program.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    Ok(program.stdin(Stdio::null()).output()?)
}

/// The window of this owner's phone, with this desktop around it.
fn opened(owner: &Owner, display: &Display, bus: &Bus) -> Result<Window> {
    let mut command = Window::command(owner, display)?;
    Window::start(command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()), display)
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn names(owner: &Owner) -> Result<Vec<String>> {
    let contacts = owner.json(&["contacts"])?;
    Ok(contacts.as_array().into_iter().flatten().filter_map(|one| Some(one["name"].as_str()?.to_owned())).collect())
}

/// The window of a called phone that nobody looks at, and the desktop around it.
struct Called {
    rig: Rig,
    desktop: Desktop,
    _window: Window,
    _bus: Bus,
    _display: Display,
}

impl Called {
    fn ready() -> Result<Self> {
        let (display, bus, rig) = (Display::needed()?, Bus::start()?, Rig::paired()?);
        let desktop = Desktop::enter(bus.address())?;
        let window = opened(&rig.callee, &display, &bus)?;
        Ok(Self { rig, desktop, _window: window, _bus: bus, _display: display })
    }

    /// Calls it, until the notice of the call is there.
    fn rings(&self) -> Result<(Phone, Shown)> {
        let caller = self.rig.caller.spawn(&silent(&["call", "Callee"]))?;
        Ok((caller, self.desktop.wait_for_notice("Caller")?))
    }
}

#[test]
fn a_call_is_answered_from_its_notice_and_keeps_the_machine_awake() -> Result<()> {
    let called = Called::ready()?;
    let (mut caller, ringing) = called.rings()?;
    assert_eq!((ringing.body.as_str(), ringing.urgency), ("Voice call", 2));
    called.desktop.press(&ringing, "Answer")?;
    let _ = caller.wait_for_state("Active")?;
    let kept = called.desktop.wait_for("the machine stays awake", |happened| {
        if let Happened::MachineKept(request) = happened { Some(request.clone()) } else { None }
    })?;
    caller.say("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    let freed = Happened::MachineFreed(kept);
    called.desktop.wait_for("the machine may sleep", |happened| (*happened == freed).then_some(()))
}

#[test]
fn a_call_is_declined_from_its_notice() -> Result<()> {
    let called = Called::ready()?;
    let (mut caller, ringing) = called.rings()?;
    called.desktop.press(&ringing, "Decline")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(4), "declined");
    Ok(())
}

#[test]
fn a_missed_call_takes_the_place_of_its_notice_and_is_called_back_from_there() -> Result<()> {
    let called = Called::ready()?;
    let (mut caller, ringing) = called.rings()?;
    caller.interrupt()?;
    let _ = caller.wait(PATIENCE)?;
    let withdrawn = Happened::Withdrawn(ringing.id);
    called.desktop.wait_for("the notice goes", |happened| (*happened == withdrawn).then_some(()))?;
    let missed = called.desktop.wait_for_notice("Caller")?;
    assert_eq!(missed.body, "Missed call");
    let mut caller = called.rig.caller.start(&silent(&["answer", "--once"]))?;
    called.desktop.press(&missed, "Call back")?;
    caller.wait_for_state("Active").map(drop)
}

#[test]
fn a_text_is_told_without_its_words() -> Result<()> {
    let (display, bus, rig) = (Display::needed()?, Bus::start()?, Rig::paired()?);
    let desktop = Desktop::enter(bus.address())?;
    let _window = opened(&rig.callee, &display, &bus)?;
    let _ = rig.caller.json(&["message", "Callee", "the cake is hidden"])?;
    let told = desktop.wait_for_notice("Caller")?;
    assert_eq!((told.body.as_str(), told.actions.len()), ("New message", 2), "{told:?}");
    Ok(())
}

#[test]
fn a_link_from_outside_is_shown_by_the_window_that_runs() -> Result<()> {
    let (display, bus, rig) = (Display::needed()?, Bus::start()?, Rig::strangers()?);
    let _ = rig.caller.run(&["settings", "name", "Caller"])?;
    let window = opened(&rig.callee, &display, &bus)?;
    let reader = Reader::on(&bus)?;
    let handed = started(&rig.callee, &[&rig.caller.link()?])?;
    ensure!(handed.status.success(), "{}", told(&handed));
    let add = reader.wait_for("the window asks", |thing| thing.role.is_control() && thing.name == "Add Caller")?;
    display.keep(&phone::program()?.with_file_name("link.png"))?;
    let known = names(&rig.callee)?;
    assert!(!known.contains(&"Caller".to_owned()), "nothing is added before it is asked for: {known:?}");
    reader.press(&add)?;
    let _ = reader.wait_for("the conversation with the new contact", |thing| thing.name == "Call Caller")?;
    let known = names(&rig.callee)?;
    assert!(known.contains(&"Caller".to_owned()), "{known:?}");

    let second = started(&rig.callee, &[])?;
    assert_eq!(second.status.code(), Some(2), "{}", told(&second));
    let mut with_display = Command::new(phone::program()?);
    let _ = with_display.arg("--data-dir").arg(rig.callee.dir()).args(["--relay", "none"]).stdin(Stdio::null());
    let second = display.show(&mut with_display).output()?;
    assert_eq!(second.status.code(), Some(2), "without a link a second window is refused: {}", told(&second));
    assert!(told(&second).contains(&window.pid().to_string()), "the running one is named: {}", told(&second));
    let wrong = started(&rig.callee, &["ahoy:nonsense"])?;
    assert_eq!(wrong.status.code(), Some(2), "{}", told(&wrong));
    Ok(())
}

#[test]
fn a_link_opens_the_window_where_none_runs_and_a_phone_without_one_refuses_it() -> Result<()> {
    let (display, bus, rig) = (Display::needed()?, Bus::start()?, Rig::strangers()?);
    let _ = rig.caller.run(&["settings", "name", "Caller"])?;
    let link = rig.caller.link()?;
    {
        let mut program = rig.callee.command(&[&link])?;
        let _ = program.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).stdin(Stdio::null());
        let _window = Ended(display.show(&mut program).spawn()?);
        let asks = |thing: &ahoy_e2e::reader::Thing| thing.role.is_control() && thing.name == "Add Caller";
        let _ = Reader::on(&bus)?.wait_for("the window asks", asks)?;
    }
    let echo = rig.callee.start(&["echo", "--json"])?;
    let refused = started(&rig.callee, &[&link])?;
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
    assert!(told(&refused).contains(&echo.pid().to_string()), "the running one is named: {}", told(&refused));
    Ok(())
}

/// A program that is ended when the test is done with it.
struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
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
