//! A call to Echo over the whole screen with its numbers, for a tablet that lies on a table.
//! One button begins it; a press anywhere or Escape ends it, and the window is as it was before.
//! It is an ordinary call: only what is shown of it differs.

use ahoy_call::CallState;
use ahoy_engine::Command;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{Leave, Screen, full_screen, numbers};
use crate::calls::{Call, OnScreen, Phase};
use crate::engine_link::{Intent, NewestView};
use crate::icons::Icon;
use crate::paint::Fill;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::toast::Say;
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// Whether the demonstration goes on, and whether the numbers were open before it.
#[derive(Resource, Default, Debug, PartialEq, Eq)]
pub(super) enum Demo {
    /// No.
    #[default]
    Off,
    /// Yes.
    On {
        /// The numbers were open.
        numbers_open: bool,
    },
}

#[derive(Component)]
struct Cover;

/// The button that begins the demonstration.
pub(super) fn button(ui: &mut ChildSpawnerCommands<'_>) {
    let face = Face::new(Tone::Quiet, Icon::FullScreen, say!("demo-begin")).spoken(say!("demo-begin-spoken"));
    let _ = widgets::button(ui, Shape::Wide, face).observe(begin);
}

fn begin(
    _: On<Activate>,
    view: Res<NewestView>,
    mut demo: ResMut<Demo>,
    mut open: ResMut<numbers::NumbersOpen>,
    mut intents: MessageWriter<Intent>,
    mut tell: MessageWriter<Say>,
    mut commands: Commands,
) {
    let busy = view.0.calls.iter().any(|call| !call.state.is_ended());
    let echo = view.0.contacts.iter().find(|contact| contact.builtin);
    let Some(echo) = echo.filter(|_| !busy) else {
        let _ = tell.write(Say(say!("demo-busy")));
        return;
    };
    *demo = Demo::On { numbers_open: open.0 };
    open.0 = true;
    let _ = intents.write(Intent(Command::StartCall { peer: echo.name.clone(), video: true }));
    commands.run_system_cached(full_screen::enter);
}

/// Ends the call; `watch` puts everything back when it has ended.
pub(super) fn end(call: Single<&Call, With<OnScreen>>, mut intents: MessageWriter<Intent>) {
    let _ = intents.write(Intent(Command::EndCall { call: Some(call.0) }));
}

fn cover(demo: Res<Demo>, mut commands: Commands) {
    if *demo == Demo::Off {
        return;
    }
    let whole = Node {
        position_type: PositionType::Absolute,
        width: percent(100),
        height: percent(100),
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        justify_content: JustifyContent::FlexEnd,
        padding: px(theme::SPACE).all(),
        ..default()
    };
    let pill = Node {
        padding: UiRect::axes(px(theme::GAP_WIDE), px(theme::GAP)),
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..default()
    };
    let top = (Cover, DespawnOnExit(Screen::InCall), whole, GlobalZIndex(7));
    let _ = commands
        .spawn(top)
        .with_children(|ui| {
            let _ = ui.spawn((pill, Fill(Paint::Scrim), Pickable::IGNORE)).with_children(|ui| {
                let _ = ui.spawn(widgets::text(Type::Body, Paint::Text, say!("demo-leave")));
            });
        })
        .observe(|_: On<Pointer<Click>>, mut commands: Commands| commands.run_system_cached(end));
}

/// When the call has ended, or another one has come, the window is as it was before.
fn watch(
    mut demo: ResMut<Demo>,
    call: Option<Single<&Phase, With<OnScreen>>>,
    mut open: ResMut<numbers::NumbersOpen>,
    mut leave: Leave<'_>,
    mut begun: Local<bool>,
    mut commands: Commands,
) {
    let Demo::On { numbers_open } = *demo else { return };
    let ended = call.as_ref().is_some_and(|phase| matches!(phase.0, CallState::Ended(_)));
    *begun |= call.is_some() && !ended;
    if *begun && (ended || call.is_none()) {
        *begun = false;
        *demo = Demo::Off;
        open.0 = numbers_open;
        leave.all();
        commands.run_system_cached(full_screen::leave);
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Demo>()
        .add_systems(OnEnter(Screen::InCall), cover)
        .add_systems(Update, watch.before(Step::Present));
}
