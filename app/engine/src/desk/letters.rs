//! Letters at the desk: what is written to contacts, what is received, what has been seen.
//! The driver and its courier call it through the desk's thread; requests about messages end here too.
//! A letter is sent, and acted on, only once it is on the disk.

use ahoy_call::PeerId;
use ahoy_mail::{Body, Outgoing, Received, Replied};
use ahoy_store::{Message, MessageId, MessageState};

use super::{Desk, MessageEntry, Response};
use crate::clock;
use crate::error::DeskError;

/// Messages that one request lists at most: more than anybody scrolls through at once.
const MAX_LISTED: usize = 1_000;

/// How often what nobody needs any more is swept out of the outbox: the sweep reads all of it.
const SWEEP_MS: u64 = 60_000;

impl Desk {
    /// Puts a letter into the outbox; its number there.
    ///
    /// # Errors
    /// It is too long, too many are waiting, or the store cannot be written.
    pub fn post(&mut self, to: PeerId, body: &Body) -> Result<u64, DeskError> {
        Ok(self.mailroom.post(&self.store, to, body, clock::unix_ms())?)
    }

    /// The next letter for a peer, sealed.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub fn next_letter(&mut self, to: PeerId) -> Result<Option<Outgoing>, DeskError> {
        // A blocked contact shall not even learn that this phone is on.
        if self.store.contact(to)?.is_some_and(|contact| contact.blocked) {
            return Ok(None);
        }
        Ok(self.mailroom.next(&self.store, to, clock::unix_ms())?)
    }

    /// The peer answered a letter.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn replied(&mut self, to: PeerId, letter: u64, reply: &[u8]) -> Result<Replied, DeskError> {
        Ok(self.mailroom.replied(&self.store, to, letter, reply, clock::unix_ms())?)
    }

    /// Takes a letter back: what it is about is over.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn withdraw(&mut self, to: PeerId, letter: u64) -> Result<(), DeskError> {
        Ok(self.mailroom.withdraw(&self.store, to, letter)?)
    }

    /// Opens a letter that arrived and keeps what it says.
    ///
    /// # Errors
    /// The store cannot be read or written; the letter was not taken then.
    pub fn receive(&mut self, from: PeerId, frame: &[u8]) -> Result<Received, DeskError> {
        let received = self.mailroom.receive(&self.store, from, frame, clock::unix_ms())?;
        if let Some(Body::MissedCall { timestamp, .. }) = &received.body
            && self.store.seen_missed_ms()? >= *timestamp
        {
            // It was missed before the person last looked, but could not be seen then.
            self.store.set_seen_missed_ms(timestamp.saturating_sub(1))?;
        }
        Ok(received)
    }

    /// Everybody for whom a letter waits.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn waiting(&mut self) -> Result<Vec<PeerId>, DeskError> {
        let now_ms = clock::unix_ms();
        if now_ms.abs_diff(self.swept_ms) >= SWEEP_MS {
            self.swept_ms = now_ms;
            drop(self.mailroom.expire(&self.store, now_ms)?);
        }
        Ok(self.mailroom.waiting(&self.store)?)
    }

    /// The person has seen a peer's messages; whether there were any that it had not.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn seen(&mut self, peer: PeerId) -> Result<bool, DeskError> {
        let ids = self.store.transact(|work| work.mark_seen(peer))?;
        for ids in ids.chunks(ahoy_mail::MAX_READ_IDS) {
            let _ = self.post(peer, &Body::Read { ids: ids.to_vec() })?;
        }
        Ok(!ids.is_empty())
    }

    pub(super) fn see(&mut self, who: &str) -> Result<Response, DeskError> {
        let peer = self.resolve(who)?.id;
        let _ = self.seen(peer)?;
        Ok(Response::Done)
    }

    /// Puts a text for `who` into the outbox.
    pub(super) fn write(&mut self, who: &str, text: &str) -> Result<Response, DeskError> {
        let to = self.resolve(who)?.id;
        let id = MessageId(rand::random());
        let text = text.to_owned();
        let _ = self.post(to, &Body::Text { id, at_ms: clock::unix_ms(), text })?;
        Ok(Response::Queued { id: id.to_string() })
    }

    pub(super) fn messages(&self, who: &str, limit: usize, before: Option<u64>) -> Result<Response, DeskError> {
        let peer = self.resolve(who)?.id;
        let messages = self.store.messages(peer, limit.min(MAX_LISTED), before)?;
        Ok(Response::Messages(messages.into_iter().map(entry).collect()))
    }
}

pub(super) fn entry(message: Message) -> MessageEntry {
    let state = match (message.mine, message.state, message.seen) {
        (false, _, false) => "new",
        (false, _, true) => "seen",
        (true, MessageState::Queued, _) => "queued",
        (true, MessageState::Sent, _) => "sent",
        (true, MessageState::Delivered, _) => "delivered",
        (true, MessageState::Read, _) => "read",
    };
    let Message { id, mine, at_ms, text, .. } = message;
    MessageEntry { id: id.to_string(), mine, at_ms, text, state: state.into() }
}
