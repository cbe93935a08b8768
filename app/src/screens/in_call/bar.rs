//! The controls at the foot of a call, and above them the line that says that nobody hears me.
//! A narrow or low window, large text and big buttons leave some of them to the sheet behind "More".
//! Hanging up is always among them, at the end, and nothing is ever drawn over it.

use ahoy_call::PeerId;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;
use bevy::window::PrimaryWindow;

use super::chrome::Chrome;
use super::sheet::{Opener, Sheet};
use super::switches::{Controls, Switch};
use crate::accessibility::LiveRegion;
use crate::calls::{Call, Hold, Muted, OnScreen, SendingVideo};
use crate::devices::{self, CameraDevice};
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::say;
use crate::screens::Place;
use crate::screens::call_controls::{Room, control};
use crate::screens::tile::Minimise;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::toast::KeepClear;
use crate::widgets::{self, Face, Tone};

/// Three controls and not four in a row, where the window is narrow and stands: two even rows.
const THREE_IN_A_ROW: f32 = 340.0;

/// A control that is in the bar or in the sheet, as there is room.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// Needed in most calls.
    Often,
    /// Needed in some calls.
    Seldom,
    /// The same, where there is another camera to turn to.
    Turn,
}

/// Whether this one stands in the bar; its twin stands in the sheet.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InBar(pub(super) bool);

impl Spot {
    const fn in_bar(self, room: Room) -> bool {
        match (room, self) {
            (Room::Wide, _) | (Room::Narrow, Self::Often) => true,
            (Room::Narrow, Self::Seldom | Self::Turn) | (Room::Big, _) => false,
        }
    }
}

#[derive(Component)]
pub(super) struct Bar;

/// The line that says that I am muted.
#[derive(Component)]
pub(super) struct MutedLine;

#[derive(Component)]
pub(super) struct MutedWords;

/// Spawns the foot of a call.
pub(super) fn spawn(ui: &mut ChildSpawnerCommands<'_>, peer: PeerId, states: (Muted, SendingVideo, Hold)) {
    let foot = Node {
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        row_gap: px(theme::GAP),
        flex_shrink: 0.0,
        ..default()
    };
    let _ = ui.spawn((foot, Pickable::IGNORE)).with_children(|ui| {
        muted_line(ui);
        let bar = Node {
            flex_wrap: FlexWrap::Wrap,
            justify_content: JustifyContent::Center,
            column_gap: px(theme::GAP),
            row_gap: px(theme::GAP),
            padding: px(theme::GAP).all(),
            border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
            ..default()
        };
        let _ =
            ui.spawn((Bar, Chrome, KeepClear, bar, Fill(Paint::Scrim))).with_children(|ui| buttons(ui, peer, states));
    });
}

fn muted_line(ui: &mut ChildSpawnerCommands<'_>) {
    let line = Node {
        display: Display::None,
        max_width: percent(100),
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP),
        padding: UiRect::axes(px(theme::GAP_WIDE), px(theme::GAP)),
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..default()
    };
    let _ = ui.spawn((MutedLine, KeepClear, line, Fill(Paint::Accent), Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn(Icon::MicrophoneOff.node(20.0, Paint::OnAccent));
        let _ = ui.spawn((widgets::text(Type::Strong, Paint::OnAccent, Phrase::Nothing), MutedWords, LiveRegion));
    });
}

fn buttons(ui: &mut ChildSpawnerCommands<'_>, peer: PeerId, (muted, sending, hold): (Muted, SendingVideo, Hold)) {
    let switch = |ui: &mut ChildSpawnerCommands<'_>, switch: Switch| {
        let mut button = control(ui, switch.face(muted, sending, hold));
        let _ = button
            .insert(switch)
            .observe(move |_: On<Activate>, mut controls: Controls<'_, '_>| controls.toggle(switch));
        button.id()
    };
    let _ = switch(ui, Switch::Microphone);
    let _ = switch(ui, Switch::Camera);
    let _ = control(ui, devices::switch_face()).insert((Spot::Turn, InBar(true))).observe(devices::switch);
    let face = Face::new(Tone::Quiet, Icon::Speaker, say!("bar-sound")).spoken(say!("bar-sound-spoken"));
    let _ = control(ui, face).insert((Spot::Often, InBar(true), Opener(Sheet::Sound))).observe(Sheet::toggle);
    let held = switch(ui, Switch::Hold);
    let _ = ui.commands().entity(held).insert((Spot::Seldom, InBar(true)));
    let face = Face::new(Tone::Quiet, Icon::Message, say!("bar-chat")).spoken(say!("bar-chat-spoken"));
    let mut button = control(ui, face);
    let _ = button.insert((Spot::Often, InBar(true)));
    goes_to_chat(&mut button, peer);
    let face = Face::new(Tone::Quiet, Icon::More, say!("bar-more")).spoken(say!("bar-more-spoken"));
    let _ = control(ui, face).insert(Opener(Sheet::More)).observe(Sheet::toggle);
    let face = Face::new(Tone::Stop, Icon::HangUp, say!("bar-hang-up"));
    let _ = control(ui, face).observe(|_: On<Activate>, mut controls: Controls<'_, '_>| controls.end());
}

/// Has a button go to what is written with the other side; the call goes on in the tile.
pub(super) fn goes_to_chat(button: &mut EntityCommands<'_>, peer: PeerId) {
    let _ = button.observe(move |_: On<Activate>, mut place: ResMut<Place>, mut minimise: Minimise<'_>| {
        *place = Place::Conversation(peer);
        minimise.on_screen();
    });
}

/// Puts every control where there is room for it.
pub(super) fn arrange(
    room: Res<Room>,
    window: Single<&Window, With<PrimaryWindow>>,
    cameras: Query<(), With<CameraDevice>>,
    call: Single<&SendingVideo, With<OnScreen>>,
    mut bars: Query<&mut Node, (With<Bar>, Without<Spot>)>,
    mut spots: Query<(&Spot, &InBar, &mut Node)>,
) {
    // A window that lies has no height for two rows.
    let upright = window.height() > window.width();
    let widest = if *room == Room::Narrow && upright { px(THREE_IN_A_ROW) } else { auto() };
    for mut bar in &mut bars {
        if bar.max_width != widest {
            bar.max_width = widest;
        }
    }
    let turns = call.0 && cameras.count() > 1;
    for (spot, in_bar, mut node) in &mut spots {
        let here = spot.in_bar(*room) == in_bar.0 && (*spot != Spot::Turn || turns);
        let display = if here { Display::Flex } else { Display::None };
        if node.display != display {
            node.display = display;
        }
    }
}

/// Says that I am muted, and more when I talk all the same.
pub(super) fn tell_muted(
    view: Res<NewestView>,
    call: Single<(&Call, &Muted), With<OnScreen>>,
    mut line: Single<&mut Node, With<MutedLine>>,
    mut words: Single<&mut Said, With<MutedWords>>,
) {
    let (call, muted) = *call;
    let display = if muted.0 { Display::Flex } else { Display::None };
    if line.display != display {
        line.display = display;
    }
    let talks = view.0.call(call.0).and_then(|call| call.stats.as_ref()).is_some_and(|stats| stats.audio.talks_muted);
    widgets::write(&mut words, muted_words(talks));
}

fn muted_words(talks: bool) -> Phrase {
    if talks { say!("bar-you-muted-talking") } else { say!("bar-you-muted") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_the_window_the_fewer_controls_are_in_the_bar() {
        let shown = |room| [Spot::Often, Spot::Seldom].map(|spot| spot.in_bar(room));
        assert_eq!(shown(Room::Wide), [true, true]);
        assert_eq!(shown(Room::Narrow), [true, false]);
        assert_eq!(shown(Room::Big), [false, false]);
    }

    #[test]
    fn whoever_talks_while_muted_is_told_more() {
        assert_ne!(muted_words(true), muted_words(false));
    }
}
