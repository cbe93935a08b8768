//! Windows: cpal over WASAPI.
//! `device` and `open` call it.
//! Everything is in `desktop`; only the ids differ.

use rtrb::{Consumer, Producer};

use crate::desktop;
use crate::device::{Device, DeviceKind};
use crate::error::AudioError;
use crate::stream::{Microphone, Speaker};

/// How a device id begins.
pub(crate) const ID_PREFIXES: &[&str] = &["wasapi:"];

pub(crate) fn devices() -> Result<Vec<Device>, AudioError> {
    desktop::list(&cpal::default_host())
}

pub(crate) fn is_known(kind: DeviceKind, id: &str) -> Result<bool, AudioError> {
    Ok(desktop::find(&cpal::default_host(), kind, Some(id)).is_ok())
}

pub(crate) fn open_microphone(id: Option<&str>, ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError> {
    let device = desktop::find(&cpal::default_host(), DeviceKind::Microphone, id)?;
    desktop::open_microphone(&device, id, ring)
}

pub(crate) fn open_speaker(id: Option<&str>, ring: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError> {
    let device = desktop::find(&cpal::default_host(), DeviceKind::Speaker, id)?;
    desktop::open_speaker(&device, id, ring)
}
