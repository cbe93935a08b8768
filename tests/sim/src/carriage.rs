//! Which transport carries pictures best: a stream for each frame, or datagrams with repairs and parity.
//!
//! One sender of frames, one link in each direction, virtual time. The datagrams are the production code (`FrameSender`,
//! `FrameReceiver`); the streams are a model of QUIC that errs on their side. Everything is decided by a seed.

pub mod datagrams;
pub mod frames;
pub mod link;
pub mod streams;
pub mod table;

pub use frames::{Case, Outcome};
