//! What two or three phones do with each other when nobody disturbs them.

use ahoy_call::{CallId, EndedReason, PeerId};
use ahoy_mail::{Body, BodyKind, Frame, MailError, Replied, Reply, decode_frame, decode_reply};
use ahoy_store::MessageState;
use vodozemac::olm::{Account, OlmMessage, SessionConfig};
use vodozemac::{Curve25519PublicKey, Ed25519SecretKey};

use crate::disk::Unsynced;
use crate::phone::{NOW_MS, Phone, deliver, exchange, message_id, text};

fn pair() -> (Phone, Phone) {
    (Phone::new(1), Phone::new(2))
}

fn state(phone: &Phone, peer: &Phone, number: u64) -> MessageState {
    phone.store.message(peer.id, message_id(number)).expect("the store works").expect("it was written").state
}

#[test]
fn the_first_contact_asks_for_keys_and_then_speaks() {
    let (mut alice, mut bob) = pair();
    let id = alice.row(bob.id, &text(1));
    let asks = alice.next(bob.id).expect("a text waits");
    assert_eq!((asks.id, asks.kind), (id, BodyKind::Text));
    assert_eq!(decode_frame(&asks.frame).expect("a frame"), Frame::AskKeys);
    assert_eq!(state(&alice, &bob, 1), MessageState::Queued);
    let (received, replied) = exchange(&mut alice, &mut bob).expect("a text waits");
    assert_eq!((received.body, replied), (None, Replied::Again { news: false }));
    let opening = alice.next(bob.id).expect("a text waits");
    assert!(matches!(decode_frame(&opening.frame), Ok(Frame::Opening { .. })));
    assert_eq!(state(&alice, &bob, 1), MessageState::Sent);
    let (received, replied) = exchange(&mut alice, &mut bob).expect("a text waits");
    assert_eq!((received.body, received.news), (Some(text(1)), false));
    assert_eq!(replied, Replied::Taken(text(1)));
    assert_eq!(state(&alice, &bob, 1), MessageState::Delivered);
    assert_eq!(alice.next(bob.id), None);
    let arrived = bob.store.message(alice.id, message_id(1)).expect("the store works").expect("it arrived");
    assert_eq!((arrived.mine, arrived.seen, arrived.text), (false, false, "text 1".into()));
    // The answer needs no keys, and after it no message opens anything.
    bob.post(alice.id, &text(2));
    assert_eq!(deliver(&mut bob, &mut alice), (vec![text(2)], 1));
    alice.post(bob.id, &text(3));
    assert!(matches!(decode_frame(&alice.next(bob.id).expect("waits").frame), Ok(Frame::Sealed { .. })));
}

#[test]
fn a_frame_is_the_same_until_it_is_taken_and_is_taken_once() {
    let (mut alice, mut bob) = pair();
    alice.post(bob.id, &text(1));
    let _ = exchange(&mut alice, &mut bob);
    let first = alice.next(bob.id).expect("waits");
    alice = alice.restart(Unsynced::Lost);
    let again = alice.next(bob.id).expect("waits");
    assert_eq!(first, again);
    assert_eq!(bob.receive(alice.id, &first.frame).body, Some(text(1)));
    bob = bob.restart(Unsynced::Lost);
    let second = bob.receive(alice.id, &again.frame);
    assert_eq!((second.body, decode_reply(&second.reply).expect("a reply")), (None, Reply::Taken));
    assert_eq!(alice.replied(bob.id, first.id, &second.reply), Replied::Taken(text(1)));
    assert_eq!(alice.replied(bob.id, first.id, &second.reply), Replied::Again { news: false });
}

#[test]
fn crossed_starts_end_on_one_session() {
    let (mut alice, mut bob) = pair();
    for round in 0..20 {
        alice.mail.forget(&alice.store, bob.id).expect("the store works");
        bob.mail.forget(&bob.store, alice.id).expect("the store works");
        let base = round * 10;
        alice.post(bob.id, &text(base + 1));
        bob.post(alice.id, &text(base + 2));
        let (to_bob, to_alice) = (alice.next(bob.id).expect("waits"), bob.next(alice.id).expect("waits"));
        let for_alice = bob.receive(alice.id, &to_bob.frame).reply;
        let for_bob = alice.receive(bob.id, &to_alice.frame).reply;
        let _ = alice.replied(bob.id, to_bob.id, &for_alice);
        let _ = bob.replied(alice.id, to_alice.id, &for_bob);
        // Both have opened a session of their own, and both first messages are under way.
        let (to_bob, to_alice) = (alice.next(bob.id).expect("waits"), bob.next(alice.id).expect("waits"));
        let for_alice = bob.receive(alice.id, &to_bob.frame);
        let for_bob = alice.receive(bob.id, &to_alice.frame);
        assert_eq!(for_alice.body, Some(text(base + 1)));
        assert_eq!(for_bob.body, Some(text(base + 2)));
        assert_eq!(alice.replied(bob.id, to_bob.id, &for_alice.reply), Replied::Taken(text(base + 1)));
        assert_eq!(bob.replied(alice.id, to_alice.id, &for_bob.reply), Replied::Taken(text(base + 2)));
        // The one who sends over the other's session has no opening to make any more; the two never open both.
        alice.post(bob.id, &text(base + 3));
        bob.post(alice.id, &text(base + 4));
        let opening = |frame: &[u8]| matches!(decode_frame(frame), Ok(Frame::Opening { .. }));
        let (to_bob, to_alice) = (alice.next(bob.id).expect("waits"), bob.next(alice.id).expect("waits"));
        assert!(opening(&to_bob.frame) != opening(&to_alice.frame), "both chose the same session");
        assert_eq!(deliver(&mut alice, &mut bob), (vec![text(base + 3)], 1));
        assert_eq!(deliver(&mut bob, &mut alice), (vec![text(base + 4)], 1));
        alice.post(bob.id, &text(base + 5));
        assert!(!opening(&alice.next(bob.id).expect("waits").frame));
        assert_eq!(deliver(&mut alice, &mut bob), (vec![text(base + 5)], 1));
    }
}

#[test]
fn a_reinstalled_phone_is_noticed_from_either_side() {
    let (mut alice, mut bob) = pair();
    alice.post(bob.id, &text(1));
    let _ = deliver(&mut alice, &mut bob);
    bob.post(alice.id, &text(2));
    let _ = deliver(&mut bob, &mut alice);
    // Written to: the answer carries the new key.
    bob = Phone::with_identity(bob.secret);
    alice.post(bob.id, &text(3));
    alice.post(bob.id, &text(4));
    let (_, replied) = exchange(&mut alice, &mut bob).expect("waits");
    assert_eq!(replied, Replied::Again { news: true });
    assert_eq!(deliver(&mut alice, &mut bob), (vec![text(3), text(4)], 2));
    // It writes by itself: the message carries the new key.
    bob = Phone::with_identity(bob.secret);
    bob.post(alice.id, &text(5));
    let (received, _) = exchange(&mut bob, &mut alice).expect("waits");
    assert!(!received.news, "keys alone were asked for");
    let (received, _) = exchange(&mut bob, &mut alice).expect("waits");
    assert_eq!((received.body, received.news), (Some(text(5)), true));
    alice.post(bob.id, &text(6));
    assert_eq!(deliver(&mut alice, &mut bob), (vec![text(6)], 1));
}

#[test]
fn what_waits_for_an_absent_phone_arrives_in_order_and_urgent_first() {
    let (mut alice, mut bob) = pair();
    for number in 0..100 {
        alice.post(bob.id, &text(number));
    }
    let signal = Body::Signal(vec![1, 2, 3]);
    alice.post(bob.id, &signal);
    alice = alice.restart(Unsynced::Lost);
    assert_eq!(alice.mail.waiting(&alice.store).expect("the store works"), [bob.id]);
    let (bodies, exchanges) = deliver(&mut alice, &mut bob);
    let expected: Vec<_> = std::iter::once(signal).chain((0..100).map(text)).collect();
    assert_eq!((bodies, exchanges), (expected, 102));
    assert!(alice.mail.waiting(&alice.store).expect("the store works").is_empty());
}

#[test]
fn what_lived_for_seconds_is_not_sent_later() {
    let (mut alice, bob) = pair();
    let late = NOW_MS + 60_000;
    let row = alice.row(bob.id, &Body::Signal(vec![1]));
    assert_eq!(alice.next(bob.id).map(|outgoing| outgoing.id), Some(row));
    assert_eq!(alice.mail.next(&alice.store, bob.id, late).expect("the store works"), None);
    assert_eq!(alice.mail.expire(&alice.store, late).expect("the store works"), [(bob.id, row)]);
    assert!(alice.mail.waiting(&alice.store).expect("the store works").is_empty());
    let row = alice.row(bob.id, &text(1));
    alice.mail.withdraw(&alice.store, bob.id, row).expect("the store works");
    assert_eq!(alice.next(bob.id), None);
}

#[test]
fn read_marks_reach_my_texts_alone() {
    let (mut alice, mut bob) = pair();
    alice.post(bob.id, &text(1));
    let _ = deliver(&mut alice, &mut bob);
    bob.post(alice.id, &text(2));
    let _ = deliver(&mut bob, &mut alice);
    let before = alice.store.message(bob.id, message_id(2)).expect("the store works");
    bob.post(alice.id, &Body::Read { ids: vec![message_id(1), message_id(2), message_id(77)] });
    let _ = deliver(&mut bob, &mut alice);
    assert_eq!(state(&alice, &bob, 1), MessageState::Read);
    assert_eq!(alice.store.message(bob.id, message_id(2)).expect("the store works"), before);
}

#[test]
fn a_missed_call_is_noted_once() {
    let (mut alice, mut bob) = pair();
    let call = CallId([7; 16]);
    let note = Body::MissedCall { call, timestamp: NOW_MS + 99_999, had_video: true };
    alice.post(bob.id, &note);
    alice.post(bob.id, &note);
    assert_eq!(deliver(&mut alice, &mut bob).0, [note]);
    let calls = bob.store.calls(10, None).expect("the store works");
    let [record] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((record.call_id, record.peer, record.had_video), (call, alice.id, true));
    assert_eq!((record.ended_reason, record.timestamp), (EndedReason::Missed, NOW_MS));
}

#[test]
fn bounds_are_errors_that_say_so() {
    let (mut alice, bob) = pair();
    let mut post = |body: &Body| alice.mail.post(&alice.store, bob.id, body, NOW_MS);
    let of_length = |length| Body::Text { id: message_id(1), at_ms: 0, text: "x".repeat(length) };
    assert!(matches!(post(&of_length(0)), Err(MailError::EmptyText)));
    assert!(matches!(post(&of_length(16 * 1024 + 1)), Err(MailError::TextTooLong(16_385))));
    assert!(matches!(post(&Body::Signal(vec![0; 4097])), Err(MailError::TooLarge(_))));
    assert!(matches!(post(&Body::Read { ids: vec![message_id(1); 257] }), Err(MailError::TooLarge(_))));
    assert!(post(&of_length(16 * 1024)).is_ok());
    assert!(alice.store.message(bob.id, message_id(1)).expect("the store works").is_some());
}

#[test]
fn the_longest_text_fits_a_frame_and_arrives() {
    let (mut alice, mut bob) = pair();
    let longest = Body::Text { id: message_id(1), at_ms: NOW_MS, text: "é".repeat(8 * 1024) };
    alice.post(bob.id, &longest);
    assert_eq!(deliver(&mut alice, &mut bob).0, [longest]);
}

#[test]
fn typing_is_told_at_most_once_in_three_seconds() {
    let (mut alice, bob) = pair();
    let mut typing = |now_ms| alice.mail.post(&alice.store, bob.id, &Body::Typing, now_ms).expect("there is room");
    let first = typing(NOW_MS);
    assert_eq!(typing(NOW_MS + 2_999), first);
    assert_ne!(typing(NOW_MS + 3_000), first);
    assert_eq!(alice.store.outbox_len(bob.id).expect("the store works"), 2);
}

#[test]
fn a_forgotten_person_leaves_nothing_and_can_come_back() {
    let (mut alice, mut bob) = pair();
    alice.post(bob.id, &text(1));
    let _ = deliver(&mut alice, &mut bob);
    bob.post(alice.id, &text(2));
    bob.mail.forget(&bob.store, alice.id).expect("the store works");
    assert_eq!(bob.store.session(alice.id).expect("the store works"), None);
    assert_eq!(bob.next(alice.id), None);
    assert!(bob.store.messages(alice.id, 10, None).expect("the store works").is_empty());
    alice.post(bob.id, &text(3));
    assert_eq!(deliver(&mut alice, &mut bob), (vec![text(3)], 2));
    bob.post(alice.id, &text(4));
    assert_eq!(deliver(&mut bob, &mut alice), (vec![text(4)], 1));
}

#[test]
fn other_phones_frames_and_replies_open_nothing() {
    let (mut alice, mut bob, mut carol) = (Phone::new(1), Phone::new(2), Phone::new(3));
    alice.post(bob.id, &text(1));
    let asks = alice.next(bob.id).expect("waits");
    // Keys that carol gave, or that bob gave to carol, are no keys of bob for alice.
    for reply in [carol.receive(alice.id, &asks.frame).reply, bob.receive(carol.id, &asks.frame).reply] {
        assert!(matches!(alice.replied(bob.id, asks.id, &reply), Replied::Refused(_)));
    }
    let _ = exchange(&mut alice, &mut bob);
    let opening = alice.next(bob.id).expect("waits");
    for (phone, from) in [(&mut carol, alice.id), (&mut bob, PeerId([9; 32]))] {
        let received = phone.receive(from, &opening.frame);
        assert_eq!(received.body, None);
        assert!(matches!(decode_reply(&received.reply), Ok(Reply::Unreadable(_))));
    }
    assert_eq!(bob.receive(alice.id, &opening.frame).body, Some(text(1)));
}

#[test]
fn sessions_with_cut_authentication_codes_are_not_let_in() {
    let mut bob = Phone::new(2);
    let secret = Ed25519SecretKey::from_slice(&[1; 32]);
    let alice = PeerId(*secret.public_key().as_bytes());
    let account = Account::new();
    for (config, taken) in [(SessionConfig::version_1(), false), (SessionConfig::version_2(), true)] {
        let asks = ahoy_mail::frame::encode_frame(&Frame::AskKeys);
        let reply = bob.receive(alice, &asks).reply;
        // Version byte, kind of reply, then the two keys and the signature, all of fixed length.
        let key = |at: usize| Curve25519PublicKey::from_slice(&reply[at..at + 32]).expect("32 bytes");
        let mut session = account.create_outbound_session(config, key(2), key(34)).expect("honest keys");
        let body = text(1).encode().expect("within its caps");
        let envelope = [&[0, 0, 0, 0][..], &u16::try_from(body.len()).expect("short").to_be_bytes(), &body].concat();
        let OlmMessage::PreKey(opening) = session.encrypt(&envelope).expect("it opens a session") else {
            panic!("the first message opens the session")
        };
        let identity = account.curve25519_key().to_bytes();
        let said = [&b"ahoy mail 2026 identity key"[..], alice.as_bytes(), bob.id.as_bytes(), &identity].concat();
        let mut frame = [&[1, 1][..], &identity, &secret.sign(&said).to_bytes()].concat();
        frame.extend(postcard::to_stdvec(&opening.to_bytes()).expect("bytes have an encoding"));
        let received = bob.receive(alice, &frame);
        assert_eq!(received.body.is_some(), taken, "version {}", config.version());
    }
}

#[test]
fn garbage_is_refused_and_keeps_the_row() {
    let (mut alice, mut bob) = pair();
    for garbage in [&[][..], &[9, 1], &[1, 77], &vec![1; 30_000]] {
        let received = bob.receive(alice.id, garbage);
        assert_eq!((received.body, decode_reply(&received.reply).expect("a reply")), (None, Reply::Refused));
    }
    let row = alice.row(bob.id, &text(1));
    let refused = bob.receive(alice.id, &[9]).reply;
    assert!(matches!(alice.replied(bob.id, row, &refused), Replied::Refused(_)));
    assert!(matches!(alice.replied(bob.id, row, &[]), Replied::Refused(_)));
    // Whoever says it has what was never sent is not believed.
    let taken = ahoy_mail::frame::encode_reply(&Reply::Taken);
    assert_eq!(alice.replied(bob.id, row, &taken), Replied::Again { news: false });
    assert_eq!(deliver(&mut alice, &mut bob).0, [text(1)]);
}

#[test]
fn keys_run_out_for_one_person_and_the_fallback_key_serves() {
    let (mut alice, mut bob) = pair();
    let asks = ahoy_mail::frame::encode_frame(&Frame::AskKeys);
    let mut replies: Vec<_> = (0..20).map(|_| bob.receive(alice.id, &asks).reply).collect();
    let last = replies.pop().expect("there are 20");
    replies.sort();
    replies.dedup();
    assert_eq!(replies.len(), 5, "four keys of its own and one for all");
    assert!(replies.contains(&last));
    let row = alice.row(bob.id, &text(1));
    assert_eq!(alice.replied(bob.id, row, &last), Replied::Again { news: false });
    let opening = alice.next(bob.id).expect("waits");
    assert_eq!(bob.receive(alice.id, &opening.frame).body, Some(text(1)));
    assert!(!replies.contains(&bob.receive(alice.id, &asks).reply), "a fallback key that was used is another one");
    // Not even a phone that lost its sessions lets the old message open one again.
    let _ = bob.store.transact(|work| work.remove_session(alice.id)).expect("the store works");
    assert!(matches!(decode_reply(&bob.receive(alice.id, &opening.frame).reply), Ok(Reply::Unreadable(_))));
}

#[test]
fn a_phone_that_reads_nothing_gets_a_session_a_minute() {
    let (mut alice, mut bob) = pair();
    let row = alice.row(bob.id, &text(1));
    let _ = exchange(&mut alice, &mut bob);
    let never = |bob: &mut Phone, alice: &Phone| {
        let sealed = ahoy_mail::frame::encode_frame(&Frame::Sealed { ciphertext: vec![0; 100] });
        bob.receive(alice.id, &sealed).reply
    };
    let mut at_ms = NOW_MS;
    for step in 0..20 {
        let before = alice.next(bob.id).expect("waits").frame;
        let reply = never(&mut bob, &alice);
        let replied = alice.mail.replied(&alice.store, bob.id, row, &reply, at_ms).expect("the store works");
        let renewed = alice.next(bob.id).expect("waits").frame != before;
        assert_eq!(matches!(replied, Replied::Again { .. }), renewed);
        assert_eq!(renewed, step < 3 || step % 4 == 2, "step {step}");
        at_ms += 15_000;
    }
    assert_eq!(deliver(&mut alice, &mut bob).0, [text(1)]);
}
