//! Which losses are the way's own: those that stay when less is sent.
//! The control tells it every piece that is settled; queues so short that they hardly show give themselves away here.
//! Losses alone never lower the rate for longer than a trial, unless the trial shows that they were too much sent.

use std::time::Duration;

use crate::units::LocalTime;

/// Losses are counted over so many pieces and this time, at the least.
const PIECES: u32 = 40;
const SPAN: Duration = Duration::from_millis(600);

/// So few pieces that they take longer than this say nothing in time: what they lost is the loss of another moment.
const LONGEST: Duration = Duration::from_secs(3);

/// Losses so far above the way's own are tried: this share, and this many deviations of chance.
const MORE: f64 = 0.04;
const DEVIATIONS: f64 = 3.0;

/// Losses that fall during a trial by less than so many deviations may have done so by chance.
const CERTAIN: f64 = 2.0;

/// What is sent during a trial.
const TRIED: f64 = 0.8;

/// The way's own losses are followed down with this weight a count, and up with that one: what grows slowly with the rate
/// must not pass for the way's own.
const DOWN: f64 = 0.15;
const UP: f64 = 0.02;

/// More than this is not believed to be the way's own.
const MOST_OWN: f64 = 0.6;

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// Too much was sent: this share of it fits.
    TooMuch(f64),
    /// They are the way's own, and say nothing against more.
    Own,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    since: Option<LocalTime>,
    pieces: u32,
    lost: u32,
}

/// The judge.
#[derive(Debug, Default)]
pub(super) struct Trial {
    own: f64,
    count: Count,
    /// A trial under way: what is sent since when, and the losses before.
    tried: Option<(LocalTime, f64)>,
}

impl Trial {
    /// A queue shows: it says more than losses do, and they may be its own.
    pub(super) fn forget(&mut self) {
        (self.count, self.tried) = (Count::default(), None);
    }

    /// The share that the way loses by itself.
    pub(super) fn own(&self) -> f64 {
        self.own
    }

    /// Time passes: a trial without enough pieces is over.
    pub(super) fn pass(&mut self, now: LocalTime) {
        let since = self.count.since.or(self.tried.map(|(since, _)| since));
        if since.is_some_and(|since| now.saturating_since(since) > LONGEST) {
            self.forget();
        }
    }

    /// Whether less is sent to see.
    pub(super) fn tries(&self) -> bool {
        self.tried.is_some()
    }

    /// What share of the rate is to be sent.
    pub(super) fn share(&self) -> f64 {
        if self.tried.is_some() { TRIED } else { 1.0 }
    }

    /// It is settled whether a piece that left at `sent` arrived.
    pub(super) fn settled(&mut self, sent: LocalTime, lost: bool, mean_run: f64, now: LocalTime) -> Option<Verdict> {
        if self.tried.is_some_and(|(since, _)| sent < since) {
            return None;
        }
        let since = *self.count.since.get_or_insert(sent);
        self.count.pieces += 1;
        self.count.lost += u32::from(lost);
        if self.count.pieces < PIECES || sent.saturating_since(since) < SPAN {
            return None;
        }
        let count = std::mem::take(&mut self.count);
        let share = f64::from(count.lost) / f64::from(count.pieces);
        let deviation =
            |likely: f64| (likely * (1.0 - likely) * (2.0 * mean_run - 1.0) / f64::from(count.pieces)).sqrt();
        if let Some((_, before)) = self.tried.take() {
            return self.judge(before, share, deviation(before));
        }
        let deviation = deviation(self.own.max(0.02));
        if share > self.own + MORE.max(DEVIATIONS * deviation) {
            self.tried = Some((now, share));
        } else {
            self.own += (share - self.own) * if share < self.own { DOWN } else { UP };
        }
        None
    }

    /// Losses were `before`, and are `after` with less sent; `deviation` is what chance makes of them.
    fn judge(&mut self, before: f64, after: f64, deviation: f64) -> Option<Verdict> {
        // What would be left of them if all of it came of sending too much.
        let left = (1.0 - (1.0 - before) / TRIED).max(self.own);
        if after < 0.5 * (before + left) && before - after > CERTAIN * deviation {
            return Some(Verdict::TooMuch((1.0 - before) / (1.0 - self.own)));
        }
        self.own = (0.5 * (before + after)).min(MOST_OWN);
        Some(Verdict::Own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> LocalTime {
        LocalTime(5_000_000) + Duration::from_millis(ms)
    }

    #[test]
    fn a_trial_that_too_few_pieces_could_decide_is_given_up() {
        let mut trial = Trial::default();
        let begun = (0..100).find(|n| {
            let _ = trial.settled(at(n * 20), n % 4 == 0, 1.0, at(n * 20 + 40));
            trial.tries()
        });
        assert_eq!(begun, Some(39), "a quarter lost all at once is tried");
        trial.pass(at(2_500));
        assert!(trial.tries());
        trial.pass(at(6_000));
        assert!(!trial.tries(), "nothing was sent to decide it");
    }
}
