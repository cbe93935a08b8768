//! Letters on their way to other phones: signals, texts and marks, never holding the driver up.
//! The driver hands them over and hears through its events what became of each; texts wait until the other phone is there.
//! One letter a peer is under way at a time; what the other phone has taken was on its disk before it said so.

mod round;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use ahoy_call::{CallId, PeerAddr, PeerId, SendFailure};
use ahoy_mail::Body;
use ahoy_net::Identity;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use crate::desk_thread::DeskThread;
use crate::driver::Internal;
use crate::error::DeskError;
use crate::limits::LETTER_RETRY;

use round::Round;

/// Orders that wait for one peer: a call makes about ten in all.
const QUEUE: usize = 32;

type Posted = Pin<Box<dyn Future<Output = Result<u64, DeskError>> + Send>>;

/// What a peer's task is told.
enum Order {
    /// A signal was put into the outbox.
    Signal {
        /// Where the peer was last.
        addr: PeerAddr,
        /// The row it got.
        posted: Posted,
        /// The call it is about.
        call: CallId,
        /// Whether it is tried again until it is too old.
        again: bool,
    },
    /// The peer is there, or something was written to it: its letters are tried at once.
    Now(PeerAddr),
    /// Something waits for it: its letters are tried when it is their turn.
    Wake(PeerAddr),
}

/// The tasks of all peers.
pub struct Courier {
    identity: Arc<Identity>,
    desk: DeskThread,
    events: mpsc::Sender<Internal>,
    orders: BTreeMap<PeerId, (mpsc::Sender<Order>, AbortHandle)>,
    rounds: JoinSet<()>,
}

impl Courier {
    /// A courier that takes letters from `desk`, sends through `identity` and reports to `events`.
    pub fn new(identity: Arc<Identity>, desk: DeskThread, events: mpsc::Sender<Internal>) -> Self {
        Self { identity, desk, events, orders: BTreeMap::new(), rounds: JoinSet::new() }
    }

    /// Sends a signal of a call; when it cannot be delivered it is tried `again` until it is too old.
    pub fn signal(&mut self, addr: PeerAddr, call: CallId, bytes: Vec<u8>, again: bool) {
        let to = addr.id;
        let posted = Box::pin(self.desk.with(move |desk| desk.post(to, &Body::Signal(bytes))));
        let refused = self.order(to, Order::Signal { addr, posted, call, again });
        if refused {
            let (failure, why) = (SendFailure::Unreachable, "it takes no signals any more".into());
            drop(self.events.try_send(Internal::SignalFailed { call, failure, why }));
        }
    }

    /// Sends any other letter, as soon as the peer takes it.
    pub fn post(&mut self, addr: PeerAddr, body: Body) {
        let to = addr.id;
        let posted = self.desk.with(move |desk| desk.post(to, &body));
        drop(tokio::spawn(async move {
            if let Err(error) = posted.await {
                tracing::warn!(%error, "a letter was not put into the outbox");
            }
        }));
        self.now(addr);
    }

    /// The peer is there, or something was written to it: its letters are tried at once.
    pub fn now(&mut self, addr: PeerAddr) {
        let _ = self.order(addr.id, Order::Now(addr));
    }

    /// Something waits for this peer: its letters are tried at once, unless they were not long ago.
    pub fn wake(&mut self, addr: PeerAddr) {
        let _ = self.order(addr.id, Order::Wake(addr));
    }

    /// Waits no longer for a peer that is lost, not even for the letter under way; what is left is tried after a while.
    pub fn give_up(&mut self, addr: PeerAddr) {
        if let Some((_, round)) = self.orders.remove(&addr.id) {
            round.abort();
            let retry = Instant::now() + *LETTER_RETRY.start();
            let orders = self.start(addr, Some(retry));
            let _ = self.orders.insert(orders.0, orders.1);
        }
    }

    /// Waits until every letter was taken or could not be delivered.
    pub async fn finish(&mut self) {
        self.orders.clear();
        while self.rounds.join_next().await.is_some() {}
    }

    /// Whether the order was refused.
    fn order(&mut self, to: PeerId, order: Order) -> bool {
        while self.rounds.try_join_next().is_some() {}
        self.orders.retain(|_, (orders, _)| !orders.is_closed());
        if !self.orders.contains_key(&to) {
            let (peer, round) = self.start(PeerAddr::new(to), None);
            let _ = self.orders.insert(peer, round);
        }
        let Some((orders, _)) = self.orders.get(&to) else { return true };
        // A nudge among many says nothing new, and must leave room for signals.
        let nudge = match order {
            Order::Signal { .. } => false,
            Order::Now(_) | Order::Wake(_) => true,
        };
        if nudge && orders.capacity() <= QUEUE / 2 {
            return true;
        }
        orders.try_send(order).is_err()
    }

    fn start(&mut self, addr: PeerAddr, retry: Option<Instant>) -> (PeerId, (mpsc::Sender<Order>, AbortHandle)) {
        let (sender, orders) = mpsc::channel(QUEUE);
        let peer = addr.id;
        let round = Round::new(addr, Arc::clone(&self.identity), self.desk.clone(), self.events.clone(), retry);
        (peer, (sender, self.rounds.spawn(round.run(orders))))
    }
}
