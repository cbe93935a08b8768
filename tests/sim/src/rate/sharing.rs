//! A phone's sound and picture as they compete for a narrow way: the voice that protects itself, and the allocation between both.
//! The media flow has one in the cases where that decides; elsewhere sound has a fixed rate and the picture the rest.
//! Who gets what is the production code; what becomes of it (sound, frames) is bytes alone.

use std::time::Duration;

use ahoy_media::{Allocation, Camera, Kbps, LocalTime, PicturePlan, PictureWishes, Prefer, Share, Size, Thinner, Way};

use super::codec::FPS;
use super::voice::Voice;

/// On a way that carries less pictures wait until the voice is sent as it should be.
const NARROW: Kbps = Kbps(150);

/// The least that a way is thought to carry.
const LEAST: Kbps = Kbps(16);

const CAMERA: Camera = Camera { size: Size::VGA, fps: FPS as u32 };

/// How often the way is shared out without news of it.
const LOOK: Duration = Duration::from_millis(50);

/// The two of one direction.
#[derive(Debug)]
pub struct Sharing {
    /// The voice.
    pub voice: Voice,
    allocation: Allocation,
    thinner: Thinner,
    wishes: PictureWishes,
    share: Option<Share>,
    looked: LocalTime,
}

impl Sharing {
    /// A call begins, whose pictures get no more than `most`.
    #[must_use]
    pub fn new(most: Kbps, now: LocalTime) -> Self {
        let wishes = PictureWishes { most, largest: Size::VGA, prefer: Prefer::Balanced, low_data: false };
        Self {
            voice: Voice::new(now),
            allocation: Allocation::new(),
            thinner: Thinner::default(),
            wishes,
            share: None,
            looked: now,
        }
    }

    /// When the way is to be shared out again.
    #[must_use]
    pub fn due(&self) -> LocalTime {
        self.looked + LOOK
    }

    /// Shares the way out anew.
    pub fn look(&mut self, way: Way, longest_wait: Duration, now: LocalTime) {
        self.looked = now;
        let paused = self.share.is_none() || self.allocation.pauses();
        let scarce = paused && way.target < NARROW && !self.voice.is_content();
        let way = Way { target: if scarce { LEAST } else { way.target }, ..way };
        let share = self.allocation.share(way, self.voice.wanted(), CAMERA, self.wishes, Duration::ZERO, now);
        if share.picture.is_some() || self.allocation.pauses() {
            self.voice.share(share.picture.map(|_| share.voice), longest_wait);
        }
        self.voice.pass(way.round_trip, now);
        self.share = Some(share);
    }

    /// How the camera's picture of now is coded; `None`: not at all.
    pub fn picture(&mut self, waiting: usize, pace: Kbps, now: LocalTime) -> Option<PicturePlan> {
        let plan = self.share?.picture?;
        let room = self.allocation.has_room(waiting, pace, now);
        Some(plan).filter(|plan| room && self.thinner.takes(now, plan.fps))
    }

    /// Parity pieces for each piece of a frame.
    #[must_use]
    pub fn redundancy(&self) -> f64 {
        self.share.map_or(0.0, |share| share.redundancy)
    }

    /// A frame was coded to so many bytes.
    pub fn coded(&mut self, bytes: usize, now: LocalTime) {
        self.allocation.encoded(bytes, now);
    }
}
