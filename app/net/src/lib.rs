//! iroh endpoints, the DM channel, the call connection: everything that touches the network.
//! Called by the engine only; nothing above it names a transport type.
//! Whatever arrives has a cap and becomes a typed error or a counted refusal, never a panic.

pub mod addresses;
pub mod call_connection;
mod channel;
mod controller;
pub mod counters;
mod dm;
mod door;
mod endpoint;
pub mod error;
pub mod gate;
mod hello;
pub mod identity;
mod intake;
mod key_exchange;
pub mod link;
pub mod media;
pub mod nearby;
pub mod path;
mod peer;
mod rate;
mod record;
pub mod relay;
mod switchboard;
mod transport;
mod warm_up;
pub mod words;

pub use addresses::identity_addr;
pub use call_connection::{CallConnection, CallIncoming, CloseReason};
pub use controller::Controller;
pub use counters::{CallCounters, DmCounters};
pub use dm::{Delivered, DmEvent, ReplySlot};
pub use error::NetError;
pub use gate::Gate;
pub use hello::{PROTOCOL_VERSION, Refusal};
pub use identity::{Identity, IdentityConfig, peer_id};
pub use link::{ContactLink, LinkError, MAX_LINK_BYTES};
pub use media::{MediaConfig, MediaEndpoint};
pub use nearby::{MAX_NEARBY, Nearby};
pub use path::PathStats;
pub use record::{MAX_DM_BYTES, MAX_REPLY_BYTES};
pub use relay::RelayChoice;
pub use warm_up::warm_up;
pub use words::safety_words;

/// The protocol name of the DM channel.
pub const DM_ALPN: &[u8] = b"iroh-social/dm/1";

/// The protocol name of the call connection.
pub const CALL_ALPN: &[u8] = b"iroh-social/call/1";
