//! Which pictures the next frame may build on and which it replaces, so that a lost frame does not cost a key frame.
//! The encode thread asks it before each frame and tells it what the receiver's reports say.
//! The newest long-term reference that the receiver acknowledged is never overwritten; a repair builds on an acknowledged picture alone.

use std::collections::VecDeque;
use std::time::Duration;

use crate::decoded::Decoded;
use crate::units::{LocalTime, Size};
use crate::video::{MAX_REFERENCES, References};

/// How old a picture may be, in frames, to be built on: a distance is one byte, and a few frames may come before it is used.
const OLDEST: u32 = 240;

/// A long-term reference that is this old and of which no report told anything waits no longer: ten seconds at 24 frames a second, far
/// beyond any round trip, and short enough that the next one still replaces it before [`OLDEST`].
const UNHEARD: u32 = 200;

/// What a repair frame may take on top of the round trip until a report can know it: its own time on a slow link and the report's wait.
const REPAIR_TIME: Duration = Duration::from_millis(150);

/// The same for a key frame, which is many times larger; also the shortest time between two of them.
const KEY_TIME: Duration = Duration::from_secs(1);

/// Each key frame that nobody acknowledged doubles the wait for the next, so often at most: 8 s.
const KEY_DOUBLINGS: u32 = 3;

/// A round trip longer than this is not believed: the wait for a repair stays bounded.
const LONGEST_ROUND_TRIP: Duration = Duration::from_secs(2);

/// Frames remembered for [`ReferencePlan::lost`]: whoever gives up a frame does so within seconds.
const CHAIN: usize = 128;

/// Some of the three pictures that a VP9 encoder of ours keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffers {
    /// The end of the chain: the newest frame that later ones build on.
    pub last: bool,
    /// One long-term reference.
    pub golden: bool,
    /// The other.
    pub altref: bool,
}

impl Buffers {
    /// None of them.
    pub const NONE: Self = Self { last: false, golden: false, altref: false };
    /// All of them.
    pub const ALL: Self = Self { last: true, golden: true, altref: true };
    /// The end of the chain alone.
    pub const LAST: Self = Self { last: true, ..Self::NONE };

    fn has(self, slot: Slot) -> bool {
        match slot {
            Slot::Last => self.last,
            Slot::Golden => self.golden,
            Slot::Altref => self.altref,
        }
    }

    fn with(mut self, slot: Slot) -> Self {
        match slot {
            Slot::Last => self.last = true,
            Slot::Golden => self.golden = true,
            Slot::Altref => self.altref = true,
        }
        self
    }
}

/// How one frame is to be coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coding {
    /// It stands alone.
    pub key: bool,
    /// What it may predict from; nothing for a key frame.
    pub uses: Buffers,
    /// What it replaces; everything for a key frame, nothing for a frame that may vanish.
    pub updates: Buffers,
}

impl Coding {
    /// A key frame.
    pub const KEY: Self = Self { key: true, uses: Buffers::NONE, updates: Buffers::ALL };
    /// A link of the chain.
    pub const CHAIN: Self = Self { key: false, uses: Buffers::LAST, updates: Buffers::LAST };
    /// A frame on which nothing builds.
    pub const MAY_VANISH: Self = Self { key: false, uses: Buffers::LAST, updates: Buffers::NONE };
}

/// Whether VP9 can scale a picture of size `from` to predict one of size `to`: at most 2:1 down and 1:16 up (VP9 bitstream specification
/// §8.5.2.3).
#[must_use]
pub fn can_predict(from: Size, to: Size) -> bool {
    let scales = |from: u16, to: u16| {
        let (from, to) = (u32::from(from), u32::from(to));
        2 * to >= from && to <= 16 * from
    };
    scales(from.width, to.width) && scales(from.height, to.height)
}

/// One of the encoder's pictures.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Last,
    Golden,
    Altref,
}

impl Slot {
    const ALL: [Self; MAX_REFERENCES] = [Self::Last, Self::Golden, Self::Altref];
    const LONG_TERM: [Self; 2] = [Self::Golden, Self::Altref];
}

/// What is known of a picture at the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nothing yet.
    Unheard,
    /// It was decoded.
    Decoded,
    /// It was not, and pictures are decoded in rising order: it never will be.
    Missed,
}

/// A picture that the encoder keeps.
#[derive(Clone, Copy, Debug)]
struct Held {
    sequence: u32,
    size: Size,
    fate: Fate,
}

/// Where the chain begins: the newest key frame or repair.
#[derive(Clone, Copy, Debug)]
struct Root {
    sequence: u32,
    at: LocalTime,
    key: bool,
}

/// The plan of one stream of frames, for as long as its encoder is open.
#[derive(Clone, Debug, Default)]
pub struct ReferencePlan {
    /// By [`Slot`]; all are there once a frame was coded.
    held: [Option<Held>; MAX_REFERENCES],
    newest: Option<u32>,
    root: Option<Root>,
    /// The frames since the root that others build on and that are not known to have been decoded.
    chain: VecDeque<u32>,
    /// The newest frame that the receiver decoded, as the last report told.
    heard: Option<u32>,
    /// Key frames since the last acknowledgement.
    unanswered: u32,
    /// The next ordinary frame updates nothing.
    vanishes: bool,
    /// A repair is wanted.
    repair: bool,
    /// The coding given out last is one.
    repairing: bool,
    /// When the last key frame was coded.
    key_at: Option<LocalTime>,
}

impl ReferencePlan {
    /// The plan of an encoder that has coded nothing yet: it begins with a key frame.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How to code the next picture, of `size`. The picture may still be skipped: then this is asked again for another.
    #[must_use]
    pub fn next(&mut self, size: Size) -> Coding {
        self.repairing = self.repair || self.usable(Slot::Last, size).is_none();
        if self.repairing {
            return self.repair_from(size);
        }
        if self.vanishes {
            return Coding::MAY_VANISH;
        }
        let free = self.other_long_term().filter(|&slot| self.is_settled(slot));
        Coding { updates: free.map_or(Buffers::LAST, |slot| Buffers::LAST.with(slot)), ..Coding::CHAIN }
    }

    /// The frame after the one told last was coded so, is `sequence` and goes out; `key` when libvpx made it a key frame. Returns what it
    /// needs, for the receiver.
    pub fn coded(&mut self, sequence: u32, size: Size, coding: Coding, key: bool, now: LocalTime) -> References {
        let Coding { uses, updates, .. } = if key { Coding::KEY } else { coding };
        let references = self.references(sequence, uses);
        if key || self.repairing {
            self.root = Some(Root { sequence, at: now, key });
            self.chain.clear();
            (self.repair, self.repairing) = (false, false);
        }
        if key {
            self.key_at = Some(now);
            self.unanswered += 1;
        }
        for slot in Slot::ALL.into_iter().filter(|&slot| updates.has(slot)) {
            self.held[slot as usize] = Some(Held { sequence, size, fate: Fate::Unheard });
        }
        if updates.last {
            self.chain.push_back(sequence);
            if self.chain.len() > CHAIN {
                let _ = self.chain.pop_front();
            }
        }
        self.newest = Some(sequence);
        self.vanishes = updates.last;
        references
    }

    /// A report told what the receiver's decoder holds. Reports are told in the order in which they were sent; one that knows frames which
    /// were never sent is not believed.
    pub fn acknowledged(&mut self, decoded: Decoded) {
        if decoded.newest > self.newest {
            return;
        }
        self.heard = decoded.newest;
        let Some(newest) = decoded.newest else {
            // It holds nothing, or nothing any more.
            for held in self.held.iter_mut().flatten().filter(|held| held.fate == Fate::Decoded) {
                held.fate = Fate::Missed;
            }
            return;
        };
        self.chain.retain(|&sequence| sequence > newest);
        for held in self.held.iter_mut().flatten() {
            held.fate = match decoded.tells(held.sequence) {
                Some(true) => Fate::Decoded,
                Some(false) => Fate::Missed,
                None if held.sequence < newest && held.fate == Fate::Unheard => Fate::Missed,
                None => held.fate,
            };
        }
        if self.has_acknowledged() {
            self.unanswered = 0;
        }
    }

    /// Frame `sequence` will never arrive whole. The next frame is a repair if any later one builds on it.
    pub fn lost(&mut self, sequence: u32, now: LocalTime) {
        if self.chain.contains(&sequence) && (self.has_acknowledged() || self.may_send_key(Duration::ZERO, now)) {
            self.repair = true;
        }
    }

    /// The receiver says that it cannot go on. It may say so in every report: until one can know of the last repair, it is the same request.
    pub fn want_repair(&mut self, round_trip: Duration, now: LocalTime) {
        let round_trip = round_trip.min(LONGEST_ROUND_TRIP);
        if let Some(root) = self.root
            && self.heard < Some(root.sequence)
        {
            let wait = round_trip + if root.key { KEY_TIME } else { REPAIR_TIME };
            if now.saturating_since(root.at) < wait {
                return;
            }
        }
        if self.has_acknowledged() || self.may_send_key(round_trip, now) {
            self.repair = true;
        }
    }

    /// A frame that builds on the newest acknowledged picture alone and begins a new chain; a key frame when there is none.
    fn repair_from(&self, size: Size) -> Coding {
        let acknowledged = Slot::ALL.into_iter().filter_map(|slot| {
            let held = self.usable(slot, size).filter(|held| held.fate == Fate::Decoded)?;
            Some((held.sequence, slot))
        });
        let Some((_, base)) = acknowledged.max_by_key(|&(sequence, _)| sequence) else { return Coding::KEY };
        // What the other long-term reference holds is part of the broken chain, or older than the base.
        let updates = self.other_long_term().map_or(Buffers::LAST, |slot| Buffers::LAST.with(slot));
        Coding { key: false, uses: Buffers::NONE.with(base), updates }
    }

    /// The long-term reference that may be overwritten: not the newest acknowledged one.
    fn other_long_term(&self) -> Option<Slot> {
        let rank = |slot: &Slot| self.held[*slot as usize].map(|held| (held.fate == Fate::Decoded, held.sequence));
        Slot::LONG_TERM.into_iter().min_by_key(rank)
    }

    /// Whether nothing more is to be hoped of what this slot holds than is known already.
    fn is_settled(&self, slot: Slot) -> bool {
        self.held[slot as usize].is_none_or(|held| match held.fate {
            Fate::Decoded | Fate::Missed => true,
            Fate::Unheard => self.age(held) >= UNHEARD,
        })
    }

    /// What this slot holds, if a frame of `size` can be predicted from it.
    fn usable(&self, slot: Slot, size: Size) -> Option<Held> {
        self.held[slot as usize].filter(|&held| self.age(held) < OLDEST && can_predict(held.size, size))
    }

    fn age(&self, held: Held) -> u32 {
        self.newest.map_or(0, |newest| newest.saturating_sub(held.sequence))
    }

    fn has_acknowledged(&self) -> bool {
        self.held.iter().flatten().any(|held| held.fate == Fate::Decoded && self.age(*held) < OLDEST)
    }

    fn may_send_key(&self, round_trip: Duration, now: LocalTime) -> bool {
        let wait = KEY_TIME * (1 << self.unanswered.saturating_sub(1).min(KEY_DOUBLINGS)) + round_trip;
        self.key_at.is_none_or(|at| now.saturating_since(at) >= wait)
    }

    fn references(&self, sequence: u32, uses: Buffers) -> References {
        let mut distances = [0; MAX_REFERENCES];
        let mut count = 0;
        for held in Slot::ALL.into_iter().filter(|&slot| uses.has(slot)).filter_map(|slot| self.held[slot as usize]) {
            // A longer way cannot be told; the receiver will not find the frame and ask for repair.
            let distance = u8::try_from(sequence.saturating_sub(held.sequence)).unwrap_or(u8::MAX);
            if distance > 0 && !distances.contains(&distance) {
                distances[count] = distance;
                count += 1;
            }
        }
        References::new(&distances[..count]).unwrap_or(References::PREVIOUS)
    }
}

#[cfg(test)]
#[path = "reference_plan_tests.rs"]
mod tests;
