//! The list of people, and of texts that a search has found among what they wrote.
//! Of any number of entries only those near the window are built; the others are room above and below.
//! A row stays while its entry stays, so that neither focus nor press is lost when others come or go.

use ahoy_call::PeerId;
use ahoy_engine::ContactView;
use ahoy_engine::desk::FoundMessage;
use bevy::prelude::*;
use bevy::text::RemSize;
use bevy::ui_widgets::ScrollArea;
use bevy::window::PrimaryWindow;

use super::lately::Lately;
use super::room::Room;
use super::{Side, person_row};
use crate::engine_link::NewestView;
use crate::records::{Interest, Records};
use crate::theme;
use crate::window::Step;

/// Rows that are built beyond the edges of the window, so that the Tab key always has somewhere to go.
const BEYOND: usize = 6;
/// What is assumed of the window before there is one.
const SOME_HEIGHT: f32 = 720.0;

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Somebody I know; what changes often is written in place and is no part of this.
    Person(Person),
    /// A text in which the search found its words.
    Found(FoundMessage),
}

/// What a row of a contact is built with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: PeerId,
    pub(super) name: String,
    pub(super) builtin: bool,
    pub(super) favourite: bool,
    pub(super) verified: bool,
    pub(super) muted: bool,
}

impl Person {
    pub(super) fn of(contact: &ContactView) -> Self {
        Self {
            id: contact.id,
            name: contact.name.clone(),
            builtin: contact.builtin,
            favourite: contact.favourite,
            verified: contact.verified,
            muted: contact.muted,
        }
    }
}

/// How large rows are: all alike, so that the place of each is known without building it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct RowSize {
    /// In logical pixels.
    pub(super) height: f32,
    /// The buttons stand below the name, where there is no room beside it.
    pub(super) stacked: bool,
}

/// The list: what it holds, and what of it is built.
#[derive(Component, Default)]
pub(super) struct List {
    entries: Vec<Entry>,
    built: Vec<(Entry, Entity)>,
    size: RowSize,
    search: String,
}

impl List {
    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

fn entries(contacts: &[ContactView], lately: &Lately, found: &[FoundMessage], search: &str) -> Vec<Entry> {
    let words = search.trim().to_lowercase();
    let fits = |text: &str| text.to_lowercase().contains(&words);
    let mut people: Vec<&ContactView> = contacts.iter().filter(|contact| fits(&contact.name)).collect();
    lately.sort(&mut people);
    let people = people.into_iter().map(|contact| Entry::Person(Person::of(contact)));
    // What was found may still belong to the words before.
    let texts = found.iter().filter(|found| !words.is_empty() && fits(&found.message.text));
    people.chain(texts.cloned().map(Entry::Found)).collect()
}

fn gather(
    view: Res<NewestView>,
    lately: Res<Lately>,
    records: Res<Records>,
    interest: Res<Interest>,
    list: Option<Single<(&mut List, &ChildOf)>>,
    mut areas: Query<&mut ScrollPosition, With<ScrollArea>>,
) {
    let Some(list) = list else { return };
    let (mut list, ChildOf(area)) = list.into_inner();
    let news = view.is_changed() || lately.is_changed() || records.is_changed() || interest.is_changed();
    if !news && !list.is_added() {
        return;
    }
    if list.search != interest.search {
        list.search.clone_from(&interest.search);
        if let Ok(mut position) = areas.get_mut(*area) {
            position.y = 0.0;
        }
    }
    let entries = entries(&view.0.contacts, &lately, &records.found, &interest.search);
    if list.entries != entries {
        list.entries = entries;
    }
}

/// A name and a line below it beside the sign, with two buttons beside or below them.
fn row_size(width: f32, text: f32) -> RowSize {
    /// Narrower than so many letters a name says nothing beside two buttons.
    const ROOMY: f32 = 20.0;
    let lines = text * (1.0 + 0.875) * 1.25 + 2.0;
    let words = (lines + 2.0 * theme::GAP).max(theme::TARGET + 2.0 * theme::GAP).ceil();
    let stacked = width < ROOMY * text;
    RowSize { height: if stacked { words + theme::TARGET + theme::GAP } else { words }, stacked }
}

/// The first of `count` entries that is built, and the first after it that is not.
fn span(count: usize, row: f32, scrolled: f32, window: f32) -> (usize, usize) {
    let shown = (window / row).ceil() as usize + 2 * BEYOND;
    let first = ((scrolled / row).floor() as usize).saturating_sub(BEYOND).min(count.saturating_sub(shown));
    (first, (first + shown).min(count))
}

fn lay(
    list: Option<Single<(Entity, &mut List, &mut Node, &ChildOf)>>,
    areas: Query<&ScrollPosition, With<ScrollArea>>,
    window: Option<Single<&Window, With<PrimaryWindow>>>,
    text: Option<Res<RemSize>>,
    room: Res<Room>,
    mut commands: Commands,
) {
    let Some(list) = list else { return };
    let (entity, mut list, mut node, ChildOf(area)) = list.into_inner();
    let (width, height) = window.map_or((theme::PAGE, SOME_HEIGHT), |window| (window.width(), window.height()));
    let size = row_size(room.beside.unwrap_or(width), text.map_or(theme::text_size(100).0, |size| size.0));
    let scrolled = areas.get(*area).map_or(0.0, |position| position.y);
    let (first, end) = span(list.entries.len(), size.height, scrolled, height);
    let other_size = list.size != size;
    let same = list.built.iter().map(|(entry, _)| entry).eq(&list.entries[first..end]);
    let padding = UiRect {
        top: px(first as f32 * size.height),
        bottom: px((list.entries.len() - end) as f32 * size.height),
        ..default()
    };
    if node.padding != padding {
        node.padding = padding;
    }
    if same && !other_size {
        return;
    }
    let mut before = std::mem::take(&mut list.built);
    let mut kept = |entry: &Entry| {
        let at = before.iter().position(|(built, _)| built == entry).filter(|_| !other_size)?;
        Some(before.swap_remove(at).1)
    };
    let built: Vec<(Entry, Entity)> = list.entries[first..end]
        .iter()
        .map(|entry| (entry.clone(), kept(entry).unwrap_or_else(|| person_row::spawn(&mut commands, entry, size))))
        .collect();
    for (_, row) in before {
        commands.entity(row).despawn();
    }
    let rows: Vec<Entity> = built.iter().map(|(_, row)| *row).collect();
    let _ = commands.entity(entity).replace_children(&rows);
    (list.built, list.size) = (built, size);
}

pub(super) fn plugin(app: &mut App) {
    let listed = in_state(Side::Alone).or_else(in_state(Side::Beside));
    let _ = app.add_systems(
        Update,
        // Rows that were just made are written in the same frame.
        (gather, lay, person_row::write).chain().in_set(Step::Present).run_if(listed),
    );
}

#[cfg(test)]
mod tests {
    use ahoy_engine::desk::MessageEntry;

    use super::super::lately::tests::contact;
    use super::*;

    fn names(entries: &[Entry]) -> Vec<String> {
        let name = |entry: &Entry| match entry {
            Entry::Person(person) => person.name.clone(),
            Entry::Found(found) => found.message.text.clone(),
        };
        entries.iter().map(name).collect()
    }

    #[test]
    fn a_search_finds_names_first_and_then_texts() {
        let contacts = [contact(1), ContactView { name: "Ada".to_owned(), ..contact(2) }];
        let text = |text: &str| FoundMessage {
            contact: contacts[0].id.to_string(),
            name: contacts[0].name.clone(),
            message: MessageEntry {
                id: String::new(),
                mine: true,
                at_ms: 1,
                text: text.to_owned(),
                state: "sent".to_owned(),
            },
        };
        let found = [text("say hello to ada"), text("of the words before")];
        let with = |search: &str| names(&entries(&contacts, &Lately::default(), &found, search));
        assert_eq!(with(""), ["Person 1", "Ada"]);
        assert_eq!(with(" ADA "), ["Ada", "say hello to ada"]);
        assert!(with("nobody").is_empty());
    }

    #[test]
    fn of_any_number_of_rows_a_bounded_number_is_built() {
        assert_eq!(span(0, 64.0, 0.0, 640.0), (0, 0));
        assert_eq!(span(5, 64.0, 0.0, 640.0), (0, 5));
        assert_eq!(span(5_000, 64.0, 0.0, 640.0), (0, 22));
        assert_eq!(span(5_000, 64.0, 6_400.0, 640.0), (94, 116));
        assert_eq!(span(30, 64.0, 1e9, 640.0), (8, 30), "a list that has become shorter shows its end");
    }

    #[test]
    fn buttons_move_below_a_name_that_has_no_room_beside_them() {
        assert!(!row_size(340.0, 16.0).stacked && !row_size(320.0, 16.0).stacked);
        assert!(row_size(390.0, 32.0).stacked);
        assert!(row_size(390.0, 32.0).height >= row_size(390.0, 16.0).height + theme::TARGET);
    }
}
