//! How far the peer's clock stands from ours, and how long the way there and back takes.
//! The audio worker feeds it every feedback; delay statistics read it.
//! Of the newest exchanges the quickest wins: it waited least, so its halves are most nearly equal (RFC 5905 §10).

use std::collections::VecDeque;
use std::time::Duration;

use crate::feedback::Feedback;
use crate::units::{LocalTime, MediaTime};

/// Exchanges looked back over: 3.2 s at ten a second, short enough to follow 100 ppm of drift within 0.4 ms.
const EXCHANGES: usize = 32;

/// A longer way than this is an old echo or a lie, not a measurement.
const LONGEST: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug)]
struct Exchange {
    round_trip: u64,
    /// Peer's media time minus our local time, microseconds.
    offset: i64,
}

/// The estimate of one call.
#[derive(Clone, Debug, Default)]
pub struct ClockOffset {
    exchanges: VecDeque<Exchange>,
}

impl ClockOffset {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a feedback heard at `now`, which is `our_now` on our media clock.
    pub fn observe(&mut self, feedback: &Feedback, now: LocalTime, our_now: MediaTime) {
        let Some(echo) = feedback.echo else { return };
        let away = our_now.0.wrapping_sub(echo.sent_at.0);
        let Some(round_trip) = away.checked_sub(u64::from(echo.hold_us)) else { return };
        if Duration::from_micros(round_trip) > LONGEST {
            return;
        }
        let peer_now = feedback.sent_at.0.wrapping_add(round_trip / 2);
        if self.exchanges.len() == EXCHANGES {
            let _ = self.exchanges.pop_front();
        }
        self.exchanges.push_back(Exchange { round_trip, offset: peer_now.wrapping_sub(now.0).cast_signed() });
    }

    /// The quickest way there and back of late.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        self.best().map(|exchange| Duration::from_micros(exchange.round_trip))
    }

    /// Peer's media time minus our local time in microseconds.
    #[must_use]
    pub fn offset_us(&self) -> Option<i64> {
        self.best().map(|exchange| exchange.offset)
    }

    /// When, on our clock, the peer's clock showed `at`.
    #[must_use]
    pub fn local(&self, at: MediaTime) -> Option<LocalTime> {
        self.offset_us().map(|offset| LocalTime(at.0.wrapping_sub(offset.cast_unsigned())))
    }

    fn best(&self) -> Option<&Exchange> {
        self.exchanges.iter().min_by_key(|exchange| exchange.round_trip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::Echo;

    /// A feedback on its way: the peer stands `offset` ahead, our stamp went out at `sent`.
    fn heard(offset: u64, sent: u64, there: u64, hold: u32, back: u64) -> (Feedback, LocalTime, MediaTime) {
        let now = sent + there + u64::from(hold) + back;
        let peer_sent = sent + there + u64::from(hold) + offset;
        let echo = Some(Echo { sent_at: MediaTime(sent), hold_us: hold });
        (Feedback { sent_at: MediaTime(peer_sent), echo, ..Feedback::default() }, LocalTime(now), MediaTime(now))
    }

    #[test]
    fn the_quickest_exchange_gives_offset_and_round_trip() {
        let mut clock = ClockOffset::new();
        for (feedback, now, ours) in
            [heard(5_000_000, 1_000, 40_000, 70, 10_000), heard(5_000_000, 200_000, 10_000, 90, 10_000)]
        {
            clock.observe(&feedback, now, ours);
        }
        assert_eq!(clock.round_trip(), Some(Duration::from_millis(20)));
        assert_eq!(clock.offset_us(), Some(5_000_000));
        assert_eq!(clock.local(MediaTime(5_000_123)), Some(LocalTime(123)));
    }

    #[test]
    fn impossible_echoes_are_ignored() {
        let mut clock = ClockOffset::new();
        let echo = Some(Echo { sent_at: MediaTime(900), hold_us: 500 });
        clock.observe(&Feedback { echo, ..Feedback::default() }, LocalTime(1_000), MediaTime(1_000));
        let echo = Some(Echo { sent_at: MediaTime(u64::MAX / 2), hold_us: 0 });
        clock.observe(&Feedback { echo, ..Feedback::default() }, LocalTime(1_000), MediaTime(1_000));
        assert_eq!(clock.round_trip(), None);
    }
}
