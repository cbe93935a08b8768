//! The emulator against numbered packets of our own: what a link is told to do, packets through it really suffer.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use ahoy_e2e::sound::quantile;
use ahoy_lab::conditions::{Conditions, Jitter, Loss, MS, Micros, Queue, Schedule};
use ahoy_lab::emulator::Emulator;
use ahoy_lab::hosts::{ADDRESSES, Hosts};
use ahoy_lab::journal::{End, Entry};
use ahoy_lab::link::Link;
use ahoy_lab::precedence::Precedence;
use anyhow::{Context as _, Result, ensure};

/// Packets of one measurement: what is to go through, how many, how large, how often.
#[derive(Clone, Copy)]
struct Load {
    count: u64,
    bytes: usize,
    gap: Micros,
}

/// What came of them: by the link's own word, and by the receiver's.
struct Measured {
    name: String,
    load: Load,
    /// What the link decided about each packet that came to it, in the order in which they were sent.
    decided: Vec<Entry>,
    arrived: Vec<Arrival>,
}

/// A packet that the receiver got.
#[derive(Clone, Copy)]
struct Arrival {
    number: u64,
    sent: Micros,
    received: Micros,
}

/// More than this beyond what the link decided is the machine's: half of what a delay may be wrong by.
const LATE: Micros = MS;
/// Share of packets that have to be on time for the receiver's word to say anything about the link.
const ENOUGH: f64 = 0.5;
/// Where fewer were, the machine stood still if some were on time all the same, or if the sender, which only sleeps, was late as well.
/// An emulator that is slow itself is late with every packet, and leaves the sender alone.
const SOME: f64 = 0.05;

impl Measured {
    /// When the link let a packet go that it did not lose, and how long that packet waited.
    fn due(entry: &Entry) -> Option<(Micros, Micros)> {
        match entry.end {
            End::Arrived { due, queued, .. } => Some((due, queued)),
            End::Copy { .. } | End::Lost | End::Dropped | End::Stray => None,
        }
    }

    /// What the receiver got on time, each with what was decided about it; nothing where the host's interface lost some before
    /// they came to the link, for then nobody knows which is which.
    fn on_time(&self) -> Vec<(Arrival, Entry)> {
        if self.decided.len() as u64 != self.load.count {
            return Vec::new();
        }
        let pairs = self.arrived.iter().map(|arrival| (*arrival, self.decided[arrival.number as usize]));
        let on_time = |(arrival, entry): &(Arrival, Entry)| {
            let (due, _) = Self::due(entry).expect("what was lost does not arrive");
            arrival.received - arrival.sent <= due - entry.came + LATE
        };
        pairs.filter(on_time).collect()
    }

    /// Whether the machine ran both programs and the emulator often enough that packets tell of the link.
    fn kept_time(&self) -> bool {
        let share = |count: usize| count as f64 / self.arrived.len() as f64;
        let on_time = share(self.on_time().len());
        if on_time >= ENOUGH {
            return true;
        }
        let planned = |arrival: &Arrival| arrival.number * self.load.gap;
        let began = self.arrived.iter().map(|arrival| arrival.sent - planned(arrival)).min().expect("some arrived");
        let late = share(self.arrived.iter().filter(|arrival| arrival.sent > began + planned(arrival) + LATE).count());
        assert!(on_time >= SOME || late >= SOME, "{}: {on_time} arrived on time, {late} were sent late", self.name);
        println!("{}: this machine could not keep time, only what the link decided is checked", self.name);
        false
    }

    /// Delays in ms: decided, and suffered by packets that were on time.
    fn delay_ms(&self, share: f64) -> [f64; 2] {
        let decided = self.decided.iter().filter_map(|entry| Some(Self::due(entry)?.0 - entry.came));
        let suffered = self.on_time().into_iter().map(|(arrival, _)| arrival.received - arrival.sent);
        [
            quantile(decided.map(|delay| delay as f64 / MS as f64), share),
            quantile(suffered.map(|delay| delay as f64 / MS as f64), share),
        ]
    }

    /// Numbers of what arrived: decided, and received.
    fn numbers(&self) -> [Vec<u64>; 2] {
        let decided = (0..).zip(&self.decided).filter(|(_, entry)| Self::due(entry).is_some());
        let mut received: Vec<u64> = self.arrived.iter().map(|arrival| arrival.number).collect();
        received.sort_unstable();
        [decided.map(|(number, _)| number).collect(), received]
    }

    fn lost(&self) -> [f64; 2] {
        self.numbers().map(|arrived| 1.0 - arrived.len() as f64 / self.load.count as f64)
    }

    /// Mean number of packets missing one after the other.
    fn mean_run(&self) -> [f64; 2] {
        self.numbers().map(|arrived| {
            let gaps = arrived.windows(2).map(|pair| pair[1] - pair[0] - 1).filter(|gap| *gap > 0);
            let gaps: Vec<u64> = gaps.collect();
            gaps.iter().sum::<u64>() as f64 / gaps.len() as f64
        })
    }

    /// kbit/s of packets that came out while others waited behind them.
    fn kbps(&self) -> [f64; 2] {
        let through = || (0..).zip(&self.decided).filter_map(|(number, entry)| Some((number, Self::due(entry)?)));
        let received: HashMap<u64, Micros> =
            self.on_time().iter().map(|(arrival, _)| (arrival.number, arrival.received)).collect();
        let decided = through().map(|(_, (due, queued))| (Some(due), queued > 0));
        let suffered = through().map(|(number, (_, queued))| (received.get(&number).copied(), queued > 0));
        let packets_a_ms = [busy_rate(decided), busy_rate(suffered)];
        packets_a_ms.map(|rate| rate * self.load.bytes as f64 * 8.0)
    }
}

/// Packets a ms, from when each came out, where that is known, and whether it had to wait: the time before one that did not is
/// no time of the bottleneck.
fn busy_rate(packets: impl Iterator<Item = (Option<Micros>, bool)>) -> f64 {
    let (mut counted, mut time) = (0, 0);
    let (mut last, mut since) = (None, 0);
    for (out, waited) in packets {
        if !waited {
            last = None;
        }
        since += 1;
        if let Some(out) = out {
            if let Some(last) = last {
                counted += since;
                time += out - last;
            }
            (last, since) = (Some(out), 0);
        }
    }
    f64::from(counted) / time as f64 * MS as f64
}

fn probe(hosts: &Hosts, host: usize, arguments: &[String]) -> Result<Child> {
    let mut command = Command::new("ip");
    let _ = command.args(["netns", "exec", hosts.namespace(host), env!("CARGO_BIN_EXE_lab-probe")]).args(arguments);
    Ok(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?)
}

/// Sends packets from one host to the other under these conditions; `None` without root.
fn measure(name: &str, conditions: Conditions, load: Load) -> Result<Option<Measured>> {
    let Some((hosts, devices)) = Hosts::build(name)? else { return Ok(None) };
    let links = [Link::new(Schedule::always(conditions), 11), Link::new(Schedule::always(conditions), 12)];
    let emulator = Emulator::start(devices, links)?;
    let goal = format!("{}:9000", ADDRESSES[1]);
    let mut receiver = probe(&hosts, 1, &["receive".into(), goal.clone()])?;
    let mut lines = BufReader::new(receiver.stdout.take().context("standard output")?);
    let mut line = String::new();
    let _ = lines.read_line(&mut line)?;
    ensure!(line == "listening\n", "the receiver says {line:?}");
    let Load { count, bytes, gap } = load;
    let numbers = [count.to_string(), bytes.to_string(), gap.to_string()];
    let sent = probe(&hosts, 0, &[&["send".into(), goal], numbers.as_slice()].concat())?.wait()?;
    ensure!(sent.success(), "the sender ended with {sent}");
    let mut text = String::new();
    let _ = lines.read_to_string(&mut text)?;
    ensure!(receiver.wait()?.success(), "the receiver failed");
    let arrival = |line: &str| -> Option<Arrival> {
        let mut numbers = line.split(',').map(|number| number.parse().ok());
        Some(Arrival { number: numbers.next()??, sent: numbers.next()??, received: numbers.next()?? })
    };
    let arrived: Vec<Arrival> = text.lines().filter_map(arrival).collect();
    ensure!(arrived.len() >= 2, "{} packets arrived", arrived.len());
    let journal = emulator.stop()?;
    println!("{name}: {} of {count} arrived, emulator late by {:.0?} us", arrived.len(), journal.lateness());
    // Whatever else a host says of itself has other sizes.
    let numbered = journal.0.into_iter().filter(|entry| entry.from == 0 && entry.bytes == bytes);
    Ok(Some(Measured { name: name.into(), load, decided: numbered.collect(), arrived }))
}

/// A figure is to be `expected` within `bound` by the link's own word, which no machine disturbs (a packet's time on the link
/// counts from when it came), and by the receiver's, where the machine kept time.
fn holds(measured: &Measured, [decided, suffered]: [f64; 2], expected: f64, bound: f64) {
    let name = &measured.name;
    assert!((decided - expected).abs() <= bound, "{name}: {decided} decided, {expected} told");
    if measured.kept_time() {
        assert!((suffered - expected).abs() <= bound, "{name}: {suffered} suffered, {expected} told");
    }
}

/// All in one test: measurements beside each other would take the processor from each other.
#[test]
fn what_the_link_is_told_packets_suffer() -> Result<()> {
    let _precedence = Precedence::take();
    let far = Conditions { delay: 20 * MS, ..Conditions::CLEAR };
    let often = Load { count: 4_000, bytes: 128, gap: 2 * MS };
    let Some(plain) = measure("delay", far, Load { count: 1_000, ..often })? else {
        println!("skipped: network namespaces need root");
        return Ok(());
    };
    let need = "root is here";
    holds(&plain, plain.lost(), 0.0, 0.0);
    holds(&plain, plain.delay_ms(0.5), 20.0, 2.0);

    let lossy = measure("loss", Conditions { loss: Loss::Random(0.2), ..far }, often)?.context(need)?;
    holds(&lossy, lossy.lost(), 0.2, 0.01);

    // Ten thousand packets hold some 700 bursts, whose mean length is then known to 3 %.
    let bursts = Conditions { loss: Loss::bursts(0.2, 0.35), ..far };
    let bursts = measure("bursts", bursts, Load { count: 10_000, gap: MS, ..often })?.context(need)?;
    holds(&bursts, bursts.mean_run().map(|run| run * 0.35), 1.0, 0.1);

    let jitter = Conditions { jitter: Jitter::Uniform { max: 30 * MS }, in_order: false, ..far };
    let jitter = measure("jitter", jitter, Load { count: 4_000, ..often })?.context(need)?;
    holds(&jitter, jitter.delay_ms(0.5), 35.0, 2.0);

    for (kbps, load) in
        [(50.0, Load { count: 150, bytes: 250, gap: 20 * MS }), (4_000.0, Load { count: 6_000, bytes: 1_200, gap: MS })]
    {
        let narrow = Conditions { kbps: Some(kbps), queue: Queue::Time(300 * MS), ..far };
        let narrow = measure(&format!("{kbps}k"), narrow, load)?.context(need)?;
        holds(&narrow, narrow.kbps(), kbps, 0.03 * kbps);
        // More is offered than goes through, so the queue is full most of the time: 300 ms, four packets of 40 ms fit well in it.
        holds(&narrow, narrow.delay_ms(0.9), 320.0, 40.0 + 2.0);
    }
    Ok(())
}
