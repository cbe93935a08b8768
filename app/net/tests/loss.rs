//! Sound on a call over networks that lose packets, alone and beside pictures.

mod common;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ahoy_net::{Controller, MediaConfig, MediaEndpoint, RelayChoice};
use bytes::Bytes;
use common::lossy::{Badness, Loss, Lossy};
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
    let badness = Badness { loss: Loss::Random(300), delay: DELAY, kbps: None, counted: SOUND, seed: 7 };
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

/// Bytes of a piece of a picture.
const PIECE: usize = 1_150;

/// Pieces of a frame: 24 frames a second of them are 2.5 Mbit/s.
const PIECES: usize = 11;

/// Frames that are sent: 5 s of them.
const FRAMES: u32 = 120;

/// Between two sounds.
const EVERY: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_beside_the_sound_neither_push_it_out_nor_hold_it_up() {
    let (caller, callee) = (endpoint(Ipv4Addr::LOCALHOST.into()).await, endpoint(Ipv6Addr::LOCALHOST.into()).await);
    let mut addr = callee.addr();
    let badness =
        Badness { loss: Loss::Random(300), delay: Duration::from_millis(250), kbps: None, counted: SOUND, seed: 11 };
    let network = Lossy::before(addr.direct[0], badness).await;
    addr.direct = vec![network.addr];
    let both = async { tokio::join!(caller.dial(&addr), callee.accept(caller.id())) };
    let (dialed, accepted) = within(both).await;
    let ((call, _), (_accepted, mut incoming)) = (dialed.expect("dialed"), accepted.expect("accepted"));
    call.set_rate(2_600, 64);
    println!("the largest datagram has {} bytes", call.stats().largest_datagram);
    let (started, bytes) =
        (Instant::now(), [&network.there, &network.back].map(|way| way.bytes.load(Ordering::Relaxed)));
    let stamped = |bytes: usize| {
        let at = u64::try_from(started.elapsed().as_micros()).expect("a short test");
        let mut datagram = at.to_be_bytes().to_vec();
        datagram.resize(bytes, 0);
        Bytes::from(datagram)
    };
    let sounds = async {
        let mut ticks = interval(EVERY);
        for _ in 0..FRAMES * 2 {
            let _ = ticks.tick().await;
            call.send_datagram(stamped(SOUND)).expect("sent");
        }
        // What left last is still under way.
        tokio::time::sleep(badness.delay * 2).await;
    };
    let pictures = async {
        let mut ticks = interval(Duration::from_micros(41_667));
        for _ in 0..FRAMES {
            let _ = ticks.tick().await;
            for _ in 0..PIECES {
                while call.datagram_room() < PIECE {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                call.send_datagram(stamped(PIECE)).expect("sent");
            }
        }
        std::future::pending::<()>().await;
    };
    let (mut late, mut pieces) = (Vec::new(), 0_u32);
    let receive = async {
        while let Some(datagram) = incoming.datagrams.recv().await {
            let at = datagram.first_chunk().map(|at| Duration::from_micros(u64::from_be_bytes(*at))).expect("a stamp");
            if datagram.len() == SOUND {
                late.push(started.elapsed().saturating_sub(at + badness.delay));
            } else {
                pieces += 1;
            }
        }
    };
    tokio::select! {
        () = sounds => {}
        () = pictures => {}
        () = receive => panic!("the connection ended"),
    }
    late.sort_unstable();
    let bytes =
        [network.there.bytes.load(Ordering::Relaxed) - bytes[0], network.back.bytes.load(Ordering::Relaxed) - bytes[1]];
    println!(
        "{} sounds and {pieces} pieces arrived, sounds late {:?}, at most {:?}; {bytes:?} bytes there and back",
        late.len(),
        late[late.len() / 2],
        late.last()
    );
    // Of 240 sounds 168 come on average, fewer than 140 once in ten thousand runs; and so for 1320 pieces.
    assert!(late.len() >= 140 && pieces >= 860, "some never left");
    assert!(late[late.len() / 2] < Duration::from_millis(15), "sound waits");
}
