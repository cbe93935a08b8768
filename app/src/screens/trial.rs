//! Microphone, speaker and camera tried without a call: which one, does it work, and what to do if not.
//! The settings and the first steps put these together; buttons ask the engine, its view tells what came of it.
//! No device is opened before its button is pressed, and `close` lets go of all of them.

use ahoy_audio::{DeviceKind, MicChoice, SpeakerChoice};
use ahoy_camera::CameraChoice;
use ahoy_engine::notice::Device;
use ahoy_engine::{Command, DeviceCheck};
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{Screen, page};
use crate::controls::{self, Choice, Reading, Words};
use crate::devices::{AudioDevice, CameraDevice};
use crate::engine_link::{Intent, NewestView};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::setting::{self, Setting};
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::video::Shows;
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// The widest the camera's picture gets.
const MIRROR: f32 = 320.0;
/// From here on it is a voice and not the room, in dB below full scale.
const HEARD_DB: f32 = -45.0;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Microphone,
    Speaker,
    Camera,
}

/// The place of a choice among devices, and the devices it offers.
#[derive(Component)]
struct Offer {
    kind: Kind,
    offered: Option<Vec<(String, Phrase)>>,
}

/// The line below a device that says how it goes.
#[derive(Component)]
struct Line(Kind);

/// The button that begins and ends a trial.
#[derive(Component)]
struct Starter(Kind);

/// What the person has found out on this page.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    heard: bool,
    played: bool,
}

impl Kind {
    const fn setting(self) -> Setting<0> {
        match self {
            Self::Microphone => setting::MICROPHONE,
            Self::Speaker => setting::SPEAKER,
            Self::Camera => setting::CAMERA,
        }
    }

    const fn device(self) -> Device {
        match self {
            Self::Microphone => Device::Microphone,
            Self::Speaker => Device::Speaker,
            Self::Camera => Device::Camera,
        }
    }

    fn which(self) -> Phrase {
        match self {
            Self::Microphone => say!("trial-which-microphone"),
            Self::Speaker => say!("trial-which-speaker"),
            Self::Camera => say!("trial-which-camera"),
        }
    }

    /// Whether it is being tried.
    fn runs(self, check: Option<&DeviceCheck>) -> bool {
        match self {
            Self::Microphone => check.is_some_and(|check| check.level.is_some()),
            Self::Speaker => check.is_some_and(|check| check.playing),
            Self::Camera => check.is_some_and(|check| check.picture.is_some()),
        }
    }

    fn face(self, runs: bool) -> Face {
        match (self, runs) {
            (Self::Microphone, false) => Face::new(Tone::Accent, Icon::Microphone, say!("trial-listen")),
            (Self::Microphone, true) => Face::new(Tone::Quiet, Icon::MicrophoneOff, say!("trial-listen-stop")),
            (Self::Speaker, _) => Face::new(Tone::Accent, Icon::Speaker, say!("trial-play")),
            (Self::Camera, false) => Face::new(Tone::Accent, Icon::Camera, say!("trial-look")),
            (Self::Camera, true) => Face::new(Tone::Quiet, Icon::CameraOff, say!("trial-look-stop")),
        }
    }
}

/// The choice of a device; the system's own choice comes first.
pub(super) fn choice(ui: &mut ChildSpawnerCommands<'_>, kind: Kind) {
    let _ = ui.spawn((Node { flex_direction: FlexDirection::Column, ..default() }, Offer { kind, offered: None }));
}

/// A microphone: a bar that moves with the voice.
pub(super) fn microphone(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = controls::meter(ui, say!("trial-meter"));
    foot(ui, Kind::Microphone);
}

/// A speaker: a sound to hear.
pub(super) fn speaker(ui: &mut ChildSpawnerCommands<'_>) {
    foot(ui, Kind::Speaker);
}

/// A camera: its picture, as in a mirror.
pub(super) fn camera(ui: &mut ChildSpawnerCommands<'_>) {
    let mirror = Node {
        width: percent(100),
        max_width: px(MIRROR),
        align_self: AlignSelf::Center,
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..default()
    };
    let _ = ui.spawn((mirror, Shows::Preview, Visibility::Hidden, Named(say!("trial-mirror"))));
    foot(ui, Kind::Camera);
}

fn foot(ui: &mut ChildSpawnerCommands<'_>, kind: Kind) {
    let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), Line(kind)));
    let _ = ui.spawn(page::buttons()).with_children(|ui| {
        let _ = widgets::button(ui, Shape::Wide, kind.face(false)).insert(Starter(kind)).observe(press);
    });
}

/// Tries exactly these; what is not named is closed.
fn check(microphone: bool, camera: bool) -> Intent {
    Intent(Command::Check {
        mic: microphone.then_some(MicChoice::Default),
        camera: camera.then_some(CameraChoice::Default),
    })
}

fn press(
    press: On<Activate>,
    starters: Query<&Starter>,
    view: Res<NewestView>,
    mut found: ResMut<Found>,
    mut intents: MessageWriter<Intent>,
) {
    let Ok(Starter(kind)) = starters.get(press.entity) else { return };
    let now = view.0.check.as_ref();
    let (listens, looks) = (Kind::Microphone.runs(now), Kind::Camera.runs(now));
    let _ = intents.write(match kind {
        Kind::Microphone => check(!listens, looks),
        Kind::Camera => check(listens, !looks),
        Kind::Speaker => {
            found.played = true;
            Intent(Command::PlayTest { speaker: SpeakerChoice::Default })
        }
    });
}

/// Lets go of everything that is tried.
pub(super) fn close(view: Res<NewestView>, mut found: ResMut<Found>, mut intents: MessageWriter<Intent>) {
    *found = Found::default();
    if view.0.check.is_some() {
        let _ = intents.write(check(false, false));
    }
}

/// A device that was chosen while another is tried is tried instead.
fn change(view: Res<NewestView>, mut tried: Local<[String; 2]>, mut intents: MessageWriter<Intent>) {
    let now = [Kind::Microphone, Kind::Camera].map(|kind| view.0.settings.get(kind.setting().key).to_owned());
    if *tried == now {
        return;
    }
    *tried = now;
    let check_now = view.0.check.as_ref();
    let (listens, looks) = (Kind::Microphone.runs(check_now), Kind::Camera.runs(check_now));
    if listens || looks {
        let _ = intents.write(check(listens, looks));
    }
}

/// The devices of a kind as options: the system's choice, those there are, and the chosen one even when it is not there.
fn options(kind: Kind, there: &[(String, String, bool)], kept: &str) -> Vec<(String, Phrase)> {
    let named = there.iter().find(|(_, _, default)| *default).map(|(_, name, _)| name);
    let system = named.map_or_else(|| say!("trial-system"), |name| say!("trial-system-named", name = name));
    let mut options = vec![(String::new(), system)];
    options.extend(there.iter().map(|(id, name, _)| (id.clone(), Phrase::verbatim(name))));
    if options.iter().all(|(id, _)| id != kept) {
        options.push((kept.to_owned(), say!("trial-not-there", name = kept)));
    }
    // Nothing but the system's choice, and that is none.
    if options.len() == 1 && there.is_empty() {
        options[0].1 = match kind {
            Kind::Microphone => say!("trial-no-microphone"),
            Kind::Speaker => say!("trial-no-speaker"),
            Kind::Camera => say!("trial-no-camera"),
        };
    }
    options
}

/// Offers the devices that there are now.
fn offer(
    view: Res<NewestView>,
    sounds: Query<&AudioDevice>,
    cameras: Query<&CameraDevice>,
    mut offers: Query<(Entity, &mut Offer)>,
    mut commands: Commands,
) {
    let heard = |kind: DeviceKind| {
        let of_kind = sounds.iter().filter(move |device| device.0.kind == kind);
        of_kind.map(|device| (device.0.id.clone(), device.0.name.clone(), device.0.default)).collect::<Vec<_>>()
    };
    for (entity, mut offer) in &mut offers {
        let there = match offer.kind {
            Kind::Microphone => heard(DeviceKind::Microphone),
            Kind::Speaker => heard(DeviceKind::Speaker),
            Kind::Camera => {
                let all = cameras.iter();
                all.map(|device| (device.0.id.clone(), device.0.name.clone(), device.0.default)).collect()
            }
        };
        let kept = offer.kind.setting();
        let wanted = options(offer.kind, &there, view.0.settings.get(kept.key));
        if offer.offered.as_ref() != Some(&wanted) {
            let words = Words { name: offer.kind.which(), about: Phrase::Nothing };
            let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
                setting::keep(controls::choice(ui, Choice { words, options: wanted.clone() }), kept);
            });
            offer.offered = Some(wanted);
        }
    }
}

/// What a trial has to say.
fn says(kind: Kind, check: Option<&DeviceCheck>, found: Found) -> Phrase {
    let failed = check.and_then(|check| check.failed.iter().find(|failure| failure.device == kind.device()));
    if let Some(failure) = failed {
        let words = match kind {
            Kind::Microphone => say!("trial-microphone-failed"),
            Kind::Speaker => say!("trial-speaker-failed"),
            Kind::Camera => say!("trial-camera-failed"),
        };
        return Phrase::joined(vec![words, Phrase::verbatim(&failure.why)], " ");
    }
    match (kind, kind.runs(check)) {
        (Kind::Microphone, false) => say!("trial-microphone-hint"),
        (Kind::Microphone, true) if found.heard => say!("trial-heard"),
        (Kind::Microphone, true) => say!("trial-speak"),
        (Kind::Speaker, true) => say!("trial-playing"),
        (Kind::Speaker, false) if found.played => say!("trial-played"),
        (Kind::Speaker, false) => say!("trial-speaker-hint"),
        (Kind::Camera, false) => say!("trial-camera-hint"),
        (Kind::Camera, true) => say!("trial-looking"),
    }
}

fn write(
    view: Res<NewestView>,
    mut found: ResMut<Found>,
    mut meters: Query<&mut Reading>,
    mut lines: Query<(&Line, &mut Said)>,
    mut buttons: Query<(&Starter, &mut Face)>,
) {
    let check = view.0.check.as_ref();
    let level = check.and_then(|check| check.level.as_ref()).and_then(|slot| slot.latest()).map(|level| *level);
    for mut reading in &mut meters {
        let _ = reading.set_if_neq(Reading(level));
    }
    let heard = Kind::Microphone.runs(check) && (found.heard || level.is_some_and(|level| level > HEARD_DB));
    let _ = found.set_if_neq(Found { heard, ..*found });
    for (line, mut said) in &mut lines {
        widgets::write(&mut said, says(line.0, check, *found));
    }
    for (starter, mut face) in &mut buttons {
        let _ = face.set_if_neq(starter.0.face(starter.0.runs(check)));
    }
}

pub(super) fn plugin(app: &mut App) {
    let here = in_state(Screen::Settings).or_else(in_state(Screen::FirstRun));
    let _ = app
        .init_resource::<Found>()
        .add_systems(Update, (offer.before(setting::show), (change, write).in_set(Step::Present)).run_if(here));
}

#[cfg(test)]
mod tests {
    use ahoy_engine::DeviceFailure;
    use ahoy_media::Slot;

    use super::*;

    #[test]
    fn the_chosen_device_is_offered_even_when_it_is_not_there() {
        let there = [("a".to_owned(), "Headset".to_owned(), true), ("b".to_owned(), "Built in".to_owned(), false)];
        let ids =
            |kept: &str| options(Kind::Microphone, &there, kept).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids("b"), ["", "a", "b"]);
        assert_eq!(ids("gone"), ["", "a", "b", "gone"]);
        assert_eq!(options(Kind::Camera, &[], ""), [(String::new(), say!("trial-no-camera"))]);
    }

    #[test]
    fn a_trial_says_what_came_of_it() {
        let check = |level: Option<Slot<f32>>, failed| DeviceCheck { level, picture: None, playing: false, failed };
        let listening = check(Some(Slot::new()), Vec::new());
        let found = |heard| Found { heard, played: false };
        assert_eq!(says(Kind::Microphone, None, found(false)), say!("trial-microphone-hint"));
        assert_eq!(says(Kind::Microphone, Some(&listening), found(false)), say!("trial-speak"));
        assert_eq!(says(Kind::Microphone, Some(&listening), found(true)), say!("trial-heard"));
        let failure = DeviceFailure { device: Device::Speaker, why: "it is busy".to_owned() };
        let failed = check(None, vec![failure]);
        let words = vec![say!("trial-speaker-failed"), Phrase::verbatim("it is busy")];
        assert_eq!(says(Kind::Speaker, Some(&failed), found(false)), Phrase::joined(words, " "));
        assert_eq!(says(Kind::Camera, Some(&failed), found(false)), say!("trial-camera-hint"));
    }
}
