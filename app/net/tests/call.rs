//! The call connection between real media endpoints on loopback.

mod common;

use std::time::{Duration, Instant};

use ahoy_net::{
    CALL_ALPN, CallConnection, CallIncoming, CloseReason, FrameFate, MAX_FRAME_BYTES, MediaConfig, MediaEndpoint,
    NetError, Refusal, RelayChoice,
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

fn soon() -> Instant {
    Instant::now() + common::PATIENCE
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn datagrams_and_frames_go_both_ways() {
    let (mut anne, mut bob) = call().await;
    let started = Instant::now();
    anne.call.send_datagram(Bytes::from_static(b"ping")).expect("sent");
    assert_eq!(within(bob.incoming.datagrams.recv()).await.expect("open"), "ping");
    bob.call.send_datagram(Bytes::from_static(b"pong")).expect("sent");
    assert_eq!(within(anne.incoming.datagrams.recv()).await.expect("open"), "pong");
    println!("a datagram there and back in {:?}", started.elapsed());
    let frame = Bytes::from(vec![5; MAX_FRAME_BYTES]);
    let started = Instant::now();
    let fate = within(anne.call.send_frame(frame.clone(), soon())).await;
    println!("a frame of {} bytes delivered in {:?}", frame.len(), started.elapsed());
    assert_eq!(fate, Ok(FrameFate::Delivered));
    assert_eq!(within(bob.incoming.frames.recv()).await.expect("open"), frame);
    let fate = within(bob.call.send_frame(Bytes::from_static(b"frame"), soon())).await;
    assert_eq!(fate, Ok(FrameFate::Delivered));
    assert_eq!(within(anne.incoming.frames.recv()).await.expect("open"), "frame");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_frame_is_spread_at_the_rate_and_sound_overtakes_it() {
    let (anne, mut bob) = call().await;
    // 75 kB/s of frames.
    anne.call.set_rate(400, 64);
    let (large, started) = (Bytes::from(vec![5; 60_000]), Instant::now());
    let (call, frame) = (anne.call.clone(), large.clone());
    let sent = tokio::spawn(async move { call.send_frame(frame, soon()).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    anne.call.send_datagram(Bytes::from_static(b"sound")).expect("sent");
    assert_eq!(within(bob.incoming.datagrams.recv()).await.expect("open"), "sound");
    assert!(bob.incoming.frames.try_recv().is_err(), "the frame was there before the sound");
    assert_eq!(within(sent).await.expect("no panic"), Ok(FrameFate::Delivered));
    assert!(started.elapsed() > Duration::from_millis(700), "{:?}", started.elapsed());
    assert_eq!(within(bob.incoming.frames.recv()).await.expect("open"), large);
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
async fn bad_frames_are_stopped_and_the_call_goes_on() {
    let (_client, connection, mut bob) = call_with_a_stranger().await;
    let open = async |bytes: Vec<u8>| {
        let mut stream = connection.open_uni().await.expect("a stream");
        // The receiver may stop it before all is written.
        if stream.write_all(&bytes).await.is_ok() {
            let _ = stream.finish();
        }
        let _ = stream.stopped().await;
    };
    let mut oversized = vec![0; 600 * 1024];
    oversized[0] = 1;
    within(open(oversized)).await;
    within(open(vec![])).await;
    within(open(vec![1])).await;
    within(open(b"\xffgarbage".to_vec())).await;
    connection.send_datagram(Bytes::new()).expect("sent");
    within(open(b"\x01good".to_vec())).await;
    assert_eq!(within(bob.incoming.frames.recv()).await.expect("open"), "good");
    connection.send_datagram(Bytes::from_static(b"audio")).expect("sent");
    assert_eq!(within(bob.incoming.datagrams.recv()).await.expect("open"), "audio");
    let counters = bob.call.counters();
    assert_eq!((counters.oversized_frames, counters.garbage_frames, counters.garbage_datagrams), (1, 3, 1));
    assert!(connection.close_reason().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_frame_is_reset_and_never_seen() {
    let (anne, mut bob) = call().await;
    let late = anne.call.send_frame(vec![1; 400_000].into(), Instant::now()).await;
    assert_eq!(late, Ok(FrameFate::Stale));
    let fate = within(anne.call.send_frame(Bytes::from_static(b"fresh"), soon())).await;
    assert_eq!(fate, Ok(FrameFate::Delivered));
    assert_eq!(within(bob.incoming.frames.recv()).await.expect("open"), "fresh");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_given_up_half_way_never_looks_whole() {
    let (_client, connection, mut bob) = call_with_a_stranger().await;
    let mut half = connection.open_uni().await.expect("a stream");
    half.write_all(b"\x01half").await.expect("written");
    half.reset(16_u32.into()).expect("reset");
    let mut whole = connection.open_uni().await.expect("a stream");
    whole.write_all(b"\x01whole").await.expect("written");
    whole.finish().expect("finished");
    assert_eq!(within(bob.incoming.frames.recv()).await.expect("open"), "whole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_large_and_too_late_are_typed_errors() {
    let (anne, bob) = call().await;
    let large = anne.call.send_datagram(vec![0; 60_000].into());
    assert!(matches!(large, Err(NetError::TooLarge { bytes: 60_000, limit }) if limit >= 1100), "{large:?}");
    let large = anne.call.send_frame(vec![0; MAX_FRAME_BYTES + 1].into(), soon()).await;
    assert_eq!(large, Err(NetError::TooLarge { bytes: MAX_FRAME_BYTES + 1, limit: MAX_FRAME_BYTES }));
    bob.call.close(7);
    assert_eq!(within(anne.call.closed()).await, CloseReason::Peer(7));
    assert_eq!(anne.call.send_datagram(Bytes::from_static(b"x")), Err(NetError::Closed(CloseReason::Peer(7))));
    let late = anne.call.send_frame(Bytes::from_static(b"x"), soon()).await;
    assert_eq!(late, Err(NetError::Closed(CloseReason::Peer(7))));
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
