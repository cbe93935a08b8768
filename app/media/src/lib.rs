//! Frames, packets, jitter buffer, assembler, feedback: the media path of a call as plain values.
//!
//! Everything here is pure: no IO, no clock, no thread. `now` is an argument, so a simulation can drive the same code.

mod arrivals;
pub mod assembler;
pub mod audio;
pub mod clock;
pub mod codec;
pub mod feedback;
pub mod freeze;
mod heard;
pub mod jitter;
pub mod offset;
pub mod picture;
pub mod scale;
pub mod slot;
pub mod stretch;
pub mod units;
pub mod video;

pub use assembler::{Assembler, AssemblerCounts};
pub use audio::{AudioPacket, WireError};
pub use clock::MediaClock;
pub use codec::AudioCodec;
pub use feedback::Feedback;
pub use freeze::FreezeMeter;
pub use jitter::JitterBuffer;
pub use offset::ClockOffset;
pub use picture::{CapturedPicture, DecodedPicture, Picture};
pub use slot::Slot;
pub use units::{FRAME_SAMPLES, Kbps, LocalTime, MediaTime, SAMPLE_RATE, Size};
pub use video::{References, VideoFrame};
