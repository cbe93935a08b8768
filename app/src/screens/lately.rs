//! The last thing with everybody: what was written or called, when, and what was missed.
//! Computed from the records for the list of people, which it puts in order and describes.
//! Nothing is remembered here that the records would not bring again.

use std::cmp::Reverse;

use ahoy_call::{CallRecord, PeerId};
use ahoy_engine::ContactView;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;

use crate::call_words;
use crate::engine_link::NewestView;
use crate::moments;
use crate::phrase::Phrase;
use crate::records::Records;
use crate::say;
use crate::theme::Paint;
use crate::window::Step;

/// Characters of a text that a line of a list may show.
const SNIPPET: usize = 90;

/// The last thing with somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Last {
    Text { at_ms: u64, mine: bool, words: String },
    Call(CallRecord),
}

impl Last {
    const fn at_ms(&self) -> u64 {
        match self {
            Self::Text { at_ms, .. } => *at_ms,
            Self::Call(call) => call.timestamp,
        }
    }

    fn words(&self) -> Phrase {
        match self {
            Self::Text { mine: true, words, .. } => say!("lately-you-wrote", words = words),
            Self::Text { mine: false, words, .. } => Phrase::verbatim(words),
            Self::Call(call) => call_words::kind(call),
        }
    }
}

/// The last thing with everybody.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lately {
    last: HashMap<PeerId, Last>,
    missed: HashMap<PeerId, u32>,
}

impl Lately {
    /// `missed` is how many missed calls nobody has looked at; they are the newest of the missed ones.
    fn of(records: &Records, missed: u32) -> Self {
        let mut lately = Self::default();
        let mut later = |peer, last: Last| {
            let known = lately.last.get(&peer).map_or(0, Last::at_ms);
            if last.at_ms() >= known {
                let _ = lately.last.insert(peer, last);
            }
        };
        // Newest first: the first one of each counts, so the others are passed in the other order.
        for call in records.recent.iter().rev() {
            later(call.peer, Last::Call(call.clone()));
        }
        for found in &records.latest {
            let Ok(peer) = found.contact.parse::<PeerId>() else { continue };
            let (at_ms, mine, words) = (found.message.at_ms, found.message.mine, snippet(&found.message.text));
            later(peer, Last::Text { at_ms, mine, words });
        }
        let unseen = records.recent.iter().filter(|call| call_words::missed(call));
        for call in unseen.take(missed as usize) {
            *lately.missed.entry(call.peer).or_default() += 1;
        }
        lately
    }

    /// Missed calls of a contact that nobody has looked at.
    pub(super) fn missed(&self, peer: PeerId) -> u32 {
        self.missed.get(&peer).copied().unwrap_or_default()
    }

    /// Puts contacts in order: favourites, then whoever was heard or written to last, then Echo, then the others as they
    /// come.
    pub(super) fn sort(&self, contacts: &mut [&ContactView]) {
        let last = |contact: &ContactView| Reverse(self.last.get(&contact.id).map_or(0, Last::at_ms));
        contacts.sort_by_key(|contact| (!contact.favourite, last(contact), !contact.builtin));
    }

    /// The line under a contact's name.
    pub(super) fn about(&self, contact: &ContactView, now_ms: u64) -> (Phrase, Paint) {
        if contact.typing {
            return (say!("contacts-writing"), Paint::AccentText);
        }
        if contact.blocked {
            return (say!("contacts-blocked"), Paint::TextQuiet);
        }
        if let Some(last) = self.last.get(&contact.id) {
            let ink = match last {
                Last::Call(call) if call_words::missed(call) => Paint::AccentText,
                Last::Call(_) | Last::Text { .. } => Paint::TextQuiet,
            };
            return (Phrase::joined(vec![moments::short(now_ms, last.at_ms()), last.words()], " · "), ink);
        }
        let words = match (contact.builtin, contact.muted, contact.verified) {
            (true, ..) => say!("contacts-echo"),
            (false, true, _) => say!("contacts-silent"),
            (false, false, true) => say!("contacts-verified"),
            (false, false, false) => say!("contacts-not-verified"),
        };
        (words, Paint::TextQuiet)
    }
}

/// The beginning of a text in one line.
pub(super) fn snippet(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SNIPPET) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn compute(view: Res<NewestView>, records: Res<Records>, mut lately: ResMut<Lately>) {
    let _ = lately.set_if_neq(Lately::of(&records, view.0.missed));
}

pub(super) fn plugin(app: &mut App) {
    let changed = resource_changed::<NewestView>.or_else(resource_changed::<Records>);
    let _ = app.init_resource::<Lately>().add_systems(Update, compute.before(Step::Present).run_if(changed));
}

#[cfg(test)]
pub(super) mod tests {
    use ahoy_call::{CallId, Direction, EndedReason};
    use ahoy_engine::AutoAnswer;
    use ahoy_engine::desk::{FoundMessage, MessageEntry};

    use super::*;
    use crate::language::Language;

    /// A contact with nothing special about it.
    pub(in crate::screens) fn contact(number: u8) -> ContactView {
        ContactView {
            id: PeerId([number; 32]),
            name: format!("Person {number}"),
            verified: false,
            blocked: false,
            builtin: false,
            favourite: false,
            muted: false,
            auto_answer: AutoAnswer::Off,
            last_seen_ms: 0,
            unread: 0,
            typing: false,
            words: String::new(),
        }
    }

    /// A call that somebody made to this phone and nobody took.
    pub(in crate::screens) fn missed_call(peer: u8, timestamp: u64) -> CallRecord {
        CallRecord {
            call_id: CallId([1; 16]),
            peer: PeerId([peer; 32]),
            direction: Direction::Incoming,
            duration_seconds: 0,
            had_video: false,
            timestamp,
            ended_reason: EndedReason::Missed,
        }
    }

    fn text(peer: u8, at_ms: u64, mine: bool, words: &str) -> FoundMessage {
        let text = words.to_owned();
        let message = MessageEntry { id: String::new(), mine, at_ms, text, state: "sent".to_owned() };
        FoundMessage { contact: PeerId([peer; 32]).to_string(), name: String::new(), message }
    }

    fn order(lately: &Lately, contacts: &[ContactView]) -> Vec<u8> {
        let mut contacts: Vec<&ContactView> = contacts.iter().collect();
        lately.sort(&mut contacts);
        contacts.iter().map(|contact| contact.id.0[0]).collect()
    }

    #[test]
    fn favourites_come_first_then_who_was_heard_last_then_echo() {
        let echo = ContactView { builtin: true, ..contact(1) };
        let favourite = ContactView { favourite: true, ..contact(3) };
        let contacts = [echo, contact(2), favourite, contact(4), contact(5)];
        assert_eq!(order(&Lately::default(), &contacts), [3, 1, 2, 4, 5]);
        let (latest, recent) = (vec![text(5, 30, true, "x")], vec![missed_call(4, 40)]);
        let records = Records { latest, recent, ..Records::default() };
        assert_eq!(order(&Lately::of(&records, 0), &contacts), [3, 4, 5, 1, 2]);
    }

    #[test]
    fn the_newer_of_text_and_call_is_told() {
        let recent = vec![missed_call(1, 50), missed_call(1, 10)];
        let records = Records { latest: vec![text(1, 60, true, "see  you\nthere")], recent, ..Records::default() };
        let about = |records: &Records, contact: &ContactView| {
            Language::default().say(&Lately::of(records, 1).about(contact, 60).0)
        };
        assert_eq!(about(&records, &contact(1)), "now · You: see you there");
        let called = Records { latest: Vec::new(), ..records.clone() };
        assert_eq!(about(&called, &contact(1)), "now · Missed voice call");
        assert_eq!(about(&records, &ContactView { typing: true, ..contact(1) }), "is writing…");
        assert_eq!(about(&records, &contact(2)), "Not verified yet");
    }

    #[test]
    fn only_missed_calls_that_nobody_has_looked_at_are_counted() {
        let recent = vec![missed_call(1, 50), missed_call(2, 40), missed_call(1, 30)];
        let lately = Lately::of(&Records { recent, ..Records::default() }, 2);
        assert_eq!([1, 2, 3].map(|peer| lately.missed(PeerId([peer; 32]))), [1, 1, 0]);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(snippet(&"ä".repeat(SNIPPET)), "ä".repeat(SNIPPET));
        assert_eq!(snippet(&"ä".repeat(SNIPPET + 1)), format!("{}…", "ä".repeat(SNIPPET)));
    }
}
