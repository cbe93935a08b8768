//! A codec that follows its target: frames of about the right size, the first one larger, some skipped.
//! The media flow asks it for a frame at every turn of the camera.
//! Sizes vary as those of a real encoder under constant rate do; it never spends more than it is told to for long.

use ahoy_media::Kbps;

use crate::chance::Chance;

/// Frames a second of the camera.
pub const FPS: u64 = 24;

/// Deviation of the logarithm of a frame's size.
const NOISE: f64 = 0.15;

/// A key frame is as large as so many others,
const KEY_FRAMES: f64 = 6.0;
/// but no larger than this: the encoder is told that the first picture has to be small.
const LARGEST_KEY: f64 = 12_000.0;

/// Below this rate there is no picture; above the other there is one again.
const PAUSES: f64 = 15.0;
const RESUMES: f64 = 25.0;

/// Below this rate only every second frame of the camera is coded, below a third of it every fourth.
const HALF_RATE: f64 = 120.0;

/// Overspending that is paid back by later frames, in frames.
const MOST_DEBT: f64 = 3.0;

/// The encoder of one flow.
#[derive(Clone, Debug)]
pub struct Codec {
    chance: Chance,
    turn: u64,
    begun: bool,
    paused: bool,
    /// Bytes spent beyond what the target gave.
    debt: f64,
}

impl Codec {
    /// An encoder that has coded nothing.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { chance: Chance::new(seed), turn: 0, begun: false, paused: false, debt: 0.0 }
    }

    /// The next frame of the camera: its bytes when it is coded. `budget` is the rate left for pictures, `full` says
    /// that earlier frames have not left yet.
    pub fn frame(&mut self, budget: Kbps, full: bool) -> Option<usize> {
        self.turn += 1;
        let kbps = f64::from(budget.0);
        self.paused = if self.paused { kbps < RESUMES } else { kbps < PAUSES };
        let every = if kbps >= HALF_RATE {
            1
        } else if kbps >= HALF_RATE / 3.0 {
            2
        } else {
            4
        };
        if self.paused || full || !self.turn.is_multiple_of(every) {
            return None;
        }
        Some(self.coded(1_000.0 / 8.0 * kbps * every as f64 / FPS as f64))
    }

    /// A frame of about `share` bytes.
    pub fn coded(&mut self, share: f64) -> usize {
        let noise = (NOISE * self.chance.gaussian()).exp();
        let wish =
            if self.begun { (share - 0.3 * self.debt).max(0.3 * share) } else { LARGEST_KEY.min(KEY_FRAMES * share) };
        let bytes = (wish * noise).max(60.0);
        self.debt = (self.debt + bytes - share).clamp(-share, MOST_DEBT * share);
        self.begun = true;
        bytes as usize
    }
}
