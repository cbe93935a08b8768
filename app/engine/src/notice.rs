//! What a person should know without having asked: typed, so that a window can say it in the person's language.
//! The driver makes them, the view carries the newest; the command line prints their English text.
//! A kind carries what its sentence needs, and nothing of a conversation that others could read off the screen.

use std::fmt;

use ahoy_call::PeerId;
use ahoy_mail::verify::VerifyError;

use crate::error::{DeskError, PhoneError};

/// One thing to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Tells one from the next, also where they say the same.
    pub number: u64,
    /// What it is about.
    pub kind: NoticeKind,
    /// The same in English, in one line.
    pub text: String,
}

impl Notice {
    /// The notice of this number.
    #[must_use]
    pub fn new(number: u64, kind: NoticeKind) -> Self {
        let text = kind.to_string();
        Self { number, kind, text }
    }
}

/// A device of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Device {
    /// Hears me.
    Microphone,
    /// Says what they say.
    Speaker,
    /// Sees me.
    Camera,
    /// The file that pictures are written to.
    Screen,
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Microphone => "microphone",
            Self::Speaker => "speaker",
            Self::Camera => "camera",
            Self::Screen => "screen",
        })
    }
}

/// A person that a notice is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The other phone.
    pub id: PeerId,
    /// What it is called here.
    pub name: String,
}

/// What a notice is about. `why` is English, for whoever wants to know more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// A wish could not be carried out.
    Refused {
        /// The reason, as far as a person can do something about it.
        refusal: Refusal,
        /// The whole reason.
        why: String,
    },
    /// A device is not there or failed; the call goes on without it.
    DeviceFailed {
        /// Which.
        device: Device,
        /// Why, and what to do.
        why: String,
    },
    /// A device that had failed works again.
    DeviceBack(Device),
    /// A message came.
    Message(Person),
    /// A call came while this phone was off or without a network.
    CalledMeanwhile(Person),
    /// The phone that is called does not answer.
    Unreachable {
        /// Whose.
        person: Person,
        /// What the network said.
        why: String,
    },
    /// The phone that is called answers, and takes no calls of this one.
    TurnedAway {
        /// Whose.
        person: Person,
        /// What it said.
        why: String,
    },
    /// The other phone cannot read what this one writes.
    Unreadable {
        /// Whose.
        person: Person,
        /// What it said.
        why: String,
    },
    /// A contact's phone has new keys for messages.
    NewInstallation(Person),
    /// A contact wants to compare emoji.
    CompareAsked(Person),
    /// A contact with whom emoji are to be compared is not there.
    CompareAbsent(Person),
    /// A comparison proved nothing.
    CompareFailed {
        /// With whom.
        person: Person,
        /// Why.
        why: VerifyError,
    },
    /// A phone that is no contact wants to pair.
    Knock,
    /// The phone that was added knows of it, and has to add this one.
    PairTold,
    /// The phone that was added is not open for pairing, and has to add this one.
    PairClosed,
    /// The phone that was added is not there, and has to add this one.
    PairAbsent,
    /// The phone that was added calls itself like a contact and is another one.
    OtherKey {
        /// What it is called here now.
        name: String,
        /// The whole warning.
        why: String,
    },
    /// A call could not begin on this side.
    CallFailed {
        /// What was in the way.
        why: String,
    },
    /// A call is missing in the history.
    NotRecorded {
        /// What the store said.
        why: String,
    },
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { why, .. }
            | Self::Unreachable { why, .. }
            | Self::TurnedAway { why, .. }
            | Self::OtherKey { why, .. }
            | Self::CallFailed { why } => f.write_str(why),
            Self::DeviceFailed { device, why } => write!(f, "{device}: {why}"),
            Self::DeviceBack(device) => write!(f, "{device}: it works again"),
            // What it says is for whoever opens the conversation.
            Self::Message(Person { name, .. }) => write!(f, "{name} sent you a message"),
            Self::CalledMeanwhile(Person { name, .. }) => {
                write!(f, "{name} called while this phone could not be reached")
            }
            Self::Unreadable { person, why } => write!(f, "{}: {why}", person.name),
            Self::NewInstallation(Person { name, .. }) => {
                write!(f, "{name} has a new installation or was restored; compare safety words")
            }
            Self::CompareAsked(Person { name, .. }) => write!(f, "{name} wants to compare emoji with you"),
            Self::CompareAbsent(Person { name, .. }) => {
                write!(f, "{name} cannot be reached; both phones must run to compare emoji")
            }
            Self::CompareFailed { person, why } => write!(f, "{} is NOT verified: {why}", person.name),
            Self::Knock => f.write_str("another phone wants to pair with this one"),
            Self::PairTold => f.write_str("the other phone was told; its person still has to add this one"),
            Self::PairClosed => {
                f.write_str("added; the other phone must add this one too: open its screen for adding people")
            }
            Self::PairAbsent => f.write_str("added; the other phone cannot be reached now, and must add this one too"),
            Self::NotRecorded { why } => write!(f, "the call was not written to the history: {why}"),
        }
    }
}

/// Why a wish was not carried out, cut by what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A call goes on; it has to end first.
    InCall,
    /// There is no call that this could be done to.
    NoCall,
    /// The call is not in a state in which this can be done.
    NotNow,
    /// No call is held.
    NothingHeld,
    /// No emoji are compared.
    NothingCompared,
    /// The phone to be paired is not seen any more.
    NotNearby,
    /// Nobody is called that.
    Unknown(String),
    /// Several contacts fit.
    Ambiguous(String),
    /// The contact is blocked.
    Blocked(String),
    /// The contact is not verified.
    NotVerified(String),
    /// Another contact has this name.
    NameTaken(String),
    /// This cannot be a name.
    BadName(String),
    /// The link is one's own.
    OwnLink,
    /// The link cannot be used.
    BadLink,
    /// The text cannot be sent, or too many wait.
    BadMessage,
    /// A setting does not take this value.
    BadSetting,
    /// The disk, or what is on it.
    Storage,
    /// The phone has too much to do; again in a moment.
    Busy,
    /// The phone is closing.
    Closing,
    /// Something else: the text says what.
    Other,
}

impl From<&PhoneError> for Refusal {
    fn from(error: &PhoneError) -> Self {
        match error {
            PhoneError::Desk(error) => Self::from(error),
            PhoneError::InCall => Self::InCall,
            PhoneError::NoCall(_) => Self::NoCall,
            PhoneError::WrongState(_) => Self::NotNow,
            PhoneError::NothingHeld => Self::NothingHeld,
            PhoneError::NotNearby => Self::NotNearby,
            PhoneError::NothingCompared => Self::NothingCompared,
            PhoneError::Closed => Self::Closing,
            PhoneError::Full => Self::Busy,
            PhoneError::Net(_)
            | PhoneError::Audio(_)
            | PhoneError::Camera(_)
            | PhoneError::Stats { .. }
            | PhoneError::Threads(_) => Self::Other,
        }
    }
}

impl From<&DeskError> for Refusal {
    fn from(error: &DeskError) -> Self {
        match error {
            DeskError::Store(_) => Self::Storage,
            DeskError::Link(_) => Self::BadLink,
            DeskError::Setting(_) => Self::BadSetting,
            DeskError::Mail(_) => Self::BadMessage,
            DeskError::OwnLink => Self::OwnLink,
            DeskError::Unknown(who) => Self::Unknown(who.clone()),
            DeskError::Ambiguous { who, .. } => Self::Ambiguous(who.clone()),
            DeskError::NameTaken(name) => Self::NameTaken(name.clone()),
            DeskError::BadName(name) => Self::BadName(name.clone()),
            DeskError::Blocked(name) => Self::Blocked(name.clone()),
            DeskError::NotVerified(name) => Self::NotVerified(name.clone()),
            DeskError::Busy => Self::Busy,
            DeskError::Closed => Self::Closing,
            DeskError::Backup(_)
            | DeskError::NotABackup
            | DeskError::UnknownCall(_)
            | DeskError::Builtin
            | DeskError::Id(_) => Self::Other,
        }
    }
}

impl From<PhoneError> for NoticeKind {
    fn from(error: PhoneError) -> Self {
        Self::Refused { refusal: Refusal::from(&error), why: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_in_english_what_its_kind_says() {
        let ann = Person { id: PeerId([1; 32]), name: "Ann".into() };
        for (kind, text) in [
            (NoticeKind::DeviceBack(Device::Microphone), "microphone: it works again"),
            (NoticeKind::Message(ann.clone()), "Ann sent you a message"),
            (NoticeKind::from(PhoneError::InCall), "a call is going on; end it first"),
            (
                NoticeKind::CompareFailed { person: ann, why: VerifyError::Cancelled },
                "Ann is NOT verified: the verification was cancelled",
            ),
        ] {
            assert_eq!(Notice::new(1, kind.clone()), Notice { number: 1, kind, text: text.into() });
        }
    }

    #[test]
    fn a_refusal_names_who_and_what_it_is_about() {
        let of = |error: DeskError| Refusal::from(&PhoneError::from(error));
        assert_eq!(of(DeskError::Unknown("bob".into())), Refusal::Unknown("bob".into()));
        assert_eq!(of(DeskError::Ambiguous { who: "b".into(), count: 2 }), Refusal::Ambiguous("b".into()));
        assert_eq!(of(DeskError::Busy), Refusal::Busy);
        assert_eq!(Refusal::from(&PhoneError::Full), Refusal::Busy);
    }
}
