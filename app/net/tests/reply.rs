//! Replies on the DM channel: what an engine answers reaches the sender, what it does not answer comes again.

mod common;

use std::time::Instant;

use ahoy_net::{Delivered, DmEvent, Identity, MAX_REPLY_BYTES, NetError};
use bytes::Bytes;
use common::{Phone, REPLY, bare, everybody, within};
use tokio::sync::mpsc;

/// Messages that each side sends in the large exchange.
const MANY: u32 = 1000;

async fn next(events: &mut mpsc::Receiver<DmEvent>) -> DmEvent {
    within(events.recv()).await.expect("the phone is open")
}

fn number(data: &Bytes) -> u32 {
    u32::from_be_bytes(data[..].try_into().expect("four bytes"))
}

/// Answers each message with its own bytes and returns the numbers heard.
async fn echo(events: &mut mpsc::Receiver<DmEvent>) -> Vec<u32> {
    let mut heard = Vec::new();
    while heard.len() < MANY as usize {
        let DmEvent { data, reply, .. } = next(events).await;
        heard.push(number(&data));
        reply.answer(data);
    }
    heard
}

async fn send_many(from: &Identity, to: &Identity) -> Vec<u32> {
    let mut replies = Vec::new();
    for n in 0..MANY {
        let sent = from.send(to.addr(), Bytes::copy_from_slice(&n.to_be_bytes())).await;
        replies.push(number(&sent.expect("delivered").reply));
    }
    replies
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_messages_each_way_are_answered_in_order() {
    let (anne, mut for_anne, _gate) = bare(1, everybody()).await;
    let (bob, mut for_bob, _gate) = bare(2, everybody()).await;
    let all =
        async { tokio::join!(send_many(&anne, &bob), send_many(&bob, &anne), echo(&mut for_anne), echo(&mut for_bob)) };
    let started = Instant::now();
    let (there, back, by_anne, by_bob) = within(all).await;
    println!("{MANY} messages each way answered after {:?}", started.elapsed());
    let expected: Vec<u32> = (0..MANY).collect();
    for numbers in [there, back, by_anne, by_bob] {
        assert_eq!(numbers, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_trip_is_measured() {
    let (anne, bob) = (Phone::new(1).await, Phone::new(2).await);
    let mut took = Vec::new();
    for round in 0..=200_u8 {
        let started = Instant::now();
        let sent = within(anne.identity.send(bob.identity.addr(), Bytes::from(vec![round; 400]))).await;
        assert_eq!(sent.expect("delivered").reply, REPLY);
        took.push(started.elapsed());
    }
    let first = took.remove(0);
    took.sort();
    println!(
        "first message {first:?}, later ones {:?} (median), {:?} (longest)",
        took[took.len() / 2],
        took[took.len() - 1]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_not_answered_comes_again() {
    let (anne, _inbox, _gate) = bare(1, everybody()).await;
    let (bob, mut for_bob, _gate) = bare(2, everybody()).await;
    let send = || anne.send(bob.addr(), Bytes::from_static(b"hello"));
    let drop_one = async {
        let DmEvent { data, reply, .. } = next(&mut for_bob).await;
        drop(reply);
        data
    };
    let (sent, data) = within(async { tokio::join!(send(), drop_one) }).await;
    assert_eq!(data, "hello");
    assert!(matches!(sent, Err(NetError::Unreachable { peer, .. }) if peer == bob.addr().id), "{sent:?}");
    let answer_one = async {
        let DmEvent { data, reply, .. } = next(&mut for_bob).await;
        reply.answer(Bytes::from_static(b"now"));
        data
    };
    let (sent, data) = within(async { tokio::join!(send(), answer_one) }).await;
    assert_eq!((data, sent.expect("delivered").reply), ("hello".into(), "now".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_message_waits_for_the_reply_to_the_one_before() {
    let (anne, mut for_anne, _gate) = bare(1, everybody()).await;
    let (bob, mut for_bob, _gate) = bare(2, everybody()).await;
    let (first, second) = (anne.send(bob.addr(), "first".into()), anne.send(bob.addr(), "second".into()));
    let engine = async {
        let held = next(&mut for_bob).await;
        // The other way stays open meanwhile: its acknowledgement is read although a message waits for its answer.
        let back = bob.send(anne.addr(), "back".into());
        let take_back = async { next(&mut for_anne).await.reply.answer(Bytes::from_static(b"got it")) };
        let (back, ()) = tokio::join!(back, take_back);
        assert_eq!(back.expect("delivered").reply, "got it");
        assert!(for_bob.try_recv().is_err());
        assert_eq!(held.data, "first");
        held.reply.answer(Bytes::from_static(b"1"));
        let next = next(&mut for_bob).await;
        assert_eq!(next.data, "second");
        next.reply.answer(Bytes::from_static(b"2"));
    };
    let (first, second, ()) = within(async { tokio::join!(first, second, engine) }).await;
    assert_eq!((first.expect("delivered").reply, second.expect("delivered").reply), ("1".into(), "2".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_reply_arrives_and_a_longer_one_is_none() {
    let (anne, _inbox, _gate) = bare(1, everybody()).await;
    let (bob, mut for_bob, _gate) = bare(2, everybody()).await;
    for (bytes, arrives) in [(MAX_REPLY_BYTES, true), (MAX_REPLY_BYTES + 1, false)] {
        let answer = async {
            next(&mut for_bob).await.reply.answer(vec![7; bytes].into());
            if !arrives {
                // It comes once more over a fresh channel, because the first one was closed.
                next(&mut for_bob).await.reply.answer(vec![7; bytes].into());
            }
        };
        let (sent, ()) = within(async { tokio::join!(anne.send(bob.addr(), Bytes::new()), answer) }).await;
        assert_eq!(sent.is_ok_and(|delivered| delivered.reply.len() == bytes), arrives, "{bytes} bytes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_binding_is_the_same_on_both_sides_and_another_one_for_each_connection() {
    let (anne, mut bob) = (Phone::new(1).await, Phone::new(2).await);
    let mut bindings = Vec::new();
    for _ in 0..2 {
        let sent = within(anne.identity.send(bob.identity.addr(), Bytes::new())).await;
        let Delivered { binding, .. } = sent.expect("delivered");
        assert_eq!(bob.next().await.binding, binding);
        bindings.push(binding);
    }
    assert_eq!(bindings[0], bindings[1]);
    let carol = Phone::new(3).await;
    let sent = within(carol.identity.send(bob.identity.addr(), Bytes::new())).await;
    let Delivered { binding, .. } = sent.expect("delivered");
    assert_eq!(bob.next().await.binding, binding);
    assert_ne!(binding, bindings[0]);
    bob.identity.close().await;
    let mut bob = Phone::new(2).await;
    let sent = within(anne.identity.send(bob.identity.addr(), Bytes::new())).await;
    let Delivered { binding, .. } = sent.expect("delivered");
    assert_eq!(bob.next().await.binding, binding);
    assert!(!bindings.contains(&binding) && binding != [0; 32]);
}
