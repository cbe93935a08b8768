//! Pictures to VP9 frames, in real time: one pass, no delay, constant rate, key frames only when asked.
//! The video encode worker of a call owns one.
//! Every picture gives exactly one frame or a typed reason; no picture is ever larger than what libvpx was opened for.

// Why unsafe: libvpx is C. Planes go in by pointer, frames come out by pointer; none is kept after a call.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_ulong};
use std::ptr;

use ahoy_media::video::MAX_VIDEO_SIDE;
use ahoy_media::{Kbps, Picture, Size};
use bytes::Bytes;
use vpx_sys::{vpx_codec_enc_cfg_t, vpx_enc_frame_flags_t, vpx_image_t};

use crate::error::CodecError;
use crate::vp9_settings::{self, MIN_SIDE, TICKS, check_fps};
use crate::vpx::{self, Context, check};

/// How pictures are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vp9Config {
    /// The pictures to come; each may have another size up to `max_size`.
    pub size: Size,
    /// The largest picture there will be; libvpx is opened for it.
    pub max_size: Size,
    /// Constant rate, held within 30 to 10,000 kbit/s.
    pub kbps: Kbps,
    /// Pictures a second, 1 to 60.
    pub fps: u32,
    /// Threads of libvpx, held within 1 to 8.
    pub threads: u32,
}

/// One coded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedFrame {
    /// The VP9 frame.
    pub data: Bytes,
    /// It can be decoded alone.
    pub key: bool,
}

/// A VP9 encoder for one direction of one call.
pub struct Vp9Encoder {
    context: Context,
    cfg: vpx_codec_enc_cfg_t,
    config: Vp9Config,
    /// The size of the first picture that this context coded: libvpx sizes its buffers by it.
    first: Option<Size>,
    ticks: i64,
}

// SAFETY: the raw pointers in cfg are null (two-pass statistics, which one-pass coding has none of).
unsafe impl Send for Vp9Encoder {}

impl std::fmt::Debug for Vp9Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vp9Encoder").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Vp9Encoder {
    /// Opens an encoder.
    ///
    /// # Errors
    /// [`CodecError::Argument`] for sides outside 16 to 1920 or `fps` outside 1 to 60; [`CodecError::PictureTooLarge`] when `size` exceeds
    /// `max_size`; [`CodecError::Library`] when libvpx refuses.
    pub fn new(config: Vp9Config) -> Result<Self, CodecError> {
        let sides = [config.max_size.width, config.max_size.height, config.size.width, config.size.height];
        if sides.iter().any(|side| *side < MIN_SIDE || *side > MAX_VIDEO_SIDE) {
            return Err(CodecError::Argument("a picture's side is 16 to 1920 pixels"));
        }
        check_fps(config.fps)?;
        if !fits(config.size, config.max_size) {
            return Err(CodecError::PictureTooLarge { picture: config.size, limit: config.max_size });
        }
        let cfg = vp9_settings::for_libvpx(&config)?;
        let context = vp9_settings::open(&cfg, config.fps)?;
        let mut encoder = Self { context, cfg, config, first: None, ticks: 0 };
        encoder.resize(config.size)?;
        Ok(encoder)
    }

    /// Codes one picture; `key` makes it a key frame. The first frame is a key frame in any case, and so is one whose size grows beyond
    /// the first picture's or shrinks to less than half.
    ///
    /// # Errors
    /// [`CodecError::PictureTooLarge`] above `max_size`, [`CodecError::Argument`] below 16 a side; [`CodecError::Library`] when libvpx fails or
    /// gives no frame.
    pub fn encode(&mut self, picture: &Picture, key: bool) -> Result<EncodedFrame, CodecError> {
        let size = picture.size();
        if size != self.config.size {
            self.resize(size)?;
        }
        let image = image_of(picture);
        let flags = if key { vpx_sys::VPX_EFLAG_FORCE_KF } else { 0 };
        let duration = TICKS / self.config.fps;
        // SAFETY: the context is open; image describes planes that live and are only read until the call returns.
        let code = unsafe {
            vpx::vpx_codec_encode(
                self.context.as_mut_ptr(),
                &raw const image,
                self.ticks,
                c_ulong::from(duration),
                flags as vpx_enc_frame_flags_t,
                vpx_sys::VPX_DL_REALTIME.into(),
            )
        };
        check("vpx_codec_encode", code)?;
        let _ = self.first.get_or_insert(size);
        self.ticks += i64::from(duration);
        self.drain().ok_or(CodecError::Library { call: "vpx_codec_get_cx_data", code: vpx::OK })
    }

    /// Changes the constant rate from the next picture on, held within 30 to 10,000 kbit/s.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libvpx refuses.
    pub fn set_kbps(&mut self, kbps: Kbps) -> Result<(), CodecError> {
        self.config.kbps = kbps;
        self.cfg.rc_target_bitrate = vp9_settings::held_rate(kbps);
        self.apply()
    }

    /// Changes the number of pictures a second from the next picture on.
    ///
    /// # Errors
    /// [`CodecError::Argument`] outside 1 to 60; [`CodecError::Library`] when libvpx refuses.
    pub fn set_fps(&mut self, fps: u32) -> Result<(), CodecError> {
        check_fps(fps)?;
        self.config.fps = fps;
        vp9_settings::limit_key_frames(&mut self.context, fps)
    }

    /// Takes pictures of `size` from now on. libvpx 1.12 sizes some buffers by the first picture it codes and overflows them when a later one
    /// is larger (CVE-2023-6349), so growth beyond the first picture opens a new context.
    fn resize(&mut self, size: Size) -> Result<(), CodecError> {
        if !fits(size, self.config.max_size) {
            return Err(CodecError::PictureTooLarge { picture: size, limit: self.config.max_size });
        }
        if size.width < MIN_SIDE || size.height < MIN_SIDE {
            return Err(CodecError::Argument("a picture's side is 16 to 1920 pixels"));
        }
        if self.first.is_some_and(|first| !fits(size, first)) {
            (self.cfg.g_w, self.cfg.g_h) = (self.config.max_size.width.into(), self.config.max_size.height.into());
            self.context = vp9_settings::open(&self.cfg, self.config.fps)?;
            self.first = None;
        }
        (self.cfg.g_w, self.cfg.g_h) = (size.width.into(), size.height.into());
        self.config.size = size;
        self.apply()
    }

    fn apply(&mut self) -> Result<(), CodecError> {
        // SAFETY: the context is open, cfg is complete and copied by the call.
        let code = unsafe { vpx::vpx_codec_enc_config_set(self.context.as_mut_ptr(), &raw const self.cfg) };
        check("vpx_codec_enc_config_set", code)
    }

    /// Takes out everything libvpx made; without delay or hidden frames that is one frame a picture.
    fn drain(&mut self) -> Option<EncodedFrame> {
        let mut iter = vpx::first();
        let mut frame = None;
        loop {
            // SAFETY: the context is open; iter starts null and is handed back unchanged. A packet is valid until the next call and is
            // read by raw pointer: its kind as a plain integer, its frame only when the kind says that it is one.
            unsafe {
                let packet = vpx::vpx_codec_get_cx_data(self.context.as_mut_ptr(), &raw mut iter);
                if packet.is_null() {
                    return frame;
                }
                let kind = (&raw const (*packet).kind).cast::<u32>().read();
                if kind == vpx_sys::vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT as u32 {
                    let coded = (&raw const (*packet).data.frame).read();
                    let bytes = std::slice::from_raw_parts(coded.buf.cast::<u8>().cast_const(), coded.sz as usize);
                    let key = coded.flags & vpx_sys::VPX_FRAME_IS_KEY != 0;
                    frame = Some(EncodedFrame { data: Bytes::copy_from_slice(bytes), key });
                }
            }
        }
    }
}

fn fits(size: Size, limit: Size) -> bool {
    size.width <= limit.width && size.height <= limit.height
}

/// The picture as libvpx sees it, borrowing its planes. libvpx only reads a source image.
fn image_of(picture: &Picture) -> vpx_image_t {
    let size = picture.size();
    let (width, height) = (u32::from(size.width), u32::from(size.height));
    let chroma = size.chroma_width() as c_int;
    vpx_image_t {
        fmt: vpx_sys::vpx_img_fmt::VPX_IMG_FMT_I420,
        cs: vpx_sys::vpx_color_space::VPX_CS_UNKNOWN,
        range: vpx_sys::vpx_color_range::VPX_CR_STUDIO_RANGE,
        w: width,
        h: height,
        bit_depth: 8,
        d_w: width,
        d_h: height,
        r_w: 0,
        r_h: 0,
        x_chroma_shift: 1,
        y_chroma_shift: 1,
        planes: [
            picture.y().as_ptr().cast_mut(),
            picture.u().as_ptr().cast_mut(),
            picture.v().as_ptr().cast_mut(),
            ptr::null_mut(),
        ],
        stride: [c_int::from(size.width), chroma, chroma, 0],
        bps: 12,
        user_priv: ptr::null_mut(),
        img_data: ptr::null_mut(),
        img_data_owner: 0,
        self_allocd: 0,
        fb_priv: ptr::null_mut(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{psnr, scene};
    use crate::vp9_decoder::Vp9Decoder;

    const SMALL: Size = Size::new(320, 240);

    fn config(size: Size, max_size: Size) -> Vp9Config {
        Vp9Config { size, max_size, kbps: Kbps(1_000), fps: 24, threads: 1 }
    }

    #[test]
    fn moving_pictures_come_through_and_keep_to_the_rate() {
        let mut encoder = Vp9Encoder::new(config(Size::VGA, Size::VGA)).unwrap();
        let mut decoder = Vp9Decoder::new().unwrap();
        let (mut worst, mut sum, mut bytes) = (f64::MAX, 0.0, 0);
        for index in 0..72 {
            let picture = scene(Size::VGA, index);
            let frame = encoder.encode(&picture, false).unwrap();
            let score = psnr(&picture, &decoder.decode(&frame.data, Size::VGA).unwrap());
            if index > 0 {
                bytes += frame.data.len();
            }
            worst = score.min(worst);
            sum += score;
        }
        assert!(sum / 72.0 >= 30.0 && worst >= 27.0, "mean {:.1} dB, worst {worst:.1} dB", sum / 72.0);
        let kbps = bytes * 8 * 24 / 71 / 1_000;
        assert!((700..=1_200).contains(&kbps), "{kbps} kbit/s");
    }

    #[test]
    fn key_frames_come_at_the_start_and_on_request_alone() {
        let mut encoder = Vp9Encoder::new(config(SMALL, SMALL)).unwrap();
        for index in 0..100 {
            // A cut to another scene at 70 is no reason either.
            let picture = scene(SMALL, if index < 70 { index } else { index + 5_000 });
            let asked = index == 40 || index == 41;
            let frame = encoder.encode(&picture, asked).unwrap();
            assert_eq!(frame.key, index == 0 || asked, "{index}");
            assert_eq!(vp9_key(&frame), frame.key);
            assert!(!frame.data.is_empty());
        }
    }

    fn vp9_key(frame: &EncodedFrame) -> bool {
        crate::vp9_gate(&frame.data).unwrap().key
    }

    #[test]
    fn the_rate_follows_at_once() {
        let mut encoder = Vp9Encoder::new(config(SMALL, SMALL)).unwrap();
        let spent = |encoder: &mut Vp9Encoder, from: u64| -> usize {
            (from..from + 48).map(|index| encoder.encode(&scene(SMALL, index), false).unwrap().data.len()).sum()
        };
        let _ = spent(&mut encoder, 0);
        let rich = spent(&mut encoder, 48);
        encoder.set_kbps(Kbps(150)).unwrap();
        let _ = encoder.encode(&scene(SMALL, 96), false).unwrap();
        let poor = spent(&mut encoder, 97);
        assert!(poor * 3 < rich, "{rich} then {poor} bytes");
        encoder.set_fps(12).unwrap();
        let slow = spent(&mut encoder, 145);
        assert!(slow * 2 > poor * 3, "{poor} then {slow} bytes");
    }

    #[test]
    fn the_size_may_change_and_never_exceeds_the_limit() {
        let mut encoder = Vp9Encoder::new(config(SMALL, Size::VGA)).unwrap();
        let mut decoder = Vp9Decoder::new().unwrap();
        let sizes = [
            SMALL,
            Size::VGA,
            Size::new(480, 360),
            SMALL,
            Size::VGA,
            Size::new(321, 241),
            Size::new(64, 480),
            Size::new(16, 16),
        ];
        let mut keys = Vec::new();
        for (n, size) in sizes.into_iter().enumerate() {
            for index in 0..3 {
                let picture = scene(size, n as u64 * 3 + index);
                let frame = encoder.encode(&picture, false).unwrap();
                if index == 0 {
                    keys.push(frame.key);
                }
                let shown = decoder.decode(&frame.data, size).unwrap();
                assert!(psnr(&picture, &shown) > 24.0, "{size} {index}: {:.1} dB", psnr(&picture, &shown));
            }
        }
        assert_eq!(
            keys[..5],
            [true, true, false, false, false],
            "growth beyond the first picture alone wants a key frame"
        );
        let limit = CodecError::PictureTooLarge { picture: Size::new(642, 480), limit: Size::VGA };
        assert_eq!(encoder.encode(&scene(Size::new(642, 480), 0), false), Err(limit));
        let narrow = encoder.encode(&Picture::black(Size::new(8, 480)), false);
        assert!(matches!(narrow, Err(CodecError::Argument(_))));
        let after = encoder.encode(&scene(Size::VGA, 0), false).unwrap();
        assert_eq!(decoder.decode(&after.data, Size::VGA).unwrap().size(), Size::VGA);
    }

    #[test]
    fn arguments_out_of_range_are_named() {
        let refused = |config: Vp9Config| Vp9Encoder::new(config).unwrap_err();
        assert!(matches!(refused(config(Size::new(0, 0), Size::VGA)), CodecError::Argument(_)));
        assert!(matches!(refused(config(SMALL, Size::new(1_921, 480))), CodecError::Argument(_)));
        assert!(matches!(refused(config(Size::VGA, SMALL)), CodecError::PictureTooLarge { .. }));
        for fps in [0, 61, u32::MAX] {
            assert!(matches!(refused(Vp9Config { fps, ..config(SMALL, SMALL) }), CodecError::Argument(_)));
        }
        let extremes = Vp9Config { kbps: Kbps(u32::MAX), threads: u32::MAX, ..config(SMALL, SMALL) };
        let mut encoder = Vp9Encoder::new(extremes).unwrap();
        encoder.set_kbps(Kbps(0)).unwrap();
        assert!(encoder.encode(&scene(SMALL, 0), false).unwrap().key);
    }
}
