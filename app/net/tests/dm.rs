//! The DM channel between real endpoints on loopback.

mod common;

use std::time::{Duration, Instant};

use ahoy_call::{PeerAddr, PeerId};
use ahoy_net::{DM_ALPN, Gate, Identity, IdentityConfig, MAX_DM_BYTES, MAX_REPLY_BYTES, NetError, Refusal};
use bytes::Bytes;
use common::{LOOPBACK, Phone, REPLY, config, connect, stranger, within};
use iroh::endpoint::{Connection, ConnectionError};
use tokio::sync::watch;

/// `Hello { version: 1 }` on the wire.
const HELLO: &[u8] = &[0, 1, 1];

async fn close_code(connection: &Connection) -> u64 {
    match within(connection.closed()).await {
        ConnectionError::ApplicationClosed(close) => close.error_code.into_inner(),
        other => panic!("closed by {other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_go_both_ways_in_order_over_one_connection() {
    let started = Instant::now();
    let (mut anne, mut bob) = (Phone::new(1).await, Phone::new(2).await);
    println!("two identity endpoints bound in {:?}", started.elapsed());
    for round in 0..3_u8 {
        let started = Instant::now();
        let _ = within(anne.identity.send(bob.identity.addr(), Bytes::from(vec![round; 3]))).await.expect("taken");
        println!("message {round} taken after {:?}", started.elapsed());
        assert_eq!((bob.next().await.from, round), (anne.id(), round));
        // Without any address: it goes back over the connection that is there.
        let _ = within(bob.identity.send(PeerAddr::new(anne.id()), Bytes::from(vec![round]))).await.expect("taken");
        assert_eq!(anne.next().await.data, vec![round]);
    }
    let largest = Bytes::from(vec![9; MAX_DM_BYTES]);
    let _ = within(anne.identity.send(bob.identity.addr(), largest.clone())).await.expect("taken");
    assert_eq!(bob.next().await.data, largest);
    let beyond = anne.identity.send(bob.identity.addr(), vec![0; MAX_DM_BYTES + 1].into()).await;
    assert_eq!(beyond, Err(NetError::TooLarge { bytes: MAX_DM_BYTES + 1, limit: MAX_DM_BYTES }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_keep_the_order_of_the_calls() {
    let (anne, mut bob) = (Phone::new(1).await, Phone::new(2).await);
    let to = bob.identity.addr();
    let mut sends: Vec<_> = (0..20_u8).map(|n| Box::pin(anne.identity.send(to.clone(), vec![n].into()))).collect();
    let all = async {
        for send in &mut sends {
            let _ = send.await.expect("taken");
        }
    };
    within(all).await;
    for n in 0..20 {
        assert_eq!(bob.next().await.data, vec![n]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_may_dial_at_once() {
    let (mut anne, mut bob) = (Phone::new(1).await, Phone::new(2).await);
    for round in 0..4_u8 {
        let (to_bob, to_anne) = (bob.identity.addr(), anne.identity.addr());
        let there = anne.identity.send(to_bob, vec![round].into());
        let back = bob.identity.send(to_anne, vec![round].into());
        let (there, back) = within(async { tokio::join!(there, back) }).await;
        assert_eq!((there.expect("taken").reply, back.expect("taken").reply), (REPLY.into(), REPLY.into()));
        assert_eq!(bob.next().await.data, vec![round]);
        assert_eq!(anne.next().await.data, vec![round]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_admitted_is_refused_and_never_heard() {
    let anne = Phone::new(1).await;
    let mut bob = Phone::with_gate(2, Gate::default()).await;
    let refused = Err(NetError::Refused(Refusal::NotAdmitted));
    let send = |text: &'static str| anne.identity.send(bob.identity.addr(), Bytes::from_static(text.as_bytes()));
    assert_eq!(within(send("unpaired")).await, refused);
    let gate = |admitted: &[_]| Gate { admitted: admitted.iter().copied().collect(), ..Gate::default() };
    let _ = bob.gate.send_replace(gate(&[anne.id()]));
    assert!(within(send("paired")).await.is_ok());
    let _ = bob.gate.send_replace(gate(&[]));
    assert_eq!(within(send("blocked")).await, refused);
    assert_eq!(bob.next().await.data, "paired");
    assert!(bob.heard.try_recv().is_err());
    assert!(bob.identity.counters().refused >= 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dialer_with_another_version_gets_a_typed_refusal() {
    let bob = Phone::new(2).await;
    let client = stranger().await;
    let connection = connect(&client, &bob.identity.addr(), DM_ALPN).await;
    let (mut send, mut recv) = connection.open_bi().await.expect("a stream");
    send.write_all(&[0, 2, 200, 1]).await.expect("written");
    let answer = within(recv.read_to_end(64)).await.expect("an answer before the close");
    // Refused(UnknownVersion { supported: 1 })
    assert_eq!(answer, [0, 3, 1, 0, 1]);
    assert_eq!(bob.identity.counters().refused, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_with_another_version_is_a_typed_refusal_to_us() {
    let anne = Phone::new(1).await;
    let newer = stranger().await;
    newer.set_alpns(vec![DM_ALPN.to_vec()]);
    let addr = PeerAddr { direct: newer.bound_sockets(), ..PeerAddr::new(common::id_of(&newer)) };
    let send = anne.identity.send(addr, Bytes::from_static(b"hello"));
    let answer = async {
        let connection = newer.accept().await.expect("open").await.expect("connected");
        let (mut send, _recv) = connection.accept_bi().await.expect("a stream");
        send.write_all(&[0, 3, 1, 0, 7]).await.expect("written");
        let _ = connection.closed().await;
    };
    let (sent, ()) = within(async { tokio::join!(send, answer) }).await;
    assert_eq!(sent, Err(NetError::Refused(Refusal::UnknownVersion { supported: 7 })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_closes_its_connection_and_nothing_else() {
    let (anne, mut bob) = (Phone::new(1).await, Phone::new(2).await);
    let client = stranger().await;
    let greetings: [&[u8]; 3] = [&[0xff; 40], &[0, 0], b"GET / HTTP/1.1\r\n\r\n"];
    for garbage in greetings {
        let connection = connect(&client, &bob.identity.addr(), DM_ALPN).await;
        let (mut send, _recv) = connection.open_bi().await.expect("a stream");
        send.write_all(garbage).await.expect("written");
        assert_eq!(close_code(&connection).await, 2);
    }
    let length = u16::try_from(9 + MAX_REPLY_BYTES + 1).expect("it fits").to_be_bytes();
    let long_reply = [&length[..], &[2], &[0; 8 + MAX_REPLY_BYTES + 1]].concat();
    let records: [&[u8]; 4] = [&[0, 0], &[0xff, 0xff], &[0, 9, 7, 0, 0, 0, 0, 0, 0, 0, 0], &long_reply];
    for garbage in records {
        let connection = connect(&client, &bob.identity.addr(), DM_ALPN).await;
        let (mut send, _recv) = connection.open_bi().await.expect("a stream");
        send.write_all(HELLO).await.expect("written");
        send.write_all(garbage).await.expect("written");
        assert_eq!(close_code(&connection).await, 2);
    }
    assert_eq!(bob.identity.counters().garbage, 7);
    let _ = within(anne.identity.send(bob.identity.addr(), Bytes::from_static(b"still there"))).await.expect("taken");
    assert_eq!(bob.next().await.data, "still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_port_is_unreachable_in_time() {
    let anne = Phone::new(1).await;
    let gone = Phone::new(2).await;
    let addr = gone.identity.addr();
    gone.identity.close().await;
    drop(gone);
    let started = Instant::now();
    let sent = anne.identity.send(addr.clone(), Bytes::from_static(b"anybody?")).await;
    println!("a dead port was given up after {:?}", started.elapsed());
    assert!(matches!(sent, Err(NetError::Unreachable { peer, .. }) if peer == addr.id), "{sent:?}");
    assert!(started.elapsed() < Duration::from_secs(12));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_without_any_address_is_unreachable_at_once() {
    let anne = Phone::new(1).await;
    let started = Instant::now();
    for id in [ahoy_net::peer_id(&[9; 32]), anne.id(), PeerId([0xff; 32])] {
        let sent = anne.identity.send(PeerAddr::new(id), Bytes::new()).await;
        assert!(matches!(sent, Err(NetError::Unreachable { .. })), "{sent:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_peer_is_found_again() {
    let (anne, mut bob) = (Phone::new(1).await, Phone::new(2).await);
    let _ = within(anne.identity.send(bob.identity.addr(), Bytes::from_static(b"one"))).await.expect("taken");
    assert_eq!(bob.next().await.data, "one");
    bob.identity.close().await;
    let mut bob = Phone::new(2).await;
    let _ = within(anne.identity.send(bob.identity.addr(), Bytes::from_static(b"two"))).await.expect("taken");
    assert_eq!(bob.next().await.data, "two");
}

/// Plays a phone that lets the dialer in and, while `acknowledging`, takes messages.
async fn play_phone(connection: &Connection, acknowledging: usize) {
    let (mut send, mut recv) = connection.accept_bi().await.expect("a stream");
    recv.read_exact(&mut [0; HELLO.len()]).await.expect("a hello");
    send.write_all(&[0, 2, 0, 1]).await.expect("written");
    for _ in 0..acknowledging {
        // `[2 length][1 kind][8 id]` and a message of three bytes.
        let mut record = [0; 14];
        recv.read_exact(&mut record).await.expect("a message");
        let mut ack = [0, 9, 2, 0, 0, 0, 0, 0, 0, 0, 0];
        ack[3..].copy_from_slice(&record[3..11]);
        send.write_all(&ack).await.expect("written");
    }
    let _ = connection.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_fell_silent_is_replaced() {
    let anne = Phone::new(1).await;
    let peer = stranger().await;
    peer.set_alpns(vec![DM_ALPN.to_vec()]);
    let addr = PeerAddr { direct: peer.bound_sockets(), ..PeerAddr::new(common::id_of(&peer)) };
    let playing = tokio::spawn(async move {
        for acknowledging in [1, 1] {
            let connection = peer.accept().await.expect("open").await.expect("connected");
            drop(tokio::spawn(async move { play_phone(&connection, acknowledging).await }));
        }
        std::future::pending::<()>().await;
    });
    for text in ["one", "two"] {
        let started = Instant::now();
        let sent = within(anne.identity.send(addr.clone(), Bytes::from_static(text.as_bytes()))).await;
        println!("`{text}` taken after {:?}", started.elapsed());
        assert_eq!(sent.expect("taken").reply, Bytes::new());
    }
    playing.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_is_acknowledged_even_when_the_phone_closes_at_once() {
    for _ in 0..10 {
        let (anne, mut bob) = (Phone::new(1).await, Phone::new(2).await);
        let to = bob.identity.addr();
        let send = anne.identity.send(to, Bytes::from_static(b"bye"));
        let take_and_leave = async {
            assert_eq!(bob.next().await.data, "bye");
            bob.identity.close().await;
        };
        let (sent, ()) = within(async { tokio::join!(send, take_and_leave) }).await;
        assert_eq!(sent.expect("acknowledged").reply, REPLY);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_port_is_named() {
    let bob = Phone::new(2).await;
    let taken = bob.identity.listening()[0];
    let gate = watch::channel(Gate::default());
    let error = Identity::bind(config(3, taken), gate.1).await.expect_err("the port is taken");
    assert_eq!(error, NetError::PortInUse { address: taken });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_bind_one_port_serves_every_family() {
    let gate = watch::channel(Gate::default());
    let open = IdentityConfig { bind: None, ..config(4, LOOPBACK) };
    let (identity, _inbox) = Identity::bind(open, gate.1).await.expect("binds");
    let sockets = identity.listening();
    assert!(sockets.iter().all(|socket| socket.port() == sockets[0].port() && socket.ip().is_unspecified()));
    assert!(identity.addr().direct.contains(&([127, 0, 0, 1], sockets[0].port()).into()));
    let busy = IdentityConfig { bind: None, port: sockets[0].port(), ..config(5, LOOPBACK) };
    let error = Identity::bind(busy, watch::channel(Gate::default()).1).await.expect_err("the port is taken");
    assert!(matches!(error, NetError::PortInUse { address } if address.port() == sockets[0].port()), "{error:?}");
}
