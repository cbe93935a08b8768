//! What travels in the simulation of the rate: packets, and the flows' ends that send and take them.
//! The run moves packets from one end of a flow to the other; flows fill an [`Outbox`].
//! Sizes are wire bytes, headers included.

use ahoy_media::{Arrival, Feedback, LocalTime};

/// What a packet is to its flow.
#[derive(Clone, Debug)]
pub enum Payload {
    /// A piece of a picture: its number and the frame it belongs to.
    Piece {
        /// The number of the datagram.
        number: u64,
        /// The frame.
        frame: u32,
    },
    /// Sound.
    Sound {
        /// When it left.
        sent: LocalTime,
        /// Its first tick.
        first: u32,
        /// How many ticks it has.
        ticks: u32,
    },
    /// A report of pieces.
    Report(Vec<Arrival>),
    /// What the receiver says of the sound.
    Feedback(Feedback),
    /// A segment of TCP.
    Segment {
        /// The number of the packet, never used twice.
        number: u64,
    },
    /// The acknowledgement of one segment.
    Acknowledged {
        /// The number of the packet.
        number: u64,
    },
}

/// A packet on its way.
#[derive(Clone, Debug)]
pub struct Packet {
    /// Wire bytes.
    pub bytes: usize,
    /// What it is.
    pub payload: Payload,
}

/// Packets that an end of a flow wants to send, in order.
pub type Outbox = Vec<Packet>;

/// A flow: a sender and its receiver.
pub trait Flow {
    /// When the sender wants to be woken.
    fn sender_due(&self) -> Option<LocalTime>;
    /// When the receiver wants to be woken.
    fn receiver_due(&self) -> Option<LocalTime>;
    /// The sender's time has come.
    fn wake_sender(&mut self, now: LocalTime, out: &mut Outbox);
    /// The receiver's time has come.
    fn wake_receiver(&mut self, now: LocalTime, out: &mut Outbox);
    /// A packet of the sender arrives at the receiver.
    fn at_receiver(&mut self, packet: Packet, now: LocalTime, out: &mut Outbox);
    /// A packet of the receiver arrives at the sender.
    fn at_sender(&mut self, packet: Packet, now: LocalTime, out: &mut Outbox);
    /// What the series note beside the bytes: target in kbit/s, queue in ms, loss share as the sender sees them.
    fn view(&self, now: LocalTime) -> View;
    /// Delays of whole frames in ms, in order; `None` for one that never became whole.
    fn frame_delays(&self) -> Vec<Option<f64>> {
        Vec::new()
    }
}

/// What a sender believes.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// Its target, kbit/s.
    pub target: f64,
    /// The standing queue, ms.
    pub queue_ms: f64,
    /// The share lost.
    pub loss: f64,
    /// What the voice takes, kbit/s on the wire.
    pub voice: f64,
}
