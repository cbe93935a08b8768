//! The call on the screen in numbers: the delay from mouth to ear part by part, losses and what repairs them, how loud
//! both sides are, what the pictures get of the way, and the last minute of it as plots.
//! It reads the engine's statistics, which change twice a second, and draws only while it is open.

use ahoy_engine::stats::{AudioNumbers, CallStats, PathNumbers, PictureSending, VideoNumbers};
use bevy::clipboard::Clipboard;
use bevy::prelude::*;
use bevy::ui::InlineDirection;
use bevy::ui_widgets::{Activate, ScrollArea};

pub(super) use self::history::{History, Summary};
use super::{Screen, page};
use crate::calls::{self, Call, OnScreen, Peer};
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::language::Language;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::say;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::toast::Say;
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

mod history;
mod plot;

/// The width of a level's bar in logical pixels.
const BAR: f32 = 160.0;

/// The bar is empty at this level (dB below full scale): rooms are quieter than that.
const QUIETEST: f32 = -60.0;

/// Whether the numbers are shown; kept from call to call.
#[derive(Resource, Default)]
pub struct NumbersOpen(pub bool);

#[derive(Component)]
struct Panel;

/// A line of the panel.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Delay,
    Parts,
    Losses,
    Sending,
    Picture,
    Theirs,
    Way,
    Path,
}

/// All of them, in the order in which they are told.
const LINES: [Line; 8] =
    [Line::Delay, Line::Parts, Line::Losses, Line::Sending, Line::Picture, Line::Theirs, Line::Way, Line::Path];

/// A bar that shows how loud a side is.
#[derive(Component, Clone, Copy)]
enum Loudness {
    Mine,
    Theirs,
}

/// Opens and closes the numbers.
pub(super) fn toggle(_: On<Activate>, mut open: ResMut<NumbersOpen>) {
    open.0 = !open.0;
}

/// The panel itself, hidden until it is asked for.
pub(super) fn panel(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let node = Node {
        display: Display::None,
        position_type: PositionType::Absolute,
        top: px(0),
        flex_direction: FlexDirection::Column,
        row_gap: px(theme::GAP),
        width: px(theme::COLUMN),
        max_width: percent(100),
        max_height: percent(100),
        padding: px(theme::GAP_WIDE).all(),
        overflow: Overflow::scroll_y(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let _ = ui.spawn((Panel, node, ScrollArea, Fill(Paint::Scrim))).with_children(|ui| {
        let head = Node {
            flex_wrap: FlexWrap::Wrap,
            align_items: AlignItems::Center,
            justify_content: JustifyContent::SpaceBetween,
            column_gap: px(theme::GAP),
            row_gap: px(theme::GAP),
            ..default()
        };
        let _ = ui.spawn((head, Pickable::IGNORE)).with_children(|ui| {
            let _ = ui.spawn((widgets::text(Type::Strong, Paint::Text, Phrase::Nothing), Line::Delay));
            buttons(ui);
        });
        for line in LINES.into_iter().filter(|line| *line != Line::Delay) {
            let _ = ui.spawn((widgets::text(Type::Small, Paint::Text, Phrase::Nothing), line));
        }
        plot::spawn_all(ui);
        loudness(ui, say!("numbers-me"), Loudness::Mine);
        loudness(ui, Phrase::verbatim(&peer.name), Loudness::Theirs);
    });
}

fn buttons(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn((page::buttons(), Pickable::IGNORE)).with_children(|ui| {
        let face = Face::new(Tone::Quiet, Icon::Copy, say!("numbers-copy")).spoken(say!("numbers-copy-spoken"));
        let _ = widgets::button(ui, Shape::Wide, face).observe(copy);
        let face = Face::new(Tone::Quiet, Icon::Cross, say!("numbers-close")).spoken(say!("numbers-close-spoken"));
        let _ = widgets::button(ui, Shape::Small, face).observe(toggle);
    });
}

/// Everything that the panel says as one text, for whoever is to be asked for help.
fn copy(
    _: On<Activate>,
    view: Res<NewestView>,
    call: Option<Single<&Call, With<OnScreen>>>,
    language: Res<Language>,
    mut clipboard: ResMut<Clipboard>,
    mut tell: MessageWriter<Say>,
) {
    let stats = call.and_then(|call| view.0.call(call.0)).and_then(|call| call.stats.as_ref());
    let Some(stats) = stats else { return };
    let report = language.say(&report(stats));
    let told = if clipboard.set_text(report).is_ok() { say!("numbers-copied") } else { say!("numbers-not-copied") };
    let _ = tell.write(Say(told));
}

fn report(stats: &CallStats) -> Phrase {
    Phrase::lines(LINES.into_iter().map(|line| words(line, stats)).collect())
}

fn loudness(ui: &mut ChildSpawnerCommands<'_>, name: Phrase, whose: Loudness) {
    let row =
        Node { flex_wrap: FlexWrap::Wrap, align_items: AlignItems::Center, column_gap: px(theme::GAP), ..default() };
    let _ = ui.spawn((row, Pickable::IGNORE)).with_children(|ui| {
        let track = Node {
            width: px(BAR),
            height: px(theme::GAP),
            flex_shrink: 0.0,
            border_radius: BorderRadius::all(px(theme::GAP / 2.0)),
            ..default()
        };
        let _ = ui.spawn((track, Fill(Paint::Line))).with_children(|ui| {
            let bar =
                Node { height: percent(100), border_radius: BorderRadius::all(px(theme::GAP / 2.0)), ..default() };
            let _ = ui.spawn((bar, Fill(Paint::Go), whose));
        });
        let _ = ui.spawn(widgets::breaking(Type::Small, Paint::Text, name));
    });
}

fn words(line: Line, stats: &CallStats) -> Phrase {
    let audio = &stats.audio;
    let stages = audio.stages;
    match line {
        Line::Delay if audio.delay_ms > 0.0 => say!("numbers-delay", ms = whole(audio.delay_ms)),
        Line::Delay => say!("numbers-measuring"),
        Line::Parts => say!(
            "numbers-parts",
            frame = whole(stages.capture_ms),
            codec = whole(stages.codec_ms),
            network = whole(stages.network_ms),
            buffer = whole(stages.buffer_ms),
            speaker = whole(stages.device_ms),
        ),
        Line::Losses => losses(audio),
        Line::Sending => sending(audio),
        Line::Picture => picture(&stats.video.sending),
        Line::Way => say!(
            "numbers-way",
            kbps = whole(stats.rate.target_kbps),
            queue = whole(stats.rate.queue_delay_ms),
            lost = percent_text(stats.video.sending.loss),
        ),
        Line::Theirs => theirs(&stats.video),
        Line::Path => path(&stats.path),
    }
}

/// What is made of my own picture.
fn picture(sending: &PictureSending) -> Phrase {
    let PictureSending { kbps, fps, width, height, .. } = sending;
    if *fps == 0 {
        return say!("numbers-no-picture");
    }
    say!("numbers-picture", width = *width, height = *height, fps = *fps, kbps = *kbps)
}

/// What comes of the other side's picture.
fn theirs(video: &VideoNumbers) -> Phrase {
    let fps = whole(video.fps);
    if fps == 0 {
        return say!("numbers-no-picture-in");
    }
    say!(
        "numbers-picture-in",
        width = video.width,
        height = video.height,
        fps = fps,
        ms = whole(video.delay_ms),
        freezes = video.freezes,
    )
}

/// Which way the call takes.
fn path(path: &PathNumbers) -> Phrase {
    let (ms, lost) = (whole(path.rtt_ms), percent_text(path.loss));
    if calls::is_relayed(path) {
        say!("numbers-path-relay", ms = ms, lost = lost)
    } else {
        say!("numbers-path-direct", ms = ms, lost = lost)
    }
}

/// What was lost on the way here, and how much of it had to be made up.
fn losses(audio: &AudioNumbers) -> Phrase {
    let all = (audio.received + audio.lost).max(1) as f64;
    let lost = percent_text(audio.lost as f64 / all);
    let repaired = audio.copies + audio.fec + audio.dred;
    say!("numbers-losses", lost = lost, repaired = repaired, ms = audio.concealed_ms)
}

/// How my own voice goes out.
fn sending(audio: &AudioNumbers) -> Phrase {
    let times = audio.sending.spacings.len() + 1;
    let mut words = vec![say!("numbers-sending", kbps = whole(audio.kbps), ms = audio.frame_ms, times = times)];
    if audio.sending.fec || audio.sending.dred_ms > 0 {
        words.push(say!("numbers-redundancy"));
    }
    Phrase::joined(words, " · ")
}

/// A measure as people read it: without decimals.
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// A share of one in percent with one decimal, which no plural depends on.
fn percent_text(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// How much of its bar a level fills, in percent.
fn filled(level_db: f32) -> f32 {
    ((level_db - QUIETEST) / -QUIETEST).clamp(0.0, 1.0) * 100.0
}

fn show(
    view: Res<NewestView>,
    open: Res<NumbersOpen>,
    language: Res<Language>,
    call: Single<&Call, With<OnScreen>>,
    mut panel: Single<&mut Node, With<Panel>>,
) {
    let known = view.0.call(call.0).is_some_and(|call| call.stats.is_some());
    let display = if known && open.0 { Display::Flex } else { Display::None };
    let ltr = language.tongue().direction() == InlineDirection::Ltr;
    let (left, right) = if ltr { (px(0), auto()) } else { (auto(), px(0)) };
    if (panel.display, panel.left, panel.right) != (display, left, right) {
        (panel.display, panel.left, panel.right) = (display, left, right);
    }
}

/// Runs while the panel is open: twice a second something is new.
fn write(
    view: Res<NewestView>,
    call: Single<&Call, With<OnScreen>>,
    mut lines: Query<(&Line, &mut Said)>,
    mut bars: Query<(&Loudness, &mut Node)>,
) {
    let Some(stats) = view.0.call(call.0).and_then(|call| call.stats.as_ref()) else { return };
    for (line, mut said) in &mut lines {
        widgets::write(&mut said, words(*line, stats));
    }
    for (whose, mut node) in &mut bars {
        let level = match whose {
            Loudness::Mine => stats.audio.level_db,
            Loudness::Theirs => stats.audio.peer_level_db,
        };
        let width = percent(filled(level).round());
        if node.width != width {
            node.width = width;
        }
    }
}

fn is_open(open: Res<NumbersOpen>) -> bool {
    open.0
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.init_resource::<NumbersOpen>().add_plugins(history::plugin).add_systems(
        Update,
        (show, (write, plot::draw).run_if(is_open)).in_set(Step::Present).run_if(in_state(Screen::InCall)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_and_repairs_are_said_in_words() {
        let mut audio = AudioNumbers { received: 900, lost: 100, copies: 95, concealed_ms: 100, ..Default::default() };
        let said = |phrase: Phrase| Language::default().say(&phrase);
        assert_eq!(said(losses(&audio)), "10.0 % of packets lost, 95 brought back, 100 ms made up");
        audio.kbps = 32.0;
        audio.frame_ms = 20;
        audio.sending.spacings = vec![1, 2];
        assert_eq!(said(sending(&audio)), "I send 32 kbit/s in frames of 20 ms, each 3 times");
    }

    #[test]
    fn a_bar_goes_from_a_quiet_room_to_full_scale() {
        assert_eq!((filled(-90.0), filled(-60.0), filled(-30.0), filled(0.0)), (0.0, 0.0, 50.0, 100.0));
    }
}
