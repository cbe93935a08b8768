//! Places a call between two real phones over an emulated link and reports how it went.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ahoy_e2e::rig::Rig;
use ahoy_lab::call::{Film, Setting, place};
use ahoy_lab::conditions::{Conditions, Jitter, Loss, MS, Queue};
use ahoy_lab::curves;
use ahoy_lab::profiles::{self, Profile};
use ahoy_lab::report::Report;
use ahoy_lab::text;
use ahoy_media::Size;
use anyhow::{Context as _, Result, bail};
use clap::Parser;

/// As much as the other programs that were measured may use.
const PICTURE_MOST: &str = "video.max_kbps=2000";

/// Two real phones call each other over an emulated link; it needs root, because each phone gets a network of its own.
#[derive(Parser)]
#[command(name = "lab")]
struct Arguments {
    /// The link, `list` for all there are, or `head` for the head of the table that --row fills
    profile: String,
    /// Both send a moving picture too, at up to 2 Mbit/s unless -o video.max_kbps says otherwise
    #[arg(long)]
    video: bool,
    /// Only the caller has a camera
    #[arg(long, requires = "video")]
    one_way: bool,
    /// What the cameras film, over and over: Y4M [default: a scene that needs its bit rate]
    #[arg(long, value_name = "Y4M", requires = "video")]
    camera: Option<PathBuf>,
    /// Size of that scene
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "640x480", conflicts_with = "camera")]
    size: String,
    /// Length of the call [default: what the link needs]
    #[arg(long)]
    seconds: Option<u64>,
    /// Print one line a direction
    #[arg(long)]
    brief: bool,
    /// Print rows of a table in Markdown
    #[arg(long, conflicts_with = "brief")]
    row: bool,
    /// Time for the phones to get to know the link; sound and pictures count from here on
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    skip: f64,
    /// Where the luck of the link comes from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What both say, over and over: 16-bit WAV
    #[arg(long, value_name = "WAV", env = "AHOY_LAB_SPEECH")]
    speech: Option<PathBuf>,
    /// A setting of both phones
    #[arg(short, value_name = "KEY=VALUE")]
    option: Vec<String>,
    /// A setting of the caller's phone
    #[arg(long, value_name = "KEY=VALUE")]
    caller_o: Vec<String>,
    /// A setting of the callee's phone
    #[arg(long, value_name = "KEY=VALUE")]
    callee_o: Vec<String>,
    /// Leave ViSQOL, PESQ and STOI out
    #[arg(long)]
    no_scores: bool,
    /// The Python that has them
    #[arg(long, value_name = "PROGRAM", env = "AHOY_LAB_PYTHON", default_value = "python3")]
    python: PathBuf,
    /// Where the report, the sound and the packets are written [default: lab/PROFILE beside the programs]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

/// Parts of the profile to replace, in both directions and at all times
#[derive(clap::Args)]
struct Overrides {
    /// Share of packets lost, 0 to 1
    #[arg(long, value_name = "SHARE")]
    loss: Option<f64>,
    /// Lose them in runs of this mean length
    #[arg(long, value_name = "PACKETS", requires = "loss")]
    run: Option<f64>,
    /// One way
    #[arg(long, value_name = "MS")]
    delay: Option<u64>,
    /// Up to so much more, half of it the deviation
    #[arg(long, value_name = "MS")]
    jitter: Option<u64>,
    /// Let packets of unequal jitter overtake each other
    #[arg(long)]
    out_of_order: bool,
    /// The bottleneck
    #[arg(long, value_name = "KBPS")]
    rate: Option<f64>,
    /// What may wait before it
    #[arg(long, value_name = "MS")]
    queue: Option<u64>,
    /// Share of packets that arrive twice
    #[arg(long, value_name = "SHARE")]
    duplicate: Option<f64>,
    /// Share of packets that overtake those before them
    #[arg(long, value_name = "SHARE")]
    overtake: Option<f64>,
}

impl Overrides {
    fn apply(&self, conditions: &mut Conditions) {
        if let Some(share) = self.loss {
            conditions.loss = self.run.map_or(Loss::Random(share), |run| Loss::bursts(share, 1.0 / run));
        }
        if let Some(max) = self.jitter {
            conditions.jitter = Jitter::Gaussian { sigma: max * MS / 2, max: max * MS };
        }
        conditions.delay = self.delay.map_or(conditions.delay, |delay| delay * MS);
        conditions.in_order &= !self.out_of_order;
        conditions.kbps = self.rate.or(conditions.kbps);
        conditions.queue = self.queue.map_or(conditions.queue, |queue| Queue::Time(queue * MS));
        conditions.duplicate = self.duplicate.unwrap_or(conditions.duplicate);
        conditions.overtake = self.overtake.unwrap_or(conditions.overtake);
    }

    fn check(&self) -> Result<()> {
        for share in [self.loss, self.duplicate, self.overtake].into_iter().flatten() {
            anyhow::ensure!((0.0..1.0).contains(&share), "{share} is no share: 0.2 is a fifth");
        }
        anyhow::ensure!(self.run.is_none_or(|run| run >= 1.0), "a run has at least one packet");
        anyhow::ensure!(self.rate.is_none_or(|rate| rate > 0.0), "nothing crosses a link without a rate");
        Ok(())
    }
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.profile.as_str() {
        "list" => {
            for Profile { name, about, seconds, .. } in profiles::all(arguments.seed) {
                println!("{name:<14} {seconds:>3} s  {about}");
            }
            return Ok(ExitCode::SUCCESS);
        }
        "head" => {
            println!("{}", text::TABLE_HEAD);
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let setting = setting(&arguments)?;
    std::fs::create_dir_all(&setting.folder)?;
    let Some(left) = place(&setting)? else { bail!("network namespaces need root") };
    let python = (!arguments.no_scores).then_some(arguments.python.as_path());
    let report = Report::of(&left, setting.profile.name, arguments.skip, python, &setting.folder)?;
    match (arguments.brief, arguments.row) {
        (true, _) => print!("{}", text::brief(&report)),
        (_, true) => print!("{}", text::rows(&report)),
        (false, false) => print!("{}", text::whole(&report)),
    }
    std::fs::write(setting.folder.join("report.json"), serde_json::to_vec_pretty(&report)?)?;
    for (from, direction) in report.directions.iter().enumerate() {
        curves::draw(&left, from, direction, &setting.folder)?;
    }
    if !arguments.brief && !arguments.row {
        println!("written to {}", setting.folder.display());
    }
    let whole = !report.void && left.sides.iter().all(|side| side.status.success());
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn setting(arguments: &Arguments) -> Result<Setting> {
    let Arguments { seed, overrides, .. } = arguments;
    overrides.check()?;
    let profile = profiles::named(&arguments.profile, *seed);
    let mut profile = profile.with_context(|| format!("no link '{}'; `list` names them", arguments.profile))?;
    profile.forward = profile.forward.with(|conditions| overrides.apply(conditions));
    profile.backward = profile.backward.with(|conditions| overrides.apply(conditions));
    let film = match &arguments.camera {
        _ if !arguments.video => None,
        Some(path) => Some(Film::File(std::path::absolute(path)?)),
        None => Some(Film::Scene(size(&arguments.size)?)),
    };
    // What comes later on the phone's command line wins.
    let most = arguments.video.then(|| PICTURE_MOST.to_owned());
    let both = |own: &[String]| most.iter().chain(&arguments.option).chain(own).cloned().collect();
    let programs = std::env::current_exe()?;
    let beside = programs.ancestors().nth(2).unwrap_or(Path::new("."));
    Ok(Setting {
        seed: *seed,
        seconds: arguments.seconds.unwrap_or(profile.seconds),
        film,
        cameras: [true, !arguments.one_way],
        speech: arguments.speech.clone().unwrap_or_else(Rig::speech),
        caller: both(&arguments.caller_o),
        callee: both(&arguments.callee_o),
        folder: arguments.out.clone().unwrap_or_else(|| beside.join("lab").join(profile.name)),
        profile,
    })
}

fn size(text: &str) -> Result<Size> {
    let sides = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    let (width, height) = sides.with_context(|| format!("'{text}' is no WIDTHxHEIGHT"))?;
    anyhow::ensure!((64..=1920).contains(&width) && (64..=1920).contains(&height), "64 to 1920 a side, not {text}");
    Ok(Size::new(width, height))
}
