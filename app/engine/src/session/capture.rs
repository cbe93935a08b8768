//! The way from the microphone to whole frames: ring, blocks of 10 ms, processing, levels, mute.
//! The audio worker calls it on every tick; with the Echo contact the sound heard takes the microphone's place.
//! Frames come at the microphone's own rhythm, mute and silence too, so that the wire tells nobody anything.

use std::collections::VecDeque;
use std::time::Duration;

use ahoy_media::units::TICK_SAMPLES;
use ahoy_media::{FrameLength, LocalTime, SAMPLE_RATE};
use ahoy_voice::{LevelMeter, Processing, TalkDetector, VoiceProcessor};
use rtrb::Consumer;

/// A time stamp this far off its rhythm (µs) starts a new rhythm: the microphone stood still or was exchanged.
const OUT_OF_RHYTHM_US: i64 = 40_000;

/// Share of each deviation that the rhythm follows: the worker's own lateness averages out, clock drift does not.
const FOLLOW: i64 = 64;

/// Weight of the latencies told before against a new one, every 10 ms: what changes in the sound system shows after 10 s.
const LATENCY_WEIGHT: u32 = 1_000;

/// Sound kept for sending back: 200 ms, more than two clocks can stand apart between two frames.
const ECHO_SAMPLES: usize = 9_600;

/// Sound of the far end that waits to be shown to the echo canceller: as much as the playout ring can hold ahead.
const FAR_SAMPLES: usize = 5_760;

/// What lies between the speaker's ring, the air and the microphone's ring at this moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// Samples on their way to the speaker.
    pub(super) played: usize,
    /// From the speaker's ring into the air.
    pub(super) speaker: Duration,
    /// From the air into the microphone's ring.
    pub(super) mic: Duration,
}

/// The capturing half of a session's sound.
pub(super) struct Capture {
    ring: Consumer<f32>,
    processor: VoiceProcessor,
    level: LevelMeter,
    talk: TalkDetector,
    muted: bool,
    talks_muted: bool,
    /// The microphone's, smoothed; `None` until it tells one.
    latency: Option<Duration>,
    /// When the next block's first sample was captured.
    at: Option<LocalTime>,
    echo: Option<VecDeque<f32>>,
    far: VecDeque<f32>,
    block: Vec<f32>,
    frame: Vec<f32>,
    /// The length of the frame being filled: a wish for another one waits for the next frame.
    length: FrameLength,
    frame_at: LocalTime,
}

impl Capture {
    pub(super) fn new(ring: Consumer<f32>, processing: Processing, echo: bool) -> Self {
        Self {
            ring,
            processor: VoiceProcessor::new(if echo { Processing::OFF } else { processing }),
            level: LevelMeter::default(),
            talk: TalkDetector::default(),
            muted: false,
            talks_muted: false,
            latency: None,
            at: None,
            echo: echo.then(VecDeque::new),
            far: VecDeque::new(),
            block: Vec::with_capacity(TICK_SAMPLES),
            frame: Vec::with_capacity(FrameLength::Ms60.samples()),
            length: FrameLength::Ms20,
            frame_at: LocalTime(0),
        }
    }

    /// Another microphone takes over.
    pub(super) fn exchange(&mut self, ring: Consumer<f32>) {
        self.ring = ring;
        self.at = None;
        self.latency = None;
        self.far.clear();
    }

    /// Another speaker takes over: what waited for the old one is never heard.
    pub(super) fn speaker_exchanged(&mut self) {
        self.far.clear();
    }

    /// Sound on its way to the speaker: sent back by the Echo, listened for by the echo canceller.
    pub(super) fn hear(&mut self, pcm: &[f32]) {
        let (queue, most) = match &mut self.echo {
            Some(echo) => (echo, ECHO_SAMPLES),
            None => (&mut self.far, FAR_SAMPLES),
        };
        queue.extend(pcm);
        let surplus = queue.len().saturating_sub(most);
        drop(queue.drain(..surplus));
    }

    /// How loud the microphone is, in dB below full scale.
    pub(super) fn level_db(&self) -> f32 {
        self.level.rms_dbfs()
    }

    /// How much quieter the echo leaves than it came, in dB; 0 where nothing is cancelled.
    pub(super) fn echo_loss_db(&self) -> f32 {
        self.processor.echo_loss_db().unwrap_or(0.0)
    }

    /// Somebody talks into the muted microphone.
    pub(super) fn talks_muted(&self) -> bool {
        self.talks_muted
    }

    /// Fills the next frame, of this length, as far as the ring goes; whether it is whole.
    pub(super) fn fill(&mut self, now: LocalTime, length: FrameLength, muted: bool, room: Room) -> bool {
        if muted && !self.muted {
            // What was said before the press is no talking into a muted microphone.
            self.talk = TalkDetector::default();
        }
        self.muted = muted;
        if self.frame.len() == self.length.samples() {
            self.frame.clear();
        }
        if self.frame.is_empty() {
            self.length = length;
        }
        while self.frame.len() < self.length.samples() {
            let waiting = self.ring.slots();
            let Ok(chunk) = self.ring.read_chunk(TICK_SAMPLES) else { return false };
            self.block.clear();
            self.block.extend(chunk);
            let latency = self.steady(room.mic);
            let at = self.stamp(now - latency, waiting);
            self.process(room, waiting);
            if self.frame.is_empty() {
                self.frame_at = at;
            }
            self.frame.extend_from_slice(&self.block);
        }
        if muted {
            // Also what was said before the press and has not left yet.
            self.frame.fill(0.0);
        }
        true
    }

    /// The whole frame and when its first sample was captured.
    pub(super) fn frame(&self) -> (&[f32], LocalTime) {
        (&self.frame, self.frame_at)
    }

    fn process(&mut self, room: Room, waiting: usize) {
        match &mut self.echo {
            Some(echo) if echo.len() >= TICK_SAMPLES => {
                self.block.clear();
                self.block.extend(echo.drain(..TICK_SAMPLES));
            }
            Some(_) => self.block.fill(0.0),
            None => {
                let delay = self.render(room, waiting);
                self.processor.capture(&mut self.block, delay);
            }
        }
        self.level.feed(&self.block);
        self.talks_muted = self.talk.feed(&self.block) && self.muted;
        if self.muted {
            self.block.fill(0.0);
        }
    }

    /// Shows the canceller the far sound that belongs to this block; how much later than that its echo comes. What is shown
    /// must not lie behind the echo: of what waits, no more stays than has not been played yet.
    fn render(&mut self, room: Room, waiting: usize) -> Duration {
        let surplus = self.far.len().saturating_sub(room.played + TICK_SAMPLES);
        drop(self.far.drain(..surplus));
        let held = Duration::from_micros(samples_us(self.far.len()));
        let mut far = [0.0; TICK_SAMPLES];
        // With nothing on its way the speaker is silent, and the canceller is shown that too: its time must not stand still.
        if self.far.len() >= TICK_SAMPLES {
            for (place, sample) in far.iter_mut().zip(self.far.drain(..TICK_SAMPLES)) {
                *place = sample;
            }
        }
        self.processor.render(&far);
        let there_and_back = room.played + waiting;
        (Duration::from_micros(samples_us(there_and_back)) + room.speaker + room.mic).saturating_sub(held)
    }

    /// The microphone's latency without the wavering that sound systems tell of: a stamp that follows it would let the other
    /// side bend the voice.
    fn steady(&mut self, told: Duration) -> Duration {
        let steady = match self.latency {
            Some(before) => (before * (LATENCY_WEIGHT - 1) + told) / LATENCY_WEIGHT,
            None => told,
        };
        self.latency = Some(steady).filter(|latency| !latency.is_zero());
        steady
    }

    /// The capture time of the block: 10 ms after the last one, drawn slowly towards what the ring says.
    fn stamp(&mut self, now: LocalTime, waiting: usize) -> LocalTime {
        let read = now.0.saturating_sub(samples_us(waiting));
        let at = LocalTime(match self.at {
            Some(expected) => {
                let off = read.wrapping_sub(expected.0).cast_signed();
                let follow = if off.abs() > OUT_OF_RHYTHM_US { off } else { off / FOLLOW };
                expected.0.saturating_add_signed(follow)
            }
            None => read,
        });
        self.at = Some(LocalTime(at.0 + samples_us(TICK_SAMPLES)));
        at
    }
}

/// Samples as microseconds.
pub(super) fn samples_us(samples: usize) -> u64 {
    samples as u64 * 1_000_000 / u64::from(SAMPLE_RATE)
}
