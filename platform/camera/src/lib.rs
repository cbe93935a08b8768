//! Cameras: I420 pictures in a latest-value slot, each with the time it was captured.
//!
//! One narrow trait; behind it real cameras (one back end a system), Y4M files and a synthetic pattern.
//! The camera closes when its handle is dropped; nothing is captured before [`open_camera`].

#[cfg_attr(target_os = "android", path = "android.rs")]
#[cfg_attr(target_os = "ios", path = "ios.rs")]
#[cfg_attr(not(any(target_os = "android", target_os = "ios")), path = "desktop.rs")]
mod backend;
pub mod choice;
pub mod error;
mod file;
mod open;
pub mod pattern;
mod range;
pub mod rotate;
pub mod screen;
mod steady;
pub mod y4m;

pub use choice::{CameraChoice, CameraMode, Device, Facing, switched};
pub use error::CameraError;
pub use open::{Camera, devices, open_camera};
pub use rotate::{Rotation, rotate};
pub use screen::ScreenFile;
