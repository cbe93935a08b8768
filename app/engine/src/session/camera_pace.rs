//! How fast the pictures of a camera really come: files and dark rooms have rates of their own.
//! The encode thread shows it every picture; encoder and shares go by what it says.
//! It follows within a second.

use ahoy_media::{CapturedPicture, LocalTime};

/// Pictures between two looks at the true rate: about a second.
const LOOK: u64 = 24;

/// The rate of one camera.
#[derive(Debug)]
pub(super) struct CameraPace {
    fps: u32,
    /// Time and index of the picture from which the rate is measured.
    since: Option<(LocalTime, u64)>,
}

impl CameraPace {
    /// A camera that was asked for `fps` pictures a second.
    pub(super) fn new(fps: u32) -> Self {
        Self { fps, since: None }
    }

    /// A picture came; the rate in pictures a second.
    pub(super) fn follow(&mut self, captured: &CapturedPicture) -> u32 {
        let (since, first) = *self.since.get_or_insert((captured.at, captured.index));
        let pictures = captured.index.saturating_sub(first);
        if pictures >= LOOK {
            self.since = Some((captured.at, captured.index));
            let elapsed_us = captured.at.0.saturating_sub(since.0).max(1);
            let fps = (pictures * 1_000_000 + elapsed_us / 2) / elapsed_us;
            self.fps = u32::try_from(fps.max(1)).unwrap_or(self.fps);
        }
        self.fps
    }
}
