//! Every format a driver gives, in even and odd sizes, whole and damaged.
//! The JPEGs show four quarters of known colours in 35x21; ImageMagick made them with a quality of 95.

use super::PixelFormat::{Jpeg, Nv12, Yuyv};
use super::*;

const JPEG_420: &[u8] = include_bytes!("../assets/quarters-420.jpg");
const JPEG_422: &[u8] = include_bytes!("../assets/quarters-422.jpg");
const JPEG_GREY: &[u8] = include_bytes!("../assets/quarters-grey.jpg");
const JPEG_SIZE: Size = Size::new(35, 21);

/// The colours of the quarters, row by row, and a point well inside of each.
const QUARTERS: [([f64; 3], (usize, usize)); 4] = [
    ([192.0, 32.0, 32.0], (6, 4)),
    ([32.0, 192.0, 32.0], (28, 4)),
    ([32.0, 32.0, 192.0], (6, 16)),
    ([235.0, 235.0, 235.0], (28, 16)),
];

/// Levels that the JPEG itself may be off.
const JPEG_LOSS: f64 = 2.0;

/// Y, U and V of a colour by BT.601 in limited range.
fn coded([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let y = (0.299 * red + 0.587 * green + 0.114 * blue) / 255.0;
    [16.0 + 219.0 * y, 128.0 + 224.0 * (blue / 255.0 - y) / 1.772, 128.0 + 224.0 * (red / 255.0 - y) / 1.402]
}

/// A plane that tells every sample's place.
fn ramp(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 7 % 220) as u8 + 16).collect()
}

#[test]
fn packed_and_two_plane_pictures_become_the_same_planes() {
    // 4x2: luma 1..8, chroma (100, 200) left and (50, 60) right on both rows.
    let yuyv = [1, 100, 2, 200, 3, 50, 4, 60, 5, 100, 6, 200, 7, 50, 8, 60];
    let nv12 = [1, 2, 3, 4, 5, 6, 7, 8, 100, 200, 50, 60];
    let size = Size::new(4, 2);
    let expected = Picture::from_planes(size, (1..=8).collect(), vec![100, 50], vec![200, 60]).unwrap();
    assert_eq!(to_i420(Yuyv, size, &yuyv).unwrap(), expected);
    assert_eq!(to_i420(Nv12, size, &nv12).unwrap(), expected);
}

#[test]
fn raw_pictures_of_odd_sizes_keep_every_sample() {
    for size in [Size::new(5, 3), Size::new(1, 1), Size::new(321, 241), Size::new(2, 7)] {
        let (y, u, v) = (ramp(size.luma_len()), ramp(size.chroma_len()), ramp(size.chroma_len() + 9)[9..].to_vec());
        let expected = Picture::from_planes(size, y.clone(), u.clone(), v.clone()).unwrap();
        let pairs = u.iter().zip(&v).flat_map(|(u, v)| [*u, *v]);
        let nv12: Vec<u8> = y.iter().copied().chain(pairs).collect();
        assert_eq!(to_i420(Nv12, size, &nv12).unwrap(), expected, "{size}");

        let (wide, chroma) = (usize::from(size.width), size.chroma_width());
        let mut yuyv = Vec::new();
        for (row, line) in y.chunks_exact(wide).enumerate() {
            for (pair, luma) in line.chunks(2).enumerate() {
                let at = row / 2 * chroma + pair;
                yuyv.extend([luma[0], u[at], *luma.get(1).unwrap_or(&0), v[at]]);
            }
        }
        assert_eq!(to_i420(Yuyv, size, &yuyv).unwrap(), expected, "{size}");
    }
}

#[test]
fn chroma_of_two_rows_becomes_their_rounded_mean() {
    let yuyv = [0, 10, 0, 20, 0, 13, 0, 22];
    let picture = to_i420(Yuyv, Size::new(2, 2), &yuyv).unwrap();
    assert_eq!((picture.u(), picture.v()), (&[12][..], &[21][..]));
}

#[test]
fn jpegs_keep_their_colours_whatever_their_chroma() {
    for (jpeg, grey) in [(JPEG_420, false), (JPEG_422, false), (JPEG_GREY, true)] {
        let picture = to_i420(Jpeg, JPEG_SIZE, jpeg).unwrap();
        for (colour, (x, y)) in QUARTERS {
            let [luma, u, v] = coded(colour);
            let at = y / 2 * JPEG_SIZE.chroma_width() + x / 2;
            let chroma = [f64::from(picture.u()[at]), f64::from(picture.v()[at])];
            if grey {
                assert_eq!(chroma, [128.0, 128.0]);
                continue;
            }
            let off = [f64::from(picture.y()[y * 35 + x]) - luma, chroma[0] - u, chroma[1] - v];
            assert!(off.iter().all(|off| off.abs() <= JPEG_LOSS), "{colour:?} is off by {off:?}");
        }
        // The last sample of an odd row and column belongs to the lower right quarter too.
        let (last_y, last_u) = (*picture.y().last().unwrap(), *picture.u().last().unwrap());
        assert!(last_y.abs_diff(218) <= 3 && last_u.abs_diff(128) <= 3, "the corner is {last_y}, {last_u}");
    }
}

/// As many webcams send it: the Huffman tables are left out, and a segment says that it is a film's picture.
fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    let mut film = vec![0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10];
    film.extend(*b"AVI1\0\0\0\0\0\0\0\0\0\0");
    let mut at = 2;
    while jpeg[at + 1] != 0xDA {
        let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]])) + 2;
        // APP0 was written already, DHT is what is left out.
        if !matches!(jpeg[at + 1], 0xE0 | 0xC4) {
            film.extend(&jpeg[at..at + length]);
        }
        at += length;
    }
    film.extend(&jpeg[at..]);
    film
}

#[test]
fn a_films_jpeg_without_tables_is_the_same_picture() {
    let film = without_tables(JPEG_422);
    assert!(film.len() + 400 < JPEG_422.len(), "the tables are gone");
    assert_eq!(to_i420(Jpeg, JPEG_SIZE, &film).unwrap(), to_i420(Jpeg, JPEG_SIZE, JPEG_422).unwrap());
}

#[test]
fn what_a_driver_leaves_behind_a_jpeg_does_not_matter() {
    let mut buffer = JPEG_420.to_vec();
    buffer.resize(20_000, 0);
    assert_eq!(to_i420(Jpeg, JPEG_SIZE, &buffer).unwrap(), to_i420(Jpeg, JPEG_SIZE, JPEG_420).unwrap());
}

#[test]
fn cut_jpegs_are_errors_wherever_they_are_cut() {
    for jpeg in [JPEG_420, JPEG_422, JPEG_GREY] {
        for length in 0..jpeg.len() {
            assert!(to_i420(Jpeg, JPEG_SIZE, &jpeg[..length]).is_err(), "cut at {length}");
        }
        assert!(to_i420(Jpeg, Size::new(34, 21), jpeg).is_err(), "another size than was agreed");
    }
}

#[test]
fn damaged_jpegs_never_panic() {
    for place in 0..JPEG_422.len() {
        for damage in [0x00, 0x01, 0x7F, 0xD9, 0xFF] {
            let mut jpeg = JPEG_422.to_vec();
            jpeg[place] = damage;
            // Some are read all the same; then they have the right size.
            if let Ok(picture) = to_i420(Jpeg, JPEG_SIZE, &jpeg) {
                assert_eq!(picture.size(), JPEG_SIZE);
            }
        }
    }
}

#[test]
fn short_buffers_and_sizes_beyond_reason_are_errors() {
    for format in [Yuyv, Nv12, Jpeg] {
        assert!(to_i420(format, Size::VGA, &[0; 100]).is_err());
        assert!(to_i420(format, Size::VGA, &[]).is_err());
        assert!(to_i420(format, Size::new(0, 480), &[0; 100]).is_err());
        assert!(to_i420(format, Size::new(4000, 480), &[0; 100]).is_err());
    }
    let exact = 640 * 480 * 2;
    assert!(to_i420(Yuyv, Size::VGA, &vec![0; exact]).is_ok());
    assert!(to_i420(Yuyv, Size::VGA, &vec![0; exact - 1]).is_err());
    assert!(to_i420(Nv12, Size::VGA, &vec![0; 640 * 480 * 3 / 2 - 1]).is_err());
}
