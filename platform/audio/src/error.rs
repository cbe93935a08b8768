//! What can go wrong with a microphone or a speaker.
//! The engine shows the message as it is; the command line ends with exit code 2 on it.
//! Variants are cut by what a person can do about them, and the message says it.

use std::path::PathBuf;

use crate::device::DeviceKind;

/// Why a microphone or speaker cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AudioError {
    /// This machine has no such device at all.
    #[error("no {0} was found on this machine: connect one, or choose a file or `none`")]
    NoDevice(DeviceKind),
    /// There are devices, but none with this id.
    #[error("no {kind} has the id `{id}`: `ahoy devices` lists those that there are")]
    UnknownDevice {
        /// Which side was asked for.
        kind: DeviceKind,
        /// The id that was asked for.
        id: String,
    },
    /// The system does not let this program use the device.
    #[error("the system does not allow the use of the {kind} ({detail}): allow it in the system's privacy settings")]
    NotAllowed {
        /// Which side was asked for.
        kind: DeviceKind,
        /// What the system said.
        detail: String,
    },
    /// The device exists and fails, or was unplugged during use.
    #[error(
        "the {kind} does not work ({detail}): reconnect it, close other programs that use it, or choose another one"
    )]
    Device {
        /// Which side failed.
        kind: DeviceKind,
        /// What the system said.
        detail: String,
    },
    /// Another program has the device for itself alone.
    #[error("another program keeps the {kind} to itself ({detail}): close that program, or choose another {kind}")]
    Busy {
        /// Which side is taken.
        kind: DeviceKind,
        /// What the system said.
        detail: String,
    },
    /// The device was there and is not any more: unplugged, or its sound server ended.
    #[error("the {kind} is gone ({detail}): connect it again, or choose another one")]
    Gone {
        /// Which side is gone.
        kind: DeviceKind,
        /// What the system said.
        detail: String,
    },
    /// The device is open and its sound stands still.
    #[error("the {0} has stopped: disconnect it and connect it again, or choose another one")]
    Stalled(DeviceKind),
    /// The sound system itself does not react.
    #[error("the sound system does not answer: restart its sound server (PipeWire or PulseAudio), or the computer")]
    NoAnswer,
    /// The microphone file is not there.
    #[error("`{}` is neither a device nor a file that exists: check the path, or see `ahoy devices`", .0.display())]
    NoFile(PathBuf),
    /// The microphone file is there but cannot be played.
    #[error("the sound file `{}` cannot be used, {reason}: give a WAV file, 8 to 192 kHz, 1 or 2 channels", path.display())]
    BadFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The speaker file cannot be written (any longer).
    #[error("the sound file `{}` cannot be written, {reason}: choose a folder that exists, is writable and has space", path.display())]
    CannotWrite {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Nothing was named.
    #[error("the name of the {0} is empty: give `default`, `none`, a device id or a file")]
    EmptyName(DeviceKind),
}
