//! Identity and contacts as an encrypted file, and back.
//! Requests of the command line end here; the file itself is written and read by whoever asked.
//! Ratchet sessions are never exported: two copies of one session would use a key twice.

use ahoy_net::peer_id;
use ahoy_store::{open_backup, seal_backup};
use data_encoding::BASE64;

use super::{Desk, Response};
use crate::error::DeskError;

impl Desk {
    /// What makes the file of everything there is now; sealing takes a second of work and much memory.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn export(
        &self,
        passphrase: String,
    ) -> Result<impl FnOnce() -> Result<Response, DeskError> + Send + use<>, DeskError> {
        let (secret, contacts, name) = (self.secret, self.store.contacts()?, self.settings.name().to_owned());
        Ok(move || {
            let sealed = seal_backup(&passphrase, &secret, &contacts, &name)?;
            Ok(Response::Exported { content: BASE64.encode(&sealed) })
        })
    }

    /// The identity changes with it: a phone that runs has to be started again.
    pub(super) fn import(&mut self, content: &str, passphrase: &str) -> Result<Response, DeskError> {
        let sealed = BASE64.decode(content.as_bytes()).map_err(|_| DeskError::NotABackup)?;
        let backup = open_backup(&sealed, passphrase)?;
        let contacts = self.store.restore(&backup)?;
        if !backup.name.is_empty() {
            let _ = self.set("name", &backup.name)?;
        }
        Ok(Response::Imported { id: peer_id(&backup.identity).to_string(), contacts })
    }
}
