//! Settings: a page that lists what can be set, and a page for each of its topics.
//! Every control asks the engine, and shows what the engine keeps.
//! Nothing is opened here before a button is pressed, and everything is closed when the page is left.

mod about;
mod backup;
mod looks;
mod me;
mod network;
mod picture;
mod quiet;
mod sound;

use bevy::prelude::*;
use bevy::ui_widgets::Activate;

pub(super) use self::looks::language;
use super::{Place, Screen, my_name, page, qr, trial};
use crate::controls::{self, Choice, Words};
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::setting::{self, Setting};
use crate::theme::{self, Paint, Type};
use crate::widgets;
use crate::window::Step;

/// What can be set, by what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// My name and code.
    Me,
    /// Microphone, speaker and camera.
    Sound,
    /// The pictures of calls.
    Picture,
    /// Who may ring, and when.
    Quiet,
    /// How phones reach each other.
    Network,
    /// Language, colours, size.
    Looks,
    /// A copy of what this phone is.
    Backup,
    /// What Ahoy is, and what others see.
    About,
}

impl Topic {
    const ALL: [Self; 8] =
        [Self::Me, Self::Sound, Self::Picture, Self::Quiet, Self::Network, Self::Looks, Self::Backup, Self::About];

    const fn icon(self) -> Icon {
        match self {
            Self::Me => Icon::Person,
            Self::Sound => Icon::Microphone,
            Self::Picture => Icon::Camera,
            Self::Quiet => Icon::Lock,
            Self::Network => Icon::Network,
            Self::Looks => Icon::Eye,
            Self::Backup => Icon::Keep,
            Self::About => Icon::About,
        }
    }

    fn title(self) -> Phrase {
        match self {
            Self::Me => say!("settings-me"),
            Self::Sound => say!("settings-sound"),
            Self::Picture => say!("settings-picture"),
            Self::Quiet => say!("settings-quiet"),
            Self::Network => say!("settings-network"),
            Self::Looks => say!("settings-looks"),
            Self::Backup => say!("settings-backup"),
            Self::About => say!("settings-about"),
        }
    }

    fn about(self) -> Phrase {
        match self {
            Self::Me => say!("settings-me-about"),
            Self::Sound => say!("settings-sound-about"),
            Self::Picture => say!("settings-picture-about"),
            Self::Quiet => say!("settings-quiet-about"),
            Self::Network => say!("settings-network-about"),
            Self::Looks => say!("settings-looks-about"),
            Self::Backup => say!("settings-backup-about"),
            Self::About => say!("settings-about-about"),
        }
    }
}

fn enter(view: Res<NewestView>, place: Res<Place>, mut commands: Commands) {
    let topic = place.topic();
    page::spawn(&mut commands, Screen::Settings, |ui| {
        page::titled(ui, topic.map_or_else(|| say!("settings-title"), Topic::title));
        let column = Node { row_gap: px(theme::GAP_WIDE), ..page::column() };
        let _ = ui.spawn(column).with_children(|ui| match topic {
            None => list(ui),
            Some(Topic::Me) => me::fill(ui, &view.0.me.name),
            Some(Topic::Sound) => sound::fill(ui),
            Some(Topic::Picture) => picture::fill(ui),
            Some(Topic::Quiet) => quiet::fill(ui),
            Some(Topic::Network) => network::fill(ui, &view.0.settings),
            Some(Topic::Looks) => looks::fill(ui),
            Some(Topic::Backup) => backup::fill(ui),
            Some(Topic::About) => about::fill(ui),
        });
    });
}

/// All topics, each with a line that says what is found there.
fn list(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        for topic in Topic::ALL {
            // A row of its own each, however narrow the words are.
            let _ = ui.spawn(Node::default()).with_children(|ui| {
                let spoken = Phrase::joined(vec![topic.title(), topic.about()], ". ");
                let _ = widgets::row(ui, spoken, |ui| topic_line(ui, topic))
                    .observe(move |_: On<Activate>, mut place: ResMut<Place>| *place = Place::Settings(Some(topic)));
            });
        }
    });
}

fn topic_line(ui: &mut ChildSpawnerCommands<'_>, topic: Topic) {
    let _ = ui.spawn(topic.icon().node(ICON, Paint::AccentText));
    let column = Node {
        flex_direction: FlexDirection::Column,
        flex_grow: 1.0,
        flex_basis: px(0),
        min_width: px(0),
        ..default()
    };
    let _ = ui.spawn((column, Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, topic.title()));
        let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, topic.about()));
    });
}

/// The side of a topic's pictogram.
const ICON: f32 = 26.0;

/// A card with a heading.
fn card(ui: &mut ChildSpawnerCommands<'_>, title: Phrase, fill: impl FnOnce(&mut ChildSpawnerCommands<'_>)) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        if !title.is_empty() {
            let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, title));
        }
        fill(ui);
    });
}

/// A paragraph of small print.
fn hint(ui: &mut ChildSpawnerCommands<'_>, words: Phrase) {
    let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, words));
}

/// A setting that is on or off.
fn on_off(ui: &mut ChildSpawnerCommands<'_>, setting: Setting<2>, name: Phrase, about: Phrase) {
    setting::keep(controls::switch(ui, Words { name, about }), setting);
}

/// A setting that is one of several values.
fn one_of<const N: usize>(ui: &mut ChildSpawnerCommands<'_>, setting: Setting<N>, words: Words, called: [Phrase; N]) {
    let options = setting.values.map(ToOwned::to_owned).into_iter().zip(called).collect();
    setting::keep(controls::choice(ui, Choice { words, options }), setting);
}

pub(super) fn plugin(app: &mut App) {
    let here = in_state(Screen::Settings);
    let _ = app
        .add_systems(OnEnter(Screen::Settings), (enter, sound::look_again))
        .add_systems(OnExit(Screen::Settings), trial::close)
        .add_systems(PreUpdate, my_name::write.in_set(Step::Mirror).run_if(here.clone()))
        .add_systems(Update, (quiet::list, network::tell, qr::draw).in_set(Step::Present).run_if(here));
}
