//! What can go wrong in a codec, cut by what the caller can do about it.
//! Every function of this crate that can fail returns it.
//! Text names the cause and the cure; bytes of the peer never appear in it.

use ahoy_media::Size;

/// Why a codec did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The peer sent a sound packet that is not Opus: count it and conceal its time.
    #[error("sound packet refused: {0}; drop it and conceal the gap")]
    PacketRefused(PacketFault),
    /// The peer sent a picture frame outside our subset of VP9: count it and drop it; the decoder was not touched.
    #[error("picture frame refused: {0}; drop it, the decoder still holds its references")]
    FrameRefused(FrameFault),
    /// The decoder has no picture that this frame builds on, or lost it in a damaged frame: ask the peer for a key frame.
    #[error("the decoder has no reference for this frame; ask the sender for a key frame")]
    KeyFrameNeeded,
    /// Our own caller asked for what the codec cannot do: correct the argument.
    #[error("codec argument out of range: {0}")]
    Argument(&'static str),
    /// A picture is larger than the encoder was opened for: open one with a larger `max_size`.
    #[error("picture of {picture} is larger than the encoder's limit of {limit}; open an encoder with that size")]
    PictureTooLarge {
        /// The picture given.
        picture: Size,
        /// The encoder's `max_size`.
        limit: Size,
    },
    /// The C library refused: drop this codec and open a new one.
    #[error("{call} failed with code {code}; open the codec anew")]
    Library {
        /// The C function.
        call: &'static str,
        /// Its result.
        code: i32,
    },
}

/// What is wrong with a sound packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PacketFault {
    /// No bytes at all.
    #[error("it is empty")]
    Empty,
    /// More bytes than the largest Opus packet of a call.
    #[error("it has {0} bytes, more than an Opus packet may have")]
    TooLong(usize),
    /// Its frame lengths contradict its size (RFC 6716 §3.4).
    #[error("its frame lengths contradict its size")]
    Malformed,
    /// The decoder found its content broken.
    #[error("its content is broken")]
    Broken,
}

/// What is wrong with a picture frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// It ends inside its header.
    #[error("it ends inside its header")]
    Cut,
    /// More bytes than a frame of a call may have.
    #[error("it has {0} bytes, more than a frame may have")]
    TooLong(usize),
    /// The first two bits are not VP9's marker.
    #[error("it does not start with the VP9 frame marker")]
    Marker,
    /// A profile other than 0 (8 bit, 4:2:0).
    #[error("it uses profile {0}, only 0 is spoken here")]
    Profile(u8),
    /// It repeats an old picture instead of carrying one.
    #[error("it repeats an old picture")]
    Repeat,
    /// It is not to be shown.
    #[error("it is hidden")]
    Hidden,
    /// Several frames in one, or a tail that looks like it.
    #[error("it bundles several frames")]
    Superframe,
    /// A key frame without VP9's sync code.
    #[error("its sync code is wrong")]
    SyncCode,
    /// RGB, which profile 0 does not have, or a reserved value.
    #[error("its colour space is not 4:2:0")]
    Colour,
    /// A part of it is empty.
    #[error("a part of it is empty")]
    Parts,
    /// No picture it names may be scaled to its size.
    #[error("it is {0}, out of reach of all its references")]
    Scale(Size),
    /// A side above the limit.
    #[error("it is {width}x{height}, above the limit a side")]
    TooLarge {
        /// Pixels a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Its size is not the announced one.
    #[error("it is {found}, announced was {announced}")]
    OtherSize {
        /// In the frame.
        found: Size,
        /// In the message that carried it.
        announced: Size,
    },
}

impl From<PacketFault> for CodecError {
    fn from(fault: PacketFault) -> Self {
        Self::PacketRefused(fault)
    }
}

impl From<FrameFault> for CodecError {
    fn from(fault: FrameFault) -> Self {
        Self::FrameRefused(fault)
    }
}
