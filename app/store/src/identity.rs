//! Who this phone is: the secret key of its identity endpoint.
//! Made once, at first use; read whenever the endpoint is bound.
//! It never leaves the store except into the endpoint.

use redb::{ReadableTable as _, TableDefinition};

use crate::{Store, StoreError};

const IDENTITY: TableDefinition<&str, &[u8]> = TableDefinition::new("identity");
const SECRET: &str = "secret";

impl Store {
    /// The secret key, when there is one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn identity(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let sealed = self.read(IDENTITY, |table| Ok(table.get(SECRET)?.map(|value| value.value().to_vec())))?;
        sealed.flatten().map(|sealed| self.unseal("identity", SECRET.as_bytes(), &sealed)).transpose()
    }

    /// The secret key; drawn at random when there is none.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn create_identity(&self) -> Result<[u8; 32], StoreError> {
        if let Some(secret) = self.identity()? {
            return Ok(secret);
        }
        let mut secret = [0_u8; 32];
        rand::fill(&mut secret);
        let sealed = self.sealer.seal("identity", SECRET.as_bytes(), &secret);
        let kept = self.write(IDENTITY, |table| {
            // Two first uses at the same moment must end up with the same key.
            if let Some(first) = table.get(SECRET)? {
                return Ok(Some(first.value().to_vec()));
            }
            let _ = table.insert(SECRET, sealed.as_slice())?;
            Ok(None)
        })?;
        match kept {
            Some(first) => self.unseal("identity", SECRET.as_bytes(), &first),
            None => Ok(secret),
        }
    }
}
