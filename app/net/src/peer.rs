//! The task of one other phone: sends its messages one after the other over whichever channel lives.
//! Started by the switchboard with the first message or channel, ended by it when idle or at the end.
//! Order is kept because one message is sent at a time; receiving goes on in every channel.

use std::time::Duration;

use ahoy_call::{PeerAddr, PeerId};
use bytes::Bytes;
use iroh::Endpoint;
use iroh::endpoint::{Connection, RecvStream, SendStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::channel::{Channel, ChannelLost};
use crate::dm::{Delivered, Inbox};
use crate::endpoint::{DIAL_TIMEOUT, HANDSHAKE_PATIENCE, connect, no_answer, race, unreachable};
use crate::hello::{DONE, GreetError, introduce, welcome};
use crate::intake::REPLY_WAIT;
use crate::{DM_ALPN, NetError};

/// How long a message on a channel that was idle may stay unacknowledged before a fresh one is dialed: the peer may have restarted unseen.
/// A round trip and a commit to the other disk, tens of milliseconds, fit in many times over.
const IDLE_CHANNEL_ACK: Duration = Duration::from_secs(2);

/// How long a message on a fresh channel may stay unacknowledged: as long as the other engine may take, which may be busy starting.
const FRESH_CHANNEL_ACK: Duration = REPLY_WAIT;

/// Channels to one peer: one dialed by each side is normal, two more while old ones fade.
const MAX_CHANNELS: usize = 4;

/// One message and where its fate is told.
pub(crate) struct Delivery {
    pub(crate) addr: PeerAddr,
    pub(crate) data: Bytes,
    pub(crate) done: oneshot::Sender<Result<Delivered, NetError>>,
}

/// What a peer's task works with.
pub(crate) struct Peer {
    pub(crate) id: PeerId,
    pub(crate) endpoint: Endpoint,
    pub(crate) inbox: Inbox,
    pub(crate) deliveries: mpsc::Receiver<Delivery>,
    pub(crate) accepted: mpsc::Receiver<Channel>,
    pub(crate) idle: mpsc::Sender<Idle>,
}

/// A peer's task has nothing left to do, after taking this many deliveries and channels.
pub(crate) struct Idle {
    pub(crate) id: PeerId,
    pub(crate) taken: u64,
}

impl Peer {
    /// Runs until the switchboard lets go, then lets go of every channel.
    pub(crate) async fn run(mut self) {
        let mut channels = Channels::default();
        let (mut taken, mut idle_told) = (0, false);
        loop {
            tokio::select! {
                biased;
                Some(channel) = self.accepted.recv() => {
                    let _ = channels.add(channel);
                    (taken, idle_told) = (taken + 1, false);
                }
                delivery = self.deliveries.recv() => {
                    let Some(Delivery { addr, data, mut done }) = delivery else { break };
                    (taken, idle_told) = (taken + 1, false);
                    let result = tokio::select! {
                        result = self.deliver(&mut channels, &addr, data, &mut taken) => result,
                        // Whoever sent it has given it up: it shall not arrive later, nor keep the next one waiting.
                        () = done.closed() => continue,
                    };
                    // The caller may have stopped waiting at this very moment.
                    let _ = done.send(result);
                }
                () = channels.ended(), if !idle_told => {
                    channels.0.clear();
                    idle_told = self.idle.send(Idle { id: self.id, taken }).await.is_ok();
                }
            }
        }
    }

    async fn deliver(
        &mut self,
        channels: &mut Channels,
        addr: &PeerAddr,
        data: Bytes,
        taken: &mut u64,
    ) -> Result<Delivered, NetError> {
        if let Some(newest) = channels.newest() {
            if let Ok(Ok(delivered)) = timeout(IDLE_CHANNEL_ACK, newest.deliver(data.clone())).await {
                return Ok(delivered);
            }
            // The peer may have restarted: older channels are no better than the newest.
            channels.0.clear();
        }
        let mut crossed = false;
        loop {
            let (channel, mine) = tokio::select! {
                dialed = dial(&self.endpoint, addr, &self.inbox) => (dialed?, true),
                Some(accepted) = self.accepted.recv(), if !crossed => {
                    *taken += 1;
                    (accepted, false)
                }
            };
            let fresh = channels.add(channel);
            match timeout(FRESH_CHANNEL_ACK, fresh.deliver(data.clone())).await {
                Ok(Ok(delivered)) => return Ok(delivered),
                // Both sides dialed, and each let go of its own channel for the other's: this time mine is kept.
                Ok(Err(ChannelLost)) if !mine => crossed = true,
                Ok(Err(ChannelLost)) => {
                    return Err(unreachable(self.id, "it closed the connection before taking the message"));
                }
                Err(_) => return Err(unreachable(self.id, "it did not acknowledge the message")),
            }
        }
    }
}

/// The channels of one peer, newest last.
#[derive(Default)]
struct Channels(Vec<Channel>);

impl Channels {
    fn add(&mut self, channel: Channel) -> &mut Channel {
        self.0.retain(Channel::is_live);
        if self.0.len() == MAX_CHANNELS {
            drop(self.0.remove(0));
        }
        self.0.push(channel);
        self.0.last_mut().expect("just added")
    }

    fn newest(&mut self) -> Option<&mut Channel> {
        self.0.retain(Channel::is_live);
        self.0.last_mut()
    }

    /// Resolves when no channel is left alive.
    async fn ended(&self) {
        for channel in &self.0 {
            channel.ended().await;
        }
    }
}

async fn dial(endpoint: &Endpoint, addr: &PeerAddr, inbox: &Inbox) -> Result<Channel, NetError> {
    let dialing = timeout(DIAL_TIMEOUT, greet(endpoint, addr));
    let (connection, streams) = dialing.await.unwrap_or_else(|_| Err(no_answer(addr.id)))?;
    let (channel, listen) =
        Channel::start(addr.id, connection, streams, inbox.clone(), None).ok_or(NetError::Shutdown)?;
    // Its task has ended already when nobody hears it.
    let _ = listen.send(());
    Ok(channel)
}

/// A connection whose greeting was welcomed, and its stream.
async fn greet(endpoint: &Endpoint, addr: &PeerAddr) -> Result<(Connection, (SendStream, RecvStream)), NetError> {
    let peer = addr.id;
    let connection = race(HANDSHAKE_PATIENCE, || connect(endpoint.clone(), addr.clone(), DM_ALPN)).await?;
    let (mut send, mut recv) = connection.open_bi().await.map_err(|error| unreachable(peer, &error.to_string()))?;
    let greeted = match introduce(&mut send).await {
        Ok(()) => welcome(&mut recv).await,
        Err(error) => Err(error),
    };
    match greeted {
        Ok(()) => Ok((connection, (send, recv))),
        Err(error) => {
            connection.close(DONE, b"");
            Err(match error {
                GreetError::Refused(refusal) => NetError::Refused(refusal),
                GreetError::Garbage | GreetError::Broken => unreachable(peer, &error.to_string()),
            })
        }
    }
}
