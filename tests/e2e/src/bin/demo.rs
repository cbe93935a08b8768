//! Two complete phones on this machine call each other with speech and a moving picture, and print what came of it.

use std::process::{Command, ExitCode};

use ahoy_e2e::phone::{self, Owner};
use ahoy_e2e::report;
use ahoy_e2e::rig::{Rig, Script, Side};
use anyhow::{Result, bail};

/// Length of the call in seconds.
const SECONDS: u64 = 20;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => headless(),
        ["--window"] => windows(),
        other => bail!("unknown arguments {other:?}; use none, or --window"),
    }
}

fn headless() -> Result<ExitCode> {
    println!("two phones, {SECONDS} s of speech and a 640x480 picture at 24 frames a second, both ways");
    let rig = Rig::paired()?;
    let camera = rig.pattern(SECONDS + 3)?;
    let speech = Rig::speech();
    let side = Side { camera: Some(camera.clone()), mic: Some(speech.clone()), options: Vec::new() };
    let script = Script { caller: side.clone(), callee: side, seconds: SECONDS, screens: true };
    let (caller, callee) = rig.call(&script)?;
    let set_up = report::set_up(&caller.events)?;
    let connected = caller.events.first("connected")?;
    println!("\nkey exchange         {}", connected["kx"].as_str().unwrap_or("?"));
    println!("path                 {}", connected["path"].as_str().unwrap_or("?"));
    println!("dial to connected    {:6.1} ms", set_up.connected_ms);
    println!("dial to first sound  {:6.1} ms", set_up.first_sound_ms);
    if let Some(first) = set_up.first_picture_ms {
        println!("dial to first picture{first:6.1} ms");
    }
    for (name, from, to) in [("caller to callee", &caller, &callee), ("callee to caller", &callee, &caller)] {
        let direction = report::direction(from, to, &speech, Some(&camera))?;
        println!("\n{name}");
        println!("  microphone to speaker  p50 {:5.1} ms  p95 {:5.1} ms", direction.sound_ms.0, direction.sound_ms.1);
        println!(
            "  sound correlation      p50 {:5.3}     p10 {:5.3}",
            direction.correlation.0, direction.correlation.1
        );
        if let Some((p50, p95)) = direction.picture_ms {
            println!("  camera to screen       p50 {p50:5.1} ms  p95 {p95:5.1} ms");
        }
        if let Some((p50, p5)) = direction.psnr_db {
            println!("  picture PSNR           p50 {p50:5.1} dB  p5  {p5:5.1} dB");
        }
        println!("  frames                 {} sent, {} shown", direction.frames.0, direction.frames.1);
    }
    println!();
    for (name, side) in [("caller", &caller), ("callee", &callee)] {
        let (cores, memory) = report::cost(&side.events);
        println!("{name}: {cores:.2} of a core, {:.1} processor seconds, {memory:.0} MB", side.events.last("/cpu_s")?);
    }
    let whole = caller.status.success() && callee.status.success();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens two windows that know each other; the demo ends when both are closed.
fn windows() -> Result<ExitCode> {
    let home = tempfile::tempdir()?;
    let owners = [Owner::new(&home.path().join("anna")), Owner::new(&home.path().join("ben"))];
    let links = [owners[0].link()?, owners[1].link()?];
    let _ = owners[0].json(&["add", &links[1], "--name", "Ben"])?;
    let _ = owners[1].json(&["add", &links[0], "--name", "Anna"])?;
    let mut open = Vec::new();
    for owner in &owners {
        let mut window = Command::new(phone::program()?);
        open.push(window.arg("--data-dir").arg(owner.dir()).args(["--relay", "none"]).spawn()?);
    }
    println!("two windows: call Ben from Anna's; the demo ends when both are closed");
    let mut whole = true;
    for mut window in open {
        whole &= window.wait()?.success();
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
