//! The desk: everything a phone can be asked without a network: link, contacts, letters, history, settings.
//! The command line opens one directly; a running phone keeps one on a thread of its own.
//! One desk owns the store, so two programs can never answer for the same data directory.

mod backup;
mod latest;
mod letters;
mod past;
mod people;
mod search;

use std::collections::BTreeSet;

use ahoy_call::{CallId, PeerAddr, PeerId};
use ahoy_mail::Mailroom;
use ahoy_net::{ContactLink, RelayChoice, identity_addr, peer_id};
use ahoy_store::Store;
use rand::RngExt as _;

use crate::config::{PhoneConfig, Role};
use crate::doctor;
use crate::error::DeskError;
pub use crate::request::{Check, ContactEntry, FoundMessage, MessageEntry, Request, Response, SettingEntry};
use crate::settings::{self, SETTINGS, Settings};
use crate::view::{ContactView, Me};
pub use search::{SEARCHED, SEARCHED_IN_ALL};

/// Ports that no service claims (RFC 6335, dynamic ports); the identity endpoint draws one of them once.
const PORTS: std::ops::RangeInclusive<u16> = 49_152..=65_535;
/// The open store with everything that is answered from it.
pub struct Desk {
    store: Store,
    mailroom: Mailroom,
    /// Calls that are active now: the history holds what they would be after a crash, which nobody needs to see.
    open_calls: BTreeSet<CallId>,
    snapshots: u64,
    /// When the outbox was last swept, in Unix milliseconds.
    swept_ms: u64,
    secret: [u8; 32],
    id: PeerId,
    port: u16,
    settings: Settings,
    /// Chosen when the desk was opened: an endpoint keeps the relay that it was bound with.
    relay: RelayChoice,
    config: PhoneConfig,
}

/// What a driver shows of a desk; a new one after every change.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Grows: whoever gets two out of order keeps the greater.
    pub number: u64,
    /// My name and link.
    pub me: Me,
    /// The contacts, Echo first.
    pub contacts: Vec<ContactView>,
    /// Where each contact was reached last.
    pub addresses: Vec<PeerAddr>,
    /// The settings in force.
    pub settings: Settings,
    /// Missed calls that the person has not looked at.
    pub missed: u32,
}

impl Desk {
    /// Opens the store of `config.data_dir`; the first time it makes the identity and draws the port.
    ///
    /// # Errors
    /// The data directory cannot be used, or an override is no setting.
    pub fn open(config: &PhoneConfig) -> Result<Self, DeskError> {
        let store = Store::open(&config.data_dir)?;
        let secret = match (&config.role, store.identity()?) {
            (Role::Echo { secret, .. }, _) => *secret,
            (Role::Person, Some(secret)) => secret,
            (Role::Person, None) => store.create_identity()?,
        };
        let mut settings = Settings::effective(&store.settings()?, &config.overrides)?;
        if settings.port().is_none() {
            store.set_setting("port", &rand::rng().random_range(PORTS).to_string())?;
            settings = Settings::effective(&store.settings()?, &config.overrides)?;
        }
        let port = settings.port().expect("chosen above");
        let mut mailroom = Mailroom::open(&store, secret)?;
        // What was meant for a moment has died with the phone that meant it: no call of an earlier run may ring now.
        drop(mailroom.expire(&store, u64::MAX)?);
        let (id, open_calls, config) = (peer_id(&secret), BTreeSet::new(), config.clone());
        let relay = config.relay.clone().unwrap_or_else(|| settings.relay());
        Ok(Self { store, mailroom, open_calls, snapshots: 0, swept_ms: 0, secret, id, port, settings, relay, config })
    }

    /// The secret key of the identity endpoint.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        self.secret
    }

    /// The port of the identity endpoint.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The relay of this run.
    #[must_use]
    pub fn relay(&self) -> &RelayChoice {
        &self.relay
    }

    /// My id.
    #[must_use]
    pub fn id(&self) -> PeerId {
        self.id
    }

    /// Whatever still waits for the disk gets there.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn settle(&self) -> Result<(), DeskError> {
        Ok(self.store.settle()?)
    }

    /// The doctor's work, which may take seconds and needs nothing of the desk.
    pub fn examination(&self) -> impl FnOnce() -> Vec<Check> + Send + use<> {
        let (config, port, relay) = (self.config.clone(), self.port, self.relay.clone());
        move || doctor::examine(&config, port, &relay)
    }

    /// Answers one request.
    ///
    /// # Errors
    /// The store, the link, the name or the setting cannot be used; nothing has changed then.
    pub fn answer(&mut self, request: &Request) -> Result<Response, DeskError> {
        match request {
            Request::Id => Ok(Response::Id { id: self.id.to_string(), link: self.link()? }),
            Request::Add { link, name } => self.add(link, name.as_deref()),
            Request::Contacts => self.list(),
            Request::Rename { who, name } => self.rename(who, name),
            Request::Verify { who } => self.change(who, |contact| contact.verified = true),
            Request::Block { who } => self.change(who, |contact| contact.blocked = true),
            Request::Unblock { who } => self.change(who, |contact| contact.blocked = false),
            Request::Favourite { who, on } => self.change(who, |contact| contact.favourite = *on),
            Request::MuteCalls { who, on } => self.change(who, |contact| contact.muted = *on),
            Request::AutoAnswer { who, how } => self.answer_by_itself(who, *how),
            Request::Remove { who } => self.remove(who),
            Request::Messages { who, limit, before } => self.messages(who, *limit, *before),
            Request::Seen { who } => self.see(who),
            Request::Message { who, text } => self.write(who, text),
            Request::History { limit, before, missed, who } => self.history((*limit, *before), *missed, who.as_deref()),
            Request::Latest { limit } => self.latest(*limit),
            Request::Search { text, limit } => self.search(text, *limit),
            Request::DeleteCall { call } => self.delete_call(call),
            Request::ClearHistory => self.clear_history(),
            Request::SeenMissed => self.seen_missed(),
            Request::Export { passphrase } => self.export(passphrase.clone())?(),
            Request::Import { content, passphrase } => self.import(content, passphrase),
            Request::Settings => Ok(Response::Settings(self.list_settings())),
            Request::Set { key, value } => self.set(key, value),
            Request::Doctor => Ok(Response::Doctor(self.examination()())),
        }
    }

    /// What a driver shows of this desk now.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn snapshot(&mut self) -> Result<Snapshot, DeskError> {
        self.snapshots += 1;
        let stored = self.store.contacts()?;
        let me = Me { id: Some(self.id), name: self.settings.name().to_owned(), link: self.link()? };
        let contacts = self.show_people(&stored)?;
        let addresses = stored.into_iter().map(|contact| contact.addr).collect();
        let number = self.snapshots;
        Ok(Snapshot { number, me, contacts, addresses, settings: self.settings.clone(), missed: self.missed()? })
    }

    pub(super) fn link(&self) -> Result<String, DeskError> {
        let addr = identity_addr(self.id, self.config.bind, self.port, &self.relay);
        Ok(ContactLink::new(addr, self.settings.name()).encode(&self.secret)?)
    }

    fn list_settings(&self) -> Vec<SettingEntry> {
        let entry = |setting: &settings::Setting| SettingEntry {
            key: setting.key.into(),
            value: self.settings.get(setting.key).into(),
            about: setting.about.into(),
        };
        SETTINGS.iter().map(entry).collect()
    }

    pub(super) fn set(&mut self, key: &str, value: &str) -> Result<Response, DeskError> {
        let setting = settings::check(key, value)?;
        self.store.set_setting(setting.key, value)?;
        self.settings = Settings::effective(&self.store.settings()?, &self.config.overrides)?;
        self.port = self.settings.port().unwrap_or(self.port);
        Ok(Response::Done)
    }
}
