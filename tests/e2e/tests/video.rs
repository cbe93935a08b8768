//! Pictures come and go in a call, and a camera never turns on because the other side's did.

use ahoy_e2e::events::Events;
use ahoy_e2e::phone::{PATIENCE, Phone};
use ahoy_e2e::picture;
use ahoy_e2e::rig::Rig;
use anyhow::{Context as _, Result};

/// A camera is there on both sides: what keeps it off is that nobody turned it on.
const CAMERA: [&str; 7] = ["--mic", "none", "--speaker", "none", "--camera", "pattern", "--json"];

/// Pictures enough to tell that they flow.
const SOME: u64 = 10;

fn number(stats: &serde_json::Value, of: &str) -> Result<u64> {
    stats["video"][of].as_u64().with_context(|| of.to_owned())
}

fn shown(phone: &mut Phone) -> Result<u64> {
    number(&phone.stats()?, "frames_shown")
}

/// Waits until that many more pictures were shown.
fn more_pictures(phone: &mut Phone) -> Result<()> {
    let before = shown(phone)?;
    let grown = |stats: &serde_json::Value| stats["video"]["frames_shown"].as_u64() >= Some(before + SOME);
    phone.stats_until("more pictures", grown).map(drop)
}

/// Waits until no more pictures leave a phone.
fn stops_sending(phone: &mut Phone) -> Result<()> {
    let mut last = None;
    let mut same = 0;
    let rests = |stats: &serde_json::Value| {
        let sent = stats["video"]["frames_sent"].as_u64();
        same = if sent == last { same + 1 } else { 0 };
        last = sent;
        // Half a second of a picture every 42 ms.
        same >= 10
    };
    let rests = std::cell::RefCell::new(rests);
    phone.stats_until("no more pictures", |stats| (rests.borrow_mut())(stats)).map(drop)
}

#[test]
fn video_is_added_and_removed_by_one_side_and_the_other_camera_stays_off() -> Result<()> {
    let rig = Rig::paired()?;
    let file = |name: &str| rig.path(name).display().to_string();
    let (screen, callee_stats, caller_stats) = (file("seen.y4m"), file("callee.jsonl"), file("caller.jsonl"));
    let answer = [&["answer", "--once", "--stats", &callee_stats, "--screen", &screen], &CAMERA[..]].concat();
    let call = [&["call", "Callee", "--stats", &caller_stats], &CAMERA[..]].concat();
    let mut callee = rig.callee.start(&answer)?;
    let mut caller = rig.caller.start(&call)?;
    let _ = callee.wait_for_state("Active")?;
    let _ = caller.wait_for_state("Active")?;

    for _ in 0..2 {
        caller.obey("video on")?;
        more_pictures(&mut callee)?;
        caller.obey("video off")?;
        stops_sending(&mut caller)?;
    }
    assert_eq!(shown(&mut caller)?, 0, "nothing came back");
    caller.obey("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));

    let caller = Events::read(&rig.path("caller.jsonl"))?;
    let callee = Events::read(&rig.path("callee.jsonl"))?;
    assert!(callee.first("camera_start").is_err(), "the callee's camera never turned on");
    assert!(caller.mono_us("camera_start")? > caller.mono_us("connected")?, "nor the caller's before it was asked to");
    let counters = picture::counters(&rig.path("seen.y4m"))?;
    let read = counters.iter().flatten().count();
    assert!(read as u64 >= 2 * SOME && read * 20 >= counters.len() * 19, "{read} of {} counters", counters.len());
    for history in [rig.caller.json(&["history"])?, rig.callee.json(&["history"])?] {
        assert_eq!(history[0]["had_video"], true);
    }
    Ok(())
}

#[test]
fn a_video_call_is_accepted_without_video() -> Result<()> {
    let rig = Rig::paired()?;
    let file = |name: &str| rig.path(name).display().to_string();
    let (callee_stats, caller_stats) = (file("callee.jsonl"), file("caller.jsonl"));
    let answer = [&["answer", "--once", "--ask", "--stats", &callee_stats], &CAMERA[..]].concat();
    let call = [&["call", "Callee", "--video", "--stats", &caller_stats], &CAMERA[..]].concat();
    let mut callee = rig.callee.start(&answer)?;
    let mut caller = rig.caller.start(&call)?;
    assert_eq!(callee.wait_for_state("Ringing")?["video"], true, "the person is told before answering");
    callee.obey("answer")?;
    let _ = callee.wait_for_state("Active")?;
    let _ = caller.wait_for_state("Active")?;
    more_pictures(&mut callee)?;
    assert_eq!(shown(&mut caller)?, 0);
    // Later the callee shows itself too.
    callee.obey("video on")?;
    more_pictures(&mut caller)?;
    caller.obey("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));
    let (caller, callee) = (Events::read(&rig.path("caller.jsonl"))?, Events::read(&rig.path("callee.jsonl"))?);
    assert!(caller.mono_us("camera_start")? > caller.mono_us("answered")?, "no picture before consent");
    assert!(callee.mono_us("camera_start")? > callee.mono_us("first_video_in")?, "only when it was turned on");
    Ok(())
}
