//! A row of the list of people: somebody with the last thing between us, or a text that was found.
//! `people` decides which rows there are; what changes often is written here, in place.
//! A row is exactly as high as it is told to be, with whatever name and size of text.

use ahoy_call::PeerId;
use ahoy_engine::desk::FoundMessage;
use ahoy_engine::{Command, ContactView};
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::lately::{Lately, snippet};
use super::people::{Entry, Person, RowSize};
use super::{Place, Side, parts};
use crate::clock::Clock;
use crate::cut;
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::moments;
use crate::paint::{Fill, Ink};
use crate::phrase::Phrase;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};

/// The row of a person, which is pressed to read and write.
#[derive(Component)]
pub(super) struct Whose(PeerId);

/// The second line of a row.
#[derive(Component)]
pub(super) struct About(PeerId);

/// Who wrote a text that was found, and when.
#[derive(Component)]
pub(super) struct Written {
    name: String,
    at_ms: u64,
}

/// A number at the end of a row.
#[derive(Component, Clone, Copy)]
pub(super) struct Pill {
    of: PeerId,
    counts: Counts,
}

/// What a pill counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counts {
    Unread,
    Missed,
}

/// Spawns a row of its own; whoever asked makes it part of a list.
pub(super) fn spawn(commands: &mut Commands, entry: &Entry, size: RowSize) -> Entity {
    let node = Node {
        width: percent(100),
        height: px(size.height),
        flex_direction: if size.stacked { FlexDirection::Column } else { FlexDirection::Row },
        align_items: if size.stacked { AlignItems::Stretch } else { AlignItems::Center },
        flex_shrink: 0.0,
        column_gap: px(theme::GAP),
        overflow: Overflow::clip(),
        ..default()
    };
    let mut row = commands.spawn(node);
    let _ = row.with_children(|ui| match entry {
        Entry::Person(person) => self::person(ui, person, size),
        Entry::Found(found) => self::found(ui, found),
    });
    row.id()
}

fn person(ui: &mut ChildSpawnerCommands<'_>, person: &Person, size: RowSize) {
    let name = parts::display_name(&person.name, person.id);
    if person.builtin {
        let plain = Node {
            flex_grow: 1.0,
            flex_basis: px(0),
            min_width: px(0),
            align_items: AlignItems::Center,
            column_gap: px(theme::GAP),
            padding: px(theme::GAP).all(),
            ..default()
        };
        let _ = ui.spawn(plain).with_children(|ui| who(ui, person, &name));
    } else {
        let id = person.id;
        let _ = widgets::row(ui, spoken(&name, 0, 0), |ui| who(ui, person, &name))
            .insert(Whose(id))
            .entry::<Node>()
            // It takes what the buttons leave, beside or below them.
            .and_modify(|mut node| node.flex_basis = px(0))
            .entity()
            .observe(move |_: On<Activate>, mut place: ResMut<Place>| *place = Place::Conversation(id));
    }
    let buttons = Node {
        justify_content: JustifyContent::FlexEnd,
        align_items: AlignItems::Center,
        flex_shrink: 0.0,
        column_gap: px(theme::GAP),
        padding: if size.stacked { px(theme::GAP).bottom() } else { UiRect::ZERO },
        ..default()
    };
    let _ = ui.spawn(buttons).with_children(|ui| {
        for video in [false, true] {
            let peer = parts::callee(person.id, &person.name, person.builtin);
            let _ = parts::press(ui, Shape::Small, parts::call_face(&name, video), Command::StartCall { peer, video });
        }
    });
}

/// Two lines that neither break nor push anything away.
fn lines(ui: &mut ChildSpawnerCommands<'_>, content: impl FnOnce(&mut ChildSpawnerCommands<'_>)) {
    let node = Node {
        flex_direction: FlexDirection::Column,
        flex_grow: 1.0,
        flex_basis: px(0),
        min_width: px(0),
        row_gap: px(2),
        overflow: Overflow::clip(),
        ..default()
    };
    let _ = ui.spawn((node, Pickable::IGNORE)).with_children(content);
}

fn who(ui: &mut ChildSpawnerCommands<'_>, person: &Person, name: &str) {
    widgets::avatar(ui, person.id, name, person.builtin, theme::TARGET);
    lines(ui, |ui| {
        let line = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP / 2.0), ..default() };
        let _ = ui.spawn((line, Pickable::IGNORE)).with_children(|ui| {
            cut::line(ui, Node::default(), (Type::Strong, Paint::Text, Phrase::verbatim(name)), ());
            let mut mark = |icon: Icon, ink, spoken| {
                let side = Node { width: px(16), height: px(16), flex_shrink: 0.0, ..default() };
                let _ = ui.spawn((icon.node(16.0, ink), Named(spoken))).insert(side);
            };
            if person.verified && !person.builtin {
                mark(Icon::Check, Paint::GoText, say!("contacts-verified"));
            }
            if person.favourite {
                mark(Icon::StarFull, Paint::AccentText, say!("contacts-favourite"));
            }
            if person.muted {
                mark(Icon::BellOff, Paint::TextQuiet, say!("contacts-silent"));
            }
        });
        // The numbers stand in the second line, so that the name has all of the first.
        let line = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP / 2.0), ..default() };
        let _ = ui.spawn((line, Pickable::IGNORE)).with_children(|ui| {
            let rest = Node { flex_grow: 1.0, flex_basis: px(0), ..default() };
            cut::line(ui, rest, (Type::Small, Paint::TextQuiet, Phrase::Nothing), About(person.id));
            for counts in [Counts::Missed, Counts::Unread] {
                pill(ui, Pill { of: person.id, counts });
            }
        });
    });
}

fn pill(ui: &mut ChildSpawnerCommands<'_>, pill: Pill) {
    let node = Node {
        display: Display::None,
        align_items: AlignItems::Center,
        flex_shrink: 0.0,
        column_gap: px(2),
        padding: px(theme::GAP).horizontal(),
        border_radius: BorderRadius::MAX,
        ..default()
    };
    let (ground, ink) = match pill.counts {
        Counts::Missed => (Paint::Raised, Paint::Text),
        Counts::Unread => (Paint::Accent, Paint::OnAccent),
    };
    let _ = ui.spawn((node, Fill(ground), pill, Pickable::IGNORE)).with_children(|ui| {
        if pill.counts == Counts::Missed {
            let _ = ui.spawn(Icon::Missed.node(14.0, ink));
        }
        let _ = ui.spawn((widgets::text(Type::Small, ink, Phrase::Nothing), TextLayout::no_wrap()));
    });
}

fn found(ui: &mut ChildSpawnerCommands<'_>, found: &FoundMessage) {
    let Ok(id) = found.contact.parse::<PeerId>() else { return };
    let name = parts::display_name(&found.name, id);
    let words = snippet(&found.message.text);
    let spoken = say!("person-row-found", name = &name, text = &words);
    let mut row = widgets::row(ui, spoken, |ui| {
        widgets::avatar(ui, id, &name, false, theme::TARGET);
        lines(ui, |ui| {
            // It is written in the same frame, by the clock of the window.
            let head = (Type::Small, Paint::TextQuiet, Phrase::Nothing);
            let written = Written { name: name.clone(), at_ms: found.message.at_ms };
            cut::line(ui, Node::default(), head, written);
            cut::line(ui, Node::default(), (Type::Body, Paint::Text, Phrase::verbatim(&words)), ());
        });
    });
    let _ = row.observe(move |_: On<Activate>, mut place: ResMut<Place>| *place = Place::Conversation(id));
}

/// What a screen reader says of a row.
fn spoken(name: &str, unread: u32, missed: u32) -> Phrase {
    let mut parts = vec![say!("contacts-conversation", name = name)];
    if unread > 0 {
        parts.push(say!("contacts-unread", count = unread));
    }
    if missed > 0 {
        parts.push(say!("contacts-missed", count = missed));
    }
    Phrase::joined(parts, " · ")
}

/// Writes what changes often.
pub(super) fn write(
    (view, lately, clock): (Res<NewestView>, Res<Lately>, Res<Clock>),
    (place, side): (Res<Place>, Res<State<Side>>),
    mut rows: Query<(&Whose, &mut Face)>,
    mut abouts: Query<(&About, &mut Said, &mut Ink)>,
    mut heads: Query<(&Written, &mut Said), Without<About>>,
    mut pills: Query<(&Pill, &mut Node, &Children)>,
    mut numbers: Query<&mut Said, (Without<About>, Without<Written>)>,
) {
    let contact = |id: PeerId| -> Option<&ContactView> { view.0.contacts.iter().find(|contact| contact.id == id) };
    let now_ms = clock.unix_ms();
    for (Whose(id), mut face) in &mut rows {
        let Some(contact) = contact(*id) else { continue };
        let name = parts::display_name(&contact.name, contact.id);
        let open = *side.get() == Side::Beside && place.peer() == Some(*id);
        let tone = if open { Tone::Quiet } else { Tone::Row };
        let wanted = Face::word(tone, Phrase::Nothing).spoken(spoken(&name, contact.unread, lately.missed(*id)));
        let _ = face.set_if_neq(wanted);
    }
    for (About(id), mut said, mut ink) in &mut abouts {
        let Some(contact) = contact(*id) else { continue };
        let (words, paint) = lately.about(contact, now_ms);
        widgets::write(&mut said, words);
        let _ = ink.set_if_neq(Ink(paint));
    }
    for (written, mut said) in &mut heads {
        let ago = moments::short(now_ms, written.at_ms);
        widgets::write(&mut said, Phrase::joined(vec![Phrase::verbatim(&written.name), ago], " · "));
    }
    for (pill, mut node, children) in &mut pills {
        let count = match pill.counts {
            Counts::Unread => contact(pill.of).map_or(0, |contact| contact.unread),
            Counts::Missed => lately.missed(pill.of),
        };
        let display = if count > 0 { Display::Flex } else { Display::None };
        if node.display != display {
            node.display = display;
        }
        for child in children {
            if let Ok(mut said) = numbers.get_mut(*child) {
                widgets::write(&mut said, Phrase::verbatim(count.to_string()));
            }
        }
    }
}
