//! Phones and links between them, all virtual: the clock moves only when a test moves it.
//! Used by the tests of flows and the random walk.
//! The link delivers signals after a delay; endpoints and connections come about at once unless a test says otherwise.

use std::collections::VecDeque;
use std::time::Duration;

use ahoy_call::{
    Call, CallError, CallId, CallRecord, CallSignal, CallState, Calls, EndReason, Input, Now, OtherCall, Output,
    PeerAddr, PeerId, Policy, RingManner,
};
use ahoy_media::{AudioCodec, LocalTime};

/// The Unix time of the virtual clock's zero, in milliseconds.
pub const EPOCH_MS: u64 = 1_700_000_000_000;

/// One phone and everything it has handed out.
#[derive(Default)]
pub struct Phone {
    pub calls: Calls,
    pub records: Vec<CallRecord>,
    pub changes: Vec<(CallId, CallState)>,
    pub replaced: Vec<(CallId, CallId)>,
    pub ringing: Vec<CallId>,
    /// Every ring there was.
    pub rings: Vec<(CallId, RingManner)>,
    /// Notes left: for whom, about which call.
    pub notes: Vec<(PeerId, CallId)>,
    /// Calls whose media endpoint is open.
    pub bound: Vec<CallId>,
    /// Calls whose devices are open.
    pub media: Vec<CallId>,
    /// Caller: what every `DialMedia` wanted.
    pub dialled: Vec<(CallId, PeerAddr)>,
    /// Callee: whom `AcceptMedia` lets in.
    pub accepted: Vec<(CallId, PeerId)>,
    /// The phone is dead: nothing goes in, nothing comes out.
    pub dead: bool,
}

/// A signal on its way.
pub struct Flight {
    pub from: usize,
    pub to: usize,
    pub signal: CallSignal,
}

pub struct World {
    pub now: LocalTime,
    pub phones: Vec<Phone>,
    pub flights: VecDeque<Flight>,
    /// Media endpoints and connections come about by themselves.
    pub media_works: bool,
}

pub fn id(byte: u8) -> CallId {
    CallId([byte; 16])
}

/// The identity of a phone.
pub fn peer(phone: usize) -> PeerId {
    PeerId([phone as u8 + 1; 32])
}

/// The media endpoint of a phone in a call.
pub fn media(phone: usize, call: CallId) -> PeerId {
    let mut bytes = [phone as u8 + 101; 32];
    bytes[..16].copy_from_slice(call.as_bytes());
    PeerId(bytes)
}

impl World {
    pub fn new() -> Self {
        Self::of(2)
    }

    pub fn of(phones: usize) -> Self {
        Self {
            now: LocalTime(5_000_000),
            phones: (0..phones).map(|_| Phone::default()).collect(),
            flights: VecDeque::new(),
            media_works: true,
        }
    }

    pub fn time(&self) -> Now {
        Now { local: self.now, unix_ms: EPOCH_MS + self.now.0 / 1000 }
    }

    /// Gives an input and carries out everything that comes of it; signals stay in flight.
    pub fn input(&mut self, phone: usize, input: Input) -> Result<(), CallError> {
        if self.phones[phone].dead {
            return Ok(());
        }
        let now = self.time();
        let result = self.phones[phone].calls.handle(now, input);
        while let Some(output) = self.phones[phone].calls.poll_output() {
            self.carry_out(phone, output);
        }
        result
    }

    fn carry_out(&mut self, at: usize, output: Output) {
        let works = self.media_works;
        let phone = &mut self.phones[at];
        match output {
            Output::BindMedia { call } => {
                phone.bound.push(call);
                if works {
                    let addr = PeerAddr::new(media(at, call));
                    self.input(at, Input::MediaBound { call, addr }).expect("never fails");
                }
            }
            Output::Send { to, call, signal } => {
                assert_eq!(signal.call_id(), call);
                let bytes = ahoy_call::wire::encode(&signal).expect("what the machine says has an encoding");
                assert_eq!(ahoy_call::wire::decode(&bytes).as_ref(), Ok(&signal));
                let to = (0..self.phones.len()).find(|phone| peer(*phone) == to).expect("somebody's phone");
                self.flights.push_back(Flight { from: at, to, signal });
            }
            Output::DialMedia { call, to } => {
                let there = (0..self.phones.len()).find(|phone| media(*phone, call) == to.id);
                self.phones[at].dialled.push((call, to));
                let there = there.expect("an endpoint of this call");
                let open = self.phones[there].accepted.contains(&(call, media(at, call)));
                if works && open && !self.phones[there].dead {
                    self.input(there, Input::Linked { call }).expect("never fails");
                    self.input(at, Input::Linked { call }).expect("never fails");
                }
            }
            Output::AcceptMedia { call, from } => phone.accepted.push((call, from)),
            Output::StartMedia { call, .. } => {
                assert!(!phone.media.contains(&call), "media starts once a call");
                phone.media.push(call);
            }
            Output::StopMedia { call, .. } => {
                assert!(phone.bound.contains(&call), "media stops once for each endpoint");
                phone.bound.retain(|bound| *bound != call);
                phone.media.retain(|running| *running != call);
                phone.accepted.retain(|(accepted, _)| *accepted != call);
            }
            Output::Ring { call, manner } => {
                phone.ringing.push(call);
                phone.rings.push((call, manner));
            }
            Output::StopRing { call } => phone.ringing.retain(|ringing| *ringing != call),
            Output::Changed { call, to, .. } => phone.changes.push((call, to)),
            Output::MediaChanged { .. } => {}
            Output::Replaced { call, by } => phone.replaced.push((call, by)),
            Output::LeaveNote { to, call, .. } => phone.notes.push((to, call)),
            Output::Record(record) => phone.records.push(record),
        }
    }

    /// Delivers the oldest signal in flight.
    pub fn deliver_one(&mut self) -> bool {
        let Some(Flight { from, to, signal }) = self.flights.pop_front() else { return false };
        self.hear(to, from, signal);
        true
    }

    /// A signal of `from` arrives.
    pub fn hear(&mut self, to: usize, from: usize, signal: CallSignal) {
        self.input(to, Input::Received { from: peer(from), signal }).expect("a signal never fails");
    }

    /// Delivers until nothing is in flight.
    pub fn deliver(&mut self) {
        while self.deliver_one() {}
    }

    /// Moves the clock, stopping at every deadline on the way; signals arrive at once.
    pub fn pass(&mut self, span: Duration) {
        let until = self.now + span;
        loop {
            let next = self.phones.iter().filter(|phone| !phone.dead).filter_map(|phone| phone.calls.next_deadline());
            match next.map(|(at, _)| at).min() {
                Some(at) if at <= until => {
                    self.now = self.now.max(at);
                    for phone in 0..self.phones.len() {
                        self.input(phone, Input::Timeout).expect("never fails");
                    }
                    self.deliver();
                }
                Some(_) | None => break,
            }
        }
        self.now = until;
    }

    /// Phone 0 calls phone 1 or the other way round; the third phone calls phone 1.
    pub fn dial(&mut self, from: usize, call: CallId, video: bool) -> Result<(), CallError> {
        self.dial_to(from, usize::from(from != 1), call, video)
    }

    pub fn dial_to(&mut self, from: usize, to: usize, call: CallId, video: bool) -> Result<(), CallError> {
        self.input(from, Input::Dial { call, peer: peer(to), video, audio_codec: AudioCodec::Opus48k })
    }

    /// Answers without video and delivers.
    pub fn accept(&mut self, phone: usize, call: CallId, other: OtherCall) {
        self.input(phone, Input::Accept { call, video: false, other }).expect("it rings");
        self.deliver();
    }

    pub fn held(&mut self, phone: usize, call: CallId, held: bool) {
        self.input(phone, Input::SetHeld { call, held }).expect("it lives");
        self.deliver();
    }

    /// Call waiting on a phone.
    pub fn waiting(&mut self, phone: usize) {
        let policy = Policy { waiting: true, ..Policy::default() };
        self.input(phone, Input::Policy(policy)).expect("never fails");
    }

    /// Media goes through in both directions.
    pub fn flow(&mut self, call: CallId) {
        for phone in 0..self.phones.len() {
            self.input(phone, Input::MediaFlows { call }).expect("never fails");
        }
    }

    /// Everybody hears everybody for so many seconds.
    pub fn talk(&mut self, secs: u64) {
        for _ in 0..secs {
            self.pass(Duration::from_secs(1));
            for phone in 0..self.phones.len() {
                let live: Vec<_> = self.phones[phone].calls.alive().map(Call::id).collect();
                for call in live {
                    self.input(phone, Input::Heard { call }).expect("never fails");
                }
            }
        }
    }

    /// A voice call from phone 0 that is active.
    pub fn active_call(video: bool) -> (Self, CallId) {
        Self::active_call_of(2, video)
    }

    /// The same among more phones.
    pub fn active_call_of(phones: usize, video: bool) -> (Self, CallId) {
        let mut world = Self::of(phones);
        let call = id(9);
        world.dial(0, call, video).expect("free");
        world.deliver();
        world.input(1, Input::Accept { call, video, other: OtherCall::Hold }).expect("it rings");
        world.deliver();
        world.flow(call);
        assert_eq!(world.states(call), [Some(CallState::Active); 2]);
        (world, call)
    }

    /// What a phone knows of a call that it must know.
    pub fn call(&self, phone: usize, call: CallId) -> &Call {
        self.phones[phone].calls.call(call).expect("it is known")
    }

    /// Whether sound and pictures leave the first two phones.
    pub fn sound(&self, call: CallId) -> [bool; 2] {
        [0, 1].map(|phone| self.call(phone, call).sends().sound)
    }

    pub fn states(&self, call: CallId) -> [Option<CallState>; 2] {
        [0, 1].map(|phone| self.state(phone, call))
    }

    pub fn state(&self, phone: usize, call: CallId) -> Option<CallState> {
        self.phones[phone].calls.call(call).map(ahoy_call::Call::state)
    }

    /// How a call ended, in the words of the history, on both sides.
    pub fn words(&self) -> [Vec<&'static str>; 2] {
        [0, 1].map(|phone| self.phones[phone].records.iter().map(|record| record.ended_reason.word()).collect())
    }
}

pub fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

pub fn ended(reason: EndReason) -> Option<CallState> {
    Some(CallState::Ended(reason))
}
