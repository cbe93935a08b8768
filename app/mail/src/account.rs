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

/// The account as it lies in the store. The public keys stand beside the pickle, so that handing them out needs no unpickling:
/// that costs a multiplication on the curve for every key.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyRing {
    /// JSON: the pickle needs a format that describes itself.
    pickle: Vec<u8>,
    identity: CurveKey,
    fallback: CurveKey,
    /// One-time keys of persons who are forgotten: unused, given to the next.
    spare: Vec<CurveKey>,
    /// One-time keys that open a session still, spare ones included.
    one_time: usize,
}

impl KeyRing {
    pub(crate) fn make() -> Self {
        let mut account = Account::new();
        let _ = account.generate_fallback_key();
        let [identity, fallback] = [account.curve25519_key().to_bytes(), fallback_of(&account)];
        Self { pickle: pickled(&account), identity, fallback, spare: Vec::new(), one_time: 0 }
    }

    pub(crate) fn load(view: &View<'_>) -> Result<Option<Self>, MailError> {
        let Some(bytes) = view.account()? else { return Ok(None) };
        match bytes.split_first() {
            Some((&RECORD_VERSION, rest)) => postcard::from_bytes(rest).map(Some).map_err(|_| DAMAGED),
            Some(_) | None => Err(DAMAGED),
        }
    }

    /// The account, which was made when the mailroom was opened.
    pub(crate) fn get(view: &View<'_>) -> Result<Self, MailError> {
        Self::load(view)?.ok_or(DAMAGED)
    }

    pub(crate) fn save(&self, transaction: &mut Transaction<'_>) -> Result<(), MailError> {
        let bytes = postcard::to_extend(self, vec![RECORD_VERSION]).expect("a record has an encoding");
        Ok(transaction.put_account(&bytes)?)
    }

    pub(crate) const fn identity(&self) -> CurveKey {
        self.identity
    }

    /// The key for those who get no other.
    pub(crate) const fn fallback(&self) -> CurveKey {
        self.fallback
    }

    /// A key that opens one session and was given to nobody who is known; `None` when too many lie with peers.
    pub(crate) fn take_one_time(&mut self) -> Result<Option<CurveKey>, MailError> {
        if let Some(spare) = self.spare.pop() {
            return Ok(Some(spare));
        }
        if self.one_time >= MAX_ONE_TIME_KEYS {
            return Ok(None);
        }
        let mut account = self.account()?;
        let key = account.generate_one_time_keys(1).created.first().map(Curve25519PublicKey::to_bytes);
        self.keep(&account);
        Ok(key)
    }

    pub(crate) fn take_back(&mut self, keys: &[CurveKey]) {
        self.spare.extend_from_slice(keys);
    }

    fn account(&self) -> Result<Account, MailError> {
        let pickle: AccountPickle = serde_json::from_slice(&self.pickle).map_err(|_| DAMAGED)?;
        Ok(Account::from_pickle(pickle))
    }

    fn keep(&mut self, account: &Account) {
        self.pickle = pickled(account);
        self.fallback = fallback_of(account);
        self.one_time = account.stored_one_time_key_count();
    }

    /// A session to a peer with these keys; `None` for keys that no honest phone has.
    pub(crate) fn open_to(&self, identity: CurveKey, once: CurveKey) -> Result<Option<Session>, MailError> {
        let [identity, once] = [identity, once].map(Curve25519PublicKey::from_bytes);
        Ok(self.account()?.create_outbound_session(SESSION_CONFIG, identity, once).ok())
    }

    /// The session that a message opens, and the plaintext; `None` when it opens none. The key it used is gone afterwards.
    pub(crate) fn open_from(&mut self, message: &PreKeyMessage) -> Result<Option<(Session, Vec<u8>)>, MailError> {
        let mut account = self.account()?;
        let Ok(opened) = account.create_inbound_session(SESSION_CONFIG, message.identity_key(), message) else {
            return Ok(None);
        };
        if self.fallback == message.one_time_key().to_bytes() {
            let _ = account.generate_fallback_key();
            let _ = account.forget_fallback_key();
        }
        self.keep(&account);
        Ok(Some((opened.session, opened.plaintext)))
    }
}

const DAMAGED: MailError = MailError::Damaged("ratchet account");

fn pickled(account: &Account) -> Vec<u8> {
    serde_json::to_vec(&account.pickle()).expect("an account has an encoding")
}

/// It is never marked as published: the account shows it only until then.
fn fallback_of(account: &Account) -> CurveKey {
    let keys = account.fallback_key();
    keys.values().next().expect("an account is made with a fallback key").to_bytes()
}
