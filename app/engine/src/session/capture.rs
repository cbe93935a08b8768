//! The way out: microphone ring, 20 ms frames, mute, Opus, datagrams.
//! The audio worker calls it on every tick; with the Echo contact the sound heard takes the microphone's place.
//! Every frame is sent, mute and silence too, so that size and rhythm on the wire tell nobody anything.

use std::collections::VecDeque;

use ahoy_codec::{CodecError, OpusConfig, OpusEncoder};
use ahoy_media::{AudioPacket, FRAME_SAMPLES, LocalTime, MediaClock, SAMPLE_RATE};
use bytes::Bytes;
use rtrb::Consumer;

/// A time stamp this far off its rhythm (µs) starts a new rhythm: the microphone stood still or was exchanged.
const OUT_OF_RHYTHM_US: i64 = 40_000;

/// Share of each deviation that the rhythm follows: the worker's own lateness averages out, clock drift does not.
const FOLLOW: i64 = 32;

/// Sound kept for sending back: 200 ms, more than two clocks can stand apart between two frames.
const ECHO_SAMPLES: usize = 9_600;

/// The sending half of a session's sound.
pub(super) struct Capture {
    ring: Consumer<f32>,
    encoder: OpusEncoder,
    clock: MediaClock,
    sequence: u32,
    /// When the first sample of the last frame was captured.
    at: Option<LocalTime>,
    echo: Option<VecDeque<f32>>,
    frame: Vec<f32>,
    packet: Vec<u8>,
}

impl Capture {
    pub(super) fn new(
        ring: Consumer<f32>,
        config: OpusConfig,
        clock: MediaClock,
        echo: bool,
    ) -> Result<Self, CodecError> {
        Ok(Self {
            ring,
            encoder: OpusEncoder::new(config)?,
            clock,
            sequence: 0,
            at: None,
            echo: echo.then(VecDeque::new),
            frame: Vec::with_capacity(FRAME_SAMPLES),
            packet: Vec::new(),
        })
    }

    /// Another microphone takes over.
    pub(super) fn exchange(&mut self, ring: Consumer<f32>) {
        self.ring = ring;
    }

    /// Sound that was heard, to be sent back.
    pub(super) fn hear(&mut self, pcm: &[f32]) {
        if let Some(echo) = &mut self.echo {
            echo.extend(pcm);
            let surplus = echo.len().saturating_sub(ECHO_SAMPLES);
            drop(echo.drain(..surplus));
        }
    }

    /// The next packet, when the ring holds a whole frame.
    pub(super) fn next(&mut self, now: LocalTime, muted: bool) -> Option<Bytes> {
        let waiting = self.ring.slots();
        let chunk = self.ring.read_chunk(FRAME_SAMPLES).ok()?;
        self.frame.clear();
        self.frame.extend(chunk);
        self.stamp(now, waiting);
        match &mut self.echo {
            Some(echo) if echo.len() >= FRAME_SAMPLES => {
                self.frame.clear();
                self.frame.extend(echo.drain(..FRAME_SAMPLES));
            }
            Some(_) => self.frame.fill(0.0),
            None => {}
        }
        if muted {
            self.frame.fill(0.0);
        }
        let sequence = self.sequence;
        self.sequence = self.sequence.wrapping_add(1);
        if let Err(error) = self.encoder.encode(&self.frame, &mut self.packet) {
            tracing::warn!(%error, "a sound frame could not be encoded");
            return None;
        }
        let at = self.clock.media(self.at.unwrap_or(now));
        Some(AudioPacket { sequence, at, data: Bytes::copy_from_slice(&self.packet) }.to_datagram())
    }

    /// The capture time of the frame: 20 ms after the last one, drawn slowly towards what the ring says.
    fn stamp(&mut self, now: LocalTime, waiting: usize) {
        let read = now.0.saturating_sub(samples_us(waiting));
        self.at = Some(LocalTime(match self.at {
            Some(last) => {
                let expected = last.0 + samples_us(FRAME_SAMPLES);
                let off = read.wrapping_sub(expected).cast_signed();
                let follow = if off.abs() > OUT_OF_RHYTHM_US { off } else { off / FOLLOW };
                expected.saturating_add_signed(follow)
            }
            None => read,
        }));
    }
}

/// Samples as microseconds.
pub(super) fn samples_us(samples: usize) -> u64 {
    samples as u64 * 1_000_000 / u64::from(SAMPLE_RATE)
}
