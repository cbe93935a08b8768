//! Texts on the screen in the language of the window: components hold phrases, systems write what they say.
//! Widgets attach them; screens change the phrase and never the text.
//! Another language rewrites every text and turns every row round; nothing is built anew for it.

use bevy::prelude::*;
use bevy::ui::UiSystems;

use crate::language::Language;
use crate::phrase::Phrase;

/// What a text says.
#[derive(Component, Clone, Debug, Default, PartialEq, Eq)]
#[require(Text)]
pub struct Said(pub Phrase);

/// What a screen reader says of something.
#[derive(Component, Clone, Debug, Default, PartialEq, Eq)]
pub struct Named(pub Phrase);

fn write(language: Res<Language>, mut texts: Query<(Ref<Said>, &mut Text)>) {
    let all = language.is_changed();
    for (said, mut text) in &mut texts {
        if all || said.is_changed() {
            let words = language.say(&said.0);
            if text.0 != words {
                text.0 = words;
            }
        }
    }
}

fn name(language: Res<Language>, names: Query<(Entity, Ref<Named>)>, mut commands: Commands) {
    let all = language.is_changed();
    for (entity, named) in &names {
        if all || named.is_changed() {
            let _ = commands.entity(entity).insert(AccessibleLabel::new(language.say(&named.0)));
        }
    }
}

/// Rows begin where the language begins. Every node has its own direction, so new ones are told too.
fn direct(language: Res<Language>, mut nodes: Query<&mut Node>, mut texts: Query<&mut TextLayout>) {
    let (direction, all) = (language.tongue().direction(), language.is_changed());
    for mut node in &mut nodes {
        if (all || node.is_added()) && node.direction != direction {
            node.direction = direction;
        }
    }
    for mut layout in &mut texts {
        if (all || layout.is_added()) && layout.justify == Justify::Left {
            layout.justify = Justify::Start;
        }
    }
}

/// Says what there is to say before the frame is laid out.
pub fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Language>()
        .add_systems(PostUpdate, (write, name, direct).before(UiSystems::Prepare).before(UiSystems::Content));
}
