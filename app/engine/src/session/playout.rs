//! The way in: jitter buffer, Opus, stretching, and the speaker ring.
//! The audio worker calls it for every packet heard and on every tick.
//! Before the speaker has begun nothing is decoded; afterwards the ring never runs dry while the worker is on time.

use std::time::Duration;

use ahoy_codec::{CodecError, OpusDecoder};
use ahoy_media::audio::Newest;
use ahoy_media::jitter::{Bend, Insertion, JitterStats, Next};
use ahoy_media::stretch;
use ahoy_media::{AudioPacket, FRAME_SAMPLES, JitterBuffer, LocalTime, MediaTime};
use rtrb::Producer;

use super::capture::samples_us;

/// The worker's tick in samples and in microseconds: 2.5 ms.
const TICK_SAMPLES: usize = 120;
const TICK_US: u64 = 2_500;

/// Sound decoded ahead of the device's next block, where there is any: 60 ms, so that a worker who is late for a moment is not heard.
/// It is no delay: what is here was going to be played next anyway, and the jitter buffer counts it.
const AHEAD_SAMPLES: usize = 3 * FRAME_SAMPLES;

/// Over this many samples (2.5 ms) invented sound goes over into real sound.
const FADE_SAMPLES: usize = 120;

/// What a device is thought to take at once before it has been seen to: 5 ms.
const FIRST_BLOCK: usize = 240;

/// Takes after which the size of a device's block is learnt anew.
const BLOCK_WINDOW: u32 = 64;

/// Share of its lateness by which the take times seen pull the rhythm back: follows 200 ppm of drift.
const CREEP: u64 = 256;

/// A take this far off its rhythm (µs) starts a new one: the device or the worker stood still.
const OUT_OF_RHYTHM_US: u64 = 10_000;

/// The receiving half of a session's sound.
pub(super) struct Playout {
    jitter: JitterBuffer,
    decoder: OpusDecoder,
    ring: Producer<f32>,
    capacity: usize,
    device: DeviceClock,
    frame: Vec<f32>,
    /// What was invented beyond what was played, to fade into the next frame.
    tail: Vec<f32>,
    /// Decoded samples that the ring had no place for.
    fifo: Vec<f32>,
    playing: bool,
    decoded: bool,
    /// The newest frame's capture time and the moment its first sample is due.
    due: Option<(MediaTime, LocalTime)>,
}

impl Playout {
    pub(super) fn new(ring: Producer<f32>, reserve: Duration) -> Result<Self, CodecError> {
        Ok(Self {
            jitter: JitterBuffer::with_reserve(reserve),
            decoder: OpusDecoder::new()?,
            capacity: ring.buffer().capacity(),
            ring,
            device: DeviceClock::default(),
            frame: Vec::with_capacity(FRAME_SAMPLES),
            tail: Vec::with_capacity(FADE_SAMPLES),
            fifo: Vec::new(),
            playing: false,
            decoded: false,
            due: None,
        })
    }

    /// Against what the next datagram's short fields are read.
    pub(super) fn newest(&self) -> Option<Newest> {
        self.jitter.newest()
    }

    /// A packet was heard.
    pub(super) fn insert(&mut self, packet: AudioPacket, now: LocalTime) -> Insertion {
        self.jitter.insert(packet, now)
    }

    /// Fills the first block, so that the speaker finds something when it begins.
    pub(super) fn prepare(&mut self) {
        self.push_silence(FIRST_BLOCK + TICK_SAMPLES);
    }

    /// The speaker begins at `at`.
    pub(super) fn begin(&mut self, at: LocalTime) {
        self.playing = true;
        self.device = DeviceClock { taken_at: at, level: self.level(), ..DeviceClock::default() };
    }

    /// Another speaker takes over from `at` on.
    pub(super) fn exchange(&mut self, ring: Producer<f32>) {
        self.capacity = ring.buffer().capacity();
        self.ring = ring;
        self.prepare();
    }

    /// Whether a frame was decoded for the speaker.
    pub(super) fn has_decoded(&self) -> bool {
        self.decoded
    }

    /// Counters and levels of the jitter buffer.
    pub(super) fn stats(&self) -> JitterStats {
        self.jitter.stats()
    }

    /// The newest frame's capture time and when its first sample is due at the speaker.
    pub(super) fn due(&self) -> Option<(MediaTime, LocalTime)> {
        self.due
    }

    /// Gives the ring what the device will need before the next tick; every sample goes to `heard` too.
    pub(super) fn fill(&mut self, now: LocalTime, mut heard: impl FnMut(&[f32])) {
        if !self.playing {
            self.jitter.idle();
            return;
        }
        let level = self.level();
        self.device.see(now, level);
        let full = (self.device.block() + AHEAD_SAMPLES).min(self.capacity);
        while self.level() < full && (!self.fifo.is_empty() || self.refill(now)) {
            let count = self.fifo.len().min(self.ring.slots());
            heard(&self.fifo[..count]);
            self.push(count);
        }
        self.device.level = self.level();
    }

    /// Puts the next sound into the empty fifo; `false` when there is none and still time to wait.
    fn refill(&mut self, now: LocalTime) -> bool {
        let level = self.level();
        let ahead = self.device.ahead_us(now, level);
        match self.jitter.next(now, ahead, self.device.urgent(now, level)) {
            Next::Wait => return false,
            Next::Silence => self.fifo.resize(TICK_SAMPLES, 0.0),
            Next::Conceal(samples) => self.conceal(samples),
            Next::Frame(packet, bend) => self.decode(&packet, bend, now, ahead),
        }
        true
    }

    fn decode(&mut self, packet: &AudioPacket, bend: Bend, now: LocalTime, ahead: i64) {
        if let Err(error) = self.decoder.decode(&packet.data, &mut self.frame) {
            tracing::debug!(%error, "a sound frame could not be decoded");
            self.jitter.bent(0);
            return self.conceal(FRAME_SAMPLES);
        }
        self.decoded = true;
        let at = now.0.saturating_add_signed(ahead) + samples_us(self.device.block());
        self.due = Some((packet.at, LocalTime(at)));
        let signed = |samples: usize| i64::try_from(samples).expect("a frame is small");
        if let Bend::Skip(samples) = bend {
            drop(self.frame.drain(..samples.min(self.frame.len())));
        }
        self.fade_in();
        let change = match bend {
            Bend::None | Bend::Skip(_) => 0,
            Bend::Shorten(most, care) => -signed(stretch::shorten(&mut self.frame, most, care)),
            Bend::Lengthen(most, care) => signed(stretch::lengthen(&mut self.frame, most, care)),
        };
        self.jitter.bent(change);
        self.fifo.extend_from_slice(&self.frame);
    }

    /// Invents sound, a little more than is played: the rest goes on into the next frame while that one fades in.
    fn conceal(&mut self, samples: usize) {
        let wanted = (samples + FADE_SAMPLES - self.tail.len()).min(FRAME_SAMPLES);
        let made = match self.decoder.conceal(wanted, &mut self.frame) {
            Ok(made) => made,
            Err(error) => {
                tracing::debug!(%error, "nothing could be invented");
                0
            }
        };
        self.tail.extend_from_slice(&self.frame[..made]);
        self.tail.resize(self.tail.len().max(samples), 0.0);
        self.fifo.extend(self.tail.drain(..samples));
    }

    /// Lets what was invented fade out over the beginning of the frame.
    fn fade_in(&mut self) {
        let length = self.tail.len().min(self.frame.len()) as f32;
        for (place, (new, old)) in self.frame.iter_mut().zip(self.tail.drain(..)).enumerate() {
            let share = (place as f32 + 0.5) / length;
            *new = *new * share + old * (1.0 - share);
        }
    }

    fn level(&self) -> usize {
        self.capacity - self.ring.slots()
    }

    fn push(&mut self, count: usize) {
        for sample in self.fifo.drain(..count) {
            // Only this thread fills the ring, and it counted the free places before.
            let _ = self.ring.push(sample);
        }
    }

    fn push_silence(&mut self, count: usize) {
        for _ in 0..count.min(self.ring.slots()) {
            let _ = self.ring.push(0.0);
        }
    }
}

/// When and how much the device takes, learnt from the ring's level.
#[derive(Default)]
struct DeviceClock {
    /// The last take, as well as it is known.
    taken_at: LocalTime,
    /// The ring's level when we last left it.
    level: usize,
    /// Smallest take of the last window, and of the running one.
    smallest: Option<usize>,
    running: Option<usize>,
    takes: u32,
}

impl DeviceClock {
    /// Looks at the ring's level.
    fn see(&mut self, now: LocalTime, level: usize) {
        let taken = self.level.saturating_sub(level);
        if taken == 0 {
            return;
        }
        let expected = self.taken_at.0 + samples_us(taken);
        // It was taken before we looked: an early sight is the better one, lateness only pulls gently.
        let steady = expected + now.0.saturating_sub(expected) / CREEP;
        let off = now.0.abs_diff(expected);
        self.taken_at = LocalTime(if off > OUT_OF_RHYTHM_US || level == 0 { now.0 } else { steady.min(now.0) });
        if level > 0 {
            self.running = Some(self.running.map_or(taken, |smallest| smallest.min(taken)));
        }
        self.takes += 1;
        if self.takes >= BLOCK_WINDOW {
            self.smallest = self.running.take();
            self.takes = 0;
        }
    }

    fn block(&self) -> usize {
        self.smallest.unwrap_or(FIRST_BLOCK)
    }

    /// How long (µs) the sound in the ring lasts from `now` on, before the device misses some.
    fn ahead_us(&self, now: LocalTime, level: usize) -> i64 {
        (self.taken_at.0 + samples_us(level)).wrapping_sub(now.0).cast_signed()
    }

    /// Whether the device takes more than there is before the worker looks again.
    fn urgent(&self, now: LocalTime, level: usize) -> bool {
        let next = self.taken_at.0 + samples_us(self.block());
        level < self.block() && now.0 + TICK_US + TICK_US / 2 >= next
    }
}
