//! The first screen: everybody I can call, my own link, and the field for somebody else's.
//! The list is rebuilt only when the contacts changed; everything else is written in place.
//! The built-in Echo comes first, so that a new phone has somebody to call.

use ahoy_engine::{Command, ContactView};
use bevy::clipboard::Clipboard;
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::ui_widgets::{Activate, ScrollArea};

use super::{Screen, link_field, parts};
use crate::devices;
use crate::engine_link::{Intent, NewestView};
use crate::icons::Icon;
use crate::theme::{self, Type};
use crate::toast::Say;
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// The rows that are on the screen.
#[derive(Component, Default)]
struct ContactList(Vec<ContactView>);

#[derive(Component)]
struct MyLink;

#[derive(Component)]
struct Readiness;

/// The narrowest a column gets before the two stand below each other.
const NARROW: f32 = 330.0;
/// The widest both columns get together.
const WIDEST: f32 = 1040.0;
/// How much of a long link is shown: enough to tell two apart.
const LINK_SHOWN: usize = 34;

fn build(mut commands: Commands) {
    let scroll = Node {
        width: percent(100),
        height: percent(100),
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        overflow: Overflow::scroll_y(),
        padding: px(theme::SPACE).all(),
        ..default()
    };
    let page = Node {
        width: percent(100),
        max_width: px(WIDEST),
        flex_shrink: 0.0,
        flex_direction: FlexDirection::Column,
        row_gap: px(theme::SPACE),
        ..default()
    };
    let columns = Node {
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::FlexStart,
        column_gap: px(theme::SPACE),
        row_gap: px(theme::SPACE),
        ..default()
    };
    let root = (DespawnOnExit(Screen::Contacts), scroll, ScrollArea, BackgroundColor(theme::GROUND));
    let _ = commands.spawn((root, TabGroup::new(0))).with_children(|ui| {
        let _ = ui.spawn(page).with_children(|ui| {
            header(ui);
            let _ = ui.spawn(columns).with_children(|ui| {
                let _ = ui.spawn(column(1.5)).with_children(people);
                let _ = ui.spawn(column(1.0)).with_children(|ui| {
                    my_link(ui);
                    link_field::card(ui);
                    devices::card(ui);
                });
            });
        });
    });
}

fn column(grow: f32) -> Node {
    Node {
        flex_direction: FlexDirection::Column,
        flex_grow: grow,
        flex_basis: px(NARROW),
        min_width: px(0),
        row_gap: px(theme::SPACE),
        ..default()
    }
}

fn header(ui: &mut ChildSpawnerCommands<'_>) {
    let row = Node {
        justify_content: JustifyContent::SpaceBetween,
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP_WIDE),
        ..default()
    };
    let _ = ui.spawn(row).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Title, theme::TEXT, "Ahoy"));
        let _ = ui.spawn((widgets::text(Type::Small, theme::TEXT_QUIET, ""), Readiness));
    });
}

fn people(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Strong, theme::TEXT, "People"));
        let rows = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP_WIDE), ..default() };
        let _ = ui.spawn((rows, ContactList::default()));
    });
}

fn my_link(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Strong, theme::TEXT, "My link"));
        let hint = "Send it to somebody, and add theirs: two people who added each other can call.";
        let _ = ui.spawn(widgets::text(Type::Small, theme::TEXT_QUIET, hint));
        let _ = ui.spawn((widgets::text(Type::Body, theme::TEXT, ""), TextLayout::no_wrap(), MyLink));
        let face = Face::new(Tone::Accent, Icon::Copy, "Copy my link");
        let _ = widgets::button(ui, Shape::Wide, face).observe(copy_link);
    });
}

fn copy_link(_: On<Activate>, view: Res<NewestView>, mut clipboard: ResMut<Clipboard>, mut say: MessageWriter<Say>) {
    let words = if view.0.me.link.is_empty() {
        "The link is not ready yet; try again in a moment.".to_owned()
    } else {
        match clipboard.set_text(view.0.me.link.clone()) {
            Ok(()) => "Your link is copied. Send it to somebody you want to talk to.".to_owned(),
            Err(error) => format!("The link could not be copied ({error:?}); `ahoy id` prints it."),
        }
    };
    let _ = say.write(Say(words));
}

/// The narrowest a name gets before the buttons move below it.
const NAME_BASIS: f32 = 140.0;

fn row(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView) {
    let line = Node {
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP_WIDE),
        row_gap: px(theme::GAP),
        ..default()
    };
    let name = parts::display_name(&contact.name, contact.id);
    let _ = ui.spawn(line).with_children(|ui| {
        widgets::avatar(ui, contact.id, &name, contact.builtin, theme::TARGET);
        let words = Node {
            flex_direction: FlexDirection::Column,
            flex_grow: 1.0,
            flex_basis: px(NAME_BASIS),
            row_gap: px(2),
            overflow: Overflow::clip(),
            ..default()
        };
        let _ = ui.spawn(words).with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Strong, theme::TEXT, &name));
            let _ = ui.spawn(widgets::text(Type::Small, theme::TEXT_QUIET, about(contact)));
        });
        let buttons = Node { column_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn(buttons).with_children(|ui| {
            call_button(ui, contact, &name, false);
            call_button(ui, contact, &name, true);
        });
    });
}

fn call_button(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView, name: &str, video: bool) {
    let (icon, word) = if video { (Icon::Camera, "Video") } else { (Icon::Phone, "Call") };
    let spoken = if video { format!("Call {name} with video") } else { format!("Call {name}") };
    let peer = parts::callee(contact.id, &contact.name, contact.builtin);
    let face = Face::new(Tone::Quiet, icon, word).spoken(spoken);
    let _ =
        widgets::button(ui, Shape::Wide, face).observe(move |_: On<Activate>, mut intents: MessageWriter<Intent>| {
            let _ = intents.write(Intent(Command::StartCall { peer: peer.clone(), video }));
        });
}

fn about(contact: &ContactView) -> &'static str {
    match (contact.builtin, contact.blocked, contact.verified) {
        (true, _, _) => "Test call: hear and see yourself",
        (false, true, _) => "Blocked: cannot call you",
        (false, false, true) => "Verified",
        (false, false, false) => "Not verified yet",
    }
}

fn list(view: Res<NewestView>, list: Single<(Entity, &mut ContactList)>, mut commands: Commands) {
    let (entity, mut list) = list.into_inner();
    if list.0 == view.0.contacts {
        return;
    }
    list.0.clone_from(&view.0.contacts);
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
        for contact in &view.0.contacts {
            row(ui, contact);
        }
    });
}

/// The beginning and the end of a long link.
fn shorten(link: &str) -> String {
    let letters: Vec<char> = link.chars().collect();
    if letters.len() <= LINK_SHOWN {
        return link.to_owned();
    }
    let (head, tail) = (LINK_SHOWN * 2 / 3, LINK_SHOWN / 3);
    letters[..head].iter().chain(&['…']).chain(&letters[letters.len() - tail..]).collect()
}

fn write(
    view: Res<NewestView>,
    mut link: Single<&mut Text, (With<MyLink>, Without<Readiness>)>,
    readiness: Single<(&mut Text, &mut TextColor), With<Readiness>>,
) {
    let words = if view.0.me.link.is_empty() { "Making it…".to_owned() } else { shorten(&view.0.me.link) };
    if link.0 != words {
        link.0 = words;
    }
    let (mut text, mut color) = readiness.into_inner();
    let (words, ink) = match &view.0.stopped {
        Some(why) => (format!("Stopped: {why}"), theme::ACCENT),
        None if view.0.listening.is_empty() => ("Getting ready…".to_owned(), theme::TEXT_QUIET),
        None => ("Ready for calls".to_owned(), theme::GO),
    };
    let _ = color.set_if_neq(TextColor(ink));
    if text.0 != words {
        text.0 = words;
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_systems(OnEnter(Screen::Contacts), build)
        .add_systems(Update, (list, write).in_set(Step::Present).run_if(in_state(Screen::Contacts)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_link_keeps_its_two_ends() {
        let link = format!("ahoy:1{}end", "x".repeat(200));
        let short = shorten(&link);
        assert!(short.starts_with("ahoy:1") && short.ends_with("end") && short.contains('…'));
        assert!(short.chars().count() <= LINK_SHOWN + 1);
        assert_eq!(shorten("ahoy:short"), "ahoy:short");
    }
}
