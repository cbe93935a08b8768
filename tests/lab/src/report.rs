//! The report of a call: per direction what was heard, what the link did, and what the phones counted.
//! `lab` writes it as `report.json`, `text` puts it into words.
//! Bytes, losses and delays of the link come from its journal, sound from the files, counters from the phones.

use std::path::Path;

use ahoy_e2e::events::Events;
use ahoy_e2e::report;
use ahoy_e2e::sound::quantile;
use anyhow::Result;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::bottleneck::Bottleneck;
use crate::call::Left;
use crate::conditions::{Micros, S};
use crate::emulator::LATENESS_LIMIT_US;
use crate::hearing::{Hearing, hear};
use crate::journal::Traffic;
use crate::profiles;
use crate::score::{Pair, Scores, judge};
use crate::speech::Speech;
use crate::viewing::{Span, Viewing, view};

/// One direction of a call.
#[derive(Clone, Debug, Serialize)]
pub struct Direction {
    /// `caller to callee` or the other.
    pub name: &'static str,
    /// What was heard.
    pub hearing: Hearing,
    /// How good that was; `None` when nothing could judge it.
    pub scores: Option<Scores>,
    /// What its packets went through.
    pub traffic: Traffic,
    /// Share of the time that the listener's phone made up.
    pub concealed: f64,
    /// Dial to the first sound of the caller's phone; only there.
    pub first_sound_ms: Option<f64>,
    /// What was seen; `None` where no camera was.
    pub viewing: Option<Viewing>,
    /// How the bottleneck was used; `None` where there is none.
    pub bottleneck: Option<Bottleneck>,
    /// The listener's `audio` numbers in the last `stats` line.
    pub audio: Value,
    /// The speaker's numbers of the last `stats` line: `audio`, `rate`, `path`.
    pub sender: Value,
    /// Medians of the listener's gauges.
    pub gauges: Map<String, Value>,
    /// Cores and MB of the listener's phone.
    pub cost: (f64, f64),
}

/// A call.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The link's name.
    pub profile: String,
    /// The link is as its name says, without changes of the moment.
    pub plain: bool,
    /// Length of the call in seconds.
    pub seconds: f64,
    /// How late the emulator was, in us: median, 99th percentile, worst.
    pub lateness_us: [f64; 3],
    /// The emulator was too late too often: the figures are about the machine.
    pub void: bool,
    /// Share of the processors' time that the machine below this one took during the call.
    pub stolen: f64,
    /// Load of the machine, a minute's mean, at the end of the call.
    pub load: f64,
    /// Why there are no scores.
    pub unscored: Option<String>,
    /// Both directions.
    pub directions: Vec<Direction>,
}

/// Numbers of the listener's statistics that rise and fall.
const GAUGES: [&str; 6] =
    ["/audio/buffer_ms", "/audio/target_ms", "/audio/delay_ms", "/audio/kbps", "/audio/frame_ms", "/path/rtt_ms"];

impl Report {
    /// Makes the report of a call; sound and pictures count from `skip_s` on, and this Python judges the sound.
    ///
    /// # Errors
    /// A file or an event is missing.
    pub fn of(left: &Left, profile: &str, skip_s: f64, python: Option<&Path>, folder: &Path) -> Result<Self> {
        let load = std::fs::read_to_string("/proc/loadavg").ok();
        let load = load.and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or(f64::NAN);
        let mut directions = vec![direction(left, 0, skip_s)?, direction(left, 1, skip_s)?];
        let unscored = match python {
            Some(python) => score(left, &mut directions, python, skip_s, folder)?,
            None => Some("not asked for".into()),
        };
        let lateness_us = left.journal.lateness();
        let void = lateness_us[1] > LATENESS_LIMIT_US;
        let seconds = (left.span.1 - left.span.0) as f64 / S as f64;
        let plain = profiles::named(profile, left.seed)
            .is_some_and(|profile| [profile.forward, profile.backward] == left.schedules);
        Ok(Self {
            profile: profile.to_owned(),
            plain,
            seconds,
            lateness_us,
            void,
            stolen: left.stolen,
            load,
            unscored,
            directions,
        })
    }
}

/// Adds the scores; says why there are none.
fn score(
    left: &Left,
    directions: &mut [Direction],
    python: &Path,
    skip_s: f64,
    folder: &Path,
) -> Result<Option<String>> {
    let mut pairs = Vec::new();
    for (listener, direction) in [1, 0].into_iter().zip(&*directions) {
        let heard = Speech::read(&left.sides[listener].heard)?;
        pairs.push(Pair { said: &left.said, heard, hearing: &direction.hearing });
    }
    let judged = judge(&pairs, python, skip_s, folder);
    match judged {
        Ok(scores) => {
            for (direction, scores) in directions.iter_mut().zip(scores) {
                direction.scores = Some(scores);
            }
            Ok(None)
        }
        Err(error) => Ok(Some(format!("{error:#}"))),
    }
}

fn direction(left: &Left, from: usize, skip_s: f64) -> Result<Direction> {
    let (speaker, listener) = (&left.sides[from], &left.sides[1 - from]);
    let hearing = hear(speaker, listener, &left.said, skip_s)?;
    let begin = left.span.0 + (skip_s * S as f64) as Micros;
    let caller = &left.sides[0].events;
    let span = Span {
        dialled: caller.mono_us("dial")?,
        answered: caller.mono_us("answered")?,
        began: left.span.0,
        from: begin,
        ended: left.span.1,
    };
    let viewing = left.cameras[from].as_ref().map(|camera| view(speaker, listener, camera, span)).transpose()?;
    let gaps = viewing.as_ref().map(|viewing| viewing.gaps.as_slice());
    let bottleneck = Bottleneck::of(&left.schedules[from], &left.journal, from, left.span, gaps);
    Ok(Direction {
        name: ["caller to callee", "callee to caller"][from],
        hearing,
        scores: None,
        traffic: left.journal.traffic(from, begin, left.span.1),
        concealed: concealed(&listener.events, begin),
        first_sound_ms: report::set_up(&listener.events).ok().map(|set_up| set_up.first_sound_ms),
        viewing,
        bottleneck,
        audio: last(&listener.events, "audio"),
        sender: ["audio", "rate", "path"]
            .map(|part| (part.to_owned(), last(&speaker.events, part)))
            .into_iter()
            .collect(),
        gauges: gauges(&listener.events),
        cost: report::cost(&listener.events),
    })
}

/// Share of the time since `begin` that was made up.
fn concealed(events: &Events, begin: Micros) -> f64 {
    let mut points = events.all("stats").filter_map(|line| {
        let time = line["mono_us"].as_u64().filter(|time| *time >= begin)?;
        Some((time as f64 / 1_000.0, line.pointer("/audio/concealed_ms")?.as_f64()?))
    });
    let (Some(first), Some(last)) = (points.next(), points.last()) else { return f64::NAN };
    (last.1 - first.1) / (last.0 - first.0)
}

fn last(events: &Events, part: &str) -> Value {
    events.all("stats").last().map_or(Value::Null, |line| line[part].clone())
}

fn gauges(events: &Events) -> Map<String, Value> {
    let median = |gauge: &str| quantile(events.series(gauge), 0.5);
    GAUGES.iter().map(|gauge| ((*gauge).to_owned(), median(gauge).into())).collect()
}
