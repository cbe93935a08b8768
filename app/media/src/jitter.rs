//! The jitter buffer: puts sound packets in order and says, each time sound is needed, what to play.
//! The audio worker of a call drives it; it knows no codec, no device and no clock.
//! Memory is bounded, no packet is played twice or out of order, and the delay follows the spread of the arrivals.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::arrivals::Arrivals;
use crate::audio::{AudioPacket, Newest};
use crate::heard::{Heard, Novelty};
use crate::stretch::Care;
use crate::units::{FRAME_SAMPLES, LocalTime, SAMPLE_RATE};

/// Packets held at most: 1.28 s, more than the longest delay it ever aims at.
const MOST_PACKETS: usize = 64;

/// A sequence jumping further than this (10 s) starts the stream anew.
const JUMP: i32 = 500;

/// What is invented at once while waiting for a packet: 5 ms, so that one that is a little late costs little delay.
pub const CONCEAL_SAMPLES: usize = FRAME_SAMPLES / 4;

/// Delay errors smaller than this are left alone: about half a pitch period.
const SHRINK_ABOVE_US: i64 = 4_000;

/// A delay a little too long has to last this many frames (5 s) before it is brought down: every change of delay is a
/// change of rhythm, and what made it grow once often comes again.
const PATIENCE_FRAMES: u32 = 250;

/// A delay this much too short is worth a repeated period.
const GROW_BELOW_US: i64 = -4_000;

/// A delay this much too long is brought down on every frame and with less care.
const URGENT_ABOVE_US: i64 = 40_000;

/// A delay this much too long is brought down on every frame.
const HURRY_ABOVE_US: i64 = 16_000;

/// Most that is left out at a time of frames that came late, in place of playing all of them later: 60 ms. When more
/// comes late the path has grown longer, and the delay has to follow.
const SKIP_SAMPLES: usize = 3 * FRAME_SAMPLES;

/// What may be left out grows back with every frame played: all of it within 3.6 s.
const SKIP_REGAIN: usize = FRAME_SAMPLES / 60;

/// Frames between two stretches near the target: half a second, so that speech keeps its rhythm.
const REST_FRAMES: u32 = 25;

/// Frames at the start of a stream (2 s) with no rest between stretches: the careful first delay comes down at once.
const SETTLING_FRAMES: u32 = 100;

/// What of the first delay is left then: less than a device's block.
const SETTLED_BELOW_US: i64 = 2_500;

/// Weight of a new reading in the smoothed playout offset: half-way in about three packets.
const SMOOTHING: f64 = 0.25;

/// What became of a packet handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insertion {
    /// Waits for its turn.
    Queued,
    /// Its turn is over.
    Late,
    /// It was there before.
    Duplicate,
}

/// How a frame should be bent after decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bend {
    /// As it is.
    None,
    /// Shorter by at most this many samples.
    Shorten(usize, Care),
    /// Longer by at most this many samples.
    Lengthen(usize, Care),
    /// Without its first samples: they came too late and were invented already.
    Skip(usize),
}

/// What to play next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing yet: there is still time to wait.
    Wait,
    /// Silence: nothing was ever heard, or the first packets are still being gathered.
    Silence,
    /// Decode this packet and bend it; report the result with [`JitterBuffer::bent`].
    Frame(AudioPacket, Bend),
    /// Invent this many samples.
    Conceal(usize),
}

/// Counters only grow; the two levels are of this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JitterStats {
    /// Packets heard, duplicates not counted.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Packets that came again.
    pub duplicates: u64,
    /// Sound invented, in samples.
    pub concealed_samples: u64,
    /// Sound added or removed by bending, in samples.
    pub stretched_samples: u64,
    /// Sound between arrival and playing.
    pub buffer: Duration,
    /// What `buffer` should be.
    pub target: Duration,
}

/// The buffer of one direction of a call.
#[derive(Debug, Default)]
pub struct JitterBuffer {
    packets: BTreeMap<u32, AudioPacket>,
    arrivals: Arrivals,
    heard: Heard,
    newest: Option<Newest>,
    /// The sequence whose turn is next; `None` until the first packet was played.
    turn: Option<u32>,
    /// Samples invented for the missing packets at the turn so far.
    debt: usize,
    /// Smoothed playout offset: when a frame is needed minus its timestamp, microseconds.
    playout: Option<f64>,
    rest: u32,
    /// Samples left out lately, and not yet regained.
    skipped: usize,
    /// Frames for which the delay has been a little too long.
    too_long: u32,
    /// Frames played since the stream or the speaker began.
    played: u32,
    late: u64,
    concealed: u64,
    stretched: u64,
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
        let reserve = i64::try_from(reserve.as_micros()).unwrap_or(i64::MAX);
        Self { arrivals: Arrivals::with_reserve(reserve), ..Self::default() }
    }

    /// Against what the short fields of the next datagram are read.
    #[must_use]
    pub fn newest(&self) -> Option<Newest> {
        self.newest
    }

    /// Takes a packet that can be played from `now` on.
    pub fn insert(&mut self, packet: AudioPacket, now: LocalTime) -> Insertion {
        if let Some(newest) = self.newest
            && packet.sequence.wrapping_sub(newest.sequence).cast_signed().unsigned_abs() > JUMP.unsigned_abs()
        {
            self.restart();
        }
        if self.heard.take(packet.sequence) == Novelty::Again {
            return Insertion::Duplicate;
        }
        self.arrivals.take(offset(&packet, now));
        let ahead = |newest: Newest| packet.sequence.wrapping_sub(newest.sequence).cast_signed() > 0;
        if self.newest.is_none_or(ahead) {
            self.newest = Some(Newest { sequence: packet.sequence, at: packet.at });
        }
        if self.turn.is_some_and(|turn| packet.sequence.wrapping_sub(turn).cast_signed() < 0) {
            self.late += 1;
            return Insertion::Late;
        }
        let _ = self.packets.insert(packet.sequence, packet);
        if self.packets.len() > MOST_PACKETS {
            self.drop_oldest();
        }
        Insertion::Queued
    }

    /// Forgets what waits, as while no speaker plays: the newest packet is kept, the spread of arrivals too.
    pub fn idle(&mut self) {
        while self.packets.len() > 1
            && let Some(first) = self.first().map(|(first, _)| *first)
        {
            let _ = self.packets.remove(&first);
        }
        self.turn = None;
        self.playout = None;
        self.played = 0;
        self.debt = 0;
    }

    /// What to play after the sound that still lasts for `ahead_us` (negative: it should have been there already).
    /// `urgent`: no more waiting, a device would run dry.
    pub fn next(&mut self, now: LocalTime, ahead_us: i64, urgent: bool) -> Next {
        let Some((&first, _)) = self.first() else {
            return match (self.turn, urgent) {
                (_, false) => Next::Wait,
                (None, true) => Next::Silence,
                (Some(_), true) => self.conceal(),
            };
        };
        let Some(turn) = self.turn else {
            return self.start(first, now, ahead_us, urgent);
        };
        let missing = usize::try_from(first.wrapping_sub(turn)).unwrap_or(usize::MAX).saturating_mul(FRAME_SAMPLES);
        if self.debt < missing {
            // The turn's packet may still come while there is sound to play.
            return if urgent { self.conceal() } else { Next::Wait };
        }
        let invented = self.debt - missing;
        if invented >= FRAME_SAMPLES && self.may_skip(FRAME_SAMPLES) {
            // All of it was invented while it was awaited.
            let _ = self.packets.remove(&first);
            self.turn = Some(first.wrapping_add(1));
            self.debt = invented - FRAME_SAMPLES;
            self.skipped += FRAME_SAMPLES;
            self.late += 1;
            return self.next(now, ahead_us, urgent);
        }
        self.debt = 0;
        self.play(first, now, ahead_us, invented)
    }

    fn may_skip(&self, samples: usize) -> bool {
        self.skipped + samples <= SKIP_SAMPLES
    }

    /// Reports what bending did: samples added (positive) or removed (negative).
    pub fn bent(&mut self, samples: i64) {
        self.stretched += samples.unsigned_abs();
        if samples != 0 {
            // What was waited for so long is done in one go.
            let at_once = self.played <= SETTLING_FRAMES || (samples < 0 && self.too_long > PATIENCE_FRAMES);
            self.rest = if at_once { 0 } else { REST_FRAMES };
            if let Some(playout) = &mut self.playout {
                *playout += samples_to_us(samples) as f64;
            }
        }
    }

    /// The counters and levels.
    #[must_use]
    pub fn stats(&self) -> JitterStats {
        let least = self.arrivals.least();
        let above = |us: i64| Duration::from_micros(u64::try_from(us - least.unwrap_or(us)).unwrap_or(0));
        JitterStats {
            received: self.heard.received(),
            lost: self.heard.lost(),
            late: self.late,
            duplicates: self.heard.again(),
            concealed_samples: self.concealed,
            stretched_samples: self.stretched,
            buffer: self.playout.map_or(Duration::ZERO, |playout| above(playout as i64)),
            target: self.arrivals.target().map_or(Duration::ZERO, above),
        }
    }

    /// The oldest packet, counted back from the newest: numbers wrap, but what waits is never half a round apart.
    fn first(&self) -> Option<(&u32, &AudioPacket)> {
        let farthest = self.newest?.sequence.wrapping_sub(u32::MAX / 2);
        self.packets.range(farthest..).next().or_else(|| self.packets.first_key_value())
    }

    /// The first frame waits until its delay is the one aimed at.
    fn start(&mut self, first: u32, now: LocalTime, ahead_us: i64, urgent: bool) -> Next {
        let aimed = self.arrivals.target().unwrap_or(0);
        let reached = self.packets.get(&first).is_some_and(|packet| offset(packet, now) + ahead_us >= aimed);
        match (reached, urgent) {
            (true, _) => self.play(first, now, ahead_us, 0),
            (false, true) => Next::Silence,
            (false, false) => Next::Wait,
        }
    }

    /// Plays a packet; `invented` samples of it were invented while it was awaited.
    fn play(&mut self, sequence: u32, now: LocalTime, ahead_us: i64, invented: usize) -> Next {
        let packet = self.packets.remove(&sequence).expect("the caller found it in the buffer");
        self.turn = Some(sequence.wrapping_add(1));
        self.played = self.played.saturating_add(1);
        self.skipped = self.skipped.saturating_sub(SKIP_REGAIN);
        let skips = (1..FRAME_SAMPLES).contains(&invented) && self.may_skip(invented);
        let skipped_us = if skips { samples_to_us(invented as i64) } else { 0 };
        let reading = (offset(&packet, now) + ahead_us - skipped_us) as f64;
        let playout = self.playout.map_or(reading, |old| old + (reading - old) * SMOOTHING);
        self.playout = Some(playout);
        if skips {
            self.skipped += invented;
            return Next::Frame(packet, Bend::Skip(invented));
        }
        let bend = self.bend(playout as i64);
        Next::Frame(packet, bend)
    }

    fn bend(&mut self, playout: i64) -> Bend {
        let error = playout - self.arrivals.target().unwrap_or(playout);
        // Who keeps a reserve wants a steady voice, and as much more delay does not matter either.
        let reserve = self.arrivals.reserve();
        self.rest = self.rest.saturating_sub(1);
        self.too_long = if error > SHRINK_ABOVE_US + reserve { self.too_long.saturating_add(1) } else { 0 };
        let settling = self.played <= SETTLING_FRAMES;
        if error > HURRY_ABOVE_US + reserve {
            let care = if error > URGENT_ABOVE_US + reserve { Care::Urgent } else { Care::Gentle };
            return Bend::Shorten(us_to_samples(error), care);
        }
        if self.rest > 0 {
            Bend::None
        } else if (settling && error > SETTLED_BELOW_US + reserve) || self.too_long > PATIENCE_FRAMES {
            Bend::Shorten(us_to_samples(error), Care::Gentle)
        } else if error < GROW_BELOW_US - reserve {
            Bend::Lengthen(us_to_samples(-error), Care::Gentle)
        } else {
            Bend::None
        }
    }

    fn conceal(&mut self) -> Next {
        self.concealed += CONCEAL_SAMPLES as u64;
        self.debt = self.debt.saturating_add(CONCEAL_SAMPLES);
        Next::Conceal(CONCEAL_SAMPLES)
    }

    fn drop_oldest(&mut self) {
        if let Some(first) = self.first().map(|(first, _)| *first) {
            let _ = self.packets.remove(&first);
            self.turn = self.turn.map(|_| first.wrapping_add(1));
            self.debt = 0;
        }
    }

    /// The peer began anew: nothing learnt about its stream holds any more.
    fn restart(&mut self) {
        self.packets.clear();
        self.arrivals = self.arrivals.renewed();
        self.heard.restart();
        self.newest = None;
        self.turn = None;
        self.playout = None;
        self.played = 0;
        self.debt = 0;
    }
}

/// Arrival minus timestamp: the way plus the unknown distance of the two clocks.
fn offset(packet: &AudioPacket, now: LocalTime) -> i64 {
    now.0.wrapping_sub(packet.at.0).cast_signed()
}

fn samples_to_us(samples: i64) -> i64 {
    samples * 1_000_000 / i64::from(SAMPLE_RATE)
}

fn us_to_samples(us: i64) -> usize {
    usize::try_from(us.saturating_mul(i64::from(SAMPLE_RATE)) / 1_000_000).unwrap_or(0)
}

#[cfg(test)]
#[path = "jitter_tests.rs"]
mod tests;
