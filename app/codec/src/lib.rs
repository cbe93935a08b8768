//! Opus and VP9 behind narrow types: the only code that touches the C codecs.
//! The audio and video workers of a call open one of each kind and own it.
//! Bytes from the network pass a gate of ours before a C decoder sees them; what fails is a typed error.

pub mod error;
pub mod opus_decoder;
pub mod opus_encoder;
pub mod opus_packet;
pub mod vp9_decoder;
pub mod vp9_encoder;
pub mod vp9_header;

mod opus_dred;
#[cfg(test)]
mod synthetic;
mod vp9_bits;
mod vp9_flags;
mod vp9_image;
mod vp9_layout;
mod vp9_quantizer;
mod vp9_settings;
mod vpx;

pub use error::{CodecError, FrameFault, PacketFault};
pub use opus_decoder::OpusDecoder;
pub use opus_encoder::{OpusConfig, OpusEncoder};
pub use opus_packet::opus_gate;
pub use vp9_decoder::Vp9Decoder;
pub use vp9_encoder::{EncodedFrame, Vp9Config, Vp9Encoder};
pub use vp9_header::{FrameHeader, FrameSize, vp9_gate};
