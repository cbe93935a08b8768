//! Sound on a call over a network that loses packets.

mod common;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ahoy_net::{Controller, MediaConfig, MediaEndpoint, RelayChoice};
use bytes::Bytes;
use common::lossy::{Badness, Lossy};
use common::within;
use tokio::time::{MissedTickBehavior, interval};

/// Bytes of a sound packet: 20 ms at 64 kbit/s.
const SOUND: usize = 160;

/// Sounds that are sent: 8 s of them.
const SOUNDS: u64 = 400;

/// One way.
const DELAY: Duration = Duration::from_millis(100);

async fn endpoint(bind: IpAddr) -> MediaEndpoint {
    let config = MediaConfig { bind: Some(bind), relay: RelayChoice::None, controller: Controller::Own };
    MediaEndpoint::bind(config).await.expect("loopback binds")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_heavy_loss_every_sound_leaves_at_once() {
    let (caller, callee) = (endpoint(Ipv4Addr::LOCALHOST.into()).await, endpoint(Ipv6Addr::LOCALHOST.into()).await);
    let mut addr = callee.addr();
    let badness = Badness { permille: 300, delay: DELAY, counted: SOUND, seed: 7 };
    let network = Lossy::before(addr.direct[0], badness).await;
    addr.direct = vec![network.addr];
    let both = async { tokio::join!(caller.dial(&addr), callee.accept(caller.id())) };
    let (dialed, accepted) = within(both).await;
    let ((call, _), (_accepted, mut incoming)) = (dialed.expect("dialed"), accepted.expect("accepted"));
    let (started, dropped) = (Instant::now(), network.there.dropped.load(Ordering::Relaxed));
    let send = async {
        let mut ticks = interval(Duration::from_millis(20));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..SOUNDS {
            let _ = ticks.tick().await;
            let at = u64::try_from(started.elapsed().as_micros()).expect("a short test");
            let mut sound = at.to_be_bytes().to_vec();
            sound.resize(SOUND, 0);
            call.send_datagram(Bytes::from(sound)).expect("sent");
        }
        // What left last is still under way.
        tokio::time::sleep(DELAY * 4).await;
    };
    let mut delays = Vec::new();
    let receive = async {
        while let Some(sound) = incoming.datagrams.recv().await {
            let at = sound.first_chunk().map(|at| Duration::from_micros(u64::from_be_bytes(*at))).expect("a stamp");
            delays.push(started.elapsed().saturating_sub(at + DELAY));
        }
    };
    tokio::select! {
        () = send => {}
        () = receive => panic!("the connection ended"),
    }
    delays.sort_unstable();
    let arrived = delays.len() as u64;
    let dropped = network.there.dropped.load(Ordering::Relaxed) - dropped;
    println!(
        "{SOUNDS} sent, {dropped} lost, {arrived} arrived, late {:?}, at most {:?}",
        delays[delays.len() / 2],
        delays.last()
    );
    assert!(arrived + dropped >= SOUNDS, "some never left");
    assert!(delays[delays.len() / 2] < Duration::from_millis(10), "sound waits");
}
