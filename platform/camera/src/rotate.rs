//! Pictures turned upright, for cameras that are not built in that way.
//! Back ends turn what they capture, so that nothing behind them, on either side of a call, knows of it.
//! A quarter turn exchanges width and height; no sample is changed, only moved.

use ahoy_media::{Picture, Size};

/// How far a picture has to be turned clockwise to stand upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// It stands upright.
    #[default]
    None,
    /// A quarter turn.
    Quarter,
    /// Upside down.
    Half,
    /// A quarter turn the other way.
    ThreeQuarters,
}

impl Rotation {
    /// From degrees, as systems tell them; `None` when it is no multiple of 90.
    #[must_use]
    pub fn from_degrees(degrees: i64) -> Option<Self> {
        match degrees.rem_euclid(360) {
            0 => Some(Self::None),
            90 => Some(Self::Quarter),
            180 => Some(Self::Half),
            270 => Some(Self::ThreeQuarters),
            _ => None,
        }
    }
}

/// The picture turned clockwise.
#[must_use]
pub fn rotate(picture: Picture, rotation: Rotation) -> Picture {
    let size = picture.size();
    let turned = match rotation {
        Rotation::None => return picture,
        Rotation::Half => size,
        Rotation::Quarter | Rotation::ThreeQuarters => Size::new(size.height, size.width),
    };
    let mut upright = Picture::black(turned);
    let (y, u, v) = upright.planes_mut();
    turn(picture.y(), usize::from(size.width), y, rotation);
    turn(picture.u(), size.chroma_width(), u, rotation);
    turn(picture.v(), size.chroma_width(), v, rotation);
    upright
}

/// Rows taken together in a quarter turn: as many samples as a cache line holds.
const BAND: usize = 64;

/// Turns one plane of `width` samples a row. Both planes are equally long.
fn turn(from: &[u8], width: usize, to: &mut [u8], rotation: Rotation) {
    if width == 0 {
        return;
    }
    let height = from.len() / width;
    match rotation {
        Rotation::None => to.copy_from_slice(from),
        Rotation::Half => to.iter_mut().rev().zip(from).for_each(|(to, from)| *to = *from),
        // Row y, left to right, becomes column height-1-y, top to bottom; or column y, bottom to top.
        Rotation::Quarter | Rotation::ThreeQuarters => {
            for band in (0..height).step_by(BAND) {
                let rows = band..height.min(band + BAND);
                for x in 0..width {
                    let line = if rotation == Rotation::Quarter { x } else { width - 1 - x };
                    let line = &mut to[line * height..][..height];
                    for y in rows.clone() {
                        let place = if rotation == Rotation::Quarter { height - 1 - y } else { y };
                        line[place] = from[y * width + x];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(size: Size) -> Picture {
        let plane = |length: usize| (0..length).map(|n| (n % 251) as u8).collect();
        let (luma, chroma) = (plane(size.luma_len()), plane(size.chroma_len()));
        Picture::from_planes(size, luma, chroma.clone(), chroma).unwrap()
    }

    #[test]
    fn a_quarter_turn_is_clockwise() {
        // 1 2 3      4 1
        // 4 5 6  ->  5 2
        //            6 3
        let picture = Picture::from_planes(Size::new(3, 2), vec![1, 2, 3, 4, 5, 6], vec![7, 8], vec![9, 10]).unwrap();
        let turned = rotate(picture.clone(), Rotation::Quarter);
        assert_eq!((turned.size(), turned.y()), (Size::new(2, 3), &[4, 1, 5, 2, 6, 3][..]));
        assert_eq!((turned.u(), turned.v()), (&[7, 8][..], &[9, 10][..]));
        assert_eq!(rotate(picture.clone(), Rotation::ThreeQuarters).y(), [3, 6, 2, 5, 1, 4]);
        assert_eq!(rotate(picture.clone(), Rotation::ThreeQuarters).u(), [8, 7]);
        assert_eq!(rotate(picture, Rotation::Half).y(), [6, 5, 4, 3, 2, 1]);
    }

    #[test]
    fn whole_turns_change_nothing_in_any_size() {
        for size in [Size::new(640, 480), Size::new(321, 241), Size::new(1, 7), Size::new(130, 3), Size::new(0, 0)] {
            let picture = numbered(size);
            let turned =
                |turns: &[Rotation]| turns.iter().fold(picture.clone(), |picture, turn| rotate(picture, *turn));
            let (quarter, back) = (Rotation::Quarter, Rotation::ThreeQuarters);
            assert_eq!(turned(&[quarter; 4]), picture, "{size}");
            assert_eq!(turned(&[quarter, back]), picture, "{size}");
            assert_eq!(turned(&[quarter, quarter]), turned(&[Rotation::Half]), "{size}");
            assert_eq!(turned(&[Rotation::None]), picture, "{size}");
        }
    }

    #[test]
    fn only_quarters_of_a_turn_are_known() {
        assert_eq!(Rotation::from_degrees(-90), Some(Rotation::ThreeQuarters));
        assert_eq!(Rotation::from_degrees(450), Some(Rotation::Quarter));
        assert_eq!(Rotation::from_degrees(180), Some(Rotation::Half));
        assert_eq!(Rotation::from_degrees(45), None);
    }
}
