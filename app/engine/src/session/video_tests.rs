//! The three picture threads of a call, joined by their wires instead of a network.
//! The camera is the pattern or a file, the screen a file; its counters tell which picture is which.
//! Nothing here waits by time: a test goes on when a picture or an event is there.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use ahoy_camera::y4m::{FrameRate, Y4mReader, write_header, write_picture};
use ahoy_camera::{CameraChoice, ScreenFile, pattern};
use ahoy_media::allocation::{PictureWishes, Prefer};
use ahoy_media::{CapturedPicture, Kbps, LocalTime, MediaClock, MediaTime, Size, Slot, VideoFrame};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::{SendNumbers, SentVideo, ShownVideo};
use crate::clock;
use crate::session::board::Board;
use crate::session::video_decode::{DecodeEvent, DecodeWires, OnDecode, Outputs, VideoDecode};
use crate::session::video_encode::{CameraEvent, EncodeCommand, EncodeConfig, OnCamera, VideoEncode};
use crate::session::video_send::{SendWires, VideoSend};
use crate::session::wires::{TimedPacket, wires};

/// Far more than the events of a test, so that no thread ever waits for it.
const EVENTS: usize = 10_000;

const CLOCK: MediaClock = MediaClock { origin: MediaTime(1 << 40), epoch: LocalTime(0) };

const CONFIG: EncodeConfig = EncodeConfig { limit: Size::VGA, fps: 40, clock: CLOCK };

const WISHES: PictureWishes =
    PictureWishes { most: Kbps(800), largest: Size::VGA, prefer: Prefer::Balanced, low_data: false };

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

/// A picture from its camera to the other side's screen.
struct Way {
    encode: Arc<VideoEncode>,
    send: VideoSend,
    decode: VideoDecode,
    /// The sending and the showing side's.
    boards: [Arc<Board>; 2],
    links: [JoinHandle<()>; 2],
}

impl Way {
    /// Both sides' threads; of the pieces under way those are lost that `lost` names.
    fn new(
        outputs: Outputs,
        on_decode: OnDecode,
        on_camera: OnCamera,
        lost: impl FnMut() -> bool + Send + 'static,
    ) -> Self {
        let boards = [Arc::new(Board::new(false)), Arc::new(Board::new(false))];
        let (here, from_here, to_here) = wires();
        let (there, from_there, to_there) = wires();
        let (coded, frames) = mpsc::channel(1);
        let encode = Arc::new(VideoEncode::start(CONFIG, Slot::new(), coded, on_camera).unwrap());
        let sending = SendWires { frames, reports: here.reports_in, pieces: here.pieces_out };
        let send = VideoSend::start(WISHES, sending, Arc::clone(&encode), Arc::clone(&boards[0])).unwrap();
        let showing = DecodeWires { pieces: there.pieces_in, reports: there.sound_out };
        let decode = VideoDecode::start(showing, CLOCK, outputs, Arc::clone(&boards[1]), on_decode).unwrap();
        let link =
            |mut from: mpsc::Receiver<Bytes>, to: crate::session::Inlets, mut lost: Box<dyn FnMut() -> bool + Send>| {
                std::thread::spawn(move || {
                    while let Some(bytes) = from.blocking_recv() {
                        let _ = lost() || to.deliver(TimedPacket { bytes, at: clock::now() });
                    }
                })
            };
        let links =
            [link(from_here.pieces, to_there, Box::new(lost)), link(from_there.sound, to_here, Box::new(|| false))];
        Self { encode, send, decode, boards, links }
    }

    /// Ends it; what was made, sent and shown.
    fn end(self) -> (SentVideo, SendNumbers, ShownVideo) {
        let (coded, sent) = (self.encode.sent(), self.send.numbers());
        assert!(self.encode.command(EncodeCommand::Off));
        self.boards.iter().for_each(|board| board.stop.store(true, Ordering::Release));
        self.send.join();
        drop(self.encode);
        let shown = self.decode.join();
        self.links.into_iter().for_each(|link| link.join().unwrap());
        (*coded.latest().unwrap(), *sent.latest().unwrap(), shown)
    }
}

#[test]
fn every_frame_is_shown_once_in_order_with_its_capture_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("screen.y4m");
    let (outputs, shown) = outputs(&path);
    let (on_decode, decoded) = events();
    let (on_camera, camera) = camera_events();
    let way = Way::new(outputs, on_decode, on_camera, || false);
    assert!(way.encode.command(EncodeCommand::Camera(CameraChoice::Pattern)));
    for _ in 0..30 {
        shown.recv().unwrap();
    }
    let CameraEvent::Started { at, media } = camera.recv().unwrap() else { panic!("the camera failed") };
    assert_eq!(media, CLOCK.media(at));
    assert!(matches!(decoded.recv().unwrap(), DecodeEvent::FirstPicture { media: first, .. } if first >= media));
    let (coded, sent, shown) = way.end();
    assert!(shown.frames >= 30 && shown.frames + shown.dropped <= coded.frames, "{coded:?} {shown:?}");
    assert_eq!((shown.dropped, coded.key_frames, shown.key_frames, shown.refused), (0, 1, 1, 0));
    assert_eq!(sent.parity, 0, "nothing is lost");

    let (counters, lines) = read_screen(&path);
    assert_eq!(counters.len() as u64, shown.frames, "every picture shown is in the file");
    assert!(counters.is_sorted_by(|a, b| a < b), "strictly rising: {counters:?}");
    for (counter, line) in counters.iter().zip(&lines) {
        let due = media.0 + u64::from(*counter) * 1_000_000 / u64::from(CONFIG.fps);
        assert_eq!(line[2], due, "capture time of picture {counter}");
    }
}

#[test]
fn lost_pieces_are_brought_again_and_cost_no_key_frame() {
    let dir = tempfile::tempdir().unwrap();
    let (outputs, shown) = outputs(&dir.path().join("screen.y4m"));
    let (on_decode, _decoded) = events();
    let (on_camera, _camera) = camera_events();
    let mut count = 0_u32;
    let every_fifth = move || {
        count += 1;
        count.is_multiple_of(5)
    };
    let way = Way::new(outputs, on_decode, on_camera, every_fifth);
    assert!(way.encode.command(EncodeCommand::Camera(CameraChoice::Pattern)));
    for _ in 0..100 {
        shown.recv().unwrap();
    }
    let (coded, sent, shown) = way.end();
    assert!(sent.repeats + sent.parity >= sent.pieces / 8, "{sent:?}");
    assert_eq!((coded.key_frames, shown.refused), (1, 0), "{coded:?} {shown:?}");
    // Odd frames, which no other needs, are not waited for.
    assert!(shown.dropped * 10 <= shown.frames, "{shown:?}");
}

#[test]
fn after_an_outage_the_picture_goes_on_without_a_key_frame() {
    let dir = tempfile::tempdir().unwrap();
    let (outputs, shown) = outputs(&dir.path().join("screen.y4m"));
    let (on_decode, _decoded) = events();
    let (on_camera, _camera) = camera_events();
    let out = Arc::new(AtomicBool::new(false));
    let cut = Arc::clone(&out);
    let way = Way::new(outputs, on_decode, on_camera, move || cut.load(Ordering::Relaxed));
    assert!(way.encode.command(EncodeCommand::Camera(CameraChoice::Pattern)));
    for _ in 0..40 {
        shown.recv().unwrap();
    }
    out.store(true, Ordering::Relaxed);
    let before = way.encode.sent().latest().unwrap().frames;
    // Frames go into the void until the sender notices; whatever it makes then is lost too.
    while way.encode.sent().latest().unwrap().frames < before + 4 {
        std::thread::yield_now();
    }
    while shown.try_recv().is_ok() {}
    out.store(false, Ordering::Relaxed);
    for _ in 0..20 {
        shown.recv().unwrap();
    }
    let (coded, _, shown) = way.end();
    assert_eq!((coded.key_frames, shown.key_frames, shown.refused), (1, 1, 0), "{coded:?} {shown:?}");
}

#[test]
fn a_picture_that_nobody_sees_is_not_sent_and_comes_back_without_a_key_frame() {
    let dir = tempfile::tempdir().unwrap();
    let (outputs, shown) = outputs(&dir.path().join("screen.y4m"));
    let (on_decode, _decoded) = events();
    let (on_camera, _camera) = camera_events();
    let way = Way::new(outputs, on_decode, on_camera, || false);
    assert!(way.encode.command(EncodeCommand::Camera(CameraChoice::Pattern)));
    for _ in 0..40 {
        shown.recv().unwrap();
    }
    way.boards[1].hidden.store(true, Ordering::Release);
    way.decode.wake();
    let sent = way.encode.sent();
    let skipped = sent.latest().unwrap().skipped;
    while sent.latest().unwrap().skipped < skipped + 20 {
        std::thread::yield_now();
    }
    while shown.try_recv().is_ok() {}
    let frames = sent.latest().unwrap().frames;
    way.boards[1].hidden.store(false, Ordering::Release);
    way.decode.wake();
    for _ in 0..10 {
        shown.recv().unwrap();
    }
    let (coded, _, shown) = way.end();
    assert!(coded.frames > frames);
    assert_eq!((coded.key_frames, shown.refused), (1, 0), "{coded:?} {shown:?}");
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
    let way = Way::new(outputs, on_decode, on_camera, || false);
    assert!(way.encode.command(EncodeCommand::Camera(CameraChoice::File(clip))));
    for _ in 0..6 {
        shown.recv().unwrap();
    }
    let (coded, _, _) = way.end();
    assert!(coded.frames >= 6);
    let (counters, lines) = read_screen(&path);
    assert!(counters.iter().all(|&counter| counter < 4));
    for line in &lines {
        assert!(line[3] <= 640 && line[3].abs_diff(line[4] * 16 / 9) <= 4, "{line:?}");
    }
}

#[test]
fn a_camera_that_fails_leaves_a_black_picture() {
    let dir = tempfile::tempdir().unwrap();
    let clip = dir.path().join("clip.y4m");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&clip).unwrap());
    write_header(&mut file, Size::VGA, FrameRate { numerator: 25, denominator: 1 }).unwrap();
    for index in 0..25 {
        write_picture(&mut file, &pattern::paint(Size::VGA, index)).unwrap();
    }
    std::io::Write::write_all(&mut file, b"no picture\n").unwrap();
    drop(file);
    let (outputs, shown) = outputs(&dir.path().join("screen.y4m"));
    let remote = outputs.remote.clone();
    let (on_decode, _decoded) = events();
    let (on_camera, camera) = camera_events();
    let way = Way::new(outputs, on_decode, on_camera, || false);
    assert!(way.encode.command(EncodeCommand::Camera(CameraChoice::File(clip))));
    assert!(matches!(camera.recv().unwrap(), CameraEvent::Started { .. }));
    assert!(matches!(camera.recv().unwrap(), CameraEvent::Failed(_)));
    let last = u32::try_from(way.encode.sent().latest().unwrap().frames).unwrap() - 1;
    while remote.latest().is_none_or(|picture| picture.sequence < last) {
        shown.recv().unwrap();
    }
    let luma: Vec<u8> = remote.latest().unwrap().picture.y().to_vec();
    let _ = way.end();
    // Limited range: black is 16; what the coder leaves of the picture before is little.
    let bright = luma.iter().filter(|&&luma| luma > 40).count();
    assert!(bright * 50 < luma.len(), "{bright} of {} pixels are not black", luma.len());
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
    assert_eq!((first.sequence, second.sequence), (0, 1), "what was skipped has no number");
    assert_eq!(VideoFrame::decode(&first.bytes).unwrap().size, Size::new(320, 240), "the first one is small");
    let sent = encode.sent();
    drop(encode);
    assert!(sent.latest().unwrap().skipped >= 3);
}
