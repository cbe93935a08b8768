//! A call's picture and sound in one direction: codec, pacing, control and receiver.
//! The cases set one or several of them on a link.
//! Sound leaves on time; pieces of a frame leave at the control's pace, and the codec skips while earlier ones wait.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use ahoy_media::voice_rate::PACKET_BYTES;
use ahoy_media::{Feedback, Kbps, Limits, LocalTime};

use super::codec::{Codec, FPS};
use super::control::{Control, Which};
use super::packet::{Flow, Outbox, Packet, Payload, View};
use super::receiver::Receiver;
use super::sharing::Sharing;

/// Wire bytes of the largest piece.
const PIECE: usize = 1_200;
/// Headers of a piece.
const HEADERS: usize = PACKET_BYTES + 14;
const SOUND_EVERY: Duration = Duration::from_millis(20);
const SOUND_TICKS: u32 = 2;
/// A report: headers, what it always says, and so much a number.
const REPORT_BYTES: usize = PACKET_BYTES + 20;
const ARRIVAL_BYTES: usize = 3;
const FEEDBACK_BYTES: usize = PACKET_BYTES + 35;
/// The encoder skips a frame when more than this share of one waits.
const WAITING: f64 = 0.5;
/// While a window is closed pieces wait this long before they ask again.
const ASK_AGAIN: Duration = Duration::from_millis(2);

/// How a flow is made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The control.
    pub which: Which,
    /// The range of the target.
    pub limits: Limits,
    /// Wire rate of the sound; `None`: that of a voice which protects itself, and shares the way with the picture as a phone's does.
    pub sound: Option<Kbps>,
    /// When the call begins.
    pub begins: LocalTime,
    /// From when to when no pictures are sent.
    pub paused: Option<(LocalTime, LocalTime)>,
    /// What pictures use at the most (a still scene), if that is less than they may.
    pub uses: Option<Kbps>,
    /// How much too quick the receiver's clock is.
    pub skew: f64,
    /// Its luck.
    pub seed: u64,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    at: LocalTime,
    pieces: usize,
    arrived: usize,
    whole: Option<LocalTime>,
}

/// A flow.
#[derive(Debug)]
pub struct Media {
    settings: Settings,
    control: Control,
    codec: Codec,
    receiver: Receiver,
    sharing: Option<Sharing>,
    tick: u32,
    next_frame: LocalTime,
    next_sound: LocalTime,
    next_piece: LocalTime,
    waiting: VecDeque<(u32, usize)>,
    number: u64,
    sequence: u32,
    frames: BTreeMap<u32, Frame>,
}

impl Media {
    /// A flow that has not begun.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let begins = settings.begins;
        Self {
            control: Control::new(settings.which, settings.limits, begins),
            codec: Codec::new(settings.seed),
            receiver: Receiver::new(settings.seed.wrapping_mul(977) << 20, settings.skew),
            sharing: settings.sound.is_none().then(|| Sharing::new(settings.limits.most, begins)),
            tick: 0,
            next_frame: begins + Duration::from_micros(settings.seed % 41_667),
            next_sound: begins + Duration::from_micros(settings.seed % 20_000),
            next_piece: begins,
            waiting: VecDeque::new(),
            number: 0,
            sequence: 0,
            frames: BTreeMap::new(),
            settings,
        }
    }

    fn code(&mut self, now: LocalTime) {
        let paused = self.settings.paused.is_some_and(|(from, to)| from <= now && now < to);
        if paused || !self.control.pictures(now) {
            return;
        }
        let waiting: usize = self.waiting.iter().map(|(_, bytes)| bytes).sum();
        if let Some(sharing) = &mut self.sharing {
            let Some(plan) = sharing.picture(waiting, self.control.pace(now), now) else { return };
            let bytes = self.codec.coded(125.0 * f64::from(plan.kbps.0) / f64::from(plan.fps));
            sharing.coded(bytes, now);
            // What the plan gives is bytes without headers and parity.
            let pieces = bytes.div_ceil(PIECE - HEADERS);
            let parity = (sharing.redundancy() * pieces as f64).round() as usize;
            self.cut(bytes + HEADERS * pieces, pieces, parity, now);
        } else {
            let left = self.control.target(now).0.saturating_sub(self.settings.sound.map_or(0, |sound| sound.0));
            let budget = Kbps(self.settings.uses.map_or(left, |uses| left.min(uses.0)));
            let full = waiting as f64 > WAITING * f64::from(budget.0) * 1_000.0 / 8.0 / FPS as f64;
            let Some(bytes) = self.codec.frame(budget, full) else { return };
            self.cut(bytes, bytes.div_ceil(PIECE), 0, now);
        }
    }

    /// Cuts a frame of so many wire bytes into pieces, of which all are needed, and adds parity.
    fn cut(&mut self, bytes: usize, pieces: usize, parity: usize, now: LocalTime) {
        let data = (0..pieces).map(|index| bytes * (index + 1) / pieces - bytes * index / pieces);
        for share in data.chain(std::iter::repeat_n(bytes.div_ceil(pieces), parity)) {
            let share = share.max(HEADERS + 1);
            self.waiting.push_back((self.sequence, share));
        }
        let _ = self.frames.insert(self.sequence, Frame { at: now, pieces, arrived: 0, whole: None });
        self.sequence += 1;
    }

    /// The next sound leaves.
    fn speak(&mut self, now: LocalTime, out: &mut Outbox) {
        let (packet, span) = match (&mut self.sharing, self.settings.sound) {
            (Some(sharing), _) => (sharing.voice.send(now), sharing.voice.span()),
            (None, sound) => {
                let bytes = sound.map_or(0, |sound| u64::from(sound.0) * SOUND_EVERY.as_millis() as u64 / 8) as usize;
                let payload = Payload::Sound { sent: now, first: self.tick, ticks: SOUND_TICKS };
                self.tick = self.tick.wrapping_add(SOUND_TICKS);
                (Packet { bytes, payload }, SOUND_EVERY)
            }
        };
        self.control.sent_sound(packet.bytes, now);
        out.push(packet);
        self.next_sound = now + span;
    }

    fn take_feedback(&mut self, feedback: &Feedback, now: LocalTime) {
        self.control.heard_queue(feedback.queue.span(), now);
        if let Some(sharing) = &mut self.sharing {
            sharing.voice.heard(feedback, self.control.way(now).round_trip, now);
            sharing.look(self.control.way(now), self.control.longest_wait(), now);
        }
    }

    fn release(&mut self, now: LocalTime, out: &mut Outbox) {
        while self.next_piece <= now
            && let Some((frame, bytes)) = self.waiting.front().copied()
        {
            let pace = self.control.pace(now);
            if pace.0 == 0 {
                self.next_piece = now + ASK_AGAIN;
                return;
            }
            let _ = self.waiting.pop_front();
            self.control.sent(self.number, bytes, now);
            out.push(Packet { bytes, payload: Payload::Piece { number: self.number, frame } });
            self.number += 1;
            let lasts = Duration::from_secs_f64(8.0 * bytes as f64 / pace.bits_per_second() as f64);
            self.next_piece = self.next_piece.max(now - lasts) + lasts;
        }
    }
}

impl Flow for Media {
    fn sender_due(&self) -> Option<LocalTime> {
        let piece = (!self.waiting.is_empty()).then_some(self.next_piece);
        let look = self.sharing.as_ref().map(Sharing::due);
        [Some(self.next_frame), Some(self.next_sound), piece, look].into_iter().flatten().min()
    }

    fn receiver_due(&self) -> Option<LocalTime> {
        self.receiver.due()
    }

    fn wake_sender(&mut self, now: LocalTime, out: &mut Outbox) {
        if self.next_sound <= now {
            self.speak(now, out);
        }
        if let Some(sharing) = self.sharing.as_mut().filter(|sharing| sharing.due() <= now) {
            sharing.look(self.control.way(now), self.control.longest_wait(), now);
        }
        if self.next_frame <= now {
            self.code(now);
            self.next_frame = now + Duration::from_micros(1_000_000 / FPS);
        }
        self.release(now, out);
    }

    fn wake_receiver(&mut self, now: LocalTime, out: &mut Outbox) {
        if let Some(arrivals) = self.receiver.report(now) {
            let bytes = REPORT_BYTES + ARRIVAL_BYTES * arrivals.len();
            out.push(Packet { bytes, payload: Payload::Report(arrivals) });
        }
        if let Some(feedback) = self.receiver.feedback(now) {
            out.push(Packet { bytes: FEEDBACK_BYTES, payload: Payload::Feedback(feedback) });
        }
    }

    fn at_receiver(&mut self, packet: Packet, now: LocalTime, _: &mut Outbox) {
        match packet.payload {
            Payload::Piece { number, frame } => {
                self.receiver.piece(number, now);
                if let Some(frame) = self.frames.get_mut(&frame) {
                    frame.arrived += 1;
                    if frame.arrived == frame.pieces {
                        frame.whole = Some(now);
                    }
                }
            }
            Payload::Sound { sent, first, ticks } => {
                self.receiver.sound(sent, first, ticks, packet.bytes.saturating_sub(PACKET_BYTES), now);
            }
            Payload::Report(_) | Payload::Feedback(_) | Payload::Segment { .. } | Payload::Acknowledged { .. } => {}
        }
    }

    fn at_sender(&mut self, packet: Packet, now: LocalTime, out: &mut Outbox) {
        match packet.payload {
            Payload::Report(arrivals) => {
                self.control.heard(&arrivals, now);
                if let Some(sharing) = &mut self.sharing {
                    sharing.look(self.control.way(now), self.control.longest_wait(), now);
                }
            }
            Payload::Feedback(feedback) => self.take_feedback(&feedback, now),
            Payload::Piece { .. } | Payload::Sound { .. } | Payload::Segment { .. } | Payload::Acknowledged { .. } => {}
        }
        self.release(now, out);
    }

    fn view(&self, now: LocalTime) -> View {
        let voice = self.sharing.as_ref().map_or(self.settings.sound, |sharing| Some(sharing.voice.wire()));
        View { voice: voice.map_or(0.0, |kbps| f64::from(kbps.0)), ..self.control.view(now) }
    }

    fn frame_delays(&self) -> Vec<Option<f64>> {
        let delay = |frame: &Frame| frame.whole.map(|whole| whole.saturating_since(frame.at).as_secs_f64() * 1_000.0);
        self.frames.values().map(delay).collect()
    }
}
