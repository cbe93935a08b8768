//! The encode thread of a call: newest picture of the camera -> self view -> coder -> the way out.
//! The session starts it and sends it commands; the sending thread guides it. It alone opens, holds and drops the camera.
//! It never waits for the network: when there is no room a picture is skipped before it is encoded.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use ahoy_camera::{Camera, CameraChoice, CameraError, CameraMode, open_camera};
use ahoy_media::allocation::{Camera as CameraShape, PicturePlan, sizes};
use ahoy_media::thinner::Thinner;
use ahoy_media::{CapturedPicture, Decoded, Kbps, LocalTime, MediaClock, MediaTime, Picture, Size, Slot};
use tokio::sync::mpsc as async_mpsc;

use super::camera_pace::CameraPace;
use super::video::SentVideo;
use super::video_coder::{CodedFrame, Coder};
use crate::clock;

/// Commands on their way to the thread: a person presses fewer, and frames are given up one by one.
const COMMANDS: usize = 32;

/// How often a running camera is asked whether it still works; pictures themselves wake the thread at once.
const CAMERA_CHECK: Duration = Duration::from_millis(500);

/// The first frame of a call, before anything is known of the way, is small: it fits into a first flight, and a narrow way is not full for
/// long.
const FIRST_RATE: Kbps = Kbps(150);

/// Weight of the encoding times before against a new one: a third of a second at 24 pictures a second.
const TIME_WEIGHT: u32 = 8;

/// What the thread is asked to do.
#[derive(Clone, Debug)]
pub enum EncodeCommand {
    /// Opens this camera, closing the one before.
    Camera(CameraChoice),
    /// Closes the camera.
    Off,
    /// This frame will not reach the peer.
    Lost(u32),
}

/// What the sending thread knows of the way and of the peer; the newest one counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guidance {
    /// What to make; `None`: no picture is sent.
    pub plan: Option<PicturePlan>,
    /// Another frame may be made now.
    pub room: bool,
    /// What the peer's decoder holds.
    pub decoded: Decoded,
    /// The peer's decoder cannot go on.
    pub stuck: bool,
    /// The way there and back.
    pub round_trip: Duration,
}

/// What the thread tells about its camera.
#[derive(Debug)]
pub enum CameraEvent {
    /// The first picture of a camera.
    Started {
        /// When picture 0 was captured.
        at: LocalTime,
        /// The same moment as the peer sees it.
        media: MediaTime,
    },
    /// The camera would not open or stopped; it is closed now.
    Failed(CameraError),
}

/// Called on the encode thread; must not wait.
pub type OnCamera = Box<dyn FnMut(CameraEvent) + Send>;

/// How pictures are encoded.
#[derive(Clone, Copy, Debug)]
pub struct EncodeConfig {
    /// The largest picture sent; larger ones are scaled down in their own shape.
    pub limit: Size,
    /// Pictures a second asked of the camera.
    pub fps: u32,
    /// The media clock of this side.
    pub clock: MediaClock,
}

/// The running thread. Dropping it closes the camera and ends it.
pub struct VideoEncode {
    commands: SyncSender<EncodeCommand>,
    signals: Arc<Signals>,
    pictures: Slot<CapturedPicture>,
    sent: Slot<SentVideo>,
    guidance: Slot<Guidance>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Signals {
    stop: AtomicBool,
    /// The thread is inside a driver's opening, which may take seconds.
    opening: AtomicBool,
    thread: OnceLock<Thread>,
}

impl Signals {
    fn wake(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

impl VideoEncode {
    /// Starts the thread without a camera. Frames go to `frames`, every picture also to `self_view`.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(
        config: EncodeConfig,
        self_view: Slot<CapturedPicture>,
        frames: async_mpsc::Sender<CodedFrame>,
        on_camera: OnCamera,
    ) -> io::Result<Self> {
        let signals = Arc::new(Signals::default());
        let waker = Arc::clone(&signals);
        let pictures = Slot::with_waker(Arc::new(move || waker.wake()));
        let (commands, obeyed) = mpsc::sync_channel(COMMANDS);
        let (sent, guidance) = (Slot::new(), Slot::new());
        let worker = Worker {
            pace: CameraPace::new(config.fps),
            coder: Coder::new(config.clock, config.limit),
            guidance: guidance.clone(),
            thinner: Thinner::default(),
            config,
            signals: Arc::clone(&signals),
            commands: obeyed,
            pictures: pictures.clone(),
            self_view,
            frames,
            on_camera,
            camera: None,
            started: false,
            black_waits: false,
            counts: SentVideo::default(),
            sent: sent.clone(),
        };
        let thread = thread::Builder::new().name("video-encode".to_owned()).spawn(move || worker.run())?;
        let _ = signals.thread.set(thread.thread().clone());
        Ok(Self { commands, signals, pictures, sent, guidance, thread: Some(thread) })
    }

    /// Asks for something; false when the thread is too busy to take more commands.
    #[must_use]
    pub fn command(&self, command: EncodeCommand) -> bool {
        let taken = self.commands.try_send(command).is_ok();
        self.signals.wake();
        taken
    }

    /// Where pictures come in; a phone that sends back what it sees puts them here itself.
    #[must_use]
    pub fn pictures(&self) -> Slot<CapturedPicture> {
        self.pictures.clone()
    }

    /// The newest counters.
    #[must_use]
    pub fn sent(&self) -> Slot<SentVideo> {
        self.sent.clone()
    }

    /// Where the sending thread puts what it knows; it holds from the next picture on.
    #[must_use]
    pub fn guidance(&self) -> Slot<Guidance> {
        self.guidance.clone()
    }
}

impl Drop for VideoEncode {
    fn drop(&mut self) {
        self.signals.stop.store(true, Ordering::Release);
        self.signals.wake();
        // A driver that hangs while opening must not hold up the end of a call; the thread closes the camera itself then.
        if let Some(thread) = self.thread.take().filter(|_| !self.signals.opening.load(Ordering::Acquire)) {
            let _ = thread.join();
        }
    }
}

struct Worker {
    config: EncodeConfig,
    signals: Arc<Signals>,
    commands: Receiver<EncodeCommand>,
    pictures: Slot<CapturedPicture>,
    self_view: Slot<CapturedPicture>,
    frames: async_mpsc::Sender<CodedFrame>,
    guidance: Slot<Guidance>,
    on_camera: OnCamera,
    camera: Option<Box<dyn Camera>>,
    /// The camera's start was told.
    started: bool,
    /// It failed, and there was no room for a black picture yet.
    black_waits: bool,
    pace: CameraPace,
    thinner: Thinner,
    coder: Coder,
    counts: SentVideo,
    sent: Slot<SentVideo>,
}

impl Worker {
    fn run(mut self) {
        if !ahoy_system::thread::lower_priority() {
            tracing::debug!("the encode thread keeps its normal priority");
        }
        while !self.signals.stop.load(Ordering::Acquire) {
            match self.commands.try_recv() {
                Ok(command) => {
                    self.obey(command);
                    continue;
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => break,
            }
            match self.pictures.take() {
                Some(captured) => self.send(&captured),
                None if self.camera.is_some() => thread::park_timeout(CAMERA_CHECK),
                None => thread::park(),
            }
            self.watch_camera();
        }
        self.close_camera();
    }

    fn obey(&mut self, command: EncodeCommand) {
        match command {
            EncodeCommand::Camera(choice) => self.open_camera(&choice),
            EncodeCommand::Off => self.close_camera(),
            EncodeCommand::Lost(sequence) => self.coder.lost(sequence, clock::now()),
        }
    }

    fn open_camera(&mut self, choice: &CameraChoice) {
        self.close_camera();
        let mode = CameraMode { size: self.config.limit, fps: self.config.fps };
        self.signals.opening.store(true, Ordering::Release);
        let opened = open_camera(choice, mode, self.pictures.clone());
        self.signals.opening.store(false, Ordering::Release);
        match opened {
            Ok(camera) => self.camera = Some(camera),
            Err(why) => (self.on_camera)(CameraEvent::Failed(why)),
        }
    }

    fn close_camera(&mut self) {
        self.camera = None;
        self.black_waits = false;
        self.started = false;
        self.pace = CameraPace::new(self.config.fps);
        self.coder.forget();
        self.counts.camera = None;
        self.sent.put(self.counts);
        self.pictures.clear();
        self.self_view.clear();
    }

    fn watch_camera(&mut self) {
        let Some(camera) = &self.camera else { return };
        if let (false, Some(at)) = (self.started, camera.begun()) {
            self.started = true;
            (self.on_camera)(CameraEvent::Started { at, media: self.config.clock.media(at) });
        }
        if let Some(why) = camera.failure() {
            // The frame before may not have left yet: then black is tried once more at the next look.
            if !self.send_black() && !std::mem::replace(&mut self.black_waits, true) {
                return;
            }
            self.close_camera();
            (self.on_camera)(CameraEvent::Failed(why));
        }
    }

    fn send(&mut self, captured: &CapturedPicture) {
        self.self_view.put(captured.clone());
        let fps = self.pace.follow(captured);
        self.counts.camera = Some(CameraShape { size: captured.picture.size(), fps });
        let frames = self.frames.clone();
        let sent = self.wanted(captured, fps).and_then(|plan| {
            let permit = frames.try_reserve().ok()?;
            let frame = self.coder.frame(captured, plan, clock::now())?;
            self.count(&frame);
            permit.send(frame);
            Some(())
        });
        if sent.is_none() {
            self.counts.skipped += 1;
        }
        self.sent.put(self.counts);
    }

    /// A camera that failed leaves no picture standing on the other side that looks as if it were still seen; false where there is no room
    /// for it now. While pictures pause the end of the video, which the peer is told of, has to do.
    fn send_black(&mut self) -> bool {
        let Some(camera) = self.counts.camera else { return true };
        let Some(plan) = self.guidance.latest().and_then(|guidance| guidance.plan) else { return true };
        let picture = Arc::new(Picture::black(camera.size));
        let black = CapturedPicture { picture, at: clock::now(), index: 0 };
        let frames = self.frames.clone();
        let Ok(permit) = frames.try_reserve() else { return false };
        if let Some(frame) = self.coder.frame(&black, plan, clock::now()) {
            self.count(&frame);
            permit.send(frame);
        }
        true
    }

    /// How to make a frame of this picture; `None` when it is left out.
    fn wanted(&mut self, captured: &CapturedPicture, fps: u32) -> Option<PicturePlan> {
        let Some(guidance) = self.guidance.latest() else {
            let (size, _) = sizes(captured.picture.size(), self.config.limit);
            return Some(PicturePlan { kbps: FIRST_RATE, fps, size });
        };
        let Guidance { plan, room, decoded, stuck, round_trip } = *guidance;
        // What was on its way when a pause began may not have been decoded: the first frame after it needs only what the
        // peer is known to have.
        self.coder.heard(decoded, stuck || plan.is_none(), round_trip, clock::now());
        plan.filter(|plan| room && self.thinner.takes(captured.at, plan.fps))
    }

    fn count(&mut self, frame: &CodedFrame) {
        self.counts.frames += 1;
        self.counts.key_frames += u64::from(frame.key);
        self.counts.bytes += frame.bytes.len() as u64;
        // A key frame is slow and rare.
        if !frame.key {
            let before = self.counts.encode_time;
            let smoothed = (before * (TIME_WEIGHT - 1) + frame.took) / TIME_WEIGHT;
            self.counts.encode_time = if before.is_zero() { frame.took } else { smoothed };
        }
    }
}
