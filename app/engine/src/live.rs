//! What one call holds on this machine: its media endpoint, its connection, its media session.
//! The driver keeps one per call and drops it when the media stop; everything here closes with it.
//! A session outlives a lost connection: packets go to whatever connection there is now.

use std::sync::Arc;
use std::time::Duration;

use ahoy_call::{CallId, PeerAddr, PeerId};
use ahoy_media::slot::Waker;
use ahoy_media::{CapturedPicture, DecodedPicture, Kbps, LocalTime, Slot};
use ahoy_net::{CallConnection, CallIncoming, MediaEndpoint};
use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};

use crate::clock;
use crate::driver::Internal;
use crate::limits;
use crate::picture_rate::PictureRate;
use crate::session::{MediaSession, SessionTransport, TimedPacket};
use crate::stats::CallStats;

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
    /// What the picture's encoder aims at, 0 while none is sent.
    pub video_target: Kbps,
    /// How much of the way pictures may use.
    pub picture_rate: PictureRate,
    /// The smallest round trip seen, 0 before the first.
    pub least_rtt_ms: f64,
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

/// The session's ends of the incoming wires.
#[derive(Clone)]
struct Inlets {
    datagrams: mpsc::Sender<TimedPacket>,
    frames: mpsc::Sender<Bytes>,
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
            video_target: Kbps(0),
            picture_rate: PictureRate::default(),
            least_rtt_ms: 0.0,
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
        let (datagrams_out, to_send) = mpsc::channel(limits::AUDIO_PACKETS_OUT);
        let (frames_out, frames_to_send) = mpsc::channel(limits::VIDEO_FRAMES_OUT);
        let (datagrams, datagrams_in) = mpsc::channel(limits::AUDIO_PACKETS_IN);
        let (frames, frames_in) = mpsc::channel(limits::VIDEO_FRAMES_IN);
        let _ = self.tasks.spawn(carry_out(to_send, self.connection.subscribe()));
        let _ = self.tasks.spawn(carry_frames_out(frames_to_send, self.connection.subscribe()));
        self.inlets = Some(Inlets { datagrams, frames });
        self.join();
        SessionTransport { datagrams_out, datagrams_in, frames_out, frames_in }
    }

    /// Joins what a connection brings to the session that takes it, once both are there.
    fn join(&mut self) {
        let Some(inlets) = self.inlets.clone() else { return };
        let Some(incoming) = self.waiting.take() else { return };
        let _ = self.tasks.spawn(carry_in(incoming.datagrams, inlets.datagrams));
        let _ = self.tasks.spawn(carry_frames_in(incoming.frames, inlets.frames));
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

/// Pictures out. As many are under way as the round trip needs and three more, for the pacing and the acknowledgement; when
/// the link takes no more than that, the encoder notices and skips, instead of filling a queue.
async fn carry_frames_out(mut frames: mpsc::Receiver<Bytes>, connection: watch::Receiver<Option<CallConnection>>) {
    let mut under_way = JoinSet::new();
    let mut least_rtt = Duration::MAX;
    loop {
        let current = connection.borrow().clone();
        if let Some(current) = &current {
            least_rtt = least_rtt.min(current.stats().rtt);
        }
        while under_way.len() >= frames_under_way(least_rtt) {
            let _ = under_way.join_next().await;
        }
        let Some(frame) = frames.recv().await else { return };
        let Some(current) = current else { continue };
        let _ = under_way.spawn(async move {
            if let Err(error) = current.send_frame(frame, clock::deadline(limits::FRAME_DEADLINE)).await {
                tracing::trace!(%error, "a frame was not sent");
            }
        });
    }
}

/// How many frames may be under way on a path with this round trip.
fn frames_under_way(least_rtt: Duration) -> usize {
    let in_flight = least_rtt.as_micros() / limits::FRAME_INTERVAL.as_micros();
    usize::try_from(in_flight).unwrap_or(limits::FRAMES_UNDER_WAY).saturating_add(3).min(limits::FRAMES_UNDER_WAY)
}

/// Sound in, stamped with the moment of its arrival. What a full session does not take is lost and will be concealed.
async fn carry_in(mut packets: mpsc::Receiver<Bytes>, session: mpsc::Sender<TimedPacket>) {
    while let Some(bytes) = packets.recv().await {
        if let Err(mpsc::error::TrySendError::Closed(_)) = session.try_send(TimedPacket { bytes, at: clock::now() }) {
            return;
        }
    }
}

/// Pictures in: a decoder that falls behind holds the stream up, and the sender skips.
async fn carry_frames_in(mut frames: mpsc::Receiver<Bytes>, session: mpsc::Sender<Bytes>) {
    while let Some(frame) = frames.recv().await {
        if session.send(frame).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_path_holds_more_frames_within_the_bound() {
        assert_eq!(frames_under_way(Duration::from_millis(1)), 3);
        assert_eq!(frames_under_way(Duration::from_millis(100)), 5);
        assert_eq!(frames_under_way(Duration::MAX), limits::FRAMES_UNDER_WAY);
    }
}
