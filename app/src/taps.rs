//! Has a tap count that begins and ends within one frame.
//! Bevy gives a release to what its pointer stood on in the frame before. Of a finger that has come and gone since, that is
//! nothing, and so are most taps where a frame takes long: what follows a press waits for the frame after it.

use bevy::ecs::message::MessageCursor;
use bevy::picking::PickingSystems;
use bevy::picking::pointer::{PointerAction, PointerInput};
use bevy::prelude::*;

use crate::window::Wake;

/// Lets through what may be heard in this frame and keeps the rest, in its order, for the next.
fn hold(
    mut inputs: ResMut<Messages<PointerInput>>,
    mut heard: Local<MessageCursor<PointerInput>>,
    mut held: Local<Vec<PointerInput>>,
    wake: Res<Wake>,
) {
    if held.is_empty() && heard.is_empty(&inputs) {
        return;
    }
    let waiting = std::mem::take(&mut *held);
    let arrived: Vec<_> = waiting.into_iter().chain(heard.read(&inputs).cloned()).collect();
    inputs.clear();
    let mut pressed = Vec::new();
    for input in arrived {
        if pressed.contains(&input.pointer_id) {
            held.push(input);
            continue;
        }
        if matches!(input.action, PointerAction::Press(_)) {
            pressed.push(input.pointer_id);
        }
        let _ = inputs.write(input);
    }
    heard.clear(&inputs);
    if !held.is_empty() {
        wake.ring();
    }
}

/// Looks after taps.
pub fn plugin(app: &mut App) {
    let _ = app.add_systems(First, hold.in_set(PickingSystems::PostInput));
}

#[cfg(test)]
mod tests {
    use bevy::camera::NormalizedRenderTarget;
    use bevy::picking::pointer::{Location, PointerButton, PointerId};

    use super::*;

    const PRESS: PointerAction = PointerAction::Press(PointerButton::Primary);
    const RELEASE: PointerAction = PointerAction::Release(PointerButton::Primary);

    fn app() -> App {
        let mut app = App::new();
        let _ = app.init_resource::<Wake>().add_message::<PointerInput>().add_systems(Update, hold);
        app
    }

    fn send(app: &mut App, finger: u64, action: PointerAction) {
        let target = NormalizedRenderTarget::None { width: 1, height: 1 };
        let location = Location { target, position: Vec2::ZERO };
        let _ = app.world_mut().write_message(PointerInput::new(PointerId::Touch(finger), location, action));
    }

    /// The fingers heard in the next frame, and whether each came or went.
    fn frame(app: &mut App) -> Vec<(Option<u64>, bool)> {
        app.update();
        let heard = app.world().resource::<Messages<PointerInput>>().iter_current_update_messages();
        heard.map(|input| (input.pointer_id.get_touch_id(), matches!(input.action, PointerAction::Press(_)))).collect()
    }

    #[test]
    fn a_release_waits_for_the_frame_after_its_press() {
        let mut app = app();
        for action in [PRESS, RELEASE, PRESS, RELEASE] {
            send(&mut app, 1, action);
        }
        assert_eq!(frame(&mut app), [(Some(1), true)]);
        assert_eq!(frame(&mut app), [(Some(1), false), (Some(1), true)]);
        assert_eq!(frame(&mut app), [(Some(1), false)]);
        assert_eq!(frame(&mut app), []);
    }

    #[test]
    fn fingers_do_not_wait_for_each_other() {
        let mut app = app();
        send(&mut app, 1, PRESS);
        assert_eq!(frame(&mut app), [(Some(1), true)]);
        send(&mut app, 2, PRESS);
        send(&mut app, 1, RELEASE);
        assert_eq!(frame(&mut app), [(Some(2), true), (Some(1), false)]);
    }
}
