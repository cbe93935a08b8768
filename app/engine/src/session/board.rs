//! What the threads of one session tell each other: flags, marks and newest numbers, never a lock.
//! The handle sets the wishes, the audio worker and the picture threads read them and post their numbers.
//! Every field has one writer or is a flag that is taken by swapping.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use ahoy_media::{Kbps, LocalTime, Slot};

use super::stats::AudioStats;

/// Stands for "no offset known yet".
const UNKNOWN: i64 = i64::MIN;

/// Stands for "the voice looks after its rate itself".
const NO_SHARE: u32 = u32::MAX;

/// One session's board.
#[derive(Debug)]
pub(crate) struct Board {
    pub(super) stop: AtomicBool,
    pub(super) begun: AtomicBool,
    pub(super) muted: AtomicBool,
    /// Nobody sees the peer's picture: it need not be sent.
    pub(super) hidden: AtomicBool,
    /// My picture pauses for want of room, and so does the peer's.
    pub(super) pauses: AtomicBool,
    pub(super) peer_pauses: AtomicBool,
    /// The audio worker's newest numbers.
    pub(super) audio: Slot<AudioStats>,
    heard: AtomicU64,
    offset: AtomicI64,
    sound_wire: AtomicU64,
    report_wire: AtomicU64,
    voice_wants: AtomicU32,
    voice_content: AtomicBool,
    voice_share: AtomicU32,
    picture_waits: AtomicU64,
}

impl Board {
    pub(super) fn new(muted: bool) -> Self {
        Self {
            stop: AtomicBool::new(false),
            begun: AtomicBool::new(false),
            muted: AtomicBool::new(muted),
            hidden: AtomicBool::new(false),
            pauses: AtomicBool::new(false),
            peer_pauses: AtomicBool::new(false),
            audio: Slot::new(),
            heard: AtomicU64::new(0),
            offset: AtomicI64::new(UNKNOWN),
            sound_wire: AtomicU64::new(0),
            report_wire: AtomicU64::new(0),
            voice_wants: AtomicU32::new(0),
            voice_content: AtomicBool::new(true),
            voice_share: AtomicU32::new(NO_SHARE),
            picture_waits: AtomicU64::new(0),
        }
    }

    pub(super) fn stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// A valid packet of the peer arrived.
    pub(super) fn hear(&self, at: LocalTime) {
        let _ = self.heard.fetch_max(at.0, Ordering::Relaxed);
    }

    /// When the last valid packet arrived.
    pub(super) fn heard(&self) -> Option<LocalTime> {
        Some(LocalTime(self.heard.load(Ordering::Relaxed))).filter(|at| at.0 > 0)
    }

    /// Posts how far the peer's media clock stands from our clock, microseconds.
    pub(super) fn post_offset(&self, offset: Option<i64>) {
        self.offset.store(offset.unwrap_or(UNKNOWN), Ordering::Relaxed);
    }

    /// Peer's media time minus our clock, microseconds; `None` before the first exchange.
    pub(super) fn offset(&self) -> Option<i64> {
        Some(self.offset.load(Ordering::Relaxed)).filter(|offset| *offset != UNKNOWN)
    }

    /// A datagram of sound left, with everything below it.
    pub(super) fn sound_left(&self, wire_bytes: usize) {
        let _ = self.sound_wire.fetch_add(wire_bytes as u64, Ordering::Relaxed);
    }

    /// Bytes of sound on the wire so far.
    pub(super) fn sound_wire(&self) -> u64 {
        self.sound_wire.load(Ordering::Relaxed)
    }

    /// A report on the peer's pictures left, with everything below it.
    pub(super) fn report_left(&self, wire_bytes: usize) {
        let _ = self.report_wire.fetch_add(wire_bytes as u64, Ordering::Relaxed);
    }

    /// Bytes of reports on the wire so far.
    pub(super) fn report_wire(&self) -> u64 {
        self.report_wire.load(Ordering::Relaxed)
    }

    /// Posts what the voice would use of the wire if it could, and whether it is sent as it should be.
    pub(super) fn want_voice(&self, wire: Kbps, content: bool) {
        self.voice_wants.store(wire.0, Ordering::Relaxed);
        self.voice_content.store(content, Ordering::Relaxed);
    }

    /// The voice is sent as it should be.
    pub(super) fn voice_content(&self) -> bool {
        self.voice_content.load(Ordering::Relaxed)
    }

    /// What the voice would use of the wire.
    pub(super) fn voice_wants(&self) -> Kbps {
        Kbps(self.voice_wants.load(Ordering::Relaxed))
    }

    /// Posts the longest that a piece of my picture waited on the way of late.
    pub(super) fn picture_waits(&self, longest: Duration) {
        self.picture_waits.store(u64::try_from(longest.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The longest that a piece of my picture waited on the way of late.
    pub(super) fn picture_wait(&self) -> Duration {
        Duration::from_micros(self.picture_waits.load(Ordering::Relaxed))
    }

    /// Posts what the voice may use of the wire beside a picture; `None`: it finds out by itself.
    pub(super) fn share_voice(&self, wire: Option<Kbps>) {
        self.voice_share.store(wire.map_or(NO_SHARE, |wire| wire.0), Ordering::Relaxed);
    }

    /// What the voice may use of the wire beside a picture.
    pub(super) fn voice_share(&self) -> Option<Kbps> {
        Some(self.voice_share.load(Ordering::Relaxed)).filter(|share| *share != NO_SHARE).map(Kbps)
    }
}
