//! What every open microphone and speaker can do.
//! The engine holds them for the length of a call; the samples themselves go through the rings.
//! Dropping one closes the device or finishes the file before it returns.

use std::time::Duration;

use ahoy_media::LocalTime;

use crate::error::AudioError;

/// An open microphone. Its ring gets silence in real time until `begin`, then sound; 48 kHz mono, -1 to 1.
/// What does not fit into the ring is dropped, newest first, and counted.
pub trait Microphone: Send {
    /// Lets the sound through. Returns the moment at which its sample 0 is captured (with a file: file sample 0);
    /// sample n is in the ring at that moment + (n + 1) / 48,000 s, rounded up to the end of its 5 ms block.
    /// Later calls return the first answer.
    fn begin(&mut self) -> LocalTime;

    /// Samples lost because the ring was full; only grows.
    fn dropped(&self) -> u64;

    /// How old the newest sample of a block is when it comes into the ring, as the system tells it now; a buffer where
    /// it tells nothing, zero where there is no device.
    fn latency(&self) -> Duration;

    /// Why no more sound comes, if so. The ring then stays as it is.
    fn failure(&self) -> Option<AudioError>;
}

/// An open speaker. It takes nothing from its ring before `begin`.
pub trait Speaker: Send {
    /// Starts playing. Returns the moment at which sample 0 is due; sample n is due n / 48,000 s later.
    /// Later calls return the first answer.
    fn begin(&mut self) -> LocalTime;

    /// Samples of silence played because the ring was empty; only grows.
    fn underruns(&self) -> u64;

    /// How long the first sample of a block still needs into the air when it is taken, as the system tells it now; a
    /// buffer where it tells nothing, zero where there is no device.
    fn latency(&self) -> Duration;

    /// Why nothing is played any more, if so.
    fn failure(&self) -> Option<AudioError>;
}

/// How a microphone plays what it plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MicOptions {
    /// A file starts again at its end; without it silence follows.
    pub repeat: bool,
}
