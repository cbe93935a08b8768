//! A run: flows, their ways and two shared bottlenecks, driven from event to event.
//! The bench and the tests give it a [`Scene`] and get a [`Series`] for each flow.
//! Events of the same time happen in the order in which they were made, so a run depends on its scene alone.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use ahoy_media::LocalTime;

use super::link::{Bottleneck, Way};
use super::packet::{Flow, Outbox, Packet, Payload};
use super::series::Series;

/// How often the series are noted.
pub const SAMPLE: Duration = Duration::from_millis(10);

/// A flow and its ways.
pub struct Party {
    /// Its name in plots.
    pub name: String,
    /// The flow.
    pub flow: Box<dyn Flow>,
    /// From its sender to its receiver.
    pub there: Way,
    /// And back.
    pub back: Way,
    /// Whether its sender stands on the left side of the link.
    pub forward: bool,
}

/// What is run.
pub struct Scene {
    /// The bottleneck from left to right.
    pub forward: Bottleneck,
    /// The bottleneck from right to left.
    pub backward: Bottleneck,
    /// The flows.
    pub parties: Vec<Party>,
    /// How long.
    pub length: Duration,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What each flow did, in the order of the scene.
    pub flows: Vec<Series>,
    /// What the forward bottleneck carried at the most, kbit/s, and how long its queue was, ms: one entry a sample.
    pub link: Vec<(f64, f64)>,
}

#[derive(Debug)]
enum What {
    SenderWakes,
    ReceiverWakes,
    AtReceiver(Packet),
    AtSender(Packet),
}

struct Event {
    at: LocalTime,
    order: u64,
    party: usize,
    what: What,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Event {}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

struct Run {
    scene: Scene,
    events: BinaryHeap<Reverse<Event>>,
    order: u64,
    /// When each flow's sender and receiver will be woken.
    wakes: Vec<[Option<LocalTime>; 2]>,
    outcome: Outcome,
}

/// Runs a scene to its end.
#[must_use]
pub fn run(scene: Scene) -> Outcome {
    let flows = scene.parties.iter().map(|party| Series::new(&party.name)).collect();
    let wakes = vec![[None; 2]; scene.parties.len()];
    let outcome = Outcome { flows, link: Vec::new() };
    let mut run = Run { scene, events: BinaryHeap::new(), order: 0, wakes, outcome };
    (0..run.scene.parties.len()).for_each(|party| run.schedule(party, LocalTime(0)));
    let end = LocalTime(0) + run.scene.length;
    let mut sample = LocalTime(0) + SAMPLE;
    while sample <= end {
        while run.events.peek().is_some_and(|Reverse(event)| event.at < sample) {
            let Some(Reverse(event)) = run.events.pop() else { break };
            run.happen(event);
        }
        run.note(sample);
        sample = sample + SAMPLE;
    }
    for (series, party) in run.outcome.flows.iter_mut().zip(&run.scene.parties) {
        series.frame_delays = party.flow.frame_delays();
    }
    run.outcome
}

impl Run {
    fn happen(&mut self, event: Event) {
        let (index, now) = (event.party, event.at);
        let (mut sent, mut answered) = (Outbox::new(), Outbox::new());
        let flow = &mut self.scene.parties[index].flow;
        match event.what {
            What::SenderWakes => {
                self.wakes[index][0] = None;
                flow.wake_sender(now, &mut sent);
            }
            What::ReceiverWakes => {
                self.wakes[index][1] = None;
                flow.wake_receiver(now, &mut answered);
            }
            What::AtReceiver(packet) => {
                self.outcome.flows[index].arrived(packet.bytes);
                flow.at_receiver(packet, now, &mut answered);
            }
            What::AtSender(packet) => flow.at_sender(packet, now, &mut sent),
        }
        sent.into_iter().for_each(|packet| self.send(index, packet, now));
        answered.into_iter().for_each(|packet| self.answer(index, packet, now));
        self.schedule(index, now);
    }

    fn send(&mut self, index: usize, packet: Packet, now: LocalTime) {
        let party = &mut self.scene.parties[index];
        let bottleneck = if party.forward { &mut self.scene.forward } else { &mut self.scene.backward };
        let piece = matches!(packet.payload, Payload::Piece { .. } | Payload::Segment { .. });
        let there = bottleneck.enter(packet.bytes, now).and_then(|left| party.there.pass(left));
        self.outcome.flows[index].sent(piece, there.is_some());
        if let Some(at) = there {
            self.push(at, index, What::AtReceiver(packet));
        }
    }

    fn answer(&mut self, index: usize, packet: Packet, now: LocalTime) {
        let party = &mut self.scene.parties[index];
        let bottleneck = if party.forward { &mut self.scene.backward } else { &mut self.scene.forward };
        if let Some(at) = bottleneck.enter(packet.bytes, now).and_then(|left| party.back.pass(left)) {
            self.push(at, index, What::AtSender(packet));
        }
    }

    fn schedule(&mut self, index: usize, now: LocalTime) {
        let flow = &self.scene.parties[index].flow;
        let due = [flow.sender_due(), flow.receiver_due()];
        for (side, due) in due.into_iter().enumerate() {
            let due = due.map(|due| due.max(now));
            let sooner = due.is_some_and(|due| self.wakes[index][side].is_none_or(|at| due < at));
            if let Some(due) = due.filter(|_| sooner) {
                self.wakes[index][side] = Some(due);
                self.push(due, index, if side == 0 { What::SenderWakes } else { What::ReceiverWakes });
            }
        }
    }

    fn push(&mut self, at: LocalTime, party: usize, what: What) {
        self.order += 1;
        self.events.push(Reverse(Event { at, order: self.order, party, what }));
    }

    fn note(&mut self, now: LocalTime) {
        for (series, party) in self.outcome.flows.iter_mut().zip(&self.scene.parties) {
            series.note(party.flow.view(now));
        }
        let queue = self.scene.forward.wait(now).as_secs_f64() * 1_000.0;
        self.outcome.link.push((self.scene.forward.kbps(now), queue));
    }
}
