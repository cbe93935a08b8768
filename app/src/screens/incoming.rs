//! Somebody calls: who, with voice or video, and what can be done about it.
//! Nothing is captured before one of the two answers is pressed.
//! Declining stands apart from answering, so that neither is pressed by mistake.

use ahoy_call::{CallId, RejectReason};
use ahoy_engine::Command;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{Screen, parts};
use crate::calls::{Call, Kind, OnScreen, Peer};
use crate::engine_link::Intent;
use crate::icons::Icon;
use crate::theme::{self, Type};
use crate::widgets::{self, Face, Shape, Tone};

fn build(call: Single<(&Call, &Peer, &Kind), With<OnScreen>>, mut commands: Commands) {
    let (&Call(id), peer, kind) = *call;
    let what = if kind.video { "Video call" } else { "Voice call" };
    let _ = commands.spawn(parts::root(Screen::Incoming)).with_children(|ui| {
        let _ = ui.spawn(parts::middle()).with_children(|ui| {
            parts::person(ui, peer);
            let _ = ui.spawn(widgets::centred(Type::Body, theme::ACCENT, &format!("{what}: calling you")));
            let hint = "Enter answers, Escape declines";
            let _ = ui.spawn(widgets::centred(Type::Small, theme::TEXT_QUIET, hint));
        });
        let _ = ui.spawn(parts::controls()).with_children(|ui| answers(ui, id, &peer.name, kind.video));
    });
}

fn answers(ui: &mut ChildSpawnerCommands<'_>, id: CallId, name: &str, video: bool) {
    let decline = Face::new(Tone::Stop, Icon::HangUp, "Decline").spoken(format!("Decline the call from {name}"));
    press(ui, decline, Command::RejectCall { call: Some(id), reason: RejectReason::Declined, text: None });
    let (icon, spoken) = if video {
        let quiet = Face::new(Tone::Quiet, Icon::CameraOff, "Without video")
            .spoken(format!("Answer {name} without sending video"));
        press(ui, quiet, Command::AnswerCall { call: Some(id), video: false });
        (Icon::Camera, format!("Answer {name} with video"))
    } else {
        (Icon::Phone, format!("Answer {name}"))
    };
    let answer = Face::new(Tone::Go, icon, "Answer").spoken(spoken);
    press(ui, answer, Command::AnswerCall { call: Some(id), video });
}

fn press(ui: &mut ChildSpawnerCommands<'_>, face: Face, command: Command) {
    let _ =
        widgets::button(ui, Shape::Tall, face).observe(move |_: On<Activate>, mut intents: MessageWriter<Intent>| {
            let _ = intents.write(Intent(command.clone()));
        });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::Incoming), build);
}
