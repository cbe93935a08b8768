//! One call between two real phones over an emulated link.
//! `lab` describes it as a [`Setting`] and makes a report of what is left.
//! The phones get ahead of whatever else the machine does, and the emulator ahead of them.

use std::path::PathBuf;

use ahoy_e2e::rig::{Outcome, Rig, Script, Side};
use ahoy_media::Size;
use anyhow::{Result, ensure};

use crate::conditions::{Micros, S, Schedule};
use crate::emulator::Emulator;
use crate::hosts::Hosts;
use crate::journal::{Journal, now};
use crate::link::Link;
use crate::precedence::{Precedence, ProcessorTime};
use crate::profiles::Profile;
use crate::scene;
use crate::speech::Speech;

/// Speech goes on this much longer than the call, because the microphone starts before the call counts as active.
const BEYOND_S: f64 = 5.0;

/// What a camera films.
#[derive(Clone, Debug)]
pub enum Film {
    /// A scene of this size that needs its bit rate.
    Scene(Size),
    /// What this Y4M file holds, over and over.
    File(PathBuf),
}

/// A call to place.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The link.
    pub profile: Profile,
    /// Where its luck comes from.
    pub seed: u64,
    /// Length of the call.
    pub seconds: u64,
    /// What the cameras film; `None` is a call by voice.
    pub film: Option<Film>,
    /// Which sides have a camera: the caller, the callee.
    pub cameras: [bool; 2],
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
    /// Where the link's luck came from.
    pub seed: u64,
    /// When the call began and ended, on the journal's clock.
    pub span: (Micros, Micros),
    /// What the link did with packets of the caller, and with those of the callee.
    pub schedules: [Schedule; 2],
    /// What both said.
    pub said: Speech,
    /// Share of the processors' time that the machine below took during the call.
    pub stolen: f64,
    /// What the cameras of the caller and the callee filmed.
    pub cameras: [Option<PathBuf>; 2],
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
    let schedules = [forward, backward];
    let [there, back] = schedules.clone();
    let links = [Link::new(there, setting.seed), Link::new(back, setting.seed ^ u64::from(u32::MAX))];
    let emulator = Emulator::start(devices, links)?;
    let rig = Rig::apart(hosts.namespace(0), hosts.namespace(1))?;
    let said = Speech::read(&setting.speech)?.lasting(setting.seconds as f64 + BEYOND_S);
    let mic = setting.folder.join("said.wav");
    said.write(&mic)?;
    let film = setting.film.as_ref().map(|film| film.file(&rig, setting.seed)).transpose()?;
    let cameras = setting.cameras.map(|has_one| film.clone().filter(|_| has_one));
    let side = |options: &[String], camera: &Option<PathBuf>| Side {
        camera: camera.clone(),
        mic: Some(mic.clone()),
        options: options.to_vec(),
    };
    let (caller, callee) = (side(&setting.caller, &cameras[0]), side(&setting.callee, &cameras[1]));
    let screens = film.is_some();
    let mut placed = rig.place(&Script { caller, callee, seconds: setting.seconds, screens })?;
    let _ = placed.caller.wait_for("connected with")?;
    emulator.begin();
    let began = now();
    let before = ProcessorTime::now();
    let (caller, callee) = rig.finish(placed)?;
    let stolen = before.stolen_since();
    let journal = emulator.stop()?;
    ensure!(!journal.0.is_empty(), "nothing crossed the link");
    let span = (began, began + setting.seconds * S);
    let sides = [caller, callee];
    for (side, name) in sides.iter().zip(["caller", "callee"]) {
        let _ = std::fs::copy(&side.heard, setting.folder.join(format!("{name}-heard.wav")))?;
        let _ = std::fs::copy(rig.path(&format!("{name}.jsonl")), setting.folder.join(format!("{name}.jsonl")))?;
        if screens {
            let table = format!("{name}-seen.y4m.csv");
            let _ = std::fs::copy(rig.path(&table), setting.folder.join(&table))?;
        }
    }
    journal.write(&setting.folder.join("packets.csv"))?;
    Ok(Some(Left { sides, journal, seed: setting.seed, span, schedules, said, stolen, cameras, _rig: rig }))
}

impl Film {
    /// The file for the cameras.
    fn file(&self, rig: &Rig, seed: u64) -> Result<PathBuf> {
        match self {
            Self::File(path) => Ok(path.clone()),
            Self::Scene(size) => {
                let path = rig.path("scene.y4m");
                scene::write(&path, *size, seed)?;
                Ok(path)
            }
        }
    }
}
