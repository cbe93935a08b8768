//! The rules for one contact: first in the list, silent, answered by itself.
//! A card of the contact's page; each switch shows what the view says and asks the desk for the other state.
//! What lets somebody listen into the room is offered for verified people only, and the camera is a tick of its own.

use ahoy_engine::desk::Request;
use ahoy_engine::{AutoAnswer, Command, ContactView};
use bevy::prelude::*;
use bevy::ui::InteractionDisabled;

use super::{Place, Screen, contact, parts};
use crate::controls::{self, Value, Words};
use crate::engine_link::{Intent, NewestView};
use crate::say;
use crate::theme::{Paint, Type};
use crate::widgets;
use crate::window::Step;

/// One rule, and the switch that shows it.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Stands first.
    Favourite,
    /// Its calls make no sound.
    Silence,
    /// Its calls are answered by themselves, with the microphone.
    Answer,
    /// And with the camera.
    AnswerVideo,
}

const ALL: [Rule; 4] = [Rule::Favourite, Rule::Silence, Rule::Answer, Rule::AnswerVideo];

impl Rule {
    fn words(self, contact: &ContactView) -> Words {
        let name = parts::display_name(&contact.name, contact.id);
        let (name, about) = match self {
            Self::Favourite => (say!("rules-favourite"), say!("rules-favourite-about")),
            Self::Silence => (say!("rules-silence"), say!("rules-silence-about")),
            Self::Answer if contact.verified => (say!("rules-answer"), say!("rules-answer-about", name = name)),
            Self::Answer => (say!("rules-answer"), say!("rules-answer-unverified", name = name)),
            Self::AnswerVideo => (say!("rules-answer-video"), say!("rules-answer-video-about", name = name)),
        };
        Words { name, about }
    }

    /// Whether it can be changed now.
    const fn offered(self, contact: &ContactView) -> bool {
        match (self, contact.auto_answer) {
            (Self::Favourite | Self::Silence, _) | (Self::Answer, AutoAnswer::Voice | AutoAnswer::Video) => true,
            (Self::Answer, AutoAnswer::Off) => contact.verified,
            (Self::AnswerVideo, AutoAnswer::Off) => false,
            (Self::AnswerVideo, AutoAnswer::Voice | AutoAnswer::Video) => contact.verified,
        }
    }

    fn holds(self, contact: &ContactView) -> bool {
        match self {
            Self::Favourite => contact.favourite,
            Self::Silence => contact.muted,
            Self::Answer => contact.auto_answer != AutoAnswer::Off,
            Self::AnswerVideo => contact.auto_answer == AutoAnswer::Video,
        }
    }

    fn request(self, contact: &ContactView, on: bool) -> Request {
        let who = contact.id.to_string();
        let how = match (self, on) {
            (Self::Favourite, on) => return Request::Favourite { who, on },
            (Self::Silence, on) => return Request::MuteCalls { who, on },
            (Self::Answer, false) => AutoAnswer::Off,
            (Self::Answer, true) | (Self::AnswerVideo, false) => AutoAnswer::Voice,
            (Self::AnswerVideo, true) => AutoAnswer::Video,
        };
        Request::AutoAnswer { who, how }
    }
}

/// Spawns the switches.
pub(super) fn card(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView) {
    let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, say!("rules-title")));
    for rule in ALL {
        let mut switch = controls::switch(ui, rule.words(contact));
        let _ = switch.insert((rule, value(rule, contact))).observe(turn);
    }
}

fn value(rule: Rule, contact: &ContactView) -> Value {
    Value::switched(rule.holds(contact))
}

fn turn(
    wanted: On<controls::Wanted>,
    view: Res<NewestView>,
    place: Res<Place>,
    rules: Query<&Rule>,
    mut intents: MessageWriter<Intent>,
) {
    let (Some(contact), Ok(rule)) = (contact::shown(&view, &place), rules.get(wanted.entity)) else { return };
    let _ = intents.write(Intent(Command::Desk(rule.request(contact, wanted.on()))));
}

fn write(
    view: Res<NewestView>,
    place: Res<Place>,
    mut switches: Query<(Entity, &Rule, &mut Value, &mut Node, Has<InteractionDisabled>)>,
    mut commands: Commands,
) {
    let Some(contact) = contact::shown(&view, &place) else { return };
    for (entity, rule, mut shown, mut node, disabled) in &mut switches {
        let _ = shown.set_if_neq(value(*rule, contact));
        let offered = rule.offered(contact);
        match (offered, disabled) {
            (true, true) => drop(commands.entity(entity).remove::<InteractionDisabled>()),
            (false, false) => drop(commands.entity(entity).insert(InteractionDisabled)),
            (true, false) | (false, true) => {}
        }
        // The tick for the camera belongs to a rule that holds.
        let display = if offered || *rule != Rule::AnswerVideo { Display::Flex } else { Display::None };
        if node.display != display {
            node.display = display;
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(Update, write.in_set(Step::Present).run_if(in_state(Screen::Contact)));
}

#[cfg(test)]
mod tests {
    use super::super::lately::tests::contact;
    use super::*;

    #[test]
    fn only_verified_people_may_be_answered_by_themselves_and_the_camera_is_a_tick_of_its_own() {
        let stranger = contact(1);
        let friend = ContactView { verified: true, ..contact(1) };
        let heard = ContactView { auto_answer: AutoAnswer::Voice, ..friend.clone() };
        let offered = |contact: &ContactView| ALL.map(|rule| rule.offered(contact));
        assert_eq!(offered(&stranger), [true, true, false, false]);
        assert_eq!(offered(&friend), [true, true, true, false]);
        assert_eq!(offered(&heard), [true, true, true, true]);
        let who = || friend.id.to_string();
        let asked = |rule: Rule, on| rule.request(&heard, on);
        assert_eq!(asked(Rule::Answer, true), Request::AutoAnswer { who: who(), how: AutoAnswer::Voice });
        assert_eq!(asked(Rule::AnswerVideo, true), Request::AutoAnswer { who: who(), how: AutoAnswer::Video });
        assert_eq!(asked(Rule::AnswerVideo, false), Request::AutoAnswer { who: who(), how: AutoAnswer::Voice });
        assert_eq!(asked(Rule::Answer, false), Request::AutoAnswer { who: who(), how: AutoAnswer::Off });
    }
}
