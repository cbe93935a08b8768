//! How many frames a second are sent of what could be: whole numbers that stay while the way only wavers.
//! Allocation asks it with what is affordable.
//! The rate changes when that changes by an eighth or more, and is never above the camera's.

/// The fewest frames that are a moving picture.
pub(crate) const LEAST_FPS: u32 = 5;

/// Below this share of the rate it comes down; above this one it goes up.
const DOWN: f64 = 0.9;
const UP: f64 = 1.15;

/// From this share of the camera's rate on all of its pictures are sent: leaving out one of eight is seen more than
/// an eighth less detail.
const NEARLY_ALL: f64 = 0.85;

/// The frame rate of one call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FrameRate {
    fps: u32,
}

impl FrameRate {
    /// The rate when `affordable` frames a second are, and the camera gives `most`.
    pub(crate) fn settle(&mut self, affordable: f64, most: u32) -> u32 {
        let kept = f64::from(self.fps);
        if self.fps > most || affordable < DOWN * kept || affordable > UP * kept {
            self.fps = whole(affordable, most);
        }
        self.fps
    }
}

/// A whole rate of at least [`LEAST_FPS`], where the camera gives as many.
pub(crate) fn whole(affordable: f64, most: u32) -> u32 {
    if affordable >= NEARLY_ALL * f64::from(most) {
        return most;
    }
    // Below `most`, so that it fits.
    (affordable as u32).clamp(LEAST_FPS.min(most), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_what_is_affordable_and_nothing_smaller() {
        let mut rate = FrameRate::default();
        let settled = [100.0, 22.0, 21.0, 15.9, 15.0, 14.0, 17.0, 18.0, 20.5, 3.0].map(|fps| rate.settle(fps, 24));
        assert_eq!(settled, [24, 24, 24, 15, 15, 15, 15, 18, 18, 5]);
        assert_eq!((rate.settle(50.0, 4), rate.settle(1.0, 4)), (4, 4), "a camera that is slower still");
    }

    #[test]
    fn a_wavering_way_leaves_it_alone() {
        let mut rate = FrameRate::default();
        let mut last = rate.settle(13.0, 24);
        for n in 0..200 {
            let fps = rate.settle(13.0 + f64::from(n * 7 % 20 - 10) / 8.0, 24);
            assert_eq!(fps, last);
            last = fps;
        }
    }
}
