//! Echo canceller, noise suppressor, gain and levels of a voice: what happens between microphone and codec.
//!
//! Everything here is pure: no clock, no IO, no thread. Time passes with the samples.

mod bands;
mod canceller;
mod chain;
pub mod level;
pub mod processor;
pub mod talk;

pub use level::LevelMeter;
pub use processor::{Processing, VoiceProcessor};
pub use talk::TalkDetector;
