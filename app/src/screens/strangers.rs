//! Phones that are not contacts yet: seen on the local network, or knocking because their person has my link.
//! Part of the pairing screen; pressing one leads to the panel that adds it.
//! A knock that is ignored is hidden here; the engine keeps it until pairing ends.

use ahoy_call::PeerId;
use ahoy_engine::view::{Pairing, Stranger};
use bevy::platform::collections::HashSet;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::candidate::{Candidate, Chosen};
use super::{page, parts};
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::toast::Say;
use crate::widgets::{self, Face, Shape, Tone};

/// Where a list comes from.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// On the local network.
    Nearby,
    /// They have my link.
    Knocking,
}

/// The rows of a list, as they are on the screen.
#[derive(Component, Default)]
pub(super) struct Rows(Option<Vec<Stranger>>);

/// Knocks that the person does not want to see.
#[derive(Resource, Default)]
pub(super) struct Ignored(HashSet<PeerId>);

impl Found {
    fn of(self, pairing: Option<&Pairing>, ignored: &Ignored) -> Vec<Stranger> {
        let Some(pairing) = pairing else { return Vec::new() };
        let list = match self {
            Self::Nearby => &pairing.nearby,
            Self::Knocking => &pairing.knocks,
        };
        list.iter().filter(|stranger| !ignored.0.contains(&stranger.id)).cloned().collect()
    }

    fn title(self) -> Phrase {
        match self {
            Self::Nearby => say!("strangers-nearby"),
            Self::Knocking => say!("strangers-knocking"),
        }
    }

    /// What stands there instead of rows; nobody waits for a knock, so nothing is said of none.
    fn empty(self) -> Option<Phrase> {
        match self {
            Self::Nearby => Some(say!("strangers-looking")),
            Self::Knocking => None,
        }
    }
}

/// Spawns a list; its heading comes with its rows.
pub(super) fn card(ui: &mut ChildSpawnerCommands<'_>, found: Found) {
    let _ = ui.spawn(widgets::card()).insert((found, Rows::default()));
}

/// Brings the lists in line with the view.
pub(super) fn list(
    view: Res<NewestView>,
    ignored: Res<Ignored>,
    lists: Query<(Entity, &Found, &mut Rows, &mut Node)>,
    mut commands: Commands,
) {
    for (entity, found, mut rows, mut node) in lists {
        let wanted = found.of(view.0.pairing.as_ref(), &ignored);
        if rows.0.as_ref() == Some(&wanted) {
            continue;
        }
        let empty = found.empty().filter(|_| wanted.is_empty());
        node.display = if wanted.is_empty() && empty.is_none() { Display::None } else { Display::Flex };
        let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, found.title()));
            if let Some(words) = empty {
                let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, words));
            }
            for stranger in &wanted {
                row(ui, stranger, *found);
            }
        });
        rows.0 = Some(wanted);
    }
}

fn row(ui: &mut ChildSpawnerCommands<'_>, stranger: &Stranger, found: Found) {
    let name = parts::display_name(&stranger.name, stranger.id);
    let column = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
    let _ = ui.spawn(column).with_children(|ui| {
        let head = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP_WIDE), ..default() };
        let _ = ui.spawn(head).with_children(|ui| {
            widgets::avatar(ui, stranger.id, &name, false, 36.0);
            let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, Phrase::verbatim(&name)));
        });
        let words = Node { flex_direction: FlexDirection::Column, row_gap: px(2), ..default() };
        let _ = ui.spawn(words).with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, say!("strangers-words")));
            let _ = ui.spawn(widgets::breaking(Type::Small, Paint::Text, Phrase::verbatim(&stranger.words)));
        });
        let _ = ui.spawn(page::buttons()).with_children(|ui| {
            let chosen = stranger.clone();
            let face = Face::new(Tone::Accent, Icon::Plus, say!("strangers-add"))
                .spoken(say!("strangers-add-spoken", name = &name));
            let _ = widgets::button(ui, Shape::Wide, face).observe(
                move |_: On<Activate>, view: Res<NewestView>, mut choice: Choice<'_>| {
                    choice.take(Candidate::from_stranger(&chosen, &view.0));
                },
            );
            if found == Found::Knocking {
                let id = stranger.id;
                let face = Face::word(Tone::Quiet, say!("strangers-ignore"))
                    .spoken(say!("strangers-ignore-spoken", name = &name));
                let _ = widgets::button(ui, Shape::Wide, face).observe(
                    move |_: On<Activate>, mut ignored: ResMut<Ignored>| {
                        let _ = ignored.0.insert(id);
                    },
                );
            }
        });
    });
}

/// Brings a phone to the panel, or says why it cannot be added.
#[derive(bevy::ecs::system::SystemParam)]
pub(super) struct Choice<'w> {
    chosen: ResMut<'w, Chosen>,
    say: MessageWriter<'w, Say>,
}

impl Choice<'_> {
    pub(super) fn take(&mut self, candidate: Result<Candidate, Phrase>) {
        match candidate {
            Ok(candidate) => self.chosen.0 = Some(candidate),
            Err(why) => drop(self.say.write(Say(why))),
        }
    }

    pub(super) fn is_made(&self) -> bool {
        self.chosen.0.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ignored_knock_is_not_shown_again() {
        let knock =
            |number| Stranger { id: PeerId([number; 32]), name: String::new(), link: None, words: String::new() };
        let pairing = Pairing { nearby: Vec::new(), knocks: vec![knock(1), knock(2)] };
        let ignored = Ignored([PeerId([1; 32])].into_iter().collect());
        assert_eq!(Found::Knocking.of(Some(&pairing), &ignored), [knock(2)]);
        assert!(Found::Nearby.of(Some(&pairing), &ignored).is_empty());
        assert!(Found::Knocking.of(None, &ignored).is_empty());
    }
}
