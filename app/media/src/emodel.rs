//! What delay and loss cost a conversation, on one scale: the impairments of the E-model (ITU-T G.107).
//! The choice of protection weighs its plans with it, the engine tells by it how good a call is.
//! 0 is none, 100 no conversation at all; impairments add up.

use std::time::Duration;

/// Per millisecond of delay from mouth to ear, and the surcharge from 177.3 ms on (Cole and Rosenbluth's simplification).
const PER_MS: f64 = 0.024;
const LONG_PER_MS: f64 = 0.11;
const LONG_MS: f64 = 177.3;

/// G.107 §7.4: `95 P / (P + Bpl)`, P the loss in percent; about 10 is measured for Opus with deep concealment.
const WORST: f64 = 95.0;
const ROBUSTNESS: f64 = 10.0;

/// From this loss on, percent, the curve goes straight on: flattening out it would find the worst losses the least worth
/// repairing.
const STRAIGHT_FROM: f64 = 10.0;

/// Opus speech by bit rate, kbit/s: our estimate, read against the loss term by equal PESQ.
const CODING: [(f64, f64); 10] = [
    (6.0, 50.0),
    (8.0, 40.0),
    (10.0, 28.0),
    (12.0, 20.0),
    (16.0, 9.0),
    (20.0, 4.0),
    (24.0, 2.0),
    (32.0, 0.3),
    (48.0, 0.1),
    (64.0, 0.0),
];

/// Of the delay from mouth to ear.
#[must_use]
pub fn of_delay(delay: Duration) -> f64 {
    let ms = delay.as_secs_f64() * 1_000.0;
    PER_MS * ms + LONG_PER_MS * (ms - LONG_MS).max(0.0)
}

/// Of the share of frames, 0 to 1, that nothing repairs.
#[must_use]
pub fn of_loss(share: f64) -> f64 {
    let percent = 100.0 * share;
    let curved = percent.min(STRAIGHT_FROM);
    let slope = WORST * ROBUSTNESS / (STRAIGHT_FROM + ROBUSTNESS).powi(2);
    WORST * curved / (curved + ROBUSTNESS) + slope * (percent - curved)
}

/// Of the encoder's bit rate.
pub(crate) fn of_coding(kbps: f64) -> f64 {
    let above = CODING.partition_point(|(rate, _)| *rate < kbps).clamp(1, CODING.len() - 1);
    let ((low, worse), (high, better)) = (CODING[above - 1], CODING[above]);
    let way = ((kbps - low) / (high - low)).clamp(0.0, 1.0);
    worse + (better - worse) * way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impairments_are_those_of_the_recommendation_and_grow_with_their_cause() {
        let delay = |ms| of_delay(Duration::from_millis(ms));
        assert!((delay(150) - 3.6).abs() < 1e-9 && (delay(400) - 34.097).abs() < 1e-9);
        assert!((of_loss(0.1) - 47.5).abs() < 1e-9 && of_loss(0.0) == 0.0);
        assert!((of_loss(0.2) - 47.5 - 23.75).abs() < 1e-9);
        assert!((of_coding(28.0) - 1.15).abs() < 1e-9);
        assert_eq!((of_coding(0.0), of_coding(100.0)), (50.0, 0.0));
        assert!((6..64).all(|kbps| of_coding(f64::from(kbps)) > of_coding(f64::from(kbps + 1))));
    }
}
