//! One call between two real phones over an emulated link.
//! `lab` describes it as a [`Setting`] and makes a report of what is left.
//! The phones get ahead of whatever else the machine does, and the emulator ahead of them.

use std::path::PathBuf;

use ahoy_e2e::rig::{Outcome, Rig, Script, Side};
use anyhow::{Result, ensure};

use crate::conditions::Micros;
use crate::emulator::Emulator;
use crate::hosts::Hosts;
use crate::journal::{Journal, now};
use crate::link::Link;
use crate::precedence::Precedence;
use crate::profiles::Profile;
use crate::speech::Speech;

/// Speech goes on this much longer than the call, because the microphone starts before the call counts as active.
const BEYOND_S: f64 = 5.0;

/// A call to place.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The link.
    pub profile: Profile,
    /// Where its luck comes from.
    pub seed: u64,
    /// Length of the call.
    pub seconds: u64,
    /// Both send a moving picture.
    pub video: bool,
    /// Both say this, over and over.
    pub speech: PathBuf,
    /// Settings of the caller for this run.
    pub caller: Vec<String>,
    /// Settings of the callee for this run.
    pub callee: Vec<String>,
    /// What is written goes here.
    pub folder: PathBuf,
}

/// What is left of a call.
pub struct Left {
    /// The caller and the callee.
    pub sides: [Outcome; 2],
    /// What crossed the link.
    pub journal: Journal,
    /// When the call began and ended, on the journal's clock.
    pub span: (Micros, Micros),
    /// What both said.
    pub said: Speech,
    /// The picture that both sent.
    pub camera: Option<PathBuf>,
    /// The rig's folder goes when this does.
    _rig: Rig,
}

/// Places the call; `None` without the rights to build namespaces.
///
/// # Errors
/// A phone did not start, connect or end, or the link failed.
pub fn place(setting: &Setting) -> Result<Option<Left>> {
    let Some((hosts, devices)) = Hosts::build("call")? else { return Ok(None) };
    let _precedence = Precedence::take();
    let Profile { forward, backward, .. } = setting.profile.clone();
    let links = [Link::new(forward, setting.seed), Link::new(backward, setting.seed ^ u64::from(u32::MAX))];
    let emulator = Emulator::start(devices, links)?;
    let rig = Rig::apart(hosts.namespace(0), hosts.namespace(1))?;
    let said = Speech::read(&setting.speech)?.lasting(setting.seconds as f64 + BEYOND_S);
    let mic = setting.folder.join("said.wav");
    said.write(&mic)?;
    let camera = setting.video.then(|| rig.pattern(setting.seconds + 3)).transpose()?;
    let side = |options: &[String]| Side { camera: camera.clone(), mic: Some(mic.clone()), options: options.to_vec() };
    let (caller, callee) = (side(&setting.caller), side(&setting.callee));
    let screens = setting.video;
    let mut placed = rig.place(&Script { caller, callee, seconds: setting.seconds, screens })?;
    let _ = placed.caller.wait_for("connected with")?;
    emulator.begin();
    let began = now();
    let (caller, callee) = rig.finish(placed)?;
    let journal = emulator.stop()?;
    ensure!(!journal.0.is_empty(), "nothing crossed the link");
    let span = (began, began + setting.seconds * crate::conditions::S);
    let sides = [caller, callee];
    for (side, name) in sides.iter().zip(["caller", "callee"]) {
        let _ = std::fs::copy(&side.heard, setting.folder.join(format!("{name}-heard.wav")))?;
        let _ = std::fs::copy(rig.path(&format!("{name}.jsonl")), setting.folder.join(format!("{name}.jsonl")))?;
    }
    journal.write(&setting.folder.join("packets.csv"))?;
    Ok(Some(Left { sides, journal, span, said, camera, _rig: rig }))
}
