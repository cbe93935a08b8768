//! What several call screens share: the person in the middle, the length of the call, the row of controls.
//! Outgoing, incoming, in-call and ended screens are put together from these.
//! Texts that change carry a marker here and are written from the call entity, once, for all screens.

use ahoy_call::{CallState, PeerId};
use ahoy_engine::Command;
use ahoy_media::LocalTime;
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;
use bevy::window::PrimaryWindow;

use super::Screen;
use crate::call_words::clock_text;
use crate::calls::{Lasting, OnScreen, Peer};
use crate::clock::Clock;
use crate::engine_link::Intent;
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// A text that shows how long the call on the screen lasts.
#[derive(Component)]
pub(super) struct Length;

/// The whole window, from top to bottom, for as long as `screen` is up. Its ground is what every frame is cleared to: a second
/// layer of it would be half of what a frame costs where there is no graphics card.
pub(super) fn root(screen: Screen) -> impl Bundle {
    (
        DespawnOnExit(screen),
        TabGroup::new(0),
        Node {
            width: percent(100),
            height: percent(100),
            flex_direction: FlexDirection::Column,
            align_items: AlignItems::Center,
            justify_content: JustifyContent::SpaceBetween,
            padding: px(theme::SPACE).all(),
            ..default()
        },
    )
}

/// A column that takes the space that is left and keeps its things in the middle.
pub(super) fn middle() -> Node {
    Node {
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        align_self: AlignSelf::Center,
        justify_content: JustifyContent::Center,
        flex_grow: 1.0,
        row_gap: px(theme::GAP_WIDE),
        max_width: px(theme::COLUMN),
        ..default()
    }
}

/// The side of a person's sign on a call screen.
const AVATAR: f32 = 132.0;

/// A window that is lower than this has no room for it: a narrow phone that lies.
const LOW: f32 = 440.0;

/// What a call screen can do without where there is little room: a person's sign, hints.
#[derive(Component)]
pub(super) struct Portrait;

/// Where this is shown, there is little room.
#[derive(Component)]
pub(super) struct Crowds;

/// Room for a sign beside what crowds.
const CROWDED: f32 = 800.0;

fn show_portraits(
    window: Option<Single<&Window, With<PrimaryWindow>>>,
    crowds: Query<&Node, (With<Crowds>, Without<Portrait>)>,
    mut portraits: Query<&mut Node, With<Portrait>>,
) {
    let crowded = crowds.iter().any(|node| node.display != Display::None);
    let least = if crowded { CROWDED } else { LOW };
    let low = window.is_some_and(|window| window.height() < least);
    let display = if low { Display::None } else { Display::Flex };
    for mut node in &mut portraits {
        if node.display != display {
            node.display = display;
        }
    }
}

/// The other person: sign and name, and whether it is certain who it is.
pub(super) fn person(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let _ = ui.spawn((Portrait, Node::default(), Pickable::IGNORE)).with_children(|ui| {
        widgets::avatar(ui, peer.id, &peer.name, peer.builtin, AVATAR);
    });
    let _ = ui.spawn(widgets::centred(Type::Title, Paint::Text, Phrase::verbatim(display_name(&peer.name, peer.id))));
    verified(ui, peer);
}

/// Says of a verified contact that it is one, by a sign and a word.
pub(super) fn verified(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    if !peer.verified {
        return;
    }
    let row = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP / 2.0), ..default() };
    let _ = ui.spawn((row, Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn(Icon::Check.node(16.0, Paint::GoText));
        let _ = ui.spawn(widgets::text(Type::Small, Paint::GoText, say!("parts-verified")));
    });
}

/// The name, or the beginning of the id for those who have none.
pub(super) fn display_name(name: &str, id: PeerId) -> String {
    if name.trim().is_empty() { id.to_string().chars().take(8).collect() } else { name.to_owned() }
}

/// What the engine is asked to call: the built-in contact goes by its name, everybody else by the id, which never changes.
pub(super) fn callee(id: PeerId, name: &str, builtin: bool) -> String {
    if builtin { name.to_owned() } else { id.to_string() }
}

/// A button that sends a command.
pub(super) fn press<'a>(
    ui: &'a mut ChildSpawnerCommands<'_>,
    shape: Shape,
    face: Face,
    command: Command,
) -> EntityCommands<'a> {
    let mut button = widgets::button(ui, shape, face);
    let _ = button.observe(move |_: On<Activate>, mut intents: MessageWriter<Intent>| {
        let _ = intents.write(Intent(command.clone()));
    });
    button
}

/// What a button shows that calls `name`.
pub(super) fn call_face(name: &str, video: bool) -> Face {
    if video {
        Face::new(Tone::Quiet, Icon::Camera, say!("parts-video")).spoken(say!("parts-video-spoken", name = name))
    } else {
        Face::new(Tone::Quiet, Icon::Phone, say!("parts-call")).spoken(say!("parts-call-spoken", name = name))
    }
}

impl Lasting {
    fn seconds_at(self, now: LocalTime) -> Option<u64> {
        self.seconds.or_else(|| self.since.map(|since| now.saturating_since(since).as_secs()))
    }
}

fn write_length(
    call: Option<Single<&Lasting, With<OnScreen>>>,
    clock: Res<Clock>,
    mut texts: Query<&mut Said, With<Length>>,
) {
    let now = clock.local();
    let words = call.and_then(|call| call.seconds_at(now)).map_or(Phrase::Nothing, |s| Phrase::verbatim(clock_text(s)));
    for mut said in &mut texts {
        widgets::write(&mut said, words.clone());
    }
}

/// What a call on its way is doing, in words.
pub(super) fn progress(state: CallState) -> Phrase {
    match state {
        CallState::Dialing => say!("parts-dialing"),
        CallState::Alerting => say!("parts-alerting"),
        CallState::Ringing => say!("parts-ringing"),
        CallState::Connecting => say!("parts-connecting"),
        CallState::Active => say!("parts-active"),
        CallState::Reconnecting => say!("parts-reconnecting"),
        CallState::Ended(_) => say!("parts-ended"),
    }
}

/// Writes what the screens share.
pub(super) fn plugin(app: &mut App) {
    let _ = app.init_resource::<Clock>().add_systems(Update, (write_length, show_portraits).in_set(Step::Present));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_like_a_clock() {
        assert_eq!(clock_text(0), "0:00");
        assert_eq!(clock_text(75), "1:15");
        assert_eq!(clock_text(3_675), "1:01:15");
    }

    #[test]
    fn an_ended_call_keeps_its_length() {
        let ended = Lasting { since: Some(LocalTime(0)), seconds: Some(7) };
        assert_eq!(ended.seconds_at(LocalTime(60_000_000)), Some(7));
        let running = Lasting { since: Some(LocalTime(1_000_000)), seconds: None };
        assert_eq!(running.seconds_at(LocalTime(4_900_000)), Some(3));
        assert_eq!(Lasting { since: None, seconds: None }.seconds_at(LocalTime(9)), None);
    }
}
