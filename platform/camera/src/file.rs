//! A Y4M file as a camera: its own frame rate, repeated, in exact real time.
//! `open.rs` starts it for `--camera FILE`.
//! The file is streamed, one picture in memory at a time.

use std::path::Path;

use ahoy_media::{CapturedPicture, Picture, Slot};

use crate::error::CameraError;
use crate::open::Camera;
use crate::steady::SteadyCamera;
use crate::y4m::Y4mReader;

pub(crate) fn open(path: &Path, slot: Slot<CapturedPicture>) -> Result<Box<dyn Camera>, CameraError> {
    let mut reader = Y4mReader::open(path)?;
    let rate = reader.header().rate;
    let path = path.to_owned();
    let painter = move |_index| next_or_first(&mut reader, &path);
    SteadyCamera::start(Box::new(painter), rate, slot)
}

/// The next picture, or the first again after the last.
fn next_or_first(reader: &mut Y4mReader, path: &Path) -> Result<Picture, CameraError> {
    if let Some(picture) = reader.next_picture()? {
        return Ok(picture);
    }
    reader.rewind()?;
    reader.next_picture()?.ok_or_else(|| CameraError::not_y4m(path, "it holds no whole picture"))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use ahoy_media::Size;

    use super::*;
    use crate::y4m::{FrameRate, write_header, write_picture};
    use crate::{CameraChoice, CameraMode, open_camera};

    const SIZE: Size = Size::new(32, 16);
    const RATE: FrameRate = FrameRate { numerator: 200, denominator: 1 };

    fn clip(dir: &Path, pictures: u8) -> std::path::PathBuf {
        let mut bytes = Vec::new();
        write_header(&mut bytes, SIZE, RATE).unwrap();
        for luma in 0..pictures {
            let mut picture = Picture::black(SIZE);
            picture.planes_mut().0.fill(luma);
            write_picture(&mut bytes, &picture).unwrap();
        }
        let path = dir.join("clip.y4m");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn pictures_keep_the_files_pace_and_repeat() {
        let dir = tempfile::tempdir().unwrap();
        let choice = CameraChoice::File(clip(dir.path(), 3));
        let (wake, woken) = mpsc::channel();
        let slot = Slot::with_waker(Arc::new(move || {
            let _ = wake.send(());
        }));
        let camera = open_camera(&choice, CameraMode::default(), slot.clone()).unwrap();
        let begun = camera.begun().unwrap();
        let mut seen = 0;
        while seen < 8 {
            woken.recv().unwrap();
            let Some(captured) = slot.take() else { continue };
            assert_eq!(captured.at.0 - begun.0, captured.index * 5_000, "an exact deadline");
            assert_eq!(u64::from(captured.picture.y()[0]), captured.index % 3, "the clip repeats");
            assert!(ahoy_system::clock::monotonic() >= captured.at.0, "never before its time");
            seen += 1;
        }
        assert!(camera.failure().is_none());
        drop(camera);
        while woken.try_recv().is_ok() {}
        assert!(woken.recv_timeout(std::time::Duration::from_millis(50)).is_err(), "a closed camera is silent");
    }

    #[test]
    fn a_file_without_pictures_or_no_file_is_an_error_of_opening() {
        let dir = tempfile::tempdir().unwrap();
        let open = |path: &Path| open_camera(&CameraChoice::File(path.into()), CameraMode::default(), Slot::new());
        assert!(matches!(open(&clip(dir.path(), 0)), Err(CameraError::NotY4m { .. })));
        assert!(matches!(open(&dir.path().join("missing.y4m")), Err(CameraError::File { .. })));
    }
}
