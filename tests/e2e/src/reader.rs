//! A screen reader's eye and hand on a window: the accessibility tree as AT-SPI hands it out, and its actions.
//! Tests find controls with it by their names, as a person who does not see would, so that they survive another layout.
//! Everything happens on a bus of its own that goes when it is dropped; the machine's session is never touched.
//! Numbers of roles and states are those of AT-SPI 2 (`atspi-constants.h`).

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use futures_lite::future::block_on;
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use zbus::Connection;
use zbus::connection::Builder;
use zbus::export::serde::Serialize;
use zbus::zvariant::{DynamicDeserialize, DynamicType, OwnedObjectPath, OwnedValue, Value};

use crate::window::until;

/// A session bus of its own, with the bus for assistive technology behind it.
pub struct Bus {
    daemon: Child,
    address: String,
    /// What it starts says a line there too, and must not find it closed.
    _said: BufReader<ChildStdout>,
    _runtime: TempDir,
}

impl Bus {
    /// Starts one.
    ///
    /// # Errors
    /// D-Bus is not installed, or did not start.
    pub fn start() -> Result<Self> {
        let runtime = tempfile::tempdir()?;
        let started = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .env("XDG_RUNTIME_DIR", runtime.path())
            .env("XDG_CACHE_HOME", runtime.path())
            .env_remove("DISPLAY")
            // What it starts on demand ends with it.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut daemon = started.context("dbus-daemon is not installed; `./x test` installs it")?;
        let mut address = String::new();
        let mut said = BufReader::new(daemon.stdout.take().context("standard output")?);
        let _ = said.read_line(&mut address)?;
        Ok(Self { daemon, address: address.trim().to_owned(), _said: said, _runtime: runtime })
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` has to be.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = kill_process_group(Pid::from_child(&self.daemon), Signal::TERM);
        let _ = self.daemon.wait();
    }
}

/// What a thing in the window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Something to press.
    Button,
    /// Something that is on or off.
    ToggleButton,
    /// A box to tick.
    CheckBox,
    /// One of several.
    RadioButton,
    /// A value between two ends.
    Slider,
    /// A field for text.
    Entry,
    /// A text.
    Label,
    /// A picture.
    Image,
    /// The window.
    Frame,
    /// Another one, by its number.
    Other(u32),
}

impl Role {
    fn of(number: u32) -> Self {
        match number {
            7 => Self::CheckBox,
            23 => Self::Frame,
            27 => Self::Image,
            29 => Self::Label,
            43 => Self::Button,
            44 => Self::RadioButton,
            51 => Self::Slider,
            62 => Self::ToggleButton,
            79 => Self::Entry,
            other => Self::Other(other),
        }
    }

    /// Whether a person can do something with it.
    #[must_use]
    pub fn is_control(self) -> bool {
        match self {
            Self::Button | Self::ToggleButton | Self::CheckBox | Self::RadioButton | Self::Slider | Self::Entry => true,
            Self::Label | Self::Image | Self::Frame | Self::Other(_) => false,
        }
    }
}

/// A state that a thing is in, by its bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Ticked.
    Checked = 4,
    /// It can be used.
    Enabled = 8,
    /// The keyboard can come to it.
    Focusable = 11,
    /// The keyboard is on it.
    Focused = 12,
    /// Switched on.
    Pressed = 20,
    /// It is on the screen.
    Showing = 25,
}

/// One thing in the window.
#[derive(Clone, Debug)]
pub struct Thing {
    /// What it is called, or says.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// What can be done with it, in the words of the toolkit.
    pub actions: Vec<String>,
    /// Where it is in the window: left, top, width, height.
    pub place: (i32, i32, i32, i32),
    states: u64,
    bus_name: String,
    path: OwnedObjectPath,
}

impl Thing {
    /// Whether it is in this state.
    #[must_use]
    pub fn is(&self, state: State) -> bool {
        self.states >> (state as u64) & 1 == 1
    }

    /// Its middle in the window.
    #[must_use]
    pub fn middle(&self) -> (i32, i32) {
        let (left, top, width, height) = self.place;
        (left + width / 2, top + height / 2)
    }
}

/// Somebody who reads a window without seeing it.
pub struct Reader(Connection);

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const LAUNCHER: &str = "org.a11y.Bus";
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const ACTION: &str = "org.a11y.atspi.Action";
const COMPONENT: &str = "org.a11y.atspi.Component";
/// Places are asked for relative to the window.
const IN_WINDOW: u32 = 1;
/// More things than any screen has; a tree that never ends is an error.
const MOST: usize = 20_000;

impl Reader {
    /// Announces itself as a screen reader on this bus, upon which windows begin to tell of themselves.
    ///
    /// # Errors
    /// The service for assistive technology is not installed.
    pub fn on(bus: &Bus) -> Result<Self> {
        block_on(Self::announce(bus)).context("at-spi2-core is not installed; `./x test` installs it")
    }

    async fn announce(bus: &Bus) -> Result<Self> {
        let session = Builder::address(bus.address())?.build().await?;
        for property in ["IsEnabled", "ScreenReaderEnabled"] {
            let body = ("org.a11y.Status", property, Value::from(true));
            let _ = session.call_method(Some(LAUNCHER), "/org/a11y/bus", Some(PROPERTIES), "Set", &body).await?;
        }
        let told = session.call_method(Some(LAUNCHER), "/org/a11y/bus", Some(LAUNCHER), "GetAddress", &()).await?;
        let address: String = told.body().deserialize()?;
        Ok(Self(Builder::address(address.as_str())?.build().await?))
    }

    /// Everything in every window that tells of itself, in reading order. What changes while it is read is left out.
    ///
    /// # Errors
    /// The bus is gone.
    pub fn read(&self) -> Result<Vec<Thing>> {
        block_on(async {
            let registry = "org.a11y.atspi.Registry".to_owned();
            let mut ahead = self.children(&registry, "/org/a11y/atspi/accessible/root").await?;
            ahead.reverse();
            let mut things = Vec::new();
            while let Some((bus_name, path)) = ahead.pop() {
                ensure!(things.len() < MOST, "a tree of more than {MOST} things");
                // A thing that went away between two questions is not there.
                let Ok(thing) = self.thing(&bus_name, &path).await else { continue };
                let children = self.children(&bus_name, path.as_str()).await.unwrap_or_default();
                ahead.extend(children.into_iter().rev());
                things.push(thing);
            }
            Ok(things)
        })
    }

    /// Reads until there is a control of this name, and gives it.
    ///
    /// # Errors
    /// There was none in time; the names that were there are told.
    pub fn find(&self, name: &str) -> Result<Thing> {
        self.wait_for(name, |thing| thing.role.is_control() && thing.name == name)
    }

    /// Reads until something on the screen fits, and gives it.
    ///
    /// # Errors
    /// Nothing did in time; the names that were there are told.
    pub fn wait_for(&self, what: &str, fits: impl Fn(&Thing) -> bool) -> Result<Thing> {
        let (mut found, mut names) = (None, Vec::new());
        let waited = until(what, || {
            let things = self.read()?;
            names = things.iter().map(|thing| format!("{:?} {}", thing.role, thing.name)).collect();
            found = things.into_iter().find(|thing| fits(thing));
            Ok(found.is_some())
        });
        waited.with_context(|| format!("there were only {names:#?}"))?;
        found.context("found")
    }

    /// Does the first thing that can be done with it, as a screen reader does.
    ///
    /// # Errors
    /// It cannot be pressed, or is gone.
    pub fn press(&self, thing: &Thing) -> Result<()> {
        let done: bool = block_on(self.ask(&thing.bus_name, thing.path.as_str(), ACTION, "DoAction", &0_i32))?;
        ensure!(done, "'{}' could not be pressed", thing.name);
        Ok(())
    }

    /// Brings the keyboard to it.
    ///
    /// # Errors
    /// It takes no keyboard, or is gone.
    pub fn focus(&self, thing: &Thing) -> Result<()> {
        let done: bool = block_on(self.ask(&thing.bus_name, thing.path.as_str(), COMPONENT, "GrabFocus", &()))?;
        ensure!(done, "'{}' takes no keyboard", thing.name);
        Ok(())
    }

    async fn thing(&self, bus_name: &str, path: &OwnedObjectPath) -> Result<Thing> {
        let at = path.as_str();
        let name: OwnedValue = self.ask(bus_name, at, PROPERTIES, "Get", &(ACCESSIBLE, "Name")).await?;
        let role: u32 = self.ask(bus_name, at, ACCESSIBLE, "GetRole", &()).await?;
        let states: Vec<u32> = self.ask(bus_name, at, ACCESSIBLE, "GetState", &()).await?;
        let interfaces: Vec<String> = self.ask(bus_name, at, ACCESSIBLE, "GetInterfaces", &()).await?;
        let has = |interface: &str| interfaces.iter().any(|one| one == interface);
        let actions: Vec<(String, String, String)> =
            if has(ACTION) { self.ask(bus_name, at, ACTION, "GetActions", &()).await? } else { Vec::new() };
        let place = if has(COMPONENT) {
            self.ask::<((i32, i32, i32, i32),), _>(bus_name, at, COMPONENT, "GetExtents", &IN_WINDOW).await?.0
        } else {
            (0, 0, 0, 0)
        };
        Ok(Thing {
            name: String::try_from(name)?,
            role: Role::of(role),
            actions: actions.into_iter().map(|(name, ..)| name).collect(),
            place,
            states: states.iter().rev().fold(0, |all, part| all << 32 | u64::from(*part)),
            bus_name: bus_name.to_owned(),
            path: path.clone(),
        })
    }

    async fn children(&self, bus_name: &str, path: &str) -> Result<Vec<(String, OwnedObjectPath)>> {
        self.ask(bus_name, path, ACCESSIBLE, "GetChildren", &()).await
    }

    async fn ask<A, B>(&self, bus_name: &str, path: &str, interface: &str, method: &str, body: &B) -> Result<A>
    where
        A: for<'d> DynamicDeserialize<'d>,
        B: Serialize + DynamicType,
    {
        let answer = self.0.call_method(Some(bus_name), path, Some(interface), method, body).await?;
        Ok(answer.body().deserialize()?)
    }
}
