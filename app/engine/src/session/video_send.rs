//! The sending thread of the picture: coded frames -> pieces -> paced datagrams; reports -> rate -> shares -> encoder and voice.
//! The session starts it beside the encode thread; it alone knows what the way carries.
//! It never encodes and never waits for the network: what does not fit is not encoded in the first place.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_media::allocation::{Allocation, PicturePlan, PictureWishes, Share, Way};
use ahoy_media::frame_sender::{FrameSender, Turn};
use ahoy_media::rate::{Limits, RateControl};
use ahoy_media::voice_rate::PACKET_BYTES;
use ahoy_media::{Decoded, Kbps, LocalTime, PictureReport, Slot};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::board::Board;
use super::stats::Rate;
use super::unpark;
use super::video::{SendNumbers, SentVideo};
use super::video_coder::CodedFrame;
use super::video_encode::{EncodeCommand, Guidance, VideoEncode};
use super::wires::TimedPacket;
use crate::clock;

/// Bytes of a datagram: every path of QUIC takes them before it has been measured.
const DATAGRAM_BYTES: usize = 1_100;

/// A picture older than this is not worth sending on: the peer would show it after newer sound.
const FRAME_DEADLINE: Duration = Duration::from_millis(500);

/// Datagrams run ahead by this after a pause, and catch up after a late wake-up: some ticks of a timer.
const SLACK: Duration = Duration::from_millis(5);

/// How often the shares are looked at without a report, and the voice's numbers read.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The wire is full: how soon to look again.
const FULL_WAIT: Duration = Duration::from_millis(1);

/// The way there and back before anything is known of it.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(100);

/// Reports taken at a time: a peer that floods does not keep the thread from its other work.
const AT_ONCE: usize = 32;

/// How often the rate of our own reports is looked at.
const REPORTS_EVERY: Duration = Duration::from_millis(500);

/// The first frame is small, and alone until the peer has it: what it took says how wide the way is. Then others follow, whatever became
/// of it.
const FIRST_ANSWER: Duration = Duration::from_secs(1);

/// How long the thread sleeps while no picture is sent.
const IDLE: Duration = Duration::from_millis(500);

/// The least that a way is thought to carry: the narrowest voice.
const LEAST: Kbps = Kbps(16);

/// On a way that is thought to carry more than this there is room for the voice and a picture, whatever a queue that is still there
/// makes of the voice for the moment.
const NARROW: Kbps = Kbps(150);

/// What the voice may take beside the picture's own most: 64 kbit/s, three copies and the headers.
const VOICE_MOST: Kbps = Kbps(320);

/// Parity and repeats may double a picture at most.
const PICTURE_WIRE: u32 = 2;

/// What the thread works with.
pub(super) struct SendWires {
    /// Frames of the encode thread.
    pub(super) frames: mpsc::Receiver<CodedFrame>,
    /// What the peer says of our pieces.
    pub(super) reports: mpsc::Receiver<TimedPacket>,
    /// Pieces out.
    pub(super) pieces: mpsc::Sender<Bytes>,
}

/// The running thread; it ends when the board says so.
pub(super) struct VideoSend {
    numbers: Slot<SendNumbers>,
    thread: JoinHandle<()>,
}

impl VideoSend {
    /// Starts the thread; `encode` hears what to make.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn start(
        wishes: PictureWishes,
        wires: SendWires,
        encode: Arc<VideoEncode>,
        board: Arc<Board>,
    ) -> io::Result<Self> {
        let numbers = Slot::new();
        let posted = numbers.clone();
        let spawned = thread::Builder::new().name("video-send".to_owned());
        let thread = spawned.spawn(move || Worker::new(wishes, wires, encode, board, posted).run())?;
        Ok(Self { numbers, thread })
    }

    /// The newest numbers.
    pub(super) fn numbers(&self) -> Slot<SendNumbers> {
        self.numbers.clone()
    }

    /// Waits for the end; the board has told it to stop.
    pub(super) fn join(self) {
        self.thread.thread().unpark();
        // A panic of the thread was printed by its own hook; the rest is closed all the same.
        drop(self.thread.join());
    }
}

struct Worker {
    wishes: PictureWishes,
    wires: SendWires,
    encode: Arc<VideoEncode>,
    guidance: Slot<Guidance>,
    /// What the encode thread did so far.
    coded: Slot<SentVideo>,
    board: Arc<Board>,
    numbers: Slot<SendNumbers>,
    sender: FrameSender,
    rate: RateControl,
    allocation: Allocation,
    share: Option<Share>,
    /// What the peer's decoder holds, whether it can go on, and whether anybody sees its pictures.
    decoded: Decoded,
    stuck: bool,
    hidden: bool,
    /// What the encoder was told last.
    guided: Option<Guidance>,
    /// When the first piece left.
    begun: Option<LocalTime>,
    /// When the next piece may leave.
    due: LocalTime,
    look_due: LocalTime,
    /// Wire bytes beside pieces that the rate control knows of.
    beside_told: u64,
    /// What our own reports take of the way.
    report_rate: Rate,
    reports: Kbps,
    reports_due: LocalTime,
    counts: SendNumbers,
}

impl Worker {
    fn new(
        wishes: PictureWishes,
        wires: SendWires,
        encode: Arc<VideoEncode>,
        board: Arc<Board>,
        numbers: Slot<SendNumbers>,
    ) -> Self {
        let most = Kbps(wishes.most.0.saturating_mul(PICTURE_WIRE).saturating_add(VOICE_MOST.0));
        let now = clock::now();
        Self {
            coded: encode.sent(),
            guidance: encode.guidance(),
            wishes,
            wires,
            encode,
            board,
            numbers,
            sender: FrameSender::new(DATAGRAM_BYTES),
            rate: RateControl::new(Limits { least: LEAST, most }, now),
            allocation: Allocation::new(),
            share: None,
            decoded: Decoded::default(),
            stuck: false,
            hidden: false,
            guided: None,
            begun: None,
            due: now,
            look_due: now,
            beside_told: 0,
            report_rate: Rate::default(),
            reports: Kbps(0),
            reports_due: now,
            counts: SendNumbers::default(),
        }
    }

    fn run(mut self) {
        let waker = unpark::this_thread();
        while !self.board.stopping() {
            let context = &mut Context::from_waker(&waker);
            self.take_reports(context);
            self.take_frames(context);
            let now = clock::now();
            if now >= self.look_due {
                self.look(now);
            }
            let next = self.send(now).min(self.look_due);
            self.guide(now);
            thread::park_timeout(next.saturating_since(clock::now()));
        }
    }

    fn take_reports(&mut self, context: &mut Context<'_>) {
        for _ in 0..AT_ONCE {
            let Poll::Ready(Some(packet)) = self.wires.reports.poll_recv(context) else { return };
            match PictureReport::from_datagram(&packet.bytes) {
                Ok(report) => self.take_report(&report, packet.at),
                Err(error) => {
                    self.counts.refused += 1;
                    tracing::debug!(%error, "a report was dropped");
                }
            }
        }
    }

    fn take_report(&mut self, report: &PictureReport, at: LocalTime) {
        self.board.hear(at);
        let arrivals = self.sender.heard(report, self.round_trip(), at);
        self.rate.heard(&arrivals, at);
        (self.decoded, self.stuck) = (report.decoded, report.want_key);
        self.hidden = report.hidden;
        self.board.peer_pauses.store(report.paused, Ordering::Release);
        while let Some(lost) = self.sender.abandoned() {
            // A thread too busy for it hears of the loss when the peer is stuck.
            let _ = self.encode.command(EncodeCommand::Lost(lost));
        }
        self.look_due = at;
    }

    fn take_frames(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Some(frame)) = self.wires.frames.poll_recv(context) {
            let now = clock::now();
            if self.share.is_none() {
                self.look(now);
            }
            self.allocation.encoded(frame.bytes.len(), now);
            let redundancy = self.share.as_ref().map_or(0.0, |share| share.redundancy);
            let deadline = frame.captured + FRAME_DEADLINE;
            if let Err(error) = self.sender.push(frame.bytes, frame.sequence, deadline, redundancy, now) {
                tracing::warn!(%error, "a frame was not sent");
                let _ = self.encode.command(EncodeCommand::Lost(frame.sequence));
            }
        }
    }

    /// Divides the way anew between voice and picture.
    fn look(&mut self, now: LocalTime) {
        let beside = self.board.sound_wire() + self.board.report_wire();
        self.rate.sent_sound(usize::try_from(beside - self.beside_told).unwrap_or(usize::MAX), now);
        self.beside_told = beside;
        if now >= self.reports_due {
            self.reports_due = now + REPORTS_EVERY;
            self.reports = Kbps(self.report_rate.read(now, self.board.report_wire()) as u32);
        }
        self.board.picture_waits(self.rate.longest_wait());
        if let Some(audio) = self.board.audio.latest() {
            self.rate.heard_queue(audio.queue, now);
        }
        let coded = self.coded.latest().map(|coded| *coded).unwrap_or_default();
        // Sound first: a narrow way that does not carry the voice as it should be has nothing left to try pictures with.
        let target = self.rate.target(now);
        let paused = self.share.is_none() || self.allocation.pauses();
        let scarce = paused && target < NARROW && !self.board.voice_content();
        self.share = coded.camera.map(|camera| {
            let way = Way {
                target: if scarce { LEAST } else { target },
                queue: self.rate.queue_left(now),
                loss: self.rate.loss(),
                mean_run: self.rate.mean_run(),
                round_trip: self.rate.round_trip(),
                silence: self.rate.silence(now),
                reports: self.reports,
            };
            self.allocation.share(way, self.board.voice_wants(), camera, self.wishes, coded.encode_time, now)
        });
        let plan = self.plan();
        self.board.pauses.store(self.share.is_some() && self.allocation.pauses(), Ordering::Release);
        // While pictures flow a queue is theirs and their rate control's; without them the voice looks after itself. In a dip, which is
        // over soon, it stays as it is.
        let dips = self.share.is_some() && plan.is_none() && !self.hidden && !self.allocation.pauses();
        if !dips {
            self.board.share_voice(self.share.as_ref().filter(|_| plan.is_some()).map(|share| share.voice));
        }
        self.look_due = now + if self.share.is_some() { LOOK_EVERY } else { IDLE };
        self.counts.target = self.share.as_ref().map(|_| self.rate.target(now));
        (self.counts.queue, self.counts.loss, self.counts.plan) = (self.rate.queue(), self.rate.loss(), plan);
        self.counts.encode_time = coded.encode_time;
        self.numbers.put(self.counts);
    }

    /// What the encoder shall make.
    fn plan(&self) -> Option<PicturePlan> {
        self.share.as_ref().and_then(|share| share.picture).filter(|_| !self.hidden)
    }

    /// Tells the encoder what changed.
    fn guide(&mut self, now: LocalTime) {
        if self.share.is_none() {
            return;
        }
        let guidance = Guidance {
            plan: self.plan(),
            room: !self.waits_for_first(now)
                && self.allocation.has_room(self.sender.waiting(), self.rate.pace(now), now),
            decoded: self.decoded,
            stuck: self.stuck,
            round_trip: self.round_trip(),
        };
        if self.guided != Some(guidance) {
            self.guided = Some(guidance);
            self.guidance.put(guidance);
        }
    }

    /// The first frame is under way.
    fn waits_for_first(&self, now: LocalTime) -> bool {
        let answered = self.decoded.newest.is_some() || self.stuck;
        self.begun.is_some_and(|begun| !answered && now.saturating_since(begun) < FIRST_ANSWER)
    }

    fn round_trip(&self) -> Duration {
        self.rate.round_trip().unwrap_or(FIRST_ROUND_TRIP)
    }

    /// Sends what may leave now; the time of the next piece.
    fn send(&mut self, now: LocalTime) -> LocalTime {
        let pace = self.rate.pace(now);
        self.due = self.due.max(now - SLACK);
        while self.due <= now {
            let Ok(permit) = self.wires.pieces.try_reserve() else { return now + FULL_WAIT };
            let Some(piece) = self.sender.next(now) else { break };
            let wire = piece.datagram.len() + PACKET_BYTES;
            let _ = self.begun.get_or_insert(now);
            permit.send(piece.datagram);
            self.rate.sent(piece.number, wire, now);
            self.due = self.due + span(wire, pace);
            self.counts.pieces += 1;
            self.counts.bytes += wire as u64;
            match piece.kind {
                Turn::First => {}
                Turn::Parity => self.counts.parity += 1,
                Turn::Repeat => self.counts.repeats += 1,
            }
        }
        let next = self.sender.due().unwrap_or(self.look_due);
        if self.sender.waits() { self.due } else { next.max(self.due) }
    }
}

/// The time that so many bytes take at this pace.
fn span(bytes: usize, pace: Kbps) -> Duration {
    Duration::from_micros(bytes as u64 * 8_000 / u64::from(pace.0.max(1)))
}
