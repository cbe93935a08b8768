//! What was refused, dropped or unreadable, counted where it happens.
//! The tasks of an endpoint or a connection add, the engine reads snapshots.
//! Counters only grow.

use std::sync::atomic::{AtomicU64, Ordering};

/// One counter that tasks share.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        let _ = self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What an identity endpoint turned away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DmCounters {
    /// Connections refused: not admitted, another version, or too many at once.
    pub refused: u64,
    /// Connections closed for bytes that are no greeting or no record.
    pub garbage: u64,
}

#[derive(Debug, Default)]
pub(crate) struct DmTally {
    pub(crate) refused: Counter,
    pub(crate) garbage: Counter,
}

impl DmTally {
    pub(crate) fn snapshot(&self) -> DmCounters {
        DmCounters { refused: self.refused.get(), garbage: self.garbage.get() }
    }
}

/// What a call connection dropped or stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCounters {
    /// Frame streams stopped because they were longer than a frame may be.
    pub oversized_frames: u64,
    /// Frame streams stopped because they do not begin like a frame, are empty, or stand still.
    pub garbage_frames: u64,
    /// Empty datagrams.
    pub garbage_datagrams: u64,
    /// Frame streams that the sender gave up before they were complete.
    pub abandoned_frames: u64,
    /// Whole frames dropped because the receiver did not take them in time.
    pub dropped_frames: u64,
    /// Datagrams dropped because the receiver did not take them in time.
    pub dropped_datagrams: u64,
}

#[derive(Debug, Default)]
pub(crate) struct CallTally {
    pub(crate) oversized_frames: Counter,
    pub(crate) garbage_frames: Counter,
    pub(crate) garbage_datagrams: Counter,
    pub(crate) abandoned_frames: Counter,
    pub(crate) dropped_frames: Counter,
    pub(crate) dropped_datagrams: Counter,
}

impl CallTally {
    pub(crate) fn snapshot(&self) -> CallCounters {
        CallCounters {
            oversized_frames: self.oversized_frames.get(),
            garbage_frames: self.garbage_frames.get(),
            garbage_datagrams: self.garbage_datagrams.get(),
            abandoned_frames: self.abandoned_frames.get(),
            dropped_frames: self.dropped_frames.get(),
            dropped_datagrams: self.dropped_datagrams.get(),
        }
    }
}
