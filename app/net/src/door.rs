//! The door of the identity endpoint: who gets a DM channel and who is refused.
//! One task of the switchboard runs it for as long as the endpoint is open.
//! Strangers can knock at any time, so handshakes, channels and times are bounded.

use std::sync::Arc;

use ahoy_call::PeerId;
use iroh::Endpoint;
use iroh::endpoint::{Connection, Incoming};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::channel::Channel;
use crate::dm::Inbox;
use crate::endpoint;
use crate::gate::Standing;
use crate::hello::{DONE, GARBAGE, GreetError, HELLO_TIMEOUT, Refusal, admit, listen, refuse};
use crate::intake::Place;
use crate::switchboard::Order;

/// Accepted channels at once: more contacts than anybody has online, few enough to hold in memory.
const MAX_CHANNELS: usize = 256;

/// Channels of strangers at once while this phone pairs: the one expected, and room for those who knock by mistake.
const MAX_STRANGERS: usize = 4;

/// Handshakes at once; strangers can start them, so they are few and each is bounded by [`HELLO_TIMEOUT`].
const MAX_HANDSHAKES: usize = 64;

/// Accepts connections until the endpoint closes; ending this ends the handshakes in progress.
pub(crate) async fn keep_door(endpoint: Endpoint, inbox: Inbox, orders: mpsc::WeakSender<Order>) {
    let door =
        Door { places: Arc::new(Semaphore::new(MAX_CHANNELS)), strangers: Arc::new(Semaphore::new(MAX_STRANGERS)) };
    let door = Arc::new(door);
    let mut handshakes = JoinSet::new();
    loop {
        tokio::select! {
            incoming = endpoint.accept() => match incoming {
                None => return,
                Some(incoming) if handshakes.len() < MAX_HANDSHAKES => {
                    let _ = handshakes.spawn(receive(incoming, door.clone(), inbox.clone()));
                }
                Some(incoming) => {
                    inbox.tally.refused.add();
                    incoming.refuse();
                }
            },
            Some(done) = handshakes.join_next() => if let (Ok(Some((peer, (channel, listen)))), Some(orders)) = (done, orders.upgrade()) {
                let _ = orders.send(Order::Accepted { peer, channel, listen }).await;
            },
        }
    }
}

/// The places of accepted channels.
struct Door {
    places: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

impl Door {
    /// A place for this peer, or why it gets none.
    fn admit(&self, peer: &PeerId, inbox: &Inbox) -> Result<Place, Refusal> {
        let take = |places: &Arc<Semaphore>| places.clone().try_acquire_owned().map_err(|_| Refusal::Busy);
        let (standing, pairing) = {
            let gate = inbox.gate.borrow();
            (gate.standing(peer), gate.pairing)
        };
        let stranger = match standing {
            Standing::Admitted => None,
            Standing::Stranger if pairing => Some(take(&self.strangers)?),
            Standing::Stranger | Standing::Blocked => return Err(Refusal::NotAdmitted),
        };
        Ok(Place { _channel: take(&self.places)?, stranger })
    }
}

async fn receive(
    incoming: Incoming,
    door: Arc<Door>,
    inbox: Inbox,
) -> Option<(PeerId, (Channel, oneshot::Sender<()>))> {
    let connection = timeout(HELLO_TIMEOUT, incoming).await.ok()?.ok()?;
    match timeout(HELLO_TIMEOUT, greet(&connection, &door, &inbox)).await {
        Ok(Some(channel)) => Some((endpoint::peer(connection.remote_id()), channel)),
        Ok(None) => None,
        Err(_) => {
            inbox.tally.garbage.add();
            connection.close(DONE, b"no greeting");
            None
        }
    }
}

async fn greet(connection: &Connection, door: &Door, inbox: &Inbox) -> Option<(Channel, oneshot::Sender<()>)> {
    let peer = endpoint::peer(connection.remote_id());
    let (mut send, mut recv) = connection.accept_bi().await.ok()?;
    let refusal = match listen(&mut recv).await {
        Ok(()) => match door.admit(&peer, inbox) {
            Ok(place) => {
                admit(&mut send).await.ok()?;
                return Channel::start(peer, connection.clone(), (send, recv), inbox.clone(), Some(place));
            }
            Err(refusal) => refusal,
        },
        Err(GreetError::Refused(refusal)) => refusal,
        Err(GreetError::Garbage) => {
            inbox.tally.garbage.add();
            connection.close(GARBAGE, b"no greeting");
            return None;
        }
        Err(GreetError::Broken) => return None,
    };
    inbox.tally.refused.add();
    refuse(connection, &mut send, refusal).await;
    None
}
