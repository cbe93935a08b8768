//! Brings a backup back: the phone is again who it was and knows whom it knew.
//! Called by the engine before the identity endpoint is bound, or on the phone itself to get lost people back.
//! One transaction; a phone that is somebody else's is never overwritten.

use std::ops::{Bound, ControlFlow};

use crate::contacts::CONTACTS;
use crate::outbox::OUTBOX;
use crate::sessions::SESSIONS;
use crate::view::{Hidden, Order};
use crate::{Backup, Store, StoreError, Transaction, View};

impl View<'_> {
    fn is_empty(&self, table: Hidden) -> Result<bool, StoreError> {
        let mut empty = true;
        self.scan(table, (Bound::Unbounded, Bound::Unbounded), Order::OldestFirst, |_, _| {
            empty = false;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(empty)
    }

    /// Whether anybody knows this phone: giving it another identity would make it a stranger to them.
    fn is_used(&self) -> Result<bool, StoreError> {
        Ok(!(self.is_empty(CONTACTS)? && self.is_empty(SESSIONS)? && self.is_empty(OUTBOX)?))
    }
}

impl Transaction<'_> {
    fn restore(&mut self, backup: &Backup) -> Result<usize, StoreError> {
        let before = self.identity()?;
        if before != Some(backup.identity) {
            if before.is_some() && self.is_used()? {
                return Err(self.other_identity());
            }
            self.put_identity(&backup.identity)?;
            // An account vouches for the identity it was made under.
            self.remove_account()?;
        }
        let mut new = 0;
        for contact in &backup.contacts {
            // What this phone knows of a person is newer than what the backup knows.
            if self.contact(contact.id())?.is_none() {
                self.put_contact(contact)?;
                new += 1;
            }
        }
        // The phone may have gone on with its sessions elsewhere, and no key is used twice: new ones begin, and what
        // waits is encrypted anew.
        self.clear(SESSIONS)?;
        for peer in self.outbox_peers()? {
            self.clear_frames(peer)?;
        }
        Ok(new)
    }
}

impl Store {
    /// Takes over identity and people of a backup, and says how many people were new here; those this phone knows already
    /// stay as they are.
    ///
    /// Ratchet sessions are dropped: the next message to each person starts a new one. The name in the backup is a setting,
    /// and the caller's business.
    ///
    /// # Errors
    /// [`StoreError::OtherIdentity`], [`StoreError::Damaged`], [`StoreError::Io`]; nothing is changed then.
    pub fn restore(&self, backup: &Backup) -> Result<usize, StoreError> {
        self.transact(|change| change.restore(backup))
    }
}
