//! The screen as a file: every picture shown, with its times, in Y4M and CSV.
//! The engine's video thread writes it for `--screen FILE`; scripts compare it with what a camera file held.
//! A picture is complete in both files before the next one begins, so a killed program leaves readable files.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use ahoy_media::scale::scale;
use ahoy_media::{MediaTime, Picture, Size};

use crate::error::CameraError;
use crate::y4m::{FrameRate, write_header, write_picture};

/// The nominal rate in the header, that of a call; the true times are in the CSV.
const NOMINAL_RATE: FrameRate = FrameRate { numerator: 24, denominator: 1 };

/// One VGA picture: each is flushed whole, so more would gain nothing.
const BUFFER_BYTES: usize = 512 * 1024;

/// A Y4M file of one size and the CSV beside it (`FILE.csv`).
pub struct ScreenFile {
    path: PathBuf,
    pictures: BufWriter<File>,
    lines_path: PathBuf,
    lines: BufWriter<File>,
    size: Size,
    index: u64,
}

impl ScreenFile {
    /// Creates or truncates both files; every picture will be scaled to `size`.
    ///
    /// # Errors
    /// When a file cannot be written, or a side is 0.
    pub fn create(path: &Path, size: Size) -> Result<Self, CameraError> {
        if size.luma_len() == 0 {
            return Err(CameraError::not_y4m(path, format!("{size} is no picture size")));
        }
        let mut name = path.as_os_str().to_owned();
        name.push(".csv");
        let lines_path = PathBuf::from(name);
        let create = |path: &Path| File::create(path).map_err(|why| CameraError::file(path, &why));
        let mut screen = Self {
            path: path.to_owned(),
            pictures: BufWriter::with_capacity(BUFFER_BYTES, create(path)?),
            lines: BufWriter::new(create(&lines_path)?),
            lines_path,
            size,
            index: 0,
        };
        let head = write_header(&mut screen.pictures, size, NOMINAL_RATE).and_then(|()| screen.pictures.flush());
        head.map_err(|why| CameraError::file(&screen.path, &why))?;
        screen.line("index,shown_unix_us,capture_media_us,width,height")?;
        Ok(screen)
    }

    /// Adds a picture that the peer captured at `at` and that was shown at `shown_unix_us` (Unix microseconds).
    /// The CSV keeps the picture's own size.
    ///
    /// # Errors
    /// When a file cannot be written, such as on a full disk.
    pub fn show(&mut self, picture: &Picture, at: MediaTime, shown_unix_us: u64) -> Result<(), CameraError> {
        let shown = picture.size();
        let written = if shown == self.size {
            write_picture(&mut self.pictures, picture)
        } else {
            write_picture(&mut self.pictures, &scale(picture, self.size))
        };
        written.and_then(|()| self.pictures.flush()).map_err(|why| CameraError::file(&self.path, &why))?;
        self.line(&format!("{},{shown_unix_us},{},{},{}", self.index, at.0, shown.width, shown.height))?;
        self.index += 1;
        Ok(())
    }

    fn line(&mut self, text: &str) -> Result<(), CameraError> {
        let written = writeln!(self.lines, "{text}").and_then(|()| self.lines.flush());
        written.map_err(|why| CameraError::file(&self.lines_path, &why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{paint, read_counter};
    use crate::y4m::Y4mReader;

    #[test]
    fn every_picture_and_its_times_come_back_before_the_file_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("screen.y4m");
        let mut screen = ScreenFile::create(&path, Size::VGA).unwrap();
        let sizes = [Size::VGA, Size::new(320, 240), Size::new(1280, 720)];
        for (n, size) in sizes.into_iter().enumerate() {
            let n = n as u64;
            screen.show(&paint(size, 40 + n), MediaTime(1_000 + n), 5_000 + n).unwrap();
        }
        let mut reader = Y4mReader::open(&path).unwrap();
        assert_eq!(reader.header().size, Size::VGA);
        for n in 40..43 {
            let picture = reader.next_picture().unwrap().unwrap();
            assert_eq!(picture.size(), Size::VGA);
            assert_eq!(read_counter(&picture), Some(n));
        }
        assert_eq!(reader.next_picture().unwrap(), None);
        let lines = std::fs::read_to_string(dir.path().join("screen.y4m.csv")).unwrap();
        let expected = "index,shown_unix_us,capture_media_us,width,height\n\
                        0,5000,1000,640,480\n1,5001,1001,320,240\n2,5002,1002,1280,720\n";
        assert_eq!(lines, expected);
        let head = std::fs::read(&path).unwrap();
        assert!(head.starts_with(b"YUV4MPEG2 W640 H480 F24:1 Ip A1:1 C420jpeg\nFRAME\n"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_clear_error() {
        let dir = tempfile::tempdir().unwrap();
        let made = ScreenFile::create(&dir.path().join("no/such/screen.y4m"), Size::VGA);
        assert!(matches!(made, Err(CameraError::File { .. })));
    }
}
