//! A switch: its words at the beginning of a row, a knob at the end.
//! The whole row can be pressed; a screen reader hears name and state.
//! A word tells on and off beside the colour and the place of the knob.

use bevy::a11y::AccessibilityNode;
use bevy::prelude::*;
use bevy::ui::Checked;
use bevy::ui_widgets::{Checkbox, ValueChange};

use super::{Value, Wanted, Words};
use crate::paint::Fill;
use crate::say;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Tone};

/// The value of a switch that is off; every other one means on.
pub(super) const OFF: &str = "off";
/// The value of one that is on.
pub(super) const ON: &str = "on";
/// The rail, and the knob that lies in it with some space around.
const RAIL: (f32, f32) = (48.0, 28.0);
const KNOB: f32 = 20.0;

/// The pieces of a switch that show its state, by the entity of the switch.
#[derive(Component)]
pub(super) enum Piece {
    Word(Entity),
    Rail(Entity),
    Knob(Entity),
}

/// Spawns a switch; observe [`Wanted`] on it, which asks for `on` or `off`.
pub fn switch<'a>(ui: &'a mut ChildSpawnerCommands<'_>, words: Words) -> EntityCommands<'a> {
    let face = Face::word(Tone::Row, words.name.clone());
    let node = Node {
        padding: UiRect::axes(px(theme::GAP), px(theme::GAP / 2.0)),
        // Its words begin where others do; only what shows a press lies around them.
        margin: UiRect::horizontal(px(-theme::GAP)),
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..super::beside()
    };
    let role = AccessibilityNode(accesskit::Node::new(accesskit::Role::Switch));
    let mut row = ui.spawn((Checkbox, role, widgets::reachable(&face), node, Value::default()));
    let whole = row.id();
    let _ = row.insert(face).with_children(|ui| {
        super::words(ui, words);
        let end = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn((end, Pickable::IGNORE)).with_children(|ui| {
            let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, say!("controls-off")), Piece::Word(whole)));
            let rail = Node {
                width: px(RAIL.0),
                height: px(RAIL.1),
                align_items: AlignItems::Center,
                padding: UiRect::horizontal(px((RAIL.1 - KNOB) / 2.0)),
                border_radius: BorderRadius::MAX,
                ..default()
            };
            let _ = ui.spawn((rail, Fill(Paint::Line), Piece::Rail(whole), Pickable::IGNORE)).with_children(|ui| {
                let knob = Node { width: px(KNOB), height: px(KNOB), border_radius: BorderRadius::MAX, ..default() };
                let _ = ui.spawn((knob, Fill(Paint::Text), Piece::Knob(whole), Pickable::IGNORE));
            });
        });
    });
    row
}

/// A press, Enter or space asks for the other state.
pub(super) fn turn(change: On<ValueChange<bool>>, switches: Query<(), With<Checkbox>>, mut commands: Commands) {
    if switches.contains(change.source) {
        let value = if change.value { ON } else { OFF };
        commands.trigger(Wanted { entity: change.source, value: value.to_owned() });
    }
}

/// Brings looks and state in line with the value.
pub(super) fn draw(
    switches: Query<(Entity, &Value, Has<Checked>), With<Checkbox>>,
    pieces: Query<(&Piece, Option<&mut Said>, Option<&mut Fill>, &mut Node)>,
    mut commands: Commands,
) {
    let on = |switch: Entity| switches.get(switch).is_ok_and(|(_, value, _)| value.0 != OFF);
    for (switch, _, checked) in &switches {
        super::check(&mut commands, switch, on(switch), checked);
    }
    for (piece, said, fill, mut node) in pieces {
        match (piece, said, fill) {
            (Piece::Word(switch), Some(mut said), _) => {
                widgets::write(&mut said, if on(*switch) { say!("controls-on") } else { say!("controls-off") });
            }
            (Piece::Rail(switch), _, Some(mut fill)) => {
                let on = on(*switch);
                let _ = fill.set_if_neq(Fill(if on { Paint::Accent } else { Paint::Line }));
                let place = if on { JustifyContent::FlexEnd } else { JustifyContent::FlexStart };
                if node.justify_content != place {
                    node.justify_content = place;
                }
            }
            (Piece::Knob(switch), _, Some(mut fill)) => {
                let _ = fill.set_if_neq(Fill(if on(*switch) { Paint::OnAccent } else { Paint::Text }));
            }
            (Piece::Word(_) | Piece::Rail(_) | Piece::Knob(_), _, _) => {}
        }
    }
}
