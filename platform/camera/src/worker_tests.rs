//! Drivers that hang, fail and give nonsense; whoever holds the camera waits no longer than it said.

use std::sync::mpsc::Sender;
use std::time::Instant;

use super::*;

const SIZE: Size = Size::new(4, 2);

/// A whole picture as NV12.
const WHOLE: [u8; 12] = [100; 12];

/// Short, so that tests that wait for a limit end soon.
const LIMITS: Limits = Limits {
    opening: Duration::from_millis(100),
    silence: Duration::from_millis(100),
    closing: Duration::from_millis(100),
};

/// What a test is ready to wait for something that takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the driver does next.
enum Next {
    Picture(&'static [u8]),
    Error,
}

/// A driver that does what the test says, and hangs while it says nothing.
struct Told {
    next: Receiver<Next>,
    rotation: Rotation,
    /// Told when it is closed.
    closed: Sender<()>,
}

impl Driver for Told {
    fn rotation(&self) -> Rotation {
        self.rotation
    }

    fn shoot(&mut self, take: &mut dyn FnMut(Shot<'_>)) -> Result<(), String> {
        match self.next.recv() {
            Ok(Next::Picture(data)) => {
                take(Shot { size: SIZE, format: PixelFormat::Nv12, data, age: Duration::from_millis(7) });
                Ok(())
            }
            Ok(Next::Error) | Err(_) => Err("the cable was pulled".to_owned()),
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        // The test may be over.
        let _ = self.closed.send(());
    }
}

struct Scene {
    tell: Sender<Next>,
    closed: Receiver<()>,
    put: Receiver<()>,
    slot: Slot<CapturedPicture>,
    camera: Box<dyn Camera>,
}

fn scene(rotation: Rotation, limits: Limits) -> Scene {
    let (tell, next) = mpsc::channel();
    let (close, closed) = mpsc::channel();
    let (putting, put) = mpsc::channel();
    let slot = Slot::with_waker(Arc::new(move || _ = putting.send(())));
    let driver = move || -> Result<Box<dyn Driver>, _> { Ok(Box::new(Told { next, rotation, closed: close })) };
    let camera = start("camera:7", driver, slot.clone(), limits).unwrap();
    Scene { tell, closed, put, slot, camera }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "{what}: never");
        thread::sleep(Duration::from_millis(1));
    }
}

fn reason(camera: &dyn Camera) -> String {
    match camera.failure() {
        Some(CameraError::Stopped { id, reason }) if id == "camera:7" => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn pictures_come_upright_with_the_time_they_were_taken() {
    let scene = scene(Rotation::Quarter, Limits::default());
    assert_eq!(scene.camera.begun(), None);
    let before = LocalTime(ahoy_system::clock::monotonic());
    for index in 0..3 {
        scene.tell.send(Next::Picture(&WHOLE)).unwrap();
        scene.put.recv_timeout(PATIENCE).unwrap();
        let captured = scene.slot.take().unwrap();
        assert_eq!((captured.index, captured.picture.size()), (index, Size::new(2, 4)));
        assert!(captured.at >= before - Duration::from_millis(7));
        assert!(captured.at <= LocalTime(ahoy_system::clock::monotonic()) - Duration::from_millis(7));
        if index == 0 {
            assert_eq!(scene.camera.begun(), Some(captured.at));
        }
    }
    assert!(scene.camera.failure().is_none());
    // Its last wait is for a picture that never comes: only the end of the driver's own source frees it.
    drop(scene.tell);
    scene.closed.recv_timeout(PATIENCE).unwrap();
}

#[test]
fn a_pulled_cable_is_told_at_once() {
    let scene = scene(Rotation::None, Limits::default());
    scene.tell.send(Next::Picture(&WHOLE)).unwrap();
    scene.tell.send(Next::Error).unwrap();
    scene.closed.recv_timeout(PATIENCE).unwrap();
    until("the failure", || scene.camera.failure().is_some());
    assert_eq!(reason(&*scene.camera), "the cable was pulled");
}

#[test]
fn broken_pictures_are_counted_and_only_broken_ones_are_a_failure() {
    let scene = scene(Rotation::None, Limits { silence: Duration::from_millis(300), ..Limits::default() });
    for data in [&WHOLE[..5], &[], &WHOLE] {
        scene.tell.send(Next::Picture(data)).unwrap();
    }
    scene.put.recv_timeout(PATIENCE).unwrap();
    assert_eq!((scene.slot.take().unwrap().index, scene.camera.broken()), (0, 2));
    until("the watchdog", || {
        scene.tell.send(Next::Picture(&WHOLE[..11])).unwrap();
        scene.camera.failure().is_some()
    });
    assert!(scene.camera.broken() > 2);
    assert!(scene.slot.take().is_none());
}

#[test]
fn a_driver_that_hangs_between_pictures_is_told_and_left_behind() {
    let scene = scene(Rotation::None, Limits { opening: PATIENCE, ..LIMITS });
    scene.tell.send(Next::Picture(&WHOLE)).unwrap();
    scene.put.recv_timeout(PATIENCE).unwrap();
    let _ = scene.slot.take();
    until("the watchdog", || scene.camera.failure().is_some());
    assert!(reason(&*scene.camera).starts_with("nothing for"));

    let begun = Instant::now();
    drop(scene.camera);
    assert!(begun.elapsed() >= LIMITS.closing, "it was given its time");
    assert!(scene.closed.try_recv().is_err(), "the driver still hangs, and nobody waits for it");

    scene.tell.send(Next::Picture(&WHOLE)).unwrap();
    scene.closed.recv_timeout(PATIENCE).expect("a driver that comes round later is closed then");
    assert!(scene.slot.take().is_none(), "and its picture is nobody's");
}

#[test]
fn a_driver_that_hangs_while_it_opens_is_a_failure_of_opening() {
    let (free, freed) = mpsc::channel::<()>();
    let (close, closed) = mpsc::channel();
    let (_tell, next) = mpsc::channel();
    let driver = move || -> Result<Box<dyn Driver>, _> {
        let _ = freed.recv();
        Ok(Box::new(Told { next, rotation: Rotation::None, closed: close }))
    };
    let begun = Instant::now();
    let opened = start("camera:7", driver, Slot::new(), LIMITS);
    assert!(matches!(opened.map(drop), Err(CameraError::Stopped { .. })));
    assert!(begun.elapsed() >= LIMITS.opening);
    free.send(()).unwrap();
    closed.recv_timeout(PATIENCE).expect("what opens too late is closed at once");
}

#[test]
fn a_driver_that_refuses_says_why() {
    let refuse = || Err(CameraError::NoUsableMode { id: "camera:7".to_owned() });
    let opened = start("camera:7", refuse, Slot::new(), Limits::default());
    assert!(matches!(opened.map(drop), Err(CameraError::NoUsableMode { .. })));
}
