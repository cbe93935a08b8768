//! Commands that need no network: asked of the desk, or of the phone that runs on the same data directory.
//! `cli` calls it; the answer is the same either way.
//! Nothing here keeps the store open longer than one answer.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use ahoy_call::CallRecord;
use ahoy_engine::desk::{ContactEntry, Desk, FoundMessage, MessageEntry, Request, Response};
use ahoy_engine::{AutoAnswer, PhoneConfig};
use ahoy_net::ContactLink;
use anyhow::{Result, bail};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::{Value, json};

use super::{FAILED, out, socket};
use crate::call_words;
use crate::language::Language;

/// Asks and prints the answer.
pub fn ask(config: &PhoneConfig, request: Request, as_json: bool) -> Result<ExitCode> {
    let response = answer(config, &request)?;
    if as_json {
        out::line(to_json(&response)?);
    } else {
        print(&response);
    }
    let failed = matches!(&response, Response::Doctor(checks) if checks.iter().any(|check| !check.ok));
    Ok(if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// Prints my link, as text, JSON or QR code.
pub fn id(config: &PhoneConfig, qr: bool, as_json: bool) -> Result<ExitCode> {
    let response = answer(config, &Request::Id)?;
    let Response::Id { id, link } = &response else { bail!("the running phone gave another answer than a link") };
    if as_json {
        out::line(json!({ "id": id, "link": link }));
    } else {
        out::line(link);
        let parsed: Option<ContactLink> = link.parse().ok();
        suggest_name(parsed.as_ref().map_or("", |link| &link.name));
    }
    if qr {
        // Upper case makes the code a third smaller (alphanumeric mode); the link reads the same in both.
        let code = QrCode::new(link.to_ascii_uppercase())?;
        out::line(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build());
    }
    Ok(ExitCode::SUCCESS)
}

/// Without a name of one's own, others see digits.
pub fn suggest_name(name: &str) {
    // A hint is for a person; a script that reads standard error expects errors.
    if name.is_empty() && std::io::stderr().is_terminal() {
        eprintln!("you have no name yet: `ahoy settings name NAME` puts one into your link");
    }
}

/// Lists the settings, shows one, or changes one.
pub fn settings(config: &PhoneConfig, key: Option<String>, value: Option<String>, as_json: bool) -> Result<ExitCode> {
    let Some(key) = key else { return ask(config, Request::Settings, as_json) };
    if let Some(value) = value {
        return ask(config, Request::Set { key, value }, as_json);
    }
    let Response::Settings(entries) = answer(config, &Request::Settings)? else {
        bail!("the running phone gave another answer than settings")
    };
    let Some(entry) = entries.into_iter().find(|entry| entry.key == key) else {
        bail!("there is no setting '{key}'; `ahoy settings` lists them")
    };
    if as_json {
        out::line(serde_json::to_string(&entry)?);
    } else {
        out::line(entry.value);
    }
    Ok(ExitCode::SUCCESS)
}

/// Through the running phone when there is one, else from the store itself.
pub fn answer(config: &PhoneConfig, request: &Request) -> Result<Response> {
    if let Some(response) = socket::ask(&config.data_dir, request)? {
        return Ok(response);
    }
    Ok(Desk::open(config)?.answer(request)?)
}

fn to_json(response: &Response) -> Result<Value> {
    Ok(match response {
        Response::Id { id, link } => json!({ "id": id, "link": link }),
        Response::Added { id, name, words, warning } => {
            json!({ "id": id, "name": name, "words": words, "warning": warning })
        }
        Response::Messages(messages) => serde_json::to_value(messages)?,
        Response::Queued { id } => json!({ "id": id, "state": "queued" }),
        Response::Exported { content } => json!({ "content": content }),
        Response::Imported { id, contacts } => json!({ "id": id, "contacts": contacts }),
        Response::Contacts(contacts) => serde_json::to_value(contacts)?,
        Response::History(calls) => serde_json::to_value(calls)?,
        Response::Found { contacts, messages } => json!({ "contacts": contacts, "messages": messages }),
        Response::Latest(messages) => serde_json::to_value(messages)?,
        Response::Settings(settings) => serde_json::to_value(settings)?,
        Response::Doctor(checks) => serde_json::to_value(checks)?,
        Response::Done => json!({ "ok": true }),
    })
}

fn print(response: &Response) {
    match response {
        Response::Id { link, .. } => out::line(link),
        Response::Added { id, name, words, warning } => {
            if let Some(warning) = warning {
                eprintln!("WARNING: {warning}");
            }
            out::line(format!("added {name} ({})", &id[..8]));
            out::line(format!("safety words, the same on both phones: {words}"));
        }
        Response::Contacts(contacts) => {
            if contacts.is_empty() {
                out::line("no contacts yet; add one with `ahoy add LINK`, or call echo to try the phone");
            }
            contact_lines(contacts);
        }
        Response::Messages(messages) => {
            let english = Language::default();
            messages.iter().for_each(|message| message_line(&english, "", message));
        }
        Response::Found { contacts, messages } => {
            contact_lines(contacts);
            found_lines(messages);
        }
        Response::Latest(messages) => found_lines(messages),
        Response::Queued { id } => out::line(format!("queued {id}")),
        Response::Exported { content } => out::line(content),
        Response::Imported { id, contacts } => out::line(format!("{} with {contacts} new contacts", &id[..8])),
        Response::History(calls) => history_lines(calls, &[]),
        Response::Settings(settings) => {
            for setting in settings {
                out::line(format!("{:16} {:12} {}", setting.key, setting.value, setting.about));
            }
        }
        Response::Doctor(checks) => {
            for check in checks {
                out::line(format!("{:6} {:11} {}", if check.ok { "ok" } else { "FAILED" }, check.check, check.advice));
            }
        }
        Response::Done => out::line("done"),
    }
}

fn contact_lines(contacts: &[ContactEntry]) {
    for contact in contacts {
        let verified = if contact.verified { " verified" } else { "" };
        let blocked = if contact.blocked { " blocked" } else { "" };
        let favourite = if contact.favourite { " favourite" } else { "" };
        let muted = if contact.muted { " muted" } else { "" };
        let answered = match contact.auto_answer {
            AutoAnswer::Off => "",
            AutoAnswer::Voice => " auto-answer",
            AutoAnswer::Video => " auto-answer-video",
        };
        let unread = if contact.unread > 0 { format!(" ({} new)", contact.unread) } else { String::new() };
        let marks = format!("{verified}{blocked}{favourite}{muted}{answered}{unread}");
        out::line(format!("{}  {}{marks}", &contact.id[..8], contact.name));
    }
}

fn found_lines(messages: &[FoundMessage]) {
    let english = Language::default();
    messages.iter().for_each(|found| message_line(&english, &format!("{}  ", found.name), &found.message));
}

fn message_line(english: &Language, whose: &str, message: &MessageEntry) {
    let arrow = if message.mine { "->" } else { "<-" };
    let text = out::one_line(&message.text);
    let ago = english.say(&call_words::ago(call_words::now_ms(), message.at_ms));
    out::line(format!("{ago:12}  {whose}{arrow}  {text}  ({})", message.state));
}

/// Prints past calls by name and by how long ago they were.
pub fn history(config: &PhoneConfig, listed: &Request) -> Result<ExitCode> {
    let Response::History(calls) = answer(config, listed)? else {
        bail!("the running phone gave another answer than a history")
    };
    let Response::Contacts(contacts) = answer(config, &Request::Contacts)? else {
        bail!("the running phone gave another answer than contacts")
    };
    history_lines(&calls, &contacts);
    Ok(ExitCode::SUCCESS)
}

fn history_lines(calls: &[CallRecord], contacts: &[ContactEntry]) {
    let (now_ms, english) = (call_words::now_ms(), Language::default());
    for call in calls {
        let peer = call.peer.to_string();
        let known = contacts.iter().find(|contact| contact.id == peer);
        let name = known.map_or(&peer[..8], |contact| contact.name.as_str());
        let words = [call_words::ago(now_ms, call.timestamp), call_words::kind(call), call_words::outcome(call)];
        let [ago, kind, outcome] = words.map(|words| english.say(&words));
        out::line(format!("{ago:12}  {name}  {kind}  {outcome}").trim_end());
    }
}
