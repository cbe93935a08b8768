//! Who may ring and when: do not disturb, call waiting, silent and blocked people.
//! A topic of the settings; the page of a contact silences and blocks, this one lists and takes back.
//! Nobody is told that they were silenced or blocked.

use ahoy_engine::desk::Request;
use ahoy_engine::{Command, ContactView};
use bevy::prelude::*;

use super::{card, hint, on_off};
use crate::engine_link::NewestView;
use crate::phrase::Phrase;
use crate::say;
use crate::screens::{page, parts};
use crate::setting;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};

/// Which people a list holds.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// Their calls make no sound.
    Silent,
    /// Their calls never arrive.
    Blocked,
}

/// The people as they are on the screen.
#[derive(Component, Default)]
pub(super) struct Rows(Option<Vec<(String, String)>>);

impl Listed {
    const fn holds(self, contact: &ContactView) -> bool {
        match self {
            Self::Silent => contact.muted && !contact.blocked,
            Self::Blocked => contact.blocked,
        }
    }

    fn empty(self) -> Phrase {
        match self {
            Self::Silent => say!("settings-silent-none"),
            Self::Blocked => say!("settings-blocked-none"),
        }
    }

    /// The button that takes it back.
    fn back(self, name: &str) -> Face {
        match self {
            Self::Silent => Face::word(Tone::Quiet, say!("settings-silent-back"))
                .spoken(say!("settings-silent-back-spoken", name = name)),
            Self::Blocked => Face::word(Tone::Quiet, say!("settings-blocked-back"))
                .spoken(say!("settings-blocked-back-spoken", name = name)),
        }
    }

    fn request(self, who: String) -> Request {
        match self {
            Self::Silent => Request::MuteCalls { who, on: false },
            Self::Blocked => Request::Unblock { who },
        }
    }
}

pub(super) fn fill(ui: &mut ChildSpawnerCommands<'_>) {
    card(ui, Phrase::Nothing, |ui| {
        on_off(ui, setting::DO_NOT_DISTURB, say!("settings-dnd"), say!("settings-dnd-about"));
        on_off(ui, setting::WAITING, say!("settings-waiting"), say!("settings-waiting-about"));
    });
    for (listed, title) in [(Listed::Silent, say!("settings-silent")), (Listed::Blocked, say!("settings-blocked"))] {
        card(ui, title, |ui| {
            let column = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
            let _ = ui.spawn((column, listed, Rows::default()));
        });
    }
    hint(ui, say!("settings-quiet-hint"));
}

/// Brings the lists in line with the contacts.
pub(super) fn list(view: Res<NewestView>, mut lists: Query<(Entity, &Listed, &mut Rows)>, mut commands: Commands) {
    for (entity, listed, mut rows) in &mut lists {
        let held = view.0.contacts.iter().filter(|contact| listed.holds(contact));
        let wanted: Vec<(String, String)> =
            held.map(|contact| (contact.id.to_string(), parts::display_name(&contact.name, contact.id))).collect();
        if rows.0.as_ref() == Some(&wanted) {
            continue;
        }
        let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
            if wanted.is_empty() {
                hint(ui, listed.empty());
            }
            for (id, name) in &wanted {
                let row = Node { justify_content: JustifyContent::SpaceBetween, ..page::buttons() };
                let _ = ui.spawn(row).with_children(|ui| {
                    let _ = ui.spawn(widgets::breaking(Type::Body, Paint::Text, Phrase::verbatim(name)));
                    let command = Command::Desk(listed.request(id.clone()));
                    let _ = parts::press(ui, Shape::Wide, listed.back(name), command);
                });
            }
        });
        rows.0 = Some(wanted);
    }
}
