//! Real devices: phones on a sound server of their own, whose loudspeakers and microphones come and go in mid-call.

use std::time::{Duration, Instant};

use ahoy_e2e::phone::{PATIENCE, Phone};
use ahoy_e2e::pulse::{RATE, SoundServer, noise};
use ahoy_e2e::recorder::Recorder;
use ahoy_e2e::rig::Rig;
use anyhow::{Context as _, Result};
use serde_json::Value;

/// Far below the tone of a phone (0.18) and far above what a silent one plays.
const LOUD: f64 = 0.05;
/// A sound this long is no crackle.
const STEADY: Duration = Duration::from_millis(200);
/// A device that was unplugged is replaced within this time.
const BACK: Duration = Duration::from_secs(1);
/// A server with two loudspeakers, `desk` (the default) and `shelf`, and `throat`, which the microphone `desk_mic` hears.
fn room() -> Result<SoundServer> {
    let server = SoundServer::start()?.context("pulseaudio is not installed; `./x test` installs it")?;
    // The server moves what it must to the oldest loudspeaker that is left.
    let _ = server.loudspeaker("shelf")?;
    let _ = server.loudspeaker("throat")?;
    let _ = server.microphone("desk_mic", "throat")?;
    Ok(server)
}

/// A call from a phone with the server's default devices to one that says a tone and keeps what it hears in a file.
fn call(rig: &Rig, server: &SoundServer, speaker: &str) -> Result<(Phone, Phone)> {
    let heard = rig.path("heard.wav");
    let heard = heard.to_str().context("a path")?;
    let callee = ["answer", "--once", "--mic", "tone", "--speaker", heard, "--camera", "none", "--json"];
    let mut callee = rig.callee.start(&callee)?;
    let caller = rig.caller.on_sound_server(&server.address());
    // What was said is compared with what was heard: nothing may be done about noise and level.
    let call = ["call", "Callee", "--mic", "default", "--speaker", speaker, "--camera", "none", "--json"];
    let call = [&call[..], &["-o", "processing=off"]].concat();
    let mut caller = caller.start(&call)?;
    let _ = callee.wait_for_state("Active")?;
    let _ = caller.wait_for_state("Active")?;
    Ok((caller, callee))
}

fn hang_up(mut caller: Phone, mut callee: Phone) -> Result<()> {
    caller.obey("hangup")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}

#[test]
fn a_loudspeaker_that_is_unplugged_in_mid_call_is_replaced_within_a_second() -> Result<()> {
    for speaker in ["default", "pulseaudio:desk"] {
        let server = room()?;
        let module = server.loudspeaker("desk")?;
        server.set_default("desk", "desk_mic")?;
        let (throat, desk, shelf) = (server.listen("throat")?, server.listen("desk")?, server.listen("shelf")?);
        let rig = Rig::paired()?;
        let (caller, callee) = call(&rig, &server, speaker)?;
        let _ = desk.wait_for_sound(LOUD, STEADY)?;

        let unplugged = Instant::now();
        server.unplug(module)?;
        let back = shelf.wait_for_sound(LOUD, STEADY)?.saturating_duration_since(unplugged);
        assert!(back <= BACK, "{speaker}: back after {back:?}");

        // The chosen one comes back, or a new default: the sound goes there again.
        let _ = server.loudspeaker("desk")?;
        server.set_default("desk", "desk_mic")?;
        let desk = server.listen("desk")?;
        let _ = desk.wait_for_sound(LOUD, STEADY)?;
        hang_up(caller, callee)?;
        throat.stop();
    }
    Ok(())
}

#[test]
fn a_microphone_that_is_unplugged_in_mid_call_is_replaced() -> Result<()> {
    let server = room()?;
    let _ = server.loudspeaker("lap")?;
    let module = server.microphone("lap_mic", "lap")?;
    server.set_default("shelf", "lap_mic")?;
    let shelf = server.listen("shelf")?;
    let rig = Rig::paired()?;
    let (mut caller, callee) = call(&rig, &server, "default")?;
    let hears = |stats: &Value| stats["audio"]["level_db"].as_f64().is_some_and(|level| level > -30.0);
    let said = server.play("lap", &noise(60 * RATE))?;
    let _ = caller.stats_until("the microphone hears", hears)?;
    drop(said);
    let said = server.play("throat", &noise(60 * RATE))?;
    let _ = caller.stats_until("the microphone hears nothing of the other loudspeaker", |stats| !hears(stats))?;
    server.unplug(module)?;
    let _ = caller.stats_until("the microphone that is left hears", hears)?;
    hang_up(caller, callee)?;
    drop((said, shelf));
    Ok(())
}

#[test]
fn a_muted_call_and_a_held_one_close_the_microphone_and_open_it_again() -> Result<()> {
    let server = room()?;
    server.set_default("shelf", "desk_mic")?;
    let shelf = server.listen("shelf")?;
    let rig = Rig::paired()?;
    let before = server.recordings()?;
    let (mut caller, callee) = call(&rig, &server, "default")?;
    // A microphone that hears the throat: itself and its monitor are recorded while somebody records it.
    let open = server.recordings()?;
    assert!(open > before, "{before} recordings before the call, {open} in it");
    for (close, again) in [("mute", "unmute"), ("hold", "resume")] {
        caller.obey(close)?;
        recordings_become(&server, before).context(close)?;
        caller.obey(again)?;
        recordings_become(&server, open).context(again)?;
    }
    let said = server.play("throat", &noise(60 * RATE))?;
    let _ = caller.stats_until("the microphone hears", |stats| {
        stats["audio"]["level_db"].as_f64().is_some_and(|level| level > -30.0)
    })?;
    hang_up(caller, callee)?;
    recordings_become(&server, before)?;
    drop((said, shelf));
    Ok(())
}

fn recordings_become(server: &SoundServer, wanted: usize) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let now = server.recordings()?;
        if now == wanted {
            return Ok(());
        }
        anyhow::ensure!(Instant::now() < until, "{now} recordings, not {wanted}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn all_that_a_microphone_hears_arrives_though_the_server_was_late() -> Result<()> {
    let server = room()?;
    server.set_default("shelf", "throat.monitor")?;
    let rig = Rig::strangers()?;
    let recorder = Recorder::start(&server, 3.0, &rig.path("heard.wav"))?;
    let said = noise(2 * RATE);
    let playing = server.play("throat", &said)?;
    // In the midst of the sound the server stands still for six pieces, and then has all of them at once.
    std::thread::sleep(Duration::from_millis(700));
    server.freeze(true)?;
    std::thread::sleep(Duration::from_millis(60));
    server.freeze(false)?;
    playing.finish()?;
    let heard = recorder.finish()?;
    assert_eq!(heard.dropped, 0);
    let said: Vec<f32> = said.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let same = |heard: &f32, said: &f32| (heard - said).abs() < 1e-3;
    // A loudspeaker may swallow the first moment of a sound; from there on nothing is missing.
    let begin = heard.samples.iter().position(|sample| sample.abs() > 1e-6).context("nothing was heard")?;
    let heard = &heard.samples[begin..];
    let first = said.windows(8).position(|said| said.iter().zip(heard).all(|(said, heard)| same(heard, said)));
    let said = &said[first.context("something else was heard")?..];
    assert!(said.len() > 2 * RATE - RATE / 10, "the first {} samples were swallowed", 2 * RATE - said.len());
    let together = heard.iter().zip(said).take_while(|(heard, said)| same(heard, said)).count();
    assert_eq!(together, said.len());
    Ok(())
}

#[test]
fn a_sound_server_that_stands_still_silences_a_call_and_does_not_end_it() -> Result<()> {
    let server = room()?;
    let _ = server.loudspeaker("desk")?;
    server.set_default("desk", "desk_mic")?;
    let (throat, desk) = (server.listen("throat")?, server.listen("desk")?);
    let rig = Rig::paired()?;
    let (mut caller, callee) = call(&rig, &server, "default")?;
    let _ = desk.wait_for_sound(LOUD, STEADY)?;
    server.freeze(true)?;
    // The paced devices that stand in keep the call's own time.
    let before = caller.stats()?["audio"]["sent"].as_u64().context("sent")?;
    let _ = caller.stats_until("sound is sent on", |stats| {
        stats["audio"]["sent"].as_u64().is_some_and(|sent| sent > before + 200)
    })?;
    server.freeze(false)?;
    drop(desk.take());
    let _ = desk.wait_for_sound(LOUD, STEADY)?;
    hang_up(caller, callee)?;
    throat.stop();
    Ok(())
}

#[test]
fn the_list_names_the_server_s_devices_and_not_their_monitors() -> Result<()> {
    let server = room()?;
    server.set_default("shelf", "desk_mic")?;
    let rig = Rig::strangers()?;
    let rows = rig.caller.on_sound_server(&server.address()).json(&["devices"])?;
    let sound: Vec<(&str, &str, bool)> = (rows.as_array().context("an array")?.iter())
        .filter(|row| row["kind"] != "camera")
        .filter_map(|row| Some((row["kind"].as_str()?, row["id"].as_str()?, row["default"].as_bool()?)))
        .collect();
    let expected = [
        ("microphone", "pulseaudio:desk_mic", true),
        ("speaker", "pulseaudio:shelf", true),
        ("speaker", "pulseaudio:throat", false),
    ];
    assert_eq!(sound, expected);
    Ok(())
}
