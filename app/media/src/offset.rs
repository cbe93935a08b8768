//! How far the peer's clock stands from ours, and how long the way there and back takes.
//! The audio worker feeds it every feedback; delay statistics read it.
//! Of the newest exchanges the quickest wins: it waited least, so its halves are most nearly equal (RFC 5905 §10).

use std::collections::VecDeque;
use std::time::Duration;

use crate::feedback::Feedback;
use crate::units::{LocalTime, MediaTime, Tenths};

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
        let Some(echo) = feedback.echo.filter(|echo| echo.hold < Tenths::MAX) else { return };
        let away = our_now.0.wrapping_sub(echo.sent_at.near(our_now).0).cast_signed();
        let hold = i64::from(echo.hold.0) * 100;
        let Ok(round_trip) = u64::try_from(away.saturating_sub(hold)) else { return };
        if Duration::from_micros(round_trip) > LONGEST {
            return;
        }
        // Only the low half of the peer's time is known: what stands above must not change from one feedback to the next.
        let expected = self.best().map_or(our_now, |best| MediaTime(now.0.wrapping_add_signed(best.offset)));
        let peer_now = feedback.sent_at.near(expected).0.wrapping_add(round_trip / 2);
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

    /// Peer's media time minus our local time in microseconds; true but for a multiple of 2^32, because that is how much
    /// of a time the wire carries. [`age`] reads it.
    #[must_use]
    pub fn offset_us(&self) -> Option<i64> {
        self.best().map(|exchange| exchange.offset)
    }

    fn best(&self) -> Option<&Exchange> {
        self.exchanges.iter().min_by_key(|exchange| exchange.round_trip)
    }
}

/// How long ago, at our `now`, the peer's clock showed `at`; zero when that is still to come. `offset_us` is that of a
/// [`ClockOffset`]; ages up to 35 minutes are told apart.
#[must_use]
pub fn age(at: MediaTime, now: LocalTime, offset_us: i64) -> Duration {
    let peer_now = MediaTime(now.0.wrapping_add_signed(offset_us));
    peer_now.saturating_since(at.stamp().near(peer_now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::Echo;

    /// A feedback on its way: the peer stands `offset` ahead, our stamp went out at `sent`.
    fn heard(offset: u64, sent: u64, there: u64, hold: u64, back: u64) -> (Feedback, LocalTime, MediaTime) {
        let now = sent + there + hold + back;
        let peer_sent = MediaTime((sent + there + hold).wrapping_add(offset));
        let hold = Tenths::from_span(Duration::from_micros(hold));
        let echo = Some(Echo { sent_at: MediaTime(sent).stamp(), hold });
        (Feedback { sent_at: peer_sent.stamp(), echo, ..Feedback::default() }, LocalTime(now), MediaTime(now))
    }

    #[test]
    fn the_quickest_exchange_gives_offset_and_round_trip() {
        let mut clock = ClockOffset::new();
        for (feedback, now, ours) in
            [heard(5_000_000, 1_000, 40_000, 700, 10_000), heard(5_000_000, 200_000, 10_000, 900, 10_000)]
        {
            clock.observe(&feedback, now, ours);
        }
        assert_eq!(clock.round_trip(), Some(Duration::from_millis(20)));
        assert_eq!(clock.offset_us(), Some(5_000_000));
        assert_eq!(age(MediaTime(5_000_123), LocalTime(200), 5_000_000), Duration::from_micros(77));
        assert_eq!(age(MediaTime(5_000_123), LocalTime(100), 5_000_000), Duration::ZERO);
    }

    #[test]
    fn ages_are_right_wherever_the_peers_clock_stands() {
        // About half a round ahead the low bits read as ahead now and as behind then.
        for offset in [0, 1 << 31, (1 << 31) - 15_000, u64::MAX - 7, 0x9234_5678_9ABC_DEF0] {
            let mut clock = ClockOffset::new();
            let mut offsets = Vec::new();
            for sent in (1..20).map(|n| n * 300_000_000) {
                let (feedback, now, ours) = heard(offset, sent, 10_000 + sent % 7, 300, 12_000);
                clock.observe(&feedback, now, ours);
                let at = MediaTime(now.0.wrapping_sub(90_000).wrapping_add(offset));
                offsets.extend(clock.offset_us());
                let off = age(at, now, clock.offset_us().expect("observed")).abs_diff(Duration::from_millis(90));
                assert!(off < Duration::from_micros(1_100), "{offset:x} {sent} {off:?}");
            }
            assert!(offsets.iter().all(|other| other.abs_diff(offsets[0]) < 2_000), "{offset:x} {offsets:?}");
        }
    }

    #[test]
    fn impossible_echoes_are_ignored() {
        let mut clock = ClockOffset::new();
        for (sent_at, hold) in [(900, Tenths(5)), (1_001, Tenths(0)), (0, Tenths::MAX)] {
            let echo = Some(Echo { sent_at: MediaTime(sent_at).stamp(), hold });
            clock.observe(&Feedback { echo, ..Feedback::default() }, LocalTime(1_000), MediaTime(1_000));
        }
        let echo = Some(Echo { sent_at: MediaTime(0).stamp(), hold: Tenths(0) });
        let later = 10_000_001;
        clock.observe(&Feedback { echo, ..Feedback::default() }, LocalTime(later), MediaTime(later));
        assert_eq!(clock.round_trip(), None);
    }
}
