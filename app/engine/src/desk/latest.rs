//! The newest text of everybody, for a list of people that tells it.
//! Requests of the window end here.
//! One text of each conversation is opened, whatever the length of the conversation.

use std::cmp::Reverse;

use super::letters::entry;
use super::{Desk, FoundMessage, Response};
use crate::error::DeskError;

impl Desk {
    pub(super) fn latest(&self, limit: usize) -> Result<Response, DeskError> {
        let mut latest = Vec::new();
        for contact in self.store.contacts()? {
            let newest = self.store.messages(contact.id(), 1, None)?.pop();
            latest.extend(newest.map(|message| FoundMessage {
                contact: contact.id().to_string(),
                name: contact.name.clone(),
                message: entry(message),
            }));
        }
        latest.sort_by_key(|found| Reverse(found.message.at_ms));
        latest.truncate(limit);
        Ok(Response::Latest(latest))
    }
}
