//! The first screen: everybody I know, what was last written or called, and the two call buttons of each.
//! It fills a narrow window and stands beside every page in a wide one; the list itself is `people`.
//! The header tells whether calls arrive, and leads to past calls, settings and new people.

use ahoy_engine::View;
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::text::{EditableText, TextEditChange};
use bevy::ui_widgets::{Activate, ScrollArea};

use super::people::List;
use super::room::Pane;
use super::{Place, Side, banner};
use crate::engine_link::NewestView;
use crate::field::{self, Purpose};
use crate::icons::Icon;
use crate::mark;
use crate::paint::{Edge, Fill, Ink};
use crate::phrase::Phrase;
use crate::records::Interest;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::toast::Yields;
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

#[derive(Component)]
struct Readiness;

#[derive(Component)]
struct CallsButton;

#[derive(Component)]
struct SearchField;

/// What stands where rows would, when there are none or only Echo's.
#[derive(Component, Default)]
struct Note(Option<NoteKind>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum NoteKind {
    /// Nobody was added yet.
    Nobody,
    /// The search finds nothing.
    NotFound,
}

/// Letters that are looked for at most.
const MAX_SEARCH: usize = 64;
/// The height of the name in the header.
const NAME: f32 = 26.0;
/// The narrowest it stands beside the buttons.
const NAMES_BASIS: f32 = 72.0;

fn build(side: Res<State<Side>>, interest: Res<Interest>, mut commands: Commands) {
    let root = Node {
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        row_gap: px(theme::GAP),
        padding: UiRect { top: px(theme::GAP_WIDE), ..px(theme::GAP).horizontal() },
        ..default()
    };
    let root = (DespawnOnExit(*side.get()), Pane::List, TabGroup::new(0), root, Edge(Paint::Line));
    let _ = commands.spawn((root, Yields, Fill(Paint::Surface))).with_children(|ui| {
        if *side.get() == Side::Alone {
            // Beside a page the page tells of other calls.
            banner::slot(ui);
        }
        header(ui, theme::PAGE);
        search(ui, &interest.search);
        list(ui);
    });
}

/// A column as wide as rows get.
fn column() -> Node {
    Node { width: percent(100), max_width: px(theme::PAGE), flex_direction: FlexDirection::Column, ..default() }
}

/// The name of the program, whether calls arrive, and the ways to elsewhere.
pub(super) fn header(ui: &mut ChildSpawnerCommands<'_>, widest: f32) {
    let row = Node {
        max_width: px(widest),
        flex_direction: FlexDirection::Row,
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::Center,
        flex_shrink: 0.0,
        column_gap: px(theme::GAP),
        row_gap: px(theme::GAP),
        padding: px(theme::GAP).horizontal(),
        ..column()
    };
    let _ = ui.spawn(row).with_children(|ui| {
        let names = Node {
            flex_direction: FlexDirection::Column,
            flex_grow: 1.0,
            flex_basis: px(NAMES_BASIS),
            min_width: px(0),
            row_gap: px(theme::GAP / 2.0),
            ..default()
        };
        let _ = ui.spawn(names).with_children(|ui| {
            let _ = ui.spawn((mark::name(NAME, Paint::Text), Named(say!("contacts-title"))));
            let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), Readiness));
        });
        let _ = widgets::button(ui, Shape::Wide, calls_face(0)).insert(CallsButton).observe(go(Place::History));
        let face = Face::new(Tone::Quiet, Icon::Settings, say!("contacts-settings"));
        let _ = widgets::button(ui, Shape::Small, face).observe(go(Place::Settings(None)));
    });
}

fn calls_face(missed: u32) -> Face {
    match missed {
        0 => Face::new(Tone::Quiet, Icon::Clock, say!("contacts-calls")).spoken(say!("contacts-past-calls")),
        count => Face::new(Tone::Accent, Icon::Clock, say!("contacts-missed", count = count))
            .spoken(say!("contacts-missed-calls", count = count)),
    }
}

/// What a button does that leads to a place.
pub(super) fn go(to: Place) -> impl FnMut(On<Activate>, ResMut<Place>) {
    move |_, mut place| *place = to
}

fn search(ui: &mut ChildSpawnerCommands<'_>, words: &str) {
    let row = Node {
        flex_direction: FlexDirection::Row,
        align_items: AlignItems::Center,
        flex_shrink: 0.0,
        column_gap: px(theme::GAP),
        padding: px(theme::GAP).horizontal(),
        ..column()
    };
    let _ = ui.spawn(row).with_children(|ui| {
        let (hint, label) = (say!("contacts-search"), say!("contacts-search-label"));
        field::field(ui, Purpose { hint, label, limit: MAX_SEARCH, text: words }, |field| {
            let _ = field
                .insert(SearchField)
                .observe(|_: On<TextEditChange>, mut commands: Commands| commands.run_system_cached(look_for));
        });
        let face = Face::new(Tone::Quiet, Icon::Plus, say!("contacts-add")).spoken(say!("contacts-add-someone"));
        let _ = widgets::button(ui, Shape::Small, face).observe(go(Place::Pairing));
    });
}

fn look_for(field: Single<&EditableText, With<SearchField>>, mut interest: ResMut<Interest>) {
    let words = field::words(&field);
    if interest.search != words {
        interest.search = words;
    }
}

fn list(ui: &mut ChildSpawnerCommands<'_>) {
    let area = Node {
        width: percent(100),
        flex_grow: 1.0,
        flex_basis: px(0),
        min_height: px(0),
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        overflow: Overflow::scroll_y(),
        ..default()
    };
    let _ = ui.spawn((area, ScrollArea)).with_children(|ui| {
        let _ = ui.spawn((Node { flex_shrink: 0.0, ..column() }, List::default()));
        let note = Node {
            display: Display::None,
            flex_shrink: 0.0,
            row_gap: px(theme::GAP_WIDE),
            padding: px(theme::GAP_WIDE).all(),
            ..column()
        };
        let _ = ui.spawn((note, Note::default()));
    });
}

fn note(view: &View, list: &List, search: &str) -> Option<NoteKind> {
    if list.is_empty() && !search.is_empty() {
        Some(NoteKind::NotFound)
    } else if view.contacts.iter().all(|contact| contact.builtin) {
        Some(NoteKind::Nobody)
    } else {
        None
    }
}

fn write_note(
    (view, interest): (Res<NewestView>, Res<Interest>),
    list: Option<Single<&List>>,
    shown: Option<Single<(Entity, &mut Note, &mut Node)>>,
    mut commands: Commands,
) {
    let (Some(list), Some(shown)) = (list, shown) else { return };
    let (entity, mut shown, mut node) = shown.into_inner();
    let wanted = note(&view.0, &list, &interest.search);
    if shown.0 == wanted {
        return;
    }
    node.display = if wanted.is_some() { Display::Flex } else { Display::None };
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| match wanted {
        Some(NoteKind::Nobody) => welcome(ui),
        Some(NoteKind::NotFound) => {
            let _ = ui.spawn(widgets::centred(Type::Body, Paint::TextQuiet, say!("contacts-not-found")));
        }
        None => {}
    });
    shown.0 = wanted;
}

/// What to do first.
pub(super) fn welcome(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::centred(Type::Body, Paint::TextQuiet, say!("contacts-nobody")));
    let row = Node { justify_content: JustifyContent::Center, ..default() };
    let _ = ui.spawn(row).with_children(|ui| {
        let face = Face::new(Tone::Accent, Icon::Plus, say!("contacts-add-someone"));
        let _ = widgets::button(ui, Shape::Wide, face).observe(go(Place::Pairing));
    });
}

fn write_header(
    view: Res<NewestView>,
    readiness: Option<Single<(&mut Said, &mut Ink), With<Readiness>>>,
    calls: Option<Single<&mut Face, With<CallsButton>>>,
) {
    let (Some(readiness), Some(mut calls)) = (readiness, calls) else { return };
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
    let _ = app
        .add_systems(OnEnter(Side::Alone), build)
        .add_systems(OnEnter(Side::Beside), build)
        .add_systems(Update, (write_header, write_note).in_set(Step::Present));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn missed_calls_are_counted_on_the_button() {
        let word = |missed| Language::default().say(&calls_face(missed).word);
        assert_eq!([0, 1, 12].map(word), ["Calls", "1 missed", "12 missed"]);
    }
}
