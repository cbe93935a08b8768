//! Pictures in another size: bilinear, each plane for itself.
//! The encode thread scales to what the link can carry, the screen file to its own size.
//! Same input, same output on every machine: integer arithmetic only.

use crate::picture::Picture;
use crate::units::Size;

/// Fixed-point one: 8 bits of fraction between two neighbouring samples.
const ONE: u32 = 256;

/// The largest size of `picture`'s shape that fits into `limit`, with even sides (at least 2), never enlarged.
#[must_use]
pub fn fit(picture: Size, limit: Size) -> Size {
    if picture.width <= limit.width && picture.height <= limit.height {
        return picture;
    }
    let (width, height) = (u32::from(picture.width), u32::from(picture.height));
    let (most_wide, most_high) = (u32::from(limit.width), u32::from(limit.height));
    let (fitted_wide, fitted_high) = if width * most_high >= height * most_wide {
        (most_wide, height * most_wide / width.max(1))
    } else {
        (width * most_high / height.max(1), most_high)
    };
    let even = |side: u32| u16::try_from(side & !1).unwrap_or(u16::MAX).max(2);
    Size::new(even(fitted_wide), even(fitted_high))
}

/// The picture scaled to exactly `size`, stretched where the shapes differ.
/// An empty picture gives black.
#[must_use]
pub fn scale(picture: &Picture, size: Size) -> Picture {
    let from = picture.size();
    let mut scaled = Picture::black(size);
    if from.luma_len() == 0 || size.luma_len() == 0 {
        return scaled;
    }
    let luma = |size: Size| (usize::from(size.width), usize::from(size.height));
    let chroma = |size: Size| (size.chroma_width(), size.chroma_height());
    let (y, u, v) = scaled.planes_mut();
    scale_plane(picture.y(), luma(from), y, luma(size));
    scale_plane(picture.u(), chroma(from), u, chroma(size));
    scale_plane(picture.v(), chroma(from), v, chroma(size));
    scaled
}

/// Where one target sample lies between two source samples.
#[derive(Clone, Copy)]
struct Tap {
    first: usize,
    second: usize,
    /// Weight of `second`, 0 to [`ONE`].
    weight: u32,
}

/// The taps of `to` samples over `from` samples, centres aligned.
fn taps(from: usize, to: usize) -> Vec<Tap> {
    let (from_wide, to_wide) = (from as u64, to as u64);
    let last = from - 1;
    (0..to_wide)
        .map(|n| {
            // Centre of target sample n in source samples, times 256, less the half sample to the source's centre.
            let at = ((2 * n + 1) * from_wide * u64::from(ONE) / (2 * to_wide)).saturating_sub(u64::from(ONE) / 2);
            let first = usize::try_from(at / u64::from(ONE)).unwrap_or(last).min(last);
            let weight = u32::try_from(at % u64::from(ONE)).unwrap_or(0);
            Tap { first, second: (first + 1).min(last), weight }
        })
        .collect()
}

fn scale_plane(source: &[u8], from: (usize, usize), target: &mut [u8], to: (usize, usize)) {
    let across = taps(from.0, to.0);
    let mut blended = vec![0_u32; from.0];
    for (row, down) in target.chunks_exact_mut(to.0).zip(taps(from.1, to.1)) {
        let upper = &source[down.first * from.0..][..from.0];
        let lower = &source[down.second * from.0..][..from.0];
        for ((out, &a), &b) in blended.iter_mut().zip(upper).zip(lower) {
            *out = u32::from(a) * (ONE - down.weight) + u32::from(b) * down.weight;
        }
        for (out, tap) in row.iter_mut().zip(&across) {
            let sum = blended[tap.first] * (ONE - tap.weight) + blended[tap.second] * tap.weight;
            // A weighted mean of bytes times 2^16 with rounding: never above 255.
            *out = ((sum + ONE * ONE / 2) / (ONE * ONE)) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_size_is_the_same_picture() {
        let mut picture = Picture::black(Size::new(7, 5));
        for (n, sample) in picture.planes_mut().0.iter_mut().enumerate() {
            *sample = (n * 7) as u8;
        }
        assert_eq!(scale(&picture, picture.size()), picture);
    }

    #[test]
    fn a_flat_picture_stays_flat_in_every_size() {
        let mut picture = Picture::black(Size::new(64, 48));
        picture.planes_mut().0.fill(255);
        picture.planes_mut().2.fill(1);
        for size in [Size::new(1, 1), Size::new(33, 7), Size::new(640, 480)] {
            let scaled = scale(&picture, size);
            assert!(scaled.y().iter().all(|&sample| sample == 255));
            assert!(scaled.u().iter().all(|&sample| sample == 128));
            assert!(scaled.v().iter().all(|&sample| sample == 1));
        }
    }

    #[test]
    fn halving_takes_the_mean_of_neighbours() {
        let plane = [0, 100, 200, 100, 0, 100, 200, 100];
        let mut half = [0; 2];
        scale_plane(&plane, (4, 2), &mut half, (2, 1));
        assert_eq!(half, [50, 150]);
    }

    #[test]
    fn fitting_keeps_the_shape_and_never_enlarges() {
        assert_eq!(fit(Size::new(1280, 720), Size::VGA), Size::new(640, 360));
        assert_eq!(fit(Size::new(720, 1280), Size::VGA), Size::new(270, 480));
        assert_eq!(fit(Size::new(320, 240), Size::VGA), Size::new(320, 240));
        assert_eq!(fit(Size::new(1920, 2), Size::VGA), Size::new(640, 2));
        assert_eq!(fit(Size::new(0, 0), Size::VGA), Size::new(0, 0));
    }
}
