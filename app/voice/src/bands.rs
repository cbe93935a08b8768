//! A tick at 48 kHz as three bands of 16 kHz, and back: the canceller and the suppressor work in the lowest and follow in the others.
//! Called by `Chain`.
//! Inside, samples are scaled as 16 bits are: all of WebRTC's thresholds are.

use ahoy_media::TICK_SAMPLES;
use sonora::three_band_filter_bank::{NUM_BANDS, SPLIT_BAND_SIZE, ThreeBandFilterBank};

/// Bands of a tick.
pub(crate) const BANDS: usize = NUM_BANDS;

/// Samples of a tick in one band.
pub(crate) const BAND_TICK: usize = SPLIT_BAND_SIZE;

/// A tick, lowest band first.
pub(crate) type Bands = [[f32; BAND_TICK]; BANDS];

/// Full scale of 16 bits.
pub(crate) const FULL_SCALE: f32 = 32_768.0;

/// Splits and joins one stream of ticks.
pub(crate) struct Splitter(ThreeBandFilterBank);

impl Splitter {
    pub(crate) fn new() -> Self {
        Self(ThreeBandFilterBank::new())
    }

    pub(crate) fn split(&mut self, tick: &[f32; TICK_SAMPLES]) -> Bands {
        let mut bands = [[0.0; BAND_TICK]; BANDS];
        self.0.analysis(tick, &mut bands);
        bands
    }

    pub(crate) fn join(&mut self, bands: &Bands, tick: &mut [f32; TICK_SAMPLES]) {
        self.0.synthesis(bands, tick);
    }
}
