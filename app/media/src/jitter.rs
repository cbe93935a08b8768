//! The jitter buffer: puts sound packets in order and says, each time sound is needed, what to play.
//! The audio worker of a call drives it; it knows no codec, no device and no clock.
//! Memory is bounded, no packet is played twice or out of order, and the delay follows the spread of the arrivals.

use std::time::Duration;

use crate::arrivals::{Arrival, Arrivals};
use crate::audio::{AudioPacket, Newest};
use crate::heard::{Heard, Novelty};
use crate::horizon::{Horizon, MOST_US};
use crate::pace::{NOISE_US, Pace, level, samples_to_us, us_to_samples};
use crate::playout::CONCEAL_SAMPLES;
pub use crate::playout::{Bend, Insertion, JitterStats, Next, Origin};
use crate::repair::Repair;
use crate::units::{LocalTime, TICK_SAMPLES};
use crate::waiting::{Held, Waiting, distance};

/// A sequence jumping further than this (10 s) starts the stream anew.
const JUMP: u32 = 1_000;

/// Farthest that packets are believed to carry what was lost before them, in ticks: 1 s.
const MOST_REACH: u32 = 100;

/// Ticks of the longest frame.
const MOST_TICKS: u32 = 6;

/// Most that is left out at a time of frames that came late, in place of playing all of them later: 60 ms. When more
/// comes late it was a gap, and what comes after it is played, only quicker.
const SKIP_SAMPLES: usize = 6 * TICK_SAMPLES;

/// Less than this (2.5 ms) is not left out: the speed makes up for it.
const LEAST_SKIP: usize = TICK_SAMPLES / 4;

/// A packet that came in time and of which only this much (10 ms) was invented was missed by the worker, and the delay is
/// too short for it: nothing is left out, so that the delay grows.
const MISSED_SAMPLES: usize = TICK_SAMPLES;

/// What may be left out grows back by this share of what is played: all of it within 3.6 s.
const SKIP_REGAIN: usize = 60;

/// A hole is not filled to its end when the sound after it is this much too late already.
const SHORT_CUT_US: i64 = 100_000;

/// After so many holes in a row that nothing could be restored of, only every so many is tried: a piece that is concealed
/// in the attempt is longer than one that waits for its packet.
const BARREN: u32 = 3;
const BARREN_TRIES: u32 = 16;

/// The buffer of one direction of a call.
#[derive(Debug, Default)]
pub struct JitterBuffer {
    waiting: Waiting,
    arrivals: Arrivals,
    heard: Heard,
    horizon: Horizon,
    pace: Pace,
    /// The tick whose turn is next; `None` until the first packet was played.
    turn: Option<u32>,
    /// Samples invented from the turn on.
    debt: usize,
    /// Samples left out lately, and not yet regained.
    skipped: usize,
    /// Length and distance of the piece that is being restored.
    restoring: Option<(usize, u32)>,
    /// Holes in a row that nothing could be restored of.
    barren: u32,
    /// How far back, in ticks, packets lately carried what was lost before them.
    reach: u32,
    /// After a gap, what the packets after it carry is being played.
    rebuilding: bool,
    counts: JitterStats,
}

impl JitterBuffer {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty buffer that keeps `reserve` of sound waiting beside what the arrivals ask for: on a machine that is busy
    /// with other things, a steady voice is worth more than a quick one.
    #[must_use]
    pub fn with_reserve(reserve: Duration) -> Self {
        let reserve = i64::try_from(reserve.as_micros()).unwrap_or(i64::MAX / 4);
        Self { arrivals: Arrivals::with_reserve(reserve), ..Self::default() }
    }

    /// Against what the short fields of the next datagram are read.
    #[must_use]
    pub fn newest(&self) -> Option<Newest> {
        self.waiting.newest()
    }

    /// How far back packets carry what was lost before them, in ticks: 0 without in-band repair. Who can tell from a packet
    /// that just came says so before it is inserted; otherwise it is learnt from what could be restored.
    pub fn carries(&mut self, ticks: u32) {
        self.reach = ticks.min(MOST_REACH);
        if ticks > 0 {
            self.barren = 0;
        }
    }

    /// Takes a frame of `ticks` ticks that arrived at `arrived` and can be played from now on.
    pub fn insert(&mut self, packet: AudioPacket, ticks: u32, origin: Origin, arrived: LocalTime) -> Insertion {
        let ticks = ticks.clamp(1, MOST_TICKS);
        match (self.waiting.is_far(packet.sequence, JUMP), origin) {
            (true, Origin::Copy) => return Insertion::Late,
            (true, Origin::First) => self.restart(),
            (false, _) => {}
        }
        let offset = offset(&packet, arrived);
        let mut in_time = true;
        match origin {
            Origin::First => {
                if self.heard.take(packet.sequence, ticks) == Novelty::Again {
                    return Insertion::Duplicate;
                }
                in_time = self.learn(&packet, ticks, offset, arrived);
            }
            Origin::Copy => self.horizon.repaired(packet.sequence, ticks, offset),
        }
        self.waiting.note(&packet);
        if self.turn.is_some_and(|turn| distance(packet.sequence, turn) < 0) {
            self.counts.late += u64::from(origin == Origin::First);
            return Insertion::Late;
        }
        if !self.waiting.put(Held { packet, ticks, origin, in_time }) {
            return Insertion::Duplicate;
        }
        if self.waiting.drop_old() {
            self.turn = self.turn.and(self.waiting.first());
            self.debt = 0;
        }
        Insertion::Queued
    }

    /// Forgets what waits, as while no speaker plays: the newest packet is kept, the spread of arrivals too.
    pub fn idle(&mut self) {
        self.waiting.keep_newest();
        self.begin();
    }

    /// What to play after the sound that still lasts for `ahead_us` (negative: it should have been there already).
    /// `urgent`: no more waiting, a device would run dry.
    pub fn next(&mut self, now: LocalTime, ahead_us: i64, urgent: bool) -> Next {
        loop {
            let Some(held) = self.waiting.oldest() else {
                self.rebuilding = false;
                return match (self.turn, urgent) {
                    (_, false) => Next::Wait,
                    (None, true) => Next::Silence,
                    (Some(_), true) => self.conceal(CONCEAL_SAMPLES),
                };
            };
            let (first, samples) = (held.packet.sequence, held.samples());
            let due = offset(&held.packet, now).saturating_add(ahead_us);
            let late = due - self.target().unwrap_or(due);
            let Some(turn) = self.turn else {
                return self.start(due, late, urgent);
            };
            let missing = first.wrapping_sub(turn) as usize * TICK_SAMPLES;
            if self.debt < missing && late < SHORT_CUT_US + self.arrivals.reserve() {
                // What is missing may still come while there is sound to play.
                return if urgent || self.rebuilding { self.mend(turn, first) } else { Next::Wait };
            }
            let invented = self.debt.saturating_sub(missing);
            if self.rebuild(first, missing) {
                continue;
            }
            self.rebuilding = false;
            let skip = self.skip(invented, due, late);
            if skip < samples {
                return self.play(due, skip);
            }
            // All of it was invented while it was awaited.
            self.leave_out();
            self.debt = invented.saturating_sub(samples);
        }
    }

    /// Reports what bending did: samples added (positive) or removed (negative).
    pub fn bent(&mut self, samples: i64) {
        self.pace.bent(samples);
    }

    /// Reports how the piece asked for with [`Next::Restore`] was made good; `None`: it was concealed.
    pub fn restored(&mut self, repair: Repair) {
        let Some((samples, back)) = self.restoring.take() else { return };
        match repair {
            Repair::Fec => self.counts.fec += 1,
            Repair::Dred => self.counts.dred += 1,
            Repair::None => self.counts.concealed_samples += samples as u64,
        }
        // After a failure nearer pieces may still be carried.
        (self.barren, self.reach) = match repair {
            Repair::None => (self.barren.saturating_add(1), self.reach.min(back - 1)),
            Repair::Fec | Repair::Dred => (0, self.reach.max(back)),
        };
    }

    /// The speed at which sound should be played (1.001: a thousandth quicker), for [`Drift`](crate::Drift).
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.pace.speed()
    }

    /// The newest tick that came in its own packet, and which of it and the 63 before it did (bit n: that tick minus n).
    #[must_use]
    pub fn heard(&self) -> (u32, u64) {
        self.heard.bitmap()
    }

    /// How much longer the way took lately than at its quickest in the last 30 s.
    #[must_use]
    pub fn queue(&self) -> Duration {
        self.arrivals.queue()
    }

    /// The counters and levels.
    #[must_use]
    pub fn stats(&self) -> JitterStats {
        let least = self.arrivals.least();
        let above = |us: Option<i64>| us.zip(least).map_or(Duration::ZERO, |(us, least)| level(us - least));
        JitterStats {
            received: self.heard.received(),
            lost: self.heard.lost(),
            duplicates: self.heard.again(),
            stretched_samples: self.pace.stretched(),
            buffer: above(self.pace.playout()),
            target: above(self.target()),
            ..self.counts
        }
    }

    /// Takes note of when a frame's own packet came, and of what it repairs; returns whether it came in time.
    fn learn(&mut self, packet: &AudioPacket, ticks: u32, offset: i64, arrived: LocalTime) -> bool {
        let tick_us = samples_to_us(TICK_SAMPLES as i64);
        let span = i64::from(ticks) * tick_us;
        let arrival = self.arrivals.take(arrived, offset - span, span);
        if arrival == Arrival::NewClock {
            self.horizon = Horizon::default();
        }
        self.horizon.own(packet.sequence, ticks);
        for back in 1..=self.reach {
            let tick = packet.sequence.wrapping_sub(back);
            if self.horizon.misses(tick) {
                self.horizon.repaired(tick, 1, offset.saturating_add(i64::from(back) * tick_us));
            }
        }
        if let (Some(least), Some(without)) = (self.arrivals.least(), self.arrivals.target()) {
            self.horizon.choose(least, without, self.arrivals.margin());
        }
        arrival == Arrival::InTime
    }

    /// The playout offset aimed at: what the spread of arrivals asks for, or longer where waiting for repairs pays.
    fn target(&self) -> Option<i64> {
        let (jitter, least) = (self.arrivals.target()?, self.arrivals.least()?);
        Some(self.horizon.chosen(least).map_or(jitter, |repair| jitter.max(repair.min(least + MOST_US))))
    }

    /// The first frame waits until its delay is the one aimed at.
    fn start(&mut self, due: i64, late: i64, urgent: bool) -> Next {
        if late >= 0 {
            return self.play(due, 0);
        }
        if urgent { Next::Silence } else { Next::Wait }
    }

    /// Fills some of the hole between the turn and `first`: from what `first` carries of it, if it may, else by inventing.
    fn mend(&mut self, turn: u32, first: u32) -> Next {
        let odd = self.debt % TICK_SAMPLES;
        if odd != 0 {
            return self.conceal(TICK_SAMPLES - odd);
        }
        let barren = self.barren >= BARREN && self.reach == 0;
        if barren && !self.barren.is_multiple_of(BARREN_TRIES) {
            // The count goes on once for every hole.
            if self.debt == 0 {
                self.barren = self.barren.saturating_add(1);
            }
            return self.conceal(CONCEAL_SAMPLES);
        }
        let start = turn.wrapping_add((self.debt / TICK_SAMPLES) as u32);
        let back = first.wrapping_sub(start);
        let Some(held) = self.waiting.oldest() else { return self.conceal(CONCEAL_SAMPLES) };
        // The last piece is exactly as long as the frame after it: in-band FEC repairs nothing else.
        let ticks = match back % held.ticks {
            0 => held.ticks,
            odd => odd,
        };
        let samples = ticks as usize * TICK_SAMPLES;
        let from = held.packet.clone();
        self.turn = Some(start.wrapping_add(ticks));
        self.debt = 0;
        self.restoring = Some((samples, back));
        Next::Restore { from, back, samples }
    }

    /// After a gap that is longer than what may be left out: goes back to what `first` carries of it.
    fn rebuild(&mut self, first: u32, missing: usize) -> bool {
        let gap = missing > SKIP_SAMPLES && self.debt >= missing && !self.rebuilding;
        let back = self.reach.min((missing / TICK_SAMPLES) as u32);
        if !gap || back == 0 {
            return false;
        }
        self.turn = Some(first.wrapping_sub(back));
        self.debt = 0;
        self.rebuilding = true;
        true
    }

    /// How many samples are left out of a frame in whose place sound was invented: none when the delay is too short anyway,
    /// and none when the gap was too long to lose all that came after it.
    fn skip(&mut self, invented: usize, due: i64, late: i64) -> usize {
        let in_time = self.waiting.oldest().is_some_and(|held| held.in_time && held.origin == Origin::First);
        if in_time && (1..=MISSED_SAMPLES).contains(&invented) {
            self.arrivals.missed();
            return 0;
        }
        // A speaker that found nothing has invented silence.
        let held_up = self.pace.playout().map_or(0, |playout| due - playout);
        let gap = if held_up > NOISE_US { invented.max(us_to_samples(held_up)) } else { invented };
        let skip = gap.min(us_to_samples(late - self.arrivals.reserve()));
        if skip < LEAST_SKIP || self.skipped + gap > SKIP_SAMPLES { 0 } else { skip }
    }

    /// Plays the oldest packet without its first `skip` samples.
    fn play(&mut self, due: i64, skip: usize) -> Next {
        let Some(held) = self.pass() else { return Next::Wait };
        let samples = held.samples();
        self.debt = 0;
        self.counts.copies += u64::from(held.origin == Origin::Copy);
        self.arrivals.played(samples_to_us(samples as i64));
        self.skipped = self.skipped.saturating_sub(samples / SKIP_REGAIN);
        let playout = self.pace.read(due - samples_to_us(skip as i64));
        if skip > 0 {
            self.skipped += skip;
            return Next::Frame(held.packet, Bend::Skip(skip));
        }
        let error = playout - self.target().unwrap_or(playout);
        let bend = self.pace.bend(error, self.arrivals.reserve(), samples);
        Next::Frame(held.packet, bend)
    }

    fn conceal(&mut self, samples: usize) -> Next {
        let samples = samples.min(CONCEAL_SAMPLES);
        self.counts.concealed_samples += samples as u64;
        self.debt = self.debt.saturating_add(samples);
        Next::Conceal(samples)
    }

    /// Gives up the oldest packet, which was invented already.
    fn leave_out(&mut self) {
        if let Some(held) = self.pass() {
            self.skipped += held.samples();
            self.counts.late += u64::from(held.origin == Origin::First);
        }
    }

    /// Takes the oldest packet out; the turn is with what follows it.
    fn pass(&mut self) -> Option<Held> {
        let held = self.waiting.take()?;
        let turn = held.packet.sequence.wrapping_add(held.ticks);
        self.turn = Some(turn);
        // Only a peer whose frames overlap sends anything that begins before.
        self.counts.late += self.waiting.drop_before(turn);
        Some(held)
    }

    /// Nothing was played yet.
    fn begin(&mut self) {
        self.pace.restart();
        self.turn = None;
        self.debt = 0;
        self.restoring = None;
        self.rebuilding = false;
    }

    /// The peer began anew: nothing learnt about its stream holds any more.
    fn restart(&mut self) {
        self.waiting = Waiting::default();
        self.arrivals = self.arrivals.renewed();
        self.heard.restart();
        self.horizon = Horizon::default();
        self.begin();
    }
}

/// Arrival minus timestamp: the way plus the unknown distance of the two clocks. Both come from outside, so that the
/// difference is kept where sums of a few of them cannot overflow.
fn offset(packet: &AudioPacket, now: LocalTime) -> i64 {
    const MOST: i64 = i64::MAX / 16;
    now.0.wrapping_sub(packet.at.0).cast_signed().clamp(-MOST, MOST)
}

#[cfg(test)]
#[path = "jitter_tests.rs"]
mod tests;
