//! What was written and called, as the desk last told it.
//! Screens say what they want of it in `Interest`; it is asked for while they show it, and again after every change.
//! One question is on its way at a time and holds only what is not known yet; what it brings replaces what was here.

use std::sync::Arc;

use ahoy_call::{CallRecord, PeerId};
use ahoy_engine::desk::{FoundMessage, MessageEntry, Request, Response};
use ahoy_engine::{Command, PhoneError, PhoneHandle, Reply};
use ahoy_media::Slot;
use bevy::prelude::*;
use bevy::tasks::IoTaskPool;

use crate::engine_link::{Link, NewestView};
use crate::phrase::Phrase;
use crate::screens::{Place, Side};
use crate::toast::Say;
use crate::window::{Step, Wake};

/// Entries that are asked for at once: more than a screen shows, few enough to be laid out in one frame.
pub const PAGE: usize = 100;
/// Entries that are shown at once at most; who goes further back leaves the newest behind.
pub const MOST: usize = 600;
/// Newest calls that the list of people looks at: who is not among them was not called lately.
const RECENT_CALLS: usize = 500;
/// The last words of so many people are told in the list; those without stand after them, by name.
const LATEST: usize = 1_000;
/// Texts that a search shows.
const FOUND: usize = 50;
/// Fewer letters fit almost everything.
const LEAST_LETTERS: usize = 2;

/// A stretch of something that is listed newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// At most this many.
    pub limit: usize,
    /// Only what was before this Unix time in milliseconds.
    pub before: Option<u64>,
}

impl Default for Stretch {
    fn default() -> Self {
        Self { limit: PAGE, before: None }
    }
}

impl Stretch {
    /// Goes further back than `oldest_ms`: the stretch grows, or moves on when it has grown enough.
    pub fn go_back(&mut self, oldest_ms: u64) {
        if self.limit < MOST {
            self.limit += PAGE;
        } else {
            *self = Self { limit: PAGE, before: Some(oldest_ms) };
        }
    }
}

/// Which calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Calls {
    /// All of them.
    #[default]
    All,
    /// Those that nobody took here.
    Missed,
    /// Those with one contact.
    With(PeerId),
}

/// What the screens want to show.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// Of the conversation.
    pub texts: Stretch,
    /// Of the past calls.
    pub calls: Stretch,
    /// Which past calls.
    pub filter: Calls,
    /// What is looked for among people and texts.
    pub search: String,
}

/// What is known.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// The newest text of everybody who has one, newest first.
    pub latest: Vec<FoundMessage>,
    /// The newest calls with anybody, newest first.
    pub recent: Vec<CallRecord>,
    /// Whose conversation `texts` is.
    pub with: Option<PeerId>,
    /// A stretch of it, newest first.
    pub texts: Vec<MessageEntry>,
    /// Which calls `calls` are.
    pub which: Calls,
    /// A stretch of them, newest first.
    pub calls: Vec<CallRecord>,
    /// Texts in which the search found its words, newest first.
    pub found: Vec<FoundMessage>,
}

/// What is asked; the number is that of the last change, as the view tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Questions {
    people: Option<u64>,
    texts: Option<(PeerId, Stretch, u64)>,
    calls: Option<(Calls, Stretch, u64)>,
    search: Option<(String, u64)>,
}

impl Questions {
    fn of(place: Place, side: Side, interest: &Interest, written: u64) -> Self {
        let listed = side != Side::Hidden;
        let letters = interest.search.trim();
        let search = listed && letters.chars().count() >= LEAST_LETTERS;
        let (texts, calls) = match place {
            Place::Conversation(peer) => {
                (Some((peer, interest.texts, written)), Some((Calls::With(peer), interest.texts, written)))
            }
            Place::History => (None, Some((interest.filter, interest.calls, written))),
            Place::Contacts | Place::Contact(_) | Place::Pairing | Place::Settings(_) | Place::FirstRun(_) => {
                (None, None)
            }
        };
        Self { people: listed.then_some(written), texts, calls, search: search.then(|| (letters.to_owned(), written)) }
    }

    /// Those that `asked` does not hold.
    fn except(&self, asked: &Self) -> Self {
        fn new<T: Clone + PartialEq>(now: &Option<T>, before: &Option<T>) -> Option<T> {
            now.clone().filter(|_| now != before)
        }
        Self {
            people: new(&self.people, &asked.people),
            texts: new(&self.texts, &asked.texts),
            calls: new(&self.calls, &asked.calls),
            search: new(&self.search, &asked.search),
        }
    }
}

/// What was asked, and where the answer on its way will lie: what is known then.
#[derive(Resource, Default)]
struct Clerk {
    asked: Questions,
    under_way: Option<Slot<Result<Records, String>>>,
}

async fn desk(phone: &PhoneHandle, request: Request) -> Result<Option<Response>, PhoneError> {
    match phone.ask(Command::Desk(request)).await? {
        Reply::Desk(response) => Ok(Some(response)),
        Reply::Done | Reply::Call(_) | Reply::Stats(_) => Ok(None),
    }
}

async fn ask(phone: PhoneHandle, questions: Questions, mut known: Records) -> Result<Records, PhoneError> {
    if questions.people.is_some() {
        if let Some(Response::Latest(latest)) = desk(&phone, Request::Latest { limit: LATEST }).await? {
            known.latest = latest;
        }
        let request = Request::History { limit: RECENT_CALLS, before: None, missed: false, who: None };
        if let Some(Response::History(recent)) = desk(&phone, request).await? {
            known.recent = recent;
        }
    }
    if let Some((peer, Stretch { limit, before }, _)) = questions.texts {
        let request = Request::Messages { who: peer.to_string(), limit, before };
        if let Some(Response::Messages(texts)) = desk(&phone, request).await? {
            (known.with, known.texts) = (Some(peer), texts);
        }
    }
    if let Some((which, Stretch { limit, before }, _)) = questions.calls {
        let (missed, who) = match which {
            Calls::All => (false, None),
            Calls::Missed => (true, None),
            Calls::With(peer) => (false, Some(peer.to_string())),
        };
        if let Some(Response::History(calls)) = desk(&phone, Request::History { limit, before, missed, who }).await? {
            (known.which, known.calls) = (which, calls);
        }
    }
    if let Some((text, _)) = questions.search
        && let Some(Response::Found { messages, .. }) = desk(&phone, Request::Search { text, limit: FOUND }).await?
    {
        known.found = messages;
    }
    Ok(known)
}

/// Takes an answer that has arrived, and asks when what is shown is older than what was written.
fn keep_up(
    (link, wake): (Res<Link>, Res<Wake>),
    (view, place, side, interest): (Res<NewestView>, Res<Place>, Res<State<Side>>, Res<Interest>),
    mut clerk: ResMut<Clerk>,
    mut records: ResMut<Records>,
    mut say: MessageWriter<Say>,
) {
    let clerk = clerk.bypass_change_detection();
    if let Some(answer) = clerk.under_way.as_ref().and_then(Slot::take) {
        clerk.under_way = None;
        match Arc::unwrap_or_clone(answer) {
            Ok(newest) => drop(records.set_if_neq(newest)),
            Err(error) => drop(say.write(Say(Phrase::verbatim(error)))),
        }
    }
    let questions = Questions::of(*place, *side.get(), &interest, view.0.written);
    let new = questions.except(&clerk.asked);
    if clerk.under_way.is_none() && questions != clerk.asked {
        clerk.asked = questions;
        if new == Questions::default() {
            return;
        }
        let (asking, wake) = (ask(link.phone(), new, records.clone()), wake.clone());
        // The slot wakes the window after the answer lies in it, so that the frame finds it.
        let answer = Slot::with_waker(Arc::new(move || wake.ring()));
        clerk.under_way = Some(answer.clone());
        let put = async move { answer.put(asking.await.map_err(|error| error.to_string())) };
        IoTaskPool::get().spawn(put).detach();
    }
}

/// Keeps the records up to date while they are shown.
pub fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Records>()
        .init_resource::<Interest>()
        .init_resource::<Clerk>()
        .add_systems(Update, keep_up.before(Step::Present).run_if(resource_exists::<Link>));
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: PeerId = PeerId([1; 32]);

    #[test]
    fn only_what_is_not_known_is_asked() {
        let interest = Interest { search: "to".to_owned(), ..Interest::default() };
        let first = Questions::of(Place::Conversation(ADA), Side::Beside, &interest, 7);
        assert_eq!(first.except(&Questions::default()), first);
        assert_eq!(first.except(&first), Questions::default());
        let further = Interest { search: "tor".to_owned(), ..interest.clone() };
        let second = Questions::of(Place::Conversation(ADA), Side::Beside, &further, 7);
        let search = Some(("tor".to_owned(), 7));
        assert_eq!(second.except(&first), Questions { search, ..Questions::default() });
        let written = Questions::of(Place::Conversation(ADA), Side::Beside, &interest, 8);
        assert_eq!(written.except(&first), written, "a change may be anywhere");
    }

    #[test]
    fn a_list_that_is_not_up_is_not_asked_for() {
        let interest = Interest { search: "to".to_owned(), ..Interest::default() };
        let questions = Questions::of(Place::History, Side::Hidden, &interest, 1);
        let calls = Some((Calls::All, Stretch::default(), 1));
        assert_eq!(questions, Questions { calls, ..Questions::default() });
    }

    #[test]
    fn going_back_grows_what_is_shown_and_then_leaves_the_newest() {
        let mut stretch = Stretch::default();
        let steps = (MOST - PAGE) / PAGE;
        (0..steps).for_each(|_| stretch.go_back(5));
        assert_eq!(stretch, Stretch { limit: MOST, before: None });
        stretch.go_back(5);
        assert_eq!(stretch, Stretch { limit: PAGE, before: Some(5) });
    }
}
