//! Settings as texts: what they mean is the engine's business.
//! Read at start; written when the person changes one, and once for the chosen port.
//! A setting that was never set is absent; its default is not stored.

use std::collections::BTreeMap;

use redb::TableDefinition;

use crate::{Store, StoreError};

const SETTINGS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("settings");

impl Store {
    /// Every setting that was set, by name.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows: Vec<(String, String)> = self.all(SETTINGS)?;
        Ok(rows.into_iter().collect())
    }

    /// One setting.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let key = self.sealer.hide("settings", name.as_bytes());
        let sealed = self.read(SETTINGS, |table| Ok(table.get(key.as_slice())?.map(|value| value.value().to_vec())))?;
        let row: Option<(String, String)> =
            sealed.flatten().map(|sealed| self.unseal("settings", &key, &sealed)).transpose()?;
        Ok(row.map(|(_, value)| value))
    }

    /// Sets a setting.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let key = self.sealer.hide("settings", name.as_bytes());
        let sealed = self.sealer.seal("settings", &key, &(name, value));
        self.write(SETTINGS, |table| {
            let _ = table.insert(key.as_slice(), sealed.as_slice())?;
            Ok(())
        })
    }

    /// Puts a setting back to its default; `false` when it was not set.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn clear_setting(&self, name: &str) -> Result<bool, StoreError> {
        let key = self.sealer.hide("settings", name.as_bytes());
        self.write(SETTINGS, |table| Ok(table.remove(key.as_slice())?.is_some()))
    }
}
