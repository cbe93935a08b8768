//! The people of a phone: adding, finding, naming, changing, forgetting.
//! The desk calls it for requests about contacts, the driver through it to find out whom a command means.
//! A name belongs to one contact; an id prefix must fit exactly one.

use ahoy_call::{PeerAddr, PeerId};
use ahoy_net::{ContactLink, safety_words};
use ahoy_store::{AutoAnswer, Contact};

use super::{ContactEntry, Desk, Response};
use crate::clock;
use crate::config::Role;
use crate::echo;
use crate::error::DeskError;
use crate::view::ContactView;

/// The shortest id prefix that names a contact: 16 bits, so that a typing error rarely names another.
const MIN_PREFIX: usize = 4;
/// A name in a contact list.
const MAX_NAME_BYTES: usize = 128;
/// Digits of an id that stand in for a name nobody gave.
const ID_NAME: usize = 8;
/// What a contact link begins with.
const LINK_SCHEME: &str = "ahoy:";

impl Desk {
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
        Ok(self.find(who)?.addr)
    }

    /// [`Self::resolve`] for a call: nobody calls whom they have blocked, for no answer would come through.
    ///
    /// # Errors
    /// Those of `resolve`, and the contact is blocked.
    pub fn callee(&self, who: &str) -> Result<PeerAddr, DeskError> {
        let addr = self.resolve(who)?;
        match self.store.contact(addr.id)? {
            Some(contact) if contact.blocked => Err(DeskError::Blocked(contact.name)),
            Some(_) | None => Ok(addr),
        }
    }

    pub(super) fn add(&mut self, link: &str, name: Option<&str>) -> Result<Response, DeskError> {
        let link: ContactLink = link.parse()?;
        self.add_phone(link.addr(), &link.name, name)
    }

    /// Adds the phone at `addr`, which calls itself `own_name`, as `name` or what is closest to its own.
    ///
    /// # Errors
    /// It is this phone, the name is taken or cannot be one, or the store cannot be written.
    pub fn add_phone(&mut self, addr: PeerAddr, own_name: &str, name: Option<&str>) -> Result<Response, DeskError> {
        let id = addr.id;
        if id == self.id {
            return Err(DeskError::OwnLink);
        }
        let known = self.store.contact(id)?;
        let name = match (name, &known) {
            (Some(name), _) => self.free_name(name, id)?,
            (None, Some(known)) => known.name.clone(),
            (None, None) => self.name_for(id, own_name)?,
        };
        let warning = self.other_key(id, own_name)?;
        let contact = match known {
            Some(known) => Contact { addr, name: name.clone(), ..known },
            None => Contact {
                addr,
                name: name.clone(),
                verified: false,
                blocked: false,
                added_ms: clock::unix_ms(),
                favourite: false,
                muted: false,
                last_seen_ms: 0,
                auto_answer: AutoAnswer::Off,
            },
        };
        self.store.put_contact(&contact)?;
        Ok(Response::Added { id: id.to_string(), name, words: safety_words(&self.id, &id), warning })
    }

    /// A phone that calls itself like a contact but has another key is a new phone of that person, or somebody else.
    fn other_key(&self, id: PeerId, own_name: &str) -> Result<Option<String>, DeskError> {
        let contacts = self.store.contacts()?;
        let same = contacts.iter().find(|other| other.id() != id && same_name(&other.name, own_name));
        Ok(same.map(|other| {
            format!(
                "this is NOT the phone you know as {}: it calls itself the same but has another key; \
                 compare the safety words with {} in person or in a call before you trust it",
                other.name, other.name
            )
        }))
    }

    /// A name for a contact whose link was added without one: the link's own, told apart by the id when it is taken.
    fn name_for(&self, id: PeerId, own_name: &str) -> Result<String, DeskError> {
        let text = id.to_string();
        let short = &text[..ID_NAME];
        let wished = if own_name.is_empty() { short } else { own_name };
        match self.free_name(wished, id) {
            Ok(name) => Ok(name),
            Err(DeskError::NameTaken(_) | DeskError::BadName(_)) => self.free_name(short, id),
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

    pub(super) fn list(&self) -> Result<Response, DeskError> {
        Ok(Response::Contacts(self.entries(self.store.contacts()?)?))
    }

    pub(super) fn entries(&self, stored: Vec<Contact>) -> Result<Vec<ContactEntry>, DeskError> {
        let entry = |contact: Contact| {
            Ok(ContactEntry {
                id: contact.id().to_string(),
                unread: self.store.unread(contact.id())?,
                name: contact.name,
                verified: contact.verified,
                blocked: contact.blocked,
                favourite: contact.favourite,
                muted: contact.muted,
                auto_answer: contact.auto_answer,
                last_seen_ms: contact.last_seen_ms,
            })
        };
        stored.into_iter().map(entry).collect()
    }

    /// The contacts as a window lists them: Echo, the favourites, the others.
    pub(super) fn show_people(&self, stored: &[Contact]) -> Result<Vec<ContactView>, DeskError> {
        let mut shown = Vec::with_capacity(stored.len() + 1);
        for contact in stored {
            let id = contact.id();
            shown.push(ContactView {
                id,
                name: contact.name.clone(),
                verified: contact.verified,
                blocked: contact.blocked,
                builtin: false,
                favourite: contact.favourite,
                muted: contact.muted,
                auto_answer: contact.auto_answer,
                last_seen_ms: contact.last_seen_ms,
                unread: self.store.unread(id)?,
                typing: false,
                words: safety_words(&self.id, &id),
            });
        }
        shown.sort_by_key(|contact| !contact.favourite);
        if self.config.role == Role::Person {
            shown.insert(0, self.show_echo()?);
        }
        Ok(shown)
    }

    fn show_echo(&self) -> Result<ContactView, DeskError> {
        let id = echo::id(&self.secret);
        Ok(ContactView {
            id,
            name: "Echo".into(),
            verified: true,
            blocked: false,
            builtin: true,
            favourite: false,
            muted: false,
            auto_answer: AutoAnswer::Off,
            last_seen_ms: 0,
            unread: self.store.unread(id)?,
            typing: false,
            words: safety_words(&self.id, &id),
        })
    }

    pub(super) fn rename(&mut self, who: &str, name: &str) -> Result<Response, DeskError> {
        let name = self.free_name(name, self.find(who)?.id())?;
        self.change(who, |contact| contact.name = name)
    }

    /// Who answers by itself lets somebody listen into the room: nobody gets that by calling himself a friend.
    pub(super) fn answer_by_itself(&mut self, who: &str, how: AutoAnswer) -> Result<Response, DeskError> {
        let contact = self.find(who)?;
        match how {
            AutoAnswer::Voice | AutoAnswer::Video if !contact.verified => Err(DeskError::NotVerified(contact.name)),
            AutoAnswer::Off | AutoAnswer::Voice | AutoAnswer::Video => {
                self.change(who, |contact| contact.auto_answer = how)
            }
        }
    }

    /// Forgets a contact with everything written to and from it.
    pub(super) fn remove(&mut self, who: &str) -> Result<Response, DeskError> {
        let id = self.find(who)?.id();
        self.mailroom.forget(&self.store, id)?;
        let _ = self.store.remove_contact(id)?;
        Ok(Response::Done)
    }

    /// The contact's phone was heard just now.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn heard(&mut self, id: PeerId) -> Result<(), DeskError> {
        Ok(self.store.transact(|change| {
            let Some(contact) = change.contact(id)? else { return Ok(()) };
            // Not worth the disk's time while a call is being made.
            change.may_wait();
            change.put_contact(&Contact { last_seen_ms: clock::unix_ms(), ..contact })
        })?)
    }

    pub(super) fn find(&self, who: &str) -> Result<Contact, DeskError> {
        if who.eq_ignore_ascii_case(echo::NAME) {
            return Err(DeskError::Builtin);
        }
        let mut contacts = self.store.contacts()?;
        // A whole id is never taken for a name, whatever somebody calls himself.
        if let Some(exact) = contacts.iter().position(|contact| contact.id().to_string().eq_ignore_ascii_case(who)) {
            return Ok(contacts.swap_remove(exact));
        }
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

    pub(super) fn change(&mut self, who: &str, edit: impl FnOnce(&mut Contact)) -> Result<Response, DeskError> {
        let mut contact = self.find(who)?;
        edit(&mut contact);
        self.store.put_contact(&contact)?;
        Ok(Response::Done)
    }
}

fn is_link(text: &str) -> bool {
    text.trim().get(..LINK_SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(LINK_SCHEME))
}

fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.trim().to_lowercase()
}
