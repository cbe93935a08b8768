//! Letters at the driver: what arrives is opened at the desk, acknowledged once it is on the disk, and then acted on.
//! The network's messages and the courier's news end here.
//! A signal goes to the state machine; everything else only changes what a person sees.

use ahoy_call::{CallId, Input, PeerId, SendFailure, wire};
use ahoy_mail::Body;
use ahoy_net::DmEvent;
use tokio::time::{Instant, sleep_until};

use super::{Driver, Internal};
use crate::clock;
use crate::config::Role;
use crate::limits;
use crate::notice::NoticeKind;

impl Driver {
    /// Opens a message at the desk. The reply goes out after the driver was told, so that letters stay in order.
    pub(super) fn on_message(&mut self, event: DmEvent) {
        // Whom I call by a link is no stranger, although not a contact either.
        let called = self.calls.calls().iter().any(|call| call.peer() == event.from);
        if event.stranger && !called {
            return self.on_knock(event);
        }
        let DmEvent { from, data, binding, stranger: _, reply } = event;
        let received = self.desk.with(move |desk| desk.receive(from, &data));
        self.heard_from(from);
        let events = self.events.clone();
        drop(tokio::spawn(async move {
            match received.await {
                Ok(received) => {
                    let (body, renewed) = (received.body, received.news);
                    drop(events.send(Internal::Letter { from, body, binding, renewed }).await);
                    reply.answer(received.reply.into());
                }
                // Not acknowledged: the other phone sends it again.
                Err(error) => tracing::warn!(%error, "a letter could not be kept"),
            }
        }));
    }

    pub(super) fn on_letter(&mut self, from: PeerId, body: Option<Body>, binding: [u8; 32], renewed: bool) {
        if renewed {
            self.notice(NoticeKind::NewInstallation(self.person(from)));
        }
        let Some(body) = body else { return };
        match body {
            Body::Signal(bytes) => match wire::decode(&bytes) {
                Ok(signal) => self.feed(Input::Received { from, signal }),
                Err(error) => tracing::debug!(%error, "a letter was no signal"),
            },
            Body::Text { text, .. } => self.on_text(from, text),
            Body::Read { .. } => self.changed_letters(),
            Body::Typing => drop(self.typing.insert(from, Instant::now() + limits::TYPING_SHOWN)),
            Body::MissedCall { .. } => {
                self.notice(NoticeKind::CalledMeanwhile(self.person(from)));
                self.changed_letters();
            }
            Body::Verify(step) => self.on_verify(from, step, binding),
        }
    }

    fn on_text(&mut self, from: PeerId, text: String) {
        let _ = self.typing.remove(&from);
        if let Role::Echo { .. } = self.config.role {
            let (id, at_ms) = (ahoy_store::MessageId(rand::random()), clock::unix_ms());
            return self.post(from, Body::Text { id, at_ms, text });
        }
        self.notice(NoticeKind::Message(self.person(from)));
        self.changed_letters();
    }

    /// A letter was taken by the other phone.
    pub(super) fn on_delivered(&mut self, to: PeerId, body: &Body, binding: [u8; 32]) {
        match body {
            Body::Text { .. } => self.changed_letters(),
            Body::Verify(step) => self.on_verify_delivered(to, step, binding),
            Body::Signal(_) | Body::Read { .. } | Body::Typing | Body::MissedCall { .. } => {}
        }
    }

    pub(super) fn on_signal_failed(&mut self, call: CallId, failure: SendFailure, why: String) {
        tracing::debug!(%call, why, "a signal was not delivered");
        let dialing = self.calls.call(call).filter(|call| call.state() == ahoy_call::CallState::Dialing);
        let peer = dialing.map(ahoy_call::Call::peer);
        self.feed(Input::SendFailed { call, failure });
        if let Some(peer) = peer {
            let person = self.person(peer);
            let why = why.replace(&peer.to_string(), &person.name);
            self.notice(match failure {
                SendFailure::Unreachable => NoticeKind::Unreachable { person, why },
                SendFailure::Refused => NoticeKind::TurnedAway { person, why },
            });
        }
    }

    /// Puts a letter into the outbox.
    pub(super) fn post(&mut self, to: PeerId, body: Body) {
        let addr = self.addr(to);
        self.courier.post(addr, body);
    }

    /// Sends what waits in the outbox: at start, and after a request put something there.
    pub(super) fn send_waiting(&self) {
        let waiting = self.desk.with(|desk| desk.waiting());
        self.beside(async move { Internal::Waiting(waiting.await.unwrap_or_default()) });
    }

    pub(super) fn on_waiting(&mut self, peers: Vec<PeerId>) {
        for peer in peers {
            let addr = self.addr(peer);
            self.courier.wake(addr);
        }
    }

    /// Conversations or history are not what they were: the desk is asked anew, and who shows them is told.
    pub(super) fn changed_letters(&mut self) {
        self.written += 1;
        self.look_at_desk();
    }

    pub(super) fn look_at_desk(&self) {
        let looked = self.desk.with(|desk| desk.snapshot());
        let events = self.events.clone();
        drop(tokio::spawn(async move {
            match looked.await {
                Ok(snapshot) => drop(events.send(Internal::Desked(Box::new(snapshot))).await),
                Err(error) => tracing::warn!(%error, "the desk cannot be read"),
            }
        }));
    }

    /// The peer is there: what waits for it goes out, and now and then it is remembered when it was heard.
    fn heard_from(&mut self, peer: PeerId) {
        let addr = self.addr(peer);
        self.courier.now(addr);
        let now = Instant::now();
        self.seen.retain(|_, at| now.duration_since(*at) < limits::LAST_SEEN_EVERY);
        if self.seen.contains_key(&peer) {
            return;
        }
        let _ = self.seen.insert(peer, now);
        let remembered = self.desk.with(move |desk| desk.heard(peer));
        drop(tokio::spawn(async move {
            if let Err(error) = remembered.await {
                tracing::warn!(%error, "when a contact was heard could not be remembered");
            }
        }));
    }

    /// Until a contact no longer counts as writing, or pairing, a comparison or a test of devices closes by itself.
    pub(super) fn fades(&self) -> impl Future<Output = ()> + use<> {
        let typing = self.typing.values().min().copied();
        let testing = self.testing.as_ref().map(|testing| testing.until);
        let due = [typing, self.pairing.as_ref().map(|open| open.until), testing, self.comparison_due()]
            .into_iter()
            .flatten()
            .min();
        async move {
            match due {
                Some(due) => sleep_until(due).await,
                None => std::future::pending().await,
            }
        }
    }

    pub(super) fn fade(&mut self) {
        let now = Instant::now();
        self.typing.retain(|_, until| *until > now);
        if self.pairing.as_ref().is_some_and(|open| open.until <= now) {
            self.close_pairing();
        }
        drop(self.testing.take_if(|testing| testing.until <= now));
        self.expire_comparison();
    }
}
