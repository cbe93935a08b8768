//! Pieces of frames: what the peer says a datagram is a part of.
//! The receiver of pictures reads them and keeps what they hold until their frame is whole.
//! What is accepted names a frame that can be, has a place in it, and encodes to the same bytes.

use ahoy_media::pieces::{MOST_DATA_PIECES, Piece};
use ahoy_media::video::MAX_VIDEO_FRAME_BYTES;
use bytes::Bytes;

/// Whether `data` is a piece.
pub fn check(data: &[u8]) -> bool {
    let bytes = Bytes::copy_from_slice(data);
    let Ok(piece) = Piece::from_datagram(&bytes) else { return false };
    let cut = piece.cut;
    assert!(cut.length() <= MAX_VIDEO_FRAME_BYTES && cut.data() <= MOST_DATA_PIECES);
    assert!(cut.data() * cut.piece() >= cut.length() && piece.bytes.len() == cut.piece());
    let place = cut.place(piece.index).expect("a place in its frame");
    assert!(place.block < cut.blocks());
    if !place.parity {
        assert_eq!(cut.data_index(place.block, place.at), usize::from(piece.index));
    }
    assert_eq!(piece.to_datagram(), bytes);
    true
}
