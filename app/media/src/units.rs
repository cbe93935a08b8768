//! The units that media speaks: two clocks, bit rate and picture size.
//! Every crate uses them, so that a microsecond of ours is never taken for a microsecond of the peer.
//! A `LocalTime` never crosses the wire; a `MediaTime` is never compared with a local clock directly.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Samples a second of every sound inside the phone (mono).
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples of one 20 ms frame at [`SAMPLE_RATE`].
pub const FRAME_SAMPLES: usize = 960;

/// Microseconds on this machine's monotonic clock (`CLOCK_MONOTONIC` where there is one).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(pub u64);

impl LocalTime {
    /// The time since `earlier`, zero when `earlier` is later.
    #[must_use]
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for LocalTime {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }
}

impl Sub<Duration> for LocalTime {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros(span)))
    }
}

/// Microseconds on the sender's clock, counted from an origin drawn at random for each call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MediaTime(pub u64);

impl MediaTime {
    /// The time since `earlier`, zero when `earlier` is later.
    #[must_use]
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for MediaTime {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }
}

/// Kilobits (1,000 bits) a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Kbps(pub u32);

impl Kbps {
    /// The rate in bits a second.
    #[must_use]
    pub fn bits_per_second(self) -> u64 {
        u64::from(self.0) * 1_000
    }
}

impl fmt::Display for Kbps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kbit/s", self.0)
    }
}

/// Width and height of a picture in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Pixels a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Size {
    /// The founding picture size, 640x480.
    pub const VGA: Self = Self::new(640, 480);

    /// A size of `width` x `height` pixels.
    #[must_use]
    pub const fn new(width: u16, height: u16) -> Self {
        Self { width, height }
    }

    /// Width of a 4:2:0 chroma plane.
    #[must_use]
    pub const fn chroma_width(self) -> usize {
        (self.width as usize).div_ceil(2)
    }

    /// Height of a 4:2:0 chroma plane.
    #[must_use]
    pub const fn chroma_height(self) -> usize {
        (self.height as usize).div_ceil(2)
    }

    /// Bytes of the luma plane.
    #[must_use]
    pub const fn luma_len(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// Bytes of one chroma plane.
    #[must_use]
    pub const fn chroma_len(self) -> usize {
        self.chroma_width() * self.chroma_height()
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}
