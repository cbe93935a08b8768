//! A call on its way: who is called, how far it has come, and a way back.
//! Shown from dialling until media flows, on the callee's side from answering on.
//! The words tell calling, ringing and connecting apart, because they mean different waits.

use ahoy_engine::Command;
use bevy::prelude::*;

use super::{Screen, banner, parts};
use crate::accessibility::LiveRegion;
use crate::calls::{Call, Kind, OnScreen, Peer, Phase};
use crate::icons::Icon;
use crate::say;
use crate::speech::Said;
use crate::theme::{Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

#[derive(Component)]
struct Progress;

fn build(call: Single<(&Call, &Peer, &Phase, &Kind), With<OnScreen>>, mut commands: Commands) {
    let (&Call(id), peer, phase, kind) = *call;
    let what = if kind.video { say!("outgoing-video") } else { say!("outgoing-voice") };
    let _ = commands.spawn(parts::root(Screen::Outgoing)).with_children(|ui| {
        banner::slot(ui);
        let _ = ui.spawn(parts::middle()).with_children(|ui| {
            parts::person(ui, peer);
            let _ = ui.spawn((
                widgets::centred(Type::Body, Paint::TextQuiet, parts::progress(phase.0)),
                Progress,
                LiveRegion,
            ));
            let _ = ui.spawn(widgets::centred(Type::Small, Paint::TextQuiet, what));
        });
        let _ = ui.spawn(parts::controls()).with_children(|ui| {
            let face = Face::new(Tone::Stop, Icon::HangUp, say!("outgoing-cancel"))
                .spoken(say!("outgoing-cancel-spoken", name = &peer.name));
            let _ = parts::press(ui, Shape::Tall, face, Command::EndCall { call: Some(id) });
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
