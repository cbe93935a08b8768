//! How coarsely a frame has to be coded to keep to its bytes, from what frames took of late and how coarse those were.
//! The VP9 encoder asks before every frame and tells what came of it.
//! libvpx goes by the frames before: after a cut of the rate it takes several to follow, and one too large stops a narrow way.

use ahoy_media::Size;

/// The coarsest on libvpx' scale.
pub const COARSEST: u32 = 63;

/// Weight of the newest frame against those before.
const NEWEST: f64 = 0.4;

/// Bytes fall by this power of the quantizer's step: between the first of clean pictures and the second of noisy ones.
const POWER: f64 = 1.5;

/// A frame is aimed at this share of the bytes it may have: no estimate is exact.
const AIM: f64 = 0.6;

/// A frame that builds on an old one, or on one of another size, takes about so many times the bytes.
const REMOTE: f64 = 5.0;

/// What a frame builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The frame before, of the same size.
    Near,
    /// An older one, or one of another size.
    Remote,
}

/// What pictures take: bytes a pixel, and how many there would be at a step of one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effort(Option<f64>);

impl Effort {
    /// A frame took so many bytes at this place of VP9's table of steps.
    pub fn coded(&mut self, bytes: usize, size: Size, base: Base, place: u32) {
        let took = bytes as f64 * step(place).powf(POWER) / weight(size, base);
        self.0 = Some(self.0.map_or(took, |before| before + (took - before) * NEWEST));
    }

    /// The finest quantizer, on libvpx' scale, with which the next frame likely keeps to `bytes`.
    pub fn finest(&self, bytes: usize, size: Size, base: Base) -> u32 {
        let Some(effort) = self.0 else { return 0 };
        let wanted = (effort * weight(size, base) / (AIM * bytes.max(1) as f64)).powf(1.0 / POWER);
        (0..COARSEST).find(|quantizer| step(place(*quantizer)) >= wanted).unwrap_or(COARSEST)
    }
}

fn weight(size: Size, base: Base) -> f64 {
    let pixels = f64::from(size.width) * f64::from(size.height);
    match base {
        Base::Near => pixels,
        Base::Remote => REMOTE * pixels,
    }
}

/// The place of a quantizer of libvpx' scale in the table of steps: every fourth, and the last.
fn place(quantizer: u32) -> u32 {
    match quantizer {
        0..62 => 4 * quantizer,
        62 => 249,
        63.. => 255,
    }
}

/// A step of that table, in eighths of a coefficient: 2 % more than the one before, or one more where that is nothing.
fn step(place: u32) -> f64 {
    (1..place).fold(8_u32, |step, _| (step + 1).max(step + step * 79 / 4_000)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_those_of_the_format() {
        assert_eq!([0, 1, 50, 104, 152, 255].map(step), [8.0, 8.0, 57.0, 120.0, 265.0, 1_828.0]);
        assert_eq!([0, 1, 61, 62, 63].map(place), [0, 4, 244, 249, 255]);
    }

    #[test]
    fn fewer_bytes_more_pixels_and_a_remote_base_need_a_larger_step() {
        let mut effort = Effort::default();
        assert_eq!(effort.finest(1, Size::VGA, Base::Near), 0, "nothing is known");
        (0..20).for_each(|_| effort.coded(8_000, Size::VGA, Base::Near, 100));
        let finest = |bytes| effort.finest(bytes, Size::VGA, Base::Near);
        assert!(finest(400_000) < 4 && finest(100) == COARSEST);
        let ratio = step(place(finest(2_000))) / step(place(finest(4_000)));
        assert!((1.4..1.8).contains(&ratio), "{ratio}");
        assert!(effort.finest(4_000, Size::new(320, 240), Base::Near) < finest(4_000));
        assert!(effort.finest(4_000, Size::VGA, Base::Remote) > finest(4_000));
    }
}
