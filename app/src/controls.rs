//! Controls that hold a value: a switch, a choice of several, a step up or down, and a meter that only shows one.
//! Screens spawn them and observe `Wanted`; whoever owns the value writes it into `Value`, and the control shows it.
//! A press asks and never changes a control by itself, so that a screen tells nothing that is not so.

mod choice;
mod meter;
mod stepper;
mod switch;

use bevy::prelude::*;
use bevy::ui::Checked;

pub use self::choice::{Choice, choice};
pub use self::meter::{Reading, meter};
pub use self::stepper::{Stepper, stepper};
pub use self::switch::switch;
use crate::phrase::Phrase;
use crate::theme::{self, Paint, Type};
use crate::widgets;
use crate::window::Step;

/// What a control shows, in the words of the settings: `on`, `off`, a number, an id.
#[derive(Component, Clone, Debug, Default, PartialEq, Eq)]
pub struct Value(pub String);

impl Value {
    /// That of a switch.
    #[must_use]
    pub fn switched(on: bool) -> Self {
        Self(if on { switch::ON } else { switch::OFF }.to_owned())
    }
}

/// The person wants this control to hold another value.
#[derive(EntityEvent, Clone, Debug)]
pub struct Wanted {
    /// The control.
    pub entity: Entity,
    /// The value.
    pub value: String,
}

impl Wanted {
    /// What is wanted of a switch.
    #[must_use]
    pub fn on(&self) -> bool {
        self.value != switch::OFF
    }
}

/// Assistive technology chooses this option of a choice.
#[derive(EntityEvent, Clone, Copy, Debug)]
pub struct Choose {
    /// The option.
    pub entity: Entity,
}

/// What a control is for.
#[derive(Clone, Debug)]
pub struct Words {
    /// Its name.
    pub name: Phrase,
    /// What it means, in a sentence; nothing where the name says it all.
    pub about: Phrase,
}

/// The narrowest that the words beside a control get before it moves below them.
const WORDS_BASIS: f32 = 170.0;

/// Name and meaning below each other, which take the space that the control leaves.
fn words(ui: &mut ChildSpawnerCommands<'_>, words: Words) {
    let column = Node {
        flex_direction: FlexDirection::Column,
        flex_grow: 1.0,
        flex_basis: px(WORDS_BASIS),
        min_width: px(0),
        row_gap: px(theme::GAP / 4.0),
        ..default()
    };
    let _ = ui.spawn((column, Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Body, Paint::Text, words.name));
        if !words.about.is_empty() {
            let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, words.about));
        }
    });
}

/// A row in which a control stands beside its words, or below them where it is narrow.
fn beside() -> Node {
    Node {
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP_WIDE),
        row_gap: px(theme::GAP),
        min_height: px(theme::TARGET),
        ..default()
    }
}

/// Marks a switch or an option as chosen, or not.
fn check(commands: &mut Commands<'_, '_>, entity: Entity, wanted: bool, is: bool) {
    let mut entity = commands.entity(entity);
    if wanted && !is {
        let _ = entity.insert(Checked);
    } else if is && !wanted {
        let _ = entity.remove::<Checked>();
    }
}

/// Keeps every control's looks true.
pub fn plugin(app: &mut App) {
    let shown = (switch::draw, choice::draw, stepper::draw, meter::draw);
    let _ = app
        .add_observer(switch::turn)
        .add_observer(choice::pick)
        .add_observer(choice::choose)
        .add_systems(Update, shown.in_set(Step::Present));
}
