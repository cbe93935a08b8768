//! Chance from a seed: SplitMix64, the same on every machine.
//! Scripts draw from a running generator; links ask for a number that depends on the letter and the attempt alone.
//! So a script that is made shorter keeps the luck of what is left of it.

use std::ops::Range;

/// The increment of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes one number into another.
#[must_use]
pub const fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(GAMMA).wrapping_add(b.wrapping_mul(0xd134_2543_de82_ef95));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A seeded generator.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The generator of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator of a seed and of what it is asked for.
    #[must_use]
    pub fn of(seed: u64, parts: &[u64]) -> Self {
        Self(parts.iter().fold(seed, |sum, part| mix(sum, *part)))
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0, 0)
    }

    /// A number of a range, which is not empty.
    pub fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.draw() % (range.end - range.start)
    }

    /// Heads or tails.
    pub fn coin(&mut self) -> bool {
        self.draw() & 1 == 0
    }

    /// A number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        // The 53 bits that a double holds.
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number of the Gaussian distribution with mean 0 and deviation 1 (Box and Muller, 1958).
    pub fn gaussian(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// True `permille` times in a thousand.
    pub fn permille(&mut self, permille: u64) -> bool {
        permille > 0 && self.within(0..1_000) < permille
    }
}
