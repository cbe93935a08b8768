//! The call itself: the other side's picture fills the window, or name and sign where there is none.
//! The line at the top, the controls at the foot and the sheets over them are files of their own in this folder.
//! Whether the microphone is off is said by word, fill and colour, for it must never be in doubt.

mod bar;
mod chrome;
mod line;
mod sheet;
mod switches;

use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;

pub(super) use self::line::quality;
pub(super) use self::sheet::Sheet;
pub(super) use self::switches::{Controls, Switch};
use super::corner::{self, Floats, Inset};
use super::{Screen, banner, numbers, parts};
use crate::accessibility::LiveRegion;
use crate::calls::{Hold, Muted, OnScreen, Peer, SendingVideo};
use crate::devices::AudioDevice;
use crate::phrase::Phrase;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::video::{self, Shows};
use crate::widgets;
use crate::window::Step;

/// The width of the self view, and the part of its surroundings that it takes at most.
const OWN_VIEW: f32 = 208.0;
const OWN_VIEW_SHARE: f32 = 36.0;

#[derive(Component)]
struct PersonInTheMiddle;

/// The line in the middle that says who keeps the call waiting.
#[derive(Component)]
struct HoldLine;

type Begun = (&'static Peer, &'static Muted, &'static SendingVideo, &'static Hold);

fn build(call: Single<Begun, With<OnScreen>>, sounds: Query<&AudioDevice>, mut commands: Commands) {
    let (peer, muted, sending, hold) = *call;
    let states = (*muted, *sending, *hold);
    let sounds: Vec<_> = sounds.iter().map(|device| device.0.clone()).collect();
    let root = Node { width: percent(100), height: percent(100), ..default() };
    let _ = commands.spawn((DespawnOnExit(Screen::InCall), TabGroup::new(0), root)).with_children(|ui| {
        let whole =
            Node { position_type: PositionType::Absolute, width: percent(100), height: percent(100), ..default() };
        let name = Named(say!("in-call-picture", name = &peer.name));
        let _ = ui.spawn((whole.clone(), Shows::Remote, Visibility::Hidden, name)).observe(reframe);
        let over = Node {
            flex_direction: FlexDirection::Column,
            row_gap: px(theme::GAP),
            padding: px(theme::GAP_WIDE).all(),
            ..whole
        };
        let _ = ui.spawn((over, Pickable::IGNORE)).with_children(|ui| {
            let upper = Node { row_gap: px(theme::GAP), ..rest() };
            let _ = ui.spawn((upper, Pickable::IGNORE)).with_children(|ui| {
                banner::slot(ui);
                line::spawn(ui, peer);
                let _ = ui.spawn((rest(), Pickable::IGNORE)).with_children(|ui| stage(ui, peer));
                sheet::spawn_all(ui, peer, states, &sounds);
            });
            bar::spawn(ui, peer.id, states);
        });
    });
}

/// A column that takes the height that is left, and no more.
fn rest() -> Node {
    Node { flex_direction: FlexDirection::Column, flex_grow: 1.0, flex_basis: px(0), min_height: px(0), ..default() }
}

/// Between line and controls: the person, the numbers, the self view in a corner.
fn stage(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let _ = ui.spawn((parts::middle(), PersonInTheMiddle, Pickable::IGNORE)).with_children(|ui| {
        parts::person(ui, peer);
        let line = widgets::centred(Type::Strong, Paint::AccentText, Phrase::Nothing);
        let _ = ui.spawn((line, HoldLine, LiveRegion));
    });
    let own = Node {
        position_type: PositionType::Absolute,
        width: px(OWN_VIEW),
        max_width: percent(OWN_VIEW_SHARE),
        max_height: percent(100),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let mut own = ui.spawn((own, Shows::Own, Visibility::Hidden, theme::shadow()));
    let _ = own.insert(Named(say!("in-call-own-picture")));
    corner::float(&mut own, Floats::OwnView, Inset::default());
    corner::focusable(&mut own);
    // Over the self view: whoever asks for numbers wants to read them.
    numbers::panel(ui, peer);
}

/// Two presses on the picture have it fill the window, or be whole again.
fn reframe(press: On<Pointer<Click>>, mut commands: Commands) {
    if press.count == 2 {
        commands.run_system_cached(sheet::reframe);
    }
}

fn hold_words(hold: Hold, name: &str) -> Phrase {
    match (hold.mine, hold.theirs) {
        (true, _) => say!("in-call-held-by-me"),
        (false, true) => say!("in-call-held-by-them", name = name),
        (false, false) => Phrase::Nothing,
    }
}

fn tell_hold(call: Single<(&Peer, &Hold), With<OnScreen>>, mut line: Single<&mut Said, With<HoldLine>>) {
    let (peer, hold) = *call;
    widgets::write(&mut line, hold_words(*hold, &peer.name));
}

fn show_person(pictures: Query<(&Shows, &Visibility)>, mut person: Single<&mut Node, With<PersonInTheMiddle>>) {
    let seen = pictures.iter().any(|(shows, seen)| *shows == Shows::Remote && *seen != Visibility::Hidden);
    let display = if seen { Display::None } else { Display::Flex };
    if person.display != display {
        person.display = display;
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Sheet>()
        .init_resource::<chrome::LastTouch>()
        .add_systems(OnEnter(Screen::InCall), (build, chrome::begin))
        .add_systems(OnExit(Screen::InCall), sheet::close)
        .add_systems(Update, (switches::show, chrome::notice).in_set(Step::Present))
        .add_systems(
            Update,
            (
                bar::arrange,
                bar::tell_muted,
                line::write,
                tell_hold,
                sheet::write,
                sheet::show.after(bar::arrange),
                (show_person, chrome::show).after(video::hang),
            )
                .in_set(Step::Present)
                .run_if(in_state(Screen::InCall)),
        );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn who_holds_the_call_is_said_in_words() {
        let words = |mine, theirs| Language::default().say(&hold_words(Hold { mine, theirs }, "Ada"));
        assert_eq!(words(false, true), "Ada has put you on hold");
        assert_eq!(words(true, true), words(true, false));
        assert_eq!(words(false, false), "");
    }
}
