//! Everything that can go wrong with a phone, cut by what its owner can do about it.
//! Clients print the message as it is; the command line turns the variant into an exit code.
//! A message says what, why and what to do.

use ahoy_audio::AudioError;
use ahoy_call::IdError;
use ahoy_camera::CameraError;
use ahoy_mail::MailError;
use ahoy_net::{LinkError, NetError};
use ahoy_store::{BackupError, StoreError};
use thiserror::Error;

/// A wish that the phone could not carry out.
#[derive(Debug, Error)]
pub enum PhoneError {
    /// The desk said no: storage, contacts, settings.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The network said no while the phone was opened.
    #[error(transparent)]
    Net(#[from] NetError),
    /// A microphone or speaker cannot be used as asked.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// A camera or screen file cannot be used as asked.
    #[error(transparent)]
    Camera(#[from] CameraError),
    /// The file for statistics cannot be written.
    #[error("cannot write statistics to {path}: {why}; choose another file with --stats")]
    Stats {
        /// The file.
        path: String,
        /// What the system said.
        why: std::io::Error,
    },
    /// Threads could not be started.
    #[error("the system gives no more threads: {0}; close other programs and try again")]
    Threads(std::io::Error),
    /// One call at a time.
    #[error("a call is going on; end it first")]
    InCall,
    /// There is no call that this could be done to.
    #[error("there is no call to {0}")]
    NoCall(&'static str),
    /// The call is not in a state in which this can be done.
    #[error("this call cannot be {0} now")]
    WrongState(&'static str),
    /// Nothing to swap with.
    #[error("no call is held; say `hold` first")]
    NothingHeld,
    /// The phone to be paired is gone.
    #[error("that phone is not seen on this network any more; ask for its contact link instead")]
    NotNearby,
    /// There is nothing to compare.
    #[error("no emoji are compared now; begin with the contact's page or `contacts compare WHO`")]
    NothingCompared,
    /// The phone is closing.
    #[error("the phone is closing")]
    Closed,
    /// More commands than the driver can take.
    #[error("the phone is busy; try again in a moment")]
    Full,
}

/// A request that the desk could not answer.
#[derive(Debug, Error)]
pub enum DeskError {
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The link cannot be used.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The letter cannot be sent.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The backup cannot be made or opened.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The file is no backup.
    #[error("this is no file that `ahoy export` wrote; give that file")]
    NotABackup,
    /// No call of the history has this id.
    #[error("no past call has the id {0}; `ahoy history --json` lists them")]
    UnknownCall(String),
    /// It is my own link.
    #[error("this is your own contact link; ask the other person for theirs")]
    OwnLink,
    /// Nobody is called that.
    #[error(
        "no contact is called or has an id that begins with '{0}'; see `ahoy contacts`, or add one with `ahoy add LINK`"
    )]
    Unknown(String),
    /// Several contacts fit.
    #[error("'{who}' fits {count} contacts; give more of the id, see `ahoy contacts`")]
    Ambiguous {
        /// What was asked for.
        who: String,
        /// How many fit.
        count: usize,
    },
    /// The name is taken by another contact.
    #[error("another contact is already called '{0}'; choose another name with --name")]
    NameTaken(String),
    /// The name cannot be used.
    #[error("'{0}' cannot be a name: 1 to 128 bytes, no control characters, not 'echo', not a link")]
    BadName(String),
    /// The contact is blocked.
    #[error("'{0}' is blocked, and no answer would come through; unblock this contact first")]
    Blocked(String),
    /// Only verified contacts may be answered by themselves.
    #[error("'{0}' is not verified; compare emoji or safety words first, then its calls may be answered by themselves")]
    NotVerified(String),
    /// It is built in.
    #[error("Echo is built in: it can be called, not changed")]
    Builtin,
    /// More work than the disk keeps up with.
    #[error("the phone is busy; try again in a moment")]
    Busy,
    /// An id that is none.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The phone is closing.
    #[error("the phone is closing")]
    Closed,
}

/// A setting that does not exist or cannot take a value.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SettingError {
    /// There is no such setting.
    #[error("there is no setting '{key}'; `ahoy settings` lists them")]
    Unknown {
        /// The key asked for.
        key: String,
    },
    /// The setting does not take this value.
    #[error("'{value}' is no value for '{key}': {about}")]
    Value {
        /// The key.
        key: String,
        /// The value asked for.
        value: String,
        /// What it takes.
        about: &'static str,
    },
}
