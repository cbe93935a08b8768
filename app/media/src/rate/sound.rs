//! The sound beside the pictures: how much of the way it takes.
//! The control writes down every datagram of sound and feedback that leaves.
//! A bounded memory of the last second.

use std::collections::VecDeque;
use std::time::Duration;

use crate::units::LocalTime;

/// Sound is averaged over this; more datagrams than that a second are not remembered.
const WINDOW: Duration = Duration::from_secs(1);
const MOST: usize = 256;

/// The sound of the last second.
#[derive(Debug, Default)]
pub(super) struct Sound {
    sent: VecDeque<(LocalTime, usize)>,
}

impl Sound {
    /// A datagram left.
    pub(super) fn sent(&mut self, bytes: usize, now: LocalTime) {
        let old = |at: LocalTime| now.saturating_since(at) > WINDOW;
        while self.sent.len() >= MOST || self.sent.front().is_some_and(|(at, _)| old(*at)) {
            let _ = self.sent.pop_front();
        }
        self.sent.push_back((now, bytes));
    }

    /// Bytes that left after `from`.
    pub(super) fn sent_after(&self, from: LocalTime) -> usize {
        self.sent.iter().rev().take_while(|(at, _)| *at > from).map(|(_, bytes)| bytes).sum()
    }

    /// The rate, kbit/s.
    pub(super) fn kbps(&self) -> f64 {
        let bytes: usize = self.sent.iter().map(|(_, bytes)| bytes).sum();
        8.0 * bytes as f64 / (WINDOW.as_secs_f64() * 1_000.0)
    }
}
