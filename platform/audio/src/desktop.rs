//! Microphones and speakers of desktops, through cpal.
//! The Linux and Windows modules call it.
//! The callbacks mix, copy and nothing else; a device that is not at 48 kHz goes through `resample` on its own thread.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ahoy_media::{LocalTime, SAMPLE_RATE};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Error, ErrorKind, FromSample, Host, SampleFormat, SizedSample, Stream, StreamConfig,
    SupportedBufferSize, SupportedStreamConfig, SupportedStreamConfigRange,
};
use rtrb::{Consumer, Producer, RingBuffer};

use crate::callback::{self, Shared};
use crate::device::{Device, DeviceKind};
use crate::error::AudioError;
use crate::format::Format;
use crate::pace;
use crate::resample::{self, Rates, Stage, StageThread};
use crate::stream::{Microphone, Speaker};
use crate::watch::Watch;

/// Callbacks a second that are asked for: 10 ms is what common sound cards do without dropouts.
const CALLBACKS_PER_SECOND: u32 = 100;

/// Ring between a callback and the resampler, in parts of a second: 100 ms for a microphone, whose stage may be late.
const MICROPHONE_RINGS_PER_SECOND: u32 = 10;

/// The same for a speaker, where a full ring is delay: 20 ms.
const SPEAKER_RINGS_PER_SECOND: u32 = 50;

/// Longest wait for a device to close: a sound system that does not answer would hold it for ever.
const CLOSING: Duration = Duration::from_secs(1);

struct Open {
    shared: Arc<Shared>,
    watch: Watch,
    stream: Option<Stream>,
    stage: Option<StageThread>,
}

impl Open {
    fn new(kind: DeviceKind, shared: Arc<Shared>, stream: Stream, stage: Option<StageThread>) -> Self {
        Self { shared, watch: Watch::start(kind), stream: Some(stream), stage }
    }

    fn begin(&self) -> LocalTime {
        self.shared.begin.set_once(pace::now())
    }

    fn missed(&self) -> u64 {
        self.shared.missed.load(Ordering::Relaxed)
    }

    fn latency(&self) -> Duration {
        self.shared.latency() + if self.stage.is_some() { resample::DELAY } else { Duration::ZERO }
    }

    fn failure(&self) -> Option<AudioError> {
        self.watch.failure(&self.shared)
    }
}

impl Drop for Open {
    /// The callback ends first, then the thread that serves it.
    fn drop(&mut self) {
        let (stream, (done, closed)) = (self.stream.take(), mpsc::channel::<()>());
        let closing = thread::Builder::new().name("close".into()).spawn(move || {
            drop(stream);
            drop(done);
        });
        // Without a thread the stream was dropped here; either way the channel ends when it is closed.
        drop(closing);
        let _ = closed.recv_timeout(CLOSING);
    }
}

struct DesktopMicrophone(Open);

impl Microphone for DesktopMicrophone {
    fn begin(&mut self) -> LocalTime {
        self.0.begin()
    }
    fn dropped(&self) -> u64 {
        self.0.missed()
    }
    fn latency(&self) -> Duration {
        self.0.latency()
    }
    fn failure(&self) -> Option<AudioError> {
        self.0.failure()
    }
}

struct DesktopSpeaker(Open);

impl Speaker for DesktopSpeaker {
    fn begin(&mut self) -> LocalTime {
        self.0.begin()
    }
    fn underruns(&self) -> u64 {
        self.0.missed()
    }
    fn latency(&self) -> Duration {
        self.0.latency()
    }
    fn failure(&self) -> Option<AudioError> {
        self.0.failure()
    }
}

/// Every device of a sound system that can be opened in its direction, the default first.
pub(crate) fn list(host: &Host) -> Result<Vec<Device>, AudioError> {
    let mut list = Vec::new();
    for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
        let (found, default) = match kind {
            DeviceKind::Microphone => (host.input_devices(), host.default_input_device()),
            DeviceKind::Speaker => (host.output_devices(), host.default_output_device()),
        };
        let found = found.map_err(|e| failed(kind, &e))?;
        let default = default.and_then(|device| device.id().ok());
        for device in found {
            let (Ok(id), Ok(description)) = (device.id(), device.description()) else { continue };
            // ALSA's `null` swallows everything: that is our word `none`.
            if id.id() == "null" {
                continue;
            }
            let is_default = default.as_ref() == Some(&id);
            list.push(Device { id: id.to_string(), name: description.name().to_owned(), kind, default: is_default });
        }
    }
    list.sort_by_key(|device| (device.kind == DeviceKind::Speaker, !device.default));
    Ok(list)
}

/// The device with this id, or the default one.
pub(crate) fn find(host: &Host, kind: DeviceKind, id: Option<&str>) -> Result<cpal::Device, AudioError> {
    let Some(id) = id else {
        let device = match kind {
            DeviceKind::Microphone => host.default_input_device(),
            DeviceKind::Speaker => host.default_output_device(),
        };
        return device.ok_or(AudioError::NoDevice(kind));
    };
    let unknown = || AudioError::UnknownDevice { kind, id: id.to_owned() };
    let parsed = id.parse().map_err(|_| unknown())?;
    host.device_by_id(&parsed).ok_or_else(unknown)
}

/// Opens and starts a device that `find` gave for `id`.
pub(crate) fn open_microphone(
    device: &cpal::Device,
    id: Option<&str>,
    ring: Producer<f32>,
) -> Result<Box<dyn Microphone>, AudioError> {
    let kind = DeviceKind::Microphone;
    let config = choose(kind, id, device)?;
    let shared = Arc::new(Shared::default());
    let rate = config.sample_rate();
    let (ring, stage) = if rate == SAMPLE_RATE {
        (ring, None)
    } else {
        let (raw, from) = RingBuffer::new((rate / MICROPHONE_RINGS_PER_SECOND) as usize);
        let stage = Stage::new(kind, Rates { from: rate, to: SAMPLE_RATE }, from, ring)?;
        (raw, Some(StageThread::start(stage, Arc::clone(&shared))?))
    };
    let build = match config.sample_format() {
        SampleFormat::I16 => input::<i16>,
        SampleFormat::I32 => input::<i32>,
        SampleFormat::U16 => input::<u16>,
        // `choose` lets only the four formats of `FORMATS` through.
        _ => input::<f32>,
    };
    let stream = build(device, stream_config(&config), ring, &shared).map_err(|e| failed(kind, &e))?;
    stream.play().map_err(|e| failed(kind, &e))?;
    Ok(Box::new(DesktopMicrophone(Open::new(kind, shared, stream, stage))))
}

/// Opens and starts a device that `find` gave for `id`.
pub(crate) fn open_speaker(
    device: &cpal::Device,
    id: Option<&str>,
    ring: Consumer<f32>,
) -> Result<Box<dyn Speaker>, AudioError> {
    let kind = DeviceKind::Speaker;
    let config = choose(kind, id, device)?;
    let shared = Arc::new(Shared::default());
    let rate = config.sample_rate();
    let (ring, stage) = if rate == SAMPLE_RATE {
        (ring, None)
    } else {
        let (to, raw) = RingBuffer::new((rate / SPEAKER_RINGS_PER_SECOND) as usize);
        let stage = Stage::new(kind, Rates { from: SAMPLE_RATE, to: rate }, ring, to)?;
        (raw, Some(StageThread::start(stage, Arc::clone(&shared))?))
    };
    let build = match config.sample_format() {
        SampleFormat::I16 => output::<i16>,
        SampleFormat::I32 => output::<i32>,
        SampleFormat::U16 => output::<u16>,
        // `choose` lets only the four formats of `FORMATS` through.
        _ => output::<f32>,
    };
    let stream = build(device, stream_config(&config), ring, &shared).map_err(|e| failed(kind, &e))?;
    stream.play().map_err(|e| failed(kind, &e))?;
    Ok(Box::new(DesktopSpeaker(Open::new(kind, shared, stream, stage))))
}

fn input<T>(
    device: &cpal::Device,
    config: StreamConfig,
    mut ring: Producer<f32>,
    shared: &Arc<Shared>,
) -> Result<Stream, Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let on_error = report(DeviceKind::Microphone, shared);
    let (shared, format) = (Arc::clone(shared), Format::of(config));
    let copy = move |data: &[T], info: &cpal::InputCallbackInfo| {
        let when = info.timestamp();
        let oldest = callback::known(when.callback.checked_duration_since(when.capture));
        format.take(data, oldest, &shared, &mut ring);
    };
    device.build_input_stream(config, copy, on_error, None)
}

fn output<T>(
    device: &cpal::Device,
    config: StreamConfig,
    mut ring: Consumer<f32>,
    shared: &Arc<Shared>,
) -> Result<Stream, Error>
where
    T: SizedSample + FromSample<f32>,
{
    let on_error = report(DeviceKind::Speaker, shared);
    let (shared, format) = (Arc::clone(shared), Format::of(config));
    let copy = move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
        let when = info.timestamp();
        let first = callback::known(when.playback.checked_duration_since(when.callback));
        format.give(data, first, &shared, &mut ring);
    };
    device.build_output_stream(config, copy, on_error, None)
}

/// What the stream calls when something happened to it; the first thing that ends it is kept.
fn report(kind: DeviceKind, shared: &Arc<Shared>) -> impl FnMut(Error) + Send + 'static {
    let shared = Arc::clone(shared);
    move |error| match error.kind() {
        // The sound goes on: a glitch, a refused wish for priority, or another device took over.
        ErrorKind::Xrun | ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {}
        _ => {
            let _ = shared.failure.set(ended(kind, &error));
        }
    }
}

/// Sample formats in the order of preference.
const FORMATS: [SampleFormat; 4] = [SampleFormat::F32, SampleFormat::I16, SampleFormat::I32, SampleFormat::U16];

/// The best way to run a device: 48 kHz if it can, few channels, the widest format.
fn choose(kind: DeviceKind, id: Option<&str>, device: &cpal::Device) -> Result<SupportedStreamConfig, AudioError> {
    let gone = |error: Error| match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => {
            id.map_or(AudioError::NoDevice(kind), |id| AudioError::UnknownDevice { kind, id: id.to_owned() })
        }
        _ => failed(kind, &error),
    };
    let ranges: Vec<SupportedStreamConfigRange> = match kind {
        DeviceKind::Microphone => device.supported_input_configs().map_err(gone)?.collect(),
        DeviceKind::Speaker => device.supported_output_configs().map_err(gone)?.collect(),
    };
    // Mono from a microphone saves the mixing; to a speaker it may sound on one side only.
    let wanted_channels = match kind {
        DeviceKind::Microphone => 1_u16,
        DeviceKind::Speaker => 2,
    };
    let rank = |range: &SupportedStreamConfigRange| {
        let format = FORMATS.iter().position(|format| *format == range.sample_format())?;
        let nearest = SAMPLE_RATE.clamp(range.min_sample_rate(), range.max_sample_rate());
        Some((nearest.abs_diff(SAMPLE_RATE), range.channels().abs_diff(wanted_channels), format, nearest))
    };
    let best = ranges.iter().filter_map(|range| rank(range).map(|rank| (rank, range))).min_by_key(|(rank, _)| *rank);
    let ((.., rate), range) = best.ok_or_else(|| AudioError::Device {
        kind,
        detail: "it offers no sample format that this program knows".into(),
    })?;
    Ok(range.with_sample_rate(rate))
}

fn stream_config(config: &SupportedStreamConfig) -> StreamConfig {
    let wanted = config.sample_rate() / CALLBACKS_PER_SECOND;
    let buffer_size = match config.buffer_size() {
        SupportedBufferSize::Range { min, max } => BufferSize::Fixed(wanted.clamp(*min, *max)),
        SupportedBufferSize::Unknown => BufferSize::Default,
    };
    StreamConfig { buffer_size, ..config.config() }
}

/// Why a device could not be opened.
fn failed(kind: DeviceKind, error: &Error) -> AudioError {
    let detail = error.to_string();
    match error.kind() {
        ErrorKind::PermissionDenied => AudioError::NotAllowed { kind, detail },
        ErrorKind::DeviceBusy => AudioError::Busy { kind, detail },
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => AudioError::Gone { kind, detail },
        _ => AudioError::Device { kind, detail },
    }
}

/// Why a device that was open ended. The system's word for a device that vanished or whose server ended differs, and
/// so do those for one that changed its rate: for all of them another opening is the cure.
fn ended(kind: DeviceKind, error: &Error) -> AudioError {
    match error.kind() {
        ErrorKind::StreamInvalidated => AudioError::Gone { kind, detail: error.to_string() },
        _ => failed(kind, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::ID_PREFIXES;

    #[test]
    fn an_id_that_nobody_has_is_unknown() {
        for id in ["no-host-at-all", &format!("{}no such device", ID_PREFIXES[0])] {
            let (ring, _reader) = RingBuffer::new(480);
            let error = crate::os::open_microphone(Some(id), ring).err();
            assert_eq!(error, Some(AudioError::UnknownDevice { kind: DeviceKind::Microphone, id: id.to_owned() }));
        }
    }

    #[test]
    fn every_listed_id_is_read_back_as_a_device() {
        for device in crate::os::devices().expect("the sound system answers") {
            assert!(ID_PREFIXES.iter().any(|prefix| device.id.starts_with(prefix)), "{}", device.id);
        }
    }

    #[test]
    fn without_a_device_the_default_is_a_typed_error() {
        let known = crate::os::devices().expect("the sound system answers");
        let (ring, _reader) = RingBuffer::new(480);
        let opened = crate::os::open_microphone(None, ring);
        if !known.iter().any(|device| device.kind == DeviceKind::Microphone) {
            assert_eq!(opened.err(), Some(AudioError::NoDevice(DeviceKind::Microphone)));
        }
    }
}
