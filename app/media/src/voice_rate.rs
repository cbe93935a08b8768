//! How much of the wire the voice may use, from how the peer says it arrives.
//! The audio worker tells it every datagram sent and every feedback heard; the choice of protection spends the budget.
//! Only a growing queue is congestion: losses and jitter without one leave the budget alone.

use std::collections::VecDeque;
use std::time::Duration;

use crate::feedback::Feedback;
use crate::units::{Kbps, LocalTime, Stamp};

/// What every datagram costs beside its own bytes: IPv4 20, UDP 8, QUIC's header 11 and tag 16, its datagram frame 2.
pub const PACKET_BYTES: usize = 57;

/// What a call begins with: 32 kbit/s in frames of 20 ms, and feedback.
const FIRST: f64 = 62.0;

/// The least budget, about 6 kbit/s in frames of 60 ms.
const FLOOR: f64 = 16.0;

/// Rates are measured over this: ten of the longest frames.
const WINDOW: Duration = Duration::from_millis(600);

/// An arrival rate needs at least this much of the window.
const LEAST_WINDOW_US: u32 = 250_000;

/// Most datagrams remembered: a window of the shortest frames, with as much feedback and what is sent again.
const MOST_SENT: usize = 256;

/// A queue above this is congestion: a packet of 60 ms takes 26 ms longer through 50 kbit/s than one of 20 ms.
const QUEUE_MS: f64 = 35.0;

/// Where a queue stays whatever is sent it is not ours: the bound rises above it, this far at most, and comes down again
/// within about this many seconds.
const MOST_QUEUE_MS: f64 = 300.0;
const QUEUE_ABOVE: f64 = 1.6;
const QUEUE_FORGETS_S: f64 = 20.0;

/// So many steps down without an effect say that the queue is not ours, unless much less arrives than is sent.
const FRUITLESS: u32 = 3;
const MUCH_LESS: f64 = 0.7;

/// A step down goes to this share of what arrives, so that the queue drains; the next one waits this long, and is taken
/// only if the queue has not fallen to this share.
const STEP_DOWN: f64 = 0.85;
const STEP_REST: Duration = Duration::from_millis(600);
const DRAINS: f64 = 0.75;

/// Below this share of the bound a queue lets the budget grow.
const CALM: f64 = 0.7;

/// Where nothing is known against it the budget doubles in this time,
const DOUBLING_S: f64 = 0.3;

/// but not beyond this many times what was sent, of which at least half must have arrived.
const AHEAD: f64 = 1.5;
const ARRIVES: f64 = 2.0;

/// How quickly the share that arrives while there is no queue is learnt: half of it from the last second or so.
const SHARE_WEIGHT: f64 = 0.07;
const LEAST_SHARE: f64 = 0.3;

/// What a link was found to carry is used to this share at once.
const NEAR_LIMIT: f64 = 0.9;

/// Beyond it the budget feels its way: steps of so much, at least of so many kbit/s (less would be no other plan).
const PROBE: f64 = 1.07;
const LEAST_PROBE: f64 = 3.0;

/// Between two steps of a probe that goes well. What is sent proves it: beyond this many kbit/s above that (the largest
/// step between narrow plans and what feedback takes) the budget proves nothing, and grows with long pauses, in case that the next plan
/// needs more at once.
const PROBE_STEP: Duration = Duration::from_millis(700);
const UNUSED: f64 = 14.0;
const UNUSED_PAUSE: Duration = Duration::from_secs(20);

/// All that is wanted is tried at once when it is this little beyond what is sent (20 ms frames after 40 ms ones take 11
/// kbit/s more), after a pause that doubles with every try, from this up to that of an unused budget.
const LEAP: f64 = 16.0;
const LEAP_PAUSE: Duration = Duration::from_secs(2);

/// When more than this share of the limit was carried, it is forgotten.
const FORGOTTEN: f64 = 1.15;

/// A probe that fails is repeated after a pause that doubles up to the longest: a link that recovers is found in 4 s.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// Without feedback for so long nothing is known any more.
const SILENCE: Duration = Duration::from_secs(1);

/// What a link was found to carry.
#[derive(Clone, Copy, Debug)]
struct Limit {
    kbps: f64,
    /// Not beyond it before this.
    held: LocalTime,
    /// The last step beyond it.
    probed: LocalTime,
}

/// The last step down.
#[derive(Clone, Copy, Debug)]
struct Step {
    at: LocalTime,
    queue_ms: f64,
    /// Steps in a row after which the queue did not fall.
    fruitless: u32,
}

/// The estimate of one call.
#[derive(Clone, Debug)]
pub struct VoiceRate {
    ceiling: f64,
    budget: f64,
    /// When datagrams left, and their bytes.
    sent: VecDeque<(LocalTime, usize)>,
    /// The feedback of the window: its stamp and the bytes received until then.
    arrived: VecDeque<(Stamp, u32)>,
    begun: Option<LocalTime>,
    heard: Option<LocalTime>,
    /// The budget before feedback stopped.
    before_silence: Option<f64>,
    queue_bound_ms: f64,
    /// How much of what is sent arrives while there is no queue: what is missing is not lost to congestion.
    share: f64,
    limit: Option<Limit>,
    pause: Duration,
    leap_pause: Duration,
    step: Option<Step>,
    /// See [`Self::set_beside`].
    beside: bool,
}

impl VoiceRate {
    /// A call begins; the budget never grows beyond `ceiling`.
    #[must_use]
    pub fn new(ceiling: Kbps) -> Self {
        let ceiling = f64::from(ceiling.0).max(FLOOR);
        Self {
            ceiling,
            budget: FIRST.min(ceiling),
            sent: VecDeque::new(),
            arrived: VecDeque::new(),
            begun: None,
            heard: None,
            before_silence: None,
            queue_bound_ms: QUEUE_MS,
            share: 1.0,
            limit: None,
            pause: FIRST_PAUSE,
            leap_pause: LEAP_PAUSE,
            step: None,
            beside: false,
        }
    }

    /// A picture is sent beside the voice: a queue is the picture's, whose rate control looks after it. Nothing is learnt from it here, for
    /// who lowers a little of what fills a queue finds no effect and takes it for somebody else's.
    pub fn set_beside(&mut self, beside: bool) {
        self.beside = beside;
    }

    /// Takes note of a datagram sent: sound or feedback, `bytes` of payload.
    pub fn sent(&mut self, bytes: usize, now: LocalTime) {
        let _ = self.begun.get_or_insert(now);
        while self.sent.len() >= MOST_SENT
            || self.sent.front().is_some_and(|(at, _)| now.saturating_since(*at) > WINDOW)
        {
            let _ = self.sent.pop_front();
        }
        self.sent.push_back((now, bytes));
    }

    /// Takes a feedback of the peer. `wanted` is what could be used, see [`crate::Protection::wanted`].
    pub fn observe(&mut self, feedback: &Feedback, wanted: Kbps, now: LocalTime) {
        let newest = self.arrived.back().map(|(stamp, _)| feedback.sent_at.0.wrapping_sub(stamp.0).cast_signed());
        if newest.is_some_and(|step| step <= 0) {
            return;
        }
        let passed = self.heard.map_or(Duration::ZERO, |heard| now.saturating_since(heard)).min(SILENCE).as_secs_f64();
        self.heard = Some(now);
        self.note_arrival(feedback);
        self.queue_bound_ms += (QUEUE_MS - self.queue_bound_ms) * passed / QUEUE_FORGETS_S;
        let queue_ms = feedback.queue.span().as_secs_f64() * 1_000.0;
        if queue_ms > self.queue_bound_ms {
            self.before_silence = None;
            if !self.beside {
                self.ease(queue_ms, now);
            }
        } else if queue_ms < CALM * self.queue_bound_ms {
            self.step = None;
            // What stopped was the way, not its width: what it carried before it carries again.
            self.budget = self.before_silence.take().map_or(self.budget, |before| before.max(self.budget));
            self.grow(f64::from(wanted.0).min(self.ceiling), passed, now);
        }
    }

    /// Lets time pass: when feedback stops for a second the budget falls to its floor. At least ten times a second.
    /// Before the first one it stays: a peer that is slow to open its devices says nothing of the way.
    pub fn tick(&mut self, now: LocalTime) {
        if self.heard.is_some_and(|heard| now.saturating_since(heard) > SILENCE) {
            let _ = self.before_silence.get_or_insert(self.budget);
            self.budget = FLOOR;
            self.limit = None;
            self.step = None;
            (self.pause, self.leap_pause) = (FIRST_PAUSE, LEAP_PAUSE);
            self.arrived.clear();
        }
    }

    /// What the voice may use of the wire now, headers and feedback included.
    #[must_use]
    pub fn budget(&self) -> Kbps {
        // Between FLOOR and the ceiling.
        Kbps(self.budget as u32)
    }

    fn note_arrival(&mut self, feedback: &Feedback) {
        let old = |stamp: Stamp| feedback.sent_at.0.wrapping_sub(stamp.0) > WINDOW.as_micros() as u32;
        // One that is older than the window stays, so that all of the window is measured.
        while self.arrived.len() > 1 && self.arrived.get(1).is_some_and(|(stamp, _)| old(*stamp)) {
            let _ = self.arrived.pop_front();
        }
        self.arrived.push_back((feedback.sent_at, feedback.received_bytes));
    }

    /// The queue grows: down to less than what arrives, unless the last step is still at work.
    fn ease(&mut self, queue_ms: f64, now: LocalTime) {
        let fruitless = match self.step {
            Some(last) if now.saturating_since(last.at) < STEP_REST => return,
            Some(last) if queue_ms < DRAINS * last.queue_ms => {
                self.step = Some(Step { at: now, queue_ms, fruitless: 0 });
                return;
            }
            Some(last) => last.fruitless + 1,
            None => 0,
        };
        let sent = self.sent_kbps(now);
        let carried = self.arrival_kbps().map_or(self.budget, |arrives| arrives / self.share);
        if fruitless >= FRUITLESS && carried > MUCH_LESS * sent {
            self.queue_bound_ms = (queue_ms * QUEUE_ABOVE).min(MOST_QUEUE_MS);
            (self.step, self.limit) = (None, None);
            return;
        }
        self.step = Some(Step { at: now, queue_ms, fruitless });
        self.budget = (STEP_DOWN * carried).min(STEP_DOWN.sqrt() * self.budget).max(FLOOR);
        self.limit = Some(Limit { kbps: carried, held: now + self.pause, probed: now });
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    /// The queue is short: up towards what is wanted.
    fn grow(&mut self, wanted: f64, passed: f64, now: LocalTime) {
        let sent = self.sent_kbps(now);
        let arrives = self.arrival_kbps().unwrap_or(sent);
        if sent > 0.0 {
            self.share += ((arrives / sent).clamp(LEAST_SHARE, 1.0) - self.share) * SHARE_WEIGHT;
        }
        let proven = sent.min(ARRIVES * arrives) * AHEAD;
        let doubled = self.budget * (passed / DOUBLING_S).exp2();
        let next = match self.limit {
            None => doubled.min(proven),
            Some(limit) if self.budget < NEAR_LIMIT * limit.kbps => doubled.min(NEAR_LIMIT * limit.kbps),
            Some(limit) if now < limit.held => return,
            Some(limit) if sent > FORGOTTEN * limit.kbps => {
                (self.limit, self.pause, self.leap_pause) = (None, FIRST_PAUSE, LEAP_PAUSE);
                doubled.min(proven)
            }
            Some(limit) if sent < wanted && wanted <= sent + LEAP => {
                if self.budget >= wanted || now.saturating_since(limit.probed) < self.leap_pause {
                    return;
                }
                self.limit = Some(Limit { probed: now, ..limit });
                self.leap_pause = (self.leap_pause * 2).min(UNUSED_PAUSE);
                wanted
            }
            Some(limit) => {
                let used = self.budget < sent + UNUSED;
                if now.saturating_since(limit.probed) < if used { PROBE_STEP } else { UNUSED_PAUSE } {
                    return;
                }
                self.limit = Some(Limit { probed: now, ..limit });
                let step = (self.budget * PROBE).max(self.budget + LEAST_PROBE);
                if used { step.min(sent + UNUSED) } else { step.min(proven) }
            }
        };
        self.budget = next.min(wanted).max(self.budget);
    }

    /// What the datagrams of the window cost on the wire.
    fn sent_kbps(&self, now: LocalTime) -> f64 {
        let since = self.begun.map_or(Duration::ZERO, |begun| now.saturating_since(begun)).min(WINDOW);
        let fresh = self.sent.iter().filter(|(at, _)| now.saturating_since(*at) <= WINDOW);
        let bytes: usize = fresh.map(|(_, bytes)| bytes + PACKET_BYTES).sum();
        // Bits a millisecond are kbit/s; the first packets are no rate.
        8.0 * bytes as f64 / (since.as_secs_f64() * 1_000.0).max(f64::from(LEAST_WINDOW_US) / 1_000.0)
    }

    /// What arrives of them, headers included as far as they were sent.
    fn arrival_kbps(&self) -> Option<f64> {
        let ((first, before), (last, after)) = (self.arrived.front()?, self.arrived.back()?);
        let passed = last.0.wrapping_sub(first.0);
        let payload: usize = self.sent.iter().map(|(_, bytes)| bytes).sum();
        if passed < LEAST_WINDOW_US || payload == 0 {
            return None;
        }
        let headers = (PACKET_BYTES * self.sent.len()) as f64 / payload as f64;
        let bytes = f64::from(after.wrapping_sub(*before)) * (1.0 + headers);
        Some(8_000.0 * bytes / f64::from(passed))
    }
}

#[cfg(test)]
#[path = "voice_rate_tests.rs"]
mod tests;
