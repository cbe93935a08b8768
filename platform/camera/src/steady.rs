//! A thread that puts picture k into the slot exactly k/fps after the first.
//! The file camera and the pattern run on it.
//! Deadlines are absolute, so a late picture never makes the next one late.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_media::{CapturedPicture, LocalTime, Picture, Slot};

use crate::error::CameraError;
use crate::open::Camera;
use crate::y4m::FrameRate;

/// Makes picture `index`; called with 0, 1, 2, … ahead of each one's time.
pub(crate) type Painter = Box<dyn FnMut(u64) -> Result<Picture, CameraError> + Send>;

/// A camera of even pace.
pub(crate) struct SteadyCamera {
    begun: LocalTime,
    failure: Arc<OnceLock<CameraError>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl SteadyCamera {
    /// Makes picture 0 here, so that a file without pictures is an error of opening, then starts the thread.
    pub(crate) fn start(
        mut painter: Painter,
        rate: FrameRate,
        slot: Slot<CapturedPicture>,
    ) -> Result<Box<dyn Camera>, CameraError> {
        let first = painter(0)?;
        let failure = Arc::new(OnceLock::new());
        let stop = Arc::new(AtomicBool::new(false));
        let begun = LocalTime(ahoy_system::clock::monotonic());
        let pace = Pace { begun, rate, slot, stop: Arc::clone(&stop) };
        let report = Arc::clone(&failure);
        let thread = thread::Builder::new()
            .name("camera".to_owned())
            .spawn(move || {
                if let Err(why) = pace.run(first, painter) {
                    let _ = report.set(why);
                }
            })
            .map_err(|why| CameraError::thread(&why))?;
        Ok(Box::new(Self { begun, failure, stop, thread: Some(thread) }))
    }
}

struct Pace {
    begun: LocalTime,
    rate: FrameRate,
    slot: Slot<CapturedPicture>,
    stop: Arc<AtomicBool>,
}

impl Pace {
    fn run(self, first: Picture, mut painter: Painter) -> Result<(), CameraError> {
        let mut picture = first;
        for index in 0.. {
            let at = self.begun + Duration::from_micros(self.rate.due_us(index));
            if !self.wait_until(at) {
                break;
            }
            self.slot.put(CapturedPicture { picture: Arc::new(picture), at, index });
            picture = painter(index + 1)?;
        }
        Ok(())
    }

    /// Waits for `at`; false when the camera was closed meanwhile.
    fn wait_until(&self, at: LocalTime) -> bool {
        loop {
            if self.stop.load(Ordering::Acquire) {
                return false;
            }
            let left = at.saturating_since(LocalTime(ahoy_system::clock::monotonic()));
            if left.is_zero() {
                return true;
            }
            thread::park_timeout(left);
        }
    }
}

impl Camera for SteadyCamera {
    fn begun(&self) -> Option<LocalTime> {
        Some(self.begun)
    }

    fn failure(&self) -> Option<CameraError> {
        self.failure.get().cloned()
    }
}

impl Drop for SteadyCamera {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}
