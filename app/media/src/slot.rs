//! A latest-value slot: the newest picture wins, a stale one has no worth.
//! Cameras and decoders put, encoders and the window take; no side ever waits for the other.
//! It never holds more than one value, and it counts what was overwritten unseen.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;

/// Called after every `put`, to wake whoever takes.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

struct Inner<T> {
    value: ArcSwapOption<T>,
    overwritten: AtomicU64,
    waker: Option<Waker>,
}

/// A shared handle on one latest value. Clones are handles on the same slot.
pub struct Slot<T>(Arc<Inner<T>>);

impl<T> Slot<T> {
    /// An empty slot that wakes nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::build(None)
    }

    /// An empty slot that calls `waker` after each `put`.
    #[must_use]
    pub fn with_waker(waker: Waker) -> Self {
        Self::build(Some(waker))
    }

    fn build(waker: Option<Waker>) -> Self {
        Self(Arc::new(Inner { value: ArcSwapOption::empty(), overwritten: AtomicU64::new(0), waker }))
    }

    /// Stores the newest value; one that nobody took is dropped and counted.
    pub fn put(&self, value: T) {
        if self.0.value.swap(Some(Arc::new(value))).is_some() {
            let _ = self.0.overwritten.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(waker) = &self.0.waker {
            waker();
        }
    }

    /// Takes the newest value out of the slot.
    #[must_use]
    pub fn take(&self) -> Option<Arc<T>> {
        self.0.value.swap(None)
    }

    /// Looks at the newest value and leaves it there.
    #[must_use]
    pub fn latest(&self) -> Option<Arc<T>> {
        self.0.value.load_full()
    }

    /// Empties the slot, so that a picture of an ended call is never seen again.
    pub fn clear(&self) {
        drop(self.0.value.swap(None));
    }

    /// How many values were overwritten before anybody took them.
    #[must_use]
    pub fn overwritten(&self) -> u64 {
        self.0.overwritten.load(Ordering::Relaxed)
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Two handles are equal when they are handles on the same slot.
impl<T> PartialEq for Slot<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("filled", &self.0.value.load().is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_wins_and_the_loss_is_counted() {
        let slot = Slot::new();
        slot.put(1);
        slot.put(2);
        assert_eq!(slot.take().as_deref(), Some(&2));
        assert_eq!(slot.take(), None);
        assert_eq!(slot.overwritten(), 1);
    }
}
