//! What can go wrong on the network, cut by what the caller can do about it.
//! Returned by every public call of this crate except contact links, which have errors of their own.
//! Each message says what happened, why, and what to do.

use std::net::SocketAddr;

use ahoy_call::PeerId;

use crate::{CloseReason, Refusal};

/// A failure of the network layer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// Another socket holds the port: stop its owner or choose another one.
    #[error(
        "UDP port {} is already in use on {}: another program, or another Ahoy, holds it; stop it, or choose a free port with --bind {address_hint}",
        address.port(), address.ip(), address_hint = hint(address)
    )]
    PortInUse {
        /// The address that could not be bound.
        address: SocketAddr,
    },
    /// The endpoint could not be bound for another reason.
    #[error("cannot open a network socket on {address}: {reason}; check the address given with --bind")]
    Bind {
        /// The address that could not be bound.
        address: SocketAddr,
        /// What the system said.
        reason: String,
    },
    /// The relay cannot be used.
    #[error("`{url}` is not a relay: {reason}; give --relay default, none or the relay's https URL")]
    Relay {
        /// The text that was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The local network cannot be searched: use a contact link instead.
    #[error(
        "cannot look for phones nearby: {reason}; check that other programs leave UDP port 5353 shared, or exchange contact links"
    )]
    Nearby {
        /// What the system said.
        reason: String,
    },
    /// Nobody answered: try again later.
    #[error(
        "cannot reach {peer}: {reason}; check that their phone is on and online, and that their contact link is recent"
    )]
    Unreachable {
        /// Who was dialed.
        peer: PeerId,
        /// What failed on the way.
        reason: String,
    },
    /// The other phone answered and declined to talk.
    #[error("the other phone refused: {0}")]
    Refused(#[from] Refusal),
    /// The message does not fit.
    #[error("a message of {bytes} bytes is too large, at most {limit} fit; send it in parts")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The largest size in bytes.
        limit: usize,
    },
    /// Too many messages wait for this peer: let some be delivered first.
    #[error("too many messages already wait for {peer}; send again when some have arrived")]
    QueueFull {
        /// Who they wait for.
        peer: PeerId,
    },
    /// The connection is over.
    #[error("the connection is closed: {0}")]
    Closed(CloseReason),
    /// This endpoint was closed by its owner.
    #[error("this endpoint is closed; nothing more can be sent or received on it")]
    Shutdown,
}

/// What to write after `--bind`: the same address with a port that is left to the reader.
fn hint(address: &SocketAddr) -> String {
    let text = address.to_string();
    text.rsplit_once(':').map_or(text.clone(), |(ip, _)| format!("{ip}:PORT"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_names_the_port_and_the_option() {
        let text = NetError::PortInUse { address: ([0, 0, 0, 0], 4711).into() }.to_string();
        assert!(text.contains("4711") && text.contains("--bind 0.0.0.0:PORT"), "{text}");
    }
}
