//! What follows a VP9 frame's size: the rest of its header, and where its parts lie (VP9 bitstream specification 0.6, §6.2 to §6.4).
//! The decoder asks it before libvpx sees a byte; the encoder asks it to tell a frame's size anew.
//! A frame whose parts do not fill it exactly up to its last tile is not whole.

use ahoy_media::Size;
use bytes::Bytes;

use crate::error::FrameFault;
use crate::vp9_bits::{BitWriter, Bits};
use crate::vp9_header::FrameHeader;

/// Bits of the value of each segment feature, and whether a sign follows (specification §5.9.14, tables of constants).
const SEGMENT_FEATURES: [(usize, bool); 4] = [(8, true), (6, true), (2, false), (0, false)];
const SEGMENTS: usize = 8;
const SEGMENT_TREE_NODES: usize = 7;
const SEGMENT_PREDICTION_NODES: usize = 3;
/// Filter strengths for references and for modes.
const FILTER_DELTAS: usize = 4 + 2;
/// A tile is at least 4 and at most 64 blocks of 64 pixels wide.
const TILE_BLOCKS: (u32, u32) = (4, 64);
/// The length before each tile but the last.
const TILE_LENGTH_BYTES: usize = 4;

/// Where the parts of a frame lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bits of the header, without those that fill up its last byte.
    pub header_bits: usize,
    /// Bytes of the second header, which is entropy coded.
    pub second_header: usize,
    /// Tiles.
    pub tiles: usize,
}

/// Reads the layout of `frame`, a picture of `size`.
///
/// # Errors
/// [`FrameFault::Cut`] when it ends before its last part begins, [`FrameFault::Parts`] when it has none to decode.
pub fn layout_of(frame: &[u8], header: &FrameHeader, size: Size) -> Result<Layout, FrameFault> {
    let mut bits = Bits::from(frame, header.size_end);
    if bits.flag()? {
        // How large to show the picture is for the window to say.
        let _ = bits.take(32)?;
    }
    if !header.key {
        let _high_precision = bits.flag()?;
        let switchable = bits.flag()?;
        if !switchable {
            let _filter = bits.take(2)?;
        }
    }
    if !header.error_resilient {
        let _contexts_kept = bits.take(2)?;
    }
    let _context = bits.take(2)?;
    skip_loop_filter(&mut bits)?;
    skip_quantizer(&mut bits)?;
    skip_segments(&mut bits)?;
    let tiles = read_tiles(&mut bits, size)?;
    let second_header = bits.take(16)? as usize;
    let layout = Layout { header_bits: bits.at, second_header, tiles };
    check_parts(frame, layout)?;
    Ok(layout)
}

/// `frame` with its size written out, instead of taken from a reference.
///
/// # Errors
/// [`FrameFault`] when it cannot be read.
pub fn with_own_size(frame: &[u8], header: &FrameHeader, size: Size) -> Result<Bytes, FrameFault> {
    let layout = layout_of(frame, header, size)?;
    let mut bits = Bits::new(frame);
    let mut out = BitWriter::default();
    while bits.at < header.size_at {
        out.put(bits.take(1)?, 1);
    }
    // None of the three references has the size.
    out.put(0, 3);
    out.put(u32::from(size.width) - 1, 16);
    out.put(u32::from(size.height) - 1, 16);
    bits.at = header.size_end;
    while bits.at < layout.header_bits {
        out.put(bits.take(1)?, 1);
    }
    let mut bytes = out.into_bytes();
    bytes.extend_from_slice(frame.get(layout.header_bits.div_ceil(8)..).ok_or(FrameFault::Cut)?);
    Ok(bytes.into())
}

fn skip_loop_filter(bits: &mut Bits<'_>) -> Result<(), FrameFault> {
    let _level_and_sharpness = bits.take(6 + 3)?;
    let (has_deltas, mut updates) = (bits.flag()?, false);
    if has_deltas {
        updates = bits.flag()?;
    }
    if updates {
        for _ in 0..FILTER_DELTAS {
            skip_optional(bits, 7)?;
        }
    }
    Ok(())
}

fn skip_quantizer(bits: &mut Bits<'_>) -> Result<(), FrameFault> {
    let _base = bits.take(8)?;
    for _ in 0..3 {
        skip_optional(bits, 5)?;
    }
    Ok(())
}

fn skip_segments(bits: &mut Bits<'_>) -> Result<(), FrameFault> {
    if !bits.flag()? {
        return Ok(());
    }
    if bits.flag()? {
        for _ in 0..SEGMENT_TREE_NODES {
            skip_optional(bits, 8)?;
        }
        if bits.flag()? {
            for _ in 0..SEGMENT_PREDICTION_NODES {
                skip_optional(bits, 8)?;
            }
        }
    }
    if bits.flag()? {
        let _absolute = bits.flag()?;
        for (value, signed) in [SEGMENT_FEATURES; SEGMENTS].into_iter().flatten() {
            skip_optional(bits, value + usize::from(signed))?;
        }
    }
    Ok(())
}

/// A flag, and `count` bits when it is set.
fn skip_optional(bits: &mut Bits<'_>, count: usize) -> Result<(), FrameFault> {
    if bits.flag()? {
        let _ = bits.take(count)?;
    }
    Ok(())
}

/// The number of tiles; how many columns there may be follows from the width.
fn read_tiles(bits: &mut Bits<'_>, size: Size) -> Result<usize, FrameFault> {
    let blocks = u32::from(size.width).div_ceil(64);
    let mut columns = 0;
    while TILE_BLOCKS.1 << columns < blocks {
        columns += 1;
    }
    while blocks >> (columns + 1) >= TILE_BLOCKS.0 && bits.flag()? {
        columns += 1;
    }
    let mut rows = 0;
    if bits.flag()? {
        rows = 1 + u32::from(bits.flag()?);
    }
    Ok(1 << (columns + rows))
}

/// Every part begins inside the frame, and none is empty.
fn check_parts(frame: &[u8], layout: Layout) -> Result<(), FrameFault> {
    if layout.second_header == 0 {
        return Err(FrameFault::Parts);
    }
    let mut rest = frame.get(layout.header_bits.div_ceil(8) + layout.second_header..).ok_or(FrameFault::Cut)?;
    for _ in 1..layout.tiles {
        let (length, after) = rest.split_first_chunk::<TILE_LENGTH_BYTES>().ok_or(FrameFault::Cut)?;
        let length = u32::from_be_bytes(*length) as usize;
        if length == 0 {
            return Err(FrameFault::Parts);
        }
        rest = after.get(length..).ok_or(FrameFault::Cut)?;
    }
    if rest.is_empty() { Err(FrameFault::Cut) } else { Ok(()) }
}

#[cfg(test)]
#[path = "vp9_layout_tests.rs"]
mod tests;
