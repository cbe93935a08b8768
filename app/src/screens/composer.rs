//! The field for the next text, which grows with it to a few lines, and the button that sends it.
//! It stands at the foot of a conversation; Enter sends, Shift and Enter begin a line.
//! That somebody writes is told to the other side, no more often than the engine passes it on.

use std::time::Duration;

use ahoy_call::PeerId;
use ahoy_engine::{Command, ContactView};
use bevy::input::ButtonState;
use bevy::input::keyboard::KeyboardInput;
use bevy::input_focus::{AutoFocus, FocusCause, FocusedInput, InputFocus};
use bevy::prelude::*;
use bevy::text::{EditableText, TextEdit, TextEditChange};
use bevy::ui::UiSystems;
use bevy::ui_widgets::Activate;
use bevy::window::RequestRedraw;

use super::{Place, Screen, page, parts};
use crate::engine_link::Intent;
use crate::field::{self, Purpose, Submit};
use crate::icons::Icon;
use crate::records::{Interest, Stretch};
use crate::say;
use crate::theme;
use crate::toast::KeepClear;
use crate::widgets::{self, Face, Shape, Tone};

/// Characters of a text: 16 KiB hold at least as many.
const MAX_TEXT: usize = 4096;
/// The engine tells the other side no more often, so it need not be told more often either.
const TYPING_EVERY: Duration = Duration::from_secs(3);
/// Lines that the field grows to; a longer text scrolls in it.
const MOST_LINES: usize = 5;

#[derive(Component)]
pub(super) struct Draft;

/// Spawns field and button.
pub(super) fn spawn(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView) {
    let name = parts::display_name(&contact.name, contact.id);
    let foot = Node {
        flex_direction: FlexDirection::Row,
        column_gap: px(theme::GAP),
        align_items: AlignItems::FlexEnd,
        flex_shrink: 0.0,
        ..page::column()
    };
    let _ = ui.spawn((foot, KeepClear)).with_children(|ui| {
        let (hint, label) = (say!("conversation-write"), say!("conversation-text-to", name = &name));
        field::field(ui, Purpose { hint, label, limit: MAX_TEXT, text: "" }, |field| {
            let _ = field
                .insert((Draft, AutoFocus, TextLayout::linebreak(LineBreak::WordOrCharacter)))
                .observe(|_: On<Submit>, mut commands: Commands| commands.run_system_cached(send))
                .observe(|_: On<TextEditChange>, mut commands: Commands| commands.run_system_cached(tell_typing))
                .observe(begin_line);
        });
        let face = Face::new(Tone::Accent, Icon::Send, say!("conversation-send"))
            .spoken(say!("conversation-send-to", name = &name));
        let _ = widgets::button(ui, Shape::Small, face)
            .observe(|_: On<Activate>, mut commands: Commands| commands.run_system_cached(send));
    });
}

fn begin_line(
    mut event: On<FocusedInput<KeyboardInput>>,
    keys: Res<ButtonInput<KeyCode>>,
    mut drafts: Query<&mut EditableText, With<Draft>>,
) {
    let enter = matches!(event.input.key_code, KeyCode::Enter | KeyCode::NumpadEnter);
    let shift = keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    if let Ok(mut draft) = drafts.get_mut(event.focused_entity)
        && enter
        && shift
        && event.input.state == ButtonState::Pressed
    {
        draft.queue_edit(TextEdit::Insert('\n'.to_string().into()));
        event.propagate(false);
    }
}

fn send(
    place: Res<Place>,
    draft: Single<(Entity, &mut EditableText), With<Draft>>,
    mut interest: ResMut<Interest>,
    mut focus: ResMut<InputFocus>,
    mut intents: MessageWriter<Intent>,
) {
    let (entity, mut field) = draft.into_inner();
    let text = field::words(&field);
    if let Some(peer) = place.peer()
        && !text.is_empty()
    {
        let _ = intents.write(Intent(Command::SendText { who: peer.to_string(), text }));
        field.clear();
        if interest.texts.before.is_some() {
            // What was sent is among the newest.
            interest.texts = Stretch::default();
        }
    }
    focus.set(entity, FocusCause::Navigated);
}

fn tell_typing(
    place: Res<Place>,
    draft: Single<&EditableText, With<Draft>>,
    time: Res<Time<Real>>,
    mut told: Local<Option<(PeerId, Duration)>>,
    mut intents: MessageWriter<Intent>,
) {
    let Some(peer) = place.peer() else { return };
    let recently = told.is_some_and(|(to, at)| to == peer && time.elapsed() < at + TYPING_EVERY);
    if !recently && !field::words(&draft).is_empty() {
        *told = Some((peer, time.elapsed()));
        let _ = intents.write(Intent(Command::Typing { peer }));
    }
}

/// Makes the field as high as its text. How many lines that is, is known only once it was laid out, so the next frame
/// shows it.
fn grow(draft: Option<Single<&mut EditableText, With<Draft>>>, mut redraw: MessageWriter<RequestRedraw>) {
    let Some(mut draft) = draft else { return };
    let Some(lines) = draft.editor().try_layout().map(|layout| layout.len().clamp(1, MOST_LINES)) else { return };
    let wanted = Some(lines as f32);
    if draft.visible_lines != wanted {
        draft.visible_lines = wanted;
        let _ = redraw.write(RequestRedraw);
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_message::<RequestRedraw>()
        .add_systems(PostUpdate, grow.after(UiSystems::PostLayout).run_if(in_state(Screen::Conversation)));
}
