//! Who may open a DM channel to this phone.
//! The engine keeps it current through a watch; the identity endpoint asks it for each connection and each message.
//! Unpaired and blocked people look the same from outside.

use std::collections::BTreeSet;

use ahoy_call::PeerId;

/// The list at the door of the identity endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Let everybody in who is not blocked.
    pub anyone: bool,
    /// Let these in.
    pub admitted: BTreeSet<PeerId>,
    /// Never let these in.
    pub blocked: BTreeSet<PeerId>,
}

impl Gate {
    /// Whether `peer` may talk to this phone.
    #[must_use]
    pub fn admits(&self, peer: &PeerId) -> bool {
        !self.blocked.contains(peer) && (self.anyone || self.admitted.contains(peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocked_peer_stays_out_even_where_anyone_may_come() {
        let (friend, pest) = (PeerId([1; 32]), PeerId([2; 32]));
        let mut gate = Gate { admitted: [friend].into(), blocked: [pest].into(), anyone: false };
        assert!(gate.admits(&friend) && !gate.admits(&pest) && !gate.admits(&PeerId([3; 32])));
        gate.anyone = true;
        assert!(gate.admits(&PeerId([3; 32])) && !gate.admits(&pest));
    }
}
