//! A whole call in virtual time: two audio workers of the phone, and between them the lab's model of a link.
//! `call-table` places calls with it. Nothing waits, so that an hour takes minutes and every run comes out the same.
//! Only threads, sockets and devices are missing: what they add is what a call between processes takes longer.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use ahoy_engine::session::AudioStats;
use ahoy_engine::session::rehearsal::{BLOCK, Rehearsal};
use ahoy_lab::conditions::Schedule;
use ahoy_lab::link::{Fate, Link};
use ahoy_media::protect::Wishes;
use ahoy_media::voice_rate::PACKET_BYTES;
use ahoy_media::{LocalTime, MediaTime};
use anyhow::Result;
use bytes::Bytes;

/// The virtual clock's first moment, in microseconds.
const START: u64 = 10_000_000;

/// How long both sides send silence before the call is connected.
const CONNECTING: u64 = 300_000;

/// A device's block in microseconds, by its own clock.
const BLOCK_US: f64 = 5_000.0;

/// Devices and workers keep no step with each other: where in a worker's rhythm each device's blocks begin.
const PHASES: [[u64; 2]; 2] = [[1_100, 3_700], [4_300, 2_300]];

/// Samples a microsecond.
const RATE_US: f64 = 0.048;

/// What is called over what.
#[derive(Clone, Debug)]
pub struct Call {
    /// From the speaker to the listener.
    pub forward: Schedule,
    /// Back.
    pub backward: Schedule,
    /// Of both directions' luck.
    pub seed: u64,
    /// How both want their voice sent.
    pub wishes: Wishes,
    /// How much quicker than true the listener's devices run, in millionths.
    pub ppm: f64,
    /// The listener's worker stands still: every so often, and for so long, in microseconds.
    pub stall: Option<(u64, u64)>,
}

/// What became of it.
pub struct Heard {
    /// What the speaker played, from the moment on at which the first sample was said.
    pub samples: Vec<f32>,
    /// The listener's numbers by the second of what was said.
    pub numbers: Vec<(f64, Arc<AudioStats>)>,
    /// The speaker's, likewise.
    pub sending: Vec<(f64, Arc<AudioStats>)>,
    /// Samples that the listener's speaker found missing.
    pub missing: usize,
}

/// A side with its devices.
struct Side {
    phone: Rehearsal,
    link: Link,
    /// When the next blocks of microphone and speaker are due.
    devices: [f64; 2],
    block_us: f64,
    turn: u64,
}

/// A datagram under way: when it arrives, in which order it left, to whom.
type Flying = Reverse<(u64, u64, usize)>;

/// Places the call: one side says all of `said`, the other is silent.
///
/// # Errors
/// No codec, or no thread for a keeper of devices.
pub fn place(call: &Call, said: &[f32]) -> Result<Heard> {
    let mut running = Running::new(call)?;
    let began = START + CONNECTING;
    let end = began + (said.len() as f64 / RATE_US) as u64 + 1_000_000;
    let mut heard =
        Heard { samples: Vec::with_capacity(said.len()), numbers: Vec::new(), sending: Vec::new(), missing: 0 };
    let mut said = said.chunks_exact(BLOCK);
    let mut begun = false;
    loop {
        let (now, what) = running.next();
        if now >= end {
            return Ok(heard);
        }
        if now >= began && !begun {
            begun = true;
            running.sides.iter().for_each(|side| side.phone.begin());
        }
        match what {
            Event::Device(side, device) => running.device(side, device, now, begun.then_some((&mut said, &mut heard))),
            Event::Arrival => running.arrival(now),
            Event::Turn(side) => running.turn(side, now),
        }
        let second = now.saturating_sub(began) as f64 / 1e6;
        heard.sending.extend(running.sides[0].phone.stats().map(|numbers| (second, numbers)));
        heard.numbers.extend(running.sides[1].phone.stats().map(|numbers| (second, numbers)));
    }
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// A side's microphone (0) or speaker (1) has its turn.
    Device(usize, usize),
    Arrival,
    Turn(usize),
}

struct Running {
    sides: [Side; 2],
    flying: BinaryHeap<Flying>,
    /// What flies, by the order in which it left.
    bytes: std::collections::HashMap<u64, Bytes>,
    left: u64,
    stall: Option<(u64, u64)>,
}

/// What is still to be said, and where it goes what is heard.
type Ends<'a, 'b> = (&'a mut std::slice::ChunksExact<'b, f32>, &'a mut Heard);

impl Running {
    fn new(call: &Call) -> Result<Self> {
        let side = |place: usize, schedule: &Schedule, ppm: f64| -> Result<Side> {
            let origin = MediaTime(7_000_000_000 + 1_000_000_000 * place as u64);
            let phone = Rehearsal::new(call.wishes, Duration::ZERO, LocalTime(START), origin)?;
            let mut link = Link::new(schedule.clone(), call.seed.wrapping_mul(2).wrapping_add(place as u64));
            link.begin(START);
            let devices = PHASES[place].map(|phase| (START + phase) as f64);
            Ok(Side { phone, link, devices, block_us: BLOCK_US / (1.0 + ppm / 1e6), turn: START })
        };
        let sides = [side(0, &call.forward, 0.0)?, side(1, &call.backward, call.ppm)?];
        Ok(Self {
            sides,
            flying: BinaryHeap::new(),
            bytes: std::collections::HashMap::new(),
            left: 0,
            stall: call.stall,
        })
    }

    fn next(&self) -> (u64, Event) {
        let sides = self.sides.iter().enumerate().flat_map(|(place, side)| {
            let devices = (0..2).map(move |device| (side.devices[device] as u64, Event::Device(place, device)));
            devices.chain([(self.stalled(place, side.turn), Event::Turn(place))])
        });
        let arrival = self.flying.peek().map(|Reverse((at, ..))| (*at, Event::Arrival));
        sides.chain(arrival).min_by_key(|(at, _)| *at).expect("two sides always have something to do")
    }

    /// When a side has its turn that would have had it at `at`.
    fn stalled(&self, side: usize, at: u64) -> u64 {
        match self.stall {
            Some((every, long)) if side == 1 && (at - START) % every < long => at - (at - START) % every + long,
            Some(_) | None => at,
        }
    }

    fn device(&mut self, place: usize, device: usize, now: u64, ends: Option<Ends<'_, '_>>) {
        let side = &mut self.sides[place];
        side.devices[device] += side.block_us;
        let mut block = [0.0; BLOCK];
        match (device, ends) {
            (0, Some((said, _))) if place == 0 => {
                block.copy_from_slice(said.next().unwrap_or(&[0.0; BLOCK]));
                side.phone.say(&block);
            }
            (0, _) => side.phone.say(&block),
            (_, ends) => {
                let missing = side.phone.hear(&mut block, LocalTime(side.devices[1] as u64));
                if let Some((_, heard)) = ends.filter(|_| place == 1) {
                    if heard.samples.is_empty() {
                        // The first sample said is captured when the connection is made; the speaker's blocks begin later.
                        let late = (now - START - CONNECTING) as f64 * RATE_US;
                        heard.samples.resize(late as usize, 0.0);
                    }
                    heard.samples.extend(block);
                    heard.missing += missing;
                }
            }
        }
    }

    fn arrival(&mut self, now: u64) {
        let Some(Reverse((_, number, place))) = self.flying.pop() else { return };
        let Some(bytes) = self.bytes.remove(&number) else { return };
        self.sides[place].phone.deliver(bytes, LocalTime(now));
        self.sides[place].turn = now;
    }

    fn turn(&mut self, place: usize, now: u64) {
        let side = &mut self.sides[place];
        side.turn = side.phone.turn(LocalTime(now)).0.max(now + 1);
        while let Some(bytes) = side.phone.sent() {
            let Fate::Arrives { at, twice, .. } = side.link.offer(now, bytes.len() + PACKET_BYTES) else { continue };
            for _ in 0..=usize::from(twice) {
                self.left += 1;
                let _ = self.bytes.insert(self.left, bytes.clone());
                self.flying.push(Reverse((at.max(now), self.left, 1 - place)));
            }
        }
    }
}
