//! The report in words: whole, one line a direction, or rows of a table; Chrome's figure on the same link stands in brackets.
//! `lab` prints one of them.
//! Nothing is computed here, and a figure that is none is shown as a dash.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::bottleneck::{Bottleneck, Change, Goal};
use crate::chrome::{self, Chrome, ChromePicture};
use crate::emulator::LATENESS_LIMIT_US;
use crate::report::{Direction, Report};
use crate::score::Scores;
use crate::viewing::Viewing;

/// The head of the table that [`rows`] fills.
pub const TABLE_HEAD: &str = "\
| link, direction | camera to screen p50 / p95, ms | frames/s | frozen, % | longest gap, ms | lines | picture, kbit/s | PSNR, dB | key frames \
| first picture after dial / answer, ms | use, % | queue p50 / p95 / most, ms | after changes | mouth to ear p50 / p95, ms | invented, % | ViSQOL / PESQ |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";

/// All of it.
#[must_use]
pub fn whole(report: &Report) -> String {
    let mut text = String::new();
    for direction in &report.directions {
        let rival = rival(report, direction);
        text.push_str(&voice(direction, rival));
        if let Some(viewing) = &direction.viewing {
            text.push_str(&picture(viewing, rival.and_then(|rival| rival.picture)));
        }
        if let Some(bottleneck) = &direction.bottleneck {
            text.push_str(&link(bottleneck, rival.and_then(|rival| rival.picture), direction.viewing.is_some()));
        }
        text.push_str(&counters(direction));
    }
    let [median, p99, worst] = report.lateness_us;
    let _ = writeln!(
        text,
        "\nemulator late by {median:.0} us, p99 {p99:.0}, worst {worst:.0}; {:.1} % of the processors stolen, load {:.1}",
        report.stolen * 100.0,
        report.load
    );
    if let Some(why) = &report.unscored {
        let _ = writeln!(text, "no scores: {why}");
    }
    text + &void(report)
}

/// One line a direction.
#[must_use]
pub fn brief(report: &Report) -> String {
    let mut text = String::new();
    for direction in &report.directions {
        let rival = rival(report, direction);
        let ear = rival.map(|rival| rival.ear_ms);
        let hearing = &direction.hearing;
        let _ = write!(
            text,
            "{} {}: ear {}, invented {}",
            report.profile,
            direction.name,
            pair((hearing.delay_p50_ms, hearing.delay_p95_ms), ear),
            percent(direction.concealed, rival.map(|rival| rival.concealed))
        );
        if let Some(viewing) = &direction.viewing {
            let picture = rival.and_then(|rival| rival.picture);
            let _ = write!(
                text,
                "; screen {}, {} fps, frozen {}, gap {} ms, {} lines, {} kbit/s, {} dB, {} key, first {} / {} ms",
                pair((viewing.delay_p50_ms, viewing.delay_p95_ms), picture.map(|picture| picture.screen_ms)),
                beside(viewing.fps, 1, picture.map(|picture| picture.fps)),
                percent(viewing.frozen, picture.and_then(|picture| picture.frozen)),
                number(viewing.longest_gap_ms, 0),
                viewing.lines,
                number(viewing.kbps, 0),
                number(viewing.psnr_p50_db, 1),
                number(viewing.key_frames, 0),
                number(viewing.first_ms.unwrap_or(f64::NAN), 0),
                number(viewing.first_answered_ms.unwrap_or(f64::NAN), 0),
            );
        }
        if let Some(bottleneck) = &direction.bottleneck {
            let Bottleneck { used, queue_p50_ms, queue_p95_ms, queue_most_ms, changes, .. } = bottleneck;
            let _ = write!(
                text,
                "; use {:.0} %, queue {queue_p50_ms:.0}/{queue_p95_ms:.0}/{queue_most_ms:.0} ms",
                used * 100.0
            );
            if direction.viewing.is_some() && !changes.is_empty() {
                let _ = write!(text, "; {}", short_changes(changes));
            }
        }
        text.push('\n');
    }
    text + &void(report)
}

/// Rows of a table in Markdown, one a direction that has a picture, or all of a call by voice.
#[must_use]
pub fn rows(report: &Report) -> String {
    let pictures = report.directions.iter().any(|direction| direction.viewing.is_some());
    let mut text = String::new();
    for direction in report.directions.iter().filter(|direction| !pictures || direction.viewing.is_some()) {
        let rival = rival(report, direction);
        let picture = rival.and_then(|rival| rival.picture);
        let mut cells = vec![format!("{}, {}", report.profile, direction.name)];
        match &direction.viewing {
            Some(viewing) => cells.extend(viewing_cells(viewing, picture)),
            None => cells.extend(vec!["-".to_owned(); 9]),
        }
        match &direction.bottleneck {
            Some(bottleneck) => {
                let Bottleneck { queue_p50_ms, queue_p95_ms, queue_most_ms, changes, .. } = bottleneck;
                cells.push(percent(bottleneck.used, picture.and_then(|picture| picture.used)).replace(" %", ""));
                cells.push(format!("{queue_p50_ms:.0} / {queue_p95_ms:.0} / {queue_most_ms:.0}"));
                cells.push(direction.viewing.as_ref().map_or("-".into(), |_| short_changes(changes)));
            }
            None => cells.extend(vec!["-".to_owned(); 3]),
        }
        let hearing = &direction.hearing;
        cells.push(pair((hearing.delay_p50_ms, hearing.delay_p95_ms), rival.map(|rival| rival.ear_ms)));
        cells.push(percent(direction.concealed, rival.map(|rival| rival.concealed)).replace(" %", ""));
        let score = |score: fn(&Scores) -> Option<f64>| direction.scores.as_ref().and_then(score).unwrap_or(f64::NAN);
        let visqol = beside(score(|scores| scores.visqol), 2, rival.map(|rival| rival.visqol));
        let pesq = beside(score(|scores| scores.pesq), 2, rival.map(|rival| rival.pesq));
        cells.push(format!("{visqol} / {pesq}"));
        let _ = writeln!(text, "| {} |{}", cells.join(" | "), if report.void { " VOID" } else { "" });
    }
    text
}

fn viewing_cells(viewing: &Viewing, rival: Option<ChromePicture>) -> Vec<String> {
    vec![
        pair((viewing.delay_p50_ms, viewing.delay_p95_ms), rival.map(|rival| rival.screen_ms)),
        beside(viewing.fps, 1, rival.map(|rival| rival.fps)),
        percent(viewing.frozen, rival.and_then(|rival| rival.frozen)).replace(" %", ""),
        number(viewing.longest_gap_ms, 0),
        viewing.lines.to_string(),
        number(viewing.kbps, 0),
        number(viewing.psnr_p50_db, 1),
        number(viewing.key_frames, 0),
        pair((viewing.first_ms.unwrap_or(f64::NAN), viewing.first_answered_ms.unwrap_or(f64::NAN)), None),
    ]
}

/// Chrome's figures for this direction; none where the link was changed.
fn rival(report: &Report, direction: &Direction) -> Option<Chrome> {
    chrome::figures(&report.profile, direction.viewing.is_some()).filter(|_| report.plain)
}

fn void(report: &Report) -> String {
    if report.void {
        format!("VOID: the emulator was late by more than {LATENESS_LIMIT_US} us at the 99th percentile\n")
    } else {
        String::new()
    }
}

fn voice(direction: &Direction, rival: Option<Chrome>) -> String {
    let Direction { hearing, traffic, .. } = direction;
    let mut text = format!("\n{}\n", direction.name);
    let _ = writeln!(
        text,
        "  mouth to ear   p50 / p95 {} ms   correlation {:.3}, {:.0} % of windows found",
        pair((hearing.delay_p50_ms, hearing.delay_p95_ms), rival.map(|rival| rival.ear_ms)),
        hearing.correlation,
        hearing.found * 100.0
    );
    let first = direction.first_sound_ms.map_or(String::new(), |first| format!("   dial to first sound {first:.0} ms"));
    let _ = writeln!(
        text,
        "  concealed      {}   longest gap {:.0} ms{first}",
        percent(direction.concealed, rival.map(|rival| rival.concealed)),
        hearing.longest_gap_ms
    );
    if let Some(Scores { visqol, pesq, pesq_worst, stoi, pieces }) = direction.scores {
        let show = |score: Option<f64>, rival| beside(score.unwrap_or(f64::NAN), 2, rival);
        let _ = writeln!(
            text,
            "  ViSQOL {}   PESQ {} (worst {})   STOI {}   mean of {pieces} pieces",
            show(visqol, rival.map(|rival| rival.visqol)),
            show(pesq, rival.map(|rival| rival.pesq)),
            show(pesq_worst, None),
            show(stoi, None)
        );
    }
    let _ = writeln!(
        text,
        "  on the wire    {:.1} kbit/s offered in {:.1} packets/s ({:.1} kbit/s in small ones), {} kbit/s arrived",
        traffic.offered_kbps,
        traffic.packets_a_second,
        traffic.small_kbps,
        beside(traffic.arrived_kbps, 1, rival.map(|rival| rival.kbps))
    );
    let _ = writeln!(
        text,
        "  on the way     lost {:.1} % in runs of {:.2}, dropped {:.1} %; {:.1} ms p50, {:.1} ms p95",
        traffic.lost * 100.0,
        traffic.mean_run,
        traffic.dropped * 100.0,
        traffic.delay_p50_ms,
        traffic.delay_p95_ms
    );
    text
}

fn picture(viewing: &Viewing, rival: Option<ChromePicture>) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "  camera to screen  p50 / p95 {} ms   first picture {} ms after the dial, {} after the answer",
        pair((viewing.delay_p50_ms, viewing.delay_p95_ms), rival.map(|rival| rival.screen_ms)),
        number(viewing.first_ms.unwrap_or(f64::NAN), 0),
        number(viewing.first_answered_ms.unwrap_or(f64::NAN), 0)
    );
    let _ = writeln!(
        text,
        "  shown          {} frames/s, frozen {} in {} freezes, paused {}, longest gap {} ms",
        beside(viewing.fps, 1, rival.map(|rival| rival.fps)),
        percent(viewing.frozen, rival.and_then(|rival| rival.frozen)),
        viewing.freezes,
        percent(viewing.paused, None),
        number(viewing.longest_gap_ms, 0)
    );
    let _ = writeln!(
        text,
        "  picture        {} lines ({}), {} kbit/s, {} key frames, PSNR p50 {} dB  p5 {} dB",
        viewing.lines,
        sizes(&viewing.lines_share),
        number(viewing.kbps, 0),
        number(viewing.key_frames, 0),
        number(viewing.psnr_p50_db, 1),
        number(viewing.psnr_p5_db, 1)
    );
    if viewing.misplaced > 0 {
        let _ = writeln!(text, "  WRONG: {} pictures are none of the camera's at their time", viewing.misplaced);
    }
    text
}

fn sizes(shares: &BTreeMap<u16, f64>) -> String {
    let each = shares.iter().rev().map(|(lines, share)| format!("{lines}: {:.0} %", share * 100.0));
    each.collect::<Vec<_>>().join(", ")
}

fn link(bottleneck: &Bottleneck, rival: Option<ChromePicture>, video: bool) -> String {
    let Bottleneck { kbps, used, queue_p50_ms, queue_p95_ms, queue_most_ms, changes } = bottleneck;
    let used = percent(*used, rival.and_then(|rival| rival.used));
    let mut text = format!(
        "  bottleneck     used {used} of {kbps:.0} kbit/s; queue p50 {queue_p50_ms:.0} ms  p95 {queue_p95_ms:.0} ms  most {queue_most_ms:.0} ms\n"
    );
    for change in changes.iter().filter(|_| video) {
        let Change { at_s, from_kbps, to_kbps, goal, took_s, longest_gap_ms, .. } = change;
        let (what, others) = match goal {
            Goal::ShortQueue => ("queue below 60 ms".to_owned(), chrome::changes::SHORT_QUEUE),
            Goal::Share(kbps) => (format!("80 % ({kbps:.0} kbit/s)"), chrome::changes::SHARE),
            Goal::Back(kbps) => (format!("90 % of before ({kbps:.0} kbit/s)"), chrome::changes::BACK),
        };
        let took = took_s.map_or("never".to_owned(), |took_s| format!("after {took_s:.1} s"));
        let gap = longest_gap_ms.map_or(String::new(), |gap| format!(", longest gap of the picture {gap:.0} ms"));
        let _ = writeln!(
            text,
            "  at {at_s:3.0} s       {from_kbps:.0} to {to_kbps:.0} kbit/s: {what} {took} [{others}]{gap}"
        );
    }
    text
}

fn short_changes(changes: &[Change]) -> String {
    let each = changes.iter().map(|change| {
        let took = change.took_s.map_or("never".to_owned(), |took_s| format!("{took_s:.1} s"));
        let gap = change.longest_gap_ms.map_or(String::new(), |gap| format!(" (gap {gap:.0} ms)"));
        let what = match change.goal {
            Goal::ShortQueue => "queue",
            Goal::Share(_) => "80 %",
            Goal::Back(_) => "90 %",
        };
        format!("{:.0} to {:.0}: {what} {took}{gap}", change.from_kbps, change.to_kbps)
    });
    each.collect::<Vec<_>>().join(", ")
}

fn counters(direction: &Direction) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "  heard          {}", line(&direction.audio));
    let short = |name: &str| name.replace("/audio/", "").replace("/path/", "");
    let medians: Map<String, Value> =
        direction.gauges.iter().map(|(name, value)| (short(name), value.clone())).collect();
    let _ = writeln!(text, "  medians        {}", line(&Value::Object(medians)));
    let _ = writeln!(text, "  sent           {}", line(&direction.sender["rate"]));
    let _ = writeln!(text, "  cost           {:.2} of a core, {:.0} MB", direction.cost.0, direction.cost.1);
    text
}

/// A figure, and Chrome's.
fn beside(value: f64, digits: usize, rival: Option<f64>) -> String {
    let rival = rival.map_or(String::new(), |rival| format!(" [{rival}]"));
    number(value, digits) + &rival
}

/// A share as a percentage, and Chrome's.
fn percent(share: f64, rival: Option<f64>) -> String {
    let rival = rival.map_or(String::new(), |rival| format!(" [{}]", (rival * 1_000.0).round() / 10.0));
    format!("{} %{rival}", number(share * 100.0, 2))
}

/// Median and 95th percentile, and Chrome's.
fn pair((p50, p95): (f64, f64), rival: Option<(f64, f64)>) -> String {
    let rival = rival.map_or(String::new(), |(p50, p95)| format!(" [{p50} / {p95}]"));
    format!("{} / {}{rival}", number(p50, 0), number(p95, 0))
}

fn number(value: f64, digits: usize) -> String {
    if value.is_finite() { format!("{value:.digits$}") } else { "-".into() }
}

/// Numbers on one line, to a tenth; those of nothing are left out.
fn line(numbers: &Value) -> String {
    let show = |(name, value): (&String, &Value)| match value.as_f64() {
        Some(number) => format!("{name} {}", (number * 10.0).round() / 10.0),
        None => format!("{name} {value}"),
    };
    let known = numbers.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    known.map(show).collect::<Vec<_>>().join("  ")
}
