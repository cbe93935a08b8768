//! A picture in the form in which libvpx reads it.
//! The VP9 encoder makes one for each call.
//! It borrows the planes by pointer: the picture outlives the call, and libvpx keeps nothing of it.

use std::ffi::c_int;
use std::ptr;

use ahoy_media::Picture;
use vpx_sys::vpx_image_t;

/// The picture as libvpx sees it, borrowing its planes. libvpx only reads a source image.
pub fn image_of(picture: &Picture) -> vpx_image_t {
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
