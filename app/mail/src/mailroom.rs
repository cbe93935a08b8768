//! The mailroom: what waits to be sent, and what was received, sealed and on the disk before anybody hears of it.
//! The engine's desk calls it, one call at a time, with the store; it does no network and reads no clock.
//! A ratchet step is one transaction with what it carries; nothing is kept in memory that the disk does not know.

use std::collections::HashMap;

use ahoy_call::PeerId;
use ahoy_store::{Message, MessageId, MessageState, OutboxRow, Store, Transaction};
use vodozemac::Ed25519SecretKey;
use vodozemac::olm::OlmMessage;

use crate::account::KeyRing;
use crate::change::{Done, change};
use crate::frame::{Frame, encode_frame};
use crate::keys::SignedKeys;
use crate::peer::{Encrypted, Peer};
use crate::{Body, BodyKind, MailError};

/// Rows that may wait for one person: a year of daily letters; beyond it the person is gone.
pub const MAX_QUEUED: u64 = 10_000;

/// Rows beyond [`MAX_QUEUED`] for what lives for seconds, so that a full outbox does not keep anybody from calling.
pub const URGENT_ROOM: u64 = 200;

/// The least time between two typing marks to one person, in milliseconds.
pub const TYPING_GAP_MS: u64 = 3_000;

/// What this phone writes to others and receives from them.
pub struct Mailroom {
    pub(crate) secret: Ed25519SecretKey,
    pub(crate) me: PeerId,
    /// When the last typing mark for a person was posted, and its row: a mark lost in a restart harms nobody.
    typing: HashMap<PeerId, (u64, u64)>,
}

/// A frame to hand to the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The row it belongs to: goes back with the reply.
    pub id: u64,
    /// The bytes.
    pub frame: Vec<u8>,
    /// What waits in that row.
    pub kind: BodyKind,
}

/// What a reply meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replied {
    /// The peer has it on its disk; the row is gone.
    Taken(Body),
    /// Keys or a new session arrived, or the row is gone since: ask for the next frame at once.
    Again {
        /// The peer's phone proved by its signature that it was reinstalled or restored: tell the person.
        news: bool,
    },
    /// The peer does not understand this phone: says why and what to do. The row stays; wait before trying again.
    Refused(&'static str),
}

/// What became of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The bytes to answer with; what was received is on the disk.
    pub reply: Vec<u8>,
    /// What arrived, unless it had arrived before.
    pub body: Option<Body>,
    /// The peer's phone proved by its signature that it was reinstalled or restored: tell the person.
    pub news: bool,
}

impl Mailroom {
    /// Opens the mailroom of the phone whose identity has this secret key; makes and stores the ratchet account the first time.
    ///
    /// # Errors
    /// [`MailError::Store`], [`MailError::Damaged`].
    pub fn open(store: &Store, secret: [u8; 32]) -> Result<Self, MailError> {
        change(store, |transaction| {
            if KeyRing::load(transaction)?.is_some() {
                return Ok(Done::Leave(()));
            }
            KeyRing::make().save(transaction)?;
            Ok(Done::Keep(()))
        })?;
        let secret = Ed25519SecretKey::from_slice(&secret);
        let me = PeerId(*secret.public_key().as_bytes());
        Ok(Self { secret, me, typing: HashMap::new() })
    }

    /// Puts `body` into the outbox of `to` and returns its row. A text is also written into the conversation (`Queued`).
    ///
    /// A typing mark less than [`TYPING_GAP_MS`] after the last one is left out; the last one's row is returned.
    ///
    /// # Errors
    /// [`MailError::Full`], what [`Body::encode`] says, [`MailError::Store`].
    pub fn post(&mut self, store: &Store, to: PeerId, body: &Body, now_ms: u64) -> Result<u64, MailError> {
        let bytes = body.encode()?;
        let kind = body.kind();
        if let (BodyKind::Typing, Some((at_ms, id))) = (kind, self.typing.get(&to))
            && now_ms.abs_diff(*at_ms) < TYPING_GAP_MS
        {
            return Ok(*id);
        }
        let bound = if kind.urgent() { MAX_QUEUED + URGENT_ROOM } else { MAX_QUEUED };
        let id = change(store, |transaction| {
            if kind.urgent() {
                // Lost in a crash, it was never said; its frame is kept before it goes out.
                transaction.may_wait();
            }
            if transaction.outbox_len(to)? >= bound {
                return Err(MailError::Full);
            }
            if let Body::Text { id, at_ms, text } = body {
                let (text, state) = (text.clone(), MessageState::Queued);
                let message = Message { id: *id, peer: to, mine: true, at_ms: *at_ms, text, state, seen: true };
                let _ = transaction.put_message(&message)?;
            }
            let expires_ms = kind.life_ms().map(|life_ms| now_ms.saturating_add(life_ms));
            Ok(Done::Keep(transaction.add_outbox(to, kind.urgent(), expires_ms, bytes)?))
        })?;
        if kind == BodyKind::Typing {
            let _ = self.typing.insert(to, (now_ms, id));
        }
        Ok(id)
    }

    /// The frame to send to `to` now, if anything waits: the most urgent row, encrypted once and the same bytes until the
    /// reply. Without a session it asks for keys.
    ///
    /// # Errors
    /// [`MailError::Store`], [`MailError::Damaged`].
    pub fn next(&mut self, store: &Store, to: PeerId, now_ms: u64) -> Result<Option<Outgoing>, MailError> {
        change(store, |transaction| {
            let Some(row) = transaction.outbox_next(to, now_ms)? else { return Ok(Done::Leave(None)) };
            let (id, body) = (row.id, body_of(&row)?);
            let kind = body.kind();
            if let Some(frame) = row.frame {
                return Ok(Done::Leave(Some(Outgoing { id, frame, kind })));
            }
            let mut peer = Peer::load(transaction, to)?;
            let before = peer.sending_session();
            let encrypted = peer.encrypt(&row.body)?;
            if before.is_some() {
                peer.save(transaction, to)?;
            }
            let Some(Encrypted { message, session }) = encrypted else {
                let outgoing = Outgoing { id, frame: encode_frame(&Frame::AskKeys), kind };
                return Ok(if before.is_some() { Done::Keep(Some(outgoing)) } else { Done::Leave(Some(outgoing)) });
            };
            let frame = encode_frame(&self.framed(to, message));
            transaction.put_outbox(&OutboxRow { frame: Some(frame.clone()), session, ..row })?;
            advance(transaction, to, &body, MessageState::Sent)?;
            Ok(Done::Keep(Some(Outgoing { id, frame, kind })))
        })
    }

    fn framed(&self, to: PeerId, message: OlmMessage) -> Frame {
        match message {
            OlmMessage::PreKey(opening) => {
                let keys = SignedKeys::sign(&self.secret, self.me, to, opening.identity_key().to_bytes());
                Frame::Opening { keys, ciphertext: opening.to_bytes() }
            }
            OlmMessage::Normal(message) => Frame::Sealed { ciphertext: message.to_bytes() },
        }
    }

    /// Takes a row back, if it is still there. It may have arrived nevertheless, when its frame was sent.
    ///
    /// # Errors
    /// [`MailError::Store`].
    pub fn withdraw(&mut self, store: &Store, to: PeerId, id: u64) -> Result<(), MailError> {
        change(store, |transaction| {
            Ok(if transaction.remove_outbox(to, id)? { Done::Keep(()) } else { Done::Leave(()) })
        })
    }

    /// Everybody for whom something waits; it may have expired, then [`Self::next`] has nothing.
    ///
    /// # Errors
    /// [`MailError::Store`].
    pub fn waiting(&self, store: &Store) -> Result<Vec<PeerId>, MailError> {
        Ok(store.outbox_peers()?)
    }

    /// Removes the rows that nobody needs any more and says which: for whom and which row.
    ///
    /// # Errors
    /// [`MailError::Store`].
    pub fn expire(&mut self, store: &Store, now_ms: u64) -> Result<Vec<(PeerId, u64)>, MailError> {
        change(store, |transaction| {
            let expired: Vec<_> = transaction.drop_expired(now_ms)?.iter().map(|row| (row.to, row.id)).collect();
            Ok(if expired.is_empty() { Done::Leave(expired) } else { Done::Keep(expired) })
        })
    }

    /// Forgets a person: sessions, outbox, messages.
    ///
    /// # Errors
    /// [`MailError::Store`], [`MailError::Damaged`].
    pub fn forget(&mut self, store: &Store, peer: PeerId) -> Result<(), MailError> {
        let _ = self.typing.remove(&peer);
        change(store, |transaction| {
            let handed = Peer::load(transaction, peer)?.handed;
            if !handed.is_empty() {
                let mut ring = KeyRing::get(transaction)?;
                ring.take_back(&handed);
                ring.save(transaction)?;
            }
            let _ = transaction.remove_session(peer)?;
            let _ = transaction.clear_outbox(peer)?;
            let _ = transaction.remove_messages(peer)?;
            Ok(Done::Keep(()))
        })
    }
}

/// What a row says.
pub(crate) fn body_of(row: &OutboxRow) -> Result<Body, MailError> {
    Body::decode(&row.body).map_err(|_| MailError::Damaged("outbox row"))
}

/// Moves a text of mine onwards; other bodies have no state.
pub(crate) fn advance(
    transaction: &mut Transaction<'_>,
    to: PeerId,
    body: &Body,
    state: MessageState,
) -> Result<(), MailError> {
    match body {
        Body::Text { id, .. } => advance_text(transaction, to, *id, state),
        Body::Signal(_) | Body::Read { .. } | Body::Typing | Body::MissedCall { .. } | Body::Verify(_) => Ok(()),
    }
}

/// Moves the text `id` of mine to `peer` onwards, never back; a text of the other is left alone.
pub(crate) fn advance_text(
    transaction: &mut Transaction<'_>,
    peer: PeerId,
    id: MessageId,
    state: MessageState,
) -> Result<(), MailError> {
    if let Some(message) = transaction.message(peer, id)?
        && message.mine
    {
        let _ = transaction.put_message(&Message { state, ..message })?;
    }
    Ok(())
}
