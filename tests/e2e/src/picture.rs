//! What came out of a screen file: which pictures, when, and how well they survived.
//! Tests read the counters that the pattern carries, reports compare with the source and compute delays.
//! Pictures are matched by their capture time, which the screen file's table carries.

use std::borrow::Cow;
use std::path::Path;

use ahoy_camera::{pattern, y4m::Y4mReader};
use ahoy_media::{Picture, scale::scale};
use anyhow::{Context as _, Result, ensure};

/// A capture time this far from every due time (µs) is none of the camera's.
const TIME_ERROR_US: u64 = 2_000;

/// One line of the table beside a screen file.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Its place in the file.
    pub index: u64,
    /// When it was shown, in Unix microseconds.
    pub unix_us: u64,
    /// When it was captured, on the sender's media clock in microseconds.
    pub media_us: u64,
    /// Its own width, before the file scaled it.
    pub width: u16,
    /// Its own height.
    pub height: u16,
}

/// A picture that was shown, beside the one that the camera had at its capture time.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    /// What the table says of it.
    pub shown: Shown,
    /// How alike they are, in dB of luma; `None` where the camera had no picture at that time.
    pub psnr_db: Option<f64>,
    /// Its time is none of the camera's, or both carry a counter and not the same.
    pub misplaced: bool,
}

/// Reads the table beside the screen file at `path`.
///
/// # Errors
/// There is none, or it is damaged.
pub fn table(path: &Path) -> Result<Vec<Shown>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".csv");
    let text = std::fs::read_to_string(Path::new(&name)).with_context(|| format!("{}", Path::new(&name).display()))?;
    let mut lines = text.lines();
    let head = lines.next().context("a header line")?;
    ensure!(head == "index,shown_unix_us,capture_media_us,width,height", "another header: {head}");
    lines
        .map(|line| {
            let mut fields = line.split(',').map(str::parse::<u64>);
            let mut field = || fields.next().context("a field")?.context("a number");
            let (index, unix_us, media_us) = (field()?, field()?, field()?);
            Ok(Shown { index, unix_us, media_us, width: field()?.try_into()?, height: field()?.try_into()? })
        })
        .collect()
}

/// Writes `seconds` of the pattern with its counter as a Y4M file, 640x480 at 24 frames a second.
///
/// # Errors
/// The file cannot be written.
pub fn write_pattern(path: &Path, seconds: u64) -> Result<()> {
    let size = ahoy_media::Size::VGA;
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    ahoy_camera::y4m::write_header(&mut file, size, ahoy_camera::y4m::FrameRate { numerator: 24, denominator: 1 })?;
    for index in 0..seconds * 24 {
        ahoy_camera::y4m::write_picture(&mut file, &pattern::paint(size, index))?;
    }
    std::io::Write::flush(&mut file)?;
    Ok(())
}

/// The counter of every picture of a screen file; `None` where it cannot be read.
///
/// # Errors
/// The file is no Y4M.
pub fn counters(path: &Path) -> Result<Vec<Option<u32>>> {
    let mut reader = Y4mReader::open(path)?;
    let mut counters = Vec::new();
    while let Some(picture) = reader.next_picture()? {
        counters.push(pattern::read_counter(&picture));
    }
    Ok(counters)
}

/// How well the pictures of a screen file match the source they were captured from, in dB of luma: the median and the
/// 5th percentile. `start_us` is the media time of the source's picture 0.
///
/// # Errors
/// A file is no Y4M, or nothing was shown.
pub fn quality(screen: &Path, source: &Path, start_us: u64) -> Result<(f64, f64)> {
    let values: Vec<f64> = compare(screen, source, start_us)?.iter().filter_map(|one| one.psnr_db).collect();
    ensure!(!values.is_empty(), "no picture was shown");
    Ok((crate::sound::quantile(values.clone(), 0.5), crate::sound::quantile(values, 0.05)))
}

/// Puts every picture of a screen file beside the one of its source, which the camera repeats. `start_us` is the media time of
/// the source's picture 0.
///
/// # Errors
/// A file is no Y4M, or the source is empty.
pub fn compare(screen: &Path, source: &Path, start_us: u64) -> Result<Vec<Compared>> {
    let shown = table(screen)?;
    let mut camera = Camera::open(source)?;
    let mut screen = Y4mReader::open(screen)?;
    let mut compared = Vec::new();
    for shown in shown {
        let Some(seen) = screen.next_picture()? else { break };
        let original = match shown.media_us.checked_sub(start_us) {
            Some(since_us) => camera.at(since_us)?,
            None => None,
        };
        compared.push(Compared {
            shown,
            psnr_db: original.map(|original| psnr(original, &seen)),
            misplaced: original.is_none_or(|original| is_another(original, &seen)),
        });
    }
    Ok(compared)
}

/// The file of a camera, read forward and over and over.
struct Camera {
    file: Y4mReader,
    /// The newest picture read, and its place with repetitions counted.
    newest: (u64, Picture),
}

impl Camera {
    fn open(path: &Path) -> Result<Self> {
        let mut file = Y4mReader::open(path)?;
        let first = file.next_picture()?.with_context(|| format!("{} is empty", path.display()))?;
        Ok(Self { file, newest: (0, first) })
    }

    /// The picture captured so long after picture 0; `None` where there is none of that time, or it lies behind already.
    fn at(&mut self, since_us: u64) -> Result<Option<&Picture>> {
        let rate = self.file.header().rate;
        let seconds = since_us as f64 / 1e6;
        let place = (seconds * f64::from(rate.numerator) / f64::from(rate.denominator)).round() as u64;
        // The cameras of files stamp every picture with its due time; microseconds are lost on the way between clocks.
        if rate.due_us(place).abs_diff(since_us) > TIME_ERROR_US {
            return Ok(None);
        }
        while self.newest.0 < place {
            let next = match self.file.next_picture()? {
                Some(picture) => picture,
                None => {
                    self.file.rewind()?;
                    self.file.next_picture()?.context("the camera's file shrank")?
                }
            };
            self.newest = (self.newest.0 + 1, next);
        }
        Ok((self.newest.0 == place).then_some(&self.newest.1))
    }
}

fn is_another(original: &Picture, seen: &Picture) -> bool {
    let counters = (pattern::read_counter(original), pattern::read_counter(seen));
    matches!(counters, (Some(one), Some(other)) if one != other)
}

/// Of luma, at the size of the screen file.
fn psnr(original: &Picture, seen: &Picture) -> f64 {
    let original = match original.size() == seen.size() {
        true => Cow::Borrowed(original),
        false => Cow::Owned(scale(original, seen.size())),
    };
    let squares: u64 = original.y().iter().zip(seen.y()).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    let mean = squares as f64 / seen.y().len() as f64;
    if mean == 0.0 { 100.0 } else { 10.0 * (255.0 * 255.0 / mean).log10() }
}

#[cfg(test)]
mod tests {
    use ahoy_camera::ScreenFile;
    use ahoy_media::{MediaTime, Size};

    use super::*;

    #[test]
    fn pictures_are_found_again_when_some_vanish_shrink_come_late_or_belong_elsewhere() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (source, screen) = (folder.path().join("source.y4m"), folder.path().join("screen.y4m"));
        write_pattern(&source, 1)?;
        let mut file = ScreenFile::create(&screen, Size::VGA)?;
        let start_us = 5_000_000;
        let mut show = |place: u64, painted: u64, size| {
            let at = MediaTime(start_us + place * 1_000_000 / 24);
            file.show(&scale(&pattern::paint(Size::VGA, painted), size), at, 0)
        };
        // The camera's second has 24 pictures, then it begins again; picture 30 is the 6th of the second time.
        show(0, 0, Size::VGA)?;
        show(3, 3, Size::new(320, 240))?;
        show(30, 6, Size::VGA)?;
        show(31, 8, Size::VGA)?;
        file.show(&pattern::paint(Size::VGA, 9), MediaTime(start_us + 33 * 1_000_000 / 24 + 20_000), 0)?;
        drop(file);
        let compared = compare(&screen, &source, start_us)?;
        let misplaced: Vec<bool> = compared.iter().map(|one| one.misplaced).collect();
        assert_eq!(misplaced, [false, false, false, true, true]);
        let heights: Vec<u16> = compared.iter().map(|one| one.shown.height).collect();
        assert_eq!(heights, [480, 240, 480, 480, 480]);
        let psnr: Vec<Option<f64>> = compared.iter().map(|one| one.psnr_db).collect();
        assert!(psnr[0] >= Some(100.0) && psnr[2] >= Some(100.0), "{psnr:?}");
        assert!(psnr[1].is_some_and(|psnr| (20.0..60.0).contains(&psnr)), "{psnr:?}");
        assert!(psnr[3] < Some(40.0) && psnr[4].is_none(), "{psnr:?}");
        Ok(())
    }
}
