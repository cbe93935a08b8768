//! The media of one call behind one handle: sound and picture, both ways, with their threads and devices.
//! The driver starts one after consent, lets it begin when the call is connected, and stops it at the end.
//! No device is open before `start` or after `stop`; the camera is open only while this side sends video.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use ahoy_audio::{AudioError, MicChoice, MicOptions, SpeakerChoice};
use ahoy_camera::{CameraChoice, CameraError, ScreenFile};
use ahoy_codec::CodecError;
use ahoy_media::allocation::PictureWishes;
use ahoy_media::protect::Wishes;
use ahoy_media::{AudioCodec, CapturedPicture, DecodedPicture, LocalTime, MediaClock, MediaTime, Slot};
use ahoy_voice::Processing;
use thiserror::Error;
use tokio::sync::mpsc;

use crate::clock;
use crate::config::MediaOptions;
use crate::notice::Device;
use crate::stats::VideoNumbers;

mod audio;
mod board;
mod camera_pace;
mod capture;
mod device_clock;
mod keeper;
mod news;
mod outgoing;
mod playout;
pub mod rehearsal;
mod report;
mod screen_writer;
pub mod stats;
mod unpark;
pub mod video;
mod video_coder;
pub mod video_decode;
pub mod video_encode;
mod video_send;
mod wires;

use audio::{AudioWorker, Devices};
use board::Board;
use capture::Capture;
use keeper::{Chooser, Keeper, System};
use news::{news_of, start_decode, start_encode};
use outgoing::Outgoing;
use playout::Playout;
use stats::Rate;
pub use stats::{AudioStats, MediaStats};
use video::VideoMeter;
use video_decode::{DecodeWires, Outputs, VideoDecode};
use video_encode::{EncodeCommand, VideoEncode};
use video_send::{SendWires, VideoSend};
pub use wires::{Inlets, Outlets, SessionTransport, TimedPacket, wires};

/// Samples between microphone and worker: 200 ms, the longest the worker may stand still.
const CAPTURE_RING: usize = 9_600;

/// Samples between worker and speaker: 120 ms, more than any device takes at once.
const PLAYOUT_RING: usize = 5_760;

/// Coded frames on their way to be sent: a picture is skipped before a second one waits.
const CODED_FRAMES: usize = 1;

/// What a session is started with.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// The media clock of this side.
    pub clock: MediaClock,
    /// The voice codec that both sides agreed on.
    pub audio_codec: AudioCodec,
    /// Where sound and picture come from and go to.
    pub media: MediaOptions,
    /// What the person fixed of how the voice is carried.
    pub voice: Wishes,
    /// The bit rate of the voice may vary.
    pub vbr: bool,
    /// What is done to the voice before it leaves.
    pub processing: Processing,
    /// Sound kept waiting beside what the network asks for.
    pub audio_reserve: Duration,
    /// What the person wants of the picture sent.
    pub picture: PictureWishes,
    /// Begins muted.
    pub muted: bool,
    /// Begins with the camera on.
    pub send_video: bool,
    /// Sends back what it hears and sees instead of microphone and camera.
    pub echo: bool,
    /// The newest picture of the other side.
    pub remote_picture: Slot<DecodedPicture>,
    /// The newest picture of my camera.
    pub self_picture: Slot<CapturedPicture>,
}

/// What a session tells the driver, each at most once unless said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// The peer is heard, and says that it hears us.
    Flows,
    /// Sample 0 of the microphone.
    MicStart {
        /// When it was captured.
        at: LocalTime,
        /// The same moment as the peer sees it.
        media: MediaTime,
    },
    /// Picture 0 of a camera; once a camera.
    CameraStart {
        /// When it was captured.
        at: LocalTime,
        /// The same moment as the peer sees it.
        media: MediaTime,
    },
    /// Sample 0 of the speaker is due.
    SpeakerStart {
        /// When.
        at: LocalTime,
    },
    /// The screen file takes pictures from now on.
    ScreenStart {
        /// When.
        at: LocalTime,
    },
    /// The first decoded sound was handed to the speaker.
    FirstAudio {
        /// When.
        at: LocalTime,
    },
    /// The first picture of the other side was shown.
    FirstVideo {
        /// When.
        at: LocalTime,
    },
    /// A device is not there or failed; the call goes on without it.
    DeviceFailed {
        /// Which.
        device: Device,
        /// Why and what to do.
        why: String,
    },
    /// A device that had failed works again.
    DeviceBack(Device),
}

/// Why a session could not start.
#[derive(Debug, Error)]
pub enum SessionError {
    /// A sound file that cannot be used.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// A screen file that cannot be written.
    #[error(transparent)]
    Camera(#[from] CameraError),
    /// A codec that cannot be opened.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// No thread left.
    #[error("the system gives no more threads: {0}; close other programs and try again")]
    Threads(#[from] io::Error),
}

/// The running media of one call.
pub struct MediaSession {
    board: Arc<Board>,
    chooser: Chooser,
    audio: JoinHandle<()>,
    encode: Arc<VideoEncode>,
    send: VideoSend,
    decode: VideoDecode,
    meter: VideoMeter,
    sent: Rate,
    received: Rate,
    events: mpsc::Sender<SessionEvent>,
    camera: Slot<CameraChoice>,
    video_on: AtomicBool,
    screen: bool,
    echo: bool,
}

impl MediaSession {
    /// Opens microphone and speaker, starts the threads and sends silence until [`begin`](Self::begin).
    ///
    /// # Errors
    /// A file that cannot be used, no codec, no thread. A missing real device is told as an event instead.
    pub fn start(
        config: SessionConfig,
        transport: SessionTransport,
        events: mpsc::Sender<SessionEvent>,
    ) -> Result<Self, SessionError> {
        let screen = config.media.screen.as_deref();
        let screen = screen.map(|path| ScreenFile::create(path, config.media.screen_size)).transpose()?;
        let (mic, speaker) = (config.media.mic.clone(), config.media.speaker.clone());
        let system = System(MicOptions { repeat: config.media.repeat_mic });
        let told = events.clone();
        // Full: the driver is behind by more events than a call has; the sound itself is already mended.
        let tell = move |news| drop(told.try_send(news_of(news)));
        let (keeper, opened) = Keeper::start(mic, speaker, Box::new(system), Box::new(tell))?;
        let chooser = keeper.chooser();
        let board = Arc::new(Board::new(config.muted));
        let capture = Capture::new(opened.captured, config.processing, config.echo);
        let outgoing = Outgoing::new(config.audio_codec, config.voice, config.vbr, clock::now())?;
        let playout = Playout::new(opened.playing, config.audio_reserve)?;
        let (coded, frames) = mpsc::channel(CODED_FRAMES);
        let encode = Arc::new(start_encode(&config, coded, &events)?);
        let outgoing_wires = SendWires { frames, reports: transport.reports_in, pieces: transport.pieces_out };
        let send = VideoSend::start(config.picture, outgoing_wires, Arc::clone(&encode), Arc::clone(&board))?;
        let has_screen = screen.is_some();
        let outputs = Outputs { remote: config.remote_picture, mirror: config.echo.then(|| encode.pictures()), screen };
        let incoming = DecodeWires { pieces: transport.pieces_in, reports: transport.sound_out.clone() };
        let decode = start_decode(incoming, config.clock, outputs, Arc::clone(&board), events.clone())?;
        let audio = AudioWorker {
            clock: config.clock,
            devices: Devices { mic: opened.mic, speaker: opened.speaker, keeper },
            capture,
            outgoing,
            playout,
            datagrams_out: transport.sound_out,
            datagrams_in: transport.sound_in,
            events: events.clone(),
            board: Arc::clone(&board),
        }
        .start()?;
        Ok(Self {
            board,
            chooser,
            audio,
            meter: VideoMeter::new(encode.sent(), decode.shown(), clock::now()),
            encode,
            send,
            decode,
            sent: Rate::default(),
            received: Rate::default(),
            events,
            camera: filled(config.media.camera),
            video_on: AtomicBool::new(config.send_video),
            screen: has_screen,
            echo: config.echo,
        })
    }

    /// Connected: the microphone's content, the speaker and the camera begin. Later calls do nothing.
    pub fn begin(&self) {
        if self.board.begun.swap(true, Ordering::AcqRel) {
            return;
        }
        self.audio.thread().unpark();
        if self.screen {
            drop(self.events.try_send(SessionEvent::ScreenStart { at: clock::now() }));
        }
        if self.video_on.load(Ordering::Acquire) {
            self.open_camera();
        }
    }

    /// Mute is silence on the wire; the microphone keeps running.
    pub fn set_muted(&self, muted: bool) {
        self.board.muted.store(muted, Ordering::Release);
    }

    /// Turns the camera on or off; off closes it.
    pub fn set_video(&self, on: bool) {
        let before = self.video_on.swap(on, Ordering::AcqRel);
        if before == on || !self.board.begun.load(Ordering::Acquire) {
            return;
        }
        if on {
            self.open_camera();
        } else {
            self.command(EncodeCommand::Off);
        }
    }

    /// Hears with another microphone.
    pub fn choose_mic(&self, mic: MicChoice) {
        self.chooser.choose_mic(mic);
    }

    /// Speaks through another speaker.
    pub fn choose_speaker(&self, speaker: SpeakerChoice) {
        self.chooser.choose_speaker(speaker);
    }

    /// Uses another camera, at once when video is on.
    pub fn switch_camera(&self, camera: CameraChoice) {
        self.camera.put(camera);
        if self.board.begun.load(Ordering::Acquire) && self.video_on.load(Ordering::Acquire) {
            self.open_camera();
        }
    }

    /// The other side turned its camera off: the time until its next picture is no freeze.
    pub fn peer_paused(&self) {
        self.decode.peer_paused();
    }

    /// Whether anybody sees the other side's picture; it is told, and sends none while nobody does. A picture that is written
    /// to a file or sent back is always seen.
    pub fn set_visible(&self, visible: bool) {
        self.board.hidden.store(!visible && !self.echo && !self.screen, Ordering::Release);
        self.decode.wake();
    }

    /// The newest numbers; picture rates are means since the last call.
    pub fn stats(&mut self) -> MediaStats {
        let now = clock::now();
        let audio = self.board.audio.latest().map(|audio| *audio).unwrap_or_default();
        let sending = self.send.numbers().latest().map(|sending| *sending).unwrap_or_default();
        let shown = self.decode.shown().latest().map_or(0, |shown| shown.bytes);
        MediaStats {
            audio,
            video: self.meter.sample(now),
            sending,
            sent_kbps: self.sent.read(now, audio.sent_bytes + sending.bytes),
            received_kbps: self.received.read(now, audio.received_bytes + shown),
        }
    }

    /// When the last valid packet of the peer arrived.
    #[must_use]
    pub fn last_heard(&self) -> Option<LocalTime> {
        self.board.heard()
    }

    /// Closes every device, finishes every file and joins the threads.
    /// Returns the last numbers: what they count and what the files hold agree.
    pub fn stop(mut self) -> (AudioStats, VideoNumbers) {
        self.board.stop.store(true, Ordering::Release);
        self.audio.thread().unpark();
        // A panic of a thread was printed by its own hook; the rest is closed all the same.
        drop(self.audio.join());
        self.send.join();
        drop(self.encode);
        let _ = self.decode.join();
        let audio = self.board.audio.latest().map(|audio| *audio).unwrap_or_default();
        (audio, self.meter.sample(clock::now()))
    }

    /// An Echo has no camera of its own: its pictures are those it receives.
    fn open_camera(&self) {
        if let Some(camera) = self.camera.latest().filter(|_| !self.echo) {
            self.command(EncodeCommand::Camera(camera.as_ref().clone()));
        }
    }

    fn command(&self, command: EncodeCommand) {
        if !self.encode.command(command) {
            let why = "it did not react; switch it off and on again".to_owned();
            drop(self.events.try_send(SessionEvent::DeviceFailed { device: Device::Camera, why }));
        }
    }
}

fn filled<T>(value: T) -> Slot<T> {
    let slot = Slot::new();
    slot.put(value);
    slot
}

#[cfg(test)]
mod tests;
