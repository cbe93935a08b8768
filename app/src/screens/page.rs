//! What the pages besides the call screens are put together from: the window's ground, a header, a way back.
//! Conversation, contact, pairing, history and comparison are such pages.
//! Each has a slot for what must be told of other calls, above everything else.

use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::ui_widgets::{Activate, ScrollArea};

use super::{Place, Screen, banner, room};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::toast::Yields;
use crate::widgets::{self, Face, Shape, Tone};

/// Spawns a page that scrolls as a whole, with `content` below each other.
pub(super) fn spawn(commands: &mut Commands, screen: Screen, content: impl FnOnce(&mut ChildSpawnerCommands<'_>)) {
    let scroll = Node {
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        overflow: Overflow::scroll_y(),
        padding: px(theme::GAP_WIDE).all(),
        ..default()
    };
    let pane = (DespawnOnExit(screen), room::page_pane(), TabGroup::new(1));
    let root = (pane, scroll, ScrollArea, Yields);
    let _ = commands.spawn(root).with_children(|ui| {
        let column = Node { row_gap: px(theme::GAP_WIDE), flex_shrink: 0.0, ..column() };
        let _ = ui.spawn(column).with_children(|ui| {
            banner::slot(ui);
            content(ui);
        });
    });
}

/// A column of a page's width.
pub(super) fn column() -> Node {
    Node { width: percent(100), max_width: px(theme::PAGE), flex_direction: FlexDirection::Column, ..default() }
}

/// The row at the top of a page.
pub(super) fn header(ui: &mut ChildSpawnerCommands<'_>, content: impl FnOnce(&mut ChildSpawnerCommands<'_>)) {
    let node = Node {
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP),
        row_gap: px(theme::GAP),
        flex_shrink: 0.0,
        ..default()
    };
    let _ = ui.spawn(node).with_children(content);
}

/// A header with a way back and a title.
pub(super) fn titled(ui: &mut ChildSpawnerCommands<'_>, title: Phrase) {
    header(ui, |ui| {
        back(ui);
        // Beside the way back, also when it breaks.
        let words = Node { flex_grow: 1.0, flex_basis: px(0), min_width: px(0), ..default() };
        let _ = ui.spawn(words).with_children(|ui| {
            let _ = ui.spawn(widgets::breaking(Type::Title, Paint::Text, title));
        });
    });
}

/// The button to the place before.
pub(super) fn back(ui: &mut ChildSpawnerCommands<'_>) {
    let face = Face::new(Tone::Quiet, Icon::Back, say!("page-back"));
    let _ = widgets::button(ui, Shape::Small, face).observe(|_: On<Activate>, mut place: ResMut<Place>| {
        *place = place.back();
    });
}

/// A row of buttons that breaks where it has to.
pub(super) fn buttons() -> Node {
    Node {
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP),
        row_gap: px(theme::GAP),
        ..default()
    }
}
