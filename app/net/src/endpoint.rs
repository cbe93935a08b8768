//! Binding an iroh endpoint and speaking of its addresses in our own types.
//! Shared by the identity endpoint and the media endpoints.
//! With an address to bind, one socket exists and no other address is named; without a relay, nothing asks the internet.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use ahoy_call::{PeerAddr, PeerId};
use iroh::endpoint::{BindError, BindOpts, Builder, Connection, PortmapperConfig, QuicTransportConfig, presets};
use iroh::{Endpoint, EndpointAddr, EndpointId, RelayMode, SecretKey, TransportAddr};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::relay::parse_relay;
use crate::{NetError, RelayChoice};

/// A whole dial, greeting included. Hole punching and a relay take up to a few seconds; past this nobody is there.
pub(crate) const DIAL_TIMEOUT: Duration = Duration::from_secs(10);

/// A handshake that takes longer may have lost packets, and QUIC repeats them ever more slowly: with 30 % loss one in twenty
/// took three seconds. Over 50 kbit/s its four large packets take 0.85 s, and a second one beside it would delay both.
pub(crate) const HANDSHAKE_PATIENCE: Duration = Duration::from_millis(900);

/// What an endpoint is bound with.
pub(crate) struct Options<'a> {
    pub(crate) secret: SecretKey,
    pub(crate) alpn: &'static [u8],
    /// The only address to bind; `None`: every IPv4 and, where there is any, every IPv6 address.
    pub(crate) bind: Option<IpAddr>,
    /// 0 lets the system choose.
    pub(crate) port: u16,
    pub(crate) relay: &'a RelayChoice,
    pub(crate) transport: QuicTransportConfig,
}

pub(crate) async fn bind(options: Options<'_>) -> Result<Endpoint, NetError> {
    let Options { secret, alpn, bind, port, relay, transport } = options;
    let address = SocketAddr::new(bind.unwrap_or(Ipv4Addr::UNSPECIFIED.into()), port);
    let fail = |reason: String| NetError::Bind { address, reason };
    let mut builder = match relay {
        RelayChoice::Default => Builder::new(presets::N0),
        RelayChoice::None => Builder::new(presets::Minimal).relay_mode(RelayMode::Disabled),
        RelayChoice::Url(url) => Builder::new(presets::Minimal).relay_mode(RelayMode::custom([parse_relay(url)?])),
    };
    if bind.is_some() || *relay == RelayChoice::None {
        builder = builder.portmapper_config(PortmapperConfig::Disabled);
    }
    builder = builder
        .secret_key(secret)
        .alpns(vec![alpn.to_vec()])
        .transport_config(transport)
        .clear_ip_transports()
        .bind_addr(address)
        .map_err(|error| fail(error.to_string()))?;
    if bind.is_none() {
        let v6 = SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port);
        let optional = BindOpts::default().set_is_required(false);
        builder = builder.bind_addr_with_opts(v6, optional).map_err(|error| fail(error.to_string()))?;
    }
    builder.bind().await.map_err(|error| match &error {
        BindError::Sockets { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
            NetError::PortInUse { address }
        }
        BindError::Sockets { source, .. } => fail(source.to_string()),
        other => fail(other.to_string()),
    })
}

/// The port that is bound for each family, 0 where none is: (IPv4, IPv6).
pub(crate) fn ports(endpoint: &Endpoint) -> (u16, u16) {
    let sockets = endpoint.bound_sockets();
    let port = |v4: bool| sockets.iter().find(|socket| socket.is_ipv4() == v4).map_or(0, SocketAddr::port);
    (port(true), port(false))
}

pub(crate) fn peer(id: EndpointId) -> PeerId {
    PeerId(*id.as_bytes())
}

/// Connects, without any limit of time of its own.
pub(crate) async fn connect(endpoint: Endpoint, to: PeerAddr, alpn: &[u8]) -> Result<Connection, NetError> {
    let target = endpoint_addr(&to)?;
    endpoint.connect(target, alpn).await.map_err(|error| unreachable(to.id, &error.to_string()))
}

/// Makes a fresh attempt beside those under way when none has succeeded within `patience`, and a last one after twice that.
///
/// Resolves with the first that succeeds and drops the others; their connections close before they have said hello. A failure
/// counts once nothing else is under way.
pub(crate) async fn race<T, A>(patience: Duration, attempt: impl Fn() -> A) -> Result<T, NetError>
where
    T: Send + 'static,
    A: Future<Output = Result<T, NetError>> + Send + 'static,
{
    let mut attempts = JoinSet::new();
    let mut waits = [patience, 2 * patience].into_iter();
    loop {
        let _ = attempts.spawn(attempt());
        let next = Instant::now() + waits.next().unwrap_or(DIAL_TIMEOUT);
        while let Ok(Some(done)) = timeout_at(next, attempts.join_next()).await {
            match done.expect("no attempt panics") {
                Err(_) if !attempts.is_empty() => {}
                done => return done,
            }
        }
    }
}

/// The error of a dial that ran out of time.
pub(crate) fn no_answer(peer: PeerId) -> NetError {
    unreachable(peer, &format!("no answer within {} s", DIAL_TIMEOUT.as_secs()))
}

pub(crate) fn unreachable(peer: PeerId, reason: &str) -> NetError {
    NetError::Unreachable { peer, reason: reason.to_owned() }
}

/// Our address as iroh's; unreadable relay hints are left out, an id that is no key is unreachable.
fn endpoint_addr(addr: &PeerAddr) -> Result<EndpointAddr, NetError> {
    let id =
        EndpointId::from_bytes(addr.id.as_bytes()).map_err(|_| unreachable(addr.id, "its id is not a valid key"))?;
    let relays = addr.relays.iter().filter_map(|url| parse_relay(url).ok()).map(TransportAddr::Relay);
    let direct = addr.direct.iter().copied().map(TransportAddr::Ip);
    Ok(EndpointAddr::from_parts(id, relays.chain(direct)))
}
