//! How calls end that never began, and what the other side is told: the documented exit codes.

use std::time::Duration;

use ahoy_e2e::rig::Rig;
use anyhow::{Context as _, Result};

const SOON: Duration = Duration::from_secs(30);
const SILENT: [&str; 6] = ["--mic", "none", "--speaker", "none", "--camera", "none"];

fn with_silence<'a>(command: &[&'a str]) -> Vec<&'a str> {
    [command, &SILENT].concat()
}

#[test]
fn a_declined_call_ends_with_4_and_the_decliner_with_0() -> Result<()> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&with_silence(&["answer", "--once", "--decline"]))?;
    let mut caller = rig.caller.start(&with_silence(&["call", "Callee"]))?;
    assert_eq!(caller.wait(SOON)?.0.code(), Some(4));
    assert_eq!(callee.wait(SOON)?.0.code(), Some(0));
    let row = &rig.callee.json(&["history"])?[0];
    assert_eq!(row["ended_reason"], "rejected");
    Ok(())
}

#[test]
fn a_second_caller_hears_busy() -> Result<()> {
    let rig = Rig::paired()?;
    let third = ahoy_e2e::phone::Owner::new(&rig.path("third"));
    let _ = third.json(&["add", &rig.callee.link()?, "--name", "Callee"])?;
    let _ = rig.callee.json(&["add", &third.link()?, "--name", "Third"])?;
    let mut callee = rig.callee.start(&with_silence(&["answer"]))?;
    let mut caller = rig.caller.start(&with_silence(&["call", "Callee"]))?;
    let _ = caller.wait_for("connected")?;
    let mut late = third.start(&with_silence(&["call", "Callee"]))?;
    assert_eq!(late.wait(SOON)?.0.code(), Some(5));
    caller.say("hangup")?;
    assert_eq!(caller.wait(SOON)?.0.code(), Some(0));
    callee.interrupt()?;
    assert_eq!(callee.wait(SOON)?.0.code(), Some(0));
    Ok(())
}

#[test]
fn giving_up_before_the_answer_ends_with_1_and_is_missed_there() -> Result<()> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&with_silence(&["answer", "--once", "--ask"]))?;
    let mut caller = rig.caller.start(&with_silence(&["call", "Callee"]))?;
    let _ = callee.wait_for("is calling")?;
    caller.interrupt()?;
    assert_eq!(caller.wait(SOON)?.0.code(), Some(1));
    let _ = callee.wait(SOON)?;
    assert_eq!(rig.caller.json(&["history"])?[0]["ended_reason"], "cancelled");
    assert_eq!(rig.callee.json(&["history"])?[0]["ended_reason"], "missed");
    Ok(())
}

#[test]
fn a_phone_that_is_off_is_unreachable() -> Result<()> {
    let rig = Rig::paired()?;
    let mut caller = rig.caller.start(&with_silence(&["call", "Callee"]))?;
    let (status, said) = caller.wait(SOON)?;
    assert_eq!(status.code(), Some(3));
    assert!(said.contains("cannot reach"), "{said}");
    assert_eq!(rig.caller.json(&["history"])?[0]["ended_reason"], "unreachable");
    Ok(())
}

#[test]
fn strangers_and_blocked_contacts_are_refused_alike_and_never_ring() -> Result<()> {
    let rig = Rig::strangers()?;
    let _ = rig.caller.json(&["add", &rig.callee.link()?, "--name", "Callee"])?;
    for blocked in [false, true] {
        if blocked {
            let _ = rig.callee.json(&["add", &rig.caller.link()?, "--name", "Caller"])?;
            let _ = rig.callee.json(&["contacts", "block", "Caller"])?;
        }
        let mut callee = rig.callee.start(&with_silence(&["answer", "--ask"]))?;
        let mut caller = rig.caller.start(&with_silence(&["call", "Callee"]))?;
        assert_eq!(caller.wait(SOON)?.0.code(), Some(8), "blocked: {blocked}");
        callee.interrupt()?;
        let _ = callee.wait(SOON)?;
        assert_eq!(rig.callee.json(&["history"])?, serde_json::json!([]), "nothing rang, nothing is remembered");
    }
    Ok(())
}

#[test]
fn standard_input_answers_mutes_and_hangs_up() -> Result<()> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&with_silence(&["answer", "--once", "--ask"]))?;
    let mut caller = rig.caller.start(&with_silence(&["call", "Callee"]))?;
    let _ = callee.wait_for("is calling")?;
    callee.say("answer")?;
    let _ = callee.wait_for("ok")?;
    let _ = callee.wait_for("connected")?;
    let _ = caller.wait_for("connected")?;
    for (line, reply) in
        [("mute", "ok"), ("unmute", "ok"), ("stats", "\"audio\""), ("dance", "error"), ("answer", "error")]
    {
        callee.say(line)?;
        let _ = callee.wait_for(reply).with_context(|| line.to_owned())?;
    }
    callee.say("hangup")?;
    assert_eq!(callee.wait(SOON)?.0.code(), Some(0));
    assert_eq!(caller.wait(SOON)?.0.code(), Some(0));
    Ok(())
}

#[test]
fn a_killed_peer_is_lost_within_31_seconds() -> Result<()> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&with_silence(&["answer", "--once"]))?;
    let mut caller = rig.caller.start(&with_silence(&["call", "Callee"]))?;
    let _ = caller.wait_for("connected")?;
    let _ = callee.wait_for("connected")?;
    callee.kill()?;
    let killed = std::time::Instant::now();
    let _ = caller.wait_for("reconnecting")?;
    assert_eq!(caller.wait(Duration::from_secs(40))?.0.code(), Some(7));
    let took = killed.elapsed();
    assert!(took <= Duration::from_secs(31), "took {took:?}");
    assert_eq!(rig.caller.json(&["history"])?[0]["ended_reason"], "lost");
    Ok(())
}

#[test]
fn echo_returns_what_it_hears() -> Result<()> {
    let rig = Rig::strangers()?;
    let (speech, heard) = (Rig::speech(), rig.path("heard.wav"));
    let (speech, heard) = (speech.display().to_string(), heard.display().to_string());
    let arguments = ["call", "echo", "--duration", "8", "--mic", &speech, "--speaker", &heard, "--camera", "none"];
    // What comes back is asked here, not how soon: a reserve on both ends keeps the delay from changing within a window.
    let mut caller = rig.caller.start(&[&arguments[..], &["-o", "audio.reserve_ms=25"]].concat())?;
    assert_eq!(caller.wait(Duration::from_secs(40))?.0.code(), Some(0));
    let said = ahoy_e2e::sound::Sound::read(&Rig::speech())?;
    let returned = ahoy_e2e::sound::Sound::read(&rig.path("heard.wav"))?;
    // There and back takes about twice one way; the windows allow for 120 ms around it.
    let found = returned.shifted(-0.15).find(&ahoy_e2e::sound::Sound(said.0[..7 * 8_000].to_vec()), 1.0);
    let median = ahoy_e2e::sound::quantile(found.iter().map(|one| one.correlation), 0.5);
    assert!(median >= 0.85, "median correlation {median:.3}: {found:.2?}");
    Ok(())
}
