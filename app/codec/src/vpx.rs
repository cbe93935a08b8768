//! The edge of libvpx: its functions with integer results, and one owned codec context.
//! The VP9 encoder and decoder are built on it.
//! No number that the C library chose ever becomes a Rust enum: a newer library may know more of them.

// Why unsafe: libvpx is C. Its functions are declared here once more, with `c_int` where vpx-sys has closed enums.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_long, c_uint, c_ulong, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use vpx_sys::{
    vpx_codec_ctx_t, vpx_codec_cx_pkt_t, vpx_codec_dec_cfg_t, vpx_codec_enc_cfg_t, vpx_codec_flags_t,
    vpx_codec_iface_t, vpx_codec_iter_t, vpx_codec_pts_t, vpx_enc_frame_flags_t, vpx_image_t,
};

use crate::error::CodecError;

/// `VPX_CODEC_OK`.
pub const OK: c_int = 0;

unsafe extern "C" {
    pub fn vpx_codec_enc_config_default(
        iface: *mut vpx_codec_iface_t,
        cfg: *mut vpx_codec_enc_cfg_t,
        usage: c_uint,
    ) -> c_int;
    pub fn vpx_codec_enc_config_set(ctx: *mut vpx_codec_ctx_t, cfg: *const vpx_codec_enc_cfg_t) -> c_int;
    pub fn vpx_codec_encode(
        ctx: *mut vpx_codec_ctx_t,
        img: *const vpx_image_t,
        pts: vpx_codec_pts_t,
        duration: c_ulong,
        flags: vpx_enc_frame_flags_t,
        deadline: c_ulong,
    ) -> c_int;
    pub fn vpx_codec_get_cx_data(ctx: *mut vpx_codec_ctx_t, iter: *mut vpx_codec_iter_t) -> *const vpx_codec_cx_pkt_t;
    pub fn vpx_codec_decode(
        ctx: *mut vpx_codec_ctx_t,
        data: *const u8,
        data_sz: c_uint,
        user_priv: *mut c_void,
        deadline: c_long,
    ) -> c_int;
    pub fn vpx_codec_get_frame(ctx: *mut vpx_codec_ctx_t, iter: *mut vpx_codec_iter_t) -> *mut vpx_image_t;
    fn vpx_codec_enc_init_ver(
        ctx: *mut vpx_codec_ctx_t,
        iface: *mut vpx_codec_iface_t,
        cfg: *const vpx_codec_enc_cfg_t,
        flags: vpx_codec_flags_t,
        ver: c_int,
    ) -> c_int;
    fn vpx_codec_dec_init_ver(
        ctx: *mut vpx_codec_ctx_t,
        iface: *mut vpx_codec_iface_t,
        cfg: *const vpx_codec_dec_cfg_t,
        flags: vpx_codec_flags_t,
        ver: c_int,
    ) -> c_int;
    fn vpx_codec_control_(ctx: *mut vpx_codec_ctx_t, ctrl_id: c_int, ...) -> c_int;
    fn vpx_codec_destroy(ctx: *mut vpx_codec_ctx_t) -> c_int;
}

/// `Ok` for [`OK`], else the function's name and its result.
pub fn check(call: &'static str, code: c_int) -> Result<(), CodecError> {
    if code == OK { Ok(()) } else { Err(CodecError::Library { call, code }) }
}

/// One open codec. It stays where it is in memory and is never looked at as a Rust struct: it holds C enums.
pub struct Context(Box<MaybeUninit<vpx_codec_ctx_t>>);

// SAFETY: libvpx ties a context to no thread; it wants one caller at a time, and this value has one owner.
unsafe impl Send for Context {}

impl Context {
    /// Opens a VP9 encoder.
    pub fn encoder(cfg: &vpx_codec_enc_cfg_t) -> Result<Self, CodecError> {
        let mut ctx = Box::new(MaybeUninit::zeroed());
        // SAFETY: ctx is zeroed memory of the right size, cfg is complete and copied. On failure libvpx has freed everything
        // itself, and no Context comes into being.
        let code = unsafe {
            vpx_codec_enc_init_ver(
                ctx.as_mut_ptr(),
                vpx_sys::vpx_codec_vp9_cx(),
                cfg,
                0,
                vpx_sys::VPX_ENCODER_ABI_VERSION as c_int,
            )
        };
        check("vpx_codec_enc_init_ver", code).map(|()| Self(ctx))
    }

    /// Opens a VP9 decoder that uses one thread.
    pub fn decoder() -> Result<Self, CodecError> {
        let mut ctx = Box::new(MaybeUninit::zeroed());
        let cfg = vpx_codec_dec_cfg_t { threads: 1, w: 0, h: 0 };
        // SAFETY: as for the encoder. The decoder keeps a pointer to cfg only until this call returns: it copies it.
        let code = unsafe {
            vpx_codec_dec_init_ver(
                ctx.as_mut_ptr(),
                vpx_sys::vpx_codec_vp9_dx(),
                &raw const cfg,
                0,
                vpx_sys::VPX_DECODER_ABI_VERSION as c_int,
            )
        };
        check("vpx_codec_dec_init_ver", code).map(|()| Self(ctx))
    }

    /// Sets one encoder control that takes an integer.
    pub fn control(&mut self, id: vpx_sys::vp8e_enc_control_id, value: c_int) -> Result<(), CodecError> {
        // SAFETY: the context is open; every control that the encoder sets takes one int or unsigned int, which are passed alike.
        let code = unsafe { vpx_codec_control_(self.as_mut_ptr(), id as c_int, value) };
        check("vpx_codec_control", code)
    }

    /// Asks for one integer that an encoder control tells.
    pub fn ask(&mut self, id: vpx_sys::vp8e_enc_control_id) -> Result<c_int, CodecError> {
        let mut value: c_int = 0;
        // SAFETY: the context is open; the controls asked write one int where the pointer points.
        let code = unsafe { vpx_codec_control_(self.as_mut_ptr(), id as c_int, &raw mut value) };
        check("vpx_codec_control", code).map(|()| value)
    }

    /// For a call into libvpx.
    pub fn as_mut_ptr(&mut self) -> *mut vpx_codec_ctx_t {
        self.0.as_mut_ptr()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context was opened by one of the two functions above and is destroyed once.
        let _ = unsafe { vpx_codec_destroy(self.as_mut_ptr()) };
    }
}

/// The start of an iteration over what a codec gives out.
pub fn first() -> vpx_codec_iter_t {
    ptr::null()
}
