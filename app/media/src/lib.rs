//! Frames, packets, jitter buffer, assembler, feedback: the media path of a call as plain values.
//!
//! Everything here is pure: no IO, no clock, no thread. `now` is an argument, so a simulation can drive the same code.

mod arrivals;
pub mod assembler;
pub mod audio;
pub mod clock;
pub mod codec;
pub mod comfort;
pub mod drift;
mod emodel;
pub mod feedback;
pub mod freeze;
mod heard;
mod horizon;
pub mod jitter;
pub mod loss;
pub mod offset;
mod pace;
pub mod picture;
pub mod plan;
mod playout;
pub mod protect;
pub mod repair;
pub mod scale;
#[cfg(test)]
mod simulation;
pub mod slot;
pub mod stretch;
pub mod units;
pub mod video;
pub mod voice_rate;
mod waiting;

pub use assembler::{Assembler, AssemblerCounts};
pub use audio::{AudioPacket, Sound, WireError};
pub use clock::MediaClock;
pub use codec::AudioCodec;
pub use comfort::ComfortNoise;
pub use drift::Drift;
pub use feedback::{Abilities, Feedback};
pub use freeze::FreezeMeter;
pub use jitter::JitterBuffer;
pub use loss::{LossPattern, Losses};
pub use offset::ClockOffset;
pub use picture::{CapturedPicture, DecodedPicture, Picture};
pub use plan::{Copies, Plan};
pub use protect::Protection;
pub use repair::Repair;
pub use slot::Slot;
pub use units::{
    FRAME_SAMPLES, FrameLength, Kbps, LocalTime, MediaTime, SAMPLE_RATE, Size, Stamp, TICK_SAMPLES, Tenths,
};
pub use video::{References, VideoFrame};
pub use voice_rate::VoiceRate;
