//! The emulator against numbered packets of our own: what a link is told to do, packets through it really suffer.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use ahoy_e2e::sound::quantile;
use ahoy_lab::conditions::{Conditions, Jitter, Loss, MS, Micros, Queue, Schedule};
use ahoy_lab::emulator::{Emulator, LATENESS_LIMIT_US};
use ahoy_lab::hosts::{ADDRESSES, Hosts};
use ahoy_lab::journal::Journal;
use ahoy_lab::link::Link;
use anyhow::{Context as _, Result, ensure};

/// Packets of one measurement: what is to go through, how many, how large, how often.
#[derive(Clone, Copy)]
struct Load {
    count: u64,
    bytes: usize,
    gap: Micros,
}

/// What came of them.
struct Measured {
    /// Number, sent, received.
    arrived: Vec<(u64, Micros, Micros)>,
    count: u64,
    bytes: usize,
    journal: Journal,
}

impl Measured {
    fn lost(&self) -> f64 {
        1.0 - self.arrived.len() as f64 / self.count as f64
    }

    fn delay_ms(&self, share: f64) -> f64 {
        quantile(self.arrived.iter().map(|(_, sent, received)| (received - sent) as f64 / MS as f64), share)
    }

    /// kbit/s at which they arrived.
    fn kbps(&self) -> f64 {
        let (first, last) = (self.arrived[0].2, self.arrived[self.arrived.len() - 1].2);
        ((self.arrived.len() - 1) * self.bytes * 8) as f64 / (last - first) as f64 * 1_000.0
    }

    /// Mean number of packets missing one after the other.
    fn mean_run(&self) -> f64 {
        let gaps: Vec<u64> =
            self.arrived.windows(2).map(|pair| pair[1].0 - pair[0].0 - 1).filter(|gap| *gap > 0).collect();
        gaps.iter().sum::<u64>() as f64 / gaps.len() as f64
    }
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
    let numbers = |line: &str| -> Option<(u64, Micros, Micros)> {
        let mut numbers = line.split(',').map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??, numbers.next()??))
    };
    let arrived: Vec<_> = text.lines().filter_map(numbers).collect();
    ensure!(arrived.len() >= 2, "{} packets arrived", arrived.len());
    let journal = emulator.stop()?;
    println!("{name}: {} of {count} arrived, emulator late by {:.0?} us", arrived.len(), journal.lateness());
    Ok(Some(Measured { arrived, count, bytes, journal }))
}

/// All in one test: measurements beside each other would take the processor from each other.
#[test]
fn what_the_link_is_told_packets_suffer() -> Result<()> {
    let far = Conditions { delay: 20 * MS, ..Conditions::CLEAR };
    let often = Load { count: 4_000, bytes: 128, gap: 2 * MS };
    let Some(plain) = measure("delay", far, Load { count: 1_000, ..often })? else {
        println!("skipped: network namespaces need root");
        return Ok(());
    };
    // A machine that cannot keep time measures itself; the medians below still hold on one that is merely busy.
    if plain.journal.lateness()[1] > LATENESS_LIMIT_US {
        println!("this machine is busy: the emulator itself is late by more than {LATENESS_LIMIT_US} us at times");
    }
    let need = "root is here";
    assert!(plain.lost() <= 0.0, "{}", plain.lost());
    assert!((plain.delay_ms(0.5) - 20.0).abs() <= 2.0, "{}", plain.delay_ms(0.5));

    let lossy = measure("loss", Conditions { loss: Loss::Random(0.2), ..far }, often)?.context(need)?;
    assert!((lossy.lost() - 0.2).abs() <= 0.01, "{}", lossy.lost());

    // Ten thousand packets hold some 700 bursts, whose mean length is then known to 3 %.
    let bursts = Conditions { loss: Loss::bursts(0.2, 0.35), ..far };
    let bursts = measure("bursts", bursts, Load { count: 10_000, gap: MS, ..often })?.context(need)?;
    assert!((bursts.mean_run() * 0.35 - 1.0).abs() <= 0.1, "{}", bursts.mean_run());

    let jitter = Conditions { jitter: Jitter::Uniform { max: 30 * MS }, in_order: false, ..far };
    let jitter = measure("jitter", jitter, Load { count: 4_000, ..often })?.context(need)?;
    assert!((jitter.delay_ms(0.5) - 35.0).abs() <= 2.0, "{}", jitter.delay_ms(0.5));

    for (kbps, load) in
        [(50.0, Load { count: 150, bytes: 250, gap: 20 * MS }), (4_000.0, Load { count: 6_000, bytes: 1_200, gap: MS })]
    {
        let narrow = Conditions { kbps: Some(kbps), queue: Queue::Time(300 * MS), ..far };
        let narrow = measure(&format!("{kbps}k"), narrow, load)?.context(need)?;
        assert!((narrow.kbps() / kbps - 1.0).abs() <= 0.03, "{} of {kbps}", narrow.kbps());
        // More is offered than goes through, so the queue is full most of the time: 300 ms, four packets of 40 ms fit well in it.
        assert!((narrow.delay_ms(0.9) - 320.0).abs() <= 40.0 + 2.0, "{}", narrow.delay_ms(0.9));
    }
    Ok(())
}
