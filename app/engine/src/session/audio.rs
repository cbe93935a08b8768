//! The audio worker: one thread of raised priority that carries the sound of one call both ways.
//! The session starts it; it owns both devices' handles and rings, both codecs and the datagrams of the call.
//! It wakes every 2.5 ms by absolute deadlines and at each arrival, and never waits for anything else.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_audio::{DeviceKind, Microphone, Speaker};
use ahoy_codec::opus_gate;
use ahoy_media::audio::{AUDIO_KIND, FULL_KIND, WireError};
use ahoy_media::feedback::FEEDBACK_KIND;
use ahoy_media::jitter::Origin;
use ahoy_media::voice_rate::PACKET_BYTES;
use ahoy_media::{AudioPacket, ClockOffset, Feedback, FrameLength, Kbps, LocalTime, MediaClock, Sound, Stamp};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::board::Board;
use super::capture::{Capture, Room};
use super::keeper::{Change, Keeper};
use super::outgoing::Outgoing;
use super::playout::Playout;
use super::report::feedback;
use super::stats::AudioStats;
use super::wires::TimedPacket;
use super::{SessionEvent, unpark};
use crate::clock;

/// The rhythm of the worker: half a block of the paced devices.
pub(super) const TICK: Duration = Duration::from_micros(2_500);

/// A worker this late forgets the ticks it missed; the rings hold more than this.
const STALLED: Duration = Duration::from_millis(50);

/// Time between two feedbacks: quick enough for repair, 3 kbit/s.
const FEEDBACK_EVERY: Duration = Duration::from_millis(100);

/// The same where the voice has less than [`NARROW`]: half of its reports buy a step of quality there.
const FEEDBACK_EVERY_NARROW: Duration = Duration::from_millis(240);

/// Datagrams taken at a time: a peer that floods does not keep the worker from its other work.
const AT_ONCE: usize = 64;

/// Below this budget the link is narrow.
const NARROW: Kbps = Kbps(40);

/// Feedback waits this long for sound to ride with, then it goes alone.
const RIDE_WITHIN: Duration = Duration::from_millis(70);

/// How often the numbers are posted and the devices looked at.
pub(super) const PUBLISH_EVERY: Duration = Duration::from_millis(100);

/// A muted microphone is closed after this: long enough for a cough, short enough for trust.
const CLOSE_MUTED_AFTER: Duration = Duration::from_secs(2);

/// The open microphone and speaker, and the thread that exchanges them.
pub(super) struct Devices {
    pub(super) mic: Box<dyn Microphone>,
    pub(super) speaker: Box<dyn Speaker>,
    pub(super) keeper: Keeper,
}

/// What the worker works with.
pub(super) struct AudioWorker {
    pub(super) clock: MediaClock,
    pub(super) devices: Devices,
    pub(super) capture: Capture,
    pub(super) outgoing: Outgoing,
    pub(super) playout: Playout,
    pub(super) datagrams_out: mpsc::Sender<Bytes>,
    pub(super) datagrams_in: mpsc::Receiver<TimedPacket>,
    pub(super) events: mpsc::Sender<SessionEvent>,
    pub(super) board: Arc<Board>,
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

pub(super) struct Running {
    pub(super) parts: AudioWorker,
    pub(super) stats: AudioStats,
    pub(super) offset: ClockOffset,
    begun: bool,
    /// The newest stamp of the peer and when it came.
    peer_stamp: Option<(Stamp, LocalTime)>,
    feedback_due: LocalTime,
    publish_due: LocalTime,
    /// The length of the newest frame heard.
    pub(super) peer_frame: FrameLength,
    /// The keeper knows that the device in use failed.
    mic_failed: bool,
    speaker_failed: bool,
    /// From capture to the speaker, smoothed.
    pub(super) way: Option<Duration>,
    muted_since: Option<LocalTime>,
    mic_closed: bool,
    peer_hears: bool,
    flows_told: bool,
    first_told: bool,
}

impl Running {
    pub(super) fn new(parts: AudioWorker) -> Self {
        Self {
            parts,
            stats: AudioStats::default(),
            offset: ClockOffset::new(),
            begun: false,
            peer_stamp: None,
            feedback_due: LocalTime(0),
            publish_due: LocalTime(0),
            peer_frame: FrameLength::Ms20,
            mic_failed: false,
            speaker_failed: false,
            way: None,
            muted_since: None,
            mic_closed: false,
            peer_hears: false,
            flows_told: false,
            first_told: false,
        }
    }

    fn run(mut self) {
        let _ = ahoy_system::thread::raise_priority();
        let waker = unpark::this_thread();
        let mut next = clock::now();
        while !self.parts.board.stopping() {
            self.receive(&mut Context::from_waker(&waker));
            self.turn(clock::now());
            let now = clock::now();
            if now.saturating_since(next) > STALLED {
                next = now;
            }
            if next <= now {
                next = next + TICK;
            }
            thread::park_timeout(self.due(now, next).saturating_since(now));
        }
        self.publish(clock::now());
    }

    /// All that is due by now, after what has arrived was received.
    pub(super) fn turn(&mut self, now: LocalTime) {
        self.begin();
        self.exchange_devices(now);
        self.mute(now);
        self.send_sound(now);
        self.play(now);
        self.report(now);
    }

    /// When to look again: with the next turn, or earlier where the speaker needs something first.
    pub(super) fn due(&self, now: LocalTime, next: LocalTime) -> LocalTime {
        self.parts.playout.deadline().filter(|due| *due > now).map_or(next, |due| due.min(next))
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

    /// Takes what has arrived.
    pub(super) fn receive(&mut self, context: &mut Context<'_>) {
        for _ in 0..AT_ONCE {
            let Poll::Ready(Some(packet)) = self.parts.datagrams_in.poll_recv(context) else { break };
            self.stats.received_bytes += packet.bytes.len() as u64;
            let taken = match packet.bytes.first() {
                Some(&(AUDIO_KIND | FULL_KIND)) => self.take_sound(&packet),
                Some(&FEEDBACK_KIND) => {
                    Feedback::from_datagram(&packet.bytes).map(|said| self.take_feedback(&said, packet.at))
                }
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
        let sound = Sound::from_datagram(&packet.bytes, self.parts.playout.newest())?;
        let length = frame_length(&sound.frame)?;
        let first = self.parts.playout.stats().received == 0;
        let _ = self.parts.playout.insert(sound.frame, length.ticks(), Origin::First, packet.at);
        self.peer_frame = length;
        for copy in sound.copies {
            match frame_length(&copy) {
                Ok(length) => drop(self.parts.playout.insert(copy, length.ticks(), Origin::Copy, packet.at)),
                Err(_) => self.stats.garbage += 1,
            }
        }
        if let Some(feedback) = &sound.feedback {
            self.take_feedback(feedback, packet.at);
        }
        if first {
            self.feedback_due = LocalTime(0);
        }
        Ok(())
    }

    fn take_feedback(&mut self, feedback: &Feedback, at: LocalTime) {
        self.offset.observe(feedback, at, self.parts.clock.media(at));
        self.parts.board.post_offset(self.offset.offset_us());
        self.peer_stamp = Some((feedback.sent_at, at));
        self.peer_hears |= feedback.hears;
        self.parts.outgoing.take(feedback, self.offset.round_trip(), at);
    }

    /// A microphone that has been muted for a while is closed, and opened again with the first wish to be heard.
    fn mute(&mut self, now: LocalTime) {
        let muted = self.parts.board.muted.load(Ordering::Acquire);
        self.muted_since = if muted { self.muted_since.or(Some(now)) } else { None };
        let close = self.muted_since.is_some_and(|since| now.saturating_since(since) >= CLOSE_MUTED_AFTER);
        if close != self.mic_closed {
            self.mic_closed = close;
            self.parts.devices.keeper.mic(!close);
        }
    }

    fn send_sound(&mut self, now: LocalTime) {
        let muted = self.muted_since.is_some();
        let room = Room {
            played: self.parts.playout.ring_level(),
            speaker: self.parts.devices.speaker.latency(),
            mic: self.parts.devices.mic.latency(),
        };
        while self.parts.capture.fill(now, self.parts.outgoing.length(), muted, room) {
            let rides = now >= self.feedback_due && self.parts.outgoing.feedback_rides();
            let feedback = rides.then(|| feedback(&self.parts, &self.stats, self.peer_stamp, now));
            if rides {
                self.feedback_due = now + self.feedback_every();
            }
            let (pcm, at) = self.parts.capture.frame();
            let at = self.parts.clock.media(at);
            let Some(datagram) = self.parts.outgoing.send(pcm, at, feedback) else { continue };
            let bytes = datagram.len();
            if self.send(datagram) {
                self.parts.outgoing.left(bytes, now);
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

    /// Sends a feedback on its own when nothing carried it.
    fn report(&mut self, now: LocalTime) {
        if now >= self.publish_due {
            self.publish_due = now + PUBLISH_EVERY;
            let board = &self.parts.board;
            self.parts.outgoing.set_share(board.voice_share(), board.picture_wait());
            self.parts.outgoing.replan(self.offset.round_trip(), now);
            self.parts.board.want_voice(self.parts.outgoing.wanted(), self.parts.outgoing.is_content());
            self.publish(now);
        }
        let rides = self.parts.outgoing.feedback_rides();
        let due = if rides { self.feedback_due + RIDE_WITHIN } else { self.feedback_due };
        if now < due {
            return;
        }
        self.feedback_due = now + self.feedback_every();
        let datagram = feedback(&self.parts, &self.stats, self.peer_stamp, now).to_datagram();
        let bytes = datagram.len();
        if self.send(datagram) {
            self.parts.outgoing.left_feedback(bytes, now);
        }
    }

    fn feedback_every(&self) -> Duration {
        if self.parts.outgoing.budget() < NARROW { FEEDBACK_EVERY_NARROW } else { FEEDBACK_EVERY }
    }

    fn send(&mut self, datagram: Bytes) -> bool {
        let bytes = datagram.len();
        let sent = self.parts.datagrams_out.try_send(datagram).is_ok();
        if sent {
            self.stats.sent_bytes += bytes as u64;
            self.parts.board.sound_left(bytes + PACKET_BYTES);
        } else {
            self.stats.dropped_out += 1;
        }
        sent
    }

    /// Tells the keeper of a device that failed, and takes over what it opened instead.
    fn exchange_devices(&mut self, now: LocalTime) {
        let Devices { mic, speaker, keeper } = &self.parts.devices;
        if let Some(why) = mic.failure().filter(|_| !self.mic_failed) {
            self.mic_failed = true;
            keeper.failed(DeviceKind::Microphone, why);
        }
        if let Some(why) = speaker.failure().filter(|_| !self.speaker_failed) {
            self.speaker_failed = true;
            keeper.failed(DeviceKind::Speaker, why);
        }
        while let Some(change) = self.parts.devices.keeper.next() {
            match change {
                Change::Mic(mut mic, ring) => {
                    if self.begun {
                        let _ = mic.begin();
                    }
                    self.parts.capture.exchange(ring);
                    self.stats.mic_dropped += self.parts.devices.mic.dropped();
                    self.parts.devices.mic = mic;
                    self.mic_failed = false;
                }
                Change::Speaker(mut speaker, ring) => {
                    self.parts.playout.exchange(ring);
                    self.parts.capture.speaker_exchanged();
                    if self.begun {
                        let at = speaker.begin();
                        self.parts.playout.begin(at.max(now));
                    }
                    self.stats.speaker_underruns += self.parts.devices.speaker.underruns();
                    self.parts.devices.speaker = speaker;
                    self.speaker_failed = false;
                }
            }
        }
    }

    /// Full: the driver is behind by more events than a call has; states are also in the numbers.
    fn tell(&self, event: SessionEvent) {
        drop(self.parts.events.try_send(event));
    }
}

/// The length of a frame; the gate has seen its bytes then.
fn frame_length(frame: &AudioPacket) -> Result<FrameLength, WireError> {
    let samples = opus_gate(&frame.data).map_err(|_| WireError::Field("Opus data"))?;
    FrameLength::from_samples(samples).ok_or(WireError::Field("frame length"))
}
