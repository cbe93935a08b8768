//! What the driver does with what its tasks and the sessions tell it.
//! An event of a call that is over is late and changes nothing.
//! Nothing here waits.

use ahoy_call::{CallId, Input, OtherCall};
use ahoy_net::{CallConnection, CallIncoming, CloseReason, NetError};

use super::{Driver, Internal};
use crate::clock;
use crate::command::Reply;
use crate::error::PhoneError;
use crate::notice::{Device, NoticeKind};
use crate::session::SessionEvent;

impl Driver {
    pub(super) fn on_internal(&mut self, event: Internal) {
        match event {
            Internal::Desk { answer, reply } => self.on_desk(answer, reply),
            Internal::Answered { response, reply } => {
                self.respond(reply, response.map(Reply::Desk).map_err(PhoneError::from));
            }
            Internal::Resolved { peer, start } => self.on_resolved(peer, start),
            Internal::Echo { phone, start } => self.on_echo(*phone, start),
            Internal::NotRecorded(error) => self.notice(NoticeKind::NotRecorded { why: error.to_string() }),
            Internal::Bound { call, endpoint } => match endpoint {
                Ok(endpoint) => {
                    let addr = endpoint.addr();
                    let events = self.events.clone();
                    if let Some(live) = self.live.get_mut(&call) {
                        live.bind(endpoint, call, events);
                        self.feed(Input::MediaBound { call, addr });
                    }
                }
                Err(error) => {
                    self.notice(NoticeKind::CallFailed { why: format!("no socket for the call: {error}") });
                    self.feed(Input::MediaFailed { call });
                }
            },
            Internal::Moved { call, addr } => self.feed(Input::MediaMoved { call, addr }),
            Internal::Letter { from, body, binding, renewed } => self.on_letter(from, body, binding, renewed),
            Internal::Delivered { to, body, binding } => self.on_delivered(to, &body, binding),
            Internal::Uncompared(peer) => self.on_verify_undelivered(peer),
            Internal::Scanned | Internal::DeviceNews => {}
            Internal::Desked(snapshot) => self.show(*snapshot),
            Internal::Waiting(peers) => self.on_waiting(peers),
            Internal::Seen(peer) => {
                let addr = self.addr(peer);
                self.courier.now(addr);
                self.changed_letters();
            }
            Internal::Knocked(knocked) => self.on_knocked(knocked),
            Internal::Compare { peer, reply } => self.compare(peer, reply),
            Internal::SignalFailed { call, failure, why } => self.on_signal_failed(call, failure, why),
            Internal::Unreadable { peer, why } => {
                self.notice(NoticeKind::Unreadable { person: self.person(peer), why: why.into() });
            }
            Internal::Linked { call, link } => self.on_link(call, link),
            Internal::Unlinked { call, link, why } => self.on_unlinked(call, link, &why),
            Internal::Session { call, event } => self.on_session(call, event),
            Internal::AnswerChosen { call } => self.answer_chosen(call),
            Internal::AutoAnswer { call, video } => self.feed(Input::Accept { call, video, other: OtherCall::Hold }),
        }
    }

    fn on_link(&mut self, call: CallId, link: Result<(CallConnection, CallIncoming), NetError>) {
        let (connection, incoming) = match link {
            Ok(link) => link,
            Err(error) => {
                tracing::debug!(%call, %error, "no connection for the call");
                // The connection there was may yet come back to life.
                if self.live.get(&call).is_some_and(|live| !live.stands) {
                    self.feed(Input::Unlinked { call, ended: false });
                }
                return;
            }
        };
        let Some(live) = self.live.get_mut(&call) else { return };
        let link = live.link(connection.clone(), incoming);
        self.beside(async move { Internal::Unlinked { call, link, why: connection.closed().await } });
        self.feed(Input::Linked { call });
    }

    fn on_unlinked(&mut self, call: CallId, link: u64, why: &CloseReason) {
        tracing::debug!(%call, %why, "a connection of the call is closed");
        // An older connection has been replaced.
        let Some(live) = self.live.get_mut(&call).filter(|live| live.links() == link) else { return };
        live.stands = false;
        let ended = matches!(why, CloseReason::Peer(code) if *code == u64::from(super::outputs::ENDED));
        match why {
            CloseReason::Local => {}
            CloseReason::Peer(_) | CloseReason::Refused(_) | CloseReason::Lost(_) => {
                self.feed(Input::Unlinked { call, ended });
            }
        }
    }

    fn on_session(&mut self, call: CallId, event: SessionEvent) {
        match event {
            SessionEvent::Flows => {
                self.feed(Input::MediaFlows { call });
                self.begin_media(call);
            }
            SessionEvent::MicStart { at, media } => {
                self.write(at, Some(call), "mic_start", &[("media_us", media.0.into())])
            }
            SessionEvent::CameraStart { at, media } => {
                self.write(at, Some(call), "camera_start", &[("media_us", media.0.into())]);
            }
            SessionEvent::SpeakerStart { at } => self.write(at, Some(call), "speaker_start", &[]),
            SessionEvent::ScreenStart { at } => self.write(at, Some(call), "screen_start", &[]),
            SessionEvent::FirstAudio { at } => self.write(at, Some(call), "first_audio_in", &[]),
            SessionEvent::FirstVideo { at } => self.write(at, Some(call), "first_video_in", &[]),
            SessionEvent::DeviceBack(device) => self.notice(NoticeKind::DeviceBack(device)),
            SessionEvent::DeviceFailed { device, why } => {
                self.notice(NoticeKind::DeviceFailed { device, why });
                match device {
                    Device::Camera => self.feed(Input::SetVideo { call, video: false }),
                    Device::Microphone | Device::Speaker | Device::Screen => {}
                }
            }
        }
    }

    /// Connected: devices begin, and statistics say how.
    fn begin_media(&mut self, call: CallId) {
        let Some(live) = self.live.get_mut(&call) else { return };
        let Some(connection) = live.connection() else { return };
        if let Some(session) = &mut live.session {
            session.begin();
        }
        let direct = connection.stats().direct;
        let path = if direct { "direct" } else { "relay" };
        let kx = connection.key_exchange();
        self.write(clock::now(), Some(call), "connected", &[("kx", kx.into()), ("path", path.into())]);
    }

    /// Tells the state machine when each peer was last heard.
    pub(super) fn check_heard(&mut self) {
        let heard: Vec<_> = self
            .live
            .iter_mut()
            .filter_map(|(call, live)| {
                let heard = live.session.as_ref()?.last_heard()?;
                let news = live.heard < Some(heard);
                live.heard = Some(heard);
                news.then_some((*call, heard))
            })
            .collect();
        for (call, at) in heard {
            if let Err(error) = self.feed_at(at, Input::Heard { call }) {
                tracing::debug!(%error, "an input was refused");
            }
        }
    }
}
