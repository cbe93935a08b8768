//! A conversation: who it is with, what was written and called, a field for the next text.
//! The newest thing stands at the foot; the list stays there unless the person has scrolled up.
//! What is shown comes from `Records`; sending, writing and having seen are commands.

use std::time::Duration;

use ahoy_call::PeerId;
use ahoy_engine::{Command, ContactView};
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::input_focus::{AutoFocus, FocusCause, InputFocus};
use bevy::prelude::*;
use bevy::text::{EditableText, TextEditChange};
use bevy::ui::UiSystems;
use bevy::ui_widgets::{Activate, ScrollArea};
use bevy::window::PrimaryWindow;

use super::messages::{self, Item};
use super::{Place, Screen, banner, page, parts};
use crate::call_words;
use crate::clock::Clock;
use crate::engine_link::{Intent, NewestView};
use crate::field::{self, Purpose, Submit};
use crate::icons::Icon;
use crate::paint::{Fill, Ink};
use crate::phrase::Phrase;
use crate::records::Records;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// Characters of a text: 16 KiB hold at least as many.
const MAX_TEXT: usize = 4096;
/// The engine tells the other side no more often, so it need not be told more often either.
const TYPING_EVERY: Duration = Duration::from_secs(3);
/// This close to the foot counts as at the foot, in logical pixels.
const NEAR_FOOT: f32 = 48.0;

#[derive(Component)]
struct Draft;

/// The line under the name: writing, or when last seen.
#[derive(Component)]
struct Presence;

/// The list, and what it shows.
#[derive(Component, Default)]
struct Items(Vec<Item>);

fn contact<'a>(view: &'a NewestView, place: &Place) -> Option<&'a ContactView> {
    view.0.contacts.iter().find(|contact| Some(contact.id) == place.peer())
}

fn build(view: Res<NewestView>, place: Res<Place>, mut commands: Commands) {
    let Some(contact) = contact(&view, &place) else { return };
    let root = Node {
        width: percent(100),
        height: percent(100),
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        padding: px(theme::GAP_WIDE).all(),
        row_gap: px(theme::GAP_WIDE),
        ..default()
    };
    let root = (DespawnOnExit(Screen::Conversation), TabGroup::new(0), root, Fill(Paint::Ground));
    let _ = commands.spawn(root).with_children(|ui| {
        banner::slot(ui);
        let _ = ui.spawn(page::column()).with_children(|ui| header(ui, contact));
        let list = Node {
            width: percent(100),
            flex_grow: 1.0,
            flex_basis: px(0),
            min_height: px(0),
            flex_direction: FlexDirection::Column,
            align_items: AlignItems::Center,
            overflow: Overflow::scroll_y(),
            ..default()
        };
        let _ = ui.spawn((list, ScrollArea)).with_children(|ui| {
            let rows = Node {
                row_gap: px(theme::GAP),
                flex_shrink: 0.0,
                // A few entries stand at the foot too.
                min_height: percent(100),
                justify_content: JustifyContent::FlexEnd,
                ..page::column()
            };
            let _ = ui.spawn((rows, Items::default()));
        });
        let foot = Node {
            flex_direction: FlexDirection::Row,
            column_gap: px(theme::GAP),
            align_items: AlignItems::Center,
            flex_shrink: 0.0,
            ..page::column()
        };
        let _ = ui.spawn(foot).with_children(|ui| composer(ui, contact));
    });
}

fn header(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView) {
    let name = parts::display_name(&contact.name, contact.id);
    page::header(ui, |ui| {
        page::back(ui);
        let words = Node {
            flex_direction: FlexDirection::Column,
            flex_grow: 1.0,
            flex_basis: px(0),
            min_width: px(0),
            padding: UiRect::horizontal(px(theme::GAP)),
            overflow: Overflow::clip(),
            ..default()
        };
        let _ = ui.spawn(words).with_children(|ui| {
            let line = Node { column_gap: px(theme::GAP), align_items: AlignItems::Center, ..default() };
            let _ = ui.spawn(line).with_children(|ui| {
                let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, Phrase::verbatim(&name)));
                if contact.verified {
                    let _ = ui.spawn((Icon::Check.node(18.0, Paint::GoText), Named(say!("contacts-verified"))));
                }
            });
            let quiet = widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing);
            let _ = ui.spawn((quiet, TextLayout::no_wrap(), Presence));
        });
        for video in [false, true] {
            let face = parts::call_face(&name, video);
            let peer = parts::callee(contact.id, &contact.name, contact.builtin);
            let _ = parts::press(ui, Shape::Small, face, Command::StartCall { peer, video });
        }
        let id = contact.id;
        let face = Face::new(Tone::Quiet, Icon::Person, say!("conversation-about"))
            .spoken(say!("conversation-about-name", name = &name));
        let _ = widgets::button(ui, Shape::Small, face).observe(move |_: On<Activate>, mut place: ResMut<Place>| {
            *place = Place::Contact(id);
        });
    });
}

fn composer(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView) {
    let name = parts::display_name(&contact.name, contact.id);
    let (hint, label) = (say!("conversation-write"), say!("conversation-text-to", name = &name));
    let purpose = Purpose { hint, label, limit: MAX_TEXT, text: "" };
    field::field(ui, purpose, |field| {
        let _ = field
            .insert((Draft, AutoFocus))
            .observe(|_: On<Submit>, mut commands: Commands| commands.run_system_cached(send))
            .observe(|_: On<TextEditChange>, mut commands: Commands| commands.run_system_cached(tell_typing));
    });
    let face = Face::new(Tone::Accent, Icon::Send, say!("conversation-send"))
        .spoken(say!("conversation-send-to", name = &name));
    let _ = widgets::button(ui, Shape::Small, face)
        .observe(|_: On<Activate>, mut commands: Commands| commands.run_system_cached(send));
}

fn send(
    place: Res<Place>,
    draft: Single<(Entity, &mut EditableText), With<Draft>>,
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

/// Tells the engine that what arrived was seen, once for each arrival, while somebody may be looking.
fn tell_seen(
    view: Res<NewestView>,
    place: Res<Place>,
    window: Option<Single<&Window, With<PrimaryWindow>>>,
    mut told: Local<Option<(PeerId, u64)>>,
    mut intents: MessageWriter<Intent>,
) {
    let Some(contact) = contact(&view, &place) else { return };
    let this = Some((contact.id, view.0.written));
    let looking = window.is_some_and(|window| window.focused);
    if contact.unread > 0 && looking && *told != this {
        *told = this;
        let _ = intents.write(Intent(Command::Seen { peer: contact.id }));
    }
}

fn presence(contact: &ContactView, now_ms: u64) -> (Phrase, Paint) {
    if contact.typing {
        (say!("contacts-writing"), Paint::AccentText)
    } else if contact.blocked {
        (say!("contacts-blocked"), Paint::TextQuiet)
    } else if contact.last_seen_ms == 0 {
        (say!("conversation-not-seen"), Paint::TextQuiet)
    } else {
        (say!("conversation-seen", ago = call_words::ago(now_ms, contact.last_seen_ms)), Paint::TextQuiet)
    }
}

fn write_presence(
    view: Res<NewestView>,
    place: Res<Place>,
    clock: Res<Clock>,
    line: Option<Single<(&mut Said, &mut Ink), With<Presence>>>,
) {
    let (Some(contact), Some(line)) = (contact(&view, &place), line) else { return };
    let (words, paint) = presence(contact, clock.unix_ms());
    let (mut said, mut ink) = line.into_inner();
    widgets::write(&mut said, words);
    let _ = ink.set_if_neq(Ink(paint));
}

fn list(
    place: Res<Place>,
    records: Res<Records>,
    items: Option<Single<(Entity, &mut Items, &ChildOf)>>,
    mut areas: Query<(&ComputedNode, &mut ScrollPosition), With<ScrollArea>>,
    mut commands: Commands,
) {
    let (Some(items), Some(peer)) = (items, place.peer()) else { return };
    let (entity, mut shown, ChildOf(area)) = items.into_inner();
    if !records.is_changed() && !shown.is_added() {
        return;
    }
    let wanted = messages::items(&records, peer);
    let first = shown.0.is_empty();
    if first || shown.0 != wanted {
        shown.0 = wanted;
        let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| messages::draw(ui, &shown.0));
        if let Ok((node, mut position)) = areas.get_mut(*area)
            && (first || position.y + NEAR_FOOT >= foot(node))
        {
            position.y = f32::MAX;
        }
    }
}

/// The scroll position at which the last thing is at the foot.
fn foot(node: &ComputedNode) -> f32 {
    ((node.content_size() - node.size()) * node.inverse_scale_factor()).y.max(0.0)
}

/// The layout stops at the foot by itself; what is remembered has to, or scrolling up would have far to go first.
fn stop_at_foot(mut areas: Query<(&ComputedNode, &mut ScrollPosition), With<ScrollArea>>) {
    for (node, mut position) in &mut areas {
        let foot = foot(node);
        if position.y > foot {
            position.y = foot;
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_systems(OnEnter(Screen::Conversation), build)
        .add_systems(
            Update,
            ((list, messages::write_times).chain(), write_presence, tell_seen)
                .in_set(Step::Present)
                .run_if(in_state(Screen::Conversation)),
        )
        .add_systems(PostUpdate, stop_at_foot.after(UiSystems::PostLayout).run_if(in_state(Screen::Conversation)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn writing_comes_before_when_last_seen() {
        let contact = ContactView {
            id: PeerId([1; 32]),
            name: "Ada".to_owned(),
            verified: false,
            blocked: false,
            builtin: false,
            favourite: false,
            muted: false,
            last_seen_ms: 1_000,
            unread: 0,
            typing: true,
            words: String::new(),
        };
        assert_eq!(presence(&contact, 1_000).0, say!("contacts-writing"));
        let idle = ContactView { typing: false, ..contact };
        assert_eq!(Language::default().say(&presence(&idle, 121_000).0), "Seen 2 min ago");
        assert_eq!(presence(&ContactView { last_seen_ms: 0, ..idle }, 1_000).0, say!("conversation-not-seen"));
    }
}
