//! The sheet that lists what keys do.
//! F1 and the question mark open it on every screen, and so does an item of a call's sheet; Escape closes it.
//! It lists exactly what `keys` does.

use bevy::input_focus::tab_navigation::TabGroup;
use bevy::input_focus::{FocusCause, InputFocus};
use bevy::prelude::*;
use bevy::ui_widgets::{Activate, ScrollArea};

use crate::icons::Icon;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// Whether the sheet is open.
#[derive(Resource, Default, Debug, PartialEq, Eq)]
pub struct Shortcuts(pub(super) bool);

#[derive(Component)]
struct Overlay;

/// Over everything but what is said in a line.
const ON_TOP: GlobalZIndex = GlobalZIndex(8);
/// The width of the names of keys.
const KEYS: f32 = 150.0;

/// Keys, and what they do.
fn lines() -> [(Phrase, Phrase); 14] {
    [
        (say!("shortcuts-help-key"), say!("shortcuts-help")),
        (say!("shortcuts-tab-key"), say!("shortcuts-tab")),
        (say!("shortcuts-escape-key"), say!("shortcuts-escape")),
        (say!("shortcuts-enter-key"), say!("shortcuts-enter")),
        (say!("shortcuts-mute-key"), say!("shortcuts-mute")),
        (say!("shortcuts-space-key"), say!("shortcuts-space")),
        (say!("shortcuts-video-key"), say!("shortcuts-video")),
        (say!("shortcuts-hold-key"), say!("shortcuts-hold")),
        (say!("shortcuts-numbers-key"), say!("shortcuts-numbers")),
        (say!("shortcuts-minimise-key"), say!("shortcuts-minimise")),
        (say!("shortcuts-full-screen-key"), say!("shortcuts-full-screen")),
        (say!("shortcuts-hang-up-key"), say!("shortcuts-hang-up")),
        (say!("shortcuts-scroll-key"), say!("shortcuts-scroll")),
        (say!("shortcuts-arrows-key"), say!("shortcuts-arrows")),
    ]
}

pub(super) fn open(_: On<Activate>, mut shortcuts: ResMut<Shortcuts>) {
    shortcuts.0 = true;
}

pub(super) fn toggle(mut shortcuts: ResMut<Shortcuts>) {
    shortcuts.0 = !shortcuts.0;
}

fn keep(
    shortcuts: Res<Shortcuts>,
    overlay: Option<Single<Entity, With<Overlay>>>,
    mut focus: ResMut<InputFocus>,
    mut commands: Commands,
) {
    match (shortcuts.0, overlay) {
        (true, None) => {
            let close = spawn(&mut commands);
            focus.set(close, FocusCause::Navigated);
        }
        (false, Some(overlay)) => {
            focus.clear();
            commands.entity(*overlay).despawn();
        }
        (true, Some(_)) | (false, None) => {}
    }
}

/// Spawns the sheet; the button that closes it comes back.
fn spawn(commands: &mut Commands) -> Entity {
    let whole = Node {
        position_type: PositionType::Absolute,
        width: percent(100),
        height: percent(100),
        align_items: AlignItems::Center,
        justify_content: JustifyContent::Center,
        padding: px(theme::GAP_WIDE).all(),
        ..default()
    };
    let card = Node {
        flex_direction: FlexDirection::Column,
        width: percent(100),
        max_width: px(theme::COLUMN),
        max_height: percent(100),
        row_gap: px(theme::GAP),
        padding: px(theme::SPACE).all(),
        overflow: Overflow::scroll_y(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let mut close = Entity::PLACEHOLDER;
    let overlay = (Overlay, TabGroup::modal(), whole, Fill(Paint::Scrim), ON_TOP);
    let _ = commands.spawn(overlay).with_children(|ui| {
        let _ = ui.spawn((card, ScrollArea, Fill(Paint::Surface), theme::shadow())).with_children(|ui| {
            let head = Node {
                align_items: AlignItems::Center,
                justify_content: JustifyContent::SpaceBetween,
                column_gap: px(theme::GAP),
                flex_shrink: 0.0,
                ..default()
            };
            let _ = ui.spawn(head).with_children(|ui| {
                let _ = ui.spawn(widgets::text(Type::Title, Paint::Text, say!("shortcuts-title")));
                let face = Face::new(Tone::Quiet, Icon::Cross, say!("shortcuts-close"));
                let mut button = widgets::button(ui, Shape::Small, face);
                let _ = button.observe(|_: On<Activate>, mut shortcuts: ResMut<Shortcuts>| shortcuts.0 = false);
                close = button.id();
            });
            for (keys, what) in lines() {
                line(ui, keys, what);
            }
        });
    });
    close
}

fn line(ui: &mut ChildSpawnerCommands<'_>, keys: Phrase, what: Phrase) {
    let row = Node { flex_wrap: FlexWrap::Wrap, column_gap: px(theme::GAP_WIDE), flex_shrink: 0.0, ..default() };
    let _ = ui.spawn(row).with_children(|ui| {
        let column = Node { width: px(KEYS), flex_shrink: 0.0, ..default() };
        let _ = ui.spawn(column).with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, keys));
        });
        let column = Node { flex_grow: 1.0, flex_basis: px(KEYS), min_width: px(0), ..default() };
        let _ = ui.spawn(column).with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Body, Paint::Text, what));
        });
    });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Shortcuts>()
        .add_systems(Update, keep.in_set(Step::Present).run_if(resource_changed::<Shortcuts>));
}
