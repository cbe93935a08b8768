//! The person's rules for offers, and how a call rings under them.
//! The engine hands in a `Policy` whenever a setting or a contact changes; offers are held against the newest.
//! Rules change what sounds here, never what the caller is told: a silent ring is a ring.

use std::collections::BTreeSet;

use crate::PeerId;

/// How an incoming call rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RingManner {
    /// With everything the phone has.
    Loud,
    /// A second call while one goes on: a tone in the ear.
    Soft,
    /// Only to be seen: do not disturb, or this contact's calls are muted.
    Silent,
}

/// What the person wants of offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Call waiting: a second caller rings instead of hearing busy.
    pub waiting: bool,
    /// Do not disturb: everybody rings silently.
    pub dnd: bool,
    /// Contacts who ring silently.
    pub silent: BTreeSet<PeerId>,
}

impl Policy {
    /// How a call of `peer` rings, `busy` while another call lives.
    pub(crate) fn manner(&self, peer: PeerId, busy: bool) -> RingManner {
        if self.dnd || self.silent.contains(&peer) {
            RingManner::Silent
        } else if busy {
            RingManner::Soft
        } else {
            RingManner::Loud
        }
    }
}
