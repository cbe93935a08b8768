//! The congestion controllers that a call connection can have.
//! Named by the media endpoint's configuration; the transport builds one for each path of a connection.
//! Ours takes its rate from the application and never reacts to loss by itself: random loss is no sign of a full link, and what
//! is one (a growing delay) is known to the application, which lowers the rate. Only silence stops it: see [`MediaController`].

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use iroh::endpoint::{Controller as Congestion, ControllerFactory, ControllerMetrics, RttEstimator};

use crate::rate::Rate;

/// Bytes that may always be in flight: half a second of sound and a picture of 1 Mbit/s.
const LEAST_WINDOW: u64 = 64 * 1024;

/// Bytes that may be in flight at most: what a call may hold unacknowledged anyway.
const MOST_WINDOW: u64 = 2 * 1024 * 1024;

/// Bytes that may be in flight while nothing is acknowledged, when only sound leaves: 30 s of it, after which a call is over.
const SILENT_WINDOW: u64 = 512 * 1024;

/// The other phone is silent when nothing was acknowledged for this long: above the pauses of a busy Wi-Fi.
const SILENCE: Duration = Duration::from_millis(300);

/// The same in round trips, for long ones: an acknowledgement may wait for one more.
const SILENT_ROUND_TRIPS: u32 = 3;

/// A round trip above this is a queue that the window must not follow.
const LONGEST_RTT: Duration = Duration::from_secs(2);

/// Bytes a second that leave at least while anything waits: a packet every quarter of a millisecond. Pictures are paced before they
/// get here, and at 4 Mbit/s sound was held up for 7 ms behind three pieces of them.
const LEAST_PACING: u64 = 5_000_000;

/// Which congestion controller a call connection has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Controller {
    /// The application's rate: see [`crate::CallConnection::set_rate`].
    #[default]
    Own,
    /// The usual one of QUIC (RFC 9438), which takes loss for congestion.
    Cubic,
}

/// Builds a [`MediaController`] for each path.
#[derive(Debug)]
pub(crate) struct MediaControllers(pub(crate) Arc<Rate>);

impl ControllerFactory for MediaControllers {
    fn build(self: Arc<Self>, _now: Instant, _current_mtu: u16) -> Box<dyn Congestion> {
        Box::new(MediaController { rate: self.0.clone(), rtt: Duration::ZERO, waiting: None, silent: false })
    }
}

/// The congestion controller of one path.
///
/// While nothing is acknowledged for 300 ms or three round trips there is room for 30 s of sound: its packets are what finds out
/// that the path is back. The application, which hears no reports then, sends no pictures.
#[derive(Clone, Debug)]
pub(crate) struct MediaController {
    rate: Arc<Rate>,
    /// Smoothed; zero before the first measurement.
    rtt: Duration,
    /// When the oldest packet since the last acknowledgement was sent.
    waiting: Option<Instant>,
    silent: bool,
}

impl MediaController {
    fn patience(&self) -> Duration {
        SILENCE.max(self.rtt * SILENT_ROUND_TRIPS)
    }
}

impl Congestion for MediaController {
    fn on_packet_sent(&mut self, now: Instant, _bytes: u16, _pn: u64) {
        let waiting = *self.waiting.get_or_insert(now);
        if now.saturating_duration_since(waiting) > self.patience() {
            self.silent = true;
        }
    }

    fn on_ack(&mut self, _: Instant, _: Instant, _bytes: u64, _pn: u64, _app_limited: bool, rtt: &RttEstimator) {
        self.rtt = rtt.get().min(LONGEST_RTT);
        self.waiting = None;
        self.silent = false;
    }

    fn on_congestion_event(&mut self, _: Instant, _: Instant, _persistent: bool, _ecn: bool, _bytes: u64, _pn: u64) {}

    fn on_mtu_update(&mut self, _new_mtu: u16) {}

    /// Room for everything that leaves until an acknowledgement is there or is missed.
    fn window(&self) -> u64 {
        let span = u64::try_from((self.rtt + self.patience()).as_micros()).unwrap_or(u64::MAX);
        let bytes = self.rate.frames().saturating_mul(span) / 1_000_000;
        let least = if self.silent { SILENT_WINDOW } else { LEAST_WINDOW };
        bytes.clamp(least, MOST_WINDOW)
    }

    fn metrics(&self) -> ControllerMetrics {
        let mut metrics = ControllerMetrics::default();
        metrics.congestion_window = self.window();
        metrics.pacing_rate = Some(LEAST_PACING.max(2 * self.rate.frames()));
        metrics
    }

    fn clone_box(&self) -> Box<dyn Congestion> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        self.window()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn controller(rate: &Arc<Rate>) -> Box<dyn Congestion> {
        Arc::new(MediaControllers(rate.clone())).build(Instant::now(), 1200)
    }

    #[test]
    fn the_application_sets_the_rate_and_loss_changes_nothing() {
        let (rate, now) = (Arc::new(Rate::default()), Instant::now());
        let mut controller = controller(&rate);
        let before = (controller.window(), controller.metrics().pacing_rate);
        controller.on_congestion_event(now, now, true, false, 60_000, 9);
        assert_eq!((controller.window(), controller.metrics().pacing_rate), before);
        rate.set(16_000, 64);
        // 3 MB/s of pictures for the 0.3 s of patience, and twice that rate of packets.
        assert_eq!((controller.window(), controller.metrics().pacing_rate), (900_000, Some(6_000_000)));
        rate.set(u32::MAX, u32::MAX);
        assert_eq!(controller.window(), MOST_WINDOW);
        rate.set(0, 0);
        assert_eq!((controller.window(), controller.metrics().pacing_rate), (LEAST_WINDOW, Some(LEAST_PACING)));
    }

    #[test]
    fn silence_makes_room_for_sound() {
        let (rate, now) = (Arc::new(Rate::default()), Instant::now());
        let mut controller = controller(&rate);
        controller.on_packet_sent(now, 1200, 1);
        controller.on_packet_sent(now + SILENCE, 1200, 2);
        assert!(controller.window() < SILENT_WINDOW);
        controller.on_packet_sent(now + SILENCE + Duration::from_millis(1), 1200, 3);
        assert_eq!(controller.window(), SILENT_WINDOW);
    }
}
