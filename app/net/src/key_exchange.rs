//! The key exchange that a connection really used.
//! Asked once for each call connection and reported as `kx`.
//! Read from the finished handshake, never assumed from the configuration.

use iroh::endpoint::Connection;
use noq::crypto::rustls::HandshakeData;

/// The name in the TLS registry, such as `X25519MLKEM768`; `unknown` when the transport does not tell.
pub(crate) fn key_exchange(connection: &Connection) -> String {
    connection
        .handshake_data()
        .and_then(|data| data.downcast::<HandshakeData>().ok())
        .and_then(|data| data.negotiated_key_exchange_group)
        .map_or_else(|| "unknown".to_owned(), |group| format!("{group:?}"))
}
