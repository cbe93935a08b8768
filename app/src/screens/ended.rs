//! A call is over: why, in plain words, how long it was, and what can be done next.
//! Shown until the person leaves it or the engine forgets the call.
//! Missed and declined are different things and are said differently.

use ahoy_call::{CallState, Direction, EndReason};
use ahoy_engine::Command;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{Leave, Place, Screen, banner, parts};
use crate::calls::{Declining, Kind, Lasting, OnScreen, Peer, Phase};
use crate::icons::Icon;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};

/// What happened, and what it means or what to do about it.
fn reason(reason: EndReason, direction: Direction, name: &str) -> (&'static str, String) {
    match (reason, direction) {
        (EndReason::LocalHangUp, _) => ("Call ended", "You hung up.".to_owned()),
        (EndReason::RemoteHangUp, _) => ("Call ended", format!("{name} hung up.")),
        (EndReason::Cancelled, _) => ("Call cancelled", "You ended it before it was connected.".to_owned()),
        (EndReason::Declined, Direction::Outgoing) => ("Declined", format!("{name} does not want to talk now.")),
        (EndReason::Declined, Direction::Incoming) => ("Declined", "You declined the call.".to_owned()),
        (EndReason::Busy, Direction::Outgoing) => ("Busy", format!("{name} is in another call.")),
        (EndReason::Busy, Direction::Incoming) => ("Missed call", "You were in another call.".to_owned()),
        (EndReason::NoAnswer, _) => ("No answer", format!("It rang, but {name} did not answer.")),
        (EndReason::Missed, _) => ("Missed call", format!("{name} called.")),
        (EndReason::Unreachable, _) => {
            ("Not reachable", format!("The phone of {name} is off or has no network. Try again later."))
        }
        (EndReason::Refused, _) => (
            "Refused",
            format!(
                "The phone of {name} does not take your calls: it has not added you, has blocked you, or runs another version."
            ),
        ),
        (EndReason::Lost, _) => ("Connection lost", format!("Nothing was heard from {name} any more.")),
        (EndReason::NotConnected, _) => {
            ("Not connected", "The call was answered, but no way for sound and picture was found.".to_owned())
        }
        (EndReason::Failed, _) => {
            ("The call failed", "A microphone, speaker, camera or the network could not be opened.".to_owned())
        }
    }
}

type Ended = (&'static Peer, &'static Phase, &'static Kind, &'static Lasting, &'static Declining);

fn build(call: Single<Ended, With<OnScreen>>, mut commands: Commands) {
    let (peer, phase, kind, lasting, declining) = *call;
    let CallState::Ended(why) = phase.0 else { return };
    let (title, detail) = reason(why, kind.direction, &parts::display_name(&peer.name, peer.id));
    let _ = commands.spawn(parts::root(Screen::Ended)).with_children(|ui| {
        banner::slot(ui);
        let _ = ui.spawn(parts::middle()).with_children(|ui| {
            parts::person(ui, peer);
            let _ = ui.spawn(widgets::centred(Type::Strong, Paint::AccentText, title));
            let _ = ui.spawn(widgets::centred(Type::Body, Paint::TextQuiet, &detail));
            if let (Some(words), Direction::Outgoing) = (&declining.0, kind.direction) {
                let _ = ui.spawn(widgets::centred(Type::Strong, Paint::Text, &format!("“{words}”")));
            }
            if lasting.seconds.is_some_and(|seconds| seconds > 0) {
                let _ = ui.spawn((widgets::centred(Type::Body, Paint::TextQuiet, ""), parts::Length));
            }
        });
        let _ = ui.spawn(parts::controls()).with_children(|ui| {
            let back = Face::new(Tone::Quiet, Icon::Back, "Back").spoken("Leave this call".to_owned());
            let _ = widgets::button(ui, Shape::Tall, back).observe(|_: On<Activate>, mut leave: Leave<'_>| leave.all());
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
    let face = Face::new(Tone::Quiet, Icon::Message, "Write").spoken(format!("Write to {}", peer.name));
    let _ = widgets::button(ui, Shape::Tall, face).observe(
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
    let how = if missed { "back" } else { "again" };
    let face = Face::new(Tone::Go, icon, &format!("Call {how}")).spoken(format!("Call {} {how}", peer.name));
    let again = Command::StartCall { peer: callee, video };
    let _ = widgets::button(ui, Shape::Tall, face)
        .observe(move |_: On<Activate>, mut leave: Leave<'_>| leave.all_and(again.clone()));
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(OnEnter(Screen::Ended), build);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_and_declined_are_different_things() {
        assert_eq!(reason(EndReason::Missed, Direction::Incoming, "Ada").0, "Missed call");
        assert_eq!(reason(EndReason::Declined, Direction::Incoming, "Ada").1, "You declined the call.");
        assert_eq!(reason(EndReason::Declined, Direction::Outgoing, "Ada").1, "Ada does not want to talk now.");
    }
}
