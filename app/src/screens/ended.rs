//! A call is over: why, in plain words, how long it was, and what can be done next.
//! Shown until the person leaves it or the engine forgets the call.
//! Missed and declined are different things and are said differently.

use ahoy_call::{CallState, Direction, EndReason};
use ahoy_engine::Command;
use ahoy_engine::quality::Quality;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::numbers::{History, Summary};
use super::{Leave, Place, Screen, banner, call_controls, in_call, parts};
use crate::accessibility::LiveRegion;
use crate::calls::{Call, CallQuality, Declining, Kind, Lasting, OnScreen, Peer, Phase};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Tone};

/// What happened, and what it means or what to do about it.
fn reason(reason: EndReason, direction: Direction, name: &str) -> (Phrase, Phrase) {
    match (reason, direction) {
        (EndReason::LocalHangUp, _) => (say!("ended-over"), say!("ended-i-hung-up")),
        (EndReason::RemoteHangUp, _) => (say!("ended-over"), say!("ended-they-hung-up", name = name)),
        (EndReason::Cancelled, _) => (say!("ended-cancelled"), say!("ended-cancelled-detail")),
        (EndReason::Declined, Direction::Outgoing) => {
            (say!("ended-declined"), say!("ended-they-declined", name = name))
        }
        (EndReason::Declined, Direction::Incoming) => (say!("ended-declined"), say!("ended-i-declined")),
        (EndReason::Busy, Direction::Outgoing) => (say!("ended-busy"), say!("ended-they-busy", name = name)),
        (EndReason::Busy, Direction::Incoming) => (say!("ended-missed"), say!("ended-i-busy")),
        (EndReason::NoAnswer, _) => (say!("ended-no-answer"), say!("ended-no-answer-detail", name = name)),
        (EndReason::Missed, _) => (say!("ended-missed"), say!("ended-missed-detail", name = name)),
        (EndReason::Unreachable, _) => (say!("ended-unreachable"), say!("ended-unreachable-detail", name = name)),
        (EndReason::Refused, _) => (say!("ended-refused"), say!("ended-refused-detail", name = name)),
        (EndReason::Lost, _) => (say!("ended-lost"), say!("ended-lost-detail", name = name)),
        (EndReason::NotConnected, _) => (say!("ended-not-connected"), say!("ended-not-connected-detail")),
        (EndReason::Failed, _) => (say!("ended-failed"), say!("ended-failed-detail")),
    }
}

/// How the call was as a whole, in two lines.
fn summary(overall: Option<Quality>, seen: Option<Summary>) -> (Phrase, Phrase) {
    let quality = overall.map_or(Phrase::Nothing, in_call::quality);
    let Some(seen) = seen else { return (quality, Phrase::Nothing) };
    let invented = format!("{:.1}", seen.invented_ms as f64 / 1000.0);
    let losses = say!("ended-losses", lost = format!("{:.1}", seen.lost * 100.0), invented = invented);
    let delay = seen.delay_ms.map_or(Phrase::Nothing, |ms| say!("ended-delay", ms = ms.round() as i64));
    (quality, Phrase::joined(vec![losses, delay], " · "))
}

type Ended = (
    &'static Call,
    &'static CallQuality,
    &'static Peer,
    &'static Phase,
    &'static Kind,
    &'static Lasting,
    &'static Declining,
);

fn build(call: Single<Ended, With<OnScreen>>, history: Res<History>, mut commands: Commands) {
    let (id, judged, peer, phase, kind, lasting, declining) = *call;
    let CallState::Ended(why) = phase.0 else { return };
    let (title, detail) = reason(why, kind.direction, &parts::display_name(&peer.name, peer.id));
    let _ = commands.spawn(parts::root(Screen::Ended)).with_children(|ui| {
        banner::slot(ui);
        let _ = ui.spawn(parts::middle()).with_children(|ui| {
            parts::person(ui, peer);
            let _ = ui.spawn((widgets::centred(Type::Strong, Paint::AccentText, title), LiveRegion));
            let _ = ui.spawn((widgets::centred(Type::Body, Paint::TextQuiet, detail), LiveRegion));
            if let (Some(words), Direction::Outgoing) = (&declining.0, kind.direction) {
                let _ = ui.spawn(widgets::centred(Type::Strong, Paint::Text, say!("ended-quoted", words = words)));
            }
            if lasting.seconds.is_some_and(|seconds| seconds > 0) {
                let (quality, numbers) = summary(judged.overall, history.summary(id.0));
                let row = Node { column_gap: px(theme::GAP), ..default() };
                let _ = ui.spawn(row).with_children(|ui| {
                    let _ = ui.spawn((widgets::text(Type::Body, Paint::Text, Phrase::Nothing), parts::Length));
                    let _ = ui.spawn(widgets::text(Type::Body, Paint::Text, quality));
                });
                let _ = ui.spawn(widgets::centred(Type::Small, Paint::TextQuiet, numbers));
            }
        });
        let _ = ui.spawn(call_controls::row()).with_children(|ui| {
            let back = Face::new(Tone::Quiet, Icon::Back, say!("ended-back")).spoken(say!("ended-back-spoken"));
            let _ = call_controls::control(ui, back).observe(|_: On<Activate>, mut leave: Leave<'_>| leave.all());
            if !peer.builtin {
                write(ui, peer);
            }
            let missed = why == EndReason::Missed || (why == EndReason::Busy && kind.direction == Direction::Incoming);
            call_again(ui, peer, kind.video, missed);
        });
    });
}

fn write(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer) {
    let id = peer.id;
    let face = Face::new(Tone::Quiet, Icon::Message, say!("ended-write"))
        .spoken(say!("ended-write-spoken", name = &peer.name));
    let _ = call_controls::control(ui, face).observe(
        move |_: On<Activate>, mut leave: Leave<'_>, mut place: ResMut<Place>| {
            *place = Place::Conversation(id);
            leave.all();
        },
    );
}

/// Whoever missed a call has not called yet.
fn call_again(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer, video: bool, missed: bool) {
    let callee = parts::callee(peer.id, &peer.name, peer.builtin);
    let icon = if video { Icon::Camera } else { Icon::Phone };
    let face = if missed {
        Face::new(Tone::Go, icon, say!("ended-call-back")).spoken(say!("ended-call-back-spoken", name = &peer.name))
    } else {
        Face::new(Tone::Go, icon, say!("ended-call-again")).spoken(say!("ended-call-again-spoken", name = &peer.name))
    };
    let again = Command::StartCall { peer: callee, video };
    let _ = call_controls::control(ui, face)
        .observe(move |_: On<Activate>, mut leave: Leave<'_>| leave.all_and(again.clone()));
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::Ended), build);
}

#[cfg(test)]
mod tests {
    use ahoy_engine::quality::Level;

    use super::*;
    use crate::language::Language;

    #[test]
    fn a_call_is_summed_up_in_two_lines() {
        let seen = Summary { lost: 0.0123, invented_ms: 460, delay_ms: Some(84.6) };
        let good = Some(Quality { level: Level::Good, cause: None });
        let (quality, numbers) = summary(good, Some(seen));
        let said = |phrase| Language::default().say(&phrase);
        assert_eq!(said(quality), "Good");
        assert_eq!(said(numbers), "1.2 % lost, 0.5 s invented · 85 ms delay on average");
        assert_eq!(summary(None, None), (Phrase::Nothing, Phrase::Nothing));
    }

    #[test]
    fn missed_and_declined_are_different_things() {
        assert_eq!(reason(EndReason::Missed, Direction::Incoming, "Ada").0, say!("ended-missed"));
        assert_eq!(reason(EndReason::Declined, Direction::Incoming, "Ada").1, say!("ended-i-declined"));
        assert_eq!(
            reason(EndReason::Declined, Direction::Outgoing, "Ada").1,
            say!("ended-they-declined", name = "Ada")
        );
    }
}
