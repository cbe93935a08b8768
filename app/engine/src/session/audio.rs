//! The audio worker: one thread of raised priority that carries the sound of one call both ways.
//! The session starts it; it owns both devices' handles and rings, both codecs and the datagrams of the call.
//! It wakes every 2.5 ms by absolute deadlines and at each arrival, and never waits for anything else.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use ahoy_audio::{MicChoice, MicOptions, Microphone, Speaker, SpeakerChoice, open_microphone, open_speaker};
use ahoy_codec::opus_gate;
use ahoy_media::audio::{AUDIO_KIND, WireError};
use ahoy_media::feedback::{Echo, FEEDBACK_KIND};
use ahoy_media::{AudioPacket, ClockOffset, Feedback, LocalTime, MediaClock, MediaTime, Slot};
use bytes::Bytes;
use rtrb::RingBuffer;
use tokio::sync::mpsc;

use super::board::Board;
use super::capture::Capture;
use super::playout::Playout;
use super::stats::{AudioStats, millis};
use super::video::ShownVideo;
use super::{CAPTURE_RING, PLAYOUT_RING, SessionEvent, TimedPacket};
use crate::clock;

/// The rhythm of the worker: half a block of the paced devices.
const TICK: Duration = Duration::from_micros(2_500);

/// A worker this late forgets the ticks it missed; the rings hold more than this.
const STALLED: Duration = Duration::from_millis(50);

/// Time between two feedbacks: quick enough for repair, 3 kbit/s.
const FEEDBACK_EVERY: Duration = Duration::from_millis(100);

/// Delay of the Opus encoder's look-ahead: 312 samples.
const LOOKAHEAD: Duration = Duration::from_micros(6_500);

/// An open microphone or speaker and what it is called in events.
pub(super) struct Devices {
    pub(super) mic: Box<dyn Microphone>,
    pub(super) speaker: Box<dyn Speaker>,
}

/// What the worker works with.
pub(super) struct AudioWorker {
    pub(super) clock: MediaClock,
    pub(super) devices: Devices,
    pub(super) capture: Capture,
    pub(super) playout: Playout,
    pub(super) datagrams_out: mpsc::Sender<Bytes>,
    pub(super) datagrams_in: mpsc::Receiver<TimedPacket>,
    pub(super) events: mpsc::Sender<SessionEvent>,
    pub(super) board: Arc<Board>,
    /// The decode thread's counters, for the feedback.
    pub(super) shown: Slot<ShownVideo>,
    /// The peer needs a key frame.
    pub(super) on_key: Box<dyn Fn() + Send>,
}

impl AudioWorker {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn start(self) -> io::Result<JoinHandle<()>> {
        thread::Builder::new().name("audio".to_owned()).spawn(move || Running::new(self).run())
    }
}

/// Wakes the worker's thread when a datagram arrives.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

struct Running {
    parts: AudioWorker,
    stats: AudioStats,
    offset: ClockOffset,
    begun: bool,
    /// The newest stamp of the peer and when it came.
    peer_stamp: Option<(MediaTime, LocalTime)>,
    feedback_due: LocalTime,
    peer_hears: bool,
    flows_told: bool,
    first_told: bool,
    mic_failed: bool,
    speaker_failed: bool,
}

impl Running {
    fn new(parts: AudioWorker) -> Self {
        Self {
            parts,
            stats: AudioStats::default(),
            offset: ClockOffset::new(),
            begun: false,
            peer_stamp: None,
            feedback_due: LocalTime(0),
            peer_hears: false,
            flows_told: false,
            first_told: false,
            mic_failed: false,
            speaker_failed: false,
        }
    }

    fn run(mut self) {
        let _ = ahoy_system::thread::raise_priority();
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut next = clock::now();
        while !self.parts.board.stopping() {
            self.receive(&mut Context::from_waker(&waker));
            let now = clock::now();
            self.begin();
            self.send_sound(now);
            self.play(now);
            self.report(now);
            let now = clock::now();
            if now.saturating_since(next) > STALLED {
                next = now;
            }
            if next <= now {
                next = next + TICK;
            }
            thread::park_timeout(next.saturating_since(now));
        }
        self.publish(clock::now());
    }

    /// Lets both devices begin once the call is connected.
    fn begin(&mut self) {
        if self.begun || !self.parts.board.begun.load(Ordering::Acquire) {
            return;
        }
        self.begun = true;
        self.parts.playout.prepare();
        let at = self.parts.devices.speaker.begin();
        self.parts.playout.begin(at);
        self.tell(SessionEvent::SpeakerStart { at });
        let at = self.parts.devices.mic.begin();
        self.tell(SessionEvent::MicStart { at, media: self.parts.clock.media(at) });
    }

    fn receive(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Some(packet)) = self.parts.datagrams_in.poll_recv(context) {
            self.stats.received_bytes += packet.bytes.len() as u64;
            let taken = match packet.bytes.first() {
                Some(&AUDIO_KIND) => self.take_sound(&packet),
                Some(&FEEDBACK_KIND) => self.take_feedback(&packet),
                Some(&kind) => Err(WireError::Kind(kind)),
                None => Err(WireError::Short { have: 0, need: 1 }),
            };
            match taken {
                Ok(()) => self.parts.board.hear(packet.at),
                Err(error) => {
                    self.stats.garbage += 1;
                    tracing::debug!(%error, "a datagram was dropped");
                }
            }
        }
        if !self.flows_told && self.peer_hears && self.parts.playout.stats().received > 0 {
            self.flows_told = true;
            self.tell(SessionEvent::Flows);
        }
    }

    fn take_sound(&mut self, packet: &TimedPacket) -> Result<(), WireError> {
        let sound = AudioPacket::from_datagram(&packet.bytes, self.parts.playout.newest())?;
        let _ = opus_gate(&sound.data).map_err(|_| WireError::Field("Opus data"))?;
        let first = self.parts.playout.stats().received == 0;
        let _ = self.parts.playout.insert(sound, clock::now());
        if first {
            self.feedback_due = LocalTime(0);
        }
        Ok(())
    }

    fn take_feedback(&mut self, packet: &TimedPacket) -> Result<(), WireError> {
        let feedback = Feedback::from_datagram(&packet.bytes)?;
        self.offset.observe(&feedback, packet.at, self.parts.clock.media(packet.at));
        self.parts.board.post_offset(self.offset.offset_us());
        self.peer_stamp = Some((feedback.sent_at, packet.at));
        self.peer_hears |= feedback.received > 0;
        if feedback.want_key {
            (self.parts.on_key)();
        }
        Ok(())
    }

    fn send_sound(&mut self, now: LocalTime) {
        let muted = self.parts.board.muted.load(Ordering::Acquire);
        while let Some(datagram) = self.parts.capture.next(now, muted) {
            if self.send(datagram) {
                self.stats.sent += 1;
            }
        }
    }

    fn play(&mut self, now: LocalTime) {
        let capture = &mut self.parts.capture;
        self.parts.playout.fill(now, |heard| capture.hear(heard));
        if !self.first_told && self.parts.playout.has_decoded() {
            self.first_told = true;
            self.tell(SessionEvent::FirstAudio { at: now });
        }
    }

    /// Sends a feedback when it is due or a key frame is wanted at once, and posts the numbers with it.
    fn report(&mut self, now: LocalTime) {
        let want_key = self.parts.board.want_key.swap(false, Ordering::AcqRel);
        if now < self.feedback_due && !want_key {
            return;
        }
        self.feedback_due = now + FEEDBACK_EVERY;
        let heard = self.parts.playout.stats();
        let echo = self.peer_stamp.map(|(sent_at, came)| Echo {
            sent_at,
            hold_us: u32::try_from(now.saturating_since(came).as_micros()).unwrap_or(u32::MAX),
        });
        let feedback = Feedback {
            newest_audio: self.parts.playout.newest().map_or(0, |newest| newest.sequence),
            received: u32::try_from(heard.received).unwrap_or(u32::MAX),
            lost: u32::try_from(heard.lost).unwrap_or(u32::MAX),
            newest_video: self.parts.shown.latest().map_or(0, |shown| shown.newest),
            want_key,
            sent_at: self.parts.clock.media(now),
            echo,
        };
        if !self.send(feedback.to_datagram()) && want_key {
            self.parts.board.want_key.store(true, Ordering::Release);
        }
        self.check_devices(now);
        self.publish(now);
    }

    fn send(&mut self, datagram: Bytes) -> bool {
        let bytes = datagram.len() as u64;
        let sent = self.parts.datagrams_out.try_send(datagram).is_ok();
        if sent {
            self.stats.sent_bytes += bytes;
        } else {
            self.stats.dropped_out += 1;
        }
        sent
    }

    /// A device that fails in mid-call is replaced by none: the call goes on, the person is told.
    fn check_devices(&mut self, now: LocalTime) {
        if !self.mic_failed
            && let Some(why) = self.parts.devices.mic.failure()
        {
            self.mic_failed = true;
            self.tell(SessionEvent::DeviceFailed { what: "microphone", why: why.to_string() });
            let (producer, consumer) = RingBuffer::new(CAPTURE_RING);
            if let Ok(silent) = open_microphone(&MicChoice::None, MicOptions::default(), producer) {
                self.parts.devices.mic = silent;
                self.parts.capture.exchange(consumer);
            }
        }
        if !self.speaker_failed
            && let Some(why) = self.parts.devices.speaker.failure()
        {
            self.speaker_failed = true;
            self.tell(SessionEvent::DeviceFailed { what: "speaker", why: why.to_string() });
            let (producer, consumer) = RingBuffer::new(PLAYOUT_RING);
            if let Ok(mut silent) = open_speaker(&SpeakerChoice::None, consumer) {
                self.parts.playout.exchange(producer);
                let at = if self.begun { silent.begin() } else { now };
                if self.begun {
                    self.parts.playout.begin(at);
                }
                self.parts.devices.speaker = silent;
            }
        }
    }

    fn publish(&mut self, now: LocalTime) {
        let heard = self.parts.playout.stats();
        let stats = &mut self.stats;
        stats.received = heard.received;
        stats.lost = heard.lost;
        stats.late = heard.late;
        stats.duplicates = heard.duplicates;
        stats.concealed_ms = heard.concealed_samples / 48;
        stats.stretched_ms = heard.stretched_samples / 48;
        stats.buffer_ms = millis(heard.buffer);
        stats.target_ms = millis(heard.target);
        stats.rtt_ms = self.offset.round_trip().map_or(0.0, millis);
        stats.mic_dropped = self.parts.devices.mic.dropped();
        stats.speaker_underruns = self.parts.devices.speaker.underruns();
        if let Some((at, due)) = self.parts.playout.due()
            && let Some(offset) = self.offset.offset_us()
            && now.saturating_since(due) < FEEDBACK_EVERY
        {
            stats.delay_ms = millis(delay(at, due, offset));
        }
        self.parts.board.audio.put(*stats);
    }

    /// Full: the driver is behind by more events than a call has; states are also in the numbers.
    fn tell(&self, event: SessionEvent) {
        drop(self.parts.events.try_send(event));
    }
}

/// Capture to presentation. Sound has 32-bit stamps, so only the low halves are compared.
fn delay(at: MediaTime, due: LocalTime, offset: i64) -> Duration {
    let shown = due.0.wrapping_add_signed(offset);
    let low = |full: u64| u32::try_from(full & u64::from(u32::MAX)).expect("masked");
    let lag = low(shown).wrapping_sub(low(at.0)).cast_signed();
    Duration::from_micros(u64::from(lag.max(0).unsigned_abs())) + LOOKAHEAD
}
