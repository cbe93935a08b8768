//! Phones on loopback for the tests of this crate, and a plain iroh client that can say anything.
//! Used by the test files beside this folder.
//! Everything binds to 127.0.0.1 and uses no relay, so no test needs a network.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::net::SocketAddr;
use std::time::Duration;

use ahoy_call::{PeerAddr, PeerId};
use ahoy_net::{DmEvent, Gate, Identity, IdentityConfig, RelayChoice};
use iroh::endpoint::{Connection, QuicTransportConfig, VarInt, presets};
use iroh::{Endpoint, EndpointAddr, EndpointId, TransportAddr};
use tokio::sync::{mpsc, watch};

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// An identity endpoint with its inbox and the handle of its gate.
pub struct Phone {
    pub identity: Identity,
    pub inbox: mpsc::Receiver<DmEvent>,
    pub gate: watch::Sender<Gate>,
}

impl Phone {
    pub async fn new(seed: u8) -> Self {
        Self::with_gate(seed, Gate { anyone: true, ..Gate::default() }).await
    }

    pub async fn with_gate(seed: u8, gate: Gate) -> Self {
        let (gate, receiver) = watch::channel(gate);
        let (identity, inbox) = Identity::bind(config(seed, LOOPBACK), receiver).await.expect("loopback binds");
        Self { identity, inbox, gate }
    }

    pub fn id(&self) -> PeerId {
        self.identity.addr().id
    }

    pub async fn next(&mut self) -> DmEvent {
        within(self.inbox.recv()).await.expect("the inbox is open")
    }
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
