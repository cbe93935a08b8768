//! Layouts of real frames, whole and cut, and sizes told anew.

use ahoy_media::{Buffers, Coding, Kbps};

use super::*;
use crate::synthetic::scene;
use crate::vp9_decoder::Vp9Decoder;
use crate::vp9_encoder::{Vp9Config, Vp9Encoder};
use crate::vp9_header::{FrameSize, vp9_gate};

fn frames(size: Size) -> Vec<Bytes> {
    let config = Vp9Config { max_size: size, kbps: Kbps(800), fps: 24, threads: 4 };
    let mut encoder = Vp9Encoder::new(config).unwrap();
    (0..4).map(|n| encoder.encode(&scene(size, n), Coding::CHAIN).unwrap().data).collect()
}

#[test]
fn the_parts_of_real_frames_are_found() {
    for (size, tiles) in [(Size::new(160, 128), 1), (Size::VGA, 2), (Size::new(1_280, 720), 4)] {
        for frame in frames(size) {
            let header = vp9_gate(&frame).unwrap();
            assert!(header.error_resilient, "frames may be lost");
            let layout = layout_of(&frame, &header, size).unwrap();
            assert_eq!(layout.tiles, tiles, "{size}");
            assert!(layout.second_header > 0);
            // All that comes before the last tile; libvpx finds out what is cut off that one.
            let least = layout.header_bits.div_ceil(8) + layout.second_header + (tiles - 1) * (TILE_LENGTH_BYTES + 1);
            for length in 9..=least {
                assert_eq!(layout_of(&frame[..length], &header, size), Err(FrameFault::Cut), "{size}, {length} bytes");
            }
        }
    }
}

#[test]
fn a_size_written_out_means_the_same() {
    let size = Size::new(160, 128);
    let (mut decoder, mut other) = (Vp9Decoder::new().unwrap(), Vp9Decoder::new().unwrap());
    for frame in frames(size) {
        let header = vp9_gate(&frame).unwrap();
        let told = if header.key { frame.clone() } else { with_own_size(&frame, &header, size).unwrap() };
        if !header.key {
            assert_eq!(header.size, FrameSize::OfReference(0));
            let again = vp9_gate(&told).unwrap();
            assert_eq!(again, FrameHeader { size: FrameSize::Own(size), size_end: again.size_end, ..header });
            assert_ne!(told, frame);
        }
        assert_eq!(decoder.decode(&frame, size).unwrap(), other.decode(&told, size).unwrap());
    }
}

#[test]
fn the_encoder_takes_no_size_from_a_picture_that_a_frame_may_not_use() {
    let size = Size::new(160, 128);
    let config = Vp9Config { max_size: size, kbps: Kbps(800), fps: 24, threads: 1 };
    let mut encoder = Vp9Encoder::new(config).unwrap();
    let golden = Buffers { golden: true, ..Buffers::NONE };
    for (coding, told) in
        [(Coding::KEY, true), (Coding::CHAIN, false), (Coding { uses: golden, ..Coding::CHAIN }, true)]
    {
        let frame = encoder.encode(&scene(size, 0), coding).unwrap();
        assert_eq!(matches!(vp9_gate(&frame.data).unwrap().size, FrameSize::Own(_)), told, "{coding:?}");
    }
}
