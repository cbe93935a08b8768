//! From a picture to a frame of the peer's: scaled, its references chosen, coded as VP9.
//! The encode thread owns one and tells it what the peer's reports say.
//! Every frame made has the next sequence number; an encoder that fails is opened anew and begins with a key frame.

use std::time::Duration;

use ahoy_codec::{CodecError, Vp9Config, Vp9Encoder};
use ahoy_media::allocation::{PicturePlan, sizes};
use ahoy_media::scale::scale;
use ahoy_media::{CapturedPicture, Decoded, LocalTime, MediaClock, Picture, ReferencePlan, Size, VideoFrame};
use bytes::Bytes;

use crate::clock;

/// One thread: a second one shortens no frame of a call that shares two processors with another, and wakes more often.
const ENCODER_THREADS: u32 = 1;

/// The rates the encoder takes, in pictures a second.
const ENCODER_FPS: std::ops::RangeInclusive<u32> = 1..=60;

/// A frame may be so many times the average: more would hold the sound and the next ones up, less would smear what moves.
const LARGEST_FRAME: u64 = 2;

/// A frame ready to leave.
#[derive(Clone, Debug)]
pub struct CodedFrame {
    /// Its place in the stream.
    pub sequence: u32,
    /// When its picture was captured.
    pub captured: LocalTime,
    /// It stands alone.
    pub key: bool,
    /// How long it took to encode.
    pub took: Duration,
    /// Its wire form.
    pub bytes: Bytes,
}

/// The coder of one call.
pub(super) struct Coder {
    clock: MediaClock,
    /// The largest picture sent.
    largest: Size,
    encoder: Option<Opened>,
    sequence: u32,
}

/// An encoder and what belongs to it alone.
struct Opened {
    encoder: Vp9Encoder,
    references: ReferencePlan,
    largest: Size,
    plan: PicturePlan,
}

impl Coder {
    pub(super) fn new(clock: MediaClock, largest: Size) -> Self {
        Self { clock, largest, encoder: None, sequence: 0 }
    }

    /// What the peer's decoder holds; `stuck`: it cannot go on from there.
    pub(super) fn heard(&mut self, decoded: Decoded, stuck: bool, round_trip: Duration, now: LocalTime) {
        let Some(Opened { references, .. }) = &mut self.encoder else { return };
        references.acknowledged(decoded);
        if stuck {
            references.want_repair(round_trip, now);
        }
    }

    /// A frame that will not get there.
    pub(super) fn lost(&mut self, sequence: u32, now: LocalTime) {
        if let Some(Opened { references, .. }) = &mut self.encoder {
            references.lost(sequence, now);
        }
    }

    /// What follows another camera has nothing in common with the picture before.
    pub(super) fn forget(&mut self) {
        self.encoder = None;
    }

    /// One frame; `None` when it could not be made, and then the next one stands alone.
    pub(super) fn frame(
        &mut self,
        captured: &CapturedPicture,
        plan: PicturePlan,
        now: LocalTime,
    ) -> Option<CodedFrame> {
        let scaled;
        let picture = if plan.size == captured.picture.size() {
            captured.picture.as_ref()
        } else {
            scaled = scale(&captured.picture, plan.size);
            &scaled
        };
        let (_, largest) = sizes(captured.picture.size(), self.largest);
        let (frame, took) = match self.code(picture, captured, plan, largest, now) {
            Ok(coded) => coded,
            Err(error) => {
                tracing::warn!(%error, "a picture was not encoded");
                self.encoder = None;
                return None;
            }
        };
        let bytes = frame.encode().inspect_err(|error| tracing::warn!(%error, "a frame was not sent"));
        let Ok(bytes) = bytes else {
            self.encoder = None;
            return None;
        };
        // 2^32 frames are five years of video.
        self.sequence = self.sequence.wrapping_add(1);
        Some(CodedFrame { sequence: frame.sequence, captured: captured.at, key: frame.key, took, bytes })
    }

    fn code(
        &mut self,
        picture: &Picture,
        captured: &CapturedPicture,
        plan: PicturePlan,
        largest: Size,
        now: LocalTime,
    ) -> Result<(VideoFrame, Duration), CodecError> {
        let Opened { encoder, references, plan: before, .. } = match &mut self.encoder {
            Some(opened) if opened.largest == largest => opened,
            outgrown_or_none => outgrown_or_none.insert(Opened::new(plan, largest)?),
        };
        follow(encoder, *before, plan)?;
        *before = plan;
        let coding = references.next(plan.size);
        let begun = clock::now();
        let frame = encoder.encode(picture, coding)?;
        let took = clock::now().saturating_since(begun);
        let frame = VideoFrame {
            sequence: self.sequence,
            at: self.clock.media(captured.at),
            key: frame.key,
            size: plan.size,
            references: references.coded(self.sequence, plan.size, coding, frame.key, now),
            data: frame.data,
        };
        Ok((frame, took))
    }
}

impl Opened {
    fn new(plan: PicturePlan, largest: Size) -> Result<Self, CodecError> {
        let config = Vp9Config { max_size: largest, kbps: plan.kbps, fps: held(plan.fps), threads: ENCODER_THREADS };
        let mut encoder = Vp9Encoder::new(config)?;
        encoder.set_frame_limit(Some(largest_frame(plan)))?;
        Ok(Self { encoder, references: ReferencePlan::new(), largest, plan })
    }
}

/// Lets the encoder follow the plan.
fn follow(encoder: &mut Vp9Encoder, before: PicturePlan, plan: PicturePlan) -> Result<(), CodecError> {
    if held(before.fps) != held(plan.fps) {
        encoder.set_fps(held(plan.fps))?;
    }
    if before.kbps != plan.kbps {
        encoder.set_kbps(plan.kbps)?;
    }
    if largest_frame(before) != largest_frame(plan) {
        encoder.set_frame_limit(Some(largest_frame(plan)))?;
    }
    Ok(())
}

fn held(fps: u32) -> u32 {
    fps.clamp(*ENCODER_FPS.start(), *ENCODER_FPS.end())
}

/// Bytes of the largest frame.
fn largest_frame(plan: PicturePlan) -> usize {
    let average = plan.kbps.bits_per_second() / 8 / u64::from(held(plan.fps));
    usize::try_from(average * LARGEST_FRAME).unwrap_or(usize::MAX)
}
