//! Shows one screen of the window with an invented view, for looking at the design without a call.
//! `cargo run -p ahoy-app --example gallery -- contacts|outgoing|incoming|voice|video|muted|ended`.
//! Nothing behind it is real: buttons leave intents that nobody carries out.

use std::time::Duration;

use ahoy_app::engine_link::NewestView;
use ahoy_app::window::{self, Wake};
use ahoy_call::{CallId, CallState, Direction, EndReason, PeerId};
use ahoy_camera::{Camera, CameraChoice, CameraMode, open_camera};
use ahoy_engine::{CallView, ContactView, Me, MediaOptions, View};
use ahoy_media::{CapturedPicture, DecodedPicture, LocalTime, MediaTime, Size, Slot};
use bevy::prelude::*;

const MODE: CameraMode = CameraMode { size: Size::VGA, fps: 24 };

fn contact(number: u8, name: &str, verified: bool, builtin: bool) -> ContactView {
    ContactView { id: PeerId([number; 32]), name: name.to_owned(), verified, blocked: false, builtin }
}

fn call(state: CallState, direction: Direction, video: bool) -> CallView {
    let begun = Duration::from_secs(83);
    CallView {
        id: CallId([7; 16]),
        peer: PeerId([3; 32]),
        name: "Mira Okonkwo".to_owned(),
        direction,
        state,
        video_offered: video,
        muted: false,
        sending_video: video,
        remote_muted: false,
        remote_video: video,
        active_since: Some(LocalTime(ahoy_system::clock::monotonic()) - begun),
        duration_seconds: state.is_ended().then_some(begun.as_secs()),
        remote_picture: Slot::new(),
        self_picture: Slot::new(),
        stats: None,
    }
}

fn view(calls: Vec<CallView>) -> View {
    View {
        me: Me {
            id: Some(PeerId([9; 32])),
            name: "Jo".to_owned(),
            link: format!("ahoy:1{}", "mfrggzdfmztwq2lk".repeat(9)),
        },
        listening: vec!["127.0.0.1:4433".parse().expect("a constant")],
        contacts: vec![
            contact(1, "Echo", false, true),
            contact(2, "Ада Лавлейс", true, false),
            contact(3, "Mira Okonkwo", true, false),
            contact(5, "Zoë van der Heijden-Brinkhorst", false, false),
        ],
        calls,
        notice: None,
        stopped: None,
    }
}

fn invented(screen: &str) -> Option<View> {
    let active = |video| call(CallState::Active, Direction::Outgoing, video);
    Some(view(match screen {
        "contacts" => Vec::new(),
        "outgoing" => vec![call(CallState::Alerting, Direction::Outgoing, true)],
        "incoming" => vec![call(CallState::Ringing, Direction::Incoming, true)],
        "voice" => vec![active(false)],
        "video" => vec![active(true)],
        "muted" => vec![CallView { muted: true, remote_muted: true, ..active(true) }],
        "ended" => vec![call(CallState::Ended(EndReason::Unreachable), Direction::Outgoing, true)],
        _ => return None,
    }))
}

/// Feeds the pattern into both slots of the call, as a real call would.
fn feed(view: &View, wake: &Wake) -> Option<Box<dyn Camera>> {
    let call = view.calls.first()?.clone();
    let (wake, camera) = (wake.clone(), Slot::<CapturedPicture>::new());
    let tap = camera.clone();
    let opened = open_camera(&CameraChoice::Pattern, MODE, camera).expect("the pattern needs no device");
    drop(std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(10));
            let Some(shot) = tap.take() else { continue };
            let at = MediaTime(shot.at.0);
            let sequence = u32::try_from(shot.index).unwrap_or(u32::MAX);
            call.remote_picture.put(DecodedPicture { picture: shot.picture.clone(), at, sequence });
            call.self_picture.put((*shot).clone());
            wake.ring();
        }
    }));
    Some(opened)
}

fn main() {
    let screen = std::env::args().nth(1).unwrap_or_else(|| "contacts".to_owned());
    let Some(view) = invented(&screen) else {
        eprintln!("no screen is called '{screen}': contacts, outgoing, incoming, voice, video, muted, ended");
        std::process::exit(2);
    };
    let wake = Wake::default();
    let camera = view.calls.first().is_some_and(|call| call.remote_video).then(|| feed(&view, &wake));
    let mut app = window::base(wake);
    window::interface(&mut app, &MediaOptions::default());
    let _ = app.insert_resource(NewestView(view));
    let _ = app.run();
    drop(camera);
}
