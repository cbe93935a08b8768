//! Two phones and a link between them, all virtual: the clock moves only when a test moves it.
//! Used by the flow tests and the random walk.
//! The link delivers signals after a delay; endpoints and connections come about at once unless a test says otherwise.

use std::collections::VecDeque;
use std::time::Duration;

use ahoy_call::{CallError, CallId, CallRecord, CallSignal, CallState, Calls, Input, Now, Output, PeerAddr, PeerId};
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
    /// Calls whose media endpoint is open.
    pub bound: Vec<CallId>,
    /// Calls whose devices are open.
    pub media: Vec<CallId>,
    /// Caller: whom the newest `DialMedia` wants.
    pub dialled: Vec<(CallId, PeerId)>,
    /// Callee: whom `AcceptMedia` lets in.
    pub accepted: Vec<(CallId, PeerId)>,
    /// The phone is dead: nothing goes in, nothing comes out.
    pub dead: bool,
}

/// A signal on its way.
pub struct Flight {
    pub to: usize,
    pub signal: CallSignal,
}

pub struct World {
    pub now: LocalTime,
    pub phones: [Phone; 2],
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
        Self {
            now: LocalTime(5_000_000),
            phones: [Phone::default(), Phone::default()],
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
                let to = usize::from(to == peer(1));
                self.flights.push_back(Flight { to, signal });
            }
            Output::DialMedia { call, to } => {
                phone.dialled.push((call, to.id));
                let there = 1 - at;
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
            Output::Ring { call } => phone.ringing.push(call),
            Output::StopRing { call } => phone.ringing.retain(|ringing| *ringing != call),
            Output::Changed { call, to, .. } => phone.changes.push((call, to)),
            Output::MediaChanged { .. } => {}
            Output::Replaced { call, by } => phone.replaced.push((call, by)),
            Output::Record(record) => phone.records.push(record),
        }
    }

    /// Delivers the oldest signal in flight.
    pub fn deliver_one(&mut self) -> bool {
        let Some(Flight { to, signal }) = self.flights.pop_front() else { return false };
        self.input(to, Input::Received { from: peer(1 - to), signal }).expect("a signal never fails");
        true
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
                    for phone in [0, 1] {
                        self.input(phone, Input::Timeout).expect("never fails");
                    }
                    self.deliver();
                }
                Some(_) | None => break,
            }
        }
        self.now = until;
    }

    pub fn dial(&mut self, from: usize, call: CallId, video: bool) -> Result<(), CallError> {
        self.input(from, Input::Dial { call, peer: peer(1 - from), video, audio_codec: AudioCodec::Opus48k })
    }

    /// Media goes through in both directions.
    pub fn flow(&mut self, call: CallId) {
        for phone in [0, 1] {
            self.input(phone, Input::MediaFlows { call }).expect("never fails");
        }
    }

    /// A voice call from phone 0 that is active.
    pub fn active_call(video: bool) -> (Self, CallId) {
        let mut world = Self::new();
        let call = id(9);
        world.dial(0, call, video).expect("free");
        world.deliver();
        world.input(1, Input::Accept { call, video }).expect("it rings");
        world.deliver();
        world.flow(call);
        assert_eq!(world.states(call), [Some(CallState::Active); 2]);
        (world, call)
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
