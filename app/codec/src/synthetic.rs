//! A made-up speaker, a made-up scene and the scores they are judged by.
//! The tests and the cost example use it.
//! Everything follows from its arguments alone, so a figure can be had again.

use ahoy_media::{Picture, SAMPLE_RATE, Size};

/// A small generator (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// Starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// A number below `end`.
    #[cfg(test)]
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Speech-like sound at 48 kHz: gliding glottal pulses through moving formants, in syllables, with breath noise.
pub fn speech(samples: usize) -> Vec<f32> {
    let rate = f64::from(SAMPLE_RATE);
    let mut dice = Dice::new(1);
    let mut formants = [[0.0_f64; 2]; 3];
    let mut phase = 0.0;
    (0..samples)
        .map(|n| {
            let t = n as f64 / rate;
            let wave = |hertz: f64| (t * hertz * std::f64::consts::TAU).sin();
            phase += (130.0 + 40.0 * wave(0.7) + 8.0 * wave(5.1)) / rate;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase -= pulse;
            let breath = dice.byte() as f64 / 255.0 - 0.5;
            let source = pulse * 30.0 + breath * 0.4;
            let places = [500.0 + 200.0 * wave(2.3), 1_500.0 + 500.0 * wave(1.7), 2_500.0 + 200.0 * wave(1.1)];
            let mut sound = 0.0;
            for ((state, hertz), gain) in formants.iter_mut().zip(places).zip([1.0, 0.5, 0.25]) {
                let radius = (-std::f64::consts::PI * 90.0 / rate).exp();
                let turn = 2.0 * radius * (std::f64::consts::TAU * hertz / rate).cos();
                let out = source * 0.02 + turn * state[0] - radius * radius * state[1];
                *state = [out, state[0]];
                sound += gain * out;
            }
            let syllable = (0.5 - 0.5 * (t * 4.0 * std::f64::consts::TAU).cos()).powf(0.7);
            (sound * syllable * 0.12).clamp(-0.9, 0.9) as f32
        })
        .collect()
}

/// Likeness of two signals over their common length, -1 to 1.
pub fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (mut ab, mut aa, mut bb) = (0.0_f64, 1e-12_f64, 1e-12_f64);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (f64::from(*a), f64::from(*b));
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    (ab / (aa * bb).sqrt()) as f32
}

/// Picture `index` of a made-up video call: a textured room that drifts a little, a head that moves, a noisy sensor.
pub fn scene(size: Size, index: u64) -> Picture {
    let mut picture = Picture::black(size);
    let mut noise = Dice::new(index.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let t = index as f32 / 24.0;
    let drift = ((t * 0.9).sin() * 6.0, (t * 0.7).cos() * 4.0);
    let (width, height) = (f32::from(size.width), f32::from(size.height));
    let head = (width * (0.5 + 0.12 * (t * 1.3).sin()), height * (0.5 + 0.05 * (t * 2.1).cos()));
    let inside = |x: f32, y: f32| {
        let (dx, dy) = ((x - head.0) / (width * 0.16), (y - head.1) / (height * 0.3));
        dx * dx + dy * dy
    };
    let (row, chroma) = (size.width as usize, size.chroma_width());
    let (luma, blue, red) = picture.planes_mut();
    for (n, pixel) in luma.iter_mut().enumerate() {
        let (x, y) = ((n % row) as f32, (n / row) as f32);
        let r = inside(x, y);
        let value = if r < 1.0 {
            let (u, v) = (x - head.0, y - head.1);
            150.0 - 40.0 * r + 12.0 * (u * 0.21).sin() * (v * 0.17).cos()
        } else {
            let (u, v) = (x + drift.0, y + drift.1);
            let shelf = if (v as i32).rem_euclid(96) < 8 { 40.0 } else { 0.0 };
            90.0 + 30.0 * (u * 0.05).sin() + 20.0 * (u * 0.31 + v * 0.11).sin() * (v * 0.23).cos() + shelf
        };
        let grain = f32::from(noise.byte() & 7) - 3.5;
        *pixel = (value + grain).clamp(16.0, 235.0) as u8;
    }
    for (n, (blue, red)) in blue.iter_mut().zip(red.iter_mut()).enumerate() {
        let (x, y) = ((n % chroma * 2) as f32, (n / chroma * 2) as f32);
        (*blue, *red) = if inside(x, y) < 1.0 { (110, 150) } else { ((128.0 + 10.0 * (x * 0.02).sin()) as u8, 120) };
    }
    picture
}

/// Peak signal to noise ratio of the luma planes, dB.
pub fn psnr(a: &Picture, b: &Picture) -> f64 {
    let sum: u64 = a.y().iter().zip(b.y()).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    let mean = (sum as f64 / a.y().len() as f64).max(1e-9);
    10.0 * (255.0 * 255.0 / mean).log10()
}
