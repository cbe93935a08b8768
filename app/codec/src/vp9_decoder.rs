//! VP9 frames to pictures, behind the gate.
//! The video decode worker of a call owns one.
//! libvpx sees a frame only when its size is known beforehand and is the announced one, and it sees exactly one frame a call.

// Why unsafe: libvpx is C. Frames go in by pointer, planes come out by pointer; none is kept after a call.
#![allow(unsafe_code)]

use std::ffi::c_uint;
use std::ptr;

use ahoy_media::{Picture, Size};
use vpx_sys::vpx_image_t;

use crate::error::{CodecError, FrameFault};
use crate::vp9_header::{FrameHeader, FrameSize, vp9_gate};
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

    /// The size that libvpx will find, once all pictures are there that the frame builds on.
    fn size_of(&self, header: &FrameHeader) -> Result<Size, CodecError> {
        let slot = |n: u8| self.slots[usize::from(n & 7)].ok_or(CodecError::KeyFrameNeeded);
        if !header.key {
            for reference in header.references {
                let _ = slot(reference)?;
            }
        }
        match header.size {
            FrameSize::Own(size) => Ok(size),
            FrameSize::OfSlot(n) => slot(n),
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
mod tests {
    use super::*;
    use crate::synthetic::{Dice, psnr, scene};
    use crate::vp9_encoder::{EncodedFrame, Vp9Config, Vp9Encoder};
    use ahoy_media::Kbps;

    const SMALL: Size = Size::new(160, 120);

    fn frames(count: u64, key_at: u64) -> Vec<EncodedFrame> {
        let config = Vp9Config { size: SMALL, max_size: SMALL, kbps: Kbps(300), fps: 24, threads: 1 };
        let mut encoder = Vp9Encoder::new(config).unwrap();
        (0..count).map(|n| encoder.encode(&scene(SMALL, n), n == key_at).unwrap()).collect()
    }

    /// Hand-made frames that the gate must stop.
    fn refusable(key: &[u8], delta: &[u8]) -> Vec<Vec<u8>> {
        let mut bad: Vec<Vec<u8>> = (0..9).map(|length| key[..length].to_vec()).collect();
        bad.extend((0..4).map(|length| delta[..length].to_vec()));
        for good in [key, delta] {
            for first in [0x00, 0x42, 0xc0, 0x92, 0xa2, 0xb2, 0x8a, 0x88, 0x80, 0x84] {
                bad.push([&[first], &good[1..]].concat());
            }
            for index in 0xc0..0xe0 {
                bad.push([good, &[index]].concat());
            }
        }
        for (at, flip) in (1..4).flat_map(|at| (0..8).map(move |bit| (at, 1 << bit))) {
            let mut frame = key.to_vec();
            frame[at] ^= flip;
            bad.push(frame);
        }
        for size in [
            [0xff; 4],
            [0xff, 0xfe, 0xff, 0xfe],
            [0, 0, 0, 0],
            [0x07, 0x80, 0, 0x77],
            [0, 0x9f, 0x07, 0x80],
            [0, 0x9f, 0, 0x76],
        ] {
            let mut frame = key.to_vec();
            for (n, byte) in size.into_iter().enumerate() {
                frame[4 + n] = (frame[4 + n] & 0xf0) | (byte >> 4);
                frame[5 + n] = (frame[5 + n] & 0x0f) | (byte << 4);
            }
            bad.push(frame);
        }
        bad.push(vec![0x82; 600_000]);
        bad
    }

    #[test]
    fn what_the_gate_stops_does_no_harm() {
        let stream = frames(6, u64::MAX);
        let mut decoder = Vp9Decoder::new().unwrap();
        let _ = decoder.decode(&stream[0].data, SMALL).unwrap();
        let bad = refusable(&stream[0].data, &stream[1].data);
        assert!(bad.len() >= 100, "{}", bad.len());
        for (n, frame) in bad.iter().enumerate() {
            let result = decoder.decode(frame, SMALL);
            assert!(matches!(result, Err(CodecError::FrameRefused(_))), "input {n}: {result:?}");
        }
        let announced = Size::new(160, 122);
        let other = FrameFault::OtherSize { found: SMALL, announced };
        assert_eq!(decoder.decode(&stream[0].data, announced), Err(other.into()));
        assert_eq!(decoder.decode(&stream[1].data, announced), Err(other.into()));
        for (n, frame) in stream.iter().enumerate().skip(1) {
            let shown = decoder.decode(&frame.data, SMALL).unwrap();
            assert!(psnr(&scene(SMALL, n as u64), &shown) > 27.0);
        }
    }

    #[test]
    fn a_stream_starts_with_a_key_frame() {
        let stream = frames(4, 2);
        let mut decoder = Vp9Decoder::new().unwrap();
        assert_eq!(decoder.decode(&stream[1].data, SMALL), Err(CodecError::KeyFrameNeeded));
        assert!(decoder.decode(&stream[2].data, SMALL).is_ok());
        assert!(decoder.decode(&stream[3].data, SMALL).is_ok());
    }

    #[test]
    fn a_second_frame_behind_the_first_is_never_decoded() {
        let stream = frames(2, u64::MAX);
        let mut decoder = Vp9Decoder::new().unwrap();
        let alone = decoder.decode(&stream[0].data, SMALL).unwrap();
        let mut huge = stream[0].data.to_vec();
        huge[4..9].fill(0xff);
        for second in [&stream[1].data[..], &stream[0].data[..], &huge] {
            let both = [&stream[0].data[..], second].concat();
            let mut fresh = Vp9Decoder::new().unwrap();
            assert_eq!(fresh.decode(&both, SMALL).as_ref(), Ok(&alone));
        }
    }

    #[test]
    fn damage_is_survived_and_a_key_frame_heals_it() {
        let stream = frames(24, u64::MAX);
        let mut decoder = Vp9Decoder::new().unwrap();
        let mut dice = Dice::new(3);
        let (mut lost, mut refused) = (0, 0);
        for round in 0..1_500_usize {
            let mut frame = stream[dice.below(stream.len())].data.to_vec();
            match round % 3 {
                0 => frame.truncate(dice.below(frame.len())),
                1 => {
                    for _ in 0..=dice.below(12) {
                        let at = dice.below(frame.len());
                        frame[at] = dice.byte();
                    }
                }
                _ => frame.iter_mut().skip(9).for_each(|byte| *byte = dice.byte()),
            }
            match decoder.decode(&frame, SMALL) {
                Ok(picture) => assert_eq!(picture.size(), SMALL),
                Err(CodecError::KeyFrameNeeded) => lost += 1,
                Err(CodecError::FrameRefused(_)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
            if round % 50 == 0 {
                let mut clean = Vp9Decoder::new().unwrap();
                for frame in &stream[..3] {
                    assert_eq!(decoder.decode(&frame.data, SMALL).unwrap(), clean.decode(&frame.data, SMALL).unwrap());
                }
            }
        }
        assert!(lost > 100 && refused > 100, "lost {lost}, refused {refused}");
        let mut noise = Vec::new();
        for _ in 0..20_000 {
            noise.clear();
            noise.extend((0..dice.below(64)).map(|_| dice.byte()));
            let _ = decoder.decode(&noise, SMALL).expect_err("noise is no picture");
        }
    }
}
