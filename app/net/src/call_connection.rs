//! The one connection between the two media endpoints of a call: datagrams, both ways.
//! Handed out by the media endpoint; the engine's session sends through it and reads what comes in.
//! Nothing the peer sends can end it, except a close; the last clone to go closes it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use iroh::endpoint::{Connection, ConnectionError, VarInt};
use tokio::sync::mpsc;

use crate::counters::{CallCounters, CallTally};
use crate::hello::{DONE, GARBAGE, GreetError, REFUSED, introduce, welcome};
use crate::path::{PathStats, measure};
use crate::rate::Rate;
use crate::transport::DATAGRAM_SEND_BYTES;
use crate::{NetError, Refusal, key_exchange};

/// Datagrams that wait for the session: a second of sound, and a large picture that comes at once; then the newest are dropped.
const DATAGRAMS: usize = 512;

/// Bytes of datagrams that may wait to leave before pictures hold back: three full ones, which at 2 Mbit/s take 14 ms.
const PICTURES_WAITING: usize = 3 * 1_200;

/// Why a call connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// This side closed it.
    Local,
    /// The other side closed it with this code.
    Peer(u64),
    /// The other side does not talk to this phone.
    Refused(Refusal),
    /// Nothing was heard for too long, or the peer broke the protocol.
    Lost(String),
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("this phone closed it"),
            Self::Peer(code) => write!(f, "the other phone closed it with code {code}"),
            Self::Refused(refusal) => write!(f, "the other phone refused: {refusal}"),
            Self::Lost(reason) => write!(f, "it was lost: {reason}"),
        }
    }
}

/// What the peer sends. Dropping the receiver stops reading.
#[derive(Debug)]
pub struct CallIncoming {
    /// Datagrams in order of arrival; empty ones are counted and left out.
    pub datagrams: mpsc::Receiver<Bytes>,
}

/// A handle of the connection; clones share it.
#[derive(Clone, Debug)]
pub struct CallConnection {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    connection: Connection,
    key_exchange: String,
    /// What the application says of the path; `None` where the transport decides alone.
    rate: Option<Arc<Rate>>,
    tally: Arc<CallTally>,
    refusal: Arc<OnceLock<Refusal>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.connection.close(DONE, b"");
    }
}

impl CallConnection {
    /// Takes over a connection whose greeting has been read and answered.
    pub(crate) fn accepted(connection: Connection, rate: Option<Arc<Rate>>) -> (Self, CallIncoming) {
        let tally = Arc::new(CallTally::default());
        let (datagram_sender, datagrams) = mpsc::channel(DATAGRAMS);
        drop(tokio::spawn(receive_datagrams(connection.clone(), datagram_sender, tally.clone())));
        let key_exchange = key_exchange::key_exchange(&connection);
        let inner = Inner { connection, key_exchange, rate, tally, refusal: Arc::default() };
        (Self { inner: Arc::new(inner) }, CallIncoming { datagrams })
    }

    /// Takes over a connection that this side dialed. The greeting runs beside the first packets: see [`CallConnection::closed`].
    pub(crate) fn dialed(connection: Connection, rate: Option<Arc<Rate>>) -> (Self, CallIncoming) {
        let (call, incoming) = Self::accepted(connection.clone(), rate);
        drop(tokio::spawn(greet(connection, call.inner.refusal.clone())));
        (call, incoming)
    }

    /// Sends one datagram and never waits: where the link is too slow, the oldest waiting ones are dropped.
    ///
    /// # Errors
    /// [`NetError::TooLarge`] above the path's largest datagram (at least 1100 bytes), [`NetError::Closed`].
    pub fn send_datagram(&self, data: Bytes) -> Result<(), NetError> {
        let (connection, bytes) = (&self.inner.connection, data.len());
        connection.send_datagram(data).map_err(|_| match connection.close_reason() {
            Some(_) => NetError::Closed(self.reason()),
            None => NetError::TooLarge { bytes, limit: connection.max_datagram_size().unwrap_or(0) },
        })
    }

    /// Bytes of pictures that may be sent as datagrams now without holding sound up; 0 while enough wait already.
    ///
    /// Datagrams leave in the order in which they were given: whoever keeps to this lets a sound wait for three full ones at most.
    #[must_use]
    pub fn datagram_room(&self) -> usize {
        let waiting = DATAGRAM_SEND_BYTES.saturating_sub(self.inner.connection.datagram_send_buffer_space());
        PICTURES_WAITING.saturating_sub(waiting)
    }

    /// Says how much the path is believed to carry in all and how much of it sound takes, in kbit/s of whole UDP packets.
    ///
    /// The transport lets at least half as much again leave, so that whoever paces what is sent is never held up by it.
    /// Until the first call it is sound and 1 Mbit/s of picture. Does nothing with [`crate::Controller::Cubic`].
    pub fn set_rate(&self, target: u32, audio: u32) {
        if let Some(rate) = &self.inner.rate {
            rate.set(target, audio);
        }
    }

    /// The state of the path right now.
    #[must_use]
    pub fn stats(&self) -> PathStats {
        measure(&self.inner.connection)
    }

    /// What was dropped or stopped so far.
    #[must_use]
    pub fn counters(&self) -> CallCounters {
        self.inner.tally.snapshot()
    }

    /// The negotiated key exchange, such as `X25519MLKEM768`.
    #[must_use]
    pub fn key_exchange(&self) -> String {
        self.inner.key_exchange.clone()
    }

    /// Closes the connection at once; the peer sees `code`.
    pub fn close(&self, code: u32) {
        self.inner.connection.close(VarInt::from_u32(code), b"");
    }

    /// Resolves with the reason when the connection is over.
    pub async fn closed(&self) -> CloseReason {
        let _ = self.inner.connection.closed().await;
        self.reason()
    }

    fn reason(&self) -> CloseReason {
        if let Some(refusal) = self.inner.refusal.get() {
            return CloseReason::Refused(refusal.clone());
        }
        match self.inner.connection.close_reason() {
            None => CloseReason::Lost("it is closing".into()),
            Some(ConnectionError::LocallyClosed) => CloseReason::Local,
            Some(ConnectionError::ApplicationClosed(close)) => CloseReason::Peer(close.error_code.into_inner()),
            Some(error) => CloseReason::Lost(error.to_string()),
        }
    }
}

/// Says hello and, when the answer is a refusal, remembers it and closes.
async fn greet(connection: Connection, refusal: Arc<OnceLock<Refusal>>) {
    let greeting = async {
        let (mut send, mut recv) = connection.open_bi().await.map_err(|_| GreetError::Broken)?;
        introduce(&mut send).await?;
        welcome(&mut recv).await
    };
    match greeting.await {
        Ok(()) | Err(GreetError::Broken) => {}
        Err(GreetError::Garbage) => connection.close(GARBAGE, b"no greeting"),
        Err(GreetError::Refused(told)) => {
            // Only this task ever sets it.
            let _ = refusal.set(told);
            connection.close(REFUSED, b"");
        }
    }
}

async fn receive_datagrams(connection: Connection, datagrams: mpsc::Sender<Bytes>, tally: Arc<CallTally>) {
    while let Ok(datagram) = connection.read_datagram().await {
        if datagrams.is_closed() {
            return;
        }
        if datagram.is_empty() {
            tally.garbage_datagrams.add();
        } else if datagrams.try_send(datagram).is_err() {
            tally.dropped_datagrams.add();
        }
    }
}
