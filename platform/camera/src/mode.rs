//! The modes that a camera lists, and which of them a call asks for.
//! The desktop's back end translates its driver's list; what is chosen is asked for exactly.
//! Never the highest: cameras that mix formats refuse it, and a call would throw most of it away.

use ahoy_media::Size;

use crate::choice::CameraMode;
use crate::y4m::MAX_SIDE;

/// How a driver's pictures lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PixelFormat {
    /// Packed 4:2:2: `Y U Y V` for two pixels. Limited range.
    Yuyv,
    /// 4:2:0, luma, then chroma in pairs. Limited range.
    Nv12,
    /// A JPEG each. Full range.
    Jpeg,
}

/// One line of a camera's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode {
    pub(crate) size: Size,
    pub(crate) fps: u32,
    pub(crate) format: PixelFormat,
}

/// The slowest and fastest rates that suit a call; outside them a mode is only taken for want of a better one.
const CALL_FPS: std::ops::RangeInclusive<u32> = 24..=30;

/// The mode that costs least to bring to what is wanted, by its place in the list.
pub(crate) fn nearest(modes: &[Mode], wanted: CameraMode) -> Option<usize> {
    let side = 1..=MAX_SIDE;
    let usable = |mode: &Mode| side.contains(&mode.size.width) && side.contains(&mode.size.height);
    let cost = |mode: &Mode| {
        let off_pace = match mode.fps {
            rate if CALL_FPS.contains(&rate) => 0,
            rate if rate < *CALL_FPS.start() => CALL_FPS.start() - rate,
            rate => rate - CALL_FPS.end(),
        };
        let (width, height) =
            (mode.size.width.abs_diff(wanted.size.width), mode.size.height.abs_diff(wanted.size.height));
        // Too slow shows at once; then the size; then the rate itself; compressed pictures cost a decoder.
        let compressed = mode.format == PixelFormat::Jpeg;
        let sides = u32::from(width) + u32::from(height);
        (mode.fps < *CALL_FPS.start(), sides, off_pace, mode.fps.abs_diff(wanted.fps), compressed)
    };
    let listed = modes.iter().enumerate().filter(|(_, mode)| usable(mode));
    listed.min_by_key(|(_, mode)| cost(mode)).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::PixelFormat::{Jpeg, Nv12, Yuyv};
    use super::*;

    const fn mode(width: u16, height: u16, format: PixelFormat, fps: u32) -> Mode {
        Mode { size: Size::new(width, height), fps, format }
    }

    /// What an ordinary webcam lists: raw pictures get slow as they grow, for want of USB.
    const WEBCAM: [Mode; 9] = [
        mode(1920, 1080, Jpeg, 30),
        mode(1280, 720, Jpeg, 30),
        mode(640, 480, Jpeg, 30),
        mode(1920, 1080, Yuyv, 5),
        mode(1280, 720, Yuyv, 10),
        mode(640, 480, Yuyv, 30),
        mode(640, 480, Yuyv, 15),
        mode(320, 240, Yuyv, 30),
        mode(160, 120, Yuyv, 30),
    ];

    fn chosen(modes: &[Mode], width: u16, height: u16, fps: u32) -> Option<Mode> {
        nearest(modes, CameraMode { size: Size::new(width, height), fps }).map(|place| modes[place])
    }

    #[test]
    fn an_ordinary_webcam_gives_what_is_wanted_never_the_highest() {
        assert_eq!(chosen(&WEBCAM, 640, 480, 24), Some(WEBCAM[5]), "raw at the size that was asked for");
        assert_eq!(chosen(&WEBCAM, 1280, 720, 24), Some(WEBCAM[1]), "compressed before too slow");
        assert_eq!(chosen(&WEBCAM, 320, 240, 24), Some(WEBCAM[7]));
        assert_eq!(chosen(&WEBCAM, 176, 144, 24), Some(WEBCAM[8]));
    }

    #[test]
    fn pace_comes_before_size_and_size_before_the_exact_pace() {
        let slow = [mode(640, 480, Yuyv, 5), mode(640, 360, Jpeg, 30)];
        assert_eq!(chosen(&slow, 640, 480, 24), Some(slow[1]), "a slide show is worse than another size");
        let quick = [mode(640, 480, Nv12, 60), mode(320, 240, Nv12, 24), mode(640, 480, Nv12, 30)];
        assert_eq!(chosen(&quick, 640, 480, 24), Some(quick[2]));
        assert_eq!(chosen(&quick[..2], 640, 480, 24), Some(quick[0]));
        let three = [mode(640, 480, Yuyv, 30), mode(640, 480, Yuyv, 25), mode(640, 480, Yuyv, 24)];
        assert_eq!(chosen(&three, 640, 480, 25), Some(three[1]));
    }

    #[test]
    fn what_no_frame_may_hold_is_not_taken() {
        assert_eq!(chosen(&[mode(3840, 2160, Nv12, 30), mode(0, 480, Nv12, 30)], 640, 480, 24), None);
        assert_eq!(chosen(&[], 640, 480, 24), None);
        assert_eq!(chosen(&[mode(1920, 1080, Jpeg, 60)], 640, 480, 24), Some(mode(1920, 1080, Jpeg, 60)));
    }
}
