//! The world: phones with the production state machine, links between them, and one virtual clock.
//! Made from a `Setup`, moved by acts and by time; everything that a machine hands out is carried out here.
//! It stops at the first broken rule and says which it was.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use ahoy_call::{CallId, Calls, Input, Now, Output, PeerId, Policy};
use ahoy_media::LocalTime;

use crate::act::At;
use crate::agenda::Agenda;
use crate::audit::{Cause, audit};
use crate::ledger::{Broken, Ledger};
use crate::post::Channel;
use crate::setup::Setup;
use crate::trace::Trace;
use crate::wires::Wires;

/// The Unix time of the virtual clock's zero, in milliseconds.
const EPOCH_MS: u64 = 1_700_000_000_000;
/// The virtual clock's first moment: not zero, so that earlier times exist.
const START: LocalTime = LocalTime(100_000_000);

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When, counted from the start.
    pub after: Duration,
    /// On which phone; `None` when it took more than one.
    pub phone: Option<At>,
    /// What.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "after {:.3} s", self.after.as_secs_f64())?;
        if let Some(phone) = self.phone {
            write!(f, " on phone {phone}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// One phone.
#[derive(Debug, Default)]
pub(crate) struct Phone {
    pub(crate) calls: Calls,
    pub(crate) ledger: Ledger,
    pub(crate) policy: Policy,
    pub(crate) blocked: BTreeSet<At>,
    /// Not between a crash and the start after it.
    pub(crate) up: bool,
}

/// All phones and everything between them.
#[derive(Debug)]
pub struct World {
    pub(crate) setup: Setup,
    pub(crate) now: LocalTime,
    pub(crate) phones: Vec<Phone>,
    pub(crate) agenda: Agenda,
    channels: Vec<Channel>,
    pub(crate) wires: Wires,
    /// Pairs of phones, the smaller number first, between which nothing goes through.
    pub(crate) cuts: BTreeSet<(At, At)>,
    /// Calls of which a phone has forgotten something or a signal was given up.
    pub(crate) marred: BTreeSet<CallId>,
    pub(crate) dialled: u64,
    pub(crate) trace: Trace,
    pub(crate) inputs: u64,
    /// Counts whatever may have changed something.
    pub(crate) changes: u64,
    /// What happened, for people; kept only when somebody will read it.
    pub(crate) diary: Option<Vec<String>>,
    fault: Option<Fault>,
}

impl World {
    /// A world in which nothing has happened.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        let phones = (0..setup.phones).map(|_| Phone { up: true, ..Phone::default() }).collect();
        Self {
            setup: setup.clone(),
            now: START,
            phones,
            agenda: Agenda::default(),
            channels: vec![Channel::default(); setup.phones * setup.phones],
            wires: Wires::default(),
            cuts: BTreeSet::new(),
            marred: BTreeSet::new(),
            dialled: 0,
            trace: Trace::default(),
            inputs: 0,
            changes: 0,
            diary: None,
            fault: None,
        }
    }

    /// The calls of a phone.
    #[must_use]
    pub fn calls(&self, at: At) -> &Calls {
        &self.phones[at].calls
    }

    /// The calls of a phone whose devices are open.
    pub fn devices(&self, at: At) -> impl Iterator<Item = CallId> {
        self.wires.sessions(at)
    }

    /// The identity of a phone.
    #[must_use]
    pub fn peer(at: At) -> PeerId {
        PeerId([u8::try_from(at).expect("four phones at the most") + 1; 32])
    }

    pub(crate) fn at(peer: PeerId) -> At {
        usize::from(peer.0[0]) - 1
    }

    /// The first broken rule.
    #[must_use]
    pub const fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// The time that has passed.
    #[must_use]
    pub fn after(&self) -> Duration {
        self.now.saturating_since(START)
    }

    pub(crate) fn start() -> LocalTime {
        START
    }

    pub(crate) fn rule(&mut self, phone: Option<At>, holds: Broken) {
        if let (Err(what), None) = (holds, &self.fault) {
            self.fault = Some(Fault { after: self.after(), phone, what });
        }
    }

    pub(crate) fn channel(&mut self, from: At, to: At) -> &mut Channel {
        &mut self.channels[from * self.setup.phones + to]
    }

    /// Signals on their way, by hand.
    pub(crate) fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Whether the way from one phone to another is open.
    pub(crate) fn passes(&self, from: At, to: At) -> bool {
        !self.cuts.contains(&(from.min(to), from.max(to)))
    }

    pub(crate) fn feed(&mut self, at: At, input: Input) {
        self.feed_at(at, self.now, input);
    }

    /// Gives a machine an input, checks everything that comes of it, and carries it out.
    pub(crate) fn feed_at(&mut self, at: At, local: LocalTime, input: Input) {
        if self.fault.is_some() || !self.phones[at].up {
            return;
        }
        self.inputs += 1;
        self.note_input(at, &input);
        let cause = Cause::of(&input);
        let pledge = Pledge::of(&input);
        let unix_ms = EPOCH_MS + self.now.0 / 1_000;
        let phone = &mut self.phones[at];
        let taken = phone.calls.handle(Now { local, unix_ms }, input).is_ok();
        let outputs: Vec<Output> = std::iter::from_fn(|| phone.calls.poll_output()).collect();
        if taken {
            self.changes += 1;
            pledge.enter(&mut phone.ledger);
        }
        self.trace.number(self.now.0 << 3 | at as u64);
        self.check(at, local, taken, &outputs, cause);
        for output in outputs {
            self.note_output(at, &output);
            self.carry_out(at, output);
        }
    }

    fn check(&mut self, at: At, local: LocalTime, taken: bool, outputs: &[Output], cause: Cause) {
        let slack = Duration::from_millis(self.setup.lag_ms + 1);
        let phone = &mut self.phones[at];
        let mut holds = Ok(());
        if !taken && !outputs.is_empty() {
            holds = Err(format!("a command failed and yet {outputs:?}"));
        }
        for output in outputs {
            self.trace.debug(output);
            let with = call_of(output).and_then(|call| phone.calls.call(call)).map(ahoy_call::Call::peer);
            holds = holds.and_then(|()| phone.ledger.enter(local, output, &phone.policy, with));
        }
        holds = holds.and_then(|()| audit(local, &phone.calls, &mut phone.ledger, cause, slack));
        self.rule(Some(at), holds);
    }

    fn carry_out(&mut self, at: At, output: Output) {
        match output {
            Output::BindMedia { call } => self.bind_media(at, call),
            Output::Send { to, call, signal } => {
                let bytes = ahoy_call::wire::encode(&signal).map_err(|error| error.to_string());
                let read = bytes.and_then(|bytes| ahoy_call::wire::decode(&bytes).map_err(|error| error.to_string()));
                let same = signal.call_id() == call && read.as_ref() == Ok(&signal);
                self.rule(Some(at), same.then_some(()).ok_or_else(|| format!("{signal:?} does not read back")));
                let there = Self::at(to);
                if there < self.setup.phones {
                    self.post(at, there, call, signal);
                } else {
                    self.rule(Some(at), Err(format!("{} is said to a stranger", signal.name())));
                }
            }
            Output::DialMedia { call, to } => self.dial_media(at, call, to),
            Output::AcceptMedia { call, from } => self.accept_media(at, call, from),
            Output::StartMedia { call, .. } => self.start_media(at, call),
            Output::StopMedia { call, ended } => self.stop_media(at, call, ended),
            Output::Ring { .. }
            | Output::StopRing { .. }
            | Output::Changed { .. }
            | Output::MediaChanged { .. }
            | Output::Replaced { .. }
            | Output::LeaveNote { .. }
            | Output::Record(_) => {}
        }
    }
}

const fn call_of(output: &Output) -> Option<CallId> {
    match output {
        Output::BindMedia { call }
        | Output::Send { call, .. }
        | Output::DialMedia { call, .. }
        | Output::AcceptMedia { call, .. }
        | Output::StartMedia { call, .. }
        | Output::StopMedia { call, .. }
        | Output::Ring { call, .. }
        | Output::StopRing { call }
        | Output::Changed { call, .. }
        | Output::MediaChanged { call }
        | Output::Replaced { call, .. }
        | Output::LeaveNote { call, .. } => Some(*call),
        Output::Record(record) => Some(record.call_id),
    }
}

/// What a person's command agrees to, once it is taken.
enum Pledge {
    Dial { call: CallId, video: bool },
    Accept { call: CallId, video: bool },
    Muted { call: CallId, muted: bool },
    Video { call: CallId, video: bool },
    Nothing,
}

impl Pledge {
    fn of(input: &Input) -> Self {
        match *input {
            Input::Dial { call, video, .. } => Self::Dial { call, video },
            Input::Accept { call, video, .. } => Self::Accept { call, video },
            Input::SetMuted { call, muted } => Self::Muted { call, muted },
            Input::SetVideo { call, video } => Self::Video { call, video },
            Input::Decline { .. }
            | Input::HangUp { .. }
            | Input::SetHeld { .. }
            | Input::Swap
            | Input::Policy(_)
            | Input::MediaBound { .. }
            | Input::MediaMoved { .. }
            | Input::MediaFailed { .. }
            | Input::Received { .. }
            | Input::SendFailed { .. }
            | Input::Linked { .. }
            | Input::Unlinked { .. }
            | Input::MediaFlows { .. }
            | Input::Heard { .. }
            | Input::Timeout => Self::Nothing,
        }
    }

    fn enter(self, ledger: &mut Ledger) {
        match self {
            Self::Dial { call, video } | Self::Accept { call, video } => {
                let wish = ledger.wish(call);
                (wish.consent, wish.video) = (true, video);
            }
            Self::Muted { call, muted } => ledger.wish(call).muted = muted,
            Self::Video { call, video } => ledger.wish(call).video = video,
            Self::Nothing => {}
        }
    }
}
