//! Staying awake during calls: the portal keeps the machine up, the screen saver's own interface keeps the screen on.
//! Only the thread of `desktop_linux` calls it.
//! Both end with the connection too, so that a phone that crashes leaves no machine awake.

use std::collections::HashMap;

use zbus::zvariant::{OwnedObjectPath, Value};
use zbus::{Connection, Message};

use crate::wanted::Awake;

/// What is told to a person who asks why the machine stays awake.
const REASON: &str = "A call is going on";

/// The portal's flag for "do not suspend" (org.freedesktop.portal.Inhibit).
const SUSPEND: u32 = 4;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PORTAL_PATH: &str = "/org/freedesktop/portal/desktop";
const SAVER: &str = "org.freedesktop.ScreenSaver";
const SAVER_PATH: &str = "/org/freedesktop/ScreenSaver";

/// What is held awake now: the machine by a request of the portal, the screen by a number of its saver.
#[derive(Default)]
pub(crate) struct Inhibitors {
    machine: Held<OwnedObjectPath>,
    screen: Held<u32>,
}

/// One thing that can be held awake.
struct Held<T> {
    wanted: bool,
    by: Option<T>,
    /// It was refused once, and that was logged.
    refused: bool,
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self { wanted: false, by: None, refused: false }
    }
}

impl<T> Held<T> {
    /// Whether it has to be asked for now. What was refused is not asked for again before the next call.
    fn begins(&mut self, wanted: bool) -> bool {
        wanted && !std::mem::replace(&mut self.wanted, true)
    }

    fn keep(&mut self, what: &str, asked: zbus::Result<T>) {
        match asked {
            Ok(by) => self.by = Some(by),
            Err(error) => {
                if !std::mem::replace(&mut self.refused, true) {
                    tracing::warn!("{what} may fall asleep during calls: {error}");
                }
            }
        }
    }

    /// What has to be let go now.
    fn ends(&mut self, wanted: bool) -> Option<T> {
        self.wanted &= wanted;
        if self.wanted { None } else { self.by.take() }
    }
}

impl Inhibitors {
    /// Holds awake what is wanted, and lets go of the rest.
    pub(crate) async fn follow(&mut self, connection: &Connection, awake: Option<Awake>) {
        let (machine, screen) = (awake.is_some(), awake == Some(Awake::Screen));
        if self.machine.begins(machine) {
            self.machine.keep("the machine", stay_up(connection).await);
        }
        if let Some(request) = self.machine.ends(machine) {
            let interface = Some("org.freedesktop.portal.Request");
            told("the machine", connection.call_method(Some(PORTAL), &request, interface, "Close", &()).await);
        }
        if self.screen.begins(screen) {
            self.screen.keep("the screen", stay_on(connection).await);
        }
        if let Some(number) = self.screen.ends(screen) {
            told(
                "the screen",
                connection.call_method(Some(SAVER), SAVER_PATH, Some(SAVER), "UnInhibit", &number).await,
            );
        }
    }
}

async fn stay_up(connection: &Connection) -> zbus::Result<OwnedObjectPath> {
    let options = HashMap::from([("reason", Value::from(REASON))]);
    let interface = Some("org.freedesktop.portal.Inhibit");
    // No window is named: there is nothing to ask the person.
    let body = ("", SUSPEND, options);
    connection.call_method(Some(PORTAL), PORTAL_PATH, interface, "Inhibit", &body).await?.body().deserialize()
}

async fn stay_on(connection: &Connection) -> zbus::Result<u32> {
    let body = ("Ahoy", REASON);
    connection.call_method(Some(SAVER), SAVER_PATH, Some(SAVER), "Inhibit", &body).await?.body().deserialize()
}

fn told(what: &str, released: zbus::Result<Message>) {
    if let Err(error) = released {
        tracing::debug!("{what} was not let go, which its service does by itself when this phone ends: {error}");
    }
}
