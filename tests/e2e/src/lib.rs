//! Calls between real `ahoy` processes, scored by what came out: sound and picture, not only counters.
//!
//! The tests beside it, `demo` and `bench` all place their calls through [`rig::Rig`].

pub mod desktop;
pub mod display;
pub mod events;
pub mod gallery;
pub mod golden;
pub mod hands;
pub mod network;
pub mod phone;
pub mod picture;
pub mod pulse;
pub mod reader;
pub mod recorder;
pub mod report;
pub mod rig;
pub mod sound;
pub mod window;
