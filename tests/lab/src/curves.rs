//! How a call went over time: delays, rate, queue, pictures and losses of one direction as a drawing.
//! `lab` has it drawn beside the report.
//! The link's part comes from its journal, the buffer's from the listener's statistics, both on the same clock.

use std::path::Path;

use ahoy_e2e::events::Events;
use ahoy_e2e::sound::quantile;
use anyhow::Result;

use crate::call::Left;
use crate::conditions::{MS, Micros, S};
use crate::journal::{End, Entry};
use crate::plot::{Curve, Panel, Point, write};
use crate::report::Direction;
use crate::viewing::Viewing;

/// Packets are summed up over this long: some 25 of a voice.
const STEP: Micros = 500 * MS;

/// Capacities are drawn up to this many times the highest rate.
const BEYOND: f64 = 1.2;

/// Draws one direction as `NAME.svg`.
///
/// # Errors
/// The disk is full.
pub fn draw(left: &Left, from: usize, direction: &Direction, folder: &Path) -> Result<()> {
    let (begin, end) = left.span;
    let steps = (begin..end).step_by(STEP as usize).map(|time| {
        let packets: Vec<&Entry> = left.journal.between(from, time, time + STEP).collect();
        ((time - begin) as f64 / S as f64, packets)
    });
    let steps: Vec<(f64, Vec<&Entry>)> = steps.collect();
    let link = |figure: fn(&[&Entry]) -> f64| steps.iter().map(|(time, packets)| (*time, figure(packets))).collect();
    let (speaker, listener) = (&left.sides[from].events, &left.sides[1 - from].events);
    let curve = |name, points: Vec<Point>| Curve { name, points, dots: false };
    let dots = |name, points: &[Point]| Curve { name, points: points.to_vec(), dots: true };
    let heard = dots("mouth to ear", &direction.hearing.delays);
    let delays = vec![
        heard,
        curve("link", link(delay)),
        curve("target", series(listener, "/audio/target_ms", begin)),
        curve("buffer", series(listener, "/audio/buffer_ms", begin)),
    ];
    let mut rates = vec![
        curve("offered", link(offered)),
        curve("arrived", link(arrived)),
        curve("target", series(speaker, "/rate/target_kbps", begin)),
    ];
    rates.extend(capacity(left, from, &rates));
    let mut panels = vec![
        Panel { title: "delay of the sound, ms", curves: delays },
        Panel { title: "on the wire, kbit/s", curves: rates },
    ];
    if direction.bottleneck.is_some() {
        panels.push(Panel { title: "wait at the bottleneck, ms", curves: vec![curve("longest", link(queue))] });
    }
    if let Some(Viewing { delays, gaps, sizes, .. }) = &direction.viewing {
        let times = vec![dots("camera to screen", delays), dots("since the one before", gaps)];
        panels.push(Panel { title: "pictures shown, ms", curves: times });
        panels.push(Panel { title: "lines of the picture", curves: vec![dots("shown", sizes)] });
    }
    let losses = vec![curve("lost", link(lost)), curve("dropped", link(dropped))];
    panels.push(Panel { title: "packets lost, %", curves: losses });
    let file = folder.join(format!("{}.svg", direction.name.replace(' ', "-")));
    write(&file, direction.name, &panels, (end - begin) as f64 / S as f64)
}

/// What the bottleneck can carry; where that is far beyond what was ever sent, a line at the top would only flatten the others.
fn capacity(left: &Left, from: usize, rates: &[Curve]) -> Option<Curve> {
    let (begin, end) = left.span;
    let schedule = &left.schedules[from];
    let _ = schedule.carries(0, end - begin)?;
    let highest = rates.iter().flat_map(|curve| &curve.points).map(|point| point.1).fold(0.0, f64::max);
    let mut points: Vec<Point> = Vec::new();
    for (time, conditions) in schedule.steps().iter().filter(|(time, _)| *time < end - begin) {
        let (time, kbps) = (*time as f64 / S as f64, conditions.kbps?.min(highest * BEYOND));
        points.extend(points.last().map(|last| (time, last.1)));
        points.push((time, kbps));
    }
    points.extend(points.last().map(|last| ((end - begin) as f64 / S as f64, last.1)));
    Some(Curve { name: "capacity", points, dots: false })
}

/// A number of the statistics over the time of the call.
fn series(events: &Events, pointer: &str, begin: Micros) -> Vec<Point> {
    let point = |line: &serde_json::Value| {
        let time = line["mono_us"].as_f64()? - begin as f64;
        Some((time / S as f64, line.pointer(pointer)?.as_f64()?))
    };
    events.all("stats").filter_map(point).collect()
}

fn delay(packets: &[&Entry]) -> f64 {
    let delays = packets.iter().filter_map(|entry| match entry.end {
        End::Arrived { out, .. } => Some(out.saturating_sub(entry.came) as f64 / MS as f64),
        End::Copy { .. } | End::Lost | End::Dropped | End::Stray => None,
    });
    quantile(delays, 0.5)
}

fn queue(packets: &[&Entry]) -> f64 {
    let waits = packets.iter().filter_map(|entry| match entry.end {
        End::Arrived { queued, .. } => Some(queued as f64 / MS as f64),
        End::Copy { .. } | End::Lost | End::Dropped | End::Stray => None,
    });
    waits.fold(0.0, f64::max)
}

fn offered(packets: &[&Entry]) -> f64 {
    kbps(packets, |end| matches!(end, End::Arrived { .. } | End::Lost | End::Dropped))
}

fn arrived(packets: &[&Entry]) -> f64 {
    kbps(packets, |end| matches!(end, End::Arrived { .. }))
}

fn kbps(packets: &[&Entry], counts: fn(&End) -> bool) -> f64 {
    let bytes: usize = packets.iter().filter(|entry| counts(&entry.end)).map(|entry| entry.bytes).sum();
    bytes as f64 * 8.0 * MS as f64 / STEP as f64
}

fn lost(packets: &[&Entry]) -> f64 {
    percent(packets, |end| *end == End::Lost)
}

fn dropped(packets: &[&Entry]) -> f64 {
    percent(packets, |end| *end == End::Dropped)
}

fn percent(packets: &[&Entry], counts: fn(&End) -> bool) -> f64 {
    let offered = packets.iter().filter(|entry| !matches!(entry.end, End::Copy { .. } | End::Stray)).count();
    packets.iter().filter(|entry| counts(&entry.end)).count() as f64 * 100.0 / offered.max(1) as f64
}
