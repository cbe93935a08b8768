//! A hundred thousand random steps of three phones that write to each other over the worst network there is.
//! The network drops, repeats, reorders, keeps frames for later and delivers them to the wrong phone; phones die at any moment.
//! The steps are seeded; the keys are not, so which of two crossed sessions wins differs from run to run.

use std::collections::{HashMap, HashSet};

use ahoy_call::{CallId, PeerId};
use ahoy_mail::{Body, Replied, Reply, decode_reply};

use crate::disk::{Choice, Unsynced};
use crate::faults::UsedKeys;
use crate::phone::{NOW_MS, Phone, message_id, text};

const STEPS: usize = 100_000;

/// Frames under way or kept by somebody; beyond it the oldest is gone for ever.
const MAX_KEPT: usize = 400;

/// Rows that wait for one phone; who has more waits before writing, or the walk would be one long queue.
const MAX_WAITING: u64 = 20;

/// More messages than a receiver skips (2,000 by the ratchet).
const WIDE_GAP: usize = 2_050;

/// More messages than a receiver keeps keys for (40 by the ratchet).
const NARROW_GAP: usize = 41;

#[derive(Clone)]
struct Flying {
    from: usize,
    to: usize,
    row: u64,
    bytes: Vec<u8>,
}

struct World {
    phones: Vec<Option<Phone>>,
    choice: Choice,
    frames: Vec<Flying>,
    replies: Vec<Flying>,
    /// Frames that were under way once.
    archive: Vec<Flying>,
    used: UsedKeys,
    /// Ciphertexts that were taken: none is ever taken again.
    taken: HashSet<Vec<u8>>,
    /// Who wrote which text to whom, and how often it was told there.
    told: HashMap<(usize, usize, u64), u32>,
    texts: Vec<(usize, usize, u64)>,
    replays: u64,
    deaths: u64,
    healed: u64,
    now_ms: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            phones: (1..=3).map(|name| Some(Phone::new(name))).collect(),
            choice: Choice(seed),
            frames: Vec::new(),
            replies: Vec::new(),
            archive: Vec::new(),
            used: UsedKeys::default(),
            taken: HashSet::new(),
            told: HashMap::new(),
            texts: Vec::new(),
            replays: 0,
            deaths: 0,
            healed: 0,
            now_ms: NOW_MS,
        }
    }

    fn phone(&mut self, index: usize) -> &mut Phone {
        self.phones[index].as_mut().expect("a phone is away only while it restarts")
    }

    fn id(&mut self, index: usize) -> PeerId {
        self.phone(index).id
    }

    /// Two phones, mostly the first two.
    fn pair(&mut self) -> (usize, usize) {
        let third = self.choice.below(8) == 0;
        let from = self.choice.below(if third { 3 } else { 2 });
        let other = self.choice.below(if third { 2 } else { 1 });
        (from, (from + 1 + other) % if third { 3 } else { 2 })
    }

    fn step(&mut self) {
        match self.choice.below(1_000) {
            0..=169 => self.post(),
            170..=429 => self.send(),
            430..=659 => self.deliver(),
            660..=879 => self.reply(),
            880..=914 => self.lose(),
            915..=949 => self.repeat(),
            950..=969 => self.replay(),
            970..=979 => self.misdeliver(),
            980..=989 => self.restart(),
            990..=996 => self.die(),
            997 => self.gap(NARROW_GAP),
            998 => self.damage(),
            _ => self.vanish(),
        }
    }

    fn post(&mut self) {
        let (from, to) = self.pair();
        let peer = self.id(to);
        if self.phone(from).store.outbox_len(peer).expect("the store works") >= MAX_WAITING {
            return;
        }
        let number = self.texts.len() as u64;
        let body = match self.choice.below(6) {
            0 => Body::Signal(number.to_be_bytes().to_vec()),
            1 => Body::Read { ids: vec![message_id(self.choice.draw() % (number + 1))] },
            2 => Body::MissedCall { call: CallId([3; 16]), timestamp: NOW_MS, had_video: false },
            _ => {
                self.texts.push((from, to, number));
                text(number)
            }
        };
        self.phone(from).post(peer, &body);
    }

    fn send(&mut self) {
        let (from, to) = self.pair();
        let peer = self.id(to);
        if let Some(outgoing) = self.phone(from).next(peer) {
            self.used.note(&outgoing.frame);
            let flying = Flying { from, to, row: outgoing.id, bytes: outgoing.frame };
            keep(&mut self.frames, flying.clone());
            keep(&mut self.archive, flying);
        }
    }

    /// Any frame that is under way, the latest most often.
    fn deliver(&mut self) {
        if let Some(index) = self.pick(self.frames.len()) {
            let frame = self.frames.swap_remove(index);
            let reply = self.hand_over(&frame, frame.to, frame.from);
            keep(&mut self.replies, Flying { from: frame.to, to: frame.from, row: frame.row, bytes: reply });
        }
    }

    fn pick(&mut self, length: usize) -> Option<usize> {
        match length {
            0 => None,
            _ if self.choice.heads() => Some(length - 1),
            _ => Some(self.choice.below(length)),
        }
    }

    /// Gives a frame to a phone as if `from` had sent it, and checks what became of it.
    fn hand_over(&mut self, frame: &Flying, to: usize, from: usize) -> Vec<u8> {
        let sender = self.id(from);
        let received = self.phone(to).receive(sender, &frame.bytes);
        let right = (frame.from, frame.to) == (from, to);
        let reply = decode_reply(&received.reply).expect("our own reply");
        assert!(right || (received.body.is_none() && reply != Reply::Taken), "a frame for somebody else was read");
        if let Some(body) = received.body {
            assert!(self.taken.insert(frame.bytes.clone()), "a frame was acted upon twice");
            if let Body::Text { id, .. } = body {
                let number = u64::from_be_bytes(*id.as_bytes().first_chunk().expect("an id has 16 bytes"));
                *self.told.entry((from, to, number)).or_default() += 1;
            }
        }
        received.reply
    }

    fn reply(&mut self) {
        if let Some(index) = self.pick(self.replies.len()) {
            let reply = self.replies.swap_remove(index);
            let _ = self.take_reply(&reply);
        }
    }

    fn take_reply(&mut self, reply: &Flying) -> Replied {
        let peer = self.id(reply.from);
        // A minute passes between any two replies: nobody is made to wait.
        self.now_ms += 60_000;
        let now_ms = self.now_ms;
        let phone = self.phone(reply.to);
        phone.mail.replied(&phone.store, peer, reply.row, &reply.bytes, now_ms).expect("the store works")
    }

    fn lose(&mut self) {
        let list = if self.choice.heads() { &mut self.frames } else { &mut self.replies };
        if !list.is_empty() {
            let index = self.choice.below(list.len());
            drop(list.swap_remove(index));
        }
    }

    fn repeat(&mut self) {
        if let Some(index) = self.pick(self.frames.len()) {
            let twin = self.frames[index].clone();
            keep(&mut self.frames, twin);
        }
    }

    /// An old frame comes again; who replays it does not pass the reply on.
    fn replay(&mut self) {
        if !self.archive.is_empty() {
            let index = self.choice.below(self.archive.len());
            let frame = self.archive[index].clone();
            self.replays += u64::from(self.taken.contains(&frame.bytes));
            let _ = self.hand_over(&frame, frame.to, frame.from);
        }
    }

    /// A frame reaches the wrong phone, comes from the wrong peer, or goes back to who sent it.
    fn misdeliver(&mut self) {
        if let Some(index) = self.pick(self.archive.len()) {
            let frame = self.archive[index].clone();
            if frame.bytes.len() < 100 {
                return;
            }
            let third = 3 - frame.from - frame.to;
            let (to, from) = [(third, frame.from), (frame.to, third), (frame.from, frame.to)][self.choice.below(3)];
            let _ = self.hand_over(&frame, to, from);
        }
    }

    fn restart(&mut self) {
        let index = self.choice.below(3);
        let unsynced = match self.choice.below(3) {
            0 => Unsynced::Lost,
            1 => Unsynced::Kept,
            _ => Unsynced::Torn(self.choice.draw()),
        };
        self.deaths += 1;
        let phone = self.phones[index].take().expect("nobody else restarts it");
        self.phones[index] = Some(phone.restart(unsynced));
    }

    /// Everything that is under way is lost at once.
    fn vanish(&mut self) {
        self.frames.clear();
        self.replies.clear();
    }

    /// A phone dies inside whatever transaction it does next.
    fn die(&mut self) {
        let (from, to) = self.pair();
        let left = u32::try_from(self.choice.below(20)).expect("it is small");
        let peer = self.id(to);
        let number = self.texts.len() as u64;
        let frame = self.frames.iter().rfind(|frame| (frame.from, frame.to) == (to, from)).cloned();
        let which = self.choice.below(3);
        let phone = self.phone(from);
        phone.disk.die_after(left);
        match (which, frame) {
            (0, _) => {
                let posted = phone.mail.post(&phone.store, peer, &text(number), NOW_MS);
                drop(posted);
            }
            (1, Some(frame)) => {
                // What it would have answered and told was never heard of unless it was on the disk.
                if phone.mail.receive(&phone.store, peer, &frame.bytes, NOW_MS).is_ok() {
                    let _ = self.taken.insert(frame.bytes);
                }
            }
            (_, _) => {
                if let Ok(Some(outgoing)) = phone.mail.next(&phone.store, peer, NOW_MS) {
                    self.used.note(&outgoing.frame);
                }
            }
        }
        let phone = self.phones[from].take().expect("nobody else restarts it");
        let phone = phone.restart(Unsynced::Torn(self.choice.draw()));
        if which == 0 && phone.store.message(peer, message_id(number)).expect("the store works").is_some() {
            self.texts.push((from, to, number));
        }
        self.deaths += 1;
        self.phones[from] = Some(phone);
    }

    /// A phone encrypts message after message that nobody ever gets.
    fn gap(&mut self, length: usize) {
        let (from, to) = self.pair();
        let peer = self.id(to);
        for _ in 0..length {
            let phone = self.phone(from);
            let row = phone.row(peer, &Body::Signal(vec![1]));
            let outgoing = phone.next(peer).expect("a signal waits");
            phone.mail.withdraw(&phone.store, peer, row).expect("the store works");
            self.used.note(&outgoing.frame);
        }
    }

    /// A phone loses what it knew of the ratchet with another: one exchange tells, the next one works.
    fn damage(&mut self) {
        let (from, to) = self.pair();
        let _ = (self.settle(from, to), self.settle(to, from));
        let sender = self.id(from);
        let lost = self.phone(to).store.transact(|work| work.remove_session(sender)).expect("the store works");
        let number = self.texts.len() as u64;
        self.texts.push((from, to, number));
        let peer = self.id(to);
        self.phone(from).post(peer, &text(number));
        let exchanges = self.settle(from, to);
        assert!(exchanges <= 2, "it took {exchanges} exchanges to heal");
        self.healed += u64::from(lost);
    }

    /// Everything that waits at one phone for another goes over; how many exchanges it took.
    fn settle(&mut self, from: usize, to: usize) -> usize {
        let mut exchanges = 0;
        loop {
            let peer = self.id(to);
            let Some(outgoing) = self.phone(from).next(peer) else { return exchanges };
            self.used.note(&outgoing.frame);
            let frame = Flying { from, to, row: outgoing.id, bytes: outgoing.frame };
            let bytes = self.hand_over(&frame, to, from);
            let replied = self.take_reply(&Flying { from: to, to: from, row: frame.row, bytes });
            assert!(!matches!(replied, Replied::Refused(_)), "{replied:?}");
            exchanges += 1;
            assert!(exchanges < 100_000, "it never ends");
        }
    }

    /// Peace at last: everything that was ever written has arrived, once.
    fn judge(&mut self) {
        for (from, to) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)] {
            let _ = self.settle(from, to);
        }
        for (from, to, number) in std::mem::take(&mut self.texts) {
            let sender = self.id(from);
            let kept = self.phone(to).store.message(sender, message_id(number)).expect("the store works");
            assert_eq!(kept.map(|message| message.text), Some(format!("text {number}")));
            let times = self.told.remove(&(from, to, number)).unwrap_or_default();
            assert!(times <= 1, "text {number} was told {times} times");
        }
        assert!(self.told.is_empty(), "texts that nobody wrote: {:?}", self.told);
    }
}

fn keep(list: &mut Vec<Flying>, flying: Flying) {
    if list.len() >= MAX_KEPT {
        drop(list.remove(0));
    }
    list.push(flying);
}

#[test]
fn a_hundred_thousand_steps_lose_repeat_and_reveal_nothing() {
    let mut world = World::new(20_260_101);
    for step in 0..STEPS {
        world.step();
        if step == STEPS / 2 {
            world.gap(WIDE_GAP);
        }
    }
    let texts = world.texts.len();
    world.judge();
    let counted = (world.replays > 500, world.deaths > 500, world.healed > 50, texts > 3_000, world.used.len() > 5_000);
    assert_eq!(counted, (true, true, true, true, true), "the walk went nowhere");
}
