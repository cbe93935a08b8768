//! What a camera's driver gives, as I420.
//! The desktop worker calls it for every picture.
//! A buffer that is too short for its size is an error, never a read beyond its end.

use ahoy_media::{Picture, Size};
use nokhwa::utils::FrameFormat;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::y4m::MAX_SIDE;

/// Converts one picture; an error says in words what is wrong with it.
pub(super) fn to_i420(format: FrameFormat, width: u32, height: u32, data: &[u8]) -> Result<Picture, String> {
    let side = |side: u32| u16::try_from(side).ok().filter(|side| (1..=MAX_SIDE).contains(side));
    let (Some(wide), Some(high)) = (side(width), side(height)) else {
        return Err(format!("{width}x{height} is not a usable size"));
    };
    let size = Size::new(wide, high);
    match format {
        FrameFormat::YUYV => from_yuyv(size, data),
        FrameFormat::NV12 => from_nv12(size, data),
        FrameFormat::MJPEG => from_jpeg(size, data),
        FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => Err(format!("{format} was not asked for")),
    }
}

fn need(data: &[u8], length: usize) -> Result<&[u8], String> {
    data.get(..length).ok_or_else(|| format!("{} bytes where {length} were due", data.len()))
}

/// Packed 4:2:2: `Y U Y V` for two pixels. Chroma of two rows becomes their mean.
fn from_yuyv(size: Size, data: &[u8]) -> Result<Picture, String> {
    let stride = size.chroma_width() * 4;
    let data = need(data, stride * usize::from(size.height))?;
    let mut picture = Picture::black(size);
    let (luma, u, v) = picture.planes_mut();
    for (row, packed) in luma.chunks_exact_mut(usize::from(size.width)).zip(data.chunks_exact(stride)) {
        for (pixel, sample) in row.iter_mut().zip(packed.iter().step_by(2)) {
            *pixel = *sample;
        }
    }
    let wide = size.chroma_width();
    for ((upper, u), v) in (0..).step_by(2).zip(u.chunks_exact_mut(wide)).zip(v.chunks_exact_mut(wide)) {
        let lower = (upper + 1).min(usize::from(size.height) - 1);
        let (upper, lower) = (&data[upper * stride..][..stride], &data[lower * stride..][..stride]);
        for (place, (one, other)) in upper.chunks_exact(4).zip(lower.chunks_exact(4)).enumerate() {
            u[place] = one[1].midpoint(other[1]);
            v[place] = one[3].midpoint(other[3]);
        }
    }
    Ok(picture)
}

fn from_nv12(size: Size, data: &[u8]) -> Result<Picture, String> {
    let data = need(data, size.luma_len() + 2 * size.chroma_len())?;
    let (luma, chroma) = data.split_at(size.luma_len());
    let mut picture = Picture::black(size);
    let (y, u, v) = picture.planes_mut();
    y.copy_from_slice(luma);
    for ((pair, u), v) in chroma.chunks_exact(2).zip(u).zip(v) {
        *u = pair[0];
        *v = pair[1];
    }
    Ok(picture)
}

/// A JPEG is full range with chroma for every pixel; the codec wants limited range and half of it both ways.
fn from_jpeg(size: Size, data: &[u8]) -> Result<Picture, String> {
    let side = usize::from(MAX_SIDE);
    let options =
        DecoderOptions::default().set_max_width(side).set_max_height(side).jpeg_set_out_colorspace(ColorSpace::YCbCr);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
    let full = decoder.decode().map_err(|why| why.to_string())?;
    let (wide, high) = (usize::from(size.width), usize::from(size.height));
    if decoder.dimensions() != Some((wide, high)) {
        return Err(format!("a JPEG that is not {size}"));
    }
    let full = need(&full, size.luma_len() * 3)?;
    let mut picture = Picture::black(size);
    let (luma, u, v) = picture.planes_mut();
    for (pixel, sample) in luma.iter_mut().zip(full.iter().step_by(3)) {
        *pixel = 16 + u8::try_from(u32::from(*sample) * 219 / 255).unwrap_or(219);
    }
    for place in 0..size.chroma_len() {
        let (x, y) = (place % size.chroma_width() * 2, place / size.chroma_width() * 2);
        let corner = |x: usize, y: usize| (y.min(high - 1) * wide + x.min(wide - 1)) * 3;
        let block = [corner(x, y), corner(x + 1, y), corner(x, y + 1), corner(x + 1, y + 1)];
        let mean = |channel: usize| block.iter().map(|at| i32::from(full[at + channel])).sum::<i32>() / 4;
        let limited = |value: i32| u8::try_from(128 + (value - 128) * 224 / 255).unwrap_or(128);
        u[place] = limited(mean(1));
        v[place] = limited(mean(2));
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_and_two_plane_pictures_become_the_same_planes() {
        // 4x2: luma 1..8, chroma (100, 200) left and (50, 60) right on both rows.
        let yuyv = [1, 100, 2, 200, 3, 50, 4, 60, 5, 100, 6, 200, 7, 50, 8, 60];
        let nv12 = [1, 2, 3, 4, 5, 6, 7, 8, 100, 200, 50, 60];
        let size = Size::new(4, 2);
        let expected = Picture::from_planes(size, (1..=8).collect(), vec![100, 50], vec![200, 60]).unwrap();
        assert_eq!(to_i420(FrameFormat::YUYV, 4, 2, &yuyv).unwrap(), expected);
        assert_eq!(to_i420(FrameFormat::NV12, 4, 2, &nv12).unwrap(), expected);
    }

    #[test]
    fn short_buffers_and_damaged_jpegs_are_errors() {
        for format in FORMATS {
            assert!(to_i420(format, 640, 480, &[0; 100]).is_err());
            assert!(to_i420(format, 640, 480, &[]).is_err());
            assert!(to_i420(format, 0, 480, &[0; 100]).is_err());
            assert!(to_i420(format, 4000, 480, &[0; 100]).is_err());
        }
        assert!(to_i420(FrameFormat::MJPEG, 16, 16, &[0xFF, 0xD8, 0xFF, 0xE0]).is_err());
    }

    const FORMATS: [FrameFormat; 4] = [FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::MJPEG, FrameFormat::GRAY];
}
