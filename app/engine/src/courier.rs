//! Letters on their way to other phones: signals, texts and marks, in order for each peer, never holding the driver up.
//! The driver hands them over and hears through its events what became of each; texts wait until the other phone is there.
//! One letter a peer is under way at a time; what the other phone has taken was on its disk before it said so.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ahoy_call::{CallId, PeerAddr, PeerId};
use ahoy_mail::{Body, BodyKind, Outgoing, Replied};
use ahoy_net::{Delivered, Identity, NetError};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, timeout, timeout_at};

use crate::desk_thread::DeskThread;
use crate::driver::Internal;
use crate::error::DeskError;
use crate::limits::{LETTER_RETRY, SIGNAL_RETRY, SIGNAL_WAIT};

/// Orders that wait for one peer: a call makes about ten in all.
const QUEUE: usize = 32;
/// A peer that nothing was written to for this long needs no task; the next letter makes a new one.
const IDLE: Duration = Duration::from_secs(60);
/// Exchanges that bring no letter over before the peer is left alone for a while: keys, then a session, are two.
const MAX_EXCHANGES: u32 = 4;

type Posted = Pin<Box<dyn Future<Output = Result<u64, DeskError>> + Send>>;

/// What a peer's task is told.
enum Order {
    /// A signal was put into the outbox.
    Signal { addr: PeerAddr, posted: Posted, call: CallId, again: bool },
    /// There is something to send, or the peer is there: try now.
    Now(PeerAddr),
}

/// The tasks of all peers.
pub struct Courier {
    identity: Arc<Identity>,
    desk: DeskThread,
    events: mpsc::Sender<Internal>,
    orders: BTreeMap<PeerId, (mpsc::Sender<Order>, AbortHandle)>,
    rounds: JoinSet<PeerId>,
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
        self.order(to, Order::Signal { addr, posted, call, again });
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

    /// Something waits for this peer, or it was heard: its letters are tried at once.
    pub fn now(&mut self, addr: PeerAddr) {
        self.order(addr.id, Order::Now(addr));
    }

    /// Waits no longer for a peer that is lost: what is left for it stays in the outbox.
    pub fn give_up(&mut self, peer: PeerId) {
        if let Some((_, round)) = self.orders.remove(&peer) {
            round.abort();
        }
    }

    /// Waits until every letter was taken or could not be delivered.
    pub async fn finish(&mut self) {
        self.orders.clear();
        while self.rounds.join_next().await.is_some() {}
    }

    fn order(&mut self, to: PeerId, order: Order) {
        while self.rounds.try_join_next().is_some() {}
        self.orders.retain(|_, (orders, _)| !orders.is_closed());
        let (orders, _) = self.orders.entry(to).or_insert_with(|| {
            let (sender, orders) = mpsc::channel(QUEUE);
            let round = Round {
                peer: to,
                identity: Arc::clone(&self.identity),
                desk: self.desk.clone(),
                events: self.events.clone(),
                signals: BTreeMap::new(),
                failures: 0,
                retry: None,
            };
            (sender, self.rounds.spawn(round.run(orders)))
        });
        // A full queue is full of the same: whatever is in the outbox is sent all the same.
        if orders.try_send(order).is_err() {
            tracing::warn!("an order was dropped: the peer takes none");
        }
    }
}

/// The task of one peer.
struct Round {
    peer: PeerId,
    identity: Arc<Identity>,
    desk: DeskThread,
    events: mpsc::Sender<Internal>,
    /// Which letters are signals: of which call, and whether they are tried again.
    signals: BTreeMap<u64, (CallId, bool)>,
    failures: u32,
    retry: Option<Instant>,
}

impl Round {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) -> PeerId {
        let mut addr = PeerAddr::new(self.peer);
        loop {
            let until = self.retry.unwrap_or_else(|| Instant::now() + IDLE);
            match timeout_at(until, orders.recv()).await {
                Ok(Some(order)) => addr = self.take(order).await,
                Ok(None) => break,
                Err(_) if self.retry.is_none() => break,
                Err(_) => {}
            }
            // What came meanwhile goes with it, so that an urgent letter is known before the next one is chosen.
            while let Ok(order) = orders.try_recv() {
                addr = self.take(order).await;
            }
            self.deliver(&addr).await;
        }
        self.peer
    }

    async fn take(&mut self, order: Order) -> PeerAddr {
        match order {
            Order::Now(addr) => addr,
            Order::Signal { addr, posted, call, again } => {
                match posted.await {
                    Ok(letter) => drop(self.signals.insert(letter, (call, again))),
                    Err(error) => {
                        tracing::warn!(%error, "a signal was not put into the outbox");
                        let error = NetError::Unreachable { peer: self.peer, reason: error.to_string() };
                        self.tell(Internal::SignalFailed { call, error }).await;
                    }
                }
                addr
            }
        }
    }

    /// Sends what waits, until nothing does or the peer takes nothing.
    async fn deliver(&mut self, addr: &PeerAddr) {
        self.retry = None;
        let mut exchanges = 0;
        loop {
            let peer = self.peer;
            let letter = match self.desk.with(move |desk| desk.next_letter(peer)).await {
                Ok(Some(letter)) => letter,
                Ok(None) => {
                    self.failures = 0;
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read");
                    return self.pause(false);
                }
            };
            let (id, kind) = (letter.id, letter.kind);
            let urgent = kind == BodyKind::Verify || self.signals.contains_key(&id);
            match self.send(addr, letter).await {
                Ok(delivered) => {
                    exchanges += 1;
                    if !self.replied(id, delivered).await && exchanges > MAX_EXCHANGES {
                        return self.pause(urgent);
                    }
                }
                Err(error) => {
                    if !self.undelivered(id, kind, error).await {
                        return self.pause(urgent);
                    }
                }
            }
        }
    }

    async fn send(&self, addr: &PeerAddr, letter: Outgoing) -> Result<Delivered, NetError> {
        let sending = self.identity.send(addr.clone(), letter.frame.into());
        timeout(SIGNAL_WAIT, sending).await.unwrap_or_else(|_| {
            let reason = "the letter was not acknowledged in time".into();
            Err(NetError::Unreachable { peer: self.peer, reason })
        })
    }

    /// The peer answered; whether it took the letter.
    async fn replied(&mut self, letter: u64, delivered: Delivered) -> bool {
        let (peer, Delivered { reply, binding }) = (self.peer, delivered);
        match self.desk.with(move |desk| desk.replied(peer, letter, &reply)).await {
            Ok(Replied::Taken(body)) => {
                self.failures = 0;
                let _ = self.signals.remove(&letter);
                self.tell(Internal::Delivered { to: peer, body, binding }).await;
                true
            }
            Ok(Replied::Again { news }) => {
                if news {
                    let (from, renewed) = (self.peer, true);
                    self.tell(Internal::Letter { from, body: None, binding, renewed }).await;
                }
                false
            }
            Ok(Replied::Refused(why)) => {
                tracing::debug!(why, "a letter was refused");
                false
            }
            Err(error) => {
                tracing::warn!(%error, "an answer could not be kept");
                false
            }
        }
    }

    /// The letter did not arrive; whether the next one may be tried at once.
    async fn undelivered(&mut self, letter: u64, kind: BodyKind, error: NetError) -> bool {
        let again = match (kind, self.signals.get(&letter).copied()) {
            (BodyKind::Signal, Some((call, again))) => {
                let refused = matches!(error, NetError::Refused(_));
                self.tell(Internal::SignalFailed { call, error }).await;
                again && !refused
            }
            // Some steps are bound to the connection they were meant for.
            (BodyKind::Verify, _) => {
                self.tell(Internal::Uncompared(self.peer)).await;
                true
            }
            (BodyKind::Signal | BodyKind::Text | BodyKind::Read | BodyKind::Typing | BodyKind::MissedCall, _) => true,
        };
        if again {
            return false;
        }
        let peer = self.peer;
        let _ = self.signals.remove(&letter);
        if let Err(error) = self.desk.with(move |desk| desk.withdraw(peer, letter)).await {
            tracing::warn!(%error, "a letter that is over could not be taken back");
        }
        true
    }

    /// Leaves the peer alone for a while: not long for a signal, longer and longer for what can wait.
    fn pause(&mut self, urgent: bool) {
        let wait = if urgent { SIGNAL_RETRY } else { LETTER_RETRY.start().saturating_mul(1 << self.failures.min(8)) };
        self.failures += 1;
        self.retry = Some(Instant::now() + wait.min(*LETTER_RETRY.end()));
    }

    async fn tell(&self, event: Internal) {
        // Nobody listens once the phone is closing.
        drop(self.events.send(event).await);
    }
}
