//! The socket of a running phone: a command line started beside it asks the phone instead of the locked store.
//! Everything that keeps a phone running serves it; `desk` asks.
//! One JSON request a line, one JSON answer a line.

use std::path::Path;

use ahoy_engine::desk::{Request, Response};
use ahoy_engine::phone::PhoneHandle;
use ahoy_engine::{Command, Reply};
use ahoy_system::local_socket::{self, LocalSocket};
use anyhow::{Result, anyhow, bail};
use serde::{Deserialize, Serialize};

use crate::links::Door;

/// Its name in the data directory.
const NAME: &str = "ahoy.sock";

/// What can be asked of a running phone.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    /// Who it is.
    Who,
    /// Something for its desk.
    Desk(Request),
    /// A contact link to show.
    Link(String),
}

/// What a running phone says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// To [`Question::Who`].
    Who {
        /// Its process.
        pid: u32,
        /// What it was started as.
        doing: String,
    },
    /// From the desk.
    Desk(Response),
    /// The link is on its way to the screen.
    Shown,
    /// It could not be done.
    Error(String),
}

/// The served socket of this process.
pub struct Socket {
    _served: Option<LocalSocket>,
}

impl Socket {
    /// Serves the socket of `data_dir` for a phone that was started as `doing`. Without it the phone works; only
    /// command lines beside it find the store locked.
    #[must_use]
    pub fn serve(data_dir: &Path, doing: &'static str, phone: PhoneHandle) -> Self {
        Self::answering(data_dir, move |line| respond(line, doing, &phone, None))
    }

    /// The same for a window, which shows contact links that come in by its `door`.
    #[must_use]
    pub fn serve_window(data_dir: &Path, phone: PhoneHandle, door: Door) -> Self {
        Self::answering(data_dir, move |line| respond(line, "the window", &phone, Some(&door)))
    }

    fn answering(data_dir: &Path, answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let served = local_socket::serve(&data_dir.join(NAME), answer);
        if let Err(error) = &served {
            tracing::warn!(%error, "no socket for commands started beside this phone");
        }
        Self { _served: served.ok() }
    }
}

fn respond(line: &str, doing: &str, phone: &PhoneHandle, door: Option<&Door>) -> String {
    let answer = match serde_json::from_str(line) {
        Ok(Question::Who) => Answer::Who { pid: std::process::id(), doing: doing.to_owned() },
        Ok(Question::Desk(request)) => match phone.ask_blocking(Command::Desk(request)) {
            Ok(Reply::Desk(response)) => Answer::Desk(response),
            Ok(Reply::Done | Reply::Call(_) | Reply::Stats(_)) => Answer::Error("the phone gave no answer".into()),
            Err(error) => Answer::Error(error.to_string()),
        },
        Ok(Question::Link(link)) => match door {
            Some(door) if door.hand_in(link) => Answer::Shown,
            Some(_) => Answer::Error("the window is busy; try again in a moment".into()),
            None => Answer::Error(format!("it has no window ({doing}, process {})", std::process::id())),
        },
        Err(error) => Answer::Error(format!("not a question this version knows: {error}")),
    };
    serde_json::to_string(&answer).unwrap_or_default()
}

/// Asks the phone that runs on `data_dir`; `None` when none does.
pub fn ask(data_dir: &Path, request: &Request) -> Result<Option<Response>> {
    match exchange(data_dir, &Question::Desk(request.clone()))? {
        None => Ok(None),
        Some(Answer::Desk(response)) => Ok(Some(response)),
        Some(Answer::Error(error)) => Err(anyhow!(error)),
        Some(Answer::Who { .. } | Answer::Shown) => bail!("the running phone is of another version; close it first"),
    }
}

/// Names the phone that runs on `data_dir`, for the error of a second one.
#[must_use]
pub fn running(data_dir: &Path) -> Option<String> {
    match exchange(data_dir, &Question::Who) {
        Ok(Some(Answer::Who { pid, doing })) => Some(format!("{doing}, process {pid}")),
        Ok(Some(Answer::Desk(_) | Answer::Shown | Answer::Error(_)) | None) | Err(_) => None,
    }
}

/// Hands a contact link to the window that runs on `data_dir`; `false` when nothing runs there.
///
/// # Errors
/// What runs there did not take it.
pub fn hand_over(data_dir: &Path, link: &str) -> Result<bool> {
    match exchange(data_dir, &Question::Link(link.to_owned()))? {
        None => Ok(false),
        Some(Answer::Shown) => Ok(true),
        Some(Answer::Error(error)) => Err(anyhow!(error)),
        Some(Answer::Who { .. } | Answer::Desk(_)) => bail!("it is of another version; close it first"),
    }
}

fn exchange(data_dir: &Path, question: &Question) -> Result<Option<Answer>> {
    let line = serde_json::to_string(question)?;
    match local_socket::ask(&data_dir.join(NAME), &line)? {
        Some(reply) => Ok(Some(serde_json::from_str(&reply)?)),
        None => Ok(None),
    }
}
