//! What the engine sees of the DM channel: messages that come in with a place for the reply, and what became of one sent.
//! Made by the channels and by the peer's task; the inbox is what all channels of an endpoint share.
//! A message counts as delivered when the receiving engine has answered it, never before.

use std::sync::Arc;

use ahoy_call::PeerId;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};

use crate::Gate;
use crate::counters::DmTally;
use crate::record::MAX_REPLY_BYTES;

/// Messages that wait for the engine; a full inbox holds back readers and so the senders.
pub(crate) const INBOX: usize = 64;

/// One message from another phone.
///
/// The same message may come twice, a copy even after later messages: when its reply was lost, its sender cannot know and sends it again.
#[derive(Debug)]
pub struct DmEvent {
    /// Who sent it, proved by the handshake.
    pub from: PeerId,
    /// The message, at most [`MAX_DM_BYTES`](crate::MAX_DM_BYTES).
    pub data: Bytes,
    /// Keying material of the connection it came over (RFC 8446 §7.5): the sender's [`Delivered::binding`].
    pub binding: [u8; 32],
    /// Whether the gate does not admit the sender: heard only because this phone is pairing, or dialed them itself.
    pub stranger: bool,
    /// Where the reply goes.
    pub reply: ReplySlot,
}

/// Takes the one reply to a message; the channel reads its next message only after that.
///
/// Dropping it, or keeping it for more than 10 s, closes the channel without an acknowledgement: the sender will come again.
#[derive(Debug)]
#[must_use = "a message without an answer is sent again"]
pub struct ReplySlot {
    answer: oneshot::Sender<Bytes>,
}

impl ReplySlot {
    pub(crate) fn new() -> (Self, oneshot::Receiver<Bytes>) {
        let (answer, reply) = oneshot::channel();
        (Self { answer }, reply)
    }

    /// Acknowledges the message with a reply of at most [`MAX_REPLY_BYTES`]; a longer one is as good as none.
    ///
    /// Whether it arrives is not told: when the connection is gone meanwhile, the same message comes again.
    pub fn answer(self, reply: Bytes) {
        if reply.len() > MAX_REPLY_BYTES {
            tracing::error!("a reply of {} bytes was not sent: at most {MAX_REPLY_BYTES} fit", reply.len());
            return;
        }
        // Nobody waits any more when the connection ended.
        let _ = self.answer.send(reply);
    }
}

/// What became of a message that another phone has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// What the other engine answered, at most [`MAX_REPLY_BYTES`].
    pub reply: Bytes,
    /// Keying material of the connection it went over: the receiver's [`DmEvent::binding`].
    pub binding: [u8; 32],
}

/// What the channels of one endpoint share.
#[derive(Clone)]
pub(crate) struct Inbox {
    pub(crate) events: mpsc::Sender<DmEvent>,
    pub(crate) gate: watch::Receiver<Gate>,
    pub(crate) tally: Arc<DmTally>,
    /// Each writer holds one until its last record has left; closing waits for that and lets no new ones start.
    pub(crate) open: mpsc::WeakSender<()>,
}
