//! A call that goes on while the person does something else: a tile with its picture in a corner of every other screen.
//! Pressing it brings the call back; it is moved by pointer or arrow keys, and the call is ended from it.
//! Whether a call is minimised is remembered here; `choose` asks for it.

use ahoy_call::{CallId, CallState};
use ahoy_engine::{CallView, Command};
use bevy::ecs::system::SystemParam;
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;
use bevy::window::PrimaryWindow;

use super::corner::{self, Floats, Inset};
use super::{Screen, Shown, parts};
use crate::calls::{Call, Hold, Muted, OnScreen, Peer, Phase};
use crate::icons::Icon;
use crate::paint::{Edge, Fill};
use crate::phrase::Phrase;
use crate::pip::Restore;
use crate::say;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::toast::{self, KeepClear};
use crate::video::Shows;
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// The call that goes on in the tile.
#[derive(Resource, Default, Debug, PartialEq, Eq)]
pub struct Minimised(pub(super) Option<CallId>);

impl Minimised {
    /// Whether this call goes on in the tile; one that does not go on needs its screen.
    pub(super) fn holds(&self, call: &CallView) -> bool {
        self.0 == Some(call.id) && goes_on(call.state)
    }
}

const fn goes_on(state: CallState) -> bool {
    matches!(state, CallState::Active | CallState::Reconnecting)
}

/// Minimises the call on the screen, and brings it back.
#[derive(SystemParam)]
pub(super) struct Minimise<'w> {
    shown: Res<'w, Shown>,
    minimised: ResMut<'w, Minimised>,
}

impl Minimise<'_> {
    pub(super) fn on_screen(&mut self) {
        self.minimised.0 = self.shown.0;
    }

    pub(super) fn restore(&mut self) {
        self.minimised.0 = None;
    }
}

/// The tile, and the call that it is about.
#[derive(Component)]
struct Tile(Entity);

/// What it says besides the name and the length of the call.
#[derive(Component)]
struct Standing;

/// The sign of the person, where there is no picture.
#[derive(Component)]
struct Sign;

/// The width of the tile, small enough for the narrowest window.
const WIDTH: f32 = 176.0;
const AVATAR: f32 = 48.0;
/// Over the pages, below what is said in a line.
const ABOVE_PAGES: GlobalZIndex = GlobalZIndex(5);

/// The screens that are about calls themselves, or must not be covered.
fn has_tile(screen: Screen) -> bool {
    match screen {
        Screen::Outgoing | Screen::Incoming | Screen::InCall | Screen::Ended | Screen::Compare => false,
        Screen::Contacts
        | Screen::Conversation
        | Screen::Contact
        | Screen::Pairing
        | Screen::History
        | Screen::Settings
        | Screen::FirstRun => true,
    }
}

type Running = (Entity, &'static Call, &'static Peer, &'static Phase);

/// Has the tile there while a call goes on behind another screen.
fn keep(
    screen: Res<State<Screen>>,
    call: Option<Single<Running, With<OnScreen>>>,
    tile: Option<Single<(Entity, &Tile, &mut Inset)>>,
    window: Option<Single<&Window, With<PrimaryWindow>>>,
    clear: Query<toast::Clear, With<KeepClear>>,
    mut commands: Commands,
) {
    let wanted = call.filter(|_| has_tile(*screen.get())).map(Single::into_inner);
    let wanted = wanted.filter(|(.., phase)| goes_on(phase.0));
    let foot = window.map_or(0.0, |window| toast::taken(window.height(), clear));
    match (wanted, tile.map(Single::into_inner)) {
        (None, None) => {}
        (None, Some((tile, ..))) => commands.entity(tile).despawn(),
        (Some((call, id, peer, _)), None) => spawn(&mut commands, call, id.0, peer, foot),
        (Some((call, id, peer, _)), Some((old, tile, _))) if tile.0 != call => {
            commands.entity(old).despawn();
            spawn(&mut commands, call, id.0, peer, foot);
        }
        (Some(_), Some((.., mut inset))) => drop(inset.set_if_neq(Inset { around: theme::GAP_WIDE, foot })),
    }
}

fn spawn(commands: &mut Commands, call: Entity, id: CallId, peer: &Peer, foot: f32) {
    let node = Node {
        position_type: PositionType::Absolute,
        width: px(WIDTH),
        flex_direction: FlexDirection::Column,
        row_gap: px(theme::GAP),
        padding: px(theme::GAP).all(),
        border: px(1).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let looks = (Fill(Paint::Surface), Edge(Paint::Line), theme::shadow(), ABOVE_PAGES);
    let mut tile = commands.spawn((Tile(call), TabGroup::new(1), node, looks));
    corner::float(&mut tile, Floats::Tile, Inset { around: theme::GAP_WIDE, foot });
    let _ = tile.with_children(|ui| {
        back(ui, peer);
        let face = Face::new(Tone::Stop, Icon::HangUp, say!("tile-hang-up"))
            .spoken(say!("tile-hang-up-spoken", name = &peer.name));
        let _ = parts::press(ui, Shape::Wide, face, Command::EndCall { call: Some(id) });
    });
}

/// What brings the call back.
fn back(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let name = parts::display_name(&peer.name, peer.id);
    let mut row = widgets::row(ui, say!("tile-restore-spoken", name = &name), |ui| {
        // A row writes its own word into texts right below it, and it has none.
        let column = Node {
            width: percent(100),
            flex_direction: FlexDirection::Column,
            align_items: AlignItems::Center,
            row_gap: px(theme::GAP / 2.0),
            ..default()
        };
        let _ = ui.spawn((column, Pickable::IGNORE)).with_children(|ui| face(ui, peer, name));
    });
    let _ = row
        .observe(
            |event: On<Activate>, parents: Query<&ChildOf>, moved: Query<&UiTransform>, mut minimise: Minimise<'_>| {
                // A press that has moved the tile was no press on it.
                let tile = parents.get(event.entity).and_then(|parent| moved.get(parent.parent()));
                if !tile.is_ok_and(corner::is_dragged) {
                    minimise.restore();
                }
            },
        )
        .entry::<Node>()
        .and_modify(|mut node| {
            node.flex_basis = auto();
        });
}

/// The small window was pressed: the call has its screen again.
fn restored(mut restored: MessageReader<Restore>, mut minimise: Minimise<'_>) {
    if restored.read().count() > 0 {
        minimise.restore();
    }
}

/// Picture or sign, and below it the words.
fn face(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer, name: String) {
    let picture = Node { width: percent(100), border_radius: BorderRadius::all(px(theme::GAP)), ..default() };
    let _ = ui.spawn((Shows::Tile, picture, Visibility::Hidden, Pickable::IGNORE));
    let sign = Node { justify_content: JustifyContent::Center, ..default() };
    let _ = ui.spawn((Sign, sign, Pickable::IGNORE)).with_children(|ui| {
        widgets::avatar(ui, peer.id, &peer.name, peer.builtin, AVATAR);
    });
    let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, Phrase::verbatim(name)));
    let _ = ui.spawn((widgets::text(Type::Small, Paint::Text, Phrase::Nothing), parts::Length));
    let _ = ui.spawn((widgets::centred(Type::Small, Paint::AccentText, Phrase::Nothing), Standing));
}

/// What the tile says of the call.
fn standing(phase: CallState, muted: Muted, hold: Hold) -> Phrase {
    let mut words = Vec::new();
    if phase == CallState::Reconnecting {
        words.push(parts::progress(phase));
    }
    if hold.mine || hold.theirs {
        words.push(say!("tile-held"));
    }
    if muted.0 {
        words.push(say!("tile-muted"));
    }
    Phrase::joined(words, " · ")
}

fn write(
    call: Option<Single<(&Phase, &Muted, &Hold), With<OnScreen>>>,
    mut line: Single<(&mut Said, &mut Node), With<Standing>>,
    mut pictures: Query<(&Shows, &Visibility, &mut Node), (Without<Standing>, Without<Sign>)>,
    mut sign: Single<&mut Node, (With<Sign>, Without<Standing>)>,
) {
    let Some(call) = call else { return };
    let (phase, muted, hold) = *call;
    let words = standing(phase.0, *muted, *hold);
    let (said, node) = &mut *line;
    show(node, !words.is_empty());
    widgets::write(said, words);
    for (_, seen, mut node) in pictures.iter_mut().filter(|(shows, ..)| **shows == Shows::Tile) {
        let seen = *seen != Visibility::Hidden;
        show(&mut node, seen);
        show(&mut sign, !seen);
    }
}

fn show(node: &mut Mut<'_, Node>, shown: bool) {
    let display = if shown { Display::Flex } else { Display::None };
    if node.display != display {
        node.display = display;
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Minimised>()
        .add_message::<Restore>()
        .add_systems(Update, restored.before(Step::Present))
        .add_systems(Update, (keep, write.after(crate::video::hang)).chain().in_set(Step::Present));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn the_tile_says_that_i_am_muted() {
        let said = |muted| Language::default().say(&standing(CallState::Active, Muted(muted), Hold::default()));
        assert_eq!((said(true).as_str(), said(false).as_str()), ("You are muted", ""));
    }
}
