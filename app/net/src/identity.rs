//! The identity endpoint: the long-lived door of a phone, which carries the DM channel and nothing else.
//! Bound once by the engine when the phone opens, closed when it shuts down.
//! Nobody whom the gate does not admit reaches the engine; they get a typed refusal right after the handshake.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ahoy_call::{PeerAddr, PeerId};
use bytes::Bytes;
use iroh::{Endpoint, SecretKey};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use crate::counters::{DmCounters, DmTally};
use crate::dm::{Delivered, DmEvent, INBOX, Inbox};
use crate::door::keep_door;
use crate::endpoint::{self, Options};
use crate::nearby::{Lookout, Nearby};
use crate::peer::Delivery;
use crate::record::check_size;
use crate::switchboard::{ORDERS, Order, Switchboard};
use crate::{DM_ALPN, Gate, NetError, RelayChoice, addresses, transport};

/// Time for the last packets when the endpoint closes.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Attempts to find one port that is free for IPv4 and IPv6 alike.
const PORT_ATTEMPTS: usize = 8;

/// How to bind the identity endpoint.
#[derive(Clone)]
pub struct IdentityConfig {
    /// The Ed25519 secret key of the phone.
    pub secret: [u8; 32],
    /// The only address and port to bind, when given.
    pub bind: Option<SocketAddr>,
    /// The port on all addresses when `bind` is not given; 0 picks a free one.
    pub port: u16,
    /// The relay to use.
    pub relay: RelayChoice,
}

/// The public half of an identity's secret key.
#[must_use]
pub fn peer_id(secret: &[u8; 32]) -> PeerId {
    endpoint::peer(SecretKey::from_bytes(secret).public())
}

/// A bound identity endpoint. Dropping it without [`Identity::close`] cuts every channel.
#[derive(Debug)]
pub struct Identity {
    endpoint: Endpoint,
    bind: Option<SocketAddr>,
    relay: RelayChoice,
    tally: Arc<DmTally>,
    orders: mpsc::Sender<Order>,
    lookout: Lookout,
}

impl Identity {
    /// Binds the endpoint and opens the door to whom `gate` admits. Must run inside a tokio runtime.
    ///
    /// The receiver gets at most 64 messages ahead; then senders wait for it.
    ///
    /// # Errors
    /// [`NetError::PortInUse`], [`NetError::Bind`], [`NetError::Relay`].
    pub async fn bind(
        config: IdentityConfig,
        gate: watch::Receiver<Gate>,
    ) -> Result<(Self, mpsc::Receiver<DmEvent>), NetError> {
        let endpoint = bind_endpoint(&config).await?;
        let tally = Arc::new(DmTally::default());
        let (events, receiver) = mpsc::channel(INBOX);
        // Carries nothing: it counts who still writes.
        let (open, writers) = mpsc::channel(1);
        let inbox = Inbox { events, gate, tally: tally.clone(), open: open.downgrade() };
        let (orders, order_queue) = mpsc::channel(ORDERS);
        let mut board = Switchboard::new(endpoint.clone(), inbox.clone());
        board.own(keep_door(endpoint.clone(), inbox, orders.downgrade()));
        drop(tokio::spawn(board.run(order_queue, open, writers)));
        let IdentityConfig { bind, relay, .. } = config;
        let lookout = Lookout::new(endpoint.clone(), bind.map(|bind| bind.ip()));
        Ok((Self { endpoint, bind, relay, tally, orders, lookout }, receiver))
    }

    /// Where this phone can be reached, as its contact link tells it: see [`addresses::identity_addr`].
    #[must_use]
    pub fn addr(&self) -> PeerAddr {
        let (v4, v6) = endpoint::ports(&self.endpoint);
        let id = endpoint::peer(self.endpoint.id());
        let bind = self.bind.map(|bind| SocketAddr::new(bind.ip(), v4.max(v6)));
        let mut addr = addresses::identity_addr(id, bind, v4, &self.relay);
        if bind.is_none() && v6 == 0 {
            addr.direct.retain(SocketAddr::is_ipv4);
        }
        let home: Vec<String> = self.endpoint.addr().relay_urls().map(ToString::to_string).collect();
        if !home.is_empty() {
            addr.relays = home;
        }
        addr.capped()
    }

    /// The relay it was bound with.
    #[must_use]
    pub fn relay(&self) -> &RelayChoice {
        &self.relay
    }

    /// The sockets that are bound.
    #[must_use]
    pub fn listening(&self) -> Vec<SocketAddr> {
        self.endpoint.bound_sockets()
    }

    /// What was turned away so far.
    #[must_use]
    pub fn counters(&self) -> DmCounters {
        self.tally.snapshot()
    }

    /// Sends one message of at most [`MAX_DM_BYTES`](crate::MAX_DM_BYTES) and resolves with the reply when the other engine has answered it.
    ///
    /// Uses any live channel with that peer and dials one otherwise. Messages to one peer arrive in the order of these calls.
    /// The peer may see a message twice, and one that failed here too, when its reply was lost on the way.
    ///
    /// # Errors
    /// [`NetError::Unreachable`] after at most 22 s, [`NetError::Refused`], [`NetError::TooLarge`], [`NetError::QueueFull`], [`NetError::Shutdown`].
    pub async fn send(&self, to: PeerAddr, data: Bytes) -> Result<Delivered, NetError> {
        check_size(&data)?;
        let (done, result) = oneshot::channel();
        let delivery = Delivery { addr: to, data, done };
        self.orders.send(Order::Deliver(delivery)).await.map_err(|_| NetError::Shutdown)?;
        result.await.unwrap_or(Err(NetError::Shutdown))
    }

    /// Announces this phone on the local network under `name` and lists the others that do, or (`None`) stops both.
    ///
    /// At most 64 bytes of the name are told, without control characters. Where nothing can be sent to a group, the list stays empty.
    /// Phones that stopped announcing themselves leave the list after a few seconds.
    ///
    /// # Errors
    /// [`NetError::Nearby`] when the system allows no socket for it.
    pub fn nearby(&self, name: Option<&str>) -> Result<(), NetError> {
        self.lookout.set(name)
    }

    /// The phones that announce themselves nearby, at most [`MAX_NEARBY`](crate::MAX_NEARBY); empty while nobody looks.
    #[must_use]
    pub fn nearby_phones(&self) -> watch::Receiver<Vec<Nearby>> {
        self.lookout.phones()
    }

    /// Lets acknowledgements on their way arrive, then closes everything. Takes at most three seconds.
    pub async fn close(&self) {
        // It only stops, which cannot fail.
        let _ = self.lookout.set(None);
        let (done, closed) = oneshot::channel();
        if self.orders.send(Order::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
        let _ = timeout(CLOSE_TIMEOUT, self.endpoint.close()).await;
    }
}

async fn bind_endpoint(config: &IdentityConfig) -> Result<Endpoint, NetError> {
    let options = |port| Options {
        secret: SecretKey::from_bytes(&config.secret),
        alpn: DM_ALPN,
        bind: config.bind.map(|bind| bind.ip()),
        port,
        relay: &config.relay,
        transport: transport::dm(),
    };
    if let Some(bind) = config.bind {
        return endpoint::bind(options(bind.port())).await;
    }
    if config.port != 0 {
        return endpoint::bind(options(config.port)).await;
    }
    // One number for both families: the phone keeps and names a single port.
    let mut attempt = endpoint::bind(options(free_port()?)).await;
    for _ in 1..PORT_ATTEMPTS {
        let Err(NetError::PortInUse { .. }) = attempt else { break };
        attempt = endpoint::bind(options(free_port()?)).await;
    }
    attempt
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, NetError> {
    let any = SocketAddr::from(([0, 0, 0, 0], 0));
    std::net::UdpSocket::bind(any)
        .and_then(|socket| socket.local_addr())
        .map(|address| address.port())
        .map_err(|error| NetError::Bind { address: any, reason: error.to_string() })
}
