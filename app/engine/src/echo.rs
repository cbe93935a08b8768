//! Echo, the built-in contact: a second phone in the same process that sends back what it hears and sees.
//! The driver opens it at the first call to it; the call then runs over real endpoints on loopback.
//! Its identity is drawn from the owner's, so that it stays the same contact for good.

use std::net::{Ipv4Addr, SocketAddr};

use ahoy_call::PeerId;
use ahoy_net::{RelayChoice, peer_id};

use crate::config::{Answering, MediaOptions, PhoneConfig, Role};

/// What it is called, in any case.
pub const NAME: &str = "echo";

/// The context that tells Echo's key from every other use of the owner's.
const KEY_CONTEXT: &str = "ahoy 2026 built-in echo contact identity";

/// Echo's secret key for the owner of `secret`.
fn key(secret: &[u8; 32]) -> [u8; 32] {
    blake3::derive_key(KEY_CONTEXT, secret)
}

/// Echo's id for the owner of `secret`.
#[must_use]
pub fn id(secret: &[u8; 32]) -> PeerId {
    peer_id(&key(secret))
}

/// How Echo is opened for the owner whose phone was opened with `config`.
#[must_use]
pub fn config(config: &PhoneConfig, secret: &[u8; 32]) -> PhoneConfig {
    let media = |(key, _): &&(String, String)| key.starts_with("audio.") || key.starts_with("video.");
    PhoneConfig {
        // What this run does with sound and picture, it does on both ends.
        overrides: config.overrides.iter().filter(media).cloned().collect(),
        relay: Some(RelayChoice::None),
        bind: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        media: MediaOptions::silent(),
        answering: Answering::Echo,
        role: Role::Echo { secret: key(secret), owner: peer_id(secret) },
        ..PhoneConfig::new(config.data_dir.join(NAME))
    }
}
