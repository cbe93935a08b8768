//! What the way carries at the most, from the pieces of a frame: they leave more quickly than the rate, so how far apart they
//! arrive is a measure that costs nothing.
//! The control gives it every piece that arrived and asks before it grows.
//! Other flows between the pieces make it too large, never too small: it is a brake, not a proof.

use std::time::Duration;

use super::pieces::Landed;
use crate::units::LocalTime;

/// Pieces that leave less quickly than this times the rate are of different frames.
const QUICKER: f64 = 1.25;

/// Old pairs count less: half after so many microseconds.
const HALF_LIFE_US: f64 = 200_000.0;

/// Pieces of a frame leave at so many times the target at the least, and at the most.
const SLOWEST: f64 = 1.5;
const QUICKEST: f64 = 4.0;

/// They leave this much more quickly when they arrive as quickly as they leave, or nearly; tried this often.
const TRIES: f64 = 1.25;
const AS_QUICK: f64 = 0.9;
const EVERY: Duration = Duration::from_millis(60);

/// Pairs that make a measure, and those of the first frame, before which nothing is known of the way.
const PAIRS: f64 = 8.0;
const FIRST_PAIRS: f64 = 1.5;

/// The sums over pairs of neighbours.
#[derive(Debug)]
pub(super) struct Trains {
    factor: f64,
    tried: LocalTime,
    before: Option<Landed>,
    pairs: f64,
    bits: f64,
    sent_ms: f64,
    apart_ms: f64,
    aged: LocalTime,
}

impl Trains {
    pub(super) fn new(now: LocalTime) -> Self {
        Self {
            factor: SLOWEST,
            tried: now,
            before: None,
            pairs: 0.0,
            bits: 0.0,
            sent_ms: 0.0,
            apart_ms: 0.0,
            aged: now,
        }
    }

    /// How many times the target pieces of a frame may leave with.
    pub(super) fn factor(&self) -> f64 {
        self.factor
    }

    /// Learns how quickly the next frames may leave, the rate being `kbps`.
    pub(super) fn learn(&mut self, kbps: f64, now: LocalTime) {
        let Some((arrives, left)) = self.kbps() else { return };
        if arrives < AS_QUICK * left {
            self.factor = (arrives / kbps).clamp(SLOWEST, self.factor.max(SLOWEST));
        } else if now.saturating_since(self.tried) > EVERY {
            self.tried = now;
            self.factor = (self.factor * TRIES).min(QUICKEST);
        }
    }

    /// A piece arrived; the rate is `kbps`.
    pub(super) fn landed(&mut self, piece: &Landed, kbps: f64) {
        let Some(before) = self.before.replace(*piece) else { return };
        let gap_ms = piece.sent.saturating_since(before.sent).as_secs_f64() * 1_000.0;
        if piece.number != before.number + 1 || 8.0 * (before.bytes as f64) < QUICKER * kbps * gap_ms {
            return;
        }
        let kept = (-(piece.sent.saturating_since(self.aged).as_micros() as f64) / HALF_LIFE_US).exp2();
        self.aged = piece.sent;
        self.pairs = kept * self.pairs + 1.0;
        self.bits = kept * self.bits + 8.0 * piece.bytes as f64;
        self.sent_ms = kept * self.sent_ms + gap_ms;
        self.apart_ms = kept * self.apart_ms + piece.at.0.wrapping_sub(before.at.0).cast_signed() as f64 / 1_000.0;
    }

    /// The rate at which pieces of one frame arrived, and at which they left, kbit/s.
    pub(super) fn kbps(&self) -> Option<(f64, f64)> {
        self.of(PAIRS)
    }

    /// The rate at which the pieces of the first frame arrived, where they left more quickly.
    pub(super) fn first_kbps(&self) -> Option<f64> {
        self.of(FIRST_PAIRS).filter(|(arrives, left)| *arrives < AS_QUICK * left).map(|(arrives, _)| arrives)
    }

    fn of(&self, pairs: f64) -> Option<(f64, f64)> {
        (self.pairs >= pairs).then(|| (self.bits / self.apart_ms.max(1.0), self.bits / self.sent_ms.max(1.0)))
    }
}
