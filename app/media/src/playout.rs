//! What the jitter buffer is told and what it answers: the values that it and the audio worker speak in.
//! The worker reads them in its playout; the jitter buffer makes them.
//! They hold no state.

use std::time::Duration;

use crate::audio::AudioPacket;
use crate::stretch::Care;
use crate::units::TICK_SAMPLES;

/// What is invented at once while waiting for a packet: 5 ms, so that one that is a little late costs little delay.
pub const CONCEAL_SAMPLES: usize = TICK_SAMPLES / 2;

/// How a frame should be bent after decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bend {
    /// As it is.
    None,
    /// Shorter by at most this many samples.
    Shorten(usize, Care),
    /// Longer by at most this many samples.
    Lengthen(usize, Care),
    /// Without its first samples: they came too late and were invented already.
    Skip(usize),
}

/// Whose packet it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The frame's own.
    First,
    /// A later one, that carried a copy of the frame.
    Copy,
}

/// What became of a packet handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insertion {
    /// Waits for its turn.
    Queued,
    /// Its turn is over, or it is far from anything that was heard.
    Late,
    /// It was there before, or a copy of it was.
    Duplicate,
}

/// What to play next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing yet: there is still time to wait.
    Wait,
    /// Silence: nothing was ever heard, or the first packets are still being gathered.
    Silence,
    /// Decode this packet and bend it; report the result with [`JitterBuffer::bent`](crate::JitterBuffer::bent).
    Frame(AudioPacket, Bend),
    /// Restore so many samples from what a later packet carries of them; report with [`JitterBuffer::restored`](crate::JitterBuffer::restored).
    Restore {
        /// The packet that follows the hole; it stays in the buffer and is played in its turn.
        from: AudioPacket,
        /// Ticks from the start of the missing piece to the start of `from`.
        back: u32,
        /// Length of the piece: whole ticks, at most a frame of `from`'s length.
        samples: usize,
    },
    /// Invent this many samples.
    Conceal(usize),
}

/// Counters only grow; the two levels are of this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JitterStats {
    /// Packets heard, duplicates and copies not counted.
    pub received: u64,
    /// Packets that never came, in units of the usual frame length.
    pub lost: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Packets that came again.
    pub duplicates: u64,
    /// Frames played from a copy.
    pub copies: u64,
    /// Pieces restored by in-band FEC.
    pub fec: u64,
    /// Pieces restored by deep redundancy.
    pub dred: u64,
    /// Sound invented, in samples.
    pub concealed_samples: u64,
    /// Sound added or removed by bending, in samples.
    pub stretched_samples: u64,
    /// Sound between arrival and playing.
    pub buffer: Duration,
    /// What `buffer` should be.
    pub target: Duration,
}
