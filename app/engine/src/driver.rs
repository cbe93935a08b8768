//! The driver: the one task that owns the calls, and carries out what their state machine says.
//! `Phone` starts it; commands, signals, connections and sessions reach it as events, a view comes out.
//! It never waits for a disk, a device or a peer: tasks do, and tell it when they are done.

mod auto_answer;
mod commands;
mod compare;
mod devices;
mod events;
mod letters;
mod outputs;
mod pairing;
mod publish;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ahoy_audio::SpeakerChoice;
use ahoy_call::{CallError, CallId, Calls, Input, Now, PeerAddr, PeerId, Policy, SendFailure};
use ahoy_camera::CameraChoice;
use ahoy_mail::Body;
use ahoy_media::LocalTime;
use ahoy_net::{CallConnection, CallIncoming, CloseReason, DmEvent, Gate, Identity, MediaEndpoint, NetError};
use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};

use crate::clock;
use crate::command::{Command, Reply};
use crate::config::{Answering, PhoneConfig, Role};
use crate::courier::Courier;
use crate::desk::{Response, Snapshot};
use crate::desk_thread::{Answer, DeskThread};
use crate::error::{DeskError, PhoneError};
use crate::limits;
use crate::live::Live;
use crate::notice::{Notice, NoticeKind};
use crate::phone::Phone;
use crate::ringer::{self, Ringer};
use crate::scan::Scanner;
use crate::session::SessionEvent;
use crate::stats::{CallStats, StatsFile};
use crate::view::{NOTICES, View};

use compare::Comparing;
use devices::Testing;
use pairing::Open;

/// Tells a client what became of its command.
pub type Replier = oneshot::Sender<Result<Reply, PhoneError>>;

/// A command on its way to the driver.
pub struct Asked {
    /// What to do.
    pub command: Command,
    /// Whom to tell; without anybody, what goes wrong becomes a notice.
    pub reply: Option<Replier>,
}

/// A call that a client wants to make.
pub struct Start {
    /// Send video.
    pub video: bool,
    /// Whom to tell.
    pub reply: Option<Replier>,
}

/// What the driver's own tasks tell it.
pub enum Internal {
    /// The desk answered a request.
    Desk { answer: Answer, reply: Option<Replier> },
    /// A request was answered without the desk.
    Answered { response: Result<Response, DeskError>, reply: Option<Replier> },
    /// It is known which phone a client wants to call.
    Resolved { peer: Result<PeerAddr, DeskError>, start: Start },
    /// The built-in Echo was opened.
    Echo { phone: Box<Result<Phone, PhoneError>>, start: Start },
    /// A call could not be remembered.
    NotRecorded(DeskError),
    /// A call's media endpoint is bound, or cannot be.
    Bound { call: CallId, endpoint: Result<MediaEndpoint, NetError> },
    /// A call's media endpoint has other addresses.
    Moved { call: CallId, addr: PeerAddr },
    /// A signal was not delivered.
    SignalFailed { call: CallId, failure: SendFailure, why: String },
    /// This peer cannot read what this phone writes, or this phone does not trust its keys.
    Unreadable { peer: PeerId, why: &'static str },
    /// A letter was taken by the other phone, over the connection of this binding.
    Delivered { to: PeerId, body: Body, binding: [u8; 32] },
    /// A letter arrived and is on the disk, over the connection of this binding.
    Letter { from: PeerId, body: Option<Body>, binding: [u8; 32], renewed: bool },
    /// A step of a comparison with this peer was not delivered.
    Uncompared(PeerId),
    /// The camera that looks for a code has found one, or has failed.
    Scanned,
    /// A device that is tried has failed, or the test sound is over.
    DeviceNews,
    /// The desk has changed.
    Desked(Box<Snapshot>),
    /// These peers have letters waiting.
    Waiting(Vec<PeerId>),
    /// The person has seen this peer's messages, which it had not before.
    Seen(PeerId),
    /// It is known with whom emoji shall be compared.
    Compare { peer: Result<PeerId, DeskError>, reply: Option<Replier> },
    /// A knock at a phone that is to be paired was answered.
    Knocked(Result<(), NetError>),
    /// A call's media endpoints are connected, or cannot be.
    Linked { call: CallId, link: Result<(CallConnection, CallIncoming), NetError> },
    /// A connection of a call is over: the one of this number.
    Unlinked { call: CallId, link: u64, why: CloseReason },
    /// A call's media session has something to say.
    Session { call: CallId, event: SessionEvent },
    /// It has rung long enough: answer by oneself.
    AutoAnswer { call: CallId, video: bool },
    /// The same for a contact that was chosen to be answered so.
    AnswerChosen { call: CallId },
}

/// Everything a running phone owns.
pub struct Driver {
    config: PhoneConfig,
    identity: Arc<Identity>,
    desk: DeskThread,
    snapshot: Snapshot,
    secret: [u8; 32],
    gate: watch::Sender<Gate>,
    courier: Courier,
    calls: Calls,
    live: BTreeMap<CallId, Live>,
    /// Where each peer is said to be: by its contact, else by the link that was dialled.
    addresses: BTreeMap<PeerId, PeerAddr>,
    echo: Option<Phone>,
    view: watch::Sender<View>,
    notices: u64,
    /// Ended calls that a client has looked at; forgotten with the call.
    dismissed: BTreeSet<CallId>,
    answered: u32,
    /// The person can see the pictures of calls; a client without a window leaves it so.
    watched: bool,
    /// Counts the changes of conversations and history.
    written: u64,
    /// Until when each contact counts as writing.
    typing: BTreeMap<PeerId, Instant>,
    /// When it was last remembered that a contact was heard.
    seen: BTreeMap<PeerId, Instant>,
    comparing: Option<Comparing>,
    pairing: Option<Open>,
    scan: Option<Scanner>,
    testing: Option<Testing>,
    /// The camera that the person switched to in this run.
    camera: Option<CameraChoice>,
    ringer: Ringer,
    stats: Option<StatsFile>,
    /// Sessions and endpoints of ended calls that are still closing; a session leaves its last numbers.
    ending: JoinSet<Option<(CallId, CallStats)>>,
    events: mpsc::Sender<Internal>,
    inbox: Option<mpsc::Receiver<Internal>>,
}

impl Driver {
    /// A driver for an open phone; `run` makes it work.
    #[must_use]
    pub fn new(
        config: PhoneConfig,
        (secret, snapshot): ([u8; 32], Snapshot),
        desk: DeskThread,
        identity: Identity,
        gate: watch::Sender<Gate>,
        stats: Option<StatsFile>,
        view: watch::Sender<View>,
    ) -> Self {
        let identity = Arc::new(identity);
        let (events, inbox) = mpsc::channel(limits::INTERNAL_EVENTS);
        let mut driver = Self {
            courier: Courier::new(Arc::clone(&identity), desk.clone(), events.clone()),
            config,
            identity,
            desk,
            snapshot: Snapshot::default(),
            secret,
            gate,
            calls: Calls::new(),
            live: BTreeMap::new(),
            addresses: BTreeMap::new(),
            echo: None,
            view,
            notices: 0,
            dismissed: BTreeSet::new(),
            answered: 0,
            watched: true,
            written: 0,
            typing: BTreeMap::new(),
            seen: BTreeMap::new(),
            comparing: None,
            pairing: None,
            scan: None,
            testing: None,
            camera: None,
            ringer: Ringer::new(SpeakerChoice::None),
            stats,
            ending: JoinSet::new(),
            events,
            inbox: Some(inbox),
        };
        driver.show(snapshot);
        driver.publish();
        driver
    }

    /// Works until `closing`, then ends every call and closes everything.
    pub async fn run(
        &mut self,
        mut asked: mpsc::Receiver<Asked>,
        mut incoming: mpsc::Receiver<DmEvent>,
        mut closing: oneshot::Receiver<()>,
    ) {
        let Some(mut inbox) = self.inbox.take() else { return };
        let addresses: Vec<String> = self.identity.listening().iter().map(ToString::to_string).collect();
        self.write(clock::now(), None, "listening", &[("addrs", addresses.into())]);
        self.send_waiting();
        let mut nearby = self.identity.nearby_phones();
        let every = |span| {
            let mut ticks = interval(span);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        };
        let mut stats = every(limits::STATS_EVERY);
        let mut heard = every(limits::HEARD_EVERY);
        let mut open = every(limits::OPEN_CALL_EVERY);
        loop {
            let in_call = !self.live.is_empty();
            let (deadline, fades) = (self.deadline(), self.fades());
            tokio::select! {
                _ = &mut closing => break,
                Some(event) = inbox.recv() => self.on_internal(event),
                Some(event) = incoming.recv() => self.on_message(event),
                Some(asked) = asked.recv() => self.on_command(asked),
                _ = heard.tick(), if in_call => self.check_heard(),
                _ = stats.tick(), if in_call => self.measure(),
                _ = open.tick(), if in_call => self.record_open(),
                Ok(()) = nearby.changed() => {}
                () = fades => self.fade(),
                Some(closed) = self.ending.join_next(), if !self.ending.is_empty() => self.on_closed(closed),
                () = deadline => self.feed(Input::Timeout),
            }
            self.sound();
            self.publish();
        }
        self.close(&mut inbox).await;
    }

    /// Until the state machine wants to be woken.
    fn deadline(&self) -> impl Future<Output = ()> + use<> {
        let due = self.calls.next_deadline().map(|(at, _)| Instant::now() + at.saturating_since(clock::now()));
        async move {
            match due {
                Some(due) => sleep_until(due).await,
                None => std::future::pending().await,
            }
        }
    }

    /// Feeds the state machine and carries out what it says.
    fn feed(&mut self, input: Input) {
        if let Err(error) = self.feed_command(input) {
            tracing::debug!(%error, "an input was refused");
        }
    }

    /// Like `feed`, for what a person asked: an error is theirs to know.
    fn feed_command(&mut self, input: Input) -> Result<(), CallError> {
        self.feed_at(clock::now(), input)
    }

    fn feed_at(&mut self, local: LocalTime, input: Input) -> Result<(), CallError> {
        let fed = self.calls.handle(Now { local, unix_ms: clock::unix_ms() }, input);
        while let Some(output) = self.calls.poll_output() {
            self.carry_out(output);
        }
        fed
    }

    /// Runs `work` beside the driver, which hears of its result as an event.
    fn beside(&self, work: impl Future<Output = Internal> + Send + 'static) {
        let events = self.events.clone();
        drop(tokio::spawn(async move {
            let event = work.await;
            // The phone has closed meanwhile when nobody takes it.
            drop(events.send(event).await);
        }));
    }

    fn write(&mut self, at: LocalTime, call: Option<CallId>, event: &str, fields: &[(&str, Value)]) {
        if let Some(stats) = &mut self.stats {
            let fields: Map<String, Value> =
                fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
            stats.write(at, call, event, fields);
        }
    }

    fn notice(&mut self, kind: NoticeKind) {
        self.notices += 1;
        let notice = Notice::new(self.notices, kind);
        self.view.send_modify(|view| {
            view.notices.push(notice);
            let old = view.notices.len().saturating_sub(NOTICES);
            drop(view.notices.drain(..old));
        });
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = &self.config.waker {
            waker();
        }
    }

    /// Lets the ringer play what the calls ask for.
    fn sound(&mut self) {
        let wanted = match self.config.answering {
            Answering::Ring | Answering::After { .. } => ringer::wanted(&self.calls),
            Answering::Decline | Answering::Echo => None,
        };
        self.ringer.show(wanted, ringer::speech(&self.calls));
    }

    /// Takes over a new state of the desk.
    fn show(&mut self, snapshot: Snapshot) {
        if snapshot.number < self.snapshot.number {
            return;
        }
        for addr in &snapshot.addresses {
            let _ = self.addresses.insert(addr.id, addr.clone());
        }
        let with = |blocked: bool| {
            let chosen = snapshot.contacts.iter().filter(move |contact| contact.blocked == blocked);
            chosen.map(|contact| contact.id).collect::<BTreeSet<PeerId>>()
        };
        let (mut admitted, blocked) = (with(false), with(true));
        if let Role::Echo { owner, .. } = &self.config.role {
            let _ = admitted.insert(*owner);
        }
        let (anyone, pairing) = (self.config.anyone, self.pairing.is_some());
        let known = |id: PeerId| self.snapshot.contacts.iter().any(|contact| contact.id == id);
        let removed = |id: PeerId| known(id) && !admitted.contains(&id);
        let shut_out = self.calls.alive().filter(|call| blocked.contains(&call.peer()) || removed(call.peer()));
        let shut_out: Vec<CallId> = shut_out.map(ahoy_call::Call::id).collect();
        let _ = self.gate.send_replace(Gate { anyone, admitted, blocked, pairing });
        let silent = snapshot.contacts.iter().filter(|contact| contact.muted).map(|contact| contact.id).collect();
        self.use_devices(&snapshot.settings);
        let (waiting, dnd) = (snapshot.settings.waiting(self.config.waiting), snapshot.settings.dnd());
        self.ringer.choose(snapshot.settings.chosen_speaker(&self.config.media.speaker));
        self.snapshot = snapshot;
        self.feed(Input::Policy(Policy { waiting, dnd, silent }));
        for call in shut_out {
            self.feed(Input::HangUp { call });
        }
    }

    /// Ends every call, waits until the peers know, and closes all devices and endpoints.
    async fn close(&mut self, inbox: &mut mpsc::Receiver<Internal>) {
        (self.testing, self.scan) = (None, None);
        let alive: Vec<CallId> =
            self.calls.calls().iter().filter(|call| !call.state().is_ended()).map(ahoy_call::Call::id).collect();
        for call in alive {
            self.feed(Input::HangUp { call });
        }
        let last_words = async {
            self.courier.finish().await;
            // History rows of the calls just ended are on their way to the disk, sound and pictures to their files.
            self.desk.finish().await;
            while let Some(closed) = self.ending.join_next().await {
                self.on_closed(closed);
            }
        };
        tokio::select! {
            () = last_words => {}
            () = sleep(limits::CLOSE_WAIT) => tracing::warn!("the last signals were not acknowledged"),
        }
        // Whatever became of the last words, the sessions have stopped meanwhile, and their last numbers count.
        while let Some(closed) = self.ending.try_join_next() {
            self.on_closed(closed);
        }
        while let Ok(event) = inbox.try_recv() {
            self.on_internal(event);
        }
        self.publish();
        if let Some(echo) = self.echo.take() {
            drop(tokio::task::spawn_blocking(move || echo.close()).await);
        }
        self.live.clear();
        if timeout(limits::GOODBYE_WAIT, self.identity.close()).await.is_err() {
            tracing::debug!("a peer did not take the goodbye");
        }
    }
}
