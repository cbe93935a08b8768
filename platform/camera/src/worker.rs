//! A camera whose driver may hang: every call into it is made on a thread that can be left behind.
//! The desktop's back end gives it the driver; whoever holds the camera never waits longer than the limits say.
//! Pictures come out upright, as I420 of limited range; broken ones are counted and skipped.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use ahoy_media::{CapturedPicture, LocalTime, Size, Slot};

use super::convert;
use super::mode::PixelFormat;
use crate::error::CameraError;
use crate::open::Camera;
use crate::rotate::{Rotation, rotate};

/// How long a driver may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// To open and start. Slow cameras need 1-2 s.
    pub(super) opening: Duration,
    /// Between two whole pictures: a running camera gives one at least every 200 ms, also in the dark.
    pub(super) silence: Duration,
    /// To finish the picture in flight and clean up.
    pub(super) closing: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { opening: Duration::from_secs(5), silence: Duration::from_secs(2), closing: Duration::from_millis(500) }
    }
}

/// A picture as the driver has it.
pub(super) struct Shot<'a> {
    pub(super) size: Size,
    pub(super) format: PixelFormat,
    pub(super) data: &'a [u8],
    /// How long ago it was taken, as far as the driver knows.
    pub(super) age: Duration,
}

/// An open camera of the system. Dropping it closes it. It lives and dies on the worker's thread.
pub(super) trait Driver {
    /// How far its pictures have to be turned.
    fn rotation(&self) -> Rotation;

    /// Waits for the next picture and hands it to `take`; an error is final.
    fn shoot(&mut self, take: &mut dyn FnMut(Shot<'_>)) -> Result<(), String>;
}

/// Runs `work` on a thread of its own and hands out its answer when there is one.
pub(super) fn on_worker<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Receiver<T>, CameraError> {
    let (answer, answered) = mpsc::sync_channel(1);
    // Not joined: whoever waits gives up after a named limit and leaves the thread behind.
    let _ = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || drop(answer.send(work())))
        .map_err(|why| CameraError::thread(&why))?;
    Ok(answered)
}

/// When the driver gave nothing for `silence`.
pub(super) fn silent(id: &str, silence: Duration) -> CameraError {
    CameraError::Stopped { id: id.to_owned(), reason: format!("nothing for {} s", silence.as_secs()) }
}

/// Opens a camera with `open` and has its pictures put into `slot`.
pub(super) fn start(
    id: &str,
    open: impl FnOnce() -> Result<Box<dyn Driver>, CameraError> + Send + 'static,
    slot: Slot<CapturedPicture>,
    limits: Limits,
) -> Result<Box<dyn Camera>, CameraError> {
    let shared = Arc::new(Shared::new());
    let (opened, was_opened) = mpsc::sync_channel(1);
    let worker = Worker { id: id.to_owned(), slot, shared: Arc::clone(&shared), opened };
    let closed = on_worker("camera", move || worker.run(open))?;
    let camera = WorkerCamera { id: id.to_owned(), shared, closed, limits };
    match was_opened.recv_timeout(limits.opening) {
        Ok(Ok(())) => Ok(Box::new(camera)),
        Ok(Err(why)) => Err(why),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(silent(id, limits.opening)),
    }
}

/// What the handle and the worker both see.
struct Shared {
    stop: AtomicBool,
    begun: OnceLock<LocalTime>,
    failure: OnceLock<CameraError>,
    /// Monotonic time of the newest whole picture, or of the opening before the first.
    newest_us: AtomicU64,
    /// Pictures that could not be read.
    broken: AtomicU64,
}

impl Shared {
    fn new() -> Self {
        Self {
            stop: AtomicBool::new(false),
            begun: OnceLock::new(),
            failure: OnceLock::new(),
            newest_us: AtomicU64::new(ahoy_system::clock::monotonic()),
            broken: AtomicU64::new(0),
        }
    }
}

struct WorkerCamera {
    id: String,
    shared: Arc<Shared>,
    closed: Receiver<()>,
    limits: Limits,
}

impl Camera for WorkerCamera {
    fn begun(&self) -> Option<LocalTime> {
        self.shared.begun.get().copied()
    }

    fn failure(&self) -> Option<CameraError> {
        if let Some(why) = self.shared.failure.get() {
            return Some(why.clone());
        }
        let newest = LocalTime(self.shared.newest_us.load(Ordering::Acquire));
        let silence = LocalTime(ahoy_system::clock::monotonic()).saturating_since(newest);
        (silence > self.limits.silence).then(|| silent(&self.id, silence))
    }

    fn broken(&self) -> u64 {
        self.shared.broken.load(Ordering::Relaxed)
    }
}

impl Drop for WorkerCamera {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Err(RecvTimeoutError::Timeout) = self.closed.recv_timeout(self.limits.closing) {
            tracing::warn!(camera = self.id, "the camera's driver does not answer; it was left behind");
        }
    }
}

/// The side of the driver.
struct Worker {
    id: String,
    slot: Slot<CapturedPicture>,
    shared: Arc<Shared>,
    opened: SyncSender<Result<(), CameraError>>,
}

impl Worker {
    fn run(self, open: impl FnOnce() -> Result<Box<dyn Driver>, CameraError>) {
        let mut driver = match open() {
            Ok(driver) => driver,
            Err(why) => {
                // Nobody listens any more when opening took too long.
                let _ = self.opened.send(Err(why));
                return;
            }
        };
        self.shared.newest_us.store(ahoy_system::clock::monotonic(), Ordering::Release);
        if self.opened.send(Ok(())).is_err() {
            return;
        }
        if let Err(reason) = self.capture(&mut *driver) {
            let _ = self.shared.failure.set(CameraError::Stopped { id: self.id.clone(), reason });
        }
        drop(driver);
        let broken = self.shared.broken.load(Ordering::Relaxed);
        tracing::debug!(camera = self.id, broken, "camera closed");
    }

    fn capture(&self, driver: &mut dyn Driver) -> Result<(), String> {
        let rotation = driver.rotation();
        let mut index = 0;
        while !self.shared.stop.load(Ordering::Acquire) {
            driver.shoot(&mut |shot| {
                let now = LocalTime(ahoy_system::clock::monotonic());
                // A closed camera is silent, however late its driver answers.
                if !self.shared.stop.load(Ordering::Acquire) {
                    index += u64::from(self.keep(&shot, rotation, index, now));
                }
            })?;
        }
        Ok(())
    }

    /// Puts a picture into the slot; false when it could not be read.
    fn keep(&self, shot: &Shot<'_>, rotation: Rotation, index: u64, now: LocalTime) -> bool {
        match convert::to_i420(shot.format, shot.size, shot.data) {
            Ok(picture) => {
                self.shared.newest_us.store(now.0, Ordering::Release);
                let at = now - shot.age;
                let _ = self.shared.begun.get_or_init(|| at);
                let picture = Arc::new(rotate(picture, rotation));
                self.slot.put(CapturedPicture { picture, at, index });
                true
            }
            // Cameras give broken pictures now and then, above all the first; the watchdog sees when none is whole.
            Err(reason) => {
                let _ = self.shared.broken.fetch_add(1, Ordering::Relaxed);
                tracing::debug!(camera = self.id, reason, "a broken picture was skipped");
                false
            }
        }
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
