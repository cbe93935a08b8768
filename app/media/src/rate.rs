//! How much the way carries: the congestion control of a call, from when the pieces of pictures arrive.
//! The sender of pictures tells it every datagram that leaves and every report; allocation and pacing read it.
//! Only a queue lowers the rate: random loss and jitter do not; whatever is told, the target stays within its limits.

mod alone;
mod bound;
mod delay;
mod delivered;
mod pieces;
mod reading;
mod rinse;
mod silence;
mod sound;
mod trains;
mod trial;

use std::time::Duration;

use bound::{Bound, Span};
use delay::Delay;
use delivered::Delivered;
use pieces::{News, Pieces};
use rinse::Rinse;
pub use silence::Silence;
use sound::Sound;
use trains::Trains;
use trial::{Trial, Verdict};

use crate::units::{Kbps, LocalTime, MediaTime};

/// What a report says of one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The number of its datagram.
    pub number: u64,
    /// When it arrived, on the receiver's clock; `None`: it has not (yet).
    pub at: Option<MediaTime>,
}

/// The range of the target: sound and pictures together, in wire bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Never less: what the sound needs at the least.
    pub least: Kbps,
    /// Never more: what can be used at all.
    pub most: Kbps,
}

impl Limits {
    /// Limits that are none are read as the least alone, and the least is never nothing.
    fn ordered(self) -> Self {
        let least = self.least.max(Kbps(1));
        Self { least, most: self.most.max(least) }
    }
}

/// What a call begins with, kbit/s, unless the sound knows better; until so many pieces were reported those of the first frame lower it
/// to what they arrive with.
const FIRST: f64 = 300.0;
const FIRST_PIECES: u32 = 8;

/// Growth a second when there was a queue just now: a share, or so many kbit/s where that is more, so that slow calls catch up
/// with quick ones; it doubles every [`BOLDER_S`] without one, up to the boldest where trains of pieces say that there is
/// room, or up to [`BOLDEST`] where there are none. A call begins as after so long without a queue.
const CAREFUL: f64 = 0.05;
const CAREFUL_KBPS: f64 = 25.0;
const CAREFUL_MOST: f64 = 0.15;
const BOLDER_S: f64 = 0.3;
const BOLDEST: f64 = 1.0;
const BOLDEST_PROVEN: f64 = 3.0;
const BOLD_AT_FIRST: Duration = Duration::from_millis(1_800);

/// Beside flows that fill the queue: growth a second, and what is left of the rate after a loss while the queue is longer than
/// this share of the aim, once a round trip; not where the way loses more than so much by itself. What was sent is kept so
/// long, until it is seen again whose queue it is.
const BESIDE: f64 = 0.45;
const YIELDS: f64 = 0.85;
const FULL: f64 = 0.5;
const CLEAN: f64 = 0.02;
const BESIDE_KEPT: Duration = Duration::from_secs(6);

/// Losses beyond the way's own by so much (times the mean run, because runs are uneven) with a queue: down to this share of
/// what arrives, once in so long.
const OVERFLOWS: f64 = 0.08;
const OVERFLOW_STEP: f64 = 0.95;
const OVERFLOW_REST: Duration = Duration::from_secs(1);

/// Near what fitted when losses showed that too much was sent: growth a second, until so many times as much fitted.
const NEAR: f64 = 0.95;
const CREEPS: f64 = 0.02;
const OUTGROWN: f64 = 1.25;

/// Pieces of a frame that arrive no more quickly than this times the rate leave no room; beyond it so much growth a second.
const NO_ROOM: f64 = 1.05;
const ROOM: f64 = 3.0;

/// The target does not grow beyond so many times what arrives, or this share of how quickly trains arrive.
const PROVEN: f64 = 1.5;
const PROOF: Duration = Duration::from_millis(800);
const FIRST_PROOF: Duration = Duration::from_millis(250);
const TRAINS_PROVE: f64 = 0.6;

/// A target that nothing proves comes down in about this time.
const UNPROVEN_S: f64 = 2.0;

/// A queue beyond the aim by so much says what the way carries, which is measured over this.
const CERTAIN_MS: f64 = 20.0;
const MEASURED: Duration = Duration::from_millis(300);

/// A queue too long by this much would stop the sending altogether; it is never lowered below this share, or that one
/// beside flows that fill the queue.
const DRAINS_MS: f64 = 400.0;
const LEAST_SHARE: f64 = 0.3;
const LEAST_PATIENT: f64 = 0.8;

/// A way that suddenly carries less than so much of what was sent has a queue of ours alone, which has to go at once: so much of what it
/// carries is sent, and a queue too long by this much stops the sending. Other flows come more slowly.
const COLLAPSES: f64 = 0.6;
const EASES: f64 = 0.9;
const DRAINS_AT_ONCE_MS: f64 = 200.0;

/// Frames leave in one go: so much more or less sent than the rate gives, in time of the rate, says nothing yet.
const JOINS_MS: f64 = 50.0;
const LEAVES_MS: f64 = 20.0;

/// Shrinking a second while the queue is twice what is aimed at.
const SHRINKS: f64 = 0.3;

/// The estimate of one direction of a call.
#[derive(Debug)]
pub struct RateControl {
    limits: Limits,
    pieces: Pieces,
    delay: Delay,
    delivered: Delivered,
    bound: Bound,
    trial: Trial,
    trains: Trains,
    rinse: Rinse,
    sound: Sound,
    /// What the way carries, as far as is known, kbit/s.
    rate: f64,
    /// What of that is told now, while a queue drains.
    share: f64,
    /// What fitted when losses showed that too much was sent, kbit/s.
    ceiling: Option<f64>,
    /// Since when there was no queue, and for how long before that none is assumed.
    calm: (LocalTime, Duration),
    /// What was sent beside flows that fill the queue, less a little, when it was full last.
    beside: Option<(f64, LocalTime)>,
    /// When the rate was last lowered for a loss.
    yielded: LocalTime,
    /// When the rate was last lowered for losses with a queue.
    overflowed: LocalTime,
    /// Pieces that arrived, up to [`FIRST_PIECES`].
    first: u32,
    /// When the newest piece left of which a report told.
    newest: LocalTime,
    heard: Option<LocalTime>,
    heard_sound: Option<LocalTime>,
    round_trip: Option<Duration>,
}

impl RateControl {
    /// A call begins.
    #[must_use]
    pub fn new(limits: Limits, now: LocalTime) -> Self {
        Self {
            limits: limits.ordered(),
            pieces: Pieces::default(),
            delay: Delay::default(),
            delivered: Delivered::default(),
            bound: Bound::default(),
            trial: Trial::default(),
            trains: Trains::new(now),
            rinse: Rinse::new(now),
            sound: Sound::default(),
            rate: FIRST,
            share: 1.0,
            ceiling: None,
            calm: (now, BOLD_AT_FIRST),
            beside: None,
            yielded: now,
            overflowed: now,
            first: 0,
            newest: now,
            heard: None,
            heard_sound: None,
            round_trip: None,
        }
    }

    /// Other limits from now on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits.ordered();
    }

    /// A piece left, `wire_bytes` with all headers.
    pub fn sent(&mut self, number: u64, wire_bytes: usize, now: LocalTime) {
        self.pieces.sent(number, wire_bytes, now);
    }

    /// A datagram of sound or feedback left.
    pub fn sent_sound(&mut self, wire_bytes: usize, now: LocalTime) {
        self.sound.sent(wire_bytes, now);
    }

    /// A report came; numbers may be told again in later ones.
    pub fn heard(&mut self, arrivals: &[Arrival], now: LocalTime) {
        let News { landed, settled } = self.pieces.heard(arrivals);
        let passed = self.heard.map_or(0.0, |before| now.saturating_since(before).as_secs_f64()).min(0.2);
        self.heard = Some(now);
        let Some(newest) = landed.last() else { return };
        self.newest = newest.sent;
        let sample = now.saturating_since(newest.sent);
        let before = self.round_trip.unwrap_or(sample);
        self.round_trip = Some((before * 7 + sample) / 8);
        for piece in &landed {
            self.delay.landed(piece);
            self.delivered.landed(piece);
            self.trains.landed(piece, self.rate);
        }
        self.begin(landed.len());
        self.judge(&settled, now);
        self.adapt(newest.sent, passed, now);
    }

    /// So many of a call's pieces arrived: the first ones say whether it began with too much.
    fn begin(&mut self, landed: usize) {
        if self.first >= FIRST_PIECES {
            return;
        }
        self.first = self.first.saturating_add(u32::try_from(landed).unwrap_or(u32::MAX));
        if let Some(arrives) = self.trains.first_kbps() {
            self.rate = self.rate.min(arrives);
        }
    }

    /// Takes account of losses.
    fn judge(&mut self, settled: &[(LocalTime, bool)], now: LocalTime) {
        let mean_run = self.pieces.mean_run();
        self.trial.pass(now);
        if self.delay.queue() > self.bound.aim(self.rate) + CERTAIN_MS {
            self.trial.forget();
        }
        for (sent, lost) in settled.iter().copied() {
            match self.trial.settled(sent, lost, mean_run, now) {
                Some(Verdict::TooMuch(fits)) => {
                    self.rate *= fits;
                    self.ceiling = Some(self.rate);
                    self.calm = (now, Duration::ZERO);
                }
                Some(Verdict::Own) => self.ceiling = None,
                None => {}
            }
            // The queue is full, and not with ours: others answer such a loss too.
            let full = self.bound.is_patient(self.rate) && self.delay.queue() > FULL * self.bound.aim(self.rate);
            if lost && full && self.trial.own() < CLEAN && sent > self.yielded {
                self.beside = Some((YIELDS * self.rate, now));
                self.yielded = now;
                self.bound.doubt();
            }
        }
    }

    fn adapt(&mut self, newest: LocalTime, passed: f64, now: LocalTime) {
        let round_trip = now.saturating_since(newest);
        let queue = self.delay.queue();
        let carried = self.carried(MEASURED);
        self.bound.heard(queue, self.rate, self.share, carried.unwrap_or(self.rate), Span { passed, round_trip, now });
        if self.bound.is_patient(self.rate)
            && let Some((before, since)) = self.beside.take()
            && now.saturating_since(since) < BESIDE_KEPT
        {
            self.rate = self.rate.max(before);
        }
        let aim = self.bound.aim(self.rate);
        if queue > 0.5 * aim {
            self.calm = (now, Duration::ZERO);
        }
        if let (Some(easing), Some(carried)) = (self.bound.easing(), carried)
            && queue > aim + CERTAIN_MS
            && now.saturating_since(easing.since) < round_trip + MEASURED / 2
        {
            let share = if self.collapsed(carried) { EASES } else { 1.0 };
            self.rate = (share * carried).min(easing.from_kbps);
        }
        self.answer_full_queue(queue, aim, now);
        let growth = self.growth(queue, aim, now);
        let grown = self.rate * (growth * passed).exp();
        let trains = self.trains.kbps().map_or(0.0, |(arrives, _)| TRAINS_PROVE * arrives);
        // A call that begins is not yet that old.
        let carried = self.carried(PROOF).or_else(|| self.carried(FIRST_PROOF));
        let proven = carried.map_or(self.rate, |carried| PROVEN * carried).max(trains);
        self.rate = if growth > 0.0 { grown.min(proven).max(self.rate) } else { grown };
        if self.share >= 1.0 && self.rate > proven {
            self.rate += (proven - self.rate) * passed / UNPROVEN_S;
        }
        self.rate = self.rate.clamp(f64::from(self.limits.least.0), f64::from(self.limits.most.0));
        self.trains.learn(self.rate, now);
        let ahead = self.queue_ahead(newest, now);
        let drains = if self.collapsed(self.rate) { DRAINS_AT_ONCE_MS } else { DRAINS_MS };
        let least = if self.bound.is_patient(self.rate) { LEAST_PATIENT } else { LEAST_SHARE };
        self.share =
            (1.0 - (ahead - aim) / drains).clamp(least, 1.0) * self.trial.share() * self.rinse.share(queue, now);
    }

    /// Whether `kbps` is so much less than what was sent before a queue grew that the way itself became narrow.
    fn collapsed(&self, kbps: f64) -> bool {
        self.bound.easing().is_some_and(|easing| kbps < COLLAPSES * easing.from_kbps)
    }

    /// Losses beyond the way's own while a queue stands: more is sent than fits, however short the queue is kept by its room.
    fn answer_full_queue(&mut self, queue: f64, aim: f64, now: LocalTime) {
        let full = queue > FULL * aim && self.pieces.loss() > self.trial.own() + OVERFLOWS * self.pieces.mean_run();
        if !full || self.bound.is_patient(self.rate) || now.saturating_since(self.overflowed) < OVERFLOW_REST {
            return;
        }
        if let Some(carried) = self.carried(PROOF) {
            self.rate = self.rate.min(OVERFLOW_STEP * carried);
            self.overflowed = now;
            self.calm = (now, Duration::ZERO);
        }
    }

    /// Growth a second, less than none when the queue is too long.
    fn growth(&mut self, queue: f64, aim: f64, now: LocalTime) -> f64 {
        if queue >= aim {
            return -SHRINKS * (queue / aim - 1.0).min(1.0);
        }
        if self.trial.tries() {
            return 0.0;
        }
        if self.bound.is_patient(self.rate) {
            return BESIDE * (1.0 - queue / aim);
        }
        self.ceiling = self.ceiling.filter(|ceiling| self.rate < OUTGROWN * ceiling);
        if self.ceiling.is_some_and(|ceiling| self.rate > NEAR * ceiling) {
            return CREEPS * (1.0 - queue / aim);
        }
        let (since, before) = self.calm;
        let calm = (now.saturating_since(since) + before).as_secs_f64();
        let careful = CAREFUL.max(CAREFUL_KBPS / self.rate).min(CAREFUL_MOST);
        let bold = (careful * (calm / BOLDER_S).exp2()).min(BOLDEST_PROVEN);
        let room = self.trains.kbps().map_or(BOLDEST, |(arrives, _)| (arrives / self.rate - NO_ROOM) * ROOM);
        bold.min(room.max(careful)) * (1.0 - queue / aim)
    }

    /// What the queue is when that of the newest piece heard of was measured, and what was sent since has joined it.
    fn queue_ahead(&self, newest_sent: LocalTime, now: LocalTime) -> f64 {
        let bits = 8.0 * (self.pieces.sent_after(newest_sent) + self.sound.sent_after(newest_sent)) as f64;
        let passed = now.saturating_since(newest_sent).as_secs_f64() * 1_000.0;
        let joined = bits / self.rate - passed;
        let joined = if joined > 0.0 { (joined - JOINS_MS).max(0.0) } else { (joined + LEAVES_MS).min(0.0) };
        (self.delay.queue() + joined).max(0.0)
    }

    /// What arrived lately, sound and all that losses took included, kbit/s.
    fn carried(&self, over: Duration) -> Option<f64> {
        let pieces = self.delivered.kbps(over)?;
        Some(pieces / (1.0 - self.trial.own()) + self.sound.kbps())
    }
}

#[cfg(test)]
#[path = "rate_tests.rs"]
mod tests;
