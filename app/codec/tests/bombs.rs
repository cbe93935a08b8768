//! Frames that a hostile peer could make by hand: each is refused or harmless, and the memory of the process stays flat.
//! One test in a process of its own, so that nothing else moves the memory that it measures.

use ahoy_codec::{CodecError, Vp9Config, Vp9Decoder, Vp9Encoder};
use ahoy_media::{Coding, Kbps, Picture, Size};

const SIZE: Size = Size::new(160, 128);
/// Rounds of all bombs after the first, in which buffers grow to their largest.
const ROUNDS: usize = 10;
/// What the allocator may keep on top: far less than one picture of the largest size in each round.
const FLAT_BYTES: usize = 4 * 1024 * 1024;
/// Every bomb is announced with its own size where it has one, so that the announcement is no defence.
type Bomb = (Size, Vec<u8>);

/// A header by hand (VP9 bitstream specification 0.6, §6.2); the default is a whole key frame of [`SIZE`] with noise for its content.
#[derive(Clone)]
struct Forged {
    profile: u32,
    repeats: bool,
    key: bool,
    shown: bool,
    resilient: bool,
    sync: u32,
    colour: u32,
    references: [u32; 3],
    refresh: u32,
    /// The reference that has the size; no one: it is written out.
    like: Option<usize>,
    size: (u32, u32),
    shown_at: Option<(u32, u32)>,
    /// Columns above the least, as flags; and rows.
    tiles: (u32, u32),
    second_header: u32,
    content: Vec<u8>,
}

impl Forged {
    fn key() -> Self {
        Self {
            profile: 0,
            repeats: false,
            key: true,
            shown: true,
            resilient: true,
            sync: 0x49_83_42,
            colour: 1,
            references: [0, 1, 2],
            refresh: 0xff,
            like: None,
            size: (u32::from(SIZE.width), u32::from(SIZE.height)),
            shown_at: None,
            tiles: (0, 0),
            second_header: 20,
            content: (0..200_u32).map(|n| (n * 37 % 251) as u8).collect(),
        }
    }

    fn delta() -> Self {
        Self { key: false, like: Some(0), refresh: 1, ..Self::key() }
    }

    fn bomb(&self) -> Bomb {
        let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
        let size = if self.like.is_some() { SIZE } else { Size::new(side(self.size.0), side(self.size.1)) };
        (size, self.bytes())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bits = Vec::new();
        let mut put = |value: u32, count: u32| bits.extend((0..count).rev().map(|n| (value >> n & 1) as u8));
        put(2, 2);
        put(self.profile & 1, 1);
        put(self.profile >> 1, 1);
        if self.profile == 3 {
            put(1, 1);
        }
        for flag in [self.repeats, !self.key, self.shown, self.resilient] {
            put(flag.into(), 1);
        }
        if self.key {
            put(self.sync, 24);
            put(self.colour, 3);
            put(0, 1);
        } else {
            put(self.refresh, 8);
            self.references.iter().for_each(|slot| put(slot << 1, 4));
            match self.like {
                Some(n) => put(1, n as u32 + 1),
                None => put(0, 3),
            }
        }
        if self.key || self.like.is_none() {
            put(self.size.0.wrapping_sub(1), 16);
            put(self.size.1.wrapping_sub(1), 16);
        }
        put(self.shown_at.is_some().into(), 1);
        if let Some((width, height)) = self.shown_at {
            put(width, 16);
            put(height, 16);
        }
        if !self.key {
            put(0b01, 2);
        }
        // Context, filter, quantizer of 60 without deltas, no segments.
        put(0, 2);
        put(0, 10);
        put(60, 8);
        put(0, 4);
        let blocks = self.size.0.div_ceil(64);
        let most = (0..6).take_while(|n| blocks >> (n + 1) >= 4).count() as u32;
        put(u32::MAX, self.tiles.0.min(most));
        if self.tiles.0 < most {
            put(0, 1);
        }
        match self.tiles.1 {
            0 => put(0, 1),
            rows => put(0b10 | (rows - 1), 2),
        }
        put(self.second_header, 16);
        let header = bits.chunks(8).map(|byte| byte.iter().enumerate().fold(0, |sum, (n, bit)| sum | bit << (7 - n)));
        header.chain(self.content.iter().copied()).collect()
    }
}

/// Sizes that no frame of a call has, or that no reference reaches.
fn sizes(bombs: &mut Vec<Bomb>) {
    for side in [1_921, 2_048, 4_096, 8_192, 16_384, 32_768, 65_535, 65_536] {
        for size in [(side, 1), (1, side), (side, 1_920), (1_920, side), (side, side)] {
            bombs.push(Forged { size, ..Forged::key() }.bomb());
            bombs.push(Forged { size, like: None, ..Forged::delta() }.bomb());
        }
    }
    // The largest that pass: content is noise all the same.
    for size in [(1_920, 1_920), (1_920, 1), (1, 1_920), (1, 1), (8, 8)] {
        bombs.push(Forged { size, ..Forged::key() }.bomb());
    }
    for size in [(79, 128), (160, 63), (1, 1), (16, 16), (8, 128), (160, 8), (159 / 2, 127 / 2), (1, 1_920), (1_920, 1)]
    {
        bombs.push(Forged { size, like: None, ..Forged::delta() }.bomb());
    }
    for shown_at in [(0, 0), (65_535, 65_535), (1, 65_535)] {
        bombs.push(Forged { shown_at: Some(shown_at), ..Forged::key() }.bomb());
        bombs.push(Forged { shown_at: Some(shown_at), ..Forged::delta() }.bomb());
    }
    // Another size than announced.
    for announced in [Size::new(160, 120), Size::new(1_920, 1_920), Size::new(0, 0), Size::new(u16::MAX, u16::MAX)] {
        bombs.push((announced, Forged::key().bytes()));
        bombs.push((announced, Forged::delta().bytes()));
    }
}

/// Kinds of frames that are not ours: hidden, repeated, other profiles, unknown slots.
fn kinds(bombs: &mut Vec<Bomb>) {
    for base in [Forged::key(), Forged::delta()] {
        for profile in 1..4 {
            bombs.push(Forged { profile, ..base.clone() }.bomb());
        }
        bombs.push(Forged { repeats: true, ..base.clone() }.bomb());
        bombs.push(Forged { shown: false, ..base.clone() }.bomb());
        bombs.push(Forged { shown: false, resilient: false, ..base.clone() }.bomb());
        bombs.push(Forged { resilient: false, ..base.clone() }.bomb());
        for marker in [0x00, 0x40, 0xc0] {
            let (size, mut bytes) = base.bomb();
            bytes[0] = bytes[0] & 0x3f | marker;
            bombs.push((size, bytes));
        }
    }
    for sync in [0, 0x49_83_43, 0xff_ff_ff] {
        bombs.push(Forged { sync, ..Forged::key() }.bomb());
    }
    for colour in [6, 7] {
        bombs.push(Forged { colour, ..Forged::key() }.bomb());
    }
    for slot in 0..8 {
        for like in 0..3 {
            let delta =
                Forged { references: [slot, slot, slot], like: Some(like), refresh: 1 << slot, ..Forged::delta() };
            bombs.push(delta.bomb());
        }
    }
}

/// Parts that contradict the frame's length.
fn parts(bombs: &mut Vec<Bomb>) {
    for base in [Forged::key(), Forged::delta()] {
        for second_header in [0, 1, 199, 200, 201, 65_535] {
            bombs.push(Forged { second_header, ..base.clone() }.bomb());
        }
        for rows in 1..=2 {
            for length in [0, 1, 175, 176, 177, 0xffff, 0x7fff_ffff, u32::MAX] {
                let mut content = base.content.clone();
                content[20..24].copy_from_slice(&length.to_be_bytes());
                bombs.push(Forged { tiles: (0, rows), content, ..base.clone() }.bomb());
            }
        }
    }
    for columns in 0..4 {
        let wide = Forged { size: (1_920, 64), tiles: (columns, 2), ..Forged::key() };
        bombs.push(wide.bomb());
    }
    bombs.push(Forged { content: vec![0x55; 600_000], ..Forged::key() }.bomb());
}

/// Several frames in one (specification, annex B), hidden ones among them.
fn bundles(bombs: &mut Vec<Bomb>, real: &[Vec<u8>]) {
    for frames in 1..=8_u8 {
        for (magnitude, length) in [(0, 1), (1, 2), (3, 4)] {
            let mark = 0b1100_0000 | magnitude << 3 | (frames - 1);
            let mut bytes = Vec::new();
            let mut index = vec![mark];
            for n in 0..frames {
                let frame = if n % 2 == 0 { &real[0] } else { &real[1] };
                bytes.extend_from_slice(frame);
                index.extend_from_slice(&(frame.len() as u32).to_le_bytes()[..length]);
            }
            index.push(mark);
            bytes.extend_from_slice(&index);
            bombs.push((SIZE, bytes));
        }
    }
    // A second frame without an index: the first alone is decoded.
    let huge = Forged { size: (65_536, 65_536), shown: false, ..Forged::key() }.bytes();
    bombs.push((SIZE, [&real[0][..], &huge].concat()));
    bombs.push((SIZE, [&real[1][..], &huge].concat()));
}

/// Real frames that end too early, or whose content is another's.
fn damage(bombs: &mut Vec<Bomb>, real: &[Vec<u8>]) {
    for frame in real {
        for n in 0..16 {
            bombs.push((SIZE, frame[..n * (frame.len() - 1) / 15].to_vec()));
        }
        for n in 0..8 {
            let (mut bytes, at) = (frame.clone(), 9 + n * (frame.len() - 10) / 8);
            bytes[at..].fill(0xff);
            bombs.push((SIZE, bytes));
        }
    }
}

fn stream() -> Vec<Vec<u8>> {
    let config = Vp9Config { max_size: SIZE, kbps: Kbps(300), fps: 24, threads: 1 };
    let mut encoder = Vp9Encoder::new(config).expect("memory for an encoder");
    (0..3_usize)
        .map(|n| {
            let mut picture = Picture::black(SIZE);
            let (luma, ..) = picture.planes_mut();
            luma.iter_mut().enumerate().for_each(|(at, pixel)| *pixel = ((at * 7 + n * 5) % 160 + at % 31) as u8);
            let coding = if n == 0 { Coding::KEY } else { Coding::CHAIN };
            encoder.encode(&picture, coding).expect("a picture").data.to_vec()
        })
        .collect()
}

/// Bytes of this process in memory; `None` where the system does not tell.
fn resident() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<usize>().ok()? * 4_096)
}

#[test]
fn bombs_are_refused_or_harmless_and_memory_stays_flat() {
    let real = stream();
    let mut bombs = Vec::new();
    sizes(&mut bombs);
    kinds(&mut bombs);
    parts(&mut bombs);
    bundles(&mut bombs, &real);
    damage(&mut bombs, &real);
    assert!(bombs.len() >= 200, "{}", bombs.len());

    let mut clean = Vp9Decoder::new().unwrap();
    let truth: Vec<Picture> = real.iter().map(|frame| clean.decode(frame, SIZE).unwrap()).collect();
    let mut decoder = Vp9Decoder::new().unwrap();
    let (mut refused, mut lost, mut shown) = (0, 0, 0);
    let mut settled = None;
    for round in 0..=ROUNDS {
        for (n, (announced, bytes)) in bombs.iter().enumerate() {
            // Each bomb meets a decoder that has pictures.
            assert_eq!(decoder.decode(&real[0], SIZE).unwrap(), truth[0], "round {round}, after bomb {n}");
            match decoder.decode(bytes, *announced) {
                Ok(picture) => {
                    assert_eq!(picture.size(), *announced);
                    shown += 1;
                }
                Err(CodecError::FrameRefused(_)) => {
                    refused += 1;
                    assert_eq!(
                        decoder.decode(&real[1], SIZE).unwrap(),
                        truth[1],
                        "refused, but not untouched: bomb {n}"
                    );
                }
                Err(CodecError::KeyFrameNeeded) => lost += 1,
                Err(other) => panic!("bomb {n}: {other}"),
            }
        }
        if round == 0 {
            settled = resident();
        }
    }
    let all = bombs.len();
    println!("{all} bombs, {} rounds: {refused} refused, {lost} cost a key frame, {shown} gave a picture", ROUNDS + 1);
    assert!(refused > lost + shown, "the gate stops most of them: {refused}, {lost}, {shown}");
    if let (Some(settled), Some(now)) = (settled, resident()) {
        assert!(now <= settled + FLAT_BYTES, "{settled} bytes, then {now}");
    }
}
