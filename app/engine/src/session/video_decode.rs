//! The decode thread of a call: pieces -> frames -> assembler -> VP9 -> where the picture is seen; and the reports on them.
//! The session starts it with the receiving end of the pieces and hears its events.
//! Whatever the peer sends ends in a picture, a counter or a report, never in a panic.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_camera::{CameraError, ScreenFile};
use ahoy_codec::{CodecError, Vp9Decoder};
use ahoy_media::frame_receiver::FrameReceiver;
use ahoy_media::lip_sync::LipSync;
use ahoy_media::picture_playout::PicturePlayout;
use ahoy_media::voice_rate::PACKET_BYTES;
use ahoy_media::{
    Assembler, CapturedPicture, DecodedPicture, FreezeMeter, LocalTime, MediaClock, MediaTime, Picture, PictureReport,
    Slot, VideoFrame, offset,
};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::board::Board;
use super::screen_writer::{ScreenPicture, ScreenWriter};
use super::unpark;
use super::video::ShownVideo;
use super::wires::TimedPacket;
use crate::clock;

/// Weight of a new delay in the smoothed one: a third of a second at 24 pictures a second.
const DELAY_WEIGHT: u32 = 8;

/// Pieces taken at a time: a peer that floods does not keep the thread from its other work.
const AT_ONCE: usize = 64;

/// Beside the round trip a repair takes a report and its way through both phones.
const REPAIR: Duration = Duration::from_millis(20);

/// Pieces of a frame are still taken for so long after a repair is asked for: they may be quicker.
const FINISH: Duration = Duration::from_millis(300);

/// Nothing is waited for longer: a repair frame is as quick then.
const LONGEST_PATIENCE: Duration = Duration::from_millis(400);

/// While my own picture pauses the peer is told so this often: a report may be lost, and it tells of a freeze otherwise.
const PAUSE_TOLD: Duration = Duration::from_secs(1);

/// The thread looks at its flags this often when nothing arrives.
const IDLE: Duration = Duration::from_millis(500);

/// What the thread tells.
#[derive(Debug)]
pub enum DecodeEvent {
    /// The first picture of the call is there to be seen.
    FirstPicture {
        /// When it was shown.
        at: LocalTime,
        /// When the peer captured it.
        media: MediaTime,
    },
    /// The screen file cannot be written; the call goes on without it.
    ScreenFailed(CameraError),
}

/// Called on the decode thread; must not wait.
pub type OnDecode = Box<dyn Fn(DecodeEvent) + Send + Sync>;

/// The thread's ends of the session's wires.
pub(super) struct DecodeWires {
    /// Pieces of the peer's pictures.
    pub(super) pieces: mpsc::Receiver<TimedPacket>,
    /// Where reports go.
    pub(super) reports: mpsc::Sender<Bytes>,
}

/// Where pictures go.
#[derive(Default)]
pub struct Outputs {
    /// The newest picture, for the window.
    pub remote: Slot<DecodedPicture>,
    /// Sends every picture back: the slot of an encode thread.
    pub mirror: Option<Slot<CapturedPicture>>,
    /// Every picture, in a file.
    pub screen: Option<ScreenFile>,
}

/// The running thread; it ends when the board says so.
pub(super) struct VideoDecode {
    shown: Slot<ShownVideo>,
    peer_paused: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl VideoDecode {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn start(
        wires: DecodeWires,
        clock: MediaClock,
        outputs: Outputs,
        board: Arc<Board>,
        on_event: OnDecode,
    ) -> io::Result<Self> {
        let shown = Slot::new();
        let peer_paused = Arc::<AtomicBool>::default();
        let on_event = Arc::new(on_event);
        let screen = outputs.screen.map(|screen| ScreenWriter::start(screen, Arc::clone(&on_event))).transpose()?;
        let worker = Worker {
            wires,
            clock,
            board,
            remote: outputs.remote,
            mirror: outputs.mirror,
            screen,
            on_event,
            peer_paused: Arc::clone(&peer_paused),
            decoder: None,
            receiver: FrameReceiver::new(),
            assembler: Assembler::new(),
            lip_sync: LipSync::default(),
            playout: PicturePlayout::new(),
            freezes: FreezeMeter::default(),
            hidden: false,
            stuck: false,
            paused: None,
            undecodable: 0,
            counts: ShownVideo::default(),
            shown: shown.clone(),
        };
        let thread = thread::Builder::new().name("video-decode".to_owned()).spawn(move || worker.run())?;
        Ok(Self { shown, peer_paused, thread })
    }

    /// The newest counters.
    pub(super) fn shown(&self) -> Slot<ShownVideo> {
        self.shown.clone()
    }

    /// The peer turned its camera off: the time until its next picture is no freeze.
    pub(super) fn peer_paused(&self) {
        self.peer_paused.store(true, Ordering::Release);
    }

    /// Looks at the board's flags at once.
    pub(super) fn wake(&self) {
        self.thread.thread().unpark();
    }

    /// Waits for the end and gives the final counters; the board has told it to stop.
    #[must_use]
    pub(super) fn join(self) -> ShownVideo {
        self.thread.thread().unpark();
        // A panic of the thread was printed by its own hook; its last counters are there all the same.
        drop(self.thread.join());
        self.shown.latest().map(|shown| *shown).unwrap_or_default()
    }
}

struct Worker {
    wires: DecodeWires,
    clock: MediaClock,
    board: Arc<Board>,
    remote: Slot<DecodedPicture>,
    mirror: Option<Slot<CapturedPicture>>,
    screen: Option<ScreenWriter>,
    on_event: Arc<OnDecode>,
    peer_paused: Arc<AtomicBool>,
    decoder: Option<Vp9Decoder>,
    receiver: FrameReceiver,
    assembler: Assembler,
    lip_sync: LipSync,
    playout: PicturePlayout<(VideoFrame, Arc<Picture>)>,
    freezes: FreezeMeter,
    /// The peer was told that nobody sees its picture.
    hidden: bool,
    /// The peer was told that no frame can be decoded.
    stuck: bool,
    /// The peer was told that my own picture pauses, and when.
    paused: Option<LocalTime>,
    /// Frames that the decoder refused.
    undecodable: u64,
    counts: ShownVideo,
    shown: Slot<ShownVideo>,
}

impl Worker {
    fn run(mut self) {
        if !ahoy_system::thread::lower_priority() {
            tracing::debug!("the decode thread keeps its normal priority");
        }
        let waker = unpark::this_thread();
        while !self.board.stopping() {
            let more = self.take(&mut Context::from_waker(&waker));
            self.decode_ready();
            if self.board.peer_pauses.load(Ordering::Acquire) {
                self.freezes.pauses(clock::now());
            }
            self.show_due(clock::now());
            self.report(clock::now());
            self.publish();
            if !more {
                let now = clock::now();
                thread::park_timeout(self.next(now).saturating_since(now));
            }
        }
        let _ = self.assembler.finish();
        // The file is whole before the last counters are out.
        self.screen = None;
        self.publish();
    }

    /// Takes what has arrived; true when there may be more.
    fn take(&mut self, context: &mut Context<'_>) -> bool {
        for _ in 0..AT_ONCE {
            let Poll::Ready(Some(packet)) = self.wires.pieces.poll_recv(context) else { return false };
            self.counts.bytes += packet.bytes.len() as u64;
            match self.receiver.take(&packet.bytes, packet.at, self.clock.media(packet.at)) {
                Ok(frame) => {
                    self.board.hear(packet.at);
                    if let Some(bytes) = frame.filter(|_| !self.hidden) {
                        self.assemble(&bytes);
                    }
                }
                Err(error) => self.refuse(&error),
            }
        }
        true
    }

    fn assemble(&mut self, bytes: &Bytes) {
        match VideoFrame::decode(bytes) {
            Ok(frame) => {
                self.counts.newest = self.counts.newest.max(frame.sequence);
                self.assembler.push(frame, clock::now());
            }
            Err(error) => self.refuse(&error),
        }
    }

    fn refuse(&mut self, error: &ahoy_media::WireError) {
        self.counts.refused += 1;
        tracing::debug!(%error, "a piece or frame of the picture was refused");
    }

    fn decode_ready(&mut self) {
        while let Some(frame) = self.assembler.pop(clock::now()) {
            match self.decode(&frame) {
                Ok(picture) => self.hold(frame, Arc::new(picture)),
                Err(error) => {
                    tracing::debug!(%error, sequence = frame.sequence, "a frame was not decoded");
                    self.undecodable += 1;
                    self.assembler.decode_failed();
                    self.reopen_after(error);
                }
            }
        }
    }

    fn decode(&mut self, frame: &VideoFrame) -> Result<Picture, CodecError> {
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => none.insert(Vp9Decoder::new()?),
        };
        decoder.decode(&frame.data, frame.size)
    }

    fn reopen_after(&mut self, error: CodecError) {
        match error {
            CodecError::Library { .. } => self.decoder = None,
            CodecError::PacketRefused(_)
            | CodecError::FrameRefused(_)
            | CodecError::KeyFrameNeeded
            | CodecError::Argument(_)
            | CodecError::PictureTooLarge { .. } => {}
        }
    }

    /// Keeps a picture until its sound is heard; an Echo sends it back at once.
    fn hold(&mut self, frame: VideoFrame, picture: Arc<Picture>) {
        let now = clock::now();
        if let Some(mirror) = &self.mirror {
            let index = u64::from(frame.sequence);
            mirror.put(CapturedPicture { picture: Arc::clone(&picture), at: now, index });
        }
        let age = self.board.offset().map(|offset| offset::age(frame.at, now, offset));
        let voice = self.board.audio.latest().map_or(0.0, |audio| audio.delay_ms);
        let voice = (voice > 0.0).then(|| Duration::from_secs_f64(voice / 1_000.0));
        let hold = age.map_or(Duration::ZERO, |age| self.lip_sync.hold(age, voice, now));
        self.playout.push((frame, picture), hold, now);
    }

    fn show_due(&mut self, now: LocalTime) {
        while let Some((frame, picture)) = self.playout.pop(now) {
            self.show(&frame, picture, now);
        }
    }

    fn show(&mut self, frame: &VideoFrame, picture: Arc<Picture>, now: LocalTime) {
        self.remote.put(DecodedPicture { picture: Arc::clone(&picture), at: frame.at, sequence: frame.sequence });
        if self.peer_paused.swap(false, Ordering::AcqRel) {
            self.freezes.pause();
        }
        self.freezes.shown(now);
        // A pause that goes on is told again.
        self.board.peer_pauses.store(false, Ordering::Release);
        if let Some(offset) = self.board.offset() {
            let delay = offset::age(frame.at, now, offset);
            let smoothed = |old: Duration| (old * (DELAY_WEIGHT - 1) + delay) / DELAY_WEIGHT;
            self.counts.delay = Some(self.counts.delay.map_or(delay, smoothed));
        }
        self.counts.size = frame.size;
        self.counts.frames += 1;
        self.counts.key_frames += u64::from(frame.key);
        if let Some(screen) = &self.screen {
            screen.show(ScreenPicture { picture, at: frame.at, shown_unix_us: ahoy_system::clock::unix_us() });
        }
        if self.counts.frames == 1 {
            (self.on_event)(DecodeEvent::FirstPicture { at: now, media: frame.at });
        }
    }

    /// Tells the peer what arrived, when that is due, and at once when its picture comes into sight or goes out of it.
    fn report(&mut self, now: LocalTime) {
        let hidden = self.board.hidden.load(Ordering::Acquire);
        let patience = self.patience();
        self.receiver.set_patience(patience + FINISH);
        let stuck = self.assembler.is_stuck(patience, now);
        let paused = self.board.pauses.load(Ordering::Acquire);
        let told = self.paused.is_some_and(|told| !paused || now.saturating_since(told) < PAUSE_TOLD);
        let changed = hidden != self.hidden || stuck != self.stuck || paused != told;
        if hidden != self.hidden {
            self.freezes.pause();
        }
        (self.hidden, self.stuck) = (hidden, stuck);
        if !changed && self.receiver.due().is_none_or(|due| due > now) {
            return;
        }
        let report = self.receiver.report(self.assembler.decoded(), hidden, stuck, now, self.clock.media(now));
        let datagram = PictureReport { paused, ..report }.to_datagram();
        self.paused = paused.then_some(now);
        let wire = datagram.len() + PACKET_BYTES;
        // Full: the next report says the same.
        if self.wires.reports.try_send(datagram).is_ok() {
            self.board.report_left(wire);
        }
    }

    /// How long a frame that others need is waited for: pieces come again within one round trip and a half.
    fn patience(&self) -> Duration {
        let audio = self.board.audio.latest();
        let round_trip = audio.map_or(0.0, |audio| audio.rtt_ms) / 1_000.0;
        (Duration::from_secs_f64(round_trip.max(0.0)) * 3 / 2 + REPAIR).min(LONGEST_PATIENCE)
    }

    /// When there is something to do although nothing arrives.
    fn next(&self, now: LocalTime) -> LocalTime {
        let dues = [self.playout.due(), self.receiver.due()];
        dues.into_iter().flatten().fold(now + IDLE, LocalTime::min)
    }

    fn publish(&mut self) {
        let assembled = self.assembler.counts();
        self.counts.dropped = assembled.dropped + self.undecodable;
        self.counts.freezes = self.freezes.freezes();
        self.counts.frozen = self.freezes.frozen();
        self.counts.paused = self.freezes.paused(clock::now());
        self.shown.put(self.counts);
    }
}
