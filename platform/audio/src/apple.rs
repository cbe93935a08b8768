//! macOS and iOS: Core Audio's voice-processing unit, which brings the system's echo canceller.
//! `device` and `open` call it.
//! The callbacks only copy; the unit converts to 48 kHz mono float when the device is something else.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ahoy_media::{LocalTime, SAMPLE_RATE};
use coreaudio::Error;
use coreaudio::audio_unit::audio_format::LinearPcmFlags;
use coreaudio::audio_unit::render_callback::{Args, data};
use coreaudio::audio_unit::{AudioUnit, Element, IOType, SampleFormat, Scope, StreamFormat};
use rtrb::{Consumer, Producer};

use crate::callback::{self, Shared};
use crate::device::{Device, DeviceKind};
use crate::error::AudioError;
use crate::pace;
use crate::stream::{Microphone, Speaker};
use crate::watch::Watch;

/// How a device id begins.
pub(crate) const ID_PREFIXES: &[&str] = &["coreaudio:"];

/// The one device a side: the system routes to what the person picked there.
const ROUTED: &str = "coreaudio:default";

/// `kAudioOutputUnitProperty_EnableIO` of `AudioUnitProperties.h`: turns one side of the unit on or off.
const ENABLE_IO: u32 = 2003;

type Mono = data::NonInterleaved<f32>;

pub(crate) fn devices() -> Result<Vec<Device>, AudioError> {
    let routed = |kind, name: &str| Device { id: ROUTED.to_owned(), name: name.to_owned(), kind, default: true };
    Ok(vec![routed(DeviceKind::Microphone, "System microphone"), routed(DeviceKind::Speaker, "System speaker")])
}

struct Open {
    shared: Arc<Shared>,
    watch: Watch,
    // Dropping the unit stops it and frees its callback.
    _unit: AudioUnit,
}

impl Microphone for Open {
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

impl Speaker for Open {
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
    let unit = capture_unit(ring, &shared).map_err(|e| failed(kind, &e))?;
    Ok(Box::new(Open { shared, watch: Watch::start(kind), _unit: unit }))
}

pub(crate) fn open_speaker(id: Option<&str>, ring: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError> {
    let kind = DeviceKind::Speaker;
    known(kind, id)?;
    let shared = Arc::new(Shared::default());
    let unit = playout_unit(ring, &shared).map_err(|e| failed(kind, &e))?;
    Ok(Box::new(Open { shared, watch: Watch::start(kind), _unit: unit }))
}

fn capture_unit(mut ring: Producer<f32>, shared: &Arc<Shared>) -> Result<AudioUnit, Error> {
    let mut unit = AudioUnit::new_uninitialized(IOType::VoiceProcessingIO)?;
    unit.set_property(ENABLE_IO, Scope::Input, Element::Input, Some(&1_u32))?;
    unit.set_stream_format(mono(), Scope::Output, Element::Input)?;
    unit.initialize()?;
    let shared = Arc::clone(shared);
    unit.set_input_callback(move |args: Args<Mono>| {
        let open = shared.begin.get().is_some();
        shared.called(callback::span(args.num_frames, SAMPLE_RATE), None);
        for channel in args.data.channels().take(1) {
            let frames = channel.iter().copied().take(args.num_frames);
            callback::capture(frames, open, &mut ring, &shared.missed);
        }
        Ok(())
    })?;
    unit.start()?;
    Ok(unit)
}

fn playout_unit(mut ring: Consumer<f32>, shared: &Arc<Shared>) -> Result<AudioUnit, Error> {
    let mut unit = AudioUnit::new_uninitialized(IOType::VoiceProcessingIO)?;
    unit.set_stream_format(mono(), Scope::Input, Element::Output)?;
    unit.initialize()?;
    let shared = Arc::clone(shared);
    unit.set_render_callback(move |mut args: Args<Mono>| {
        let open = shared.begin.get().is_some();
        shared.called(callback::span(args.num_frames, SAMPLE_RATE), None);
        for channel in args.data.channels_mut().take(1) {
            let frames = args.num_frames.min(channel.len());
            callback::playout(frames, open, &mut ring, &shared.missed, |at, sample| channel[at] = sample);
        }
        Ok(())
    })?;
    unit.start()?;
    Ok(unit)
}

fn mono() -> StreamFormat {
    StreamFormat {
        sample_rate: f64::from(SAMPLE_RATE),
        sample_format: SampleFormat::F32,
        flags: LinearPcmFlags::IS_FLOAT | LinearPcmFlags::IS_PACKED | LinearPcmFlags::IS_NON_INTERLEAVED,
        channels: 1,
    }
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
