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
        let served = local_socket::serve(&data_dir.join(NAME), move |line| respond(line, doing, &phone));
        if let Err(error) = &served {
            tracing::warn!(%error, "no socket for commands started beside this phone");
        }
        Self { _served: served.ok() }
    }
}

fn respond(line: &str, doing: &str, phone: &PhoneHandle) -> String {
    let answer = match serde_json::from_str(line) {
        Ok(Question::Who) => Answer::Who { pid: std::process::id(), doing: doing.to_owned() },
        Ok(Question::Desk(request)) => match phone.ask_blocking(Command::Desk(request)) {
            Ok(Reply::Desk(response)) => Answer::Desk(response),
            Ok(Reply::Done | Reply::Call(_) | Reply::Stats(_)) => Answer::Error("the phone gave no answer".into()),
            Err(error) => Answer::Error(error.to_string()),
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
        Some(Answer::Who { .. }) => bail!("the running phone is of another version; close it first"),
    }
}

/// Names the phone that runs on `data_dir`, for the error of a second one.
#[must_use]
pub fn running(data_dir: &Path) -> Option<String> {
    match exchange(data_dir, &Question::Who) {
        Ok(Some(Answer::Who { pid, doing })) => Some(format!("{doing}, process {pid}")),
        Ok(Some(Answer::Desk(_) | Answer::Error(_)) | None) | Err(_) => None,
    }
}

fn exchange(data_dir: &Path, question: &Question) -> Result<Option<Answer>> {
    let line = serde_json::to_string(question)?;
    match local_socket::ask(&data_dir.join(NAME), &line)? {
        Some(reply) => Ok(Some(serde_json::from_str(&reply)?)),
        None => Ok(None),
    }
}
