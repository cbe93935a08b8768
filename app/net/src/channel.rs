//! One live DM channel: records over the single stream of a `iroh-social/dm/1` connection.
//! Owned by the peer's task, which sends; tasks of its own read, write and hand over what came.
//! A message is acknowledged only after this phone's engine has answered it; what is no record closes the connection.

use std::sync::Arc;
use std::time::Duration;

use ahoy_call::PeerId;
use bytes::Bytes;
use iroh::endpoint::{Connection, RecvStream, SendStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::counters::DmTally;
use crate::dm::{Delivered, Inbox};
use crate::hello::{DONE, GARBAGE};
use crate::intake::{Intake, Place};
use crate::record::{NotARecord, Record};

/// Records that wait for the stream: one message and one acknowledgement are under way at a time.
const OUTGOING: usize = 4;

/// Acknowledgements that wait for the sender: it has one message under way.
const ACKS: usize = 1;

/// Messages that wait while the engine answers the one before; further ones stay in the stream.
const WAITING: usize = 1;

/// How long the last records may take to arrive when a channel is closed.
const CLOSE_GRACE: Duration = Duration::from_millis(500);

/// The label of the keying material that binds what is said to the connection it is said over (RFC 8446 §7.5).
const BINDING_LABEL: &[u8] = b"EXPERIMENTAL ahoy dm binding";

/// The connection ended, or the peer is ending it.
#[derive(Debug)]
pub(crate) struct ChannelLost;

/// One connection with its stream, greeted and admitted. Dropping it lets the last acknowledgements arrive, then closes.
pub(crate) struct Channel {
    connection: Connection,
    outgoing: mpsc::Sender<Record>,
    acks: mpsc::Receiver<(u64, Bytes)>,
    next_id: u64,
    binding: [u8; 32],
}

impl Channel {
    /// Starts the tasks, unless this phone is closing. `place` is what an accepted connection occupies; a dialed one has none.
    ///
    /// Messages are handed to the engine once the sender that comes with the channel was used: whoever answers what it
    /// hears must find this channel to answer over.
    pub(crate) fn start(
        peer: PeerId,
        connection: Connection,
        (send, recv): (SendStream, RecvStream),
        inbox: Inbox,
        place: Option<Place>,
    ) -> Option<(Self, oneshot::Sender<()>)> {
        let open = inbox.open.upgrade()?;
        let mut binding = [0; 32];
        connection.export_keying_material(&mut binding, BINDING_LABEL, b"").ok()?;
        let (outgoing, records) = mpsc::channel(OUTGOING);
        let (ack_sender, acks) = mpsc::channel(ACKS);
        let (messages, message_queue) = mpsc::channel(WAITING);
        let reading = read_records(connection.clone(), recv, messages, ack_sender, inbox.tally.clone());
        let invited = place.is_none() && !inbox.gate.borrow().admits(&peer);
        let intake = Intake { peer, binding, inbox, outgoing: outgoing.downgrade(), invited, place, from_stranger: 0 };
        let receiving = connection.clone();
        let (listen, listens) = oneshot::channel();
        drop(tokio::spawn(async move {
            let taking = async {
                let code = if listens.await.is_ok() { intake.run(message_queue).await } else { DONE };
                receiving.close(code, b"");
            };
            let ((), ()) = tokio::join!(reading, taking);
        }));
        let writing = write_records(connection.clone(), send, records);
        drop(tokio::spawn(async move {
            writing.await;
            drop(open);
        }));
        Some((Self { connection, outgoing, acks, next_id: 0, binding }, listen))
    }

    pub(crate) fn is_live(&self) -> bool {
        self.connection.close_reason().is_none()
    }

    pub(crate) async fn ended(&self) {
        let _ = self.connection.closed().await;
    }

    /// Sends one message and waits until the peer has taken it.
    pub(crate) async fn deliver(&mut self, data: Bytes) -> Result<Delivered, ChannelLost> {
        let id = self.next_id;
        self.next_id += 1;
        self.outgoing.send(Record::Message { id, data }).await.map_err(|_| ChannelLost)?;
        loop {
            let (acked, reply) = self.acks.recv().await.ok_or(ChannelLost)?;
            if acked == id {
                return Ok(Delivered { reply, binding: self.binding });
            }
        }
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

/// Sorts what comes until the stream ends. Acknowledgements pass a message that waits for the engine.
async fn read_records(
    connection: Connection,
    mut recv: RecvStream,
    messages: mpsc::Sender<(u64, Bytes)>,
    acks: mpsc::Sender<(u64, Bytes)>,
    tally: Arc<DmTally>,
) {
    loop {
        match Record::read(&mut recv).await {
            Ok(Some(Record::Message { id, data })) => {
                if messages.send((id, data)).await.is_err() {
                    return;
                }
            }
            // Full means acknowledgements of messages that were never sent.
            Ok(Some(Record::Ack { id, reply })) => drop(acks.try_send((id, reply))),
            Ok(None) => return,
            Err(NotARecord) => {
                tally.garbage.add();
                connection.close(GARBAGE, b"");
                return;
            }
        }
    }
}
