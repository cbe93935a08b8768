//! A field for a line of text: frame, hint, cursor.
//! Screens spawn it and observe `Submit`, which Enter in the field triggers; Escape gives the focus back.
//! The text lives in Bevy's `EditableText`; here are only its looks and its two keys.

use std::time::Duration;

use bevy::camera::visibility::VisibilitySystems;
use bevy::input::ButtonState;
use bevy::input::keyboard::KeyboardInput;
use bevy::input_focus::tab_navigation::TabIndex;
use bevy::input_focus::{FocusedInput, InputFocus};
use bevy::prelude::*;
use bevy::text::{EditableText, EditableTextSystems, TextCursorStyle};

use crate::paint::{Edge, Fill, Ink, Theme};
use crate::phrase::Phrase;
use crate::speech::Named;
use crate::theme::{self, Paint, Type};
use crate::widgets;

/// Enter was pressed in this field.
#[derive(EntityEvent, Clone, Copy, Debug)]
pub struct Submit {
    /// The field.
    pub entity: Entity,
}

/// What a field is for.
#[derive(Clone, Debug)]
pub struct Purpose<'a> {
    /// What stands in it while it is empty.
    pub hint: Phrase,
    /// What a screen reader says.
    pub label: Phrase,
    /// The most characters it takes.
    pub limit: usize,
    /// What it begins with.
    pub text: &'a str,
}

#[derive(Component)]
struct Field;

#[derive(Component)]
struct Hint;

/// Spawns a field; `dress` marks and observes the entity that holds the [`EditableText`].
pub fn field(ui: &mut ChildSpawnerCommands<'_>, purpose: Purpose<'_>, dress: impl FnOnce(&mut EntityCommands<'_>)) {
    let frame = Node {
        flex_grow: 1.0,
        min_width: px(0),
        min_height: px(theme::TARGET),
        align_items: AlignItems::Center,
        padding: UiRect::horizontal(px(theme::GAP_WIDE)),
        border: px(2).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..default()
    };
    let looks = (Fill(Paint::Ground), Edge(Paint::Line));
    let _ = ui.spawn((frame, looks)).with_children(|ui| {
        // As wide as the field, so that the hint begins where its language does.
        let hint = Node {
            position_type: PositionType::Absolute,
            left: px(theme::GAP_WIDE),
            right: px(theme::GAP_WIDE),
            ..default()
        };
        let hint = (widgets::text(Type::Body, Paint::TextQuiet, purpose.hint), TextLayout::no_wrap(), hint);
        let _ = ui.spawn((hint, Hint));
        let mut field = ui.spawn((
            Field,
            EditableText {
                max_characters: Some(purpose.limit),
                cursor_width: 0.1,
                // A cursor that blinks would wake a sleeping window twice a second.
                cursor_blink_period: Duration::MAX,
                ..EditableText::new(purpose.text)
            },
            TextLayout::no_wrap(),
            Type::Body.font(),
            (TextColor::default(), Ink(Paint::Text)),
            TextCursorStyle::default(),
            Node { flex_grow: 1.0, flex_basis: px(0), min_width: px(0), overflow: Overflow::clip(), ..default() },
            TabIndex(0),
            Named(purpose.label),
        ));
        dress(field.observe(keys));
    });
}

/// What the field says now, without white space around it.
#[must_use]
pub fn words(field: &EditableText) -> String {
    field.value().to_string().trim().to_owned()
}

fn keys(
    mut event: On<FocusedInput<KeyboardInput>>,
    fields: Query<&EditableText>,
    held: Res<ButtonInput<KeyCode>>,
    mut focus: ResMut<InputFocus>,
    mut commands: Commands,
) {
    let (entity, input) = (event.focused_entity, event.input.clone());
    let composing = fields.get(entity).is_ok_and(EditableText::is_composing);
    if input.state != ButtonState::Pressed || input.repeat || composing {
        return;
    }
    // With Shift it begins a line, where there may be several.
    let shift = held.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    if matches!(input.key_code, KeyCode::Enter | KeyCode::NumpadEnter) && !shift {
        commands.trigger(Submit { entity });
        event.propagate(false);
    } else if input.key_code == KeyCode::Escape {
        focus.clear();
        event.propagate(false);
    }
}

fn decorate(
    fields: Query<(Entity, &EditableText, &ChildOf), With<Field>>,
    mut hints: Query<(&ChildOf, &mut Visibility), With<Hint>>,
    mut frames: Query<&mut Edge>,
    focus: Res<InputFocus>,
) {
    for (entity, text, ChildOf(frame)) in &fields {
        let empty = text.value().to_string().is_empty();
        for (ChildOf(of), mut visibility) in &mut hints {
            if of == frame {
                let _ = visibility.set_if_neq(if empty { Visibility::Inherited } else { Visibility::Hidden });
            }
        }
        let line = if focus.get() == Some(entity) { Paint::AccentText } else { Paint::Line };
        if let Ok(mut border) = frames.get_mut(*frame) {
            let _ = border.set_if_neq(Edge(line));
        }
    }
}

/// Cursor and selection carry colours of their own.
fn paint_cursors(theme: Res<Theme>, mut cursors: Query<(Ref<Field>, &mut TextCursorStyle)>) {
    for (field, mut cursor) in &mut cursors {
        if theme.is_changed() || field.is_added() {
            cursor.color = theme.color(Paint::AccentText);
            cursor.selection_color = theme.color(Paint::Line);
            cursor.unfocused_selection_color = theme.color(Paint::Raised);
        }
    }
}

/// Keeps the looks of fields true.
pub fn plugin(app: &mut App) {
    // What was typed is in the field only after its edits were applied, in this same part of the frame.
    let after_typing = decorate.after(EditableTextSystems).before(VisibilitySystems::VisibilityPropagate);
    let _ = app.add_systems(PostUpdate, (after_typing, paint_cursors));
}
