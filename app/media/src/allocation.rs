//! What sound and picture get of the way: sound first, the picture what is left after parity and headers.
//! The sending thread asks several times a second and before every picture; the encoder and the protection of pieces follow it.
//! Never more than the target in all; a picture loses detail first, then frames, then size, then goes, and comes back the same way.

use std::time::Duration;

use crate::encoder_load::EncoderLoad;
use crate::frame_budget::FrameBudget;
use crate::frame_cost::{FrameCost, pieces_of};
use crate::frame_rate::{self, FrameRate, LEAST_FPS};
use crate::ladder::Ladder;
use crate::picture_pause::{Flow, Outlook, PicturePause};
use crate::picture_size::{Means, PictureSize};
use crate::rate::Silence;
use crate::redundancy::redundancy_for;
use crate::units::{Kbps, LocalTime, Size};

/// With less for the picture (kbit/s) a frame is a piece or two, and parity would cost as much as the picture: what is lost is
/// sent again, or is not missed because every other frame may vanish.
const PARITY_FROM: f64 = 100.0;

/// All that low-data mode uses, sound included: 135 MB an hour.
const LOW_DATA: Kbps = Kbps(300);

/// Frames a second of low-data mode.
const LOW_DATA_FPS: u32 = 15;

/// When nothing is heard of the peer sound gets no more than this: 6 kbit/s in frames of 60 ms.
const LOWEST_SOUND: Kbps = Kbps(16);

/// The picture's share is smoothed over about this for everything that should last: frame rate and size.
const SMOOTH: Duration = Duration::from_secs(1);

/// When less than this many bits a pixel is left for a frame there are fewer frames at once: VP9 cannot make them smaller.
const LEAST_BITS: f64 = 1.0 / 60.0;

/// More than this share of losses no repair makes up for.
const MOST_LOSS: f64 = 0.9;

/// The size of frames is searched within half a percent of the way.
const HALVINGS: u32 = 8;

/// What is known of the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    /// Wire rate of everything that is sent.
    pub target: Kbps,
    /// What of it our own reports of pieces take.
    pub reports: Kbps,
    /// How long a datagram waits on the way.
    pub queue: Duration,
    /// Share of pieces lost, 0 to 1.
    pub loss: f64,
    /// Mean length of runs of lost pieces, at least 1.
    pub mean_run: f64,
    /// There and back, as far as it is known.
    pub round_trip: Option<Duration>,
    /// Whether reports come.
    pub silence: Silence,
}

/// What the camera gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Camera {
    /// Size of its pictures.
    pub size: Size,
    /// Pictures a second.
    pub fps: u32,
}

/// What matters most when the way is narrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Prefer {
    /// Detail, frames and size by turns.
    #[default]
    Balanced,
    /// The size stays as long as a few frames go.
    Sharpness,
    /// The frames stay: sign language and lips are read from them.
    Motion,
}

/// What the person wants of the picture sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureWishes {
    /// Never more encoded data.
    pub most: Kbps,
    /// No larger pictures; turns with the camera.
    pub largest: Size,
    /// What to keep.
    pub prefer: Prefer,
    /// As little data as a call needs.
    pub low_data: bool,
}

/// How to encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PicturePlan {
    /// Encoded data, without any header.
    pub kbps: Kbps,
    /// Frames a second, no more than the camera gives.
    pub fps: u32,
    /// Size of the frames: the camera's shape, even sides of at least 16.
    pub size: Size,
}

/// Who gets what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Wire budget of the sound.
    pub voice: Kbps,
    /// The picture; `None` while it pauses.
    pub picture: Option<PicturePlan>,
    /// Parity pieces for each piece of a frame.
    pub redundancy: f64,
}

/// The allocation of one direction of a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocation {
    /// What is left for pictures in kbit/s on the wire, smoothed, and since when.
    left: Option<(f64, LocalTime)>,
    size: PictureSize,
    rate: FrameRate,
    load: EncoderLoad,
    pause: PicturePause,
    budget: FrameBudget,
    /// The last plan, also while it pauses.
    plan: Option<PicturePlan>,
    /// The size of the last plan that did not pause.
    sent: Option<Size>,
}

/// The first and the largest picture that is made of a camera of this size, of its shape: with the one a call begins, for the
/// other an encoder has to be opened.
#[must_use]
pub fn sizes(camera: Size, largest: Size) -> (Size, Size) {
    let ladder = Ladder::new(camera, largest);
    let rung = |place| ladder.rung(place).unwrap_or(camera);
    (rung(ladder.first()), rung(0))
}

impl Allocation {
    /// A call begins.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Shares the way out. `voice_wants` is in wire bytes, `encode_time` is that of a frame of the last plan, zero when it
    /// is not known.
    pub fn share(
        &mut self,
        way: Way,
        voice_wants: Kbps,
        camera: Camera,
        wishes: PictureWishes,
        encode_time: Duration,
        now: LocalTime,
    ) -> Share {
        let (target, camera) = if wishes.low_data {
            (way.target.min(LOW_DATA), Camera { fps: camera.fps.min(LOW_DATA_FPS), ..camera })
        } else {
            (way.target, camera)
        };
        let voice = match way.silence {
            Silence::Heard | Silence::Halved | Silence::NoPictures => voice_wants.min(target),
            Silence::LowestSound => voice_wants.min(target).min(LOWEST_SOUND),
        };
        let left = f64::from(target.0.saturating_sub(voice.0).saturating_sub(way.reports.0));
        let last_fps = self.plan.map_or(LEAST_FPS, |plan| plan.fps);
        let (mut redundancy, cost) = protection(&way, left, last_fps);
        let picture = encoder_kbps(cost, left, LEAST_FPS.min(camera.fps));
        let outlook = Outlook { silence: way.silence, queue: way.queue, way: target, picture };
        let flow = self.pause.look(outlook, now);
        // What is told of a blocked way says nothing about the size that it has room for.
        if flow != Flow::Blocked {
            let (size, fps) = self.shape(left, cost, camera, wishes, encode_time, now);
            // Fewer frames are larger ones, and need other parity.
            let left = left * self.pause.care(now);
            let (parity, cost) = protection(&way, left, fps);
            redundancy = parity;
            self.plan = Some(PicturePlan { kbps: encoder_kbps(cost, left, fps).min(wishes.most), fps, size });
        }
        // In a dip there may be nothing left, not even for headers.
        let picture = self.plan.filter(|plan| flow == Flow::Flows && plan.kbps > Kbps(0));
        self.sent = picture.map(|plan| plan.size).or(self.sent);
        self.budget.set(picture.map(|plan| (plan.fps, plan.kbps)), way.queue, now);
        Share { voice, picture, redundancy }
    }

    /// Whether pictures pause; in a dip, in which none is made either, they do not.
    #[must_use]
    pub fn pauses(&self) -> bool {
        self.pause.paused()
    }

    /// Whether another frame may be encoded now, when `waiting_bytes` of those before it have not left yet and pieces leave
    /// at `pace`. False while the picture pauses.
    #[must_use]
    pub fn has_room(&self, waiting_bytes: usize, pace: Kbps, now: LocalTime) -> bool {
        self.budget.has_room(waiting_bytes, pace, now)
    }

    /// A frame was encoded to so many bytes.
    pub fn encoded(&mut self, bytes: usize, now: LocalTime) {
        self.budget.encoded(bytes, now);
    }

    /// Size and frames a second.
    fn shape(
        &mut self,
        left: f64,
        cost: FrameCost,
        camera: Camera,
        wishes: PictureWishes,
        encode_time: Duration,
        now: LocalTime,
    ) -> (Size, u32) {
        if let Some(plan) = self.plan {
            self.load.observe(encode_time, plan.size, now);
        }
        let most = camera.fps.max(1);
        let left = left.min(wire_kbps(cost, wishes.most, most));
        let ladder = Ladder::new(camera.size, wishes.largest);
        let lasting = Means { wire: bytes_per_second(self.smooth(left, now)), cost, load: self.load };
        // During a pause one step is enough: what follows is made from the last picture sent.
        let stepped = |size: &Size| self.sent.is_some_and(|sent| sent != *size) && ladder.has(*size);
        let size = match self.plan.map(|plan| plan.size).filter(stepped) {
            Some(size) => size,
            None => self.size.choose(ladder, &lasting, wishes.prefer, most, now),
        };
        let bits = PictureSize::bits(ladder, size, wishes.prefer);
        let settled = self.rate.settle(lasting.carried(size, bits).min(lasting.load.frames(size)), most);
        let left = left * self.pause.care(now);
        let at_once = Means { wire: bytes_per_second(left), ..lasting }.carried(size, LEAST_BITS);
        (size, settled.min(frame_rate::whole(at_once, most)))
    }

    fn smooth(&mut self, left: f64, now: LocalTime) -> f64 {
        let smoothed = self.left.map_or(left, |(old, at)| {
            let weight = now.saturating_since(at).as_secs_f64() / SMOOTH.as_secs_f64();
            old + (left - old) * weight.min(1.0)
        });
        self.left = Some((smoothed, now));
        smoothed
    }
}

/// Parity for each piece at so many frames a second, and what frames cost with it.
fn protection(way: &Way, left: f64, fps: u32) -> (f64, FrameCost) {
    let loss = way.loss.clamp(0.0, MOST_LOSS);
    let wire = bytes_per_second(left) / f64::from(fps.max(1));
    let with = |data: f64| {
        let affordable = left >= PARITY_FROM;
        let redundancy =
            if affordable { redundancy_for(loss, way.mean_run, way.round_trip, pieces_of(data)) } else { 0.0 };
        (redundancy, FrameCost::new(redundancy, data, loss))
    };
    // Parity depends on the size of frames, and that on how much parity leaves: as much data as is affordable with
    // its own parity. It does not rise evenly with the size, but what is found is affordable.
    let (mut less, mut more) = (0.0, wire);
    for _ in 0..HALVINGS {
        let middle = (less + more) / 2.0;
        if with(middle).1.wire(middle) <= wire { less = middle } else { more = middle }
    }
    with(less)
}

/// What the encoder gets of `left` kbit/s on the wire at so many frames a second.
fn encoder_kbps(cost: FrameCost, left: f64, fps: u32) -> Kbps {
    let fps = f64::from(fps.max(1));
    // Less than `left`, which was a whole number of 32 bits.
    Kbps((cost.data(bytes_per_second(left) / fps) * fps / BYTES_OF_KBPS) as u32)
}

/// What the encoder's rate costs on the wire at so many frames a second.
fn wire_kbps(cost: FrameCost, encoder: Kbps, fps: u32) -> f64 {
    let fps = f64::from(fps);
    cost.wire(bytes_per_second(f64::from(encoder.0)) / fps) * fps / BYTES_OF_KBPS
}

/// Bytes a second of one kbit/s.
const BYTES_OF_KBPS: f64 = 125.0;

fn bytes_per_second(kbps: f64) -> f64 {
    kbps * BYTES_OF_KBPS
}

#[cfg(test)]
#[path = "allocation_tests.rs"]
mod tests;
