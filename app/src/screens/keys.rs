//! Keys that work without looking for a button: Enter answers, Escape declines, closes or goes back, letters switch.
//! They arrive here only when nothing in focus has used them, so a focused button or field always comes first.
//! Every one of them does what a button on the screen does; `shortcuts` lists them. None hangs up by accident.

use ahoy_call::{CallId, OtherCall, RejectReason};
use ahoy_engine::Command;
use bevy::ecs::system::SystemParam;
use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyboardInput};
use bevy::input_focus::{FocusedInput, InputFocus};
use bevy::prelude::*;
use bevy::ui_widgets::ScrollArea;
use bevy::window::{PrimaryWindow, WindowFocused};

use super::demo::{self, Demo};
use super::in_call::{Controls, Sheet};
use super::shortcuts::{self, Shortcuts};
use super::tile::Minimise;
use super::{Leave, Place, Screen, full_screen, numbers};
use crate::calls::{Call, Kind, OnScreen};
use crate::engine_link::Intent;
use crate::window::Step;

/// Keys that are held while another one is pressed.
#[derive(SystemParam)]
struct Held<'w> {
    keys: Res<'w, ButtonInput<KeyCode>>,
}

impl Held<'_> {
    fn control(&self) -> bool {
        self.keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight])
    }

    fn shift(&self) -> bool {
        self.keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight])
    }

    /// Keys pressed with these mean something of their own, mostly to the system.
    fn other(&self) -> bool {
        self.keys.any_pressed([KeyCode::AltLeft, KeyCode::AltRight, KeyCode::SuperLeft, KeyCode::SuperRight])
    }
}

fn press(
    event: On<FocusedInput<KeyboardInput>>,
    windows: Query<(), With<Window>>,
    screen: Res<State<Screen>>,
    shortcuts: Res<Shortcuts>,
    held: Held<'_>,
    mut commands: Commands,
) {
    // The event climbs from what is in focus to the window; only there has everybody passed it on.
    let input = &event.input;
    if !windows.contains(event.focused_entity) || input.state != ButtonState::Pressed || input.repeat {
        return;
    }
    if held.control() || held.other() {
        if held.control() && held.shift() && !held.other() && input.key_code == KeyCode::KeyH {
            commands.run_system_cached(end);
        }
        return;
    }
    let asks = matches!(&input.logical_key, Key::Character(letter) if letter == "?");
    match (*screen.get(), input.key_code) {
        (_, KeyCode::F1) => commands.run_system_cached(shortcuts::toggle),
        _ if asks => commands.run_system_cached(shortcuts::toggle),
        (_, KeyCode::Escape) if shortcuts.0 => commands.run_system_cached(shortcuts::toggle),
        (_, KeyCode::PageUp) => commands.run_system_cached_with(scroll, -1.0),
        (_, KeyCode::PageDown) => commands.run_system_cached_with(scroll, 1.0),
        _ if shortcuts.0 => {}
        (_, KeyCode::F11) => commands.run_system_cached(full_screen::toggle),
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
        (Screen::Outgoing, KeyCode::Escape) => commands.run_system_cached(end),
        (Screen::Ended, KeyCode::Escape) => commands.run_system_cached(leave),
        (Screen::Outgoing, KeyCode::KeyM) => commands.run_system_cached(mute),
        (Screen::Outgoing, KeyCode::KeyV) => commands.run_system_cached(video),
        (Screen::InCall, key) => in_call(key, &mut commands),
        _ => {}
    }
}

/// The keys of a running call.
fn in_call(key: KeyCode, commands: &mut Commands) {
    match key {
        KeyCode::Escape => commands.run_system_cached(step_out),
        KeyCode::KeyM => commands.run_system_cached(mute),
        KeyCode::Space => commands.run_system_cached(talk),
        KeyCode::KeyV => commands.run_system_cached(video),
        KeyCode::KeyH => commands.run_system_cached(hold),
        KeyCode::KeyN => commands.run_system_cached(show_numbers),
        KeyCode::KeyP => commands.run_system_cached(minimise),
        KeyCode::KeyF => commands.run_system_cached(full_screen::toggle),
        _ => {}
    }
}

/// Escape closes what is open over a call, and only then leaves the call's screen; the call goes on in any case.
fn step_out(
    mut sheet: ResMut<Sheet>,
    demo: Res<Demo>,
    mut open: ResMut<numbers::NumbersOpen>,
    window: Single<&Window, With<PrimaryWindow>>,
    mut minimise: Minimise<'_>,
    mut commands: Commands,
) {
    if *demo != Demo::Off {
        commands.run_system_cached(demo::end);
    } else if *sheet != Sheet::Closed {
        *sheet = Sheet::Closed;
    } else if full_screen::is_full(&window) {
        commands.run_system_cached(full_screen::leave);
    } else if open.0 {
        open.0 = false;
    } else {
        minimise.on_screen();
    }
}

/// The call whose microphone is open for as long as a key is held.
#[derive(Resource, Default)]
struct Talking(Option<CallId>);

/// Opens the muted microphone until the key is let go.
fn talk(mut controls: Controls<'_, '_>, mut talking: ResMut<Talking>) {
    if let Some((call, true)) = controls.muted() {
        talking.0 = Some(call);
        controls.mute(call, false);
    }
}

/// The key is up, or nobody would hear of it any more because the window has lost the keyboard.
fn hush(
    keys: Res<ButtonInput<KeyCode>>,
    mut windows: MessageReader<WindowFocused>,
    mut talking: ResMut<Talking>,
    mut controls: Controls<'_, '_>,
) {
    let left = windows.read().any(|window| !window.focused);
    if (left || !keys.pressed(KeyCode::Space))
        && let Some(call) = talking.bypass_change_detection().0.take()
    {
        controls.mute(call, true);
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

fn end(mut controls: Controls<'_, '_>) {
    controls.end();
}

fn minimise(mut minimise: Minimise<'_>) {
    minimise.on_screen();
}

fn show_numbers(mut open: ResMut<numbers::NumbersOpen>) {
    open.0 = !open.0;
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
    let _ = app
        .init_resource::<Talking>()
        .add_observer(press)
        .add_systems(Update, hush.in_set(Step::Present).run_if(|talking: Res<Talking>| talking.0.is_some()));
}

#[cfg(test)]
mod tests {
    use ahoy_call::{CallState, Direction, EndReason};
    use ahoy_engine::{CallView, View};
    use bevy::input::InputPlugin;
    use bevy::input_focus::{InputDispatchPlugin, InputFocusPlugin};
    use bevy::state::app::StatesPlugin;

    use super::*;
    use crate::calls;
    use crate::calls::tests::call_view;
    use crate::engine_link::NewestView;
    use crate::screens::tile::Minimised;
    use crate::screens::{Left, Shown, choose};
    use crate::toast::Say;

    struct Keyboard {
        app: App,
        window: Entity,
    }

    impl Keyboard {
        fn new(call: CallView) -> Self {
            let mut app = App::new();
            let view = NewestView(View { calls: vec![call], ..View::default() });
            let _ = app
                .add_plugins((StatesPlugin, InputPlugin, InputFocusPlugin, InputDispatchPlugin))
                .insert_resource(view)
                .init_resource::<Shown>()
                .init_resource::<Left>()
                .init_resource::<Place>()
                .init_resource::<Minimised>()
                .init_resource::<Sheet>()
                .init_resource::<Shortcuts>()
                .init_resource::<Demo>()
                .init_resource::<numbers::NumbersOpen>()
                .init_state::<Screen>()
                .add_message::<Intent>()
                .add_message::<Say>()
                .add_message::<WindowFocused>()
                .configure_sets(PreUpdate, (Step::Receive, Step::Mirror).chain())
                .add_systems(PreUpdate, choose.in_set(Step::Receive))
                .add_plugins((calls::plugin, plugin));
            let window = app.world_mut().spawn((Window::default(), PrimaryWindow)).id();
            app.update();
            Self { app, window }
        }

        fn send(&mut self, key: KeyCode, state: ButtonState) {
            let _ = self.app.world_mut().write_message(KeyboardInput {
                key_code: key,
                logical_key: Key::Enter,
                state,
                text: None,
                repeat: false,
                window: self.window,
            });
            self.app.update();
        }

        fn wanted(&mut self) -> Vec<Command> {
            self.app.world_mut().resource_mut::<Messages<Intent>>().drain().map(|intent| intent.0).collect()
        }
    }

    fn intents_after(key: KeyCode, call: CallView) -> Vec<Command> {
        let mut keyboard = Keyboard::new(call);
        keyboard.send(key, ButtonState::Pressed);
        keyboard.wanted()
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
    fn a_running_call_knows_m_v_and_h() {
        let active = CallView { muted: true, ..call_view(1, CallState::Active, Direction::Outgoing) };
        let unmuted = intents_after(KeyCode::KeyM, active.clone());
        assert!(matches!(unmuted[..], [Command::ToggleMute { call: Some(_), on: false }]), "{unmuted:?}");
        let held = intents_after(KeyCode::KeyH, active.clone());
        assert!(matches!(held[..], [Command::Hold { call: Some(_), on: true }]), "{held:?}");
        let seen = intents_after(KeyCode::KeyV, active);
        assert!(matches!(seen[..], [Command::ToggleVideo { call: Some(_), on: true }]), "{seen:?}");
    }

    #[test]
    fn escape_steps_out_of_a_running_call_and_never_ends_it() {
        let mut keyboard = Keyboard::new(call_view(1, CallState::Active, Direction::Outgoing));
        *keyboard.app.world_mut().resource_mut::<Sheet>() = Sheet::More;
        keyboard.app.world_mut().resource_mut::<numbers::NumbersOpen>().0 = true;
        let state = |keyboard: &Keyboard| {
            let world = keyboard.app.world();
            let minimised = world.resource::<Minimised>().0.is_some();
            (*world.resource::<Sheet>() == Sheet::Closed, !world.resource::<numbers::NumbersOpen>().0, minimised)
        };
        for wanted in [(true, false, false), (true, true, false), (true, true, true)] {
            keyboard.send(KeyCode::Escape, ButtonState::Pressed);
            assert_eq!(state(&keyboard), wanted);
        }
        assert!(keyboard.wanted().is_empty());
    }

    #[test]
    fn only_the_whole_chord_hangs_up() {
        let mut keyboard = Keyboard::new(call_view(1, CallState::Active, Direction::Outgoing));
        keyboard.send(KeyCode::ControlLeft, ButtonState::Pressed);
        keyboard.send(KeyCode::KeyH, ButtonState::Pressed);
        assert!(keyboard.wanted().is_empty(), "control and H alone do nothing");
        keyboard.send(KeyCode::KeyH, ButtonState::Released);
        keyboard.send(KeyCode::ShiftLeft, ButtonState::Pressed);
        keyboard.send(KeyCode::KeyH, ButtonState::Pressed);
        assert!(matches!(keyboard.wanted()[..], [Command::EndCall { call: Some(_) }]));
    }

    #[test]
    fn the_space_bar_opens_a_muted_microphone_for_as_long_as_it_is_held() {
        let muted = CallView { muted: true, ..call_view(1, CallState::Active, Direction::Outgoing) };
        let mut keyboard = Keyboard::new(muted);
        keyboard.send(KeyCode::Space, ButtonState::Pressed);
        assert!(matches!(keyboard.wanted()[..], [Command::ToggleMute { on: false, .. }]));
        keyboard.app.update();
        assert!(keyboard.wanted().is_empty(), "still held");
        keyboard.send(KeyCode::Space, ButtonState::Released);
        assert!(matches!(keyboard.wanted()[..], [Command::ToggleMute { on: true, .. }]));
        let open = call_view(1, CallState::Active, Direction::Outgoing);
        assert!(intents_after(KeyCode::Space, open).is_empty(), "an open microphone stays open");
    }

    #[test]
    fn keys_do_nothing_where_they_mean_nothing() {
        let ended = call_view(1, CallState::Ended(EndReason::Busy), Direction::Outgoing);
        assert!(intents_after(KeyCode::KeyM, ended.clone()).is_empty());
        assert!(matches!(intents_after(KeyCode::Escape, ended)[..], [Command::Dismiss { .. }]));
        assert!(intents_after(KeyCode::Enter, call_view(1, CallState::Dialing, Direction::Outgoing)).is_empty());
    }
}
