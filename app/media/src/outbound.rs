//! One frame on its way out: its pieces, which of them left, and which the receiver is known to have.
//! `FrameSender` keeps one for each frame that may still be repaired.
//! A piece is repeated only while its block has too few that landed, fly or wait; the repeats of a frame are bounded.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::audio::WireError;
use crate::parity;
use crate::pieces::Cut;
use crate::units::LocalTime;

/// Repeats of a frame at most: enough for any link that still carries pictures, and a bound to what a peer can ask for.
const REPEATS_A_PIECE: usize = 2;
const MORE_REPEATS: usize = 8;

/// Parity pieces for a data piece at most: three protect a frame of one piece on any link that still carries pictures.
const MOST_REDUNDANCY: f64 = 3.0;

/// A number of pieces that went through a division is still the same number.
const ROUNDING: f64 = 1e-6;

/// What is known of one piece.
#[derive(Clone, Copy, Debug, Default)]
struct Fate {
    /// Datagrams under way that carry it.
    flying: u16,
    /// It waits to be repeated.
    queued: bool,
    landed: bool,
}

/// A frame.
#[derive(Debug)]
pub(crate) struct Outbound {
    pub(crate) sequence: u32,
    pub(crate) deadline: LocalTime,
    pub(crate) cut: Cut,
    data: Bytes,
    parity: Vec<Bytes>,
    fates: Vec<Fate>,
    /// Pieces before this one have left.
    next: u16,
    again: VecDeque<u16>,
    repeats_left: usize,
}

impl Outbound {
    /// Cuts a frame into pieces that fit into `room`, and adds `redundancy` parity pieces for each of them, rounded up.
    pub(crate) fn new(
        data: Bytes,
        sequence: u32,
        deadline: LocalTime,
        redundancy: f64,
        room: usize,
    ) -> Result<Self, WireError> {
        let cut = Cut::new(data.len(), room)?;
        // What is no number is none.
        let wanted = (redundancy.clamp(0.0, MOST_REDUNDANCY) * cut.data() as f64 - ROUNDING).ceil() as usize;
        let mut frame = Self {
            sequence,
            deadline,
            cut,
            data,
            parity: Vec::new(),
            fates: Vec::new(),
            next: 0,
            again: VecDeque::new(),
            repeats_left: cut.data() * REPEATS_A_PIECE + MORE_REPEATS,
        };
        frame.parity = (0..wanted.min(cut.most_parity())).map(|nth| frame.parity_piece(nth)).collect();
        frame.fates = vec![Fate::default(); cut.data() + frame.parity.len()];
        Ok(frame)
    }

    fn parity_piece(&self, nth: usize) -> Bytes {
        let block = nth % self.cut.blocks();
        // At most 64 columns and 192 rows a block.
        let row = (nth / self.cut.blocks()) as u8;
        let columns = 0..self.cut.block_data(block) as u8;
        let data = columns.map(|column| (column, self.data_piece(self.cut.data_index(block, column))));
        parity::parity(row, data, self.cut.piece()).into()
    }

    /// A data piece; the last one may be shorter.
    fn data_piece(&self, index: usize) -> &[u8] {
        let from = index * self.cut.piece();
        &self.data[from..self.data.len().min(from + self.cut.piece())]
    }

    /// The bytes of a piece.
    pub(crate) fn piece(&self, index: u16) -> Bytes {
        let index = usize::from(index);
        match index.checked_sub(self.cut.data()) {
            Some(nth) => self.parity[nth].clone(),
            None => self.data.slice_ref(self.data_piece(index)),
        }
    }

    /// Whether a piece is made of others.
    pub(crate) fn is_parity(&self, index: u16) -> bool {
        usize::from(index) >= self.cut.data()
    }

    /// Pieces that have not left for the first time.
    pub(crate) fn unsent(&self) -> usize {
        self.fates.len() - usize::from(self.next)
    }

    /// Whether pieces wait to be repeated.
    pub(crate) fn repeats(&self) -> bool {
        !self.again.is_empty()
    }

    /// The next piece that leaves for the first time.
    pub(crate) fn take_first(&mut self) -> Option<u16> {
        let index = self.next;
        self.fates.get_mut(usize::from(index))?.flying += 1;
        self.next += 1;
        Some(index)
    }

    /// The next piece that leaves again.
    pub(crate) fn take_again(&mut self) -> Option<u16> {
        while let Some(index) = self.again.pop_front() {
            let fate = &mut self.fates[usize::from(index)];
            fate.queued = false;
            if !fate.landed {
                fate.flying += 1;
                return Some(index);
            }
        }
        None
    }

    /// A datagram with this piece arrived.
    pub(crate) fn landed(&mut self, index: u16) {
        if let Some(fate) = self.fates.get_mut(usize::from(index)) {
            *fate = Fate { landed: true, flying: fate.flying.saturating_sub(1), ..*fate };
        }
    }

    /// A datagram with this piece was lost.
    pub(crate) fn lost(&mut self, index: u16) {
        if let Some(fate) = self.fates.get_mut(usize::from(index)) {
            fate.flying = fate.flying.saturating_sub(1);
        }
    }

    /// Whether the receiver has enough of every block.
    pub(crate) fn complete(&self) -> bool {
        (0..self.cut.blocks()).all(|block| self.count(block, |fate, _| fate.landed) >= self.cut.block_data(block))
    }

    /// Queues what must be repeated: as many pieces of each block as it has too few, and `spare` more.
    pub(crate) fn mend(&mut self, spare: usize) {
        for block in 0..self.cut.blocks() {
            let sure = self.count(block, |fate, waits| fate.landed || fate.queued || fate.flying > 0 || waits);
            let missing = self.cut.block_data(block).saturating_sub(sure);
            if missing == 0 {
                continue;
            }
            let columns = 0..self.cut.block_data(block) as u8;
            let gone: Vec<u16> = columns
                .map(|column| self.cut.data_index(block, column) as u16)
                .filter(|index| {
                    let fate = self.fates[usize::from(*index)];
                    *index < self.next && !fate.landed && !fate.queued && fate.flying == 0
                })
                .collect();
            // With a spare one and nothing else missing the same piece goes twice.
            for index in gone.into_iter().cycle().take(missing + spare) {
                self.repeat(index);
            }
        }
    }

    /// Queues one piece.
    pub(crate) fn repeat(&mut self, index: u16) {
        if self.repeats_left > 0 {
            self.repeats_left -= 1;
            self.fates[usize::from(index)].queued = true;
            self.again.push_back(index);
        }
    }

    /// Pieces of a block of which something holds; it is also told whether they have yet to leave for the first time.
    fn count(&self, block: usize, holds: impl Fn(&Fate, bool) -> bool) -> usize {
        let blocks = self.cut.blocks();
        // Data and parity go round among the blocks, each from the first.
        let data = (block..self.cut.data()).step_by(blocks);
        let parity = (self.cut.data() + block..self.fates.len()).step_by(blocks);
        data.chain(parity).filter(|index| holds(&self.fates[*index], *index >= usize::from(self.next))).count()
    }
}
