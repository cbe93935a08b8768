//! Past calls, newest first: all of them, the missed ones, or those with one person.
//! Opening it tells the engine that the missed calls were looked at.
//! The rows come from `Records` in pages and are rebuilt when they change.

use ahoy_call::{CallRecord, Direction, PeerId};
use ahoy_engine::desk::Request;
use ahoy_engine::{Command, ContactView};
use bevy::prelude::*;
use bevy::ui::{Checkable, Checked};
use bevy::ui_widgets::Activate;

use super::{Screen, messages, page, parts};
use crate::call_words;
use crate::engine_link::{Intent, NewestView};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::records::{Calls, Interest, Records, Stretch};
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// The place for the rows, and what it shows.
#[derive(Component, Default)]
struct Rows(Option<(Calls, Stretch, Vec<CallRecord>)>);

/// The place for the filters, and whose calls can be chosen.
#[derive(Component, Default)]
struct Filters(Option<Calls>);

/// A button that chooses which calls are shown.
#[derive(Component)]
struct Filter(Calls);

/// The button that forgets everything, and whether it was pressed once.
#[derive(Component)]
struct ClearAll(bool);

fn build(mut interest: ResMut<Interest>, mut commands: Commands, mut intents: MessageWriter<Intent>) {
    let _ = intents.write(Intent(Command::Desk(Request::SeenMissed)));
    interest.calls = Stretch::default();
    page::spawn(&mut commands, Screen::History, |ui| {
        page::titled(ui, say!("history-title"));
        let _ = ui.spawn((page::buttons(), Filters::default()));
        let _ = ui.spawn(widgets::card()).insert(Rows::default());
        let row = Node { justify_content: JustifyContent::FlexEnd, ..page::buttons() };
        let _ = ui.spawn(row).with_children(|ui| {
            let _ = widgets::button(ui, Shape::Wide, clear_face(false)).insert(ClearAll(false)).observe(clear);
        });
    });
}

/// Shows the calls with one person; whoever leads here sets the place too.
pub(super) fn only_with(interest: &mut Interest, peer: PeerId) {
    (interest.filter, interest.calls) = (Calls::With(peer), Stretch::default());
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

fn name_of(view: &NewestView, peer: PeerId) -> String {
    let contact = view.0.contacts.iter().find(|contact| contact.id == peer);
    parts::display_name(contact.map_or("", |contact| contact.name.as_str()), peer)
}

fn filter_face(view: &NewestView, filter: Calls, chosen: bool) -> Face {
    let tone = if chosen { Tone::Accent } else { Tone::Quiet };
    match filter {
        Calls::All => Face::word(tone, say!("history-all")).spoken(say!("history-all-spoken")),
        Calls::Missed => Face::new(tone, Icon::Missed, say!("history-missed")).spoken(say!("history-missed-spoken")),
        Calls::With(peer) => {
            let name = name_of(view, peer);
            Face::new(tone, Icon::Person, Phrase::verbatim(&name)).spoken(say!("history-with", name = &name))
        }
    }
}

/// Offers all, the missed ones and the person whose calls are shown, and marks what is chosen.
fn offer(
    view: Res<NewestView>,
    interest: Res<Interest>,
    filters: Option<Single<(Entity, &mut Filters)>>,
    mut commands: Commands,
) {
    let Some(filters) = filters else { return };
    let (entity, mut shown) = filters.into_inner();
    if shown.0 == Some(interest.filter) {
        return;
    }
    shown.0 = Some(interest.filter);
    let person = match interest.filter {
        Calls::With(_) => Some(interest.filter),
        Calls::All | Calls::Missed => None,
    };
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
        for filter in [Calls::All, Calls::Missed].into_iter().chain(person) {
            let chosen = filter == interest.filter;
            let mut button = widgets::button(ui, Shape::Wide, filter_face(&view, filter, chosen));
            let _ = button.insert((Filter(filter), Checkable)).observe(choose);
            if chosen {
                let _ = button.insert(Checked);
            }
        }
    });
}

fn choose(pressed: On<Activate>, filters: Query<&Filter>, mut interest: ResMut<Interest>) {
    if let Ok(Filter(filter)) = filters.get(pressed.entity) {
        (interest.filter, interest.calls) = (*filter, Stretch::default());
    }
}

fn list(
    (view, records, interest): (Res<NewestView>, Res<Records>, Res<Interest>),
    rows: Option<Single<(Entity, &mut Rows)>>,
    mut commands: Commands,
) {
    let Some(rows) = rows else { return };
    let (entity, mut rows) = rows.into_inner();
    if records.which != interest.filter {
        // They are on their way.
        return;
    }
    let shown = rows.0.as_ref().map(|(which, stretch, calls)| (which, stretch, calls));
    if shown == Some((&records.which, &interest.calls, &records.calls)) {
        return;
    }
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
        if records.calls.is_empty() {
            let _ = ui.spawn(widgets::text(Type::Body, Paint::TextQuiet, none(interest.filter)));
        }
        if interest.calls.before.is_some() {
            turn(ui, Icon::Clock, say!("history-newest"), |calls| *calls = Stretch::default());
        }
        for call in &records.calls {
            row(ui, call, view.0.contacts.iter().find(|contact| contact.id == call.peer));
        }
        if records.calls.len() >= interest.calls.limit {
            let oldest = records.calls.last().map_or(0, |call| call.timestamp);
            turn(ui, Icon::Clock, say!("history-older"), move |calls| calls.go_back(oldest));
        }
    });
    rows.0 = Some((records.which, interest.calls, records.calls.clone()));
}

fn none(filter: Calls) -> Phrase {
    match filter {
        Calls::All => say!("history-none"),
        Calls::Missed => say!("history-none-missed"),
        Calls::With(_) => say!("history-none-with"),
    }
}

/// A button that shows another stretch.
fn turn(
    ui: &mut ChildSpawnerCommands<'_>,
    icon: Icon,
    word: Phrase,
    to: impl Fn(&mut Stretch) + Send + Sync + 'static,
) {
    let row = Node { justify_content: JustifyContent::Center, ..default() };
    let _ = ui.spawn(row).with_children(|ui| {
        let _ = widgets::button(ui, Shape::Wide, Face::new(Tone::Quiet, icon, word))
            .observe(move |_: On<Activate>, mut interest: ResMut<Interest>| to(&mut interest.calls));
    });
}

fn row(ui: &mut ChildSpawnerCommands<'_>, call: &CallRecord, contact: Option<&ContactView>) {
    let builtin = contact.is_some_and(|contact| contact.builtin);
    let name = contact.map_or("", |contact| contact.name.as_str());
    let shown = parts::display_name(name, call.peer);
    let line = Node {
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::Center,
        justify_content: JustifyContent::FlexEnd,
        column_gap: px(theme::GAP),
        ..default()
    };
    let _ = ui.spawn(line).with_children(|ui| {
        let peer = call.peer;
        let _ = widgets::row(ui, say!("history-only-with", name = &shown), |ui| what(ui, call, &shown, builtin))
            .observe(move |_: On<Activate>, mut interest: ResMut<Interest>| only_with(&mut interest, peer));
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

/// Who it was, which way it went, how it ended and when.
fn what(ui: &mut ChildSpawnerCommands<'_>, call: &CallRecord, name: &str, builtin: bool) {
    widgets::avatar(ui, call.peer, name, builtin, theme::TARGET);
    let words = Node {
        flex_direction: FlexDirection::Column,
        flex_grow: 1.0,
        flex_basis: px(0),
        min_width: px(0),
        row_gap: px(2),
        ..default()
    };
    let missed = call_words::missed(call);
    let ink = if missed { Paint::AccentText } else { Paint::TextQuiet };
    let arrow = match call.direction {
        Direction::Incoming if missed => Icon::Missed,
        Direction::Incoming => Icon::Incoming,
        Direction::Outgoing => Icon::Outgoing,
    };
    let _ = ui.spawn((words, Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, Phrase::verbatim(name)));
        let line = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP / 2.0), ..default() };
        let _ = ui.spawn((line, Pickable::IGNORE)).with_children(|ui| {
            let _ = ui.spawn(arrow.node(16.0, ink));
            if call.had_video {
                let _ = ui.spawn(Icon::Camera.node(16.0, ink));
            }
            let _ = ui.spawn(widgets::text(Type::Small, ink, call_words::kind(call)));
        });
        messages::when(ui, Node::default(), call.timestamp, call_words::outcome(call));
    });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::History), build).add_systems(
        Update,
        (offer, (list, messages::write_times).chain()).in_set(Step::Present).run_if(in_state(Screen::History)),
    );
}
