//! Whether the way has room for another frame, asked before a picture is encoded.
//! Allocation asks it, and tells it every frame made.
//! What is skipped is skipped before it is encoded, so that references stay whole; at most one frame waits behind another.

use std::time::Duration;

use crate::units::{Kbps, LocalTime};

/// Another frame may be made while those before it need less than this share of its time to leave.
const TAIL: f64 = 0.5;

/// Frames leave faster than the way carries on average. What is ahead of the average waits on the way, and together with
/// the queue that is there it must not make the sound wait longer than this before another frame is made.
const MOST_AHEAD: Duration = Duration::from_millis(60);

/// The account of one call's frames.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FrameBudget {
    /// Frames a second and the encoder's rate; `None` while paused.
    plan: Option<(u32, Kbps)>,
    queue: Duration,
    /// Bytes made beyond the plan's rate, at this moment.
    ahead: f64,
    at: LocalTime,
}

impl FrameBudget {
    /// A plan of so many frames a second at `kbps` in all; `queue` waits on the way.
    pub(crate) fn set(&mut self, plan: Option<(u32, Kbps)>, queue: Duration, now: LocalTime) {
        self.settle(now);
        self.plan = plan;
        self.queue = queue;
    }

    /// Whether a frame may be made now, when `waiting_bytes` of those before it have not left yet.
    pub(crate) fn has_room(&self, waiting_bytes: usize, pace: Kbps, now: LocalTime) -> bool {
        self.plan.is_some_and(|(fps, kbps)| {
            let tail = TAIL / f64::from(fps.max(1));
            // Frames differ in size: without any room every other one would be left out behind a queue that is not ours.
            let room = MOST_AHEAD.saturating_sub(self.queue).as_secs_f64().max(tail);
            seconds(waiting_bytes as f64, pace) <= tail && seconds(self.ahead(now), kbps) <= room
        })
    }

    /// A frame was made of so many bytes.
    pub(crate) fn encoded(&mut self, bytes: usize, now: LocalTime) {
        self.settle(now);
        self.ahead += bytes as f64;
    }

    fn settle(&mut self, now: LocalTime) {
        self.ahead = self.ahead(now);
        self.at = self.at.max(now);
    }

    /// What is ahead now; a pause takes everything back.
    fn ahead(&self, now: LocalTime) -> f64 {
        let passed = now.saturating_since(self.at).as_secs_f64();
        self.plan.map_or(0.0, |(_, kbps)| (self.ahead - passed * bytes_per_second(kbps)).max(0.0))
    }
}

fn bytes_per_second(rate: Kbps) -> f64 {
    rate.bits_per_second() as f64 / 8.0
}

/// How long so many bytes take; none take no time at any rate.
fn seconds(bytes: f64, rate: Kbps) -> f64 {
    if bytes > 0.0 { bytes / bytes_per_second(rate) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Kbps = Kbps(10_000);

    fn at(ms: u64) -> LocalTime {
        LocalTime(1_000_000 + ms * 1_000)
    }

    /// 24 frames a second of 2,500 bytes each.
    fn budget(queue_ms: u64) -> FrameBudget {
        let mut budget = FrameBudget::default();
        budget.set(Some((24, Kbps(480))), Duration::from_millis(queue_ms), at(0));
        budget
    }

    #[test]
    fn no_frame_waits_behind_half_another() {
        let budget = budget(0);
        // A frame's time is 41.7 ms; at 800 kbit/s 2,000 bytes need 20 ms and 2,200 need 22.
        let room = [0, 2_000, 2_200].map(|waiting| budget.has_room(waiting, Kbps(800), at(0)));
        assert_eq!(room, [true, true, false]);
        assert!(!budget.has_room(1, Kbps(0), at(0)) && budget.has_room(0, Kbps(0), at(0)));
    }

    #[test]
    fn a_large_frame_is_made_up_for() {
        let mut budget = budget(0);
        budget.encoded(15_000, at(0));
        // 250 ms of the rate; 60 ms may be ahead.
        let first = (0..1_000).find(|&ms| budget.has_room(0, WIDE, at(ms)));
        assert_eq!(first, Some(190));
    }

    #[test]
    fn a_queue_takes_the_room_that_a_burst_had() {
        let first = |queue_ms| {
            let mut budget = budget(queue_ms);
            budget.encoded(2_500, at(0));
            (0..1_000).find(|&ms| budget.has_room(0, WIDE, at(ms)))
        };
        assert_eq!([0, 40, 300].map(first), [Some(0), Some(21), Some(21)]);
    }

    #[test]
    fn the_mean_rate_is_kept_by_an_encoder_that_does_not() {
        let mut budget = budget(0);
        let mut bytes = 0;
        for ms in (0..20_000).step_by(41) {
            if budget.has_room(0, WIDE, at(ms)) {
                bytes += 4_000;
                budget.encoded(4_000, at(ms));
            }
        }
        let kbps = bytes * 8 / 20_000;
        assert!((465..=485).contains(&kbps), "{kbps} kbit/s");
    }

    #[test]
    fn a_pause_has_room_for_nothing_and_forgets() {
        let mut budget = budget(0);
        budget.encoded(50_000, at(0));
        budget.set(None, Duration::ZERO, at(1));
        assert!(!budget.has_room(0, WIDE, at(2)));
        budget.set(Some((24, Kbps(480))), Duration::ZERO, at(3));
        assert!(budget.has_room(0, WIDE, at(3)));
    }
}
