//! How fast one call may send: told by the application, which paces what it sends, and heeded by its congestion controllers.
//! Made with a media endpoint and shared by everything that sends there.
//! Loss never changes it; only the application does, which knows queues and loss from the other phone's own reports.

use std::sync::atomic::{AtomicU32, Ordering};

/// What holds before the application says anything, in kbit/s: sound and a picture of 1 Mbit/s, or sound alone.
const FIRST_TARGET: u32 = 1_064;
const FIRST_AUDIO: u32 = 64;

/// Pictures may leave this much faster than the path is believed to carry, in percent: a frame that is larger than its
/// neighbours catches up.
const FRAME_PERCENT: u64 = 150;

/// The same for a path that carries little more than sound.
const AUDIO_PERCENT: u64 = 200;

/// Bytes of pictures a second at least.
const LEAST_FRAMES: u64 = 8_000;

/// Bytes a second in 1 kbit/s.
const BYTES_PER_KBIT: u64 = 125;

/// The shared state.
#[derive(Debug)]
pub(crate) struct Rate {
    /// In kbit/s.
    target: AtomicU32,
    /// In kbit/s.
    audio: AtomicU32,
}

impl Default for Rate {
    fn default() -> Self {
        Self { target: AtomicU32::new(FIRST_TARGET), audio: AtomicU32::new(FIRST_AUDIO) }
    }
}

impl Rate {
    /// Sets what the path is believed to carry in all and what sound takes of it, in kbit/s of UDP payload and headers.
    pub(crate) fn set(&self, target: u32, audio: u32) {
        self.target.store(target, Ordering::Relaxed);
        self.audio.store(audio, Ordering::Relaxed);
    }

    /// Bytes of pictures a second, at least [`LEAST_FRAMES`].
    pub(crate) fn frames(&self) -> u64 {
        let part = |kbps: &AtomicU32, percent| u64::from(kbps.load(Ordering::Relaxed)) * BYTES_PER_KBIT * percent / 100;
        part(&self.target, FRAME_PERCENT).max(part(&self.audio, AUDIO_PERCENT)).max(LEAST_FRAMES)
    }
}
