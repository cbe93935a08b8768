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
use ahoy_engine::{CallView, View};
use bevy::prelude::*;

use crate::engine_link::NewestView;
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

/// The screen for a view, and the call it is about.
fn screen_for(view: &View) -> (Screen, Option<CallId>) {
    match view.current().or(view.calls.last()) {
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
    mut shown: ResMut<Shown>,
    screen: Res<State<Screen>>,
    mut next: ResMut<NextState<Screen>>,
) {
    let (wanted, call) = screen_for(&view.0);
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

    use super::*;
    use crate::calls::tests::call_view;

    fn screen(calls: Vec<CallView>) -> (Screen, Option<CallId>) {
        screen_for(&View { calls, ..View::default() })
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
}
