//! The task of one peer: its letters, the urgent ones first, each until it was taken.
//! The courier starts it with the first order; it ends when nothing is left to do or the courier lets go.
//! A signal that cannot be delivered is told at once; what can wait is tried after longer and longer pauses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ahoy_call::{CallId, PeerAddr, PeerId, SendFailure};
use ahoy_mail::{BodyKind, Outgoing, Replied};
use ahoy_net::{Delivered, Identity, NetError};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::Order;
use crate::desk_thread::DeskThread;
use crate::driver::Internal;
use crate::limits::{LETTER_RETRY, SIGNAL_RETRY, SIGNAL_WAIT};

/// A peer that nothing was written to for this long needs no task; the next letter makes a new one.
const IDLE: Duration = Duration::from_secs(60);
/// Exchanges that bring no letter over before the peer is left alone for a while: keys, then a session, are two.
const MAX_EXCHANGES: u32 = 4;

/// The task of one peer.
pub(super) struct Round {
    addr: PeerAddr,
    identity: Arc<Identity>,
    desk: DeskThread,
    events: mpsc::Sender<Internal>,
    /// Which letters are signals: of which call, and whether they are tried again.
    signals: BTreeMap<u64, (CallId, bool)>,
    failures: u32,
    /// When what waits is tried again.
    retry: Option<Instant>,
}

/// What became of one letter.
enum Fate {
    /// The peer has it.
    Taken,
    /// Keys or a session were exchanged; it goes once more.
    Again,
    /// It was taken back: the next one may go at once.
    Withdrawn,
    /// The peer takes nothing now.
    Waits,
}

impl Round {
    pub(super) fn new(
        addr: PeerAddr,
        identity: Arc<Identity>,
        desk: DeskThread,
        events: mpsc::Sender<Internal>,
        retry: Option<Instant>,
    ) -> Self {
        Self { addr, identity, desk, events, signals: BTreeMap::new(), failures: 0, retry }
    }

    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        loop {
            let until = self.retry.unwrap_or_else(|| Instant::now() + IDLE);
            match timeout_at(until, orders.recv()).await {
                Ok(Some(order)) => self.take(order).await,
                Ok(None) => return,
                // What is ordered at this very moment is still carried out.
                Err(_) if self.retry.is_none() => orders.close(),
                Err(_) => self.retry = None,
            }
            if self.retry.is_none() {
                self.deliver(&mut orders).await;
            }
        }
    }

    async fn take(&mut self, order: Order) {
        match order {
            Order::Wake(addr) => self.addr = addr,
            Order::Now(addr) => (self.addr, self.retry) = (addr, None),
            Order::Signal { addr, posted, call, again } => {
                (self.addr, self.retry) = (addr, None);
                match posted.await {
                    Ok(letter) => drop(self.signals.insert(letter, (call, again))),
                    Err(error) => {
                        let (failure, why) = (SendFailure::Unreachable, error.to_string());
                        self.tell(Internal::SignalFailed { call, failure, why }).await;
                    }
                }
            }
        }
    }

    /// Sends what waits, until nothing does or the peer takes nothing.
    async fn deliver(&mut self, orders: &mut mpsc::Receiver<Order>) {
        let (peer, mut exchanges) = (self.addr.id, 0);
        loop {
            // What came meanwhile counts, so that a signal is known before it is chosen.
            while let Ok(order) = orders.try_recv() {
                self.take(order).await;
            }
            let letter = match self.desk.with(move |desk| desk.next_letter(peer)).await {
                Ok(Some(letter)) => letter,
                Ok(None) => {
                    // Signals that are left have become too old.
                    self.signals.clear();
                    self.failures = 0;
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read");
                    return self.pause(false);
                }
            };
            let (id, kind) = (letter.id, letter.kind);
            let fate = match self.send(letter).await {
                Ok(delivered) => self.replied(id, kind, delivered).await,
                Err(error) => self.undelivered(id, kind, &error).await,
            };
            match fate {
                Fate::Taken => exchanges = 0,
                Fate::Again if exchanges < MAX_EXCHANGES => exchanges += 1,
                Fate::Withdrawn => {}
                Fate::Again | Fate::Waits => {
                    return self.pause(kind == BodyKind::Verify || self.signals.contains_key(&id));
                }
            }
        }
    }

    async fn send(&self, letter: Outgoing) -> Result<Delivered, NetError> {
        let sending = self.identity.send(self.addr.clone(), letter.frame.into());
        timeout(SIGNAL_WAIT, sending).await.unwrap_or_else(|_| {
            let reason = "the letter was not acknowledged in time".into();
            Err(NetError::Unreachable { peer: self.addr.id, reason })
        })
    }

    /// The peer answered.
    async fn replied(&mut self, letter: u64, kind: BodyKind, delivered: Delivered) -> Fate {
        let (peer, Delivered { reply, binding }) = (self.addr.id, delivered);
        match self.desk.with(move |desk| desk.replied(peer, letter, &reply)).await {
            Ok(Replied::Taken(body)) => {
                self.failures = 0;
                let _ = self.signals.remove(&letter);
                self.tell(Internal::Delivered { to: peer, body, binding }).await;
                Fate::Taken
            }
            Ok(Replied::Again { news }) => {
                if news {
                    let (from, renewed) = (peer, true);
                    self.tell(Internal::Letter { from, body: None, binding, renewed }).await;
                }
                Fate::Again
            }
            Ok(Replied::Refused(why)) => self.refused(letter, kind, why).await,
            Err(error) => {
                tracing::warn!(%error, "an answer could not be kept");
                Fate::Waits
            }
        }
    }

    /// The peer cannot read what this phone writes: no signal of a call is worth another try.
    async fn refused(&mut self, letter: u64, kind: BodyKind, why: &'static str) -> Fate {
        match (kind, self.signals.remove(&letter)) {
            (BodyKind::Signal, Some((call, _))) => {
                self.tell(Internal::SignalFailed { call, failure: SendFailure::Refused, why: why.into() }).await;
                self.withdraw(letter).await;
                Fate::Withdrawn
            }
            (
                BodyKind::Signal
                | BodyKind::Text
                | BodyKind::Read
                | BodyKind::Typing
                | BodyKind::MissedCall
                | BodyKind::Verify,
                _,
            ) => {
                self.tell(Internal::Unreadable { peer: self.addr.id, why }).await;
                Fate::Waits
            }
        }
    }

    /// The letter did not arrive.
    async fn undelivered(&mut self, letter: u64, kind: BodyKind, error: &NetError) -> Fate {
        let refused = matches!(error, NetError::Refused(_));
        let failure = if refused { SendFailure::Refused } else { SendFailure::Unreachable };
        // Whichever letter it was: nobody is there to hear an offer, and offers are not tried again.
        let offers: Vec<_> =
            self.signals.iter().filter(|(_, (_, again))| !again || refused).map(|(id, _)| *id).collect();
        let withdrawn = offers.contains(&letter);
        for offer in offers {
            let Some((call, _)) = self.signals.remove(&offer) else { continue };
            self.tell(Internal::SignalFailed { call, failure, why: error.to_string() }).await;
            self.withdraw(offer).await;
        }
        match kind {
            // Some steps are bound to the connection they were meant for.
            BodyKind::Verify => self.tell(Internal::Uncompared(self.addr.id)).await,
            // Whoever refuses this phone shall not be called by its notes for ever.
            BodyKind::MissedCall if refused => {
                self.withdraw(letter).await;
                return Fate::Withdrawn;
            }
            BodyKind::Signal | BodyKind::Text | BodyKind::Read | BodyKind::Typing | BodyKind::MissedCall => {}
        }
        if withdrawn { Fate::Withdrawn } else { Fate::Waits }
    }

    async fn withdraw(&self, letter: u64) {
        let peer: PeerId = self.addr.id;
        if let Err(error) = self.desk.with(move |desk| desk.withdraw(peer, letter)).await {
            tracing::warn!(%error, "a letter that is over could not be taken back");
        }
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
