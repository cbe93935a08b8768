//! Numbers of a call: what `--stats` writes as JSON lines and a window may show.
//! The driver makes one [`CallStats`] every 500 ms and writes it and every event with [`StatsFile`].
//! A line is flushed before the next one begins; counters only grow.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use ahoy_call::CallId;
use ahoy_media::LocalTime;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::PhoneError;
use crate::quality::Quality;

/// One `stats` line's worth of numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CallStats {
    /// The network path in use.
    pub path: PathNumbers,
    /// Rates on the wire.
    pub rate: RateNumbers,
    /// The voice.
    pub audio: AudioNumbers,
    /// The picture.
    pub video: VideoNumbers,
    /// Processor seconds this process has used.
    pub cpu_s: f64,
    /// Memory this process holds, in MB.
    pub rss_mb: f64,
}

/// The network path of a call.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PathNumbers {
    /// `direct` or `relay`.
    pub kind: &'static str,
    /// Round trip.
    pub rtt_ms: f64,
    /// Share of packets lost on the way out, 0 to 1.
    pub loss: f64,
    /// Largest packet in bytes.
    pub mtu: u16,
}

/// Rates of a call.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RateNumbers {
    /// What the way out is believed to carry, headers included; without a picture what the voice uses of it.
    pub target_kbps: f64,
    /// Payload sent.
    pub sent_kbps: f64,
    /// Payload received.
    pub received_kbps: f64,
    /// How long packets wait in queues on the way out.
    pub queue_delay_ms: f64,
}

/// The voice of a call.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AudioNumbers {
    /// Packets sent.
    pub sent: u64,
    /// Packets received.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came after their time.
    pub late: u64,
    /// Frames rebuilt from forward error correction.
    pub fec: u64,
    /// Frames rebuilt from deep redundancy.
    pub dred: u64,
    /// Sound invented for missing packets.
    pub concealed_ms: u64,
    /// Sound added or removed by stretching.
    pub stretched_ms: u64,
    /// Sound waiting to be played.
    pub buffer_ms: f64,
    /// Sound that should be waiting.
    pub target_ms: f64,
    /// Capture to presentation.
    pub delay_ms: f64,
    /// Bit rate of the voice.
    pub kbps: f64,
    /// Length of a frame.
    pub frame_ms: u32,
    /// Frames that came as copies in later packets.
    pub copies: u64,
    /// What repairs my voice on its way.
    pub sending: Sending,
    /// The parts of `delay_ms`.
    pub stages: Stages,
    /// How loud my microphone is, in dB below full scale.
    pub level_db: f32,
    /// How loud the other side is, in dB below full scale.
    pub peer_level_db: f32,
    /// Somebody talks into the muted microphone.
    pub talks_muted: bool,
    /// How much quieter the echo of the other side leaves than it came; 0 where nothing is cancelled.
    pub echo_loss_db: f32,
}

/// What repairs the voice on its way out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sending {
    /// What the voice may use of the wire, headers included.
    pub budget_kbps: f64,
    /// How many frames later each copy rides.
    pub spacings: Vec<u8>,
    /// Packets carry a coarse copy of the frame before.
    pub fec: bool,
    /// Reach of the deep redundancy.
    pub dred_ms: u64,
}

/// The parts of the way from mouth to ear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Stages {
    /// Until a frame is full: its length.
    pub capture_ms: f64,
    /// The look-ahead of the codec.
    pub codec_ms: f64,
    /// From one phone to the other, with what the microphone over there holds back.
    pub network_ms: f64,
    /// In the jitter buffer.
    pub buffer_ms: f64,
    /// In the speaker.
    pub device_ms: f64,
}

/// The picture of a call.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct VideoNumbers {
    /// Pixels a row of the newest picture shown.
    pub width: u16,
    /// Rows of the newest picture shown.
    pub height: u16,
    /// Pictures shown a second.
    pub fps: f64,
    /// Bit rate of the picture received.
    pub kbps: f64,
    /// Frames sent.
    pub frames_sent: u64,
    /// Pictures shown.
    pub frames_shown: u64,
    /// Frames of the peer that were never shown.
    pub dropped: u64,
    /// Key frames received.
    pub key_frames: u64,
    /// Freezes seen.
    pub freezes: u64,
    /// Time frozen.
    pub freeze_ms: u64,
    /// Time in which the other side sent no picture because there was no room for one.
    pub paused_ms: u64,
    /// Capture to presentation.
    pub delay_ms: f64,
    /// My picture on its way out.
    pub sending: PictureSending,
}

/// What is made of my picture, and what brings it there. All 0 while it is off or paused, except what only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct PictureSending {
    /// What the encoder aims at.
    pub kbps: u32,
    /// Pictures a second.
    pub fps: u32,
    /// Pixels a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Datagrams sent.
    pub pieces: u64,
    /// Those of them that stand in for any other of their frame.
    pub parity: u64,
    /// Those of them that were sent again.
    pub repeats: u64,
    /// Share of them lost lately, 0 to 1.
    pub loss: f64,
    /// How long the encoder takes for a frame.
    pub encode_ms: f64,
}

/// The JSON lines file of `--stats`.
pub struct StatsFile {
    file: File,
}

impl StatsFile {
    /// Truncates or creates the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path) -> Result<Self, PhoneError> {
        let file = File::create(path).map_err(|why| PhoneError::Stats { path: path.display().to_string(), why })?;
        Ok(Self { file })
    }

    /// Writes one line about something that happened at `at`. A full disk loses the line, never the call.
    pub fn write(&mut self, at: LocalTime, call: Option<CallId>, event: &str, fields: Map<String, Value>) {
        let mut line = Map::new();
        // A device may begin a few milliseconds from now: the moment lies on either side of the clock.
        let unix = (ahoy_system::clock::unix_us() + at.0).saturating_sub(ahoy_system::clock::monotonic());
        let _ = line.insert("t_us".into(), unix.into());
        let _ = line.insert("mono_us".into(), at.0.into());
        let _ = line.insert("call".into(), call.map_or(Value::Null, |call| call.to_string().into()));
        let _ = line.insert("event".into(), event.into());
        line.extend(fields);
        let mut text = Value::Object(line).to_string();
        text.push('\n');
        if let Err(error) = self.file.write_all(text.as_bytes()).and_then(|()| self.file.flush()) {
            tracing::warn!(%error, "a line of statistics was lost");
        }
    }
}

/// The fields of a `quality` line.
#[must_use]
pub fn quality(quality: Quality) -> Map<String, Value> {
    let cause = quality.cause.map_or(Value::Null, |cause| cause.word().into());
    [("level".to_owned(), quality.level.number().into()), ("cause".to_owned(), cause)].into_iter().collect()
}

/// The fields of a statistics line from a value that serialises to an object.
#[must_use]
pub fn fields(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        Ok(_) | Err(_) => Map::new(),
    }
}
