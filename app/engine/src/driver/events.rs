//! What the driver does with what its tasks, the DM channel and the sessions tell it.
//! An event of a call that is over is late and changes nothing.
//! Nothing here waits.

use ahoy_call::{CallId, Input, SendFailure, wire};
use ahoy_net::{CallConnection, CallIncoming, CloseReason, DmEvent, NetError};

use super::{Driver, Internal};
use crate::clock;
use crate::session::SessionEvent;

impl Driver {
    pub(super) fn on_internal(&mut self, event: Internal) {
        match event {
            Internal::Desk { answer, reply } => self.on_desk(answer, reply),
            Internal::Resolved { peer, start } => self.on_resolved(peer, start),
            Internal::Echo { phone, start } => self.on_echo(*phone, start),
            Internal::NotRecorded(error) => self.notice(format!("the call was not written to the history: {error}")),
            Internal::Bound { call, endpoint } => match endpoint {
                Ok(endpoint) => {
                    let addr = endpoint.addr();
                    if let Some(live) = self.live.get_mut(&call) {
                        live.endpoint = Some(std::sync::Arc::new(endpoint));
                        self.feed(Input::MediaBound { call, addr });
                    }
                }
                Err(error) => {
                    self.notice(format!("no socket for the call: {error}"));
                    self.feed(Input::MediaFailed { call });
                }
            },
            Internal::SignalFailed { call, error } => self.on_signal_failed(call, &error),
            Internal::Linked { call, link } => self.on_link(call, link),
            Internal::Unlinked { call, why } => self.on_unlinked(call, &why),
            Internal::Session { call, event } => self.on_session(call, event),
            Internal::AutoAnswer { call, video } => self.feed(Input::Accept { call, video }),
        }
    }

    pub(super) fn on_message(&mut self, event: DmEvent) {
        match wire::decode(&event.data) {
            Ok(signal) => self.feed(Input::Received { from: event.from, signal }),
            Err(error) => tracing::debug!(%error, "a message was no signal"),
        }
    }

    fn on_signal_failed(&mut self, call: CallId, error: &NetError) {
        tracing::debug!(%call, %error, "a signal was not delivered");
        let failure = match error {
            NetError::Refused(_) => SendFailure::Refused,
            NetError::PortInUse { .. }
            | NetError::Bind { .. }
            | NetError::Relay { .. }
            | NetError::Unreachable { .. }
            | NetError::TooLarge { .. }
            | NetError::QueueFull { .. }
            | NetError::Closed(_)
            | NetError::Shutdown => SendFailure::Unreachable,
        };
        let dialing = self.calls.call(call).is_some_and(|call| call.state() == ahoy_call::CallState::Dialing);
        self.feed(Input::SendFailed { call, failure });
        if dialing {
            self.notice(error.to_string());
        }
    }

    fn on_link(&mut self, call: CallId, link: Result<(CallConnection, CallIncoming), NetError>) {
        let (connection, incoming) = match link {
            Ok(link) => link,
            Err(error) => {
                tracing::debug!(%call, %error, "no connection for the call");
                return self.feed(Input::Unlinked { call, ended: false });
            }
        };
        let Some(live) = self.live.get_mut(&call) else { return };
        live.link(connection.clone(), incoming);
        self.beside(async move { Internal::Unlinked { call, why: connection.closed().await } });
        self.feed(Input::Linked { call });
    }

    fn on_unlinked(&mut self, call: CallId, why: &CloseReason) {
        tracing::debug!(%call, %why, "the call's connection is closed");
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
            SessionEvent::DeviceFailed { what, why } => {
                self.notice(format!("{what}: {why}"));
                if what == "camera" {
                    self.feed(Input::SetVideo { call, video: false });
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
