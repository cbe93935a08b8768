//! What the parts of a session tell the driver: the news of devices, cameras and pictures as session events.
//! `MediaSession` starts its picture threads through here.
//! An event that finds the driver's queue full is gone; the state it told of is also in the numbers.

use std::io;
use std::sync::Arc;

use ahoy_audio::DeviceKind;
use ahoy_camera::CameraMode;
use ahoy_media::MediaClock;
use tokio::sync::mpsc;

use super::board::Board;
use super::keeper::KeeperNews;
use super::video_coder::CodedFrame;
use super::video_decode::{DecodeEvent, DecodeWires, Outputs, VideoDecode};
use super::video_encode::{CameraEvent, EncodeConfig, VideoEncode};
use super::{SessionConfig, SessionEvent};
use crate::notice::Device;

/// What a person hears of the keeper's work.
pub(super) fn news_of(news: KeeperNews) -> SessionEvent {
    let device = |kind| match kind {
        DeviceKind::Microphone => Device::Microphone,
        DeviceKind::Speaker => Device::Speaker,
    };
    match news {
        KeeperNews::Lost { kind, why } | KeeperNews::Refused { kind, why } => {
            SessionEvent::DeviceFailed { device: device(kind), why: why.to_string() }
        }
        KeeperNews::FellBack { kind, why } => SessionEvent::DeviceFailed {
            device: device(kind),
            why: format!("{why}; the default {kind} is used meanwhile"),
        },
        KeeperNews::Back(kind) => SessionEvent::DeviceBack(device(kind)),
    }
}

/// Starts the thread that codes my picture.
pub(super) fn start_encode(
    config: &SessionConfig,
    frames: mpsc::Sender<CodedFrame>,
    events: &mpsc::Sender<SessionEvent>,
) -> io::Result<VideoEncode> {
    let told = events.clone();
    let encode = EncodeConfig { limit: config.picture.largest, fps: CameraMode::default().fps, clock: config.clock };
    let on_camera = move |event| {
        drop(told.try_send(match event {
            CameraEvent::Started { at, media } => SessionEvent::CameraStart { at, media },
            CameraEvent::Failed(why) => SessionEvent::DeviceFailed { device: Device::Camera, why: why.to_string() },
        }));
    };
    VideoEncode::start(encode, config.self_picture.clone(), frames, Box::new(on_camera))
}

/// Starts the thread that shows the other side's picture.
pub(super) fn start_decode(
    wires: DecodeWires,
    clock: MediaClock,
    outputs: Outputs,
    board: Arc<Board>,
    events: mpsc::Sender<SessionEvent>,
) -> io::Result<VideoDecode> {
    let on_event = move |event| match event {
        DecodeEvent::FirstPicture { at, media: _ } => drop(events.try_send(SessionEvent::FirstVideo { at })),
        DecodeEvent::ScreenFailed(why) => {
            drop(events.try_send(SessionEvent::DeviceFailed { device: Device::Screen, why: why.to_string() }));
        }
    };
    VideoDecode::start(wires, clock, outputs, board, Box::new(on_event))
}
