//! A frame cut into pieces of equal length, one a datagram, and the wire form of a piece.
//! `FrameSender` writes them, `FrameReceiver` reads them; what a piece says of its frame is checked before it is kept.
//! A frame's geometry follows from two numbers, its length and its pieces' length, so that every piece tells all of it.

use bytes::{BufMut, Bytes, BytesMut};

use crate::audio::{WireError, split};
use crate::parity::{MOST_BLOCK_DATA, MOST_BLOCK_PARITY};
use crate::video::MAX_VIDEO_FRAME_BYTES;

/// First byte of a datagram that holds a piece of a frame.
pub const PIECE_KIND: u8 = 4;

/// Header: `[1 kind][2 number, low 16 bits][4 frame's sequence][3 frame's length][2 index]`, big endian. The piece's bytes
/// follow up to the end of the datagram.
pub const PIECE_HEADER_BYTES: usize = 12;

/// Most data pieces of a frame: the longest frame in pieces of 512 bytes, less than any path that QUIC takes carries.
pub const MOST_DATA_PIECES: usize = 1_024;

/// Shortest room for a piece with which the longest frame keeps to [`MOST_DATA_PIECES`].
pub const LEAST_PIECE_ROOM: usize = MAX_VIDEO_FRAME_BYTES / MOST_DATA_PIECES;

/// How a frame is cut.
///
/// Data piece `i` holds the frame's bytes from `i * piece` on; zeros fill up the last one. Large frames are several blocks,
/// each with parity of its own; the pieces go round among them, so that a burst of losses spreads over all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    length: usize,
    piece: usize,
}

/// Where a piece belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its block.
    pub block: usize,
    /// Its column (data) or row (parity) there.
    pub at: u8,
    /// Whether it is made of the block's data.
    pub parity: bool,
}

impl Cut {
    /// As few pieces as have room, all of one length; `room` is at least [`LEAST_PIECE_ROOM`].
    ///
    /// # Errors
    /// [`WireError`] when a frame cannot have this length.
    pub fn new(length: usize, room: usize) -> Result<Self, WireError> {
        let pieces = length.div_ceil(room.max(LEAST_PIECE_ROOM)).max(1);
        Self::of(length, length.div_ceil(pieces))
    }

    /// The cut of a frame that has a piece of this length.
    fn of(length: usize, piece: usize) -> Result<Self, WireError> {
        if length > MAX_VIDEO_FRAME_BYTES {
            return Err(WireError::Oversized { have: length, cap: MAX_VIDEO_FRAME_BYTES });
        }
        if length == 0 || piece == 0 || piece > length || length.div_ceil(piece) > MOST_DATA_PIECES {
            return Err(WireError::Field("length of a piece"));
        }
        Ok(Self { length, piece })
    }

    /// Bytes of the frame.
    #[must_use]
    pub fn length(self) -> usize {
        self.length
    }

    /// Bytes of each piece.
    #[must_use]
    pub fn piece(self) -> usize {
        self.piece
    }

    /// Data pieces.
    #[must_use]
    pub fn data(self) -> usize {
        self.length.div_ceil(self.piece)
    }

    /// Blocks.
    #[must_use]
    pub fn blocks(self) -> usize {
        self.data().div_ceil(MOST_BLOCK_DATA)
    }

    /// Data pieces of a block.
    #[must_use]
    pub fn block_data(self, block: usize) -> usize {
        (self.data() - block).div_ceil(self.blocks())
    }

    /// Parity pieces of all blocks at most.
    #[must_use]
    pub fn most_parity(self) -> usize {
        self.blocks() * MOST_BLOCK_PARITY
    }

    /// Where the piece with this index belongs: data pieces come first, parity pieces after them.
    #[must_use]
    pub fn place(self, index: u16) -> Option<Place> {
        let index = usize::from(index);
        let (nth, parity) = index.checked_sub(self.data()).map_or((index, false), |nth| (nth, true));
        if parity && nth >= self.most_parity() {
            return None;
        }
        // At most 192 a block.
        Some(Place { block: nth % self.blocks(), at: (nth / self.blocks()) as u8, parity })
    }

    /// The index of a data piece.
    #[must_use]
    pub fn data_index(self, block: usize, column: u8) -> usize {
        usize::from(column) * self.blocks() + block
    }
}

/// One piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Low bits of the number that only this datagram has.
    pub number: u16,
    /// The frame's sequence.
    pub sequence: u32,
    /// How the frame is cut.
    pub cut: Cut,
    /// Which of its pieces this is.
    pub index: u16,
    /// The bytes.
    pub bytes: Bytes,
}

impl Piece {
    /// The wire form.
    #[must_use]
    pub fn to_datagram(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(PIECE_HEADER_BYTES + self.cut.piece);
        out.put_u8(PIECE_KIND);
        out.put_u16(self.number);
        out.put_u32(self.sequence);
        out.put_uint(self.cut.length as u64, 3);
        out.put_u16(self.index);
        out.put_slice(&self.bytes);
        // The last data piece of a frame may be shorter than the others.
        out.resize(PIECE_HEADER_BYTES + self.cut.piece, 0);
        out.freeze()
    }

    /// Reads the wire form; the bytes stay where they are.
    ///
    /// # Errors
    /// [`WireError`] when it is of another kind, has no bytes, or names a frame that cannot be.
    pub fn from_datagram(datagram: &Bytes) -> Result<Self, WireError> {
        let ([kind, n1, n0, s3, s2, s1, s0, l2, l1, l0, i1, i0], bytes) = split::<PIECE_HEADER_BYTES>(datagram)?;
        if kind != PIECE_KIND {
            return Err(WireError::Kind(kind));
        }
        let length = u32::from_be_bytes([0, l2, l1, l0]) as usize;
        let piece = Self {
            number: u16::from_be_bytes([n1, n0]),
            sequence: u32::from_be_bytes([s3, s2, s1, s0]),
            cut: Cut::of(length, bytes.len())?,
            index: u16::from_be_bytes([i1, i0]),
            bytes,
        };
        let _ = piece.cut.place(piece.index).ok_or(WireError::Field("index of a piece"))?;
        Ok(piece)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn golden_bytes() {
        let cut = Cut::new(0x0503, 1_136).unwrap();
        assert_eq!((cut.data(), cut.piece(), cut.blocks()), (2, 642, 1));
        let bytes = Bytes::from(vec![9; 641]);
        let datagram = Piece { number: 0x0102, sequence: 0x1112_1314, cut, index: 1, bytes }.to_datagram();
        assert_eq!(&datagram[..13], [4, 1, 2, 0x11, 0x12, 0x13, 0x14, 0, 5, 3, 0, 1, 9]);
        assert_eq!((datagram.len(), &datagram[652..]), (12 + 642, &[9, 0][..]));
        let piece = Piece::from_datagram(&datagram).unwrap();
        assert_eq!((piece.number, piece.sequence, piece.cut, piece.index), (0x0102, 0x1112_1314, cut, 1));
        assert_eq!((piece.bytes.len(), piece.to_datagram()), (642, datagram));
    }

    #[test]
    fn garbage_is_a_typed_error() {
        let read = |bytes: &[u8]| Piece::from_datagram(&Bytes::copy_from_slice(bytes)).unwrap_err();
        assert_eq!(read(&[4; 11]), WireError::Short { have: 11, need: 12 });
        assert_eq!(read(&[1; 13]), WireError::Kind(1));
        let piece = |length: u32, index: u16, bytes: usize| {
            let [_, l2, l1, l0] = length.to_be_bytes();
            let [i1, i0] = index.to_be_bytes();
            read(&[&[4, 0, 0, 0, 0, 0, 0, l2, l1, l0, i1, i0][..], &vec![0; bytes]].concat())
        };
        let length = WireError::Field("length of a piece");
        assert_eq!([piece(0, 0, 1), piece(9, 0, 0), piece(9, 0, 10), piece(2_000, 0, 1)], [length; 4]);
        let cap = MAX_VIDEO_FRAME_BYTES;
        assert_eq!(piece(0x08_0001, 0, 600), WireError::Oversized { have: cap + 1, cap });
        assert_eq!(piece(9, 1 + MOST_BLOCK_PARITY as u16, 9), WireError::Field("index of a piece"));
    }

    proptest! {
        #[test]
        fn every_frame_is_cut_into_even_blocks_and_its_cut_is_read_from_any_piece(
            length in 1..=MAX_VIDEO_FRAME_BYTES,
            room in LEAST_PIECE_ROOM..1_500,
        ) {
            let cut = Cut::new(length, room).unwrap();
            prop_assert_eq!(Cut::of(length, cut.piece()), Ok(cut));
            prop_assert_eq!(cut.data(), length.div_ceil(room));
            prop_assert!(cut.piece() <= room && cut.data() * cut.piece() - length < cut.data());
            let sizes: Vec<usize> = (0..cut.blocks()).map(|block| cut.block_data(block)).collect();
            prop_assert_eq!(sizes.iter().sum::<usize>(), cut.data());
            prop_assert!(sizes.iter().all(|size| (1..=MOST_BLOCK_DATA).contains(size) && sizes[0] - size <= 1));
            for index in 0..cut.data() {
                let place = cut.place(index as u16).unwrap();
                prop_assert!(!place.parity && usize::from(place.at) < cut.block_data(place.block));
                prop_assert_eq!(cut.data_index(place.block, place.at), index);
            }
            let last = (cut.data() + cut.most_parity() - 1) as u16;
            prop_assert!(cut.place(last).is_some_and(|place| place.parity) && cut.place(last + 1).is_none());
        }
    }
}
