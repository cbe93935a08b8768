//! The standing queue, from how long pieces take: the quickest of late against the quickest of 20 s.
//! The control gives it every piece that arrived; what jitter adds is taken off.
//! Clocks need not agree: only differences count, and 200 ppm of drift are 4 ms in the time looked back over.

use std::collections::VecDeque;
use std::time::Duration;

use super::pieces::Landed;
use crate::units::LocalTime;

/// The quickest piece of a slot of this time stands for it: two frames.
const SLOT: Duration = Duration::from_millis(80);

/// The longest wait of late is that of this time.
const LATELY: Duration = Duration::from_millis(300);

/// The quickest way is looked for in so many spans of this.
const SPAN: Duration = Duration::from_secs(2);
const SPANS: usize = 10;

/// How quickly jitter is learnt, and how much of it a single slot may add.
const JITTER_WEIGHT: f64 = 0.06;
const OUTLIER: f64 = 3.0;
const LEAST_OUTLIER_MS: f64 = 3.0;

/// The most that jitter is taken to add to the quickest of a slot.
const MOST_JITTER_MS: f64 = 25.0;

/// The measure. Times are milliseconds on an arbitrary origin.
#[derive(Debug, Default)]
pub(super) struct Delay {
    /// Pieces of the slot: when they left and how long they took.
    lately: VecDeque<(LocalTime, f64)>,
    /// The slowest of the last [`LATELY`], ever quicker ones after it.
    slowest: VecDeque<(LocalTime, f64)>,
    /// The quickest of each span.
    spans: VecDeque<(LocalTime, f64)>,
    origin: Option<u64>,
    /// The slot before: when it began, and its quickest.
    slot: Option<(LocalTime, f64)>,
    before: Option<f64>,
    jitter: f64,
    queue: f64,
    longest: f64,
}

impl Delay {
    /// A piece arrived.
    pub(super) fn landed(&mut self, piece: &Landed) {
        let apart = piece.at.0.wrapping_sub(piece.sent.0);
        let origin = *self.origin.get_or_insert(apart);
        let took = apart.wrapping_sub(origin).cast_signed() as f64 / 1_000.0;
        let old = |sent: LocalTime| piece.sent.saturating_since(sent) > SLOT;
        while self.lately.front().is_some_and(|(sent, _)| old(*sent)) {
            let _ = self.lately.pop_front();
        }
        self.lately.push_back((piece.sent, took));
        self.note_span(piece.sent, took);
        self.note_slot(piece.sent, took);
        let floor = self.lately.iter().map(|(_, took)| *took).fold(f64::INFINITY, f64::min);
        let base = self.spans.iter().map(|(_, took)| *took).fold(f64::INFINITY, f64::min);
        self.queue = (floor - base - self.jitter).max(0.0);
        self.note_slowest(piece.sent, took);
        self.longest = self.slowest.front().map_or(0.0, |(_, slowest)| (slowest - base - self.jitter).max(0.0));
    }

    /// The longest that a piece of late waited, ms.
    pub(super) fn longest(&self) -> f64 {
        self.longest
    }

    fn note_slowest(&mut self, sent: LocalTime, took: f64) {
        while self.slowest.front().is_some_and(|(at, _)| sent.saturating_since(*at) > LATELY) {
            let _ = self.slowest.pop_front();
        }
        while self.slowest.back().is_some_and(|(_, slowest)| *slowest <= took) {
            let _ = self.slowest.pop_back();
        }
        self.slowest.push_back((sent, took));
    }

    /// The standing queue, ms.
    pub(super) fn queue(&self) -> f64 {
        self.queue
    }

    fn note_span(&mut self, sent: LocalTime, took: f64) {
        match self.spans.back_mut() {
            Some((began, quickest)) if sent.saturating_since(*began) < SPAN => *quickest = quickest.min(took),
            Some(_) | None => {
                if self.spans.len() == SPANS {
                    let _ = self.spans.pop_front();
                }
                self.spans.push_back((sent, took));
            }
        }
    }

    fn note_slot(&mut self, sent: LocalTime, took: f64) {
        match &mut self.slot {
            Some((began, quickest)) if sent.saturating_since(*began) < SLOT => *quickest = quickest.min(took),
            Some(_) | None => {
                let done = self.slot.replace((sent, took)).map(|(_, quickest)| quickest);
                if let (Some(before), Some(done)) = (self.before, done) {
                    let step = (done - before).abs().min(OUTLIER * self.jitter + LEAST_OUTLIER_MS);
                    self.jitter = (self.jitter + (step - self.jitter) * JITTER_WEIGHT).min(MOST_JITTER_MS);
                }
                self.before = done.or(self.before);
            }
        }
    }
}
