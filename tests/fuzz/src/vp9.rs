//! The picture decoder, driven by the frames of a peer: real ones of two sizes, damaged ones, cut ones, forged ones.
//! The decode thread owns it and hands over whatever was announced with a size that a picture may have.
//! A picture has the announced size; what is refused leaves no trace; a key frame heals everything.

use std::sync::OnceLock;

use ahoy_codec::{CodecError, Vp9Config, Vp9Decoder, Vp9Encoder};
use ahoy_media::{Coding, Kbps, Picture, Size};

use crate::tape::Tape;

/// Frames decoded for one input at most, so that none takes long.
const MOST_FRAMES: usize = 48;

/// Frames of the stream: the second half is larger, predicted from the first.
const KEPT: usize = 8;

const SMALL: Size = Size::new(64, 48);
const LARGE: Size = Size::new(128, 96);

/// Whether any picture came out of what the peer did.
pub fn check(data: &[u8]) -> bool {
    let mut tape = Tape(data);
    let mut story = Story { decoder: Vp9Decoder::new().expect("memory for a decoder"), at: None, fed: 0, shown: 0 };
    while story.fed < MOST_FRAMES && story.step(&mut tape).is_some() {}
    story.next(0);
    story.shown > 1
}

struct Story {
    decoder: Vp9Decoder,
    /// The frame of the stream that the decoder holds, when nothing else touched it since.
    at: Option<usize>,
    fed: usize,
    shown: usize,
}

struct Real {
    size: Size,
    data: Vec<u8>,
    shown: Picture,
}

impl Story {
    fn step(&mut self, tape: &mut Tape) -> Option<()> {
        match tape.roll(6)? {
            0 | 1 => self.next(self.at.map_or(0, |at| (at + 1) % KEPT)),
            2 => self.next(0),
            3 => {
                let real = pick(tape)?;
                let mut data = real.data.clone();
                for _ in 0..tape.roll(8)? {
                    let at = usize::from(tape.word()?) % data.len();
                    data[at] = tape.byte()?;
                }
                self.feed(&data, real.size);
            }
            4 => {
                let real = pick(tape)?;
                let length = usize::from(tape.word()?) % real.data.len();
                self.feed(&real.data[..length], real.size);
            }
            _ => {
                let real = pick(tape)?;
                let head: Option<Vec<u8>> = (0..tape.roll(32)?).map(|_| tape.byte()).collect();
                let tail = real.data.get(usize::from(tape.byte()?)..).unwrap_or_default();
                let size = Size::new(tape.word()?, tape.word()?);
                self.feed(&[&head?[..], tail].concat(), if size.width.is_multiple_of(2) { real.size } else { size });
            }
        }
        Some(())
    }

    /// The frame at `place` of the stream: it comes out as it was made if what it builds on is there.
    fn next(&mut self, place: usize) {
        let real = &stream()[place];
        let follows = place == 0 || self.at == Some(place - 1);
        match self.decoder.decode(&real.data, real.size) {
            Ok(picture) => assert!(!follows || picture == real.shown, "another picture than was made"),
            Err(error) => assert!(!follows, "a good frame: {error}"),
        }
        self.at = follows.then_some(place);
        self.shown += usize::from(follows);
        self.fed += 1;
    }

    fn feed(&mut self, data: &[u8], size: Size) {
        self.fed += 1;
        match self.decoder.decode(data, size) {
            Ok(picture) => {
                assert_eq!(picture.size(), size, "another size than announced");
                self.at = None;
            }
            Err(CodecError::FrameRefused(_)) => {}
            Err(CodecError::KeyFrameNeeded) => self.at = None,
            Err(other) => panic!("{other}"),
        }
    }
}

fn pick(tape: &mut Tape) -> Option<&'static Real> {
    Some(&stream()[usize::from(tape.byte()?) % KEPT])
}

fn stream() -> &'static [Real] {
    static STREAM: OnceLock<Vec<Real>> = OnceLock::new();
    STREAM.get_or_init(|| {
        let config = Vp9Config { max_size: LARGE, kbps: Kbps(100), fps: 24, threads: 1 };
        let mut encoder = Vp9Encoder::new(config).expect("memory for an encoder");
        let mut decoder = Vp9Decoder::new().expect("memory for a decoder");
        let frame = |n: usize| {
            let size = if n < KEPT / 2 { SMALL } else { LARGE };
            let coding = if n == 0 { Coding::KEY } else { Coding::CHAIN };
            let data = encoder.encode(&drawn(size, n), coding).expect("a picture").data.to_vec();
            let shown = decoder.decode(&data, size).expect("a good frame");
            Real { size, data, shown }
        };
        (0..KEPT).map(frame).collect()
    })
}

/// Stripes that move.
fn drawn(size: Size, n: usize) -> Picture {
    let mut picture = Picture::black(size);
    let (luma, ..) = picture.planes_mut();
    luma.iter_mut().enumerate().for_each(|(at, pixel)| *pixel = ((at * 3 + n * 11) % 180 + at % 23) as u8);
    picture
}
