//! What one call holds on this machine: its media endpoint, its connection, its media session.
//! The driver keeps one per call and drops it when the media stop; everything here closes with it.
//! A session outlives a lost connection: packets go to whatever connection there is now.

use std::sync::Arc;
use std::time::Duration;

use ahoy_call::{CallId, PeerAddr, PeerId};
use ahoy_media::slot::Waker;
use ahoy_media::{CapturedPicture, DecodedPicture, LocalTime, Slot};
use ahoy_net::{CallConnection, CallIncoming, MediaEndpoint};
use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;

use crate::clock;
use crate::driver::Internal;
use crate::measure::Counts;
use crate::quality::{Quality, QualityLog, QualityMeter};
use crate::session::{Inlets, MediaSession, SessionTransport, TimedPacket, wires};
use crate::stats::CallStats;

/// How soon a piece of a picture looks again whether there is room for it: the finest that the runtime's clock has.
const ROOM_WAIT: Duration = Duration::from_millis(1);

/// A look sooner after the last one says nothing: a few packets are no share.
const SHORTEST_LOOK: Duration = Duration::from_millis(250);

/// The network and device side of one call.
pub struct Live {
    /// The call's own endpoint, once bound.
    pub endpoint: Option<Arc<MediaEndpoint>>,
    /// Sound and picture, once the call was answered and a connection exists.
    pub session: Option<MediaSession>,
    /// The newest picture of the other side.
    pub remote_picture: Slot<DecodedPicture>,
    /// The newest picture of my camera.
    pub self_picture: Slot<CapturedPicture>,
    /// The newest statistics.
    pub stats: Option<CallStats>,
    /// How good the call is right now, while people talk.
    pub quality: Option<Quality>,
    /// What has become of it so far.
    pub log: QualityLog,
    meter: QualityMeter,
    /// Where the time begins that the meter is shown next.
    counts: Option<Counts>,
    /// When the session last heard the peer, as the state machine was told.
    pub heard: Option<LocalTime>,
    connection: watch::Sender<Option<CallConnection>>,
    /// The newest connection has not been closed.
    pub stands: bool,
    /// Counts the connections, so that the end of an old one is not taken for the end of the newest.
    links: u64,
    /// The caller is let in.
    door: bool,
    /// The dial under way: a newer one takes its place.
    dialing: Option<AbortHandle>,
    /// What a connection brings before the session is there to take it.
    waiting: Option<CallIncoming>,
    /// Where the packets of a connection go.
    inlets: Option<Inlets>,
    tasks: JoinSet<()>,
}

impl Live {
    /// A call without network and devices yet; pictures wake `waker`.
    #[must_use]
    pub fn new(waker: Option<&Waker>) -> Self {
        Self {
            endpoint: None,
            session: None,
            remote_picture: waker.cloned().map_or_else(Slot::new, Slot::with_waker),
            self_picture: waker.cloned().map_or_else(Slot::new, Slot::with_waker),
            stats: None,
            quality: None,
            log: QualityLog::default(),
            meter: QualityMeter::default(),
            counts: None,
            heard: None,
            stands: false,
            links: 0,
            door: false,
            dialing: None,
            connection: watch::channel(None).0,
            waiting: None,
            inlets: None,
            tasks: JoinSet::new(),
        }
    }

    /// Judges the call by its newest numbers; the verdict when it is a new one. Nothing is judged while nobody `talks`.
    pub fn judge(&mut self, stats: &CallStats, counts: Counts, talks: bool) -> Option<Quality> {
        if !talks {
            (self.quality, self.counts, self.meter) = (None, None, QualityMeter::default());
            return None;
        }
        let Some(before) = self.counts else {
            self.counts = Some(counts);
            return None;
        };
        let span = counts.at.saturating_since(before.at);
        if span < SHORTEST_LOOK {
            return None;
        }
        self.counts = Some(counts);
        let quality = self.meter.look(&counts.since(&before, stats), counts.at);
        if let Some(quality) = quality {
            self.log.add(quality, span);
        }
        let known = std::mem::replace(&mut self.quality, quality);
        quality.filter(|_| quality != known)
    }

    /// The connection in use.
    #[must_use]
    pub fn connection(&self) -> Option<CallConnection> {
        self.connection.borrow().clone()
    }

    /// Keeps the call's endpoint; `events` hears when its addresses change.
    pub fn bind(&mut self, endpoint: MediaEndpoint, call: CallId, events: mpsc::Sender<Internal>) {
        let mut moved = endpoint.moved();
        self.endpoint = Some(Arc::new(endpoint));
        let _ = self.tasks.spawn(async move {
            while moved.changed().await.is_ok() {
                let addr = moved.borrow_and_update().clone();
                if events.send(Internal::Moved { call, addr }).await.is_err() {
                    return;
                }
            }
        });
    }

    /// Dials the callee's endpoint instead of whatever was dialled before; `events` hears what came of it.
    pub fn dial(&mut self, call: CallId, to: PeerAddr, events: mpsc::Sender<Internal>) {
        let Some(endpoint) = self.endpoint.clone() else { return };
        let dial = self.tasks.spawn(async move {
            let link = endpoint.dial(&to).await;
            // Nobody listens once the phone is closing.
            drop(events.send(Internal::Linked { call, link }).await);
        });
        if let Some(older) = self.dialing.replace(dial) {
            older.abort();
        }
    }

    /// Lets the caller's endpoint in, now and whenever it comes back; `events` hears of each connection.
    pub fn keep_door(&mut self, call: CallId, from: PeerId, events: mpsc::Sender<Internal>) {
        let Some(endpoint) = self.endpoint.clone() else { return };
        if std::mem::replace(&mut self.door, true) {
            return;
        }
        let _ = self.tasks.spawn(async move {
            loop {
                let link = endpoint.accept(from).await;
                let closed = link.is_err();
                if events.send(Internal::Linked { call, link }).await.is_err() || closed {
                    return;
                }
            }
        });
    }

    /// Carries the session's packets over `connection` from now on; the number of this connection.
    pub fn link(&mut self, connection: CallConnection, incoming: CallIncoming) -> u64 {
        let _ = self.connection.send_replace(Some(connection));
        self.waiting = Some(incoming);
        self.join();
        self.stands = true;
        self.links += 1;
        self.links
    }

    /// The number of the newest connection.
    #[must_use]
    pub fn links(&self) -> u64 {
        self.links
    }

    /// Makes the wires of a session; packets flow as soon as there is a connection.
    pub fn wire(&mut self) -> SessionTransport {
        let (transport, outlets, inlets) = wires();
        let _ = self.tasks.spawn(carry_out(outlets.sound, self.connection.subscribe()));
        let _ = self.tasks.spawn(carry_pieces_out(outlets.pieces, self.connection.subscribe()));
        self.inlets = Some(inlets);
        self.join();
        transport
    }

    /// Joins what a connection brings to the session that takes it, once both are there.
    fn join(&mut self) {
        let Some(inlets) = self.inlets.clone() else { return };
        let Some(incoming) = self.waiting.take() else { return };
        let _ = self.tasks.spawn(carry_in(incoming.datagrams, inlets));
    }

    /// Ends everything: the connection is told why, devices close, pictures are gone.
    pub fn stop(&mut self, code: u32) {
        if let Some(connection) = self.connection.send_replace(None) {
            connection.close(code);
        }
        self.tasks.abort_all();
        self.remote_picture.clear();
        self.self_picture.clear();
    }
}

/// Sound out: without a connection a packet is gone, as on any lossy link.
async fn carry_out(mut packets: mpsc::Receiver<Bytes>, connection: watch::Receiver<Option<CallConnection>>) {
    while let Some(packet) = packets.recv().await {
        let current = connection.borrow().clone();
        if let Some(current) = current
            && let Err(error) = current.send_datagram(packet)
        {
            tracing::trace!(%error, "a datagram was not sent");
        }
    }
}

/// Pieces of pictures out: sound goes first, so they wait while datagrams wait in the transport.
async fn carry_pieces_out(mut pieces: mpsc::Receiver<Bytes>, connection: watch::Receiver<Option<CallConnection>>) {
    while let Some(piece) = pieces.recv().await {
        // Asked anew each time: by the time there is room the call may have another connection.
        while connection.borrow().as_ref().is_some_and(|current| current.datagram_room() < piece.len()) {
            sleep(ROOM_WAIT).await;
        }
        let current = connection.borrow().clone();
        if let Some(current) = current
            && let Err(error) = current.send_datagram(piece)
        {
            tracing::trace!(%error, "a piece was not sent");
        }
    }
}

/// Datagrams in, stamped with the moment of their arrival.
async fn carry_in(mut packets: mpsc::Receiver<Bytes>, session: Inlets) {
    while let Some(bytes) = packets.recv().await {
        if !session.deliver(TimedPacket { bytes, at: clock::now() }) {
            return;
        }
    }
}
