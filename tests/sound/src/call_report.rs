//! The table of whole calls: which links, what is aimed at on each, and what was found.
//! `call-table` writes it.
//! A call begins with speech that is not judged, in which the phones find out what the link is like.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use ahoy_e2e::sound::{RATE as FOUND_RATE, Sound, quantile};
use ahoy_engine::session::AudioStats;
use ahoy_engine::settings::Settings;
use ahoy_lab::conditions::Schedule;
use ahoy_lab::profiles;
use ahoy_media::voice_rate::PACKET_BYTES;
use anyhow::{Context as _, Result, ensure};

use crate::call::{Call, Heard, place};
use crate::grid::Voice;
use crate::scores::{Judge, Pair, Scores};
use crate::speech::{RATE, Speech};

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// What it is called.
    pub name: &'static str,
    /// The lab's name of the link.
    link: &'static str,
    low_delay: bool,
    stall: Option<(u64, u64)>,
    /// So many calls, each with luck of its own.
    seeds: u64,
    /// What is aimed at, in words.
    target: &'static str,
}

impl Wanted {
    const fn lossy(name: &'static str, target: &'static str) -> Self {
        Self { seeds: 3, ..Self::plain(name, name, target) }
    }

    const fn plain(name: &'static str, link: &'static str, target: &'static str) -> Self {
        Self { name, link, low_delay: false, stall: None, seeds: 1, target }
    }
}

/// Every row.
pub const LINKS: [Wanted; 11] = [
    Wanted::plain("clean", "clean", "p50 <= 37, p95 <= 45 ms"),
    Wanted { low_delay: true, ..Wanted::plain("low delay", "clean", "p50 <= 25 ms") },
    Wanted { stall: Some((7_000_000, 60_000)), ..Wanted::plain("stall", "clean", "") },
    Wanted::plain("jitter", "rmcat", "<= 125 ms, <= 0.5 % invented"),
    Wanted::lossy("loss10", "PESQ >= 4.2"),
    Wanted::lossy("loss20", "ViSQOL >= 4.15, PESQ >= 4.1, <= 110 ms"),
    Wanted::lossy("loss30", "ViSQOL >= 4.05, PESQ >= 3.8, <= 130 ms"),
    Wanted::lossy("burst20", "ViSQOL >= 4.05, PESQ >= 3.7, <= 180 ms"),
    Wanted::plain("100k", "100k", ""),
    Wanted::plain("50k", "50k", "ViSQOL >= 3.8, <= 250 ms"),
    Wanted::plain("25k", "25k", "STOI >= 0.8"),
];

/// Recorded voices, each judged by itself.
const VOICES: [&str; 4] = ["allison", "june", "carlo", "ivrvoice"];

/// Voices that the phones get to know the link with.
const FIRST: [&str; 2] = ["ivrvoice", "alsa"];

/// Seconds of every voice.
const VOICE_S: f64 = 8.0;

/// Windows that are looked for, as in the lab.
const WINDOW_S: f64 = 0.5;
const LONGEST_DELAY_MS: i64 = 1_000;
const ALIKE: f64 = 0.6;

/// What came of a row.
pub struct Row {
    wanted: Wanted,
    p50_ms: f64,
    p95_ms: f64,
    invented: f64,
    wire_kbps: f64,
    plan: String,
    scores: Vec<Scores>,
}

/// Places the calls and has them judged.
///
/// # Errors
/// A voice is missing, or the judge does not answer.
pub fn rows(wanted: &[&Wanted], voices: &[Voice], judge: &Judge, work: &Path) -> Result<Vec<Row>> {
    std::fs::create_dir_all(work)?;
    let named =
        |name: &&str| voices.iter().find(|voice| voice.name == **name).with_context(|| format!("no voice {name}"));
    let judged = VOICES.iter().map(named).collect::<Result<Vec<_>>>()?;
    let first = FIRST.iter().map(named).collect::<Result<Vec<_>>>()?;
    let all = first.iter().chain(&judged).flat_map(|voice| voice.speech.samples());
    let said = Speech::of(all.copied().collect());
    let from_s = first.len() as f64 * VOICE_S;
    let mut rows = Vec::new();
    for wanted in wanted {
        eprintln!("call-table: {}", wanted.name);
        let heard = (1..=wanted.seeds).map(|seed| place(&call(wanted, seed)?, said.samples()));
        let parts = heard.enumerate().map(|(n, heard)| part(wanted, n, &said, &heard?, from_s, work, &judged));
        rows.push(row(wanted, &parts.collect::<Result<Vec<_>>>()?, judge)?);
    }
    Ok(rows)
}

fn call(wanted: &Wanted, seed: u64) -> Result<Call> {
    let link = profiles::named(wanted.link, seed).with_context(|| format!("the lab has no link {}", wanted.link))?;
    let mut wishes = Settings::default().voice();
    wishes.low_delay = wanted.low_delay;
    let schedule = |schedule: &Schedule| schedule.clone();
    let (forward, backward) = (schedule(&link.forward), schedule(&link.backward));
    Ok(Call { forward, backward, seed, wishes, ppm: 0.0, stall: wanted.stall })
}

/// What one call gives to its row.
struct Part {
    delays: Vec<f64>,
    invented: f64,
    wire_kbps: f64,
    plan: String,
    pairs: Vec<Pair>,
    /// The same, put in line piece by piece.
    in_line: Vec<Pair>,
}

fn part(
    wanted: &Wanted,
    number: usize,
    said: &Speech,
    heard: &Heard,
    from_s: f64,
    work: &Path,
    judged: &[&Voice],
) -> Result<Part> {
    let delays = delays(said, heard);
    let inside =
        |from: f64, to: f64| delays.iter().filter(move |(at, _)| (from..to).contains(at)).map(|(_, delay)| *delay);
    let heard_speech = Speech::of(heard.samples.clone());
    let (mut pairs, mut in_line) = (Vec::new(), Vec::new());
    for (place, voice) in judged.iter().enumerate() {
        let begin = from_s + place as f64 * VOICE_S;
        let delay_s = quantile(inside(begin, begin + VOICE_S), 0.5) / 1_000.0;
        ensure!(delay_s.is_finite(), "{}: nothing of {} was heard", wanted.name, voice.name);
        let name = format!("{}-{number}-{}", wanted.name.replace(' ', "-"), voice.name);
        let (path, line) = (work.join(format!("{name}.wav")), work.join(format!("{name}-in-line.wav")));
        heard_speech.part(begin + delay_s, VOICE_S).write(&path)?;
        put_in_line(&heard_speech, begin, &delays).write(&line)?;
        pairs.push((voice.path.clone(), path));
        in_line.push((voice.path.clone(), line));
    }
    let (first, last) = between(&heard.numbers, from_s)?;
    let (sent_first, sent_last) = between(&heard.sending, from_s)?;
    let seconds = last.0 - first.0;
    let bytes = sent_last.1.sent_bytes - sent_first.1.sent_bytes;
    let packets = sent_last.1.sent - sent_first.1.sent;
    Ok(Part {
        delays: inside(from_s, f64::INFINITY).collect(),
        invented: (last.1.concealed_ms - first.1.concealed_ms) as f64 / (seconds * 1_000.0)
            + heard.missing as f64 / f64::from(RATE) / seconds,
        wire_kbps: (bytes + packets * PACKET_BYTES as u64) as f64 * 8.0 / seconds / 1_000.0,
        plan: plan(&sent_last.1),
        pairs,
        in_line,
    })
}

fn row(wanted: &Wanted, parts: &[Part], judge: &Judge) -> Result<Row> {
    let pairs: Vec<Pair> = parts.iter().flat_map(|part| part.pairs.clone()).collect();
    let mean = |of: fn(&Part) -> f64| parts.iter().map(of).sum::<f64>() / parts.len() as f64;
    let delay = |share| quantile(parts.iter().flat_map(|part| part.delays.iter().copied()), share);
    let mut plans: Vec<&str> = parts.iter().map(|part| part.plan.as_str()).collect();
    plans.dedup();
    let mut scores = judge.score(&pairs)?;
    let in_line: Vec<Pair> = parts.iter().flat_map(|part| part.in_line.clone()).collect();
    for (scores, in_line) in scores.iter_mut().zip(judge.score(&in_line)?) {
        scores.stoi = in_line.stoi;
    }
    Ok(Row {
        wanted: *wanted,
        p50_ms: delay(0.5),
        p95_ms: delay(0.95),
        invented: 100.0 * mean(|part| part.invented),
        wire_kbps: mean(|part| part.wire_kbps),
        plan: plans.join("; "),
        scores,
    })
}

/// What was heard of a voice, every window moved by its own delay, or by the last one known where none was found.
fn put_in_line(heard: &Speech, begin: f64, delays: &[(f64, f64)]) -> Speech {
    let windows = (0..(VOICE_S / WINDOW_S) as usize).map(|n| begin + n as f64 * WINDOW_S);
    let delay_s = |at: f64| {
        let known = delays.iter().rev().find(|(place, _)| *place <= at + WINDOW_S / 2.0).or(delays.first());
        known.map_or(0.0, |(_, delay)| delay / 1_000.0)
    };
    Speech::of(windows.flat_map(|at| heard.part(at + delay_s(at), WINDOW_S).samples().to_vec()).collect())
}

/// Delay of every window of what was said that was found again, by its place in seconds.
fn delays(said: &Speech, heard: &Heard) -> Vec<(f64, f64)> {
    let narrow =
        |samples: &[f32]| Sound::of(&samples.iter().copied().map(f64::from).collect::<Vec<_>>(), RATE as usize);
    let (mut said, heard) = (narrow(said.samples()), narrow(&heard.samples));
    said.0.truncate(heard.0.len().saturating_sub(FOUND_RATE));
    let found = heard.find_within(&said, WINDOW_S, 0..=LONGEST_DELAY_MS);
    found.iter().filter(|window| window.correlation > ALIKE).map(|window| (window.at_s, window.delay_ms)).collect()
}

/// The first numbers from a second on, and the last.
fn between(
    numbers: &[(f64, Arc<AudioStats>)],
    from_s: f64,
) -> Result<(&(f64, Arc<AudioStats>), &(f64, Arc<AudioStats>))> {
    let first = numbers.iter().find(|(at, _)| *at >= from_s);
    first.zip(numbers.last()).context("the call had no numbers")
}

fn plan(numbers: &AudioStats) -> String {
    let Some(plan) = numbers.plan else { return "-".to_owned() };
    let copies: Vec<String> = plan.copies.spacings().iter().map(|spacing| format!("+{spacing}")).collect();
    let mut text = format!("{} kbit/s, {} ms", plan.kbps.0, plan.frame.ms());
    for (there, part) in [
        (!copies.is_empty(), format!(", copies {}", copies.join(" "))),
        (plan.fec, ", FEC".to_owned()),
        (!plan.dred.is_zero(), format!(", DRED {} ms", plan.dred.as_millis())),
        (plan.resend, ", sent again".to_owned()),
    ] {
        if there {
            text += &part;
        }
    }
    text
}

/// The rows as a table, with what it is.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "# Whole calls\n\n\
         Made by `./x bench calls`. The phone's own audio workers talk in virtual time over the lab's model of a link (`./x lab list`): capture, \
         encoder, protection, datagrams, feedback, jitter buffer, decoder, stretching, playout. Threads, sockets and devices are missing, which add \
         a few milliseconds to a call between processes. Each of {} recorded voices ({}) speaks {VOICE_S} s after {} s of others; scores are means, on lossy links over three calls. \
         *Delay* is from the microphone's samples to the speaker's, p50 / p95 of windows of half a second; STOI, which knows no delay that changes, is of the sound put in line window by window; *invented* counts what the speaker found missing too; *wire* is of the speaking side; *plan* is how \
         the voice was sent at the end. *stall*: the listener's worker stands still for 60 ms every 7 s.\n\n\
         | link | delay | PESQ | ViSQOL | STOI | invented | wire | plan | target |\n|---|---|---|---|---|---|---|---|---|\n",
        VOICES.len(),
        VOICES.join(", "),
        FIRST.len() as f64 * VOICE_S,
    );
    for row in rows {
        let mean = |of: &dyn Fn(&Scores) -> Option<f64>| {
            let scores: Vec<f64> = row.scores.iter().filter_map(of).collect();
            if scores.len() < row.scores.len() {
                "-".to_owned()
            } else {
                format!("{:.2}", scores.iter().sum::<f64>() / scores.len() as f64)
            }
        };
        let _ = writeln!(
            text,
            "| {} | {:.0} / {:.0} ms | {} | {} | {} | {:.2} % | {:.0} kbit/s | {} | {} |",
            row.wanted.name,
            row.p50_ms,
            row.p95_ms,
            mean(&|scores| scores.pesq),
            mean(&|scores| scores.visqol),
            mean(&|scores| scores.stoi),
            row.invented,
            row.wire_kbps,
            row.plan,
            row.wanted.target,
        );
    }
    text
}
