//! My own name, as others see it in my link and code: a field in the settings, the first steps and beside the code.
//! Enter or the button asks the engine to keep it; link and code follow the view by themselves.
//! A name that the engine refuses stays in the field, and the engine's notice says why.

use bevy::prelude::*;
use bevy::text::EditableText;
use bevy::ui_widgets::Activate;

use crate::engine_link::{Intent, NewestView};
use crate::field::{self, Purpose, Submit};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::setting;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::toast::Say;
use crate::widgets::{self, Face, Shape, Tone};

/// Bytes of a name in a contact link, so at most as many characters.
const MAX_NAME: usize = 64;

#[derive(Component)]
pub(super) struct NameField;

/// The line over the field, and the name it was written for.
#[derive(Component)]
pub(super) struct Heading(String);

fn heading(name: &str) -> Phrase {
    if name.is_empty() { say!("my-name-wanted") } else { say!("my-name-title") }
}

/// Spawns the card; `name` is the one that the link carries now.
pub(super) fn card(ui: &mut ChildSpawnerCommands<'_>, name: &str) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let _ = ui.spawn((widgets::text(Type::Strong, Paint::Text, heading(name)), Heading(name.to_owned())));
        let row = Node { column_gap: px(theme::GAP), align_items: AlignItems::Center, ..default() };
        let _ = ui.spawn(row).with_children(|ui| {
            field(ui, name, |field| {
                let _ = field.observe(|_: On<Submit>, mut commands: Commands| commands.run_system_cached(save));
            });
            let face = Face::new(Tone::Quiet, Icon::Check, say!("my-name-save")).spoken(say!("my-name-save-spoken"));
            let _ = widgets::button(ui, Shape::Wide, face)
                .observe(|_: On<Activate>, mut commands: Commands| commands.run_system_cached(save));
        });
    });
}

/// Spawns the field alone; `dress` observes it.
pub(super) fn field(ui: &mut ChildSpawnerCommands<'_>, name: &str, dress: impl FnOnce(&mut EntityCommands<'_>)) {
    let purpose = Purpose { hint: say!("my-name-title"), label: say!("my-name-title"), limit: MAX_NAME, text: name };
    field::field(ui, purpose, |field| dress(field.insert(NameField)));
}

/// Asks the engine to keep the name in the field.
pub(super) fn save(
    view: Res<NewestView>,
    field: Single<&EditableText, With<NameField>>,
    mut intents: MessageWriter<Intent>,
) {
    let value = field::words(&field);
    if value != view.0.me.name {
        let _ = intents.write(setting::NAME.set(value));
    }
}

/// Says that another name is kept once the view has it; before the toast is drawn, as no other frame may follow.
pub(super) fn write(
    view: Res<NewestView>,
    mut headings: Query<(&mut Said, &mut Heading)>,
    mut say: MessageWriter<Say>,
) {
    let name = &view.0.me.name;
    for (mut said, mut kept) in &mut headings {
        if kept.0 == *name {
            continue;
        }
        kept.0.clone_from(name);
        widgets::write(&mut said, heading(name));
        let words = if name.is_empty() { say!("my-name-gone") } else { say!("my-name-kept", name = name) };
        let _ = say.write(Say(words));
    }
}

#[cfg(test)]
mod tests {
    use ahoy_engine::{Me, View};
    use bevy::ecs::system::RunSystemOnce;

    use super::*;

    fn view(name: &str) -> NewestView {
        NewestView(View { me: Me { name: name.to_owned(), ..Me::default() }, ..View::default() })
    }

    #[test]
    fn a_name_is_asked_for_and_its_change_is_told_once() {
        let mut world = World::new();
        let _ = world.init_resource::<Messages<Say>>();
        world.insert_resource(view(""));
        let _ = world.commands().spawn_empty().with_children(|ui| card(ui, ""));
        world.flush();
        let shown = |world: &mut World| {
            world.run_system_once(write).unwrap();
            let text = world.query_filtered::<&Said, With<Heading>>().single(world).unwrap().0.clone();
            (text, world.resource_mut::<Messages<Say>>().drain().count())
        };
        assert_eq!(shown(&mut world), (say!("my-name-wanted"), 0));
        world.insert_resource(view("Jo"));
        assert_eq!(shown(&mut world), (say!("my-name-title"), 1));
        assert_eq!(shown(&mut world).1, 0);
    }
}
