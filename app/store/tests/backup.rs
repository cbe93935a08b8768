//! A phone that was lost is the same phone again: to everybody it knew, and with the right passphrase alone.

use ahoy_call::{PeerAddr, PeerId};
use ahoy_store::{Backup, BackupError, Contact, OutboxRow, Store, StoreError, open_backup, seal_backup};
use redb::backends::InMemoryBackend;

const PASSPHRASE: &str = "correct horse, Zürich";

fn store() -> Store {
    Store::on(InMemoryBackend::new(), [7; 32]).expect("a new store")
}

fn contact(byte: u8, name: &str) -> Contact {
    let mut addr = PeerAddr::new(PeerId([byte; 32]));
    addr.direct.push("192.0.2.7:4433".parse().expect("an address"));
    Contact {
        addr,
        name: name.into(),
        verified: true,
        blocked: false,
        added_ms: u64::from(byte),
        favourite: true,
        muted: true,
        last_seen_ms: 5,
        auto_answer: ahoy_store::AutoAnswer::Voice,
    }
}

fn backup() -> Backup {
    let contacts = vec![contact(1, "Alice"), contact(2, "Bob")];
    Backup { identity: [9; 32], name: "Carol".into(), contacts }
}

fn sealed() -> Vec<u8> {
    let backup = backup();
    seal_backup(PASSPHRASE, &backup.identity, &backup.contacts, &backup.name).expect("a passphrase")
}

#[test]
fn a_backup_opens_with_its_passphrase_alone() {
    let bytes = sealed();
    assert_eq!(open_backup(&bytes, PASSPHRASE), Ok(backup()));
    assert_eq!(open_backup(&bytes, "correct horse, Zurich"), Err(BackupError::WrongPassphrase));
    assert_eq!(open_backup(&bytes, ""), Err(BackupError::NoPassphrase));
    assert_eq!(seal_backup("", &[9; 32], &[], ""), Err(BackupError::NoPassphrase));
    let mut altered = bytes.clone();
    *altered.last_mut().expect("not empty") ^= 1;
    assert_eq!(open_backup(&altered, PASSPHRASE), Err(BackupError::Damaged));
    assert_eq!(open_backup(&bytes[..bytes.len() - 1], PASSPHRASE), Err(BackupError::Damaged));
    for other in [&b""[..], b"ahoy", b"%PDF-1.7 something else"] {
        assert_eq!(open_backup(other, PASSPHRASE), Err(BackupError::Other));
    }
}

#[test]
fn a_backup_shows_nobody() {
    let bytes = sealed();
    for wanted in [&b"Alice"[..], b"Bob", b"Carol", &[1; 8], &[2; 8], &[9; 8], PASSPHRASE.as_bytes()] {
        assert!(!bytes.windows(wanted.len()).any(|window| window == wanted), "{wanted:?}");
    }
    assert!(!format!("{:?}", backup()).contains("Alice"), "nor does a log");
}

#[test]
fn a_new_phone_becomes_the_old_one() {
    for used_before in [false, true] {
        let store = store();
        if used_before {
            let _ = store.create_identity().expect("one that nobody knows");
            store.put_account(b"of that one").expect("kept");
        }
        assert_eq!(store.restore(&backup()).expect("nobody knew this phone"), 2);
        assert_eq!(store.identity().expect("readable"), Some([9; 32]));
        assert_eq!(store.create_identity().expect("readable"), [9; 32]);
        assert_eq!(store.contacts().expect("readable"), backup().contacts);
        assert_eq!(store.account().expect("readable"), None, "it belonged to the other identity");
    }
}

#[test]
fn the_same_phone_gets_its_people_back_and_begins_new_sessions() {
    let store = store();
    assert_eq!(store.restore(&Backup { contacts: Vec::new(), ..backup() }).expect("a new phone"), 0);
    let renamed = contact(1, "Alice from work");
    store.put_contact(&renamed).expect("kept");
    store.put_account(b"account").expect("kept");
    let id = store
        .transact(|change| {
            change.put_session(renamed.id(), b"session")?;
            let id = change.add_outbox(renamed.id(), false, None, b"words".to_vec())?;
            let row = change.outbox_row(renamed.id(), id)?.expect("just added");
            change.put_outbox(&OutboxRow { frame: Some(vec![1]), ..row })?;
            Ok(id)
        })
        .expect("kept");
    assert_eq!(store.restore(&backup()).expect("the same identity"), 1);
    assert_eq!(store.contacts().expect("readable"), [renamed.clone(), contact(2, "Bob")]);
    assert_eq!(store.session(renamed.id()).expect("readable"), None);
    assert_eq!(store.account().expect("readable").as_deref(), Some(&b"account"[..]));
    let row = store.outbox_row(renamed.id(), id).expect("readable").expect("what waits is not lost");
    assert_eq!((row.frame, row.body), (None, b"words".to_vec()));
}

#[test]
fn another_phone_that_somebody_knows_is_left_alone() {
    let with_contact = store();
    with_contact.put_contact(&contact(3, "Carol")).expect("kept");
    let with_session = store();
    with_session.transact(|change| change.put_session(PeerId([3; 32]), b"session")).expect("kept");
    for store in [with_contact, with_session] {
        let identity = store.create_identity().expect("its own");
        let before = store.contacts().expect("readable");
        let error = store.restore(&backup()).expect_err("it is somebody else's");
        assert!(matches!(&error, StoreError::OtherIdentity(_)), "{error}");
        assert!(error.to_string().contains("nothing was changed"));
        assert_eq!(store.identity().expect("readable"), Some(identity));
        assert_eq!(store.contacts().expect("readable"), before);
    }
}
