//! `message`: a text for a contact, delivered at once when both phones can be reached, else later.
//! `cli` calls it; a phone that runs sends it, otherwise one is opened for the moment.
//! A text that was not delivered is never lost: it waits in the outbox.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use ahoy_engine::desk::{MessageEntry, Request, Response};
use ahoy_engine::{Command, Phone, PhoneConfig, Reply};
use anyhow::{Result, bail};
use serde_json::json;
use tokio::time::timeout;

use super::{call, out, socket};

/// How long the other phone may take to say that it has the text: a dial and an answer.
const DELIVERY: Duration = Duration::from_secs(15);
/// How soon a running phone is asked again what became of a text: sooner than a person notices.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The text just written is among the newest.
const RECENT: usize = 20;

/// Sends a text and says what became of it.
pub fn message(config: PhoneConfig, who: String, text: String, as_json: bool) -> Result<ExitCode> {
    let request = Request::Message { who: who.clone(), text: text.clone() };
    let (id, state) = match socket::ask(&config.data_dir, &request)? {
        Some(Response::Queued { id }) => {
            let state = beside(&config, &who, &id)?;
            (id, state)
        }
        Some(_) => bail!("the running phone gave another answer than a message's id"),
        None => {
            let phone = call::open(config)?;
            let sent = call::runtime()?.block_on(send(&phone, &who, text));
            phone.close();
            sent?
        }
    };
    if as_json {
        out::line(json!({ "id": id, "state": state }));
    } else if state == "queued" || state == "sent" {
        out::line(format!("{who} cannot be reached now; the text is delivered when both phones run"));
    } else {
        out::line(state);
    }
    Ok(ExitCode::SUCCESS)
}

/// The state of a text that the running phone sends, once it was delivered or the wait is over.
fn beside(config: &PhoneConfig, who: &str, id: &str) -> Result<String> {
    let due = Instant::now() + DELIVERY;
    let request = Request::Messages { who: who.to_owned(), limit: RECENT, before: None };
    loop {
        let state = match socket::ask(&config.data_dir, &request)? {
            Some(Response::Messages(messages)) => state_of(messages, id),
            // The phone was closed meanwhile: the text waits in its outbox.
            Some(_) | None => "queued".to_owned(),
        };
        if is_delivered(&state) || Instant::now() >= due {
            return Ok(state);
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// The text's id, and its state once it was delivered or the wait is over.
async fn send(phone: &Phone, who: &str, text: String) -> Result<(String, String)> {
    let handle = phone.handle();
    let mut view = handle.view();
    let asked = Command::SendText { who: who.to_owned(), text };
    let Reply::Desk(Response::Queued { id }) = handle.ask(asked).await? else {
        bail!("the phone gave another answer than a message's id")
    };
    let delivered = async {
        loop {
            let state = state(&handle, who, &id).await?;
            if is_delivered(&state) || view.changed().await.is_err() {
                return Ok(state);
            }
        }
    };
    let state = match timeout(DELIVERY, delivered).await {
        Ok(state) => state,
        Err(_) => state(&handle, who, &id).await,
    };
    Ok((id, state?))
}

async fn state(phone: &ahoy_engine::PhoneHandle, who: &str, id: &str) -> Result<String> {
    let request = Request::Messages { who: who.to_owned(), limit: RECENT, before: None };
    let Reply::Desk(Response::Messages(messages)) = phone.ask(Command::Desk(request)).await? else {
        bail!("the phone gave another answer than messages")
    };
    Ok(state_of(messages, id))
}

fn state_of(messages: Vec<MessageEntry>, id: &str) -> String {
    messages.into_iter().find(|message| message.id == id).map_or("queued".into(), |message| message.state)
}

fn is_delivered(state: &str) -> bool {
    state == "delivered" || state == "read"
}
