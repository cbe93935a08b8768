//! The first steps on a new phone: name, microphone, speaker, camera, code; a page each, and each can be passed over.
//! They begin by themselves once, when the phone has neither name nor people; the settings lead here again.
//! Nothing is asked that is not needed, and no device is opened before its own page and its button.

use ahoy_engine::View;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{Place, Screen, my_name, page, pairing, qr, settings, trial};
use crate::engine_link::{Intent, NewestView};
use crate::field::Submit;
use crate::phrase::Phrase;
use crate::say;
use crate::setting;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// One of the first steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// What others call me.
    Name,
    /// Whether I am heard.
    Microphone,
    /// Whether I hear.
    Speaker,
    /// Whether I am seen.
    Camera,
    /// How others find me.
    Code,
}

impl Stage {
    /// Where it begins.
    pub const FIRST: Self = Self::Name;
    const ALL: [Self; 5] = [Self::Name, Self::Microphone, Self::Speaker, Self::Camera, Self::Code];

    fn number(self) -> usize {
        Self::ALL.iter().take_while(|stage| **stage != self).count()
    }

    fn next(self) -> Option<Self> {
        Self::ALL.get(self.number() + 1).copied()
    }

    /// The step before; the first one has none.
    pub(super) fn before(self) -> Option<Self> {
        self.number().checked_sub(1).map(|number| Self::ALL[number])
    }

    fn title(self) -> Phrase {
        match self {
            Self::Name => say!("first-run-name"),
            Self::Microphone => say!("first-run-microphone"),
            Self::Speaker => say!("first-run-speaker"),
            Self::Camera => say!("first-run-camera"),
            Self::Code => say!("first-run-code"),
        }
    }

    fn about(self) -> Phrase {
        match self {
            Self::Name => say!("first-run-name-about"),
            Self::Microphone => say!("first-run-microphone-about"),
            Self::Speaker => say!("first-run-speaker-about"),
            Self::Camera => say!("first-run-camera-about"),
            Self::Code => say!("first-run-code-about"),
        }
    }
}

/// Whether the phone is so new that its person has to be welcomed.
fn due(view: &View) -> bool {
    let alone = view.contacts.iter().all(|contact| contact.builtin);
    !view.settings.first_run_done() && view.me.name.is_empty() && alone
}

/// Begins the first steps when the phone is there for the first time.
fn begin(view: Res<NewestView>, mut place: ResMut<Place>, mut looked: Local<bool>) {
    // Before the phone knows itself its view is empty, and so is that of every other phone.
    if !*looked && view.0.me.id.is_some() {
        *looked = true;
        if due(&view.0) && *place == Place::Contacts {
            *place = Place::FirstRun(Stage::FIRST);
        }
    }
}

fn enter(view: Res<NewestView>, place: Res<Place>, mut commands: Commands) {
    let Place::FirstRun(stage) = *place else { return };
    page::spawn(&mut commands, Screen::FirstRun, |ui| {
        head(ui, stage);
        let _ = ui.spawn(widgets::text(Type::Title, Paint::Text, stage.title()));
        let _ = ui.spawn(widgets::text(Type::Body, Paint::TextQuiet, stage.about()));
        let _ = ui.spawn(widgets::card()).with_children(|ui| match stage {
            Stage::Name => name(ui, &view.0.me.name),
            Stage::Microphone => {
                trial::microphone(ui);
                trial::choice(ui, trial::Kind::Microphone);
            }
            Stage::Speaker => {
                trial::speaker(ui);
                trial::choice(ui, trial::Kind::Speaker);
            }
            Stage::Camera => {
                trial::camera(ui);
                trial::choice(ui, trial::Kind::Camera);
            }
            Stage::Code => {
                qr::my_code(ui);
                pairing::copy_button(ui);
            }
        });
        feet(ui, stage);
        if stage == Stage::Name {
            let _ = ui.spawn(widgets::card()).with_children(settings::language);
        }
    });
}

/// How far it is, and the way out.
fn head(ui: &mut ChildSpawnerCommands<'_>, stage: Stage) {
    page::header(ui, |ui| {
        let grows = Node { flex_grow: 1.0, flex_basis: px(0), ..default() };
        let _ = ui.spawn(grows).with_children(|ui| {
            let far = say!("first-run-step", number = stage.number() + 1, of = Stage::ALL.len());
            let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, far));
        });
        if stage.next().is_some() {
            let face = Face::word(Tone::Quiet, say!("first-run-skip")).spoken(say!("first-run-skip-spoken"));
            let _ = widgets::button(ui, Shape::Wide, face)
                .observe(|_: On<Activate>, mut leave: Leave<'_>| leave.to(Place::Contacts));
        }
    });
}

fn name(ui: &mut ChildSpawnerCommands<'_>, name: &str) {
    let row = Node { align_items: AlignItems::Center, ..default() };
    let _ = ui.spawn(row).with_children(|ui| {
        my_name::field(ui, name, |field| {
            let _ = field.observe(|_: On<Submit>, mut commands: Commands| commands.run_system_cached(go_on));
        });
    });
}

/// Back and on; the last step leads to people.
fn feet(ui: &mut ChildSpawnerCommands<'_>, stage: Stage) {
    let row = Node { justify_content: JustifyContent::SpaceBetween, column_gap: px(theme::GAP), ..page::buttons() };
    let _ = ui.spawn(row).with_children(|ui| {
        if stage.before().is_some() {
            let face = Face::word(Tone::Quiet, say!("first-run-back"));
            let _ = widgets::button(ui, Shape::Wide, face)
                .observe(|_: On<Activate>, mut place: ResMut<Place>| *place = place.back());
        } else {
            // The way on stands at the end of the row on every page.
            let _ = ui.spawn(Node::default());
        }
        if stage.next().is_some() {
            let face = Face::word(Tone::Accent, say!("first-run-next"));
            let _ = widgets::button(ui, Shape::Wide, face)
                .observe(|_: On<Activate>, mut commands: Commands| commands.run_system_cached(go_on));
        } else {
            let face = Face::word(Tone::Quiet, say!("first-run-done"));
            let _ = widgets::button(ui, Shape::Wide, face)
                .observe(|_: On<Activate>, mut leave: Leave<'_>| leave.to(Place::Contacts));
            let face = Face::word(Tone::Accent, say!("first-run-add"));
            let _ = widgets::button(ui, Shape::Wide, face)
                .observe(|_: On<Activate>, mut leave: Leave<'_>| leave.to(Place::Pairing));
        }
    });
}

/// Ends the first steps for good.
#[derive(bevy::ecs::system::SystemParam)]
struct Leave<'w> {
    place: ResMut<'w, Place>,
    intents: MessageWriter<'w, Intent>,
}

impl Leave<'_> {
    fn to(&mut self, place: Place) {
        let [_, done] = setting::FIRST_RUN.values;
        let _ = self.intents.write(setting::FIRST_RUN.set(done));
        *self.place = place;
    }
}

/// Keeps the name that was typed, and goes to the next step.
fn go_on(mut place: ResMut<Place>, mut commands: Commands) {
    let Place::FirstRun(stage) = *place else { return };
    if stage == Stage::Name {
        commands.run_system_cached(my_name::save);
    }
    if let Some(next) = stage.next() {
        *place = Place::FirstRun(next);
    }
}

pub(super) fn plugin(app: &mut App) {
    let here = in_state(Screen::FirstRun);
    let _ = app
        .add_systems(
            PreUpdate,
            begin
                .in_set(Step::Receive)
                .after(crate::engine_link::receive)
                .before(super::choose)
                .run_if(resource_changed::<NewestView>),
        )
        .add_systems(OnEnter(Screen::FirstRun), enter)
        .add_systems(OnExit(Screen::FirstRun), trial::close)
        .add_systems(Update, qr::draw.in_set(Step::Present).run_if(here));
}

#[cfg(test)]
mod tests {
    use ahoy_engine::Me;

    use super::*;

    #[test]
    fn only_a_phone_without_name_and_people_is_new() {
        let new = View::default();
        assert!(due(&new));
        assert!(!due(&View { me: Me { name: "Jo".to_owned(), ..Me::default() }, ..View::default() }));
    }

    #[test]
    fn the_steps_lead_to_each_other_in_both_directions() {
        let mut stage = Stage::FIRST;
        while let Some(next) = stage.next() {
            assert_eq!(next.before(), Some(stage));
            stage = next;
        }
        assert_eq!((stage, Stage::FIRST.before()), (Stage::Code, None));
    }
}
