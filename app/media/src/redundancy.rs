//! How much parity the pieces of a frame need, from how the way loses them and how long a repair takes.
//! The allocation asks it and pays for the answer out of the picture's rate; `FrameSender::push` is told.
//! Parity is for what repairs cannot mend in time: none on a short way with few losses, nearly all of it on a long one.

use std::time::Duration;

/// The share of frames that may need a repair, by the round trip. A repair takes one and some 20 ms more, so that on the
/// shortest ways several fit into the time that a picture has, and on the longest none does. From the simulation in
/// `tests/results/carriage.md`; between two entries it is interpolated by the logarithm of both.
const MAY_FALL_SHORT: [(f64, f64); 5] = [(0.020, 0.60), (0.040, 0.25), (0.100, 0.08), (0.300, 0.01), (0.500, 0.004)];

/// Taken for the round trip until it is known.
const USUAL_ROUND_TRIP: Duration = Duration::from_millis(100);

/// Parity pieces at most: as many as data, so that pictures keep half of their rate, but three for the smallest frames.
const MOST_FOR_SMALL: usize = 3;

/// Losses beyond this are a dead link, on which no parity helps.
const MOST_LOSS: f64 = 0.6;

/// Frames of more pieces are taken for this many, which changes the share by less than a piece.
const MOST_PIECES: usize = 64;

/// Parity pieces for each data piece of a frame of so many pieces, 0 for none.
///
/// `loss` is the share of pieces lost (0 to 1), `mean_run` how many in a row on average (at least 1).
#[must_use]
pub fn redundancy_for(loss: f64, mean_run: f64, round_trip: Option<Duration>, pieces: usize) -> f64 {
    let pieces = pieces.clamp(1, MOST_PIECES);
    let permitted = may_fall_short(round_trip.unwrap_or(USUAL_ROUND_TRIP));
    let most = pieces.max(MOST_FOR_SMALL);
    let chain = Losses::new(loss, mean_run);
    let enough = (0..most).find(|parity| chain.more_than(*parity, pieces + parity) <= permitted);
    enough.unwrap_or(most) as f64 / pieces as f64
}

fn may_fall_short(round_trip: Duration) -> f64 {
    let at = round_trip.as_secs_f64();
    let [first, .., last] = MAY_FALL_SHORT;
    if at <= first.0 {
        return first.1;
    }
    let span = MAY_FALL_SHORT.iter().zip(&MAY_FALL_SHORT[1..]).find(|(_, to)| at < to.0);
    span.map_or(last.1, |(from, to)| {
        let along = (at / from.0).ln() / (to.0 / from.0).ln();
        from.1 * (to.1 / from.1).powf(along)
    })
}

/// Losses that come in runs: a Markov chain of two states (Gilbert, "Capacity of a burst-noise channel", 1960).
struct Losses {
    loss: f64,
    /// Chance that a loss follows an arrival, and an arrival a loss.
    begins: f64,
    ends: f64,
}

impl Losses {
    fn new(loss: f64, mean_run: f64) -> Self {
        let loss = if loss.is_nan() { 0.0 } else { loss.clamp(0.0, MOST_LOSS) };
        // Runs of independent losses are this long.
        let ends = 1.0 / mean_run.max(1.0 / (1.0 - loss));
        Self { loss, begins: loss * ends / (1.0 - loss), ends }
    }

    /// The chance that of `sent` pieces in a row more than `spare` are lost.
    fn more_than(&self, spare: usize, sent: usize) -> f64 {
        // By the number lost so far: the chance that the newest piece arrived, and that it did not.
        let mut chances = vec![(0.0, 0.0); spare + 1];
        chances[0] = (1.0 - self.loss, self.loss);
        let mut beyond = 0.0;
        // The first entry of the chain stands for the piece before the first one.
        for _ in 0..sent {
            let mut falling = 0.0;
            for (arrived, lost) in &mut chances {
                let arrives = *arrived * (1.0 - self.begins) + *lost * self.ends;
                let falls = *arrived * self.begins + *lost * (1.0 - self.ends);
                (*arrived, *lost) = (arrives, falling);
                falling = falls;
            }
            beyond += falling;
        }
        beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Option<Duration> {
        Some(Duration::from_millis(ms))
    }

    #[test]
    fn short_ways_with_few_losses_need_none() {
        for loss in [0.0, 0.005, 0.01, 0.02] {
            for round_trip in [1, 10, 40] {
                assert_eq!(redundancy_for(loss, 1.0, ms(round_trip), 9), 0.0, "{loss} {round_trip}");
            }
        }
        assert_eq!(redundancy_for(0.0, 1.0, ms(500), 9), 0.0);
    }

    #[test]
    fn more_losses_longer_runs_and_longer_ways_need_more() {
        let needs = |loss, run, round_trip| redundancy_for(loss, run, ms(round_trip), 9);
        let mut last = 0.0;
        for loss in [0.01, 0.05, 0.1, 0.2] {
            assert!(needs(loss, 1.0, 300) > last, "{loss}");
            last = needs(loss, 1.0, 300);
        }
        assert!(needs(0.1, 1.0, 40) < needs(0.1, 1.0, 100) && needs(0.1, 1.0, 100) < needs(0.1, 1.0, 500));
        assert!(needs(0.1, 3.0, 100) > needs(0.1, 1.0, 100));
        assert_eq!(needs(0.2, 1.0, 100), redundancy_for(0.2, 1.0, None, 9));
    }

    #[test]
    fn it_is_a_whole_number_of_pieces_and_bounded_whatever_is_asked() {
        for loss in [-1.0, 0.0, 0.3, 1.0, f64::NAN, f64::INFINITY] {
            for run in [0.0, 1.0, 1e9, f64::NAN] {
                for pieces in [0, 1, 2, 9, 64, 100_000] {
                    let counted = pieces.clamp(1, MOST_PIECES);
                    let parity = redundancy_for(loss, run, ms(5_000), pieces) * counted as f64;
                    assert!((parity - parity.round()).abs() < 1e-9, "{parity}");
                    assert!((0.0..=counted.max(MOST_FOR_SMALL) as f64).contains(&parity), "{parity}");
                }
            }
        }
    }

    #[test]
    fn chances_are_those_of_the_binomial_distribution_where_losses_are_independent() {
        let chain = Losses::new(0.2, 1.0);
        assert!((chain.more_than(0, 9) - (1.0 - 0.8_f64.powi(9))).abs() < 1e-12);
        let one = 10.0 * 0.2 * 0.8_f64.powi(9);
        assert!((chain.more_than(1, 10) - (1.0 - 0.8_f64.powi(10) - one)).abs() < 1e-12);
        // In runs: fewer frames are hit, but harder.
        let runs = Losses::new(0.2, 3.0);
        assert!(runs.more_than(0, 9) < chain.more_than(0, 9) && runs.more_than(4, 13) > chain.more_than(4, 13));
    }
}
