//! A second call while one goes on: it rings softly and is answered beside the first, instead of it, or declined.

use ahoy_e2e::phone::{Owner, PATIENCE, Phone};
use ahoy_e2e::rig::{Rig, silent};
use anyhow::{Context as _, Result};

/// A call that goes on at the callee, and a second one that rings there.
struct Two {
    callee: Phone,
    first: Phone,
    second: Phone,
    first_call: String,
    second_call: String,
    third: Owner,
    rig: Rig,
}

impl Two {
    fn ring() -> Result<Self> {
        let rig = Rig::paired()?;
        let third = rig.third()?;
        let mut callee = rig.callee.start(&silent(&["answer", "--ask", "-o", "waiting=on"]))?;
        let mut first = rig.caller.start(&silent(&["call", "Callee"]))?;
        let first_call = call(&callee.wait_for_state("Ringing")?)?;
        callee.obey("answer")?;
        let _ = callee.wait_for_state("Active")?;
        let _ = first.wait_for_state("Active")?;
        let mut second = third.start(&silent(&["call", "Callee"]))?;
        let ringing = callee.wait_for_state("Ringing")?;
        assert_eq!(ringing["name"], "Third");
        let _ = second.wait_for_state("Alerting")?;
        let second_call = call(&ringing)?;
        Ok(Self { callee, first, second, first_call, second_call, third, rig })
    }

    /// The callee answers the second call while it keeps the first.
    fn answer_beside(&mut self) -> Result<()> {
        self.callee.obey(&format!("answer hold {}", self.second_call))?;
        held(&mut self.callee, &self.first_call, true)?;
        held_by_peer(&mut self.first, true)?;
        let _ = self.callee.wait_for_state("Active")?;
        let _ = self.second.wait_for_state("Active")?;
        Ok(())
    }
}

fn call(line: &serde_json::Value) -> Result<String> {
    Ok(line["call"].as_str().context("a call")?.to_owned())
}

fn held(phone: &mut Phone, call: &str, on: bool) -> Result<()> {
    let what = format!("held: {on}");
    phone.wait_until(&what, |line| line["call"] == call && line["held"] == on).map(drop)
}

fn held_by_peer(phone: &mut Phone, on: bool) -> Result<()> {
    phone.wait_until(&format!("held by the peer: {on}"), |line| line["remote_held"] == on).map(drop)
}

#[test]
fn a_waiting_call_is_answered_beside_the_first_and_they_are_swapped() -> Result<()> {
    let mut two = Two::ring()?;
    two.answer_beside()?;

    two.callee.obey("swap")?;
    held_by_peer(&mut two.second, true)?;
    held_by_peer(&mut two.first, false)?;
    // Both changes are in one view, the older call first.
    held(&mut two.callee, &two.first_call, false)?;
    held(&mut two.callee, &two.second_call, true)?;

    two.callee.obey("hangup")?;
    assert_eq!(two.first.wait(PATIENCE)?.0.code(), Some(0), "the call going on was the first one");
    let stats = two.second.stats()?;
    assert!(stats["audio"].is_object(), "the held call is still there");
    assert!(two.callee.say("stats").is_ok());
    two.callee.obey("resume")?;
    held(&mut two.callee, &two.second_call, false)?;
    held_by_peer(&mut two.second, false)?;
    two.callee.obey("hangup")?;
    assert_eq!(two.second.wait(PATIENCE)?.0.code(), Some(0));

    two.callee.interrupt()?;
    assert_eq!(two.callee.wait(PATIENCE)?.0.code(), Some(0));
    let rows = two.rig.callee.json(&["history"])?;
    let reasons: Vec<&str> =
        rows.as_array().context("rows")?.iter().filter_map(|row| row["ended_reason"].as_str()).collect();
    assert_eq!(reasons, ["completed", "completed"]);
    Ok(())
}

#[test]
fn a_waiting_call_is_answered_instead_of_the_first() -> Result<()> {
    let mut two = Two::ring()?;
    two.callee.obey("answer end")?;
    assert_eq!(two.first.wait(PATIENCE)?.0.code(), Some(0));
    let _ = two.second.wait_for_state("Active")?;
    two.second.obey("hangup")?;
    assert_eq!(two.second.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}

#[test]
fn a_waiting_call_is_declined_with_words_and_the_first_goes_on() -> Result<()> {
    let mut two = Two::ring()?;
    two.callee.obey("decline I am in a call, later")?;
    let ended = two.second.wait_for_state("Ended")?;
    assert_eq!(ended["text"], "I am in a call, later");
    assert_eq!(two.second.wait(PATIENCE)?.0.code(), Some(4));
    assert_eq!(two.third.json(&["history"])?[0]["ended_reason"], "rejected");
    assert!(two.first.stats()?["audio"].is_object(), "the first call goes on");
    two.first.obey("hangup")?;
    assert_eq!(two.first.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}

#[test]
fn a_caller_who_gives_up_waiting_leaves_a_missed_call_and_the_first_goes_on() -> Result<()> {
    let mut two = Two::ring()?;
    two.second.interrupt()?;
    assert_eq!(two.second.wait(PATIENCE)?.0.code(), Some(1));
    let missed = two.callee.wait_for_state("Ended")?;
    assert_eq!(missed["reason"], "missed");
    assert!(two.first.stats()?["audio"].is_object(), "the first call goes on");
    two.first.obey("hangup")?;
    assert_eq!(two.first.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}
