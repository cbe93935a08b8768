//! A held call: from either side, by both at once; nothing is heard meanwhile, and afterwards speech again.

use std::thread::sleep;
use std::time::{Duration, SystemTime};

use ahoy_e2e::events::Events;
use ahoy_e2e::phone::{PATIENCE, Phone};
use ahoy_e2e::rig::{Rig, silent};
use ahoy_e2e::sound::{Found, RATE, Sound, quantile};
use anyhow::{Context as _, Result};

/// Longer than the silence after which a call counts as reconnecting.
const HELD: Duration = Duration::from_secs(3);
/// What is under way when a side holds: the jitter buffer and what the speaker has taken already.
const UNDER_WAY_S: f64 = 0.6;
/// What comes out of a decoder that is given silence.
const SILENCE: f64 = 0.002;

#[test]
fn either_side_holds_and_the_call_goes_on() -> Result<()> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&silent(&["answer", "--once"]))?;
    let mut caller = rig.caller.start(&silent(&["call", "Callee"]))?;
    let _ = callee.wait_for_state("Active")?;
    let _ = caller.wait_for_state("Active")?;

    caller.obey("hold")?;
    shows(&mut caller, true, false)?;
    shows(&mut callee, false, true)?;
    callee.obey("hold")?;
    shows(&mut callee, true, true)?;
    shows(&mut caller, true, true)?;
    let before = received(&mut caller)?;
    sleep(HELD);
    let after = received(&mut caller)?;
    assert!(after > before, "{before} packets before, {after} after: a held call stays alive");

    caller.obey("resume")?;
    shows(&mut caller, false, true)?;
    shows(&mut callee, true, false)?;
    callee.obey("resume")?;
    shows(&mut callee, false, false)?;
    shows(&mut caller, false, false)?;
    caller.obey("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}

/// Waits until a phone says who holds its call; it has not said that it reconnects.
fn shows(phone: &mut Phone, held: bool, remote_held: bool) -> Result<()> {
    let what = format!("held {held}, by the peer {remote_held}");
    let line = phone.wait_until(&what, |line| line["held"] == held && line["remote_held"] == remote_held)?;
    assert_eq!(line["state"], "Active");
    Ok(())
}

fn received(phone: &mut Phone) -> Result<u64> {
    phone.stats()?["audio"]["received"].as_u64().context("received")
}

/// A span of a recording, in seconds of Unix time.
type Span = (f64, f64);

#[test]
fn nothing_is_heard_of_a_held_call_and_speech_again_after_it() -> Result<()> {
    let rig = Rig::paired()?;
    let speech = Rig::speech().display().to_string();
    let file = |name: &str| rig.path(name).display().to_string();
    let (heard, callee_stats, caller_stats) = (file("heard.wav"), file("callee.jsonl"), file("caller.jsonl"));
    let steady = "audio.reserve_ms=25";
    let answer = ["answer", "--once", "--mic", "none", "--camera", "none", "--json", "-o", steady];
    let call = ["call", "Callee", "--speaker", "none", "--camera", "none", "--json", "--mic", &speech, "-o", steady];
    let mut callee = rig.callee.start(&[&answer[..], &["--speaker", &heard, "--stats", &callee_stats]].concat())?;
    let mut caller = rig.caller.start(&[&call[..], &["--stats", &caller_stats]].concat())?;
    let _ = callee.wait_for_state("Active")?;
    let _ = caller.wait_for_state("Active")?;
    sleep(Duration::from_secs(3));
    let mine = hold(&mut caller, &mut callee)?;
    sleep(Duration::from_secs(3));
    let theirs = hold(&mut callee, &mut caller)?;
    sleep(Duration::from_secs(3));
    caller.obey("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));

    let (said, played) = (Events::read(&rig.path("caller.jsonl"))?, Events::read(&rig.path("callee.jsonl"))?);
    let spoke = |event: &serde_json::Value| event["to"] == "Reconnecting";
    assert!(!said.all("state").chain(played.all("state")).any(spoke), "a held call is no lost one");
    let began = played.unix_us("speaker_start")? as f64 / 1e6;
    let heard = Sound::read(&rig.path("heard.wav"))?;
    for held in [mine, theirs] {
        let level = level(&heard, (held.0 + UNDER_WAY_S - began, held.1 - began));
        assert!(level < SILENCE, "{level:.4} was heard while held");
    }
    // A window is looked for where it would be had nobody held the call: the file went on meanwhile.
    let gap_s = began - said.unix_us("mic_start")? as f64 / 1e6;
    let spoken = Sound::read(&Rig::speech())?;
    let end = ((heard.0.len() as f64 / RATE as f64 + gap_s - 0.25) * RATE as f64) as usize;
    let spoken = Sound(spoken.0[..end.min(spoken.0.len())].to_vec());
    // On a machine that is busy as the call begins, sound may be a quarter of a second late from then on: how late is for
    // `bench`, whether it comes is asked here.
    let (soon, late) = (heard.shifted(gap_s).find(&spoken, 0.5), heard.shifted(gap_s - 0.2).find(&spoken, 0.5));
    let better = |(one, other): (Found, Found)| if one.correlation >= other.correlation { one } else { other };
    let found: Vec<Found> = soon.into_iter().zip(late).map(better).collect();
    let mic = began - gap_s;
    speech_is_heard("before", &found, (0.5, mine.0 - mic - 0.5))?;
    speech_is_heard("between", &found, (mine.1 - mic + UNDER_WAY_S, theirs.0 - mic - 0.5))?;
    speech_is_heard("after", &found, (theirs.1 - mic + UNDER_WAY_S, f64::INFINITY))
}

/// One side holds for a while; the span in which nothing may be heard.
fn hold(one: &mut Phone, other: &mut Phone) -> Result<Span> {
    one.obey("hold")?;
    shows(other, false, true)?;
    let from = unix()?;
    sleep(HELD);
    let until = unix()?;
    one.obey("resume")?;
    shows(other, false, false)?;
    Ok((from, until))
}

fn unix() -> Result<f64> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs_f64())
}

/// The loudest 20 ms of a span.
fn level(sound: &Sound, (from, until): Span) -> f64 {
    let at = |seconds: f64| ((seconds.max(0.0) * RATE as f64) as usize).min(sound.0.len());
    let part = &sound.0[at(from)..at(until)];
    assert!(part.len() > 2 * RATE, "only {} samples of the hold were recorded", part.len());
    let power = |part: &[f64]| (part.iter().map(|sample| sample * sample).sum::<f64>() / part.len() as f64).sqrt();
    part.chunks_exact(RATE / 50).map(power).fold(0.0, f64::max)
}

fn speech_is_heard(when: &str, found: &[Found], (from, until): Span) -> Result<()> {
    let inside: Vec<&Found> = found.iter().filter(|one| one.at_s >= from && one.at_s < until).collect();
    assert!(inside.len() >= 2, "{when}: only {} windows of speech: {found:.2?}", inside.len());
    let median = quantile(inside.iter().map(|one| one.correlation), 0.5);
    assert!(median >= 0.8, "{when}: median correlation {median:.3}: {inside:.2?}");
    Ok(())
}
