//! Where an endpoint can be reached: its id and hints about the way.
//! Travels in signals (media endpoints), in contact links and in the store (identity endpoints).
//! Hints are untrusted: the id alone proves who answers. Lists are capped wherever they are read.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::PeerId;

/// Relays of one endpoint: it has one home relay; the rest is room for a change of relay during a call.
pub const MAX_RELAYS: usize = 4;

/// Bytes of a relay URL: far above any real one, small enough that four fit in a signal.
pub const MAX_RELAY_BYTES: usize = 255;

/// Direct addresses of one endpoint: a laptop with containers and tunnels shows about a dozen.
pub const MAX_DIRECT: usize = 32;

/// An endpoint and the hints that help to reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerAddr {
    /// The endpoint's public key.
    pub id: PeerId,
    /// Relay URLs, the home relay first.
    pub relays: Vec<String>,
    /// UDP addresses.
    pub direct: Vec<SocketAddr>,
}

impl PeerAddr {
    /// An address without any hint.
    #[must_use]
    pub const fn new(id: PeerId) -> Self {
        Self { id, relays: Vec::new(), direct: Vec::new() }
    }

    /// Whether every list and text is within its cap.
    #[must_use]
    pub fn within_caps(&self) -> bool {
        self.relays.len() <= MAX_RELAYS
            && self.direct.len() <= MAX_DIRECT
            && self.relays.iter().all(|relay| relay.len() <= MAX_RELAY_BYTES)
    }

    /// The address cut down to its caps, the first hints kept: for what is about to be sent.
    #[must_use]
    pub fn capped(mut self) -> Self {
        self.relays.retain(|relay| relay.len() <= MAX_RELAY_BYTES);
        self.relays.truncate(MAX_RELAYS);
        self.direct.truncate(MAX_DIRECT);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capping_keeps_the_first_hints() {
        let mut addr = PeerAddr::new(PeerId([1; 32]));
        addr.relays = vec!["x".repeat(MAX_RELAY_BYTES + 1), "https://a.example".into()];
        addr.direct = (0..100).map(|port| SocketAddr::from(([127, 0, 0, 1], port))).collect();
        assert!(!addr.within_caps());
        let addr = addr.capped();
        assert!(addr.within_caps());
        assert_eq!(addr.relays, ["https://a.example"]);
        assert_eq!(addr.direct.len(), MAX_DIRECT);
        assert_eq!(addr.direct[0].port(), 0);
    }
}
