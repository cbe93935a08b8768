//! What arrived of the sound said in one direction: delay, similarity, and the longest gap.
//! `report` calls it with what both phones left behind.
//! Only what lies after the first seconds counts, so that a phone may first find out what the link is like.

use ahoy_e2e::rig::Outcome;
use ahoy_e2e::sound::{Found, RATE, Sound, quantile};
use anyhow::Result;
use serde::Serialize;

use crate::plot::Point;
use crate::speech::Speech;

/// Windows in which speech is looked for: long enough to be unlike all other speech, short enough to be whole between two losses.
const WINDOW_S: f64 = 0.5;
/// Delays that are looked for: a call with longer ones is no talk any more.
const LONGEST_DELAY_MS: i64 = 2_000;
/// Clocks of files may be a little off.
const SHORTEST_DELAY_MS: i64 = -20;
/// A window that is no more alike than this was not found; other speech stays below 0.3.
const ALIKE: f64 = 0.6;
/// Levels are compared in frames of this many samples, a half apart.
const FRAME: usize = RATE / 50;
/// Softer than this (-40 dBFS) nothing is said.
const SAID: f64 = 0.01;
/// Heard this much below what was said (25 dB) is silence.
const SILENT: f64 = 0.056;
/// A pause of the speaker longer than this ends a gap: nobody can hear what is missing from it.
const PAUSE_MS: f64 = 200.0;

/// One direction, as it was heard.
#[derive(Clone, Debug, Serialize)]
pub struct Hearing {
    /// Microphone file to speaker file in ms: median over windows of half a second.
    pub delay_p50_ms: f64,
    /// 95th percentile of it.
    pub delay_p95_ms: f64,
    /// Correlation of what was heard with what was said, at 8 kHz: median.
    pub correlation: f64,
    /// Share of the windows that were found again.
    pub found: f64,
    /// The longest silence inside speech, in ms.
    pub longest_gap_ms: f64,
    /// How much later the heard file began than the said one, in ms.
    pub late_ms: f64,
    /// Every window that was found: place in s of what was said, delay in ms.
    pub delays: Vec<Point>,
}

/// Compares what `from` said with what `to` heard, from `skip_s` on.
///
/// # Errors
/// A file or an event is missing.
pub fn hear(from: &Outcome, to: &Outcome, said: &Speech, skip_s: f64) -> Result<Hearing> {
    let late_ms = (to.events.mono_us("speaker_start")? as f64 - from.events.mono_us("mic_start")? as f64) / 1_000.0;
    let heard = Sound::read(&to.heard)?.shifted(late_ms / 1_000.0);
    let mut said = said.sound();
    // The last second may have been cut off on its way.
    said.0.truncate(heard.0.len().saturating_sub(RATE));
    let found = heard.find_within(&said, WINDOW_S, SHORTEST_DELAY_MS..=LONGEST_DELAY_MS);
    let looked: Vec<&Found> = found.iter().filter(|window| window.at_s >= skip_s).collect();
    let delays: Vec<(f64, f64)> = looked
        .iter()
        .filter(|window| window.correlation > ALIKE)
        .map(|window| (window.at_s, window.delay_ms))
        .collect();
    let delay = |share| quantile(delays.iter().map(|delay| delay.1), share);
    Ok(Hearing {
        delay_p50_ms: delay(0.5),
        delay_p95_ms: delay(0.95),
        correlation: quantile(looked.iter().map(|window| window.correlation), 0.5),
        found: delays.len() as f64 / looked.len().max(1) as f64,
        longest_gap_ms: longest_gap_ms(&said, &heard, &delays, skip_s),
        late_ms,
        delays,
    })
}

/// The longest stretch in which something was said and next to nothing heard, each place looked at with the delay found nearby.
fn longest_gap_ms(said: &Sound, heard: &Sound, delays: &[Point], skip_s: f64) -> f64 {
    let hop = FRAME / 2;
    let (mut longest, mut begin, mut last): (f64, Option<f64>, f64) = (0.0, None, 0.0);
    let first = (skip_s * RATE as f64) as usize / hop;
    for place in first..(said.0.len() / hop).saturating_sub(2) {
        let at = place * hop;
        let now_ms = at as f64 * 1_000.0 / RATE as f64;
        let level = level(&said.0, at as i64);
        if level < SAID {
            continue;
        }
        let Some(delay_ms) = nearest(delays, now_ms / 1_000.0) else { return f64::NAN };
        let there = at as i64 + (delay_ms * RATE as f64 / 1_000.0) as i64;
        if now_ms - last > PAUSE_MS {
            begin = None;
        }
        last = now_ms;
        if self::level(&heard.0, there) < level * SILENT {
            let since = *begin.get_or_insert(now_ms);
            longest = longest.max(now_ms - since + hop as f64 * 1_000.0 / RATE as f64);
        } else {
            begin = None;
        }
    }
    longest
}

/// Root mean square of a frame; what lies outside is silent.
fn level(samples: &[f64], at: i64) -> f64 {
    let frame = usize::try_from(at).ok().and_then(|at| samples.get(at..at + FRAME));
    frame.map_or(0.0, |frame| (frame.iter().map(|sample| sample * sample).sum::<f64>() / FRAME as f64).sqrt())
}

/// The delay of the window nearest to a place in seconds.
fn nearest(delays: &[Point], at_s: f64) -> Option<f64> {
    let distance = |delay: &&Point| (delay.0 + WINDOW_S / 2.0 - at_s).abs();
    delays.iter().min_by(|one, other| distance(one).total_cmp(&distance(other))).map(|delay| delay.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three seconds of a hum that changes, with 300 ms of silence from `gap_at` on.
    fn hum(gap_at: Option<f64>) -> Sound {
        let sample = |place: usize| {
            let time = place as f64 / RATE as f64;
            let silent = gap_at.is_some_and(|gap| (gap..gap + 0.3).contains(&time));
            if silent { 0.0 } else { 0.2 * (time * time * 900.0).sin() }
        };
        Sound((0..3 * RATE).map(sample).collect())
    }

    #[test]
    fn a_gap_has_its_length_and_whole_sound_has_none() {
        let delays = [(0.0, 100.0)];
        let gap = longest_gap_ms(&hum(None), &hum(Some(1.0)).shifted(0.1), &delays, 0.0);
        assert!((gap - 300.0).abs() <= 20.0, "{gap}");
        let whole = longest_gap_ms(&hum(None), &hum(None).shifted(0.1), &delays, 0.0);
        assert!(whole <= 0.0, "{whole}");
    }

    #[test]
    fn what_nobody_said_is_no_gap() {
        let pause = hum(Some(1.0));
        assert!(longest_gap_ms(&pause, &pause, &[(0.0, 0.0)], 0.0) <= 0.0);
        assert!(longest_gap_ms(&pause, &pause, &[], 0.0).is_nan());
    }
}
