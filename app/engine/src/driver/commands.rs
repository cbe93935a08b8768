//! What the driver does when a client asks for something.
//! Every command is answered once: to whoever waits for it, else as a notice when it went wrong.
//! A command without a call id means the call that is going on.

use ahoy_call::{CallError, CallId, CallState, Input, OtherCall, PeerAddr, PeerId};
use ahoy_mail::Body;
use ahoy_media::AudioCodec;
use rand::RngExt as _;
use tokio::task::JoinHandle;

use super::{Asked, Driver, Internal, Replier, Start};
use crate::command::{Command, Reply};
use crate::desk::{Request, Response};
use crate::desk_thread::Answer;
use crate::echo;
use crate::error::{DeskError, PhoneError};
use crate::notice::NoticeKind;
use crate::phone::Phone;

impl Driver {
    pub(super) fn on_command(&mut self, asked: Asked) {
        let Asked { command, reply } = asked;
        let done = match command {
            Command::StartCall { peer, video } => return self.start(peer, Start { video, reply }),
            Command::Desk(request) => return self.on_desk_request(request, reply),
            Command::SendText { who, text } => return self.on_desk_request(Request::Message { who, text }, reply),
            Command::Pair { link, name } => return self.pair(link, name, reply),
            Command::PairNearby { id, name } => return self.pair_nearby(id, name, reply),
            Command::Compare { who } => {
                let found = self.desk.with(move |desk| Ok(desk.resolve(&who)?.id));
                return self.beside(async move { Internal::Compare { peer: found.await, reply } });
            }
            Command::AnswerCall { call, video, other } => self.answer(call, video, other),
            Command::RejectCall { call, reason, text } => self
                .ringing(call, "decline")
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
            Command::SwitchCamera { call, camera } => self.switch_camera(call, camera),
            Command::Watch { on } => Ok(self.watch(on)),
            Command::Hold { call, on } => self.hold(call, on),
            Command::Swap => self.ask(Input::Swap, "swapped"),
            Command::Typing { peer } => {
                self.post(peer, Body::Typing);
                Ok(Reply::Done)
            }
            Command::Seen { peer } => {
                self.seen_by_person(peer);
                Ok(Reply::Done)
            }
            Command::Compared { same } => self.compared(same),
            Command::StopComparing => {
                self.stop_comparing();
                Ok(Reply::Done)
            }
            Command::Pairing { on } => {
                if on {
                    self.open_pairing()
                } else {
                    self.close_pairing()
                }
                Ok(Reply::Done)
            }
            Command::Check { mic, camera } => self.check_devices(mic, camera),
            Command::PlayTest { speaker } => self.play_test(speaker),
            Command::Scan { camera } => Ok(self.look_for_code(camera)),
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
            (None, Err(error)) => self.notice(error.into()),
        }
    }

    pub(super) fn on_desk_request(&mut self, request: Request, reply: Option<Replier>) {
        match request {
            Request::Doctor => {
                let work = self.desk.with(|desk| Ok(desk.examination()));
                self.beside(async move {
                    let checks = work.await.map(tokio::task::spawn_blocking);
                    Internal::Answered { response: finished(checks).await.map(Response::Doctor), reply }
                });
            }
            Request::Export { passphrase } => {
                let work = self.desk.with(move |desk| desk.export(passphrase));
                self.beside(async move {
                    let sealed = finished(work.await.map(tokio::task::spawn_blocking)).await;
                    Internal::Answered { response: sealed.flatten(), reply }
                });
            }
            request => {
                let answer = self.desk.ask(request);
                self.beside(async move { Internal::Desk { answer: answer.await, reply } });
            }
        }
    }

    pub(super) fn on_desk(&mut self, answer: Answer, reply: Option<Replier>) {
        match answer.snapshot {
            Ok(snapshot) => self.show(snapshot),
            Err(error) => tracing::warn!(%error, "the desk cannot be read"),
        }
        match &answer.response {
            // What a request changes in conversations or the history is changed for everybody who shows them, and may
            // have left a letter in the outbox.
            Ok(Response::Queued { .. } | Response::Done) => {
                self.written += 1;
                self.send_waiting();
            }
            Ok(Response::Added { warning: Some(why), name, .. }) => {
                self.notice(NoticeKind::OtherKey { name: name.clone(), why: why.clone() });
            }
            Ok(
                Response::Added { warning: None, .. }
                | Response::Id { .. }
                | Response::Contacts(_)
                | Response::Messages(_)
                | Response::Exported { .. }
                | Response::Imported { .. }
                | Response::History(_)
                | Response::Found { .. }
                | Response::Latest(_)
                | Response::Settings(_)
                | Response::Doctor(_),
            )
            | Err(_) => {}
        }
        let done = answer.response.map(Reply::Desk).map_err(PhoneError::from);
        self.respond(reply, done);
    }

    /// The person has seen a peer's messages.
    fn seen_by_person(&mut self, peer: PeerId) {
        let seen = self.desk.with(move |desk| desk.seen(peer));
        self.beside(async move {
            match seen.await {
                Ok(true) => Internal::Seen(peer),
                Ok(false) => Internal::Waiting(Vec::new()),
                Err(error) => {
                    tracing::warn!(%error, "what was seen could not be remembered");
                    Internal::Waiting(Vec::new())
                }
            }
        });
    }

    fn hold(&mut self, call: Option<CallId>, on: bool) -> Result<Reply, PhoneError> {
        let what = if on { "hold" } else { "resume" };
        // Without a name, what is resumed is the call that I hold, also when another one goes on.
        let held = || self.calls.alive().find(|call| call.local().held).map(ahoy_call::Call::id);
        let call = match call {
            None if !on => held().ok_or(PhoneError::NoCall(what))?,
            named => self.current(named, what)?,
        };
        self.ask(Input::SetHeld { call, held: on }, if on { "held" } else { "resumed" })
    }

    fn start(&mut self, peer: String, start: Start) {
        let resolved = self.desk.with(move |desk| desk.callee(&peer));
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
            let started = self.calls.call(call).or(self.calls.current()).map_or(call, ahoy_call::Call::id);
            Reply::Call(started)
        });
        self.respond(start.reply, done);
    }

    fn answer(&mut self, call: Option<CallId>, video: bool, other: OtherCall) -> Result<Reply, PhoneError> {
        let call = self.ringing(call, "answer")?;
        self.ask(Input::Accept { call, video, other }, "answered")
    }

    fn ask(&mut self, input: Input, what: &'static str) -> Result<Reply, PhoneError> {
        match self.feed_command(input) {
            Ok(()) => Ok(Reply::Done),
            Err(CallError::InCall) => Err(PhoneError::InCall),
            Err(CallError::NothingHeld) => Err(PhoneError::NothingHeld),
            Err(CallError::Unknown | CallError::NotRinging(_) | CallError::Rings | CallError::IdInUse) => {
                Err(PhoneError::WrongState(what))
            }
        }
    }

    /// The call asked for, or the one going on.
    pub(super) fn current(&self, call: Option<CallId>, to: &'static str) -> Result<CallId, PhoneError> {
        let found = match call {
            Some(id) => self.calls.call(id),
            None => self.calls.current(),
        };
        found.filter(|call| !call.state().is_ended()).map(ahoy_call::Call::id).ok_or(PhoneError::NoCall(to))
    }

    /// The ringing call asked for, or the one that rings.
    fn ringing(&self, call: Option<CallId>, to: &'static str) -> Result<CallId, PhoneError> {
        let mut rings = self.calls.alive().filter(|call| call.state() == CallState::Ringing).map(ahoy_call::Call::id);
        rings.find(|id| call.is_none_or(|asked| asked == *id)).ok_or(PhoneError::NoCall(to))
    }
}

/// What came of work that would have kept the desk from its letters.
async fn finished<R>(work: Result<JoinHandle<R>, DeskError>) -> Result<R, DeskError> {
    work?.await.map_err(|_| DeskError::Closed)
}

/// Where Echo listens.
fn echo_addr(echo: &Phone) -> PeerAddr {
    let view = echo.view();
    let view = view.borrow();
    let mut addr = PeerAddr::new(view.me.id.unwrap_or(ahoy_call::PeerId([0; 32])));
    addr.direct.clone_from(&view.listening);
    addr
}
