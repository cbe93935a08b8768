//! What a frame of the picture costs on the wire: its pieces with their headers, parity, and what is sent again.
//! Allocation turns its share of the way into a rate of the encoder with it, and back.
//! More data never costs less, and the two directions agree.

use crate::pieces::PIECE_HEADER_BYTES;
use crate::video::{MAX_REFERENCES, VIDEO_HEADER_BYTES};
use crate::voice_rate::PACKET_BYTES;

/// What every piece costs beside its data.
const HEADERS: f64 = (PACKET_BYTES + PIECE_HEADER_BYTES) as f64;

/// The frame's own header, inside the pieces.
const FRAME_HEADER_BYTES: f64 = (VIDEO_HEADER_BYTES + MAX_REFERENCES) as f64;

/// Data of a full piece: what a datagram holds on a way with QUIC's least packet.
const PIECE_DATA_BYTES: f64 = 1_130.0;

/// The last piece of a frame is half empty on average.
const LAST_PIECE: f64 = 0.5;

/// Frames vary in size, and each has whole pieces and whole parity pieces.
const FRAME_SIZES: [f64; 3] = [0.7, 1.0, 1.3];

/// A share of whole pieces is not rounded up to one more.
const ROUNDING: f64 = 1e-9;

/// The price of bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FrameCost {
    /// Pieces sent for each one that is needed: with parity, and with those sent again.
    sent: f64,
}

impl FrameCost {
    /// With `redundancy` parity pieces for each one of frames of about `data` bytes, where `loss` (a share) of all is lost.
    pub(crate) fn new(redundancy: f64, data: f64, loss: f64) -> Self {
        let (mut needed, mut sent) = (0.0, 0.0);
        for share in FRAME_SIZES {
            let pieces = (share * (data + FRAME_HEADER_BYTES) / PIECE_DATA_BYTES).ceil();
            let parity = (redundancy * pieces - ROUNDING).ceil().max(0.0);
            let all = pieces + parity;
            needed += pieces;
            sent += all + unrestored(all, parity, loss) / (1.0 - loss);
        }
        Self { sent: sent / needed }
    }

    /// Wire bytes of a frame with `data` bytes from the encoder.
    pub(crate) fn wire(self, data: f64) -> f64 {
        let whole = data + FRAME_HEADER_BYTES;
        self.sent * (whole + pieces(whole) * HEADERS)
    }

    /// Bytes that the encoder may make of a frame for `wire` bytes: none when the headers alone cost more.
    pub(crate) fn data(self, wire: f64) -> f64 {
        let carried = wire / self.sent;
        let single = carried - HEADERS;
        let whole = if single <= PIECE_DATA_BYTES * (1.0 - LAST_PIECE) {
            single
        } else {
            (carried - LAST_PIECE * HEADERS) / (1.0 + HEADERS / PIECE_DATA_BYTES)
        };
        (whole - FRAME_HEADER_BYTES).max(0.0)
    }
}

/// Pieces of frames with about so many bytes from the encoder.
pub(crate) fn pieces_of(data: f64) -> usize {
    // A small number: the rate that the limits allow is at most some hundred kilobytes a frame.
    pieces(data + FRAME_HEADER_BYTES).round() as usize
}

fn pieces(whole: f64) -> f64 {
    (whole / PIECE_DATA_BYTES + LAST_PIECE).max(1.0)
}

/// How many pieces of `all` are lost beyond those that `parity` restores, where each is with probability `loss`.
fn unrestored(all: f64, parity: f64, loss: f64) -> f64 {
    // The mean of the losses, less the parity that is there, and that which is not needed: binomial from 0 losses on.
    let (mut lost, mut probability) = (0.0, (1.0 - loss).powf(all));
    let mut beyond = all * loss - parity;
    while lost < parity {
        beyond += (parity - lost) * probability;
        probability *= (all - lost) / (lost + 1.0) * loss / (1.0 - loss);
        lost += 1.0;
    }
    beyond.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_agree_and_rise() {
        for cost in
            [FrameCost::new(0.0, 300.0, 0.0), FrameCost::new(0.5, 4_000.0, 0.2), FrameCost::new(1.0, 300.0, 0.3)]
        {
            let mut last = 0.0;
            for data in (1..5_000).map(f64::from) {
                let wire = cost.wire(data);
                assert!(wire > last && (cost.data(wire) - data).abs() < 1e-6, "{cost:?} {data}");
                last = wire;
            }
            assert_eq!((cost.data(0.0), cost.data(89.0)), (0.0, 0.0), "headers alone cost as much");
        }
    }

    #[test]
    fn headers_weigh_most_on_small_frames() {
        let plain = FrameCost::new(0.0, 300.0, 0.0);
        // One piece: 57 + 12 + 20 bytes of headers.
        assert_eq!(plain.wire(300.0), 389.0);
        let share = |data: f64| 1.0 - data / plain.wire(data);
        assert!(share(100.0) > 0.4 && share(10_000.0) < 0.07, "{} {}", share(100.0), share(10_000.0));
        assert_eq!(FrameCost::new(0.2, 300.0, 0.0).wire(300.0), 2.0 * 389.0, "parity is whole pieces");
    }

    #[test]
    fn what_parity_does_not_restore_is_sent_again() {
        let near = |have: f64, want: f64| (have - want).abs() < 1e-9;
        assert!(near(unrestored(4.0, 0.0, 0.2), 0.8));
        // Both lost of which one is restored; two or all three lost.
        assert!(near(unrestored(2.0, 1.0, 0.2), 0.04));
        assert!(near(unrestored(3.0, 1.0, 0.5), 3.0 / 8.0 + 2.0 / 8.0));
        assert!(unrestored(2_000.0, 10.0, 0.9) > 1_780.0, "no overflow");
    }
}
