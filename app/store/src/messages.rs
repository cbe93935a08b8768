//! The conversations.
//! Written by the mailroom together with the step of the ratchet that brought or takes a message; read by the clients.
//! Keys are `[32 hidden peer][8 time][16 hidden id]`: a conversation lies together and in order, and shows nobody.

use std::ops::{Bound, ControlFlow};

use ahoy_call::PeerId;
use serde::{Deserialize, Serialize};

use crate::message::{Message, MessageId};
use crate::view::{Hidden, Order, below, end_of};
use crate::{Store, StoreError, Transaction, View};

const MESSAGES: Hidden = Hidden::new("messages");

/// Where a message lies, by its hidden id: a second arrival and a mark must find it without a search.
const MESSAGE_TIMES: Hidden = Hidden::new("message_times");

/// The messages I have not seen, under the same keys as the messages: they are few, the conversation is long.
const UNSEEN: Hidden = Hidden::new("unseen_messages");

/// What lies under [`MESSAGE_TIMES`].
#[derive(Serialize, Deserialize)]
struct Time(u64);

/// The two names of one message in the file.
struct Names {
    /// Begins every key of the conversation.
    conversation: [u8; 32],
    /// The message by itself.
    message: [u8; 32],
}

impl Names {
    fn place(&self, at_ms: u64) -> Vec<u8> {
        [&self.conversation[..], &at_ms.to_be_bytes(), &self.message[..16]].concat()
    }
}

impl View<'_> {
    fn conversation(&self, peer: PeerId) -> [u8; 32] {
        self.sealer().hide("messages", peer.as_bytes())
    }

    fn names(&self, peer: PeerId, id: MessageId) -> Names {
        let both = [&peer.as_bytes()[..], id.as_bytes()].concat();
        Names { conversation: self.conversation(peer), message: self.sealer().hide("message_times", &both) }
    }

    /// One message.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn message(&self, peer: PeerId, id: MessageId) -> Result<Option<Message>, StoreError> {
        let names = self.names(peer, id);
        match self.record(MESSAGE_TIMES, &names.message)? {
            Some(Time(at_ms)) => self.record(MESSAGES, &names.place(at_ms)),
            None => Ok(None),
        }
    }

    /// At most `limit` messages, newest first, that were written before `before_ms` (Unix milliseconds) when given.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn messages(&self, peer: PeerId, limit: usize, before_ms: Option<u64>) -> Result<Vec<Message>, StoreError> {
        let prefix = self.conversation(peer);
        let end = match before_ms {
            Some(before_ms) => [&prefix[..], &before_ms.to_be_bytes()].concat(),
            None => end_of(&prefix),
        };
        let mut messages = Vec::new();
        let range = (Bound::Included(&prefix[..]), Bound::Excluded(&end[..]));
        self.scan(MESSAGES, range, Order::NewestFirst, |key, sealed| {
            if messages.len() == limit {
                return Ok(ControlFlow::Break(()));
            }
            messages.push(self.unseal("messages", key, sealed)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(messages)
    }

    /// How many messages of the person I have not seen.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn unread(&self, peer: PeerId) -> Result<u32, StoreError> {
        let prefix = self.conversation(peer);
        let unseen = self.count(UNSEEN, below(&prefix, &end_of(&prefix)))?;
        Ok(u32::try_from(unseen).unwrap_or(u32::MAX))
    }
}

impl Transaction<'_> {
    /// Keeps a message; `false` when nothing changed.
    ///
    /// A message of the other that is here already changes nothing, whatever it says. Of one of mine only the state is
    /// taken over, and only onwards.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_message(&mut self, message: &Message) -> Result<bool, StoreError> {
        let names = self.names(message.peer, message.id);
        if let Some(kept) = self.message(message.peer, message.id)? {
            // Nobody changes a message of mine by sending one under its id.
            if !kept.mine || !message.mine || message.state <= kept.state {
                return Ok(false);
            }
            let advanced = Message { state: message.state, ..kept };
            self.put_record(MESSAGES, &names.place(advanced.at_ms), &advanced)?;
            return Ok(true);
        }
        let place = names.place(message.at_ms);
        self.put_record(MESSAGES, &place, message)?;
        self.put_record(MESSAGE_TIMES, &names.message, &Time(message.at_ms))?;
        if !message.mine && !message.seen {
            self.put_record(UNSEEN, &place, &message.id)?;
        }
        Ok(true)
    }

    /// Marks everything the person wrote as seen, and gives what had not been, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn mark_seen(&mut self, peer: PeerId) -> Result<Vec<MessageId>, StoreError> {
        let prefix = self.conversation(peer);
        let mut seen = Vec::new();
        for place in self.remove_all(UNSEEN, below(&prefix, &end_of(&prefix)))? {
            if let Some(message) = self.record::<Message>(MESSAGES, &place)? {
                seen.push(message.id);
                self.put_record(MESSAGES, &place, &Message { seen: true, ..message })?;
            }
        }
        Ok(seen)
    }

    /// Forgets the conversation with a person, and says how many messages it had.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn remove_messages(&mut self, peer: PeerId) -> Result<u64, StoreError> {
        let prefix = self.conversation(peer);
        let end = end_of(&prefix);
        let mut ids = Vec::new();
        self.scan(MESSAGES, below(&prefix, &end), Order::OldestFirst, |key, sealed| {
            ids.push(self.unseal::<Message>("messages", key, sealed)?.id);
            Ok(ControlFlow::Continue(()))
        })?;
        for id in ids {
            let names = self.names(peer, id);
            let _ = self.remove(MESSAGE_TIMES, names.message.as_slice())?;
        }
        let _ = self.remove_all(UNSEEN, below(&prefix, &end))?;
        Ok(self.remove_all(MESSAGES, below(&prefix, &end))?.len() as u64)
    }
}

impl Store {
    /// As [`View::message`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn message(&self, peer: PeerId, id: MessageId) -> Result<Option<Message>, StoreError> {
        self.view(|view| view.message(peer, id))
    }

    /// As [`View::messages`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn messages(&self, peer: PeerId, limit: usize, before_ms: Option<u64>) -> Result<Vec<Message>, StoreError> {
        self.view(|view| view.messages(peer, limit, before_ms))
    }

    /// As [`View::unread`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn unread(&self, peer: PeerId) -> Result<u32, StoreError> {
        self.view(|view| view.unread(peer))
    }

    /// [`Transaction::put_message`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn put_message(&self, message: &Message) -> Result<bool, StoreError> {
        self.transact(|change| change.put_message(message))
    }

    /// [`Transaction::mark_seen`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn mark_seen(&self, peer: PeerId) -> Result<Vec<MessageId>, StoreError> {
        self.transact(|change| change.mark_seen(peer))
    }

    /// [`Transaction::remove_messages`] by itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Io`].
    pub fn remove_messages(&self, peer: PeerId) -> Result<u64, StoreError> {
        self.transact(|change| change.remove_messages(peer))
    }
}
