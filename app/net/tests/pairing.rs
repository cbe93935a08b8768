//! Strangers at the door: let in while a phone pairs, a few of them, for a few short messages, and never when blocked.

mod common;

use ahoy_call::PeerId;
use ahoy_net::{Gate, NetError, Refusal};
use bytes::Bytes;
use common::{Phone, REPLY, within};

/// Bytes of a stranger's longest message.
const MAX_KNOCK: usize = 2048;

fn pairing() -> Gate {
    Gate { pairing: true, ..Gate::default() }
}

async fn knock(from: &Phone, to: &Phone, data: Vec<u8>) -> Result<Bytes, NetError> {
    within(from.identity.send(to.identity.addr(), data.into())).await.map(|delivered| delivered.reply)
}

const NOT_ADMITTED: Result<Bytes, NetError> = Err(NetError::Refused(Refusal::NotAdmitted));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_get_in_only_while_pairing() {
    let (anne, mut bob) = (Phone::new(1).await, Phone::with_gate(2, Gate::default()).await);
    assert_eq!(knock(&anne, &bob, b"before".to_vec()).await, NOT_ADMITTED);
    let _ = bob.gate.send_replace(pairing());
    assert_eq!(knock(&anne, &bob, b"during".to_vec()).await, Ok(REPLY.into()));
    let heard = bob.next().await;
    assert_eq!((heard.from, heard.data, heard.stranger), (anne.id(), "during".into(), true));
    let _ = bob.gate.send_replace(Gate::default());
    assert_eq!(knock(&anne, &bob, b"after".to_vec()).await, NOT_ADMITTED);
    assert!(bob.heard.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_is_no_stranger_and_a_stranger_becomes_one() {
    let (anne, mut bob) = (Phone::new(1).await, Phone::with_gate(2, pairing()).await);
    for (admitted, stranger) in [([].into(), true), ([anne.id()].into(), false)] {
        let _ = bob.gate.send_replace(Gate { admitted, ..pairing() });
        for _ in 0..3 {
            assert_eq!(knock(&anne, &bob, vec![0; MAX_KNOCK]).await, Ok(REPLY.into()));
            assert_eq!(bob.next().await.stranger, stranger);
        }
    }
    for _ in 0..20 {
        assert_eq!(knock(&anne, &bob, vec![0; MAX_KNOCK + 1]).await, Ok(REPLY.into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_phone_never_gets_in() {
    let (anne, mut bob) = (Phone::new(1).await, Phone::with_gate(2, Gate::default()).await);
    let blocked: std::collections::BTreeSet<PeerId> = [anne.id()].into();
    for (anyone, pairing) in [(false, false), (false, true), (true, false), (true, true)] {
        let _ = bob.gate.send_replace(Gate { anyone, pairing, admitted: blocked.clone(), blocked: blocked.clone() });
        assert_eq!(knock(&anne, &bob, b"please".to_vec()).await, NOT_ADMITTED);
    }
    // Neither does it over a channel that was dialed to it.
    let _ = within(bob.identity.send(anne.identity.addr(), Bytes::new())).await;
    assert_eq!(knock(&anne, &bob, b"please".to_vec()).await, NOT_ADMITTED);
    assert!(bob.heard.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_dialed_may_talk_back() {
    let (mut anne, mut bob) = (Phone::with_gate(1, Gate::default()).await, Phone::new(2).await);
    assert_eq!(knock(&anne, &bob, b"hello".to_vec()).await, Ok(REPLY.into()));
    assert!(!bob.next().await.stranger);
    assert_eq!(knock(&bob, &anne, b"hello yourself".to_vec()).await, Ok(REPLY.into()));
    assert!(anne.next().await.stranger);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_may_say_little() {
    let (anne, mut bob) = (Phone::new(1).await, Phone::with_gate(2, pairing()).await);
    let too_long = knock(&anne, &bob, vec![0; MAX_KNOCK + 1]).await;
    assert!(matches!(too_long, Err(NetError::Unreachable { .. })), "{too_long:?}");
    assert!(bob.heard.try_recv().is_err());
    let mut over = 0;
    for n in 0..9 {
        assert_eq!(knock(&anne, &bob, vec![n; MAX_KNOCK]).await, Ok(REPLY.into()));
        assert_eq!(bob.next().await.data[0], n);
        over = bob.identity.counters().refused;
    }
    // The ninth went over a channel of its own, because the first one was closed for it.
    assert_eq!(over, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_few_strangers_get_in_at_once() {
    let bob = Phone::with_gate(2, pairing()).await;
    let mut guests = Vec::new();
    for seed in 10..14 {
        let guest = Phone::new(seed).await;
        assert_eq!(knock(&guest, &bob, b"knock".to_vec()).await, Ok(REPLY.into()));
        guests.push(guest);
    }
    let late = Phone::new(14).await;
    assert_eq!(knock(&late, &bob, b"knock".to_vec()).await, Err(NetError::Refused(Refusal::Busy)));
    // A contact needs none of their places.
    let _ = bob.gate.send_replace(Gate { admitted: [late.id()].into(), ..pairing() });
    assert_eq!(knock(&late, &bob, b"knock".to_vec()).await, Ok(REPLY.into()));
}
