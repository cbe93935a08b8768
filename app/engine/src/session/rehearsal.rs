//! One phone's sound of a call on a clock that somebody else keeps: the audio worker itself, without thread, device or network.
//! The table of whole calls in `tests/sound` lets two of them talk; an hour of it takes minutes.
//! All that counts in a call is the worker's own: only the devices' ends of the rings are held from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use ahoy_audio::{AudioError, Device, MicChoice, Microphone, Speaker, SpeakerChoice};
use ahoy_media::protect::Wishes;
use ahoy_media::{AudioCodec, LocalTime, MediaClock, MediaTime};
use ahoy_voice::Processing;
use bytes::Bytes;
use rtrb::{Consumer, Producer, RingBuffer};
use tokio::sync::mpsc;

use super::audio::{AudioWorker, Devices, Running, TICK};
use super::board::Board;
use super::capture::Capture;
use super::keeper::{Keeper, Opener};
use super::outgoing::Outgoing;
use super::playout::Playout;
use super::stats::AudioStats;
use super::wires::{TimedPacket, wires};
use super::{CAPTURE_RING, Inlets, Outlets, PLAYOUT_RING, SessionError};

/// Samples that a device takes or gives at once: 5 ms, as devices that are files do.
pub const BLOCK: usize = 240;

/// Events that nobody reads: the worker drops more.
const EVENTS: usize = 4;

/// One side of a call.
pub struct Rehearsal {
    running: Running,
    next: LocalTime,
    device: Arc<Clockwork>,
    mic: Producer<f32>,
    speaker: Consumer<f32>,
    inlets: Inlets,
    outlets: Outlets,
    board: Arc<Board>,
    _events: mpsc::Receiver<super::SessionEvent>,
}

/// What the devices' handles know of their time.
#[derive(Debug, Default)]
struct Clockwork {
    /// When the speaker takes its next block, in microseconds.
    due: AtomicU64,
    /// The speaker takes from its ring.
    plays: AtomicBool,
}

impl Rehearsal {
    /// A side that wants its voice sent like this; it hears and says nothing before [`begin`](Self::begin).
    ///
    /// # Errors
    /// No codec, no thread for the keeper of the devices.
    pub fn new(voice: Wishes, reserve: Duration, now: LocalTime, origin: MediaTime) -> Result<Self, SessionError> {
        let device = Arc::new(Clockwork { due: AtomicU64::new(now.0), ..Clockwork::default() });
        let ((mic, captured), (playing, speaker)) = (RingBuffer::new(CAPTURE_RING), RingBuffer::new(PLAYOUT_RING));
        // The keeper opens devices that give nothing and take nothing; the rings are ours.
        let (keeper, _) = Keeper::start(MicChoice::None, SpeakerChoice::None, Box::new(Still), Box::new(drop))?;
        let (transport, outlets, inlets) = wires();
        let (events, unheard) = mpsc::channel(EVENTS);
        let board = Arc::new(Board::new(false));
        let parts = AudioWorker {
            clock: MediaClock::new(now, origin),
            devices: Devices {
                mic: Box::new(Paced(Arc::clone(&device))),
                speaker: Box::new(Paced(Arc::clone(&device))),
                keeper,
            },
            capture: Capture::new(captured, Processing::OFF, false),
            outgoing: Outgoing::new(AudioCodec::Opus48k, voice, false, now)?,
            playout: Playout::new(playing, reserve)?,
            datagrams_out: transport.sound_out,
            datagrams_in: transport.sound_in,
            events,
            board: Arc::clone(&board),
        };
        let running = Running::new(parts);
        Ok(Self { running, next: now, device, mic, speaker, inlets, outlets, board, _events: unheard })
    }

    /// The call is connected.
    pub fn begin(&self) {
        self.board.begun.store(true, Ordering::Release);
    }

    /// The microphone gives a block; what the ring has no room for is dropped.
    pub fn say(&mut self, block: &[f32; BLOCK]) {
        for sample in block {
            let _ = self.mic.push(*sample);
        }
    }

    /// The speaker takes a block and will take the next one at `next`; samples that were missing are silent, and counted.
    pub fn hear(&mut self, block: &mut [f32; BLOCK], next: LocalTime) -> usize {
        self.device.due.store(next.0, Ordering::Relaxed);
        let plays = self.device.plays.load(Ordering::Relaxed);
        let mut missing = 0;
        for sample in block {
            *sample = if plays { self.speaker.pop().ok() } else { Some(0.0) }.unwrap_or_else(|| {
                missing += 1;
                0.0
            });
        }
        missing
    }

    /// A datagram has arrived.
    pub fn deliver(&mut self, bytes: Bytes, at: LocalTime) {
        // Full: lost, as in a call.
        let _ = self.inlets.deliver(TimedPacket { bytes, at });
    }

    /// Lets the worker do all that is due; gives when it looks again unless something arrives.
    pub fn turn(&mut self, now: LocalTime) -> LocalTime {
        self.running.receive(&mut Context::from_waker(Waker::noop()));
        self.running.turn(now);
        while self.next <= now {
            self.next = self.next + TICK;
        }
        self.running.due(now, self.next)
    }

    /// The next datagram that has left.
    pub fn sent(&mut self) -> Option<Bytes> {
        self.outlets.sound.try_recv().ok()
    }

    /// The newest numbers since they were last asked for.
    #[must_use]
    pub fn stats(&self) -> Option<Arc<AudioStats>> {
        self.board.audio.take()
    }
}

/// A device that moves when its side is told to.
struct Paced(Arc<Clockwork>);

impl Microphone for Paced {
    fn begin(&mut self) -> LocalTime {
        LocalTime(self.0.due.load(Ordering::Relaxed))
    }
    fn dropped(&self) -> u64 {
        0
    }
    fn latency(&self) -> Duration {
        Duration::ZERO
    }
    fn failure(&self) -> Option<AudioError> {
        None
    }
}

impl Speaker for Paced {
    fn begin(&mut self) -> LocalTime {
        self.0.plays.store(true, Ordering::Relaxed);
        LocalTime(self.0.due.load(Ordering::Relaxed))
    }
    fn underruns(&self) -> u64 {
        0
    }
    fn latency(&self) -> Duration {
        Duration::ZERO
    }
    fn failure(&self) -> Option<AudioError> {
        None
    }
}

/// Opens what the keeper has to have, and nothing else.
struct Still;

impl Opener for Still {
    fn microphone(&mut self, _: &MicChoice, mut ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError> {
        // The keeper waits for a first sound.
        let _ = ring.push(0.0);
        Ok(Box::new(Paced(Arc::default())))
    }

    fn speaker(&mut self, _: &SpeakerChoice, _: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError> {
        Ok(Box::new(Paced(Arc::default())))
    }

    fn devices(&self) -> fn() -> Result<Vec<Device>, AudioError> {
        || Ok(Vec::new())
    }
}
