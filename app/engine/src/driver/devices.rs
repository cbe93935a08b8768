//! The devices at the driver: calls that go on follow the settings, and a person may try devices before a call.
//! Commands and new settings end here.
//! A call always comes first: nothing is tried while one lives, and what is being tried is closed when one begins.

use std::sync::Arc;

use ahoy_audio::{MicChoice, SpeakerChoice};
use ahoy_call::CallId;
use ahoy_camera::CameraChoice;
use tokio::time::Instant;

use super::{Driver, Internal};
use crate::command::Reply;
use crate::device_test::DeviceTest;
use crate::error::PhoneError;
use crate::limits;
use crate::scan::Scanner;
use crate::settings::Settings;

/// Devices that are tried.
pub struct Testing {
    /// When they are closed by themselves.
    pub until: Instant,
    /// The devices.
    pub test: DeviceTest,
}

impl Driver {
    /// Calls that go on use the devices that the settings name now.
    pub(super) fn use_devices(&mut self, settings: &Settings) {
        let (media, before) = (&self.config.media, &self.snapshot.settings);
        let (mic, speaker) = (settings.chosen_mic(&media.mic), settings.chosen_speaker(&media.speaker));
        let camera = settings.chosen_camera(&media.camera);
        let other_mic = mic != before.chosen_mic(&media.mic);
        let other_speaker = speaker != before.chosen_speaker(&media.speaker);
        let other_camera = camera != before.chosen_camera(&media.camera);
        if other_camera {
            // What the person switched to is an older wish than this one.
            self.camera = None;
        }
        for session in self.live.values().filter_map(|live| live.session.as_ref()) {
            if other_mic {
                session.choose_mic(mic.clone());
            }
            if other_speaker {
                session.choose_speaker(speaker.clone());
            }
            if other_camera {
                session.switch_camera(camera.clone());
            }
        }
    }

    /// The camera of a call that leaves it open.
    pub(super) fn call_camera(&self) -> CameraChoice {
        let named = || self.snapshot.settings.chosen_camera(&self.config.media.camera);
        self.camera.clone().unwrap_or_else(named)
    }

    /// Sends another camera's picture from now on, in later calls too.
    pub(super) fn switch_camera(&mut self, call: Option<CallId>, camera: CameraChoice) -> Result<Reply, PhoneError> {
        let call = self.current(call, "show a picture in")?;
        self.camera = Some(camera.clone());
        if let Some(session) = self.live.get(&call).and_then(|live| live.session.as_ref()) {
            session.switch_camera(camera);
        }
        Ok(Reply::Done)
    }

    /// Whether the person can see the pictures of calls.
    pub(super) fn watch(&mut self, on: bool) -> Reply {
        self.watched = on;
        self.live.values().filter_map(|live| live.session.as_ref()).for_each(|session| session.set_visible(on));
        Reply::Done
    }

    /// Looks for a contact link through this camera, or no more.
    pub(super) fn look_for_code(&mut self, camera: Option<CameraChoice>) -> Reply {
        if let Some(testing) = self.testing.as_mut().filter(|_| camera.is_some()) {
            // Few cameras can be opened twice.
            testing.test.look(None);
        }
        let events = self.events.clone();
        // The view is made anew after every event; a full queue brings one anyway.
        let on_news = move || drop(events.try_send(Internal::Scanned));
        self.scan = camera.map(|camera| Scanner::start(camera, self.config.waker.as_ref(), on_news));
        Reply::Done
    }

    /// Tries exactly these; `Default` is what a call would use.
    pub(super) fn check_devices(
        &mut self,
        mic: Option<MicChoice>,
        camera: Option<CameraChoice>,
    ) -> Result<Reply, PhoneError> {
        if mic.is_none() && camera.is_none() {
            self.testing = None;
            return Ok(Reply::Done);
        }
        let (media, settings) = (&self.config.media, &self.snapshot.settings);
        let mic = mic.map(|mic| settings.chosen_mic(if mic == MicChoice::Default { &media.mic } else { &mic }));
        let camera = camera.map(|camera| if camera == CameraChoice::Default { self.call_camera() } else { camera });
        if camera.is_some() {
            // Few cameras can be opened twice.
            self.scan = None;
        }
        let test = self.test()?;
        test.listen(mic);
        test.look(camera);
        Ok(Reply::Done)
    }

    /// Plays the test sound; `Default` is the speaker that a call would use.
    pub(super) fn play_test(&mut self, speaker: SpeakerChoice) -> Result<Reply, PhoneError> {
        let asked = if speaker == SpeakerChoice::Default { &self.config.media.speaker } else { &speaker };
        let speaker = self.snapshot.settings.chosen_speaker(asked);
        self.test()?.play(speaker);
        Ok(Reply::Done)
    }

    fn test(&mut self) -> Result<&mut DeviceTest, PhoneError> {
        if self.calls.alive().next().is_some() {
            return Err(PhoneError::InCall);
        }
        let until = Instant::now() + limits::DEVICE_TEST;
        let (waker, events) = (self.config.waker.clone(), self.events.clone());
        let testing = self.testing.get_or_insert_with(|| {
            // The view is made anew after every event; a full queue brings one anyway.
            let on_news = move || drop(events.try_send(Internal::DeviceNews));
            Testing { until, test: DeviceTest::new(waker, Arc::new(on_news)) }
        });
        testing.until = until;
        Ok(&mut testing.test)
    }
}
