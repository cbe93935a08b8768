//! A conversation: who it is with, what was written and called, a field for the next text.
//! The newest thing stands at the foot; the list stays there unless the person has scrolled up.
//! Older things come when the top is reached, and what was looked at keeps its place.

use ahoy_call::PeerId;
use ahoy_engine::{Command, ContactView};
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::text::RemSize;
use bevy::ui::UiSystems;
use bevy::ui_widgets::ScrollArea;
use bevy::window::{PrimaryWindow, RequestRedraw};

use super::messages::{self, Item, Page};
use super::{Place, Screen, banner, composer, contacts, page, parts, room};
use crate::clock::Clock;
use crate::engine_link::{Intent, NewestView};
use crate::icons::Icon;
use crate::moments;
use crate::paint::Ink;
use crate::phrase::Phrase;
use crate::records::{Interest, MOST, Records, Stretch};
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::widgets;
use crate::window::Step;

/// This close to the foot or the top counts as there, in logical pixels.
const NEAR: f32 = 48.0;
/// The narrowest that the name in the header gets before the buttons move below it, measured in letters.
const NAME_LETTERS: f32 = 6.5;

/// The line under the name: writing, or when last seen.
#[derive(Component)]
struct Presence;

/// The list, and what it shows.
#[derive(Component, Default)]
struct Items {
    page: Page,
    /// How far what is looked at is from the foot, while older things are being put above it.
    held: Option<f32>,
    /// Where the foot was.
    foot: f32,
}

fn contact<'a>(view: &'a NewestView, place: &Place) -> Option<&'a ContactView> {
    view.0.contacts.iter().find(|contact| Some(contact.id) == place.peer())
}

fn build(
    view: Res<NewestView>,
    place: Res<Place>,
    text: Option<Res<RemSize>>,
    mut interest: ResMut<Interest>,
    mut commands: Commands,
) {
    let Some(contact) = contact(&view, &place) else { return };
    interest.texts = Stretch::default();
    let letter = text.map_or(theme::text_size(100).0, |size| size.0);
    let root = Node {
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        padding: px(theme::GAP_WIDE).all(),
        row_gap: px(theme::GAP_WIDE),
        ..default()
    };
    let root = (DespawnOnExit(Screen::Conversation), room::page_pane(), TabGroup::new(1), root);
    let _ = commands.spawn(root).with_children(|ui| {
        banner::slot(ui);
        let _ = ui.spawn(page::column()).with_children(|ui| header(ui, contact, NAME_LETTERS * letter));
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
        composer::spawn(ui, contact);
    });
}

fn header(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView, name_basis: f32) {
    let name = parts::display_name(&contact.name, contact.id);
    page::header(ui, |ui| {
        page::back(ui);
        let spoken = say!("conversation-about-name", name = &name);
        let mut row = widgets::row(ui, spoken, |ui| {
            let words = Node {
                flex_direction: FlexDirection::Column,
                flex_grow: 1.0,
                flex_basis: px(0),
                min_width: px(0),
                ..default()
            };
            let _ = ui.spawn((words, Pickable::IGNORE)).with_children(|ui| {
                let line = Node { column_gap: px(theme::GAP), align_items: AlignItems::Center, ..default() };
                let _ = ui.spawn((line, Pickable::IGNORE)).with_children(|ui| {
                    let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, Phrase::verbatim(&name)));
                    if contact.verified {
                        let _ = ui.spawn((Icon::Check.node(18.0, Paint::GoText), Named(say!("contacts-verified"))));
                    }
                });
                let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), Presence));
            });
        });
        let _ = row
            .observe(contacts::go(Place::Contact(contact.id)))
            .entry::<Node>()
            .and_modify(move |mut node| node.flex_basis = px(name_basis));
        for video in [false, true] {
            let face = parts::call_face(&name, video);
            let peer = parts::callee(contact.id, &contact.name, contact.builtin);
            let _ = parts::press(ui, widgets::Shape::Small, face, Command::StartCall { peer, video });
        }
    });
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
        (say!("conversation-seen", when = moments::when(now_ms, contact.last_seen_ms)), Paint::TextQuiet)
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
    (place, records, interest): (Res<Place>, Res<Records>, Res<Interest>),
    items: Option<Single<(Entity, &mut Items, &ChildOf, &mut Visibility)>>,
    mut areas: Query<(&ComputedNode, &mut ScrollPosition), With<ScrollArea>>,
    mut commands: Commands,
) {
    let (Some(items), Some(peer)) = (items, place.peer()) else { return };
    let (entity, mut shown, ChildOf(area), mut visibility) = items.into_inner();
    if shown.held.is_none() {
        let _ = visibility.set_if_neq(Visibility::Inherited);
    }
    if !records.is_changed() && !shown.is_added() {
        return;
    }
    let wanted = messages::page(&records, peer, interest.texts);
    let first = shown.page.items.is_empty();
    if !first && shown.page == wanted {
        return;
    }
    if let Ok((node, mut position)) = areas.get_mut(*area) {
        let newest = |page: &Page| page.items.last().cloned();
        if first || position.y + NEAR >= foot(node) || shown.page.newer != wanted.newer {
            position.y = f32::MAX;
        } else if newest(&shown.page) == newest(&wanted) && shown.page.items.len() < wanted.items.len() {
            // Until its new place is known nothing is better than a jump.
            shown.held = Some(foot(node) - position.y);
            *visibility = Visibility::Hidden;
        }
    }
    shown.page = wanted;
    let draw = |ui: &mut ChildSpawnerCommands<'_>| messages::draw(ui, &shown.page, interest.texts);
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(draw);
}

/// The scroll position at which the last thing is at the foot.
fn foot(node: &ComputedNode) -> f32 {
    ((node.content_size() - node.size()) * node.inverse_scale_factor()).y.max(0.0)
}

/// Asks for what is older when the top is reached; at the greatest length a button does.
fn reach_back(
    shown: Option<Single<(&Items, &ChildOf)>>,
    areas: Query<(&ComputedNode, &ScrollPosition), With<ScrollArea>>,
    mut interest: ResMut<Interest>,
) {
    let Some(shown) = shown else { return };
    let (items, ChildOf(area)) = shown.into_inner();
    let Ok((node, position)) = areas.get(*area) else { return };
    let full = items.page.items.len() >= interest.texts.limit;
    let at_top = position.y <= NEAR && foot(node) > 0.0;
    // As long as what was asked for has not arrived, the page is shorter than the stretch.
    if items.page.older && items.held.is_none() && full && at_top && interest.texts.limit < MOST {
        let oldest = items.page.items.first().map_or(0, Item::at_ms);
        interest.texts.go_back(oldest);
    }
}

/// The layout stops at the foot by itself; what is remembered has to, or scrolling up would have far to go first. Who stands
/// at the foot goes with it, and what was looked at goes to its new place; both show with the next frame.
fn settle(
    shown: Option<Single<(&mut Items, &ChildOf)>>,
    mut areas: Query<(&ComputedNode, &mut ScrollPosition), With<ScrollArea>>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Some(shown) = shown else { return };
    let (mut items, ChildOf(area)) = shown.into_inner();
    let Ok((node, mut position)) = areas.get_mut(*area) else { return };
    let foot = foot(node);
    let moved = foot != items.foot;
    let wanted = match items.held {
        Some(held) => (foot - held).max(0.0),
        None if moved && position.y + NEAR >= items.foot => foot,
        None => position.y.min(foot),
    };
    if moved || items.held.is_some() {
        (items.held, items.foot) = (None, foot);
        let _ = redraw.write(RequestRedraw);
    }
    if position.y != wanted {
        position.y = wanted;
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_plugins(composer::plugin)
        .add_systems(OnEnter(Screen::Conversation), build)
        .add_systems(
            Update,
            (list, reach_back, write_presence, messages::write_times, tell_seen)
                .chain()
                .in_set(Step::Present)
                .run_if(in_state(Screen::Conversation)),
        )
        .add_systems(PostUpdate, settle.after(UiSystems::PostLayout).run_if(in_state(Screen::Conversation)));
}

#[cfg(test)]
mod tests {
    use super::super::lately::tests::contact;
    use super::*;
    use crate::language::Language;

    #[test]
    fn writing_comes_before_when_last_seen() {
        let contact = ContactView { last_seen_ms: 1_000, typing: true, ..contact(1) };
        assert_eq!(presence(&contact, 1_000).0, say!("contacts-writing"));
        let idle = ContactView { typing: false, ..contact };
        assert_eq!(Language::default().say(&presence(&idle, 121_000).0), "Seen 2 min ago");
        assert_eq!(presence(&ContactView { last_seen_ms: 0, ..idle }, 1_000).0, say!("conversation-not-seen"));
    }
}
