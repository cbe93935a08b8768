//! One phone of a test: its disk, its store, its mailroom; and the one round of two phones.
//! Every file of this test uses it.
//! Dropping store and mailroom and opening them on the same disk is a restart.

use ahoy_call::PeerId;
use ahoy_mail::{Body, MailError, Mailroom, Outgoing, Received, Replied};
use ahoy_store::{MessageId, Store};
use vodozemac::Ed25519SecretKey;

use crate::disk::{Disk, Unsynced};

pub const NOW_MS: u64 = 1_790_000_000_000;

pub struct Phone {
    pub id: PeerId,
    pub secret: [u8; 32],
    pub disk: Disk,
    pub store: Store,
    pub mail: Mailroom,
}

impl Phone {
    pub fn new(name: u8) -> Self {
        Self::with_identity([name; 32])
    }

    /// The same person's phone with nothing on its disk.
    pub fn with_identity(secret: [u8; 32]) -> Self {
        Self::open(secret, Disk::default()).expect("a new disk")
    }

    pub fn open(secret: [u8; 32], disk: Disk) -> Result<Self, MailError> {
        let store = Store::on(disk.clone(), [0x5a; 32])?;
        let mail = Mailroom::open(&store, secret)?;
        let id = PeerId(*Ed25519SecretKey::from_slice(&secret).public_key().as_bytes());
        Ok(Self { id, secret, disk, store, mail })
    }

    pub fn restart(self, unsynced: Unsynced) -> Self {
        let Self { secret, disk, store, mail, .. } = self;
        drop((store, mail));
        Self::open(secret, disk.revive(unsynced)).expect("a store opens after every death")
    }

    pub fn post(&mut self, to: PeerId, body: &Body) {
        let _ = self.row(to, body);
    }

    /// Posts and gives the row.
    pub fn row(&mut self, to: PeerId, body: &Body) -> u64 {
        self.mail.post(&self.store, to, body, NOW_MS).expect("there is room")
    }

    pub fn next(&mut self, to: PeerId) -> Option<Outgoing> {
        self.mail.next(&self.store, to, NOW_MS).expect("the store works")
    }

    pub fn receive(&mut self, from: PeerId, frame: &[u8]) -> Received {
        self.mail.receive(&self.store, from, frame, NOW_MS).expect("the store works")
    }

    pub fn replied(&mut self, to: PeerId, id: u64, reply: &[u8]) -> Replied {
        self.mail.replied(&self.store, to, id, reply, NOW_MS).expect("the store works")
    }
}

pub fn text(number: u64) -> Body {
    Body::Text { id: message_id(number), at_ms: NOW_MS - 1_000, text: format!("text {number}") }
}

pub fn message_id(number: u64) -> MessageId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    MessageId(id)
}

/// One frame there and its reply back; `None` when nothing waits.
pub fn exchange(from: &mut Phone, to: &mut Phone) -> Option<(Received, Replied)> {
    let outgoing = from.next(to.id)?;
    let received = to.receive(from.id, &outgoing.frame);
    let replied = from.replied(to.id, outgoing.id, &received.reply);
    Some((received, replied))
}

/// Everything that waits, until nothing does; what arrived, and how many exchanges it took.
pub fn deliver(from: &mut Phone, to: &mut Phone) -> (Vec<Body>, usize) {
    let (mut bodies, mut exchanges) = (Vec::new(), 0);
    while let Some((received, replied)) = exchange(from, to) {
        assert!(!matches!(replied, Replied::Refused(_)), "{replied:?}");
        bodies.extend(received.body);
        exchanges += 1;
        assert!(exchanges < 50_000, "it never ends");
    }
    (bodies, exchanges)
}
