//! Both video threads of a call, joined by channels instead of a network.
//! The camera is the pattern or a file, the screen a file; its counters tell which picture is which.
//! Nothing here waits by time: a test goes on when a picture or an event is there.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use ahoy_camera::y4m::{FrameRate, Y4mReader, write_header, write_picture};
use ahoy_camera::{CameraChoice, ScreenFile, pattern};
use ahoy_media::{CapturedPicture, Kbps, LocalTime, MediaClock, MediaTime, Size, Slot};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::{SentVideo, ShownVideo};
use crate::session::video_decode::{DecodeEvent, OnDecode, Outputs, VideoDecode};
use crate::session::video_encode::{CameraEvent, EncodeCommand, EncodeConfig, OnCamera, VideoEncode};

/// Far more than the events of a test, so that no thread ever waits for it.
const EVENTS: usize = 10_000;

const CLOCK: MediaClock = MediaClock { origin: MediaTime(1 << 40), epoch: LocalTime(0) };

const CONFIG: EncodeConfig = EncodeConfig { limit: Size::VGA, fps: 40, rate: Kbps(800), clock: CLOCK };

fn events() -> (OnDecode, Receiver<DecodeEvent>) {
    let (told, heard) = sync_channel(EVENTS);
    (Box::new(move |event| drop(told.try_send(event))), heard)
}

fn camera_events() -> (OnCamera, Receiver<CameraEvent>) {
    let (told, heard) = sync_channel(EVENTS);
    (Box::new(move |event| drop(told.try_send(event))), heard)
}

/// A slot that rings `told` for every value.
fn ringing<T>(told: SyncSender<()>) -> Slot<T> {
    Slot::with_waker(Arc::new(move || {
        let _ = told.try_send(());
    }))
}

fn outputs(screen: &Path) -> (Outputs, Receiver<()>) {
    let (told, shown) = sync_channel(EVENTS);
    let screen = ScreenFile::create(screen, Size::VGA).unwrap();
    (Outputs { remote: ringing(told), mirror: None, screen: Some(screen) }, shown)
}

/// The counters of the pictures in a screen file, and its CSV lines without the header.
fn read_screen(path: &Path) -> (Vec<u32>, Vec<Vec<u64>>) {
    let mut reader = Y4mReader::open(path).unwrap();
    let pictures = std::iter::from_fn(|| reader.next_picture().unwrap());
    let counters = pictures.map(|picture| pattern::read_counter(&picture).expect("a readable counter")).collect();
    let mut csv = path.as_os_str().to_owned();
    csv.push(".csv");
    let csv = std::fs::read_to_string(csv).unwrap();
    let numbers = |line: &str| line.split(',').map(|word| word.parse().unwrap()).collect();
    (counters, csv.lines().skip(1).map(numbers).collect())
}

fn end(encode: VideoEncode, decode: VideoDecode) -> (SentVideo, ShownVideo) {
    let sent = encode.sent();
    drop(encode);
    let shown = decode.join();
    (sent.latest().map(|sent| *sent).unwrap(), shown)
}

#[test]
fn every_frame_sent_is_shown_once_in_order_with_its_capture_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("screen.y4m");
    let (outputs, shown) = outputs(&path);
    let (on_decode, decoded) = events();
    let (on_camera, camera) = camera_events();
    let (frames, received) = mpsc::channel(1);
    let self_view = Slot::new();
    let decode = VideoDecode::start(received, outputs, on_decode).unwrap();
    let encode = VideoEncode::start(CONFIG, self_view.clone(), frames, on_camera).unwrap();
    assert!(encode.command(EncodeCommand::Camera(CameraChoice::Pattern)));
    for _ in 0..30 {
        shown.recv().unwrap();
    }
    assert!(self_view.latest().is_some(), "the self view sees the camera");
    let CameraEvent::Started { at, media } = camera.recv().unwrap() else { panic!("the camera failed") };
    assert_eq!(media, CLOCK.media(at));
    assert!(matches!(decoded.recv().unwrap(), DecodeEvent::FirstPicture { media: first, .. } if first >= media));
    let (sent, shown) = end(encode, decode);
    assert!(self_view.latest().is_none(), "a closed camera leaves no picture behind");
    assert_eq!(sent.frames, shown.frames + shown.dropped);
    assert_eq!((shown.dropped, shown.key_frames, shown.refused), (0, sent.key_frames, 0));
    assert_eq!((sent.bytes, shown.size), (shown.bytes, Size::VGA));

    let (counters, lines) = read_screen(&path);
    assert_eq!(counters.len() as u64, shown.frames, "every picture shown is in the file");
    assert!(counters.is_sorted_by(|a, b| a < b), "strictly rising: {counters:?}");
    for (counter, line) in counters.iter().zip(&lines) {
        let due = media.0 + u64::from(*counter) * 1_000_000 / u64::from(CONFIG.fps);
        assert_eq!(line[2..], [due, 640, 480], "capture time and size of picture {counter}");
    }
}

#[test]
fn a_lost_frame_costs_a_key_frame_and_is_counted() {
    const LOST: u32 = 5;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("screen.y4m");
    let (outputs, shown) = outputs(&path);
    let remote = outputs.remote.clone();
    let (on_decode, decoded) = events();
    let (on_camera, _camera) = camera_events();
    let (frames, mut sent_frames) = mpsc::channel(1);
    let (forwarded, received) = mpsc::channel(64);
    let link = std::thread::spawn(move || {
        for n in 0.. {
            let Some(frame) = sent_frames.blocking_recv() else { break };
            let frame = if n == LOST { Bytes::from_static(b"no frame") } else { frame };
            forwarded.blocking_send(frame).unwrap();
        }
    });
    let decode = VideoDecode::start(received, outputs, on_decode).unwrap();
    let encode = VideoEncode::start(CONFIG, Slot::new(), frames, on_camera).unwrap();
    assert!(encode.command(EncodeCommand::Camera(CameraChoice::Pattern)));
    while !matches!(decoded.recv().unwrap(), DecodeEvent::KeyFrameWanted) {}
    assert!(encode.command(EncodeCommand::Key));
    while remote.latest().is_none_or(|picture| picture.sequence < LOST + 10) {
        shown.recv().unwrap();
    }
    let (sent, shown) = end(encode, decode);
    link.join().unwrap();
    assert_eq!(sent.frames, shown.frames + shown.dropped);
    assert_eq!((sent.key_frames, shown.key_frames, shown.refused), (2, 2, 1));
    assert!((1..=8).contains(&shown.dropped), "{shown:?}");
    let (counters, _) = read_screen(&path);
    assert_eq!(counters.len() as u64, shown.frames);
    assert!(counters.is_sorted_by(|a, b| a < b), "strictly rising: {counters:?}");
}

#[test]
fn larger_pictures_are_sent_in_their_own_shape_within_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let (path, clip) = (dir.path().join("screen.y4m"), dir.path().join("clip.y4m"));
    let size = Size::new(1280, 720);
    let mut file = std::io::BufWriter::new(std::fs::File::create(&clip).unwrap());
    write_header(&mut file, size, FrameRate { numerator: 25, denominator: 1 }).unwrap();
    for index in 0..4 {
        write_picture(&mut file, &pattern::paint(size, index)).unwrap();
    }
    drop(file);
    let (outputs, shown) = outputs(&path);
    let (on_decode, _decoded) = events();
    let (on_camera, _camera) = camera_events();
    let (frames, received) = mpsc::channel(1);
    let decode = VideoDecode::start(received, outputs, on_decode).unwrap();
    let encode = VideoEncode::start(CONFIG, Slot::new(), frames, on_camera).unwrap();
    assert!(encode.command(EncodeCommand::Rate(Kbps(1_500))));
    assert!(encode.command(EncodeCommand::Camera(CameraChoice::File(clip))));
    for _ in 0..6 {
        shown.recv().unwrap();
    }
    let (_, shown) = end(encode, decode);
    assert_eq!(shown.size, Size::new(640, 360));
    let (counters, lines) = read_screen(&path);
    assert!(counters.iter().all(|&counter| counter < 4));
    assert!(lines.iter().all(|line| line[3..] == [640, 360]));
}

#[test]
fn a_camera_that_is_not_there_is_told_and_the_next_one_works() {
    let (on_camera, camera) = camera_events();
    let (frames, mut received) = mpsc::channel(1);
    let encode = VideoEncode::start(CONFIG, Slot::new(), frames, on_camera).unwrap();
    assert!(encode.command(EncodeCommand::Camera(CameraChoice::File("no/such/clip.y4m".into()))));
    assert!(matches!(camera.recv().unwrap(), CameraEvent::Failed(_)));
    assert!(encode.command(EncodeCommand::Camera(CameraChoice::Pattern)));
    assert!(received.blocking_recv().is_some());
}

#[test]
fn pictures_are_skipped_before_they_are_encoded_when_the_way_out_is_full() {
    let (on_camera, _camera) = camera_events();
    let (told, seen) = sync_channel(EVENTS);
    let self_view: Slot<CapturedPicture> = ringing(told);
    let (frames, mut received) = mpsc::channel(1);
    let encode = VideoEncode::start(CONFIG, self_view, frames, on_camera).unwrap();
    assert!(encode.command(EncodeCommand::Camera(CameraChoice::Pattern)));
    for _ in 0..5 {
        seen.recv().unwrap();
    }
    let first = received.blocking_recv().unwrap();
    let second = received.blocking_recv().unwrap();
    let sequence = |bytes: &Bytes| ahoy_media::VideoFrame::decode(bytes).unwrap().sequence;
    assert_eq!((sequence(&first), sequence(&second)), (0, 1), "what was skipped has no number");
    let sent = encode.sent();
    drop(encode);
    assert!(sent.latest().unwrap().skipped >= 3);
}
