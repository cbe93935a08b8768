//! What a person wants to know about a call, measured from its files and statistics.
//! `demo` and `bench` print it.
//! Every figure is computed from what came out; one that cannot be is left out.

use std::path::Path;

use anyhow::Result;

use crate::events::Events;
use crate::picture;
use crate::rig::Outcome;
use crate::sound::{Found, Sound, quantile};

/// Windows in which speech is looked for.
pub const WINDOW_S: f64 = 1.0;

/// One direction of a call.
#[derive(Clone, Copy, Debug)]
pub struct Direction {
    /// Microphone to speaker, median and 95th percentile.
    pub sound_ms: (f64, f64),
    /// Correlation of what was heard with what was said: median and 10th percentile.
    pub correlation: (f64, f64),
    /// Camera to screen, median and 95th percentile.
    pub picture_ms: Option<(f64, f64)>,
    /// Luma PSNR of what was seen: median and 5th percentile.
    pub psnr_db: Option<(f64, f64)>,
    /// Frames sent and shown.
    pub frames: (f64, f64),
}

/// How a call was set up.
#[derive(Clone, Copy, Debug)]
pub struct SetUp {
    /// Dial to connected.
    pub connected_ms: f64,
    /// Dial to the first sound handed to the speaker.
    pub first_sound_ms: f64,
    /// Dial to the first picture shown.
    pub first_picture_ms: Option<f64>,
}

/// Looks for what `from` said in what `to` heard.
///
/// # Errors
/// A file or an event is missing.
pub fn sound(from: &Outcome, to: &Outcome, speech: &Path) -> Result<Vec<Found>> {
    let gap_us = to.events.mono_us("speaker_start")? as i64 - from.events.mono_us("mic_start")? as i64;
    let heard = Sound::read(&to.heard)?.shifted(gap_us as f64 / 1e6);
    let mut said = Sound::read(speech)?;
    // What was said after the call ended was never sent; the last window would only measure that.
    let spoken = heard.0.len().saturating_sub(crate::sound::RATE / 4);
    said.0.truncate(spoken);
    Ok(heard.find(&said, WINDOW_S))
}

/// Measures one direction of a call; `camera` is the file that was sent.
///
/// # Errors
/// A file or an event is missing.
pub fn direction(from: &Outcome, to: &Outcome, speech: &Path, camera: Option<&Path>) -> Result<Direction> {
    let found = sound(from, to, speech)?;
    let lags = || found.iter().filter(|one| one.correlation > 0.7).map(|one| one.delay_ms);
    let correlations = || found.iter().map(|one| one.correlation);
    let frames = (from.events.last("/video/frames_sent")?, to.events.last("/video/frames_shown")?);
    let (picture_ms, psnr_db) = match camera {
        Some(camera) => picture(from, to, camera)?,
        None => (None, None),
    };
    Ok(Direction {
        sound_ms: (quantile(lags(), 0.5), quantile(lags(), 0.95)),
        correlation: (quantile(correlations(), 0.5), quantile(correlations(), 0.1)),
        picture_ms,
        psnr_db,
        frames,
    })
}

/// Two quantiles of one figure, where there is anything to take them from.
pub type Pair = Option<(f64, f64)>;

/// Measures the picture of one direction, whose `camera` is the file that was sent: delay and PSNR as in [`Direction`].
///
/// # Errors
/// A file or an event is missing.
pub fn picture(from: &Outcome, to: &Outcome, camera: &Path) -> Result<(Pair, Pair)> {
    if !to.seen.exists() {
        return Ok((None, None));
    }
    let start = from.events.first("camera_start")?;
    let (media_us, unix_us) = (start["media_us"].as_u64().unwrap_or(0), start["t_us"].as_u64().unwrap_or(0));
    let shown = picture::table(&to.seen)?;
    let delays = || {
        shown.iter().map(|line| {
            let captured = unix_us as f64 + (line.media_us as f64 - media_us as f64);
            (line.unix_us as f64 - captured) / 1_000.0
        })
    };
    let delay_ms = (quantile(delays(), 0.5), quantile(delays(), 0.95));
    Ok((Some(delay_ms), Some(picture::quality(&to.seen, camera, media_us)?)))
}

/// How long the caller waited.
///
/// # Errors
/// An event is missing.
pub fn set_up(caller: &Events) -> Result<SetUp> {
    let dial = caller.mono_us("dial")?;
    let since = |event: &str| Ok::<f64, anyhow::Error>((caller.mono_us(event)? as f64 - dial as f64) / 1_000.0);
    Ok(SetUp {
        connected_ms: since("connected")?,
        first_sound_ms: since("first_audio_in")?,
        first_picture_ms: since("first_video_in").ok(),
    })
}

/// Cores used between the first and the last `stats` line, and the most memory held in MB.
#[must_use]
pub fn cost(events: &Events) -> (f64, f64) {
    let cpu = events.series("/cpu_s");
    let times: Vec<f64> = events.all("stats").filter_map(|line| line["mono_us"].as_f64()).collect();
    let spent = cpu.last().unwrap_or(&0.0) - cpu.first().unwrap_or(&0.0);
    let span = (times.last().unwrap_or(&0.0) - times.first().unwrap_or(&0.0)) / 1e6;
    let memory = events.series("/rss_mb").into_iter().fold(0.0, f64::max);
    (if span > 0.0 { spent / span } else { f64::NAN }, memory)
}
