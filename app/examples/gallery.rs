//! Shows one screen of the window with an invented view, for looking at the design without a call.
//! `cargo run -p ahoy-app --example gallery -- SCREEN [WIDTHxHEIGHT]`; a wrong name lists the screens.
//! Nothing behind it is real: buttons leave intents that nobody carries out.

use std::time::Duration;

use ahoy_app::engine_link::NewestView;
use ahoy_app::pip::PictureInPicture;
use ahoy_app::records::Records;
use ahoy_app::screens::Place;
use ahoy_app::window::{self, Wake};
use ahoy_call::{CallId, CallRecord, CallState, Direction, EndReason, EndedReason, PeerId, RingManner};
use ahoy_camera::{Camera, CameraChoice, CameraMode, open_camera};
use ahoy_engine::desk::MessageEntry;
use ahoy_engine::view::{Comparison, ComparisonStage, Pairing, Scan, Stranger};
use ahoy_engine::{CallView, ContactView, Me, MediaOptions, View};
use ahoy_mail::verify::EMOJI;
use ahoy_media::{CapturedPicture, DecodedPicture, LocalTime, MediaTime, Size, Slot};
use bevy::prelude::*;
use bevy::window::{PrimaryWindow, WindowResolution};

const MODE: CameraMode = CameraMode { size: Size::VGA, fps: 24 };
const SCREENS: &[&str] = &[
    "contacts",
    "outgoing",
    "incoming",
    "silent",
    "voice",
    "video",
    "small",
    "muted",
    "waiting",
    "held",
    "on-hold",
    "both",
    "reconnecting",
    "ended",
    "declined",
    "conversation",
    "empty",
    "contact",
    "verified",
    "asked",
    "compare",
    "compare-in-call",
    "done",
    "failed",
    "pairing",
    "nearby",
    "scan",
    "history",
    "no-history",
];
const MIRA: PeerId = PeerId([3; 32]);
const WORDS: &str = "12345 67890 24680 13579 11223 44556 77889 90012 31415 92653 58979 32384";

fn contact(number: u8, name: &str) -> ContactView {
    ContactView {
        id: PeerId([number; 32]),
        name: name.to_owned(),
        verified: false,
        blocked: false,
        builtin: false,
        favourite: false,
        muted: false,
        auto_answer: ahoy_engine::AutoAnswer::Off,
        last_seen_ms: now_ms() - 300_000,
        unread: 0,
        typing: false,
        words: WORDS.to_owned(),
    }
}

fn now_ms() -> u64 {
    ahoy_system::clock::unix_us() / 1000
}

fn call(state: CallState, direction: Direction, video: bool) -> CallView {
    let begun = Duration::from_secs(83);
    CallView {
        id: CallId([7; 16]),
        peer: MIRA,
        name: "Mira Okonkwo".to_owned(),
        direction,
        state,
        ring: (state == CallState::Ringing).then_some(RingManner::Loud),
        answers_itself: None,
        held: false,
        remote_held: false,
        decline_text: None,
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
        quality: None,
        overall: None,
        gives_up: None,
    }
}

/// A second call, with somebody else.
fn second(state: CallState, ring: Option<RingManner>) -> CallView {
    CallView {
        id: CallId([8; 16]),
        peer: PeerId([5; 32]),
        name: "Zoë van der Heijden-Brinkhorst".to_owned(),
        ring,
        ..call(state, Direction::Incoming, false)
    }
}

fn view(calls: Vec<CallView>) -> View {
    let mira = ContactView { favourite: true, typing: true, unread: 3, ..contact(3, "Mira Okonkwo") };
    View {
        me: Me {
            id: Some(PeerId([9; 32])),
            name: "Jo".to_owned(),
            link: format!("ahoy:1{}", "mfrggzdfmztwq2lk".repeat(14)),
        },
        listening: vec!["127.0.0.1:4433".parse().expect("a constant")],
        contacts: vec![
            ContactView { builtin: true, ..contact(1, "Echo") },
            ContactView { verified: true, ..contact(2, "Ада Лавлейс") },
            mira,
            ContactView { muted: true, ..contact(5, "Zoë van der Heijden-Brinkhorst") },
        ],
        calls,
        missed: 2,
        ..View::default()
    }
}

fn compared(stage: ComparisonStage, calls: Vec<CallView>) -> View {
    View { comparison: Some(Comparison { peer: MIRA, stage }), ..view(calls) }
}

fn stranger(number: u8, name: &str, link: bool) -> Stranger {
    let link = link.then(|| "ahoy:invented".to_owned());
    Stranger { id: PeerId([number; 32]), name: name.to_owned(), link, words: WORDS.to_owned() }
}

/// The view of a screen that is about calls.
fn invented_calls(screen: &str) -> Option<View> {
    let active = |video| call(CallState::Active, Direction::Outgoing, video);
    let ringing = |manner| second(CallState::Ringing, Some(manner));
    let held = |call: CallView| CallView { held: true, ..call };
    Some(view(match screen {
        "outgoing" => vec![call(CallState::Alerting, Direction::Outgoing, true)],
        "incoming" => vec![call(CallState::Ringing, Direction::Incoming, true)],
        "silent" => vec![ringing(RingManner::Silent)],
        "voice" => vec![active(false)],
        "video" | "small" => vec![active(true)],
        "muted" => vec![CallView { muted: true, remote_muted: true, ..active(true) }],
        "waiting" => vec![active(true), ringing(RingManner::Soft)],
        "held" => vec![active(false), held(second(CallState::Active, None))],
        "on-hold" => vec![held(active(true))],
        "both" => vec![
            CallView { remote_held: true, ..active(true) },
            held(second(CallState::Active, None)),
            CallView { id: CallId([9; 16]), name: "Ада Лавлейс".to_owned(), ..ringing(RingManner::Soft) },
        ],
        "reconnecting" => vec![call(CallState::Reconnecting, Direction::Outgoing, true)],
        "ended" => vec![call(CallState::Ended(EndReason::Unreachable), Direction::Outgoing, true)],
        "declined" => {
            let words = Some("I'll call back".to_owned());
            let ended = call(CallState::Ended(EndReason::Declined), Direction::Outgoing, false);
            vec![CallView { decline_text: words, duration_seconds: None, ..ended }]
        }
        _ => return None,
    }))
}

/// The view of every other screen, and where the person is.
fn invented_pages(screen: &str) -> Option<(View, Place)> {
    let emoji = [0, 9, 18, 27, 36, 45, 63].map(|index| EMOJI[index]);
    let compare = || ComparisonStage::Compare { emoji, numbers: [1234, 5678, 9012] };
    let active = || vec![call(CallState::Active, Direction::Outgoing, false)];
    let found = Pairing { nearby: vec![stranger(20, "Sam's tablet", false)], knocks: vec![stranger(21, "Ines", true)] };
    let scan = Some(Scan { picture: Slot::new(), found: None, failed: None });
    let place = match screen {
        "conversation" | "empty" => Place::Conversation(MIRA),
        "contact" => Place::Contact(MIRA),
        "verified" => Place::Contact(PeerId([2; 32])),
        "pairing" | "nearby" | "scan" => Place::Pairing,
        "history" | "no-history" => Place::History,
        _ => Place::Contacts,
    };
    let view = match screen {
        "asked" => compared(ComparisonStage::Asked, Vec::new()),
        "compare" => compared(compare(), Vec::new()),
        "compare-in-call" => compared(compare(), active()),
        "done" => compared(ComparisonStage::Done, Vec::new()),
        "failed" => compared(ComparisonStage::Failed(ahoy_mail::verify::VerifyError::Different), active()),
        "pairing" => View { pairing: Some(Pairing::default()), ..view(Vec::new()) },
        "nearby" => View { pairing: Some(found), ..view(Vec::new()) },
        "scan" => View { pairing: Some(Pairing::default()), scan, ..view(Vec::new()) },
        "contacts" | "conversation" | "empty" | "contact" | "verified" | "history" | "no-history" => view(Vec::new()),
        _ => return None,
    };
    Some((view, place))
}

fn invented_records(screen: &str) -> Records {
    if matches!(screen, "empty" | "no-history") {
        return Records { with: Some(MIRA), ..Records::default() };
    }
    let text = |minutes: u64, mine: bool, state: &str, words: &str| MessageEntry {
        id: String::new(),
        mine,
        at_ms: now_ms() - minutes * 60_000,
        text: words.to_owned(),
        state: state.to_owned(),
    };
    let past = |minutes: u64, peer: u8, direction, ended_reason, duration_seconds| CallRecord {
        call_id: CallId([u8::try_from(minutes % 256).unwrap_or(0); 16]),
        peer: PeerId([peer; 32]),
        direction,
        duration_seconds,
        had_video: minutes % 2 == 0,
        timestamp: now_ms() - minutes * 60_000,
        ended_reason,
    };
    let long = "That is a long one: the train leaves at seven, so let us meet at half past six at the fountain, and \
                bring the map. https://example.org/a-very-long-address-without-any-space-in-it-that-has-to-break-somewhere";
    let texts = vec![
        text(0, true, "queued", "Are you there?"),
        text(1, true, "sent", "One more thing"),
        text(2, true, "delivered", "Ok"),
        text(4, true, "read", long),
        text(5, false, "seen", "Where do we meet?"),
        text(190, false, "seen", "Привет! 你好"),
        text(1500, true, "read", "Hello"),
    ];
    let calls = vec![
        past(3, 3, Direction::Incoming, EndedReason::Missed, 0),
        past(60, 3, Direction::Outgoing, EndedReason::Completed, 754),
        past(200, 5, Direction::Incoming, EndedReason::Busy, 0),
        past(3000, 3, Direction::Outgoing, EndedReason::Unreachable, 0),
        past(4001, 1, Direction::Outgoing, EndedReason::Lost, 12),
        past(9001, 77, Direction::Incoming, EndedReason::Rejected, 0),
    ];
    Records { with: Some(MIRA), texts, calls }
}

/// Feeds the pattern into both slots of the call, as a real call would, or into the one of the scan.
fn feed(view: &View, wake: &Wake) -> Option<Box<dyn Camera>> {
    let call = view.calls.first().filter(|call| call.remote_video).cloned();
    let scan = view.scan.clone();
    if call.is_none() && scan.is_none() {
        return None;
    }
    let (wake, camera) = (wake.clone(), Slot::<CapturedPicture>::new());
    let tap = camera.clone();
    let opened = open_camera(&CameraChoice::Pattern, MODE, camera).expect("the pattern needs no device");
    drop(std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(10));
            let Some(shot) = tap.take() else { continue };
            let at = MediaTime(shot.at.0);
            let sequence = u32::try_from(shot.index).unwrap_or(u32::MAX);
            if let Some(call) = &call {
                call.remote_picture.put(DecodedPicture { picture: shot.picture.clone(), at, sequence });
                call.self_picture.put((*shot).clone());
            }
            if let Some(scan) = &scan {
                scan.picture.put((*shot).clone());
            }
            wake.ring();
        }
    }));
    Some(opened)
}

/// The window's size, when one was asked for.
fn size(text: &str) -> Option<WindowResolution> {
    let (width, height) = text.split_once('x')?;
    Some(WindowResolution::new(width.parse().ok()?, height.parse().ok()?))
}

fn main() {
    let mut words = std::env::args().skip(1);
    let screen = words.next().unwrap_or_else(|| "contacts".to_owned());
    let pages = || invented_pages(&screen);
    let Some((view, place)) = invented_calls(&screen).map(|view| (view, Place::Contacts)).or_else(pages) else {
        eprintln!("no screen is called '{screen}': {}", SCREENS.join(", "));
        std::process::exit(2);
    };
    let wake = Wake::default();
    let camera = feed(&view, &wake);
    let mut app = window::base(wake);
    window::interface(&mut app, &MediaOptions::default());
    let _ = app.insert_resource(NewestView(view)).insert_resource(place).insert_resource(invented_records(&screen));
    let _ = app.insert_resource(PictureInPicture { open: screen == "small" });
    if let Some(resolution) = words.next().as_deref().and_then(size) {
        let world = app.world_mut();
        let mut windows = world.query_filtered::<&mut Window, With<PrimaryWindow>>();
        windows.single_mut(world).expect("there is one window").resolution = resolution;
    }
    let _ = app.run();
    drop(camera);
}
