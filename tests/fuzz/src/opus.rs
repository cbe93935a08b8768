//! The sound decoder, driven by the packets of a peer: real ones of every kind, damaged ones, forged ones.
//! The audio worker owns it and asks for what is missing in any order that the jitter buffer comes to.
//! Whatever comes, as many samples come out as promised, and all of them can be played.

use std::sync::OnceLock;
use std::time::Duration;

use ahoy_codec::opus_packet::MAX_PACKET_SAMPLES;
use ahoy_codec::{CodecError, OpusConfig, OpusDecoder, OpusEncoder, PacketFault, opus_gate};
use ahoy_media::audio::MAX_AUDIO_BYTES;
use ahoy_media::{AudioCodec, FrameLength, Kbps, Repair, SAMPLE_RATE};

use crate::tape::Tape;

/// Sound made for one input at most, so that none takes long: 5 s.
const MOST_SAMPLES: usize = 240_000;

/// Counted for an answer without sound.
const ASKED: usize = 960;

/// Speech behind each packet kept, so that deep redundancy has something to describe: 1.2 s.
const SPOKEN: usize = 57_600;

/// Kinds of packets: by length, repair and mode.
const KINDS: usize = 11;

/// Packets kept of each kind.
const KEPT: usize = 12;

/// Concealment comes in steps of 2.5 ms.
const STEP: usize = 120;

/// Deep redundancy in the padding of a packet: extension 126 up to the end, and what draft 12 puts first.
const DRED: [u8; 3] = [126 << 1, b'D', 12];

/// Whether any packet was decoded.
pub fn check(data: &[u8]) -> bool {
    let mut tape = Tape(data);
    let mut story = Story {
        decoder: OpusDecoder::new().expect("memory for a decoder"),
        pcm: Vec::new(),
        kind: 0,
        place: 0,
        made: 0,
        decoded: 0,
    };
    while story.made < MOST_SAMPLES && story.step(&mut tape).is_some() {}
    story.decoded > 0
}

struct Story {
    decoder: OpusDecoder,
    pcm: Vec<f32>,
    /// The kind of packets that the peer sends now, and the next of them.
    kind: usize,
    place: usize,
    /// Samples that came out.
    made: usize,
    decoded: usize,
}

impl Story {
    fn step(&mut self, tape: &mut Tape) -> Option<()> {
        match tape.roll(16)? {
            0 => self.kind = usize::from(tape.byte()?),
            1 => self.lose(tape.roll(8)?, tape.coin()?),
            2 => self.conceal(usize::from(tape.roll(50)?) * STEP),
            3 => self.conceal(usize::from(tape.word()?)),
            4 => {
                let packet = self.packet(tape)?;
                let most = usize::from(tape.word()?);
                let _ = self.decoder.carries(&packet, most);
                self.made += ASKED;
            }
            5 => {
                let packet = self.packet(tape)?;
                let (back, samples) = (usize::from(tape.word()?), usize::from(tape.word()?));
                self.restore(&packet, back, samples, false);
            }
            6..=8 => {
                let packet = self.packet(tape)?;
                let samples = usize::from(tape.roll(49)?) * STEP;
                let back = usize::from(tape.byte()?) * STEP;
                self.restore(&packet, samples + back, samples, tape.coin()?);
                if tape.coin()? {
                    self.decode(&packet);
                }
            }
            9..=11 => {
                let packet = self.packet(tape)?;
                self.decode(&packet);
            }
            _ => {
                let packet = self.next();
                self.decode(packet);
            }
        }
        Some(())
    }

    /// The next packet that the peer really sent.
    fn next(&mut self) -> &'static [u8] {
        let kind = real(self.kind);
        self.place += 1;
        &kind[self.place % kind.len()]
    }

    /// So many packets are lost, restored from the next one as far as that goes, and it is played.
    fn lose(&mut self, number: u8, ask: bool) {
        for _ in 0..number {
            let _ = self.next();
        }
        let from = self.next();
        let samples = opus_gate(from).expect("a real packet");
        for behind in (1..=usize::from(number)).rev() {
            self.restore(from, behind * samples, samples, ask);
        }
        self.decode(from);
    }

    fn decode(&mut self, packet: &[u8]) {
        let made = self.decoder.decode(packet, &mut self.pcm);
        match opus_gate(packet) {
            Ok(samples) => assert!(made == Ok(samples) || made == Err(PacketFault::Broken.into()), "{made:?}"),
            Err(refused) => assert_eq!(made, Err(refused)),
        }
        self.decoded += usize::from(made.is_ok());
        self.holds(made.unwrap_or(0));
    }

    fn conceal(&mut self, samples: usize) {
        let made = self.decoder.conceal(samples, &mut self.pcm);
        if possible(samples) {
            assert_eq!(made, Ok(samples));
        } else {
            assert!(matches!(made, Err(CodecError::Argument(_))), "{made:?}");
        }
        self.holds(made.unwrap_or(0));
    }

    /// Restores; when told to, asks before how far the packet reaches, as the session does.
    fn restore(&mut self, from: &[u8], back: usize, samples: usize, ask: bool) {
        let carried = ask.then(|| self.decoder.carries(from, back));
        let repair = self.decoder.restore(from, back, samples, &mut self.pcm);
        let refused = opus_gate(from).err();
        match repair {
            Ok(repair) => {
                assert!(refused.is_none() && possible(samples) && samples <= back && back.is_multiple_of(STEP));
                assert!(repair != Repair::Fec || back == samples, "in-band FEC is of the time directly before");
                let promised = carried.is_none_or(|carried| carried > back - samples);
                assert!(repair == Repair::None || promised, "{repair:?} of {samples} at {back}, carried {carried:?}");
            }
            Err(CodecError::Argument(_)) => {
                assert!(!possible(samples) || back < samples || !back.is_multiple_of(STEP));
            }
            Err(error) => assert!(refused == Some(error) || error == PacketFault::Broken.into(), "{error}"),
        }
        self.holds(if repair.is_ok() { samples } else { 0 });
    }

    /// What came out has its length, can be played, and takes no more room than the longest packet needs.
    fn holds(&mut self, samples: usize) {
        assert_eq!(self.pcm.len(), samples);
        assert!(self.pcm.iter().all(|sample| (-1.0..=1.0).contains(sample)), "out of range");
        assert!(self.pcm.capacity() <= 4 * MAX_PACKET_SAMPLES);
        self.made += samples.max(ASKED);
    }

    /// A packet: real, damaged, real with forged redundancy, or anything.
    fn packet(&mut self, tape: &mut Tape) -> Option<Vec<u8>> {
        let mut packet = self.next().to_vec();
        match tape.roll(8)? {
            0 | 1 => {}
            2 => packet.truncate(usize::from(tape.word()?) % packet.len()),
            3..=5 => {
                for _ in 0..=tape.roll(8)? {
                    let at = usize::from(tape.word()?) % packet.len();
                    packet[at] = tape.byte()?;
                }
            }
            6 => packet = forged(tape)?,
            _ => {
                let number = usize::from(tape.word()?) % (MAX_AUDIO_BYTES + 10);
                packet = bytes(tape, number);
            }
        }
        Some(packet)
    }
}

/// Whether so much can be concealed or restored at once.
fn possible(samples: usize) -> bool {
    (1..=MAX_PACKET_SAMPLES).contains(&samples) && samples.is_multiple_of(STEP)
}

/// Some frames of any bytes, and after them padding that claims to be redundancy (RFC 6716 §3.2.5).
fn forged(tape: &mut Tape) -> Option<Vec<u8>> {
    let (first, frames) = (tape.byte()? | 3, tape.roll(4)? + 1);
    let sound = usize::from(tape.roll(80)?) * usize::from(frames);
    let number = usize::from(tape.byte()?);
    let (sound, redundancy) = (bytes(tape, sound), bytes(tape, number));
    let padding = DRED.len() + redundancy.len();
    let mut packet = vec![first, 0x40 | frames];
    // 255 stands for 254 and more.
    packet.extend(std::iter::repeat_n(255, padding / 254));
    packet.push((padding % 254) as u8);
    Some([packet, sound, DRED.to_vec(), redundancy].concat())
}

/// So many bytes of the tape, and more of the same where it ends.
fn bytes(tape: &mut Tape, number: usize) -> Vec<u8> {
    let taken = tape.0.len().min(number);
    let (own, rest) = tape.0.split_at(taken);
    tape.0 = rest;
    own.iter().copied().chain(own.iter().copied().cycle()).chain(std::iter::repeat(0)).take(number).collect()
}

/// Packets of one of the kinds that our encoder makes, in the order sent. They are made when first asked for.
fn real(kind: usize) -> &'static [Vec<u8>] {
    static PACKETS: [OnceLock<Vec<Vec<u8>>>; KINDS] = [const { OnceLock::new() }; KINDS];
    PACKETS[kind % KINDS].get_or_init(|| spoken(kinds()[kind % KINDS]))
}

fn kinds() -> [OpusConfig; KINDS] {
    let plain = |frame, kbps| OpusConfig { frame, kbps: Kbps(kbps), ..OpusConfig::default() };
    let (fec, dred) = (true, Duration::from_secs(1));
    let lossy = |frame, kbps| OpusConfig { expected_loss: 20, ..plain(frame, kbps) };
    [
        plain(FrameLength::Ms20, 32),
        OpusConfig { fec, ..lossy(FrameLength::Ms20, 32) },
        OpusConfig { dred, ..lossy(FrameLength::Ms20, 40) },
        OpusConfig { fec, dred, ..lossy(FrameLength::Ms20, 64) },
        OpusConfig { low_delay: true, ..plain(FrameLength::Ms10, 64) },
        OpusConfig { dred, ..lossy(FrameLength::Ms10, 40) },
        OpusConfig { fec, ..lossy(FrameLength::Ms40, 32) },
        OpusConfig { dred, ..lossy(FrameLength::Ms60, 32) },
        OpusConfig { fec, ..lossy(FrameLength::Ms60, 24) },
        OpusConfig { vbr: true, ..plain(FrameLength::Ms20, 24) },
        OpusConfig { codec: AudioCodec::Opus24k, ..plain(FrameLength::Ms60, 6) },
    ]
}

fn spoken(config: OpusConfig) -> Vec<Vec<u8>> {
    let mut encoder = OpusEncoder::new(config).expect("a good setting");
    let mut packet = Vec::new();
    let pcm = voice();
    let frames = pcm.chunks_exact(config.frame.samples());
    let skipped = frames.len() - KEPT;
    let packets = frames.map(|frame| {
        encoder.encode(frame, &mut packet).expect("whole frames");
        packet.clone()
    });
    packets.skip(skipped).collect()
}

/// A buzz that glides like speech, in syllables.
fn voice() -> Vec<f32> {
    let mut phase = 0.0;
    let speak = |n: usize| {
        let t = n as f32 / SAMPLE_RATE as f32;
        phase += (140.0 + 40.0 * (4.0 * t).sin()) / SAMPLE_RATE as f32;
        let tones = (1..20_u8).map(|tone| (phase * f32::from(tone) * std::f32::consts::TAU).sin() / f32::from(tone));
        0.2 * tones.sum::<f32>() * (0.5 - 0.5 * (25.0 * t).cos())
    };
    (0..SPOKEN).map(speak).collect()
}
