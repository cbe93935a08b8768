//! What a run comes to: use of the link, queue, delay of frames, losses, fairness, and how soon the rate follows steps.
//! Table and tests read them.
//! Use is what arrived of what could have: the link's capacity, or what the calls want where that is less.

use super::cases::{Case, Kind};
use super::run::{Outcome, SAMPLE};

/// The figures of one run.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    /// What arrived of all flows that go forward, of what could have.
    pub used: f64,
    /// What arrived of the calls that go forward, kbit/s.
    pub kbps: f64,
    /// The queue before the forward bottleneck, ms.
    pub queue_p50: f64,
    /// Its 95th percentile.
    pub queue_p95: f64,
    /// Delay of whole frames of calls that go forward, ms.
    pub frame_p50: f64,
    /// Its 95th percentile.
    pub frame_p95: f64,
    /// Whole frames a second that arrived of each call that goes forward.
    pub fps: f64,
    /// What the voice of each of them took on average, kbit/s on the wire.
    pub voice: f64,
    /// The share of pieces lost, whatever the reason.
    pub lost: f64,
    /// Jain's index of the calls that go forward, over the last third.
    pub jain: f64,
    /// What calls had of all that arrived while a TCP ran, over the last two thirds.
    pub against_tcp: Option<f64>,
    /// For each step of capacity down: ms until the queue stays below 60 ms for 200 ms.
    pub drained: Vec<f64>,
    /// For each step up: seconds until 80 % of what could arrive arrives.
    pub risen: Vec<f64>,
    /// For each step up, the same with 90 %.
    pub risen_90: Vec<f64>,
}

/// The figures of a run of a case.
#[must_use]
pub fn measure(case: &Case, outcome: &Outcome) -> Measures {
    let is_call = |n: &usize| case.flows[*n].is_call() && case.flows[*n].forward;
    let calls: Vec<usize> = (0..case.flows.len()).filter(is_call).collect();
    let others: Vec<usize> = (0..case.flows.len()).filter(|n| case.flows[*n].forward && !calls.contains(n)).collect();
    let sum = |flows: &[usize], from, to| flows.iter().map(|n| outcome.flows[*n].kbps(from, to)).sum::<f64>();
    let wanted = wanted(case, outcome, &calls, !others.is_empty());
    let all: Vec<usize> = calls.iter().chain(&others).copied().collect();
    let mut queue: Vec<f64> = outcome.link.iter().map(|(_, queue)| *queue).collect();
    let mut frames: Vec<f64> =
        calls.iter().flat_map(|n| outcome.flows[*n].frame_delays.iter().copied().flatten()).collect();
    let third = case.length / 3.0;
    let spoke: f64 = calls.iter().flat_map(|n| &outcome.flows[*n].views).map(|view| view.voice).sum();
    let talk: f64 = calls.iter().map(|n| case.length - case.flows[*n].begins).sum();
    let lost: f64 = calls.iter().map(|n| outcome.flows[*n].lost(0.0, case.length)).sum();
    let steps = Steps { case, outcome, calls: &calls, wanted: &wanted };
    Measures {
        used: sum(&all, 0.0, case.length) / (wanted.iter().sum::<f64>() / wanted.len() as f64),
        kbps: sum(&calls, 0.0, case.length),
        queue_p50: percentile(&mut queue, 0.5),
        queue_p95: percentile(&mut queue, 0.95),
        frame_p50: percentile(&mut frames, 0.5),
        frame_p95: percentile(&mut frames, 0.95),
        fps: frames.len() as f64 / talk.max(1.0),
        voice: spoke * SAMPLE.as_secs_f64() / talk.max(1.0),
        lost: lost / calls.len().max(1) as f64,
        jain: jain(&calls.iter().map(|n| outcome.flows[*n].kbps(2.0 * third, case.length)).collect::<Vec<_>>()),
        against_tcp: (!others.is_empty())
            .then(|| sum(&calls, third, case.length) / sum(&all, third, case.length).max(1.0)),
        drained: steps.drained(),
        risen: steps.risen(0.8),
        risen_90: steps.risen(0.9),
    }
}

/// Jain's index: 1 when all are the same, 1/n when one has everything.
#[must_use]
pub fn jain(rates: &[f64]) -> f64 {
    let (sum, squares) = rates.iter().fold((0.0, 0.0), |(sum, squares), rate| (sum + rate, squares + rate * rate));
    if squares > 0.0 { sum * sum / (rates.len() as f64 * squares) } else { 1.0 }
}

/// The value below which so much of them lies; sorts them.
#[must_use]
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

/// What could arrive in each sample, kbit/s.
fn wanted(case: &Case, outcome: &Outcome, calls: &[usize], greedy: bool) -> Vec<f64> {
    let want = |n: usize, at: f64| {
        let plan = &case.flows[n];
        let (Kind::Call { paused, uses }, true) = (&plan.kind, at >= plan.begins) else { return 0.0 };
        let still = paused.is_some_and(|(from, to)| from <= at && at < to);
        let pictures = uses.map_or(case.most, |uses| (uses + case.sound).min(case.most));
        f64::from(if still { case.sound } else { pictures })
    };
    let sample = |(n, (capacity, _)): (usize, &(f64, f64))| {
        let at = n as f64 * SAMPLE.as_secs_f64();
        let calls: f64 = calls.iter().map(|call| want(*call, at)).sum();
        if greedy { *capacity } else { capacity.min(calls) }
    };
    outcome.link.iter().enumerate().map(sample).collect()
}

struct Steps<'a> {
    case: &'a Case,
    outcome: &'a Outcome,
    calls: &'a [usize],
    wanted: &'a [f64],
}

/// A queue below this is gone, ms.
const GONE_MS: f64 = 60.0;

/// Rates after a step up are measured over this, s.
const OVER: f64 = 0.5;

impl Steps<'_> {
    /// The steps of the schedule after which the capacity is smaller (or larger), and when the next one comes.
    fn steps(&self, down: bool) -> Vec<(f64, f64)> {
        let schedule = &self.case.forward;
        (1..schedule.len())
            .filter(|n| (schedule[*n].1 < schedule[n - 1].1) == down)
            .map(|n| (schedule[n].0, schedule.get(n + 1).map_or(self.case.length, |next| next.0)))
            .collect()
    }

    fn drained(&self) -> Vec<f64> {
        let quiet = (0.2 / SAMPLE.as_secs_f64()) as usize;
        let one = |(from, to): (f64, f64)| {
            let (from, to) = ((from / SAMPLE.as_secs_f64()) as usize, (to / SAMPLE.as_secs_f64()) as usize);
            let queue: Vec<f64> =
                self.outcome.link[from..to.min(self.outcome.link.len())].iter().map(|s| s.1).collect();
            let grown = queue.iter().position(|ms| *ms >= GONE_MS).unwrap_or(0);
            let low = queue[grown..].windows(quiet).position(|some| some.iter().all(|ms| *ms < GONE_MS));
            let samples = if queue.iter().all(|ms| *ms < GONE_MS) { Some(0) } else { low.map(|low| low + grown) };
            samples.map_or(f64::INFINITY, |samples| samples as f64 * SAMPLE.as_secs_f64() * 1_000.0)
        };
        self.steps(true).into_iter().map(one).collect()
    }

    fn risen(&self, share: f64) -> Vec<f64> {
        let rate = |at: f64| self.calls.iter().map(|n| self.outcome.flows[*n].kbps(at, at + OVER)).sum::<f64>();
        let one = |(from, to): (f64, f64)| {
            let could = self.wanted[((from + 1.0) / SAMPLE.as_secs_f64()) as usize];
            let mut at = from;
            while at + OVER < to {
                if rate(at) >= share * could {
                    return at + OVER - from;
                }
                at += 0.05;
            }
            f64::INFINITY
        };
        self.steps(false).into_iter().map(one).collect()
    }
}
