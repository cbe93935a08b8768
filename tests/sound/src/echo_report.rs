//! The table of echo and noise: which rooms and noises are tried, and how a row is written.
//! `echo-table` makes the sounds and files, this decides what they are and how they read.
//! Every row names what was measured; nothing is averaged away.

use std::fmt::Write as _;

use crate::echo::{amplitude, energy};
use crate::room::{Noise, Room};
use crate::scores::Scores;

/// A room of usual kind; the cases differ from it in one thing each.
const USUAL: Room = Room { rt60: 0.2, gain_db: -12.0, delay_ms: 60.0, jump: None, skew_ppm: 0.0, distorts: false };

/// The rooms of the table, and the delay in milliseconds that the devices are said to have.
pub const ROOMS: [(&str, Room, u64); 12] = [
    ("usual: RT60 0.2 s, -12 dB, 60 ms", USUAL, 60),
    ("loudspeaker -6 dB", Room { gain_db: -6.0, ..USUAL }, 60),
    ("loudspeaker -20 dB", Room { gain_db: -20.0, ..USUAL }, 60),
    ("loudspeaker -26 dB", Room { gain_db: -26.0, ..USUAL }, 60),
    (NO_ECHO, Room { gain_db: -120.0, ..USUAL }, 60),
    ("RT60 0.4 s", Room { rt60: 0.4, ..USUAL }, 60),
    ("distorting loudspeaker", Room { distorts: true, ..USUAL }, 60),
    ("20 ms", Room { delay_ms: 20.0, ..USUAL }, 20),
    ("150 ms, devices say 0", Room { delay_ms: 150.0, ..USUAL }, 0),
    ("jumps from 20 to 120 ms at 5 s", Room { delay_ms: 20.0, jump: Some((5.0, 120.0)), ..USUAL }, 20),
    ("clocks 50 ppm apart", Room { skew_ppm: 50.0, ..USUAL }, 60),
    ("RT60 0.3 s, -9 dB, 90 ms, devices say 60", Room { rt60: 0.3, gain_db: -9.0, delay_ms: 90.0, ..USUAL }, 60),
];

/// The room whose echo nobody could hear, as with a headset: the canceller should leave everything as it is.
pub const NO_ECHO: &str = "no echo";

/// A row of the echo table.
#[derive(Clone, Debug)]
pub struct EchoRow {
    /// Room and voices.
    pub name: String,
    /// Echo return loss enhancement from 0.5 to 3 s and from 3 s (where the delay jumps: 3 s after that) to the end, far side alone, in dB.
    /// Nothing where there is no echo.
    pub loss_db: Option<(f32, f32)>,
    /// Both at once: what the microphone heard, against the near voice.
    pub heard: Scores,
    /// Both at once: what left.
    pub left: Scores,
}

/// What a step costs.
#[derive(Clone, Debug)]
pub struct CostRow {
    /// Steps that are on.
    pub name: &'static str,
    /// Added delay in milliseconds.
    pub delay_ms: f32,
    /// CPU for 10 ms of sound in microseconds, where the system tells.
    pub cpu_us: Option<f64>,
}

/// A row of the noise table.
#[derive(Clone, Debug)]
pub struct NoiseRow {
    /// Kind and level.
    pub name: String,
    /// Signal over noise after less before, in dB.
    pub gain_db: f32,
    /// Before.
    pub heard: Scores,
    /// After.
    pub left: Scores,
}

/// Kinds of noise behind a voice.
#[derive(Clone, Copy, Debug)]
pub enum NoiseKind {
    /// Evenly spread, as hiss.
    White,
    /// 100 Hz and its harmonics.
    Hum,
    /// Six voices at once.
    Babble,
}

impl NoiseKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::White, Self::Hum, Self::Babble];

    /// So much noise at `dbfs`; `voices` is what babble is made of.
    #[must_use]
    pub fn make(self, samples: usize, dbfs: f32, voices: &[f32]) -> Vec<f32> {
        const TALKERS: usize = 6;
        let mut noise = Noise::new(11);
        let raw: Vec<f32> = match self {
            Self::White => (0..samples).map(|_| noise.gaussian()).collect(),
            Self::Hum => {
                let turn = std::f32::consts::TAU * 100.0 / ahoy_media::SAMPLE_RATE as f32;
                // The phase is kept small: a float of many seconds has no room for it.
                let phase = |index: usize| turn * (index % 480) as f32;
                (0..samples).map(|index| (1..=8).map(|n| (phase(index) * n as f32).sin() / n as f32).sum()).collect()
            }
            Self::Babble => (0..samples)
                .map(|index| {
                    (1..=TALKERS).map(|talker| voices[(index + talker * voices.len() / TALKERS) % voices.len()]).sum()
                })
                .collect(),
        };
        let gain = amplitude(dbfs) / energy(&raw).sqrt().max(f32::MIN_POSITIVE);
        raw.iter().map(|sample| sample * gain).collect()
    }
}

/// The whole report.
#[must_use]
pub fn markdown(echo: &[EchoRow], noise: &[NoiseRow], cost: &[CostRow], command: &str) -> String {
    let mut text = format!(
        "# Echo, noise and what taking them away costs\n\nMade by `{command}`. Scores are before -> after: ViSQOL (lattice), ViSQOL \
         (polynomial), PESQ-WB, STOI. Voices are at -26 dBFS, the microphone's own noise at -80 dBFS. Loss is echo return loss \
         enhancement with the far side alone (after a jump: from 3 s after it); the scores are of the near voice while both speak, echo canceller \
         on, nothing else. A loudspeaker of -12 dB is a near voice 12 dB over the echo. The rows without echo are a headset: \
         what the microphone heard there is what an ideal canceller would leave everywhere.\n\n{}\n\n\
         | Room | Loss 0.5-3 s | Loss after 3 s | ViSQOL | polynomial | PESQ | STOI |\n|---|---|---|---|---|---|---|\n",
        summary(echo)
    );
    for row in echo {
        let loss = row.loss_db.map_or("- | -".to_owned(), |(first, then)| format!("{first:.1} dB | {then:.1} dB"));
        let _ = writeln!(text, "| {} | {loss} | {} |", row.name, both(&row.heard, &row.left));
    }
    text.push_str("\n| Noise | SNR gain | ViSQOL | polynomial | PESQ | STOI |\n|---|---|---|---|---|---|\n");
    for row in noise {
        let _ = writeln!(text, "| {} | {:.1} dB | {} |", row.name, row.gain_db, both(&row.heard, &row.left));
    }
    text.push_str("\n| On | Added delay | CPU for 10 ms | of a core |\n|---|---|---|---|\n");
    for row in cost {
        let cpu = row.cpu_us.map_or("- | -".to_owned(), |us| format!("{us:.0} us | {:.2} %", us / 100.0));
        let _ = writeln!(text, "| {} | {:.1} ms | {cpu} |", row.name, row.delay_ms);
    }
    text
}

/// The targets, and how far from them the worst row is.
fn summary(echo: &[EchoRow]) -> String {
    const LOSS_DB: f32 = 30.0;
    const VISQOL: f64 = 3.5;
    let losses = || echo.iter().filter_map(|row| row.loss_db).map(|loss| loss.1);
    let scores = |of: fn(&Scores) -> Option<f64>| -> Vec<f64> {
        echo.iter().filter(|row| row.loss_db.is_some()).filter_map(|row| of(&row.left)).collect()
    };
    let part = |scores: &[f64]| {
        let lowest = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let reached = scores.iter().filter(|&&score| score >= VISQOL).count();
        format!("{reached} of {} rows with echo, lowest {lowest:.2}", scores.len())
    };
    format!(
        "Wanted after 3 s: {LOSS_DB} dB of loss. Reached in {} of {} rows, lowest {:.1} dB. Wanted of the near voice while both speak: `ViSQOL` {VISQOL}. \
         Reached by the lattice in {}; by the polynomial in {}.",
        losses().filter(|&loss| loss >= LOSS_DB).count(),
        losses().count(),
        losses().fold(f32::INFINITY, f32::min),
        part(&scores(|scores| scores.visqol)),
        part(&scores(|scores| scores.visqol_polynomial)),
    )
}

/// The rows of rooms for other programs: scores are of what left.
#[must_use]
pub fn csv(echo: &[EchoRow]) -> String {
    let mut text =
        "room,loss_first_db,loss_db,heard_visqol,visqol,heard_polynomial,polynomial,heard_pesq,pesq,heard_stoi,stoi\n"
            .to_owned();
    for EchoRow { name, loss_db, heard, left } in echo {
        let figure = |score: Option<f64>| score.map_or(String::new(), |score| format!("{score:.4}"));
        let loss = loss_db.map_or(",".to_owned(), |(first, then)| format!("{first:.2},{then:.2}"));
        let scores = [
            (heard.visqol, left.visqol),
            (heard.visqol_polynomial, left.visqol_polynomial),
            (heard.pesq, left.pesq),
            (heard.stoi, left.stoi),
        ]
        .map(|(before, after)| format!("{},{}", figure(before), figure(after)));
        let _ = writeln!(text, "\"{name}\",{loss},{}", scores.join(","));
    }
    text
}

fn both(before: &Scores, after: &Scores) -> String {
    let figure = |score: Option<f64>| score.map_or("-".to_owned(), |score| format!("{score:.2}"));
    [
        (before.visqol, after.visqol),
        (before.visqol_polynomial, after.visqol_polynomial),
        (before.pesq, after.pesq),
        (before.stoi, after.stoi),
    ]
    .map(|(before, after)| format!("{} -> {}", figure(before), figure(after)))
    .join(" | ")
}
