//! The screens: which one is up is computed from the engine's view, never kept beside it.
//! `choose` decides before each frame; entering a screen builds it, leaving it takes it away.
//! A call that has not ended always comes before one that has.

mod contacts;
mod ended;
mod in_call;
mod incoming;
mod keys;
mod link_field;
mod outgoing;
mod parts;

use ahoy_call::{CallId, CallState, Direction};
use ahoy_engine::{CallView, Command, View};
use bevy::ecs::system::SystemParam;
use bevy::platform::collections::HashSet;
use bevy::prelude::*;

use crate::engine_link::{Intent, NewestView};
use crate::window::Step;

/// What the whole window shows.
#[derive(States, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Screen {
    /// Everybody I can call.
    #[default]
    Contacts,
    /// A call on its way: dialling, ringing over there, connecting.
    Outgoing,
    /// Somebody calls.
    Incoming,
    /// Sound, and perhaps pictures, in both directions.
    InCall,
    /// Why a call is over.
    Ended,
}

/// The call that the screen is about.
#[derive(Resource, Default, Debug, PartialEq, Eq)]
pub struct Shown(pub Option<CallId>);

/// Ended calls that the person has turned away from; the engine forgets them in its own time.
#[derive(Resource, Default)]
pub struct Left(HashSet<CallId>);

/// Turns away from the ended calls.
#[derive(SystemParam)]
pub(crate) struct Leave<'w> {
    view: Res<'w, NewestView>,
    left: ResMut<'w, Left>,
    intents: MessageWriter<'w, Intent>,
}

impl Leave<'_> {
    /// Leaves every ended call: whoever leaves this screen has seen what there was to see.
    pub(crate) fn all(&mut self) {
        for call in self.view.0.calls.iter().filter(|call| call.state.is_ended()) {
            if self.left.0.insert(call.id) {
                let _ = self.intents.write(Intent(Command::Dismiss { call: call.id }));
            }
        }
    }

    /// Leaves every ended call for something else.
    pub(crate) fn all_and(&mut self, command: Command) {
        self.all();
        let _ = self.intents.write(Intent(command));
    }
}

/// The screen for a view, and the call it is about.
fn screen_for(view: &View, left: &Left) -> (Screen, Option<CallId>) {
    let ended = view.calls.iter().rfind(|call| !left.0.contains(&call.id));
    match view.current().or(ended) {
        Some(call) => (screen_of(call), Some(call.id)),
        None => (Screen::Contacts, None),
    }
}

fn screen_of(call: &CallView) -> Screen {
    match (call.state, call.direction) {
        (CallState::Ringing, _) => Screen::Incoming,
        (
            CallState::Dialing | CallState::Alerting | CallState::Connecting,
            Direction::Outgoing | Direction::Incoming,
        ) => Screen::Outgoing,
        (CallState::Active | CallState::Reconnecting, _) => Screen::InCall,
        (CallState::Ended(_), _) => Screen::Ended,
    }
}

/// Puts up the screen that the newest view asks for.
pub fn choose(
    view: Res<NewestView>,
    mut left: ResMut<Left>,
    mut shown: ResMut<Shown>,
    screen: Res<State<Screen>>,
    mut next: ResMut<NextState<Screen>>,
) {
    left.bypass_change_detection().0.retain(|call| view.0.call(*call).is_some());
    let (wanted, call) = screen_for(&view.0, &left);
    let other_call = shown.set_if_neq(Shown(call));
    if other_call || *screen.get() != wanted {
        next.set(wanted);
    }
}

/// All screens.
pub fn plugin(app: &mut App) {
    let _ = app
        .init_state::<Screen>()
        .init_resource::<Shown>()
        .init_resource::<Left>()
        .add_systems(
            PreUpdate,
            choose.in_set(Step::Receive).before(Step::Mirror).run_if(resource_changed::<NewestView>),
        )
        .add_plugins((
            contacts::plugin,
            link_field::plugin,
            outgoing::plugin,
            incoming::plugin,
            in_call::plugin,
            ended::plugin,
            parts::plugin,
            keys::plugin,
        ));
}

#[cfg(test)]
mod tests {
    use ahoy_call::EndReason;

    use bevy::input_focus::InputFocus;
    use bevy::state::app::StatesPlugin;

    use super::*;
    use crate::calls::tests::call_view;
    use crate::toast::Say;
    use crate::widgets::Face;

    fn screen(calls: Vec<CallView>) -> (Screen, Option<CallId>) {
        screen_for(&View { calls, ..View::default() }, &Left::default())
    }

    #[test]
    fn every_state_has_its_screen() {
        let states = [
            (CallState::Dialing, Screen::Outgoing),
            (CallState::Alerting, Screen::Outgoing),
            (CallState::Ringing, Screen::Incoming),
            (CallState::Connecting, Screen::Outgoing),
            (CallState::Active, Screen::InCall),
            (CallState::Reconnecting, Screen::InCall),
            (CallState::Ended(EndReason::Busy), Screen::Ended),
        ];
        for (state, wanted) in states {
            assert_eq!(screen(vec![call_view(1, state, Direction::Outgoing)]).0, wanted, "{state}");
        }
        assert_eq!(screen(Vec::new()), (Screen::Contacts, None));
    }

    #[test]
    fn a_living_call_comes_before_one_that_has_just_ended() {
        let living = call_view(1, CallState::Active, Direction::Outgoing);
        let ended = call_view(2, CallState::Ended(EndReason::Missed), Direction::Incoming);
        assert_eq!(screen(vec![living, ended]), (Screen::InCall, Some(CallId([1; 16]))));
    }

    #[test]
    fn an_ended_call_that_was_left_is_not_shown_again() {
        let calls = vec![call_view(1, CallState::Ended(EndReason::Busy), Direction::Outgoing)];
        let left = Left([CallId([1; 16])].into_iter().collect());
        assert_eq!(screen_for(&View { calls, ..View::default() }, &left), (Screen::Contacts, None));
    }

    /// The words on the buttons of the screen for `calls`, in their order for the Tab key.
    fn buttons(calls: Vec<CallView>) -> Vec<String> {
        let mut app = App::new();
        let _ = app
            .add_plugins(StatesPlugin)
            .insert_resource(NewestView(View { calls, ..View::default() }))
            .init_resource::<InputFocus>()
            .add_message::<Intent>()
            .add_message::<Say>()
            .configure_sets(PreUpdate, (Step::Receive, Step::Mirror).chain())
            .add_plugins((plugin, crate::calls::plugin));
        app.update();
        app.update();
        let world = app.world_mut();
        let root = world.query_filtered::<Entity, With<DespawnOnExit<Screen>>>().single(world).unwrap();
        let mut words = Vec::new();
        let mut ahead = vec![root];
        while let Some(node) = ahead.pop() {
            words.extend(world.get::<Face>(node).map(|face| face.word.clone()));
            ahead.extend(world.get::<Children>(node).into_iter().flat_map(|children| children.iter().rev()));
        }
        words
    }

    #[test]
    fn every_screen_offers_what_can_be_done() {
        let call = |state, direction| vec![call_view(1, state, direction)];
        assert_eq!(buttons(Vec::new()), ["Copy my link", "Paste", "Add"]);
        assert_eq!(buttons(call(CallState::Alerting, Direction::Outgoing)), ["Cancel"]);
        assert_eq!(buttons(call(CallState::Ringing, Direction::Incoming)), ["Decline", "Answer"]);
        let video = CallView { video_offered: true, ..call_view(1, CallState::Ringing, Direction::Incoming) };
        assert_eq!(buttons(vec![video]), ["Decline", "Without video", "Answer"]);
        let muted = CallView { muted: true, ..call_view(1, CallState::Active, Direction::Incoming) };
        assert_eq!(buttons(vec![muted]), ["Muted", "Start video", "Switch", "Hang up"]);
        let ended = call(CallState::Ended(EndReason::NoAnswer), Direction::Outgoing);
        assert_eq!(buttons(ended), ["Back", "Call again"]);
    }
}
