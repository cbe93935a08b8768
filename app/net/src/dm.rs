//! One live DM channel: records over the single stream of a `iroh-social/dm/1` connection.
//! Owned by the peer's task, which sends; a reader and a writer task of its own move the bytes.
//! A message is acknowledged only after this phone's inbox has taken it; what is no record closes the connection.

use std::sync::Arc;
use std::time::Duration;

use ahoy_call::PeerId;
use bytes::{BufMut, Bytes, BytesMut};
use iroh::endpoint::{Connection, ReadExactError, RecvStream, SendStream};
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::timeout;

use crate::counters::DmTally;
use crate::hello::{DONE, GARBAGE, REFUSED};
use crate::{Gate, NetError};

/// Bytes of one message: a call signal of 4 KiB or a chat text of 16 KiB, sealed, with room for the seal.
pub const MAX_DM_BYTES: usize = 20 * 1024;

/// Messages that wait for the engine; a full inbox holds back acknowledgements and so the senders.
pub(crate) const INBOX: usize = 64;

/// Records that wait for the stream: one message and the acknowledgements of what has been read.
const OUTGOING: usize = 64;

/// How long the last records may take to arrive when a channel is closed.
const CLOSE_GRACE: Duration = Duration::from_millis(500);

const KIND_MESSAGE: u8 = 1;
const KIND_ACK: u8 = 2;

/// Kind and id in front of each payload.
const RECORD_HEADER: usize = 9;

/// One message from another phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DmEvent {
    /// Who sent it, proved by the handshake.
    pub from: PeerId,
    /// The message, at most [`MAX_DM_BYTES`]. The same one may come twice when its acknowledgement was lost.
    pub data: Bytes,
}

/// What readers of all channels share.
#[derive(Clone)]
pub(crate) struct Inbox {
    pub(crate) events: mpsc::Sender<DmEvent>,
    pub(crate) gate: watch::Receiver<Gate>,
    pub(crate) tally: Arc<DmTally>,
    /// Each writer holds one until its last record has left; closing waits for that and lets no new ones start.
    pub(crate) open: mpsc::WeakSender<()>,
}

impl Inbox {
    pub(crate) fn admits(&self, peer: &PeerId) -> bool {
        self.gate.borrow().admits(peer)
    }
}

/// A record on the stream: `[2 length][1 kind][8 id][payload]`, big endian; the length counts what follows it.
#[derive(Debug, PartialEq, Eq)]
enum Record {
    Message { id: u64, data: Bytes },
    Ack { id: u64 },
}

impl Record {
    fn encode(&self) -> Bytes {
        let (kind, id, data) = match self {
            Self::Message { id, data } => (KIND_MESSAGE, *id, &data[..]),
            Self::Ack { id } => (KIND_ACK, *id, &[][..]),
        };
        let length = u16::try_from(RECORD_HEADER + data.len()).expect("messages are capped before they get here");
        let mut bytes = BytesMut::with_capacity(2 + usize::from(length));
        bytes.put_u16(length);
        bytes.put_u8(kind);
        bytes.put_u64(id);
        bytes.put_slice(data);
        bytes.freeze()
    }

    /// Reads what follows the length.
    fn decode(body: &Bytes) -> Option<Self> {
        let (header, data) = body.split_first_chunk::<RECORD_HEADER>()?;
        let id = u64::from_be_bytes(*header.last_chunk().expect("the id ends the header"));
        match header[0] {
            KIND_MESSAGE if data.len() <= MAX_DM_BYTES => Some(Self::Message { id, data: body.slice(RECORD_HEADER..) }),
            KIND_ACK if data.is_empty() => Some(Self::Ack { id }),
            _ => None,
        }
    }
}

/// The connection ended, or the peer is ending it.
#[derive(Debug)]
pub(crate) struct ChannelLost;

/// One connection with its stream, greeted and admitted. Dropping it lets the last acknowledgements arrive, then closes.
pub(crate) struct Channel {
    connection: Connection,
    outgoing: mpsc::Sender<Record>,
    acks: mpsc::Receiver<u64>,
    next_id: u64,
}

impl Channel {
    /// Starts the two tasks, unless this phone is closing. `permit` counts an accepted connection until it ends.
    pub(crate) fn start(
        peer: PeerId,
        connection: Connection,
        (send, recv): (SendStream, RecvStream),
        inbox: Inbox,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Option<Self> {
        let open = inbox.open.upgrade()?;
        let (outgoing, records) = mpsc::channel(OUTGOING);
        let (ack_sender, acks) = mpsc::channel(OUTGOING);
        let reader = Reader {
            admitted_at_start: inbox.admits(&peer),
            peer,
            connection: connection.clone(),
            recv,
            inbox,
            outgoing: outgoing.downgrade(),
            acks: ack_sender,
        };
        drop(tokio::spawn(async move {
            reader.run().await;
            drop(permit);
        }));
        let writing = write_records(connection.clone(), send, records);
        drop(tokio::spawn(async move {
            writing.await;
            drop(open);
        }));
        Some(Self { connection, outgoing, acks, next_id: 0 })
    }

    pub(crate) fn is_live(&self) -> bool {
        self.connection.close_reason().is_none()
    }

    pub(crate) async fn ended(&self) {
        let _ = self.connection.closed().await;
    }

    /// Sends one message and waits until the peer has taken it.
    pub(crate) async fn deliver(&mut self, data: Bytes) -> Result<(), ChannelLost> {
        let id = self.next_id;
        self.next_id += 1;
        self.outgoing.send(Record::Message { id, data }).await.map_err(|_| ChannelLost)?;
        while self.acks.recv().await.ok_or(ChannelLost)? != id {}
        Ok(())
    }
}

async fn write_records(connection: Connection, mut send: SendStream, mut records: mpsc::Receiver<Record>) {
    while let Some(record) = records.recv().await {
        if send.write_chunk(record.encode()).await.is_err() {
            return;
        }
    }
    if send.finish().is_ok() {
        let _ = timeout(CLOSE_GRACE, send.stopped()).await;
    }
    connection.close(DONE, b"done");
}

struct Reader {
    peer: PeerId,
    connection: Connection,
    recv: RecvStream,
    inbox: Inbox,
    outgoing: mpsc::WeakSender<Record>,
    acks: mpsc::Sender<u64>,
    admitted_at_start: bool,
}

impl Reader {
    async fn run(mut self) {
        let code = loop {
            match self.next_record().await {
                Ok(Some(Record::Message { id, data })) => {
                    if self.admitted_at_start && !self.inbox.admits(&self.peer) {
                        self.inbox.tally.refused.add();
                        break REFUSED;
                    }
                    if !self.take(id, data).await {
                        break DONE;
                    }
                }
                // Full means acknowledgements of messages that were never sent.
                Ok(Some(Record::Ack { id })) => drop(self.acks.try_send(id)),
                Ok(None) => break DONE,
                Err(NotARecord) => {
                    self.inbox.tally.garbage.add();
                    break GARBAGE;
                }
            }
        };
        self.connection.close(code, b"");
    }

    /// Hands a message to the engine, then acknowledges it; false when either side is closing.
    async fn take(&self, id: u64, data: Bytes) -> bool {
        // Held across the hand-over, so that closing the channel still lets this acknowledgement out.
        let Some(outgoing) = self.outgoing.upgrade() else { return false };
        self.inbox.events.send(DmEvent { from: self.peer, data }).await.is_ok()
            && outgoing.send(Record::Ack { id }).await.is_ok()
    }

    /// The next record; `None` when the stream or the connection ended.
    async fn next_record(&mut self) -> Result<Option<Record>, NotARecord> {
        let mut length = [0; 2];
        match self.recv.read_exact(&mut length).await {
            Ok(()) => {}
            Err(ReadExactError::FinishedEarly(1)) => return Err(NotARecord),
            Err(ReadExactError::FinishedEarly(_) | ReadExactError::ReadError(_)) => return Ok(None),
        }
        let length = usize::from(u16::from_be_bytes(length));
        if !(RECORD_HEADER..=RECORD_HEADER + MAX_DM_BYTES).contains(&length) {
            return Err(NotARecord);
        }
        let mut body = BytesMut::zeroed(length);
        match self.recv.read_exact(&mut body).await {
            Ok(()) => Record::decode(&body.freeze()).map(Some).ok_or(NotARecord),
            Err(ReadExactError::FinishedEarly(_)) => Err(NotARecord),
            Err(ReadExactError::ReadError(_)) => Ok(None),
        }
    }
}

/// The peer sent what is no record.
struct NotARecord;

/// Refuses what would not fit into one record.
pub(crate) fn check_size(data: &Bytes) -> Result<(), NetError> {
    if data.len() <= MAX_DM_BYTES { Ok(()) } else { Err(NetError::TooLarge { bytes: data.len(), limit: MAX_DM_BYTES }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_is_fixed() {
        let message = Record::Message { id: 258, data: Bytes::from_static(b"hi") };
        assert_eq!(&message.encode()[..], [0, 11, 1, 0, 0, 0, 0, 0, 0, 1, 2, b'h', b'i']);
        assert_eq!(&Record::Ack { id: 1 }.encode()[..], [0, 9, 2, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(Record::decode(&message.encode().slice(2..)), Some(message));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_a_record_or_refused(body: Vec<u8>) {
            let body = Bytes::from(body);
            if let Some(record) = Record::decode(&body) {
                proptest::prop_assert_eq!(record.encode().slice(2..), body);
            }
        }
    }
}
