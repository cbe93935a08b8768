//! The call itself: the other side's picture fills the window, or name and sign where there is none.
//! Self view in a corner, length of the call, microphone, camera, hanging up.
//! Whether the microphone is off is said by word, fill and colour, for it must never be in doubt.

use ahoy_call::{CallId, CallState};
use ahoy_engine::Command;
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{Screen, parts};
use crate::calls::{Call, Muted, OnScreen, Peer, Phase, Remote, SendingVideo};
use crate::devices;
use crate::engine_link::Intent;
use crate::icons::Icon;
use crate::theme::{self, Type};
use crate::video::Shows;
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// The width of the self view.
const SELF_VIEW: f32 = 208.0;

#[derive(Component)]
struct Status;

#[derive(Component)]
struct PersonInTheMiddle;

#[derive(Component)]
struct MuteButton;

#[derive(Component)]
struct CameraButton;

fn build(call: Single<(&Call, &Peer, &Muted, &SendingVideo), With<OnScreen>>, mut commands: Commands) {
    let (&Call(id), peer, muted, sending) = *call;
    let root = Node { width: percent(100), height: percent(100), ..default() };
    let ground = BackgroundColor(theme::GROUND);
    let _ = commands.spawn((DespawnOnExit(Screen::InCall), TabGroup::new(0), root, ground)).with_children(|ui| {
        let whole =
            Node { position_type: PositionType::Absolute, width: percent(100), height: percent(100), ..default() };
        let _ = ui.spawn((
            whole.clone(),
            Shows::Remote,
            Visibility::Hidden,
            AccessibleLabel::new(format!("Picture of {}", peer.name)),
        ));
        let centre = Node { align_items: AlignItems::Center, justify_content: JustifyContent::Center, ..whole };
        let _ = ui.spawn((centre, PersonInTheMiddle, Pickable::IGNORE)).with_children(|ui| {
            let _ = ui.spawn(parts::middle()).with_children(|ui| parts::person(ui, peer));
        });
        top_line(ui, peer);
        self_view(ui);
        foot(ui, id, muted.0, sending.0);
    });
}

fn scrim() -> (BackgroundColor, Node) {
    let node = Node {
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP_WIDE),
        padding: UiRect::axes(px(20), px(12)),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    (BackgroundColor(theme::SCRIM), node)
}

fn top_line(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let (ground, node) = scrim();
    let node = Node {
        position_type: PositionType::Absolute,
        left: px(theme::SPACE),
        top: px(theme::SPACE),
        // In a narrow window the line breaks before it comes under the self view.
        max_width: percent(55),
        flex_wrap: FlexWrap::Wrap,
        ..node
    };
    let _ = ui.spawn((ground, node, Pickable::IGNORE)).with_children(|ui| {
        let name = parts::display_name(&peer.name, peer.id);
        let _ = ui.spawn(widgets::text(Type::Strong, theme::TEXT, &name));
        let _ = ui.spawn((widgets::text(Type::Body, theme::TEXT, ""), parts::Length));
        let _ = ui.spawn((widgets::text(Type::Small, theme::ACCENT, ""), Status));
    });
}

fn self_view(ui: &mut ChildSpawnerCommands<'_>) {
    let node = Node {
        position_type: PositionType::Absolute,
        right: px(theme::SPACE),
        top: px(theme::SPACE),
        width: px(SELF_VIEW),
        max_width: percent(30),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let shadow = BoxShadow::new(theme::SHADOW, px(0), px(6), px(0), px(24));
    let _ = ui.spawn((node, Shows::Own, Visibility::Hidden, shadow, AccessibleLabel::new("My own picture")));
}

fn foot(ui: &mut ChildSpawnerCommands<'_>, id: CallId, muted: bool, sending: bool) {
    let place = Node {
        position_type: PositionType::Absolute,
        left: px(0),
        right: px(0),
        bottom: px(theme::SPACE),
        justify_content: JustifyContent::Center,
        ..default()
    };
    let _ = ui.spawn((place, Pickable::IGNORE)).with_children(|ui| {
        let (ground, node) = scrim();
        let node = Node { padding: px(theme::GAP_WIDE).all(), ..node };
        let _ = ui.spawn((ground, node)).with_children(|ui| {
            let _ = widgets::button(ui, Shape::Tall, mute_face(muted))
                .insert(MuteButton)
                .observe(|_: On<Activate>, mut controls: Controls<'_, '_>| controls.toggle_mute());
            let _ = widgets::button(ui, Shape::Tall, camera_face(sending))
                .insert(CameraButton)
                .observe(|_: On<Activate>, mut controls: Controls<'_, '_>| controls.toggle_video());
            devices::camera_button(ui);
            let _ = widgets::button(ui, Shape::Tall, Face::new(Tone::Stop, Icon::HangUp, "Hang up")).observe(
                move |_: On<Activate>, mut intents: MessageWriter<Intent>| {
                    let _ = intents.write(Intent(Command::EndCall { call: Some(id) }));
                },
            );
        });
    });
}

fn mute_face(muted: bool) -> Face {
    if muted {
        Face::new(Tone::Accent, Icon::MicrophoneOff, "Muted").spoken("You are muted. Unmute".to_owned())
    } else {
        Face::new(Tone::Quiet, Icon::Microphone, "Mute")
    }
}

fn camera_face(sending: bool) -> Face {
    if sending {
        Face::new(Tone::Quiet, Icon::Camera, "Stop video").spoken("Your camera is on. Stop video".to_owned())
    } else {
        Face::new(Tone::Quiet, Icon::CameraOff, "Start video").spoken("Your camera is off. Start video".to_owned())
    }
}

/// Microphone and camera of the call on the screen, for buttons and keys.
#[derive(bevy::ecs::system::SystemParam)]
pub(super) struct Controls<'w, 's> {
    call: Option<Single<'w, 's, (&'static Call, &'static Muted, &'static SendingVideo), With<OnScreen>>>,
    intents: MessageWriter<'w, Intent>,
}

impl Controls<'_, '_> {
    pub(super) fn toggle_mute(&mut self) {
        if let Some(call) = &self.call {
            let (call, muted, _) = **call;
            let _ = self.intents.write(Intent(Command::ToggleMute { call: Some(call.0), on: !muted.0 }));
        }
    }

    pub(super) fn toggle_video(&mut self) {
        if let Some(call) = &self.call {
            let (call, _, sending) = **call;
            let _ = self.intents.write(Intent(Command::ToggleVideo { call: Some(call.0), on: !sending.0 }));
        }
    }
}

fn status(phase: CallState, muted: bool, remote: Remote, name: &str) -> String {
    match (phase, muted, remote.muted) {
        (CallState::Reconnecting, _, _) => parts::progress(phase).to_owned(),
        (_, true, _) => "You are muted".to_owned(),
        (_, false, true) => format!("{name} is muted"),
        (_, false, false) => String::new(),
    }
}

type InCall = (&'static Peer, &'static Phase, &'static Muted, &'static SendingVideo, &'static Remote);

fn write(
    call: Single<InCall, With<OnScreen>>,
    mut line: Single<(&mut Text, &mut Node), With<Status>>,
    mut mute: Single<&mut Face, (With<MuteButton>, Without<CameraButton>)>,
    mut camera: Single<&mut Face, With<CameraButton>>,
) {
    let (peer, phase, muted, sending, remote) = *call;
    let words = status(phase.0, muted.0, *remote, &peer.name);
    let (text, node) = &mut *line;
    let display = if words.is_empty() { Display::None } else { Display::Flex };
    if node.display != display {
        node.display = display;
    }
    if text.0 != words {
        text.0 = words;
    }
    let _ = mute.set_if_neq(mute_face(muted.0));
    let _ = camera.set_if_neq(camera_face(sending.0));
}

fn show_person(pictures: Query<(&Shows, &Visibility)>, mut person: Single<&mut Node, With<PersonInTheMiddle>>) {
    let seen = pictures.iter().any(|(shows, seen)| *shows == Shows::Remote && *seen != Visibility::Hidden);
    let display = if seen { Display::None } else { Display::Flex };
    if person.display != display {
        person.display = display;
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::InCall), build).add_systems(
        Update,
        (write, show_person.after(crate::video::hang)).in_set(Step::Present).run_if(in_state(Screen::InCall)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn my_own_mute_is_said_before_the_other_side_s() {
        let both = Remote { muted: true, video: false };
        assert_eq!(status(CallState::Active, true, both, "Ada"), "You are muted");
        assert_eq!(status(CallState::Active, false, both, "Ada"), "Ada is muted");
        assert_eq!(status(CallState::Reconnecting, true, both, "Ada"), "Reconnecting…");
    }

    #[test]
    fn muted_differs_in_word_icon_and_tone() {
        let (on, off) = (mute_face(true), mute_face(false));
        assert!(on.word != off.word && on.icon != off.icon && on.tone != off.tone);
    }
}
