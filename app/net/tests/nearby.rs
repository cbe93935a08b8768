//! Phones on the same local network find each other while they look, and only then.

mod common;

use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

use ahoy_net::{Gate, Identity, IdentityConfig, MAX_LINK_BYTES, Nearby, NetError};
use common::{LOOPBACK, config, within};
use tokio::sync::watch;

/// A group of the site that nobody uses; it shows whether this machine can send to a group at all.
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 71, 11);

async fn phone(seed: u8) -> Identity {
    let open = IdentityConfig { bind: None, ..config(seed, LOOPBACK) };
    Identity::bind(open, watch::channel(Gate::default()).1).await.expect("it binds").0
}

/// Whether a datagram to a group comes back on this machine.
fn groups_work() -> bool {
    let attempt = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.join_multicast_v4(&GROUP, &Ipv4Addr::UNSPECIFIED)?;
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        let _ = socket.send_to(b"?", (GROUP, socket.local_addr()?.port()))?;
        socket.recv(&mut [0])
    };
    attempt().is_ok_and(|bytes: usize| bytes == 1)
}

fn named(phones: &[Nearby], name: &str) -> bool {
    phones.iter().any(|phone| phone.name == name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phones_find_each_other_while_they_look() {
    let (anne, bob) = (phone(21).await, phone(22).await);
    let (mut by_anne, mut by_bob) = (anne.nearby_phones(), bob.nearby_phones());
    let started = Instant::now();
    let looking = (anne.nearby(Some("Anne\u{1b}")), bob.nearby(Some("Bob")));
    if let (Err(NetError::Nearby { .. }), _) | (_, Err(NetError::Nearby { .. })) = looking {
        println!("no socket to look with: {looking:?}");
        assert!(by_anne.borrow().is_empty() && by_bob.borrow().is_empty());
        return;
    }
    assert_eq!(looking, (Ok(()), Ok(())));
    if !groups_work() {
        println!("this machine reaches no group; the lists stay as they are");
        assert!(by_anne.borrow().is_empty() && by_bob.borrow().is_empty());
        return;
    }
    let found = within(by_anne.wait_for(|phones| named(phones, "Bob"))).await.expect("open").clone();
    let _ = within(by_bob.wait_for(|phones| named(phones, "Anne"))).await.expect("open");
    println!("found after {:?}", started.elapsed());
    assert!(!named(&found, "Anne") && found.iter().all(|phone| phone.addr.within_caps()));
    let bob_there = found.iter().find(|phone| phone.name == "Bob").expect("found");
    assert_eq!(bob_there.addr.id, bob.addr().id);
    assert!(!bob_there.addr.direct.is_empty());
    let started = Instant::now();
    bob.nearby(None).expect("it only stops");
    assert!(by_bob.borrow().is_empty());
    let _ = within(by_anne.wait_for(|phones| !named(phones, "Bob"))).await.expect("open");
    println!("gone after {:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_starts_and_stops_at_will_wherever_it_is_bound() {
    let bound = Identity::bind(config(23, LOOPBACK), watch::channel(Gate::default()).1).await;
    let (carol, _inbox) = bound.expect("it binds");
    let phones = carol.nearby_phones();
    carol.nearby(None).expect("it only stops");
    for name in ["Carol", "", &"x".repeat(MAX_LINK_BYTES)] {
        let looking = carol.nearby(Some(name));
        assert!(matches!(looking, Ok(()) | Err(NetError::Nearby { .. })), "{looking:?}");
    }
    carol.nearby(None).expect("it only stops");
    within(carol.close()).await;
    assert!(phones.borrow().is_empty());
}
