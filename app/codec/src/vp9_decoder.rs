//! VP9 frames to pictures, behind the gate.
//! The video decode worker of a call owns one.
//! libvpx sees a frame only when its size is known beforehand and is the announced one, and it sees exactly one frame a call.

// Why unsafe: libvpx is C. Frames go in by pointer, planes come out by pointer; none is kept after a call.
#![allow(unsafe_code)]

use std::ffi::c_uint;
use std::ptr;

use ahoy_media::reference_plan::can_predict;
use ahoy_media::{Picture, Size};
use vpx_sys::vpx_image_t;

use crate::error::{CodecError, FrameFault};
use crate::vp9_header::{FrameHeader, FrameSize, vp9_gate};
use crate::vp9_layout::layout_of;
use crate::vpx::{self, Context, check};

/// Marks an index (110) of one frame (000) whose length takes four bytes (11): VP9 specification, annex B.
const ONE_FRAME_INDEX: u8 = 0b1101_1000;

/// A VP9 decoder for one direction of one call.
pub struct Vp9Decoder {
    context: Context,
    /// The sizes of the pictures in libvpx' eight reference slots, as the headers told.
    slots: [Option<Size>; 8],
    input: Vec<u8>,
}

impl std::fmt::Debug for Vp9Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vp9Decoder").field("slots", &self.slots).finish_non_exhaustive()
    }
}

impl Vp9Decoder {
    /// Opens a decoder; its first frame must be a key frame.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libvpx refuses.
    pub fn new() -> Result<Self, CodecError> {
        Ok(Self { context: Context::decoder()?, slots: [None; 8], input: Vec::new() })
    }

    /// Decodes one frame that was announced with `size`. The caller leaves out no frame that this one builds on: VP9 does not number its
    /// frames, and a gap shows as smears, not as an error.
    ///
    /// # Errors
    /// [`CodecError::FrameRefused`]: not our subset of VP9 or another size, the decoder was not touched. [`CodecError::KeyFrameNeeded`]: it
    /// builds on pictures that are not there, or it is damaged and the references are lost with it.
    pub fn decode(&mut self, frame: &[u8], size: Size) -> Result<Picture, CodecError> {
        let header = vp9_gate(frame)?;
        let found = self.size_of(&header)?;
        if found != size {
            return Err(FrameFault::OtherSize { found, announced: size }.into());
        }
        let _ = layout_of(frame, &header, size)?;
        let picture = self.feed(frame).ok().and_then(|()| self.drain(size));
        let Some(picture) = picture else {
            self.slots = [None; 8];
            return Err(CodecError::KeyFrameNeeded);
        };
        for (n, slot) in self.slots.iter_mut().enumerate() {
            if header.refresh & (1 << n) != 0 {
                *slot = Some(size);
            }
        }
        Ok(picture)
    }

    /// The size that libvpx will find, once all pictures are there that the frame names and one of them can be scaled to it. libvpx itself
    /// refuses a block that builds on one of the others.
    fn size_of(&self, header: &FrameHeader) -> Result<Size, CodecError> {
        if header.key {
            return match header.size {
                FrameSize::Own(size) => Ok(size),
                FrameSize::OfReference(_) => Err(CodecError::KeyFrameNeeded),
            };
        }
        let mut sizes = [Size::default(); 3];
        for (size, slot) in sizes.iter_mut().zip(header.references) {
            *size = self.slots[usize::from(slot & 7)].ok_or(CodecError::KeyFrameNeeded)?;
        }
        let size = match header.size {
            FrameSize::Own(size) => size,
            FrameSize::OfReference(n) => sizes[usize::from(n) % sizes.len()],
        };
        if sizes.into_iter().any(|from| can_predict(from, size)) {
            Ok(size)
        } else {
            Err(FrameFault::Scale(size).into())
        }
    }

    /// Hands `frame` over with an index that names it the only one. Without an index libvpx takes whatever follows the last block for a
    /// further frame, and that one would not have passed the gate.
    fn feed(&mut self, frame: &[u8]) -> Result<(), CodecError> {
        self.input.clear();
        self.input.extend_from_slice(frame);
        self.input.push(ONE_FRAME_INDEX);
        self.input.extend_from_slice(&(frame.len() as u32).to_le_bytes());
        self.input.push(ONE_FRAME_INDEX);
        // SAFETY: the context is open; input is readable for the length told and not kept by libvpx.
        let code = unsafe {
            vpx::vpx_codec_decode(
                self.context.as_mut_ptr(),
                self.input.as_ptr(),
                self.input.len() as c_uint,
                ptr::null_mut(),
                0,
            )
        };
        check("vpx_codec_decode", code)
    }

    /// Takes out everything libvpx decoded; that is one picture a frame.
    fn drain(&mut self, size: Size) -> Option<Picture> {
        let mut iter = vpx::first();
        let mut picture = None;
        loop {
            // SAFETY: the context is open; iter starts null and is handed back unchanged.
            let image = unsafe { vpx::vpx_codec_get_frame(self.context.as_mut_ptr(), &raw mut iter) };
            if image.is_null() {
                return picture;
            }
            picture = copy(image, size);
        }
    }
}

/// The planes of a decoded image, when it is 8-bit 4:2:0 of the size expected.
fn copy(image: *const vpx_image_t, size: Size) -> Option<Picture> {
    // SAFETY: libvpx gave the image and it lives until the next call. Its fields are read one by one through the pointer, the format as a
    // plain integer.
    let (format, depth, width, height, planes, strides) = unsafe {
        (
            (&raw const (*image).fmt).cast::<u32>().read(),
            (*image).bit_depth,
            (*image).d_w,
            (*image).d_h,
            (*image).planes,
            (*image).stride,
        )
    };
    let expected = vpx_sys::vpx_img_fmt::VPX_IMG_FMT_I420 as u32;
    if format != expected || depth != 8 || width != u32::from(size.width) || height != u32::from(size.height) {
        return None;
    }
    let luma = (usize::from(size.width), usize::from(size.height));
    let chroma = (size.chroma_width(), size.chroma_height());
    let mut copies = [Vec::new(), Vec::new(), Vec::new()];
    for ((to, (width, height)), (plane, stride)) in
        copies.iter_mut().zip([luma, chroma, chroma]).zip(planes.into_iter().zip(strides))
    {
        let stride = usize::try_from(stride).ok().filter(|stride| *stride >= width && !plane.is_null())?;
        to.reserve_exact(width * height);
        for row in 0..height {
            // SAFETY: an I420 image of this size has `height` rows of at least `width` bytes, `stride` bytes apart.
            to.extend_from_slice(unsafe { std::slice::from_raw_parts(plane.add(row * stride), width) });
        }
    }
    let [y, u, v] = copies;
    Picture::from_planes(size, y, u, v)
}

#[cfg(test)]
#[path = "vp9_decoder_tests.rs"]
mod tests;
