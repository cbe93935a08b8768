//! The call itself: the other side's picture fills the window, or name and sign where there is none.
//! Self view in a corner, length of the call, microphone, camera, holding, hanging up.
//! Whether the microphone is off is said by word, fill and colour, for it must never be in doubt.

use ahoy_call::{CallId, CallState};
use ahoy_engine::Command;
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{Screen, banner, numbers, parts};
use crate::accessibility::LiveRegion;
use crate::calls::{Call, Hold, Muted, OnScreen, Peer, Phase, Remote, SendingVideo};
use crate::devices;
use crate::engine_link::{Intent, NewestView};
use crate::icons::Icon;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
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

#[derive(Component)]
struct HoldButton;

/// The line in the middle that says who keeps the call waiting.
#[derive(Component)]
struct HoldLine;

/// The button that begins to compare emoji; there is nothing to compare with a verified contact.
#[derive(Component)]
struct VerifyButton;

type Begun = (&'static Call, &'static Peer, &'static Muted, &'static SendingVideo, &'static Hold);

fn build(call: Single<Begun, With<OnScreen>>, mut commands: Commands) {
    let (&Call(id), peer, muted, sending, hold) = *call;
    let root = Node { width: percent(100), height: percent(100), ..default() };
    let ground = Fill(Paint::Ground);
    let _ = commands.spawn((DespawnOnExit(Screen::InCall), TabGroup::new(0), root, ground)).with_children(|ui| {
        let whole =
            Node { position_type: PositionType::Absolute, width: percent(100), height: percent(100), ..default() };
        let _ = ui.spawn((
            whole.clone(),
            Shows::Remote,
            Visibility::Hidden,
            Named(say!("in-call-picture", name = &peer.name)),
        ));
        let over = Node {
            flex_direction: FlexDirection::Column,
            justify_content: JustifyContent::SpaceBetween,
            row_gap: px(theme::GAP),
            padding: px(theme::GAP_WIDE).all(),
            ..whole
        };
        let _ = ui.spawn((over, Pickable::IGNORE)).with_children(|ui| {
            head(ui, peer);
            numbers::panel(ui, peer);
            let _ = ui.spawn((parts::middle(), PersonInTheMiddle, Pickable::IGNORE)).with_children(|ui| {
                parts::person(ui, peer);
                let _ = ui.spawn((
                    widgets::centred(Type::Strong, Paint::AccentText, Phrase::Nothing),
                    HoldLine,
                    LiveRegion,
                ));
            });
            foot(ui, (id, peer), (muted.0, sending.0, *hold));
        });
    });
}

/// Other calls, and below them the line about this one and the self view.
fn head(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let column = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
    let _ = ui.spawn((column, Pickable::IGNORE)).with_children(|ui| {
        banner::slot(ui);
        let row = Node {
            justify_content: JustifyContent::SpaceBetween,
            align_items: AlignItems::FlexStart,
            column_gap: px(theme::GAP),
            ..default()
        };
        let _ = ui.spawn((row, Pickable::IGNORE)).with_children(|ui| {
            top_line(ui, peer);
            self_view(ui);
        });
    });
}

fn scrim() -> (Fill, Node) {
    let node = Node {
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP_WIDE),
        padding: UiRect::axes(px(20), px(12)),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    (Fill(Paint::Scrim), node)
}

fn top_line(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let (ground, node) = scrim();
    // In a narrow window the line breaks before it comes to the self view.
    let node = Node { max_width: percent(60), flex_wrap: FlexWrap::Wrap, ..node };
    let _ = ui.spawn((ground, node, Pickable::IGNORE)).with_children(|ui| {
        let name = parts::display_name(&peer.name, peer.id);
        let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, Phrase::verbatim(name)));
        let _ = ui.spawn((widgets::text(Type::Body, Paint::Text, Phrase::Nothing), parts::Length));
        let _ = ui.spawn((widgets::text(Type::Small, Paint::AccentText, Phrase::Nothing), Status, LiveRegion));
    });
}

fn self_view(ui: &mut ChildSpawnerCommands<'_>) {
    let node = Node {
        width: px(SELF_VIEW),
        max_width: percent(30),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let shadow = theme::shadow();
    let _ = ui.spawn((node, Shows::Own, Visibility::Hidden, shadow, Named(say!("in-call-own-picture"))));
}

fn foot(ui: &mut ChildSpawnerCommands<'_>, (id, peer): (CallId, &Peer), (muted, sending, hold): (bool, bool, Hold)) {
    let place = Node { justify_content: JustifyContent::Center, ..default() };
    let _ = ui.spawn((place, Pickable::IGNORE)).with_children(|ui| {
        let (ground, node) = scrim();
        let node = Node {
            padding: px(theme::GAP).all(),
            column_gap: px(theme::GAP),
            row_gap: px(theme::GAP),
            flex_wrap: FlexWrap::Wrap,
            justify_content: JustifyContent::Center,
            ..node
        };
        let _ = ui.spawn((ground, node)).with_children(|ui| {
            let _ = widgets::button(ui, Shape::Tall, mute_face(muted))
                .insert(MuteButton)
                .observe(|_: On<Activate>, mut controls: Controls<'_, '_>| controls.toggle_mute());
            let _ = widgets::button(ui, Shape::Tall, camera_face(sending))
                .insert(CameraButton)
                .observe(|_: On<Activate>, mut controls: Controls<'_, '_>| controls.toggle_video());
            devices::camera_button(ui);
            let _ = widgets::button(ui, Shape::Tall, hold_face(hold))
                .insert(HoldButton)
                .observe(|_: On<Activate>, mut controls: Controls<'_, '_>| controls.toggle_hold());
            let face = Face::new(Tone::Quiet, Icon::Check, say!("in-call-verify"))
                .spoken(say!("in-call-verify-spoken", name = &peer.name));
            let compare = Command::Compare { who: peer.id.to_string() };
            let _ = parts::press(ui, Shape::Tall, face, compare).insert(VerifyButton);
            numbers::toggle(ui);
            let face = Face::new(Tone::Stop, Icon::HangUp, say!("in-call-hang-up"));
            let _ = parts::press(ui, Shape::Tall, face, Command::EndCall { call: Some(id) });
        });
    });
}

fn hold_face(hold: Hold) -> Face {
    if hold.mine {
        Face::new(Tone::Accent, Icon::Play, say!("in-call-resume")).spoken(say!("in-call-resume-spoken")).switched(true)
    } else {
        Face::new(Tone::Quiet, Icon::Pause, say!("in-call-hold")).switched(false)
    }
}

fn mute_face(muted: bool) -> Face {
    if muted {
        Face::new(Tone::Accent, Icon::MicrophoneOff, say!("in-call-muted"))
            .spoken(say!("in-call-muted-spoken"))
            .switched(true)
    } else {
        Face::new(Tone::Quiet, Icon::Microphone, say!("in-call-mute")).switched(false)
    }
}

fn camera_face(sending: bool) -> Face {
    if sending {
        Face::new(Tone::Quiet, Icon::Camera, say!("in-call-stop-video"))
            .spoken(say!("in-call-stop-video-spoken"))
            .switched(true)
    } else {
        Face::new(Tone::Quiet, Icon::CameraOff, say!("in-call-start-video"))
            .spoken(say!("in-call-start-video-spoken"))
            .switched(false)
    }
}

/// What the switches of a call show.
type Switches = (&'static Call, &'static Muted, &'static SendingVideo, &'static Hold);

/// Microphone, camera and hold of the call on the screen, for buttons and keys.
#[derive(bevy::ecs::system::SystemParam)]
pub(super) struct Controls<'w, 's> {
    call: Option<Single<'w, 's, Switches, With<OnScreen>>>,
    intents: MessageWriter<'w, Intent>,
}

impl Controls<'_, '_> {
    pub(super) fn toggle_mute(&mut self) {
        if let Some(call) = &self.call {
            let (call, muted, ..) = **call;
            let _ = self.intents.write(Intent(Command::ToggleMute { call: Some(call.0), on: !muted.0 }));
        }
    }

    pub(super) fn toggle_video(&mut self) {
        if let Some(call) = &self.call {
            let (call, _, sending, _) = **call;
            let _ = self.intents.write(Intent(Command::ToggleVideo { call: Some(call.0), on: !sending.0 }));
        }
    }

    pub(super) fn toggle_hold(&mut self) {
        if let Some(call) = &self.call {
            let (call, _, _, hold) = **call;
            let _ = self.intents.write(Intent(Command::Hold { call: Some(call.0), on: !hold.mine }));
        }
    }
}

/// My microphone, as far as the line at the top tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Microphone {
    Open,
    Muted,
    /// Somebody talks into it all the same.
    TalksMuted,
}

impl Microphone {
    fn of(muted: bool, talks: bool) -> Self {
        match (muted, talks) {
            (false, _) => Self::Open,
            (true, false) => Self::Muted,
            (true, true) => Self::TalksMuted,
        }
    }
}

/// What the line at the top says besides the name: what stands in the way first, my own mute before the other's.
fn status(phase: CallState, mine: Microphone, hold: Hold, remote: Remote, name: &str) -> Phrase {
    let mut words = Vec::new();
    if phase == CallState::Reconnecting {
        words.push(parts::progress(phase));
    }
    if hold.mine || hold.theirs {
        words.push(say!("in-call-held"));
    }
    match mine {
        Microphone::Open => {}
        Microphone::Muted => words.push(say!("in-call-you-muted")),
        Microphone::TalksMuted => words.push(say!("in-call-you-muted-talking")),
    }
    if remote.muted {
        words.push(say!("in-call-they-muted", name = name));
    }
    Phrase::joined(words, " · ")
}

fn hold_words(hold: Hold, name: &str) -> Phrase {
    match (hold.mine, hold.theirs) {
        (true, _) => say!("in-call-held-by-me"),
        (false, true) => say!("in-call-held-by-them", name = name),
        (false, false) => Phrase::Nothing,
    }
}

type InCall = (
    &'static Call,
    &'static Peer,
    &'static Phase,
    &'static Muted,
    &'static SendingVideo,
    &'static Remote,
    &'static Hold,
);

type SwitchButton = (&'static mut Face, Has<MuteButton>, Has<CameraButton>, Has<HoldButton>);

fn write(
    view: Res<NewestView>,
    call: Single<InCall, With<OnScreen>>,
    mut line: Single<(&mut Said, &mut Node), With<Status>>,
    mut hold_line: Single<&mut Said, (With<HoldLine>, Without<Status>)>,
    mut buttons: Query<SwitchButton>,
) {
    let (call_id, peer, phase, muted, sending, remote, hold) = *call;
    let talks =
        view.0.call(call_id.0).and_then(|call| call.stats.as_ref()).is_some_and(|stats| stats.audio.talks_muted);
    let words = status(phase.0, Microphone::of(muted.0, talks), *hold, *remote, &peer.name);
    let (said, node) = &mut *line;
    let display = if words.is_empty() { Display::None } else { Display::Flex };
    if node.display != display {
        node.display = display;
    }
    widgets::write(said, words);
    widgets::write(&mut hold_line, hold_words(*hold, &peer.name));
    for (mut face, mute, camera, holds) in &mut buttons {
        let wanted = match (mute, camera, holds) {
            (true, _, _) => mute_face(muted.0),
            (_, true, _) => camera_face(sending.0),
            (_, _, true) => hold_face(*hold),
            (false, false, false) => continue,
        };
        let _ = face.set_if_neq(wanted);
    }
}

/// There is nothing to compare with a contact that is verified, nor with a phone that is no contact.
fn offer_verify(
    view: Res<NewestView>,
    call: Single<&Peer, With<OnScreen>>,
    mut buttons: Query<&mut Node, With<VerifyButton>>,
) {
    let contact = view.0.contacts.iter().find(|contact| contact.id == call.id);
    let useful = contact.is_some_and(|contact| !contact.verified && !contact.builtin);
    let display = if useful { Display::Flex } else { Display::None };
    for mut node in &mut buttons {
        if node.display != display {
            node.display = display;
        }
    }
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
        (write, offer_verify, show_person.after(crate::video::hang))
            .in_set(Step::Present)
            .run_if(in_state(Screen::InCall)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn what_stands_in_the_way_is_said_first() {
        let (both, free) = (Remote { muted: true, video: false }, Hold::default());
        let said = |phase, muted, hold| {
            Language::default().say(&status(phase, Microphone::of(muted, false), hold, both, "Ada"))
        };
        assert_eq!(said(CallState::Active, true, free), "You are muted · Ada is muted");
        assert_eq!(said(CallState::Active, false, free), "Ada is muted");
        assert_eq!(said(CallState::Reconnecting, false, free), "Reconnecting… · Ada is muted");
        let held = Hold { mine: false, theirs: true };
        assert_eq!(said(CallState::Active, false, held), "On hold · Ada is muted");
    }

    #[test]
    fn who_holds_the_call_is_said_in_words() {
        let words = |mine, theirs| Language::default().say(&hold_words(Hold { mine, theirs }, "Ada"));
        assert_eq!(words(false, true), "Ada has put you on hold");
        assert_eq!(words(true, true), words(true, false));
        assert_eq!(words(false, false), "");
    }

    #[test]
    fn muted_differs_in_word_icon_and_tone() {
        let (on, off) = (mute_face(true), mute_face(false));
        assert!(on.word != off.word && on.icon != off.icon && on.tone != off.tone);
    }
}
