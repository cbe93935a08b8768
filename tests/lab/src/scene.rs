//! A moving picture that needs its bit rate: rough water panned over, a head that moves before it, and the noise of a sensor.
//! `call` has it written for the cameras of both phones, which repeat their file: after the last picture the first fits again.
//! The counter of the camera's pattern stands above it, so that every picture tells which one it is.

use std::f64::consts::TAU;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use ahoy_camera::pattern;
use ahoy_camera::y4m::{FrameRate, write_header, write_picture};
use ahoy_media::{Picture, Size};
use anyhow::Result;

/// Pictures a second.
pub const FPS: u32 = 24;
/// Length in pictures: 8 s, long enough that nothing repeats soon, and 90 MB at 640x480.
const LENGTH: u64 = 192;
/// The pattern's counter takes this part of the height.
const COUNTER_SHARE: usize = 6;
/// Sides of a texture; it goes on from one edge to the opposite one.
const SIDE: usize = 512;
/// Grains of a texture: size in pixels, and how bright they are. Coarse ones survive any coding, the finest cost the most.
const GRAINS: [(usize, f64); 4] = [(128, 40.0), (32, 26.0), (8, 20.0), (2, 16.0)];
/// Waves of the water: pixels that a row moves by, rows from one to the next, and how many pass a row in the length of the file.
/// No two rows move alike, so that motion compensation never finds a whole block.
const WAVES: (f64, f64, f64) = (4.0, 48.0, 12.0);
/// The noise of a sensor in an ordinary room: up to this much brighter or darker, a deviation of 2.
const NOISE: i64 = 4;
/// Fractions of a pixel that things move by.
const FRACTIONS: i64 = 64;

/// Writes the scene as a Y4M file; every seed has its own.
///
/// # Errors
/// The disk is full.
pub fn write(path: &Path, size: Size, seed: u64) -> Result<()> {
    let scene = Scene::new(seed);
    let mut file = BufWriter::new(File::create(path)?);
    write_header(&mut file, size, FrameRate { numerator: FPS, denominator: 1 })?;
    for number in 0..LENGTH {
        write_picture(&mut file, &scene.paint(size, number))?;
    }
    Ok(file.flush()?)
}

/// What is filmed.
struct Scene {
    water: Texture,
    head: Texture,
    seed: u64,
}

impl Scene {
    fn new(seed: u64) -> Self {
        Self { water: Texture::new(seed ^ 0x3a11, 110.0), head: Texture::new(seed ^ 0x4ead, 150.0), seed }
    }

    fn paint(&self, size: Size, number: u64) -> Picture {
        let mut picture = pattern::paint(size, number);
        let (width, height) = (usize::from(size.width), usize::from(size.height));
        // Whole turns in the length of the file, so that its end meets its beginning.
        let turn = |times: f64| (TAU * times * number as f64 / LENGTH as f64).sin();
        let head = Place::at(50.0 * turn(2.0), 12.0 * turn(5.0));
        let water = |row: usize| {
            let (reach, apart, passing) = WAVES;
            let wave = (TAU * (row as f64 / apart + passing * number as f64 / LENGTH as f64)).sin();
            Place::at(60.0 * turn(1.0) + reach * wave, 24.0 * turn(2.0))
        };
        let centre =
            ((width as f64 * (0.5 + 0.08 * turn(2.0))) as i64, (height as f64 * (0.62 + 0.02 * turn(5.0))) as i64);
        let radii = (width as i64 / 6, height as i64 / 4);
        let inside = |x: usize, y: usize| {
            let (x, y) = ((x as i64 - centre.0) * radii.1, (y as i64 - centre.1) * radii.0);
            x * x + y * y < (radii.0 * radii.1).pow(2)
        };
        let mut noise = Noise(mix(self.seed ^ number));
        let chroma_width = size.chroma_width();
        let (luma, blue, red) = picture.planes_mut();
        for y in height / COUNTER_SHARE..height {
            let water = water(y);
            for x in 0..width {
                let (texture, place) = if inside(x, y) { (&self.head, head) } else { (&self.water, water) };
                let value = texture.at(x, y, place);
                luma[y * width + x] = (value + noise.next()).clamp(16, 235) as u8;
                if x % 2 == 0 && y % 2 == 0 {
                    // Colour follows brightness, bluish water and reddish heads; eyes and codecs care less for it.
                    let tint = (value - 120) / 8;
                    let (u, v) = if inside(x, y) { (114 - tint, 142 + tint) } else { (134 + tint, 122 - tint) };
                    blue[y / 2 * chroma_width + x / 2] = u.clamp(16, 240) as u8;
                    red[y / 2 * chroma_width + x / 2] = v.clamp(16, 240) as u8;
                }
            }
        }
        picture
    }
}

/// How far a texture has moved: whole pixels, and fractions of one to the right and down.
#[derive(Clone, Copy)]
struct Place {
    whole: (usize, usize),
    part: (i64, i64),
}

impl Place {
    fn at(x: f64, y: f64) -> Self {
        let fixed = |value: f64| ((value + SIDE as f64) * FRACTIONS as f64).round() as i64;
        let (x, y) = (fixed(x), fixed(y));
        Self { whole: ((x / FRACTIONS) as usize, (y / FRACTIONS) as usize), part: (x % FRACTIONS, y % FRACTIONS) }
    }
}

/// Grains of several sizes over each other ("value noise").
struct Texture(Vec<u8>);

impl Texture {
    fn new(seed: u64, mean: f64) -> Self {
        let grain = |level: u64, x: usize, y: usize| {
            let drawn = mix(seed ^ level << 40 ^ (x as u64) << 20 ^ y as u64);
            drawn as f64 / u64::MAX as f64 * 2.0 - 1.0
        };
        let value = |x: usize, y: usize| {
            let of = |(level, (pixels, height)): (usize, (usize, f64))| {
                let many = SIDE / pixels;
                let (left, top) = (x / pixels, y / pixels);
                let (right, below) = ((left + 1) % many, (top + 1) % many);
                let (across, down) = ((x % pixels) as f64 / pixels as f64, (y % pixels) as f64 / pixels as f64);
                let at = |x, y| grain(level as u64, x, y);
                let upper = at(left, top) * (1.0 - across) + at(right, top) * across;
                let lower = at(left, below) * (1.0 - across) + at(right, below) * across;
                height * (upper * (1.0 - down) + lower * down)
            };
            (mean + GRAINS.into_iter().enumerate().map(of).sum::<f64>()).clamp(16.0, 235.0) as u8
        };
        Self((0..SIDE * SIDE).map(|place| value(place % SIDE, place / SIDE)).collect())
    }

    /// Its brightness at a pixel after it has moved, between four of its own.
    fn at(&self, x: usize, y: usize, place: Place) -> i64 {
        let (x, y) = (x + place.whole.0, y + place.whole.1);
        let sample = |x: usize, y: usize| i64::from(self.0[y % SIDE * SIDE + x % SIDE]);
        let (across, down) = place.part;
        let upper = sample(x, y) * (FRACTIONS - across) + sample(x + 1, y) * across;
        let lower = sample(x, y + 1) * (FRACTIONS - across) + sample(x + 1, y + 1) * across;
        (upper * (FRACTIONS - down) + lower * down) / (FRACTIONS * FRACTIONS)
    }
}

/// Noise from a linear congruential generator (Knuth's constants): fast, and good enough for the eye and the codec.
struct Noise(u64);

impl Noise {
    /// The difference of two uniform variables.
    fn next(&mut self) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The high bits are the random ones.
        let drawn = |shift: u32| (self.0 >> shift & 0x3fff) as i64 % (NOISE + 1);
        drawn(50) - drawn(36)
    }
}

/// Spreads the bits of a number (the finaliser of `SplitMix64`, Steele et al. 2014).
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Size = Size::new(320, 240);

    /// Mean difference of luma below the counter.
    fn difference(one: &Picture, other: &Picture) -> f64 {
        let from = one.y().len() / COUNTER_SHARE;
        let sum: u64 = one.y()[from..].iter().zip(&other.y()[from..]).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / (one.y().len() - from) as f64
    }

    #[test]
    fn the_end_meets_the_beginning() {
        let scene = Scene::new(1);
        let [first, second, last] = [0, 1, LENGTH - 1].map(|number| scene.paint(SMALL, number));
        let (step, seam) = (difference(&first, &second), difference(&last, &first));
        assert!(seam < step * 1.5, "{seam} at the seam, {step} inside");
        let far = difference(&first, &scene.paint(SMALL, LENGTH / 4));
        assert!(far > step * 2.0, "{far} after two seconds, {step} after one picture");
    }

    #[test]
    fn a_standing_scene_still_has_noise_and_every_picture_has_its_number() {
        let scene = Scene::new(1);
        let picture = scene.paint(SMALL, 77);
        assert_eq!(pattern::read_counter(&picture), Some(77));
        let mut noise = Noise(mix(1));
        let drawn: Vec<i64> = (0..100_000).map(|_| noise.next()).collect();
        let mean = drawn.iter().sum::<i64>() as f64 / drawn.len() as f64;
        let power = drawn.iter().map(|value| value * value).sum::<i64>() as f64 / drawn.len() as f64;
        assert!(mean.abs() < 0.05 && (power - 4.0).abs() < 0.1, "mean {mean}, power {power}");
        assert_eq!(scene.paint(SMALL, 77), picture);
        assert!(difference(&Scene::new(2).paint(SMALL, 77), &picture) > 5.0);
    }
}
