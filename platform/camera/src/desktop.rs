//! The cameras of Linux, Windows and macOS, through nokhwa.
//! `open.rs` asks here for real devices.
//! Drivers can hang, so every call into them runs on a worker that is abandoned when it takes too long.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use ahoy_media::{CapturedPicture, LocalTime, Slot};
use nokhwa::utils::{ApiBackend, CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType};
use nokhwa::{Camera as Nokhwa, NokhwaError};

use crate::choice::{CameraMode, DEVICE_PREFIX, Device};
use crate::error::CameraError;
use crate::open::Camera;
use crate::y4m::MAX_SIDE;

mod convert;

/// Listing only reads names; a system that takes longer hangs.
const LIST_LIMIT: Duration = Duration::from_secs(3);

/// Slow cameras need 1-2 s to start; longer means the driver hangs.
const OPEN_LIMIT: Duration = Duration::from_secs(5);

/// A running camera gives a picture at least every 200 ms, also in the dark; silence this long is a failure.
const SILENCE_LIMIT: Duration = Duration::from_secs(2);

/// Closing waits for the picture in flight and the driver's own clean-up, then leaves the worker behind.
const CLOSE_LIMIT: Duration = Duration::from_millis(500);

/// What can be turned into I420.
const FORMATS: [FrameFormat; 3] = [FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::MJPEG];

/// The slowest and fastest rates that suit a call; outside them a mode is only taken for want of a better one.
const CALL_FPS: std::ops::RangeInclusive<u32> = 24..=30;

pub(crate) fn devices() -> Result<Vec<Device>, CameraError> {
    let answer = on_worker("camera-list", || nokhwa::query(ApiBackend::Auto))?;
    let listed = match answer.recv_timeout(LIST_LIMIT) {
        Ok(Ok(listed)) => listed,
        Ok(Err(why)) => return Err(refused("list", &why)),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            return Err(silent("list", LIST_LIMIT));
        }
    };
    let mut found: Vec<_> = listed.iter().map(|info| (info.index().clone(), info.human_name())).collect();
    found.sort();
    let device = |(n, (index, name)): (usize, (CameraIndex, String))| {
        let id = format!("{DEVICE_PREFIX}{}", index.as_string());
        Device { id, name, default: n == 0 }
    };
    Ok(found.into_iter().enumerate().map(device).collect())
}

pub(crate) fn open(
    id: Option<&str>,
    mode: CameraMode,
    slot: Slot<CapturedPicture>,
) -> Result<Box<dyn Camera>, CameraError> {
    let listed = devices()?;
    let device = match id {
        None => listed.first().ok_or(CameraError::NoDevice)?,
        Some(id) => listed
            .iter()
            .find(|device| device.id == id)
            .ok_or_else(|| CameraError::UnknownDevice { id: id.to_owned() })?,
    };
    let id = device.id.clone();
    let shared = Arc::new(Shared::new());
    let (opened, was_opened) = mpsc::sync_channel(1);
    let worker = Worker { id: id.clone(), mode, slot, shared: Arc::clone(&shared), opened };
    let closed = on_worker("camera", move || worker.run())?;
    let camera = DesktopCamera { id: id.clone(), shared, closed };
    match was_opened.recv_timeout(OPEN_LIMIT) {
        Ok(Ok(())) => Ok(Box::new(camera)),
        Ok(Err(why)) => Err(why),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(silent(&id, OPEN_LIMIT)),
    }
}

/// Runs `work` on a thread of its own and hands out its answer when there is one.
fn on_worker<T: Send + 'static>(
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

fn refused(id: &str, why: &NokhwaError) -> CameraError {
    CameraError::Refused { id: id.to_owned(), reason: why.to_string() }
}

/// When the driver gave nothing for `silence`.
fn silent(id: &str, silence: Duration) -> CameraError {
    CameraError::Stopped { id: id.to_owned(), reason: format!("nothing for {} s", silence.as_secs()) }
}

/// What the handle and the worker both see.
struct Shared {
    stop: AtomicBool,
    begun: OnceLock<LocalTime>,
    failure: OnceLock<CameraError>,
    /// Monotonic time of the newest picture, or of the opening before the first.
    newest_us: AtomicU64,
}

impl Shared {
    fn new() -> Self {
        Self {
            stop: AtomicBool::new(false),
            begun: OnceLock::new(),
            failure: OnceLock::new(),
            newest_us: AtomicU64::new(ahoy_system::clock::monotonic()),
        }
    }
}

struct DesktopCamera {
    id: String,
    shared: Arc<Shared>,
    closed: Receiver<()>,
}

impl Camera for DesktopCamera {
    fn begun(&self) -> Option<LocalTime> {
        self.shared.begun.get().copied()
    }

    fn failure(&self) -> Option<CameraError> {
        if let Some(why) = self.shared.failure.get() {
            return Some(why.clone());
        }
        let newest = LocalTime(self.shared.newest_us.load(Ordering::Acquire));
        let silence = LocalTime(ahoy_system::clock::monotonic()).saturating_since(newest);
        (silence > SILENCE_LIMIT).then(|| silent(&self.id, silence))
    }
}

impl Drop for DesktopCamera {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Err(RecvTimeoutError::Timeout) = self.closed.recv_timeout(CLOSE_LIMIT) {
            tracing::warn!(camera = self.id, "the camera's driver does not answer; it was left behind");
        }
    }
}

/// The side of the driver.
struct Worker {
    id: String,
    mode: CameraMode,
    slot: Slot<CapturedPicture>,
    shared: Arc<Shared>,
    opened: SyncSender<Result<(), CameraError>>,
}

impl Worker {
    fn run(self) {
        let mut camera = match start(&self.id, self.mode) {
            Ok(camera) => camera,
            Err(why) => {
                // Nobody listens any more when opening took too long.
                let _ = self.opened.send(Err(why));
                return;
            }
        };
        self.shared.newest_us.store(ahoy_system::clock::monotonic(), Ordering::Release);
        let _ = self.opened.send(Ok(()));
        if let Err(reason) = self.capture(&mut camera) {
            let _ = self.shared.failure.set(CameraError::Stopped { id: self.id.clone(), reason });
        }
        if let Err(why) = camera.stop_stream() {
            tracing::debug!(camera = self.id, %why, "the camera's stream did not stop cleanly");
        }
    }

    fn capture(&self, camera: &mut Nokhwa) -> Result<(), String> {
        let mut index = 0;
        while !self.shared.stop.load(Ordering::Acquire) {
            let frame = camera.frame().map_err(|why| why.to_string())?;
            let at = LocalTime(ahoy_system::clock::monotonic());
            if self.shared.stop.load(Ordering::Acquire) {
                break;
            }
            let resolution = frame.resolution();
            let converted =
                convert::to_i420(frame.source_frame_format(), resolution.width(), resolution.height(), frame.buffer());
            match converted {
                Ok(picture) => {
                    self.shared.newest_us.store(at.0, Ordering::Release);
                    let _ = self.shared.begun.get_or_init(|| at);
                    self.slot.put(CapturedPicture { picture: Arc::new(picture), at, index });
                    index += 1;
                }
                // Cameras give broken pictures now and then, above all the first; the watchdog sees when none is whole.
                Err(reason) => tracing::debug!(camera = self.id, reason, "a broken picture was skipped"),
            }
        }
        Ok(())
    }
}

/// Opens the device in the nearest of its listed modes and starts its stream.
fn start(id: &str, mode: CameraMode) -> Result<Nokhwa, CameraError> {
    let number = id.strip_prefix(DEVICE_PREFIX).unwrap_or(id);
    let index = number.parse().map_or_else(|_| CameraIndex::String(number.to_owned()), CameraIndex::Index);
    // Any listed mode will do to ask for the list; "highest" requests fail on cameras that mix formats.
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
    let mut camera = Nokhwa::new(index, any).map_err(|why| refused(id, &why))?;
    let modes = camera.compatible_camera_formats().map_err(|why| refused(id, &why))?;
    let nearest = nearest(&modes, mode).ok_or_else(|| CameraError::NoUsableMode { id: id.to_owned() })?;
    if camera.camera_format() != nearest {
        let exact = RequestedFormat::with_formats(RequestedFormatType::Exact(nearest), &FORMATS);
        let _ = camera.set_camera_requset(exact).map_err(|why| refused(id, &why))?;
    }
    camera.open_stream().map_err(|why| refused(id, &why))?;
    tracing::debug!(camera = id, mode = %nearest, "camera started");
    Ok(camera)
}

/// The listed mode that costs least to bring to what is wanted.
fn nearest(modes: &[CameraFormat], wanted: CameraMode) -> Option<CameraFormat> {
    let side = 1..=u32::from(MAX_SIDE);
    let usable = modes.iter().filter(|mode| {
        FORMATS.contains(&mode.format()) && side.contains(&mode.width()) && side.contains(&mode.height())
    });
    let cost = |mode: &&CameraFormat| {
        let off_pace = match mode.frame_rate() {
            rate if CALL_FPS.contains(&rate) => 0,
            rate if rate < *CALL_FPS.start() => CALL_FPS.start() - rate,
            rate => rate - CALL_FPS.end(),
        };
        let sides =
            mode.width().abs_diff(u32::from(wanted.size.width)) + mode.height().abs_diff(u32::from(wanted.size.height));
        // Too slow shows at once; then the size; then the rate itself; compressed pictures cost a decoder.
        let compressed = mode.format() == FrameFormat::MJPEG;
        (mode.frame_rate() < *CALL_FPS.start(), sides, off_pace, mode.frame_rate().abs_diff(wanted.fps), compressed)
    };
    usable.min_by_key(cost).copied()
}

#[cfg(test)]
mod tests {
    use ahoy_media::Size;

    use super::*;
    use crate::{CameraChoice, open_camera};

    fn mode(width: u32, height: u32, format: FrameFormat, fps: u32) -> CameraFormat {
        CameraFormat::new_from(width, height, format, fps)
    }

    #[test]
    fn the_nearest_mode_is_taken_never_the_highest() {
        let wanted = CameraMode { size: Size::VGA, fps: 24 };
        let vga = mode(640, 480, FrameFormat::YUYV, 30);
        let modes = [
            mode(1920, 1080, FrameFormat::MJPEG, 60),
            mode(640, 480, FrameFormat::MJPEG, 30),
            mode(640, 480, FrameFormat::YUYV, 15),
            vga,
            mode(640, 480, FrameFormat::GRAY, 24),
            mode(160, 120, FrameFormat::YUYV, 24),
        ];
        assert_eq!(nearest(&modes, wanted), Some(vga));
        assert_eq!(nearest(&modes[..1], wanted), Some(modes[0]), "better than nothing");
        let slow = [mode(640, 480, FrameFormat::YUYV, 5), mode(640, 360, FrameFormat::MJPEG, 30)];
        assert_eq!(nearest(&slow, wanted), Some(slow[1]), "a slide show is worse than another size");
        assert_eq!(nearest(&[mode(3840, 2160, FrameFormat::NV12, 30)], wanted), None);
    }

    #[test]
    fn a_camera_that_is_not_there_is_a_typed_error() {
        let missing = CameraChoice::Device("camera:no-such".to_owned());
        let opened = open_camera(&missing, CameraMode::default(), Slot::new());
        assert!(matches!(opened.map(drop), Err(CameraError::UnknownDevice { .. })));
    }
}
