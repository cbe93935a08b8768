//! The screen file of a call, written on a thread of its own: a slow disk delays no picture until the queue is full.
//! The decode thread hands it every picture it shows.
//! Dropping it waits until the file is whole.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use ahoy_camera::ScreenFile;
use ahoy_media::{MediaTime, Picture};

use super::video_decode::{DecodeEvent, OnDecode};

/// Pictures on their way to the file. When it is full the decoder waits: the file is a measuring device and must be whole.
const SCREEN_QUEUE: usize = 4;

/// A picture that was shown.
pub(super) struct ScreenPicture {
    pub(super) picture: Arc<Picture>,
    /// When it was captured.
    pub(super) at: MediaTime,
    pub(super) shown_unix_us: u64,
}

/// The writing thread.
pub(super) struct ScreenWriter {
    pictures: Option<SyncSender<ScreenPicture>>,
    thread: Option<JoinHandle<()>>,
}

impl ScreenWriter {
    pub(super) fn start(mut screen: ScreenFile, on_event: Arc<OnDecode>) -> io::Result<Self> {
        let (pictures, queue) = mpsc::sync_channel::<ScreenPicture>(SCREEN_QUEUE);
        let thread = thread::Builder::new().name("screen-file".to_owned()).spawn(move || {
            for shown in queue {
                if let Err(why) = screen.show(&shown.picture, shown.at, shown.shown_unix_us) {
                    on_event(DecodeEvent::ScreenFailed(why));
                    break;
                }
            }
        })?;
        Ok(Self { pictures: Some(pictures), thread: Some(thread) })
    }

    pub(super) fn show(&self, picture: ScreenPicture) {
        if let Some(pictures) = &self.pictures {
            // Fails only after the file failed, which was told.
            let _ = pictures.send(picture);
        }
    }
}

impl Drop for ScreenWriter {
    fn drop(&mut self) {
        self.pictures = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
