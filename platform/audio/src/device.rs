//! The microphones and speakers that the system knows.
//! The device list of the window and `ahoy devices` call it.
//! An id names the same device in every run and always starts with the name of its sound system.

use std::fmt;

use crate::error::AudioError;
use crate::os;

/// Which way the sound goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// Sound into the phone.
    Microphone,
    /// Sound out of the phone.
    Speaker,
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Microphone => "microphone",
            Self::Speaker => "speaker",
        })
    }
}

/// One microphone or speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What `--mic` and `--speaker` take.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Which way the sound goes.
    pub kind: DeviceKind,
    /// Whether the word `default` means this one.
    pub default: bool,
}

/// Lists every microphone and speaker that can be opened; empty on a machine without any.
///
/// # Errors
/// [`AudioError::Device`] when the sound system itself does not answer.
pub fn devices() -> Result<Vec<Device>, AudioError> {
    os::devices()
}

/// Whether a device with this id can be opened now; some that can are too many to be listed, like the monitors of
/// loudspeakers or the devices of the sound system beneath another one.
///
/// # Errors
/// [`AudioError`] when the sound system itself does not answer.
pub fn is_known(kind: DeviceKind, id: &str) -> Result<bool, AudioError> {
    os::is_known(kind, id)
}
