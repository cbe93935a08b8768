//! Linux: cpal over ALSA, which reaches PipeWire and PulseAudio through their own ALSA plug-ins.
//! `device` and `open` call it.
//! ALSA prints its errors to standard error by itself; here they come back as values only.

#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};

use rtrb::{Consumer, Producer};

use crate::desktop;
use crate::device::Device;
use crate::error::AudioError;
use crate::stream::{Microphone, Speaker};

/// How every device id begins.
pub(crate) const ID_PREFIX: &str = "alsa:";

pub(crate) fn devices() -> Result<Vec<Device>, AudioError> {
    quietly(desktop::devices)
}

pub(crate) fn open_microphone(id: Option<&str>, ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError> {
    quietly(|| desktop::open_microphone(id, ring))
}

pub(crate) fn open_speaker(id: Option<&str>, ring: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError> {
    quietly(|| desktop::open_speaker(id, ring))
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
