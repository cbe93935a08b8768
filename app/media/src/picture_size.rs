//! The size that pictures are sent in: what the way carries and the processor encodes, and what the person prefers.
//! Allocation asks it whenever it shares the way out.
//! Down after [`DOWN_HOLD`], up after longer, at most 2:1 a step; a size that could not be kept is tried again more and more seldom.

use std::time::Duration;

use crate::allocation::Prefer;
use crate::encoder_load::EncoderLoad;
use crate::frame_cost::FrameCost;
use crate::ladder::{HALVING, Ladder};
use crate::units::{LocalTime, Size};

/// Bits of a frame for each pixel, at which VP9 shows a person well: 490 kbit/s for 640x480 at 24 frames a second.
const GOOD_BITS: f64 = 1.0 / 15.0;

/// At the size that a call begins with and below, and where motion matters most, frames are given up only from here on: 256 bytes
/// of 320x240, of which VP9 makes a plain but steady picture (29 dB at 280 bytes of a moving scene).
const PLAIN_BITS: f64 = GOOD_BITS * 0.4;

/// A dip that is over within this changes no size.
const DOWN_HOLD: Duration = Duration::from_millis(1_500);

/// Until the way was first too narrow a call only learns how wide it is.
const FIRST_UP_HOLD: Duration = Duration::from_millis(500);

/// Afterwards the next size must be affordable for so long; twice as long after each one that was not kept for
/// [`PROVEN`], up to the longest.
const UP_HOLD: Duration = Duration::from_secs(4);
const LONGEST_UP_HOLD: Duration = Duration::from_secs(64);
const PROVEN: Duration = Duration::from_secs(20);

/// The rate at which most cameras give pictures, and the eye has enough.
const USUAL_FPS: f64 = 24.0;

/// A size is given up at this share of the frames that it is taken for: between the two, fewer frames are sent.
const BALANCED_KEEPS: f64 = 0.625;
const SHARP_KEEPS: f64 = 0.5;

/// At the size that a call begins with and below, so many frames are worth more than the next size: a noisy scene is no smaller
/// than [`GOOD_BITS`] there, whatever VP9 is asked for.
const SMALL_TAKES: f64 = 12.0;
const SMALL_KEEPS: f64 = 8.0;

/// Where fewer frames are no way out the next size must afford so many times those that it will be given.
const SPARE: f64 = 1.4;

/// Who wants sharp pictures is content with half of the frames.
const SHARP_FPS: f64 = USUAL_FPS / 2.0;

/// What pictures can be made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Means {
    /// Wire bytes a second.
    pub wire: f64,
    /// What frames cost of them.
    pub cost: FrameCost,
    /// How long the encoder takes.
    pub load: EncoderLoad,
}

impl Means {
    /// Frames of `size` a second that the way carries with so many bits a pixel.
    pub(crate) fn carried(&self, size: Size, bits: f64) -> f64 {
        self.wire / self.cost.wire(size.luma_len() as f64 * bits / 8.0)
    }
}

/// Frames a second that a size must afford.
#[derive(Clone, Copy, Debug)]
struct Demand {
    way: f64,
    encoder: f64,
}

impl Demand {
    fn met(self, means: &Means, size: Size) -> bool {
        means.carried(size, GOOD_BITS) >= self.way && means.load.frames(size) >= self.encoder
    }
}

/// To take a size, and to keep it. An encoder that is too slow is given smaller pictures before fewer, unless those are
/// what matters least: it would be late with every one of them. Below the size that a call begins with only narrow ways go.
fn demands(prefer: Prefer, camera_fps: u32, small: bool) -> (Demand, Demand) {
    let all = f64::from(camera_fps).min(USUAL_FPS);
    let encoded = if small { 0.0 } else { all };
    let spare = Demand { way: SPARE * all, encoder: SPARE * encoded };
    let full = Demand { way: all, encoder: encoded };
    match prefer {
        Prefer::Balanced if small => {
            (Demand { way: SMALL_TAKES.min(all), ..spare }, Demand { way: SMALL_KEEPS.min(all), ..full })
        }
        Prefer::Balanced => (Demand { way: all, ..spare }, Demand { way: BALANCED_KEEPS * all, ..full }),
        Prefer::Motion => (spare, full),
        Prefer::Sharpness => {
            let take = all.min(SHARP_FPS);
            let encoded = encoded.min(take);
            (Demand { way: take, encoder: encoded }, Demand { way: SHARP_KEEPS * take, encoder: SHARP_KEEPS * encoded })
        }
    }
}

/// The size of one call's pictures.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PictureSize {
    size: Option<Size>,
    /// Since when the size is more than can be kept.
    short_since: Option<LocalTime>,
    /// Since when a larger one could be taken.
    ample_since: Option<LocalTime>,
    /// The last step up, unless one down followed.
    rose: Option<LocalTime>,
    /// How long a larger one must be affordable; `None` before the first step down.
    up_hold: Option<Duration>,
}

impl PictureSize {
    /// The size of now: one of `ladder`.
    pub(crate) fn choose(
        &mut self,
        ladder: Ladder,
        means: &Means,
        prefer: Prefer,
        camera_fps: u32,
        now: LocalTime,
    ) -> Size {
        let place = self.size.map_or(ladder.first(), |size| ladder.place_of(size));
        let demands = |place: usize| demands(prefer, camera_fps, place >= ladder.first());
        let met = |demand: Demand, place: usize| ladder.rung(place).is_some_and(|size| demand.met(means, size));
        let takes = |place: usize| met(demands(place).0, place);
        let keeps = |place: usize| met(demands(place).1, place);
        let lowest = (place + HALVING).min(ladder.last());
        let lower = (place + 1..=lowest).find(|&place| keeps(place)).unwrap_or(lowest);
        let higher = (place.saturating_sub(HALVING)..place).find(|&place| takes(place));
        let short = !keeps(place) && lower != place;
        let short_for = lasts(&mut self.short_since, short, now);
        let ample_for = lasts(&mut self.ample_since, !short && higher.is_some(), now);
        let place = if short_for.is_some_and(|lasted| lasted >= DOWN_HOLD) {
            self.sank(now);
            lower
        } else if ample_for.is_some_and(|lasted| lasted >= self.hold(now)) {
            self.rose = Some(now);
            self.ample_since = None;
            higher.unwrap_or(place)
        } else {
            place
        };
        let size = ladder.rung(place).unwrap_or_default();
        self.size = Some(size);
        size
    }

    /// Bits of a frame for each pixel, below which frames are left out.
    pub(crate) fn bits(ladder: Ladder, size: Size, prefer: Prefer) -> f64 {
        match prefer {
            Prefer::Sharpness => GOOD_BITS,
            Prefer::Motion => PLAIN_BITS,
            Prefer::Balanced if ladder.place_of(size) >= ladder.first() => PLAIN_BITS,
            Prefer::Balanced => GOOD_BITS,
        }
    }

    /// How long a larger size must be affordable.
    fn hold(&self, now: LocalTime) -> Duration {
        let proven = self.rose.is_some_and(|rose| now.saturating_since(rose) >= PROVEN);
        self.up_hold.map_or(FIRST_UP_HOLD, |hold| if proven { UP_HOLD } else { hold })
    }

    /// A step down.
    fn sank(&mut self, now: LocalTime) {
        self.short_since = None;
        let hold = self.up_hold.unwrap_or(UP_HOLD);
        self.up_hold = Some(match self.rose.take() {
            Some(rose) if now.saturating_since(rose) < PROVEN => (hold * 2).min(LONGEST_UP_HOLD),
            Some(_) => UP_HOLD,
            None => hold,
        });
    }
}

/// For how long `it` has been so; `None` when it is not.
fn lasts(since: &mut Option<LocalTime>, it: bool, now: LocalTime) -> Option<Duration> {
    *since = it.then(|| since.unwrap_or(now));
    since.map(|since| now.saturating_since(since))
}
