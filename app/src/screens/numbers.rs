//! The call on the screen in numbers: the delay from mouth to ear part by part, losses and what repairs them, how loud
//! both sides are, what my picture gets of the way. A button of the call opens and closes it.
//! It reads the engine's statistics, which change twice a second, and keeps nothing of its own.

use ahoy_engine::stats::{AudioNumbers, CallStats, PictureSending};
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::Screen;
use crate::calls::{Call, OnScreen, Peer};
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::say;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// The width of a level's bar in logical pixels.
const BAR: f32 = 160.0;

/// The bar is empty at this level (dB below full scale): rooms are quieter than that.
const QUIETEST: f32 = -60.0;

/// Whether the numbers are shown; kept from call to call.
#[derive(Resource, Default)]
struct Open(bool);

#[derive(Component)]
struct Panel;

/// A line of the panel.
#[derive(Component, Clone, Copy)]
enum Line {
    Delay,
    Parts,
    Losses,
    Sending,
    Picture,
    Way,
}

/// A bar that shows how loud a side is.
#[derive(Component, Clone, Copy)]
enum Loudness {
    Mine,
    Theirs,
}

/// The button that opens and closes the numbers.
pub(super) fn toggle(ui: &mut ChildSpawnerCommands<'_>) {
    let face = Face::new(Tone::Quiet, Icon::Levels, say!("numbers-toggle")).spoken(say!("numbers-toggle-spoken"));
    let _ = widgets::button(ui, Shape::Tall, face).observe(|_: On<Activate>, mut open: ResMut<Open>| open.0 = !open.0);
}

/// The panel itself, hidden until it is asked for.
pub(super) fn panel(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let node = Node {
        display: Display::None,
        flex_direction: FlexDirection::Column,
        align_self: AlignSelf::FlexStart,
        row_gap: px(theme::GAP),
        max_width: px(theme::COLUMN),
        padding: px(theme::GAP_WIDE).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let _ = ui.spawn((Panel, node, Fill(Paint::Scrim), Pickable::IGNORE)).with_children(|ui| {
        let _ = ui.spawn((widgets::text(Type::Strong, Paint::Text, Phrase::Nothing), Line::Delay));
        for line in [Line::Parts, Line::Losses, Line::Sending, Line::Picture, Line::Way] {
            let _ = ui.spawn((widgets::text(Type::Small, Paint::Text, Phrase::Nothing), line));
        }
        loudness(ui, say!("numbers-me"), Loudness::Mine);
        loudness(ui, Phrase::verbatim(&peer.name), Loudness::Theirs);
    });
}

fn loudness(ui: &mut ChildSpawnerCommands<'_>, name: Phrase, whose: Loudness) {
    let row = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP), ..default() };
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
        let _ = ui.spawn(widgets::text(Type::Small, Paint::Text, name));
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
    }
}

/// What is made of my own picture.
fn picture(sending: &PictureSending) -> Phrase {
    let PictureSending { kbps, fps, width, height, .. } = sending;
    if *fps == 0 {
        return say!("numbers-no-picture");
    }
    say!("numbers-picture", size = format!("{width}×{height}"), fps = *fps, kbps = *kbps)
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

fn write(
    view: Res<NewestView>,
    open: Res<Open>,
    call: Single<&Call, With<OnScreen>>,
    mut panel: Single<&mut Node, (With<Panel>, Without<Loudness>)>,
    mut lines: Query<(&Line, &mut Said)>,
    mut bars: Query<(&Loudness, &mut Node), Without<Panel>>,
) {
    let stats = view.0.call(call.0).and_then(|call| call.stats.as_ref()).filter(|_| open.0);
    let display = if stats.is_some() { Display::Flex } else { Display::None };
    if panel.display != display {
        panel.display = display;
    }
    let Some(stats) = stats else { return };
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

pub(super) fn plugin(app: &mut App) {
    let _ =
        app.init_resource::<Open>().add_systems(Update, write.in_set(Step::Present).run_if(in_state(Screen::InCall)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

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
