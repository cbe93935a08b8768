//! What the store promises: it keeps everything, it shows nothing, and it never makes up a phone that was lost.

use std::fs::{self, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use ahoy_call::{CallId, CallRecord, Direction, EndedReason, PeerAddr, PeerId};
use ahoy_store::{Contact, DATABASE_FILE, KEY_FILE, Message, MessageId, MessageState, OutboxRow, Store, StoreError};
use tempfile::TempDir;

fn home() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn open(dir: &TempDir) -> Result<Store, StoreError> {
    Store::open(dir.path())
}

fn contact(byte: u8, name: &str) -> Contact {
    let mut addr = PeerAddr::new(PeerId([byte; 32]));
    addr.relays.push("https://relay.example/".into());
    addr.direct.push("192.0.2.7:4433".parse().expect("an address"));
    Contact {
        addr,
        name: name.into(),
        verified: true,
        blocked: false,
        added_ms: u64::from(byte),
        favourite: true,
        muted: false,
        last_seen_ms: 9_000,
        auto_answer: ahoy_store::AutoAnswer::Voice,
    }
}

fn record(byte: u8, timestamp: u64) -> CallRecord {
    CallRecord {
        call_id: CallId([byte; 16]),
        peer: PeerId([0xc7; 32]),
        direction: Direction::Incoming,
        duration_seconds: 61,
        had_video: true,
        timestamp,
        ended_reason: EndedReason::Completed,
    }
}

/// A data directory with one of everything.
fn filled() -> (TempDir, [u8; 32]) {
    let dir = home();
    let store = open(&dir).expect("a new store");
    let secret = store.create_identity().expect("an identity");
    store.put_contact(&contact(0xc7, "Ada Lovelace")).expect("kept");
    store.set_setting("relay", "https://secret-relay.example/").expect("kept");
    store.put_call(&record(1, 1_000)).expect("kept");
    (dir, secret)
}

/// Every file of the directory with its bytes.
fn snapshot(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(dir).expect("readable").map(|entry| entry.expect("readable").path());
    let mut files: Vec<_> =
        entries.map(|path| (path.display().to_string(), fs::read(&path).expect("readable"))).collect();
    files.sort();
    files
}

fn error_of(dir: &Path) -> StoreError {
    match Store::open(dir) {
        Ok(_) => panic!("it must not open"),
        Err(error) => error,
    }
}

/// Opening fails as damaged, names the file and what to do, and changes nothing.
fn assert_damaged(dir: &TempDir, named: &str) {
    let before = snapshot(dir.path());
    let error = error_of(dir.path());
    assert!(matches!(&error, StoreError::Damaged { file, .. } if file.ends_with(named)), "{error}");
    let line = error.to_string();
    assert!(line.contains(named) && line.contains("restore it") && !line.contains('\n'), "{line}");
    assert!(snapshot(dir.path()) == before, "untouched");
}

#[test]
fn everything_is_there_after_a_reopen() {
    let (dir, secret) = filled();
    let store = open(&dir).expect("opens again");
    assert_eq!(store.identity().expect("readable"), Some(secret));
    assert_eq!(store.create_identity().expect("readable"), secret, "made once");
    assert_eq!(store.contacts().expect("readable"), [contact(0xc7, "Ada Lovelace")]);
    assert_eq!(store.setting("relay").expect("readable").as_deref(), Some("https://secret-relay.example/"));
    assert_eq!(store.calls(10, None).expect("readable"), [record(1, 1_000)]);
}

#[test]
fn a_new_store_is_empty() {
    let dir = home();
    let store = open(&dir).expect("a new store");
    assert_eq!(store.identity().expect("readable"), None);
    assert!(store.contacts().expect("readable").is_empty());
    assert!(store.settings().expect("readable").is_empty());
    assert!(store.calls(10, None).expect("readable").is_empty());
    let peer = contact(1, "").id();
    let (unread, missed) = store.view(|view| Ok((view.unread(peer)?, view.missed_since(0)?))).expect("readable");
    assert_eq!((unread, missed, store.seen_missed_ms().expect("readable")), (0, 0, 0));
    assert_eq!((store.account().expect("readable"), store.session(peer).expect("readable")), (None, None));
    assert_eq!(store.outbox_next(peer, 0).expect("readable"), None);
    assert!(store.messages(peer, 10, None).expect("readable").is_empty());
    assert!(store.outbox_peers().expect("readable").is_empty());
}

#[test]
fn contacts_are_changed_and_forgotten() {
    let dir = home();
    let store = open(&dir).expect("a new store");
    for (byte, name) in [(9, "Zoe"), (4, "Bob")] {
        store.put_contact(&contact(byte, name)).expect("kept");
    }
    let bob = Contact { blocked: true, ..contact(4, "Robert") };
    store.put_contact(&bob).expect("replaced");
    assert_eq!(store.contacts().expect("readable"), [bob.clone(), contact(9, "Zoe")]);
    assert_eq!(store.contact(bob.id()).expect("readable"), Some(bob.clone()));
    assert!(store.remove_contact(bob.id()).expect("gone"));
    assert!(!store.remove_contact(bob.id()).expect("was gone"));
    assert_eq!(store.contact(bob.id()).expect("readable"), None);
}

#[test]
fn settings_are_set_and_cleared() {
    let dir = home();
    let store = open(&dir).expect("a new store");
    store.set_setting("port", "4000").expect("kept");
    store.set_setting("port", "4001").expect("kept");
    store.set_setting("relay", "none").expect("kept");
    let all = store.settings().expect("readable");
    assert_eq!(all.into_iter().collect::<Vec<_>>(), [("port", "4001"), ("relay", "none")].map(pair));
    assert!(store.clear_setting("port").expect("cleared"));
    assert_eq!(store.setting("port").expect("readable"), None);
}

fn pair((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn the_history_is_newest_first_and_pages() {
    let dir = home();
    let store = open(&dir).expect("a new store");
    for (byte, timestamp) in [(1, 1_000), (3, 3_000), (2, 2_000), (9, 2_000)] {
        store.put_call(&record(byte, timestamp)).expect("kept");
    }
    let ids = |limit, before| -> Vec<u8> {
        let calls = store.calls(limit, before).expect("readable");
        calls.iter().map(|call| call.call_id.as_bytes()[0]).collect()
    };
    assert_eq!(ids(10, None), [3, 9, 2, 1]);
    assert_eq!(ids(2, None), [3, 9]);
    assert_eq!(ids(10, Some(2_000)), [1]);
    assert_eq!(ids(10, Some(2_001)), [9, 2, 1]);
    let changed = CallRecord { duration_seconds: 5, ..record(3, 3_000) };
    store.put_call(&changed).expect("replaced");
    assert_eq!(store.calls(1, None).expect("readable"), [changed]);
}

#[test]
fn calls_are_found_counted_and_forgotten() {
    let dir = home();
    let store = open(&dir).expect("a new store");
    for (byte, timestamp) in [(1, 1_000), (2, 2_000), (3, 3_000)] {
        let missed = CallRecord { ended_reason: EndedReason::Missed, ..record(byte, timestamp) };
        store.put_call(&missed).expect("kept");
    }
    store.put_call(&record(4, 4_000)).expect("kept");
    assert_eq!([0, 2_000, 2_001, 4_000].map(|since| store.missed_since(since).expect("readable")), [3, 2, 1, 0]);
    let known = |byte| store.has_call(CallId([byte; 16])).expect("readable");
    assert_eq!([1, 4, 5].map(known), [true, true, false]);
    assert!(store.delete_call(CallId([1; 16])).expect("forgotten"));
    assert!(!store.delete_call(CallId([1; 16])).expect("nothing there"));
    assert!(!known(1));
    assert_eq!(store.calls(10, None).expect("readable").len(), 3);
    store.clear_calls().expect("forgotten");
    assert!(store.calls(10, None).expect("readable").is_empty());
    store.clear_calls().expect("nothing there");
    store.set_seen_missed_ms(7).expect("kept");
    assert_eq!(store.seen_missed_ms().expect("readable"), 7);
}

#[test]
fn the_file_shows_nobody_and_nothing() {
    let (dir, secret) = filled();
    let store = open(&dir).expect("opens again");
    let peer = contact(0xc7, "").id();
    let text = Message {
        id: MessageId([0xd5; 16]),
        peer,
        mine: false,
        at_ms: 5_000,
        text: "Meet me under the clock".into(),
        state: MessageState::Delivered,
        seen: false,
    };
    store
        .transact(|change| {
            change.put_account(b"the account of the phone")?;
            change.put_session(peer, b"the session with a person")?;
            let id = change.add_outbox(peer, true, Some(9_000), b"waiting words".to_vec())?;
            let row = change.outbox_row(peer, id)?.expect("it was just added");
            change.put_outbox(&OutboxRow { frame: Some(b"the sealed frame".to_vec()), session: 3, ..row })?;
            assert!(change.put_message(&text)?);
            assert!(change.put_message(&Message { id: MessageId([0xe6; 16]), mine: true, ..text.clone() })?);
            change.set_seen_missed_ms(0x0123_4567_89ab_cdef)
        })
        .expect("kept");
    assert_eq!(store.mark_seen(peer).expect("kept"), [text.id]);
    drop(store);
    let bytes: Vec<u8> = snapshot(dir.path()).into_iter().flat_map(|(_, bytes)| bytes).collect();
    let shows = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
    assert!(shows(&[1; 16].map(|byte: u8| format!("{byte:02x}")).concat().into_bytes()), "history keys are clear");
    assert!(shows(&5_000_u64.to_be_bytes()), "so are the times of messages");
    for wanted in
        ["Ada", "Lovelace", "relay", "c7c7c7c7", "d5d5d5d5", "clock", "account of", "a person", "waiting", "frame"]
    {
        assert!(!shows(wanted.as_bytes()), "{wanted:?}");
    }
    let mark = 0x0123_4567_89ab_cdef_u64;
    for wanted in [&[0xc7; 8][..], &[0xd5; 8], &[0xe6; 8], &secret[..8], &mark.to_be_bytes(), &mark.to_le_bytes()] {
        assert!(!shows(wanted), "{wanted:?}");
    }
}

#[test]
fn a_second_phone_on_the_directory_is_told() {
    let (dir, _) = filled();
    let first = open(&dir).expect("opens");
    let error = error_of(dir.path());
    assert!(matches!(error, StoreError::InUse(_)), "{error}");
    drop(first);
    assert!(open(&dir).is_ok());
}

#[test]
fn a_lost_half_is_never_made_anew() {
    for (lost, named) in [(KEY_FILE, KEY_FILE), (DATABASE_FILE, DATABASE_FILE)] {
        let (dir, _) = filled();
        fs::remove_file(dir.path().join(lost)).expect("removed");
        assert_damaged(&dir, named);
    }
}

#[test]
fn wrong_keys_are_told() {
    for key in [vec![], vec![1; 31], vec![1; 33], vec![1; 32]] {
        let (dir, _) = filled();
        fs::write(dir.path().join(KEY_FILE), key).expect("written");
        assert_damaged(&dir, KEY_FILE);
    }
}

#[test]
fn files_that_are_no_database_are_told() {
    for content in [&b""[..], b"no database at all", &[0xff; 8192], &[0; 8192]] {
        let (dir, _) = filled();
        fs::write(dir.path().join(DATABASE_FILE), content).expect("written");
        assert_damaged(&dir, DATABASE_FILE);
    }
    let (dir, _) = filled();
    let whole = fs::read(dir.path().join(DATABASE_FILE)).expect("readable");
    for length in [whole.len() / 2, 4096, 100] {
        fs::write(dir.path().join(DATABASE_FILE), &whole[..length]).expect("written");
        assert_damaged(&dir, DATABASE_FILE);
    }
}

#[test]
fn a_database_of_something_else_is_told() {
    let (dir, _) = filled();
    let path = dir.path().join(DATABASE_FILE);
    fs::remove_file(&path).expect("removed");
    drop(redb::Database::create(&path).expect("another database"));
    assert_damaged(&dir, DATABASE_FILE);
}

#[test]
fn a_newer_schema_is_refused_untouched() {
    let (dir, _) = filled();
    let path = dir.path().join(DATABASE_FILE);
    let meta = redb::TableDefinition::<&str, &[u8]>::new("meta");
    let database = redb::Database::open(&path).expect("opens");
    let write = database.begin_write().expect("begins");
    let _ = write.open_table(meta).expect("opens").insert("schema", &[0, 0, 0, 2][..]).expect("written");
    write.commit().expect("committed");
    drop(database);
    let before = snapshot(dir.path());
    let error = error_of(dir.path());
    assert!(matches!(error, StoreError::Newer { found: 2, known: 1, .. }), "{error}");
    assert!(snapshot(dir.path()) == before, "untouched");
}

#[test]
fn a_first_start_that_was_cut_off_is_finished() {
    let (dir, secret) = filled();
    let path = dir.path().join(DATABASE_FILE);
    fs::rename(&path, dir.path().join(format!("{DATABASE_FILE}.new"))).expect("renamed");
    assert_eq!(open(&dir).expect("finished").identity().expect("readable"), Some(secret));
    let dir = home();
    fs::write(dir.path().join(format!("{KEY_FILE}.new")), b"half a key").expect("written");
    assert!(open(&dir).is_ok(), "nothing was named yet, so nothing was lost");
}

#[test]
fn a_directory_that_cannot_be_is_an_error_of_the_system() {
    let dir = home();
    let file = dir.path().join("taken");
    fs::write(&file, b"a file").expect("written");
    for path in [file.clone(), file.join("below")] {
        let error = error_of(&path);
        assert!(matches!(error, StoreError::Io { .. }), "{error}");
        assert!(error.to_string().contains("taken"), "{error}");
    }
    assert_eq!(fs::read(&file).expect("readable"), b"a file");
}

/// The room for files is limited in a child process, which is this test once more.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_the_next_start_is_a_first_one() {
    const CHILD: &str = "AHOY_STORE_TEST_FULL_DIR";
    if let Some(dir) = std::env::var_os(CHILD) {
        let error = error_of(Path::new(&dir));
        assert!(matches!(error, StoreError::Io { .. }) && error.to_string().contains("the disk has room"), "{error}");
        return;
    }
    let dir = home();
    let limited =
        "trap '' XFSZ; ulimit -f 8; exec \"$0\" --exact a_full_disk_is_told_and_the_next_start_is_a_first_one";
    let child = std::process::Command::new("sh")
        .args(["-c", limited])
        .arg(std::env::current_exe().expect("this test"))
        .env(CHILD, dir.path())
        .output()
        .expect("a shell");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert!(String::from_utf8_lossy(&child.stdout).contains("1 passed"), "the child ran the test");
    assert_eq!(open(&dir).expect("there is room now").identity().expect("readable"), None);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let (dir, _) = filled();
    let mode = |path: &Path| fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
    assert_eq!(mode(dir.path()), 0o700);
    for (path, _) in snapshot(dir.path()) {
        assert_eq!(mode(Path::new(&path)), 0o600, "{path}");
    }
}

/// Flips a byte at many places: what was kept is read back as it was, or the damage is told. Never a panic.
#[test]
fn no_flipped_byte_panics_or_changes_what_was_kept() {
    let (dir, secret) = filled();
    let path = dir.path().join(DATABASE_FILE);
    let whole = fs::read(&path).expect("readable");
    let used: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let (mut told, mut kept) = (0, 0);
    for at in used.iter().step_by((used.len() / 100).max(1)).copied().chain((0..320).step_by(5)) {
        fs::write(&path, &whole).expect("restored");
        let mut file = OpenOptions::new().write(true).open(&path).expect("opens");
        let _ = file.seek(SeekFrom::Start(at as u64)).expect("within the file");
        file.write_all(&[whole[at] ^ 0x55]).expect("flipped");
        drop(file);
        let read = open(&dir).and_then(|store| {
            let identity = store.identity()?;
            Ok((identity, store.contacts()?, store.setting("relay")?, store.calls(10, None)?))
        });
        match read {
            Ok((identity, contacts, relay, calls)) => {
                kept += 1;
                assert_eq!(identity, Some(secret), "byte {at}: never a silent new identity");
                assert_eq!(contacts, [contact(0xc7, "Ada Lovelace")], "byte {at}");
                assert_eq!(relay.as_deref(), Some("https://secret-relay.example/"), "byte {at}");
                assert_eq!(calls, [record(1, 1_000)], "byte {at}");
            }
            Err(StoreError::Damaged { .. }) => {
                told += 1;
                let mut altered = whole.clone();
                altered[at] ^= 0x55;
                assert!(fs::read(&path).expect("readable") == altered, "byte {at}: untouched");
            }
            Err(other) => panic!("byte {at}: {other}"),
        }
    }
    println!("{told} told, {kept} in places that hold nothing, of {} bytes in use", used.len());
    assert!(told > 0);
}
