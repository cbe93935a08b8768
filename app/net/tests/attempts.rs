//! Dialing over networks that lose the first attempt, or are slower than its patience.

mod common;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use ahoy_call::PeerAddr;
use ahoy_net::{Identity, MediaConfig, MediaEndpoint, RelayChoice};
use bytes::Bytes;
use common::lossy::{Badness, Loss, Lossy};
use common::{LOOPBACK, config, everybody, within};
use tokio::sync::watch;
use tokio::time::timeout;

async fn endpoint(bind: IpAddr) -> MediaEndpoint {
    let config = MediaConfig { bind: Some(bind), relay: RelayChoice::None, ..MediaConfig::default() };
    MediaEndpoint::bind(config).await.expect("loopback binds")
}

fn network(loss: Loss, delay: Duration) -> Badness {
    Badness { loss, delay, kbps: None, counted: 1, seed: 1 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_first_handshake_is_swallowed_connects_all_the_same() {
    let (caller, callee) = (endpoint(Ipv4Addr::LOCALHOST.into()).await, endpoint(Ipv6Addr::LOCALHOST.into()).await);
    let mut addr = callee.addr();
    let way = Lossy::before(addr.direct[0], network(Loss::FirstDial, Duration::ZERO)).await;
    addr.direct = vec![way.addr];
    let both = async { tokio::join!(caller.dial(&addr), callee.accept(caller.id())) };
    let (dialed, accepted) = within(both).await;
    let ((call, _), (_accepted, mut incoming)) = (dialed.expect("dialed"), accepted.expect("accepted"));
    call.send_datagram(Bytes::from_static(b"here")).expect("sent");
    assert_eq!(within(incoming.datagrams.recv()).await.expect("open"), "here");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_whose_first_handshake_is_swallowed_arrives_all_the_same() {
    let (anne, _events) = Identity::bind(config(1, LOOPBACK), watch::channel(everybody()).1).await.expect("binds");
    let far = SocketAddr::new(Ipv6Addr::LOCALHOST.into(), 0);
    let (bob, mut events) = Identity::bind(config(2, far), watch::channel(everybody()).1).await.expect("binds");
    let way = Lossy::before(bob.addr().direct[0], network(Loss::FirstDial, Duration::ZERO)).await;
    let to = PeerAddr { direct: vec![way.addr], ..bob.addr() };
    let answer = async {
        let event = events.recv().await.expect("open");
        event.reply.answer(event.data);
    };
    let (sent, ()) = within(async { tokio::join!(anne.send(to, Bytes::from_static(b"letter")), answer) }).await;
    assert_eq!(sent.expect("taken").reply, "letter");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_handshakes_under_way_one_becomes_the_call() {
    let (caller, callee) = (endpoint(Ipv4Addr::LOCALHOST.into()).await, endpoint(Ipv6Addr::LOCALHOST.into()).await);
    let mut addr = callee.addr();
    // A round trip of 1.4 s: the second handshake begins before the first has ended.
    let way = Lossy::before(addr.direct[0], network(Loss::Random(0), Duration::from_millis(700))).await;
    addr.direct = vec![way.addr];
    let both = async { tokio::join!(caller.dial(&addr), callee.accept(caller.id())) };
    let (dialed, accepted) = within(both).await;
    let ((call, _), (_accepted, mut incoming)) = (dialed.expect("dialed"), accepted.expect("accepted"));
    let another = timeout(Duration::from_secs(3), callee.accept(caller.id())).await;
    assert!(another.is_err(), "a handshake that was given up became a second call");
    call.send_datagram(Bytes::from_static(b"here")).expect("the call lives");
    assert_eq!(within(incoming.datagrams.recv()).await.expect("open"), "here");
}
