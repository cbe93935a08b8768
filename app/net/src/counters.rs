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
    /// Empty datagrams.
    pub garbage_datagrams: u64,
    /// Datagrams dropped because the receiver did not take them in time.
    pub dropped_datagrams: u64,
}

#[derive(Debug, Default)]
pub(crate) struct CallTally {
    pub(crate) garbage_datagrams: Counter,
    pub(crate) dropped_datagrams: Counter,
}

impl CallTally {
    pub(crate) fn snapshot(&self) -> CallCounters {
        CallCounters {
            garbage_datagrams: self.garbage_datagrams.get(),
            dropped_datagrams: self.dropped_datagrams.get(),
        }
    }
}
