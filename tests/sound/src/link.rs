//! From samples to datagrams as the phone makes them, and from those that arrive to frames.
//! A talk sends and receives through it.
//! Datagrams are the real ones: written and read by `ahoy_media::Sound`.

use ahoy_codec::{OpusConfig, OpusEncoder};
use ahoy_media::audio::Newest;
use ahoy_media::{AudioPacket, MediaTime, Sound};
use anyhow::Result;
use bytes::Bytes;

use crate::speech::{FRAME, Speech};

/// Bytes around a datagram on the wire: IPv4 20, UDP 8, QUIC short header 11, tag 16, datagram frame 2.
pub const AROUND: usize = 57;

/// Bytes of a datagram that fit everywhere (QUIC's least is 1200 with its own headers).
const LIMIT: usize = 1_150;

/// Ticks of 10 ms in a frame.
const TICKS: u32 = 2;
/// Microseconds of a tick.
const TICK_US: u64 = 10_000;

/// What left.
#[derive(Debug)]
pub struct Sent {
    /// One a frame.
    pub datagrams: Vec<Bytes>,
    /// Samples by which what is decoded trails what was said.
    pub lookahead: usize,
}

impl Sent {
    /// Every byte on the wire.
    #[must_use]
    pub fn wire_bytes(&self) -> usize {
        self.datagrams.iter().map(|datagram| datagram.len() + AROUND).sum()
    }
}

/// A frame that came, itself or as a copy.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Its Opus data.
    pub data: Bytes,
    /// Which datagram brought it first.
    pub by: usize,
}

/// Codes `speech`; each frame rides again `copies` frames later.
///
/// # Errors
/// When the codec fails.
pub fn send(speech: &Speech, config: OpusConfig, copies: &[u8]) -> Result<Sent> {
    let mut encoder = OpusEncoder::new(config)?;
    let mut frames = Vec::new();
    let mut packet = Vec::new();
    for block in speech.frames() {
        encoder.encode(block, &mut packet)?;
        frames.push(Bytes::copy_from_slice(&packet));
    }
    Ok(Sent { datagrams: pack(frames, copies), lookahead: encoder.lookahead() })
}

/// One datagram for each of the coded `frames`, which rides again `copies` frames later.
#[must_use]
pub fn pack(frames: Vec<Bytes>, copies: &[u8]) -> Vec<Bytes> {
    let packet = |(data, sequence)| AudioPacket { sequence, at: MediaTime(u64::from(sequence) * TICK_US), data };
    let frames: Vec<_> = frames.into_iter().zip((0..).step_by(TICKS as usize)).map(packet).collect();
    let sound = |(place, frame): (usize, &AudioPacket)| {
        let earlier = copies.iter().filter_map(|back| frames.get(place.checked_sub(usize::from(*back))?));
        Sound { frame: frame.clone(), copies: earlier.cloned().collect(), feedback: None }.to_datagram(LIMIT)
    };
    frames.iter().enumerate().map(sound).collect()
}

/// What becomes of `datagrams` when some are `lost`: every frame that came, in its place.
///
/// # Errors
/// When a datagram of ours cannot be read.
pub fn deliver(datagrams: &[Bytes], lost: &[bool]) -> Result<Vec<Option<Arrived>>> {
    let mut frames: Vec<Option<Arrived>> = vec![None; datagrams.len()];
    let mut newest = None;
    for (by, (datagram, _)) in datagrams.iter().zip(lost).enumerate().filter(|(_, (_, lost))| !**lost) {
        let Sound { frame, copies, feedback: _ } = Sound::from_datagram(datagram, newest)?;
        newest = Some(Newest { sequence: frame.sequence, at: frame.at });
        for packet in std::iter::once(frame).chain(copies) {
            let place = usize::try_from(packet.sequence / TICKS)?;
            if let Some(place @ None) = frames.get_mut(place) {
                *place = Some(Arrived { data: packet.data, by });
            }
        }
    }
    Ok(frames)
}

const _: () = assert!(FRAME == TICKS as usize * ahoy_media::TICK_SAMPLES);
