//! Phones on loopback for the tests of this crate, and a plain iroh client that can say anything.
//! Used by the test files beside this folder.
//! Everything binds to 127.0.0.1 and uses no relay, so no test needs a network.

#![allow(dead_code, reason = "each test file uses a part of this")]

pub mod lossy;

use std::net::SocketAddr;
use std::time::Duration;

use ahoy_call::{PeerAddr, PeerId};
use ahoy_net::{DmEvent, Gate, Identity, IdentityConfig, RelayChoice};
use bytes::Bytes;
use iroh::endpoint::{Connection, QuicTransportConfig, VarInt, presets};
use iroh::{Endpoint, EndpointAddr, EndpointId, TransportAddr};
use tokio::sync::{mpsc, watch};

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// What a phone answers to every message.
pub const REPLY: &[u8] = b"taken";

/// Messages that wait for the test; more than any test sends.
const HEARD: usize = 4096;

/// A message that was heard and answered.
#[derive(Debug)]
pub struct Heard {
    pub from: PeerId,
    pub data: Bytes,
    pub binding: [u8; 32],
    pub stranger: bool,
}

/// An identity endpoint with an engine that answers everything, and the handle of its gate.
pub struct Phone {
    pub identity: Identity,
    pub heard: mpsc::Receiver<Heard>,
    pub gate: watch::Sender<Gate>,
}

impl Phone {
    pub async fn new(seed: u8) -> Self {
        Self::with_gate(seed, everybody()).await
    }

    pub async fn with_gate(seed: u8, gate: Gate) -> Self {
        let (identity, events, gate) = bare(seed, gate).await;
        let (sender, heard) = mpsc::channel(HEARD);
        drop(tokio::spawn(answer(events, sender)));
        Self { identity, heard, gate }
    }

    pub fn id(&self) -> PeerId {
        self.identity.addr().id
    }

    pub async fn next(&mut self) -> Heard {
        within(self.heard.recv()).await.expect("the phone is open")
    }
}

async fn answer(mut events: mpsc::Receiver<DmEvent>, heard: mpsc::Sender<Heard>) {
    while let Some(DmEvent { from, data, binding, stranger, reply }) = events.recv().await {
        if heard.send(Heard { from, data, binding, stranger }).await.is_err() {
            return;
        }
        reply.answer(Bytes::from_static(REPLY));
    }
}

/// An identity endpoint whose engine is the test itself.
pub async fn bare(seed: u8, gate: Gate) -> (Identity, mpsc::Receiver<DmEvent>, watch::Sender<Gate>) {
    let (gate, receiver) = watch::channel(gate);
    let (identity, events) = Identity::bind(config(seed, LOOPBACK), receiver).await.expect("loopback binds");
    (identity, events, gate)
}

pub fn everybody() -> Gate {
    Gate { anyone: true, ..Gate::default() }
}

pub fn config(seed: u8, bind: SocketAddr) -> IdentityConfig {
    IdentityConfig { secret: [seed; 32], bind: Some(bind), port: 0, relay: RelayChoice::None }
}

pub async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("done in time")
}

/// An endpoint that is not one of ours.
pub async fn stranger() -> Endpoint {
    let transport = QuicTransportConfig::builder().max_concurrent_bidi_streams(VarInt::from_u32(8)).build();
    Endpoint::builder(presets::Minimal)
        .transport_config(transport)
        .clear_ip_transports()
        .bind_addr(LOOPBACK)
        .expect("an address")
        .bind()
        .await
        .expect("loopback binds")
}

pub async fn connect(stranger: &Endpoint, to: &PeerAddr, alpn: &[u8]) -> Connection {
    let id = EndpointId::from_bytes(to.id.as_bytes()).expect("a key");
    let addr = EndpointAddr::from_parts(id, to.direct.iter().copied().map(TransportAddr::Ip));
    within(stranger.connect(addr, alpn)).await.expect("the handshake needs no permission")
}

pub fn id_of(endpoint: &Endpoint) -> PeerId {
    PeerId(*endpoint.id().as_bytes())
}
