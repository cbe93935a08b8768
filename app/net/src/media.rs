//! A media endpoint: a fresh key and socket for one call, so that calls cannot be linked to people or to each other.
//! Bound by the engine while dialing or ringing and closed at the end of the call; the caller dials, the callee accepts.
//! Exactly one peer gets in: the one whose id came inside the signals.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ahoy_call::{PeerAddr, PeerId};
use iroh::endpoint::{Connection, Incoming, WeakConnectionHandle};
use iroh::{Endpoint, SecretKey, Watcher};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::call_connection::{CallConnection, CallIncoming};
use crate::endpoint::{self, DIAL_TIMEOUT, HANDSHAKE_PATIENCE, Options, connect, no_answer, race};
use crate::hello::{DONE, GARBAGE, GreetError, HELLO_TIMEOUT, Refusal, admit, listen, refuse};
use crate::rate::Rate;
use crate::{CALL_ALPN, Controller, NetError, RelayChoice, addresses, transport};

/// Handshakes at once while waiting for the one peer: others can only be strangers who guess a port.
const MAX_HANDSHAKES: usize = 8;

/// How long the home relay may take to answer before a call goes on without it.
const RELAY_WAIT: Duration = Duration::from_secs(3);

/// How long a dial leaves an older connection to the same peer alone: iroh sends everything for a peer along the path of
/// its connections while there are any, and that path may be the dead one. Above a round trip over a relay, and just before
/// the first packet is repeated for the second time (0.9 s), which then goes to every address.
const OLD_PATH_WAIT: Duration = Duration::from_millis(800);

/// Time for the last packets when the endpoint closes.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How to bind a media endpoint.
#[derive(Clone, Debug, Default)]
pub struct MediaConfig {
    /// The only address to bind, when given; the port is always the system's choice.
    pub bind: Option<IpAddr>,
    /// The relay to use.
    pub relay: RelayChoice,
    /// What decides how much may be under way.
    pub controller: Controller,
}

/// A bound media endpoint.
#[derive(Debug)]
pub struct MediaEndpoint {
    endpoint: Endpoint,
    config: MediaConfig,
    /// Shared with the congestion controllers of every connection.
    rate: Arc<Rate>,
    moved: watch::Receiver<PeerAddr>,
    /// Connections that were dialed and may still live.
    dialed: Mutex<Vec<WeakConnectionHandle>>,
    /// Follows the addresses; ends with this endpoint.
    _follower: JoinSet<()>,
}

impl MediaEndpoint {
    /// Binds a socket and makes a fresh key. Takes a few milliseconds and waits for no network.
    ///
    /// # Errors
    /// [`NetError::Bind`], [`NetError::Relay`].
    pub async fn bind(config: MediaConfig) -> Result<Self, NetError> {
        Self::bind_as(SecretKey::generate(), config).await
    }

    async fn bind_as(secret: SecretKey, config: MediaConfig) -> Result<Self, NetError> {
        let rate = Arc::new(Rate::default());
        let endpoint = endpoint::bind(Options {
            secret,
            alpn: CALL_ALPN,
            bind: config.bind,
            port: 0,
            relay: &config.relay,
            transport: transport::call(config.controller, &rate),
        })
        .await?;
        let mut follower = JoinSet::new();
        let (following, moved) = follow(endpoint.clone(), config.bind);
        let _ = follower.spawn(following);
        Ok(Self { endpoint, config, rate, moved, dialed: Mutex::default(), _follower: follower })
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
        addr(&self.endpoint, self.config.bind)
    }

    /// Where this endpoint can be reached, in the form of [`MediaEndpoint::addr`]; changes when the network of this machine
    /// does, and during the first seconds while addresses are still being found.
    ///
    /// Compare with what the peer was told: the value at the time of this call counts as seen.
    #[must_use]
    pub fn moved(&self) -> watch::Receiver<PeerAddr> {
        let mut moved = self.moved.clone();
        moved.mark_unchanged();
        moved
    }

    /// Dials the other side's media endpoint; resolves as soon as datagrams may be sent.
    ///
    /// May be called again, also with other addresses, while an older connection to the same peer exists. That one is closed when
    /// the new one is not there within a second, because its path may be what stands in the way.
    /// A refusal arrives later, through [`CallConnection::closed`].
    ///
    /// # Errors
    /// [`NetError::Unreachable`] after at most 10 s.
    pub async fn dial(&self, to: &PeerAddr) -> Result<(CallConnection, CallIncoming), NetError> {
        let connecting = async {
            let mut connecting =
                std::pin::pin!(race(HANDSHAKE_PATIENCE, || connect(self.endpoint.clone(), to.clone(), CALL_ALPN)));
            if let Ok(early) = timeout(OLD_PATH_WAIT, &mut connecting).await {
                return early;
            }
            self.retire(to.id);
            connecting.await
        };
        let connection = timeout(DIAL_TIMEOUT, connecting).await.unwrap_or_else(|_| Err(no_answer(to.id)))?;
        let mut dialed = self.dialed();
        dialed.retain(|handle| handle.upgrade().is_some());
        dialed.push(connection.weak_handle());
        drop(dialed);
        Ok(CallConnection::dialed(connection, self.rate()))
    }

    /// The rate, where it is ours to set.
    fn rate(&self) -> Option<Arc<Rate>> {
        match self.config.controller {
            Controller::Own => Some(self.rate.clone()),
            Controller::Cubic => None,
        }
    }

    /// Closes what was dialed to this peer before.
    fn retire(&self, peer: PeerId) {
        self.dialed().retain(|handle| {
            let Some(connection) = handle.upgrade() else { return false };
            let stays = endpoint::peer(connection.remote_id()) != peer;
            if !stays {
                connection.close(DONE, b"replaced");
            }
            stays
        });
    }

    fn dialed(&self) -> std::sync::MutexGuard<'_, Vec<WeakConnectionHandle>> {
        self.dialed.lock().unwrap_or_else(PoisonError::into_inner)
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
                    return Ok(CallConnection::accepted(connection, self.rate()));
                },
            }
        }
    }

    /// Closes the endpoint with its connections. Takes at most two seconds.
    pub async fn close(&self) {
        let _ = timeout(CLOSE_TIMEOUT, self.endpoint.close()).await;
    }
}

fn addr(endpoint: &Endpoint, bind: Option<IpAddr>) -> PeerAddr {
    let (v4, v6) = endpoint::ports(endpoint);
    let mut direct = addresses::direct(bind, v4, v6);
    let known = endpoint.addr();
    if bind.is_none() {
        let discovered: Vec<SocketAddr> =
            known.ip_addrs().copied().filter(|address| !direct.contains(address)).collect();
        // What the world sees comes first: it is the likeliest to work and the last to be cut.
        direct.splice(0..0, discovered).for_each(drop);
    }
    let relays = known.relay_urls().map(ToString::to_string).collect();
    PeerAddr { id: endpoint::peer(endpoint.id()), relays, direct }.capped()
}

/// Tells every change of the addresses from now on until the endpoint is gone.
fn follow(endpoint: Endpoint, bind: Option<IpAddr>) -> (impl Future<Output = ()>, watch::Receiver<PeerAddr>) {
    // Watched before the first look, so that no change falls between the two.
    let mut changes = endpoint.watch_addr();
    let (sender, moved) = watch::channel(addr(&endpoint, bind));
    let following = async move {
        while changes.updated().await.is_ok() {
            let now = addr(&endpoint, bind);
            let _ = sender.send_if_modified(|known| {
                let other = *known != now;
                *known = now;
                other
            });
        }
    };
    (following, moved)
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

#[cfg(test)]
mod tests {
    use std::mem::ManuallyDrop;
    use std::net::Ipv4Addr;

    use tokio::sync::oneshot;

    use super::*;

    const LOOPBACK: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));

    /// Longer than anything here takes on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(20);

    async fn bound(secret: SecretKey, bind: Option<IpAddr>) -> MediaEndpoint {
        MediaEndpoint::bind_as(secret, MediaConfig { bind, relay: RelayChoice::None, ..MediaConfig::default() })
            .await
            .expect("it binds")
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn new_addresses_are_told() {
        let media = bound(SecretKey::generate(), None).await;
        let mut moved = media.moved();
        let outside: SocketAddr = ([192, 0, 2, 7], 4711).into();
        media.endpoint.add_external_addr(outside).await;
        let told = timeout(PATIENCE, moved.wait_for(|addr| addr.direct.contains(&outside))).await;
        let told = told.expect("told in time").expect("the endpoint lives").clone();
        assert_eq!((told.id, told.within_caps()), (media.id(), true));
        assert_eq!(told, media.addr());
    }

    /// A callee that accepts one call and then stands still: its sockets stay, nothing answers, nothing says goodbye.
    fn accept_and_freeze(secret: SecretKey, expected: PeerId, told: oneshot::Sender<PeerAddr>) -> impl Sized {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let kept = runtime.block_on(async {
            let callee = bound(secret, LOOPBACK).await;
            told.send(callee.addr()).expect("the test waits for it");
            let accepted = callee.accept(expected).await.expect("accepted");
            (callee, accepted)
        });
        // A runtime that nobody drives is the frozen machine; it may not be dropped inside another one.
        (kept, ManuallyDrop::new(runtime))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_peer_that_moved_is_reached_while_the_old_connection_still_exists() {
        let (caller, secret) = (bound(SecretKey::generate(), LOOPBACK).await, SecretKey::generate());
        let (told, addr) = oneshot::channel();
        let (expected, key) = (caller.id(), secret.clone());
        let frozen = tokio::task::spawn_blocking(move || accept_and_freeze(key, expected, told));
        let dialed = caller.dial(&addr.await.expect("bound")).await;
        let (old, _incoming) = dialed.expect("dialed");
        let frozen = timeout(PATIENCE, frozen).await.expect("done in time").expect("accepted");
        let after = bound(secret, LOOPBACK).await;
        let addr = after.addr();
        let started = std::time::Instant::now();
        let both = async { tokio::join!(caller.dial(&addr), after.accept(caller.id())) };
        let (dialed, accepted) = timeout(PATIENCE, both).await.expect("done in time");
        println!("reached at the new address after {:?}", started.elapsed());
        let ((new, _), (_call, mut incoming)) = (dialed.expect("dialed"), accepted.expect("accepted"));
        new.send_datagram(bytes::Bytes::from_static(b"here")).expect("sent");
        assert_eq!(incoming.datagrams.recv().await.expect("open"), "here");
        drop((old, frozen));
    }
}
