//! Compares a picture of the window with one that people have looked at.
//! Graphics drivers smooth the edges of letters and corners differently, so what is compared is seen from a step away:
//! both pictures are averaged over cells of 4 by 4 pixels. A cell differs when a channel is off by more than 24 of 255
//! levels, and pictures differ when more than 1 in 1000 cells does: a tenth of a button on the largest picture.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use png::{BitDepth, ColorType};

/// Pixels a side of a cell.
const CELL: usize = 4;
/// Levels that a channel of a cell may be off.
const LEVELS: u32 = 24;
/// Cells of a thousand that may differ.
const MAY_DIFFER: usize = 1;

/// A picture in red, green and blue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Painting {
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Three bytes a pixel, row by row.
    pub rgb: Vec<u8>,
}

/// How two pictures of one size differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    cells: usize,
    /// The middle of each cell that differs, in pixels.
    pub at: Vec<(usize, usize)>,
}

impl Painting {
    /// Reads a PNG file.
    ///
    /// # Errors
    /// There is none, or it is not 8-bit red, green and blue.
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("{}", path.display()))?;
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info()?;
        let mut rgb = vec![0; reader.output_buffer_size().context("a size that fits into memory")?];
        let info = reader.next_frame(&mut rgb)?;
        let plain = info.color_type == ColorType::Rgb && info.bit_depth == BitDepth::Eight;
        ensure!(plain, "{} is not in 8-bit RGB", path.display());
        rgb.truncate(info.buffer_size());
        Ok(Self { width: info.width as usize, height: info.height as usize, rgb })
    }

    /// Writes a PNG file, as small as can be.
    ///
    /// # Errors
    /// The disk is full.
    pub fn write(&self, path: &Path) -> Result<()> {
        let file = BufWriter::new(File::create(path)?);
        let mut encoder = png::Encoder::new(file, u32::try_from(self.width)?, u32::try_from(self.height)?);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.write_header()?.write_image_data(&self.rgb)?;
        Ok(())
    }

    /// How it differs from the one it should be.
    ///
    /// # Errors
    /// It has another size.
    pub fn compare(&self, wanted: &Self) -> Result<Difference> {
        let size = |of: &Self| (of.width, of.height);
        ensure!(size(self) == size(wanted), "{:?} pixels instead of {:?}", size(self), size(wanted));
        let places = (0..self.height).step_by(CELL).flat_map(|y| (0..self.width).step_by(CELL).map(move |x| (x, y)));
        let off = |(x, y): &(usize, usize)| {
            let (seen, meant) = (self.cell(*x, *y), wanted.cell(*x, *y));
            seen.iter().zip(meant).any(|(seen, meant)| seen.abs_diff(meant) > LEVELS)
        };
        let middle = |(x, y)| (x + CELL / 2, y + CELL / 2);
        let cells = self.width.div_ceil(CELL) * self.height.div_ceil(CELL);
        Ok(Difference { cells, at: places.filter(off).map(middle).collect() })
    }

    /// The mean of the cell that begins there; cells at the right and lower edge may be cut.
    fn cell(&self, left: usize, top: usize) -> [u32; 3] {
        let (right, bottom) = ((left + CELL).min(self.width), (top + CELL).min(self.height));
        let mut sums = [0; 3];
        for y in top..bottom {
            for pixel in self.rgb[(y * self.width + left) * 3..(y * self.width + right) * 3].chunks_exact(3) {
                for (sum, level) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(*level);
                }
            }
        }
        let pixels = ((right - left) * (bottom - top)) as u32;
        sums.map(|sum| sum / pixels)
    }
}

impl Difference {
    /// Whether a person would call the two the same.
    #[must_use]
    pub fn is_slight(&self) -> bool {
        self.at.len() * 1_000 <= self.cells * MAY_DIFFER
    }

    /// The rectangle around everything that differs: left, top, right, bottom.
    #[must_use]
    pub fn around(&self) -> Option<(usize, usize, usize, usize)> {
        self.at.iter().fold(None, |around, (x, y)| {
            let (left, top, right, bottom) = around.unwrap_or((*x, *y, *x, *y));
            Some((left.min(*x), top.min(*y), right.max(*x), bottom.max(*y)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUND: [u8; 3] = [27, 24, 21];
    const CARD: [u8; 3] = [38, 34, 30];
    const BUTTON: [u8; 3] = [55, 49, 43];
    const INK: [u8; 3] = [246, 239, 230];

    /// A phone's screen: a card with two lines of text, and a button below it that has a word.
    fn screen(card_top: usize, button: bool) -> Painting {
        let (width, height) = (390, 844);
        let mut painting = Painting { width, height, rgb: GROUND.repeat(width * height) };
        let mut fill = |left: usize, top: usize, right: usize, bottom: usize, color: [u8; 3]| {
            for y in top..bottom {
                for x in left..right {
                    painting.rgb[(y * width + x) * 3..][..3].copy_from_slice(&color);
                }
            }
        };
        fill(16, card_top, 374, card_top + 200, CARD);
        for letter in 0..20 {
            for line in [30, 60] {
                fill(32 + letter * 12, card_top + line, 34 + letter * 12, card_top + line + 12, INK);
            }
        }
        if button {
            fill(140, 700, 250, 748, BUTTON);
            for letter in 0..6 {
                fill(160 + letter * 12, 718, 162 + letter * 12, 730, INK);
            }
        }
        painting
    }

    #[test]
    fn a_picture_is_the_same_as_itself_and_as_one_with_other_edges() {
        let wanted = screen(100, true);
        assert!(wanted.compare(&wanted).unwrap().at.is_empty());
        let mut smoothed = wanted.clone();
        // Another driver: every edge is a quarter of a pixel elsewhere.
        for at in 3..smoothed.rgb.len() {
            let mixed = (u32::from(wanted.rgb[at]) * 3 + u32::from(wanted.rgb[at - 3])) / 4;
            smoothed.rgb[at] = mixed as u8;
        }
        let difference = smoothed.compare(&wanted).unwrap();
        assert!(difference.is_slight(), "{} cells", difference.at.len());
    }

    #[test]
    fn a_missing_button_is_caught() {
        let difference = screen(100, false).compare(&screen(100, true)).unwrap();
        assert!(!difference.is_slight());
        let (left, top, right, bottom) = difference.around().unwrap();
        assert!(left >= 140 && right <= 250 && top >= 700 && bottom <= 748);
    }

    #[test]
    fn a_card_that_stands_a_little_lower_is_caught() {
        let difference = screen(104, true).compare(&screen(100, true)).unwrap();
        assert!(!difference.is_slight(), "only {} cells", difference.at.len());
    }

    #[test]
    fn another_size_is_another_picture() {
        let mut smaller = screen(100, true);
        smaller.height -= 1;
        smaller.rgb.truncate(smaller.width * smaller.height * 3);
        assert!(smaller.compare(&screen(100, true)).is_err());
    }

    #[test]
    fn what_is_written_is_read() {
        let path = tempfile::tempdir().unwrap();
        let path = path.path().join("screen.png");
        let painting = screen(100, true);
        painting.write(&path).unwrap();
        assert_eq!(Painting::read(&path).unwrap(), painting);
    }
}
