//! The thread between two hosts: takes their packets, asks the link what becomes of them and hands them on when they are due.
//! `call` and the calibration start it on a pair of hosts and stop it for its journal.
//! It is punctual to tens of microseconds: a raised priority, and the last stretch before a packet is due is spun.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result, anyhow};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tun_rs::SyncDevice;

use crate::conditions::{MS, Micros};
use crate::hosts::ADDRESSES;
use crate::journal::{End, Entry, Journal, now};
use crate::link::{Fate, Link};

/// Above this 99th percentile of its own lateness a run says nothing about the phones.
pub const LATENESS_LIMIT_US: f64 = 2_000.0;
/// The kernel wakes a thread up to this much late (50 us timer slack and a context switch): waited for awake.
const SPIN: Micros = 100;
/// Without anything due it looks whether it shall stop this often.
const LOOK_EVERY: Micros = 20 * MS;
/// Packets under way at most, both ways: minutes of the fastest profile's queue. More are dropped.
const UNDER_WAY: usize = 100_000;
/// A packet has at most so many bytes; the hosts' MTU is smaller.
const LARGEST: usize = 2_048;
/// Real-time priority: above everything that is not real-time, below the kernel's own threads at 50.
const REAL_TIME: &str = "40";
/// Times of a schedule count from here until the call begins.
const NOT_YET: u64 = u64::MAX;

/// A running emulator.
pub struct Emulator {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<io::Result<Journal>>>,
}

struct Shared {
    stop: AtomicBool,
    /// When schedules began.
    began: AtomicU64,
}

/// A packet under way; the earliest due comes first, and among equals the one that came first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct UnderWay {
    due: Micros,
    number: u64,
    copy: bool,
    from: usize,
    came: Micros,
    queued: Micros,
    packet: Vec<u8>,
}

impl Emulator {
    /// Joins the hosts: `links[n]` carries what host n sends. Schedules stand at their beginning until [`Emulator::begin`].
    ///
    /// # Errors
    /// No thread could be started.
    pub fn start(devices: [SyncDevice; 2], links: [Link; 2]) -> Result<Self> {
        let shared = Arc::new(Shared { stop: AtomicBool::new(false), began: AtomicU64::new(NOT_YET) });
        let seen = Arc::clone(&shared);
        let run = Run { devices, links, under_way: BinaryHeap::new(), number: 0, journal: Vec::new() };
        let thread = thread::Builder::new().name("emulator".into()).spawn(move || run.run(&seen))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Lets the schedules run from now on.
    pub fn begin(&self) {
        self.shared.began.store(now(), Ordering::Relaxed);
    }

    /// Stops and hands out the journal; what is under way is forgotten.
    ///
    /// # Errors
    /// A device failed.
    pub fn stop(mut self) -> Result<Journal> {
        self.shared.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().context("the emulator runs")?;
        Ok(thread.join().map_err(|_| anyhow!("the emulator's thread panicked"))??)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }
}

/// Ahead of everything else on the machine: real-time where `chrt` and the rights are there, else as nice as allowed.
fn hurry() {
    let thread = std::fs::read_link("/proc/thread-self").unwrap_or_default();
    let thread = thread.file_name().unwrap_or_default();
    let raised = Command::new("chrt").args(["--fifo", "--pid", REAL_TIME]).arg(thread).output();
    if !raised.is_ok_and(|done| done.status.success()) {
        // Without the right to that either, the journal shows how late it was.
        let _ = rustix::process::setpriority_process(None, -20);
    }
}

struct Run {
    devices: [SyncDevice; 2],
    links: [Link; 2],
    under_way: BinaryHeap<Reverse<UnderWay>>,
    /// Packets taken so far.
    number: u64,
    /// Entries are made when fates are known; the number of its packet says where each belongs.
    journal: Vec<(u64, Entry)>,
}

impl Run {
    fn run(mut self, shared: &Shared) -> io::Result<Journal> {
        hurry();
        let mut buffer = vec![0; LARGEST];
        let mut begun = false;
        while !shared.stop.load(Ordering::Relaxed) {
            let began = shared.began.load(Ordering::Relaxed);
            if !begun && began != NOT_YET {
                self.links.iter_mut().for_each(|link| link.begin(began));
                begun = true;
            }
            for from in [0, 1] {
                self.take(from, &mut buffer)?;
            }
            self.hand_on();
            self.wait()?;
        }
        // Several may have come in the same microsecond, so that the time alone does not say which was first.
        self.journal.sort_by_key(|(number, _)| *number);
        Ok(Journal(self.journal.into_iter().map(|(_, entry)| entry).collect()))
    }

    /// Takes everything that a host has sent.
    fn take(&mut self, from: usize, buffer: &mut [u8]) -> io::Result<()> {
        loop {
            let bytes = match self.devices[from].recv(buffer) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            let (came, number) = (now(), self.number);
            self.number += 1;
            let packet = &buffer[..bytes];
            if !is_for(packet, 1 - from) || self.under_way.len() >= UNDER_WAY {
                self.journal.push((number, Entry { from, came, bytes, end: End::Stray }));
                continue;
            }
            match self.links[from].offer(came, bytes) {
                Fate::Lost => self.journal.push((number, Entry { from, came, bytes, end: End::Lost })),
                Fate::Dropped => self.journal.push((number, Entry { from, came, bytes, end: End::Dropped })),
                Fate::Arrives { at: due, twice, queued } => {
                    for copy in [false, true].into_iter().take(1 + usize::from(twice)) {
                        let packet = packet.to_vec();
                        self.under_way.push(Reverse(UnderWay { due, number, copy, from, came, queued, packet }));
                    }
                }
            }
        }
    }

    /// Hands on what is due.
    fn hand_on(&mut self) {
        while let Some(Reverse(first)) = self.under_way.peek()
            && first.due <= now()
            && let Some(Reverse(UnderWay { due, number, copy, from, came, queued, packet })) = self.under_way.pop()
        {
            let out = now();
            // An interface that takes no more loses it, as hardware would.
            let end = match (self.devices[1 - from].send(&packet), copy) {
                (Err(_), _) => End::Stray,
                (Ok(_), true) => End::Copy { out },
                (Ok(_), false) => End::Arrived { queued, due, out },
            };
            self.journal.push((number, Entry { from, came, bytes: packet.len(), end }));
        }
    }

    /// Sleeps until a packet comes or is nearly due, then spins the rest.
    fn wait(&self) -> io::Result<()> {
        let next = self.under_way.peek().map(|Reverse(first)| first.due);
        let left = next.map_or(LOOK_EVERY, |due| due.saturating_sub(now()).min(LOOK_EVERY));
        if left > SPIN {
            let timeout = Timespec { tv_sec: 0, tv_nsec: i64::try_from((left - SPIN) * 1_000).unwrap_or_default() };
            let mut devices = [&self.devices[0], &self.devices[1]].map(|device| PollFd::new(device, PollFlags::IN));
            match poll(&mut devices, Some(&timeout)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        } else {
            std::hint::spin_loop();
        }
        Ok(())
    }
}

/// Whether an IPv4 packet goes to this host; the rest of the world is not behind this link.
fn is_for(packet: &[u8], host: usize) -> bool {
    let goal: Option<&[u8; 4]> = packet.get(16..20).and_then(|bytes| bytes.try_into().ok());
    let version = packet.first().map(|byte| byte >> 4);
    version == Some(4) && goal.is_some_and(|goal| Ipv4Addr::from(*goal) == ADDRESSES[host])
}
