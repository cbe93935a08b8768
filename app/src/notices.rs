//! What the engine wants a person to know, in the person's language.
//! Toasts say it; the kind decides the sentence, and every sentence says what to do where something can be done.
//! Details in English stand behind the sentence only where no sentence of ours knows better.

use ahoy_engine::notice::{Device, NoticeKind, Refusal};
use ahoy_engine::{PhoneError, VerifyError};

use crate::phrase::Phrase;
use crate::say;
use crate::screens::Place;

/// The sentence of a notice.
#[must_use]
pub fn sentence(kind: &NoticeKind) -> Phrase {
    match kind {
        NoticeKind::Refused { refusal, why } => refused(refusal, why),
        NoticeKind::DeviceFailed { device, why } => device_failed(*device, why),
        NoticeKind::DeviceBack(device) => device_back(*device),
        NoticeKind::Message(person) => say!("notices-message", name = &person.name),
        NoticeKind::CalledMeanwhile(person) => say!("notices-called-meanwhile", name = &person.name),
        NoticeKind::Unreachable { person, .. } => say!("notices-unreachable", name = &person.name),
        NoticeKind::TurnedAway { person, .. } => say!("notices-turned-away", name = &person.name),
        NoticeKind::Unreadable { person, .. } => say!("notices-unreadable", name = &person.name),
        NoticeKind::NewInstallation(person) => say!("notices-new-installation", name = &person.name),
        NoticeKind::CompareAsked(person) => say!("notices-compare-asked", name = &person.name),
        NoticeKind::CompareAbsent(person) => say!("notices-compare-absent", name = &person.name),
        NoticeKind::CompareFailed { person, why } => compare_failed(&person.name, *why),
        NoticeKind::Knock => say!("notices-knock"),
        NoticeKind::PairTold => say!("notices-pair-told"),
        NoticeKind::PairClosed => say!("notices-pair-closed"),
        NoticeKind::PairAbsent => say!("notices-pair-absent"),
        NoticeKind::OtherKey { name, .. } => say!("notices-other-key", name = name),
        NoticeKind::CallFailed { why } => detailed(say!("notices-call-failed"), why),
        NoticeKind::NotRecorded { why } => detailed(say!("notices-not-recorded"), why),
    }
}

/// What a failed wish says.
#[must_use]
pub fn failure(error: &PhoneError) -> Phrase {
    refused(&Refusal::from(error), &error.to_string())
}

/// Whether the person sees it without being told: a message in the conversation that is open, a knock beside the button
/// that answers it.
#[must_use]
pub fn seen_at(kind: &NoticeKind, place: Place) -> bool {
    match kind {
        NoticeKind::Message(person) => place == Place::Conversation(person.id),
        NoticeKind::Knock => place == Place::Pairing,
        NoticeKind::Refused { .. }
        | NoticeKind::DeviceFailed { .. }
        | NoticeKind::DeviceBack(_)
        | NoticeKind::CalledMeanwhile(_)
        | NoticeKind::Unreachable { .. }
        | NoticeKind::TurnedAway { .. }
        | NoticeKind::Unreadable { .. }
        | NoticeKind::NewInstallation(_)
        | NoticeKind::CompareAsked(_)
        | NoticeKind::CompareAbsent(_)
        | NoticeKind::CompareFailed { .. }
        | NoticeKind::PairTold
        | NoticeKind::PairClosed
        | NoticeKind::PairAbsent
        | NoticeKind::OtherKey { .. }
        | NoticeKind::CallFailed { .. }
        | NoticeKind::NotRecorded { .. } => false,
    }
}

fn detailed(words: Phrase, why: &str) -> Phrase {
    Phrase::joined(vec![words, Phrase::verbatim(why)], " ")
}

fn refused(refusal: &Refusal, why: &str) -> Phrase {
    match refusal {
        Refusal::InCall => say!("notices-in-call"),
        Refusal::NoCall | Refusal::NotNow => say!("notices-not-now"),
        Refusal::NothingHeld => say!("notices-nothing-held"),
        Refusal::NothingCompared => say!("notices-nothing-compared"),
        Refusal::NotNearby => say!("notices-not-nearby"),
        Refusal::Unknown(name) => say!("notices-unknown", name = name),
        Refusal::Ambiguous(name) => say!("notices-ambiguous", name = name),
        Refusal::Blocked(name) => say!("notices-blocked", name = name),
        Refusal::NotVerified(name) => say!("notices-not-verified", name = name),
        Refusal::NameTaken(name) => say!("notices-name-taken", name = name),
        Refusal::BadName(_) => say!("notices-bad-name"),
        Refusal::OwnLink => say!("candidate-own-link"),
        Refusal::BadLink => say!("notices-bad-link"),
        Refusal::BadMessage => detailed(say!("notices-bad-message"), why),
        Refusal::BadSetting => say!("notices-bad-setting"),
        Refusal::Storage => detailed(say!("notices-storage"), why),
        Refusal::Busy => say!("notices-busy"),
        Refusal::Closing => say!("notices-closing"),
        Refusal::Other => detailed(say!("notices-other"), why),
    }
}

fn device_failed(device: Device, why: &str) -> Phrase {
    let words = match device {
        Device::Microphone => say!("notices-microphone-failed"),
        Device::Speaker => say!("notices-speaker-failed"),
        Device::Camera => say!("notices-camera-failed"),
        Device::Screen => say!("notices-screen-failed"),
    };
    detailed(words, why)
}

fn device_back(device: Device) -> Phrase {
    match device {
        Device::Microphone => say!("notices-microphone-back"),
        Device::Speaker => say!("notices-speaker-back"),
        Device::Camera => say!("notices-camera-back"),
        Device::Screen => say!("notices-screen-back"),
    }
}

fn compare_failed(name: &str, why: VerifyError) -> Phrase {
    match why {
        VerifyError::Different | VerifyError::Broken => say!("notices-compare-different", name = name),
        VerifyError::Connection | VerifyError::Timeout | VerifyError::Restarted | VerifyError::Cancelled => {
            say!("notices-compare-failed", name = name)
        }
    }
}

#[cfg(test)]
mod tests {
    use ahoy_call::PeerId;
    use ahoy_engine::notice::Person;

    use super::*;
    use crate::language::Language;

    fn ann() -> Person {
        Person { id: PeerId([1; 32]), name: "Ann".to_owned() }
    }

    #[test]
    fn a_message_is_not_told_to_whoever_reads_it() {
        let message = NoticeKind::Message(ann());
        assert!(seen_at(&message, Place::Conversation(PeerId([1; 32]))));
        assert!(!seen_at(&message, Place::Conversation(PeerId([2; 32]))));
        assert!(!seen_at(&message, Place::Contacts));
        assert!(seen_at(&NoticeKind::Knock, Place::Pairing) && !seen_at(&NoticeKind::Knock, Place::Contacts));
    }

    #[test]
    fn a_notice_says_who_it_is_about_and_what_was_in_the_way() {
        let says = |kind: &NoticeKind| Language::default().say(&sentence(kind));
        assert_eq!(says(&NoticeKind::Message(ann())), "Ann sent you a message.");
        let failed = NoticeKind::DeviceFailed { device: Device::Camera, why: "it is busy".to_owned() };
        assert!(says(&failed).ends_with("it is busy"), "{}", says(&failed));
        assert_eq!(failure(&PhoneError::InCall), say!("notices-in-call"));
    }
}
