//! Microphones and speakers: 48 kHz mono rings over every device.
//!
//! A microphone fills a wait-free ring, a speaker empties one; both are silent until `begin` and close when dropped.
//! Files and synthetic sounds keep real time to the sample, so that a delay can be measured through them.

pub mod choice;
pub mod device;
pub mod error;
pub mod open;
pub mod pace;
pub mod stream;

mod callback;
mod paced_microphone;
mod paced_speaker;
mod recording;
mod synthetic;
mod watch;
mod wav;

#[cfg(any(target_os = "linux", target_os = "windows"))]
mod desktop;
#[cfg(any(target_os = "linux", target_os = "windows"))]
mod format;
#[cfg(any(target_os = "linux", target_os = "windows"))]
mod resample;

#[cfg(target_os = "linux")]
mod pulse;
#[cfg(target_os = "linux")]
mod pulse_microphone;

#[cfg(target_os = "android")]
#[path = "android.rs"]
mod os;
#[cfg(any(target_os = "macos", target_os = "ios"))]
#[path = "apple.rs"]
mod os;
#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod os;
#[cfg(target_os = "windows")]
#[path = "windows.rs"]
mod os;

pub use choice::{MicChoice, SpeakerChoice};
pub use device::{Device, DeviceKind, devices, is_known};
pub use error::AudioError;
pub use open::{open_microphone, open_speaker};
pub use stream::{MicOptions, Microphone, Speaker};
