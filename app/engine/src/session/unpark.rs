//! Wakes a thread of a session when something arrives for it.
//! The audio worker and the two picture threads poll their channels with it between their own deadlines.
//! A wake-up that comes before the thread parks is kept: `park_timeout` returns at once then.

use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread::{self, Thread};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A waker of the thread that calls this.
pub(super) fn this_thread() -> Waker {
    Waker::from(Arc::new(Unpark(thread::current())))
}
