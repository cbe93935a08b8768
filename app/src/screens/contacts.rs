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
use crate::paint::{Fill, Ink};
use crate::phrase::Phrase;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
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
    let root = (DespawnOnExit(Screen::Contacts), scroll, ScrollArea, Fill(Paint::Ground));
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
            let _ = ui.spawn(widgets::text(Type::Title, Paint::Text, say!("contacts-title")));
            let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), Readiness));
        });
        let _ = widgets::button(ui, Shape::Wide, calls_face(0)).insert(CallsButton).observe(go(Place::History));
        let face = Face::new(Tone::Quiet, Icon::Plus, say!("contacts-add")).spoken(say!("contacts-add-someone"));
        let _ = widgets::button(ui, Shape::Small, face).observe(go(Place::Pairing));
    });
}

fn calls_face(missed: u32) -> Face {
    match missed {
        0 => Face::new(Tone::Quiet, Icon::Clock, say!("contacts-calls")).spoken(say!("contacts-past-calls")),
        count => Face::new(Tone::Accent, Icon::Clock, say!("contacts-missed", count = count))
            .spoken(say!("contacts-missed-calls", count = count)),
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
    let _ = ui.spawn((card, Fill(Paint::Surface))).with_children(|ui| {
        let title = Node { padding: UiRect::horizontal(px(theme::GAP)), ..default() };
        let _ = ui.spawn(title).with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, say!("contacts-people")));
        });
        let rows = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn((rows, ContactList::default()));
    });
}

fn welcome(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, say!("contacts-add-someone")));
        let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, say!("contacts-add-hint")));
        let face = Face::new(Tone::Accent, Icon::Plus, say!("contacts-add-someone"));
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
            let spoken = say!("contacts-conversation", name = &name);
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
            let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, Phrase::verbatim(name)));
            if entry.favourite {
                let _ = ui.spawn((Icon::StarFull.node(16.0, Paint::AccentText), Named(say!("contacts-favourite"))));
            }
            if entry.verified && !entry.builtin {
                let _ = ui.spawn((Icon::Check.node(16.0, Paint::GoText), Named(say!("contacts-verified"))));
            }
        });
        let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), About(entry.id)));
    });
    let pill = Node {
        display: Display::None,
        flex_shrink: 0.0,
        padding: UiRect::axes(px(10), px(2)),
        border_radius: BorderRadius::MAX,
        ..default()
    };
    let ground = Fill(Paint::Accent);
    let _ = ui.spawn((pill, ground, Unread(entry.id), Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn((widgets::text(Type::Small, Paint::OnAccent, Phrase::Nothing), TextLayout::no_wrap()));
    });
}

fn about(contact: &ContactView) -> (Phrase, Paint) {
    if contact.typing {
        return (say!("contacts-writing"), Paint::AccentText);
    }
    let words = match (contact.builtin, contact.blocked, contact.muted, contact.verified) {
        (true, ..) => say!("contacts-echo"),
        (false, true, ..) => say!("contacts-blocked"),
        (false, false, true, _) => say!("contacts-silent"),
        (false, false, false, true) => say!("contacts-verified"),
        (false, false, false, false) => say!("contacts-not-verified"),
    };
    (words, Paint::TextQuiet)
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
    mut abouts: Query<(&About, &mut Said, &mut Ink)>,
    mut pills: Query<(&Unread, &mut Node, &Children)>,
    mut numbers: Query<&mut Said, Without<About>>,
) {
    let contact = |id| view.0.contacts.iter().find(|contact| contact.id == id);
    for (about_whom, mut said, mut ink) in &mut abouts {
        let Some(contact) = contact(about_whom.0) else { continue };
        let (words, paint) = about(contact);
        widgets::write(&mut said, words);
        let _ = ink.set_if_neq(Ink(paint));
    }
    for (of, mut node, children) in &mut pills {
        let unread = contact(of.0).map_or(0, |contact| contact.unread);
        let display = if unread > 0 { Display::Flex } else { Display::None };
        if node.display != display {
            node.display = display;
        }
        for child in children {
            if let Ok(mut said) = numbers.get_mut(*child) {
                widgets::write(&mut said, say!("contacts-unread", count = unread));
            }
        }
    }
}

fn write_header(
    view: Res<NewestView>,
    readiness: Single<(&mut Said, &mut Ink), With<Readiness>>,
    mut calls: Single<&mut Face, With<CallsButton>>,
) {
    let (mut said, mut ink) = readiness.into_inner();
    let (words, paint) = match &view.0.stopped {
        Some(why) => (say!("contacts-stopped", why = why), Paint::StopText),
        None if view.0.listening.is_empty() => (say!("contacts-getting-ready"), Paint::TextQuiet),
        None => (say!("contacts-ready"), Paint::GoText),
    };
    let _ = ink.set_if_neq(Ink(paint));
    widgets::write(&mut said, words);
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
    use crate::language::Language;

    fn contact(number: u8, builtin: bool, favourite: bool) -> ContactView {
        ContactView {
            id: PeerId([number; 32]),
            name: number.to_string(),
            verified: false,
            blocked: false,
            builtin,
            favourite,
            muted: false,
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
        assert_eq!(about(&contact).0, say!("contacts-silent"));
        contact.typing = true;
        assert_eq!(about(&contact).0, say!("contacts-writing"));
    }

    #[test]
    fn missed_calls_are_counted_on_the_button() {
        let word = |missed| Language::default().say(&calls_face(missed).word);
        assert_eq!([0, 1, 12].map(word), ["Calls", "1 missed", "12 missed"]);
    }
}
