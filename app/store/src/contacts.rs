//! The people this phone knows.
//! The engine reads them at start and writes each change.
//! Their keys are hidden: the file tells nobody whom its owner knows.

use std::ops::{Bound, ControlFlow};

use ahoy_call::{PeerAddr, PeerId};
use serde::{Deserialize, Serialize};

use crate::seal::SealError;
use crate::view::{Hidden, Order};
use crate::{Store, StoreError, Transaction, View};

pub(crate) const CONTACTS: Hidden = Hidden::new("contacts");

/// The form of the records that [`Contact`] has now.
const VERSION: u8 = 3;

/// The form before calls could be answered by themselves: [`ContactV2`].
const VERSION_2: u8 = 2;

/// The form before there were rules for single people: [`ContactV1`].
const VERSION_1: u8 = 1;

/// Whether a person's calls are answered by themselves, and with what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoAnswer {
    /// They ring until somebody answers.
    #[default]
    Off,
    /// With the microphone, never with the camera.
    Voice,
    /// With the microphone, and with the camera when the call is one with video.
    Video,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The identity endpoint and the last known ways to it.
    pub addr: PeerAddr,
    /// What I call it.
    pub name: String,
    /// Whether I compared the safety words with the person.
    pub verified: bool,
    /// Whether it may not call me.
    pub blocked: bool,
    /// Unix milliseconds when I added it.
    pub added_ms: u64,
    /// Whether it stands before the others.
    pub favourite: bool,
    /// Whether its calls make no sound here.
    pub muted: bool,
    /// Unix milliseconds when its phone was last heard of; zero when never.
    pub last_seen_ms: u64,
    /// Whether its calls are answered by themselves.
    pub auto_answer: AutoAnswer,
}

/// A person as the second form of the records has it.
#[derive(Serialize, Deserialize)]
pub(crate) struct ContactV2 {
    addr: PeerAddr,
    name: String,
    verified: bool,
    blocked: bool,
    added_ms: u64,
    favourite: bool,
    muted: bool,
    last_seen_ms: u64,
}

impl From<ContactV2> for Contact {
    fn from(old: ContactV2) -> Self {
        Self {
            addr: old.addr,
            name: old.name,
            verified: old.verified,
            blocked: old.blocked,
            added_ms: old.added_ms,
            favourite: old.favourite,
            muted: old.muted,
            last_seen_ms: old.last_seen_ms,
            auto_answer: AutoAnswer::Off,
        }
    }
}

/// A person as the first form of the records has it.
#[derive(Serialize, Deserialize)]
struct ContactV1 {
    addr: PeerAddr,
    name: String,
    verified: bool,
    blocked: bool,
    added_ms: u64,
}

impl From<ContactV1> for Contact {
    fn from(old: ContactV1) -> Self {
        Self {
            addr: old.addr,
            name: old.name,
            verified: old.verified,
            blocked: old.blocked,
            added_ms: old.added_ms,
            favourite: false,
            muted: false,
            last_seen_ms: 0,
            auto_answer: AutoAnswer::Off,
        }
    }
}

impl Contact {
    /// The person's id.
    #[must_use]
    pub const fn id(&self) -> PeerId {
        self.addr.id
    }

    fn from_record(version: u8, record: &[u8]) -> Result<Self, SealError> {
        match version {
            VERSION => postcard::from_bytes(record).map_err(|_| SealError::Record),
            VERSION_2 => postcard::from_bytes::<ContactV2>(record).map(Self::from).map_err(|_| SealError::Record),
            VERSION_1 => postcard::from_bytes::<ContactV1>(record).map(Self::from).map_err(|_| SealError::Record),
            _ => Err(SealError::Record),
        }
    }
}

impl View<'_> {
    fn unseal_contact(&self, key: &[u8], sealed: &[u8]) -> Result<Contact, StoreError> {
        let opened = self.sealer().open_versioned("contacts", key, sealed);
        opened
            .and_then(|(version, record)| Contact::from_record(version, &record))
            .map_err(|error| self.broken("contacts", error))
    }

    /// Everybody, in the order in which I added them.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn contacts(&self) -> Result<Vec<Contact>, StoreError> {
        let mut contacts = Vec::new();
        self.scan(CONTACTS, (Bound::Unbounded, Bound::Unbounded), Order::OldestFirst, |key, sealed| {
            contacts.push(self.unseal_contact(key, sealed)?);
            Ok(ControlFlow::Continue(()))
        })?;
        contacts.sort_by_key(|contact| (contact.added_ms, contact.id()));
        Ok(contacts)
    }

    /// One person, when known.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn contact(&self, id: PeerId) -> Result<Option<Contact>, StoreError> {
        let key = self.sealer().hide("contacts", id.as_bytes());
        self.get(CONTACTS, key.as_slice())?.map(|sealed| self.unseal_contact(&key, &sealed)).transpose()
    }
}

impl Transaction<'_> {
    /// Adds a person, or replaces what is known of it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_contact(&mut self, contact: &Contact) -> Result<(), StoreError> {
        let key = self.sealer().hide("contacts", contact.id().as_bytes());
        let sealed = self.sealer().seal_versioned("contacts", &key, VERSION, contact);
        self.put(CONTACTS, key.as_slice(), &sealed)
    }

    /// Forgets a person; `false` when it was not known.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn remove_contact(&mut self, id: PeerId) -> Result<bool, StoreError> {
        let key = self.sealer().hide("contacts", id.as_bytes());
        self.remove(CONTACTS, key.as_slice())
    }
}

impl Store {
    /// As [`View::contacts`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn contacts(&self) -> Result<Vec<Contact>, StoreError> {
        self.view(|view| view.contacts())
    }

    /// As [`View::contact`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn contact(&self, id: PeerId) -> Result<Option<Contact>, StoreError> {
        self.view(|view| view.contact(id))
    }

    /// [`Transaction::put_contact`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_contact(&self, contact: &Contact) -> Result<(), StoreError> {
        self.transact(|change| change.put_contact(contact))
    }

    /// [`Transaction::remove_contact`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn remove_contact(&self, id: PeerId) -> Result<bool, StoreError> {
        self.transact(|change| change.remove_contact(id))
    }
}

#[cfg(test)]
impl From<Contact> for ContactV2 {
    fn from(contact: Contact) -> Self {
        Self {
            addr: contact.addr,
            name: contact.name,
            verified: contact.verified,
            blocked: contact.blocked,
            added_ms: contact.added_ms,
            favourite: contact.favourite,
            muted: contact.muted,
            last_seen_ms: contact.last_seen_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::Sealer;

    #[test]
    fn people_kept_in_older_forms_are_still_known() {
        let backend = redb::backends::InMemoryBackend::new();
        let store = Store::on(backend, [7; 32]).expect("a new store");
        let (first, second) = (PeerAddr::new(PeerId([8; 32])), PeerAddr::new(PeerId([9; 32])));
        let ann = Contact {
            addr: first.clone(),
            name: "Ann".into(),
            verified: true,
            blocked: false,
            added_ms: 4,
            favourite: false,
            muted: false,
            last_seen_ms: 0,
            auto_answer: AutoAnswer::Off,
        };
        let bob =
            Contact { addr: second, name: "Bob".into(), added_ms: 5, favourite: true, last_seen_ms: 77, ..ann.clone() };
        let oldest = ContactV1 { addr: first, name: "Ann".into(), verified: true, blocked: false, added_ms: 4 };
        let sealer = Sealer::new(&[7; 32]);
        let older = ContactV2::from(bob.clone());
        let kept = store.transact(|change| {
            let key = sealer.hide("contacts", &[8; 32]);
            change.put(CONTACTS, &key[..], &sealer.seal_versioned("contacts", &key, VERSION_1, &oldest))?;
            let key = sealer.hide("contacts", &[9; 32]);
            change.put(CONTACTS, &key[..], &sealer.seal_versioned("contacts", &key, VERSION_2, &older))
        });
        kept.expect("kept as it was then");
        assert_eq!(store.contacts().expect("readable"), [ann.clone(), bob.clone()]);
        let changed = Contact { auto_answer: AutoAnswer::Video, muted: true, ..bob };
        store.put_contact(&changed).expect("kept as it is now");
        assert_eq!(store.contacts().expect("readable"), [ann, changed]);
    }
}
