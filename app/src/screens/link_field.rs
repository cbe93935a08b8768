//! The card that adds a contact: a field for a link, a button that pastes, a button that adds.
//! Part of the contacts screen; Enter in the field adds too.
//! What is wrong with a link is the engine's to say; the text stays until a contact was added.

use ahoy_engine::Command;
use ahoy_engine::desk::Request;
use bevy::clipboard::Clipboard;
use bevy::input_focus::tab_navigation::TabIndex;
use bevy::input_focus::{FocusCause, InputFocus};
use bevy::prelude::*;
use bevy::text::{EditableText, TextCursorStyle, TextEdit};
use bevy::ui_widgets::Activate;
use std::time::Duration;

use super::Screen;
use crate::engine_link::{Intent, NewestView};
use crate::icons::Icon;
use crate::theme::{self, Type};
use crate::toast::Say;
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// A contact link has at most 1 KiB.
const MAX_LINK: usize = 1024;

/// The field that takes a link.
#[derive(Component)]
pub(super) struct LinkField;

#[derive(Component)]
struct Placeholder;

#[derive(Component)]
struct FieldFrame;

pub(super) fn card(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Strong, theme::TEXT, "Add somebody"));
        field(ui);
        let row = Node { flex_wrap: FlexWrap::Wrap, column_gap: px(theme::GAP), row_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn(row).with_children(|ui| {
            let face = Face::new(Tone::Quiet, Icon::Paste, "Paste").spoken("Paste a link".to_owned());
            let _ = widgets::button(ui, Shape::Wide, face).observe(paste);
            let face = Face::new(Tone::Accent, Icon::Plus, "Add").spoken("Add this contact".to_owned());
            let _ = widgets::button(ui, Shape::Wide, face).observe(
                |_: On<Activate>, field: Single<&EditableText, With<LinkField>>, mut add: Adder<'_>| add.add(&field),
            );
        });
    });
}

fn field(ui: &mut ChildSpawnerCommands<'_>) {
    let frame = Node {
        min_height: px(theme::TARGET),
        align_items: AlignItems::Center,
        padding: UiRect::horizontal(px(theme::GAP_WIDE)),
        border: px(2).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..default()
    };
    let looks = (BackgroundColor(theme::GROUND), BorderColor::all(theme::LINE));
    let _ = ui.spawn((frame, looks, FieldFrame)).with_children(|ui| {
        let hint = Node { position_type: PositionType::Absolute, left: px(theme::GAP_WIDE), ..default() };
        let _ = ui.spawn((widgets::text(Type::Body, theme::TEXT_QUIET, "ahoy:…"), hint, Placeholder));
        let _ = ui.spawn((
            LinkField,
            EditableText {
                max_characters: Some(MAX_LINK),
                cursor_width: 0.1,
                // A cursor that blinks would wake a sleeping window twice a second.
                cursor_blink_period: Duration::MAX,
                ..default()
            },
            TextLayout::no_wrap(),
            Type::Body.font(),
            TextColor(theme::TEXT),
            TextCursorStyle {
                color: theme::ACCENT,
                selection_color: theme::LINE,
                unfocused_selection_color: theme::RAISED,
                selected_text_color: None,
            },
            Node { flex_grow: 1.0, flex_basis: px(0), min_width: px(0), overflow: Overflow::clip(), ..default() },
            TabIndex(0),
            AccessibleLabel::new("Link of a new contact"),
        ));
    });
}

fn paste(
    _: On<Activate>,
    mut clipboard: ResMut<Clipboard>,
    field: Single<(Entity, &mut EditableText), With<LinkField>>,
    mut focus: ResMut<InputFocus>,
    mut say: MessageWriter<Say>,
) {
    let (entity, mut field) = field.into_inner();
    match clipboard.fetch_text().poll_result() {
        Some(Ok(words)) if words.trim().chars().count() <= MAX_LINK => {
            field.clear();
            field.editor.set_text(words.trim());
            field.queue_edit(TextEdit::TextEnd(false));
            focus.set(entity, FocusCause::Navigated);
        }
        Some(Ok(_)) => drop(say.write(Say("What was copied is too long to be a contact link.".to_owned()))),
        Some(Err(_)) | None => drop(say.write(Say("There is no text to paste; copy a link first.".to_owned()))),
    }
}

/// Hands the field's link to the engine.
#[derive(bevy::ecs::system::SystemParam)]
pub(super) struct Adder<'w> {
    intents: MessageWriter<'w, Intent>,
    say: MessageWriter<'w, Say>,
}

impl Adder<'_> {
    pub(super) fn add(&mut self, field: &EditableText) {
        let link = field.value().to_string().trim().to_owned();
        if link.is_empty() {
            let _ = self.say.write(Say("Paste the link of the person first.".to_owned()));
        } else {
            let _ = self.intents.write(Intent(Command::Desk(Request::Add { link, name: None })));
        }
    }
}

/// Empties the field once its contact is there.
fn empty_after_adding(
    view: Res<NewestView>,
    mut known: Local<usize>,
    mut field: Single<&mut EditableText, With<LinkField>>,
    mut say: MessageWriter<Say>,
) {
    let before = std::mem::replace(&mut *known, view.0.contacts.len());
    if before > 0 && *known > before && !field.value().to_string().is_empty() {
        field.clear();
        let _ = say.write(Say("Added. You can call each other once both have added each other.".to_owned()));
    }
}

fn decorate(
    field: Single<(Entity, &EditableText), With<LinkField>>,
    mut placeholder: Single<&mut Visibility, With<Placeholder>>,
    mut frame: Single<&mut BorderColor, With<FieldFrame>>,
    focus: Res<InputFocus>,
) {
    let (entity, text) = *field;
    let empty = text.value().to_string().is_empty();
    let _ = placeholder.set_if_neq(if empty { Visibility::Inherited } else { Visibility::Hidden });
    let line = if focus.get() == Some(entity) { theme::ACCENT } else { theme::LINE };
    let _ = frame.set_if_neq(BorderColor::all(line));
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_systems(Update, (empty_after_adding, decorate).in_set(Step::Present).run_if(in_state(Screen::Contacts)));
}
