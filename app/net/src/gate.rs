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
    /// Let a few strangers in who are not blocked, for a few short messages each: this phone is pairing.
    pub pairing: bool,
}

/// How a peer stands with this phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Admitted,
    Stranger,
    Blocked,
}

impl Gate {
    /// Whether `peer` may talk to this phone as somebody it knows.
    #[must_use]
    pub fn admits(&self, peer: &PeerId) -> bool {
        self.standing(peer) == Standing::Admitted
    }

    pub(crate) fn standing(&self, peer: &PeerId) -> Standing {
        if self.blocked.contains(peer) {
            Standing::Blocked
        } else if self.anyone || self.admitted.contains(peer) {
            Standing::Admitted
        } else {
            Standing::Stranger
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocked_peer_stays_out_even_where_anyone_may_come() {
        let (friend, pest, other) = (PeerId([1; 32]), PeerId([2; 32]), PeerId([3; 32]));
        let mut gate = Gate { admitted: [friend, pest].into(), blocked: [pest].into(), anyone: false, pairing: true };
        assert!(gate.admits(&friend) && !gate.admits(&pest) && !gate.admits(&other));
        assert_eq!(gate.standing(&other), Standing::Stranger);
        gate.anyone = true;
        assert!(gate.admits(&other));
        assert_eq!(gate.standing(&pest), Standing::Blocked);
    }
}
