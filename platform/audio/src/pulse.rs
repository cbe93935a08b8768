//! The sound server: one connection to PulseAudio, or to PipeWire, which speaks the same.
//! The Linux module asks it; a thread of its own holds the connection, so that a server that hangs holds nobody else.
//! A connection that has ended is made anew at the next question; there is none while no server runs.

use std::ffi::CString;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use cpal::traits::HostTrait;
use cpal::{Host, HostId};
use futures_lite::future::block_on;
use pulseaudio::{Client, protocol};

use crate::device::DeviceKind;
use crate::error::AudioError;

/// How device ids of the server begin.
pub(crate) const ID_PREFIX: &str = "pulseaudio:";

/// How the server calls the copy of what a loudspeaker plays.
pub(crate) const MONITOR: &str = ".monitor";

/// Longest wait for an answer; a healthy server needs a few milliseconds.
const ANSWER: Duration = Duration::from_secs(3);

/// Openings that may hang at once; each holds a thread until the server answers it or ends.
const MAX_HANGING: usize = 8;

type Question = Box<dyn FnOnce(Option<&Server>) + Send>;

/// The server that runs.
pub(crate) struct Server {
    /// For lists and loudspeakers.
    pub(crate) host: Host,
    /// For microphones.
    client: Client,
}

impl Server {
    fn connect() -> Option<Self> {
        let name = CString::new(env!("CARGO_PKG_NAME")).ok()?;
        let host = cpal::host_from_id(HostId::PulseAudio).ok()?;
        Some(Self { host, client: Client::from_env(name).ok()? })
    }

    fn lives(&self) -> bool {
        self.host.devices().is_ok() && block_on(self.client.server_info()).is_ok()
    }

    /// The number of the microphone with this id, or of the default one, and the connection on which to open it.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn microphone(&self, id: Option<&str>) -> Result<(Client, u32), AudioError> {
        let kind = DeviceKind::Microphone;
        let unknown =
            || id.map_or(AudioError::NoDevice(kind), |id| AudioError::UnknownDevice { kind, id: id.to_owned() });
        let name = match id.and_then(|id| id.strip_prefix(ID_PREFIX)) {
            Some(name) => CString::new(name).map_err(|_| unknown())?,
            None => protocol::DEFAULT_SOURCE.to_owned(),
        };
        let source = block_on(self.client.source_info_by_name(name)).map_err(|_| unknown())?;
        Ok((self.client.clone(), source.index))
    }
}

/// Asks the server; `Ok(None)` when none runs.
///
/// # Errors
/// [`AudioError::NoAnswer`].
pub(crate) fn ask<T: Send + 'static>(
    question: impl FnOnce(&Server) -> T + Send + 'static,
) -> Result<Option<T>, AudioError> {
    static ASKED: OnceLock<Option<mpsc::Sender<Question>>> = OnceLock::new();
    let Some(asked) = ASKED.get_or_init(connection) else { return Ok(None) };
    let (answer, answered) = mpsc::sync_channel(1);
    let question = move |server: Option<&Server>| {
        // Nobody hears an answer that comes too late.
        let _ = answer.send(server.map(question));
    };
    asked.send(Box::new(question)).map_err(|_| AudioError::NoAnswer)?;
    answered.recv_timeout(ANSWER).map_err(|_| AudioError::NoAnswer)
}

/// Starts the thread that holds the connection; it lives as long as the process.
fn connection() -> Option<mpsc::Sender<Question>> {
    let (asked, questions) = mpsc::channel::<Question>();
    let hold = move || {
        let mut server: Option<Server> = None;
        for question in questions {
            server = server.filter(Server::lives).or_else(Server::connect);
            question(server.as_ref());
        }
    };
    thread::Builder::new().name("sound server".into()).spawn(hold).ok().map(|_| asked)
}

/// Runs an opening on a thread of its own and waits for it only so long.
///
/// # Errors
/// [`AudioError::NoAnswer`], and those of the opening.
pub(crate) fn in_time<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, AudioError> + Send + 'static,
) -> Result<T, AudioError> {
    static HANGING: AtomicUsize = AtomicUsize::new(0);
    if HANGING.fetch_add(1, Ordering::AcqRel) >= MAX_HANGING {
        let _ = HANGING.fetch_sub(1, Ordering::AcqRel);
        return Err(AudioError::NoAnswer);
    }
    let (opened, answered) = mpsc::sync_channel(1);
    let started = thread::Builder::new().name("open".into()).spawn(move || {
        // A device that nobody waits for any more is closed again.
        drop(opened.send(open()));
        let _ = HANGING.fetch_sub(1, Ordering::AcqRel);
    });
    if started.is_err() {
        let _ = HANGING.fetch_sub(1, Ordering::AcqRel);
    }
    answered.recv_timeout(ANSWER).map_err(|_| AudioError::NoAnswer)?
}
