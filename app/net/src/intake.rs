//! Hands the messages of one channel to the engine, one at a time, and acknowledges each with the engine's reply.
//! Runs beside the channel's reader for as long as the connection lives.
//! The gate is asked again for each message and whenever it changes; strangers are kept short.

use std::time::Duration;

use ahoy_call::PeerId;
use bytes::Bytes;
use iroh::endpoint::VarInt;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;

use crate::dm::{DmEvent, Inbox, ReplySlot};
use crate::gate::Standing;
use crate::hello::{DONE, REFUSED};
use crate::record::Record;

/// How long the engine may take to answer: a commit to a slow disk takes tens of milliseconds, a busy start a few seconds.
pub(crate) const REPLY_WAIT: Duration = Duration::from_secs(10);

/// Messages that one channel of a stranger may carry: pairing takes two or three.
const STRANGER_MESSAGES: usize = 8;

/// Bytes of a stranger's message: a knock with keys and a name.
const MAX_STRANGER_BYTES: usize = 2 * 1024;

/// What an accepted channel occupies until it ends.
pub(crate) struct Place {
    pub(crate) _channel: OwnedSemaphorePermit,
    /// One of the few places for strangers; given back when the stranger has been admitted.
    pub(crate) stranger: Option<OwnedSemaphorePermit>,
}

pub(crate) struct Intake {
    pub(crate) peer: PeerId,
    pub(crate) binding: [u8; 32],
    pub(crate) inbox: Inbox,
    pub(crate) outgoing: mpsc::WeakSender<Record>,
    /// This phone dialed somebody whom its gate does not admit: it wants to hear them.
    pub(crate) invited: bool,
    /// `None` for a channel that this phone dialed.
    pub(crate) place: Option<Place>,
    /// Messages heard while the peer was a stranger at the door.
    pub(crate) from_stranger: usize,
}

impl Intake {
    /// Runs until the reader ends or nothing more may be taken; tells the code to close the connection with.
    pub(crate) async fn run(mut self, mut messages: mpsc::Receiver<(u64, Bytes)>) -> VarInt {
        let mut gate = self.inbox.gate.clone();
        loop {
            let message = tokio::select! {
                biased;
                Ok(()) = gate.changed() => match self.standing() {
                    Some(_) => continue,
                    None => return REFUSED,
                },
                message = messages.recv() => message,
            };
            let Some((id, data)) = message else { return DONE };
            let Some(stranger) = self.judge(&data) else {
                self.inbox.tally.refused.add();
                return REFUSED;
            };
            if self.take(id, data, stranger).await.is_none() {
                return DONE;
            }
        }
    }

    /// How the peer stands right now; `None`: shut out.
    fn standing(&self) -> Option<Standing> {
        let gate = self.inbox.gate.borrow();
        match gate.standing(&self.peer) {
            Standing::Admitted => Some(Standing::Admitted),
            Standing::Stranger => (self.invited || gate.pairing).then_some(Standing::Stranger),
            Standing::Blocked => None,
        }
    }

    /// Whether this message comes from a stranger; `None`: it may not come at all.
    fn judge(&mut self, data: &Bytes) -> Option<bool> {
        let stranger = self.standing()? == Standing::Stranger;
        if !stranger && let Some(place) = &mut self.place {
            place.stranger = None;
        }
        if stranger && !self.invited {
            self.from_stranger += 1;
            if self.from_stranger > STRANGER_MESSAGES || data.len() > MAX_STRANGER_BYTES {
                return None;
            }
        }
        Some(stranger)
    }

    /// Hands a message to the engine, then acknowledges it; `None` when either side is closing or the engine gave no answer.
    async fn take(&self, id: u64, data: Bytes, stranger: bool) -> Option<()> {
        // Held across the hand-over, so that closing the channel still lets this acknowledgement out.
        let outgoing = self.outgoing.upgrade()?;
        let (reply, answer) = ReplySlot::new();
        let event = DmEvent { from: self.peer, data, binding: self.binding, stranger, reply };
        self.inbox.events.send(event).await.ok()?;
        let reply = timeout(REPLY_WAIT, answer).await.ok()?.ok()?;
        outgoing.send(Record::Ack { id, reply }).await.ok()
    }
}
