//! The encode thread of a call: newest picture of the camera -> self view -> scale -> VP9 -> the way out.
//! The session starts it and sends it commands; it alone opens, holds and drops the camera.
//! It never waits for the network: when the way out is full a picture is skipped before it is encoded.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use ahoy_camera::{Camera, CameraChoice, CameraError, CameraMode, open_camera};
use ahoy_codec::{CodecError, EncodedFrame, Vp9Config, Vp9Encoder};
use ahoy_media::scale::{fit, scale};
use ahoy_media::{
    CapturedPicture, Kbps, LocalTime, MediaClock, MediaTime, Picture, References, Size, Slot, VideoFrame,
};
use bytes::Bytes;
use tokio::sync::mpsc as async_mpsc;

use super::video::SentVideo;

/// Commands on their way to the thread: a person presses fewer, and key requests are 200 ms apart.
const COMMANDS: usize = 16;

/// How often a running camera is asked whether it still works; pictures themselves wake the thread at once.
const CAMERA_CHECK: Duration = Duration::from_millis(500);

/// Pictures between two looks at the camera's true rate: about a second.
const PACE_PICTURES: u64 = 24;

/// Two threads: with more, a picture of a call is too small to share out.
const ENCODER_THREADS: u32 = 2;

/// The rates the encoder takes, in pictures a second.
const ENCODER_FPS: std::ops::RangeInclusive<u64> = 1..=60;

/// What the thread is asked to do.
#[derive(Clone, Debug)]
pub enum EncodeCommand {
    /// Opens this camera, closing the one before.
    Camera(CameraChoice),
    /// Closes the camera.
    Off,
    /// Makes the next frame a key frame.
    Key,
    /// Changes the bit rate.
    Rate(Kbps),
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
    /// Constant bit rate.
    pub rate: Kbps,
    /// The media clock of this side.
    pub clock: MediaClock,
}

/// The running thread. Dropping it closes the camera and ends it.
pub struct VideoEncode {
    commands: SyncSender<EncodeCommand>,
    signals: Arc<Signals>,
    pictures: Slot<CapturedPicture>,
    sent: Slot<SentVideo>,
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
        frames: async_mpsc::Sender<Bytes>,
        on_camera: OnCamera,
    ) -> io::Result<Self> {
        let signals = Arc::new(Signals::default());
        let waker = Arc::clone(&signals);
        let pictures = Slot::with_waker(Arc::new(move || waker.wake()));
        let (commands, obeyed) = mpsc::sync_channel(COMMANDS);
        let sent = Slot::new();
        let worker = Worker {
            rate: config.rate,
            fps: config.fps,
            config,
            signals: Arc::clone(&signals),
            commands: obeyed,
            pictures: pictures.clone(),
            self_view,
            frames,
            on_camera,
            camera: None,
            started: false,
            encoder: None,
            want_key: true,
            pace: None,
            counts: SentVideo::default(),
            sent: sent.clone(),
        };
        let thread = thread::Builder::new().name("video-encode".to_owned()).spawn(move || worker.run())?;
        let _ = signals.thread.set(thread.thread().clone());
        Ok(Self { commands, signals, pictures, sent, thread: Some(thread) })
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
    rate: Kbps,
    /// Pictures a second as they really come.
    fps: u32,
    signals: Arc<Signals>,
    commands: Receiver<EncodeCommand>,
    pictures: Slot<CapturedPicture>,
    self_view: Slot<CapturedPicture>,
    frames: async_mpsc::Sender<Bytes>,
    on_camera: OnCamera,
    camera: Option<Box<dyn Camera>>,
    /// The camera's start was told.
    started: bool,
    encoder: Option<Vp9Encoder>,
    want_key: bool,
    /// Time and index of the picture from which the camera's rate is measured.
    pace: Option<(LocalTime, u64)>,
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
            EncodeCommand::Key => self.want_key = true,
            EncodeCommand::Rate(rate) => {
                self.rate = rate;
                if let Some(encoder) = &mut self.encoder
                    && let Err(error) = encoder.set_kbps(rate)
                {
                    tracing::warn!(%error, "the encoder is opened anew for another rate");
                    self.encoder = None;
                }
            }
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
        self.started = false;
        self.pace = None;
        // What follows another camera, or a pause, has nothing in common with the picture before.
        self.want_key = true;
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
            self.close_camera();
            (self.on_camera)(CameraEvent::Failed(why));
        }
    }

    fn send(&mut self, captured: &CapturedPicture) {
        self.self_view.put(captured.clone());
        self.follow_pace(captured);
        let frames = self.frames.clone();
        let sent = frames.try_reserve().ok().and_then(|permit| {
            let bytes = self.encode(captured)?;
            self.counts.bytes += bytes.len() as u64;
            permit.send(bytes);
            Some(())
        });
        if sent.is_none() {
            self.counts.skipped += 1;
        }
        self.sent.put(self.counts);
    }

    /// One frame in its wire form; `None` when it could not be made, and then the next one stands alone.
    fn encode(&mut self, captured: &CapturedPicture) -> Option<Bytes> {
        let size = fit(captured.picture.size(), self.config.limit);
        let scaled;
        let picture = if size == captured.picture.size() {
            captured.picture.as_ref()
        } else {
            scaled = scale(&captured.picture, size);
            &scaled
        };
        let key = self.want_key;
        self.want_key = true;
        let frame = match self.code(picture, key) {
            Ok(frame) => frame,
            Err(error) => {
                tracing::warn!(%error, "a picture was not encoded");
                self.encoder = None;
                return None;
            }
        };
        let frame = VideoFrame {
            // 2^32 frames are five years of video.
            sequence: u32::try_from(self.counts.frames).ok()?,
            at: self.config.clock.media(captured.at),
            key: frame.key,
            size,
            references: if frame.key { References::NONE } else { References::PREVIOUS },
            data: frame.data,
        };
        let bytes = frame.encode().inspect_err(|error| tracing::warn!(%error, "a frame was not sent")).ok()?;
        self.want_key = false;
        self.counts.frames += 1;
        self.counts.key_frames += u64::from(frame.key);
        Some(bytes)
    }

    fn code(&mut self, picture: &Picture, key: bool) -> Result<EncodedFrame, CodecError> {
        let limit = self.config.limit;
        let encoder = match &mut self.encoder {
            Some(encoder) => encoder,
            none => none.insert(Vp9Encoder::new(Vp9Config {
                size: fit(picture.size(), limit),
                max_size: limit,
                kbps: self.rate,
                fps: self.fps,
                threads: ENCODER_THREADS,
            })?),
        };
        encoder.encode(picture, key)
    }

    /// Tells the encoder how fast the pictures really come: files and dark rooms have rates of their own.
    fn follow_pace(&mut self, captured: &CapturedPicture) {
        let (since, first) = *self.pace.get_or_insert((captured.at, captured.index));
        let pictures = captured.index.saturating_sub(first);
        if pictures < PACE_PICTURES {
            return;
        }
        self.pace = Some((captured.at, captured.index));
        let elapsed_us = captured.at.0.saturating_sub(since.0).max(1);
        let fps = (pictures * 1_000_000 + elapsed_us / 2) / elapsed_us;
        let fps = u32::try_from(fps.clamp(*ENCODER_FPS.start(), *ENCODER_FPS.end())).unwrap_or(self.fps);
        if fps == self.fps {
            return;
        }
        self.fps = fps;
        if let Some(encoder) = &mut self.encoder
            && let Err(error) = encoder.set_fps(fps)
        {
            tracing::debug!(%error, fps, "the encoder keeps its rate of pictures");
        }
    }
}
