//! What is kept about the ratchet with one person: its sessions, its key, what it sent before.
//! Loaded, stepped and stored within one transaction by the mailroom; never kept in memory.
//! Sending goes over the newest generation, within it over the smallest session id: both sides choose the same one.

use std::cmp::Reverse;
use std::collections::VecDeque;

use ahoy_call::PeerId;
use ahoy_store::{Transaction, View};
use serde::{Deserialize, Serialize};
use vodozemac::olm::{OlmMessage, Session, SessionPickle};

use crate::keys::CurveKey;
use crate::{MailError, envelope};

/// Sessions kept for receiving: two of a crossed start, the ones before them, and room. The least recently used one goes.
pub const MAX_SESSIONS: usize = 5;

/// Messages remembered after they were taken, so that one that comes again is acknowledged again. One is in flight at a time:
/// older ones come again only from somebody who kept them, and are then unreadable.
pub const MAX_TAKEN: usize = 64;

/// One-time keys that may lie with one person: enough for lost replies. Beyond it the person gets the fallback key.
pub const MAX_HANDED: usize = 4;

const RECORD_VERSION: u8 = 1;

type Digest = [u8; 16];

type SessionId = [u8; 32];

#[derive(Serialize, Deserialize)]
struct Held {
    id: SessionId,
    /// Counts the starts: a crossed start has the same on both sides, a new start after damage has the next.
    generation: u32,
    /// JSON: the pickle needs a format that describes itself.
    pickle: Vec<u8>,
}

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Peer {
    /// The person's Curve25519 identity key, once known.
    identity: Option<CurveKey>,
    /// The most recently used first.
    sessions: Vec<Held>,
    taken: VecDeque<Digest>,
    /// One-time keys of mine that lie with the person.
    pub(crate) handed: Vec<CurveKey>,
    /// How many replies in a row said that the person's phone could not read.
    pub(crate) unreadable: u8,
    /// Unix milliseconds when the last of them opened a session.
    pub(crate) reopened_ms: u64,
}

/// A frame's ciphertext and the session it was made with.
pub(crate) struct Encrypted {
    pub(crate) message: OlmMessage,
    pub(crate) session: u64,
}

impl Peer {
    pub(crate) fn load(view: &View<'_>, peer: PeerId) -> Result<Self, MailError> {
        match view.session(peer)? {
            Some(bytes) => match bytes.split_first() {
                Some((&RECORD_VERSION, rest)) => postcard::from_bytes(rest).map_err(|_| DAMAGED),
                Some(_) | None => Err(DAMAGED),
            },
            None => Ok(Self::default()),
        }
    }

    pub(crate) fn save(&self, transaction: &mut Transaction<'_>, peer: PeerId) -> Result<(), MailError> {
        let bytes = postcard::to_extend(self, vec![RECORD_VERSION]).expect("a record has an encoding");
        Ok(transaction.put_session(peer, &bytes)?)
    }

    pub(crate) fn has_taken(&self, ciphertext: &[u8]) -> bool {
        self.taken.contains(&digest(ciphertext))
    }

    pub(crate) fn took(&mut self, ciphertext: &[u8]) {
        if self.taken.len() >= MAX_TAKEN {
            let _ = self.taken.pop_front();
        }
        self.taken.push_back(digest(ciphertext));
    }

    /// Takes the person's identity key. Another one than before ends all sessions: `true`.
    pub(crate) fn identify(&mut self, identity: CurveKey) -> bool {
        let changed = self.identity.replace(identity).is_some_and(|before| before != identity);
        if changed {
            self.sessions.clear();
        }
        changed
    }

    /// The session that sends.
    fn sending(&self) -> Option<usize> {
        let best = self.sessions.iter().enumerate().max_by_key(|(_, held)| (held.generation, Reverse(held.id)));
        best.map(|(index, _)| index)
    }

    /// The name under which outbox rows remember the session that sends.
    pub(crate) fn sending_session(&self) -> Option<u64> {
        self.sending().map(|index| short(&self.sessions[index].id))
    }

    pub(crate) fn next_generation(&self) -> u32 {
        self.sessions.iter().map(|held| held.generation).max().map_or(0, |newest| newest.saturating_add(1))
    }

    pub(crate) fn add(&mut self, session: &Session, generation: u32) -> Result<(), MailError> {
        let held = Held { id: id_of(&session.session_id())?, generation, pickle: pickled(session) };
        self.sessions.insert(0, held);
        if self.sessions.len() > MAX_SESSIONS {
            let keep = self.sending();
            let last = (0..self.sessions.len()).rev().find(|index| Some(*index) != keep);
            drop(last.map(|index| self.sessions.remove(index)));
        }
        Ok(())
    }

    /// Encrypts a body with the session that sends; `None` when there is none. A session that cannot encrypt is dropped: its
    /// keys were chosen by somebody dishonest.
    pub(crate) fn encrypt(&mut self, body: &[u8]) -> Result<Option<Encrypted>, MailError> {
        while let Some(index) = self.sending() {
            let held = &mut self.sessions[index];
            let mut session = unpickled(&held.pickle)?;
            match session.encrypt(envelope::close(held.generation, body)) {
                Ok(message) => {
                    held.pickle = pickled(&session);
                    return Ok(Some(Encrypted { message, session: short(&held.id) }));
                }
                Err(_) => drop(self.sessions.remove(index)),
            }
        }
        Ok(None)
    }

    /// Decrypts a message with whichever session it belongs to; `None` when with none, and then nothing has changed.
    pub(crate) fn decrypt(&mut self, message: &OlmMessage) -> Result<Option<Vec<u8>>, MailError> {
        let opens = match message {
            OlmMessage::PreKey(opening) => Some(id_of(&opening.session_id())?),
            OlmMessage::Normal(_) => None,
        };
        for index in 0..self.sessions.len() {
            if opens.is_some_and(|id| id != self.sessions[index].id) {
                continue;
            }
            let mut session = unpickled(&self.sessions[index].pickle)?;
            if let Ok(plaintext) = session.decrypt(message) {
                let held = self.sessions.remove(index);
                self.sessions.insert(0, Held { pickle: pickled(&session), ..held });
                return Ok(Some(plaintext));
            }
        }
        Ok(None)
    }

    pub(crate) fn knows_session(&self, id: &str) -> Result<bool, MailError> {
        let id = id_of(id)?;
        Ok(self.sessions.iter().any(|held| held.id == id))
    }
}

const DAMAGED: MailError = MailError::Damaged("ratchet session");

fn pickled(session: &Session) -> Vec<u8> {
    serde_json::to_vec(&session.pickle()).expect("a session has an encoding")
}

fn unpickled(bytes: &[u8]) -> Result<Session, MailError> {
    let pickle: SessionPickle = serde_json::from_slice(bytes).map_err(|_| DAMAGED)?;
    Ok(Session::from_pickle(pickle))
}

/// The 32 bytes behind the text of a session id.
fn id_of(text: &str) -> Result<SessionId, MailError> {
    let bytes = vodozemac::base64_decode(text).map_err(|_| DAMAGED)?;
    bytes.try_into().map_err(|_| DAMAGED)
}

fn short(id: &SessionId) -> u64 {
    let (first, _) = id.split_first_chunk::<8>().expect("an id has 32 bytes");
    u64::from_be_bytes(*first)
}

fn digest(ciphertext: &[u8]) -> Digest {
    let mut digest = [0; 16];
    // The hash gives as many bytes as are asked for.
    blake3::Hasher::new().update(ciphertext).finalize_xof().fill(&mut digest);
    digest
}
