//! What a camera's driver gives, as I420 by BT.601 in limited range: the only kind of picture behind this line.
//! The capture worker calls it for every picture; the codec and the window's shader rely on it.
//! A buffer that is too short or damaged is an error in words, never a read beyond its end.
//!
//! USB cameras mean the BT.601 matrix unless their colour matching descriptor says otherwise, and nokhwa does not pass on
//! what it says. YUYV and NV12 are limited range; a JPEG is full range (JFIF 1.02).

use ahoy_media::{Picture, Size};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::mode::PixelFormat;
use crate::range::{CHROMA, LUMA};
use crate::y4m::MAX_SIDE;

/// Converts one picture; an error says in words what is wrong with it.
pub(super) fn to_i420(format: PixelFormat, size: Size, data: &[u8]) -> Result<Picture, String> {
    let side = 1..=MAX_SIDE;
    if !side.contains(&size.width) || !side.contains(&size.height) {
        return Err(format!("{size} is not a usable size"));
    }
    match format {
        PixelFormat::Yuyv => from_yuyv(size, data),
        PixelFormat::Nv12 => from_nv12(size, data),
        PixelFormat::Jpeg => from_jpeg(size, data),
    }
}

fn need(data: &[u8], length: usize) -> Result<&[u8], String> {
    data.get(..length).ok_or_else(|| format!("{} bytes where {length} were due", data.len()))
}

/// Chroma of two rows becomes their mean.
fn from_yuyv(size: Size, data: &[u8]) -> Result<Picture, String> {
    let stride = size.chroma_width() * 4;
    let data = need(data, stride * usize::from(size.height))?;
    let mut picture = Picture::black(size);
    let (luma, u, v) = picture.planes_mut();
    for (row, packed) in luma.chunks_exact_mut(usize::from(size.width)).zip(data.chunks_exact(stride)) {
        for (pixel, sample) in row.iter_mut().zip(packed.chunks_exact(2)) {
            *pixel = sample[0];
        }
    }
    let wide = size.chroma_width();
    for ((upper, u), v) in (0..).step_by(2).zip(u.chunks_exact_mut(wide)).zip(v.chunks_exact_mut(wide)) {
        let lower = (upper + 1).min(usize::from(size.height) - 1);
        let (upper, lower) = (&data[upper * stride..][..stride], &data[lower * stride..][..stride]);
        let pairs = upper.chunks_exact(4).zip(lower.chunks_exact(4));
        for ((u, v), (one, other)) in u.iter_mut().zip(v).zip(pairs) {
            *u = mean(one[1], other[1]);
            *v = mean(one[3], other[3]);
        }
    }
    Ok(picture)
}

/// Rounded up, so that equal samples stay and the whole picture does not drift.
fn mean(one: u8, other: u8) -> u8 {
    (u16::from(one) + u16::from(other)).div_ceil(2) as u8
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

/// The decoder gives three full-range samples for every pixel, whatever the JPEG's own chroma was.
fn from_jpeg(size: Size, data: &[u8]) -> Result<Picture, String> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(whole(data)?), options(ColorSpace::YCbCr));
    decoder.decode_headers().map_err(|why| why.to_string())?;
    let (wide, high) = (usize::from(size.width), usize::from(size.height));
    if decoder.dimensions() != Some((wide, high)) {
        return Err(format!("a JPEG that is not {size}"));
    }
    let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
    if grey {
        decoder.set_options(options(ColorSpace::Luma));
    }
    let full = decoder.decode().map_err(|why| why.to_string())?;
    let mut picture = Picture::black(size);
    if grey {
        for (pixel, sample) in picture.planes_mut().0.iter_mut().zip(need(&full, size.luma_len())?) {
            *pixel = LUMA[usize::from(*sample)];
        }
    } else {
        halve(need(&full, size.luma_len() * 3)?, &mut picture);
    }
    Ok(picture)
}

fn options(out: ColorSpace) -> DecoderOptions {
    let side = usize::from(MAX_SIDE);
    DecoderOptions::default().set_max_width(side).set_max_height(side).jpeg_set_out_colorspace(out)
}

/// The JPEG in a driver's buffer, which may be longer. One that was cut has no end marker; its rest would be grey.
fn whole(data: &[u8]) -> Result<&[u8], String> {
    let end = data.windows(2).rposition(|pair| pair == [0xFF, 0xD9]).ok_or("a JPEG without an end")?;
    Ok(&data[..end + 2])
}

/// Limited range, and the mean of each block of four pixels' chroma. At odd sides the last pixel counts twice.
fn halve(full: &[u8], picture: &mut Picture) {
    let size = picture.size();
    let stride = usize::from(size.width) * 3;
    let wide = size.chroma_width();
    let (luma, u, v) = picture.planes_mut();
    for (pixel, full) in luma.iter_mut().zip(full.chunks_exact(3)) {
        *pixel = LUMA[usize::from(full[0])];
    }
    let rows = u.chunks_exact_mut(wide).zip(v.chunks_exact_mut(wide));
    for (pair, (u, v)) in full.chunks(2 * stride).zip(rows) {
        let (upper, lower) = pair.split_at(stride);
        let lower = if lower.is_empty() { upper } else { lower };
        let blocks = upper.chunks_exact(6).zip(lower.chunks_exact(6));
        for ((u, v), (upper, lower)) in u.iter_mut().zip(v.iter_mut()).zip(blocks) {
            *u = block(upper[1], upper[4], lower[1], lower[4]);
            *v = block(upper[2], upper[5], lower[2], lower[5]);
        }
        if let ([_, blue, red], [_, low_blue, low_red]) =
            (upper.chunks_exact(6).remainder(), lower.chunks_exact(6).remainder())
        {
            u[wide - 1] = block(*blue, *blue, *low_blue, *low_blue);
            v[wide - 1] = block(*red, *red, *low_red, *low_red);
        }
    }
}

/// The mean of four chroma samples, in limited range.
fn block(a: u8, b: u8, c: u8, d: u8) -> u8 {
    let sum: u16 = [a, b, c, d].map(u16::from).iter().sum();
    CHROMA[usize::from((sum + 2) / 4)]
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
