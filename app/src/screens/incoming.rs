//! Somebody calls: who, with voice or video, and what can be done about it.
//! Nothing is captured before one of the two answers is pressed.
//! Declining stands apart from answering, so that neither is pressed by mistake; it may carry a few words.

use ahoy_call::{CallId, OtherCall, RejectReason};
use ahoy_engine::Command;
use bevy::prelude::*;

use super::{Screen, banner, page, parts};
use crate::calls::{Call, Kind, OnScreen, Peer};
use crate::icons::Icon;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};

/// What a caller may be told with one press.
const REPLIES: [&str; 3] = ["I'll call back", "In a meeting", "Can't talk now"];

fn build(call: Single<(&Call, &Peer, &Kind), With<OnScreen>>, mut commands: Commands) {
    let (&Call(id), peer, kind) = *call;
    let what = if kind.video { "Video call" } else { "Voice call" };
    let _ = commands.spawn(parts::root(Screen::Incoming)).with_children(|ui| {
        banner::slot(ui);
        let _ = ui.spawn(parts::middle()).with_children(|ui| {
            parts::person(ui, peer);
            let _ = ui.spawn(widgets::centred(Type::Body, Paint::AccentText, &format!("{what}: calling you")));
            let hint = "Enter answers, Escape declines";
            let _ = ui.spawn(widgets::centred(Type::Small, Paint::TextQuiet, hint));
        });
        let foot = Node {
            flex_direction: FlexDirection::Column,
            align_items: AlignItems::Center,
            row_gap: px(theme::SPACE),
            ..default()
        };
        let _ = ui.spawn(foot).with_children(|ui| {
            replies(ui, id, &peer.name);
            let _ = ui.spawn(parts::controls()).with_children(|ui| answers(ui, id, &peer.name, kind.video));
        });
    });
}

fn replies(ui: &mut ChildSpawnerCommands<'_>, id: CallId, name: &str) {
    let group = Node {
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        row_gap: px(theme::GAP),
        ..default()
    };
    let _ = ui.spawn(group).with_children(|ui| {
        let _ = ui.spawn(widgets::centred(Type::Small, Paint::TextQuiet, "Decline and say"));
        let row = Node { justify_content: JustifyContent::Center, ..page::buttons() };
        let _ = ui.spawn(row).with_children(|ui| {
            for words in REPLIES {
                let face = Face::word(Tone::Quiet, words).spoken(format!("Decline the call from {name}: {words}"));
                let (reason, text) = (RejectReason::Declined, Some(words.to_owned()));
                let _ = parts::press(ui, Shape::Wide, face, Command::RejectCall { call: Some(id), reason, text });
            }
        });
    });
}

fn answers(ui: &mut ChildSpawnerCommands<'_>, id: CallId, name: &str, video: bool) {
    let (call, other) = (Some(id), OtherCall::Hold);
    let decline = Face::new(Tone::Stop, Icon::HangUp, "Decline").spoken(format!("Decline the call from {name}"));
    let _ = parts::press(
        ui,
        Shape::Tall,
        decline,
        Command::RejectCall { call, reason: RejectReason::Declined, text: None },
    );
    let (icon, spoken) = if video {
        let quiet = Face::new(Tone::Quiet, Icon::CameraOff, "Without video")
            .spoken(format!("Answer {name} without sending video"));
        let _ = parts::press(ui, Shape::Tall, quiet, Command::AnswerCall { call, video: false, other });
        (Icon::Camera, format!("Answer {name} with video"))
    } else {
        (Icon::Phone, format!("Answer {name}"))
    };
    let answer = Face::new(Tone::Go, icon, "Answer").spoken(spoken);
    let _ = parts::press(ui, Shape::Tall, answer, Command::AnswerCall { call, video, other });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::Incoming), build);
}
