//! Microphone, camera and speaker tried without a call, so that a person sees and hears that they work.
//! The driver owns at most one, and none while a call lives; dropping a part, or all of it, closes its device.
//! Each device has a thread of its own, because opening and closing one may take a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_audio::{MicChoice, MicOptions, SpeakerChoice, open_microphone};
use ahoy_camera::{CameraChoice, CameraMode, open_camera};
use ahoy_media::slot::Waker;
use ahoy_media::{CapturedPicture, Slot};
use ahoy_voice::LevelMeter;
use rtrb::RingBuffer;

use crate::notice::Device;
use crate::ringer::{self, Tone, Wanted};
use crate::view::{DeviceCheck, DeviceFailure};

/// Time between two levels: an eye follows twenty a second, and a window draws each of them.
const LEVEL_EVERY: Duration = Duration::from_millis(50);

/// A level that moved by less looks the same, and is not told.
const LEVEL_STEP_DB: f32 = 0.5;

/// Samples between microphone and meter: four looks.
const RING: usize = 9_600;

/// How often a camera that runs is asked whether it still does.
const CAMERA_LOOK: Duration = Duration::from_millis(200);

/// The devices that are tried now.
pub struct DeviceTest {
    waker: Option<Waker>,
    on_news: Waker,
    mic: Option<Part<MicChoice, f32>>,
    camera: Option<Part<CameraChoice, CapturedPicture>>,
    sound: Option<Part<SpeakerChoice, ()>>,
}

impl DeviceTest {
    /// Nothing is tried yet. `waker` is called for every picture and new level, `on_news` when a device fails or the
    /// test sound is over; both on other threads.
    #[must_use]
    pub fn new(waker: Option<Waker>, on_news: Waker) -> Self {
        Self { waker, on_news, mic: None, camera: None, sound: None }
    }

    /// Listens to this microphone, or to none. The one that is listened to already goes on.
    pub fn listen(&mut self, mic: Option<MicChoice>) {
        if self.mic.as_ref().map(|part| &part.choice) != mic.as_ref() {
            self.mic = mic.map(|mic| Part::start("test-mic", mic, self.waker.clone(), &self.on_news, measure));
        }
    }

    /// Looks through this camera, or through none. The one that is looked through already goes on.
    pub fn look(&mut self, camera: Option<CameraChoice>) {
        if self.camera.as_ref().map(|part| &part.choice) != camera.as_ref() {
            self.camera =
                camera.map(|camera| Part::start("test-camera", camera, self.waker.clone(), &self.on_news, film));
        }
    }

    /// Plays the test sound, from its beginning when it is heard already.
    pub fn play(&mut self, speaker: SpeakerChoice) {
        self.sound = Some(Part::start("test-sound", speaker, None, &self.on_news, sound));
    }

    /// What a person sees of it.
    #[must_use]
    pub fn show(&self) -> DeviceCheck {
        let failures = [
            self.mic.as_ref().and_then(|part| part.failure(Device::Microphone)),
            self.camera.as_ref().and_then(|part| part.failure(Device::Camera)),
            self.sound.as_ref().and_then(|part| part.failure(Device::Speaker)),
        ];
        DeviceCheck {
            level: self.mic.as_ref().map(|part| part.out.clone()),
            picture: self.camera.as_ref().map(|part| part.out.clone()),
            playing: self.sound.as_ref().is_some_and(|part| part.outcome.latest().is_none()),
            failed: failures.into_iter().flatten().collect(),
        }
    }
}

/// One device and its thread.
struct Part<C, T> {
    choice: C,
    out: Slot<T>,
    /// What became of it, once its device is closed again.
    outcome: Slot<Result<(), String>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl<C, T> Part<C, T>
where
    C: Clone + Send + 'static,
    T: Send + Sync + 'static,
{
    /// Does `work` with the device until it is over or this is dropped.
    fn start(
        name: &str,
        choice: C,
        waker: Option<Waker>,
        on_news: &Waker,
        work: fn(&C, &Slot<T>, &AtomicBool) -> Result<(), String>,
    ) -> Self {
        let out = waker.map_or_else(Slot::new, Slot::with_waker);
        let outcome = Slot::with_waker(Arc::clone(on_news));
        let stop = Arc::new(AtomicBool::new(false));
        let (asked, shown, told, stopped) = (choice.clone(), out.clone(), outcome.clone(), Arc::clone(&stop));
        let run = move || {
            let result = work(&asked, &shown, &stopped);
            shown.clear();
            told.put(result);
        };
        let thread = match thread::Builder::new().name(name.to_owned()).spawn(run) {
            Ok(thread) => Some(thread),
            Err(error) => {
                outcome.put(Err(format!("the system gives no more threads: {error}")));
                None
            }
        };
        Self { choice, out, outcome, stop, thread }
    }
}

impl<C, T> Part<C, T> {
    fn failure(&self, device: Device) -> Option<DeviceFailure> {
        let outcome = self.outcome.latest()?;
        let why = (*outcome).as_ref().err()?.clone();
        Some(DeviceFailure { device, why })
    }
}

impl<C, T> Drop for Part<C, T> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

/// Listens and tells how loud it is.
fn measure(choice: &MicChoice, level: &Slot<f32>, stop: &AtomicBool) -> Result<(), String> {
    let (ring, mut heard) = RingBuffer::new(RING);
    let mut mic = open_microphone(choice, MicOptions { repeat: true }, ring).map_err(|why| why.to_string())?;
    let _ = mic.begin();
    let (mut meter, mut told) = (LevelMeter::default(), f32::MAX);
    while !stop.load(Ordering::Acquire) {
        if let Some(why) = mic.failure() {
            return Err(why.to_string());
        }
        if let Ok(chunk) = heard.read_chunk(heard.slots()) {
            let (first, second) = chunk.as_slices();
            meter.feed(first);
            meter.feed(second);
            chunk.commit_all();
        }
        if (meter.rms_dbfs() - told).abs() >= LEVEL_STEP_DB {
            told = meter.rms_dbfs();
            level.put(told);
        }
        thread::park_timeout(LEVEL_EVERY);
    }
    Ok(())
}

/// Shows what the camera sees.
fn film(choice: &CameraChoice, picture: &Slot<CapturedPicture>, stop: &AtomicBool) -> Result<(), String> {
    let camera = open_camera(choice, CameraMode::default(), picture.clone()).map_err(|why| why.to_string())?;
    while !stop.load(Ordering::Acquire) {
        if let Some(why) = camera.failure() {
            return Err(why.to_string());
        }
        thread::park_timeout(CAMERA_LOOK);
    }
    Ok(())
}

/// Plays the test sound once. No other speaker stands in: whether this one works is the question.
fn sound(choice: &SpeakerChoice, _: &Slot<()>, stop: &AtomicBool) -> Result<(), String> {
    ringer::sing_once(choice, Wanted { tone: Tone::Test, over_speech: false }, stop).map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;
    use std::time::Instant;

    use super::*;

    /// What takes milliseconds may take this long on a machine that stands still now and then.
    const PATIENCE: Duration = Duration::from_secs(20);

    fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !done() {
            assert!(Instant::now() < until, "{what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn counting() -> (Waker, Arc<AtomicU64>) {
        let count = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&count);
        let count_one = move || {
            let _ = counted.fetch_add(1, Ordering::Relaxed);
        };
        (Arc::new(count_one), count)
    }

    fn test() -> DeviceTest {
        DeviceTest::new(None, Arc::new(|| {}))
    }

    #[test]
    fn a_tone_is_measured_and_a_level_that_stands_still_wakes_nobody() {
        let (waker, woken) = counting();
        let mut test = DeviceTest::new(Some(waker), Arc::new(|| {}));
        test.listen(Some(MicChoice::Tone));
        let level = test.show().level.expect("a level");
        wait_for("the tone is heard", || level.latest().is_some_and(|level| *level > -40.0));
        let outcome = test.mic.as_ref().expect("it listens").outcome.clone();
        test.listen(Some(MicChoice::Tone));
        assert_eq!(test.show().level.as_ref(), Some(&level), "the same microphone goes on");
        test.listen(None);
        assert_eq!(test.show().level, None);
        wait_for("the microphone is closed", || outcome.latest().is_some());
        assert_eq!(level.latest(), None);
        // A steady tone moves the level a few times at its beginning, not twenty times a second.
        assert!((1..=10).contains(&woken.load(Ordering::Relaxed)), "{woken:?}");
    }

    #[test]
    fn pictures_come_until_the_camera_is_closed() {
        let (waker, woken) = counting();
        let mut test = DeviceTest::new(Some(waker), Arc::new(|| {}));
        test.look(Some(CameraChoice::Pattern));
        let picture = test.show().picture.expect("a place for pictures");
        wait_for("three pictures", || woken.load(Ordering::Relaxed) >= 3);
        assert!(picture.latest().is_some());
        let outcome = test.camera.as_ref().expect("it looks").outcome.clone();
        drop(test);
        wait_for("the camera is closed", || outcome.latest().is_some());
        assert!(picture.latest().is_none(), "nobody sees a picture of a camera that is off");
    }

    #[test]
    fn the_test_sound_is_heard_to_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("heard.wav");
        let (news, told) = counting();
        let mut test = DeviceTest::new(None, news);
        test.play(SpeakerChoice::File(path.clone()));
        assert!(test.show().playing);
        wait_for("the sound is over", || !test.show().playing);
        assert_eq!((test.show().failed, told.load(Ordering::Relaxed)), (Vec::new(), 1));
        let samples: Vec<i16> =
            hound::WavReader::open(path).expect("a file").into_samples().collect::<Result<_, _>>().expect("sound");
        let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max();
        assert!(loudest.is_some_and(|loudest| loudest > 3_000), "{loudest:?}");
    }

    #[test]
    fn what_cannot_be_used_says_so_and_leaves_the_others_alone() {
        let (news, told) = counting();
        let mut test = DeviceTest::new(None, news);
        test.listen(Some(MicChoice::File("no/such/voice.wav".into())));
        test.look(Some(CameraChoice::File("no/such/clip.y4m".into())));
        test.play(SpeakerChoice::File("no/such/folder/out.wav".into()));
        wait_for("all three fail", || test.show().failed.len() == 3);
        let failed: Vec<Device> = test.show().failed.iter().map(|failure| failure.device).collect();
        assert_eq!(failed, [Device::Microphone, Device::Camera, Device::Speaker]);
        assert!(!test.show().playing && told.load(Ordering::Relaxed) == 3);
        test.listen(Some(MicChoice::None));
        assert_eq!(test.show().failed.len(), 2);
    }

    #[test]
    fn nothing_is_open_before_it_is_asked_for() {
        assert_eq!(test().show(), DeviceCheck { level: None, picture: None, playing: false, failed: Vec::new() });
    }
}
