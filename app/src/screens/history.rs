//! Past calls with everybody, newest first: call back, forget one, forget all.
//! Opening it tells the engine that the missed calls were looked at.
//! The rows come from `Records` and are rebuilt when they change.

use ahoy_call::CallRecord;
use ahoy_engine::desk::Request;
use ahoy_engine::{Command, ContactView};
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{Screen, messages, page, parts};
use crate::call_words;
use crate::engine_link::{Intent, NewestView};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::records::Records;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// The rows that are on the screen.
#[derive(Component, Default)]
struct Rows(Option<Vec<CallRecord>>);

/// The button that forgets everything, and whether it was pressed once.
#[derive(Component)]
struct ClearAll(bool);

fn build(mut commands: Commands, mut intents: MessageWriter<Intent>) {
    let _ = intents.write(Intent(Command::Desk(Request::SeenMissed)));
    page::spawn(&mut commands, Screen::History, |ui| {
        page::titled(ui, say!("history-title"));
        let _ = ui.spawn(widgets::card()).insert(Rows::default());
        let row = Node { justify_content: JustifyContent::FlexEnd, ..page::buttons() };
        let _ = ui.spawn(row).with_children(|ui| {
            let _ = widgets::button(ui, Shape::Wide, clear_face(false)).insert(ClearAll(false)).observe(clear);
        });
    });
}

fn clear_face(sure: bool) -> Face {
    if sure {
        Face::new(Tone::Stop, Icon::Trash, say!("history-delete-all-sure"))
    } else {
        Face::new(Tone::Quiet, Icon::Trash, say!("history-delete-all")).spoken(say!("history-delete-all-spoken"))
    }
}

fn clear(pressed: On<Activate>, mut buttons: Query<(&mut ClearAll, &mut Face)>, mut intents: MessageWriter<Intent>) {
    let Ok((mut all, mut face)) = buttons.get_mut(pressed.entity) else { return };
    if all.0 {
        let _ = intents.write(Intent(Command::Desk(Request::ClearHistory)));
    }
    all.0 = !all.0;
    *face = clear_face(all.0);
}

fn list(
    view: Res<NewestView>,
    records: Res<Records>,
    rows: Option<Single<(Entity, &mut Rows)>>,
    mut commands: Commands,
) {
    let Some(rows) = rows else { return };
    let (entity, mut rows) = rows.into_inner();
    if rows.0.as_ref() == Some(&records.calls) {
        return;
    }
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
        if records.calls.is_empty() {
            let _ = ui.spawn(widgets::text(Type::Body, Paint::TextQuiet, say!("history-none")));
        }
        for call in &records.calls {
            row(ui, call, view.0.contacts.iter().find(|contact| contact.id == call.peer));
        }
    });
    rows.0 = Some(records.calls.clone());
}

fn row(ui: &mut ChildSpawnerCommands<'_>, call: &CallRecord, contact: Option<&ContactView>) {
    let builtin = contact.is_some_and(|contact| contact.builtin);
    let name = contact.map_or("", |contact| contact.name.as_str());
    let shown = parts::display_name(name, call.peer);
    let line = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP), ..default() };
    let _ = ui.spawn(line).with_children(|ui| {
        widgets::avatar(ui, call.peer, &shown, builtin, theme::TARGET);
        let words = Node {
            flex_direction: FlexDirection::Column,
            flex_grow: 1.0,
            flex_basis: px(0),
            min_width: px(0),
            row_gap: px(2),
            padding: UiRect::horizontal(px(theme::GAP)),
            ..default()
        };
        let _ = ui.spawn(words).with_children(|ui| {
            let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, Phrase::verbatim(&shown)));
            let ink = if call_words::missed(call) { Paint::AccentText } else { Paint::TextQuiet };
            let _ = ui.spawn(widgets::text(Type::Small, ink, call_words::kind(call)));
            messages::when(ui, Node::default(), call.timestamp, call_words::outcome(call));
        });
        if contact.is_some() {
            let peer = parts::callee(call.peer, name, builtin);
            let icon = if call.had_video { Icon::Camera } else { Icon::Phone };
            let face = Face::new(Tone::Quiet, icon, say!("history-call-back"))
                .spoken(say!("history-call-back-name", name = &shown));
            let _ = parts::press(ui, Shape::Small, face, Command::StartCall { peer, video: call.had_video });
        }
        let face = Face::new(Tone::Quiet, Icon::Trash, say!("history-delete"))
            .spoken(say!("history-delete-call", name = &shown));
        let delete = Request::DeleteCall { call: call.call_id.to_string() };
        let _ = parts::press(ui, Shape::Small, face, Command::Desk(delete));
    });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::History), build).add_systems(
        Update,
        (list, messages::write_times).chain().in_set(Step::Present).run_if(in_state(Screen::History)),
    );
}
