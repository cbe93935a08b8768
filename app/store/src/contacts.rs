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
const VERSION: u8 = 2;

/// The form before there were rules for single people: [`ContactV1`].
const VERSION_1: u8 = 1;

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
mod tests {
    use super::*;
    use crate::seal::Sealer;

    #[test]
    fn a_person_kept_in_the_first_form_is_still_known() {
        let backend = redb::backends::InMemoryBackend::new();
        let store = Store::on(backend, [7; 32]).expect("a new store");
        let addr = PeerAddr::new(PeerId([9; 32]));
        let old = ContactV1 { addr: addr.clone(), name: "Bob".into(), verified: true, blocked: false, added_ms: 5 };
        let key = Sealer::new(&[7; 32]).hide("contacts", &[9; 32]);
        store.transact(|change| change.put_record(CONTACTS, &key, &old)).expect("kept as it was then");
        let known = Contact {
            addr,
            name: "Bob".into(),
            verified: true,
            blocked: false,
            added_ms: 5,
            favourite: false,
            muted: false,
            last_seen_ms: 0,
        };
        assert_eq!(store.contact(known.id()).expect("readable"), Some(known.clone()));
        let starred = Contact { favourite: true, muted: true, last_seen_ms: 77, ..known };
        store.put_contact(&starred).expect("kept as it is now");
        assert_eq!(store.contacts().expect("readable"), [starred]);
    }
}
