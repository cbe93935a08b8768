//! The packets that wait for their turn, in order.
//! The jitter buffer puts them in as they come and takes them out as they are played.
//! Ticks wrap; there is at most one packet for each, and none is much older than the newest, so memory is bounded.

use std::collections::BTreeMap;

use crate::audio::{AudioPacket, Newest};
use crate::playout::Origin;
use crate::units::TICK_SAMPLES;

/// Nothing older than this before the newest packet is kept: 1 s, beyond which it is no conversation any more.
const OLDEST: u32 = 100;

/// A packet that waits for its turn.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) packet: AudioPacket,
    pub(crate) ticks: u32,
    pub(crate) origin: Origin,
    /// It came no later than what the delay is made for.
    pub(crate) in_time: bool,
}

impl Held {
    pub(crate) fn samples(&self) -> usize {
        self.ticks as usize * TICK_SAMPLES
    }
}

/// The packets by first tick.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    packets: BTreeMap<u32, Held>,
    newest: Option<Newest>,
}

impl Waiting {
    /// The newest packet ever put in.
    pub(crate) fn newest(&self) -> Option<Newest> {
        self.newest
    }

    /// Whether `tick` is farther than `most` from the newest packet.
    pub(crate) fn is_far(&self, tick: u32, most: u32) -> bool {
        self.newest.is_some_and(|newest| distance(tick, newest.sequence).unsigned_abs() > most)
    }

    /// Takes note of a packet that was heard, whether it is put in or not.
    pub(crate) fn note(&mut self, packet: &AudioPacket) {
        if self.newest.is_none_or(|newest| distance(packet.sequence, newest.sequence) > 0) {
            self.newest = Some(Newest { sequence: packet.sequence, at: packet.at });
        }
    }

    /// Puts a packet in; `false` when there is one for its tick already, which then counts as the frame's own if this is.
    pub(crate) fn put(&mut self, held: Held) -> bool {
        if let Some(known) = self.packets.get_mut(&held.packet.sequence) {
            if held.origin == Origin::First {
                known.origin = Origin::First;
            }
            return false;
        }
        self.packets.insert(held.packet.sequence, held).is_none()
    }

    /// The tick of the oldest packet, counted back from the newest: what waits is never half a round apart.
    pub(crate) fn first(&self) -> Option<u32> {
        let farthest = self.newest?.sequence.wrapping_sub(u32::MAX / 2);
        self.packets.range(farthest..).next().or_else(|| self.packets.first_key_value()).map(|(first, _)| *first)
    }

    /// The oldest packet.
    pub(crate) fn oldest(&self) -> Option<&Held> {
        self.packets.get(&self.first()?)
    }

    /// Takes the oldest packet out.
    pub(crate) fn take(&mut self) -> Option<Held> {
        let first = self.first()?;
        self.packets.remove(&first)
    }

    /// Drops what is older than anybody wants to hear; whether there was any.
    pub(crate) fn drop_old(&mut self) -> bool {
        let before = self.packets.len();
        while let (Some(first), Some(newest)) = (self.first(), self.newest)
            && newest.sequence.wrapping_sub(first) > OLDEST
        {
            let _ = self.packets.remove(&first);
        }
        self.packets.len() < before
    }

    /// Drops what begins before `turn`; how many packets it were.
    pub(crate) fn drop_before(&mut self, turn: u32) -> u64 {
        let before = self.packets.len();
        while let Some(first) = self.first()
            && distance(first, turn) < 0
        {
            let _ = self.packets.remove(&first);
        }
        (before - self.packets.len()) as u64
    }

    /// Keeps the newest packet alone.
    pub(crate) fn keep_newest(&mut self) {
        while self.packets.len() > 1 {
            let _ = self.take();
        }
    }

    /// Packets that wait.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.packets.len()
    }
}

/// How far `tick` is after `other`; numbers wrap.
pub(crate) fn distance(tick: u32, other: u32) -> i32 {
    tick.wrapping_sub(other).cast_signed()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::units::MediaTime;

    fn put(waiting: &mut Waiting, tick: u32, origin: Origin) -> bool {
        let packet = AudioPacket { sequence: tick, at: MediaTime(u64::from(tick)), data: Bytes::from_static(&[1]) };
        waiting.note(&packet);
        waiting.put(Held { packet, ticks: 2, origin, in_time: true })
    }

    #[test]
    fn packets_come_out_in_order_across_the_wrap() {
        let mut waiting = Waiting::default();
        for tick in [2, u32::MAX - 1, 4, 0] {
            assert!(put(&mut waiting, tick, Origin::First));
        }
        let order: Vec<u32> = std::iter::from_fn(|| waiting.take()).map(|held| held.packet.sequence).collect();
        assert_eq!(order, [u32::MAX - 1, 0, 2, 4]);
        assert_eq!(waiting.newest().map(|newest| newest.sequence), Some(4));
        assert!(waiting.is_far(u32::MAX, 4) && !waiting.is_far(u32::MAX, 5));
    }

    #[test]
    fn a_copy_becomes_the_frame_when_the_frame_itself_comes() {
        let mut waiting = Waiting::default();
        assert!(put(&mut waiting, 8, Origin::Copy));
        assert!(!put(&mut waiting, 8, Origin::First));
        assert!(!put(&mut waiting, 8, Origin::Copy));
        assert_eq!(waiting.oldest().map(|held| held.origin), Some(Origin::First));
    }

    #[test]
    fn what_is_too_old_or_overtaken_goes() {
        let mut waiting = Waiting::default();
        for tick in (0..200).step_by(2) {
            assert!(put(&mut waiting, tick, Origin::First));
            let _ = waiting.drop_old();
        }
        assert_eq!((waiting.first(), waiting.len()), (Some(98), 51));
        assert_eq!((waiting.drop_before(101), waiting.first()), (2, Some(102)));
        waiting.keep_newest();
        assert_eq!((waiting.first(), waiting.len()), (Some(198), 1));
    }
}
