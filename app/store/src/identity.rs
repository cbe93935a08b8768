//! Who this phone is: the secret key of its identity endpoint, and the account from which its ratchet sessions begin.
//! Made once, at first use; read whenever the endpoint is bound.
//! The secret key leaves the store only into the endpoint and into a sealed backup.

use redb::TableDefinition;

use crate::{Store, StoreError, Transaction, View};

const IDENTITY: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("identity");
const SECRET: &str = "secret";
const ACCOUNT: &str = "account";

impl View<'_> {
    /// The secret key, when there is one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn identity(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let sealed = self.get(IDENTITY, SECRET)?;
        sealed.map(|sealed| self.unseal("identity", SECRET.as_bytes(), &sealed)).transpose()
    }

    /// The account, as bytes that only the ratchet understands, when there is one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn account(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let sealed = self.get(IDENTITY, ACCOUNT)?;
        sealed.map(|sealed| self.unseal("identity", ACCOUNT.as_bytes(), &sealed)).transpose()
    }
}

impl Transaction<'_> {
    pub(crate) fn put_identity(&mut self, secret: &[u8; 32]) -> Result<(), StoreError> {
        let sealed = self.sealer().seal("identity", SECRET.as_bytes(), secret);
        self.put(IDENTITY, SECRET, &sealed)
    }

    /// Keeps the account in place of the one before.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_account(&mut self, account: &[u8]) -> Result<(), StoreError> {
        let sealed = self.sealer().seal("identity", ACCOUNT.as_bytes(), &account);
        self.put(IDENTITY, ACCOUNT, &sealed)
    }

    pub(crate) fn remove_account(&mut self) -> Result<(), StoreError> {
        let _ = self.remove(IDENTITY, ACCOUNT)?;
        Ok(())
    }
}

impl Store {
    /// As [`View::identity`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn identity(&self) -> Result<Option<[u8; 32]>, StoreError> {
        self.view(|view| view.identity())
    }

    /// The secret key; drawn at random when there is none.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn create_identity(&self) -> Result<[u8; 32], StoreError> {
        if let Some(secret) = self.identity()? {
            return Ok(secret);
        }
        self.transact(|change| {
            // Two first uses at the same moment must end up with the same key.
            if let Some(first) = change.identity()? {
                return Ok(first);
            }
            let mut secret = [0_u8; 32];
            rand::fill(&mut secret);
            change.put_identity(&secret)?;
            Ok(secret)
        })
    }

    /// As [`View::account`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn account(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.view(|view| view.account())
    }

    /// [`Transaction::put_account`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_account(&self, account: &[u8]) -> Result<(), StoreError> {
        self.transact(|change| change.put_account(account))
    }
}
