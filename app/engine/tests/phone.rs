//! Whole phones on loopback: devices tried without a call, settings that clients see at once, calls answered by themselves.

use std::thread::sleep;
use std::time::{Duration, Instant};

use ahoy_audio::{MicChoice, SpeakerChoice};
use ahoy_call::{CallState, Direction, OtherCall, PeerAddr};
use ahoy_camera::CameraChoice;
use ahoy_engine::desk::{Desk, Request};
use ahoy_engine::settings::{Language, Theme};
use ahoy_engine::{
    AutoAnswer, CallView, Command, MediaOptions, NoticeKind, Phone, PhoneConfig, PhoneError, Refusal, Reply, View,
    limits,
};
use ahoy_net::{ContactLink, RelayChoice, peer_id};
use tempfile::TempDir;

/// How long a phone may take to do what takes milliseconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running phone, and the link under which it is reached.
struct Party {
    phone: Phone,
    link: String,
    _home: TempDir,
}

impl Party {
    /// A phone without real devices.
    fn open(name: &str, overrides: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let media = MediaOptions {
            mic: MicChoice::Tone,
            speaker: SpeakerChoice::None,
            camera: CameraChoice::Pattern,
            ..MediaOptions::default()
        };
        let config = PhoneConfig {
            relay: Some(RelayChoice::None),
            bind: Some("127.0.0.1:0".parse().expect("an address")),
            overrides: overrides.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            media,
            ..PhoneConfig::new(home.path().join("phone"))
        };
        let secret = Desk::open(&config).expect("a new phone").secret();
        let phone = Phone::open(config).expect("a phone");
        let direct = phone.view().borrow().listening.clone();
        let addr = PeerAddr { direct, ..PeerAddr::new(peer_id(&secret)) };
        let link = ContactLink::new(addr, name).encode(&secret).expect("it fits");
        Self { phone, link, _home: home }
    }

    fn ask(&self, command: Command) -> Result<Reply, PhoneError> {
        self.phone.handle().ask_blocking(command)
    }

    fn desk(&self, request: Request) {
        let _ = self.ask(Command::Desk(request)).expect("the desk answers");
    }

    fn set(&self, key: &str, value: &str) {
        self.desk(Request::Set { key: key.into(), value: value.into() });
    }

    /// Adds another phone and trusts it.
    fn know(&self, other: &Self, name: &str) {
        self.desk(Request::Add { link: other.link.clone(), name: Some(name.into()) });
        self.desk(Request::Verify { who: name.into() });
    }

    fn call(&self, peer: &str, video: bool) {
        let _ = self.ask(Command::StartCall { peer: peer.into(), video }).expect("a call begins");
    }

    /// Waits until something is to be seen.
    fn see<T>(&self, what: &str, look: impl Fn(&View) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(seen) = look(&self.phone.view().borrow()) {
                return seen;
            }
            assert!(Instant::now() < until, "{what}: {:?}", *self.phone.view().borrow());
            sleep(Duration::from_millis(10));
        }
    }

    /// Waits for an incoming call in this state.
    fn incoming(&self, state: CallState) -> CallView {
        let fits = |call: &&CallView| call.direction == Direction::Incoming && call.state == state;
        self.see(state.name(), |view| view.calls.iter().find(fits).cloned())
    }
}

#[test]
fn devices_are_tried_without_a_call_and_closed_when_one_begins() {
    let one = Party::open("Ann", &[]);
    let default = || Command::Check { mic: Some(MicChoice::Default), camera: Some(CameraChoice::Default) };
    let _ = one.ask(default()).expect("nothing is in the way");
    let check = one.see("devices are tried", |view| view.check.clone());
    let (level, picture) = (check.level.expect("a level"), check.picture.expect("a picture"));
    let _ = one.see("the tone of this run is heard", |_| level.latest().filter(|level| **level > -40.0));
    let _ = one.see("the pattern of this run is seen", |_| picture.latest());
    let _ = one.ask(Command::PlayTest { speaker: SpeakerChoice::Default }).expect("it plays");
    one.see("the sound begins", |view| view.check.as_ref().is_some_and(|check| check.playing).then_some(()));
    let _ = one.ask(Command::Check { mic: Some(MicChoice::None), camera: None }).expect("others instead");
    one.see("only the microphone", |view| view.check.as_ref().filter(|check| check.picture.is_none()).map(drop));
    let _ = one.ask(Command::Check { mic: None, camera: None }).expect("closed");
    one.see("all closed", |view| view.check.is_none().then_some(()));

    let _ = one.ask(default()).expect("nothing is in the way");
    one.call("echo", false);
    one.see("a call comes first", |view| (view.check.is_none() && !view.calls.is_empty()).then_some(()));
    assert!(matches!(one.ask(default()), Err(PhoneError::InCall)));
    assert!(matches!(one.ask(Command::PlayTest { speaker: SpeakerChoice::None }), Err(PhoneError::InCall)));
    one.phone.close();
}

#[test]
fn a_device_that_cannot_be_tried_says_why() {
    let one = Party::open("Ann", &[]);
    let missing = CameraChoice::File("no/such/clip.y4m".into());
    let _ = one.ask(Command::Check { mic: None, camera: Some(missing) }).expect("it is tried");
    let failed = one.see("it fails", |view| view.check.as_ref().and_then(|check| check.failed.first().cloned()));
    assert!(failed.why.contains("clip.y4m"), "{failed:?}");
}

#[test]
fn clients_see_new_settings_at_once_and_refusals_by_kind() {
    let one = Party::open("Ann", &[("theme", "dark")]);
    assert_eq!(one.phone.view().borrow().settings.theme(), Theme::Dark);
    one.set("language", "ar");
    one.set("text_size", "150");
    one.see("both settings", |view| {
        let both = (view.settings.language(), view.settings.text_percent());
        (both == (Language::Arabic, 150)).then_some(())
    });

    one.phone.send(Command::EndCall { call: None }).expect("taken");
    let notice = one.see("a notice", |view| view.notices.first().cloned());
    assert!(matches!(notice.kind, NoticeKind::Refused { refusal: Refusal::NoCall, .. }), "{notice:?}");
    assert_eq!(notice.text, "there is no call to end");
}

#[test]
fn a_chosen_contact_is_answered_with_the_microphone_and_only_as_chosen_with_the_camera() {
    let (ann, bob) = (Party::open("Ann", &[]), Party::open("Bob", &[]));
    ann.know(&bob, "Bob");
    bob.know(&ann, "Ann");
    for (how, camera) in [(AutoAnswer::Voice, false), (AutoAnswer::Video, true)] {
        bob.desk(Request::AutoAnswer { who: "Ann".into(), how });
        ann.call("Bob", true);
        let rings = bob.incoming(CallState::Ringing);
        assert!(rings.answers_itself.is_some(), "a person sees that it will be answered");
        let call = bob.incoming(CallState::Active);
        assert_eq!((call.id, call.sending_video, call.remote_video), (rings.id, camera, true));
        let _ = ann.ask(Command::EndCall { call: None }).expect("it ends");
        bob.see("it is over", |view| view.calls.iter().all(|call| call.state.is_ended()).then_some(()));
        let _ = bob.ask(Command::Dismiss { call: call.id }).expect("looked at");
        ann.see("it is over", |view| view.calls.iter().all(|call| call.state.is_ended()).then_some(()));
    }
}

#[test]
fn nobody_is_answered_by_itself_who_is_not_to_disturb_or_calls_into_another_call() {
    let (ann, bob) = (Party::open("Ann", &[]), Party::open("Bob", &[("waiting", "on")]));
    ann.know(&bob, "Bob");
    bob.know(&ann, "Ann");
    bob.desk(Request::AutoAnswer { who: "Ann".into(), how: AutoAnswer::Video });
    bob.call("echo", false);
    let _ =
        bob.see("talking with Echo", |view| view.calls.iter().find(|call| call.state == CallState::Active).cloned());
    ann.call("Bob", false);
    let rings = bob.incoming(CallState::Ringing);
    assert_eq!(rings.answers_itself, None);
    sleep(limits::AUTO_ANSWER + Duration::from_secs(1));
    assert_eq!(bob.incoming(CallState::Ringing).id, rings.id, "it waits for a person");
    let answer = Command::AnswerCall { call: Some(rings.id), video: false, other: OtherCall::End };
    let _ = bob.ask(answer).expect("a person answers");
    let _ = bob.incoming(CallState::Active);
    let _ = ann.ask(Command::EndCall { call: None }).expect("it ends");
    bob.see("all is over", |view| view.calls.iter().all(|call| call.state.is_ended()).then_some(()));
    ann.see("all is over", |view| view.calls.iter().all(|call| call.state.is_ended()).then_some(()));

    bob.set("dnd", "on");
    ann.call("Bob", false);
    let silent = bob.incoming(CallState::Ringing);
    assert_eq!(silent.answers_itself, None);
    sleep(limits::AUTO_ANSWER + Duration::from_secs(1));
    assert_eq!(bob.incoming(CallState::Ringing).id, silent.id, "it makes no sound, and nobody listens");
}
