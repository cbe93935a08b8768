//! Linux: a sound server (PulseAudio or PipeWire) where one runs, else ALSA itself.
//! `device` and `open` call it; an id says which of the two it belongs to, and both kinds can always be opened.
//! ALSA prints its errors to standard error by itself; here they come back as values only.

#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};

use cpal::{Host, HostId};
use rtrb::{Consumer, Producer};

use crate::desktop;
use crate::device::{Device, DeviceKind};
use crate::error::AudioError;
use crate::stream::{Microphone, Speaker};
use crate::{pulse, pulse_microphone};

/// How a device id begins.
pub(crate) const ID_PREFIXES: &[&str] = &[pulse::ID_PREFIX, ALSA_PREFIX];

const ALSA_PREFIX: &str = "alsa:";

/// The plug-ins that bring a device of their own name: filters, and bridges to sound servers, which are not there when ALSA is asked.
const PLUG_INS: &[&str] =
    &["lavrate", "samplerate", "speexrate", "speex", "upmix", "vdownmix", "jack", "oss", "pulse", "pipewire"];

pub(crate) fn devices() -> Result<Vec<Device>, AudioError> {
    match pulse::ask(|server| desktop::list(&server.host))? {
        Some(list) => {
            Ok(list?.into_iter().filter(|device| device.default || !device.id.ends_with(pulse::MONITOR)).collect())
        }
        None => {
            let list = quietly(|| desktop::list(&alsa()?))?;
            Ok(list.into_iter().filter(|device| device.default || is_a_choice(&device.id)).collect())
        }
    }
}

/// ALSA lists every way its plug-ins can be put together. What a person chooses between is each output of a card once, by the
/// plug-in that takes any rate, and what the machine's owner has defined; all others can still be opened by their id.
fn is_a_choice(id: &str) -> bool {
    let name = id.strip_prefix(ALSA_PREFIX).unwrap_or(id);
    match name.split_once(':') {
        Some((plug_in, _)) => plug_in == "plughw",
        None => !PLUG_INS.contains(&name),
    }
}

pub(crate) fn is_known(kind: DeviceKind, id: &str) -> Result<bool, AudioError> {
    match find(kind, Some(id)) {
        Ok(_) => Ok(true),
        Err(AudioError::NoAnswer) => Err(AudioError::NoAnswer),
        Err(_) => Ok(false),
    }
}

pub(crate) fn open_microphone(id: Option<&str>, ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError> {
    let wanted = id.map(str::to_owned);
    if id.is_none_or(|id| id.starts_with(pulse::ID_PREFIX))
        && let Some(found) = pulse::ask(move |server| server.microphone(wanted.as_deref()))?
    {
        let (client, source) = found?;
        return pulse::in_time(move || pulse_microphone::open(&client, source, ring));
    }
    let (device, id) = (find(DeviceKind::Microphone, id)?, id.map(str::to_owned));
    pulse::in_time(move || quietly(|| desktop::open_microphone(&device, id.as_deref(), ring)))
}

pub(crate) fn open_speaker(id: Option<&str>, ring: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError> {
    let (device, id) = (find(DeviceKind::Speaker, id)?, id.map(str::to_owned));
    pulse::in_time(move || quietly(|| desktop::open_speaker(&device, id.as_deref(), ring)))
}

/// The device with this id, in the sound system that the id names; without one the default, the server's first.
fn find(kind: DeviceKind, id: Option<&str>) -> Result<cpal::Device, AudioError> {
    if id.is_none_or(|id| id.starts_with(pulse::ID_PREFIX)) {
        let wanted = id.map(str::to_owned);
        if let Some(found) = pulse::ask(move |server| desktop::find(&server.host, kind, wanted.as_deref()))? {
            return found;
        }
    }
    match id {
        Some(id) if !id.starts_with(ALSA_PREFIX) => Err(AudioError::UnknownDevice { kind, id: id.to_owned() }),
        id => quietly(|| desktop::find(&alsa()?, kind, id)),
    }
}

fn alsa() -> Result<Host, AudioError> {
    cpal::host_from_id(HostId::Alsa).map_err(|_| AudioError::NoAnswer)
}

/// Runs `work` while this thread's ALSA errors are not printed.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: the handler is thread-local in ALSA, `ignore` has the type ALSA declares and touches none of its
    // arguments, and the handler that stood before is put back below on the same thread.
    let before = unsafe { alsa_sys::snd_lib_error_set_local(Some(ignore)) };
    let result = work();
    // SAFETY: `before` is what ALSA itself returned as this thread's handler.
    let _ = unsafe { alsa_sys::snd_lib_error_set_local(before) };
    result
}

unsafe extern "C" fn ignore(
    _file: *const c_char,
    _line: c_int,
    _function: *const c_char,
    _error: c_int,
    _format: *const c_char,
    _arguments: *mut alsa_sys::__va_list_tag,
) {
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_listed_once_and_filters_never() {
        let shown = ["alsa:plughw:CARD=PCH,DEV=0", "alsa:plughw:CARD=PCH,DEV=3", "alsa:kitchen"];
        assert!(shown.into_iter().all(is_a_choice));
        let hidden = ["alsa:hw:CARD=PCH,DEV=0", "alsa:surround51:CARD=PCH,DEV=0", "alsa:speexrate", "alsa:pulse"];
        assert!(!hidden.into_iter().any(is_a_choice));
    }
}
