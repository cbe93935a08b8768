//! The large buttons of call screens, and how much room there is for them.
//! Outgoing, incoming, running and ended calls are controlled with these.
//! Their size follows the window and the big-button mode; a word takes two lines where it must.

use ahoy_engine::Command;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;
use bevy::window::PrimaryWindow;

use crate::engine_link::{Intent, NewestView};
use crate::theme;
use crate::toast::KeepClear;
use crate::widgets::{self, Face, Shape};
use crate::window::Step;

/// The least width of a control: three stand beside each other in the narrowest window, six in one that lies.
const CONTROL: f32 = 76.0;
/// A control gets no wider, so that a word never stands alone in a field.
const WIDEST: f32 = 140.0;
/// The same where there is room for a word of two parts in one line.
const ROOMY_CONTROL: f32 = 104.0;
/// Big buttons.
const BIG_CONTROL: f32 = 132.0;
const BIG_HEIGHT: f32 = 112.0;
const BIG_WIDEST: f32 = 200.0;
/// Narrower windows show fewer controls.
const ROOMY: f32 = 860.0;

/// How much room there is for controls.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Room {
    /// Everything has its place.
    #[default]
    Wide,
    /// What is needed seldom is out of sight.
    Narrow,
    /// So are all but the most needed controls, which are large.
    Big,
}

/// A control, whose size follows the room.
#[derive(Component)]
pub(super) struct Control;

/// A row of controls at the foot of a call screen.
pub(super) fn row() -> impl Bundle {
    let row = Node {
        flex_wrap: FlexWrap::Wrap,
        justify_content: JustifyContent::Center,
        column_gap: px(theme::GAP),
        row_gap: px(theme::GAP),
        // Its whole width: a row that is only as wide as it has to be is measured as if it never broke.
        width: percent(100),
        flex_shrink: 0.0,
        ..default()
    };
    (row, KeepClear)
}

/// Spawns a control; observe `Activate` on it.
pub(super) fn control<'a>(ui: &'a mut ChildSpawnerCommands<'_>, face: Face) -> EntityCommands<'a> {
    let mut button = widgets::button(ui, Shape::Tall, face);
    let _ = button.insert(Control).entry::<Node>().and_modify(|mut node| {
        node.min_width = auto();
        node.flex_grow = 1.0;
        node.flex_basis = px(CONTROL);
        node.max_width = px(WIDEST);
    });
    button
}

/// A control that sends a command.
pub(super) fn press<'a>(ui: &'a mut ChildSpawnerCommands<'_>, face: Face, command: Command) -> EntityCommands<'a> {
    let mut button = control(ui, face);
    let _ = button.observe(move |_: On<Activate>, mut intents: MessageWriter<Intent>| {
        let _ = intents.write(Intent(command.clone()));
    });
    button
}

/// Tells the room from the window and the settings.
fn measure(window: Single<&Window, With<PrimaryWindow>>, view: Res<NewestView>, mut room: ResMut<Room>) {
    let wanted = if view.0.settings.big_buttons() {
        Room::Big
    } else if window.width() < ROOMY {
        Room::Narrow
    } else {
        Room::Wide
    };
    let _ = room.set_if_neq(wanted);
}

fn size(room: Res<Room>, mut controls: Query<&mut Node, With<Control>>) {
    let (basis, height, widest) = match *room {
        Room::Big => (BIG_CONTROL, BIG_HEIGHT, BIG_WIDEST),
        Room::Wide => (ROOMY_CONTROL, CONTROL, WIDEST),
        Room::Narrow => (CONTROL, CONTROL, WIDEST),
    };
    for mut node in &mut controls {
        if (node.flex_basis, node.min_height, node.max_width) != (px(basis), px(height), px(widest)) {
            (node.flex_basis, node.min_height, node.max_width) = (px(basis), px(height), px(widest));
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.init_resource::<Room>().add_systems(Update, (measure, size).chain().in_set(Step::Present));
}
