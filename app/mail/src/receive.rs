//! Taking a frame: what a peer sent becomes a session step, a row, and a reply, in one transaction.
//! Called by the engine's desk for frames of contacts.
//! Every frame that cannot be read gets the same reply, whatever the cause, and leaves sessions and account as they were.

use ahoy_call::{CallRecord, Direction, EndedReason, PeerId};
use ahoy_store::{Message, MessageState, Store, Transaction};
use vodozemac::olm::{OlmMessage, PreKeyMessage};

use crate::account::KeyRing;
use crate::change::{Done, change};
use crate::frame::{Frame, Reply, decode_frame, encode_reply};
use crate::keys::{SignedBundle, SignedKeys};
use crate::mailroom::{Mailroom, Received, advance_text};
use crate::peer::{MAX_HANDED, Peer};
use crate::{Body, MailError, envelope};

/// A decrypted message and whether it proved that the phone is another one.
struct Opened {
    plaintext: Vec<u8>,
    news: bool,
}

impl Received {
    fn only(reply: &Reply) -> Self {
        Self { reply: encode_reply(reply), body: None, news: false }
    }
}

impl Mailroom {
    /// Takes a frame of `from`: one transaction writes the session and what arrived; only then the reply exists.
    /// Never fails for what a peer sent. Call it for contacts only.
    ///
    /// # Errors
    /// [`MailError::Store`], [`MailError::Damaged`]: answer nothing, the peer will come again.
    pub fn receive(&mut self, store: &Store, from: PeerId, frame: &[u8], now_ms: u64) -> Result<Received, MailError> {
        let Ok(frame) = decode_frame(frame) else { return Ok(Received::only(&Reply::Refused)) };
        change(store, |transaction| {
            let mut peer = Peer::load(transaction, from)?;
            let (keys, ciphertext) = match &frame {
                Frame::AskKeys => return self.hand_keys(transaction, from, peer, Reply::Keys),
                Frame::Opening { keys, ciphertext } => (Some(keys), ciphertext),
                Frame::Sealed { ciphertext } => (None, ciphertext),
            };
            if peer.has_taken(ciphertext) {
                return Ok(Done::Leave(Received::only(&Reply::Taken)));
            }
            let opened = match keys {
                Some(keys) => self.open_first(transaction, from, &mut peer, keys, ciphertext)?,
                None => open_sealed(&mut peer, ciphertext)?,
            };
            let Some(Opened { plaintext, news }) = opened else {
                return self.hand_keys(transaction, from, peer, Reply::Unreadable);
            };
            // Authentic, but of a kind this version does not know: nothing is kept, so an update can read it when it comes again.
            let Some(Ok(body)) = envelope::open(&plaintext).map(|(_, body)| Body::decode(body)) else {
                return Ok(Done::Leave(Received::only(&Reply::Refused)));
            };
            peer.took(ciphertext);
            peer.save(transaction, from)?;
            let fresh = keep(transaction, from, &body, now_ms)?;
            Ok(Done::Keep(Received { body: fresh.then_some(body), news, ..Received::only(&Reply::Taken) }))
        })
    }

    /// A message that names the session it opens: with the session when it is known, else by opening it.
    fn open_first(
        &self,
        transaction: &mut Transaction<'_>,
        from: PeerId,
        peer: &mut Peer,
        keys: &SignedKeys,
        ciphertext: &[u8],
    ) -> Result<Option<Opened>, MailError> {
        let Ok(message) = PreKeyMessage::from_bytes(ciphertext) else { return Ok(None) };
        // The authentication code is checked over what was read, not over what came: another spelling of the same is not ours.
        if message.to_bytes() != ciphertext {
            return Ok(None);
        }
        let identity = message.identity_key().to_bytes();
        if keys.verify(from, self.me) != Some(identity) {
            return Ok(None);
        }
        if peer.knows_session(&message.session_id())? {
            let plaintext = peer.decrypt(&OlmMessage::PreKey(message))?;
            return Ok(plaintext.map(|plaintext| Opened { plaintext, news: false }));
        }
        let once = message.one_time_key().to_bytes();
        let mut ring = KeyRing::get(transaction)?;
        // A key that lies with somebody else opens nothing for this person.
        if !peer.handed.contains(&once) && once != ring.fallback() {
            return Ok(None);
        }
        let Some((session, plaintext)) = ring.open_from(&message)? else { return Ok(None) };
        let generation = envelope::open(&plaintext).map_or(0, |(generation, _)| generation);
        let news = peer.identify(identity);
        if news {
            transaction.clear_frames(from)?;
        }
        peer.handed.retain(|handed| *handed != once);
        peer.add(&session, generation)?;
        ring.save(transaction)?;
        Ok(Some(Opened { plaintext, news }))
    }

    /// Answers with keys to open a session. A peer that asks again and again costs a signature, no new keys and no writing.
    fn hand_keys(
        &self,
        transaction: &mut Transaction<'_>,
        from: PeerId,
        mut peer: Peer,
        reply: impl FnOnce(SignedBundle) -> Reply,
    ) -> Result<Done<Received>, MailError> {
        let mut ring = KeyRing::get(transaction)?;
        let fresh = if peer.handed.len() < MAX_HANDED { ring.take_one_time()? } else { None };
        let once = fresh.unwrap_or_else(|| ring.fallback());
        let bundle = SignedBundle::sign(&self.secret, self.me, from, ring.identity(), once);
        let received = Received::only(&reply(bundle));
        if fresh.is_none() {
            return Ok(Done::Leave(received));
        }
        peer.handed.push(once);
        peer.save(transaction, from)?;
        ring.save(transaction)?;
        // A key lost in a crash opens nothing, and the peer asks for another.
        transaction.may_wait();
        Ok(Done::Keep(received))
    }
}

fn open_sealed(peer: &mut Peer, ciphertext: &[u8]) -> Result<Option<Opened>, MailError> {
    let Ok(message) = vodozemac::olm::Message::from_bytes(ciphertext) else { return Ok(None) };
    if message.to_bytes() != ciphertext {
        return Ok(None);
    }
    let plaintext = peer.decrypt(&OlmMessage::Normal(message))?;
    Ok(plaintext.map(|plaintext| Opened { plaintext, news: false }))
}

/// Writes down what arrived; `false` when it had arrived before, in another ciphertext.
fn keep(transaction: &mut Transaction<'_>, from: PeerId, body: &Body, now_ms: u64) -> Result<bool, MailError> {
    match body {
        Body::Signal(_) | Body::Typing | Body::Verify(_) => Ok(true),
        Body::Text { id, at_ms, text } => {
            // A clock that runs ahead must not pin its text to the end of the conversation.
            let at_ms = (*at_ms).min(now_ms);
            let (text, state) = (text.clone(), MessageState::Delivered);
            let message = Message { id: *id, peer: from, mine: false, at_ms, text, state, seen: false };
            Ok(transaction.put_message(&message)?)
        }
        Body::Read { ids } => {
            for id in ids {
                advance_text(transaction, from, *id, MessageState::Read)?;
            }
            Ok(true)
        }
        Body::MissedCall { call, timestamp, had_video } => {
            if transaction.has_call(*call)? {
                return Ok(false);
            }
            transaction.put_call(&CallRecord {
                call_id: *call,
                peer: from,
                direction: Direction::Incoming,
                duration_seconds: 0,
                had_video: *had_video,
                timestamp: (*timestamp).min(now_ms),
                ended_reason: EndedReason::Missed,
            })?;
            Ok(true)
        }
    }
}
