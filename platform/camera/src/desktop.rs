//! The cameras of Linux, Windows and macOS, through nokhwa.
//! `open.rs` asks here for real devices.
//! Every call into a driver is made on a worker that is abandoned when it takes too long.

use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use ahoy_media::{CapturedPicture, Size, Slot};
use nokhwa::Camera as Nokhwa;
use nokhwa::NokhwaError;
use nokhwa::utils::{
    ApiBackend, CameraFormat, CameraIndex, ControlValueSetter, FrameFormat, KnownCameraControl, RequestedFormat,
    RequestedFormatType,
};

use crate::choice::{CameraMode, DEVICE_PREFIX, Device, Facing};
use crate::error::CameraError;
use crate::open::Camera;
use crate::rotate::Rotation;

mod convert;
mod mode;
mod worker;

use mode::{Mode, PixelFormat, nearest};
use worker::{Driver, Limits, Shot, on_worker, silent};

/// Listing only reads names; a system that takes longer hangs.
const LIST_LIMIT: Duration = Duration::from_secs(3);

/// A picture older than this was not taken then: the driver's clock is another one.
const OLDEST_PICTURE: Duration = Duration::from_millis(500);

/// What can be turned into I420.
const FORMATS: [FrameFormat; 3] = [FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::MJPEG];

/// V4L2's control that tells how a camera is built in (`V4L2_CID_CAMERA_SENSOR_ROTATION`); other systems have none.
const SENSOR_ROTATION: KnownCameraControl = KnownCameraControl::Other(0x009A_0923);

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
        let facing = Facing::from_name(&name);
        Device { id, name, default: n == 0, facing }
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
    worker::start(&device.id, move || NokhwaDriver::open(&id, mode), slot, Limits::default())
}

fn refused(id: &str, why: &NokhwaError) -> CameraError {
    CameraError::Refused { id: id.to_owned(), reason: why.to_string() }
}

/// An open camera in the mode that was chosen.
struct NokhwaDriver {
    camera: Nokhwa,
    rotation: Rotation,
}

impl NokhwaDriver {
    /// Opens the device in the nearest of its listed modes and starts its stream.
    fn open(id: &str, wanted: CameraMode) -> Result<Box<dyn Driver>, CameraError> {
        let number = id.strip_prefix(DEVICE_PREFIX).unwrap_or(id);
        let index = number.parse().map_or_else(|_| CameraIndex::String(number.to_owned()), CameraIndex::Index);
        // Any listed mode will do to ask for the list; "highest" requests fail on cameras that mix formats.
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
        let mut camera = Nokhwa::new(index, any).map_err(|why| refused(id, &why))?;
        let listed = camera.compatible_camera_formats().map_err(|why| refused(id, &why))?;
        let (modes, formats): (Vec<Mode>, Vec<CameraFormat>) =
            listed.into_iter().filter_map(|format| Some((mode_of(format)?, format))).unzip();
        let nearest = nearest(&modes, wanted).ok_or_else(|| CameraError::NoUsableMode { id: id.to_owned() })?;
        let nearest = formats[nearest];
        if camera.camera_format() != nearest {
            let exact = RequestedFormat::with_formats(RequestedFormatType::Exact(nearest), &FORMATS);
            let _ = camera.set_camera_requset(exact).map_err(|why| refused(id, &why))?;
        }
        camera.open_stream().map_err(|why| refused(id, &why))?;
        let rotation = rotation_of(&camera);
        tracing::debug!(camera = id, mode = %nearest, ?rotation, "camera started");
        Ok(Box::new(Self { camera, rotation }))
    }
}

impl Driver for NokhwaDriver {
    fn rotation(&self) -> Rotation {
        self.rotation
    }

    fn shoot(&mut self, take: &mut dyn FnMut(Shot<'_>)) -> Result<(), String> {
        let frame = self.camera.frame().map_err(|why| why.to_string())?;
        let resolution = frame.resolution();
        let unusable = || format!("a picture of {resolution} as {}", frame.source_frame_format());
        let size = size_of(resolution.width(), resolution.height()).ok_or_else(unusable)?;
        let format = pixels_of(frame.source_frame_format()).ok_or_else(unusable)?;
        let age = frame.capture_timestamp().map_or(Duration::ZERO, age_of);
        take(Shot { size, format, data: frame.buffer(), age });
        Ok(())
    }
}

impl Drop for NokhwaDriver {
    fn drop(&mut self) {
        if let Err(why) = self.camera.stop_stream() {
            tracing::debug!(%why, "the camera's stream did not stop cleanly");
        }
    }
}

/// How long ago a picture was taken that carries this wall-clock time.
fn age_of(taken: Duration) -> Duration {
    let now = Duration::from_micros(ahoy_system::clock::unix_us());
    now.checked_sub(taken).filter(|age| *age <= OLDEST_PICTURE).unwrap_or(Duration::ZERO)
}

/// How the camera is built in. Only few say so; the others are upright.
fn rotation_of(camera: &Nokhwa) -> Rotation {
    match camera.camera_control(SENSOR_ROTATION).map(|control| control.value()) {
        Ok(ControlValueSetter::Integer(degrees)) => Rotation::from_degrees(degrees).unwrap_or_default(),
        Ok(_) | Err(_) => Rotation::None,
    }
}

fn size_of(width: u32, height: u32) -> Option<Size> {
    Some(Size::new(u16::try_from(width).ok()?, u16::try_from(height).ok()?))
}

fn pixels_of(format: FrameFormat) -> Option<PixelFormat> {
    match format {
        FrameFormat::YUYV => Some(PixelFormat::Yuyv),
        FrameFormat::NV12 => Some(PixelFormat::Nv12),
        FrameFormat::MJPEG => Some(PixelFormat::Jpeg),
        FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => None,
    }
}

fn mode_of(format: CameraFormat) -> Option<Mode> {
    let size = size_of(format.width(), format.height())?;
    Some(Mode { size, fps: format.frame_rate(), format: pixels_of(format.format())? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CameraChoice, open_camera};

    #[test]
    fn a_camera_that_is_not_there_is_a_typed_error() {
        let missing = CameraChoice::Device("camera:no-such".to_owned());
        let opened = open_camera(&missing, CameraMode::default(), Slot::new());
        assert!(matches!(opened.map(drop), Err(CameraError::UnknownDevice { .. })));
    }

    #[test]
    fn a_picture_is_as_old_as_its_time_says_unless_that_is_nonsense() {
        let now = Duration::from_micros(ahoy_system::clock::unix_us());
        let age = age_of(now - Duration::from_millis(40));
        assert!((Duration::from_millis(40)..=OLDEST_PICTURE).contains(&age), "{age:?}");
        assert_eq!(age_of(now + Duration::from_secs(9)), Duration::ZERO);
        assert_eq!(age_of(Duration::from_secs(3)), Duration::ZERO, "a clock that counts from another day");
    }
}
