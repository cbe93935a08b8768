//! Routes messages and accepted channels to the task of the right peer.
//! One task behind each identity endpoint; the endpoint's handle and its door talk to it over one bounded queue.
//! Only this task starts and ends peer tasks, so none can end while something is on its way to it.

use std::collections::HashMap;
use std::time::Duration;

use ahoy_call::PeerId;
use iroh::Endpoint;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::NetError;
use crate::channel::Channel;
use crate::dm::Inbox;
use crate::peer::{Delivery, Idle, Peer};

/// Orders that wait for this task; it only routes, so more never gather.
pub(crate) const ORDERS: usize = 64;

/// Messages that wait for one peer: far more than one call's signals.
const DELIVERIES: usize = 64;

/// Channels on their way to one peer's task; more than it keeps alive.
const ACCEPTED: usize = 8;

/// How long the last records of all channels may take to leave at the end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// What the endpoint asks of the switchboard.
pub(crate) enum Order {
    Deliver(Delivery),
    Accepted { peer: PeerId, channel: Channel, listen: oneshot::Sender<()> },
    Close(oneshot::Sender<()>),
}

/// The two ways into a peer's task.
struct Line {
    deliveries: mpsc::Sender<Delivery>,
    accepted: mpsc::Sender<Channel>,
    /// Deliveries and channels that went in so far.
    sent: u64,
}

pub(crate) struct Switchboard {
    endpoint: Endpoint,
    inbox: Inbox,
    lines: HashMap<PeerId, Line>,
    /// The tasks of the peers, and the one at the door.
    tasks: JoinSet<()>,
    idle: mpsc::Sender<Idle>,
    idle_peers: mpsc::Receiver<Idle>,
}

impl Switchboard {
    pub(crate) fn new(endpoint: Endpoint, inbox: Inbox) -> Self {
        let (idle, idle_peers) = mpsc::channel(ORDERS);
        Self { endpoint, inbox, lines: HashMap::new(), tasks: JoinSet::new(), idle, idle_peers }
    }

    /// Takes a task that ends with the switchboard.
    pub(crate) fn own(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        let _ = self.tasks.spawn(task);
    }

    /// Runs until the endpoint closes or its handle is dropped; `writers` ends when nobody holds `open` any more.
    pub(crate) async fn run(
        mut self,
        mut orders: mpsc::Receiver<Order>,
        open: mpsc::Sender<()>,
        mut writers: mpsc::Receiver<()>,
    ) {
        let closed = loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Deliver(delivery)) => self.deliver(delivery),
                    Some(Order::Accepted { peer, channel, listen }) => self.accept(peer, channel, listen),
                    Some(Order::Close(done)) => break Some(done),
                    None => break None,
                },
                Some(idle) = self.idle_peers.recv() => self.retire(&idle),
                Some(ended) = self.tasks.join_next() => if let Err(error) = ended {
                    tracing::error!("a task of the identity endpoint failed: {error}");
                },
            }
        };
        drop((orders, open));
        self.lines.clear();
        // Every channel is let go of, so its writer sends what is left and ends.
        let _ = timeout(CLOSE_TIMEOUT, writers.recv()).await;
        self.tasks.shutdown().await;
        drop(self);
        if let Some(done) = closed {
            let _ = done.send(());
        }
    }

    fn deliver(&mut self, delivery: Delivery) {
        let peer = delivery.addr.id;
        let line = self.line(peer);
        match line.deliveries.try_send(delivery) {
            Ok(()) => line.sent += 1,
            Err(error) => drop(error.into_inner().done.send(Err(NetError::QueueFull { peer }))),
        }
    }

    fn accept(&mut self, peer: PeerId, channel: Channel, listen: oneshot::Sender<()>) {
        let line = self.line(peer);
        // When the queue is full, newer channels to the same peer are on their way already.
        if line.accepted.try_send(channel).is_ok() {
            line.sent += 1;
            // Its task has ended already when nobody hears it.
            let _ = listen.send(());
        }
    }

    /// Ends an idle peer's task unless something is already on its way to it.
    fn retire(&mut self, idle: &Idle) {
        if self.lines.get(&idle.id).is_some_and(|line| line.sent == idle.taken) {
            let _ = self.lines.remove(&idle.id);
        }
    }

    fn line(&mut self, id: PeerId) -> &mut Line {
        self.lines.entry(id).or_insert_with(|| {
            let (deliveries, delivery_queue) = mpsc::channel(DELIVERIES);
            let (accepted, accepted_queue) = mpsc::channel(ACCEPTED);
            let peer = Peer {
                id,
                endpoint: self.endpoint.clone(),
                inbox: self.inbox.clone(),
                deliveries: delivery_queue,
                accepted: accepted_queue,
                idle: self.idle.clone(),
            };
            let _ = self.tasks.spawn(peer.run());
            Line { deliveries, accepted, sent: 0 }
        })
    }
}
