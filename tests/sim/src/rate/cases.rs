//! The cases: RFC 8867 5.1 to 5.8 with the values of Cisco's simulations, and our own.
//! The bench runs all of them, the tests some.
//! A case is plain data; chance comes from the seed with which it is made a scene.

use std::time::Duration;

use ahoy_media::{Kbps, Limits, LocalTime};

use super::control::Which;
use super::link::{Bottleneck, Luck, Room, Step, Way};
use super::media::{Media, Settings};
use super::packet::Flow;
use super::run::{Party, Scene};
use super::tcp::{Load, Tcp};
use super::trace;

/// A capacity from a second on: (seconds, kbit/s).
pub type Schedule = Vec<(f64, f64)>;

/// A flow of a case.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it is.
    pub kind: Kind,
    /// When it begins, s.
    pub begins: f64,
    /// One way without queue, ms.
    pub delay_ms: f64,
    /// Whether it goes from left to right.
    pub forward: bool,
}

/// What a flow is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A call.
    Call {
        /// From when to when it sends no pictures, s.
        paused: Option<(f64, f64)>,
        /// What its pictures use at the most, kbit/s.
        uses: Option<u32>,
    },
    /// A long download.
    Tcp,
    /// Small files: with pauses before the first.
    Files,
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its short name, also that of its plot.
    pub name: String,
    /// In words.
    pub about: String,
    /// Seconds.
    pub length: f64,
    /// The bottleneck of forward flows; empty: a mobile link from chance.
    pub forward: Schedule,
    /// That of backward flows and of reports.
    pub backward: Schedule,
    /// How much waits before either.
    pub room: Room,
    /// Jitter, ms at the most.
    pub jitter_ms: f64,
    /// Losses, both ways.
    pub luck: Luck,
    /// The flows; measures are those of the calls that go forward.
    pub flows: Vec<Plan>,
    /// The most a call wants, kbit/s.
    pub most: u32,
    /// The wire rate of a call's sound, kbit/s.
    pub sound: u32,
    /// It is what the voice wants instead, which protects itself and shares the way with the picture as a phone's does.
    pub shares: bool,
    /// How much too quick receivers' clocks are.
    pub skew: f64,
}

/// A link that is never in the way.
const WIDE: f64 = 100_000.0;

/// The least target: the lowest sound.
const LEAST: Kbps = Kbps(16);

impl Plan {
    /// A call from a second on.
    #[must_use]
    pub fn call(begins: f64) -> Self {
        Self { kind: Kind::Call { paused: None, uses: None }, begins, delay_ms: 50.0, forward: true }
    }

    /// Whether it is a call.
    #[must_use]
    pub fn is_call(&self) -> bool {
        match self.kind {
            Kind::Call { .. } => true,
            Kind::Tcp | Kind::Files => false,
        }
    }

    fn tcp(begins: f64) -> Self {
        Self { kind: Kind::Tcp, ..Self::call(begins) }
    }

    fn far(self, delay_ms: f64) -> Self {
        Self { delay_ms, ..self }
    }

    fn backward(self) -> Self {
        Self { forward: false, ..self }
    }
}

impl Case {
    /// One call over a link with RFC 8867's values: 50 ms, jitter up to 30 ms, 300 ms of queue.
    #[must_use]
    pub fn new(name: &str, about: &str, length: f64, forward: &[(f64, f64)]) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            length,
            forward: forward.to_vec(),
            backward: vec![(0.0, WIDE)],
            room: Room::Span(Duration::from_millis(300)),
            jitter_ms: 30.0,
            luck: Luck::Clean,
            flows: vec![Plan::call(0.0)],
            most: 4_000,
            sound: 60,
            shares: false,
            skew: 0.0001,
        }
    }

    fn flows(self, flows: Vec<Plan>) -> Self {
        Self { flows, ..self }
    }

    /// The case made a scene with this control.
    #[must_use]
    pub fn scene(&self, which: Which, seed: u64) -> Scene {
        let length = Duration::from_secs_f64(self.length);
        let schedule = |steps: &Schedule| -> Vec<Step> {
            steps.iter().map(|(from, kbps)| Step { from: at(*from), kbps: *kbps }).collect()
        };
        let forward = if self.forward.is_empty() { trace::mobile(length, seed) } else { schedule(&self.forward) };
        Scene {
            forward: Bottleneck::new(forward, self.room),
            backward: Bottleneck::new(schedule(&self.backward), self.room),
            parties: self.flows.iter().enumerate().map(|(n, plan)| self.party(plan, n, which, seed)).collect(),
            length,
        }
    }

    fn party(&self, plan: &Plan, n: usize, which: Which, seed: u64) -> Party {
        let seed = crate::chance::mix(seed, n as u64);
        let begins = at(plan.begins);
        let (name, flow): (_, Box<dyn Flow>) = match &plan.kind {
            Kind::Call { paused, uses } => (
                "call",
                Box::new(Media::new(Settings {
                    which,
                    limits: Limits { least: LEAST, most: Kbps(self.most) },
                    sound: (!self.shares).then_some(Kbps(self.sound)),
                    begins,
                    paused: paused.map(|(from, to)| (at(from), at(to))),
                    uses: uses.map(Kbps),
                    skew: self.skew,
                    seed,
                })),
            ),
            Kind::Tcp => ("TCP", Box::new(Tcp::new(Load::Endless, seed, begins))),
            Kind::Files => {
                let load = Load::Files { bytes: 30_000..50_000, pause: Duration::from_secs(10) };
                ("TCP files", Box::new(Tcp::new(load, seed, begins)))
            }
        };
        let delay = Duration::from_secs_f64(plan.delay_ms / 1_000.0);
        let jitter = Duration::from_secs_f64(self.jitter_ms / 1_000.0);
        let way = |salt| Way::new(delay, jitter, self.luck, crate::chance::mix(seed, salt));
        Party { name: format!("{name} {}", n + 1), flow, there: way(1), back: way(2), forward: plan.forward }
    }
}

fn at(seconds: f64) -> LocalTime {
    LocalTime(0) + Duration::from_secs_f64(seconds)
}

/// RFC 8867 5.1: one flow, capacity in steps.
#[must_use]
pub fn steps(delay_ms: f64) -> Case {
    let capacity = [(0.0, 1_000.0), (40.0, 2_500.0), (60.0, 600.0), (80.0, 1_000.0)];
    let name = if delay_ms > 50.0 { "5.1-far" } else { "5.1" };
    Case::new(name, &format!("RFC 8867 5.1, one call, {delay_ms} ms one way"), 100.0, &capacity)
        .flows(vec![Plan::call(0.0).far(delay_ms)])
}

/// RFC 8867 5.2: two flows, capacity in steps.
#[must_use]
pub fn two() -> Case {
    let capacity = [(0.0, 4_000.0), (25.0, 2_000.0), (50.0, 3_500.0), (75.0, 1_000.0), (100.0, 2_000.0)];
    Case::new("5.2", "RFC 8867 5.2, two calls", 125.0, &capacity).flows(vec![Plan::call(0.0), Plan::call(0.0)])
}

/// RFC 8867 5.3: both ways, with feedback through the other flow's queue.
#[must_use]
pub fn both_ways() -> Case {
    let forward = [(0.0, 2_000.0), (20.0, 1_000.0), (40.0, 500.0), (60.0, 2_000.0)];
    let backward = vec![(0.0, 2_000.0), (35.0, 800.0), (70.0, 2_000.0)];
    let case = Case::new("5.3", "RFC 8867 5.3, a call both ways, feedback congested", 100.0, &forward)
        .flows(vec![Plan::call(0.0), Plan::call(0.0).backward()]);
    Case { backward, ..case }
}

/// RFC 8867 5.4: three of the same kind, one after the other.
#[must_use]
pub fn three() -> Case {
    Case::new("5.4", "RFC 8867 5.4, three calls from 0, 20 and 40 s", 120.0, &[(0.0, 3_500.0)])
        .flows([0.0, 20.0, 40.0].map(Plan::call).to_vec())
}

/// RFC 8867 5.5: five with ways of different lengths.
#[must_use]
pub fn five() -> Case {
    let flows = [(0.0, 10.0), (10.0, 25.0), (20.0, 50.0), (30.0, 100.0), (40.0, 150.0)];
    Case::new("5.5", "RFC 8867 5.5, five calls, 10 to 150 ms one way", 300.0, &[(0.0, 4_000.0)])
        .flows(flows.map(|(begins, delay)| Plan::call(begins).far(delay)).to_vec())
}

/// RFC 8867 5.6: against a long TCP.
#[must_use]
pub fn long_tcp(queue_ms: u64) -> Case {
    let name = if queue_ms > 300 { "5.6-deep" } else { "5.6" };
    let case = Case::new(name, &format!("RFC 8867 5.6, a long TCP, {queue_ms} ms of queue"), 120.0, &[(0.0, 2_000.0)])
        .flows(vec![Plan::call(5.0), Plan::tcp(0.0)]);
    Case { room: Room::Span(Duration::from_millis(queue_ms)), ..case }
}

/// RFC 8867 5.7: two calls among ten users of small files.
#[must_use]
pub fn short_tcp() -> Case {
    let files = |n: u32| Plan { kind: Kind::Files, ..Plan::call(if n < 2 { 0.0 } else { f64::from(n) * 1.2 }) };
    let flows = [Plan::call(5.0), Plan::call(5.0)].into_iter().chain((0..10).map(files)).collect();
    Case::new("5.7", "RFC 8867 5.7, two calls, ten TCP users with small files", 300.0, &[(0.0, 2_000.0)]).flows(flows)
}

/// RFC 8867 5.8: three calls, one without pictures from 40 to 60 s.
#[must_use]
pub fn pause() -> Case {
    let paused = Plan { kind: Kind::Call { paused: Some((40.0, 60.0)), uses: None }, ..Plan::call(0.0) };
    Case::new("5.8", "RFC 8867 5.8, three calls, one pauses from 40 to 60 s", 120.0, &[(0.0, 3_500.0)]).flows(vec![
        paused,
        Plan::call(0.0),
        Plan::call(0.0),
    ])
}

/// From 20 Mbit/s, of which a call wants 2, down to `kbps` for 30 s.
#[must_use]
pub fn dip(kbps: f64) -> Case {
    let capacity = [(0.0, 20_000.0), (60.0, kbps), (90.0, 20_000.0)];
    let case =
        Case::new(&format!("dip-{kbps}"), &format!("20 Mbit/s, {kbps} kbit/s from 60 to 90 s"), 150.0, &capacity)
            .flows(vec![Plan::call(0.0).far(10.0)]);
    Case { most: 2_200, jitter_ms: 3.0, ..case }
}

/// A wide link that loses packets.
#[must_use]
pub fn lossy(luck: Luck, name: &str) -> Case {
    let case =
        Case::new(name, "4 Mbit/s, 20 ms, losses", 60.0, &[(0.0, 4_000.0)]).flows(vec![Plan::call(0.0).far(20.0)]);
    Case { luck, most: 2_200, jitter_ms: 3.0, ..case }
}

/// A link that the call fills, and that loses packets.
#[must_use]
pub fn lossy_and_narrow(share: f64) -> Case {
    let name = format!("full-loss-{:.0}", 100.0 * share);
    let case = Case::new(&name, "1 Mbit/s, 20 ms, random losses", 60.0, &[(0.0, 1_000.0)])
        .flows(vec![Plan::call(0.0).far(20.0)]);
    Case { luck: Luck::Random(share), jitter_ms: 3.0, shares: true, ..case }
}

/// 5 Mbit/s with half a second of queue, and a call that wants 10.
#[must_use]
pub fn bloat() -> Case {
    let case = Case::new("bloat", "5 Mbit/s, 500 ms of queue, 10 Mbit/s wanted", 60.0, &[(0.0, 5_000.0)]);
    Case { room: Room::Span(Duration::from_millis(500)), jitter_ms: 0.0, most: 10_000, ..case }
}

/// A queue so short that it hardly shows.
#[must_use]
pub fn shallow(kbps: f64) -> Case {
    let name = format!("shallow-{kbps}");
    let case = Case::new(&name, &format!("{kbps} kbit/s, room for four packets"), 60.0, &[(0.0, kbps)])
        .flows(vec![Plan::call(0.0).far(20.0)]);
    Case { room: Room::Packets(4), jitter_ms: 5.0, ..case }
}

/// A mobile link.
#[must_use]
pub fn mobile() -> Case {
    let case = Case::new("mobile", "a mobile link from chance, 1 s of queue", 120.0, &[]);
    Case { room: Room::Span(Duration::from_secs(1)), jitter_ms: 10.0, ..case }
}

/// A narrow link: 100 ms of queue, and a voice that protects itself.
#[must_use]
pub fn narrow(kbps: f64) -> Case {
    let case = Case::new(&format!("narrow-{kbps}"), &format!("{kbps} kbit/s, 100 ms of queue"), 60.0, &[(0.0, kbps)])
        .flows(vec![Plan::call(0.0).far(20.0)]);
    Case { room: Room::Span(Duration::from_millis(100)), jitter_ms: 5.0, shares: true, ..case }
}

/// A long bad way.
#[must_use]
pub fn hostile() -> Case {
    let case =
        Case::new("hostile", "300 kbit/s, 250 ms and up to 100 ms of jitter, bursts of 10 %", 60.0, &[(0.0, 300.0)])
            .flows(vec![Plan::call(0.0).far(250.0)]);
    let luck = Luck::Runs { share: 0.107, mean: 4.0 };
    Case { room: Room::Packets(30), jitter_ms: 100.0, luck, sound: 48, ..case }
}

/// A call whose pictures use little of what there is.
#[must_use]
pub fn still() -> Case {
    let plan = Plan { kind: Kind::Call { paused: None, uses: Some(300) }, ..Plan::call(0.0) };
    Case::new("still", "4 Mbit/s, pictures that use 300 kbit/s", 60.0, &[(0.0, 4_000.0)]).flows(vec![plan])
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Case> {
    let rfc = [steps(50.0), steps(100.0), two(), both_ways(), three(), five(), long_tcp(300), long_tcp(1_000)];
    let rest = [short_tcp(), pause()];
    let dips = [250.0, 500.0, 750.0, 1_000.0].map(dip);
    let random = [1_u32, 5, 10, 20, 30]
        .map(|percent| lossy(Luck::Random(f64::from(percent) / 100.0), &format!("loss-{percent}")));
    let runs = [(0.1, 1.5), (0.2, 2.9), (0.3, 2.9)]
        .map(|(share, mean)| lossy(Luck::Runs { share, mean }, &format!("bursts-{:.0}", 100.0 * share)));
    let full = [0.05, 0.2, 0.3].map(lossy_and_narrow);
    let ours = [bloat(), shallow(1_000.0), shallow(4_000.0), mobile(), hostile(), still()];
    let narrow = [50.0, 100.0, 300.0].map(narrow);
    rfc.into_iter().chain(rest).chain(dips).chain(random).chain(runs).chain(full).chain(ours).chain(narrow).collect()
}
