//! The ratchet account of this phone: its Curve25519 identity, its one-time keys and its fallback key.
//! Loaded, stepped and stored within one transaction whenever a session is opened; never kept in memory.
//! A one-time key, and a fallback key likewise, opens one session and is gone: nothing old can open it again.

use ahoy_store::{Transaction, View};
use serde::{Deserialize, Serialize};
use vodozemac::Curve25519PublicKey;
use vodozemac::olm::{Account, AccountPickle, PreKeyMessage, Session, SessionConfig};

use crate::MailError;
use crate::keys::CurveKey;

/// One-time keys that lie with peers, in all: 25 contacts at their own bound. Beyond it peers get the fallback key.
pub const MAX_ONE_TIME_KEYS: usize = 100;

const RECORD_VERSION: u8 = 1;

/// Sessions carry whole message authentication codes, and no others are let in.
pub(crate) const SESSION_CONFIG: SessionConfig = SessionConfig::version_2();

#[derive(Serialize, Deserialize)]
struct Record {
    /// JSON: the pickle needs a format that describes itself.
    pickle: Vec<u8>,
    spare: Vec<CurveKey>,
}

pub(crate) struct KeyRing {
    account: Account,
    /// One-time keys of persons who are forgotten: unused, given to the next.
    spare: Vec<CurveKey>,
}

impl KeyRing {
    pub(crate) fn make() -> Self {
        let mut account = Account::new();
        let _ = account.generate_fallback_key();
        Self { account, spare: Vec::new() }
    }

    pub(crate) fn load(view: &View<'_>) -> Result<Option<Self>, MailError> {
        const DAMAGED: MailError = MailError::Damaged("ratchet account");
        let Some(bytes) = view.account()? else { return Ok(None) };
        let Some((&RECORD_VERSION, rest)) = bytes.split_first() else { return Err(DAMAGED) };
        let record: Record = postcard::from_bytes(rest).map_err(|_| DAMAGED)?;
        let pickle: AccountPickle = serde_json::from_slice(&record.pickle).map_err(|_| DAMAGED)?;
        Ok(Some(Self { account: Account::from_pickle(pickle), spare: record.spare }))
    }

    /// The account, which was made when the mailroom was opened.
    pub(crate) fn get(view: &View<'_>) -> Result<Self, MailError> {
        Self::load(view)?.ok_or(MailError::Damaged("ratchet account"))
    }

    pub(crate) fn save(&self, transaction: &mut Transaction<'_>) -> Result<(), MailError> {
        let pickle = serde_json::to_vec(&self.account.pickle()).expect("an account has an encoding");
        let record = Record { pickle, spare: self.spare.clone() };
        let bytes = postcard::to_extend(&record, vec![RECORD_VERSION]).expect("a record has an encoding");
        Ok(transaction.put_account(&bytes)?)
    }

    pub(crate) fn identity(&self) -> CurveKey {
        self.account.curve25519_key().to_bytes()
    }

    /// A key that opens one session and was given to nobody who is known; `None` when too many lie with peers.
    pub(crate) fn one_time(&mut self) -> Option<CurveKey> {
        if let Some(spare) = self.spare.pop() {
            return Some(spare);
        }
        if self.account.stored_one_time_key_count() >= MAX_ONE_TIME_KEYS {
            return None;
        }
        self.account.generate_one_time_keys(1).created.first().map(Curve25519PublicKey::to_bytes)
    }

    /// The key for those who get no other. It is never marked as published: the account gives it out only until then.
    pub(crate) fn fallback(&self) -> CurveKey {
        let keys = self.account.fallback_key();
        keys.values().next().expect("an account is made with a fallback key").to_bytes()
    }

    pub(crate) fn take_back(&mut self, keys: &[CurveKey]) {
        self.spare.extend_from_slice(keys);
    }

    /// A session to a peer with these keys; `None` for keys that no honest phone has.
    pub(crate) fn open_to(&self, identity: CurveKey, once: CurveKey) -> Option<Session> {
        let [identity, once] = [identity, once].map(Curve25519PublicKey::from_bytes);
        self.account.create_outbound_session(SESSION_CONFIG, identity, once).ok()
    }

    /// The session that a message opens, and the plaintext; `None` when it opens none. The key it used is gone afterwards.
    pub(crate) fn open_from(&mut self, message: &PreKeyMessage) -> Option<(Session, Vec<u8>)> {
        let fallback = self.fallback() == message.one_time_key().to_bytes();
        let opened = self.account.create_inbound_session(SESSION_CONFIG, message.identity_key(), message).ok()?;
        if fallback {
            let _ = self.account.generate_fallback_key();
            let _ = self.account.forget_fallback_key();
        }
        Some((opened.session, opened.plaintext))
    }
}
