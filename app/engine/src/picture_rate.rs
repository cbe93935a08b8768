//! How much of the way the picture may use: it gives way as soon as the queue on the way holds the voice up.
//! The driver asks twice a second and tells the connection, which spreads frames at that rate.
//! It never touches the voice, and comes back slowly.

use std::time::Duration;

/// A queue this long is heard: pictures give way.
const LONG: Duration = Duration::from_millis(60);

/// A queue this short has room for more.
const SHORT: Duration = Duration::from_millis(25);

/// What is left of the rate that made the queue, so that it empties.
const BACK_OFF: f64 = 0.6;

/// What a short queue adds, twice a second.
const GROW: f64 = 1.25;

/// The least that is tried (kbit/s): on the narrowest links no frame is through in time at it, and only sound goes.
const LEAST: f64 = 10.0;

/// A frame may take an eighth of the time to the next one: a path without a queue is thought to carry that.
const BURST: f64 = 8.0;

/// The rate of one call.
#[derive(Clone, Copy, Debug, Default)]
pub struct PictureRate {
    allowed: Option<f64>,
}

impl PictureRate {
    /// What pictures may use now, in kbit/s, when the encoder aims at `target`, sound waits in `queue` on its way, and
    /// `sent` went out in the last second.
    pub fn look(&mut self, target: u32, queue: Duration, sent: f64) -> u32 {
        let most = f64::from(target) * BURST;
        let allowed = self.allowed.unwrap_or(most);
        let allowed = if queue > LONG {
            allowed.min(sent) * BACK_OFF
        } else if queue < SHORT {
            allowed * GROW
        } else {
            allowed
        };
        let allowed = allowed.clamp(LEAST, most.max(LEAST));
        self.allowed = Some(allowed);
        allowed as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Duration = Duration::ZERO;
    const FULL: Duration = Duration::from_millis(200);

    #[test]
    fn a_queue_is_given_way_to_at_once_and_the_way_back_is_slow() {
        let mut rate = PictureRate::default();
        assert_eq!(rate.look(1_000, NONE, 900.0), 8_000);
        assert_eq!(rate.look(1_000, FULL, 300.0), 180);
        for _ in 0..20 {
            let _ = rate.look(1_000, FULL, 50.0);
        }
        assert_eq!(rate.look(1_000, FULL, 50.0), 10);
        let looks = (0..).take_while(|_| rate.look(1_000, NONE, 50.0) < 1_000).count();
        assert!((10..=30).contains(&looks), "back after {looks} looks");
        assert!(rate.look(1_000, Duration::from_millis(40), 0.0) >= 1_000, "neither long nor short: it stays");
    }
}
