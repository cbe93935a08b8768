//! One frame on its way in: the pieces that came, until each block has as many as it has data.
//! `FrameReceiver` keeps one for each frame that is not whole yet.
//! The order of pieces, their repetition and which of them are parity make no difference to the bytes that come out.

use bytes::{Bytes, BytesMut};

use crate::audio::WireError;
use crate::parity::{self, Member};
use crate::pieces::{Cut, Piece};

/// What a piece did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// It was here before, or its block is whole without it.
    Again,
    /// It is kept.
    New,
    /// It made the frame whole.
    Whole(Bytes),
}

/// A frame.
#[derive(Debug)]
pub(crate) struct Inbound {
    cut: Cut,
    /// The data pieces in order; zeros where one is missing.
    data: BytesMut,
    /// Which data pieces are here.
    have: Vec<bool>,
    blocks: Vec<Block>,
    /// Blocks that are not whole.
    open: usize,
    restored: usize,
}

#[derive(Debug)]
struct Block {
    /// Data pieces that are missing.
    missing: usize,
    /// Rows of the parity that came, and its bytes.
    parity: Vec<(u8, Bytes)>,
}

impl Inbound {
    /// Nothing has come.
    pub(crate) fn new(cut: Cut) -> Self {
        let blocks = (0..cut.blocks()).map(|block| Block { missing: cut.block_data(block), parity: Vec::new() });
        Self {
            cut,
            data: BytesMut::zeroed(cut.data() * cut.piece()),
            have: vec![false; cut.data()],
            blocks: blocks.collect(),
            open: cut.blocks(),
            restored: 0,
        }
    }

    /// Bytes held, parity included.
    pub(crate) fn held(&self) -> usize {
        let parity: usize = self.blocks.iter().map(|block| block.parity.len()).sum();
        self.data.len() + parity * self.cut.piece()
    }

    /// Data pieces that were made out of others.
    pub(crate) fn restored(&self) -> usize {
        self.restored
    }

    /// Takes a piece.
    ///
    /// # Errors
    /// [`WireError`] when it belongs to a frame that is cut in another way; nothing changes.
    pub(crate) fn add(&mut self, piece: &Piece) -> Result<Added, WireError> {
        let Some(place) = self.cut.place(piece.index).filter(|_| piece.cut == self.cut) else {
            return Err(WireError::Field("piece of another frame"));
        };
        let block = &mut self.blocks[place.block];
        if block.missing == 0 {
            return Ok(Added::Again);
        }
        if place.parity {
            if block.parity.iter().any(|(row, _)| *row == place.at) {
                return Ok(Added::Again);
            }
            // A copy, since the datagram may be a small part of a large buffer.
            block.parity.push((place.at, Bytes::copy_from_slice(&piece.bytes)));
        } else {
            let index = usize::from(piece.index);
            if std::mem::replace(&mut self.have[index], true) {
                return Ok(Added::Again);
            }
            self.data[index * self.cut.piece()..][..self.cut.piece()].copy_from_slice(&piece.bytes);
            block.missing -= 1;
        }
        if block.missing > block.parity.len() {
            return Ok(Added::New);
        }
        self.restore(place.block);
        self.open -= 1;
        if self.open > 0 {
            return Ok(Added::New);
        }
        let mut whole = std::mem::take(&mut self.data);
        whole.truncate(self.cut.length());
        Ok(Added::Whole(whole.freeze()))
    }

    /// Fills in what a block lacks, which its parity is enough for.
    fn restore(&mut self, block: usize) {
        let (cut, have, data) = (self.cut, &mut self.have, &mut self.data);
        let Block { missing, parity } = &mut self.blocks[block];
        // At most 64 columns a block.
        let columns = 0..cut.block_data(block) as u8;
        let (there, gone): (Vec<u8>, Vec<u8>) = columns.partition(|column| have[cut.data_index(block, *column)]);
        if !gone.is_empty() {
            let at = |column: u8| cut.data_index(block, column) * cut.piece();
            let data_there: Vec<Member<'_>> =
                there.iter().map(|column| (*column, &data[at(*column)..][..cut.piece()])).collect();
            let rows: Vec<Member<'_>> = parity.iter().take(gone.len()).map(|(row, bytes)| (*row, &bytes[..])).collect();
            let restored = parity::restore(&gone, &data_there, &rows);
            for (column, bytes) in gone.iter().zip(restored) {
                data[at(*column)..][..cut.piece()].copy_from_slice(&bytes);
                have[cut.data_index(block, *column)] = true;
            }
        }
        self.restored += *missing;
        *missing = 0;
        parity.clear();
    }
}
