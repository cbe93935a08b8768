//! Sessions, outbox and conversations: what is written together is kept together, and in order.

use ahoy_call::PeerId;
use ahoy_store::{Message, MessageId, MessageState, OutboxRow, Store, StoreError};
use redb::backends::InMemoryBackend;

const ALICE: PeerId = PeerId([0xa1; 32]);
const BOB: PeerId = PeerId([0xb0; 32]);

fn store() -> Store {
    Store::on(InMemoryBackend::new(), [7; 32]).expect("a new store")
}

fn message(number: u8, at_ms: u64) -> Message {
    Message {
        id: MessageId([number; 16]),
        peer: ALICE,
        mine: false,
        at_ms,
        text: format!("message {number}"),
        state: MessageState::Delivered,
        seen: false,
    }
}

fn numbers(messages: &[Message]) -> Vec<u8> {
    messages.iter().map(|message| message.id.as_bytes()[0]).collect()
}

fn add(store: &Store, to: PeerId, urgent: bool, expires_ms: Option<u64>) -> u64 {
    store.transact(|change| change.add_outbox(to, urgent, expires_ms, vec![1])).expect("kept")
}

fn next(store: &Store, to: PeerId, now_ms: u64) -> Option<u64> {
    store.outbox_next(to, now_ms).expect("readable").map(|row| row.id)
}

#[test]
fn a_change_that_fails_leaves_nothing() {
    let store = store();
    let failed: Result<(), _> = store.transact(|change| {
        change.put_session(ALICE, b"session")?;
        assert_eq!(change.session(ALICE)?.as_deref(), Some(&b"session"[..]), "it sees its own writes");
        let _ = change.add_outbox(ALICE, false, None, vec![1])?;
        assert!(change.put_message(&message(1, 1))?);
        Err(StoreError::InUse("elsewhere".into()))
    });
    assert!(matches!(failed, Err(StoreError::InUse(_))));
    assert_eq!(store.session(ALICE).expect("readable"), None);
    assert_eq!(store.outbox_len(ALICE).expect("readable"), 0);
    assert_eq!(store.message(ALICE, MessageId([1; 16])).expect("readable"), None);
}

#[test]
fn sessions_and_the_account_are_replaced_and_forgotten() {
    let store = store();
    for session in [&b"one"[..], b"another"] {
        store.transact(|change| change.put_session(ALICE, session)).expect("kept");
        store.put_account(session).expect("kept");
    }
    assert_eq!(store.session(ALICE).expect("readable").as_deref(), Some(&b"another"[..]));
    assert_eq!(store.account().expect("readable").as_deref(), Some(&b"another"[..]));
    assert_eq!(store.session(BOB).expect("readable"), None);
    let removed = store.transact(|change| Ok((change.remove_session(ALICE)?, change.remove_session(ALICE)?)));
    assert_eq!(removed.expect("forgotten"), (true, false));
    assert_eq!(store.session(ALICE).expect("readable"), None);
}

#[test]
fn urgent_rows_go_first_then_the_oldest() {
    let store = store();
    let patient = add(&store, ALICE, false, None);
    let other = add(&store, BOB, false, None);
    let later = add(&store, ALICE, false, None);
    let urgent = add(&store, ALICE, true, Some(100));
    assert!(patient < other && other < later && later < urgent, "ids grow over all people");
    for expected in [urgent, patient, later] {
        assert_eq!(next(&store, ALICE, 99), Some(expected));
        assert!(store.transact(|change| change.remove_outbox(ALICE, expected)).expect("removed"));
    }
    assert_eq!(next(&store, ALICE, 99), None);
    assert_eq!(next(&store, BOB, 99), Some(other));
    assert!(!store.transact(|change| change.remove_outbox(ALICE, other)).expect("another's"));
    assert!(add(&store, ALICE, false, None) > urgent, "an id is never used again");
}

#[test]
fn what_expired_is_passed_over_and_dropped() {
    let store = store();
    let short = add(&store, ALICE, true, Some(100));
    let long = add(&store, ALICE, true, Some(200));
    let never = add(&store, BOB, false, None);
    assert_eq!([99, 100, 200].map(|now| next(&store, ALICE, now)), [Some(short), Some(long), None]);
    assert_eq!(store.outbox_len(ALICE).expect("readable"), 2);
    let dropped = store.drop_expired(150).expect("dropped");
    assert_eq!(dropped.iter().map(|row| (row.to, row.id)).collect::<Vec<_>>(), [(ALICE, short)]);
    assert!(store.drop_expired(150).expect("nothing left").is_empty());
    assert_eq!(store.drop_expired(u64::MAX).expect("dropped").len(), 1);
    assert_eq!(next(&store, BOB, u64::MAX), Some(never));
}

#[test]
fn a_row_keeps_its_frame_until_the_session_is_a_new_one() {
    let store = store();
    let (first, second) = (add(&store, ALICE, false, None), add(&store, ALICE, true, None));
    let framed = |id| {
        let row = store.outbox_row(ALICE, id).expect("readable").expect("it waits");
        OutboxRow { frame: Some(vec![id as u8]), session: 4, ..row }
    };
    let rows = [framed(first), framed(second)];
    store.transact(|change| rows.iter().try_for_each(|row| change.put_outbox(row))).expect("kept");
    assert_eq!(store.outbox_row(ALICE, first).expect("readable"), Some(rows[0].clone()));
    assert_eq!(store.outbox_next(ALICE, 0).expect("readable"), Some(rows[1].clone()));
    store.transact(|change| change.clear_frames(BOB)).expect("nobody's");
    assert_eq!(store.outbox_len(ALICE).expect("readable"), 2, "replaced, not added");
    store.transact(|change| change.clear_frames(ALICE)).expect("forgotten");
    for row in rows {
        assert_eq!(store.outbox_row(ALICE, row.id).expect("readable"), Some(OutboxRow { frame: None, ..row }));
    }
    assert_eq!(store.transact(|change| change.clear_outbox(ALICE)).expect("cleared"), 2);
    assert_eq!(next(&store, ALICE, 0), None);
}

#[test]
fn everybody_who_is_waited_for_is_named_once() {
    let store = store();
    let mut everybody: Vec<PeerId> = (0..40).map(|byte| PeerId([byte; 32])).collect();
    for peer in everybody.iter().chain(&everybody) {
        let _ = add(&store, *peer, peer.as_bytes()[0] % 2 == 0, None);
    }
    let mut named = store.outbox_peers().expect("readable");
    named.sort();
    everybody.sort();
    assert_eq!(named, everybody);
}

#[test]
fn a_conversation_is_newest_first_and_pages() {
    let store = store();
    for (number, at_ms) in [(1, 1_000), (3, 3_000), (2, 2_000)] {
        assert!(store.put_message(&message(number, at_ms)).expect("kept"));
    }
    let others = Message { peer: BOB, ..message(9, 9_000) };
    assert!(store.put_message(&others).expect("kept"));
    let page = |limit, before| numbers(&store.messages(ALICE, limit, before).expect("readable"));
    assert_eq!(page(10, None), [3, 2, 1]);
    assert_eq!(page(2, None), [3, 2]);
    assert_eq!(page(2, Some(2_000)), [1]);
    assert_eq!(page(0, None), []);
    assert_eq!(store.messages(BOB, 10, None).expect("readable"), [others]);
    assert_eq!(store.message(ALICE, MessageId([2; 16])).expect("readable"), Some(message(2, 2_000)));
    assert_eq!(store.message(BOB, MessageId([2; 16])).expect("readable"), None);
}

#[test]
fn the_same_message_again_changes_nothing() {
    let store = store();
    let first = message(1, 1_000);
    assert!(store.put_message(&first).expect("kept"));
    let again = Message { at_ms: 5_000, text: "another text".into(), ..first.clone() };
    assert!(!store.put_message(&again).expect("known"));
    assert!(!store.put_message(&Message { mine: true, ..again }).expect("known"));
    assert_eq!(store.messages(ALICE, 10, None).expect("readable"), [first]);
    assert_eq!(store.unread(ALICE).expect("readable"), 1);
}

#[test]
fn my_message_only_gets_further_and_nobody_else_writes_it() {
    let store = store();
    let mine = Message { mine: true, state: MessageState::Queued, ..message(1, 1_000) };
    assert!(store.put_message(&mine).expect("kept"));
    let at = |state| Message { state, ..mine.clone() };
    assert!(store.put_message(&at(MessageState::Read)).expect("further"));
    assert!(!store.put_message(&at(MessageState::Delivered)).expect("not back"));
    assert!(!store.put_message(&Message { text: "forged".into(), ..message(1, 9_000) }).expect("not theirs"));
    assert_eq!(store.messages(ALICE, 10, None).expect("readable"), [at(MessageState::Read)]);
    assert_eq!(store.unread(ALICE).expect("readable"), 0);
}

#[test]
fn what_was_not_seen_is_counted_until_it_is() {
    let store = store();
    for (number, at_ms) in [(3, 3_000), (1, 1_000)] {
        assert!(store.put_message(&message(number, at_ms)).expect("kept"));
    }
    assert!(store.put_message(&Message { mine: true, ..message(2, 2_000) }).expect("kept"));
    assert!(store.put_message(&Message { seen: true, ..message(4, 4_000) }).expect("kept"));
    assert_eq!((store.unread(ALICE).expect("readable"), store.unread(BOB).expect("readable")), (2, 0));
    assert_eq!(store.mark_seen(ALICE).expect("kept"), [MessageId([1; 16]), MessageId([3; 16])]);
    assert_eq!(store.unread(ALICE).expect("readable"), 0);
    assert!(store.mark_seen(ALICE).expect("nothing new").is_empty());
    let seen =
        store.messages(ALICE, 10, None).expect("readable").iter().map(|message| message.seen).collect::<Vec<_>>();
    assert_eq!(seen, [true, true, false, true], "mine has no such mark");
}

#[test]
fn a_conversation_is_forgotten_whole_and_alone() {
    let store = store();
    for number in 1..=5 {
        assert!(store.put_message(&message(number, 1_000)).expect("kept"));
    }
    let others = Message { peer: BOB, ..message(1, 1_000) };
    assert!(store.put_message(&others).expect("kept"));
    assert_eq!(store.remove_messages(ALICE).expect("forgotten"), 5);
    assert_eq!(store.unread(ALICE).expect("readable"), 0);
    assert_eq!(store.message(ALICE, MessageId([1; 16])).expect("readable"), None);
    assert!(store.messages(ALICE, 10, None).expect("readable").is_empty());
    assert_eq!(store.messages(BOB, 10, None).expect("readable"), [others]);
    assert!(store.put_message(&message(1, 1_000)).expect("it may come again"));
}
