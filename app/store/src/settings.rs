//! Settings as texts: what they mean is the engine's business.
//! Read at start; written when the person changes one, and once for the chosen port.
//! A setting that was never set is absent; its default is not stored.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::view::Hidden;
use crate::{Store, StoreError, Transaction, View};

const SETTINGS: Hidden = Hidden::new("settings");

impl View<'_> {
    /// Every setting that was set, by name.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows: Vec<(String, String)> = self.records(SETTINGS, (Bound::Unbounded, Bound::Unbounded), |_| true)?;
        Ok(rows.into_iter().collect())
    }

    /// One setting.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String, String)> = self.record(SETTINGS, &self.sealer().hide("settings", name.as_bytes()))?;
        Ok(row.map(|(_, value)| value))
    }
}

impl Transaction<'_> {
    /// Sets a setting.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn set_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        let key = self.sealer().hide("settings", name.as_bytes());
        self.put_record(SETTINGS, &key, &(name, value))
    }

    /// Puts a setting back to its default; `false` when it was not set.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn clear_setting(&mut self, name: &str) -> Result<bool, StoreError> {
        let key = self.sealer().hide("settings", name.as_bytes());
        self.remove(SETTINGS, key.as_slice())
    }
}

impl Store {
    /// As [`View::settings`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.view(|view| view.settings())
    }

    /// As [`View::setting`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.view(|view| view.setting(name))
    }

    /// [`Transaction::set_setting`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.transact(|change| change.set_setting(name, value))
    }

    /// [`Transaction::clear_setting`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn clear_setting(&self, name: &str) -> Result<bool, StoreError> {
        self.transact(|change| change.clear_setting(name))
    }
}
