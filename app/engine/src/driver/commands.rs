//! What the driver does when a client asks for something.
//! Every command is answered once: to whoever waits for it, else as a notice when it went wrong.
//! A command without a call id means the call that is going on.

use ahoy_call::{CallError, CallId, CallState, Input, PeerAddr};
use ahoy_media::AudioCodec;
use rand::RngExt as _;

use super::{Asked, Driver, Internal, Replier, Start};
use crate::command::{Command, Reply};
use crate::desk::Response;
use crate::desk_thread::Answer;
use crate::echo;
use crate::error::{DeskError, PhoneError};
use crate::phone::Phone;

impl Driver {
    pub(super) fn on_command(&mut self, asked: Asked) {
        let Asked { command, reply } = asked;
        let done = match command {
            Command::StartCall { peer, video } => return self.start(peer, Start { video, reply }),
            Command::Desk(request) => {
                let answer = self.desk.ask(request);
                return self.beside(async move { Internal::Desk { answer: answer.await, reply } });
            }
            Command::AnswerCall { call, video } => self.answer(call, video),
            Command::RejectCall { call, reason, text } => self
                .pick(call, "decline", &[CallState::Ringing])
                .and_then(|call| self.ask(Input::Decline { call, reason, text }, "declined")),
            Command::EndCall { call } => {
                self.current(call, "end").and_then(|call| self.ask(Input::HangUp { call }, "ended"))
            }
            Command::ToggleMute { call, on } => {
                self.current(call, "mute").and_then(|call| self.ask(Input::SetMuted { call, muted: on }, "muted"))
            }
            Command::ToggleVideo { call, on } => self
                .current(call, "show a picture in")
                .and_then(|call| self.ask(Input::SetVideo { call, video: on }, "changed")),
            Command::SwitchCamera { call, camera } => self.current(call, "show a picture in").map(|call| {
                self.config.media.camera = camera.clone();
                if let Some(session) = self.live.get(&call).and_then(|live| live.session.as_ref()) {
                    session.switch_camera(camera);
                }
                Reply::Done
            }),
            Command::Dismiss { call } => {
                if self.calls.call(call).is_none_or(|call| call.state().is_ended()) {
                    let _ = self.dismissed.insert(call);
                }
                Ok(Reply::Done)
            }
            Command::Stats => Ok(Reply::Stats(self.stats_line())),
        };
        self.respond(reply, done);
    }

    /// Tells whoever waits, or everybody.
    pub(super) fn respond(&mut self, reply: Option<Replier>, done: Result<Reply, PhoneError>) {
        match (reply, done) {
            // Whoever asked may have gone meanwhile.
            (Some(reply), done) => drop(reply.send(done)),
            (None, Ok(_)) => {}
            (None, Err(error)) => self.notice(error.to_string()),
        }
    }

    pub(super) fn on_desk(&mut self, answer: Answer, reply: Option<Replier>) {
        match answer.snapshot {
            Ok(snapshot) => self.show(snapshot),
            Err(error) => tracing::warn!(%error, "the desk cannot be read"),
        }
        let done = answer.response.map(|response: Response| Reply::Desk(response)).map_err(PhoneError::from);
        self.respond(reply, done);
    }

    fn start(&mut self, peer: String, start: Start) {
        let resolved = self.desk.resolve(peer);
        self.beside(async move { Internal::Resolved { peer: resolved.await, start } });
    }

    pub(super) fn on_resolved(&mut self, peer: Result<PeerAddr, DeskError>, start: Start) {
        let peer = match peer {
            Ok(peer) => peer,
            Err(error) => return self.respond(start.reply, Err(error.into())),
        };
        if peer.id != echo::id(&self.secret) {
            return self.dial(peer, start);
        }
        match &self.echo {
            Some(echo) => {
                let peer = echo_addr(echo);
                self.dial(peer, start);
            }
            None => {
                let config = echo::config(&self.config, &self.secret);
                self.beside(async move {
                    let opened = tokio::task::spawn_blocking(move || Phone::open(config)).await;
                    Internal::Echo { phone: Box::new(opened.unwrap_or(Err(PhoneError::Closed))), start }
                });
            }
        }
    }

    pub(super) fn on_echo(&mut self, phone: Result<Phone, PhoneError>, start: Start) {
        match phone {
            Ok(phone) => {
                let peer = echo_addr(&phone);
                self.echo = Some(phone);
                self.dial(peer, start);
            }
            Err(error) => self.respond(start.reply, Err(error)),
        }
    }

    fn dial(&mut self, peer: PeerAddr, start: Start) {
        let call = CallId(rand::rng().random());
        let id = peer.id;
        let _ = self.addresses.insert(id, peer);
        let input = Input::Dial { call, peer: id, video: start.video, audio_codec: AudioCodec::Opus48k };
        let done = self.ask(input, "started").map(|_| {
            // A peer that called at the same moment may have been faster: then its call is the one.
            let started = self.calls.call(call).or(self.calls.live()).map_or(call, ahoy_call::Call::id);
            Reply::Call(started)
        });
        self.respond(start.reply, done);
    }

    fn answer(&mut self, call: Option<CallId>, video: bool) -> Result<Reply, PhoneError> {
        let call = self.pick(call, "answer", &[CallState::Ringing])?;
        self.ask(Input::Accept { call, video }, "answered")
    }

    fn ask(&mut self, input: Input, what: &'static str) -> Result<Reply, PhoneError> {
        match self.feed_command(input) {
            Ok(()) => Ok(Reply::Done),
            Err(CallError::InCall) => Err(PhoneError::InCall),
            Err(CallError::Unknown | CallError::NotRinging(_) | CallError::IdInUse) => {
                Err(PhoneError::WrongState(what))
            }
        }
    }

    /// The call asked for, or the one going on.
    fn current(&self, call: Option<CallId>, to: &'static str) -> Result<CallId, PhoneError> {
        let found = match call {
            Some(id) => self.calls.call(id),
            None => self.calls.live(),
        };
        found.filter(|call| !call.state().is_ended()).map(ahoy_call::Call::id).ok_or(PhoneError::NoCall(to))
    }

    fn pick(&self, call: Option<CallId>, to: &'static str, states: &[CallState]) -> Result<CallId, PhoneError> {
        let call = self.current(call, to)?;
        let fits = self.calls.call(call).is_some_and(|call| states.contains(&call.state()));
        if fits { Ok(call) } else { Err(PhoneError::NoCall(to)) }
    }
}

/// Where Echo listens.
fn echo_addr(echo: &Phone) -> PeerAddr {
    let view = echo.view();
    let view = view.borrow();
    let mut addr = PeerAddr::new(view.me.id.unwrap_or(ahoy_call::PeerId([0; 32])));
    addr.direct.clone_from(&view.listening);
    addr
}
