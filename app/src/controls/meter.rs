//! A bar that shows how loud it is.
//! The owner writes the loudness into `Reading`; the bar follows it.
//! What it means is told in words beside it by the screen, not by the colour of the bar.

use bevy::prelude::*;

use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::speech::Named;
use crate::theme::Paint;

/// The height of the bar.
const HEIGHT: f32 = 14.0;
/// The quietest sound that moves the bar, in dB below full scale; a quiet room lies there.
const FLOOR_DB: f32 = -60.0;

/// How loud it is, in dB below full scale; `None` while nothing is measured.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading(pub Option<f32>);

impl Reading {
    /// The part of the bar that is filled, 0 to 1.
    #[must_use]
    pub fn part(self) -> f32 {
        self.0.map_or(0.0, |level| ((level - FLOOR_DB) / -FLOOR_DB).clamp(0.0, 1.0))
    }
}

/// The filled part.
#[derive(Component)]
pub(super) struct Bar(Entity);

/// Spawns a meter; write its [`Reading`].
pub fn meter<'a>(ui: &'a mut ChildSpawnerCommands<'_>, name: Phrase) -> EntityCommands<'a> {
    let rail = Node {
        width: percent(100),
        height: px(HEIGHT),
        border_radius: BorderRadius::MAX,
        overflow: Overflow::clip(),
        ..default()
    };
    let mut meter = ui.spawn((rail, Fill(Paint::Raised), Reading::default(), Named(name)));
    let whole = meter.id();
    let _ = meter.with_children(|ui| {
        let bar = Node { width: percent(0), height: percent(100), border_radius: BorderRadius::MAX, ..default() };
        let _ = ui.spawn((bar, Fill(Paint::GoText), Bar(whole)));
    });
    meter
}

/// Fills the bars.
pub(super) fn draw(readings: Query<&Reading>, mut bars: Query<(&Bar, &mut Node)>) {
    for (Bar(meter), mut node) in &mut bars {
        let width = percent(readings.get(*meter).map_or(0.0, |reading| reading.part()) * 100.0);
        if node.width != width {
            node.width = width;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_leaves_the_bar_empty_and_full_scale_fills_it() {
        assert_eq!(Reading(None).part(), 0.0);
        assert_eq!(Reading(Some(-90.0)).part(), 0.0);
        assert_eq!(Reading(Some(-30.0)).part(), 0.5);
        assert_eq!(Reading(Some(3.0)).part(), 1.0);
    }
}
