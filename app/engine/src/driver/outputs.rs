//! What the driver does for the state machine: signals out, endpoints and sessions opened and closed.
//! Called for every output in order, right after the input that caused it.
//! Capture devices exist only between `StartMedia` and `StopMedia`, which is to say after consent.

use ahoy_call::{
    Agreed, Call, CallId, CallSignal, CallState, Direction, EndReason, EndedReason, Output, PeerAddr, PeerId, wire,
};
use ahoy_mail::Body;
use ahoy_media::{MediaClock, MediaTime};
use ahoy_net::{MediaConfig, MediaEndpoint};
use rand::RngExt as _;
use tokio::sync::mpsc;

use super::{Driver, Internal};
use crate::clock;
use crate::config::Answering;
use crate::limits;
use crate::live::Live;
use crate::measure;
use crate::notice::NoticeKind;
use crate::ringer;
use crate::session::{MediaSession, SessionConfig};

/// The code that closes the connection of a call that has ended.
pub const ENDED: u32 = 1;
/// The code that closes a connection whose call was lost, so that the peer may come back.
pub const LOST: u32 = 2;

impl Driver {
    pub(super) fn carry_out(&mut self, output: Output) {
        match output {
            Output::BindMedia { call } => self.bind_media(call),
            Output::Send { to, call, signal } => match wire::encode(&signal) {
                Ok(bytes) => {
                    let addr = self.addr(to);
                    // An offer that did not arrive is over; whatever is said about a call that exists is said again.
                    let again = !matches!(signal, CallSignal::Offer { .. });
                    self.courier.signal(addr, call, bytes, again);
                }
                Err(error) => tracing::error!(%error, "a signal of ours cannot be encoded"),
            },
            Output::DialMedia { call, to } => {
                let events = self.events.clone();
                if let Some(live) = self.live.get_mut(&call) {
                    live.dial(call, to, events);
                }
            }
            Output::AcceptMedia { call, from } => {
                let events = self.events.clone();
                if let Some(live) = self.live.get_mut(&call) {
                    live.keep_door(call, from, events);
                }
            }
            Output::StartMedia { call, agreed } => self.start_media(call, agreed),
            Output::StopMedia { call, ended } => self.stop_media(call, if ended { ENDED } else { LOST }),
            Output::Ring { call, manner } => self.ring(call, manner),
            Output::StopRing { .. } => {}
            Output::Changed { call, from, to } => self.changed(call, from, to),
            Output::MediaChanged { call } => self.media_changed(call),
            Output::Replaced { call, by } => tracing::debug!(%call, %by, "both sides called; one call survives"),
            Output::LeaveNote { to, call, timestamp, had_video } => {
                // Only contacts take letters; a note to anybody else would be tried for ever.
                if self.snapshot.contacts.iter().any(|contact| contact.id == to) {
                    self.post(to, Body::MissedCall { call, timestamp, had_video });
                }
            }
            Output::Record(record) => {
                if record.ended_reason == EndedReason::Lost {
                    let addr = self.addr(record.peer);
                    self.courier.give_up(addr);
                }
                let recorded = self.desk.with(move |desk| {
                    desk.record(&record)?;
                    desk.snapshot()
                });
                self.written += 1;
                self.beside(async move {
                    match recorded.await {
                        Ok(snapshot) => Internal::Desked(Box::new(snapshot)),
                        Err(error) => Internal::NotRecorded(error),
                    }
                });
            }
        }
    }

    fn bind_media(&mut self, call: CallId) {
        let _ = self.live.insert(call, Live::new(self.config.waker.as_ref()));
        let config = MediaConfig {
            bind: self.config.bind.map(|bind| bind.ip()),
            relay: self.identity.relay().clone(),
            controller: self.snapshot.settings.controller(),
        };
        self.beside(async move {
            let endpoint = MediaEndpoint::bind(config).await;
            if let Ok(endpoint) = &endpoint {
                // An address without its relay could not be reached from everywhere.
                endpoint.online().await;
            }
            Internal::Bound { call, endpoint }
        });
    }

    fn start_media(&mut self, call: CallId, agreed: Agreed) {
        let Some(sends) = self.calls.call(call).map(Call::sends) else { return };
        let echo = self.config.answering == Answering::Echo;
        if self.calls.call(call).is_some_and(|call| call.direction() == Direction::Incoming) {
            self.answered += 1;
        }
        let settings = &self.snapshot.settings;
        let mut media = self.config.media.numbered(self.answered);
        media.mic = settings.chosen_mic(&media.mic);
        media.speaker = settings.chosen_speaker(&media.speaker);
        media.camera = self.call_camera();
        let (told, mut news) = mpsc::channel(limits::SESSION_EVENTS);
        let Some(live) = self.live.get_mut(&call) else { return };
        let config = SessionConfig {
            clock: MediaClock::new(clock::now(), MediaTime(rand::rng().random::<u64>() >> 16)),
            audio_codec: agreed.audio_codec,
            processing: settings.processing(media.has_real_mic()),
            media,
            voice: settings.voice(),
            vbr: settings.vbr(),
            audio_reserve: settings.audio_reserve(),
            picture: settings.picture(),
            muted: !sends.sound,
            send_video: sends.picture,
            echo,
            remote_picture: live.remote_picture.clone(),
            self_picture: live.self_picture.clone(),
        };
        let wires = live.wire();
        match MediaSession::start(config, wires, told) {
            Ok(session) => {
                session.set_visible(self.watched);
                live.session = Some(session);
            }
            Err(error) => {
                self.notice(NoticeKind::CallFailed { why: error.to_string() });
                return self.feed(ahoy_call::Input::MediaFailed { call });
            }
        }
        let events = self.events.clone();
        drop(tokio::spawn(async move {
            while let Some(event) = news.recv().await {
                if events.send(Internal::Session { call, event }).await.is_err() {
                    return;
                }
            }
        }));
    }

    fn stop_media(&mut self, call: CallId, code: u32) {
        self.measure();
        let Some(mut live) = self.live.remove(&call) else { return };
        live.stop(code);
        let (session, endpoint) = (live.session.take(), live.endpoint.take());
        // Closing devices joins their threads, closing an endpoint says goodbye: neither may hold the driver up.
        if let Some(session) = session {
            let last = live.stats.take();
            let _ = self.ending.spawn_blocking(move || {
                let (audio, video) = session.stop();
                last.map(|last| (call, measure::ended(last, audio, video)))
            });
        }
        if let Some(endpoint) = endpoint {
            let goodbye = async move {
                endpoint.close().await;
                None
            };
            if code == LOST {
                // Nobody is there to hear it: it is said, but not waited for.
                drop(tokio::spawn(goodbye));
            } else {
                let _ = self.ending.spawn(goodbye);
            }
        }
    }

    /// Writes what each active call would leave behind if this phone stopped now.
    pub(super) fn record_open(&self) {
        let now = clock::now();
        for call in self.calls.alive() {
            if let Some(record) = call.so_far(now) {
                drop(tokio::spawn(self.desk.with(move |desk| desk.record_open(&record))));
            }
        }
    }

    /// Where a peer was reached last.
    pub(super) fn addr(&self, peer: PeerId) -> PeerAddr {
        self.addresses.get(&peer).cloned().unwrap_or(PeerAddr::new(peer))
    }

    fn changed(&mut self, call: CallId, from: Option<CallState>, to: CallState) {
        if from.is_none() {
            // A call comes first: it may need the very devices that are being tried.
            self.testing = None;
        }
        let at = clock::now();
        let name = |state: Option<CallState>| state.map_or(serde_json::Value::Null, |state| state.name().into());
        self.write(at, Some(call), "state", &[("from", name(from)), ("to", name(Some(to)))]);
        match to {
            CallState::Dialing => self.write(at, Some(call), "dial", &[]),
            CallState::Alerting | CallState::Ringing => self.write(at, Some(call), "ringing", &[]),
            CallState::Connecting => self.write(at, Some(call), "answered", &[]),
            CallState::Active => self.record_open(),
            CallState::Reconnecting => {}
            CallState::Ended(reason) => {
                let long = self.calls.call(call).map_or(0, |call| call.active_for(at).as_millis());
                let long = u64::try_from(long).unwrap_or(u64::MAX);
                let word = reason.ended_reason().word();
                self.write(at, Some(call), "ended", &[("reason", word.into()), ("duration_ms", long.into())]);
                self.say_farewell(call, reason);
            }
        }
    }

    fn say_farewell(&mut self, call: CallId, reason: EndReason) {
        let person = match self.config.answering {
            Answering::Ring | Answering::After { .. } => true,
            Answering::Decline | Answering::Echo => false,
        };
        let Some(direction) = self.calls.call(call).map(Call::direction) else { return };
        if let Some(tone) = ringer::farewell(direction, reason).filter(|_| person) {
            let over_speech = ringer::speech(&self.calls);
            self.ringer.say(tone, over_speech);
        }
    }

    fn media_changed(&mut self, call: CallId) {
        let Some((sends, remote)) = self.calls.call(call).map(|call| (call.sends(), call.remote())) else { return };
        let Some(live) = self.live.get_mut(&call) else { return };
        let Some(session) = &live.session else { return };
        session.set_muted(!sends.sound);
        session.set_video(sends.picture);
        if !remote.video || remote.held {
            session.peer_paused();
            live.remote_picture.clear();
        }
    }
}
