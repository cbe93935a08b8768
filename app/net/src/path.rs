//! How good the way to the other phone is right now.
//! Sampled by the engine for statistics and rate control.
//! Packet and byte counters cover every path of the connection and only grow.

use std::time::Duration;

use iroh::endpoint::Connection;

/// One sample of a call connection's paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathStats {
    /// Whether packets go straight to the other phone; false: through a relay, or no path is open.
    pub direct: bool,
    /// Smoothed round trip of the path in use.
    pub rtt: Duration,
    /// QUIC packets sent.
    pub sent_packets: u64,
    /// QUIC packets declared lost.
    pub lost_packets: u64,
    /// UDP payload bytes sent.
    pub sent_bytes: u64,
    /// UDP payload bytes received.
    pub received_bytes: u64,
    /// Largest UDP payload of the path in use, in bytes.
    pub mtu: u16,
    /// Largest datagram that [`crate::CallConnection::send_datagram`] takes now, in bytes; 0 once the connection is over.
    pub largest_datagram: usize,
    /// Congestion window of the path in use, in bytes.
    pub congestion_window: u64,
}

pub(crate) fn measure(connection: &Connection) -> PathStats {
    let total = connection.stats();
    let totals = PathStats {
        sent_packets: total.sent_packets,
        lost_packets: total.lost_packets,
        sent_bytes: total.udp_tx.bytes,
        received_bytes: total.udp_rx.bytes,
        largest_datagram: connection.max_datagram_size().unwrap_or(0),
        ..PathStats::default()
    };
    let paths = connection.paths();
    let Some(path) = paths.iter().find(|path| path.is_selected()).or_else(|| paths.iter().next()) else {
        return totals;
    };
    let stats = path.stats();
    PathStats { direct: path.is_ip(), rtt: stats.rtt, mtu: stats.current_mtu, congestion_window: stats.cwnd, ..totals }
}
