//! Phones that die in the middle of a transaction, on a disk that loses, keeps or tears what it had not synced.
//! After every death the store opens, and the ratchet has not gone back behind anything that had left the phone.

use std::collections::HashMap;

use ahoy_mail::{Frame, decode_frame};
use vodozemac::olm::{Message, PreKeyMessage};

use crate::disk::{Choice, Unsynced};
use crate::phone::{NOW_MS, Phone, deliver, message_id, text};

/// One life each; every life posts, sends and receives until its disk dies.
const LIVES: u64 = 400;

/// Writes and syncs of one life: about three transactions.
const MOST_OPERATIONS: usize = 60;

/// A message key by what names it: the ratchet key of its chain and its place in the chain.
pub type KeyName = ([u8; 32], u64);

/// The message key that encrypted a frame, and the ciphertext.
pub fn key_of(frame: &[u8]) -> Option<(KeyName, Vec<u8>)> {
    let message = match decode_frame(frame).expect("our own frame") {
        Frame::AskKeys => return None,
        Frame::Opening { ciphertext, .. } => PreKeyMessage::from_bytes(&ciphertext).expect("our own").message().clone(),
        Frame::Sealed { ciphertext } => Message::from_bytes(&ciphertext).expect("our own"),
    };
    Some(((message.ratchet_key().to_bytes(), message.chain_index()), message.to_bytes()))
}

/// Every message key that was used, and for what: never for two ciphertexts.
#[derive(Default)]
pub struct UsedKeys(HashMap<KeyName, Vec<u8>>);

impl UsedKeys {
    pub fn note(&mut self, frame: &[u8]) {
        if let Some((key, ciphertext)) = key_of(frame) {
            let first = self.0.entry(key).or_insert_with(|| ciphertext.clone());
            assert_eq!(*first, ciphertext, "one message key for two messages");
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// What a life managed to do before its disk died.
struct Life<'a> {
    used: &'a mut UsedKeys,
    posted: &'a mut u64,
    arrived: &'a mut HashMap<u64, u32>,
}

impl Life<'_> {
    /// Alice writes and sends until somebody's disk dies.
    fn run(&mut self, alice: &mut Phone, bob: &mut Phone) -> Option<()> {
        loop {
            *self.posted += 1;
            let _ = alice.mail.post(&alice.store, bob.id, &text(*self.posted), NOW_MS).ok()?;
            while let Some(outgoing) = alice.mail.next(&alice.store, bob.id, NOW_MS).ok()? {
                self.used.note(&outgoing.frame);
                let received = bob.mail.receive(&bob.store, alice.id, &outgoing.frame, NOW_MS).ok()?;
                if let Some(body) = received.body {
                    let number = (1..=*self.posted).find(|number| text(*number) == body).expect("it was posted");
                    *self.arrived.entry(number).or_default() += 1;
                }
                let _ = alice.mail.replied(&alice.store, bob.id, outgoing.id, &received.reply, NOW_MS).ok()?;
            }
        }
    }
}

#[test]
fn the_ratchet_never_goes_back_whatever_the_disk_loses() {
    let (mut alice, mut bob) = (Phone::new(1), Phone::new(2));
    let (mut used, mut posted, mut arrived) = (UsedKeys::default(), 0, HashMap::new());
    let mut choice = Choice(7);
    for life in 0..LIVES {
        let left = u32::try_from(choice.below(MOST_OPERATIONS)).expect("it is small");
        if choice.heads() { &alice.disk } else { &bob.disk }.die_after(left);
        let mut so_far = Life { used: &mut used, posted: &mut posted, arrived: &mut arrived };
        assert_eq!(so_far.run(&mut alice, &mut bob), None, "a disk dies in every life");
        let unsynced = match choice.below(3) {
            0 => Unsynced::Lost,
            1 => Unsynced::Kept,
            _ => Unsynced::Torn(life),
        };
        alice = alice.restart(unsynced);
        bob = bob.restart(unsynced);
        if life % 5 == 0 {
            // The ratchet turns when the other side writes.
            bob.post(alice.id, &text(1_000_000 + life));
            let _ = deliver(&mut bob, &mut alice);
        }
    }
    let _ = deliver(&mut alice, &mut bob);
    assert!(used.len() > 200, "{} keys", used.len());
    assert!(arrived.values().all(|times| *times == 1), "a text was told twice: {arrived:?}");
    for number in 1..=posted {
        let mine = alice.store.message(bob.id, message_id(number)).expect("the store works");
        let theirs = bob.store.message(alice.id, message_id(number)).expect("the store works");
        assert_eq!(mine.is_some(), theirs.is_some(), "text {number}: what was kept here arrives there");
    }
}
