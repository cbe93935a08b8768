//! A desktop that only the tests see: the services that a phone uses, on the bus of a test.
//! It takes notices and presses their buttons, and it tells who keeps machine and screen awake.
//! Tests of a window put it on the screen reader's bus, others on a bare one.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use futures_lite::future::block_on;
use tempfile::TempDir;
use zbus::Connection;
use zbus::connection::Builder;
use zbus::object_server::ObjectServer;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue};

use crate::phone::PATIENCE;

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";

/// Anybody may own and send anything; nobody is started.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=DIR</listen><policy context="default">
<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"#;

/// A bus that starts no service by itself, so that what is not on it is really absent.
pub struct BareBus {
    daemon: Child,
    address: String,
    _home: TempDir,
}

impl BareBus {
    /// Starts one.
    ///
    /// # Errors
    /// It did not start.
    pub fn start() -> Result<Self> {
        let home = tempfile::tempdir()?;
        let config = home.path().join("bus.conf");
        std::fs::write(&config, BUS.replace("DIR", &home.path().display().to_string()))?;
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            // It complains of limits that it may not raise in a container.
            .stderr(Stdio::null())
            .spawn()
            .context("dbus-daemon is not installed; `./x test` installs it")?;
        let mut address = String::new();
        let _ = BufReader::new(daemon.stdout.take().context("standard output")?).read_line(&mut address)?;
        ensure!(!address.trim().is_empty(), "dbus-daemon gave no address");
        Ok(Self { daemon, address: address.trim().to_owned(), _home: home })
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` has to be.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for BareBus {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A notice as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its number here.
    pub id: u32,
    /// The one it takes the place of; 0 for none.
    pub replaces: u32,
    /// Its first line.
    pub title: String,
    /// Its second line.
    pub body: String,
    /// Keys and words, as they came.
    pub actions: Vec<String>,
    /// 2 stays until it is answered.
    pub urgency: u8,
}

/// What a phone did to the desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It showed a notice.
    Shown(Shown),
    /// It withdrew this one.
    Withdrawn(u32),
    /// It keeps the machine from suspending, by this request.
    MachineKept(String),
    /// That request is closed.
    MachineFreed(String),
    /// It keeps the screen on, by this number.
    ScreenKept(u32),
    /// That number is given back.
    ScreenFreed(u32),
}

/// The services of a desktop, all on one connection.
pub struct Desktop {
    connection: Connection,
    happened: Receiver<Happened>,
    open: Arc<Mutex<HashMap<u32, Shown>>>,
}

impl Desktop {
    /// Enters the bus of this address.
    ///
    /// # Errors
    /// The bus is gone, or another desktop is on it.
    pub fn enter(address: &str) -> Result<Self> {
        let (tell, happened) = channel();
        let open = Arc::<Mutex<HashMap<u32, Shown>>>::default();
        let notices = Notices { tell: tell.clone(), open: Arc::clone(&open), numbers: 0 };
        let connection = block_on(
            Builder::address(address)?
                .serve_at(NOTIFICATIONS_PATH, notices)?
                .serve_at("/org/freedesktop/portal/desktop", Portal { tell: tell.clone(), requests: 0 })?
                .serve_at("/org/freedesktop/ScreenSaver", Saver { tell, numbers: 40 })?
                .name(NOTIFICATIONS)?
                .name("org.freedesktop.portal.Desktop")?
                .name("org.freedesktop.ScreenSaver")?
                .build(),
        )?;
        Ok(Self { connection, happened, open })
    }

    /// The next thing that a phone does.
    ///
    /// # Errors
    /// It did nothing in time.
    pub fn next(&self) -> Result<Happened> {
        self.happened.recv_timeout(PATIENCE).context("nothing came to the desktop in time")
    }

    /// Waits for what `fits`, and passes over what does not.
    ///
    /// # Errors
    /// It did not come in time.
    pub fn wait_for<T>(&self, what: &str, fits: impl Fn(&Happened) -> Option<T>) -> Result<T> {
        let until = Instant::now() + PATIENCE;
        let mut others = Vec::new();
        while let Ok(happened) = self.happened.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if let Some(found) = fits(&happened) {
                return Ok(found);
            }
            others.push(happened);
        }
        bail!("{what} did not come to the desktop in time, only {others:#?}")
    }

    /// Waits for a notice of this title.
    ///
    /// # Errors
    /// It did not come in time.
    pub fn wait_for_notice(&self, title: &str) -> Result<Shown> {
        self.wait_for(title, |happened| {
            if let Happened::Shown(shown) = happened { (shown.title == title).then(|| shown.clone()) } else { None }
        })
    }

    /// Whether nothing more has come.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.happened.try_recv().is_err()
    }

    /// Presses the button with these words, as a person does: the notice closes with it.
    ///
    /// # Errors
    /// There is no such button, or the bus is gone.
    pub fn press(&self, notice: &Shown, words: &str) -> Result<()> {
        let button = notice.actions.chunks(2).find(|pair| pair.get(1).is_some_and(|found| found == words));
        let key = button.with_context(|| format!("no button '{words}' in {notice:?}"))?[0].clone();
        self.invoke(notice.id, &key)
    }

    /// Presses the notice itself.
    ///
    /// # Errors
    /// The bus is gone.
    pub fn open(&self, notice: &Shown) -> Result<()> {
        self.invoke(notice.id, "default")
    }

    /// Closes a notice without a word.
    ///
    /// # Errors
    /// The bus is gone.
    pub fn dismiss(&self, notice: &Shown) -> Result<()> {
        let _ = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&notice.id);
        self.signal("NotificationClosed", &(notice.id, 2_u32))
    }

    fn invoke(&self, id: u32, key: &str) -> Result<()> {
        self.signal("ActionInvoked", &(id, key))?;
        let _ = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        self.signal("NotificationClosed", &(id, 2_u32))
    }

    fn signal<B>(&self, name: &str, body: &B) -> Result<()>
    where
        B: zbus::export::serde::Serialize + zbus::zvariant::DynamicType,
    {
        Ok(block_on(self.connection.emit_signal(None::<&str>, NOTIFICATIONS_PATH, NOTIFICATIONS, name, body))?)
    }
}

struct Notices {
    tell: Sender<Happened>,
    open: Arc<Mutex<HashMap<u32, Shown>>>,
    numbers: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notices {
    fn notify(
        &mut self,
        _name: &str,
        replaces: u32,
        _icon: &str,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _lasts_ms: i32,
    ) -> u32 {
        self.numbers += 1;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let id = if open.contains_key(&replaces) { replaces } else { self.numbers };
        let urgency = hints.get("urgency").and_then(|value| u8::try_from(value).ok()).unwrap_or(1);
        let shown = Shown { id, replaces, title, body, actions, urgency };
        let _ = open.insert(id, shown.clone());
        // The test may be over.
        let _ = self.tell.send(Happened::Shown(shown));
        id
    }

    fn close_notification(&mut self, id: u32) -> zbus::fdo::Result<()> {
        let known = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        let _ = self.tell.send(Happened::Withdrawn(id));
        known.map(drop).ok_or_else(|| zbus::fdo::Error::Failed("no such notice".into()))
    }
}

struct Portal {
    tell: Sender<Happened>,
    requests: u32,
}

#[zbus::interface(name = "org.freedesktop.portal.Inhibit")]
impl Portal {
    async fn inhibit(
        &mut self,
        _window: &str,
        flags: u32,
        _options: HashMap<String, OwnedValue>,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> zbus::fdo::Result<OwnedObjectPath> {
        self.requests += 1;
        let path = ObjectPath::try_from(format!("/org/freedesktop/portal/desktop/request/{flags}/{}", self.requests))
            .map_err(|error| zbus::fdo::Error::Failed(error.to_string()))?;
        let request = Request { tell: self.tell.clone(), path: path.to_string() };
        let _ = server.at(&path, request).await?;
        let _ = self.tell.send(Happened::MachineKept(path.to_string()));
        Ok(path.into())
    }
}

struct Request {
    tell: Sender<Happened>,
    path: String,
}

#[zbus::interface(name = "org.freedesktop.portal.Request")]
impl Request {
    fn close(&self) {
        let _ = self.tell.send(Happened::MachineFreed(self.path.clone()));
    }
}

struct Saver {
    tell: Sender<Happened>,
    numbers: u32,
}

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl Saver {
    fn inhibit(&mut self, _name: &str, _reason: &str) -> u32 {
        self.numbers += 1;
        let _ = self.tell.send(Happened::ScreenKept(self.numbers));
        self.numbers
    }

    fn un_inhibit(&self, number: u32) {
        let _ = self.tell.send(Happened::ScreenFreed(number));
    }
}
