//! The QUIC settings of both kinds of connections.
//! Used when an endpoint is bound; nothing changes them later.
//! Idle timers outlast our own 30 s rule of liveness, so that a blackout never costs the connection before the call ends.

use std::time::Duration;

use iroh::endpoint::{AckFrequencyConfig, IdleTimeout, QuicTransportConfig, QuicTransportConfigBuilder, VarInt};

use crate::frames::MAX_OPEN_FRAMES;

/// A connection without any packet from the peer ends after this: the 30 s of the call's own rule and room for its decision.
const MAX_IDLE: VarInt = VarInt::from_u32(45_000);

/// Retransmission clock before the first measurement; stock QUIC's 333 ms makes every lost first packet cost a second.
const INITIAL_RTT: Duration = Duration::from_millis(100);

/// Longest wait of a receiver before it acknowledges: shortens feedback and loss repair against the usual 25 ms.
const ACK_DELAY: Duration = Duration::from_millis(5);

/// Datagrams waiting to leave: 100 ms of audio and feedback at the highest rates; the oldest make room for the newest.
const DATAGRAM_SEND_BYTES: usize = 16 * 1024;

/// Datagrams waiting to be read: they arrive before the accepting side has started to listen.
const DATAGRAM_RECEIVE_BYTES: usize = 64 * 1024;

/// Unread bytes of one frame stream: a key frame fits without waiting for more credit.
const FRAME_WINDOW: VarInt = VarInt::from_u32(256 * 1024);

/// Unread bytes of all streams of a call connection.
const CALL_WINDOW: VarInt = VarInt::from_u32(2 * 1024 * 1024);

/// Unacknowledged stream bytes that a call may hold: beyond this frames are stale anyway.
const CALL_SEND_WINDOW: u64 = 2 * 1024 * 1024;

/// Unread bytes of a DM stream: two of the largest messages and their acknowledgements.
const DM_WINDOW: VarInt = VarInt::from_u32(64 * 1024);

/// Settings of a call connection: datagrams, one greeting stream, one stream a video frame.
pub(crate) fn call() -> QuicTransportConfig {
    shared()
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(MAX_OPEN_FRAMES))
        .stream_receive_window(FRAME_WINDOW)
        .receive_window(CALL_WINDOW)
        .send_window(CALL_SEND_WINDOW)
        // The older frame leaves first: sharing the link among frames would delay all of them.
        .send_fairness(false)
        .datagram_send_buffer_size(DATAGRAM_SEND_BYTES)
        .datagram_receive_buffer_size(Some(DATAGRAM_RECEIVE_BYTES))
        .build()
}

/// Settings of a DM connection: one stream, no datagrams.
pub(crate) fn dm() -> QuicTransportConfig {
    shared()
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(DM_WINDOW)
        .receive_window(DM_WINDOW)
        .datagram_receive_buffer_size(None)
        .build()
}

/// Keep-alives stay at iroh's 5 s, the longest it allows; they hold NAT bindings open.
fn shared() -> QuicTransportConfigBuilder {
    let mut acks = AckFrequencyConfig::default();
    let _ = acks.max_ack_delay(Some(ACK_DELAY));
    QuicTransportConfig::builder()
        .max_idle_timeout(Some(IdleTimeout::from(MAX_IDLE)))
        .initial_rtt(INITIAL_RTT)
        .ack_frequency_config(Some(acks))
        .allow_spin(false)
}
