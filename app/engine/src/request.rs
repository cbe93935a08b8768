//! What can be asked of a desk and what it answers, as plain values in JSON.
//! The command line asks a desk directly, or through the socket of a running phone.
//! Both ways carry the same two types, so that an answer never depends on whether the phone runs.

use ahoy_call::CallRecord;
use ahoy_store::AutoAnswer;
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
    /// Forgets a contact with everything written to and from it; calls stay in the history.
    Remove {
        /// Name, id or id prefix.
        who: String,
    },
    /// Shows a contact first, or no more.
    Favourite {
        /// Name, id or id prefix.
        who: String,
        /// First from now on.
        on: bool,
    },
    /// Lets a contact's calls arrive without a sound, or ring again.
    MuteCalls {
        /// Name, id or id prefix.
        who: String,
        /// Silent from now on.
        on: bool,
    },
    /// Lets a contact's calls be answered by themselves after a few seconds of ringing, or no more; verified contacts only.
    AutoAnswer {
        /// Name, id or id prefix.
        who: String,
        /// With what.
        how: AutoAnswer,
    },
    /// Lists what was written to and from a contact, newest first.
    Messages {
        /// Name, id or id prefix.
        who: String,
        /// At most this many.
        limit: usize,
        /// Only those before this Unix time in milliseconds.
        before: Option<u64>,
    },
    /// Lists the newest message of each contact that has one, newest first.
    Latest {
        /// At most this many.
        limit: usize,
    },
    /// The person has seen a contact's messages: their sender learns it.
    Seen {
        /// Name, id or id prefix.
        who: String,
    },
    /// Puts a text into the outbox.
    Message {
        /// Name, id or id prefix.
        who: String,
        /// At most 16 KiB.
        text: String,
    },
    /// Lists past calls, newest first.
    History {
        /// At most this many.
        limit: usize,
        /// Only calls before this Unix time in milliseconds.
        before: Option<u64>,
        /// Only calls that were missed.
        missed: bool,
        /// Only calls with this contact: name, id or id prefix.
        who: Option<String>,
    },
    /// Looks for a text in the names of contacts and in messages, whatever its case: in the newest
    /// [`crate::desk::SEARCHED`] messages of each contact, in [`crate::desk::SEARCHED_IN_ALL`] altogether.
    Search {
        /// What to look for.
        text: String,
        /// At most so many contacts, and so many messages.
        limit: usize,
    },
    /// Forgets one past call.
    DeleteCall {
        /// Its id, in hexadecimal.
        call: String,
    },
    /// Forgets all past calls.
    ClearHistory,
    /// The person has looked at the missed calls.
    SeenMissed,
    /// Identity and contacts as an encrypted file's content.
    Export {
        /// What opens it again.
        passphrase: String,
    },
    /// Takes over identity and contacts of an exported file.
    Import {
        /// The file's content, in base64.
        content: String,
        /// What it was exported with.
        passphrase: String,
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
        /// Something to be careful about: a known name with another key.
        warning: Option<String>,
    },
    /// To [`Request::Contacts`].
    Contacts(Vec<ContactEntry>),
    /// To [`Request::History`].
    History(Vec<CallRecord>),
    /// To [`Request::Messages`].
    Messages(Vec<MessageEntry>),
    /// To [`Request::Latest`].
    Latest(Vec<FoundMessage>),
    /// To [`Request::Search`].
    Found {
        /// Contacts whose name fits, in the order of the list.
        contacts: Vec<ContactEntry>,
        /// Messages that fit, newest first.
        messages: Vec<FoundMessage>,
    },
    /// To [`Request::Message`].
    Queued {
        /// The message's id, in hexadecimal.
        id: String,
    },
    /// To [`Request::Export`]: the file's content, in base64.
    Exported {
        /// The content.
        content: String,
    },
    /// To [`Request::Import`].
    Imported {
        /// The identity this phone has now.
        id: String,
        /// Contacts that were new here.
        contacts: usize,
    },
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
    /// Shown first.
    pub favourite: bool,
    /// Its calls make no sound.
    pub muted: bool,
    /// Whether its calls are answered by themselves: `off`, `voice` or `video`.
    pub auto_answer: AutoAnswer,
    /// Unix milliseconds when its phone was last heard; 0 for never.
    pub last_seen_ms: u64,
    /// Texts I have not seen.
    pub unread: u32,
}

/// A text as the command line lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageEntry {
    /// Its id, in hexadecimal.
    pub id: String,
    /// I wrote it.
    pub mine: bool,
    /// Unix milliseconds when it was written, by the writer's clock.
    pub at_ms: u64,
    /// What it says.
    pub text: String,
    /// `queued`, `sent`, `delivered` or `read`; of a received one `new` or `seen`.
    pub state: String,
}

/// A message that a search has found, or the newest of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundMessage {
    /// The contact's id.
    pub contact: String,
    /// The contact's name.
    pub name: String,
    /// The message.
    pub message: MessageEntry,
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
