//! The ratchet sessions, one a person, as bytes that only the ratchet understands.
//! Written by the mailroom in the transaction that also writes what the step of the ratchet was for.
//! Their keys are hidden: the file tells nobody with whom its owner speaks.

use ahoy_call::PeerId;

use crate::view::Hidden;
use crate::{Store, StoreError, Transaction, View};

pub(crate) const SESSIONS: Hidden = Hidden::new("sessions");

impl View<'_> {
    /// The session with a person, when there is one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn session(&self, peer: PeerId) -> Result<Option<Vec<u8>>, StoreError> {
        self.record(SESSIONS, &self.sealer().hide("sessions", peer.as_bytes()))
    }
}

impl Transaction<'_> {
    /// Keeps the session with a person in place of the one before.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_session(&mut self, peer: PeerId, session: &[u8]) -> Result<(), StoreError> {
        let key = self.sealer().hide("sessions", peer.as_bytes());
        self.put_record(SESSIONS, &key, &session)
    }

    /// Forgets the session with a person; `false` when there was none.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn remove_session(&mut self, peer: PeerId) -> Result<bool, StoreError> {
        let key = self.sealer().hide("sessions", peer.as_bytes());
        self.remove(SESSIONS, key.as_slice())
    }
}

impl Store {
    /// As [`View::session`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn session(&self, peer: PeerId) -> Result<Option<Vec<u8>>, StoreError> {
        self.view(|view| view.session(peer))
    }
}
