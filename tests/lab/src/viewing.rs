//! What was seen of the picture sent in one direction: delay, evenness, size and likeness.
//! `report` calls it with what both phones left behind.
//! A picture is known by its capture time, so that lost, skipped and shrunk ones change no other's delay.

use std::collections::BTreeMap;
use std::path::Path;

use ahoy_e2e::events::Events;
use ahoy_e2e::picture::{Compared, compare};
use ahoy_e2e::rig::Outcome;
use ahoy_e2e::sound::quantile;
use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::conditions::{MS, Micros, S};
use crate::plot::Point;
use crate::scene::FPS;

/// Gaps that the mean of a freeze looks back over (W3C webrtc-stats, `freezeCount`).
const MEAN_OVER: usize = 30;
/// A freeze is at least this many times as long as that mean ...
const FREEZE_TIMES: f64 = 3.0;
/// ... and at least this much longer, in ms.
const FREEZE_MORE_MS: f64 = 150.0;

/// One direction, as it was seen.
#[derive(Clone, Debug, Serialize)]
pub struct Viewing {
    /// Camera to screen in ms: median over the pictures shown; not a number where none was.
    pub delay_p50_ms: f64,
    /// 95th percentile of it.
    pub delay_p95_ms: f64,
    /// Pictures shown a second.
    pub fps: f64,
    /// Share of the time in which the picture stood still longer than a viewer takes for moving.
    pub frozen: f64,
    /// How often it did.
    pub freezes: usize,
    /// Share of the time in which the sender paused it, and had said so; none of that counts as frozen.
    pub paused: f64,
    /// The longest time without a new picture, in ms.
    pub longest_gap_ms: f64,
    /// Lines of the pictures shown: median over time.
    pub lines: u16,
    /// Share of the time at each number of lines.
    pub lines_share: BTreeMap<u16, f64>,
    /// Bit rate of the pictures received, in kbit/s.
    pub kbps: f64,
    /// Key frames received in the whole call.
    pub key_frames: f64,
    /// Dial to the first picture in ms.
    pub first_ms: Option<f64>,
    /// The answer's arrival to the first picture in ms: what the way of the signals does not touch.
    pub first_answered_ms: Option<f64>,
    /// Luma PSNR in dB, scaled to the screen: median.
    pub psnr_p50_db: f64,
    /// 5th percentile of it.
    pub psnr_p5_db: f64,
    /// Pictures shown that are none of the camera's at their time.
    pub misplaced: usize,
    /// When each picture was shown, in s, and its delay in ms.
    pub delays: Vec<Point>,
    /// When each picture came after one, or the call ended, in s, and the time since the one before in ms.
    pub gaps: Vec<Point>,
    /// When each picture was shown, in s, and its lines.
    pub sizes: Vec<Point>,
}

/// The time in which pictures count, on the clock of the statistics; the call itself began earlier.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// When the call was dialled.
    pub dialled: Micros,
    /// When the caller learnt that it was answered.
    pub answered: Micros,
    /// When it began.
    pub began: Micros,
    /// Pictures count from here on.
    pub from: Micros,
    /// When it ended.
    pub ended: Micros,
}

/// Compares what the camera of `from` showed with what the screen of `to` did.
///
/// # Errors
/// A file or an event is missing.
pub fn view(from: &Outcome, to: &Outcome, camera: &Path, span: Span) -> Result<Viewing> {
    let start = from.events.first("camera_start")?;
    let (media_us, unix_us) =
        (start["media_us"].as_u64().context("media_us")?, start["t_us"].as_f64().context("t_us")?);
    let compared = compare(&to.seen, camera, media_us)?;
    let delay_ms = |one: &Compared| {
        let captured_us = unix_us + (one.shown.media_us as f64 - media_us as f64);
        (one.shown.unix_us as f64 - captured_us) / MS as f64
    };
    // The table has Unix times, everything else that was noted here the monotonic clock.
    let (mono, unix) = (to.events.mono_us("connected")?, to.events.unix_us("connected")?);
    let times: Vec<Micros> = compared.iter().map(|one| (one.shown.unix_us + mono).saturating_sub(unix)).collect();
    let seconds = |time: Micros| (time as f64 - span.began as f64) / S as f64;
    let all = || times.iter().copied().zip(&compared);
    let counted = || all().filter(|(time, _)| (span.from..span.ended).contains(time)).map(|(_, one)| one);
    let waits = stills(&times, span.from, span.ended);
    let length = (span.ended - span.from) as f64;
    let pauses = Pauses::of(&to.events);
    let (paused, frozen): (Vec<Still>, Vec<Still>) =
        waits.iter().copied().filter(|still| still.freeze).partition(|still| pauses.cover(still));
    let lasted = |stills: &[Still]| stills.iter().map(Still::length).sum::<Micros>() as f64 / length;
    let lines_share = lines(&times, &compared, span.from, span.ended);
    let first = |since: Micros| Some((to.events.mono_us("first_video_in").ok()? as f64 - since as f64) / MS as f64);
    Ok(Viewing {
        delay_p50_ms: quantile(counted().map(delay_ms), 0.5),
        delay_p95_ms: quantile(counted().map(delay_ms), 0.95),
        fps: counted().count() as f64 * S as f64 / length,
        frozen: lasted(&frozen),
        freezes: frozen.len(),
        paused: lasted(&paused),
        longest_gap_ms: waits.iter().map(Still::length).max().unwrap_or(0) as f64 / MS as f64,
        lines: median(&lines_share),
        lines_share,
        kbps: received_kbps(&to.events, span),
        key_frames: to.events.last("/video/key_frames").unwrap_or(f64::NAN),
        first_ms: first(span.dialled),
        first_answered_ms: first(span.answered),
        psnr_p50_db: quantile(counted().filter_map(|one| one.psnr_db), 0.5),
        psnr_p5_db: quantile(counted().filter_map(|one| one.psnr_db), 0.05),
        misplaced: compared.iter().filter(|one| one.misplaced).count(),
        delays: all().map(|(time, one)| (seconds(time), delay_ms(one))).collect(),
        gaps: stills(&times, span.began, span.ended)
            .iter()
            .map(|still| (seconds(still.end), still.length() as f64 / MS as f64))
            .collect(),
        sizes: all().map(|(time, one)| (seconds(time), f64::from(one.shown.height))).collect(),
    })
}

/// The time from one picture to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Still {
    begin: Micros,
    end: Micros,
    freeze: bool,
}

impl Still {
    fn length(&self) -> Micros {
        self.end - self.begin
    }
}

/// What the showing phone was told of the sender's pauses: when each line of its statistics was written, and the ms up to then.
struct Pauses(Vec<(Micros, u64)>);

impl Pauses {
    fn of(events: &Events) -> Self {
        let line =
            |line: &serde_json::Value| Some((line["mono_us"].as_u64()?, line.pointer("/video/paused_ms")?.as_u64()?));
        Self(events.all("stats").filter_map(line).collect())
    }

    /// Whether more than half of it was a pause.
    fn cover(&self, still: &Still) -> bool {
        let before = self.0.iter().rev().find(|(time, _)| *time <= still.begin).map_or(0, |(_, ms)| *ms);
        let after = self.0.iter().find(|(time, _)| *time >= still.end).or(self.0.last()).map_or(0, |(_, ms)| *ms);
        2 * after.saturating_sub(before) * MS > still.length()
    }
}

/// Every stretch without a new picture between two times, cut off there. Before the first picture and after the last one the viewer waits too.
fn stills(shown: &[Micros], from: Micros, to: Micros) -> Vec<Still> {
    let mut stills = Vec::new();
    let mut gaps: Vec<f64> = Vec::new();
    let mut last = None;
    for time in shown.iter().copied().chain([to]).filter(|time| *time <= to) {
        let begin = last.unwrap_or(from.min(time));
        let gap = (time - begin) as f64 / MS as f64;
        let recent = &gaps[gaps.len().saturating_sub(MEAN_OVER)..];
        let mean = match recent.len() {
            0 => 1_000.0 / f64::from(FPS),
            many => recent.iter().sum::<f64>() / many as f64,
        };
        let freeze = gap >= (FREEZE_TIMES * mean).max(mean + FREEZE_MORE_MS);
        if last.is_some() {
            gaps.push(gap);
        }
        if time > from {
            stills.push(Still { begin: begin.max(from), end: time, freeze });
        }
        last = Some(time);
    }
    stills
}

/// Share of the time between the first picture and `to` at each number of lines; a picture lasts until the next one.
fn lines(times: &[Micros], compared: &[Compared], from: Micros, to: Micros) -> BTreeMap<u16, f64> {
    let mut lasted: BTreeMap<u16, f64> = BTreeMap::new();
    let ends = times.iter().copied().skip(1).chain([to]);
    for ((begin, end), one) in times.iter().zip(ends).zip(compared) {
        let length = end.min(to).saturating_sub((*begin).max(from));
        if length > 0 {
            *lasted.entry(one.shown.height).or_default() += length as f64;
        }
    }
    let sum: f64 = lasted.values().sum();
    lasted.into_iter().map(|(lines, length)| (lines, length / sum)).collect()
}

fn median(shares: &BTreeMap<u16, f64>) -> u16 {
    let mut sum = 0.0;
    let reached = |(lines, share): (&u16, &f64)| {
        sum += share;
        (sum >= 0.5).then_some(*lines)
    };
    shares.iter().find_map(reached).unwrap_or(0)
}

fn received_kbps(events: &Events, span: Span) -> f64 {
    let within = |line: &&serde_json::Value| {
        line["mono_us"].as_u64().is_some_and(|time| (span.from..span.ended).contains(&time))
    };
    let rates: Vec<f64> =
        events.all("stats").filter(within).filter_map(|line| line.pointer("/video/kbps")?.as_f64()).collect();
    rates.iter().sum::<f64>() / rates.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Micros = 40 * MS;

    /// Ten seconds of pictures, without those of a stretch.
    fn shown(missing: std::ops::Range<Micros>) -> Vec<Micros> {
        (0..250).map(|number| number * FRAME).filter(|time| !missing.contains(time)).collect()
    }

    fn frozen(stills: &[Still]) -> Micros {
        stills.iter().filter(|still| still.freeze).map(Still::length).sum()
    }

    #[test]
    fn a_gap_is_a_freeze_when_it_is_three_times_and_150_ms_over_the_mean() {
        let even = stills(&shown(0..0), S, 10 * S);
        assert_eq!(even.iter().map(Still::length).max(), Some(FRAME));
        assert_eq!(frozen(&even), 0);
        // After a mean of 40 ms, 160 ms are no freeze and 200 ms are one.
        assert_eq!(frozen(&stills(&shown(2 * S + 1..2 * S + 4 * FRAME), S, 10 * S)), 0);
        assert_eq!(frozen(&stills(&shown(2 * S + 1..2 * S + 5 * FRAME), S, 10 * S)), 5 * FRAME);
        // At five pictures a second 440 ms are none.
        let slow: Vec<Micros> = (0..60).map(|number| number * 200 * MS).filter(|time| *time != 8 * S).collect();
        assert_eq!(frozen(&stills(&slow, S, 10 * S)), 0);
    }

    #[test]
    fn waiting_at_either_end_counts_and_what_lies_outside_does_not() {
        let stills = stills(&shown(0..3 * S), S, 12 * S);
        assert_eq!(stills.first(), Some(&Still { begin: S, end: 3 * S, freeze: true }));
        assert_eq!(stills.last(), Some(&Still { begin: 10 * S - FRAME, end: 12 * S, freeze: true }));
        // A freeze that began before counts from the beginning on, and nothing at all is one freeze.
        let cut = self::stills(&shown(S..3 * S), 2 * S, 10 * S);
        assert_eq!(cut.first(), Some(&Still { begin: 2 * S, end: 3 * S, freeze: true }));
        assert_eq!(self::stills(&[], S, 10 * S), [Still { begin: S, end: 10 * S, freeze: true }]);
    }

    #[test]
    fn what_was_told_to_be_a_pause_is_none_of_the_freezes() {
        // Told of 3 s from 2 s on, in lines half a second apart.
        let pauses = Pauses((0..20).map(|n| (n * S / 2, (n * 500).clamp(2_000, 5_000) - 2_000)).collect());
        let still = |begin, end| Still { begin, end, freeze: true };
        assert!(pauses.cover(&still(2 * S, 5 * S)) && pauses.cover(&still(2 * S + 1, 5 * S + 300 * MS)));
        assert!(!pauses.cover(&still(6 * S, 8 * S)) && !pauses.cover(&still(4 * S + 600 * MS, 9 * S)));
    }

    #[test]
    fn half_of_the_time_had_no_fewer_lines_than_the_median() {
        assert_eq!(median(&[(240, 0.4), (480, 0.6)].into()), 480);
        assert_eq!(median(&[(240, 0.6), (480, 0.4)].into()), 240);
        assert_eq!(median(&BTreeMap::new()), 0);
    }
}
