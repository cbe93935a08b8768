//! What a desk answers without a network: who may be answered by itself, what is found, which calls are listed.

use ahoy_call::{CallId, CallRecord, Direction, EndedReason, PeerAddr, PeerId};
use ahoy_engine::desk::{ContactEntry, Desk, Request, Response};
use ahoy_engine::settings::Theme;
use ahoy_engine::{AutoAnswer, DeskError, PhoneConfig};
use ahoy_net::{ContactLink, RelayChoice, peer_id};
use tempfile::TempDir;

fn desk(home: &TempDir) -> Desk {
    Desk::open(&PhoneConfig::new(home.path().join("phone"))).expect("a new phone")
}

fn home() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Adds a contact whose secret key is `byte` again and again.
fn add(desk: &mut Desk, byte: u8, name: &str) -> PeerId {
    let secret = [byte; 32];
    let link = ContactLink::new(PeerAddr::new(peer_id(&secret)), name).encode(&secret).expect("it fits");
    let _ = desk.answer(&Request::Add { link, name: None }).expect("a contact");
    peer_id(&secret)
}

fn contacts(desk: &mut Desk) -> Vec<ContactEntry> {
    match desk.answer(&Request::Contacts) {
        Ok(Response::Contacts(contacts)) => contacts,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_who_is_verified_may_be_answered_by_itself_and_that_is_remembered() {
    let home = home();
    let mut phone = desk(&home);
    let _ = add(&mut phone, 1, "Ann");
    let chosen = |how| Request::AutoAnswer { who: "ann".into(), how };
    for how in [AutoAnswer::Voice, AutoAnswer::Video] {
        assert!(matches!(phone.answer(&chosen(how)), Err(DeskError::NotVerified(name)) if name == "Ann"));
    }
    let _ = phone.answer(&chosen(AutoAnswer::Off)).expect("that is what it is");
    let _ = phone.answer(&Request::Verify { who: "Ann".into() }).expect("verified");
    for how in [AutoAnswer::Voice, AutoAnswer::Video, AutoAnswer::Off, AutoAnswer::Video] {
        let _ = phone.answer(&chosen(how)).expect("chosen");
        assert_eq!(contacts(&mut phone)[0].auto_answer, how);
    }
    assert!(matches!(
        phone.answer(&Request::AutoAnswer { who: "echo".into(), how: AutoAnswer::Voice }),
        Err(DeskError::Builtin)
    ));
    drop(phone);
    assert_eq!(contacts(&mut desk(&home))[0].auto_answer, AutoAnswer::Video);
}

#[test]
fn calls_are_listed_by_what_became_of_them_and_by_contact() {
    let home = home();
    let mut phone = desk(&home);
    let (ann, bob) = (add(&mut phone, 1, "Ann"), add(&mut phone, 2, "Bob"));
    let rows = [
        (ann, Direction::Incoming, EndedReason::Completed),
        (bob, Direction::Incoming, EndedReason::Missed),
        (ann, Direction::Outgoing, EndedReason::NoAnswer),
        (ann, Direction::Incoming, EndedReason::Missed),
        (bob, Direction::Outgoing, EndedReason::Busy),
        (ann, Direction::Incoming, EndedReason::Busy),
    ];
    for (number, (peer, direction, ended_reason)) in (1_u8..).zip(rows) {
        let (call_id, timestamp) = (CallId([number; 16]), u64::from(number));
        let row =
            CallRecord { call_id, peer, direction, duration_seconds: 0, had_video: false, timestamp, ended_reason };
        phone.record(&row).expect("recorded");
    }
    let mut listed = |limit, before, missed, who: Option<&str>| {
        let request = Request::History { limit, before, missed, who: who.map(str::to_owned) };
        match phone.answer(&request) {
            Ok(Response::History(calls)) => calls.iter().map(|call| call.timestamp).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(listed(9, None, false, None), [6, 5, 4, 3, 2, 1]);
    assert_eq!(listed(9, None, true, None), [6, 4, 2]);
    assert_eq!(listed(9, None, false, Some("Ann")), [6, 4, 3, 1]);
    assert_eq!(listed(9, None, true, Some("Ann")), [6, 4]);
    assert_eq!(listed(1, Some(6), true, Some("Ann")), [4], "the bound counts calls that fit");
    let forgotten = PeerId([9; 32]).to_string();
    assert_eq!(listed(9, None, false, Some(&forgotten)), Vec::<u64>::new());
    let nobody = Request::History { limit: 1, before: None, missed: false, who: Some("Nobody".into()) };
    assert!(matches!(phone.answer(&nobody), Err(DeskError::Unknown(_))));
}

#[test]
fn a_search_finds_names_and_messages_in_any_case_newest_first() {
    let home = home();
    let mut phone = desk(&home);
    let _ = (add(&mut phone, 1, "Änne Bäcker"), add(&mut phone, 2, "Bob"));
    for (who, text) in [("Bob", "Bring BREAD"), ("Änne Bäcker", "no thanks"), ("Änne Bäcker", "bread for bäcker's")]
    {
        let _ = phone.answer(&Request::Message { who: who.into(), text: text.into() }).expect("queued");
    }
    let mut find = |text: &str, limit| match phone.answer(&Request::Search { text: text.into(), limit }) {
        Ok(Response::Found { contacts, messages }) => {
            let names: Vec<String> = contacts.into_iter().map(|contact| contact.name).collect();
            let texts = messages.into_iter().map(|found| (found.name, found.message.text)).collect::<Vec<_>>();
            (names, texts)
        }
        other => panic!("{other:?}"),
    };
    let line = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let (to_bob, to_anne) = (line("Bob", "Bring BREAD"), line("Änne Bäcker", "bread for bäcker's"));
    let (none, mut bread) = find(" bread ", 9);
    assert!(none.is_empty());
    bread.sort();
    assert_eq!(bread, [to_bob, to_anne.clone()]);
    assert_eq!(find("BÄCKER", 9), (vec!["Änne Bäcker".to_owned()], vec![to_anne]));
    assert_eq!(find("bread", 1).1.len(), 1);
    for nothing in ["", "  ", "cake"] {
        assert_eq!(find(nothing, 9), (Vec::new(), Vec::new()), "{nothing:?}");
    }
}

#[test]
fn of_everybody_who_has_one_the_newest_message_is_listed() {
    let home = home();
    let mut phone = desk(&home);
    let _ = (add(&mut phone, 1, "Ann"), add(&mut phone, 2, "Bob"), add(&mut phone, 3, "Nobody"));
    for (who, text) in [("Bob", "first"), ("Ann", "hello"), ("Bob", "second")] {
        let _ = phone.answer(&Request::Message { who: who.into(), text: text.into() }).expect("queued");
    }
    let mut latest = |limit| match phone.answer(&Request::Latest { limit }) {
        Ok(Response::Latest(messages)) => messages,
        other => panic!("{other:?}"),
    };
    let all = latest(9);
    assert!(all.is_sorted_by_key(|found| std::cmp::Reverse(found.message.at_ms)));
    let mut told: Vec<_> = all.iter().map(|found| (found.name.as_str(), found.message.text.as_str())).collect();
    told.sort_unstable();
    assert_eq!(told, [("Ann", "hello"), ("Bob", "second")]);
    assert_eq!(latest(1).len(), 1);
}

#[test]
fn the_relay_is_the_settings_unless_this_run_has_its_own() {
    let home = home();
    let mut phone = desk(&home);
    assert_eq!(*phone.relay(), RelayChoice::Default);
    let own = "https://relay.example.org/";
    let set = |key: &str, value: &str| Request::Set { key: key.into(), value: value.into() };
    let _ = phone.answer(&set("relay", own)).expect("a relay");
    assert_eq!(*phone.relay(), RelayChoice::Default, "an endpoint keeps the relay it was bound with");
    assert!(matches!(phone.answer(&set("relay", "nowhere")), Err(DeskError::Setting(_))));
    let _ = phone.answer(&set("theme", "dark")).expect("a theme");
    drop(phone);
    let mut phone = desk(&home);
    assert_eq!(*phone.relay(), RelayChoice::Url(own.into()));
    assert_eq!(phone.snapshot().expect("readable").settings.theme(), Theme::Dark);
    drop(phone);
    let config = PhoneConfig { relay: Some(RelayChoice::None), ..PhoneConfig::new(home.path().join("phone")) };
    assert_eq!(*Desk::open(&config).expect("the same phone").relay(), RelayChoice::None);
}
