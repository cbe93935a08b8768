//! How long a queue is let stand: a little, more for a slow call, much where somebody else's queue stays anyway.
//! The control asks before it grows or eases, and tells how easing went.
//! The bound only rises after the rate was lowered in vain, and comes down by itself.

use std::time::Duration;

use crate::units::LocalTime;

/// The queue of a call of 1 Mbit/s, and of any: slower calls let a longer queue stand, so that of two the slower one
/// grows until both are the same (the idea of FAST TCP: each has about as much waiting).
const USUAL_MS: f64 = 18.0;
const USUAL_KBPS: f64 = 1_000.0;
const LEAST_MS: f64 = 10.0;
const MOST_MS: f64 = 50.0;

/// Against somebody else's queue: so much above it, at the most.
const ABOVE: f64 = 1.3;
const PATIENT_MS: f64 = 400.0;

/// A queue of ours falls as the rate is lowered: at this share of the pace that one would expect, at the least. When it
/// falls short of that by so much, it is not ours.
const HAS: f64 = 0.4;
const MISSING_MS: f64 = 15.0;

/// Queues shorter than this, or too long by less than that, prove nothing: calls beside each other make them.
const PRESSING_MS: f64 = 85.0;
const BEYOND_MS: f64 = 30.0;

/// Nor do they below this rate, kbit/s: there a call's own pieces make such queues.
const LEAST_KBPS: f64 = 120.0;

/// How long it takes until it is known how much the way carries.
const LEARNS: Duration = Duration::from_millis(100);

/// Unless much less arrives than is sent: then it is ours after all, and still too much is sent.
const ARRIVES: f64 = 0.7;

/// The longest queue and the patience are forgotten with this time constant; with the other where the queue is much shorter.
const FORGETS_S: f64 = 10.0;
const FALLS: f64 = 6.0;
const FALLEN_S: f64 = 1.0;

/// Since the report before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// Seconds passed.
    pub(super) passed: f64,
    pub(super) round_trip: Duration,
    pub(super) now: LocalTime,
}

/// The rate is being lowered because of a queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Easing {
    pub(super) since: LocalTime,
    /// The rate before, kbit/s.
    pub(super) from_kbps: f64,
}

/// The bound.
#[derive(Debug, Default)]
pub(super) struct Bound {
    patient_ms: f64,
    easing: Option<Easing>,
    queue_ms: f64,
    /// By how much the queue should have fallen and has not.
    missing_ms: f64,
    /// How long the queue was at the most.
    peak_ms: f64,
}

impl Bound {
    /// The queue aimed at, ms.
    pub(super) fn aim(&self, kbps: f64) -> f64 {
        Self::usual(kbps).max(self.patient_ms)
    }

    fn usual(kbps: f64) -> f64 {
        (USUAL_MS * (USUAL_KBPS / kbps).sqrt()).clamp(LEAST_MS, MOST_MS)
    }

    /// Whether somebody else's queue is borne.
    pub(super) fn is_patient(&self, kbps: f64) -> bool {
        self.patient_ms > Self::usual(kbps)
    }

    /// A report says that the queue is `queue` ms long while `share` of `kbps` is sent and `carried` arrives.
    pub(super) fn heard(&mut self, queue: f64, kbps: f64, share: f64, carried: f64, span: Span) {
        let Span { passed, round_trip, now } = span;
        let kept = |forgets: f64| (-passed / forgets).exp();
        self.peak_ms = (self.peak_ms * kept(FORGETS_S)).max(queue);
        self.patient_ms *= kept(if FALLS * queue < self.patient_ms { FALLEN_S } else { FORGETS_S });
        self.missing_ms *= kept(FORGETS_S);
        let fallen = self.queue_ms - queue;
        self.queue_ms = queue;
        if queue <= self.aim(kbps) {
            self.easing = None;
            return;
        }
        let easing = *self.easing.get_or_insert(Easing { since: now, from_kbps: kbps });
        // First it has to be known how much too much is sent; and what is lowered then shows a round trip later.
        let learnt = now.saturating_since(easing.since) > round_trip.mul_f64(1.5) + LEARNS;
        if learnt && kbps > LEAST_KBPS && queue > (self.aim(kbps) + BEYOND_MS).max(PRESSING_MS) {
            self.missing_ms = (self.missing_ms + HAS * (1.0 - share) * passed * 1_000.0 - fallen).max(0.0);
        }
        if self.missing_ms > MISSING_MS && carried > ARRIVES * kbps * share {
            self.missing_ms = 0.0;
            self.patient_ms = self.patient_ms.max((ABOVE * self.peak_ms).min(PATIENT_MS));
        }
    }

    /// The queue is full: whose it is has to be seen again, by all calls that share it at the same time.
    pub(super) fn doubt(&mut self) {
        (self.patient_ms, self.missing_ms) = (0.0, 0.0);
    }

    /// The easing under way.
    pub(super) fn easing(&self) -> Option<Easing> {
        self.easing
    }
}
