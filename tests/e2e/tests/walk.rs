//! A person walks through the window of a real phone: adds a contact by link, makes a test call to Echo, mutes, hangs up,
//! looks at past calls. Once with a pointer, once with the keyboard alone.
//! Every step is looked for in the accessibility tree, in what the engine itself says (its statistics, and the command line
//! beside the window), and on the screen, which has to look different after it; what each looked like lies beside the program.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::Stdio;

use ahoy_e2e::display::{Display, Screen};
use ahoy_e2e::events::Events;
use ahoy_e2e::hands::{Hand, Person};
use ahoy_e2e::phone::{Owner, program};
use ahoy_e2e::reader::{Bus, Reader, Role, State};
use ahoy_e2e::rig::Rig;
use ahoy_e2e::window::{Window, until};
use anyhow::{Result, ensure};

/// What is there during a walk.
struct Walk<'a> {
    person: Person<'a>,
    phone: &'a Owner,
    stats: PathBuf,
    /// What the screen looked like after the last step.
    seen: RefCell<Screen>,
}

#[test]
fn a_pointer_gets_everywhere() -> Result<()> {
    walk(Hand::Pointer)
}

#[test]
fn the_keyboard_alone_gets_everywhere() -> Result<()> {
    walk(Hand::Keyboard)
}

fn walk(hand: Hand) -> Result<()> {
    let display = Display::needed()?;
    let bus = Bus::start()?;
    let reader = Reader::on(&bus)?;
    let rig = Rig::strangers()?;
    let link = rig.caller.link()?;
    let stats = rig.path("window.jsonl");
    let mut command = Window::command(&rig.callee, &display)?;
    let _ = command.arg("--stats").arg(&stats).env("DBUS_SESSION_BUS_ADDRESS", bus.address()).stderr(Stdio::null());
    let _window = Window::start(&mut command, &display)?;
    display.focus_window()?;
    let person = Person { display: &display, reader: &reader, hand };
    let walk = Walk { person, phone: &rig.callee, stats, seen: RefCell::new(display.look()?) };
    let walked = walk.begins().and_then(|()| walk.adds_somebody(&link)).and_then(|()| walk.calls_echo());
    let walked = walked.and_then(|()| walk.looks_back());
    display.keep(&program()?.with_file_name(format!("walk-{hand:?}.png").to_lowercase()))?;
    walked
}

impl Walk<'_> {
    /// The first steps: a name, and past the devices, of which this machine has none.
    fn begins(&self) -> Result<()> {
        let person = &self.person;
        person.write("Your name", "Jo")?;
        for step in 2..=5 {
            person.press("Next")?;
            let _ = person.sees(&format!("Step {step} of 5"))?;
        }
        self.pictured("first-run")?;
        person.press("Done")?;
        let _ = person.reader.find("Call Echo")?;
        self.pictured("home")?;
        until("the phone knows its name", || {
            let settings = self.phone.run(&["settings"])?.stdout;
            Ok(String::from_utf8_lossy(&settings).lines().any(|line| line.contains("name") && line.contains("Jo")))
        })
    }

    fn adds_somebody(&self, link: &str) -> Result<()> {
        let person = &self.person;
        person.press("Add someone")?;
        person.write("Link of a new contact", link)?;
        person.press("Look at the phone of this link")?;
        person.write("Name of the new contact", "Ben")?;
        // The button calls the phone by what it is known by until then.
        let add = person.reader.wait_for("the button that adds", |thing| {
            thing.role == Role::Button && thing.name.starts_with("Add ") && thing.name != "Add someone"
        })?;
        person.press(&add.name)?;
        until("the phone knows Ben", || {
            let contacts = self.phone.json(&["contacts"])?;
            Ok(contacts.as_array().is_some_and(|all| all.iter().any(|contact| contact["name"] == "Ben")))
        })?;
        let _ = person.sees("Ben")?;
        self.pictured("added")
    }

    fn calls_echo(&self) -> Result<()> {
        let person = &self.person;
        self.go_home()?;
        person.press("Call Echo")?;
        until("the call is connected", || self.has_happened("connected"))?;
        let _ = person.reader.find("Mute")?;
        self.pictured("call")?;
        person.press("Mute")?;
        let muted = person.reader.find("You are muted. Unmute")?;
        ensure!(
            muted.role == Role::ToggleButton && muted.is(State::Pressed),
            "a muted microphone is a switch that is on"
        );
        let _ = person.sees("You are muted")?;
        self.pictured("muted")?;
        person.press("You are muted. Unmute")?;
        let open = person.reader.find("Mute")?;
        ensure!(!open.is(State::Pressed), "an open microphone is a switch that is off");
        person.press("Minimise: do something else, the call goes on")?;
        let _ = person.reader.find("Past calls")?;
        ensure!(!self.has_happened("ended")?, "a call that is minimised goes on");
        self.pictured("minimised")?;
        person.press("Back to the call with Echo")?;
        person.press("Hang up")?;
        until("the call has ended", || self.has_happened("ended"))?;
        let _ = person.reader.find("Leave this call")?;
        self.pictured("ended")?;
        person.press("Leave this call")
    }

    fn looks_back(&self) -> Result<()> {
        let person = &self.person;
        let calls = self.phone.json(&["history"])?;
        ensure!(calls[0]["ended_reason"] == "completed", "the store says {calls}");
        person.press("Past calls")?;
        let _ = person.sees("Outgoing voice call")?;
        self.pictured("history")?;
        self.go_home()?;
        person.press("Settings")?;
        let _ = person.sees("Sound and camera")?;
        self.pictured("settings")?;
        self.go_home()
    }

    /// The screen has changed with this step; a frame may be a moment behind what a screen reader was told.
    fn pictured(&self, step: &str) -> Result<()> {
        until(&format!("'{step}' changes the screen"), || {
            let now = self.person.display.look()?;
            let changed = !now.looks_like(&self.seen.borrow())?;
            if changed {
                *self.seen.borrow_mut() = now;
            }
            Ok(changed)
        })?;
        let name = format!("walk-{:?}-{step}.png", self.person.hand).to_lowercase();
        self.person.display.keep(&program()?.with_file_name(name))
    }

    /// Goes back until everybody is seen.
    fn go_home(&self) -> Result<()> {
        let at_home =
            || Ok::<_, anyhow::Error>(self.person.reader.read()?.iter().any(|thing| thing.name == "Call Echo"));
        until("everybody is seen", || {
            if at_home()? {
                return Ok(true);
            }
            match self.person.hand {
                Hand::Pointer => self.person.press("Back")?,
                Hand::Keyboard => self.person.display.key("Escape")?,
            }
            Ok(false)
        })
    }

    /// Whether the engine has told of this.
    fn has_happened(&self, event: &str) -> Result<bool> {
        Ok(self.stats.exists() && Events::read(&self.stats)?.first(event).is_ok())
    }
}
