//! Home with big buttons: a few people, a large tile for each, two buttons on it.
//! Up while the setting asks for it; favourites come first, then whoever was heard last.
//! There is nothing to search and nothing to scroll to in vain: who is not here is found when the setting is off.

use ahoy_call::PeerId;
use ahoy_engine::{Command, ContactView};
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::ui_widgets::ScrollArea;

use super::lately::Lately;
use super::room::Pane;
use super::{Place, Side, banner, contacts, parts};
use crate::engine_link::NewestView;
use crate::paint::{Edge, Fill};
use crate::phrase::Phrase;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// More tiles than this are a list again.
const MOST: usize = 8;
/// The narrowest a tile gets, so that two stand beside each other on a tablet.
const TILE: f32 = 280.0;
/// The widest the tiles get together: four beside each other.
const WIDEST: f32 = 1600.0;
/// The side of a person's sign.
const SIGN: f32 = 88.0;
/// The height of a button: two fingers fit.
const BUTTON: f32 = 80.0;

/// What a tile shows.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tile {
    id: PeerId,
    name: String,
    builtin: bool,
    missed: u32,
    unread: u32,
}

/// The tiles on the screen.
#[derive(Component, Default)]
struct Tiles(Option<Vec<Tile>>);

fn build(mut commands: Commands) {
    let root = Node {
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        row_gap: px(theme::GAP_WIDE),
        overflow: Overflow::scroll_y(),
        padding: px(theme::GAP_WIDE).all(),
        ..default()
    };
    let root = (DespawnOnExit(Side::Tiles), Pane::List, TabGroup::new(0), root, ScrollArea);
    let _ = commands.spawn((root, Edge(Paint::Line))).with_children(|ui| {
        banner::slot(ui);
        contacts::header(ui, WIDEST);
        let grid = Node {
            width: percent(100),
            max_width: px(WIDEST),
            flex_wrap: FlexWrap::Wrap,
            flex_shrink: 0.0,
            align_items: AlignItems::Stretch,
            column_gap: px(theme::GAP_WIDE),
            row_gap: px(theme::GAP_WIDE),
            ..default()
        };
        let _ = ui.spawn((grid, Tiles::default()));
    });
}

fn tiles(contacts: &[ContactView], lately: &Lately) -> Vec<Tile> {
    let mut people: Vec<&ContactView> = contacts.iter().filter(|contact| !contact.blocked).collect();
    lately.sort(&mut people);
    // Echo helps while there is nobody; it must not take the place of a person.
    people.sort_by_key(|contact| contact.builtin);
    let tile = |contact: &ContactView| Tile {
        id: contact.id,
        name: contact.name.clone(),
        builtin: contact.builtin,
        missed: lately.missed(contact.id),
        unread: contact.unread,
    };
    people.into_iter().take(MOST).map(tile).collect()
}

fn draw(
    view: Res<NewestView>,
    lately: Res<Lately>,
    shown: Option<Single<(Entity, &mut Tiles)>>,
    mut commands: Commands,
) {
    let Some(shown) = shown else { return };
    let (entity, mut shown) = shown.into_inner();
    let wanted = tiles(&view.0.contacts, &lately);
    if shown.0.as_ref() == Some(&wanted) {
        return;
    }
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
        for tile in &wanted {
            draw_tile(ui, tile);
        }
        if wanted.iter().all(|tile| tile.builtin) {
            let _ = ui.spawn(widgets::card()).with_children(contacts::welcome);
        }
    });
    shown.0 = Some(wanted);
}

fn draw_tile(ui: &mut ChildSpawnerCommands<'_>, tile: &Tile) {
    let name = parts::display_name(&tile.name, tile.id);
    let node = Node {
        flex_direction: FlexDirection::Column,
        flex_grow: 1.0,
        flex_basis: px(TILE),
        min_width: px(0),
        justify_content: JustifyContent::SpaceBetween,
        row_gap: px(theme::GAP_WIDE),
        padding: px(theme::GAP_WIDE).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let _ = ui.spawn((node, Fill(Paint::Surface))).with_children(|ui| {
        if tile.builtin {
            let plain = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP_WIDE), ..default() };
            let _ = ui.spawn(plain).with_children(|ui| who(ui, tile, &name));
        } else {
            let spoken = say!("contacts-conversation", name = &name);
            let _ = widgets::row(ui, spoken, |ui| who(ui, tile, &name))
                .entry::<Node>()
                // It is as high as what stands in it.
                .and_modify(|mut node| node.flex_basis = auto())
                .entity()
                .observe(contacts::go(Place::Conversation(tile.id)));
        }
        let buttons =
            Node { flex_wrap: FlexWrap::Wrap, column_gap: px(theme::GAP), row_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn(buttons).with_children(|ui| {
            for (video, tone) in [(false, Tone::Go), (true, Tone::Quiet)] {
                let peer = parts::callee(tile.id, &tile.name, tile.builtin);
                let face = Face { tone, ..parts::call_face(&name, video) };
                let mut button = parts::press(ui, Shape::Wide, face, Command::StartCall { peer, video });
                let _ = button.entry::<Node>().and_modify(|mut node| {
                    (node.min_height, node.flex_grow) = (px(BUTTON), 1.0);
                });
            }
        });
    });
}

fn who(ui: &mut ChildSpawnerCommands<'_>, tile: &Tile, name: &str) {
    widgets::avatar(ui, tile.id, name, tile.builtin, SIGN);
    let words = Node {
        flex_direction: FlexDirection::Column,
        flex_grow: 1.0,
        flex_basis: px(0),
        min_width: px(0),
        row_gap: px(theme::GAP / 2.0),
        ..default()
    };
    let _ = ui.spawn((words, Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn(widgets::breaking(Type::Title, Paint::Text, Phrase::verbatim(name)));
        if tile.missed > 0 {
            let missed = say!("contacts-missed", count = tile.missed);
            let _ = ui.spawn(widgets::text(Type::Body, Paint::AccentText, missed));
        }
        if tile.unread > 0 {
            let unread = say!("contacts-unread", count = tile.unread);
            let _ = ui.spawn(widgets::text(Type::Body, Paint::AccentText, unread));
        }
    });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_systems(OnEnter(Side::Tiles), build)
        .add_systems(Update, draw.in_set(Step::Present).run_if(in_state(Side::Tiles)));
}

#[cfg(test)]
mod tests {
    use super::super::lately::tests::contact;
    use super::*;

    #[test]
    fn a_few_people_have_tiles_and_echo_takes_nobodys_place() {
        let echo = ContactView { builtin: true, ..contact(1) };
        let blocked = ContactView { blocked: true, ..contact(2) };
        let favourite = ContactView { favourite: true, ..contact(4) };
        let some = [echo.clone(), blocked.clone(), contact(3), favourite];
        let shown = |contacts: &[ContactView]| -> Vec<u8> {
            tiles(contacts, &Lately::default()).iter().map(|tile| tile.id.0[0]).collect()
        };
        assert_eq!(shown(&some), [4, 3, 1]);
        let many: Vec<ContactView> = std::iter::once(echo).chain((10..20).map(contact)).collect();
        assert_eq!(shown(&many), [10, 11, 12, 13, 14, 15, 16, 17]);
    }
}
