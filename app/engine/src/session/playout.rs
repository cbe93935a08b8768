//! The way in: jitter buffer, Opus, stretching, and the speaker ring.
//! The audio worker calls it for every packet heard and on every tick.
//! Before the speaker has begun nothing is decoded; afterwards the ring never runs dry while the worker is on time.

use std::time::Duration;

use ahoy_codec::{CodecError, OpusDecoder, opus_gate};
use ahoy_media::audio::Newest;
use ahoy_media::jitter::{Bend, Insertion, JitterStats, Next, Origin};
use ahoy_media::stretch;
use ahoy_media::units::TICK_SAMPLES;
use ahoy_media::{AudioPacket, ComfortNoise, Drift, FRAME_SAMPLES, JitterBuffer, LocalTime, MediaTime, Repair};
use ahoy_voice::LevelMeter;
use rtrb::Producer;

use super::capture::samples_us;
use super::device_clock::{DeviceClock, FIRST_BLOCK};

/// How often the worker looks, in samples: 2.5 ms.
const LOOK_SAMPLES: usize = 120;

/// Sound decoded ahead of the device's next block, where there is any: 60 ms, so that a worker who is late for a moment is not heard.
/// It is no delay: what is here was going to be played next anyway, and the jitter buffer counts it.
const AHEAD_SAMPLES: usize = 3 * FRAME_SAMPLES;

/// Redundancy that reaches further back (500 ms) is of no use: nobody waits so long for it.
const MOST_CARRIED: usize = 24_000;

/// Over this many samples (2.5 ms) invented sound goes over into real sound.
const FADE_SAMPLES: usize = 120;

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
    /// Follows the small differences of the two clocks.
    drift: Drift,
    comfort: ComfortNoise,
    level: LevelMeter,
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
            drift: Drift::new(),
            comfort: ComfortNoise::new(),
            level: LevelMeter::default(),
            playing: false,
            decoded: false,
            due: None,
        })
    }

    /// Against what the next datagram's short fields are read.
    pub(super) fn newest(&self) -> Option<Newest> {
        self.jitter.newest()
    }

    /// A frame of this many ticks was heard.
    pub(super) fn insert(&mut self, packet: AudioPacket, ticks: u32, origin: Origin, at: LocalTime) -> Insertion {
        match origin {
            Origin::First => {
                let carried = self.decoder.carries(&packet.data, MOST_CARRIED);
                self.jitter.carries(u32::try_from(carried / TICK_SAMPLES).unwrap_or(u32::MAX));
            }
            Origin::Copy => {}
        }
        self.jitter.insert(packet, ticks, origin, at)
    }

    /// The newest tick heard, and which before it came by themselves.
    pub(super) fn heard(&self) -> (u32, u64) {
        self.jitter.heard()
    }

    /// How much longer the way took lately than at its quickest.
    pub(super) fn queue(&self) -> Duration {
        self.jitter.queue()
    }

    /// How loud the other side is, in dB below full scale.
    pub(super) fn level_db(&self) -> f32 {
        self.level.rms_dbfs()
    }

    /// Fills the first block, so that the speaker finds something when it begins.
    pub(super) fn prepare(&mut self) {
        self.push_silence(FIRST_BLOCK + LOOK_SAMPLES);
    }

    /// The speaker begins at `at`.
    pub(super) fn begin(&mut self, at: LocalTime) {
        self.playing = true;
        self.device = DeviceClock::begin(at, self.ring_level());
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
        let level = self.ring_level();
        self.device.see(now, level);
        let full = (self.device.block() + AHEAD_SAMPLES).min(self.capacity);
        while self.ring_level() < full && (!self.fifo.is_empty() || self.refill(now)) {
            let count = self.fifo.len().min(self.ring.slots());
            self.level.feed(&self.fifo[..count]);
            heard(&self.fifo[..count]);
            self.push(count);
        }
        self.device.left(self.ring_level());
    }

    /// When the worker has to look again at the latest, if that is not just with its next turn.
    pub(super) fn deadline(&self) -> Option<LocalTime> {
        let due = || self.device.deadline(self.ring_level());
        if self.playing { due() } else { None }
    }

    /// Puts the next sound into the empty fifo; `false` when there is none and still time to wait.
    fn refill(&mut self, now: LocalTime) -> bool {
        let level = self.ring_level();
        let ahead = self.device.ahead_us(now, level);
        let urgent = self.device.deadline(level).is_some_and(|deadline| now >= deadline);
        match self.jitter.next(now, ahead, urgent) {
            Next::Wait => return false,
            Next::Silence => self.fifo.resize(LOOK_SAMPLES, 0.0),
            Next::Conceal(samples) => self.conceal(samples),
            Next::Restore { from, back, samples } => self.restore(&from, back, samples),
            Next::Frame(packet, bend) => self.decode(&packet, bend, now, ahead),
        }
        true
    }

    fn decode(&mut self, packet: &AudioPacket, bend: Bend, now: LocalTime, ahead: i64) {
        if let Err(error) = self.decoder.decode(&packet.data, &mut self.frame) {
            tracing::debug!(%error, "a sound frame could not be decoded");
            self.jitter.bent(0);
            let samples = opus_gate(&packet.data).unwrap_or(FRAME_SAMPLES);
            for start in (0..samples).step_by(FRAME_SAMPLES) {
                self.conceal(FRAME_SAMPLES.min(samples - start));
            }
            return;
        }
        self.decoded = true;
        let at = now.0.saturating_add_signed(ahead) + samples_us(self.device.block());
        self.due = Some((packet.at, LocalTime(at)));
        self.comfort.learn(&self.frame);
        let signed = |samples: usize| i64::try_from(samples).expect("a frame is small");
        if let Bend::Skip(samples) = bend {
            drop(self.frame.drain(..samples.min(self.frame.len())));
        }
        self.fade_in();
        let floor = self.comfort.floor();
        let change = match bend {
            Bend::None | Bend::Skip(_) => 0,
            Bend::Shorten(most, care) => -signed(stretch::shorten(&mut self.frame, most, care, floor)),
            Bend::Lengthen(most, care) => signed(stretch::lengthen(&mut self.frame, most, care, floor)),
        };
        self.jitter.bent(change);
        self.out();
    }

    /// Brings back what is missing from what a later packet carries of it, or invents it.
    fn restore(&mut self, from: &AudioPacket, back: u32, samples: usize) {
        let back = back as usize * TICK_SAMPLES;
        let repair = match self.decoder.restore(&from.data, back, samples, &mut self.frame) {
            Ok(repair) => repair,
            Err(error) => {
                tracing::debug!(%error, "nothing could be restored");
                self.frame.clear();
                self.frame.resize(samples, 0.0);
                Repair::None
            }
        };
        self.jitter.restored(repair);
        match repair {
            Repair::Fec | Repair::Dred => self.comfort.learn(&self.frame),
            Repair::None => self.comfort.fill(&mut self.frame),
        }
        self.fade_in();
        self.out();
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
        self.frame.clear();
        self.frame.extend(self.tail.drain(..samples));
        self.comfort.fill(&mut self.frame);
        self.out();
    }

    /// Hands the frame on at the speed that keeps the delay.
    fn out(&mut self) {
        self.drift.process(&self.frame, self.jitter.speed(), &mut self.fifo);
    }

    /// Lets what was invented fade out over the beginning of the frame.
    fn fade_in(&mut self) {
        let length = self.tail.len().min(self.frame.len()) as f32;
        for (place, (new, old)) in self.frame.iter_mut().zip(self.tail.drain(..)).enumerate() {
            let share = (place as f32 + 0.5) / length;
            *new = *new * share + old * (1.0 - share);
        }
    }

    /// Samples on their way to the speaker.
    pub(super) fn ring_level(&self) -> usize {
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
