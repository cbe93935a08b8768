//! A search at the desk: through the names of contacts and through what was written.
//! Requests of the window and the command line end here.
//! Messages lie sealed, so every one that is looked at has to be opened: how many, is bounded.

use std::cmp::Reverse;

use ahoy_store::Contact;

use super::letters::entry;
use super::{Desk, FoundMessage, Response};
use crate::error::DeskError;

/// Messages of one contact that are looked at, the newest: a year of two people who write three a day.
pub const SEARCHED: usize = 1_000;

/// Messages that are looked at altogether: opening them takes about a tenth of a second, in which other requests wait.
pub const SEARCHED_IN_ALL: usize = 20_000;

impl Desk {
    pub(super) fn search(&self, text: &str, limit: usize) -> Result<Response, DeskError> {
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return Ok(Response::Found { contacts: Vec::new(), messages: Vec::new() });
        }
        let fits = |text: &str| text.to_lowercase().contains(&wanted);
        let people = self.store.contacts()?;
        let mut messages = Vec::new();
        let mut left = SEARCHED_IN_ALL;
        for contact in &people {
            let read = self.store.messages(contact.id(), SEARCHED.min(left), None)?;
            left -= read.len();
            let found = read.into_iter().filter(|message| fits(&message.text));
            messages.extend(found.map(|message| FoundMessage {
                contact: contact.id().to_string(),
                name: contact.name.clone(),
                message: entry(message),
            }));
        }
        messages.sort_by_key(|found| Reverse(found.message.at_ms));
        messages.truncate(limit);
        let named: Vec<Contact> = people.into_iter().filter(|contact| fits(&contact.name)).take(limit).collect();
        Ok(Response::Found { contacts: self.entries(named)?, messages })
    }
}
