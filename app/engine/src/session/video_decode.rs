//! The decode thread of a call: received streams -> assembler -> VP9 -> where the picture is seen.
//! The session starts it with the receiving end of the frames and hears its events.
//! Whatever the peer sends ends in a picture, a counter or a key frame request, never in a panic.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_camera::{CameraError, ScreenFile};
use ahoy_codec::{CodecError, Vp9Decoder};
use ahoy_media::{
    Assembler, CapturedPicture, DecodedPicture, FreezeMeter, LocalTime, MediaTime, Picture, Slot, VideoFrame, offset,
};
use bytes::Bytes;
use tokio::sync::mpsc as async_mpsc;

use super::video::ShownVideo;
use crate::clock;

/// Pictures on their way to the screen file. When it is full the decoder waits: the file is a measuring device and must be whole.
const SCREEN_QUEUE: usize = 4;

/// Weight of a new delay in the smoothed one: a third of a second at 24 pictures a second.
const DELAY_WEIGHT: u32 = 8;

/// No clock offset is known yet.
const UNKNOWN: i64 = i64::MIN;

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
    /// The peer should send a key frame; repeated until one comes.
    KeyFrameWanted,
    /// The screen file cannot be written; the call goes on without it.
    ScreenFailed(CameraError),
}

/// Called on the decode thread; must not wait.
pub type OnDecode = Box<dyn Fn(DecodeEvent) + Send + Sync>;

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

/// The running thread. It ends when the last sender of its frames is dropped.
pub struct VideoDecode {
    shown: Slot<ShownVideo>,
    hints: Arc<Hints>,
    thread: JoinHandle<()>,
}

/// What the session knows and the thread needs.
struct Hints {
    peer_paused: AtomicBool,
    offset_us: AtomicI64,
}

impl VideoDecode {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(frames: async_mpsc::Receiver<Bytes>, outputs: Outputs, on_event: OnDecode) -> io::Result<Self> {
        let shown = Slot::new();
        let hints = Arc::new(Hints { peer_paused: AtomicBool::new(false), offset_us: AtomicI64::new(UNKNOWN) });
        let on_event = Arc::new(on_event);
        let screen = outputs.screen.map(|screen| ScreenWriter::start(screen, Arc::clone(&on_event))).transpose()?;
        let worker = Worker {
            remote: outputs.remote,
            mirror: outputs.mirror,
            screen,
            on_event,
            hints: Arc::clone(&hints),
            decoder: None,
            assembler: Assembler::new(),
            freezes: FreezeMeter::default(),
            undecodable: 0,
            counts: ShownVideo::default(),
            shown: shown.clone(),
        };
        let thread = thread::Builder::new().name("video-decode".to_owned()).spawn(move || worker.run(frames))?;
        Ok(Self { shown, hints, thread })
    }

    /// The newest counters.
    #[must_use]
    pub fn shown(&self) -> Slot<ShownVideo> {
        self.shown.clone()
    }

    /// The peer turned its camera off: the time until its next picture is no freeze.
    pub fn peer_paused(&self) {
        self.hints.peer_paused.store(true, Ordering::Release);
    }

    /// The peer's media time minus our local time in microseconds, for the delay.
    pub fn set_clock_offset(&self, offset_us: i64) {
        self.hints.offset_us.store(offset_us, Ordering::Release);
    }

    /// Waits for the end and gives the final counters; the last sender of frames must be gone.
    #[must_use]
    pub fn join(self) -> ShownVideo {
        let _ = self.thread.join();
        self.shown.latest().map(|shown| *shown).unwrap_or_default()
    }
}

struct Worker {
    remote: Slot<DecodedPicture>,
    mirror: Option<Slot<CapturedPicture>>,
    screen: Option<ScreenWriter>,
    on_event: Arc<OnDecode>,
    hints: Arc<Hints>,
    decoder: Option<Vp9Decoder>,
    assembler: Assembler,
    freezes: FreezeMeter,
    /// Frames that the decoder refused.
    undecodable: u64,
    counts: ShownVideo,
    shown: Slot<ShownVideo>,
}

impl Worker {
    fn run(mut self, mut frames: async_mpsc::Receiver<Bytes>) {
        if !ahoy_system::thread::lower_priority() {
            tracing::debug!("the decode thread keeps its normal priority");
        }
        while let Some(bytes) = frames.blocking_recv() {
            self.receive(&bytes);
        }
        let _ = self.assembler.finish();
        // The file is whole before the last counters are out.
        self.screen = None;
        self.publish();
    }

    fn receive(&mut self, bytes: &Bytes) {
        self.counts.bytes += bytes.len() as u64;
        match VideoFrame::decode(bytes) {
            Ok(frame) => {
                self.counts.newest = self.counts.newest.max(frame.sequence);
                self.assembler.push(frame, clock::now());
            }
            Err(error) => {
                self.counts.refused += 1;
                tracing::debug!(%error, "a video stream was refused");
            }
        }
        while let Some(frame) = self.assembler.pop(clock::now()) {
            match self.decode(&frame) {
                Ok(picture) => self.show(&frame, picture),
                Err(error) => {
                    tracing::debug!(%error, sequence = frame.sequence, "a frame was not decoded");
                    self.undecodable += 1;
                    self.assembler.decode_failed();
                    self.reopen_after(error);
                }
            }
        }
        if self.assembler.wants_key_frame(clock::now()) {
            (self.on_event)(DecodeEvent::KeyFrameWanted);
        }
        self.publish();
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

    fn show(&mut self, frame: &VideoFrame, picture: Picture) {
        let picture = Arc::new(picture);
        self.remote.put(DecodedPicture { picture: Arc::clone(&picture), at: frame.at, sequence: frame.sequence });
        let now = clock::now();
        if let Some(mirror) = &self.mirror {
            mirror.put(CapturedPicture { picture: Arc::clone(&picture), at: now, index: self.counts.frames });
        }
        if self.hints.peer_paused.swap(false, Ordering::AcqRel) {
            self.freezes.pause();
        }
        self.freezes.shown(now);
        self.measure_delay(frame.at, now);
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

    fn measure_delay(&mut self, captured: MediaTime, now: LocalTime) {
        let offset = self.hints.offset_us.load(Ordering::Acquire);
        if offset == UNKNOWN {
            return;
        }
        let delay = offset::age(captured, now, offset);
        let smoothed = |old: Duration| (old * (DELAY_WEIGHT - 1) + delay) / DELAY_WEIGHT;
        self.counts.delay = Some(self.counts.delay.map_or(delay, smoothed));
    }

    fn publish(&mut self) {
        let assembled = self.assembler.counts();
        self.counts.dropped = assembled.dropped + self.undecodable;
        self.counts.key_requests = assembled.key_requests;
        self.counts.freezes = self.freezes.freezes();
        self.counts.frozen = self.freezes.frozen();
        self.shown.put(self.counts);
    }
}

struct ScreenPicture {
    picture: Arc<Picture>,
    at: MediaTime,
    shown_unix_us: u64,
}

/// Writes the screen file on a thread of its own, so that a slow disk delays no picture until the queue is full.
struct ScreenWriter {
    pictures: Option<SyncSender<ScreenPicture>>,
    thread: Option<JoinHandle<()>>,
}

impl ScreenWriter {
    fn start(mut screen: ScreenFile, on_event: Arc<OnDecode>) -> io::Result<Self> {
        let (pictures, queue) = mpsc::sync_channel::<ScreenPicture>(SCREEN_QUEUE);
        let thread = thread::Builder::new().name("screen-file".to_owned()).spawn(move || {
            for shown in queue {
                if let Err(why) = screen.show(&shown.picture, shown.at, shown.shown_unix_us) {
                    on_event(DecodeEvent::ScreenFailed(why));
                    break;
                }
            }
        })?;
        Ok(Self { pictures: Some(pictures), thread: Some(thread) })
    }

    fn show(&self, picture: ScreenPicture) {
        if let Some(pictures) = &self.pictures {
            // Fails only after the file failed, which was told.
            let _ = pictures.send(picture);
        }
    }
}

impl Drop for ScreenWriter {
    fn drop(&mut self) {
        self.pictures = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
