//! When to let the queue run empty, so that the quickest way is known again.
//! The control asks with every report: somebody who joined a queue takes it for the way itself until it was empty once.
//! It costs a hundredth of the rate, and only where a queue stands.

use std::time::Duration;

use crate::units::LocalTime;

/// A queue that stood for so long is let run empty.
const STOOD: Duration = Duration::from_secs(8);

/// A queue below this is empty, ms.
const EMPTY_MS: f64 = 3.0;

/// What is sent meanwhile, and for how long beyond what the queue takes.
const SHARE: f64 = 0.4;
const BEYOND_MS: f64 = 100.0;
const LONGEST_MS: f64 = 600.0;

/// The watch over empty queues.
#[derive(Debug)]
pub(super) struct Rinse {
    empty: LocalTime,
    until: LocalTime,
}

impl Rinse {
    pub(super) fn new(now: LocalTime) -> Self {
        Self { empty: now, until: now }
    }

    /// What share is to be sent, the queue being so long.
    pub(super) fn share(&mut self, queue: f64, now: LocalTime) -> f64 {
        if queue < EMPTY_MS {
            self.empty = now;
        }
        if now < self.until {
            return SHARE;
        }
        if now.saturating_since(self.empty) > STOOD {
            self.empty = now;
            let lasts = (queue / (1.0 - SHARE) + BEYOND_MS).min(LONGEST_MS);
            self.until = now + Duration::from_secs_f64(lasts / 1_000.0);
            return SHARE;
        }
        1.0
    }
}
