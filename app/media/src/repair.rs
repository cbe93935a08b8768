//! How a missing piece of sound was made good.
//! The decoder answers it, the jitter buffer counts it.
//! A wire copy of a whole frame is no repair: it is the frame.

/// What a piece of sound whose own packet is missing was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repair {
    /// In-band FEC: the coarse copy in the packet directly after it (RFC 6716 §2.1.7).
    Fec,
    /// Deep redundancy in a later packet (draft-ietf-mlcodec-opus-dred).
    Dred,
    /// Nothing: it was concealed, made up from the sound before.
    None,
}
