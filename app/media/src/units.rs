//! The units that media speaks: two clocks, frame lengths, bit rate and picture size.
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

/// Samples of one tick, the 10 ms by which sound is counted on the wire.
pub const TICK_SAMPLES: usize = 480;

/// Milliseconds of one tick.
const TICK_MS: u32 = 10;

/// How much sound one Opus frame of ours holds: whole ticks (RFC 6716 §2.1.4 without the lengths below a tick).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrameLength {
    /// 10 ms: the quickest, and 50 kbit/s of headers.
    Ms10,
    /// 20 ms, the usual one.
    #[default]
    Ms20,
    /// 40 ms.
    Ms40,
    /// 60 ms: the slowest, and 8 kbit/s of headers.
    Ms60,
}

impl FrameLength {
    /// Every length, the shortest first.
    pub const ALL: [Self; 4] = [Self::Ms10, Self::Ms20, Self::Ms40, Self::Ms60];

    /// Milliseconds.
    #[must_use]
    pub const fn ms(self) -> u32 {
        match self {
            Self::Ms10 => 10,
            Self::Ms20 => 20,
            Self::Ms40 => 40,
            Self::Ms60 => 60,
        }
    }

    /// Ticks of 10 ms: by how much a frame advances the sequence.
    #[must_use]
    pub const fn ticks(self) -> u32 {
        self.ms() / TICK_MS
    }

    /// Samples at [`SAMPLE_RATE`].
    #[must_use]
    pub const fn samples(self) -> usize {
        self.ticks() as usize * TICK_SAMPLES
    }

    /// The time it lasts.
    #[must_use]
    pub const fn span(self) -> Duration {
        Duration::from_millis(self.ms() as u64)
    }

    /// The length of so many samples at [`SAMPLE_RATE`]; `None` when no frame of ours has it.
    #[must_use]
    pub fn from_samples(samples: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.samples() == samples)
    }

    /// The length of so many milliseconds; `None` when no frame of ours has it.
    #[must_use]
    pub fn from_ms(ms: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.ms() == ms)
    }
}

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

impl MediaTime {
    /// Its low 32 bits, which is what feedback carries.
    #[must_use]
    pub const fn stamp(self) -> Stamp {
        Stamp((self.0 & u32::MAX as u64) as u32)
    }
}

/// The low 32 bits of a media time: it comes round every 71.6 minutes, and is read as the time nearest to a known one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp(pub u32);

impl Stamp {
    /// The media time nearest to `known` with these low bits.
    #[must_use]
    pub fn near(self, known: MediaTime) -> MediaTime {
        let step = self.0.wrapping_sub(known.stamp().0).cast_signed();
        MediaTime(known.0.wrapping_add_signed(i64::from(step)))
    }
}

/// A span in steps of 0.1 ms, which is how feedback tells spans; the largest stands for everything longer (6.5 s).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenths(pub u16);

impl Tenths {
    /// Longer than can be told.
    pub const MAX: Self = Self(u16::MAX);

    /// The span, as far as it can be told.
    #[must_use]
    pub fn from_span(span: Duration) -> Self {
        Self(u16::try_from(span.saturating_add(TENTH / 2).as_micros() / TENTH.as_micros()).unwrap_or(u16::MAX))
    }

    /// The span told.
    #[must_use]
    pub fn span(self) -> Duration {
        TENTH * u32::from(self.0)
    }
}

/// What a step of [`Tenths`] lasts.
const TENTH: Duration = Duration::from_micros(100);

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_lengths_agree_in_every_unit() {
        for length in FrameLength::ALL {
            assert_eq!(FrameLength::from_ms(length.ms()), Some(length));
            assert_eq!(FrameLength::from_samples(length.samples()), Some(length));
            assert_eq!(length.samples(), length.ticks() as usize * TICK_SAMPLES);
            assert_eq!(length.span().as_micros() * u128::from(SAMPLE_RATE), length.samples() as u128 * 1_000_000);
        }
        assert_eq!(FrameLength::default().samples(), FRAME_SAMPLES);
        assert_eq!((FrameLength::from_ms(30), FrameLength::from_samples(240)), (None, None));
    }

    #[test]
    fn stamps_are_read_near_a_known_time_across_both_edges() {
        assert_eq!(MediaTime(0x1_FFFF_FFFE).stamp(), Stamp(0xFFFF_FFFE));
        assert_eq!(Stamp(5).near(MediaTime(0x1_FFFF_FFF0)), MediaTime(0x2_0000_0005));
        assert_eq!(Stamp(0xFFFF_FFF0).near(MediaTime(0x2_0000_0005)), MediaTime(0x1_FFFF_FFF0));
        assert_eq!(Stamp(7).near(MediaTime(u64::MAX)), MediaTime(7));
    }

    #[test]
    fn tenths_round_and_saturate() {
        assert_eq!(Tenths::from_span(Duration::from_micros(149)), Tenths(1));
        assert_eq!(Tenths::from_span(Duration::from_micros(150)), Tenths(2));
        assert_eq!(Tenths::from_span(Duration::MAX), Tenths::MAX);
        assert_eq!(Tenths(123).span(), Duration::from_micros(12_300));
    }
}
