//! Microphones, speakers and cameras as entities, and which of them a call uses.
//! `AudioPlugin` and `CameraPlugin` list them in the background, at the start and when asked again: it may take seconds.
//! Only lists and choices are here; the streams belong to the engine.

use ahoy_audio::{DeviceKind, MicChoice, SpeakerChoice};
use ahoy_camera::CameraChoice;
use ahoy_engine::Command;
use bevy::prelude::*;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{IoTaskPool, Task};
use bevy::ui_widgets::Activate;

use crate::engine_link::Intent;
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Tone};
use crate::window::{Step, Wake};

/// A microphone or a speaker.
#[derive(Component, Clone, Debug)]
pub struct AudioDevice(pub ahoy_audio::Device);

/// A camera.
#[derive(Component, Clone, Debug)]
pub struct CameraDevice(pub ahoy_camera::Device);

/// What the calls of this run hear with and speak through.
#[derive(Resource, Clone, Debug)]
pub struct ChosenAudio {
    /// The microphone.
    pub mic: MicChoice,
    /// The speaker.
    pub speaker: SpeakerChoice,
}

/// What the calls of this run see with.
#[derive(Resource, Clone, Debug)]
pub struct ChosenCamera(pub CameraChoice);

/// Lists sound devices and knows the chosen ones.
pub struct AudioPlugin {
    /// The microphone this run was started with.
    pub mic: MicChoice,
    /// The speaker this run was started with.
    pub speaker: SpeakerChoice,
}

/// Lists cameras and knows the chosen one.
pub struct CameraPlugin {
    /// The camera this run was started with.
    pub camera: CameraChoice,
}

/// A list on its way.
#[derive(Resource)]
enum Listing<D: Send + Sync + 'static> {
    Asking(Task<Vec<D>>),
    Done,
}

impl Plugin for AudioPlugin {
    fn build(&self, app: &mut App) {
        let _ = app
            .insert_resource(ChosenAudio { mic: self.mic.clone(), speaker: self.speaker.clone() })
            .add_systems(Startup, look_for_sound)
            .add_systems(Update, (take_list::<AudioDevice>, tell).chain().in_set(Step::Present));
    }
}

impl Plugin for CameraPlugin {
    fn build(&self, app: &mut App) {
        let _ = app
            .insert_resource(ChosenCamera(self.camera.clone()))
            .add_systems(Startup, look_for_cameras)
            .add_systems(Update, take_list::<CameraDevice>.in_set(Step::Present));
    }
}

fn look_for_sound(mut commands: Commands, wake: Res<Wake>) {
    let listing = ask(&wake, || match ahoy_audio::devices() {
        Ok(devices) => devices.into_iter().map(AudioDevice).collect(),
        Err(error) => {
            tracing::warn!("sound devices: {error}");
            Vec::new()
        }
    });
    commands.insert_resource(listing);
}

fn look_for_cameras(mut commands: Commands, wake: Res<Wake>) {
    let listing = ask(&wake, || match ahoy_camera::devices() {
        Ok(devices) => devices.into_iter().map(CameraDevice).collect(),
        Err(error) => {
            tracing::warn!("cameras: {error}");
            Vec::new()
        }
    });
    commands.insert_resource(listing);
}

/// Asks the system once more which devices there are.
pub fn look_again(mut commands: Commands) {
    commands.run_system_cached(look_for_sound);
    commands.run_system_cached(look_for_cameras);
}

fn ask<D: Send + Sync + 'static>(wake: &Wake, list: impl FnOnce() -> Vec<D> + Send + 'static) -> Listing<D> {
    let wake = wake.clone();
    Listing::Asking(IoTaskPool::get().spawn(async move {
        let devices = list();
        wake.ring();
        devices
    }))
}

/// Turns a list that has arrived into entities, which take the place of those of the list before.
fn take_list<D: Component>(mut listing: ResMut<Listing<D>>, before: Query<Entity, With<D>>, mut commands: Commands) {
    if let Listing::Asking(task) = listing.bypass_change_detection()
        && let Some(devices) = check_ready(task)
    {
        before.iter().for_each(|device| commands.entity(device).despawn());
        commands.spawn_batch(devices);
        *listing = Listing::Done;
    }
}

/// A line that tells which device is used.
#[derive(Component, Clone, Copy)]
enum DeviceLine {
    Microphone,
    Speaker,
    Camera,
}

/// The card of the contacts screen that says what a call would use.
pub fn card(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, say!("devices-title")));
        let lines = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn(lines).with_children(|ui| {
            for line in [DeviceLine::Microphone, DeviceLine::Speaker, DeviceLine::Camera] {
                let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), line));
            }
        });
    });
}

/// `found` is `None` while the system has not answered yet.
fn used(choice: &str, found: Option<Option<&str>>) -> Phrase {
    match (choice, found) {
        ("none", _) => say!("devices-off"),
        ("default", None) => say!("devices-looking"),
        ("default", Some(None)) => say!("devices-none"),
        ("default", Some(Some(name))) => Phrase::verbatim(name),
        (other, _) => Phrase::verbatim(other),
    }
}

impl DeviceLine {
    fn says(self, what: Phrase) -> Phrase {
        match self {
            Self::Microphone => say!("devices-microphone", what = what),
            Self::Speaker => say!("devices-speaker", what = what),
            Self::Camera => say!("devices-camera", what = what),
        }
    }
}

fn tell(
    audio: Res<ChosenAudio>,
    camera: Res<ChosenCamera>,
    listed: (Res<Listing<AudioDevice>>, Res<Listing<CameraDevice>>),
    sounds: Query<&AudioDevice>,
    cameras: Query<&CameraDevice>,
    mut lines: Query<(&DeviceLine, &mut Said)>,
) {
    let sound = |kind: DeviceKind| {
        let mut of_kind = sounds.iter().filter(|device| device.0.kind == kind);
        let name = of_kind.find(|device| device.0.default).map(|device| device.0.name.as_str());
        matches!(*listed.0, Listing::Done).then_some(name)
    };
    let picture = cameras.iter().find(|device| device.0.default).map(|device| device.0.name.as_str());
    let picture = matches!(*listed.1, Listing::Done).then_some(picture);
    for (line, mut said) in &mut lines {
        let what = match line {
            DeviceLine::Microphone => used(&audio.mic.to_string(), sound(DeviceKind::Microphone)),
            DeviceLine::Speaker => used(&audio.speaker.to_string(), sound(DeviceKind::Speaker)),
            DeviceLine::Camera => used(&camera.0.to_string(), picture),
        };
        widgets::write(&mut said, line.says(what));
    }
}

/// What the control shows that sends another camera's picture; it is of use where there is another camera.
pub(crate) fn switch_face() -> Face {
    Face::new(Tone::Quiet, Icon::Switch, say!("devices-switch")).spoken(say!("devices-switch-spoken"))
}

/// Sends another camera's picture.
pub(crate) fn switch(
    _: On<Activate>,
    cameras: Query<&CameraDevice>,
    mut chosen: ResMut<ChosenCamera>,
    mut intents: MessageWriter<Intent>,
) {
    let listed: Vec<ahoy_camera::Device> = cameras.iter().map(|device| device.0.clone()).collect();
    if let Some(next) = ahoy_camera::switched(&listed, &chosen.0) {
        let camera = CameraChoice::Device(next.id.clone());
        chosen.0 = camera.clone();
        let _ = intents.write(Intent(Command::SwitchCamera { call: None, camera }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn a_line_says_what_a_call_would_use() {
        let says = |line: DeviceLine, choice, found| Language::default().say(&line.says(used(choice, found)));
        assert_eq!(says(DeviceLine::Camera, "default", None), "Camera: looking…");
        assert_eq!(says(DeviceLine::Camera, "default", Some(None)), "Camera: none found");
        assert_eq!(says(DeviceLine::Speaker, "default", Some(Some("Headset"))), "Speaker: Headset");
        assert_eq!(says(DeviceLine::Camera, "pattern", Some(None)), "Camera: pattern");
        assert_eq!(says(DeviceLine::Microphone, "none", None), "Microphone: off");
    }
}
