//! How much arrives: bytes against the receiver's clock.
//! The control asks while a queue stands, when it is what the way carries, and for proof before it grows.
//! Pieces only: what sound adds, the control knows from what it sends.

use std::collections::VecDeque;
use std::time::Duration;

use super::pieces::Landed;
use crate::units::MediaTime;

/// How far back arrivals are remembered, and how many at the most.
const KEPT: Duration = Duration::from_secs(1);
const MOST: usize = 2_048;

/// The arrivals of the last second.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    arrived: VecDeque<(MediaTime, usize)>,
    newest: MediaTime,
}

impl Delivered {
    /// A piece arrived.
    pub(super) fn landed(&mut self, piece: &Landed) {
        self.newest = if self.arrived.is_empty() { piece.at } else { self.newest.max(piece.at) };
        while self.arrived.len() >= MOST
            || self.arrived.front().is_some_and(|(at, _)| self.newest.saturating_since(*at) > KEPT)
        {
            let _ = self.arrived.pop_front();
        }
        self.arrived.push_back((piece.at, piece.bytes));
    }

    /// What arrived in the last `span` (up to a second), kbit/s; `None` when there is not so much to look back on.
    pub(super) fn kbps(&self, span: Duration) -> Option<f64> {
        let (first, _) = self.arrived.front()?;
        if self.newest.saturating_since(*first) < span.mul_f64(0.8) {
            return None;
        }
        let fresh = self.arrived.iter().filter(|(at, _)| self.newest.saturating_since(*at) < span);
        let bytes: usize = fresh.map(|(_, bytes)| bytes).sum();
        Some(8.0 * bytes as f64 / (span.as_secs_f64() * 1_000.0))
    }
}
