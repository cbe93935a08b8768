//! Android's cameras: not reachable yet, and said so.
//! `open.rs` asks here on Android.
//! Every answer is a typed error with advice, never an empty success.

use ahoy_media::{CapturedPicture, Slot};

use crate::choice::{CameraMode, Device};
use crate::error::CameraError;
use crate::open::Camera;

pub(crate) fn devices() -> Result<Vec<Device>, CameraError> {
    Err(CameraError::Unavailable)
}

pub(crate) fn open(
    _id: Option<&str>,
    _mode: CameraMode,
    _slot: Slot<CapturedPicture>,
) -> Result<Box<dyn Camera>, CameraError> {
    Err(CameraError::Unavailable)
}
