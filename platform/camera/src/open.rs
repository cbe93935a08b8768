//! The one trait of every camera, and how one is opened.
//! The encode thread of a call opens its camera here and drops it to close it.
//! Opening never blocks longer than the back end's own named limit.

use ahoy_media::{CapturedPicture, LocalTime, Slot};

use crate::choice::{CameraChoice, CameraMode, Device};
use crate::error::CameraError;
use crate::{backend, file, pattern};

/// A running camera. Dropping it stops the pictures and closes the device or file.
pub trait Camera: Send {
    /// When picture 0 was captured; `None` before it.
    fn begun(&self) -> Option<LocalTime>;

    /// Why no more pictures come; `None` while they do.
    fn failure(&self) -> Option<CameraError>;

    /// Pictures that could not be read and were skipped; only what a driver gives can be broken.
    fn broken(&self) -> u64 {
        0
    }
}

/// [`CameraChoice::None`]: runs, and never gives a picture.
struct NoCamera;

impl Camera for NoCamera {
    fn begun(&self) -> Option<LocalTime> {
        None
    }

    fn failure(&self) -> Option<CameraError> {
        None
    }
}

/// The real cameras of this machine, the default one first.
///
/// # Errors
/// When the system cannot be asked, or cameras cannot be used on it.
pub fn devices() -> Result<Vec<Device>, CameraError> {
    backend::devices()
}

/// Opens a camera; its pictures go to `slot`, the newest one wins.
///
/// # Errors
/// When there is no such camera or file, or it cannot be used.
pub fn open_camera(
    choice: &CameraChoice,
    mode: CameraMode,
    slot: Slot<CapturedPicture>,
) -> Result<Box<dyn Camera>, CameraError> {
    match choice {
        CameraChoice::Default => backend::open(None, mode, slot),
        CameraChoice::None => Ok(Box::new(NoCamera)),
        CameraChoice::Pattern => pattern::open(mode, slot),
        CameraChoice::File(path) => file::open(path, slot),
        CameraChoice::Device(id) => backend::open(Some(id), mode, slot),
    }
}
