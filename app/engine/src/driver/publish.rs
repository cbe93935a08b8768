//! What a client sees: the view is built anew from the state machine and the live calls.
//! Called after every event; an equal view wakes nobody, nor do new numbers of a call.
//! Ended calls stay in the view until they are dismissed, or their bound is reached.

use ahoy_call::{Call, CallId, CallState, PeerId};
use tokio::task::JoinError;

use super::Driver;
use crate::clock;
use crate::live::Live;
use crate::measure;
use crate::notice::Person;
use crate::scan::Scanner;
use crate::stats::{self, CallStats};
use crate::view::{CallView, ContactView, View};

/// Ended calls that a client may still look at.
const ENDED_SHOWN: usize = 4;
/// Digits of an id that stand in for a name nobody gave.
const ID_NAME: usize = 8;

impl Driver {
    /// Publishes the view when it changed.
    pub(super) fn publish(&mut self) {
        let mut calls: Vec<CallView> = Vec::new();
        {
            let shown = self.view.borrow();
            // Calls that the state machine has forgotten stay as they were shown last.
            calls.extend(
                shown.calls.iter().filter(|call| self.calls.call(call.id).is_none() && call.state.is_ended()).cloned(),
            );
        }
        calls.extend(self.calls.calls().iter().map(|call| self.show_call(call)));
        calls.retain(|call| !self.dismissed.contains(&call.id));
        // What neither the state machine nor the view remembers cannot come back.
        let remembered = |call: &CallId| self.calls.call(*call).is_some();
        let forgotten: Vec<CallId> = self.dismissed.iter().filter(|call| !remembered(call)).copied().collect();
        let ended = calls.iter().filter(|call| call.state.is_ended()).count();
        let mut surplus = ended.saturating_sub(ENDED_SHOWN);
        calls.retain(|call| {
            let gone = surplus > 0 && call.state.is_ended();
            surplus -= usize::from(gone);
            !gone
        });
        let me = self.snapshot.me.clone();
        let contacts = self.show_contacts();
        let (missed, written, settings) = (self.snapshot.missed, self.written, self.snapshot.settings.clone());
        let (comparison, pairing) = (self.show_comparison(), self.show_pairing());
        let scan = self.scan.as_ref().map(Scanner::show);
        let check = self.testing.as_ref().map(|testing| testing.test.show());
        let listening = self.identity.listening();
        let mut wakes = false;
        let _ = self.view.send_if_modified(|view| {
            let (notices, stopped) = (view.notices.clone(), view.stopped.clone());
            let news = View {
                me,
                listening,
                settings,
                contacts,
                calls,
                missed,
                written,
                comparison,
                pairing,
                scan,
                check,
                notices,
                stopped,
            };
            let changed = news != *view;
            if changed {
                let before = std::mem::replace(view, news);
                wakes = view.differs_beyond_numbers(before);
            }
            changed
        });
        for call in forgotten {
            let _ = self.dismissed.remove(&call);
        }
        if wakes {
            self.wake();
        }
    }

    fn show_call(&self, call: &Call) -> CallView {
        let live = self.live.get(&call.id());
        let known = self.view.borrow().call(call.id()).cloned();
        let slots = live.map(|live| (live.remote_picture.clone(), live.self_picture.clone()));
        let overall = live.map(|live| live.log.overall()).or(known.as_ref().map(|known| known.overall)).flatten();
        let (remote_picture, self_picture) =
            slots.or(known.map(|known| (known.remote_picture, known.self_picture))).unwrap_or_default();
        let duration_seconds = match call.state() {
            CallState::Ended(_) => call.active_since().map(|_| call.active_for(clock::now()).as_secs()),
            CallState::Dialing
            | CallState::Ringing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Active
            | CallState::Reconnecting => None,
        };
        CallView {
            id: call.id(),
            peer: call.peer(),
            name: self.called(call.peer()),
            direction: call.direction(),
            state: call.state(),
            ring: call.ring(),
            answers_itself: self.answers_itself(call),
            held: call.local().held,
            remote_held: call.remote().held,
            decline_text: call.decline_text().map(str::to_owned),
            video_offered: call.remote().video || call.local().video,
            muted: call.local().muted,
            sending_video: call.local().video,
            remote_muted: call.remote().muted,
            remote_video: call.remote().video,
            active_since: call.active_since(),
            duration_seconds,
            remote_picture,
            self_picture,
            stats: live.and_then(|live| live.stats.clone()),
            quality: live.and_then(|live| live.quality),
            overall,
            gives_up: call.gives_up(),
        }
    }

    fn show_contacts(&self) -> Vec<ContactView> {
        let mut contacts = self.snapshot.contacts.clone();
        for contact in &mut contacts {
            contact.typing = self.typing.contains_key(&contact.id);
        }
        contacts
    }

    /// What a person calls this peer.
    pub(super) fn called(&self, peer: PeerId) -> String {
        let known = self.snapshot.contacts.iter().find(|contact| contact.id == peer);
        known.map_or_else(|| peer.to_string()[..ID_NAME].to_owned(), |contact| contact.name.clone())
    }

    pub(super) fn person(&self, peer: PeerId) -> Person {
        Person { id: peer, name: self.called(peer) }
    }

    /// Measures every live call, writes its `stats` line and what is new of its quality, and shows both.
    pub(super) fn measure(&mut self) {
        let at = clock::now();
        let mut lines = Vec::new();
        for (call, live) in &mut self.live {
            let Some((numbers, counts)) = measure::call(live, at) else { continue };
            lines.push((*call, "stats", stats::fields(&numbers)));
            let talks = |call: &Call| call.state() == CallState::Active && !call.is_held();
            if let Some(news) = live.judge(&numbers, counts, self.calls.call(*call).is_some_and(talks)) {
                lines.push((*call, "quality", stats::quality(news)));
            }
            live.stats = Some(numbers);
        }
        for (call, event, fields) in lines {
            if let Some(stats) = &mut self.stats {
                stats.write(at, Some(call), event, fields);
            }
        }
    }

    /// The threads of an ended call have stopped: what they did between the last look and their end counts too.
    pub(super) fn on_closed(&mut self, closed: Result<Option<(CallId, CallStats)>, JoinError>) {
        match closed {
            Ok(Some((call, numbers))) => {
                if let Some(stats) = &mut self.stats {
                    stats.write(clock::now(), Some(call), "stats", stats::fields(&numbers));
                }
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "a call did not close cleanly"),
        }
    }

    /// The newest numbers of the call going on, as a line of JSON.
    pub(super) fn stats_line(&mut self) -> Option<String> {
        self.measure();
        let live: &Live = self.live.get(&self.calls.current()?.id())?;
        serde_json::to_string(live.stats.as_ref()?).ok()
    }
}
