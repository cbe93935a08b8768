//! Signals on their way to other phones: in order for each peer, never holding the driver up.
//! The driver hands them over and hears through its events what became of each.
//! A peer that is not there delays only its own signals.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ahoy_call::{CallId, PeerAddr, PeerId};
use ahoy_net::{Identity, NetError};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::driver::Internal;
use crate::limits::SIGNAL_WAIT;

/// Signals that wait for one peer: a call sends about ten in all.
const QUEUE: usize = 32;
/// A queue that nothing was put into for this long is given up; the next signal makes a new one.
const IDLE: Duration = Duration::from_secs(60);

/// One signal under way.
struct Letter {
    to: PeerAddr,
    call: CallId,
    bytes: Bytes,
}

/// The queues to all peers.
pub struct Courier {
    identity: Arc<Identity>,
    events: mpsc::Sender<Internal>,
    queues: BTreeMap<PeerId, mpsc::Sender<Letter>>,
}

impl Courier {
    /// A courier that sends through `identity` and reports to `events`.
    pub fn new(identity: Arc<Identity>, events: mpsc::Sender<Internal>) -> Self {
        Self { identity, events, queues: BTreeMap::new() }
    }

    /// Sends a signal after all earlier ones to the same peer. A full queue drops it: its peer has not taken a signal
    /// for longer than any call waits.
    pub fn send(&mut self, to: PeerAddr, call: CallId, bytes: Bytes) {
        self.queues.retain(|_, queue| !queue.is_closed());
        let queue = self.queues.entry(to.id).or_insert_with(|| {
            let (queue, letters) = mpsc::channel(QUEUE);
            drop(tokio::spawn(deliver(Arc::clone(&self.identity), letters, self.events.clone())));
            queue
        });
        if queue.try_send(Letter { to, call, bytes }).is_err() {
            tracing::warn!(%call, "a signal was dropped: the peer takes none");
        }
    }

    /// Waits no longer for a peer that is lost: what is left for it is still tried, but holds nobody up.
    pub fn give_up(&mut self, peer: PeerId) {
        drop(self.queues.remove(&peer));
    }

    /// Waits until everything handed over was taken or given up.
    pub async fn finish(&mut self) {
        for (_, queue) in std::mem::take(&mut self.queues) {
            // All slots are free again once the last letter was delivered, and the task has ended once it is closed.
            drop(queue.reserve_many(QUEUE).await);
        }
    }
}

async fn deliver(identity: Arc<Identity>, mut letters: mpsc::Receiver<Letter>, events: mpsc::Sender<Internal>) {
    while let Ok(Some(letter)) = timeout(IDLE, letters.recv()).await {
        let peer = letter.to.id;
        let sent = match timeout(SIGNAL_WAIT, identity.send(letter.to, letter.bytes)).await {
            Ok(sent) => sent,
            Err(_) => Err(NetError::Unreachable { peer, reason: "the signal was not acknowledged in time".into() }),
        };
        if let Err(error) = sent
            && events.send(Internal::SignalFailed { call: letter.call, error }).await.is_err()
        {
            return;
        }
    }
}
