//! AEC3, the echo canceller of WebRTC, over three bands of 16 kHz.
//! Called by `Chain` with both sides split into bands, a tick at a time.
//! The canceller thinks in blocks of 64 samples a band: framers on both sides turn ticks into blocks and back.

use sonora_aec3::block::Block;
use sonora_aec3::block_framer::BlockFramer;
use sonora_aec3::block_processor::BlockProcessor;
use sonora_aec3::config::{EchoCanceller3Config, TransparentModeType};
use sonora_aec3::frame_blocker::FrameBlocker;

use crate::bands::{BAND_TICK, BANDS, Bands};

/// Samples of a band that a framer takes at once: half a tick.
const PIECE: usize = BAND_TICK / 2;

/// How much of the echo (in energy) the adaptive filter is at most believed to take away below 2 kHz: what is left is taken out together with the
/// near voice. WebRTC believes 4: with more alone, echo comes through in reverberant rooms, which the strict masks below make up for.
const TRUST_LOW: f32 = 16.0;

/// The same above; WebRTC believes 1.5.
const TRUST_HIGH: f32 = 8.0;

/// Length of the adaptive filters in blocks of 4 ms: 80 ms of a room's answer; WebRTC takes 13. What the filter holds need not be suppressed
/// together with the near voice. With 30 the near voice gains a little more, but some voices are learnt so slowly that under 30 dB of echo go.
const FILTER_BLOCKS: usize = 20;

/// While only the far side speaks, residual echo over near sound up to which a frequency passes, and from which it is silenced; below 2 kHz.
/// A third of WebRTC's, because [`TRUST_LOW`] lets the residual seem that much smaller.
const MASK_LOW: (f32, f32) = (0.1, 0.15);

/// The same above, for [`TRUST_HIGH`].
const MASK_HIGH: (f32, f32) = (0.02, 0.04);

/// The same while the near side speaks, about double of WebRTC's: its voice covers some of the echo. Filter, trust
/// and these masks gain 0.4 to 0.7 `ViSQOL` in double talk over WebRTC's filter and masks; the voice is still heard to be cut into (`echo.md`).
const NEAR_MASK_LOW: (f32, f32) = (2.0, 2.5);

/// The same above.
const NEAR_MASK_HIGH: (f32, f32) = (0.5, 1.0);

/// The search for the delay works at 16 kHz over this: at 2 kHz it costs a quarter of what it does at WebRTC's 4 kHz, and finds as well.
const SEARCH_DECIMATION: usize = 8;

/// The canceller of one microphone.
pub(crate) struct Canceller {
    processor: BlockProcessor,
    far_blocks: FrameBlocker,
    near_blocks: FrameBlocker,
    framer: BlockFramer,
    block: Block,
    piece: Vec<Vec<Vec<f32>>>,
}

impl Canceller {
    pub(crate) fn new() -> Self {
        Self {
            processor: BlockProcessor::new(&config(), ahoy_media::SAMPLE_RATE as usize, 1, 1),
            far_blocks: FrameBlocker::new(BANDS, 1),
            near_blocks: FrameBlocker::new(BANDS, 1),
            framer: BlockFramer::new(BANDS, 1),
            block: Block::new(BANDS, 1),
            piece: vec![vec![vec![0.0; PIECE]]; BANDS],
        }
    }

    /// A tick that is about to be played.
    pub(crate) fn render(&mut self, far: &Bands) {
        for half in 0..2 {
            self.far_blocks.insert_sub_frame_and_extract_block(&piece_of(far, half), &mut self.block);
            self.processor.buffer_render(&self.block);
        }
        if self.far_blocks.is_block_available() {
            self.far_blocks.extract_block(&mut self.block);
            self.processor.buffer_render(&self.block);
        }
    }

    /// Takes the echo out of a tick from the microphone; `clipped` when the microphone was driven to full scale.
    pub(crate) fn capture(&mut self, near: &mut Bands, clipped: bool, delay_ms: i32) {
        self.processor.set_audio_buffer_delay(delay_ms);
        for half in 0..2 {
            self.near_blocks.insert_sub_frame_and_extract_block(&piece_of(near, half), &mut self.block);
            self.processor.process_capture(false, clipped, None, &mut self.block);
            self.framer.insert_block_and_extract_sub_frame(&self.block, &mut self.piece);
            for (band, piece) in near.iter_mut().zip(&self.piece) {
                band[half * PIECE..(half + 1) * PIECE].copy_from_slice(&piece[0]);
            }
        }
        if self.near_blocks.is_block_available() {
            self.near_blocks.extract_block(&mut self.block);
            self.processor.process_capture(false, clipped, None, &mut self.block);
            self.framer.insert_block(&self.block);
        }
    }

    /// Echo return loss enhancement as the canceller estimates it, in dB.
    pub(crate) fn echo_loss_db(&self) -> f32 {
        self.processor.get_metrics().echo_return_loss_enhancement as f32
    }
}

/// WebRTC's values but for the constants above.
fn config() -> EchoCanceller3Config {
    let mut config = EchoCanceller3Config::default();
    config.erle.max_l = TRUST_LOW;
    config.erle.max_h = TRUST_HIGH;
    config.delay.down_sampling_factor = SEARCH_DECIMATION;
    // Whoever wears a headset has no echo: this way of noticing takes seconds of a far voice,
    // WebRTC's older one cut the near voice up for all of the bench.
    config.echo_removal_control.transparent_mode = TransparentModeType::Hmm;
    config.filter.refined.length_blocks = FILTER_BLOCKS;
    config.filter.coarse.length_blocks = FILTER_BLOCKS;
    let suppressor = &mut config.suppressor;
    for (mask, (transparent, suppress)) in [
        (&mut suppressor.normal_tuning.mask_lf, MASK_LOW),
        (&mut suppressor.normal_tuning.mask_hf, MASK_HIGH),
        (&mut suppressor.nearend_tuning.mask_lf, NEAR_MASK_LOW),
        (&mut suppressor.nearend_tuning.mask_hf, NEAR_MASK_HIGH),
    ] {
        (mask.enr_transparent, mask.enr_suppress) = (transparent, suppress);
    }
    config
}

/// Half a tick of every band, as the framers want it.
fn piece_of(bands: &Bands, half: usize) -> Vec<Vec<&[f32]>> {
    bands.iter().map(|band| vec![&band[half * PIECE..(half + 1) * PIECE]]).collect()
}
