//! The desk: everything a phone can be asked without a network: link, contacts, history, settings.
//! The command line opens one directly; a running phone keeps one on a thread of its own.
//! One desk owns the store, so two programs can never answer for the same data directory.

use ahoy_call::{CallRecord, PeerAddr, PeerId};
use ahoy_net::{ContactLink, identity_addr, peer_id, safety_words};
use ahoy_store::{Contact, Store};
use rand::RngExt as _;

use crate::clock;
use crate::config::{PhoneConfig, Role};
use crate::doctor;
use crate::echo;
use crate::error::DeskError;
pub use crate::request::{Check, ContactEntry, Request, Response, SettingEntry};
use crate::settings::{self, SETTINGS, Settings};
use crate::view::{ContactView, Me};

/// The shortest id prefix that names a contact: 16 bits, so that a typing error rarely names another.
const MIN_PREFIX: usize = 4;
/// A name in a contact list.
const MAX_NAME_BYTES: usize = 128;
/// Ports that no service claims (RFC 6335, dynamic ports); the identity endpoint draws one of them once.
const PORTS: std::ops::RangeInclusive<u16> = 49_152..=65_535;
/// Digits of an id that stand in for a name nobody gave.
const ID_NAME: usize = 8;
/// What a contact link begins with.
const LINK_SCHEME: &str = "ahoy:";

/// The open store with everything that is answered from it.
pub struct Desk {
    store: Store,
    secret: [u8; 32],
    id: PeerId,
    port: u16,
    settings: Settings,
    config: PhoneConfig,
}

/// What a driver shows of a desk; a new one after every change.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// My name and link.
    pub me: Me,
    /// The contacts, Echo first.
    pub contacts: Vec<ContactView>,
    /// Where each contact was reached last.
    pub addresses: Vec<PeerAddr>,
    /// The settings in force.
    pub settings: Settings,
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
        Ok(Self { store, secret, id: peer_id(&secret), port, settings, config: config.clone() })
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

    /// My id.
    #[must_use]
    pub fn id(&self) -> PeerId {
        self.id
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
            Request::Rename { who, name } => {
                let id = self.find(who)?.id();
                let name = self.free_name(name, id)?;
                self.change(id, |contact| contact.name = name)
            }
            Request::Verify { who } => self.change(self.find(who)?.id(), |contact| contact.verified = true),
            Request::Block { who } => self.change(self.find(who)?.id(), |contact| contact.blocked = true),
            Request::Unblock { who } => self.change(self.find(who)?.id(), |contact| contact.blocked = false),
            Request::Remove { who } => {
                let id = self.find(who)?.id();
                let _ = self.store.remove_contact(id)?;
                Ok(Response::Done)
            }
            Request::History { limit, before } => Ok(Response::History(self.store.calls(*limit, *before)?)),
            Request::Settings => Ok(Response::Settings(self.list_settings())),
            Request::Set { key, value } => self.set(key, value),
            Request::Doctor => Ok(Response::Doctor(doctor::examine(&self.config, self.port))),
        }
    }

    /// Finds out which phone `who` means: a name, an id, an id prefix or a link.
    ///
    /// # Errors
    /// Nobody or several fit, or the link is damaged.
    pub fn resolve(&self, who: &str) -> Result<PeerAddr, DeskError> {
        if is_link(who) {
            let link: ContactLink = who.parse()?;
            return if link.id == self.id { Err(DeskError::OwnLink) } else { Ok(link.addr()) };
        }
        let echo = echo::id(&self.secret);
        let means_echo = who.eq_ignore_ascii_case(echo::NAME) || who.eq_ignore_ascii_case(&echo.to_string());
        if means_echo && self.config.role == Role::Person {
            return Ok(PeerAddr::new(echo));
        }
        let contact = self.find(who)?;
        Ok(contact.addr)
    }

    /// Remembers a call that has ended.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn record(&mut self, call: &CallRecord) -> Result<(), DeskError> {
        Ok(self.store.put_call(call)?)
    }

    /// What a driver shows of this desk now.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, DeskError> {
        let mut contacts = Vec::new();
        if self.config.role == Role::Person {
            let id = echo::id(&self.secret);
            contacts.push(ContactView { id, name: "Echo".into(), verified: true, blocked: false, builtin: true });
        }
        let stored = self.store.contacts()?;
        contacts.extend(stored.iter().map(|contact| ContactView {
            id: contact.id(),
            name: contact.name.clone(),
            verified: contact.verified,
            blocked: contact.blocked,
            builtin: false,
        }));
        let me = Me { id: Some(self.id), name: self.settings.name().to_owned(), link: self.link()? };
        let addresses = stored.into_iter().map(|contact| contact.addr).collect();
        Ok(Snapshot { me, contacts, addresses, settings: self.settings.clone() })
    }

    fn link(&self) -> Result<String, DeskError> {
        let addr = identity_addr(self.id, self.config.bind, self.port, &self.config.relay);
        Ok(ContactLink::new(addr, self.settings.name()).encode(&self.secret)?)
    }

    fn add(&mut self, link: &str, name: Option<&str>) -> Result<Response, DeskError> {
        let link: ContactLink = link.parse()?;
        if link.id == self.id {
            return Err(DeskError::OwnLink);
        }
        let known = self.store.contacts()?.into_iter().find(|contact| contact.id() == link.id);
        let name = match (name, &known) {
            (Some(name), _) => self.free_name(name, link.id)?,
            (None, Some(known)) => known.name.clone(),
            (None, None) => self.name_for(&link)?,
        };
        let contact = Contact {
            name: name.clone(),
            verified: known.as_ref().is_some_and(|known| known.verified),
            blocked: known.as_ref().is_some_and(|known| known.blocked),
            addr: link.addr(),
            added_ms: known.map_or_else(clock::unix_ms, |known| known.added_ms),
        };
        self.store.put_contact(&contact)?;
        Ok(Response::Added { id: link.id.to_string(), name, words: safety_words(&self.id, &link.id) })
    }

    /// A name for a contact whose link was added without one: the link's own, told apart by the id when it is taken.
    fn name_for(&self, link: &ContactLink) -> Result<String, DeskError> {
        let id = link.id.to_string();
        let short = &id[..ID_NAME];
        let wished = if link.name.is_empty() { short } else { link.name.as_str() };
        match self.free_name(wished, link.id) {
            Ok(name) => Ok(name),
            Err(DeskError::NameTaken(_) | DeskError::BadName(_)) => self.free_name(short, link.id),
            Err(error) => Err(error),
        }
    }

    /// `name` in the form it is stored, when it can be a name and no other contact has it.
    fn free_name(&self, name: &str, of: PeerId) -> Result<String, DeskError> {
        let name = name.trim();
        let usable = !name.is_empty()
            && name.len() <= MAX_NAME_BYTES
            && !name.chars().any(char::is_control)
            && !name.eq_ignore_ascii_case(echo::NAME)
            && !is_link(name);
        if !usable {
            return Err(DeskError::BadName(name.to_owned()));
        }
        let taken = self.store.contacts()?.iter().any(|other| other.id() != of && same_name(&other.name, name));
        if taken { Err(DeskError::NameTaken(name.to_owned())) } else { Ok(name.to_owned()) }
    }

    fn list(&self) -> Result<Response, DeskError> {
        let entry = |contact: Contact| ContactEntry {
            id: contact.id().to_string(),
            name: contact.name,
            verified: contact.verified,
            blocked: contact.blocked,
        };
        Ok(Response::Contacts(self.store.contacts()?.into_iter().map(entry).collect()))
    }

    fn find(&self, who: &str) -> Result<Contact, DeskError> {
        if who.eq_ignore_ascii_case(echo::NAME) {
            return Err(DeskError::Builtin);
        }
        let mut contacts = self.store.contacts()?;
        if let Some(named) = contacts.iter().position(|contact| same_name(&contact.name, who)) {
            return Ok(contacts.swap_remove(named));
        }
        let prefix = who.to_ascii_lowercase();
        if prefix.len() < MIN_PREFIX {
            return Err(DeskError::Unknown(who.to_owned()));
        }
        contacts.retain(|contact| contact.id().to_string().starts_with(&prefix));
        match contacts.len() {
            0 => Err(DeskError::Unknown(who.to_owned())),
            1 => Ok(contacts.remove(0)),
            count => Err(DeskError::Ambiguous { who: who.to_owned(), count }),
        }
    }

    fn change(&mut self, id: PeerId, edit: impl FnOnce(&mut Contact)) -> Result<Response, DeskError> {
        if let Some(mut contact) = self.store.contacts()?.into_iter().find(|contact| contact.id() == id) {
            edit(&mut contact);
            self.store.put_contact(&contact)?;
        }
        Ok(Response::Done)
    }

    fn list_settings(&self) -> Vec<SettingEntry> {
        let entry = |setting: &settings::Setting| SettingEntry {
            key: setting.key.into(),
            value: self.settings.get(setting.key).into(),
            about: setting.about.into(),
        };
        SETTINGS.iter().map(entry).collect()
    }

    fn set(&mut self, key: &str, value: &str) -> Result<Response, DeskError> {
        let setting = settings::check(key, value)?;
        self.store.set_setting(setting.key, value)?;
        self.settings = Settings::effective(&self.store.settings()?, &self.config.overrides)?;
        self.port = self.settings.port().unwrap_or(self.port);
        Ok(Response::Done)
    }
}

fn is_link(text: &str) -> bool {
    text.trim().get(..LINK_SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(LINK_SCHEME))
}

fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.trim().to_lowercase()
}
