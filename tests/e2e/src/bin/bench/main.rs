//! Measures calls on this machine and prints each figure beside its target and, in brackets, what a browser's WebRTC
//! needed on the same kind of machine. Timing depends on the machine: this is no test, and it never fails a build.

mod devices;
mod window;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use ahoy_e2e::report;
use ahoy_e2e::rig::{Rig, Script, Side};
use anyhow::{Context as _, Result, bail};

/// Length of a measured call in seconds.
const SECONDS: u64 = 20;

fn main() -> Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|word| word == name);
    if let Some(unknown) = chosen.iter().find(|word| !["voice", "video", "devices", "window"].contains(&word.as_str()))
    {
        bail!("there is no bench '{unknown}': voice, video, devices, window");
    }
    println!("{:44} {:>10}   {:<10} [WebRTC]", "figure", "measured", "target");
    if wanted("voice") {
        voice()?;
    }
    if wanted("video") {
        video()?;
    }
    if wanted("devices") {
        devices::measure()?;
    }
    if wanted("window") {
        window::measure()?;
    }
    Ok(())
}

fn row(name: &str, value: f64, unit: &str, target: &str, other: &str) {
    println!("{name:44} {value:8.1}{unit:<2}   {target:<10} [{other}]");
}

/// Sound alone: delay and set-up.
fn voice() -> Result<()> {
    let rig = Rig::paired()?;
    let side = Side { camera: None, mic: Some(Rig::speech()), options: Vec::new() };
    let script = Script { caller: side.clone(), callee: side, seconds: SECONDS, screens: false };
    let (caller, callee) = rig.call(&script)?;
    let sound = report::direction(&caller, &callee, &Rig::speech(), None)?;
    let set_up = report::set_up(&caller.events)?;
    row("voice: microphone to speaker, p50", sound.sound_ms.0, "ms", "<= 45", "49");
    row("voice: microphone to speaker, p95", sound.sound_ms.1, "ms", "", "53");
    row("voice: dial to first sound", set_up.first_sound_ms, "ms", "<= 150", "198");
    let (cores, memory) = report::cost(&caller.events);
    row("voice: processor", cores * 100.0, "%", "", "");
    row("voice: memory", memory, "MB", "<= 150", "");
    Ok(())
}

/// Sound and picture both ways: delay and quality in one call, cost in another that writes no screen files.
fn video() -> Result<()> {
    let rig = Rig::paired()?;
    let camera = test_picture(&rig)?;
    let side =
        Side { camera: Some(camera.clone()), mic: Some(Rig::speech()), options: vec!["video.max_kbps=1000".into()] };
    let mut script =
        Script { caller: side.clone(), callee: Side { camera: None, ..side.clone() }, seconds: SECONDS, screens: true };
    let (caller, callee) = rig.call(&script)?;
    let seen = report::direction(&caller, &callee, &Rig::speech(), Some(&camera))?;
    let (p50, p95) = seen.picture_ms.context("no picture was seen")?;
    row("video: camera to screen, p50", p50, "ms", "<= 29", "29");
    row("video: camera to screen, p95", p95, "ms", "", "52");
    row("video: frames shown", 100.0 * seen.frames.1 / seen.frames.0, "%", ">= 95", "");
    row("video: PSNR at 1 Mbit/s", seen.psnr_db.context("no picture was seen")?.0, "dB", ">= 30", "");
    row("video: microphone to speaker, p50", seen.sound_ms.0, "ms", "<= 45", "49");
    script = Script { caller: side.clone(), callee: side, seconds: SECONDS, screens: false };
    let (caller, callee) = rig.call(&script)?;
    for (name, outcome) in [("caller", &caller), ("callee", &callee)] {
        let (cores, memory) = report::cost(&outcome.events);
        row(&format!("video both ways: processor of the {name}"), cores * 100.0, "%", "<= 41", "41");
        row(&format!("video both ways: memory of the {name}"), memory, "MB", "<= 150", "1250");
    }
    Ok(())
}

/// The test picture of ffmpeg when it is installed, else the pattern with the counter.
fn test_picture(rig: &Rig) -> Result<PathBuf> {
    let path = rig.path("testsrc2.y4m");
    let source = format!("testsrc2=size=640x480:rate=24:duration={}", SECONDS + 3);
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &source, "-pix_fmt", "yuv420p"])
        .arg(&path)
        .stdin(Stdio::null())
        .status();
    if made.is_ok_and(|status| status.success()) {
        return Ok(path);
    }
    println!("(ffmpeg is not installed: the figures below are of the pattern, not of testsrc2)");
    rig.pattern(SECONDS + 3)
}
