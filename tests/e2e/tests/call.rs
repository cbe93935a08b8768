//! A whole call between two processes: what was said is heard, what was shown is seen, both sides remember it.

use ahoy_e2e::rig::{Outcome, Rig, Script, Side};
use ahoy_e2e::{picture, report, sound::quantile};
use anyhow::{Context as _, Result};
use serde_json::Value;

const SECONDS: u64 = 15;
/// What is tested is that everything arrives, on any machine; how soon it arrives on a quiet one is for `bench`. Where
/// threads are woken tens of milliseconds late, a voice that waits no longer than it must changes its delay often.
const STEADY: &str = "audio.reserve_ms=25";

#[test]
fn a_video_call_carries_sound_and_picture_both_ways() -> Result<()> {
    let rig = Rig::paired()?;
    let camera = rig.pattern(SECONDS + 3)?;
    let side = Side { camera: Some(camera), mic: Some(Rig::speech()), options: vec![STEADY.into()] };
    let script = Script { caller: side.clone(), callee: side, seconds: SECONDS, screens: true };
    let (caller, callee) = rig.call(&script)?;

    assert_eq!(caller.status.code(), Some(0));
    assert_eq!(callee.status.code(), Some(0));
    for (from, to) in [(&caller, &callee), (&callee, &caller)] {
        sound_is_heard(from, to)?;
        picture_is_seen(from, to)?;
    }
    let kx = caller.events.first("connected")?["kx"].as_str().unwrap_or_default().to_owned();
    assert!(kx.contains("MLKEM"), "the hybrid key exchange is preferred, {kx} was used");
    remembered(&rig.caller.json(&["history"])?, "outgoing", &rig.callee.json(&["id"])?)?;
    remembered(&rig.callee.json(&["history"])?, "incoming", &rig.caller.json(&["id"])?)
}

fn sound_is_heard(from: &Outcome, to: &Outcome) -> Result<()> {
    let found = report::sound(from, to, &Rig::speech())?;
    assert!(found.len() >= 10, "only {} windows of speech", found.len());
    let correlations = || found.iter().map(|one| one.correlation);
    let (median, low) = (quantile(correlations(), 0.5), quantile(correlations(), 0.1));
    assert!(median >= 0.9 && low >= 0.7, "median {median:.3}, 10th percentile {low:.3}: {found:.2?}");
    Ok(())
}

fn picture_is_seen(from: &Outcome, to: &Outcome) -> Result<()> {
    let counters = picture::counters(&to.seen)?;
    let read: Vec<u32> = counters.iter().flatten().copied().collect();
    assert!(read.len() * 20 >= counters.len() * 19, "only {} of {} counters can be read", read.len(), counters.len());
    assert!(read.windows(2).all(|pair| pair[0] < pair[1]), "pictures out of order: {read:?}");

    let sent = from.events.last("/video/frames_sent")? as u64;
    let shown = to.events.last("/video/frames_shown")? as u64;
    let dropped = to.events.last("/video/dropped")? as u64;
    assert_eq!(shown, counters.len() as u64, "the screen file holds what was counted as shown");
    // A frame or two is on its way when the call ends.
    let missing = sent.abs_diff(shown + dropped);
    assert!(missing <= 2, "{sent} sent, {shown} shown, {dropped} dropped");
    assert!(shown * 2 >= sent && shown >= SECONDS * 12, "{shown} of {sent} shown");
    Ok(())
}

fn remembered(history: &Value, direction: &str, peer: &Value) -> Result<()> {
    let rows = history.as_array().context("an array")?;
    assert_eq!(rows.len(), 1, "{history}");
    let row = &rows[0];
    assert_eq!(row["direction"], direction);
    assert_eq!(row["peer"], peer["id"]);
    assert_eq!(row["had_video"], true);
    assert_eq!(row["ended_reason"], "completed");
    let seconds = row["duration_seconds"].as_u64().context("a duration")?;
    assert!(seconds.abs_diff(SECONDS) <= 1, "{seconds} s remembered");
    Ok(())
}
