//! The screens: which one is up is computed from the engine's view and the place where the person is.
//! `choose` decides before each frame; entering a screen builds it, leaving it takes it away.
//! A call that has not ended always comes before one that has, and one that rings before everything.

mod arriving;
mod banner;
mod call_controls;
mod candidate;
mod compare;
mod composer;
mod contact;
mod contacts;
mod conversation;
mod corner;
mod demo;
mod ended;
mod first_run;
mod full_screen;
mod history;
mod in_call;
mod incoming;
mod keys;
mod lately;
mod messages;
mod my_name;
mod numbers;
mod outgoing;
mod page;
mod pairing;
mod parts;
mod people;
mod person_row;
mod place;
mod qr;
mod room;
mod rules;
mod settings;
mod shortcuts;
mod strangers;
mod tile;
mod tiles;
mod trial;
mod welcome;

use ahoy_call::{CallId, CallState, Direction, RingManner};
use ahoy_engine::{CallView, Command, View};
use bevy::ecs::system::SystemParam;
use bevy::platform::collections::HashSet;
use bevy::prelude::*;

pub use self::first_run::Stage;
pub use self::numbers::NumbersOpen;
pub use self::place::Place;
pub use self::room::Side;
pub use self::settings::Topic;
pub use self::shortcuts::Shortcuts;
pub use self::tile::Minimised;
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
    /// What was written to and from a contact.
    Conversation,
    /// What is known of a contact.
    Contact,
    /// Emoji that two people compare.
    Compare,
    /// Adding somebody.
    Pairing,
    /// Past calls.
    History,
    /// How the phone is set up.
    Settings,
    /// The first steps on a new phone.
    FirstRun,
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

/// It rings, and nobody is to be disturbed: it takes no screen.
fn silent(call: &CallView) -> bool {
    call.state == CallState::Ringing && call.ring == Some(RingManner::Silent)
}

/// The call that a screen may be about: the current one, but none that rings silently.
fn main_call(view: &View) -> Option<&CallView> {
    let loud = |call: &&CallView| !call.state.is_ended() && !silent(call);
    view.current().filter(loud).or_else(|| view.calls.iter().find(loud))
}

/// The screen for a view and a place, and the call it is about. A minimised call leaves the screen to the place.
fn screen_for(view: &View, left: &Left, minimised: &Minimised, place: Place) -> (Screen, Option<CallId>) {
    let living = main_call(view);
    let rings = living.is_some_and(|call| call.state == CallState::Ringing);
    if view.comparison.is_some() && !rings {
        return (Screen::Compare, None);
    }
    let ended = || view.calls.iter().rfind(|call| call.state.is_ended() && !left.0.contains(&call.id));
    match living.or_else(ended) {
        Some(call) if minimised.holds(call) => (place.screen(), Some(call.id)),
        Some(call) => (screen_of(call), Some(call.id)),
        None => (place.screen(), None),
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

impl Left {
    /// Forgets calls that the engine has forgotten. A call that rings beside another screen is turned away from before it
    /// ends, unless it is taken: its end is no news then.
    fn keep_up(&mut self, view: &View, shown: Option<CallId>) {
        self.0.retain(|call| view.call(*call).is_some());
        for call in view.calls.iter().filter(|call| !call.state.is_ended()) {
            if call.state == CallState::Ringing && shown != Some(call.id) {
                let _ = self.0.insert(call.id);
            } else {
                let _ = self.0.remove(&call.id);
            }
        }
    }
}

/// Puts up the screen that the newest view and the place ask for.
pub fn choose(
    view: Res<NewestView>,
    mut left: ResMut<Left>,
    mut shown: ResMut<Shown>,
    (mut place, minimised): (ResMut<Place>, Res<Minimised>),
    mut built: Local<Place>,
    screen: Res<State<Screen>>,
    mut next: ResMut<NextState<Screen>>,
) {
    let known = |peer| view.0.contacts.iter().any(|contact| contact.id == peer);
    if place.peer().is_some_and(|peer| !known(peer)) {
        *place = Place::Contacts;
    }
    let (wanted, call) = screen_for(&view.0, &left, &minimised, *place);
    left.bypass_change_detection().keep_up(&view.0, call);
    let other_call = shown.set_if_neq(Shown(call));
    let other_place = std::mem::replace(&mut *built, *place) != *place && wanted == place.screen();
    if other_call || other_place || *screen.get() != wanted {
        next.set(wanted);
    }
}

/// All screens.
pub fn plugin(app: &mut App) {
    let _ = app
        .init_state::<Screen>()
        .init_resource::<Shown>()
        .init_resource::<Left>()
        .init_resource::<Place>()
        .add_systems(
            PreUpdate,
            choose.in_set(Step::Receive).before(Step::Mirror).run_if(
                resource_changed::<NewestView>
                    .or_else(resource_changed::<Place>)
                    .or_else(resource_changed::<Left>)
                    .or_else(resource_changed::<Minimised>),
            ),
        )
        .add_plugins((
            contacts::plugin,
            conversation::plugin,
            contact::plugin,
            compare::plugin,
            pairing::plugin,
            history::plugin,
            outgoing::plugin,
            incoming::plugin,
            in_call::plugin,
            numbers::plugin,
            ended::plugin,
        ))
        .add_plugins((room::plugin, lately::plugin, people::plugin, welcome::plugin, tiles::plugin))
        .add_plugins((settings::plugin, first_run::plugin, trial::plugin))
        .add_plugins((
            parts::plugin,
            banner::plugin,
            keys::plugin,
            arriving::plugin,
            corner::plugin,
            tile::plugin,
            shortcuts::plugin,
            demo::plugin,
            call_controls::plugin,
        ));
}

#[cfg(test)]
pub(crate) mod tests {
    use ahoy_call::{EndReason, PeerId};
    use ahoy_engine::view::{Comparison, ComparisonStage};
    use bevy::input::keyboard::KeyboardInput;
    use bevy::input::mouse::{MouseButtonInput, MouseWheel};
    use bevy::input::touch::TouchInput;
    use bevy::input_focus::{InputFocus, InputFocusVisible};
    use bevy::state::app::StatesPlugin;

    use super::*;
    use crate::calls::tests::call_view;
    use crate::language::Language;
    use crate::paint::Theme;
    use crate::records::{Interest, Records};
    use crate::toast::Say;
    use crate::video::OwnView;
    use crate::widgets::Face;

    fn screen(calls: Vec<CallView>) -> (Screen, Option<CallId>) {
        screen_for(&View { calls, ..View::default() }, &Left::default(), &Minimised::default(), Place::Contacts)
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
        let place = Place::Contacts;
        assert_eq!(
            screen_for(&View { calls, ..View::default() }, &left, &Minimised::default(), place),
            (Screen::Contacts, None)
        );
    }

    #[test]
    fn a_silent_call_takes_no_screen_and_neither_does_its_end() {
        let silent = |state| CallView { ring: Some(RingManner::Silent), ..call_view(1, state, Direction::Incoming) };
        let view = |state| View { calls: vec![silent(state)], ..View::default() };
        let mut left = Left::default();
        let ringing = view(CallState::Ringing);
        assert_eq!(screen_for(&ringing, &left, &Minimised::default(), Place::History), (Screen::History, None));
        left.keep_up(&ringing, None);
        assert_eq!(
            screen_for(&view(CallState::Ended(EndReason::Missed)), &left, &Minimised::default(), Place::History).0,
            Screen::History
        );
        left.keep_up(&view(CallState::Active), None);
        let ended = view(CallState::Ended(EndReason::RemoteHangUp));
        assert_eq!(screen_for(&ended, &left, &Minimised::default(), Place::History).0, Screen::Ended);
    }

    #[test]
    fn a_minimised_call_leaves_the_screen_to_the_place_until_it_ends() {
        let minimised = Minimised(Some(CallId([1; 16])));
        let at = |state| {
            let view = View { calls: vec![call_view(1, state, Direction::Outgoing)], ..View::default() };
            screen_for(&view, &Left::default(), &minimised, Place::History)
        };
        assert_eq!(at(CallState::Active), (Screen::History, Some(CallId([1; 16]))));
        assert_eq!(at(CallState::Reconnecting).0, Screen::History);
        assert_eq!(at(CallState::Ended(EndReason::Lost)).0, Screen::Ended);
        let other = vec![call_view(2, CallState::Active, Direction::Outgoing)];
        let view = View { calls: other, ..View::default() };
        assert_eq!(screen_for(&view, &Left::default(), &minimised, Place::History).0, Screen::InCall);
    }

    #[test]
    fn emoji_are_compared_while_a_call_goes_on_but_not_while_one_rings() {
        let comparison = Some(Comparison { peer: PeerId([1; 32]), stage: ComparisonStage::Waiting });
        let during = |state| {
            let calls = vec![call_view(1, state, Direction::Incoming)];
            let view = View { calls, comparison: comparison.clone(), ..View::default() };
            screen_for(&view, &Left::default(), &Minimised::default(), Place::Contacts).0
        };
        assert_eq!(during(CallState::Active), Screen::Compare);
        assert_eq!(during(CallState::Ringing), Screen::Incoming);
    }

    /// The words on the buttons of the screen for `calls`, in their order for the Tab key.
    fn buttons(calls: Vec<CallView>) -> Vec<String> {
        buttons_at(Place::Contacts, View { calls, ..View::default() })
    }

    /// A window without graphics in which the screen of a place is up.
    pub(crate) fn app_at(place: Place, view: View) -> App {
        let mut app = App::new();
        let _ = app
            .add_plugins(StatesPlugin)
            .insert_resource(NewestView(view))
            .init_resource::<InputFocus>()
            .init_resource::<InputFocusVisible>()
            .init_resource::<Language>()
            .init_resource::<Theme>()
            .init_resource::<OwnView>()
            .init_resource::<Assets<Image>>()
            .init_resource::<Records>()
            .init_resource::<Interest>()
            .init_resource::<Time<Real>>()
            .add_message::<Intent>()
            .add_message::<Say>()
            .add_message::<CursorMoved>()
            .add_message::<MouseButtonInput>()
            .add_message::<MouseWheel>()
            .add_message::<TouchInput>()
            .add_message::<KeyboardInput>()
            .configure_sets(PreUpdate, (Step::Receive, Step::Mirror).chain())
            .add_plugins((plugin, crate::calls::plugin, crate::setting::plugin))
            .insert_resource(place);
        app.update();
        app.update();
        app
    }

    fn buttons_at(place: Place, view: View) -> Vec<String> {
        let mut app = app_at(place, view);
        let world = app.world_mut();
        let english = Language::default();
        let root = world
            .query_filtered::<Entity, Or<(With<DespawnOnExit<Screen>>, With<DespawnOnExit<Side>>)>>()
            .single(world)
            .unwrap();
        let mut words = Vec::new();
        let mut ahead = vec![root];
        while let Some(node) = ahead.pop() {
            words.extend(world.get::<Face>(node).map(|face| english.say(&face.word)));
            ahead.extend(world.get::<Children>(node).into_iter().flat_map(|children| children.iter().rev()));
        }
        words
    }

    #[test]
    fn every_place_offers_what_can_be_done() {
        let peer = PeerId([1; 32]);
        let contacts = vec![lately::tests::contact(1)];
        let at = |place| buttons_at(place, View { contacts: contacts.clone(), ..View::default() });
        // The row with the name has no word of its own.
        assert_eq!(at(Place::Conversation(peer)), ["Back", "", "Call", "Video", "Send"]);
        let page = [
            "Back",
            "Call",
            "Video",
            "Write",
            "Calls",
            "Compare emoji",
            "The words are the same",
            "Favourite",
            "Silent calls",
            "Answer by itself",
            "With my camera too",
            "Save",
            "Block",
            "Remove",
        ];
        assert_eq!(at(Place::Contact(peer)), page);
        assert_eq!(at(Place::Contacts), ["Calls", "Settings", "Add", "", "Call", "Video"]);
        assert_eq!(at(Place::Pairing), ["Back", "Scan", "Save", "Copy my link", "Paste", "Next", "Open again"]);
        assert_eq!(at(Place::History), ["Back", "All", "Missed", "Delete all"]);
        let stranger = Place::Conversation(PeerId([2; 32]));
        assert_eq!(at(stranger)[..2], ["Calls", "Settings"], "a place without its contact is none");
    }

    #[test]
    fn every_screen_offers_what_can_be_done() {
        let call = |state, direction| vec![call_view(1, state, direction)];
        assert_eq!(buttons(Vec::new()), ["Calls", "Settings", "Add", "Add someone"]);
        assert_eq!(buttons(call(CallState::Alerting, Direction::Outgoing)), ["Mute", "Start video", "Cancel"]);
        let replies = ["I'll call back", "In a meeting", "Can't talk now", "Send"];
        let voice = [&replies[..], &["Decline", "Say why", "Answer"]].concat();
        assert_eq!(buttons(call(CallState::Ringing, Direction::Incoming)), voice);
        let video = CallView { video_offered: true, ..call_view(1, CallState::Ringing, Direction::Incoming) };
        let with_video = [&replies[..], &["Decline", "Say why", "Without video", "Answer"]].concat();
        assert_eq!(buttons(vec![video]), with_video);
        let muted = CallView { muted: true, ..call_view(1, CallState::Active, Direction::Incoming) };
        let words = buttons(vec![muted]);
        assert_eq!(words[..3], ["Minimise", "Copy", "Close"], "the line, and the numbers below it");
        let bar = ["Muted", "Start video", "Switch", "Sound", "Hold", "Chat", "More", "Hang up"];
        assert!(words.ends_with(&bar.map(String::from)), "{words:?}");
        for word in ["Fill the window", "Hide my picture from me", "Numbers", "Verify", "Full screen", "Keys"] {
            assert!(words.iter().any(|known| known == word), "{word} is in the sheet");
        }
        let ended = call(CallState::Ended(EndReason::NoAnswer), Direction::Outgoing);
        assert_eq!(buttons(ended), ["Back", "Write", "Call again"]);
        let missed = call(CallState::Ended(EndReason::Missed), Direction::Incoming);
        assert_eq!(buttons(missed), ["Back", "Write", "Call back"]);
    }
}
