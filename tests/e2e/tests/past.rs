//! What is left of a call: after a crash, after it was missed, in pages, and when it shall be forgotten; and a phone that
//! moves to a new directory with its contacts.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use ahoy_e2e::phone::{Owner, PATIENCE};
use ahoy_e2e::rig::{Rig, silent};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// Longer than a call that is active goes on between two looks at its history row.
const LONGER_THAN_A_ROW: Duration = Duration::from_secs(12);

fn rows(owner: &Owner) -> Result<Vec<Value>> {
    Ok(owner.json(&["history"])?.as_array().context("rows")?.clone())
}

/// Makes a call that is declined at once: a row on both sides.
fn declined(rig: &Rig) -> Result<()> {
    let mut callee = rig.callee.start(&silent(&["answer", "--once", "--decline"]))?;
    let mut caller = rig.caller.start(&silent(&["call", "Callee"]))?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(4));
    let _ = callee.wait(PATIENCE)?;
    Ok(())
}

#[test]
fn a_crash_in_a_call_leaves_a_failed_row_with_its_length() -> Result<()> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&silent(&["answer"]))?;
    let mut caller = rig.caller.start(&silent(&["call", "Callee"]))?;
    let _ = caller.wait_for_state("Active")?;
    let _ = callee.wait_for_state("Active")?;
    assert_eq!(rows(&rig.caller)?, Vec::<Value>::new(), "a call that goes on is not past");
    sleep(LONGER_THAN_A_ROW);
    assert_eq!(rows(&rig.caller)?, Vec::<Value>::new());
    caller.kill()?;
    let left = rows(&rig.caller)?;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["ended_reason"], "failed");
    let long = left[0]["duration_seconds"].as_u64().context("a duration")?;
    assert!((1..=LONGER_THAN_A_ROW.as_secs() + 1).contains(&long), "{long} s");
    callee.obey("hangup")?;
    callee.interrupt()?;
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));
    let there = rows(&rig.callee)?;
    assert_eq!((there.len(), &there[0]["call_id"]), (1, &left[0]["call_id"]), "{there:?}");
    Ok(())
}

#[test]
fn the_history_is_read_in_pages_and_forgotten_in_part_or_whole() -> Result<()> {
    let rig = Rig::paired()?;
    for n in 0..3 {
        // A fresh phone on each side: the bound on rings is for phones that ring.
        ensure!(declined(&rig).is_ok(), "call {n}");
    }
    let all = rows(&rig.caller)?;
    assert_eq!(all.len(), 3);
    assert!(all.windows(2).all(|pair| pair[0]["timestamp"].as_u64() > pair[1]["timestamp"].as_u64()), "newest first");
    let page = rig.caller.json(&["history", "--limit", "2"])?;
    assert_eq!(page, json!(all[..2]));
    let before = all[1]["timestamp"].to_string();
    assert_eq!(rig.caller.json(&["history", "--limit", "2", "--before", &before])?, json!(all[2..]));

    assert_eq!(rig.callee.json(&["history", "--with", "Caller"])?, json!(rows(&rig.callee)?));
    assert_eq!(rig.callee.json(&["history", "--missed"])?, json!([]), "what was declined was not missed");

    let middle = all[1]["call_id"].as_str().context("an id")?;
    let _ = rig.caller.json(&["history", "delete", middle])?;
    assert_eq!(json!(rows(&rig.caller)?), json!([all[0], all[2]]));
    for wrong in [middle, "nonsense"] {
        let again = rig.caller.run(&["history", "delete", wrong])?;
        assert_eq!(again.status.code(), Some(2), "{}", String::from_utf8_lossy(&again.stderr));
    }
    let _ = rig.caller.json(&["history", "clear"])?;
    assert_eq!(rows(&rig.caller)?, Vec::<Value>::new());
    assert_eq!(rows(&rig.callee)?.len(), 3, "the other side keeps its own");
    Ok(())
}

#[test]
fn a_call_missed_while_the_phone_was_off_is_told_later() -> Result<()> {
    let rig = Rig::paired()?;
    let mut caller = rig.caller.start(&silent(&["call", "Callee"]))?;
    let (status, said) = caller.wait(PATIENCE)?;
    assert_eq!(status.code(), Some(3), "{said}");
    let mine = rows(&rig.caller)?;
    assert_eq!(mine[0]["ended_reason"], "unreachable");

    let mut callee = rig.callee.start(&silent(&["answer", "--ask"]))?;
    assert_eq!(rows(&rig.callee)?, Vec::<Value>::new());
    let mut caller = rig.caller.start(&silent(&["answer", "--ask"]))?;
    let until = Instant::now() + PATIENCE;
    let told = loop {
        let rows = rows(&rig.callee)?;
        if !rows.is_empty() {
            break rows;
        }
        ensure!(Instant::now() < until, "the missed call was never told");
        sleep(Duration::from_millis(100));
    };
    assert_eq!((told.len(), &told[0]["ended_reason"]), (1, &json!("missed")), "{told:?}");
    assert_eq!(told[0]["direction"], "incoming");
    assert_eq!((&told[0]["call_id"], &told[0]["timestamp"]), (&mine[0]["call_id"], &mine[0]["timestamp"]));
    caller.interrupt()?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    callee.interrupt()?;
    let (status, said) = callee.wait(PATIENCE)?;
    assert_eq!(status.code(), Some(0));
    assert!(said.contains("Caller called"), "a person is told: {said}");
    Ok(())
}

#[test]
fn calls_that_shall_not_disturb_ring_nowhere_and_are_missed() -> Result<()> {
    for quiet in ["dnd", "muted"] {
        let rig = Rig::paired()?;
        let mut answer = silent(&["answer"]);
        if quiet == "dnd" {
            answer.extend(["-o", "dnd=on"]);
        } else {
            let _ = rig.callee.json(&["contacts", "mute", "Caller"])?;
            assert_eq!(rig.callee.json(&["contacts"])?[0]["muted"], true);
        }
        let mut callee = rig.callee.start(&answer)?;
        let mut caller = rig.caller.start(&silent(&["call", "Callee"]))?;
        let _ = caller.wait_for_state("Alerting")?;
        let _ = callee.wait_for_state("Ringing")?;
        // `answer` would have answered at once what makes a sound.
        sleep(Duration::from_secs(2));
        caller.interrupt()?;
        assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(1), "{quiet}");
        let ended = callee.wait_for_state("Ended")?;
        assert_eq!(ended["reason"], "missed", "{quiet}");
        callee.interrupt()?;
        let _ = callee.wait(PATIENCE)?;
        assert_eq!(rows(&rig.callee)?[0]["ended_reason"], "missed", "{quiet}");
    }
    Ok(())
}

/// Runs `export` or `import` with a passphrase: exit code, and what it said.
fn with_passphrase(owner: &Owner, args: &[&str], passphrase: &str) -> Result<(Option<i32>, String)> {
    let mut command = owner.command(args)?;
    let done = command.env("AHOY_PASSPHRASE", passphrase).stdin(Stdio::null()).output()?;
    Ok((done.status.code(), String::from_utf8(done.stderr)?))
}

#[test]
fn identity_and_contacts_move_to_a_new_directory() -> Result<()> {
    const PASSPHRASE: &str = "correct horse battery staple";
    let rig = Rig::paired()?;
    declined(&rig)?;
    let _ = rig.caller.json(&["contacts", "verify", "Callee"])?;
    let before = (rig.caller.json(&["id"])?["id"].clone(), rig.caller.json(&["contacts"])?);
    let file = rig.path("backup");
    let file = file.display().to_string();
    assert_eq!(with_passphrase(&rig.caller, &["export", &file], PASSPHRASE)?.0, Some(0));
    let sealed = std::fs::read(&file)?;
    let (code, said) = with_passphrase(&rig.caller, &["export", &file], PASSPHRASE)?;
    assert_eq!(code, Some(2));
    assert!(said.contains("exists already") && said.trim_end().lines().count() == 1, "{said}");
    assert_eq!(std::fs::read(&file)?, sealed, "an existing file is left alone");
    assert!(!sealed.windows(6).any(|window| window == b"Callee"), "the file is sealed");

    let moved = Owner::new(&rig.path("moved"));
    let damaged = rig.path("damaged");
    std::fs::write(&damaged, &sealed[..sealed.len() / 2])?;
    let noise = rig.path("noise");
    std::fs::write(&noise, [0x5a; 300])?;
    let (damaged, noise) = (damaged.display().to_string(), noise.display().to_string());
    for (file, passphrase) in [(&file, "wrong"), (&damaged, PASSPHRASE), (&noise, PASSPHRASE)] {
        let (code, said) = with_passphrase(&moved, &["import", file], passphrase)?;
        assert_eq!(code, Some(2), "{said}");
        assert!(said.trim_end().lines().count() == 1 && !said.contains("panicked"), "{said}");
    }
    assert_eq!(with_passphrase(&moved, &["import", &file], PASSPHRASE)?.0, Some(0));
    let after = (moved.json(&["id"])?["id"].clone(), moved.json(&["contacts"])?);
    assert_eq!(after.0, before.0, "it is the same person");
    let (one, other) = (&before.1[0], &after.1[0]);
    assert_eq!((&one["id"], &one["name"], &one["verified"]), (&other["id"], &other["name"], &other["verified"]));
    // And the contact hears from the moved phone as from the old one.
    let mut callee = rig.callee.start(&silent(&["answer"]))?;
    let mut caller = moved.start(&silent(&["call", "Callee"]))?;
    let _ = caller.wait_for_state("Active")?;
    assert_eq!(callee.wait_for_state("Active")?["name"], "Caller");
    caller.obey("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}
