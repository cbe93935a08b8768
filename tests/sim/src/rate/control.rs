//! The control of a media flow: ours, or Cubic's window as a stream over QUIC has it.
//! The media flow asks either in the same words; tables and plots set one beside the other.
//! Cubic's answer is its window in a round trip; what does not leave for it waits.

use std::collections::VecDeque;
use std::time::Duration;

use ahoy_media::{Arrival, Kbps, Limits, LocalTime, RateControl, Silence, Way};

use super::cubic::Cubic;
use super::packet::View;

/// Newer pieces that arrived make an older one lost.
const REORDERED: u64 = 3;

/// How much more quickly than its window in a round trip Cubic lets pieces leave (RFC 9002 §7.7).
const PACED: f64 = 1.25;

/// Pictures that wait longer than this are not worth more waiting: the encoder stops.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(300);

/// Which control a flow has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// [`RateControl`].
    Ours,
    /// [`Cubic`].
    Cubic,
}

/// A control at work.
#[derive(Debug)]
pub enum Control {
    /// Ours.
    Ours(Box<RateControl>),
    /// Cubic's.
    Cubic(CubicControl),
}

/// Cubic's window as the rate of a codec.
#[derive(Debug)]
pub struct CubicControl {
    limits: Limits,
    cubic: Cubic,
    under_way: VecDeque<(u64, LocalTime, usize)>,
    bytes: usize,
    round_trip: Duration,
    heard: LocalTime,
}

impl Control {
    /// A control at the beginning of a call.
    #[must_use]
    pub fn new(which: Which, limits: Limits, now: LocalTime) -> Self {
        match which {
            Which::Ours => Self::Ours(Box::new(RateControl::new(limits, now))),
            Which::Cubic => Self::Cubic(CubicControl {
                limits,
                cubic: Cubic::default(),
                under_way: VecDeque::new(),
                bytes: 0,
                round_trip: Duration::from_millis(200),
                heard: now,
            }),
        }
    }

    /// A piece left.
    pub fn sent(&mut self, number: u64, bytes: usize, now: LocalTime) {
        match self {
            Self::Ours(ours) => ours.sent(number, bytes, now),
            Self::Cubic(cubic) => cubic.sent(number, bytes, now),
        }
    }

    /// Sound left.
    pub fn sent_sound(&mut self, bytes: usize, now: LocalTime) {
        match self {
            Self::Ours(ours) => ours.sent_sound(bytes, now),
            Self::Cubic(_) => {}
        }
    }

    /// A report came.
    pub fn heard(&mut self, arrivals: &[Arrival], now: LocalTime) {
        match self {
            Self::Ours(ours) => ours.heard(arrivals, now),
            Self::Cubic(cubic) => cubic.heard(arrivals, now),
        }
    }

    /// The sound's feedback came.
    pub fn heard_queue(&mut self, queue: Duration, now: LocalTime) {
        match self {
            Self::Ours(ours) => ours.heard_queue(queue, now),
            Self::Cubic(_) => {}
        }
    }

    /// What may be sent, sound included.
    #[must_use]
    pub fn target(&self, now: LocalTime) -> Kbps {
        match self {
            Self::Ours(ours) => ours.target(now),
            Self::Cubic(cubic) => Kbps(cubic.rate() as u32).clamp(cubic.limits.least, cubic.limits.most),
        }
    }

    /// How fast pieces leave.
    #[must_use]
    pub fn pace(&self, now: LocalTime) -> Kbps {
        match self {
            Self::Ours(ours) => ours.pace(now),
            Self::Cubic(cubic) if cubic.bytes as f64 >= cubic.cubic.window() => Kbps(0),
            Self::Cubic(cubic) => Kbps((PACED * cubic.rate()) as u32),
        }
    }

    /// Whether pictures may be sent at all.
    #[must_use]
    pub fn pictures(&self, now: LocalTime) -> bool {
        match self {
            Self::Ours(ours) => ours.silence(now) < Silence::NoPictures,
            Self::Cubic(_) => true,
        }
    }

    /// The longest that a piece of late waited.
    #[must_use]
    pub fn longest_wait(&self) -> Duration {
        match self {
            Self::Ours(ours) => ours.longest_wait(),
            Self::Cubic(_) => Duration::ZERO,
        }
    }

    /// What it knows of the way, for who shares it out.
    #[must_use]
    pub fn way(&self, now: LocalTime) -> Way {
        let target = self.target(now);
        let (reports, queue) = (Kbps(0), Duration::ZERO);
        match self {
            Self::Ours(ours) => Way {
                target,
                reports,
                queue: ours.queue_left(now),
                loss: ours.loss(),
                mean_run: ours.mean_run(),
                round_trip: ours.round_trip(),
                silence: ours.silence(now),
            },
            Self::Cubic(cubic) => Way {
                target,
                reports,
                queue,
                loss: 0.0,
                mean_run: 1.0,
                round_trip: Some(cubic.round_trip),
                silence: Silence::Heard,
            },
        }
    }

    /// What it believes.
    #[must_use]
    pub fn view(&self, now: LocalTime) -> View {
        let target = f64::from(self.target(now).0);
        match self {
            Self::Ours(ours) => {
                View { target, queue_ms: ours.queue().as_secs_f64() * 1_000.0, loss: ours.loss(), ..View::default() }
            }
            Self::Cubic(_) => View { target, ..View::default() },
        }
    }
}

impl CubicControl {
    fn rate(&self) -> f64 {
        8.0 * self.cubic.window() / (self.round_trip.as_secs_f64() * 1_000.0)
    }

    fn sent(&mut self, number: u64, bytes: usize, now: LocalTime) {
        if self.under_way.is_empty() {
            self.heard = now;
        }
        if now.saturating_since(self.heard) > (self.round_trip * 2).max(SHORTEST_TIMEOUT) {
            (self.bytes, self.heard) = (0, now);
            self.under_way.clear();
            self.cubic.timed_out(now);
        }
        self.under_way.push_back((number, now, bytes));
        self.bytes += bytes;
    }

    fn heard(&mut self, arrivals: &[Arrival], now: LocalTime) {
        let full = 1.5 * self.bytes as f64 >= self.cubic.window();
        let newest = arrivals.iter().filter(|arrival| arrival.at.is_some()).map(|arrival| arrival.number).max();
        for arrival in arrivals.iter().filter(|arrival| arrival.at.is_some()) {
            let Ok(at) = self.under_way.binary_search_by_key(&arrival.number, |piece| piece.0) else { continue };
            let (_, sent, bytes) = self.under_way.remove(at).expect("it was found there");
            self.heard = now;
            self.bytes -= bytes;
            self.round_trip = (self.round_trip * 7 + now.saturating_since(sent)) / 8;
            if full {
                self.cubic.acknowledged(bytes, self.round_trip, now);
            }
        }
        while let Some((number, sent, bytes)) = self.under_way.front().copied()
            && newest.is_some_and(|newest| number + REORDERED <= newest)
        {
            let _ = self.under_way.pop_front();
            self.bytes -= bytes;
            self.cubic.lost(sent, now);
        }
    }
}
