//! What came out of a screen file: which pictures, when, and how well they survived.
//! Tests read the counters that the pattern carries, reports compare with the source and compute delays.
//! Pictures are matched by their capture time, which the screen file's table carries.

use std::path::Path;

use ahoy_camera::{pattern, y4m::Y4mReader};
use ahoy_media::Picture;
use anyhow::{Context as _, Result, ensure};

/// One line of the table beside a screen file.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Its place in the file.
    pub index: u64,
    /// When it was shown, in Unix microseconds.
    pub unix_us: u64,
    /// When it was captured, on the sender's media clock in microseconds.
    pub media_us: u64,
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
            Ok(Shown { index: field()?, unix_us: field()?, media_us: field()? })
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
    let shown = table(screen)?;
    let mut source = Y4mReader::open(source)?;
    let rate = source.header().rate;
    let frame_us = rate.due_us(1) as f64;
    let mut screen = Y4mReader::open(screen)?;
    let mut original: Option<(u64, Picture)> = None;
    let mut values = Vec::new();
    for line in &shown {
        let Some(seen) = screen.next_picture()? else { break };
        let wanted = ((line.media_us.saturating_sub(start_us)) as f64 / frame_us).round() as u64;
        let mut next = original.as_ref().map_or(0, |(index, _)| index + 1);
        while next <= wanted {
            let Some(picture) = source.next_picture()? else { return summary(values) };
            original = Some((next, picture));
            next += 1;
        }
        if let Some((index, picture)) = &original
            && *index == wanted
        {
            values.push(psnr(picture, &seen));
        }
    }
    summary(values)
}

fn summary(values: Vec<f64>) -> Result<(f64, f64)> {
    ensure!(!values.is_empty(), "no picture was shown");
    Ok((crate::sound::quantile(values.clone(), 0.5), crate::sound::quantile(values, 0.05)))
}

fn psnr(one: &Picture, other: &Picture) -> f64 {
    if one.size() != other.size() {
        return 0.0;
    }
    let squares: u64 = one.y().iter().zip(other.y()).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    let mean = squares as f64 / one.y().len() as f64;
    if mean == 0.0 { 100.0 } else { 10.0 * (255.0 * 255.0 / mean).log10() }
}
