//! The jitter buffer, driven by the datagrams of a peer that sends what it likes when it likes.
//! The audio worker owns it; packets come through the parser, read against the newest one, as there.
//! Bounded memory, nothing played twice or out of order, and a device that needs sound gets some.

use std::sync::Arc;
use std::time::Duration;

use ahoy_media::audio::{AUDIO_KIND, Newest};
use ahoy_media::jitter::{Bend, Next};
use ahoy_media::{AudioPacket, FRAME_SAMPLES, JitterBuffer, LocalTime};
use bytes::Bytes;

use crate::tape::Tape;

/// Packets that the buffer may hold: 1.28 s of sound.
const MOST_HELD: usize = 64;

/// Packets further apart begin a new stream.
const JUMP: u32 = 500;

/// Whether any sound came out.
pub fn check(data: &[u8]) -> bool {
    let mut tape = Tape(data);
    let mut story = Story::default();
    while story.step(&mut tape).is_some() {}
    story.frames > 0
}

#[derive(Default)]
struct Story {
    buffer: JitterBuffer,
    now: LocalTime,
    /// Where the peer's two counters stand.
    sequence: u16,
    at: u32,
    /// Every packet that is still held somewhere has a share in it.
    held: Arc<()>,
    frames: usize,
    last_played: Option<u32>,
}

/// The bytes of a datagram, counted as long as anybody holds a part of them.
struct Counted {
    bytes: [u8; 8],
    _share: Arc<()>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Story {
    fn step(&mut self, tape: &mut Tape) -> Option<()> {
        match tape.roll(10)? {
            0 => self.now = self.now + Duration::from_millis(tape.byte()?.into()),
            1 => self.sequence = self.sequence.wrapping_add_signed(tape.word()?.cast_signed()),
            2 => self.at = self.at.wrapping_add(u32::from(tape.word()?) << 16),
            3 => {
                self.buffer.idle();
                self.last_played = None;
            }
            4 => {
                let ahead = i64::from(tape.word()?.cast_signed()) * 10;
                self.ask(ahead, tape.coin()?);
            }
            5..=7 => {
                self.sequence = self.sequence.wrapping_add(1);
                self.at = self.at.wrapping_add(20_000);
                self.now = self.now + Duration::from_millis(20);
                self.push();
                self.ask(0, false);
            }
            _ => {
                self.sequence = self.sequence.wrapping_add_signed(tape.byte()?.cast_signed().into());
                self.push();
            }
        }
        Some(())
    }

    fn push(&mut self) {
        let [s1, s0] = self.sequence.to_be_bytes();
        let [t3, t2, t1, t0] = self.at.to_be_bytes();
        // One byte of sound: nothing at all would share no memory.
        let bytes = [AUDIO_KIND, s1, s0, t3, t2, t1, t0, 0];
        let datagram = Bytes::from_owner(Counted { bytes, _share: Arc::clone(&self.held) });
        let newest = self.buffer.newest();
        let packet = AudioPacket::from_datagram(&datagram, newest).expect("a whole packet");
        let away = |newest: Newest| packet.sequence.wrapping_sub(newest.sequence).cast_signed().unsigned_abs();
        if newest.is_some_and(|newest| away(newest) > JUMP) {
            self.last_played = None;
        }
        let _ = self.buffer.insert(packet, self.now);
        drop(datagram);
        let held = Arc::strong_count(&self.held) - 1;
        assert!(held <= MOST_HELD, "{held} packets are held");
    }

    fn ask(&mut self, ahead_us: i64, urgent: bool) {
        match self.buffer.next(self.now, ahead_us, urgent) {
            Next::Wait => assert!(!urgent, "a device that runs dry gets sound"),
            Next::Silence => {}
            Next::Conceal(samples) => assert!((1..=FRAME_SAMPLES).contains(&samples)),
            Next::Frame(packet, bend) => self.played(&packet, bend),
        }
        let _ = self.buffer.stats();
    }

    fn played(&mut self, packet: &AudioPacket, bend: Bend) {
        if let Some(last) = self.last_played {
            assert!(packet.sequence.wrapping_sub(last).cast_signed() > 0, "played twice or out of order");
        }
        self.last_played = Some(packet.sequence);
        self.frames += 1;
        if let Bend::Skip(samples) = bend {
            assert!(samples < FRAME_SAMPLES);
        }
        self.buffer.bent(0);
    }
}
