//! `contacts compare`: two people compare emoji, each on their own phone, while they talk.
//! `cli` calls it; the phone is opened for it, so none may run on the same data directory.
//! The contact is verified only when both said that they see the same.

use std::process::ExitCode;

use ahoy_engine::{Command, Comparison, ComparisonStage, Phone, PhoneConfig};
use anyhow::Result;
use serde_json::json;

use super::{FAILED, Socket, call, out, stdin};

/// Shows what is compared and takes `same` or `different` on standard input.
pub fn compare(config: PhoneConfig, who: &str, as_json: bool) -> Result<ExitCode> {
    let dir = config.data_dir.clone();
    let phone = call::open(config)?;
    let _socket = Socket::serve(&dir, "ahoy contacts compare", phone.handle());
    let code = call::runtime()?.block_on(follow(&phone, who, as_json));
    phone.close();
    code
}

async fn follow(phone: &Phone, who: &str, as_json: bool) -> Result<ExitCode> {
    let (handle, mut view, mut lines) = (phone.handle(), phone.view(), stdin::lines());
    let _ = handle.ask(Command::Compare { who: who.to_owned() }).await?;
    let (mut shown, mut told) = (None, 0);
    loop {
        let (comparison, notices) = {
            let view = view.borrow_and_update();
            (view.comparison.clone(), view.notices.clone())
        };
        for notice in notices.iter().filter(|notice| notice.number > told) {
            eprintln!("{}", notice.text);
        }
        told = notices.last().map_or(told, |notice| notice.number);
        if comparison != shown {
            if let Some(comparison) = &comparison {
                out::line(describe(comparison, as_json));
            }
            shown = comparison;
        }
        match shown.as_ref().map(|comparison| &comparison.stage) {
            Some(ComparisonStage::Done) => return Ok(ExitCode::SUCCESS),
            Some(ComparisonStage::Failed(_)) => return Ok(ExitCode::from(FAILED)),
            Some(
                ComparisonStage::Asked
                | ComparisonStage::Waiting
                | ComparisonStage::Compare { .. }
                | ComparisonStage::WaitingForPeer,
            )
            | None => {}
        }
        tokio::select! {
            changed = view.changed() => changed?,
            Some(line) = lines.recv() => match line.trim() {
                "same" | "different" => {
                    let same = line.trim() == "same";
                    if let Err(error) = handle.ask(Command::Compared { same }).await {
                        eprintln!("{error}");
                    }
                }
                _ => eprintln!("say `same` or `different`"),
            },
        }
    }
}

/// One line about where a comparison stands.
pub fn describe(comparison: &Comparison, as_json: bool) -> String {
    let (stage, text) = match &comparison.stage {
        ComparisonStage::Asked => ("asked", "the other side wants to compare emoji; say `compare WHO`".to_owned()),
        ComparisonStage::Waiting => ("waiting", "waiting for the other phone".to_owned()),
        ComparisonStage::Compare { emoji, numbers } => {
            let emoji: Vec<String> = emoji.iter().map(|one| format!("{} {}", one.symbol, one.name)).collect();
            let numbers = numbers.map(|number| number.to_string()).join(" ");
            ("compare", format!("{}  (or {numbers}); say `same` or `different`", emoji.join(", ")))
        }
        ComparisonStage::WaitingForPeer => ("confirmed", "waiting for the other person".to_owned()),
        ComparisonStage::Done => ("verified", "verified: nobody stands between you".to_owned()),
        ComparisonStage::Failed(why) => ("failed", format!("NOT verified: {why}")),
    };
    if as_json { json!({ "comparison": stage, "peer": comparison.peer, "text": text }).to_string() } else { text }
}
