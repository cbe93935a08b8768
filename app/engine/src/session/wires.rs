//! The wires of a session: what it sends, and what arrives sorted by who takes it.
//! The call's connection is on the other side; a test joins two sessions by them.
//! Each wire has a bound of its own, so that a flood of one kind takes nothing from the others.

use ahoy_media::LocalTime;
use ahoy_media::picture_report::REPORT_KIND;
use ahoy_media::pieces::PIECE_KIND;
use bytes::Bytes;
use tokio::sync::mpsc;

/// Packets of sound on their way out: 320 ms; older ones would come too late to be played.
const SOUND_OUT: usize = 16;

/// Packets of sound on their way in: 1.28 s, more than the jitter buffer ever holds.
const SOUND_IN: usize = 64;

/// Pieces of pictures on their way out: a few, for they are paced before they get here and sound must not wait behind them.
const PIECES_OUT: usize = 4;

/// Pieces on their way in: a key frame of 512 KiB that arrives at once.
const PIECES_IN: usize = 512;

/// Reports on their way in: a second of them at their quickest; they repeat what earlier ones said.
const REPORTS_IN: usize = 64;

/// A datagram and when it arrived.
#[derive(Clone, Debug)]
pub struct TimedPacket {
    /// What arrived.
    pub bytes: Bytes,
    /// When.
    pub at: LocalTime,
}

/// The session's ends of its wires. It ends its picture threads itself.
#[derive(Debug)]
pub struct SessionTransport {
    /// Sound, feedback and reports out.
    pub sound_out: mpsc::Sender<Bytes>,
    /// Pieces of pictures out.
    pub pieces_out: mpsc::Sender<Bytes>,
    /// Sound and feedback in.
    pub sound_in: mpsc::Receiver<TimedPacket>,
    /// Pieces of pictures in.
    pub pieces_in: mpsc::Receiver<TimedPacket>,
    /// What the peer says of our pieces.
    pub reports_in: mpsc::Receiver<TimedPacket>,
}

/// What a session sends, for whoever carries it.
#[derive(Debug)]
pub struct Outlets {
    /// Sound, feedback and reports.
    pub sound: mpsc::Receiver<Bytes>,
    /// Pieces of pictures.
    pub pieces: mpsc::Receiver<Bytes>,
}

/// Where what arrives is handed in.
#[derive(Clone, Debug)]
pub struct Inlets {
    sound: mpsc::Sender<TimedPacket>,
    pieces: mpsc::Sender<TimedPacket>,
    reports: mpsc::Sender<TimedPacket>,
}

impl Inlets {
    /// Hands a datagram to whoever takes its kind, false once the session is gone. What finds a wire full is lost, as on any
    /// lossy link; what is of no kind of ours goes to the sound, which counts it.
    #[must_use]
    pub fn deliver(&self, packet: TimedPacket) -> bool {
        let wire = match packet.bytes.first() {
            Some(&PIECE_KIND) => &self.pieces,
            Some(&REPORT_KIND) => &self.reports,
            Some(_) | None => &self.sound,
        };
        drop(wire.try_send(packet));
        !self.sound.is_closed()
    }
}

/// Makes the wires of one session.
#[must_use]
pub fn wires() -> (SessionTransport, Outlets, Inlets) {
    let (sound_out, sound) = mpsc::channel(SOUND_OUT);
    let (pieces_out, pieces) = mpsc::channel(PIECES_OUT);
    let outlets = Outlets { sound, pieces };
    let (sound, sound_in) = mpsc::channel(SOUND_IN);
    let (pieces, pieces_in) = mpsc::channel(PIECES_IN);
    let (reports, reports_in) = mpsc::channel(REPORTS_IN);
    let transport = SessionTransport { sound_out, pieces_out, sound_in, pieces_in, reports_in };
    (transport, outlets, Inlets { sound, pieces, reports })
}
