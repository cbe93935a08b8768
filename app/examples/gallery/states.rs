//! Every state of every screen, a line each: its name, what the window is given, and the looks that tests compare.
//! Whoever adds a screen adds its states here; `./x shots` draws each in every look of `look.rs`.

use std::time::Duration;

use ahoy_app::icons::Icon;
use ahoy_app::screens::{Place, Stage, Topic};
use ahoy_call::{CallId, CallState, Direction, EndReason, RingManner};
use ahoy_engine::notice::{Device, Notice, NoticeKind};
use ahoy_engine::view::{Comparison, ComparisonStage, DeviceCheck, DeviceFailure, Pairing, Scan};
use ahoy_engine::{CallView, Cause, ContactView, EMOJI, Level, Quality, VerifyError};
use ahoy_media::Slot;

use crate::look::{LOOKS, Look};
use crate::people::{self, MIRA, active, call, ringing, second};
use crate::scene::{Act, Scene};

/// A state to look at.
struct State {
    name: &'static str,
    scene: fn() -> Scene,
    goldens: &'static [&'static str],
}

const fn state(name: &'static str, scene: fn() -> Scene) -> State {
    State { name, scene, goldens: &[] }
}

impl State {
    /// Tests compare it in these looks.
    const fn golden(self, goldens: &'static [&'static str]) -> Self {
        Self { goldens, ..self }
    }
}

const STATES: &[State] = &[
    state("home", || calls([])).golden(&["phone.dark.en", "desktop.light.en", "phone.light.ar"]),
    state("home-nobody", || calls([]).but(|view| *view = people::nobody())),
    state("home-names", || calls([]).but(|view| *view = people::names())),
    state("home-not-ready", || calls([]).but(|view| view.listening.clear())),
    state("home-stopped", || calls([]).but(|view| view.stopped = Some("the disk is full".to_owned()))),
    state("home-toast", || {
        calls([]).but(|view| {
            view.notices = vec![Notice {
                number: 1,
                kind: NoticeKind::DeviceFailed { device: Device::Camera, why: String::new() },
                text: "no camera was found".to_owned(),
            }]
        })
    }),
    state("home-focus", || calls([]).then(Act::Focus(Icon::Clock))),
    state("home-search", || calls([]).with(people::found_records()).looking_for("train")),
    state("home-not-found", || calls([]).looking_for("nobody")),
    state("home-crowd", || calls([]).but(|view| *view = people::crowd())),
    state("home-tiles", || calls([]).set_to("big_buttons", "on")).golden(&["tablet.dark.en"]),
    state("outgoing", || calls([call(CallState::Alerting, Direction::Outgoing, true)])),
    state("incoming", || calls([call(CallState::Ringing, Direction::Incoming, false)])),
    state("incoming-video", || calls([call(CallState::Ringing, Direction::Incoming, true)])).golden(&["phone.dark.en"]),
    state("incoming-verified", || calls([verified()])),
    state("incoming-words", || calls([verified()]).then(Act::Press(Icon::Message))),
    state("incoming-silent", || calls([ringing(RingManner::Silent)])),
    state("voice", || calls([active(false)])).golden(&["small.light.en"]),
    state("video", || calls([active(true)])).golden(&["phone.dark.en", "desktop.light.en"]),
    state("muted", || calls([CallView { muted: true, remote_muted: true, ..active(true) }])),
    state("talking-muted", || calls([talking_muted()])),
    state("call-fills", || calls([active(true)]).set_to("fit", "fill")),
    state("call-big", || calls([active(false)]).set_to("big_buttons", "on")),
    state("call-more", || calls([active(true)]).then(Act::Press(Icon::More))),
    state("call-sound", || calls([active(false)]).then(Act::Press(Icon::Speaker))),
    state("numbers", || calls([active(true)]).then(Act::Press(Icon::More)).then(Act::Press(Icon::Levels))),
    state("keys", || calls([active(false)]).then(Act::Press(Icon::More)).then(Act::Press(Icon::Keys))),
    state("minimised", || calls([active(true)]).then(Act::Press(Icon::Shrink))),
    state("minimised-muted", || {
        let call = CallView { muted: true, ..active(false) };
        calls([call]).at(Place::Conversation(MIRA)).then(Act::Press(Icon::Shrink))
    }),
    state("reconnecting", || calls([reconnecting()])),
    state("waiting", || calls([active(true), ringing(RingManner::Soft)])),
    state("on-hold", || calls([held(active(true))])),
    state("second-held", || calls([active(false), held(second(CallState::Active, None))])),
    state("three-calls", || calls([put_on_hold(active(true)), held(second(CallState::Active, None)), third()])),
    state("ended", || calls([ended(EndReason::RemoteHangUp)])),
    state("ended-unreachable", || calls([ended(EndReason::Unreachable)])).golden(&["tablet.dark.en"]),
    state("ended-declined", || calls([declined()])),
    state("conversation", || calls([]).at(Place::Conversation(MIRA))).golden(&["phone.dark.en", "tablet.light.ar"]),
    state("conversation-long", || calls([]).at(Place::Conversation(MIRA)).with(people::many_records())),
    state("conversation-empty", || calls([]).at(Place::Conversation(MIRA)).with(people::no_records())),
    state("contact", || calls([]).at(Place::Contact(MIRA))).golden(&["phone.light.en.large"]),
    state("contact-verified", || calls([]).at(Place::Contact(people::ADA))),
    state("contact-blocked", || calls([]).but(block_mira).at(Place::Contact(MIRA))),
    state("compare-asked", || compared(ComparisonStage::Asked)),
    state("compare", || compared(emoji())).golden(&["small.dark.ar"]),
    state("compare-in-call", || compared(emoji()).but(|view| view.calls = vec![active(false)])),
    state("compare-done", || compared(ComparisonStage::Done)),
    state("compare-failed", || compared(ComparisonStage::Failed(VerifyError::Different))),
    state("pairing", || pairing(Pairing::default())).golden(&["desktop.dark.ar"]),
    state("pairing-nearby", || pairing(nearby())),
    state("pairing-scan", || pairing(Pairing::default()).but(|view| view.scan = Some(scan(None)))),
    state("pairing-no-camera", || pairing(Pairing::default()).but(|view| view.scan = Some(scan(Some("no camera"))))),
    state("history", || calls([]).at(Place::History).with(people::past_calls())).golden(&["phone.light.ar"]),
    state("history-empty", || calls([]).at(Place::History).with(people::no_calls())),
    state("history-delete", || calls([]).at(Place::History).with(people::past_calls()).then(Act::Press(Icon::Trash))),
    state("settings", || settings(None)).golden(&["phone.dark.en"]),
    state("settings-me", || settings(Some(Topic::Me))),
    state("settings-sound", || settings(Some(Topic::Sound))),
    state("settings-sound-tried", || settings(Some(Topic::Sound)).but(try_out)),
    state("settings-picture", || settings(Some(Topic::Picture))),
    state("settings-quiet", || settings(Some(Topic::Quiet)).but(block_mira)),
    state("settings-network", || settings(Some(Topic::Network)).set_to("relay", "https://relay.example")),
    state("settings-looks", || settings(Some(Topic::Looks))).golden(&["small.dark.ar"]),
    state("settings-backup", || settings(Some(Topic::Backup))),
    state("settings-about", || settings(Some(Topic::About))),
    state("first-run", || first_run(Stage::Name)).golden(&["phone.light.ar"]),
    state("first-run-microphone", || first_run(Stage::Microphone).but(try_out)),
    state("first-run-speaker", || first_run(Stage::Speaker)),
    state("first-run-camera", || first_run(Stage::Camera).but(try_out)),
    state("first-run-code", || first_run(Stage::Code)),
];

/// The names of all pictures: every state in every look.
pub fn names() -> Vec<String> {
    STATES.iter().flat_map(|state| LOOKS.iter().map(move |look| format!("{}.{look}", state.name))).collect()
}

/// The names of the pictures that tests compare with what people have looked at.
pub fn goldens() -> Vec<String> {
    let of = |state: &'static State| state.goldens.iter().map(move |look| format!("{}.{look}", state.name));
    STATES.iter().flat_map(of).collect()
}

/// What to show for a name.
pub fn picture(name: &str) -> Option<(Scene, Look)> {
    let (state, look) = name.split_once('.')?;
    let state = STATES.iter().find(|known| known.name == state)?;
    Some(((state.scene)(), Look::named(look)?))
}

fn calls<const N: usize>(calls: [CallView; N]) -> Scene {
    Scene { view: people::view(calls.into()), records: people::records(), ..Scene::default() }
}

fn held(call: CallView) -> CallView {
    CallView { held: true, ..call }
}

fn put_on_hold(call: CallView) -> CallView {
    CallView { remote_held: true, ..call }
}

fn third() -> CallView {
    CallView {
        id: CallId([9; 16]), name: "Ада Лавлейс".to_owned(), peer: people::ADA, ..ringing(RingManner::Soft)
    }
}

fn ended(reason: EndReason) -> CallView {
    CallView { overall: judged(Level::Good, None), ..call(CallState::Ended(reason), Direction::Outgoing, true) }
}

fn declined() -> CallView {
    let words = Some("I'll call back".to_owned());
    CallView { decline_text: words, duration_seconds: None, ..ended(EndReason::Declined) }
}

fn talking_muted() -> CallView {
    let mut call = CallView { muted: true, quality: judged(Level::Poor, Some(Cause::Theirs)), ..active(true) };
    call.stats.as_mut().expect("it is active").audio.talks_muted = true;
    call
}

fn judged(level: Level, cause: Option<Cause>) -> Option<Quality> {
    Some(Quality { level, cause })
}

fn reconnecting() -> CallView {
    let gives_up = Some(people::NOW + Duration::from_secs(27));
    CallView { gives_up, ..call(CallState::Reconnecting, Direction::Outgoing, true) }
}

fn verified() -> CallView {
    CallView {
        peer: people::ADA,
        name: "Ада Лавлейс".to_owned(),
        ..call(CallState::Ringing, Direction::Incoming, true)
    }
}

fn block_mira(view: &mut ahoy_engine::View) {
    let mira = view.contacts.iter_mut().find(|contact| contact.id == MIRA).expect("she is among them");
    *mira = ContactView { blocked: true, favourite: false, typing: false, unread: 0, ..mira.clone() };
}

fn emoji() -> ComparisonStage {
    let emoji = [0, 9, 18, 27, 36, 45, 63].map(|index| EMOJI[index]);
    ComparisonStage::Compare { emoji, numbers: [1234, 5678, 9012] }
}

fn compared(stage: ComparisonStage) -> Scene {
    calls([]).but(|view| view.comparison = Some(Comparison { peer: MIRA, stage }))
}

fn pairing(pairing: Pairing) -> Scene {
    calls([]).at(Place::Pairing).but(|view| view.pairing = Some(pairing))
}

fn nearby() -> Pairing {
    let (tablet, ines) = (people::stranger(20, "Sam's tablet", false), people::stranger(21, "Ines", true));
    Pairing { nearby: vec![tablet], knocks: vec![ines] }
}

fn scan(failed: Option<&str>) -> Scan {
    Scan { picture: Slot::new(), found: None, failed: failed.map(str::to_owned) }
}

fn settings(topic: Option<Topic>) -> Scene {
    calls([]).at(Place::Settings(topic))
}

fn first_run(stage: Stage) -> Scene {
    calls([]).at(Place::FirstRun(stage))
}

/// A microphone that hears, a camera that sees, a speaker that does not work.
fn try_out(view: &mut ahoy_engine::View) {
    let level = Slot::new();
    level.put(-24.0);
    let failed = vec![DeviceFailure { device: Device::Speaker, why: "it is used by another program".to_owned() }];
    view.check = Some(DeviceCheck { level: Some(level), picture: Some(Slot::new()), playing: false, failed });
}
