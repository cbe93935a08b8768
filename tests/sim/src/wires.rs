//! Media endpoints, the connections between them, and the packets of the sessions on them.
//! The world binds, dials, opens doors and closes as the machines say, and feeds back what an engine would.
//! A door stays open for the one expected endpoint; a connection lives until an end closes it or it idles out.

use std::time::Duration;

use ahoy_call::{CallId, Input, PeerAddr, PeerId};
use ahoy_media::LocalTime;

use crate::World;
use crate::act::At;
use crate::agenda::{ConnectionNumber, EndpointNumber, Happening};
use crate::chance::Chance;

/// How long dialling may take: the network crate's bound.
const DIAL: Duration = Duration::from_secs(10);
/// How often a dialling endpoint tries.
const KNOCK: Duration = Duration::from_millis(250);
/// A connection that nothing went through for this long ends: the transport's bound.
const IDLE: Duration = Duration::from_secs(45);
/// The beat of a session until it knows that media flow.
const FIRST_BEATS: Duration = Duration::from_millis(60);
/// The beat of a session: more than one is lost before two seconds of silence have passed.
const BEAT: Duration = Duration::from_millis(700);
/// How often the driver looks when a session last heard its peer, in milliseconds.
const LOOK_MS: u64 = 100;

const KIND_BIND: u64 = 10;
const KIND_BEAT: u64 = 11;
const KIND_KNOCK: u64 = 12;

/// What a session knows.
#[derive(Clone, Copy, Debug, Default)]
struct Session {
    hears: bool,
    heard: bool,
    told: bool,
}

/// A media endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) at: At,
    pub(crate) call: CallId,
    open: bool,
    bound: bool,
    /// Its address, as a port; another after every move.
    port: u16,
    door: Option<PeerId>,
    session: Option<Session>,
    connection: Option<ConnectionNumber>,
    beats: u64,
}

/// A connection between two endpoints, the dialling one first.
#[derive(Clone, Debug)]
struct Connection {
    ends: [EndpointNumber; 2],
    /// Neither closed nor idled out.
    up: bool,
    /// Packets find their way.
    works: bool,
    last: LocalTime,
}

/// Everything between the sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wires {
    endpoints: Vec<Endpoint>,
    connections: Vec<Connection>,
}

fn endpoint_id(number: EndpointNumber) -> PeerId {
    let mut bytes = [0x77; 32];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    PeerId(bytes)
}

fn number_of(id: PeerId) -> EndpointNumber {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&id.0[..8]);
    usize::try_from(u64::from_be_bytes(bytes)).expect("made from a usize")
}

impl Endpoint {
    fn addr(&self, number: EndpointNumber) -> PeerAddr {
        let mut addr = PeerAddr::new(endpoint_id(number));
        addr.direct.push(([10, 0, 0, 1], self.port).into());
        addr
    }
}

impl Wires {
    /// The open endpoint of a call.
    fn endpoint(&self, at: At, call: CallId) -> Option<EndpointNumber> {
        self.endpoints.iter().rposition(|endpoint| endpoint.open && endpoint.at == at && endpoint.call == call)
    }

    /// Whether a device of this phone is open.
    pub(crate) fn sessions(&self, at: At) -> impl Iterator<Item = CallId> {
        self.endpoints.iter().filter(move |one| one.at == at && one.open && one.session.is_some()).map(|one| one.call)
    }

    /// What of it the future depends on.
    pub(crate) fn living(&self) -> impl Iterator<Item = (&Endpoint, Option<&dyn std::fmt::Debug>)> {
        self.endpoints.iter().filter(|endpoint| endpoint.open).map(|endpoint| {
            let connection = endpoint.connection.map(|number| &self.connections[number] as &dyn std::fmt::Debug);
            (endpoint, connection)
        })
    }
}

impl World {
    pub(crate) fn bind_media(&mut self, at: At, call: CallId) {
        let number = self.wires.endpoints.len();
        let (open, bound, port) = (true, false, 1);
        let endpoint = Endpoint { at, call, open, bound, port, door: None, session: None, connection: None, beats: 0 };
        self.wires.endpoints.push(endpoint);
        let mut luck = Chance::of(self.setup.seed, &[KIND_BIND, number as u64]);
        let works = !luck.permille(self.setup.bind_fails);
        let after = Duration::from_millis(self.setup.bind_ms);
        self.agenda.put(self.now + after, Happening::Bound { endpoint: number, works });
    }

    pub(crate) fn on_bound(&mut self, number: EndpointNumber, works: bool) {
        let endpoint = &mut self.wires.endpoints[number];
        if !endpoint.open {
            return;
        }
        endpoint.bound = works;
        let (at, call, addr) = (endpoint.at, endpoint.call, endpoint.addr(number));
        self.feed(at, if works { Input::MediaBound { call, addr } } else { Input::MediaFailed { call } });
    }

    pub(crate) fn accept_media(&mut self, at: At, call: CallId, from: PeerId) {
        if let Some(number) = self.wires.endpoint(at, call) {
            self.wires.endpoints[number].door = Some(from);
        }
    }

    pub(crate) fn dial_media(&mut self, at: At, call: CallId, to: PeerAddr) {
        if let Some(endpoint) = self.wires.endpoint(at, call) {
            self.agenda.put(self.now, Happening::Dialling { endpoint, to, until: self.now + DIAL });
        }
    }

    /// One attempt to reach another endpoint.
    pub(crate) fn dialling(&mut self, number: EndpointNumber, to: PeerAddr, until: LocalTime) {
        let (there, me) = (number_of(to.id), &self.wires.endpoints[number]);
        if !me.open {
            return;
        }
        if self.now >= until {
            return self.agenda.put(self.now, Happening::Unlinked { endpoint: number, ended: false });
        }
        let other = &self.wires.endpoints[there];
        let mut luck = Chance::of(self.setup.seed, &[KIND_KNOCK, number as u64, self.now.0]);
        let reaches = other.open && other.bound && to.direct == other.addr(there).direct;
        let passes = self.passes(me.at, other.at) && self.passes(other.at, me.at);
        let answers = reaches && passes && !luck.permille(self.setup.link.loss) && self.phones[other.at].up;
        match other.door {
            Some(door) if answers && door == endpoint_id(number) => {
                let connection = self.wires.connections.len();
                let ends = [number, there];
                self.wires.connections.push(Connection { ends, up: true, works: true, last: self.now });
                let delay = Duration::from_millis(self.setup.link.delay_ms);
                self.agenda.put(self.now + delay * 2, Happening::Linked { endpoint: number, connection });
                self.agenda.put(self.now + delay * 3, Happening::Linked { endpoint: there, connection });
                self.agenda.put(self.now + IDLE, Happening::Idle { connection });
            }
            Some(_) | None => self.agenda.put(self.now + KNOCK, Happening::Dialling { endpoint: number, to, until }),
        }
    }

    pub(crate) fn on_linked(&mut self, number: EndpointNumber, connection: ConnectionNumber) {
        let endpoint = &mut self.wires.endpoints[number];
        if !endpoint.open || !self.wires.connections[connection].up {
            return;
        }
        endpoint.connection = Some(connection);
        let (at, call) = (endpoint.at, endpoint.call);
        self.feed(at, Input::Linked { call });
    }

    /// A connection ended without this side's doing. Whether it was the newest, the driver does not ask.
    pub(crate) fn on_unlinked(&mut self, number: EndpointNumber, ended: bool) {
        let endpoint = &self.wires.endpoints[number];
        if endpoint.open {
            let (at, call) = (endpoint.at, endpoint.call);
            self.feed(at, Input::Unlinked { call, ended });
        }
    }

    pub(crate) fn start_media(&mut self, at: At, call: CallId) {
        if let Some(number) = self.wires.endpoint(at, call) {
            self.wires.endpoints[number].session = Some(Session::default());
            self.agenda.put(self.now, Happening::Pulse { endpoint: number });
        }
    }

    /// Everything of the call closes; the peer hears so when the way is open.
    pub(crate) fn stop_media(&mut self, at: At, call: CallId, ended: bool) {
        let Some(number) = self.wires.endpoint(at, call) else { return };
        let current = self.wires.endpoints[number].connection;
        self.silence(number);
        for connection in 0..self.wires.connections.len() {
            let Connection { ends, up, works, .. } = self.wires.connections[connection];
            if !up || !ends.contains(&number) {
                continue;
            }
            let there = if ends[0] == number { ends[1] } else { ends[0] };
            if works && self.passes(at, self.wires.endpoints[there].at) {
                self.wires.connections[connection].up = false;
                let delay = Duration::from_millis(self.setup.link.delay_ms);
                let ended = ended && current == Some(connection);
                self.agenda.put(self.now + delay, Happening::Unlinked { endpoint: there, ended });
            } else {
                self.wires.connections[connection].works = false;
            }
        }
    }

    fn silence(&mut self, number: EndpointNumber) {
        let endpoint = &mut self.wires.endpoints[number];
        endpoint.open = false;
        endpoint.session = None;
        endpoint.door = None;
    }

    /// A phone dies: nobody says goodbye.
    pub(crate) fn drop_endpoints(&mut self, at: At) {
        for number in 0..self.wires.endpoints.len() {
            if self.wires.endpoints[number].at == at && self.wires.endpoints[number].open {
                self.silence(number);
                let gone = self.wires.connections.iter_mut().filter(|one| one.ends.contains(&number));
                gone.for_each(|connection| connection.works = false);
            }
        }
    }

    /// A phone comes into another network: whatever was sent through its connections goes astray, and nobody tells.
    pub(crate) fn move_endpoints(&mut self, at: At) {
        for number in 0..self.wires.endpoints.len() {
            let endpoint = &mut self.wires.endpoints[number];
            if endpoint.at != at || !endpoint.open || !endpoint.bound {
                continue;
            }
            endpoint.port += 1;
            let (call, addr) = (endpoint.call, endpoint.addr(number));
            let dead = self.wires.connections.iter_mut().filter(|one| one.ends.contains(&number));
            dead.for_each(|connection| connection.works = false);
            self.feed(at, Input::MediaMoved { call, addr });
        }
    }

    /// The connections between two phones break, and both sides notice.
    pub(crate) fn break_connections(&mut self, a: At, b: At) {
        for connection in 0..self.wires.connections.len() {
            let Connection { ends, up, .. } = self.wires.connections[connection];
            let at = ends.map(|end| self.wires.endpoints[end].at);
            if up && (at == [a, b] || at == [b, a]) {
                self.end_connection(connection);
            }
        }
    }

    fn end_connection(&mut self, connection: ConnectionNumber) {
        let Connection { ends, up, .. } = self.wires.connections[connection];
        if std::mem::replace(&mut self.wires.connections[connection].up, false) && up {
            self.changes += 1;
            for endpoint in ends {
                self.agenda.put(self.now, Happening::Unlinked { endpoint, ended: false });
            }
        }
    }

    pub(crate) fn on_idle(&mut self, connection: ConnectionNumber) {
        let Connection { up, works, last, ends } = self.wires.connections[connection];
        if !up {
            return;
        }
        let [a, b] = ends.map(|end| self.wires.endpoints[end].at);
        // The transport's own keep-alives go through, whether or not a session uses the connection.
        let last = if works && self.passes(a, b) && self.passes(b, a) { self.now } else { last };
        self.wires.connections[connection].last = last;
        if self.now.saturating_since(last) >= IDLE {
            return self.end_connection(connection);
        }
        if ends.iter().any(|end| self.wires.endpoints[*end].open) {
            self.agenda.put(last + IDLE, Happening::Idle { connection });
        }
    }

    /// A session sends a packet; the next follows.
    pub(crate) fn on_pulse(&mut self, number: EndpointNumber) {
        let endpoint = &mut self.wires.endpoints[number];
        let Some(session) = endpoint.session else { return };
        endpoint.beats += 1;
        let beats = endpoint.beats;
        self.send_pulse(number);
        // Nobody waits for a first answer at the pace of a conversation for long.
        let beat = if session.told || beats > 200 { BEAT } else { FIRST_BEATS };
        self.agenda.put(self.now + beat, Happening::Pulse { endpoint: number });
    }

    fn send_pulse(&mut self, number: EndpointNumber) {
        let Endpoint { at, connection, session, beats, .. } = self.wires.endpoints[number];
        let (Some(connection), Some(session)) = (connection, session) else { return };
        let Connection { ends, up, works, .. } = self.wires.connections[connection];
        let there = if ends[0] == number { ends[1] } else { ends[0] };
        let mut luck = Chance::of(self.setup.seed, &[KIND_BEAT, number as u64, beats]);
        let passes = self.passes(at, self.wires.endpoints[there].at);
        if up && works && passes && !luck.permille(self.setup.link.loss) {
            self.wires.connections[connection].last = self.now;
            let delay = Duration::from_millis(self.setup.link.delay_ms);
            self.agenda.put(self.now + delay, Happening::Pulsed { endpoint: there, hears: session.hears });
        }
    }

    /// A packet arrives at a session.
    pub(crate) fn on_pulsed(&mut self, number: EndpointNumber, hears: bool) {
        let endpoint = &mut self.wires.endpoints[number];
        let (at, call) = (endpoint.at, endpoint.call);
        let Some(session) = &mut endpoint.session else { return };
        let first = !std::mem::replace(&mut session.hears, true);
        session.heard |= hears;
        let flows = session.heard && !std::mem::replace(&mut session.told, session.heard);
        let look = self.now.0 % (LOOK_MS * 1_000);
        let look = if self.setup.by_hand { 0 } else { LOOK_MS * 1_000 - look };
        self.agenda.put(LocalTime(self.now.0 + look), Happening::Heard { endpoint: number, at: self.now });
        if first {
            self.send_pulse(number);
        }
        if flows {
            self.feed(at, Input::MediaFlows { call });
            // Whoever hears that it is heard says so at once, so that the other side knows too.
            self.send_pulse(number);
        }
    }

    /// The driver tells its machine when the peer was heard.
    pub(crate) fn on_heard(&mut self, number: EndpointNumber, at: LocalTime) {
        let endpoint = &self.wires.endpoints[number];
        if endpoint.session.is_some() {
            let (phone, call) = (endpoint.at, endpoint.call);
            self.feed_at(phone, at, Input::Heard { call });
        }
    }
}
