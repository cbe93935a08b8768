//! The report of a call: per direction what was heard, what the link did, and what the phones counted.
//! `lab` prints it and writes it as `report.json`.
//! Bytes, losses and delays of the link come from its journal, sound from the files, counters from the phones.

use std::path::Path;

use ahoy_e2e::events::Events;
use ahoy_e2e::report;
use ahoy_e2e::sound::quantile;
use anyhow::Result;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::Left;
use crate::conditions::{Micros, S};
use crate::emulator::LATENESS_LIMIT_US;
use crate::hearing::{Hearing, hear};
use crate::journal::Traffic;
use crate::score::{Pair, Scores, judge};
use crate::speech::Speech;

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
    /// Camera to screen: median and 95th percentile in ms.
    pub picture_ms: Option<(f64, f64)>,
    /// Luma PSNR: median and 5th percentile in dB.
    pub psnr_db: Option<(f64, f64)>,
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
    /// How late the emulator was, in us: median, 99th percentile, worst.
    pub lateness_us: [f64; 3],
    /// The emulator was too late too often: the figures are about the machine.
    pub void: bool,
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
    /// Makes the report of a call; sound counts from `skip_s` on, and this Python judges it.
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
        Ok(Self { profile: profile.to_owned(), lateness_us, void, load, unscored, directions })
    }

    /// Prints it.
    pub fn print(&self) {
        for direction in &self.directions {
            direction.print();
        }
        let [median, p99, worst] = self.lateness_us;
        println!("\nemulator late by {median:.0} us, p99 {p99:.0}, worst {worst:.0}; load {:.1}", self.load);
        if let Some(why) = &self.unscored {
            println!("no scores: {why}");
        }
        if self.void {
            println!("VOID: the emulator was late by more than {LATENESS_LIMIT_US} us at the 99th percentile");
        }
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
    let picture = match &left.camera {
        // The sound of this is e2e's, over the whole call and short delays; only its picture is wanted.
        Some(camera) => Some(report::picture(speaker, listener, camera)?),
        None => None,
    };
    Ok(Direction {
        name: ["caller to callee", "callee to caller"][from],
        hearing,
        scores: None,
        traffic: left.journal.traffic(from, begin, left.span.1),
        concealed: concealed(&listener.events, begin),
        first_sound_ms: report::set_up(&listener.events).ok().map(|set_up| set_up.first_sound_ms),
        picture_ms: picture.and_then(|picture| picture.0),
        psnr_db: picture.and_then(|picture| picture.1),
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

impl Direction {
    fn print(&self) {
        let Self { hearing, traffic, .. } = self;
        println!("\n{}", self.name);
        println!(
            "  mouth to ear   p50 {:5.1} ms  p95 {:5.1} ms   correlation {:.3}, {:.0} % of windows found",
            hearing.delay_p50_ms,
            hearing.delay_p95_ms,
            hearing.correlation,
            hearing.found * 100.0
        );
        let first = self.first_sound_ms.map_or(String::new(), |first| format!("   dial to first sound {first:.0} ms"));
        println!(
            "  concealed      {:5.2} %   longest gap {:.0} ms{first}",
            self.concealed * 100.0,
            hearing.longest_gap_ms
        );
        if let Some(Scores { visqol, pesq, pesq_worst, stoi, pieces }) = self.scores {
            let show = |score: Option<f64>| score.map_or("-".into(), |score| format!("{score:.2}"));
            let [visqol, pesq, worst, stoi] = [visqol, pesq, pesq_worst, stoi].map(show);
            println!("  ViSQOL {visqol}   PESQ {pesq} (worst {worst})   STOI {stoi}   mean of {pieces} pieces");
        }
        println!(
            "  on the wire    {:.1} kbit/s offered in {:.1} packets/s ({:.1} kbit/s in small ones), {:.1} kbit/s arrived",
            traffic.offered_kbps, traffic.packets_a_second, traffic.small_kbps, traffic.arrived_kbps
        );
        println!(
            "  on the way     lost {:.1} % in runs of {:.2}, dropped {:.1} %; {:.1} ms p50, {:.1} ms p95",
            traffic.lost * 100.0,
            traffic.mean_run,
            traffic.dropped * 100.0,
            traffic.delay_p50_ms,
            traffic.delay_p95_ms
        );
        if let (Some((p50, p95)), Some((psnr, worst))) = (self.picture_ms, self.psnr_db) {
            println!("  picture        p50 {p50:.0} ms  p95 {p95:.0} ms   PSNR p50 {psnr:.1} dB  p5 {worst:.1} dB");
        }
        println!("  heard          {}", line(&self.audio));
        let medians: Map<String, Value> = self
            .gauges
            .iter()
            .map(|(name, value)| (name.replace("/audio/", "").replace("/path/", ""), value.clone()))
            .collect();
        println!("  medians        {}", line(&Value::Object(medians)));
        println!("  sent           {}", line(&self.sender["rate"]));
        println!("  cost           {:.2} of a core, {:.0} MB", self.cost.0, self.cost.1);
    }
}

/// Numbers on one line, to a tenth; those of nothing are left out.
fn line(numbers: &Value) -> String {
    let show = |(name, value): (&String, &Value)| match value.as_f64() {
        Some(number) => format!("{name} {}", (number * 10.0).round() / 10.0),
        None => format!("{name} {value}"),
    };
    numbers
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(show)
        .collect::<Vec<_>>()
        .join("  ")
}
