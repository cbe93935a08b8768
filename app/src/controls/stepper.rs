//! A number that is made smaller and larger by two buttons, in steps that make a difference.
//! The value stands between the buttons in words; a button that leads no further is dim.
//! A value between two steps is shown as it is, and goes to the next step from there.

use bevy::prelude::*;
use bevy::ui::InteractionDisabled;
use bevy::ui_widgets::Activate;

use super::{Value, Wanted, Words};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};

/// What a stepper offers.
#[derive(Clone, Debug)]
pub struct Stepper {
    /// What is set.
    pub words: Words,
    /// The steps, from the smallest to the largest.
    pub steps: &'static [u32],
    /// How a value is told.
    pub tell: fn(u32) -> Phrase,
}

/// The steps of a stepper and how it tells them.
#[derive(Component)]
pub(super) struct Ladder {
    steps: &'static [u32],
    tell: fn(u32) -> Phrase,
}

/// The pieces of a stepper, by its entity.
#[derive(Component, Clone, Copy)]
pub(super) enum Piece {
    Less(Entity),
    Told(Entity),
    More(Entity),
}

/// The room that a value has, so that the buttons stand still while it changes.
const TOLD: f32 = 88.0;

impl Ladder {
    fn below(&self, value: u32) -> Option<u32> {
        self.steps.iter().rfind(|step| **step < value).copied()
    }

    fn above(&self, value: u32) -> Option<u32> {
        self.steps.iter().find(|step| **step > value).copied()
    }
}

/// Spawns a stepper; observe [`Wanted`] on it, which asks for a step as a number.
pub fn stepper<'a>(ui: &'a mut ChildSpawnerCommands<'_>, offered: Stepper) -> EntityCommands<'a> {
    let name = offered.words.name.clone();
    let node = Node { padding: UiRect::horizontal(px(theme::GAP)), ..super::beside() };
    let ladder = Ladder { steps: offered.steps, tell: offered.tell };
    let mut row = ui.spawn((node, ladder, Value::default()));
    let whole = row.id();
    let _ = row.with_children(|ui| {
        super::words(ui, offered.words);
        let end = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn(end).with_children(|ui| {
            let less = Face::new(Tone::Quiet, Icon::Minus, say!("controls-less"));
            let less = less.spoken(say!("controls-less-spoken", what = name.clone()));
            let _ = widgets::button(ui, Shape::Small, less).insert(Piece::Less(whole)).observe(step);
            let told = Node { min_width: px(TOLD), justify_content: JustifyContent::Center, ..default() };
            let _ = ui.spawn(told).with_children(|ui| {
                let words = widgets::centred(Type::Strong, Paint::Text, Phrase::Nothing);
                let _ = ui.spawn((words, Piece::Told(whole)));
            });
            let more = Face::new(Tone::Quiet, Icon::Plus, say!("controls-more"));
            let more = more.spoken(say!("controls-more-spoken", what = name));
            let _ = widgets::button(ui, Shape::Small, more).insert(Piece::More(whole)).observe(step);
        });
    });
    row
}

fn step(press: On<Activate>, pieces: Query<&Piece>, ladders: Query<(&Ladder, &Value)>, mut commands: Commands) {
    let next = |stepper: Entity, way: fn(&Ladder, u32) -> Option<u32>| {
        let (ladder, value) = ladders.get(stepper).ok()?;
        Some((stepper, way(ladder, value.0.parse().ok()?)?))
    };
    let next = match pieces.get(press.entity) {
        Ok(Piece::Less(stepper)) => next(*stepper, Ladder::below),
        Ok(Piece::More(stepper)) => next(*stepper, Ladder::above),
        Ok(Piece::Told(_)) | Err(_) => None,
    };
    if let Some((entity, value)) = next {
        commands.trigger(Wanted { entity, value: value.to_string() });
    }
}

/// Tells the value, and dims the button that leads no further.
pub(super) fn draw(
    ladders: Query<(&Ladder, &Value)>,
    pieces: Query<(Entity, &Piece, Option<&mut Said>, Has<InteractionDisabled>)>,
    mut commands: Commands,
) {
    for (entity, piece, said, disabled) in pieces {
        let (Piece::Less(stepper) | Piece::Told(stepper) | Piece::More(stepper)) = *piece;
        let Ok((ladder, value)) = ladders.get(stepper) else { continue };
        let Ok(value) = value.0.parse() else { continue };
        let ends = match piece {
            Piece::Less(_) => ladder.below(value).is_none(),
            Piece::More(_) => ladder.above(value).is_none(),
            Piece::Told(_) => {
                if let Some(mut said) = said {
                    widgets::write(&mut said, (ladder.tell)(value));
                }
                continue;
            }
        };
        let mut button = commands.entity(entity);
        if ends && !disabled {
            let _ = button.insert(InteractionDisabled);
        } else if disabled && !ends {
            let _ = button.remove::<InteractionDisabled>();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_between_two_steps_goes_to_the_nearest_one_on_each_side() {
        let ladder = Ladder { steps: &[80, 100, 120], tell: |_| Phrase::Nothing };
        assert_eq!((ladder.below(110), ladder.above(110)), (Some(100), Some(120)));
        assert_eq!((ladder.below(80), ladder.above(120)), (None, None));
        assert_eq!((ladder.below(300), ladder.above(0)), (Some(120), Some(80)));
    }
}
