//! Prints how long it takes over bad networks until a first letter is answered and until the first sound of a call is there.
//! Run by hand with the name of the example, and optionally the number of runs; no test depends on its figures.
//! Real endpoints on loopback with a seeded network between them, some pairs at a time.

#[path = "../tests/common/mod.rs"]
mod common;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use ahoy_call::PeerAddr;
use ahoy_net::{Controller, DmEvent, Identity, MediaConfig, MediaEndpoint, RelayChoice};
use bytes::Bytes;
use common::lossy::{Badness, Loss, Lossy};
use common::{config, everybody};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::interval;

/// Runs of each network unless the command line says otherwise.
const RUNS: u64 = 50;

/// Pairs of phones at a time.
const AT_ONCE: usize = 10;

/// One way.
const DELAY: Duration = Duration::from_millis(20);

/// Bytes of a sound: 20 ms at 32 kbit/s.
const SOUND: usize = 90;

/// Bytes of a letter with its signal.
const LETTER: usize = 400;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// What one run took.
#[derive(Clone, Copy, Default)]
struct Times {
    /// Until the first letter was answered.
    letter: Duration,
    /// From the dial between the media endpoints until the caller has the first sound, and the callee.
    caller: Duration,
    callee: Duration,
    /// All of it, and two letters of the callee between.
    whole: Duration,
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    ahoy_net::warm_up();
    let runs = std::env::args().nth(1).and_then(|runs| runs.parse().ok()).unwrap_or(RUNS);
    let only = std::env::args().nth(2).unwrap_or_default();
    let random = |permille| Badness { loss: Loss::Random(permille), delay: DELAY, kbps: None, counted: SOUND, seed: 0 };
    let networks = [
        ("no loss", random(0)),
        ("10 % lost", random(100)),
        ("20 % lost", random(200)),
        ("30 % lost", random(300)),
        ("20 % in runs", Badness { loss: Loss::Runs(200), ..random(0) }),
        ("50 kbit/s", Badness { kbps: Some(50), ..random(0) }),
        ("25 kbit/s", Badness { kbps: Some(25), ..random(0) }),
        ("150 ms", Badness { delay: Duration::from_millis(150), ..random(0) }),
        ("150 ms 10 %", Badness { delay: Duration::from_millis(150), ..random(100) }),
    ];
    println!(
        "{:<14}{:>24}{:>24}{:>24}{:>24}",
        "p50 p95 max ms", "letter answered", "sound at the caller", "at the callee", "whole, failed"
    );
    for (name, badness) in networks.into_iter().filter(|(name, _)| name.contains(&only)) {
        let mut under_way = JoinSet::new();
        let mut done = Vec::new();
        for seed in 0..runs {
            if under_way.len() >= AT_ONCE {
                done.extend(under_way.join_next().await.and_then(Result::ok));
            }
            let _ = under_way.spawn(run(Badness { seed: seed * 0x1_0000, ..badness }));
        }
        done.extend(under_way.join_all().await);
        let failed = done.iter().filter(|times| times.is_none()).count();
        let done: Vec<Times> = done.into_iter().flatten().collect();
        print!("{name:<14}");
        for part in [|t: &Times| t.letter, |t: &Times| t.caller, |t: &Times| t.callee, |t: &Times| t.whole] {
            let mut times: Vec<u128> = done.iter().map(|times| part(times).as_millis()).collect();
            times.sort_unstable();
            let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).copied();
            print!("    {:>6} {:>6} {:>6}", at(50).unwrap_or(0), at(95).unwrap_or(0), at(100).unwrap_or(0));
        }
        println!("  {failed:>3}");
    }
}

async fn run(badness: Badness) -> Option<Times> {
    let seed = badness.seed;
    let (anne, anne_hears) = phone(1, V4).await;
    let (bob, bob_hears) = phone(2, V6).await;
    drop(tokio::spawn(answer(anne_hears)));
    drop(tokio::spawn(answer(bob_hears)));
    let way = Lossy::before(bob.addr().direct[0], badness).await;
    let to_bob = PeerAddr { direct: vec![way.addr], ..bob.addr() };
    let started = Instant::now();
    let mut times = Times::default();
    let _ = anne.send(to_bob, Bytes::from(vec![1; LETTER])).await.ok()?;
    times.letter = started.elapsed();
    for _ in 0..2 {
        let _ = bob.send(PeerAddr::new(anne.addr().id), Bytes::from(vec![2; LETTER])).await.ok()?;
    }
    let (caller, callee) = (media(V4).await, media(V6).await);
    let media_way = Lossy::before(callee.addr().direct[0], Badness { seed: seed + 100, ..badness }).await;
    let to_callee = PeerAddr { direct: vec![media_way.addr], ..callee.addr() };
    let dialing = Instant::now();
    let from = caller.id();
    let accepting = async {
        let (call, mut incoming) = callee.accept(from).await.ok()?;
        drop(tokio::spawn(speak(call)));
        let _ = incoming.datagrams.recv().await?;
        Some((dialing.elapsed(), incoming))
    };
    let dialed = async {
        let (call, mut incoming) = caller.dial(&to_callee).await.ok()?;
        drop(tokio::spawn(speak(call)));
        let _ = incoming.datagrams.recv().await?;
        Some((dialing.elapsed(), incoming, started.elapsed()))
    };
    let both = async { tokio::join!(accepting, dialed) };
    let (accepted, dialed) = tokio::time::timeout(Duration::from_secs(40), both).await.ok()?;
    let ((at_callee, _accepted), (at_caller, _dialed, whole)) = (accepted?, dialed?);
    (times.callee, times.caller, times.whole) = (at_callee, at_caller, whole);
    // The sounds stop with their endpoints.
    let ((), ()) = tokio::join!(caller.close(), callee.close());
    Some(times)
}

async fn phone(seed: u8, ip: IpAddr) -> (Identity, mpsc::Receiver<DmEvent>) {
    let (gate, receiver) = watch::channel(everybody());
    drop(gate);
    Identity::bind(config(seed, SocketAddr::new(ip, 0)), receiver).await.expect("loopback binds")
}

async fn answer(mut events: mpsc::Receiver<DmEvent>) {
    while let Some(event) = events.recv().await {
        event.reply.answer(Bytes::from_static(b"taken"));
    }
}

async fn media(ip: IpAddr) -> MediaEndpoint {
    let config = MediaConfig { bind: Some(ip), relay: RelayChoice::None, controller: Controller::Own };
    MediaEndpoint::bind(config).await.expect("loopback binds")
}

/// Sends a sound every 20 ms; over a narrow link, where the feedback has told nothing yet, that is what a call does too.
async fn speak(call: ahoy_net::CallConnection) {
    let mut ticks = interval(Duration::from_millis(20));
    while call.send_datagram(Bytes::from_static(&[7; SOUND])).is_ok() {
        let _ = ticks.tick().await;
    }
}
