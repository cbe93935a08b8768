//! Somebody calls: who, whether that is certain, with voice or video, and what can be done about it.
//! Nothing is captured before one of the two answers is pressed.
//! Declining stands apart from answering, so that neither is pressed by mistake; it may carry a few words.

use ahoy_call::{CallId, OtherCall, RejectReason};
use ahoy_engine::Command;
use bevy::prelude::*;
use bevy::text::EditableText;
use bevy::ui_widgets::{Activate, ScrollArea};

use super::{Screen, banner, call_controls, page, parts};
use crate::accessibility::LiveRegion;
use crate::calls::{Call, Due, Kind, OnScreen, Peer};
use crate::engine_link::Intent;
use crate::field::{self, Purpose, Submit};
use crate::icons::Icon;
use crate::language::Language;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};

/// The longest words that a caller is told; the signal has room for more, a caller's screen has not.
const LONGEST_WORDS: usize = 120;

/// What a caller may be told with one press.
fn ready_replies() -> [Phrase; 3] {
    [say!("incoming-reply-later"), say!("incoming-reply-meeting"), say!("incoming-reply-not-now")]
}

/// Everything that can be said with a decline; hidden until it is asked for.
#[derive(Component)]
struct Replies;

/// The field for words of one's own.
#[derive(Component)]
struct OwnWords;

fn build(call: Single<(&Call, &Peer, &Kind, &Due), With<OnScreen>>, mut commands: Commands) {
    let (&Call(id), peer, kind, due) = *call;
    let what = if kind.video { say!("incoming-video") } else { say!("incoming-voice") };
    let _ = commands.spawn((parts::root(Screen::Incoming), ScrollArea)).with_children(|ui| {
        banner::slot(ui);
        let _ = ui.spawn(parts::middle()).with_children(|ui| {
            parts::person(ui, peer);
            let _ = ui.spawn((widgets::centred(Type::Body, Paint::AccentText, what), LiveRegion));
            if due.answers.is_some() {
                let itself = widgets::centred(Type::Strong, Paint::AccentText, say!("incoming-by-itself"));
                let _ = ui.spawn((itself, LiveRegion));
            }
            let hint = say!("incoming-keys");
            let _ = ui.spawn((widgets::centred(Type::Small, Paint::TextQuiet, hint), parts::Portrait));
        });
        let foot = Node {
            flex_direction: FlexDirection::Column,
            align_items: AlignItems::Center,
            row_gap: px(theme::SPACE),
            width: percent(100),
            flex_shrink: 0.0,
            ..default()
        };
        let _ = ui.spawn(foot).with_children(|ui| {
            replies(ui, id, &peer.name);
            let _ = ui.spawn(call_controls::row()).with_children(|ui| answers(ui, id, &peer.name, kind.video));
        });
    });
}

fn replies(ui: &mut ChildSpawnerCommands<'_>, id: CallId, name: &str) {
    let group = Node {
        display: Display::None,
        flex_direction: FlexDirection::Column,
        row_gap: px(theme::GAP),
        width: percent(100),
        max_width: px(theme::COLUMN),
        padding: px(theme::GAP_WIDE).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let _ = ui.spawn((Replies, parts::Crowds, group, Fill(Paint::Surface))).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, say!("incoming-decline-and-say")));
        for words in ready_replies() {
            let spoken = say!("incoming-decline-saying", name = name, words = words.clone());
            let face = Face::word(Tone::Quiet, words.clone()).spoken(spoken);
            // The caller reads the words in the language in which they were chosen.
            let _ = widgets::button(ui, Shape::Line, face).observe(
                move |_: On<Activate>, language: Res<Language>, mut intents: MessageWriter<Intent>| {
                    let _ = intents.write(declined(id, language.say(&words)));
                },
            );
        }
        let _ = ui.spawn(page::buttons()).with_children(|ui| {
            let purpose = Purpose {
                hint: say!("incoming-own-words"),
                label: say!("incoming-own-words-label", name = name),
                limit: LONGEST_WORDS,
                text: "",
            };
            field::field(ui, purpose, |field| {
                let _ = field.insert(OwnWords).observe(move |_: On<Submit>, mut commands: Commands| {
                    commands.run_system_cached_with(decline_in_own_words, id)
                });
            });
            let face = Face::new(Tone::Stop, Icon::Send, say!("incoming-send"))
                .spoken(say!("incoming-send-spoken", name = name));
            let _ = widgets::button(ui, Shape::Small, face).observe(move |_: On<Activate>, mut commands: Commands| {
                commands.run_system_cached_with(decline_in_own_words, id)
            });
        });
    });
}

fn declined(id: CallId, words: String) -> Intent {
    let text = (!words.is_empty()).then_some(words);
    Intent(Command::RejectCall { call: Some(id), reason: RejectReason::Declined, text })
}

fn decline_in_own_words(
    In(id): In<CallId>,
    field: Single<&EditableText, With<OwnWords>>,
    mut intents: MessageWriter<Intent>,
) {
    let _ = intents.write(declined(id, field::words(&field)));
}

fn answers(ui: &mut ChildSpawnerCommands<'_>, id: CallId, name: &str, video: bool) {
    let (call, other) = (Some(id), OtherCall::Hold);
    let decline = Face::new(Tone::Stop, Icon::HangUp, say!("incoming-decline"))
        .spoken(say!("incoming-decline-spoken", name = name));
    let reject = Command::RejectCall { call, reason: RejectReason::Declined, text: None };
    let _ = call_controls::press(ui, decline, reject);
    let words = Face::new(Tone::Quiet, Icon::Message, say!("incoming-words")).spoken(say!("incoming-words-spoken"));
    let _ =
        call_controls::control(ui, words).observe(|_: On<Activate>, mut replies: Single<&mut Node, With<Replies>>| {
            replies.display = if replies.display == Display::None { Display::Flex } else { Display::None };
        });
    let (icon, spoken) = if video {
        let quiet = Face::new(Tone::Quiet, Icon::CameraOff, say!("incoming-without-video"))
            .spoken(say!("incoming-without-video-spoken", name = name));
        let _ = call_controls::press(ui, quiet, Command::AnswerCall { call, video: false, other });
        (Icon::Camera, say!("incoming-with-video-spoken", name = name))
    } else {
        (Icon::Phone, say!("incoming-answer-spoken", name = name))
    };
    let answer = Face::new(Tone::Go, icon, say!("incoming-answer")).spoken(spoken);
    let _ = call_controls::press(ui, answer, Command::AnswerCall { call, video, other });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::Incoming), build);
}
