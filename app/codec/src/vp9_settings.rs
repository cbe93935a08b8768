//! How libvpx is told to code a call: every constant of rate, quality and delay, with its reason.
//! The VP9 encoder opens and adjusts its context by it.
//! One pass, no look-ahead, no hidden frames, no dropped frames, no key frame that nobody asked for.

// Why unsafe: libvpx fills its configuration struct by pointer.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::mem::MaybeUninit;

use ahoy_media::Kbps;
use vpx_sys::{vp8e_enc_control_id as control, vpx_codec_enc_cfg_t};

use crate::error::CodecError;
use crate::vp9_encoder::Vp9Config;
use crate::vpx::{self, Context, check};

/// libvpx codes in blocks of 8 to 64 pixels; below two of the smallest a side there is nothing to see.
pub const MIN_SIDE: u16 = 16;
/// Below this five frames of 160x120 a second are headers alone; above it a key frame might outgrow the 512 KiB of a message.
const KBPS_RANGE: (u32, u32) = (4, 10_000);
/// Pictures a second that libvpx' rate control is asked for.
const MAX_FPS: u32 = 60;
/// libvpx' threads; row-based threading has no use for more at our sizes.
const MAX_THREADS: u32 = 8;
/// 2 to 3 times faster than speed 5 at the same quality of real-time pictures.
const SPEED: c_int = 8;
/// libvpx' quantizer scale is 0 to 63. Better than 2 wastes bits on sensor noise; it may coarsen to the end before it overshoots the rate,
/// because what is overshot is paid for with frames that are left out.
const QUANTIZER_RANGE: (u32, u32) = (2, 63);
/// The receiver's imagined buffer: small, so that a frame's size stays near its share of the rate.
const BUFFER_MS: u32 = 600;
/// How full that buffer is at the start; libvpx may spend half of it on the first frame.
const BUFFER_START_MS: u32 = 300;
/// How full the rate control tries to keep it.
const BUFFER_BEST_MS: u32 = 400;
/// A key frame may take this much of link time, and so delays what follows by no more.
const KEY_FRAME_MS: u32 = 250;
/// More than this many percent of a frame's share is no limit: a frame never comes near it.
const LARGEST_PERCENT: usize = 10_000;
/// Beyond the length of any call: libvpx starts no key frame of its own.
const KEY_FRAME_DISTANCE: u32 = 1 << 30;
/// Ticks of libvpx' clock a second.
pub const TICKS: u32 = 1_000_000;

/// Refuses what the rate control cannot be asked for.
pub fn check_fps(fps: u32) -> Result<(), CodecError> {
    if (1..=MAX_FPS).contains(&fps) { Ok(()) } else { Err(CodecError::Argument("pictures a second are 1 to 60")) }
}

/// The rate that libvpx is given for the one asked for, kbit/s.
pub fn held_rate(kbps: Kbps) -> u32 {
    kbps.0.clamp(KBPS_RANGE.0, KBPS_RANGE.1)
}

/// The finest quantizer for a frame that has to be this coarse at least.
pub fn held_quantizer(least: u32) -> u32 {
    least.clamp(QUANTIZER_RANGE.0, QUANTIZER_RANGE.1)
}

/// Holds a key frame to [`KEY_FRAME_MS`] of the rate, and other frames to `limit` bytes; libvpx wants percent of one frame's share.
pub fn limit_frames(context: &mut Context, kbps: Kbps, fps: u32, limit: Option<usize>) -> Result<(), CodecError> {
    let percent = (KEY_FRAME_MS * fps / 10).max(100);
    context.control(control::VP8E_SET_MAX_INTRA_BITRATE_PCT, percent.cast_signed())?;
    let share = (held_rate(kbps) as usize * 1_000 / 8 / fps as usize).max(1);
    // 0 stands for no limit.
    let percent = limit.map_or(0, |bytes| (bytes.saturating_mul(100) / share).clamp(1, LARGEST_PERCENT));
    context.control(control::VP9E_SET_MAX_INTER_BITRATE_PCT, percent as c_int)
}

/// Opens libvpx with `cfg` and the controls of a call.
pub fn open(cfg: &vpx_codec_enc_cfg_t) -> Result<Context, CodecError> {
    let mut context = Context::encoder(cfg)?;
    for (id, value) in [
        (control::VP8E_SET_CPUUSED, SPEED),
        (control::VP9E_SET_ROW_MT, 1),
        // One tile column a thread; libvpx lowers it for narrow pictures.
        (control::VP9E_SET_TILE_COLUMNS, cfg.g_threads.ilog2().cast_signed()),
        // Refreshes a part of the picture at a time, so that quality recovers without key frames.
        (control::VP9E_SET_AQ_MODE, 3),
        (control::VP9E_SET_TUNE_CONTENT, vpx_sys::vp9e_tune_content::VP9E_CONTENT_DEFAULT as c_int),
        // Blocks that changed less than the sensor's noise are not searched.
        (control::VP8E_SET_STATIC_THRESHOLD, 1),
        // Alternative references are hidden frames; our receivers refuse those.
        (control::VP8E_SET_ENABLEAUTOALTREF, 0),
    ] {
        context.control(id, value)?;
    }
    Ok(context)
}

/// The configuration to open libvpx with, at `max_size`.
pub fn for_libvpx(config: &Vp9Config) -> Result<vpx_codec_enc_cfg_t, CodecError> {
    let mut place = MaybeUninit::<vpx_codec_enc_cfg_t>::zeroed();
    let cfg = place.as_mut_ptr();
    // SAFETY: libvpx fills the whole struct. Its four enums are overwritten with our own values before it is read as a Rust struct.
    let mut cfg = unsafe {
        check("vpx_codec_enc_config_default", vpx::vpx_codec_enc_config_default(vpx_sys::vpx_codec_vp9_cx(), cfg, 0))?;
        (&raw mut (*cfg).g_bit_depth).write(vpx_sys::vpx_bit_depth::VPX_BITS_8);
        (&raw mut (*cfg).g_pass).write(vpx_sys::vpx_enc_pass::VPX_RC_ONE_PASS);
        (&raw mut (*cfg).rc_end_usage).write(vpx_sys::vpx_rc_mode::VPX_CBR);
        (&raw mut (*cfg).kf_mode).write(vpx_sys::vpx_kf_mode::VPX_KF_DISABLED);
        place.assume_init()
    };
    cfg.g_threads = config.threads.clamp(1, MAX_THREADS);
    (cfg.g_w, cfg.g_h) = (config.max_size.width.into(), config.max_size.height.into());
    (cfg.g_timebase.num, cfg.g_timebase.den) = (1, TICKS.cast_signed());
    cfg.g_error_resilient = vpx_sys::VPX_ERROR_RESILIENT_DEFAULT;
    cfg.g_lag_in_frames = 0;
    cfg.rc_dropframe_thresh = 0;
    cfg.rc_resize_allowed = 0;
    cfg.rc_target_bitrate = held_rate(config.kbps);
    (cfg.rc_min_quantizer, cfg.rc_max_quantizer) = QUANTIZER_RANGE;
    (cfg.rc_undershoot_pct, cfg.rc_overshoot_pct) = (50, 50);
    cfg.rc_buf_sz = BUFFER_MS;
    cfg.rc_buf_initial_sz = BUFFER_START_MS;
    cfg.rc_buf_optimal_sz = BUFFER_BEST_MS;
    (cfg.kf_min_dist, cfg.kf_max_dist) = (0, KEY_FRAME_DISTANCE);
    Ok(cfg)
}
