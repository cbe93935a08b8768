//! What time it is for everything that the window shows.
//! Screens ask it for lengths, distances and dates; nothing that is drawn reads the system's clocks.
//! It can be stopped, so that a picture of a screen is the same whenever it is taken.

use ahoy_media::LocalTime;
use bevy::prelude::*;

/// The window's two clocks: one that people read, one that never jumps.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// They are the system's.
    #[default]
    Running,
    /// They stand.
    Stopped {
        /// Unix milliseconds.
        unix_ms: u64,
        /// The time that calls are measured in.
        local: LocalTime,
    },
}

impl Clock {
    /// Now, in Unix milliseconds.
    #[must_use]
    pub fn unix_ms(self) -> u64 {
        match self {
            Self::Running => ahoy_system::clock::unix_us() / 1000,
            Self::Stopped { unix_ms, .. } => unix_ms,
        }
    }

    /// Now, on the clock that calls are measured with.
    #[must_use]
    pub fn local(self) -> LocalTime {
        match self {
            Self::Running => LocalTime(ahoy_system::clock::monotonic()),
            Self::Stopped { local, .. } => local,
        }
    }
}
