//! A media endpoint: a fresh key and socket for one call, so that calls cannot be linked to people or to each other.
//! Bound by the engine while dialing or ringing and closed at the end of the call; the caller dials, the callee accepts.
//! Exactly one peer gets in: the one whose id came inside the signals.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ahoy_call::{PeerAddr, PeerId};
use iroh::endpoint::{Connection, Incoming};
use iroh::{Endpoint, SecretKey};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::call_connection::{CallConnection, CallIncoming};
use crate::endpoint::{self, DIAL_TIMEOUT, Options, connect, no_answer};
use crate::hello::{DONE, GARBAGE, GreetError, HELLO_TIMEOUT, Refusal, admit, listen, refuse};
use crate::{CALL_ALPN, NetError, RelayChoice, addresses, transport};

/// Handshakes at once while waiting for the one peer: others can only be strangers who guess a port.
const MAX_HANDSHAKES: usize = 8;

/// How long the home relay may take to answer before a call goes on without it.
const RELAY_WAIT: Duration = Duration::from_secs(3);

/// Time for the last packets when the endpoint closes.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How to bind a media endpoint.
#[derive(Clone, Debug, Default)]
pub struct MediaConfig {
    /// The only address to bind, when given; the port is always the system's choice.
    pub bind: Option<IpAddr>,
    /// The relay to use.
    pub relay: RelayChoice,
}

/// A bound media endpoint.
#[derive(Debug)]
pub struct MediaEndpoint {
    endpoint: Endpoint,
    config: MediaConfig,
}

impl MediaEndpoint {
    /// Binds a socket and makes a fresh key. Takes a few milliseconds and waits for no network.
    ///
    /// # Errors
    /// [`NetError::Bind`], [`NetError::Relay`].
    pub async fn bind(config: MediaConfig) -> Result<Self, NetError> {
        let endpoint = endpoint::bind(Options {
            secret: SecretKey::generate(),
            alpn: CALL_ALPN,
            bind: config.bind,
            port: 0,
            relay: &config.relay,
            transport: transport::call(),
        })
        .await?;
        Ok(Self { endpoint, config })
    }

    /// The id of this endpoint: what the offer names.
    #[must_use]
    pub fn id(&self) -> PeerId {
        endpoint::peer(self.endpoint.id())
    }

    /// Waits, at most three seconds, until a relay knows this endpoint; returns at once where none is used.
    pub async fn online(&self) {
        if self.config.relay != RelayChoice::None && timeout(RELAY_WAIT, self.endpoint.online()).await.is_err() {
            tracing::warn!("no relay answered; only direct paths can work");
        }
    }

    /// Where this endpoint can be reached right now: what the answer tells.
    #[must_use]
    pub fn addr(&self) -> PeerAddr {
        let (v4, v6) = endpoint::ports(&self.endpoint);
        let mut direct = addresses::direct(self.config.bind, v4, v6);
        let known = self.endpoint.addr();
        if self.config.bind.is_none() {
            let discovered: Vec<SocketAddr> =
                known.ip_addrs().copied().filter(|address| !direct.contains(address)).collect();
            // What the world sees comes first: it is the likeliest to work and the last to be cut.
            direct.splice(0..0, discovered).for_each(drop);
        }
        let relays = known.relay_urls().map(ToString::to_string).collect();
        PeerAddr { id: self.id(), relays, direct }.capped()
    }

    /// Dials the other side's media endpoint; resolves as soon as datagrams may be sent.
    ///
    /// A refusal arrives later, through [`CallConnection::closed`].
    ///
    /// # Errors
    /// [`NetError::Unreachable`] after at most 10 s.
    pub async fn dial(&self, to: &PeerAddr) -> Result<(CallConnection, CallIncoming), NetError> {
        match timeout(DIAL_TIMEOUT, connect(&self.endpoint, to, CALL_ALPN)).await {
            Ok(connection) => connection.map(CallConnection::dialed),
            Err(_) => Err(no_answer(to.id)),
        }
    }

    /// Waits for the one expected peer; anybody else is refused. May be called again after a connection was lost.
    ///
    /// There is no limit of time: the call's own timers decide how long to wait.
    ///
    /// # Errors
    /// [`NetError::Shutdown`] once the endpoint is closed.
    pub async fn accept(&self, expected: PeerId) -> Result<(CallConnection, CallIncoming), NetError> {
        let mut handshakes = JoinSet::new();
        loop {
            tokio::select! {
                incoming = self.endpoint.accept() => match incoming {
                    None => return Err(NetError::Shutdown),
                    Some(incoming) if handshakes.len() < MAX_HANDSHAKES => {
                        let _ = handshakes.spawn(receive(incoming, expected));
                    }
                    Some(incoming) => incoming.refuse(),
                },
                Some(done) = handshakes.join_next() => if let Ok(Some(connection)) = done {
                    return Ok(CallConnection::accepted(connection));
                },
            }
        }
    }

    /// Closes the endpoint with its connections. Takes at most two seconds.
    pub async fn close(&self) {
        let _ = timeout(CLOSE_TIMEOUT, self.endpoint.close()).await;
    }
}

async fn receive(incoming: Incoming, expected: PeerId) -> Option<Connection> {
    let connection = timeout(HELLO_TIMEOUT, incoming).await.ok()?.ok()?;
    match timeout(HELLO_TIMEOUT, greet(&connection, expected)).await {
        Ok(true) => Some(connection),
        Ok(false) => None,
        Err(_) => {
            connection.close(DONE, b"no greeting");
            None
        }
    }
}

/// Whether this is the expected peer with a version that we speak.
async fn greet(connection: &Connection, expected: PeerId) -> bool {
    let Ok((mut send, mut recv)) = connection.accept_bi().await else { return false };
    let refusal = match listen(&mut recv).await {
        Ok(()) if endpoint::peer(connection.remote_id()) == expected => return admit(&mut send).await.is_ok(),
        Ok(()) => Refusal::NotAdmitted,
        Err(GreetError::Refused(refusal)) => refusal,
        Err(GreetError::Garbage) => {
            connection.close(GARBAGE, b"no greeting");
            return false;
        }
        Err(GreetError::Broken) => return false,
    };
    tracing::debug!("refused a media connection: {refusal}");
    refuse(connection, &mut send, refusal).await;
    false
}
