//! Y4M, the raw picture file of the field: one header line, then `FRAME` lines with three planes each.
//! The file camera reads it one picture at a time; `ScreenFile` and tests write and read it.
//! Only 8-bit 4:2:0 up to 1920 a side is taken; anything else is a typed error, and no line may grow without bound.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ahoy_media::{Picture, Size};

use crate::error::CameraError;
use crate::range::limit;

/// The longest side taken, the same bound that video frames have on the wire.
pub const MAX_SIDE: u16 = 1920;

/// A header or frame line longer than this is no Y4M file: real ones stay under 100 bytes.
const MAX_LINE: u64 = 512;

/// The fastest file taken, in pictures a second; faster ones are not meant to be watched.
const MAX_FPS: u64 = 240;

/// The slowest file taken, in seconds a picture: slower ones would look like a camera that stopped.
const MAX_SECONDS_A_PICTURE: u64 = 10;

/// Pictures a second as a fraction, e.g. 30000/1001.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRate {
    /// Pictures.
    pub numerator: u32,
    /// In this many seconds.
    pub denominator: u32,
}

impl FrameRate {
    /// Microseconds from picture 0 to picture `index`.
    #[must_use]
    pub fn due_us(self, index: u64) -> u64 {
        let us = u128::from(index) * u128::from(self.denominator) * 1_000_000 / u128::from(self.numerator);
        u64::try_from(us).unwrap_or(u64::MAX)
    }
}

/// What a Y4M header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Y4mHeader {
    /// Width and height of every picture.
    pub size: Size,
    /// The file's own rate.
    pub rate: FrameRate,
    /// Its pictures use all levels (`XCOLORRANGE=FULL`); the reader brings them to limited range.
    pub full_range: bool,
}

impl Y4mHeader {
    /// Reads a header line (without its line feed).
    fn parse(line: &str) -> Result<Self, String> {
        let mut words = line.split(' ');
        if words.next() != Some("YUV4MPEG2") {
            return Err("it does not begin with `YUV4MPEG2`".to_owned());
        }
        let (mut width, mut height, mut rate, mut full_range) = (None, None, None, false);
        for word in words.filter(|word| !word.is_empty()) {
            // The first byte of a parameter is its name; a name of several bytes is none of ours.
            let Some((name, value)) = word.split_at_checked(1) else { continue };
            match name {
                "W" => width = Some(parse_side(value)?),
                "H" => height = Some(parse_side(value)?),
                "F" => rate = Some(parse_rate(value)?),
                "C" => check_colour(value)?,
                "X" => full_range |= value == "COLORRANGE=FULL",
                _ => {}
            }
        }
        let width = width.ok_or("its header has no width (`W`)")?;
        let height = height.ok_or("its header has no height (`H`)")?;
        let rate = rate.ok_or("its header has no frame rate (`F`)")?;
        Ok(Self { size: Size::new(width, height), rate, full_range })
    }
}

fn parse_side(text: &str) -> Result<u16, String> {
    match text.parse::<u16>() {
        Ok(side @ 1..=MAX_SIDE) => Ok(side),
        Ok(_) | Err(_) => Err(format!("a side of `{text}` pixels is outside 1 to {MAX_SIDE}")),
    }
}

fn parse_rate(text: &str) -> Result<FrameRate, String> {
    let wrong = || format!("the frame rate `{text}` is not usable (at most {MAX_FPS} pictures a second)");
    let (numerator, denominator) = text.split_once(':').ok_or_else(wrong)?;
    let numerator: u32 = numerator.parse().map_err(|_| wrong())?;
    let denominator: u32 = denominator.parse().map_err(|_| wrong())?;
    let (pictures, seconds) = (u64::from(numerator), u64::from(denominator));
    let usable = numerator > 0
        && denominator > 0
        && pictures <= MAX_FPS * seconds
        && seconds <= MAX_SECONDS_A_PICTURE * pictures;
    if usable { Ok(FrameRate { numerator, denominator }) } else { Err(wrong()) }
}

/// Takes `420`, `420jpeg`, `420mpeg2`, `420paldv`; `420p10` and its like have more than 8 bits.
fn check_colour(tag: &str) -> Result<(), String> {
    let deep = tag.strip_prefix("420p").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if tag.starts_with("420") && !deep {
        Ok(())
    } else {
        Err(format!("its pictures are `C{tag}`, only 8-bit 4:2:0 is understood (convert with pixel format yuv420p)"))
    }
}

/// Reads a Y4M file picture by picture.
#[derive(Debug)]
pub struct Y4mReader {
    path: PathBuf,
    file: BufReader<File>,
    header: Y4mHeader,
    first_frame: u64,
}

impl Y4mReader {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// When the file cannot be read or is not an 8-bit 4:2:0 Y4M file.
    pub fn open(path: &Path) -> Result<Self, CameraError> {
        let file = File::open(path).map_err(|why| CameraError::file(path, &why))?;
        let mut file = BufReader::new(file);
        let line = read_line(&mut file, path)?.ok_or_else(|| CameraError::not_y4m(path, "it is empty"))?;
        let header = Y4mHeader::parse(&line).map_err(|reason| CameraError::not_y4m(path, reason))?;
        let first_frame = file.stream_position().map_err(|why| CameraError::file(path, &why))?;
        Ok(Self { path: path.to_owned(), file, header, first_frame })
    }

    /// Size and rate.
    #[must_use]
    pub fn header(&self) -> Y4mHeader {
        self.header
    }

    /// The next picture, in limited range; `None` at the end. A last picture that is cut short counts as the end.
    ///
    /// # Errors
    /// When the file cannot be read, or something else than a picture follows.
    pub fn next_picture(&mut self) -> Result<Option<Picture>, CameraError> {
        let Some(line) = read_line(&mut self.file, &self.path)? else { return Ok(None) };
        if line.split(' ').next() != Some("FRAME") {
            return Err(CameraError::not_y4m(&self.path, "a picture does not begin with `FRAME`"));
        }
        let mut picture = Picture::black(self.header.size);
        let (y, u, v) = picture.planes_mut();
        for plane in [y, u, v] {
            match self.file.read_exact(plane) {
                Ok(()) => {}
                Err(why) if why.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(why) => return Err(CameraError::file(&self.path, &why)),
            }
        }
        if self.header.full_range {
            limit(&mut picture);
        }
        Ok(Some(picture))
    }

    /// Goes back to picture 0.
    ///
    /// # Errors
    /// When the file cannot be sought.
    pub fn rewind(&mut self) -> Result<(), CameraError> {
        let _ = self.file.seek(SeekFrom::Start(self.first_frame)).map_err(|why| CameraError::file(&self.path, &why))?;
        Ok(())
    }
}

/// One line without its line feed; `None` at the end of the file.
fn read_line(file: &mut BufReader<File>, path: &Path) -> Result<Option<String>, CameraError> {
    let mut line = Vec::new();
    let read = file.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
    if read.map_err(|why| CameraError::file(path, &why))? == 0 {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(CameraError::not_y4m(path, "a line has no end"));
    }
    String::from_utf8(line).map(Some).map_err(|_| CameraError::not_y4m(path, "a line is not text"))
}

/// Writes the header line of a file of `size` pictures at `rate`.
///
/// # Errors
/// Those of `out`.
pub fn write_header(out: &mut impl Write, size: Size, rate: FrameRate) -> std::io::Result<()> {
    let Size { width, height } = size;
    let FrameRate { numerator, denominator } = rate;
    writeln!(out, "YUV4MPEG2 W{width} H{height} F{numerator}:{denominator} Ip A1:1 C420jpeg")
}

/// Writes one picture.
///
/// # Errors
/// Those of `out`.
pub fn write_picture(out: &mut impl Write, picture: &Picture) -> std::io::Result<()> {
    out.write_all(b"FRAME\n")?;
    out.write_all(picture.y())?;
    out.write_all(picture.u())?;
    out.write_all(picture.v())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: FrameRate = FrameRate { numerator: 30_000, denominator: 1_001 };

    fn open(bytes: &[u8]) -> Result<Y4mReader, CameraError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clip.y4m");
        std::fs::write(&path, bytes).unwrap();
        Y4mReader::open(&path)
    }

    #[test]
    fn what_is_written_comes_back_twice() {
        let size = Size::new(5, 3);
        let mut picture = Picture::black(size);
        for (n, sample) in picture.planes_mut().0.iter_mut().enumerate() {
            *sample = 16 + n as u8;
        }
        let mut bytes = Vec::new();
        write_header(&mut bytes, size, RATE).unwrap();
        write_picture(&mut bytes, &picture).unwrap();
        bytes.extend_from_slice(b"FRAME Ip\nshort");
        let mut reader = open(&bytes).unwrap();
        assert_eq!(reader.header(), Y4mHeader { size, rate: RATE, full_range: false });
        for _ in 0..2 {
            assert_eq!(reader.next_picture().unwrap().as_ref(), Some(&picture));
            assert_eq!(reader.next_picture().unwrap(), None);
            reader.rewind().unwrap();
        }
    }

    #[test]
    fn a_file_that_uses_all_levels_is_brought_to_limited_range() {
        let bytes = b"YUV4MPEG2 W2 H2 F24:1 C420jpeg XYSCSS=420JPEG XCOLORRANGE=FULL\nFRAME\n\x00\xFF\x00\xFF\x00\xFF";
        let picture = open(bytes).unwrap().next_picture().unwrap().unwrap();
        assert_eq!((picture.y(), picture.u(), picture.v()), (&[16, 235, 16, 235][..], &[16][..], &[240][..]));
    }

    #[test]
    fn colour_tags_of_eight_bits_are_taken_and_others_refused() {
        for tag in ["", " C420", " C420jpeg", " C420mpeg2", " C420paldv XCOLORRANGE=LIMITED"] {
            assert!(Y4mHeader::parse(&format!("YUV4MPEG2 W2 H2 F24:1{tag}")).is_ok(), "{tag}");
        }
        for tag in ["C420p10", "C422", "C444", "Cmono"] {
            assert!(Y4mHeader::parse(&format!("YUV4MPEG2 W2 H2 F24:1 {tag}")).is_err(), "{tag}");
        }
    }

    #[test]
    fn damaged_headers_are_clear_errors() {
        let lines = [
            "",
            "RIFF",
            "YUV4MPEG2",
            "YUV4MPEG2 W2 F24:1",
            "YUV4MPEG2 H2 W2",
            "YUV4MPEG2 W0 H2 F24:1",
            "YUV4MPEG2 W1921 H2 F24:1",
            "YUV4MPEG2 W2 H99999999999 F24:1",
            "YUV4MPEG2 W2 H2 F24",
            "YUV4MPEG2 W2 H2 F0:1",
            "YUV4MPEG2 W2 H2 F24:0",
            "YUV4MPEG2 W2 H2 F1000:1",
            "YUV4MPEG2 W2 H2 F1:60",
        ];
        for line in lines {
            assert!(matches!(open(format!("{line}\n").as_bytes()), Err(CameraError::NotY4m { .. })), "{line}");
        }
        assert!(matches!(open(b""), Err(CameraError::NotY4m { .. })));
        assert!(matches!(open(&[b'Y'; 5000]), Err(CameraError::NotY4m { .. })));
        assert!(matches!(open(&[0xFF, 0xFE, b'\n']), Err(CameraError::NotY4m { .. })));
    }

    #[test]
    fn a_picture_without_its_mark_is_an_error() {
        let mut reader = open(b"YUV4MPEG2 W2 H2 F24:1\nFRAMEX\n123456").unwrap();
        assert!(matches!(reader.next_picture(), Err(CameraError::NotY4m { .. })));
    }

    #[test]
    fn due_times_do_not_drift() {
        assert_eq!(RATE.due_us(30_000), 1_001_000_000);
        assert_eq!(FrameRate { numerator: 24, denominator: 1 }.due_us(1), 41_666);
    }
}
