//! A call's way in on a virtual clock: a sender, a network, the audio worker and a speaker, all from one seed.
//! The tests of the jitter buffer describe a scene, run it and look at what was heard; an hour takes a second.
//! Only the buffer is real: decoding, bending and resampling are what they do to the length of the sound.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::audio::AudioPacket;
use crate::jitter::{Bend, JitterBuffer, JitterStats, Next, Origin};
use crate::pace::samples_to_us;
use crate::repair::Repair;
use crate::stretch::{Care, PERIODS};
use crate::units::{LocalTime, MediaTime, TICK_SAMPLES};

/// The worker looks this often.
pub(crate) const LOOK_US: u64 = 2_500;

/// It wakes up for a block of the device so long before it is taken.
const LEAD_US: u64 = 1_500;
/// The sender's clock stands this far from ours.
const AWAY_US: u64 = 77_000_000;
/// Decoded ahead of the device at most, as the playout does.
const AHEAD_SAMPLES: usize = 2_880;
/// One period of the simulated voice: 6.25 ms (160 Hz).
const PITCH_SAMPLES: usize = 300;
const TICK_US: u64 = 10_000;

/// Knuth's multiplier: enough chance for arrival times.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    pub(crate) fn happens(&mut self, share: f64) -> bool {
        (self.below(1 << 30) as f64) < share * f64::from(1 << 30)
    }
}

/// Which packets the network loses.
#[derive(Clone, Copy)]
pub(crate) enum Loss {
    None,
    /// This share, each on its own.
    Random(f64),
    /// Gilbert's two states: the share lost and the mean run of losses.
    Bursts(f64, f64),
}

impl Loss {
    /// Whether the packet after one that was lost (or not) is lost.
    fn next(self, chance: &mut Chance, lost: bool) -> bool {
        match self {
            Self::None => false,
            Self::Random(share) => chance.happens(share),
            Self::Bursts(share, run) => {
                let (stay, fall) = (1.0 - 1.0 / run, share / (1.0 - share) / run);
                chance.happens(if lost { stay } else { fall })
            }
        }
    }
}

/// What is simulated; times in microseconds of the receiver's clock, from the start of the call.
pub(crate) struct Scene {
    pub(crate) seed: u64,
    pub(crate) seconds: u64,
    /// Ticks of the frame captured at a time.
    pub(crate) frame: fn(u64) -> u32,
    /// How many frames back the copies in each packet reach.
    pub(crate) copies: &'static [u32],
    /// Whether packets carry the frame before them, and how many ticks of deep redundancy.
    pub(crate) fec: bool,
    pub(crate) dred: u32,
    /// The network's delay at a time, its jitter (uniform) on top, and its loss.
    pub(crate) delay: fn(u64) -> u64,
    pub(crate) jitter: u64,
    pub(crate) loss: fn(u64) -> Loss,
    /// How late the worker wakes up for a look planned at a time.
    pub(crate) stall: fn(u64) -> u64,
    /// The sender's and the speaker's clock against ours.
    pub(crate) sender_ppm: i64,
    pub(crate) speaker_ppm: i64,
    /// Samples that the speaker takes at once.
    pub(crate) block: usize,
    /// Nobody speaks at a time; in pauses any cut is free.
    pub(crate) pause: fn(u64) -> bool,
}

impl Default for Scene {
    /// A minute on a clean path of 20 ms, with a pause of half a second every two.
    fn default() -> Self {
        Self {
            seed: 1,
            seconds: 60,
            frame: |_| 2,
            copies: &[],
            fec: false,
            dred: 0,
            delay: |_| 20_000,
            jitter: 0,
            loss: |_| Loss::None,
            stall: |_| 0,
            sender_ppm: 0,
            speaker_ppm: 0,
            block: 240,
            pause: |at| at % 2_000_000 >= 1_500_000,
        }
    }
}

/// One datagram on its way.
struct Datagram {
    arrives: u64,
    frames: Vec<(AudioPacket, u32, Origin)>,
}

/// What was heard of one frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Played {
    /// When it was played and how long after its capture, microseconds.
    pub(crate) at: u64,
    pub(crate) delay: i64,
    pub(crate) tick: u32,
}

/// What was heard of a call.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) played: Vec<Played>,
    /// Every run of invented sound: when, and samples.
    pub(crate) invented: Vec<(u64, usize)>,
    /// Samples that the speaker found missing.
    pub(crate) starved: usize,
    /// Samples bent, and bends in voiced sound.
    pub(crate) bends: Vec<(u64, i64)>,
    pub(crate) voiced_bends: usize,
    pub(crate) stats: JitterStats,
    /// The statistics at every second.
    pub(crate) seconds: Vec<JitterStats>,
}

impl Heard {
    /// The given share of the delays, mouth to ear without the codec's own, of frames played within `from..to` seconds; milliseconds.
    pub(crate) fn delay_ms(&self, share: f64, from: u64, to: u64) -> f64 {
        let within = from * 1_000_000..to * 1_000_000;
        let mut delays: Vec<i64> = self.played.iter().filter(|p| within.contains(&p.at)).map(|p| p.delay).collect();
        delays.sort_unstable();
        assert!(!delays.is_empty(), "nothing was played");
        delays[((delays.len() - 1) as f64 * share) as usize] as f64 / 1_000.0
    }

    /// Share of the sound within `from..to` seconds that was invented.
    pub(crate) fn invented_share(&self, from: u64, to: u64) -> f64 {
        let within = from * 1_000_000..to * 1_000_000;
        let samples: usize = self.invented.iter().filter(|(at, _)| within.contains(at)).map(|(_, n)| n).sum();
        samples as f64 / ((to - from) * 48_000) as f64
    }

    /// Slope of the delay over the seconds from `from` on, by least squares: microseconds a second.
    pub(crate) fn slope(&self, from: u64) -> f64 {
        let points = || self.played.iter().filter(|p| p.at >= from * 1_000_000);
        let count = points().count() as f64;
        let (x, y) = points().fold((0.0, 0.0), |(x, y), p| (x + p.at as f64 / 1e6, y + p.delay as f64));
        let (x, y) = (x / count, y / count);
        let (over, under) = points().fold((0.0, 0.0), |(over, under), p| {
            let away = p.at as f64 / 1e6 - x;
            (over + away * (p.delay as f64 - y), under + away * away)
        });
        over / under
    }
}

impl Scene {
    /// Plays the scene.
    pub(crate) fn run(&self) -> Heard {
        let mut player = Player {
            scene: self,
            buffer: JitterBuffer::new(),
            ring: 0,
            taken_at: 0,
            spare: 0.0,
            likeness: Chance(self.seed ^ 0x5555),
            heard: Heard::default(),
        };
        let mut datagrams = VecDeque::from(self.datagrams());
        let block_us = samples_to_us(self.block as i64) as f64 * (1.0 - self.speaker_ppm as f64 / 1e6);
        let (mut look, mut next_take) = (0, block_us);
        while look < self.seconds * 1_000_000 {
            let now = look + (self.stall)(look);
            while next_take <= now as f64 {
                player.take(next_take as u64);
                next_take += block_us;
            }
            while datagrams.front().is_some_and(|datagram| datagram.arrives <= now) {
                let datagram = datagrams.pop_front().expect("just seen");
                player.insert(datagram);
            }
            player.fill(now);
            if look % 1_000_000 == 0 && look > 0 {
                player.heard.seconds.push(player.buffer.stats());
            }
            let turn = (look / LOOK_US + 1).max(now / LOOK_US) * LOOK_US;
            look = player.deadline().filter(|due| *due > now).map_or(turn, |due| due.min(turn));
        }
        player.heard.stats = player.buffer.stats();
        assert!(player.heard.played.windows(2).all(|two| two[0].tick < two[1].tick), "twice or out of order");
        player.heard
    }

    /// All datagrams of the call in the order of their arrival.
    fn datagrams(&self) -> Vec<Datagram> {
        let mut chance = Chance(self.seed);
        let (mut tick, mut lost) = (0_u32, false);
        let mut sent: Vec<(AudioPacket, u32)> = Vec::new();
        let mut datagrams = Vec::new();
        loop {
            let captured = u64::from(tick) * TICK_US;
            // A little longer than the call, for a sender whose clock is quick.
            if captured >= (self.seconds + 1) * 1_000_000 {
                break;
            }
            let ticks = (self.frame)(captured);
            let drift = |us: u64| us.saturating_add_signed(us.cast_signed() * -self.sender_ppm / 1_000_000);
            let at = MediaTime(AWAY_US + captured);
            let packet = AudioPacket { sequence: tick, at, data: Bytes::from_static(&[0; 80]) };
            sent.push((packet.clone(), ticks));
            let copies = self.copies.iter().filter_map(|back| sent.len().checked_sub(*back as usize + 1));
            let mut frames = vec![(packet, ticks, Origin::First)];
            frames.extend(copies.map(|at| (sent[at].0.clone(), sent[at].1, Origin::Copy)));
            let leaves = drift(captured + u64::from(ticks) * TICK_US);
            let jitter = if self.jitter > 0 { chance.below(self.jitter) } else { 0 };
            lost = (self.loss)(captured).next(&mut chance, lost);
            if !lost {
                datagrams.push(Datagram { arrives: leaves + (self.delay)(leaves) + jitter, frames });
            }
            tick += ticks;
        }
        datagrams.sort_by_key(|datagram| datagram.arrives);
        datagrams
    }
}

/// The worker and the speaker.
struct Player<'a> {
    scene: &'a Scene,
    buffer: JitterBuffer,
    /// Samples that wait for the speaker.
    ring: usize,
    taken_at: u64,
    /// Part of a sample that the resampler holds back.
    spare: f64,
    likeness: Chance,
    heard: Heard,
}

impl Player<'_> {
    fn insert(&mut self, datagram: Datagram) {
        let ticks = datagram.frames[0].1;
        let carried = self.scene.dred.max(if self.scene.fec { ticks } else { 0 });
        if carried > 0 {
            self.buffer.carries(carried);
        }
        for (packet, ticks, origin) in datagram.frames {
            let _ = self.buffer.insert(packet, ticks, origin, LocalTime(datagram.arrives));
        }
    }

    /// The speaker takes a block.
    fn take(&mut self, at: u64) {
        let found = self.ring.min(self.scene.block);
        self.heard.starved += self.scene.block - found;
        self.ring -= found;
        self.taken_at = at;
    }

    /// When waiting must end: a moment before the device takes more than there is.
    fn deadline(&self) -> Option<u64> {
        let next_take = self.taken_at + samples_to_us(self.scene.block as i64).unsigned_abs();
        (self.ring < self.scene.block).then(|| next_take.saturating_sub(LEAD_US))
    }

    /// The worker fills the ring as far as there is sound.
    fn fill(&mut self, now: u64) {
        while self.ring < self.scene.block + AHEAD_SAMPLES {
            let lasts = self.taken_at + samples_to_us(self.ring as i64).unsigned_abs();
            let ahead = lasts.wrapping_sub(now).cast_signed();
            let urgent = self.deadline().is_some_and(|deadline| now >= deadline);
            let due = lasts + samples_to_us(self.scene.block as i64).unsigned_abs();
            match self.buffer.next(LocalTime(now), ahead, urgent) {
                Next::Wait => {
                    assert!(!urgent, "an urgent call must bring sound");
                    break;
                }
                Next::Silence => self.ring += 120,
                Next::Conceal(samples) => self.invent(due, samples),
                Next::Restore { back, samples, from } => self.restore(due, back, samples, &from),
                Next::Frame(packet, bend) => self.play(due, &packet, bend),
            }
        }
    }

    fn invent(&mut self, at: u64, samples: usize) {
        self.heard.invented.push((at, samples));
        self.put(samples);
    }

    fn restore(&mut self, at: u64, back: u32, samples: usize, from: &AudioPacket) {
        let length = (self.scene.frame)(from.at.0 - AWAY_US);
        assert!(samples <= length as usize * TICK_SAMPLES && samples.is_multiple_of(TICK_SAMPLES) && samples > 0);
        let repair = if self.scene.fec && back == length {
            Repair::Fec
        } else if back <= self.scene.dred {
            Repair::Dred
        } else {
            Repair::None
        };
        self.buffer.restored(repair);
        match repair {
            Repair::Fec | Repair::Dred => self.put(samples),
            Repair::None => self.invent(at, samples),
        }
    }

    fn play(&mut self, at: u64, packet: &AudioPacket, bend: Bend) {
        let captured = packet.at.0 - AWAY_US;
        let length = (self.scene.frame)(captured) as usize * TICK_SAMPLES;
        let change = match bend {
            Bend::None | Bend::Skip(_) => 0,
            Bend::Shorten(most, care) => -self.bent(captured, length, most, care),
            Bend::Lengthen(most, care) => self.bent(captured, length, most, care),
        };
        self.buffer.bent(change);
        if change != 0 {
            self.heard.bends.push((at, change));
        }
        let skipped = if let Bend::Skip(samples) = bend { samples } else { 0 };
        // Both clocks are the receiver's here: what was captured at a tick of the sender's.
        let drifted = captured.cast_signed() - captured.cast_signed() * self.scene.sender_ppm / 1_000_000;
        let began = at.cast_signed() - samples_to_us(skipped as i64);
        self.heard.played.push(Played { at, delay: began - drifted, tick: packet.sequence });
        self.put((length - skipped).saturating_add_signed(change as isize));
    }

    /// What the stretcher would make of it: anything in pauses, whole periods in most of the voiced sound.
    fn bent(&mut self, captured: u64, length: usize, most: usize, care: Care) -> i64 {
        let most = most.min((*PERIODS.end()).min(length - (length / 2).min(360)));
        if (self.scene.pause)(captured) {
            return if most < *PERIODS.start() { 0 } else { most as i64 };
        }
        let fits = match care {
            Care::Pause => false,
            Care::Gentle => self.likeness.happens(0.6),
            Care::Urgent | Care::Rush => true,
        };
        let periods = if care == Care::Rush { most / PITCH_SAMPLES } else { 1 };
        if !fits || most < PITCH_SAMPLES {
            return 0;
        }
        self.heard.voiced_bends += 1;
        (periods * PITCH_SAMPLES) as i64
    }

    /// Puts sound into the ring at the speed asked for.
    fn put(&mut self, samples: usize) {
        let exact = samples as f64 / self.buffer.speed() + self.spare;
        self.spare = exact.fract();
        self.ring += exact as usize;
    }
}
