//! Android: Oboe streams in the system's voice-communication mode, which brings its echo canceller.
//! `device` and `open` call it.
//! The callbacks only copy; Oboe converts to 48 kHz mono float when the device is something else.

#![allow(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ahoy_media::{LocalTime, SAMPLE_RATE};
use oboe::{
    AudioInputCallback, AudioInputStreamSafe, AudioOutputCallback, AudioOutputStreamSafe, AudioStream,
    AudioStreamAsync, AudioStreamBuilder, ContentType, DataCallbackResult, Error, Input, InputPreset, Mono, Output,
    PerformanceMode, SampleRateConversionQuality, SharingMode, Usage,
};
use rtrb::{Consumer, Producer};

use crate::callback::{self, Shared};
use crate::device::{Device, DeviceKind};
use crate::error::AudioError;
use crate::pace;
use crate::stream::{Microphone, Speaker};
use crate::watch::Watch;

/// How a device id begins.
pub(crate) const ID_PREFIXES: &[&str] = &["oboe:"];

/// The one device a side: Android itself routes to the earpiece, the loudspeaker or a headset.
const ROUTED: &str = "oboe:default";

pub(crate) fn devices() -> Result<Vec<Device>, AudioError> {
    let routed = |kind, name: &str| Device { id: ROUTED.to_owned(), name: name.to_owned(), kind, default: true };
    Ok(vec![routed(DeviceKind::Microphone, "Phone microphone"), routed(DeviceKind::Speaker, "Phone speaker")])
}

struct Capture {
    ring: Producer<f32>,
    shared: Arc<Shared>,
}

impl AudioInputCallback for Capture {
    type FrameType = (f32, Mono);

    fn on_audio_ready(&mut self, _stream: &mut dyn AudioInputStreamSafe, frames: &[f32]) -> DataCallbackResult {
        let open = self.shared.begin.get().is_some();
        self.shared.called(callback::span(frames.len(), SAMPLE_RATE), None);
        callback::capture(frames.iter().copied(), open, &mut self.ring, &self.shared.missed);
        DataCallbackResult::Continue
    }

    fn on_error_after_close(&mut self, _stream: &mut dyn AudioInputStreamSafe, error: Error) {
        let _ = self.shared.failure.set(failed(DeviceKind::Microphone, &error));
    }
}

struct Playout {
    ring: Consumer<f32>,
    shared: Arc<Shared>,
}

impl AudioOutputCallback for Playout {
    type FrameType = (f32, Mono);

    fn on_audio_ready(&mut self, _stream: &mut dyn AudioOutputStreamSafe, frames: &mut [f32]) -> DataCallbackResult {
        let open = self.shared.begin.get().is_some();
        self.shared.called(callback::span(frames.len(), SAMPLE_RATE), None);
        callback::playout(frames.len(), open, &mut self.ring, &self.shared.missed, |at, sample| frames[at] = sample);
        DataCallbackResult::Continue
    }

    fn on_error_after_close(&mut self, _stream: &mut dyn AudioOutputStreamSafe, error: Error) {
        let _ = self.shared.failure.set(failed(DeviceKind::Speaker, &error));
    }
}

struct Open<S> {
    shared: Arc<Shared>,
    watch: Watch,
    _stream: S,
}

// SAFETY: an Oboe stream may be controlled from any one thread at a time (its calls take a lock of their own); the
// handle is only kept here to be closed, by whichever thread drops it, and its callback's state is `Send`.
unsafe impl<S> Send for Open<S> {}

impl Microphone for Open<AudioStreamAsync<Input, Capture>> {
    fn begin(&mut self) -> LocalTime {
        self.shared.begin.set_once(pace::now())
    }
    fn dropped(&self) -> u64 {
        self.shared.missed.load(Ordering::Relaxed)
    }
    fn latency(&self) -> Duration {
        self.shared.latency()
    }
    fn failure(&self) -> Option<AudioError> {
        self.watch.failure(&self.shared)
    }
}

impl Speaker for Open<AudioStreamAsync<Output, Playout>> {
    fn begin(&mut self) -> LocalTime {
        self.shared.begin.set_once(pace::now())
    }
    fn underruns(&self) -> u64 {
        self.shared.missed.load(Ordering::Relaxed)
    }
    fn latency(&self) -> Duration {
        self.shared.latency()
    }
    fn failure(&self) -> Option<AudioError> {
        self.watch.failure(&self.shared)
    }
}

pub(crate) fn open_microphone(id: Option<&str>, ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError> {
    let kind = DeviceKind::Microphone;
    known(kind, id)?;
    let shared = Arc::new(Shared::default());
    let mut stream = AudioStreamBuilder::default()
        .set_performance_mode(PerformanceMode::LowLatency)
        .set_sharing_mode(SharingMode::Shared)
        .set_sample_rate(SAMPLE_RATE as i32)
        .set_sample_rate_conversion_quality(SampleRateConversionQuality::Medium)
        .set_channel_conversion_allowed(true)
        .set_format_conversion_allowed(true)
        .set_input()
        .set_mono()
        .set_f32()
        .set_input_preset(InputPreset::VoiceCommunication)
        .set_callback(Capture { ring, shared: Arc::clone(&shared) })
        .open_stream()
        .map_err(|e| failed(kind, &e))?;
    stream.start().map_err(|e| failed(kind, &e))?;
    Ok(Box::new(Open { shared, watch: Watch::start(kind), _stream: stream }))
}

pub(crate) fn open_speaker(id: Option<&str>, ring: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError> {
    let kind = DeviceKind::Speaker;
    known(kind, id)?;
    let shared = Arc::new(Shared::default());
    let mut stream = AudioStreamBuilder::default()
        .set_performance_mode(PerformanceMode::LowLatency)
        .set_sharing_mode(SharingMode::Shared)
        .set_sample_rate(SAMPLE_RATE as i32)
        .set_sample_rate_conversion_quality(SampleRateConversionQuality::Medium)
        .set_channel_conversion_allowed(true)
        .set_format_conversion_allowed(true)
        .set_output()
        .set_mono()
        .set_f32()
        .set_usage(Usage::VoiceCommunication)
        .set_content_type(ContentType::Speech)
        .set_callback(Playout { ring, shared: Arc::clone(&shared) })
        .open_stream()
        .map_err(|e| failed(kind, &e))?;
    stream.start().map_err(|e| failed(kind, &e))?;
    Ok(Box::new(Open { shared, watch: Watch::start(kind), _stream: stream }))
}

pub(crate) fn is_known(_kind: DeviceKind, id: &str) -> Result<bool, AudioError> {
    Ok(id == ROUTED)
}

fn known(kind: DeviceKind, id: Option<&str>) -> Result<(), AudioError> {
    match id {
        None | Some(ROUTED) => Ok(()),
        Some(id) => Err(AudioError::UnknownDevice { kind, id: id.to_owned() }),
    }
}

fn failed(kind: DeviceKind, error: &Error) -> AudioError {
    AudioError::Device { kind, detail: error.to_string() }
}
