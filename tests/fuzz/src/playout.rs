//! The jitter buffer, driven by the datagrams of a peer that sends what it likes when it likes.
//! The audio worker owns it; packets come through the parser, read against the newest one, as there.
//! Bounded memory, nothing played twice or out of order, and a device that needs sound gets some.

use std::sync::Arc;
use std::time::Duration;

use ahoy_media::audio::Newest;
use ahoy_media::jitter::{Bend, Next, Origin};
use ahoy_media::{AudioPacket, FrameLength, JitterBuffer, LocalTime, MediaTime, Repair, Sound, TICK_SAMPLES};
use bytes::Bytes;

use crate::tape::Tape;

/// Packets that the buffer may hold: one for each tick of a second, and the newest.
const MOST_HELD: usize = 101;

/// Packets further apart begin a new stream.
const JUMP: u32 = 1_000;

/// Largest datagram.
const LIMIT: usize = 1_200;

/// Longest delay ever aimed at, and a frame.
const MOST_DELAY: Duration = Duration::from_millis(560);

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
    /// Where the peer's two counters stand, and how long its frames are.
    sequence: u16,
    at: u32,
    length: FrameLength,
    /// Every datagram of which a part is still held somewhere has a share in it.
    held: Arc<()>,
    frames: usize,
    /// The tick after the last that was played or restored.
    played_to: Option<u32>,
}

/// The bytes of a datagram, counted as long as anybody holds a part of them.
struct Counted {
    bytes: Bytes,
    _share: Arc<()>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Story {
    fn step(&mut self, tape: &mut Tape) -> Option<()> {
        match tape.roll(16)? {
            0 => self.now = self.now + Duration::from_millis(tape.byte()?.into()),
            1 => self.sequence = self.sequence.wrapping_add_signed(tape.word()?.cast_signed()),
            2 => self.at = self.at.wrapping_add(u32::from(tape.word()?) << 16),
            3 => {
                self.buffer.idle();
                self.played_to = None;
            }
            4 => {
                let ahead = i64::from(tape.word()?.cast_signed()) * 10;
                self.ask(ahead, tape.coin()?);
            }
            5..=7 => {
                self.forward();
                self.push(&[]);
                self.ask(0, false);
            }
            10 => self.length = FrameLength::ALL[usize::from(tape.roll(4)?)],
            11 => {
                let number = tape.roll(4)?;
                let spacings: Option<Vec<u8>> = (0..number).map(|_| tape.byte()).collect();
                self.forward();
                self.push(&spacings?);
                self.ask(0, false);
            }
            12 => self.buffer.carries(tape.byte()?.into()),
            13 => {
                for _ in 0..tape.roll(64)? {
                    self.now = self.now + Duration::from_millis(5);
                    self.ask(-5_000, true);
                }
            }
            _ => {
                self.sequence = self.sequence.wrapping_add_signed(tape.byte()?.cast_signed().into());
                self.push(&[]);
            }
        }
        Some(())
    }

    /// Time and the peer's counters go on by one frame.
    fn forward(&mut self) {
        self.sequence = self.sequence.wrapping_add(self.length.ticks() as u16);
        self.at = self.at.wrapping_add(self.length.ms() * 1_000);
        self.now = self.now + self.length.span();
    }

    /// A datagram comes with copies of what lies so many ticks back.
    fn push(&mut self, backs: &[u8]) {
        let packet = |back: u8| AudioPacket {
            sequence: u32::from(self.sequence).wrapping_sub(back.into()),
            at: MediaTime(self.at.into()),
            // One byte of sound: nothing at all would share no memory.
            data: Bytes::from_static(&[0]),
        };
        let copies = backs.iter().map(|back| packet(*back)).collect();
        let bytes = Sound { frame: packet(0), copies, feedback: None }.to_datagram(LIMIT);
        let datagram = Bytes::from_owner(Counted { bytes, _share: Arc::clone(&self.held) });
        let newest = self.buffer.newest();
        let sound = Sound::from_datagram(&datagram, newest).expect("a whole packet");
        let away = |newest: Newest| sound.frame.sequence.wrapping_sub(newest.sequence).cast_signed().unsigned_abs();
        if newest.is_some_and(|newest| away(newest) > JUMP) {
            self.played_to = None;
        }
        let ticks = self.length.ticks();
        let _ = self.buffer.insert(sound.frame, ticks, Origin::First, self.now);
        for copy in sound.copies {
            let _ = self.buffer.insert(copy, ticks, Origin::Copy, self.now);
        }
        drop(datagram);
        let held = Arc::strong_count(&self.held) - 1;
        assert!(held <= MOST_HELD, "{held} datagrams are held");
    }

    fn ask(&mut self, ahead_us: i64, urgent: bool) {
        match self.buffer.next(self.now, ahead_us, urgent) {
            Next::Wait => assert!(!urgent, "a device that runs dry gets sound"),
            Next::Silence => {}
            Next::Conceal(samples) => assert!((1..=TICK_SAMPLES).contains(&samples)),
            Next::Restore { from, back, samples } => self.restore(&from, back, samples),
            Next::Frame(packet, bend) => self.play(&packet, bend),
        }
        let stats = self.buffer.stats();
        assert!(stats.target <= MOST_DELAY, "{:?}", stats.target);
        assert!((self.buffer.speed() - 1.0).abs() < 0.003_1);
    }

    fn restore(&mut self, from: &AudioPacket, back: u32, samples: usize) {
        let ticks = u32::try_from(samples / TICK_SAMPLES).expect("a piece is short");
        assert!(ticks > 0 && ticks <= back && samples.is_multiple_of(TICK_SAMPLES));
        self.goes_on(from.sequence.wrapping_sub(back), ticks);
        self.buffer.restored([Repair::Fec, Repair::Dred, Repair::None][back as usize % 3]);
    }

    fn play(&mut self, packet: &AudioPacket, bend: Bend) {
        self.goes_on(packet.sequence, 1);
        self.frames += 1;
        if let Bend::Skip(samples) = bend {
            assert!(samples < FrameLength::Ms60.samples());
        }
        self.buffer.bent(0);
    }

    /// What is played begins no earlier than what was played before it ended.
    fn goes_on(&mut self, tick: u32, ticks: u32) {
        if let Some(end) = self.played_to {
            assert!(tick.wrapping_sub(end).cast_signed() >= 0, "played twice or out of order");
        }
        self.played_to = Some(tick.wrapping_add(ticks));
    }
}
