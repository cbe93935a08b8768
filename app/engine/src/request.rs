//! What can be asked of a desk and what it answers, as plain values in JSON.
//! The command line asks a desk directly, or through the socket of a running phone.
//! Both ways carry the same two types, so that an answer never depends on whether the phone runs.

use ahoy_call::CallRecord;
use serde::{Deserialize, Serialize};

/// What can be asked of a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// My id and link.
    Id,
    /// Adds a contact from a link.
    Add {
        /// The link.
        link: String,
        /// The name to give; the link's own name when there is none.
        name: Option<String>,
    },
    /// Lists the contacts.
    Contacts,
    /// Gives a contact another name.
    Rename {
        /// Name, id or id prefix.
        who: String,
        /// The new name.
        name: String,
    },
    /// Marks a contact as verified.
    Verify {
        /// Name, id or id prefix.
        who: String,
    },
    /// Never lets a contact ring again.
    Block {
        /// Name, id or id prefix.
        who: String,
    },
    /// Lets a blocked contact ring again.
    Unblock {
        /// Name, id or id prefix.
        who: String,
    },
    /// Forgets a contact.
    Remove {
        /// Name, id or id prefix.
        who: String,
    },
    /// Lists past calls, newest first.
    History {
        /// At most this many.
        limit: usize,
        /// Only calls before this Unix time in milliseconds.
        before: Option<u64>,
    },
    /// Lists the settings with value and meaning.
    Settings,
    /// Changes a setting for good.
    Set {
        /// Its key.
        key: String,
        /// Its new value.
        value: String,
    },
    /// Checks devices, network, clock and storage.
    Doctor,
}

/// What a desk answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// To [`Request::Id`].
    Id {
        /// My id.
        id: String,
        /// My contact link.
        link: String,
    },
    /// To [`Request::Add`].
    Added {
        /// The contact's id.
        id: String,
        /// The name it got.
        name: String,
        /// Safety words of the two identity keys.
        words: String,
    },
    /// To [`Request::Contacts`].
    Contacts(Vec<ContactEntry>),
    /// To [`Request::History`].
    History(Vec<CallRecord>),
    /// To [`Request::Settings`].
    Settings(Vec<SettingEntry>),
    /// To [`Request::Doctor`].
    Doctor(Vec<Check>),
    /// Carried out; there is nothing to say.
    Done,
}

/// A contact as the command line lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactEntry {
    /// The identity endpoint's id.
    pub id: String,
    /// The name I gave.
    pub name: String,
    /// I compared the safety words.
    pub verified: bool,
    /// Never rings.
    pub blocked: bool,
}

/// A setting as the command line lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingEntry {
    /// Its key, as `-o` takes it.
    pub key: String,
    /// Its value now.
    pub value: String,
    /// What it does, and what values it takes.
    pub about: String,
}

/// One check of the doctor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at.
    pub check: String,
    /// Whether it is well.
    pub ok: bool,
    /// What was found, and what to do when it is not well.
    pub advice: String,
}
