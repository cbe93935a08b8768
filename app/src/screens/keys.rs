//! Keys that work without looking for a button: Enter answers, Escape declines or goes back, M, V and H switch.
//! They arrive here only when nothing in focus has used them, so a focused button or field always comes first.
//! Every one of them does what a button on the screen does.

use ahoy_call::{OtherCall, RejectReason};
use ahoy_engine::Command;
use bevy::input::ButtonState;
use bevy::input::keyboard::KeyboardInput;
use bevy::input_focus::{FocusedInput, InputFocus};
use bevy::prelude::*;
use bevy::ui_widgets::ScrollArea;

use super::in_call::Controls;
use super::{Leave, Place, Screen};
use crate::calls::{Call, Kind, OnScreen};
use crate::engine_link::Intent;

fn press(
    event: On<FocusedInput<KeyboardInput>>,
    windows: Query<(), With<Window>>,
    screen: Res<State<Screen>>,
    mut commands: Commands,
) {
    // The event climbs from what is in focus to the window; only there has everybody passed it on.
    let input = &event.input;
    if !windows.contains(event.focused_entity) || input.state != ButtonState::Pressed || input.repeat {
        return;
    }
    match (*screen.get(), input.key_code) {
        (_, KeyCode::PageUp) => commands.run_system_cached_with(scroll, -1.0),
        (_, KeyCode::PageDown) => commands.run_system_cached_with(scroll, 1.0),
        (Screen::Contacts, KeyCode::Escape) => commands.run_system_cached(leave_focus),
        (
            Screen::Conversation
            | Screen::Contact
            | Screen::Pairing
            | Screen::History
            | Screen::Settings
            | Screen::FirstRun,
            KeyCode::Escape,
        ) => {
            commands.run_system_cached(back);
        }
        (Screen::Compare, KeyCode::Escape) => commands.run_system_cached(stop_comparing),
        (Screen::Incoming, KeyCode::Enter | KeyCode::NumpadEnter) => commands.run_system_cached(answer),
        (Screen::Incoming, KeyCode::Escape) => commands.run_system_cached(decline),
        (Screen::Outgoing | Screen::InCall, KeyCode::Escape) => commands.run_system_cached(end),
        (Screen::InCall, KeyCode::KeyM) => commands.run_system_cached(mute),
        (Screen::InCall, KeyCode::KeyV) => commands.run_system_cached(video),
        (Screen::InCall, KeyCode::KeyH) => commands.run_system_cached(hold),
        (Screen::Ended, KeyCode::Escape) => commands.run_system_cached(leave),
        _ => {}
    }
}

type ShownCall<'w, 's> = Single<'w, 's, (&'static Call, &'static Kind), With<OnScreen>>;

fn answer(call: ShownCall<'_, '_>, mut intents: MessageWriter<Intent>) {
    let (call, kind) = *call;
    let _ =
        intents.write(Intent(Command::AnswerCall { call: Some(call.0), video: kind.video, other: OtherCall::Hold }));
}

fn decline(call: ShownCall<'_, '_>, mut intents: MessageWriter<Intent>) {
    let reason = RejectReason::Declined;
    let _ = intents.write(Intent(Command::RejectCall { call: Some(call.0.0), reason, text: None }));
}

fn end(call: ShownCall<'_, '_>, mut intents: MessageWriter<Intent>) {
    let _ = intents.write(Intent(Command::EndCall { call: Some(call.0.0) }));
}

fn mute(mut controls: Controls<'_, '_>) {
    controls.toggle_mute();
}

fn video(mut controls: Controls<'_, '_>) {
    controls.toggle_video();
}

fn leave(mut ended: Leave<'_>) {
    ended.all();
}

fn hold(mut controls: Controls<'_, '_>) {
    controls.toggle_hold();
}

fn leave_focus(mut focus: ResMut<InputFocus>) {
    focus.clear();
}

fn back(mut place: ResMut<Place>) {
    *place = place.back();
}

fn stop_comparing(mut intents: MessageWriter<Intent>) {
    let _ = intents.write(Intent(Command::StopComparing));
}

/// How much of what is seen a page key moves on: some lines stay, so that nobody loses the thread.
const PAGE_STEP: f32 = 0.85;

fn scroll(In(pages): In<f32>, mut areas: Query<(&ComputedNode, &mut ScrollPosition), With<ScrollArea>>) {
    for (node, mut position) in &mut areas {
        let (seen, whole) =
            (node.size() * node.inverse_scale_factor(), node.content_size() * node.inverse_scale_factor());
        let most = (whole.y - seen.y).max(0.0);
        position.y = (position.y + pages * seen.y * PAGE_STEP).clamp(0.0, most);
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_observer(press);
}

#[cfg(test)]
mod tests {
    use ahoy_call::{CallState, Direction, EndReason};
    use ahoy_engine::{CallView, View};
    use bevy::input::InputPlugin;
    use bevy::input::keyboard::Key;
    use bevy::input_focus::{InputDispatchPlugin, InputFocusPlugin};
    use bevy::state::app::StatesPlugin;
    use bevy::window::PrimaryWindow;

    use super::*;
    use crate::calls;
    use crate::calls::tests::call_view;
    use crate::engine_link::NewestView;
    use crate::screens::{Left, Shown, choose};
    use crate::toast::Say;
    use crate::window::Step;

    fn intents_after(key: KeyCode, call: CallView) -> Vec<Command> {
        let mut app = App::new();
        let view = NewestView(View { calls: vec![call], ..View::default() });
        let _ = app
            .add_plugins((StatesPlugin, InputPlugin, InputFocusPlugin, InputDispatchPlugin))
            .insert_resource(view)
            .init_resource::<Shown>()
            .init_resource::<Left>()
            .init_resource::<Place>()
            .init_state::<Screen>()
            .add_message::<Intent>()
            .add_message::<Say>()
            .configure_sets(PreUpdate, (Step::Receive, Step::Mirror).chain())
            .add_systems(PreUpdate, choose.in_set(Step::Receive))
            .add_plugins((calls::plugin, plugin));
        let window = app.world_mut().spawn((Window::default(), PrimaryWindow)).id();
        app.update();
        let _ = app.world_mut().write_message(KeyboardInput {
            key_code: key,
            logical_key: Key::Enter,
            state: ButtonState::Pressed,
            text: None,
            repeat: false,
            window,
        });
        app.update();
        app.world_mut().resource_mut::<Messages<Intent>>().drain().map(|intent| intent.0).collect()
    }

    #[test]
    fn enter_answers_with_what_was_offered_and_escape_declines() {
        let ringing = CallView { video_offered: true, ..call_view(1, CallState::Ringing, Direction::Incoming) };
        let answered = intents_after(KeyCode::Enter, ringing.clone());
        assert!(matches!(answered[..], [Command::AnswerCall { call: Some(_), video: true, .. }]), "{answered:?}");
        let declined = intents_after(KeyCode::Escape, ringing);
        assert!(matches!(declined[..], [Command::RejectCall { call: Some(_), .. }]), "{declined:?}");
    }

    #[test]
    fn a_running_call_knows_escape_m_v_and_h() {
        let active = CallView { muted: true, ..call_view(1, CallState::Active, Direction::Outgoing) };
        let ended = intents_after(KeyCode::Escape, active.clone());
        assert!(matches!(ended[..], [Command::EndCall { call: Some(_) }]), "{ended:?}");
        let unmuted = intents_after(KeyCode::KeyM, active.clone());
        assert!(matches!(unmuted[..], [Command::ToggleMute { call: Some(_), on: false }]), "{unmuted:?}");
        let held = intents_after(KeyCode::KeyH, active.clone());
        assert!(matches!(held[..], [Command::Hold { call: Some(_), on: true }]), "{held:?}");
        let seen = intents_after(KeyCode::KeyV, active);
        assert!(matches!(seen[..], [Command::ToggleVideo { call: Some(_), on: true }]), "{seen:?}");
    }

    #[test]
    fn keys_do_nothing_where_they_mean_nothing() {
        let ended = call_view(1, CallState::Ended(EndReason::Busy), Direction::Outgoing);
        assert!(intents_after(KeyCode::KeyM, ended.clone()).is_empty());
        assert!(matches!(intents_after(KeyCode::Escape, ended)[..], [Command::Dismiss { .. }]));
        assert!(intents_after(KeyCode::Enter, call_view(1, CallState::Dialing, Direction::Outgoing)).is_empty());
    }
}
