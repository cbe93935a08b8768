//! What the threads of one session tell each other: flags, marks and newest numbers, never a lock.
//! The handle sets the wishes, the audio worker and the picture threads read them and post their numbers.
//! Every field has one writer or is a flag that is taken by swapping.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use ahoy_media::{LocalTime, Slot};

use super::stats::AudioStats;

/// Stands for "no offset known yet".
const UNKNOWN: i64 = i64::MIN;

/// One session's board.
#[derive(Debug)]
pub(crate) struct Board {
    pub(super) stop: AtomicBool,
    pub(super) begun: AtomicBool,
    pub(super) muted: AtomicBool,
    /// Our assembler needs a key frame; the audio worker takes the wish and sends it.
    pub(super) want_key: AtomicBool,
    /// The audio worker's newest numbers.
    pub(super) audio: Slot<AudioStats>,
    heard: AtomicU64,
    offset: AtomicI64,
}

impl Board {
    pub(super) fn new(muted: bool) -> Self {
        Self {
            stop: AtomicBool::new(false),
            begun: AtomicBool::new(false),
            muted: AtomicBool::new(muted),
            want_key: AtomicBool::new(false),
            audio: Slot::new(),
            heard: AtomicU64::new(0),
            offset: AtomicI64::new(UNKNOWN),
        }
    }

    pub(super) fn stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// A valid packet of the peer arrived.
    pub(super) fn hear(&self, at: LocalTime) {
        let _ = self.heard.fetch_max(at.0, Ordering::Relaxed);
    }

    /// When the last valid packet arrived.
    pub(super) fn heard(&self) -> Option<LocalTime> {
        Some(LocalTime(self.heard.load(Ordering::Relaxed))).filter(|at| at.0 > 0)
    }

    /// Posts how far the peer's media clock stands from our clock, microseconds.
    pub(super) fn post_offset(&self, offset: Option<i64>) {
        self.offset.store(offset.unwrap_or(UNKNOWN), Ordering::Relaxed);
    }

    /// Peer's media time minus our clock, microseconds; `None` before the first exchange.
    pub(super) fn offset(&self) -> Option<i64> {
        Some(self.offset.load(Ordering::Relaxed)).filter(|offset| *offset != UNKNOWN)
    }
}
