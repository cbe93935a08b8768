//! The call connection between real media endpoints on loopback.

mod common;

use std::time::{Duration, Instant};

use ahoy_net::{
    CALL_ALPN, CallConnection, CallIncoming, CloseReason, MediaConfig, MediaEndpoint, NetError, Refusal, RelayChoice,
};
use bytes::Bytes;
use common::{LOOPBACK, connect, id_of, stranger, within};
use iroh::endpoint::Connection;

async fn endpoint() -> MediaEndpoint {
    let config = MediaConfig { bind: Some(LOOPBACK.ip()), relay: RelayChoice::None, ..MediaConfig::default() };
    MediaEndpoint::bind(config).await.expect("loopback binds")
}

struct Side {
    /// Kept: the connection needs its endpoint.
    endpoint: MediaEndpoint,
    call: CallConnection,
    incoming: CallIncoming,
}

async fn call() -> (Side, Side) {
    let started = Instant::now();
    let (caller, callee) = (endpoint().await, endpoint().await);
    println!("two media endpoints bound in {:?}", started.elapsed());
    let addr = callee.addr();
    let started = Instant::now();
    let both = async { tokio::join!(caller.dial(&addr), callee.accept(caller.id())) };
    let (dialed, accepted) = within(both).await;
    println!("connected in {:?}", started.elapsed());
    let (dialed, accepted) = (dialed.expect("dialed"), accepted.expect("accepted"));
    (
        Side { endpoint: caller, call: dialed.0, incoming: dialed.1 },
        Side { endpoint: callee, call: accepted.0, incoming: accepted.1 },
    )
}

/// A call whose dialer is a plain client that has greeted properly.
async fn call_with_a_stranger() -> (iroh::Endpoint, Connection, Side) {
    let (client, callee) = (stranger().await, endpoint().await);
    let addr = callee.addr();
    let dial = async {
        let connection = connect(&client, &addr, CALL_ALPN).await;
        let (mut send, mut recv) = connection.open_bi().await.expect("a stream");
        send.write_all(&[0, 1, 1]).await.expect("written");
        assert_eq!(recv.read_to_end(64).await.expect("an answer"), [0, 2, 0, 1]);
        connection
    };
    let (connection, accepted) = within(async { tokio::join!(dial, callee.accept(id_of(&client))) }).await;
    let (call, incoming) = accepted.expect("accepted");
    (client, connection, Side { endpoint: callee, call, incoming })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn datagrams_go_both_ways() {
    let (mut anne, mut bob) = call().await;
    let started = Instant::now();
    anne.call.send_datagram(Bytes::from_static(b"ping")).expect("sent");
    assert_eq!(within(bob.incoming.datagrams.recv()).await.expect("open"), "ping");
    bob.call.send_datagram(Bytes::from_static(b"pong")).expect("sent");
    assert_eq!(within(anne.incoming.datagrams.recv()).await.expect("open"), "pong");
    println!("a datagram there and back in {:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hybrid_exchange_is_used_and_the_path_is_measured() {
    let (anne, bob) = call().await;
    assert_eq!(anne.call.key_exchange(), "X25519MLKEM768");
    assert_eq!(bob.call.key_exchange(), "X25519MLKEM768");
    let stats = anne.call.stats();
    println!("{stats:?}");
    assert!(stats.direct && stats.mtu >= 1200 && stats.sent_packets > 0 && stats.rtt < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_expected_peer_gets_in() {
    let (caller, callee, other) = (endpoint().await, endpoint().await, endpoint().await);
    let addr = callee.addr();
    let play = async {
        let (refused, _incoming) = other.dial(&addr).await.expect("the handshake needs no permission");
        assert_eq!(refused.closed().await, CloseReason::Refused(Refusal::NotAdmitted));
        caller.dial(&addr).await.expect("dialed")
    };
    let (dialed, accepted) = within(async { tokio::join!(play, callee.accept(caller.id())) }).await;
    let (_call, mut incoming) = accepted.expect("accepted");
    dialed.0.send_datagram(Bytes::from_static(b"me")).expect("sent");
    assert_eq!(within(incoming.datagrams.recv()).await.expect("open"), "me");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_version_is_refused_by_name() {
    let (client, callee) = (stranger().await, endpoint().await);
    let addr = callee.addr();
    let dial = async {
        let connection = connect(&client, &addr, CALL_ALPN).await;
        let (mut send, mut recv) = connection.open_bi().await.expect("a stream");
        send.write_all(&[0, 1, 9]).await.expect("written");
        recv.read_to_end(64).await.expect("an answer")
    };
    let play = async {
        tokio::select! {
            answer = dial => answer,
            _ = callee.accept(id_of(&client)) => panic!("another version got in"),
        }
    };
    assert_eq!(within(play).await, [0, 3, 1, 0, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_is_counted_and_the_call_goes_on() {
    let (_client, connection, mut bob) = call_with_a_stranger().await;
    connection.send_datagram(Bytes::new()).expect("sent");
    connection.send_datagram(Bytes::from_static(b"audio")).expect("sent");
    assert_eq!(within(bob.incoming.datagrams.recv()).await.expect("open"), "audio");
    assert_eq!(bob.call.counters().garbage_datagrams, 1);
    assert!(connection.close_reason().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_large_and_too_late_are_typed_errors() {
    let (anne, bob) = call().await;
    let large = anne.call.send_datagram(vec![0; 60_000].into());
    assert!(matches!(large, Err(NetError::TooLarge { bytes: 60_000, limit }) if limit >= 1100), "{large:?}");
    bob.call.close(7);
    assert_eq!(within(anne.call.closed()).await, CloseReason::Peer(7));
    assert_eq!(anne.call.send_datagram(Bytes::from_static(b"x")), Err(NetError::Closed(CloseReason::Peer(7))));
    assert_eq!(bob.call.closed().await, CloseReason::Local);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_handle_to_go_closes_the_connection() {
    let (anne, mut bob) = call().await;
    let copy = anne.call.clone();
    drop(anne.call);
    copy.send_datagram(Bytes::from_static(b"here")).expect("the copy keeps it open");
    assert_eq!(within(bob.incoming.datagrams.recv()).await.expect("open"), "here");
    drop(copy);
    assert_eq!(within(bob.call.closed()).await, CloseReason::Peer(0));
    assert_eq!(within(bob.incoming.datagrams.recv()).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_dial_is_taken_after_the_first_connection_ended() {
    let (anne, bob) = call().await;
    anne.call.close(0);
    let _ = within(bob.call.closed()).await;
    let addr = bob.endpoint.addr();
    let both = async { tokio::join!(anne.endpoint.dial(&addr), bob.endpoint.accept(anne.endpoint.id())) };
    let (dialed, accepted) = within(both).await;
    let ((dialed, _), (_call, mut incoming)) = (dialed.expect("dialed"), accepted.expect("accepted"));
    dialed.send_datagram(Bytes::from_static(b"again")).expect("sent");
    assert_eq!(within(incoming.datagrams.recv()).await.expect("open"), "again");
}
