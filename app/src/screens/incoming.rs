//! Somebody calls: who, with voice or video, and what can be done about it.
//! Nothing is captured before one of the two answers is pressed.
//! Declining stands apart from answering, so that neither is pressed by mistake; it may carry a few words.

use ahoy_call::{CallId, OtherCall, RejectReason};
use ahoy_engine::Command;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{Screen, banner, page, parts};
use crate::accessibility::LiveRegion;
use crate::calls::{Call, Kind, OnScreen, Peer};
use crate::engine_link::Intent;
use crate::icons::Icon;
use crate::language::Language;
use crate::phrase::Phrase;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};

/// What a caller may be told with one press.
fn ready_replies() -> [Phrase; 3] {
    [say!("incoming-reply-later"), say!("incoming-reply-meeting"), say!("incoming-reply-not-now")]
}

fn build(call: Single<(&Call, &Peer, &Kind), With<OnScreen>>, mut commands: Commands) {
    let (&Call(id), peer, kind) = *call;
    let what = if kind.video { say!("incoming-video") } else { say!("incoming-voice") };
    let _ = commands.spawn(parts::root(Screen::Incoming)).with_children(|ui| {
        banner::slot(ui);
        let _ = ui.spawn(parts::middle()).with_children(|ui| {
            parts::person(ui, peer);
            let _ = ui.spawn((widgets::centred(Type::Body, Paint::AccentText, what), LiveRegion));
            let hint = say!("incoming-keys");
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
        let _ = ui.spawn(widgets::centred(Type::Small, Paint::TextQuiet, say!("incoming-decline-and-say")));
        let row = Node { justify_content: JustifyContent::Center, ..page::buttons() };
        let _ = ui.spawn(row).with_children(|ui| {
            for words in ready_replies() {
                let spoken = say!("incoming-decline-saying", name = name, words = words.clone());
                let face = Face::word(Tone::Quiet, words.clone()).spoken(spoken);
                // The caller reads the words in the language in which they were chosen.
                let _ = widgets::button(ui, Shape::Wide, face).observe(
                    move |_: On<Activate>, language: Res<Language>, mut intents: MessageWriter<Intent>| {
                        let (reason, text) = (RejectReason::Declined, Some(language.say(&words)));
                        let _ = intents.write(Intent(Command::RejectCall { call: Some(id), reason, text }));
                    },
                );
            }
        });
    });
}

fn answers(ui: &mut ChildSpawnerCommands<'_>, id: CallId, name: &str, video: bool) {
    let (call, other) = (Some(id), OtherCall::Hold);
    let decline = Face::new(Tone::Stop, Icon::HangUp, say!("incoming-decline"))
        .spoken(say!("incoming-decline-spoken", name = name));
    let _ = parts::press(
        ui,
        Shape::Tall,
        decline,
        Command::RejectCall { call, reason: RejectReason::Declined, text: None },
    );
    let (icon, spoken) = if video {
        let quiet = Face::new(Tone::Quiet, Icon::CameraOff, say!("incoming-without-video"))
            .spoken(say!("incoming-without-video-spoken", name = name));
        let _ = parts::press(ui, Shape::Tall, quiet, Command::AnswerCall { call, video: false, other });
        (Icon::Camera, say!("incoming-with-video-spoken", name = name))
    } else {
        (Icon::Phone, say!("incoming-answer-spoken", name = name))
    };
    let answer = Face::new(Tone::Go, icon, say!("incoming-answer")).spoken(spoken);
    let _ = parts::press(ui, Shape::Tall, answer, Command::AnswerCall { call, video, other });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::Incoming), build);
}
