//! The line at the top of a call: who, how long, how good, and what stands in the way.
//! Other calls stand above it; a way to do something else meanwhile stands before it.
//! Everything is said in words; the bars of the quality are a picture of its word.

use ahoy_call::CallState;
use ahoy_engine::quality::{Cause, Level, Quality};
use ahoy_media::LocalTime;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::chrome::Chrome;
use crate::accessibility::LiveRegion;
use crate::calls::{CallQuality, Due, Hold, OnScreen, Peer, Phase, Remote, SendingVideo};
use crate::clock::Clock;
use crate::icons::Icon;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::say;
use crate::screens::parts;
use crate::screens::tile::Minimise;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};

/// What stands in the way.
#[derive(Component)]
pub(super) struct Status;

/// How good the call is: the group, its word, one of its bars.
#[derive(Component)]
pub(super) struct QualityGroup;

#[derive(Component)]
pub(super) struct QualityWord;

/// Filled from this step on.
#[derive(Component)]
pub(super) struct QualityBar(u8);

/// The bars: three steps, and the height of the lowest.
const STEPS: u8 = 3;
const STEP_HEIGHT: f32 = 5.0;
const BAR_WIDTH: f32 = 5.0;

/// Spawns the line.
pub(super) fn spawn(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let row = Node {
        align_items: AlignItems::Center,
        align_self: AlignSelf::FlexStart,
        max_width: percent(100),
        column_gap: px(theme::GAP),
        padding: px(theme::GAP).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let _ = ui.spawn((Chrome, row, Fill(Paint::Scrim))).with_children(|ui| {
        let face = Face::new(Tone::Quiet, Icon::Shrink, say!("line-minimise")).spoken(say!("line-minimise-spoken"));
        let _ = widgets::button(ui, Shape::Small, face)
            .observe(|_: On<Activate>, mut minimise: Minimise<'_>| minimise.on_screen());
        let words = Node {
            flex_direction: FlexDirection::Column,
            min_width: px(0),
            row_gap: px(2),
            padding: UiRect::horizontal(px(theme::GAP)),
            ..default()
        };
        let _ = ui.spawn((words, Pickable::IGNORE)).with_children(|ui| {
            name(ui, peer);
            facts(ui);
            let _ = ui.spawn((widgets::text(Type::Small, Paint::AccentText, Phrase::Nothing), Status, LiveRegion));
        });
    });
}

fn row() -> Node {
    Node { flex_wrap: FlexWrap::Wrap, align_items: AlignItems::Center, column_gap: px(theme::GAP), ..default() }
}

fn name(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let _ = ui.spawn((row(), Pickable::IGNORE)).with_children(|ui| {
        let name = Phrase::verbatim(parts::display_name(&peer.name, peer.id));
        let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, name));
        parts::verified(ui, peer);
    });
}

fn facts(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn((row(), Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn((widgets::text(Type::Body, Paint::Text, Phrase::Nothing), parts::Length));
        let group = Node { display: Display::None, ..row() };
        let _ = ui.spawn((QualityGroup, group, Pickable::IGNORE)).with_children(|ui| {
            let bars = Node { align_items: AlignItems::FlexEnd, column_gap: px(2), ..default() };
            let _ = ui.spawn((bars, Pickable::IGNORE)).with_children(|ui| {
                for step in 1..=STEPS {
                    let bar = Node {
                        width: px(BAR_WIDTH),
                        height: px(STEP_HEIGHT * f32::from(step)),
                        border_radius: BorderRadius::all(px(1)),
                        ..default()
                    };
                    let _ = ui.spawn((QualityBar(step), bar, Fill(Paint::Line), Pickable::IGNORE));
                }
            });
            let _ = ui.spawn((widgets::text(Type::Small, Paint::Text, Phrase::Nothing), QualityWord, LiveRegion));
        });
    });
}

/// How many bars a call has.
const fn steps(level: Level) -> u8 {
    match level {
        Level::Good => 3,
        Level::Fair => 2,
        Level::Poor | Level::Bad => 1,
    }
}

fn cause(cause: Cause) -> Phrase {
    match cause {
        Cause::Mine => say!("line-cause-mine"),
        Cause::Theirs => say!("line-cause-theirs"),
        Cause::Relayed => say!("line-cause-relayed"),
        Cause::Far => say!("line-cause-far"),
        Cause::Processor => say!("line-cause-processor"),
    }
}

/// How good a call is and why it is no better.
pub(in crate::screens) fn quality(quality: Quality) -> Phrase {
    let word = match quality.level {
        Level::Good => say!("line-good"),
        Level::Fair => say!("line-fair"),
        Level::Poor => say!("line-poor"),
        Level::Bad => say!("line-bad"),
    };
    Phrase::joined(vec![word, quality.cause.map_or(Phrase::Nothing, cause)], " · ")
}

/// What the other side does, and whether its picture is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Theirs {
    muted: bool,
    /// I send my picture, and none comes back.
    dark: bool,
}

/// What the line says besides: what stands in the way first.
fn status(phase: CallState, seconds: Option<u64>, hold: Hold, theirs: Theirs, name: &str) -> Phrase {
    let mut words = Vec::new();
    if phase == CallState::Reconnecting {
        words.push(match seconds {
            Some(seconds) => say!("line-reconnecting", seconds = seconds),
            None => parts::progress(phase),
        });
    }
    if hold.mine || hold.theirs {
        words.push(say!("line-held"));
    }
    if theirs.muted {
        words.push(say!("line-they-muted", name = name));
    }
    if theirs.dark && !hold.mine && !hold.theirs {
        words.push(say!("line-they-dark", name = name));
    }
    Phrase::joined(words, " · ")
}

/// The seconds until `then`, begun ones as whole.
fn seconds_until(then: LocalTime, now: LocalTime) -> u64 {
    then.saturating_since(now).as_secs_f64().ceil() as u64
}

type Told = (
    &'static Peer,
    &'static Phase,
    &'static SendingVideo,
    &'static Remote,
    &'static Hold,
    &'static CallQuality,
    &'static Due,
);

pub(super) fn write(
    call: Single<Told, With<OnScreen>>,
    clock: Res<Clock>,
    mut line: Single<(&mut Said, &mut Node), With<Status>>,
    mut group: Single<&mut Node, (With<QualityGroup>, Without<Status>)>,
    mut word: Single<&mut Said, (With<QualityWord>, Without<Status>)>,
    mut bars: Query<(&QualityBar, &mut Fill)>,
) {
    let (peer, phase, sending, remote, hold, judged, due) = *call;
    let seconds = due.gives_up.map(|then| seconds_until(then, clock.local()));
    let theirs = Theirs { muted: remote.muted, dark: sending.0 && !remote.video };
    let words = status(phase.0, seconds, *hold, theirs, &parts::display_name(&peer.name, peer.id));
    let (said, node) = &mut *line;
    show(node, !words.is_empty());
    widgets::write(said, words);
    let judged = judged.now.filter(|_| phase.0 == CallState::Active);
    show(&mut group, judged.is_some());
    let Some(judged) = judged else { return };
    widgets::write(&mut word, quality(judged));
    for (bar, mut fill) in &mut bars {
        let paint = if bar.0 <= steps(judged.level) { Paint::Text } else { Paint::Line };
        let _ = fill.set_if_neq(Fill(paint));
    }
}

fn show(node: &mut Mut<'_, Node>, shown: bool) {
    let display = if shown { Display::Flex } else { Display::None };
    if node.display != display {
        node.display = display;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn what_stands_in_the_way_is_said_first() {
        let (muted, free) = (Theirs { muted: true, dark: false }, Hold::default());
        let said = |phase, seconds, hold, theirs| Language::default().say(&status(phase, seconds, hold, theirs, "Ada"));
        assert_eq!(said(CallState::Active, None, free, muted), "Ada is muted");
        assert_eq!(said(CallState::Reconnecting, Some(27), free, muted), "Reconnecting… 27 s · Ada is muted");
        let held = Hold { mine: false, theirs: true };
        assert_eq!(said(CallState::Active, None, held, muted), "On hold · Ada is muted");
        let dark = Theirs { muted: false, dark: true };
        assert_eq!(said(CallState::Active, None, free, dark), "Ada's camera is off");
        assert_eq!(said(CallState::Active, None, held, dark), "On hold");
    }

    #[test]
    fn begun_seconds_count_as_whole() {
        assert_eq!(seconds_until(LocalTime(27_400_000), LocalTime(1_000_000)), 27);
        assert_eq!(seconds_until(LocalTime(1), LocalTime(5)), 0);
    }

    #[test]
    fn the_quality_is_told_with_its_cause() {
        let fair = Quality { level: Level::Fair, cause: Some(Cause::Theirs) };
        assert_eq!(Language::default().say(&quality(fair)), "Fair · their network");
        let good = Quality { level: Level::Good, cause: None };
        assert_eq!(Language::default().say(&quality(good)), "Good");
        assert!(steps(Level::Good) > steps(Level::Fair) && steps(Level::Fair) > steps(Level::Poor));
    }
}
