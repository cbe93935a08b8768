//! Pictures to VP9 frames, in real time: one pass, no delay, constant rate, references and key frames as told.
//! The video encode worker of a call owns one.
//! Every picture gives exactly one frame or a typed reason; no picture is ever larger than what libvpx was opened for.

// Why unsafe: libvpx is C. Planes go in by pointer, frames come out by pointer; none is kept after a call.
#![allow(unsafe_code)]

use std::ffi::c_ulong;

use ahoy_media::video::MAX_VIDEO_SIDE;
use ahoy_media::{Buffers, Coding, Kbps, Picture, Size};
use bytes::Bytes;
use vpx_sys::{vpx_codec_enc_cfg_t, vpx_enc_frame_flags_t};

use crate::error::CodecError;
use crate::vp9_flags::flags_of;
use crate::vp9_header::{FrameSize, vp9_gate};
use crate::vp9_image::image_of;
use crate::vp9_layout::with_own_size;
use crate::vp9_quantizer::{Base, Effort};
use crate::vp9_settings::{self, MIN_SIDE, TICKS, check_fps, held_rate};
use crate::vpx::{self, Context, check};

/// How pictures are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vp9Config {
    /// The largest picture there will ever be; libvpx is opened for it, and each picture may have another size up to it.
    pub max_size: Size,
    /// Constant rate, held within 4 to 10,000 kbit/s.
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
    /// The pictures that libvpx expects.
    size: Size,
    /// libvpx saw its first picture, and it was of the largest size.
    primed: bool,
    /// See [`Self::set_frame_limit`].
    frame_limit: Option<usize>,
    effort: Effort,
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
    /// [`CodecError::Argument`] for sides outside 16 to 1920 or `fps` outside 1 to 60; [`CodecError::Library`] when libvpx refuses.
    pub fn new(config: Vp9Config) -> Result<Self, CodecError> {
        let Size { width, height } = config.max_size;
        if width.min(height) < MIN_SIDE || width.max(height) > MAX_VIDEO_SIDE {
            return Err(CodecError::Argument("a picture's side is 16 to 1920 pixels"));
        }
        check_fps(config.fps)?;
        let cfg = vp9_settings::for_libvpx(&config)?;
        let context = vp9_settings::open(&cfg)?;
        let size = config.max_size;
        let mut encoder =
            Self { context, cfg, config, size, primed: false, frame_limit: None, effort: Effort::default(), ticks: 0 };
        encoder.limit_frames()?;
        Ok(encoder)
    }

    /// Codes one picture. The first one is a key frame in any case, and so is one whose size VP9 cannot predict from the picture before: more
    /// than 2:1 smaller or 1:16 larger.
    ///
    /// # Errors
    /// [`CodecError::PictureTooLarge`] above `max_size`, [`CodecError::Argument`] below 16 a side or for a coding that builds on nothing;
    /// [`CodecError::Library`] when libvpx fails or gives no frame.
    pub fn encode(&mut self, picture: &Picture, coding: Coding) -> Result<EncodedFrame, CodecError> {
        let size = picture.size();
        self.check_size(size)?;
        let flags = flags_of(if self.primed { coding } else { Coding::KEY })?;
        if !self.primed {
            self.prime(size)?;
        }
        let base = if coding.uses.last && size == self.size { Base::Near } else { Base::Remote };
        self.resize(size)?;
        self.coarsen(size, base)?;
        let frame = self.code(picture, flags)?;
        if !frame.key {
            let place = self.context.ask(vpx_sys::vp8e_enc_control_id::VP8E_GET_LAST_QUANTIZER)?;
            self.effort.coded(frame.data.len(), size, base, place.unsigned_abs());
        }
        if frame.key { Ok(frame) } else { tell_size(frame, size, coding.uses) }
    }

    /// Changes the constant rate from the next picture on, held within 4 to 10,000 kbit/s.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libvpx refuses.
    pub fn set_kbps(&mut self, kbps: Kbps) -> Result<(), CodecError> {
        self.config.kbps = kbps;
        self.cfg.rc_target_bitrate = held_rate(kbps);
        self.apply()?;
        self.limit_frames()
    }

    /// Changes the number of pictures a second from the next picture on.
    ///
    /// # Errors
    /// [`CodecError::Argument`] outside 1 to 60; [`CodecError::Library`] when libvpx refuses.
    pub fn set_fps(&mut self, fps: u32) -> Result<(), CodecError> {
        check_fps(fps)?;
        self.config.fps = fps;
        self.limit_frames()
    }

    /// Asks for frames of at most so many bytes from the next picture on, key frames excepted; `None` leaves it to the rate. They are coded
    /// as coarsely as that needs, as far as the frames before tell, and may still exceed it by some.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libvpx refuses.
    pub fn set_frame_limit(&mut self, bytes: Option<usize>) -> Result<(), CodecError> {
        self.frame_limit = bytes;
        self.limit_frames()
    }

    fn limit_frames(&mut self) -> Result<(), CodecError> {
        vp9_settings::limit_frames(&mut self.context, self.config.kbps, self.config.fps, self.frame_limit)
    }

    /// libvpx knows the quantizer that the frames before needed at their rate; when this one has to be much smaller it is not left finer
    /// than fits.
    fn coarsen(&mut self, size: Size, base: Base) -> Result<(), CodecError> {
        let fits = self.frame_limit.map_or(0, |bytes| self.effort.finest(bytes, size, base));
        let finest = vp9_settings::held_quantizer(fits);
        if self.cfg.rc_min_quantizer == finest {
            return Ok(());
        }
        self.cfg.rc_min_quantizer = finest;
        self.apply()
    }

    /// libvpx 1.12 sizes some buffers by the first picture it codes and overflows them when a later one is larger (CVE-2023-6349); it also
    /// makes every growth beyond the first a key frame. So the first picture that it sees is one of the largest size; nobody needs that frame,
    /// because a key frame follows.
    fn prime(&mut self, size: Size) -> Result<(), CodecError> {
        if size != self.config.max_size {
            let _ = self.code(&Picture::black(self.config.max_size), vpx_sys::VPX_EFLAG_FORCE_KF)?;
        }
        self.primed = true;
        Ok(())
    }

    /// Takes pictures of `size` from now on.
    fn resize(&mut self, size: Size) -> Result<(), CodecError> {
        if size == self.size {
            return Ok(());
        }
        (self.cfg.g_w, self.cfg.g_h) = (size.width.into(), size.height.into());
        self.size = size;
        self.apply()
    }

    fn check_size(&self, size: Size) -> Result<(), CodecError> {
        if !fits(size, self.config.max_size) {
            return Err(CodecError::PictureTooLarge { picture: size, limit: self.config.max_size });
        }
        if size.width < MIN_SIDE || size.height < MIN_SIDE {
            return Err(CodecError::Argument("a picture's side is 16 to 1920 pixels"));
        }
        Ok(())
    }

    fn code(&mut self, picture: &Picture, flags: u32) -> Result<EncodedFrame, CodecError> {
        let image = image_of(picture);
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
        self.ticks += i64::from(duration);
        self.drain().ok_or(CodecError::Library { call: "vpx_codec_get_cx_data", code: vpx::OK })
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

/// libvpx takes a frame's size from the first reference that has it, whether the frame may use that one or not. The receiver may hold
/// something else there, so the size is written out then.
fn tell_size(frame: EncodedFrame, size: Size, uses: Buffers) -> Result<EncodedFrame, CodecError> {
    let header = vp9_gate(&frame.data)?;
    let certain = match header.size {
        FrameSize::Own(_) => true,
        FrameSize::OfReference(n) => [uses.last, uses.golden, uses.altref][usize::from(n) % 3],
    };
    if certain {
        return Ok(frame);
    }
    Ok(EncodedFrame { data: with_own_size(&frame.data, &header, size)?, ..frame })
}

#[cfg(test)]
#[path = "vp9_encoder_tests.rs"]
mod tests;
