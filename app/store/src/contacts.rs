//! The people this phone knows.
//! The engine reads them at start and writes each change.
//! Their keys are hidden: the file tells nobody whom its owner knows.

use ahoy_call::{PeerAddr, PeerId};
use redb::TableDefinition;
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError};

const CONTACTS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("contacts");

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
}

impl Contact {
    /// The person's id.
    #[must_use]
    pub const fn id(&self) -> PeerId {
        self.addr.id
    }
}

impl Store {
    /// Everybody, in the order in which I added them.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn contacts(&self) -> Result<Vec<Contact>, StoreError> {
        let mut contacts: Vec<Contact> = self.all(CONTACTS)?;
        contacts.sort_by_key(|contact| (contact.added_ms, contact.id()));
        Ok(contacts)
    }

    /// One person, when known.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn contact(&self, id: PeerId) -> Result<Option<Contact>, StoreError> {
        let key = self.sealer.hide("contacts", id.as_bytes());
        let sealed = self.read(CONTACTS, |table| Ok(table.get(key.as_slice())?.map(|value| value.value().to_vec())))?;
        sealed.flatten().map(|sealed| self.unseal("contacts", &key, &sealed)).transpose()
    }

    /// Adds a person, or replaces what is known of it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_contact(&self, contact: &Contact) -> Result<(), StoreError> {
        let key = self.sealer.hide("contacts", contact.id().as_bytes());
        let sealed = self.sealer.seal("contacts", &key, contact);
        self.write(CONTACTS, |table| {
            let _ = table.insert(key.as_slice(), sealed.as_slice())?;
            Ok(())
        })
    }

    /// Forgets a person; `false` when it was not known.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn remove_contact(&self, id: PeerId) -> Result<bool, StoreError> {
        let key = self.sealer.hide("contacts", id.as_bytes());
        self.write(CONTACTS, |table| Ok(table.remove(key.as_slice())?.is_some()))
    }
}
