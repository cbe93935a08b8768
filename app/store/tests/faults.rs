//! The power goes at every write: whatever of it reached the disk, the store opens, keeps what it acknowledged, and nothing
//! is there by half.

use std::io;
use std::sync::{Arc, Mutex};

use ahoy_call::{CallId, CallRecord, Direction, EndedReason, PeerAddr, PeerId};
use ahoy_store::{Contact, Message, MessageId, MessageState, OutboxRow, Store, StoreError};
use redb::StorageBackend;

const KEY: [u8; 32] = [0x5e; 32];
const ALICE: PeerId = PeerId([0xa1; 32]);
const BOB: PeerId = PeerId([0xb0; 32]);

/// How often the unsynced writes are torn anew at each point: enough for thousands of disks in a few seconds.
const TORN_SEEDS: u64 = 20;

/// What the smallest disks write whole.
const SECTOR: usize = 512;

/// What happened to the disk, in order.
#[derive(Clone, Debug)]
enum Event {
    Write(u64, Vec<u8>),
    SetLen(u64),
    Sync,
    /// The store said that it kept something: the number of the state that is kept since.
    Acknowledged(usize),
}

/// A disk that keeps everything and writes down how it came to be.
#[derive(Clone, Debug)]
struct Disk(Arc<Mutex<(Vec<u8>, Vec<Event>)>>);

impl Disk {
    fn new(content: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new((content, Vec::new()))))
    }

    fn acknowledge(&self, state: usize) {
        self.0.lock().expect("one thread").1.push(Event::Acknowledged(state));
    }

    fn events(&self) -> Vec<Event> {
        self.0.lock().expect("one thread").1.clone()
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().expect("one thread").0.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let disk = self.0.lock().expect("one thread");
        let wanted = disk.0.get(offset as usize..offset as usize + out.len());
        out.copy_from_slice(wanted.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut disk = self.0.lock().expect("one thread");
        apply(&mut disk.0, &Event::SetLen(len));
        disk.1.push(Event::SetLen(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.lock().expect("one thread").1.push(Event::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut disk = self.0.lock().expect("one thread");
        let write = Event::Write(offset, data.to_vec());
        apply(&mut disk.0, &write);
        disk.1.push(write);
        Ok(())
    }
}

fn apply(content: &mut Vec<u8>, event: &Event) {
    match event {
        Event::Write(offset, data) => write(content, *offset as usize, data),
        Event::SetLen(len) => content.resize(*len as usize, 0),
        Event::Sync | Event::Acknowledged(_) => {}
    }
}

fn write(content: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(data);
}

/// SplitMix64: the same numbers for a seed wherever the test runs.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

/// What became of the writes that were not synced.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Lost,
    Kept,
    /// Some arrived, each up to some sector.
    Torn(u64),
}

impl Fate {
    fn image(self, durable: &[u8], pending: &[Event]) -> Vec<u8> {
        let mut image = durable.to_vec();
        match self {
            Self::Lost => {}
            Self::Kept => pending.iter().for_each(|event| apply(&mut image, event)),
            Self::Torn(seed) => {
                let mut dice = Dice(seed);
                for event in pending.iter().filter(|_| dice.below(2) == 1).collect::<Vec<_>>() {
                    match event {
                        Event::Write(offset, data) => {
                            let whole = dice.below(data.len().div_ceil(SECTOR) + 1) * SECTOR;
                            write(&mut image, *offset as usize, &data[..whole.min(data.len())]);
                        }
                        Event::SetLen(_) | Event::Sync | Event::Acknowledged(_) => apply(&mut image, event),
                    }
                }
            }
        }
        image
    }
}

/// All that a person would miss.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    account: Option<Vec<u8>>,
    sessions: Vec<Option<Vec<u8>>>,
    rows: Vec<(u64, Option<OutboxRow>)>,
    messages: Vec<Message>,
    unread: u32,
    contacts: Vec<Contact>,
    calls: Vec<CallRecord>,
}

fn kept(store: &Store) -> Result<Kept, StoreError> {
    store.view(|view| {
        let mut rows = Vec::new();
        for peer in [ALICE, BOB] {
            rows.push((view.outbox_len(peer)?, view.outbox_next(peer, 0)?));
        }
        Ok(Kept {
            account: view.account()?,
            sessions: vec![view.session(ALICE)?, view.session(BOB)?],
            rows,
            messages: [view.messages(ALICE, 1_000, None)?, view.messages(BOB, 1_000, None)?].concat(),
            unread: view.unread(ALICE)?,
            contacts: view.contacts()?,
            calls: view.calls(1_000, None)?,
        })
    })
}

type Step = Box<dyn Fn(&Store) -> Result<(), StoreError>>;

fn contact(id: PeerId, name: &str) -> Contact {
    Contact {
        addr: PeerAddr::new(id),
        name: name.into(),
        verified: false,
        blocked: false,
        added_ms: 1,
        favourite: false,
        muted: false,
        last_seen_ms: 0,
        auto_answer: ahoy_store::AutoAnswer::Voice,
    }
}

fn message(number: u8, mine: bool, state: MessageState) -> Message {
    let text = "words ".repeat(usize::from(number) * 40);
    Message { id: MessageId([number; 16]), peer: ALICE, mine, at_ms: u64::from(number), text, state, seen: false }
}

fn record(number: u8, reason: EndedReason, duration_seconds: u64) -> CallRecord {
    CallRecord {
        call_id: CallId([number; 16]),
        peer: BOB,
        direction: Direction::Outgoing,
        duration_seconds,
        had_video: false,
        timestamp: 1_000 + u64::from(number),
        ended_reason: reason,
    }
}

/// A message of mine: queued, encrypted in one step with its session, taken by the other.
fn sending(number: u8) -> Vec<Step> {
    let text = message(number, true, MessageState::Queued);
    vec![
        Box::new(move |store| {
            store.transact(|change| {
                let _ = change.put_message(&text)?;
                change.add_outbox(ALICE, false, None, vec![number; 900]).map(drop)
            })
        }),
        Box::new(move |store| {
            store.transact(|change| {
                let row = change.outbox_next(ALICE, 0)?.expect("it was queued");
                change.put_session(ALICE, &[number; 3_000])?;
                change.put_outbox(&OutboxRow { frame: Some(vec![number; 1_200]), session: 1, ..row })
            })
        }),
        Box::new(move |store| {
            store.transact(|change| {
                let row = change.outbox_next(ALICE, 0)?.expect("it was sent");
                assert!(change.remove_outbox(ALICE, row.id)?);
                change.put_message(&message(number, true, MessageState::Delivered)).map(drop)
            })
        }),
    ]
}

/// A message of the other: the step of the session, the account and the text belong together.
fn receiving(number: u8) -> Vec<Step> {
    vec![
        Box::new(move |store| {
            store.transact(|change| {
                change.put_session(ALICE, &[number; 3_000])?;
                change.put_account(&[number; 5_000])?;
                change.put_message(&message(number, false, MessageState::Delivered)).map(drop)
            })
        }),
        Box::new(|store| store.mark_seen(ALICE).map(drop)),
    ]
}

/// A day of a phone, each step one change.
fn scenario() -> Vec<Step> {
    let mut steps: Vec<Step> = vec![
        Box::new(|store| store.create_identity().map(drop)),
        Box::new(|store| store.put_account(&[1; 5_000])),
        Box::new(|store| store.put_contact(&contact(ALICE, "Alice"))),
        Box::new(|store| store.put_contact(&contact(BOB, "Bob"))),
        Box::new(|store| store.put_call(&record(1, EndedReason::Failed, 0))),
        Box::new(|store| store.put_call(&record(1, EndedReason::Failed, 10))),
        Box::new(|store| store.put_call(&record(1, EndedReason::Completed, 12))),
    ];
    for number in [2, 3] {
        steps.extend(sending(number));
        steps.extend(receiving(number + 10));
    }
    steps.push(Box::new(|store| {
        store.transact(|change| {
            let _ = change.remove_session(ALICE)?;
            let _ = change.clear_outbox(ALICE)?;
            let _ = change.remove_messages(ALICE)?;
            change.remove_contact(ALICE).map(drop)
        })
    }));
    steps.push(Box::new(|store| store.clear_calls()));
    steps
}

/// A disk and all that happened to it from `start` on, with what is kept after each acknowledged change.
struct Run {
    start: Vec<u8>,
    events: Vec<Event>,
    states: Vec<Kept>,
}

fn run(start: Vec<u8>, steps: &[Step]) -> Run {
    let disk = Disk::new(start.clone());
    let store = Store::on(disk.clone(), KEY).expect("it opens");
    let mut states = vec![kept(&store).expect("readable")];
    disk.acknowledge(0);
    for step in steps {
        step(&store).expect("the disk is well");
        states.push(kept(&store).expect("readable"));
        disk.acknowledge(states.len() - 1);
    }
    drop(store);
    Run { start, events: disk.events(), states }
}

/// What is wrong with a store whose power went, given what had been acknowledged.
fn fault(image: Vec<u8>, run: &Run, acknowledged: usize) -> Option<String> {
    let store = match Store::on(Disk::new(image), KEY) {
        Ok(store) => store,
        Err(error) => return Some(format!("it does not open: {error}")),
    };
    let found = match kept(&store) {
        Ok(found) => found,
        Err(error) => return Some(format!("it cannot be read: {error}")),
    };
    let allowed = &run.states[acknowledged..run.states.len().min(acknowledged + 2)];
    if !allowed.contains(&found) {
        return Some(format!("it is neither as acknowledged ({acknowledged}) nor one change further: {found:?}"));
    }
    store.set_setting("after", "the fall").err().map(|error| format!("it cannot be written: {error}"))
}

/// Cuts the power before every event and gives each fault found, with the point and the fate; and how often it was cut.
fn cut_everywhere(run: &Run, fates: &[Fate]) -> (Vec<String>, usize) {
    let (mut durable, mut pending) = (run.start.clone(), Vec::new());
    let mut acknowledged = None;
    let (mut faults, mut cuts) = (Vec::new(), 0);
    for (point, event) in run.events.iter().enumerate() {
        if let Some(acknowledged) = acknowledged {
            for fate in fates {
                let fate = match fate {
                    Fate::Torn(seed) => Fate::Torn(seed ^ ((point as u64) << 8)),
                    Fate::Lost | Fate::Kept => *fate,
                };
                cuts += 1;
                let found = fault(fate.image(&durable, &pending), run, acknowledged);
                faults.extend(found.map(|fault| format!("event {point}, {fate:?}: {fault}")));
            }
        }
        match event {
            Event::Write(..) | Event::SetLen(_) => pending.push(event.clone()),
            Event::Sync => pending.drain(..).for_each(|event| apply(&mut durable, &event)),
            Event::Acknowledged(state) => acknowledged = Some(*state),
        }
    }
    (faults, cuts)
}

fn every_fate() -> Vec<Fate> {
    [Fate::Lost, Fate::Kept].into_iter().chain((0..TORN_SEEDS).map(Fate::Torn)).collect()
}

/// The disk of a phone that was made and never used.
fn new_phone() -> Vec<u8> {
    let disk = Disk::new(Vec::new());
    drop(Store::on(disk.clone(), KEY).expect("a new store"));
    disk.0.lock().expect("one thread").0.clone()
}

#[test]
fn power_may_go_at_any_write() {
    let run = run(new_phone(), &scenario());
    let (faults, cuts) = cut_everywhere(&run, &every_fate());
    println!("{cuts} cuts at {} events of {} changes", run.events.len(), run.states.len() - 1);
    assert!(faults.is_empty(), "{} of {cuts} cuts: {}", faults.len(), faults[0]);
}

#[test]
fn power_may_go_again_while_the_store_recovers() {
    let steps = scenario();
    let first = run(new_phone(), &steps);
    // In the middle of a day, where the last change was written and not synced.
    let acknowledged_at = |state| {
        first.events.iter().position(|event| matches!(event, Event::Acknowledged(at) if *at == state)).expect("it came")
    };
    let mut image = first.start.clone();
    first.events[..acknowledged_at(9)].iter().for_each(|event| apply(&mut image, event));
    let mut second = run(image, &[]);
    // Recovery acknowledges nothing: it is cut from its first write on.
    second.events.insert(0, Event::Acknowledged(0));
    assert_eq!(second.states[0], first.states[9]);
    let (faults, cuts) = cut_everywhere(&second, &every_fate());
    assert!(second.events.iter().any(|event| matches!(event, Event::Write(..))), "recovery writes");
    assert!(faults.is_empty(), "{} of {cuts} cuts: {}", faults.len(), faults[0]);
}

/// The tests above would see it if a change were acknowledged before it is on the disk.
#[test]
fn a_disk_that_lies_about_its_syncs_is_caught() {
    let mut run = run(new_phone(), &scenario());
    run.events.retain(|event| !matches!(event, Event::Sync));
    let (faults, cuts) = cut_everywhere(&run, &[Fate::Lost]);
    assert!(faults.len() > cuts / 2, "{} of {cuts} cuts", faults.len());
}
