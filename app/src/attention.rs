//! The window and the person's eyes: whether it has the keyboard, and how it comes forward.
//! An incoming call asks for it here; links, notices and the small window send [`ComeForward`].
//! A window that comes forward by itself takes no key for a moment: what was typed into something else answers no call.

use std::time::Duration;

use ahoy_call::{CallId, CallState, RingManner};
use ahoy_engine::View;
use bevy::ecs::system::NonSendMarker;
use bevy::input::keyboard::KeyboardInput;
use bevy::input_focus::InputFocusSystems;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use bevy::winit::WINIT_WINDOWS;
use winit::window::UserAttentionType;

use crate::engine_link::NewestView;
use crate::window::Step;

/// How long keys go nowhere after a call has brought the window forward: a word being typed elsewhere is at an end, and
/// nobody has found the Answer button by then.
const DEAF: Duration = Duration::from_millis(1_200);

/// Whether the person is at the window.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// It has the keyboard.
    pub focused: bool,
}

/// The window is wanted before the person's eyes.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComeForward {
    /// The person asked for it.
    Asked,
    /// Somebody calls.
    Ringing,
}

/// Until when keys go nowhere.
#[derive(Resource, Default)]
struct Deaf(Option<Duration>);

/// Asks the system, for Bevy takes a window that was never given the keyboard for one that has it.
fn look(
    window: Option<Single<Entity, With<PrimaryWindow>>>,
    mut attention: ResMut<Attention>,
    _on_the_main_thread: NonSendMarker,
) {
    let Some(window) = window else { return };
    let focused = WINIT_WINDOWS.with_borrow(|windows| {
        let window = windows.get_window(*window)?;
        let focused = window.has_focus();
        if focused && !attention.focused {
            // Some systems go on calling until they are told that it is enough.
            window.request_user_attention(None);
        }
        Some(focused)
    });
    let _ = attention.set_if_neq(Attention { focused: focused.unwrap_or(false) });
}

/// The call that rings aloud and is newer than the last one.
fn newly_ringing(view: &View, known: &mut Vec<CallId>) -> bool {
    let ringing: Vec<CallId> = view.calls.iter().filter(|call| rings_aloud(call)).map(|call| call.id).collect();
    let new = ringing.iter().any(|call| !known.contains(call));
    *known = ringing;
    new
}

/// It rings, and not silently.
pub(crate) fn rings_aloud(call: &ahoy_engine::CallView) -> bool {
    call.state == CallState::Ringing && call.ring != Some(RingManner::Silent)
}

fn notice_call(
    view: Res<NewestView>,
    attention: Res<Attention>,
    mut known: Local<Vec<CallId>>,
    mut forward: MessageWriter<ComeForward>,
) {
    if newly_ringing(&view.0, &mut known) && !attention.focused {
        let _ = forward.write(ComeForward::Ringing);
    }
}

/// Asks the system. One that guards the focus only marks the window in its task bar.
fn come(
    mut asked: MessageReader<ComeForward>,
    window: Option<Single<Entity, With<PrimaryWindow>>>,
    mut deaf: ResMut<Deaf>,
    time: Res<Time<Real>>,
    _on_the_main_thread: NonSendMarker,
) {
    let (Some(&why), Some(window)) = (asked.read().last(), window) else { return };
    let urgency = match why {
        ComeForward::Asked => UserAttentionType::Informational,
        ComeForward::Ringing => {
            deaf.0 = Some(time.elapsed() + DEAF);
            UserAttentionType::Critical
        }
    };
    WINIT_WINDOWS.with_borrow(|windows| {
        if let Some(window) = windows.get_window(*window) {
            window.set_minimized(false);
            window.request_user_attention(Some(urgency));
            window.focus_window();
        }
    });
}

fn hear_nothing(mut deaf: ResMut<Deaf>, time: Res<Time<Real>>, mut keys: ResMut<Messages<KeyboardInput>>) {
    let Some(until) = deaf.0 else { return };
    if time.elapsed() < until {
        keys.clear();
    } else {
        deaf.0 = None;
    }
}

/// Knows whether the person is there, and calls them.
pub fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Attention>()
        .init_resource::<Deaf>()
        .add_message::<ComeForward>()
        .add_systems(First, look)
        .add_systems(PreUpdate, hear_nothing.before(InputFocusSystems::Dispatch))
        .add_systems(PreUpdate, notice_call.in_set(Step::Mirror).run_if(resource_changed::<NewestView>))
        .add_systems(Last, come);
}

#[cfg(test)]
mod tests {
    use ahoy_call::Direction;
    use ahoy_engine::CallView;

    use super::*;
    use crate::calls::tests::call_view;

    #[test]
    fn a_call_calls_the_person_once_and_a_silent_one_never() {
        let view = |calls: Vec<CallView>| View { calls, ..View::default() };
        let ringing = |number| call_view(number, CallState::Ringing, Direction::Incoming);
        let mut known = Vec::new();
        assert!(newly_ringing(&view(vec![ringing(1)]), &mut known));
        assert!(!newly_ringing(&view(vec![ringing(1)]), &mut known));
        assert!(newly_ringing(&view(vec![ringing(1), ringing(2)]), &mut known));
        let silent = CallView { ring: Some(RingManner::Silent), ..ringing(3) };
        assert!(!newly_ringing(&view(vec![silent]), &mut known));
        assert!(newly_ringing(&view(vec![ringing(1)]), &mut known), "it went and came back");
    }

    #[test]
    fn keys_go_nowhere_for_a_moment_after_a_call_has_come_forward() {
        let mut app = App::new();
        let _ = app
            .init_resource::<Time<Real>>()
            .init_resource::<Deaf>()
            .add_message::<KeyboardInput>()
            .add_systems(PreUpdate, hear_nothing);
        let key = |window| KeyboardInput {
            key_code: KeyCode::Enter,
            logical_key: bevy::input::keyboard::Key::Enter,
            state: bevy::input::ButtonState::Pressed,
            text: None,
            repeat: false,
            window,
        };
        let mut left_after = |until: Option<Duration>| {
            let _ = app.insert_resource(Deaf(until));
            let window = app.world_mut().spawn_empty().id();
            let _ = app.world_mut().write_message(key(window));
            app.update();
            let left = app.world().resource::<Messages<KeyboardInput>>().len();
            app.world_mut().resource_mut::<Messages<KeyboardInput>>().clear();
            left
        };
        assert_eq!(left_after(None), 1);
        assert_eq!(left_after(Some(Duration::from_secs(9))), 0);
        assert_eq!(left_after(Some(Duration::ZERO)), 1);
    }
}
