//! The QUIC settings of both kinds of connections.
//! Used when an endpoint is bound; nothing changes them later.
//! Idle timers outlast our own 30 s rule of liveness, so that a blackout never costs the connection before the call ends.

use std::sync::Arc;
use std::time::Duration;

use iroh::endpoint::{AckFrequencyConfig, IdleTimeout, QuicTransportConfig, QuicTransportConfigBuilder, VarInt};

use crate::controller::{Controller, MediaControllers};
use crate::rate::Rate;

/// A connection without any packet from the peer ends after this: the 30 s of the call's own rule and room for its decision.
const MAX_IDLE: VarInt = VarInt::from_u32(45_000);

/// Retransmission clock before the first measurement; stock QUIC's 333 ms makes every lost first packet cost a second.
const INITIAL_RTT: Duration = Duration::from_millis(100);

/// Longest wait of a receiver of messages before it acknowledges: shortens loss repair against the usual 25 ms.
const DM_ACK_DELAY: Duration = Duration::from_millis(5);

/// The same in a call. The transport lowers it to the round trip or 25 ms, whichever is more. An acknowledgement never rides with
/// sound, it is a packet of its own: at 5 ms each sound of 60 ms had one, and a narrow link carried half as many bytes again.
const CALL_ACK_DELAY: Duration = Duration::from_millis(150);

/// Every tenth packet is acknowledged at once: pictures have reports of their own, and QUIC needs to know only what is no
/// longer under way. So they take 1 % of what the pictures take.
const CALL_ACK_THRESHOLD: VarInt = VarInt::from_u32(9);

/// A gap brings no acknowledgement of its own: under loss nearly every packet follows one.
const CALL_ACK_REORDERING: VarInt = VarInt::from_u32(0);

/// Datagrams waiting to leave: 100 ms of audio and feedback at the highest rates; the oldest make room for the newest.
pub(crate) const DATAGRAM_SEND_BYTES: usize = 16 * 1024;

/// Datagrams waiting to be read: they arrive before the accepting side has started to listen, and pictures come at once.
const DATAGRAM_RECEIVE_BYTES: usize = 512 * 1024;

/// Unread bytes of a call's only stream: a greeting and its answer.
const GREETING_WINDOW: VarInt = VarInt::from_u32(4 * 1024);

/// Unread bytes of a DM stream: two of the largest messages and their acknowledgements.
const DM_WINDOW: VarInt = VarInt::from_u32(64 * 1024);

/// Settings of a call connection: datagrams, and one stream for the greeting.
pub(crate) fn call(controller: Controller, rate: &Arc<Rate>) -> QuicTransportConfig {
    let mut acks = AckFrequencyConfig::default();
    let _ = acks
        .max_ack_delay(Some(CALL_ACK_DELAY))
        .ack_eliciting_threshold(CALL_ACK_THRESHOLD)
        .reordering_threshold(CALL_ACK_REORDERING);
    let settings = match controller {
        Controller::Own => shared(acks).congestion_controller_factory(Arc::new(MediaControllers(rate.clone()))),
        Controller::Cubic => shared(acks),
    };
    settings
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(GREETING_WINDOW)
        .receive_window(GREETING_WINDOW)
        .datagram_send_buffer_size(DATAGRAM_SEND_BYTES)
        .datagram_receive_buffer_size(Some(DATAGRAM_RECEIVE_BYTES))
        // A probe for larger packets holds sound up for a quarter of a second at 50 kbit/s, and saves pictures 1 % of headers.
        .mtu_discovery_config(None)
        .build()
}

/// Settings of a DM connection: one stream, no datagrams.
pub(crate) fn dm() -> QuicTransportConfig {
    let mut acks = AckFrequencyConfig::default();
    let _ = acks.max_ack_delay(Some(DM_ACK_DELAY));
    shared(acks)
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(DM_WINDOW)
        .receive_window(DM_WINDOW)
        .datagram_receive_buffer_size(None)
        // Its four probes each take a quarter of a second of 50 kbit/s, just when the first letter has to get through.
        .mtu_discovery_config(None)
        .build()
}

/// Keep-alives stay at iroh's 5 s, the longest it allows; they hold NAT bindings open.
fn shared(acks: AckFrequencyConfig) -> QuicTransportConfigBuilder {
    QuicTransportConfig::builder()
        .max_idle_timeout(Some(IdleTimeout::from(MAX_IDLE)))
        .initial_rtt(INITIAL_RTT)
        .ack_frequency_config(Some(acks))
        .allow_spin(false)
        // In a batch every packet has the size of the first: when that is a small probe after a loss, what waits does not fit
        // into the other nine, and they leave empty (noq 1.4).
        .enable_segmentation_offload(false)
}
