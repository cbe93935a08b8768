//! Texts between two phones: delivered, read, waiting for a phone that is off, refused, and nowhere to be found on a disk.

use std::path::Path;
use std::time::{Duration, Instant};

use ahoy_e2e::phone::{Owner, PATIENCE};
use ahoy_e2e::rig::{Rig, silent};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// A name and a text that occur nowhere by chance.
const NAME: &str = "Wilhelmina-Zq7";
const TEXT: &str = "the violet umbrella is under the stairs";
/// The cap of a text.
const MAX_TEXT_BYTES: usize = 16 * 1024;

/// Waits until the newest message of this text has this state.
fn wait_for_message(owner: &Owner, who: &str, text: &str, state: &str) -> Result<Value> {
    let until = Instant::now() + PATIENCE;
    loop {
        let messages = owner.json(&["messages", who])?;
        let found = messages.as_array().context("messages")?.iter().find(|message| message["text"] == text);
        if let Some(found) = found.filter(|message| message["state"] == state) {
            return Ok(found.clone());
        }
        ensure!(Instant::now() < until, "'{text}' is not {state}: {messages}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_text_is_delivered_listed_and_read() -> Result<()> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&silent(&["answer", "--ask"]))?;
    let sent = rig.caller.json(&["message", "Callee", TEXT])?;
    assert_eq!(sent["state"], "delivered");
    let mine = &rig.caller.json(&["messages", "Callee"])?[0];
    assert_eq!((&mine["id"], &mine["mine"], &mine["state"]), (&sent["id"], &true.into(), &"delivered".into()));
    assert_eq!(rig.callee.json(&["contacts"])?[0]["unread"], 1);

    let theirs = wait_for_message(&rig.callee, "Caller", TEXT, "new")?;
    assert_eq!((&theirs["id"], &theirs["mine"]), (&sent["id"], &false.into()));
    // Who lists them has seen them, and their sender is told as soon as both phones run.
    assert_eq!(rig.callee.json(&["contacts"])?[0]["unread"], 0);
    let mut caller = rig.caller.start(&silent(&["answer", "--ask"]))?;
    let answer = rig.caller.json(&["message", "Callee", "are you there?"])?;
    assert_eq!(answer["state"], "delivered", "over the socket of the running phone");
    let _ = wait_for_message(&rig.caller, "Callee", TEXT, "read")?;
    let _ = wait_for_message(&rig.caller, "Callee", "are you there?", "delivered")?;
    let _ = wait_for_message(&rig.callee, "Caller", "are you there?", "new")?;
    let _ = wait_for_message(&rig.caller, "Callee", "are you there?", "read")?;
    let found = rig.callee.json(&["search", "VIOLET umbrella"])?;
    assert_eq!(
        (&found["messages"][0]["name"], &found["messages"][0]["message"]["text"]),
        (&"Caller".into(), &TEXT.into())
    );
    assert_eq!(found["contacts"], serde_json::json!([]), "over the socket of the running phone");
    for phone in [&mut caller, &mut callee] {
        phone.interrupt()?;
        assert_eq!(phone.wait(PATIENCE)?.0.code(), Some(0));
    }
    Ok(())
}

#[test]
fn a_text_to_a_phone_that_is_off_waits_until_both_run() -> Result<()> {
    let rig = Rig::paired()?;
    let started = Instant::now();
    let said = rig.caller.run(&["message", "Callee", TEXT])?;
    assert!(said.status.success());
    let said = String::from_utf8(said.stdout)?;
    assert!(said.contains("cannot be reached") && said.contains("delivered when"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(20), "a person waits for this: {:?}", started.elapsed());
    let queued = &rig.caller.json(&["messages", "Callee"])?[0];
    assert!(queued["state"] == "queued" || queued["state"] == "sent", "{queued}");

    let mut callee = rig.callee.start(&silent(&["answer", "--ask"]))?;
    assert_eq!(rig.callee.json(&["messages", "Caller"])?, serde_json::json!([]));
    let mut caller = rig.caller.start(&silent(&["answer", "--ask"]))?;
    let _ = wait_for_message(&rig.caller, "Callee", TEXT, "delivered")?;
    let _ = wait_for_message(&rig.callee, "Caller", TEXT, "new")?;
    for phone in [&mut caller, &mut callee] {
        phone.interrupt()?;
        assert_eq!(phone.wait(PATIENCE)?.0.code(), Some(0));
    }
    Ok(())
}

#[test]
fn texts_survive_a_crash_of_the_phone_that_receives_them() -> Result<()> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&silent(&["answer", "--ask"]))?;
    for n in 0..3 {
        assert_eq!(rig.caller.json(&["message", "Callee", &format!("{TEXT} {n}")])?["state"], "delivered");
    }
    callee.kill()?;
    let kept = rig.callee.json(&["messages", "Caller"])?;
    assert_eq!(kept.as_array().map(Vec::len), Some(3), "what was acknowledged is there: {kept}");
    let mut callee = rig.callee.start(&silent(&["answer", "--ask"]))?;
    assert_eq!(rig.caller.json(&["message", "Callee", "after the crash"])?["state"], "delivered");
    callee.interrupt()?;
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}

#[test]
fn texts_that_cannot_be_sent_are_refused() -> Result<()> {
    let rig = Rig::paired()?;
    let long = "x".repeat(MAX_TEXT_BYTES + 1);
    for (who, text, expected) in
        [("Callee", long.as_str(), "16 KiB"), ("Callee", "", "empty"), ("Nobody", TEXT, "Nobody")]
    {
        let output = rig.caller.run(&["message", who, text])?;
        let said = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.trim_end().lines().count() == 1 && said.contains(expected), "{said}");
    }
    assert_eq!(rig.caller.json(&["messages", "Callee"])?, serde_json::json!([]));
    let mut callee = rig.callee.start(&silent(&["answer", "--ask"]))?;
    let longest = "y".repeat(MAX_TEXT_BYTES);
    assert_eq!(rig.caller.json(&["message", "Callee", &longest])?["state"], "delivered");
    assert_eq!(rig.callee.json(&["messages", "Caller"])?[0]["text"], longest.as_str());
    callee.interrupt()?;
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}

#[test]
fn no_name_text_or_id_can_be_read_off_the_disk_or_the_statistics() -> Result<()> {
    let rig = Rig::strangers()?;
    for (owner, other) in [(&rig.caller, &rig.callee), (&rig.callee, &rig.caller)] {
        let _ = owner.json(&["settings", "name", NAME])?;
        let _ = owner.json(&["add", &other.link()?, "--name", NAME])?;
    }
    let stats = rig.path("caller.jsonl").display().to_string();
    let mut callee = rig.callee.start(&silent(&["answer"]))?;
    assert_eq!(rig.caller.json(&["message", NAME, TEXT])?["state"], "delivered");
    let mut caller = rig.caller.start(&[&silent(&["call", NAME])[..], &["--stats", &stats]].concat())?;
    let _ = caller.wait_for_state("Active")?;
    caller.obey("hangup")?;
    let _ = caller.wait(PATIENCE)?;
    assert_eq!(rig.caller.json(&["message", NAME, "and a second one"])?["state"], "delivered");
    callee.kill()?;

    let (one, other) = (rig.caller.json(&["id"])?, rig.callee.json(&["id"])?);
    let mut secrets = vec![NAME.as_bytes().to_vec(), TEXT.as_bytes().to_vec(), b"and a second one".to_vec()];
    for id in [&one["id"], &other["id"]] {
        let id = id.as_str().context("an id")?;
        secrets.push(id.as_bytes().to_vec());
        secrets.push(bytes(id)?);
    }
    let mut searched = 0;
    for dir in [rig.caller.dir(), rig.callee.dir()] {
        for entry in std::fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_file() {
                searched += is_free_of(&path, &secrets)?;
            }
        }
    }
    assert!(searched >= 100_000, "only {searched} bytes were searched");
    assert!(is_free_of(Path::new(&stats), &secrets)? > 1_000, "the statistics say something");
    Ok(())
}

fn bytes(hex: &str) -> Result<Vec<u8>> {
    (0..hex.len()).step_by(2).map(|at| Ok(u8::from_str_radix(&hex[at..at + 2], 16)?)).collect()
}

/// How many bytes were searched.
fn is_free_of(path: &Path, secrets: &[Vec<u8>]) -> Result<usize> {
    let content = std::fs::read(path)?;
    for secret in secrets {
        let found = content.windows(secret.len()).any(|window| window == secret);
        assert!(!found, "{} holds {:?}", path.display(), String::from_utf8_lossy(secret));
    }
    Ok(content.len())
}
