//! Devices of a sound server: whether all sound comes through, and how soon after one is unplugged.
//! The bench calls it; the server is one of its own, with devices that exist in it only.

use std::time::{Duration, Instant};

use ahoy_e2e::pulse::{RATE, SoundServer, noise};
use ahoy_e2e::recorder::Recorder;
use ahoy_e2e::rig::Rig;
use anyhow::{Context as _, Result};

use crate::row;

/// Far below the noise that is played, and far above silence.
const LOUD: f64 = 0.02;

/// A sound this long is no crackle.
const STEADY: Duration = Duration::from_millis(200);

/// Seconds of a recording.
const RECORDED_S: f64 = 10.0;

pub(crate) fn measure() -> Result<()> {
    let Some(server) = SoundServer::start()? else {
        println!("(pulseaudio is not installed: nothing can be said of devices)");
        return Ok(());
    };
    let _ = server.loudspeaker("shelf")?;
    let _ = server.loudspeaker("throat")?;
    let _ = server.microphone("desk_mic", "throat")?;
    recording(&server)?;
    unplugging(&server)
}

fn recording(server: &SoundServer) -> Result<()> {
    server.set_default("shelf", "desk_mic")?;
    let rig = Rig::strangers()?;
    let said = server.play("throat", &noise((RECORDED_S as usize + 3) * RATE))?;
    let heard = Recorder::start(server, RECORDED_S, &rig.path("heard.wav"))?.finish()?;
    drop(said);
    let came = heard.samples.len() as f64 / RATE as f64;
    row("devices: sound of a microphone that came", 100.0 * came / heard.lasted_s, "%", ">= 99.8", "");
    row("devices: age of a sample when it comes", heard.latency_ms, "ms", "", "");
    Ok(())
}

/// A call in which first the caller's microphone and then the callee's loudspeaker is unplugged.
fn unplugging(server: &SoundServer) -> Result<()> {
    let microphone = server.microphone("table_mic", "throat")?;
    let loudspeaker = server.loudspeaker("desk")?;
    server.set_default("desk", "table_mic")?;
    let (shelf, desk) = (server.listen("shelf")?, server.listen("desk")?);
    let rig = Rig::paired()?;
    let devices =
        |mic, speaker| ["--mic", mic, "--speaker", speaker, "--camera", "none", "--json", "-o", "processing=off"];
    let callee = rig.callee.on_sound_server(&server.address());
    let mut callee = callee.start(&[&["answer", "--once"], &devices("none", "default")[..]].concat())?;
    let caller = rig.caller.on_sound_server(&server.address());
    let mut caller = caller.start(&[&["call", "Callee"], &devices("default", "none")[..]].concat())?;
    let _ = callee.wait_for_state("Active")?;
    let _ = caller.wait_for_state("Active")?;
    let said = server.play("throat", &noise(60 * RATE))?;
    let _ = desk.wait_for_sound(LOUD, STEADY)?;

    server.unplug(microphone)?;
    let pause = desk.longest_pause(LOUD, Duration::from_secs(3));
    row("devices: pause when a microphone is unplugged", pause.as_secs_f64() * 1_000.0, "ms", "<= 1000", "");

    drop(shelf.take());
    let unplugged = Instant::now();
    server.unplug(loudspeaker)?;
    let back = shelf.wait_for_sound(LOUD, STEADY).context("the other loudspeaker")?;
    let back = back.saturating_duration_since(unplugged);
    row("devices: the same of a loudspeaker", back.as_secs_f64() * 1_000.0, "ms", "<= 1000", "");
    drop(said);
    caller.obey("hangup")
}
