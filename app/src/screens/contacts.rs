//! The first screen: everybody I know, with the way to each conversation and the two call buttons.
//! The list is rebuilt only when other people stand in it or in another order; the rest is written in place.
//! Favourites come first, then the built-in Echo, so that a new phone has somebody to call.

use ahoy_call::PeerId;
use ahoy_engine::{Command, ContactView, View};
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::ui_widgets::{Activate, ScrollArea};

use super::{Place, Screen, banner, parts};
use crate::devices;
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::theme::{self, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// What a row was built with: another one builds the list anew.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    id: PeerId,
    name: String,
    builtin: bool,
    favourite: bool,
    verified: bool,
}

/// The rows that are on the screen.
#[derive(Component, Default)]
struct ContactList(Vec<Entry>);

/// The second line of a row.
#[derive(Component)]
struct About(PeerId);

/// The number of unread texts of a row, and whose they are.
#[derive(Component)]
struct Unread(PeerId);

#[derive(Component)]
struct Readiness;

#[derive(Component)]
struct CallsButton;

/// The narrowest a column gets before the two stand below each other.
const NARROW: f32 = 320.0;
/// The widest both columns get together.
const WIDEST: f32 = 1040.0;

fn build(mut commands: Commands) {
    let scroll = Node {
        width: percent(100),
        height: percent(100),
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        overflow: Overflow::scroll_y(),
        padding: px(theme::GAP_WIDE).all(),
        ..default()
    };
    let page = Node {
        width: percent(100),
        max_width: px(WIDEST),
        flex_shrink: 0.0,
        flex_direction: FlexDirection::Column,
        row_gap: px(theme::GAP_WIDE),
        ..default()
    };
    let columns = Node {
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::FlexStart,
        column_gap: px(theme::SPACE),
        row_gap: px(theme::SPACE),
        ..default()
    };
    let root = (DespawnOnExit(Screen::Contacts), scroll, ScrollArea, BackgroundColor(theme::GROUND));
    let _ = commands.spawn((root, TabGroup::new(0))).with_children(|ui| {
        let _ = ui.spawn(page).with_children(|ui| {
            banner::slot(ui);
            header(ui);
            let _ = ui.spawn(columns).with_children(|ui| {
                let _ = ui.spawn(column(1.8)).with_children(people);
                let _ = ui.spawn(column(1.0)).with_children(|ui| {
                    welcome(ui);
                    devices::card(ui);
                });
            });
        });
    });
}

fn column(grow: f32) -> Node {
    Node {
        flex_direction: FlexDirection::Column,
        flex_grow: grow,
        flex_basis: px(NARROW),
        min_width: px(0),
        row_gap: px(theme::SPACE),
        ..default()
    }
}

fn header(ui: &mut ChildSpawnerCommands<'_>) {
    let row = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP), ..default() };
    let _ = ui.spawn(row).with_children(|ui| {
        let names = Node { flex_direction: FlexDirection::Column, flex_grow: 1.0, ..default() };
        let _ = ui.spawn(names).with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Title, theme::TEXT, "Ahoy"));
            let _ = ui.spawn((widgets::text(Type::Small, theme::TEXT_QUIET, ""), Readiness));
        });
        let _ = widgets::button(ui, Shape::Wide, calls_face(0)).insert(CallsButton).observe(go(Place::History));
        let face = Face::new(Tone::Quiet, Icon::Plus, "Add").spoken("Add someone".to_owned());
        let _ = widgets::button(ui, Shape::Small, face).observe(go(Place::Pairing));
    });
}

fn calls_face(missed: u32) -> Face {
    match missed {
        0 => Face::new(Tone::Quiet, Icon::Clock, "Calls").spoken("Past calls".to_owned()),
        1 => Face::new(Tone::Accent, Icon::Clock, "1 missed").spoken("1 missed call. Past calls".to_owned()),
        many => Face::new(Tone::Accent, Icon::Clock, &format!("{many} missed"))
            .spoken(format!("{many} missed calls. Past calls")),
    }
}

fn go(to: Place) -> impl FnMut(On<Activate>, ResMut<Place>) {
    move |_, mut place| *place = to
}

fn people(ui: &mut ChildSpawnerCommands<'_>) {
    let card = Node {
        flex_direction: FlexDirection::Column,
        row_gap: px(theme::GAP),
        padding: UiRect::axes(px(theme::GAP), px(theme::GAP_WIDE)),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let _ = ui.spawn((card, BackgroundColor(theme::SURFACE))).with_children(|ui| {
        let title = Node { padding: UiRect::horizontal(px(theme::GAP)), ..default() };
        let _ = ui.spawn(title).with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Strong, theme::TEXT, "People"));
        });
        let rows = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn((rows, ContactList::default()));
    });
}

fn welcome(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Strong, theme::TEXT, "Add someone"));
        let hint = "Show your code, send your link, or find a phone on the same network.";
        let _ = ui.spawn(widgets::text(Type::Small, theme::TEXT_QUIET, hint));
        let face = Face::new(Tone::Accent, Icon::Plus, "Add someone");
        let _ = widgets::button(ui, Shape::Wide, face).observe(go(Place::Pairing));
    });
}

/// Where the name stands before the buttons move below it.
const NAME_BASIS: f32 = 60.0;

fn row(ui: &mut ChildSpawnerCommands<'_>, entry: &Entry) {
    let line = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP), ..default() };
    let name = parts::display_name(&entry.name, entry.id);
    let _ = ui.spawn(line).with_children(|ui| {
        if entry.builtin {
            let plain = Node {
                flex_grow: 1.0,
                align_items: AlignItems::Center,
                column_gap: px(theme::GAP),
                padding: px(theme::GAP).all(),
                ..default()
            };
            let _ = ui.spawn(plain).with_children(|ui| who(ui, entry, &name));
        } else {
            let spoken = format!("Conversation with {name}");
            let _ = widgets::row(ui, spoken, |ui| who(ui, entry, &name)).observe(go(Place::Conversation(entry.id)));
        }
        for video in [false, true] {
            let peer = parts::callee(entry.id, &entry.name, entry.builtin);
            let _ = parts::press(ui, Shape::Small, parts::call_face(&name, video), Command::StartCall { peer, video });
        }
    });
}

fn who(ui: &mut ChildSpawnerCommands<'_>, entry: &Entry, name: &str) {
    widgets::avatar(ui, entry.id, name, entry.builtin, theme::TARGET);
    let words = Node {
        flex_direction: FlexDirection::Column,
        flex_grow: 1.0,
        flex_basis: px(NAME_BASIS),
        min_width: px(0),
        row_gap: px(2),
        ..default()
    };
    let _ = ui.spawn((words, Pickable::IGNORE)).with_children(|ui| {
        let line = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn((line, Pickable::IGNORE)).with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Strong, theme::TEXT, name));
            if entry.favourite {
                let _ = ui.spawn((Icon::StarFull.node(16.0, theme::ACCENT), AccessibleLabel::new("Favourite")));
            }
            if entry.verified && !entry.builtin {
                let _ = ui.spawn((Icon::Check.node(16.0, theme::GO), AccessibleLabel::new("Verified")));
            }
        });
        let _ = ui.spawn((widgets::text(Type::Small, theme::TEXT_QUIET, ""), About(entry.id)));
    });
    let pill = Node {
        display: Display::None,
        flex_shrink: 0.0,
        padding: UiRect::axes(px(10), px(2)),
        border_radius: BorderRadius::MAX,
        ..default()
    };
    let ground = BackgroundColor(theme::ACCENT);
    let _ = ui.spawn((pill, ground, Unread(entry.id), Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn((widgets::text(Type::Small, theme::ON_LIGHT, ""), TextLayout::no_wrap()));
    });
}

fn about(contact: &ContactView) -> (&'static str, Color) {
    if contact.typing {
        return ("is writing…", theme::ACCENT);
    }
    let words = match (contact.builtin, contact.blocked, contact.muted, contact.verified) {
        (true, ..) => "Hear and see yourself",
        (false, true, ..) => "Blocked",
        (false, false, true, _) => "Calls are silent",
        (false, false, false, true) => "Verified",
        (false, false, false, false) => "Not verified yet",
    };
    (words, theme::TEXT_QUIET)
}

fn entries(view: &View) -> Vec<Entry> {
    let mut contacts: Vec<&ContactView> = view.contacts.iter().collect();
    // Stable: within each group the view's order by name stays.
    contacts.sort_by_key(|contact| (!contact.favourite, !contact.builtin));
    let entry = |contact: &ContactView| Entry {
        id: contact.id,
        name: contact.name.clone(),
        builtin: contact.builtin,
        favourite: contact.favourite,
        verified: contact.verified,
    };
    contacts.into_iter().map(entry).collect()
}

fn list(view: Res<NewestView>, list: Single<(Entity, &mut ContactList)>, mut commands: Commands) {
    let (entity, mut list) = list.into_inner();
    let wanted = entries(&view.0);
    if list.0 == wanted {
        return;
    }
    list.0 = wanted;
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
        for entry in &list.0 {
            row(ui, entry);
        }
    });
}

fn write_rows(
    view: Res<NewestView>,
    mut abouts: Query<(&About, &mut Text, &mut TextColor)>,
    mut pills: Query<(&Unread, &mut Node, &Children)>,
    mut numbers: Query<&mut Text, Without<About>>,
) {
    let contact = |id| view.0.contacts.iter().find(|contact| contact.id == id);
    for (about_whom, mut text, mut color) in &mut abouts {
        let Some(contact) = contact(about_whom.0) else { continue };
        let (words, ink) = about(contact);
        widgets::write(&mut text, words);
        let _ = color.set_if_neq(TextColor(ink));
    }
    for (of, mut node, children) in &mut pills {
        let unread = contact(of.0).map_or(0, |contact| contact.unread);
        let display = if unread > 0 { Display::Flex } else { Display::None };
        if node.display != display {
            node.display = display;
        }
        for child in children {
            if let Ok(mut text) = numbers.get_mut(*child) {
                widgets::write(&mut text, &unread.to_string());
            }
        }
    }
}

fn write_header(
    view: Res<NewestView>,
    readiness: Single<(&mut Text, &mut TextColor), With<Readiness>>,
    mut calls: Single<&mut Face, With<CallsButton>>,
) {
    let (mut text, mut color) = readiness.into_inner();
    let (words, ink) = match &view.0.stopped {
        Some(why) => (format!("Stopped: {why}"), theme::ACCENT),
        None if view.0.listening.is_empty() => ("Getting ready…".to_owned(), theme::TEXT_QUIET),
        None => ("Ready for calls".to_owned(), theme::GO),
    };
    let _ = color.set_if_neq(TextColor(ink));
    widgets::write(&mut text, &words);
    let _ = calls.set_if_neq(calls_face(view.0.missed));
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::Contacts), build).add_systems(
        Update,
        // Rows that were just made are written in the same frame.
        (list, write_rows, write_header).chain().in_set(Step::Present).run_if(in_state(Screen::Contacts)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(number: u8, builtin: bool, favourite: bool) -> ContactView {
        ContactView {
            id: PeerId([number; 32]),
            name: number.to_string(),
            verified: false,
            blocked: false,
            builtin,
            favourite,
            muted: false,
            auto_answer: ahoy_engine::AutoAnswer::Off,
            last_seen_ms: 0,
            unread: 0,
            typing: false,
            words: String::new(),
        }
    }

    #[test]
    fn favourites_come_first_and_then_the_built_in_contact() {
        let contacts = vec![contact(1, true, false), contact(2, false, false), contact(3, false, true)];
        let order: Vec<u8> = entries(&View { contacts, ..View::default() }).iter().map(|entry| entry.id.0[0]).collect();
        assert_eq!(order, [3, 1, 2]);
    }

    #[test]
    fn writing_comes_before_what_else_there_is_to_say() {
        let mut contact = contact(1, false, false);
        contact.muted = true;
        assert_eq!(about(&contact).0, "Calls are silent");
        contact.typing = true;
        assert_eq!(about(&contact).0, "is writing…");
    }

    #[test]
    fn missed_calls_are_counted_on_the_button() {
        assert_eq!(calls_face(0).word, "Calls");
        assert_eq!((calls_face(1).word.as_str(), calls_face(12).word.as_str()), ("1 missed", "12 missed"));
    }
}
