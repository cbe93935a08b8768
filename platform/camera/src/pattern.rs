//! Moving bars with a frame counter that a program can read back, also after VP9 and after scaling.
//! `open.rs` starts it for `--camera pattern`; tests and the screenshot check read the counter.
//!
//! Layout: the top sixth of the picture is a grid of 16 x 2 cells, read row by row. Cell 0 is white and cell 1 black (they
//! calibrate the reader), cells 2 to 25 are the picture's index modulo 2^24, highest bit first, cells 26 to 31 are its
//! checksum: the four 6-bit groups of the index XORed with each other and with 0b101101. White (luma 235) is 1, black (16)
//! is 0. Below the grid stand eight colour bars that move two pixels to the left with each picture.

use ahoy_media::{CapturedPicture, Picture, Size, Slot};

use crate::choice::CameraMode;
use crate::error::CameraError;
use crate::open::Camera;
use crate::steady::SteadyCamera;
use crate::y4m::FrameRate;

/// Cells a row of the grid.
const COLUMNS: usize = 16;

/// Rows of the grid.
const ROWS: usize = 2;

/// The grid takes this part of the picture's height.
const GRID_SHARE: usize = 6;

/// The counter wraps here: 24 bits, eight days at 24 pictures a second.
const COUNTER_MASK: u32 = 0x00FF_FFFF;

/// Six bits that keep an all-black or all-white grid from being a valid counter.
const CHECK_SALT: u32 = 0b10_1101;

/// Least difference of luma between the calibration cells; less is no picture of ours.
const MIN_CONTRAST: u32 = 60;

const WHITE: u8 = 235;
const BLACK: u8 = 16;

/// How far the bars move with each picture, in pixels.
const STEP: usize = 2;

/// White, yellow, cyan, green, magenta, red, blue, grey at 75 %: (Y, U, V) by BT.601.
const BARS: [(u8, u8, u8); 8] = [
    (180, 128, 128),
    (162, 44, 142),
    (131, 156, 44),
    (112, 72, 58),
    (84, 184, 198),
    (65, 100, 212),
    (35, 212, 114),
    (80, 128, 128),
];

pub(crate) fn open(mode: CameraMode, slot: Slot<CapturedPicture>) -> Result<Box<dyn Camera>, CameraError> {
    let rate = FrameRate { numerator: mode.fps.max(1), denominator: 1 };
    let size = mode.size;
    SteadyCamera::start(Box::new(move |index| Ok(paint(size, index))), rate, slot)
}

/// Paints picture `index`.
#[must_use]
pub fn paint(size: Size, index: u64) -> Picture {
    let mut picture = Picture::black(size);
    let (width, height) = (usize::from(size.width), usize::from(size.height));
    let (chroma_width, chroma_height) = (size.chroma_width(), size.chroma_height());
    let grid_height = height / GRID_SHARE;
    let shift = usize::try_from(index % (width.max(1) as u64)).unwrap_or(0) * STEP;
    let bar = |x: usize| BARS[(x + shift) * BARS.len() / width.max(1) % BARS.len()];

    let bars_y: Vec<u8> = (0..width).map(|x| bar(x).0).collect();
    let bars_u: Vec<u8> = (0..chroma_width).map(|x| bar(x * 2).1).collect();
    let bars_v: Vec<u8> = (0..chroma_width).map(|x| bar(x * 2).2).collect();
    let word = encode(u32::try_from(index & u64::from(COUNTER_MASK)).unwrap_or(0));
    let (y, u, v) = picture.planes_mut();
    for row in 0..height {
        let line = &mut y[row * width..][..width];
        if row < grid_height {
            let cell_row = row * ROWS / grid_height;
            for (x, sample) in line.iter_mut().enumerate() {
                let cell = cell_row * COLUMNS + x * COLUMNS / width;
                *sample = if word >> (31 - cell) & 1 == 1 { WHITE } else { BLACK };
            }
        } else {
            line.copy_from_slice(&bars_y);
        }
    }
    for row in grid_height.div_ceil(2)..chroma_height {
        u[row * chroma_width..][..chroma_width].copy_from_slice(&bars_u);
        v[row * chroma_width..][..chroma_width].copy_from_slice(&bars_v);
    }
    picture
}

/// Reads the index (modulo 2^24) of a picture of the pattern; `None` when it is none or too damaged.
#[must_use]
pub fn read_counter(picture: &Picture) -> Option<u32> {
    let size = picture.size();
    let (width, grid_height) = (usize::from(size.width), usize::from(size.height) / GRID_SHARE);
    let (cell_width, cell_height) = (width / COLUMNS, grid_height / ROWS);
    if cell_width < 2 || cell_height < 2 {
        return None;
    }
    let mean = |cell: usize| {
        // Only the middle half of a cell: its edges blur when it is scaled and coded.
        let left = (cell % COLUMNS) * width / COLUMNS + cell_width / 4;
        let top = (cell / COLUMNS) * grid_height / ROWS + cell_height / 4;
        let (across, down) = (cell_width.div_ceil(2), cell_height.div_ceil(2));
        let sum: u32 = (top..top + down)
            .map(|row| picture.y()[row * width + left..][..across].iter().map(|&sample| u32::from(sample)).sum::<u32>())
            .sum();
        sum / u32::try_from(across * down).unwrap_or(u32::MAX)
    };
    let (white, black) = (mean(0), mean(1));
    if white < black + MIN_CONTRAST {
        return None;
    }
    let threshold = u32::midpoint(white, black);
    let word = (0..COLUMNS * ROWS).fold(0, |word, cell| word << 1 | u32::from(mean(cell) > threshold));
    let counter = word >> 6 & COUNTER_MASK;
    (encode(counter) == word).then_some(counter)
}

/// The 32 cells of the grid, cell 0 in the highest bit.
fn encode(counter: u32) -> u32 {
    let check = (counter >> 18 ^ counter >> 12 ^ counter >> 6 ^ counter ^ CHECK_SALT) & 0x3F;
    1 << 31 | counter << 6 | check
}

#[cfg(test)]
mod tests {
    use ahoy_media::scale::scale;

    use super::*;

    #[test]
    fn the_counter_is_read_back_also_after_scaling() {
        for size in [Size::VGA, Size::new(1280, 720), Size::new(322, 241)] {
            for index in [0, 1, 2, 1_000, 0x00AB_CDEF, 0x00FF_FFFF, 0x0100_0005] {
                let picture = paint(size, index);
                let expected = Some((index & 0x00FF_FFFF) as u32);
                assert_eq!(read_counter(&picture), expected, "{size}");
                for smaller in [Size::new(160, 120), Size::new(640, 360), Size::new(640, 480)] {
                    assert_eq!(read_counter(&scale(&picture, smaller)), expected, "{size} to {smaller}");
                }
            }
        }
    }

    #[test]
    fn other_pictures_have_no_counter() {
        assert_eq!(read_counter(&Picture::black(Size::VGA)), None);
        assert_eq!(read_counter(&Picture::black(Size::new(4, 4))), None);
        let mut white = Picture::black(Size::VGA);
        white.planes_mut().0.fill(235);
        assert_eq!(read_counter(&white), None);
        let mut flipped = paint(Size::VGA, 7);
        let cell = 640 / COLUMNS;
        for row in 0..40 {
            for sample in &mut flipped.planes_mut().0[row * 640 + 5 * cell..][..cell] {
                *sample = WHITE;
            }
        }
        assert_eq!(read_counter(&flipped), None, "the checksum sees one wrong cell");
    }

    #[test]
    fn the_bars_move() {
        let (first, second) = (paint(Size::VGA, 0), paint(Size::VGA, 1));
        let row = 300 * 640;
        assert_eq!(first.y()[row + 2..row + 640], second.y()[row..row + 638]);
        assert_ne!(first.y()[row..row + 640], second.y()[row..row + 640]);
    }
}
