//! What was written and called, as the desk last told it.
//! Asked for while a screen shows it, and again whenever the view says that something was written.
//! One question is on its way at a time; what it brings replaces everything here.

use std::sync::Arc;

use ahoy_call::{CallRecord, PeerId};
use ahoy_engine::desk::{MessageEntry, Request, Response};
use ahoy_engine::{Command, PhoneError, PhoneHandle, Reply};
use ahoy_media::Slot;
use bevy::prelude::*;
use bevy::tasks::IoTaskPool;

use crate::engine_link::{Link, NewestView};
use crate::phrase::Phrase;
use crate::screens::{Place, Screen};
use crate::toast::Say;
use crate::window::{Step, Wake};

/// Texts of a conversation that are shown: more than anybody scrolls through, few enough to be laid out at once.
const TEXTS_SHOWN: usize = 200;
/// Calls that are shown, of one contact or of all.
const CALLS_SHOWN: usize = 200;

/// The newest texts and calls.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Whose conversation `texts` is.
    pub with: Option<PeerId>,
    /// Its newest texts, newest first.
    pub texts: Vec<MessageEntry>,
    /// The newest calls with anybody, newest first.
    pub calls: Vec<CallRecord>,
}

/// What was asked, and where the answer on its way will lie.
#[derive(Resource, Default)]
struct Clerk {
    asked: Option<(Place, u64)>,
    under_way: Option<Slot<Result<Records, String>>>,
}

async fn ask(phone: PhoneHandle, with: Option<PeerId>) -> Result<Records, PhoneError> {
    let mut records = Records { with, ..Records::default() };
    if let Some(peer) = with {
        let request = Request::Messages { who: peer.to_string(), limit: TEXTS_SHOWN, before: None };
        if let Reply::Desk(Response::Messages(texts)) = phone.ask(Command::Desk(request)).await? {
            records.texts = texts;
        }
    }
    let request = Request::History { limit: CALLS_SHOWN, before: None };
    if let Reply::Desk(Response::History(calls)) = phone.ask(Command::Desk(request)).await? {
        records.calls = calls;
    }
    Ok(records)
}

/// Takes an answer that has arrived, and asks when what is shown is older than what was written.
fn keep_up(
    link: Res<Link>,
    wake: Res<Wake>,
    view: Res<NewestView>,
    place: Res<Place>,
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
    let wanted = (*place, view.0.written);
    if clerk.under_way.is_none() && clerk.asked != Some(wanted) {
        clerk.asked = Some(wanted);
        let (asking, wake) = (ask(link.phone(), place.peer()), wake.clone());
        // The slot wakes the window after the answer lies in it, so that the frame finds it.
        let answer = Slot::with_waker(Arc::new(move || wake.ring()));
        clerk.under_way = Some(answer.clone());
        let put = async move { answer.put(asking.await.map_err(|error| error.to_string())) };
        IoTaskPool::get().spawn(put).detach();
    }
}

/// Keeps the records up to date while they are shown.
pub fn plugin(app: &mut App) {
    let shown = in_state(Screen::Conversation).or_else(in_state(Screen::History));
    let _ = app
        .init_resource::<Records>()
        .init_resource::<Clerk>()
        .add_systems(Update, keep_up.before(Step::Present).run_if(resource_exists::<Link>).run_if(shown));
}
