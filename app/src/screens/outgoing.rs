//! A call on its way: who is called, how far it has come, and a way back.
//! Shown from dialling until media flows, on the callee's side from answering on.
//! The words tell calling, ringing and connecting apart, because they mean different waits.

use ahoy_engine::Command;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::in_call::{Controls, Switch};
use super::{Screen, banner, call_controls, parts};
use crate::accessibility::LiveRegion;
use crate::calls::{Call, Hold, Kind, Muted, OnScreen, Peer, Phase, SendingVideo};
use crate::icons::Icon;
use crate::say;
use crate::speech::Said;
use crate::theme::{Paint, Type};
use crate::widgets::{self, Face, Tone};
use crate::window::Step;

#[derive(Component)]
struct Progress;

type Begun =
    (&'static Call, &'static Peer, &'static Phase, &'static Kind, &'static Muted, &'static SendingVideo, &'static Hold);

fn build(call: Single<Begun, With<OnScreen>>, mut commands: Commands) {
    let (&Call(id), peer, phase, kind, muted, sending, hold) = *call;
    let what = if kind.video { say!("outgoing-video") } else { say!("outgoing-voice") };
    let _ = commands.spawn(parts::root(Screen::Outgoing)).with_children(|ui| {
        banner::slot(ui);
        let _ = ui.spawn(parts::middle()).with_children(|ui| {
            parts::person(ui, peer);
            let progress = widgets::centred(Type::Body, Paint::AccentText, parts::progress(phase.0));
            let _ = ui.spawn((progress, Progress, LiveRegion));
            let _ = ui.spawn(widgets::centred(Type::Small, Paint::TextQuiet, what));
        });
        let _ = ui.spawn(call_controls::row()).with_children(|ui| {
            // What is switched here holds from the first moment of the call.
            for switch in [Switch::Microphone, Switch::Camera] {
                let mut button = call_controls::control(ui, switch.face(*muted, *sending, *hold));
                let _ = button
                    .insert(switch)
                    .observe(move |_: On<Activate>, mut controls: Controls<'_, '_>| controls.toggle(switch));
            }
            let face = Face::new(Tone::Stop, Icon::HangUp, say!("outgoing-cancel"))
                .spoken(say!("outgoing-cancel-spoken", name = &peer.name));
            let _ = call_controls::press(ui, face, Command::EndCall { call: Some(id) });
        });
    });
}

fn write(call: Single<&Phase, (With<OnScreen>, Changed<Phase>)>, mut said: Single<&mut Said, With<Progress>>) {
    widgets::write(&mut said, parts::progress(call.0));
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_systems(OnEnter(Screen::Outgoing), build)
        .add_systems(Update, write.in_set(Step::Present).run_if(in_state(Screen::Outgoing)));
}
