//! One of several: options that stand beside each other and break into lines.
//! The Tab key goes to the one that is chosen, the arrow keys from there to the others; each tells its name and state.
//! A dot marks the chosen one beside its colour.

use bevy::input_focus::tab_navigation::TabIndex;
use bevy::input_focus::{FocusCause, InputFocus};
use bevy::prelude::*;
use bevy::ui::Checked;
use bevy::ui_widgets::{RadioButton, RadioGroup, ValueChange};

use super::{Choose, Value, Wanted, Words};
use crate::paint::{Edge, Fill};
use crate::phrase::Phrase;
use crate::speech::Named;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Tone};

/// The ring before an option, and the dot in it.
const RING: f32 = 18.0;
const DOT: f32 = 8.0;

/// What a choice offers.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is chosen.
    pub words: Words,
    /// The values with what they are called.
    pub options: Vec<(String, Phrase)>,
}

/// The value that an option stands for.
#[derive(Component)]
pub(super) struct Worth(String);

/// The mark in an option, by its entity.
#[derive(Component)]
pub(super) struct Mark(Entity);

/// Spawns a choice; observe [`Wanted`] on it, which asks for the value of an option.
pub fn choice<'a>(ui: &'a mut ChildSpawnerCommands<'_>, offered: Choice) -> EntityCommands<'a> {
    let name = offered.words.name.clone();
    let column = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
    let mut group = ui.spawn((RadioGroup, column, Named(name), Value::default()));
    let _ = group.with_children(|ui| {
        let words = Node { padding: UiRect::horizontal(px(theme::GAP)), ..default() };
        let _ = ui.spawn(words).with_children(|ui| super::words(ui, offered.words));
        let lines =
            Node { flex_wrap: FlexWrap::Wrap, column_gap: px(theme::GAP), row_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn(lines).with_children(|ui| {
            for (value, called) in offered.options {
                option(ui, value, called);
            }
        });
    });
    group
}

fn option(ui: &mut ChildSpawnerCommands<'_>, value: String, called: Phrase) {
    let face = Face::word(Tone::Quiet, called.clone());
    let node = Node {
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP),
        min_height: px(theme::TARGET),
        max_width: percent(100),
        padding: UiRect::axes(px(theme::GAP_WIDE), px(theme::GAP / 2.0)),
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..default()
    };
    let mut option = ui.spawn((RadioButton, widgets::reachable(&face), node, Worth(value)));
    let whole = option.id();
    let _ = option.with_children(|ui| {
        let ring = Node {
            width: px(RING),
            height: px(RING),
            flex_shrink: 0.0,
            align_items: AlignItems::Center,
            justify_content: JustifyContent::Center,
            border: px(2).all(),
            border_radius: BorderRadius::MAX,
            ..default()
        };
        let _ = ui.spawn((ring, Edge(Paint::TextQuiet), Mark(whole), Pickable::IGNORE)).with_children(|ui| {
            let dot = Node { width: px(DOT), height: px(DOT), border_radius: BorderRadius::MAX, ..default() };
            let _ = ui.spawn((dot, Fill(Paint::Clear), Mark(whole), Pickable::IGNORE));
        });
        let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, called));
    });
    let _ = option.insert(face);
}

/// A press, or an arrow key in the group, asks for the value of that option and takes the focus there.
pub(super) fn pick(
    change: On<ValueChange<Entity>>,
    groups: Query<(), With<RadioGroup>>,
    options: Query<&Worth>,
    mut focus: ResMut<InputFocus>,
    mut commands: Commands,
) {
    if let (true, Ok(worth)) = (groups.contains(change.source), options.get(change.value)) {
        // By an arrow key or a press alike: the ring shows only after keys.
        focus.set(change.value, FocusCause::Navigated);
        commands.trigger(Wanted { entity: change.source, value: worth.0.clone() });
    }
}

/// Chooses an option as a press on it does.
pub(super) fn choose(
    chosen: On<Choose>,
    groups: Query<(), With<RadioGroup>>,
    parents: Query<&ChildOf>,
    mut commands: Commands,
) {
    let option = chosen.entity;
    if let Some(group) = parents.iter_ancestors(option).find(|ancestor| groups.contains(*ancestor)) {
        commands.trigger(ValueChange { source: group, value: option, is_final: true });
    }
}

type Offered = (Entity, &'static Worth, &'static mut Face, &'static mut TabIndex, Has<Checked>);

/// Brings the options in line with the value of their group.
pub(super) fn draw(
    groups: Query<(Entity, &Value), With<RadioGroup>>,
    children: Query<&Children>,
    mut options: Query<Offered, With<RadioButton>>,
    mut marks: Query<(&Mark, Option<&mut Edge>, Option<&mut Fill>)>,
    mut commands: Commands,
) {
    for (group, value) in &groups {
        let of_group: Vec<Entity> = children.iter_descendants(group).filter(|child| options.contains(*child)).collect();
        let chosen = of_group.iter().find(|one| options.get(**one).is_ok_and(|(_, worth, ..)| worth.0 == value.0));
        // Nothing is chosen while the value is none of those offered; then the first one is reached by the Tab key.
        let reached = chosen.or(of_group.first()).copied();
        let chosen = chosen.copied();
        for one in of_group {
            let Ok((option, _, mut face, mut index, checked)) = options.get_mut(one) else { continue };
            let is_chosen = chosen == Some(option);
            let tone = if is_chosen { Tone::Accent } else { Tone::Quiet };
            if face.tone != tone {
                face.tone = tone;
            }
            let _ = index.set_if_neq(TabIndex(if reached == Some(option) { 0 } else { -1 }));
            super::check(&mut commands, option, is_chosen, checked);
        }
    }
    for (Mark(option), edge, fill) in &mut marks {
        let checked = options.get(*option).is_ok_and(|(_, _, face, ..)| face.tone == Tone::Accent);
        if let Some(mut edge) = edge {
            let _ = edge.set_if_neq(Edge(if checked { Paint::OnAccent } else { Paint::TextQuiet }));
        } else if let Some(mut fill) = fill {
            let _ = fill.set_if_neq(Fill(if checked { Paint::OnAccent } else { Paint::Clear }));
        }
    }
}
