//! Windows: cpal over WASAPI.
//! `device` and `open` call it.
//! Everything is in `desktop`; only the ids differ.

pub(crate) use crate::desktop::{devices, open_microphone, open_speaker};

/// How every device id begins.
pub(crate) const ID_PREFIX: &str = "wasapi:";
