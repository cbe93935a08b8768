//! The window among other programs: what it tells a desktop, and links that the desktop opens with it.
//! Nothing gives the window the keyboard, so for the phone nobody is looking.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use ahoy_e2e::desktop::Desktop;
use ahoy_e2e::display::Display;
use ahoy_e2e::phone::{self, Owner};
use ahoy_e2e::reader::Bus;
use ahoy_e2e::rig::Rig;
use ahoy_e2e::window::Window;
use anyhow::{Context as _, Result, ensure};

/// The window of this owner's phone, with this desktop around it.
fn opened(owner: &Owner, display: &Display, bus: &Bus) -> Result<Window> {
    let mut command = Window::command(owner, display)?;
    Window::start(command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()), display)
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
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
