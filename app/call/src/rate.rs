//! How often each peer has rung lately: the bound on what an impatient or hostile contact can do to the person's day.
//! Asked and told by the answers to offers alone.
//! Only rings that nobody accepted count, and only while they are younger than a minute.

use std::collections::VecDeque;

use ahoy_media::LocalTime;

use crate::PeerId;
use crate::config::{MAX_RING_LOG, RING_PAUSE, RING_WINDOW, RINGS_PER_WINDOW};

/// The rings of the last minute, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct RingLog {
    rings: VecDeque<(PeerId, LocalTime)>,
}

impl RingLog {
    /// Whether a call of `peer` may ring at `now`.
    pub(crate) fn allows(&self, now: LocalTime, peer: PeerId) -> bool {
        let rings = || self.rings.iter().filter(|(of, at)| *of == peer && now < *at + RING_WINDOW);
        rings().count() < RINGS_PER_WINDOW && rings().all(|(_, at)| now >= *at + RING_PAUSE)
    }

    /// A call of `peer` rings. When the log is full, the oldest ring no longer counts.
    pub(crate) fn add(&mut self, now: LocalTime, peer: PeerId) {
        self.rings.retain(|(_, at)| now < *at + RING_WINDOW);
        if self.rings.len() >= MAX_RING_LOG {
            let _ = self.rings.pop_front();
        }
        self.rings.push_back((peer, now));
    }

    /// A call with `peer` was accepted: it is welcome.
    pub(crate) fn clear(&mut self, peer: PeerId) {
        self.rings.retain(|(of, _)| *of != peer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: PeerId = PeerId([1; 32]);

    fn at(seconds: u64) -> LocalTime {
        LocalTime(seconds * 1_000_000)
    }

    #[test]
    fn five_rings_a_minute_ten_seconds_apart() {
        let mut log = RingLog::default();
        let rings: Vec<u64> = (0..120)
            .filter(|second| {
                let rings = log.allows(at(*second), PEER);
                if rings {
                    log.add(at(*second), PEER);
                }
                rings
            })
            .collect();
        assert_eq!(rings, [0, 10, 20, 30, 40, 60, 70, 80, 90, 100]);
    }

    #[test]
    fn a_welcome_peer_starts_anew_and_others_are_counted_apart() {
        let mut log = RingLog::default();
        log.add(at(0), PEER);
        assert!(log.allows(at(1), PeerId([2; 32])));
        assert!(!log.allows(at(9), PEER));
        log.clear(PEER);
        assert!(log.allows(at(1), PEER));
    }

    #[test]
    fn the_log_is_bounded() {
        let mut log = RingLog::default();
        for peer in 0..=u8::MAX {
            log.add(at(0), PeerId([peer; 32]));
        }
        assert_eq!(log.rings.len(), MAX_RING_LOG);
        log.add(at(60), PEER);
        assert_eq!(log.rings.len(), 1, "what no longer counts is forgotten");
    }
}
