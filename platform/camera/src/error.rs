//! Why there is no picture.
//! The engine shows the message and ends the camera; a call goes on without it.
//! Variants are cut by what a person can do about them.

use std::path::{Path, PathBuf};

/// What went wrong with a camera or a screen file.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CameraError {
    /// The machine has no camera at all.
    #[error("no camera was found: plug one in, or choose a Y4M file or `pattern`")]
    NoDevice,
    /// The chosen camera is not there.
    #[error("there is no camera `{id}`: choose one that `devices` lists")]
    UnknownDevice {
        /// The id that was asked for.
        id: String,
    },
    /// The camera is there but would not start.
    #[error("camera `{id}` would not start ({reason}): close other programs that use it, then try again")]
    Refused {
        /// Id of the camera.
        id: String,
        /// The system's words.
        reason: String,
    },
    /// The camera has no picture format that can be used here.
    #[error(
        "camera `{id}` offers no picture format that can be used (YUYV, NV12 or MJPEG, at most 1920 a side): choose another"
    )]
    NoUsableMode {
        /// Id of the camera.
        id: String,
    },
    /// The camera worked and then went silent or away.
    #[error("camera `{id}` stopped giving pictures ({reason}): check its cable, then turn the camera off and on")]
    Stopped {
        /// Id of the camera.
        id: String,
        /// What was seen.
        reason: String,
    },
    /// Cameras cannot be used on this system yet.
    #[error("the camera of this device cannot be used yet: call by voice, or send a Y4M file or `pattern`")]
    Unavailable,
    /// A file could not be opened, read or written.
    #[error("cannot use {}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// A file is not a Y4M file of the kind that is understood.
    #[error("{} is not a usable Y4M file: {reason}", path.display())]
    NotY4m {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// The system would not start a thread.
    #[error("the camera's thread could not be started ({reason}): close other programs")]
    Thread {
        /// The system's words.
        reason: String,
    },
}

impl CameraError {
    pub(crate) fn file(path: &Path, why: &std::io::Error) -> Self {
        Self::File { path: path.to_owned(), reason: why.to_string() }
    }

    pub(crate) fn not_y4m(path: &Path, reason: impl Into<String>) -> Self {
        Self::NotY4m { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn thread(why: &std::io::Error) -> Self {
        Self::Thread { reason: why.to_string() }
    }
}
