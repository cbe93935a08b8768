//! The sizes that a camera's picture is sent in: all of its shape, each a little smaller than the one before.
//! Allocation goes up and down on it.
//! Two neighbours differ by 4:3 or 3:2 and every other one by 2:1 at most, so that VP9 rescales its references (specification §5.16.2: 2:1).

use crate::scale::fit;
use crate::units::Size;
use crate::video::MAX_VIDEO_SIDE;

/// Shortest side: two blocks of 8 pixels, below which VP9 has nothing to predict from.
const LEAST_SIDE: u32 = 16;

/// The smallest picture has at least so many pixels: on the narrowest ways a face that moves says more than a sharp one that
/// stands still. A smaller camera has one size.
const LEAST_PIXELS: usize = 160 * 90;

/// A call begins with the smallest picture of at least so many: a face is read on it, and it fits into a first flight.
const FIRST_PIXELS: usize = 320 * 180;

/// Rungs from a size to half of it: a single step goes no further.
pub(crate) const HALVING: usize = 2;

/// The sizes of one camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ladder {
    top: Size,
}

impl Ladder {
    /// From the largest size of the camera's shape within `largest`, which may lie on its side, and [`MAX_VIDEO_SIDE`].
    pub(crate) fn new(camera: Size, largest: Size) -> Self {
        let (long, short) = (largest.width.max(largest.height), largest.width.min(largest.height));
        let limit = if camera.height > camera.width { Size::new(short, long) } else { Size::new(long, short) };
        let limit = Size::new(limit.width.min(MAX_VIDEO_SIDE), limit.height.min(MAX_VIDEO_SIDE));
        let fitted = fit(camera, limit);
        let even = |side: u16| (side & !1).max(LEAST_SIDE as u16);
        Self { top: Size::new(even(fitted.width), even(fitted.height)) }
    }

    /// The rung at `place`, 0 being the largest; `None` below the smallest.
    pub(crate) fn rung(self, place: usize) -> Option<Size> {
        // 1, 3/4, 1/2, 3/8, 1/4, ...
        let halvings = u32::try_from(place / HALVING).ok()?;
        let (over, under) = if place.is_multiple_of(HALVING) { (1, 1) } else { (3, 4) };
        let under = 2_u32.checked_pow(halvings)?.checked_mul(2 * under)?;
        // Rounded up, so that two rungs are never more than 2:1 apart.
        let side = |top: u16| u16::try_from((u32::from(top) * over).div_ceil(under) * 2).ok();
        let size = Size::new(side(self.top.width)?, side(self.top.height)?);
        let usable = size.luma_len() >= LEAST_PIXELS && u32::from(size.width.min(size.height)) >= LEAST_SIDE;
        (place == 0 || usable).then_some(size)
    }

    /// Place of the smallest rung.
    pub(crate) fn last(self) -> usize {
        (1..).take_while(|&place| self.rung(place).is_some()).count()
    }

    /// Place of the rung that a call begins with.
    pub(crate) fn first(self) -> usize {
        let readable = |&place: &usize| self.rung(place).is_some_and(|rung| rung.luma_len() >= FIRST_PIXELS);
        (1..).take_while(readable).count()
    }

    /// Whether a rung has this size.
    pub(crate) fn has(self, size: Size) -> bool {
        self.rung(self.place_of(size)) == Some(size)
    }

    /// Place of the largest rung with no more pixels than `size`, or of the smallest one.
    pub(crate) fn place_of(self, size: Size) -> usize {
        let last = self.last();
        let fits = |&place: &usize| self.rung(place).is_some_and(|rung| rung.luma_len() <= size.luma_len());
        (0..last).find(fits).unwrap_or(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(camera: (u16, u16), largest: (u16, u16)) -> Vec<(u16, u16)> {
        let ladder = Ladder::new(Size::new(camera.0, camera.1), Size::new(largest.0, largest.1));
        (0..).map_while(|place| ladder.rung(place)).map(|size| (size.width, size.height)).collect()
    }

    #[test]
    fn every_shape_has_its_own_sizes() {
        let vga = [(640, 480), (480, 360), (320, 240), (240, 180), (160, 120)];
        assert_eq!(sizes((640, 480), (1_920, 1_920)), vga);
        let hd = [(1_280, 720), (960, 540), (640, 360), (480, 270), (320, 180), (240, 136), (160, 90)];
        assert_eq!(sizes((1_280, 720), (1_920, 1_080)), hd);
        let upright = hd.map(|(width, height)| (height, width));
        assert_eq!(sizes((720, 1_280), (1_920, 1_080)), upright, "the limit turns with the picture");
        assert_eq!(sizes((1_280, 720), (640, 480)), hd[2..]);
        assert_eq!(sizes((4_000, 2_000), (4_000, 4_000))[0], (1_920, 960));
        assert_eq!(sizes((176, 144), (640, 480)), [(176, 144)]);
        assert_eq!(sizes((641, 481), (1_280, 720)), vga);
        assert_eq!(sizes((0, 3), (640, 480)), [(16, 16)]);
    }

    #[test]
    fn sides_are_even_and_two_rungs_are_two_to_one_at_most() {
        for camera in (16..=1_920).step_by(7).flat_map(|width| [(width, 16), (width, 480), (width, 1_001)]) {
            let sizes = sizes(camera, (1_920, 1_920));
            for (n, &(width, height)) in sizes.iter().enumerate() {
                assert!(width % 2 == 0 && height % 2 == 0 && width.min(height) >= 16, "{camera:?} {width}x{height}");
                if let Some(&(wide, high)) = sizes.get(n + HALVING) {
                    assert!(wide * 2 >= width && high * 2 >= height && wide < width, "{camera:?}: {sizes:?}");
                }
                let (across, down) =
                    (f64::from(width) / f64::from(sizes[0].0), f64::from(height) / f64::from(sizes[0].1));
                let pixel = 2.0 / f64::from(width.min(height));
                assert!((across / down - 1.0).abs() <= pixel, "{camera:?} {width}x{height}");
            }
        }
    }

    #[test]
    fn a_size_has_its_place() {
        let ladder = Ladder::new(Size::new(1_280, 720), Size::new(1_280, 720));
        assert_eq!(
            (0..=ladder.last()).map(|place| ladder.place_of(ladder.rung(place).unwrap())).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5, 6]
        );
        assert_eq!(ladder.rung(ladder.first()), Some(Size::new(320, 180)));
        assert_eq!(Ladder::new(Size::new(176, 144), Size::VGA).first(), 0, "a small camera begins with what it has");
        assert!(ladder.has(Size::new(640, 360)) && !ladder.has(Size::new(360, 640)));
        assert_eq!((ladder.place_of(Size::new(720, 1_280)), ladder.place_of(Size::new(16, 16))), (0, 6));
    }
}
