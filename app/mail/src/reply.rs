//! Taking the reply to a frame: the row is done, or a session is opened and everything unacknowledged is encrypted anew.
//! Called by the engine's desk with what the network brought back.
//! A reply to a row that is gone, or to a frame that was never handed out, changes nothing.

use ahoy_call::PeerId;
use ahoy_store::{MessageState, OutboxRow, Store, Transaction};

use crate::MailError;
use crate::account::KeyRing;
use crate::change::{Done, change};
use crate::frame::{Reply, decode_reply};
use crate::keys::{CurveKey, SignedBundle};
use crate::mailroom::{Mailroom, Replied, advance, body_of};
use crate::peer::Peer;

/// Unreadable replies in a row that open a session at once: one heals any damage, a second and a third cross with a start of the
/// other side; more come from a phone that reads nothing.
pub const MAX_UNREADABLE: u8 = 3;

/// After [`MAX_UNREADABLE`], the least time between two new sessions, in milliseconds: whoever always answers `Unreadable` costs
/// this phone a session a minute and no more.
pub const REOPEN_GAP_MS: u64 = 60_000;

const OTHER_VERSION: &str = "the other phone does not understand this one: one of the two needs an update";
const NO_REPLY: &str = "the other phone answered something that is no reply: one of the two needs an update";
const NOT_ITS_KEYS: &str = "the other phone answered with keys that are not signed by it: nothing is sent to it";
const READS_NOTHING: &str =
    "the other phone cannot read what this one sends, though new sessions were opened: it is tried again every minute";

impl Mailroom {
    /// Takes the reply to the frame of row `id`.
    ///
    /// # Errors
    /// [`MailError::Store`], [`MailError::Damaged`].
    pub fn replied(
        &mut self,
        store: &Store,
        to: PeerId,
        id: u64,
        reply: &[u8],
        now_ms: u64,
    ) -> Result<Replied, MailError> {
        let Ok(reply) = decode_reply(reply) else { return Ok(Replied::Refused(NO_REPLY)) };
        change(store, |transaction| {
            let Some(row) = transaction.outbox_row(to, id)? else {
                return Ok(Done::Leave(Replied::Again { news: false }));
            };
            match reply {
                Reply::Taken => taken(transaction, to, &row),
                Reply::Keys(bundle) => self.start(transaction, to, &bundle),
                Reply::Unreadable(bundle) => self.unreadable(transaction, &row, &bundle, now_ms),
                Reply::Refused => Ok(Done::Leave(Replied::Refused(OTHER_VERSION))),
            }
        })
    }

    /// Opens a session with the keys that were asked for, unless the other side has opened one meanwhile.
    fn start(
        &self,
        transaction: &mut Transaction<'_>,
        to: PeerId,
        bundle: &SignedBundle,
    ) -> Result<Done<Replied>, MailError> {
        let Some((identity, once)) = bundle.verify(to, self.me) else {
            return Ok(Done::Leave(Replied::Refused(NOT_ITS_KEYS)));
        };
        let mut peer = Peer::load(transaction, to)?;
        if peer.sending_session().is_some() {
            return Ok(Done::Leave(Replied::Again { news: false }));
        }
        open_session(transaction, to, &mut peer, identity, once)
    }

    /// The peer could not read the row's frame: everything unacknowledged goes over a new session, this row at least over the
    /// one that was opened meanwhile.
    fn unreadable(
        &self,
        transaction: &mut Transaction<'_>,
        row: &OutboxRow,
        bundle: &SignedBundle,
        now_ms: u64,
    ) -> Result<Done<Replied>, MailError> {
        let to = row.to;
        let Some((identity, once)) = bundle.verify(to, self.me) else {
            return Ok(Done::Leave(Replied::Refused(NOT_ITS_KEYS)));
        };
        if row.frame.is_none() {
            return Ok(Done::Leave(Replied::Again { news: false }));
        }
        let mut peer = Peer::load(transaction, to)?;
        if peer.sending_session().is_some_and(|sending| sending != row.session) {
            transaction.put_outbox(&OutboxRow { frame: None, ..row.clone() })?;
            return Ok(Done::Keep(Replied::Again { news: false }));
        }
        if peer.unreadable >= MAX_UNREADABLE && now_ms.abs_diff(peer.reopened_ms) < REOPEN_GAP_MS {
            return Ok(Done::Leave(Replied::Refused(READS_NOTHING)));
        }
        peer.unreadable = peer.unreadable.saturating_add(1);
        peer.reopened_ms = now_ms;
        open_session(transaction, to, &mut peer, identity, once)
    }
}

fn taken(transaction: &mut Transaction<'_>, to: PeerId, row: &OutboxRow) -> Result<Done<Replied>, MailError> {
    if row.frame.is_none() {
        return Ok(Done::Leave(Replied::Again { news: false }));
    }
    let body = body_of(row)?;
    if body.kind().urgent() {
        // Lost in a crash, the row is sent once more and answered in the same way.
        transaction.may_wait();
    }
    advance(transaction, to, &body, MessageState::Delivered)?;
    let _ = transaction.remove_outbox(to, row.id)?;
    let mut peer = Peer::load(transaction, to)?;
    if peer.unreadable > 0 {
        peer.unreadable = 0;
        peer.save(transaction, to)?;
    }
    Ok(Done::Keep(Replied::Taken(body)))
}

fn open_session(
    transaction: &mut Transaction<'_>,
    to: PeerId,
    peer: &mut Peer,
    identity: CurveKey,
    once: CurveKey,
) -> Result<Done<Replied>, MailError> {
    let Some(session) = KeyRing::get(transaction)?.open_to(identity, once)? else {
        return Ok(Done::Leave(Replied::Refused(NOT_ITS_KEYS)));
    };
    let news = peer.identify(identity);
    peer.add(&session, peer.next_generation())?;
    peer.save(transaction, to)?;
    transaction.clear_frames(to)?;
    // Its first frame is kept together with it, before it goes out.
    transaction.may_wait();
    Ok(Done::Keep(Replied::Again { news }))
}
